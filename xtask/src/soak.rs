//! Judges many random trees, by the program and by a naive oracle.

use std::path::Path;
use std::process::Command;

/// Runs the test of `crates/core/tests/oracle` on so many trees, from this seed on.
pub(super) fn run(workspace: &Path, trees: u64, seed: u64) -> super::Outcome {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["test", "--locked", "--quiet", "--release", "--package", "sensortree-core"])
        .args(["--test", "oracle"])
        .env("SENSORTREE_SOAK_TREES", trees.to_string())
        .env("SENSORTREE_SOAK_SEED", seed.to_string())
        .current_dir(workspace)
        .status()?;
    if !status.success() {
        return Err("the program and the oracle differ".into());
    }
    Ok(format!("{trees} trees from seed {seed} on: none was judged wrongly"))
}
