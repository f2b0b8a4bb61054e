//! Another build of the program, which a benchmark runs beside this one.

use std::path::PathBuf;

/// What the other build is called in a benchmark's table.
pub(crate) const NAME: &str = "another build";

/// The program that `SENSORTREE_BENCH_BESIDE` names: an earlier build, to see in one run whether
/// this one is slower.
pub(crate) fn program() -> Option<PathBuf> {
    std::env::var_os("SENSORTREE_BENCH_BESIDE").map(PathBuf::from)
}
