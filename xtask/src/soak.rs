//! Judges many random trees by the program and by a naive oracle, and many changed frames by the
//! program and by decoders.

use std::path::Path;
use std::process::Command;

/// Runs the test of `crates/core/tests/oracle` on so many trees, from this seed on.
pub(super) fn run(workspace: &Path, trees: u64, seed: u64) -> super::Outcome {
    test(workspace, "oracle", ("SENSORTREE_SOAK_TREES", trees), seed)
        .map_err(|_| "the program and the oracle differ")?;
    Ok(format!("{trees} trees from seed {seed} on: none was judged wrongly"))
}

/// Runs the test of `crates/core/tests/frames` on so many changed frames, from this seed on.
pub(super) fn run_frames(workspace: &Path, frames: u64, seed: u64) -> super::Outcome {
    test(workspace, "frames", ("SENSORTREE_SOAK_FRAMES", frames), seed)
        .map_err(|_| "the program and the decoders differ")?;
    Ok(format!("{frames} frames from seed {seed} on: none was judged wrongly"))
}

fn test(
    workspace: &Path,
    name: &str,
    (variable, count): (&str, u64),
    seed: u64,
) -> Result<(), Box<dyn std::error::Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["test", "--locked", "--quiet", "--release", "--package", "sensortree-core"])
        .args(["--test", name, "--", "--nocapture"])
        .env(variable, count.to_string())
        .env("SENSORTREE_SOAK_SEED", seed.to_string())
        .current_dir(workspace)
        .status()?;
    if status.success() { Ok(()) } else { Err("the test failed".into()) }
}
