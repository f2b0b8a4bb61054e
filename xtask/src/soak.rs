//! Runs the tests with random input for longer than the other tests do.

use std::path::Path;
use std::process::Command;

/// How much of each kind is judged; nothing of it is left out where that is 0.
pub(super) struct Counts {
    /// Random trees, by the program and by a naive oracle (`crates/core/tests/oracle`).
    pub(super) trees: u64,
    /// Mutated requests, in what is shown of which no secret is to be found (`tests/canaries.rs`).
    pub(super) requests: u64,
    /// Changed frames, by the program and by decoders (`crates/core/tests/frames`).
    pub(super) frames: u64,
}

/// Judges so much, from this seed on.
pub(super) fn run(workspace: &Path, counts: &Counts, seed: u64) -> super::Outcome {
    let Counts { trees, requests, frames } = *counts;
    let oracle = ["--release", "--package", "sensortree-core", "--test", "oracle"];
    if !passes(workspace, &oracle, ("SENSORTREE_SOAK_TREES", trees), seed)? {
        return Err("the program and the oracle differ".into());
    }
    let decoders =
        ["--release", "--package", "sensortree-core", "--test", "frames", "--", "--nocapture"];
    if !passes(workspace, &decoders, ("SENSORTREE_SOAK_FRAMES", frames), seed)? {
        return Err("the program and the decoders differ".into());
    }
    // The program itself would have to be built anew for a release.
    let canaries = ["--package", "sensortree", "--test", "canaries", "no_mutation"];
    if !passes(workspace, &canaries, ("SENSORTREE_SOAK_REQUESTS", requests), seed)? {
        return Err("a secret of a request is shown".into());
    }
    Ok(format!(
        "from seed {seed} on: of {trees} trees and {frames} frames none was judged wrongly, and of {requests} requests no \
         secret was shown"
    ))
}

/// Whether a test passes on so much; of nothing it does.
fn passes(
    workspace: &Path,
    test: &[&str],
    (variable, count): (&str, u64),
    seed: u64,
) -> Result<bool, std::io::Error> {
    if count == 0 {
        return Ok(true);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["test", "--locked", "--quiet"])
        .args(test)
        .env(variable, count.to_string())
        .env("SENSORTREE_SOAK_SEED", seed.to_string())
        .current_dir(workspace)
        .status()?;
    Ok(status.success())
}
