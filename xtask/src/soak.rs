//! Runs the tests with random input for longer than the other tests do.

use std::path::Path;
use std::process::Command;

/// Judges so many random trees by the program and by a naive oracle (`crates/core/tests/oracle`), and looks for the secrets of so
/// many mutated requests in what is shown of them (`tests/canaries.rs`), from this seed on.
pub(super) fn run(workspace: &Path, trees: u64, requests: u64, seed: u64) -> super::Outcome {
    let oracle = ["--release", "--package", "sensortree-core", "--test", "oracle"];
    if trees > 0 && !passes(workspace, &oracle, ("SENSORTREE_SOAK_TREES", trees), seed)? {
        return Err("the program and the oracle differ".into());
    }
    // The program itself would have to be built anew for a release.
    let canaries = ["--package", "sensortree", "--test", "canaries", "no_mutation"];
    let asked = ("SENSORTREE_SOAK_REQUESTS", requests);
    if requests > 0 && !passes(workspace, &canaries, asked, seed)? {
        return Err("a secret of a request is shown".into());
    }
    Ok(format!(
        "from seed {seed} on, of {trees} trees none was judged wrongly, and of {requests} requests no secret was shown"
    ))
}

/// Whether a test passes on so much.
fn passes(
    workspace: &Path,
    test: &[&str],
    (variable, count): (&str, u64),
    seed: u64,
) -> Result<bool, std::io::Error> {
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
