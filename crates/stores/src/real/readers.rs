use std::path::Path;

use super::Outcome;
use super::install::{self, Program};

/// Python with programs that read reports as CI pipelines do: `xmlschema`, `junitparser`,
/// `sarif-tools`.
#[derive(Debug)]
pub struct Readers(Program);

impl Readers {
    pub(super) fn install() -> Outcome<Self> {
        Ok(Readers(install::readers()?))
    }

    /// Runs a script on some files, and gives what it prints.
    ///
    /// # Errors
    /// When it fails, with what it said of that.
    pub fn run(&self, script: &str, files: &[&Path]) -> Result<String, String> {
        let run = self
            .0
            .command()
            .args(["-c", script])
            .args(files)
            .output()
            .map_err(|error| error.to_string())?;
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if run.status.success() { Ok(said(&run.stdout)) } else { Err(said(&run.stderr)) }
    }
}
