//! A folder to stand in, for tests of the whole program.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use sensortree_core::sketch::Sketch;
use tempfile::TempDir;

/// A folder that goes with the value, and in it the dataset `drive`.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    /// One whose `drive` is as drawn.
    pub(crate) fn with(sketch: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let drive = folder.path().join("drive");
        fs::create_dir(&drive).unwrap();
        sensortree_treegen::materialise(&Sketch::parse(sketch).unwrap(), &drive).unwrap();
        Place { folder }
    }

    /// Where a file of that name is, or would be.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders that it lies in.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// The program, started here with these words, and with nothing in its environment that changes
    /// what it prints.
    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sensortree"));
        command
            .current_dir(self.folder.path())
            .args(words.split_whitespace())
            .env("LC_ALL", "C.UTF-8");
        for name in
            ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI", "GITHUB_STEP_SUMMARY"]
        {
            command.env_remove(name);
        }
        command
    }
}
