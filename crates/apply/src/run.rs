//! [`Run`]: one plan that was carried out, or begun.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::ApplyError;
use crate::executor::{Applied, Outline};
use crate::state::StateFolder;

/// The schema of `run.json`.
const SCHEMA: &str = "sensortree-run/1";

/// Names one run: the time at which it began, in UTC, and a number that tells runs of the same
/// second apart, as in `20260415-121420-1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RunId(String);

impl RunId {
    /// The name of the `nth` run of this second.
    #[must_use]
    pub fn new(began: Timestamp, nth: u32) -> Self {
        RunId(format!("{}-{nth}", began.strftime("%Y%m%d-%H%M%S")))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What runs are sorted by: their time, then their number, which may have any length.
    pub(crate) fn order(&self) -> (&str, u32) {
        let (time, number) = self.0.rsplit_once('-').unwrap_or((&self.0, ""));
        (time, number.parse().unwrap_or(u32::MAX))
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.0
    }
}

impl TryFrom<String> for RunId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for RunId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split('-');
        let mut digits = |length: Option<usize>| {
            parts.next().is_some_and(|part| {
                let fits =
                    length.map_or(!part.is_empty() && part.len() <= 9, |it| part.len() == it);
                fits && part.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        let is_one = digits(Some(8)) && digits(Some(6)) && digits(None) && parts.next().is_none();
        is_one.then(|| RunId(text.to_owned())).ok_or_else(|| {
            "a run is named by its time and a number, as in `20260415-121420-1`".to_owned()
        })
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// It is being prepared, and has touched nothing yet.
    Begun,
    /// It is being carried out, finished or taken back, or was interrupted in that.
    Running,
    /// It is finished.
    Finished,
    /// It is taken back, whole.
    Undone,
}

/// One plan that was carried out, or begun: a folder `run-<id>` with `run.json` and whatever else
/// its executor needs to finish it or to take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its name.
    pub id: RunId,
    /// The folder that holds what is known of it.
    pub folder: PathBuf,
    /// Which executor it is of: `local`, `zip`, `s3`, `gs`, `az`.
    pub kind: String,
    /// The target: an absolute path, or an address without keys.
    pub target: String,
    /// How far it is.
    pub status: RunStatus,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RunFile {
    schema: String,
    id: RunId,
    kind: String,
    target: String,
    status: RunStatus,
}

impl Run {
    /// Reads the run of a folder.
    ///
    /// # Errors
    /// When it has no `run.json` that can be read.
    pub fn read(folder: &Path) -> Result<Self, ApplyError> {
        let path = folder.join("run.json");
        let unusable = |what: String| ApplyError::Journal { journal: path.clone(), what };
        let text = fs::read(&path).map_err(|error| unusable(error.to_string()))?;
        let file: RunFile =
            serde_json::from_slice(&text).map_err(|error| unusable(error.to_string()))?;
        if file.schema != SCHEMA {
            return Err(unusable("another version of sensortree wrote it".to_owned()));
        }
        let RunFile { id, kind, target, status, .. } = file;
        Ok(Run { id, folder: folder.to_owned(), kind, target, status })
    }

    /// Whether it began after another one.
    #[must_use]
    pub fn is_after(&self, other: &Run) -> bool {
        self.id.order() > other.id.order()
    }

    /// Writes how far the run is: whole and on the disk, or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_status(&mut self, status: RunStatus) -> Result<(), ApplyError> {
        let file = RunFile {
            schema: SCHEMA.to_owned(),
            id: self.id.clone(),
            kind: self.kind.clone(),
            target: self.target.clone(),
            status,
        };
        let write = || {
            let text = serde_json::to_vec_pretty(&file)?;
            let (path, new) = (self.folder.join("run.json"), self.folder.join("run.json.new"));
            fs::write(&new, text)?;
            fs::File::open(&new)?.sync_all()?;
            fs::rename(&new, &path)?;
            sync_folder(&self.folder)
        };
        write().map_err(|source| ApplyError::State { folder: self.folder.clone(), source })?;
        self.status = status;
        Ok(())
    }
}

impl Run {
    /// The folder that it is kept in with others.
    pub(crate) fn state(&self) -> StateFolder {
        StateFolder::at(self.folder.parent().unwrap_or(&self.folder))
    }

    /// Where it keeps what it takes out.
    pub(crate) fn trash(&self) -> PathBuf {
        self.state().trash(&self.id)
    }

    /// Whether there is something to be resumed. Where the run had touched nothing yet, it is
    /// ended, and that is what was done.
    ///
    /// # Errors
    /// When it was not interrupted.
    pub(crate) fn before_resuming(&self) -> Result<Option<Applied>, ApplyError> {
        match self.status {
            RunStatus::Running => Ok(None),
            RunStatus::Begun => nothing_done(self.clone()).map(Some),
            RunStatus::Finished | RunStatus::Undone => {
                let what = format!("the run {} was not interrupted", self.id);
                Err(ApplyError::NoRun { what })
            }
        }
    }

    /// Whether there is something to be taken back, as [`Run::before_resuming`].
    ///
    /// # Errors
    /// When it is taken back already.
    pub(crate) fn before_undoing(&self) -> Result<Option<Applied>, ApplyError> {
        match self.status {
            RunStatus::Running | RunStatus::Finished => Ok(None),
            RunStatus::Begun => nothing_done(self.clone()).map(Some),
            RunStatus::Undone => {
                let what = format!("the run {} is undone already", self.id);
                Err(ApplyError::NoRun { what })
            }
        }
    }

    /// Refuses where a later run on the same target stands on what this one did.
    ///
    /// # Errors
    /// When there is one, or runs cannot be read.
    pub(crate) fn must_be_last(&self) -> Result<(), ApplyError> {
        let stands = |run: &Run| matches!(run.status, RunStatus::Finished | RunStatus::Running);
        let runs = self.state().runs(&self.target)?;
        match runs.into_iter().rev().find(|run| run.is_after(self) && stands(run)) {
            None => Ok(()),
            Some(later) => {
                let what = format!("the run {} came after it and is to be undone first", later.id);
                Err(ApplyError::NoRun { what })
            }
        }
    }
}

/// Ends a run that had touched nothing yet.
fn nothing_done(mut run: Run) -> Result<Applied, ApplyError> {
    run.set_status(RunStatus::Undone)?;
    let notes = vec!["the run had done nothing yet".to_owned()];
    let outline = Outline::default();
    Ok(Applied { run: run.id, outline, can_be_undone: true, result: None, notes })
}

/// Makes sure that what was renamed in a folder is on the disk.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    // Other systems than Unix open no folders as files, and write them out by themselves.
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_runs_are_read_and_nothing_else_is() {
        let began: Timestamp = "2026-04-15T12:14:20Z".parse().unwrap();
        let id = RunId::new(began, 1);
        assert_eq!(id.as_str(), "20260415-121420-1");
        assert_eq!(id.as_str().parse::<RunId>(), Ok(id));
        for other in ["", "..", "20260415-121420", "20260415-121420-", "20260415-121420-1/..", "a"]
        {
            assert!(other.parse::<RunId>().is_err(), "{other}");
        }
    }
}
