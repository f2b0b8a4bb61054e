//! [`StateFolder`]: where runs are kept, and who is at work.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::error::ApplyError;
use crate::run::{Run, RunId, RunStatus};

/// The name of the folder.
const NAME: &str = ".sensortree";

/// The folder `.sensortree`, which holds runs (`run-<id>`), what they took out (`trash-<id>`) and
/// locks. It stands beside the dataset, never in it, where the platform would read it as a sensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateFolder {
    path: PathBuf,
}

/// Keeps every other process from the target while it lives.
#[derive(Debug)]
pub struct TargetLock {
    // The lock is released when the file is closed.
    _file: File,
}

impl StateFolder {
    /// The folder beside a local target, which need not be there yet.
    ///
    /// # Errors
    /// When the target is not there, or is the root of the file system.
    pub fn beside(target: &Path) -> Result<Self, ApplyError> {
        let state = |source| ApplyError::State { folder: target.to_owned(), source };
        let target = target.canonicalize().map_err(state)?;
        let above = target.parent().ok_or_else(|| {
            state(io::Error::new(io::ErrorKind::NotFound, "it has no folder beside it"))
        })?;
        Ok(StateFolder { path: above.join(NAME) })
    }

    /// The folder `.sensortree` in `folder`.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        StateFolder { path: folder.join(NAME) }
    }

    /// The folder at `path` itself.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        StateFolder { path: path.to_owned() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where a run keeps what it takes out.
    #[must_use]
    pub fn trash(&self, run: &RunId) -> PathBuf {
        self.path.join(format!("trash-{run}"))
    }

    /// Waits for nobody: takes the lock on a target, or fails.
    ///
    /// # Errors
    /// When another process has it, or the folder cannot be written.
    pub fn lock(&self, target: &str) -> Result<TargetLock, ApplyError> {
        let state = |source| ApplyError::State { folder: self.path.clone(), source };
        fs::create_dir_all(&self.path).map_err(state)?;
        let path = self.path.join(format!("lock-{:016x}", hash_of(target)));
        let file =
            File::options().create(true).truncate(false).write(true).open(path).map_err(state)?;
        match file.try_lock() {
            Ok(()) => Ok(TargetLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ApplyError::Locked { target: target.into() }),
            Err(TryLockError::Error(source)) => Err(state(source)),
        }
    }

    /// Begins a run: makes its folder, with `run.json`. Whoever does so has the lock.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(&self, kind: &str, target: &str, now: Timestamp) -> Result<Run, ApplyError> {
        let state = |source| ApplyError::State { folder: self.path.clone(), source };
        fs::create_dir_all(&self.path).map_err(state)?;
        for nth in 1..u32::MAX {
            let id = RunId::new(now, nth);
            let folder = self.path.join(format!("run-{id}"));
            match fs::create_dir(&folder) {
                Ok(()) => {
                    let (kind, target) = (kind.to_owned(), target.to_owned());
                    let mut run = Run { id, folder, kind, target, status: RunStatus::Begun };
                    run.set_status(RunStatus::Begun)?;
                    crate::run::sync_folder(&self.path).map_err(state)?;
                    return Ok(run);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(state(error)),
            }
        }
        Err(state(io::Error::from(io::ErrorKind::AlreadyExists)))
    }

    /// The run of this name.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn run(&self, id: &RunId) -> Result<Run, ApplyError> {
        let folder = self.path.join(format!("run-{id}"));
        if !folder.is_dir() {
            let what = format!("there is no run {id} in `{}`", self.path.display());
            return Err(ApplyError::NoRun { what });
        }
        Run::read(&folder)
    }

    /// The runs on a target, oldest first. A folder whose `run.json` was never written whole began
    /// nothing, and is none.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn runs(&self, target: &str) -> Result<Vec<Run>, ApplyError> {
        let state = |source| ApplyError::State { folder: self.path.clone(), source };
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(state(error)),
        };
        let mut runs = Vec::new();
        for entry in entries {
            let entry = entry.map_err(state)?;
            let name = entry.file_name();
            let is_run = name
                .to_str()
                .and_then(|name| name.strip_prefix("run-"))
                .is_some_and(|id| id.parse::<RunId>().is_ok());
            if is_run && entry.path().join("run.json").exists() {
                let run = Run::read(&entry.path())?;
                if run.target == target {
                    runs.push(run);
                }
            }
        }
        runs.sort_by(|one, other| one.id.order().cmp(&other.id.order()));
        Ok(runs)
    }

    /// Refuses a target on which a run was interrupted.
    ///
    /// # Errors
    /// When there is one, or the folder cannot be read.
    pub(crate) fn refuse_interrupted(&self, target: &str) -> Result<(), ApplyError> {
        match self.interrupted(target)? {
            None => Ok(()),
            Some(run) => Err(ApplyError::Interrupted { run: run.id.to_string() }),
        }
    }

    /// The run on a target that was begun and neither finished nor taken back.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn interrupted(&self, target: &str) -> Result<Option<Run>, ApplyError> {
        Ok(self
            .runs(target)?
            .into_iter()
            .find(|run| matches!(run.status, RunStatus::Begun | RunStatus::Running)))
    }
}

/// A number that tells targets apart. FNV-1a: it must be the same in every version, as two of them
/// may be at work at once.
fn hash_of(target: &str) -> u64 {
    target.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_found_by_their_target_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::in_folder(folder.path());
        assert_eq!(state.runs("a").unwrap(), []);
        let now: Timestamp = "2026-04-15T12:14:20Z".parse().unwrap();
        let mut begun: Vec<Run> =
            (0..11).map(|_| state.begin("local", "a", now).unwrap()).collect();
        state.begin("local", "b", now).unwrap();
        // Never begun whole.
        fs::create_dir(state.path().join("run-20260415-121420-99")).unwrap();
        assert_eq!(state.runs("a").unwrap(), begun);
        assert_eq!(state.interrupted("a").unwrap().as_ref(), begun.first());
        for run in &mut begun {
            run.set_status(RunStatus::Finished).unwrap();
        }
        assert_eq!(state.interrupted("a").unwrap(), None);
        assert_eq!(state.run(&begun[10].id).unwrap(), begun[10]);
        assert!(state.run(&RunId::new(now, 40)).is_err());
    }

    #[test]
    fn a_target_is_locked_while_the_lock_lives() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::in_folder(folder.path());
        let lock = state.lock("a").unwrap();
        assert!(matches!(state.lock("a"), Err(ApplyError::Locked { .. })));
        let _other = state.lock("b").unwrap();
        drop(lock);
        let _again = state.lock("a").unwrap();
    }
}
