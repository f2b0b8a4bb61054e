//! Local folders: files and folders are renamed where they are.
//!
//! All steps are written to a journal, and are on the disk, before the first is taken. They are
//! taken in phases ([`Phase`](sensortree_core::plan::steps::Phase)); the journal says which phase
//! has begun, and within one it can be told from the names alone which steps are done. So a run
//! that ends anywhere can be finished or taken back.

mod folder;
mod journal;
mod names;
mod prepare;
mod progress;
mod steps;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use sensortree_core::names::leftovers::is_set_apart;

use self::journal::Journal;
use self::steps::Carrier;
use crate::error::ApplyError;
use crate::executor::{Applied, Executor, Job, Outline, Progress};
use crate::run::{Run, RunStatus};
use crate::state::StateFolder;

/// What runs of this executor are called.
pub(crate) const KIND: &str = "local";

/// Asked before each operation on files, with its number from 1; an error is taken for one of the
/// operation.
pub type Hook = Box<dyn Fn(u64) -> io::Result<()> + Send + Sync>;

/// Carries plans out in one local folder.
pub struct LocalExecutor {
    /// Absolute, without links.
    target: PathBuf,
    faults: Faults,
}

/// Makes operations fail on purpose, in tests.
#[derive(Default)]
pub(crate) struct Faults {
    hook: Option<Hook>,
    operations: AtomicU64,
}

impl Faults {
    /// To be called before each operation on files.
    pub(crate) fn before_operation(&self) -> io::Result<()> {
        match &self.hook {
            None => Ok(()),
            Some(hook) => hook(self.operations.fetch_add(1, Ordering::Relaxed) + 1),
        }
    }
}

impl LocalExecutor {
    /// For the folder at `path`.
    ///
    /// # Errors
    /// When it is not there, or its path is not UTF-8: runs are found by the name of their target,
    /// and two such paths could look the same.
    pub fn new(path: &Path) -> Result<Self, ApplyError> {
        let target = path.canonicalize().map_err(|source| ApplyError::Step {
            path: path.display().to_string(),
            source,
            undone: true,
        })?;
        if target.to_str().is_none() {
            let what =
                "the dataset's path is not UTF-8, and a run could not be named by it".to_owned();
            return Err(ApplyError::Impossible { what });
        }
        Ok(LocalExecutor { target, faults: Faults::default() })
    }

    /// The same with operations that fail as `hook` says.
    #[doc(hidden)]
    #[must_use]
    pub fn with_faults(mut self, hook: Hook) -> Self {
        self.faults.hook = Some(hook);
        self
    }

    /// The target as runs name it.
    #[must_use]
    pub fn target(&self) -> String {
        self.target.to_string_lossy().into_owned()
    }

    fn open(&self, run: &Run) -> Result<Journal, ApplyError> {
        if run.kind != KIND || run.target != self.target() {
            let what = format!("run {} is not one of this folder", run.id);
            return Err(ApplyError::NoRun { what });
        }
        Journal::open(&run.folder.join("journal"))
    }

    fn carrier<'c>(
        &'c self,
        run: &Run,
        journal: &'c Journal,
        progress: &'c dyn Progress,
    ) -> Result<Carrier<'c>, ApplyError> {
        Carrier::new(&self.target, run.trash(), &run.folder, journal, &self.faults, progress)
    }

    /// What a run that is finished did.
    fn applied(&self, run: &Run, journal: &Journal, notes: Vec<String>) -> Applied {
        let outline = journal.outline();
        let can_be_undone = !has_deleted(run, journal);
        Applied { run: run.id.clone(), outline, can_be_undone, result: None, notes }
    }

    /// Runs the rest of the phases, and marks the run finished.
    fn finish(
        &self,
        run: &mut Run,
        journal: &mut Journal,
        progress: &dyn Progress,
        is_fresh: bool,
    ) -> Result<Vec<String>, ApplyError> {
        let (mut notes, mut done) = (Vec::new(), 0);
        while let Some(phase) = journal.next_phase() {
            self.faults.before_operation().map_err(|source| journal.failed(source))?;
            journal.mark_phase(phase)?;
            let carrier = self.carrier(run, journal, progress)?.counting_from(done);
            carrier.forward(phase, !is_fresh)?;
            done = carrier.counted();
        }
        run.set_status(RunStatus::Finished)?;
        if journal.deletes_trash() {
            notes.extend(delete(&run.trash()));
        }
        Ok(notes)
    }

    /// Carries the phases of a finished run out again that were taken back, from the one on that
    /// could not be.
    fn redo(&self, run: &mut Run, journal: &mut Journal) -> Result<(), ApplyError> {
        while let Some(phase) = journal.next_phase() {
            journal.mark_phase(phase)?;
            self.carrier(run, journal, &())?.leaving_out().forward(phase, false)?;
        }
        run.set_status(RunStatus::Finished)
    }

    /// Takes all phases back that have begun, and marks the run undone. Where that fails for a run
    /// that was finished, it is finished again.
    fn take_back(
        &self,
        run: &mut Run,
        journal: &mut Journal,
        progress: &dyn Progress,
    ) -> Result<Vec<String>, ApplyError> {
        let (mut notes, mut done) = (Vec::new(), 0);
        let was_finished = run.status == RunStatus::Finished;
        let mut is_partial = !was_finished;
        if is_partial {
            self.carrier(run, journal, progress)?.leaving_out().advance_marker()?;
            *journal = Journal::open(journal.path())?;
        } else {
            // From now on it is neither finished nor undone.
            run.set_status(RunStatus::Running)?;
        }
        while let Some(phase) = journal.phase() {
            let carrier = self.carrier(run, journal, progress)?.leaving_out().counting_from(done);
            let taken_back = carrier.backward(phase, is_partial);
            done = carrier.counted();
            match taken_back {
                Ok(more) => notes.extend(more),
                Err(error) if was_finished => {
                    let redone = carrier
                        .forward_again(phase)
                        .is_ok_and(|()| self.redo(run, journal).is_ok());
                    return Err(error.with_undone(redone));
                }
                Err(error) => return Err(error),
            }
            self.faults.before_operation().map_err(|source| journal.failed(source))?;
            journal.mark_back_from(phase)?;
            // The phase before was done whole.
            is_partial = false;
        }
        notes.extend(self.carrier(run, journal, progress)?.restore_folders());
        run.set_status(RunStatus::Undone)?;
        Ok(notes)
    }
}

/// Whether a run deleted what it took out.
fn has_deleted(run: &Run, journal: &Journal) -> bool {
    journal.deletes_trash() && !run.trash().exists()
}

/// Deletes what was taken out, and says where it lies otherwise. Nothing is deleted where it holds
/// folders whose files no listing shows and no plan named.
fn delete(trash: &Path) -> Option<String> {
    let kept = |why: String| {
        Some(format!("what was taken out was not deleted and lies in `{}`: {why}", trash.display()))
    };
    let deleted = match unlisted(trash) {
        Ok(Some(folder)) => {
            return kept(format!("`{}` may hold files that no plan named", folder.display()));
        }
        Ok(None) => std::fs::remove_dir_all(trash),
        Err(error) => Err(error),
    };
    match deleted {
        Ok(()) => None,
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => kept(error.to_string()),
    }
}

/// The first folder below one whose files a listing does not keep.
fn unlisted(folder: &Path) -> io::Result<Option<PathBuf>> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            continue;
        }
        if is_set_apart(entry.file_name().as_encoded_bytes()) {
            return Ok(Some(entry.path()));
        }
        if let Some(found) = unlisted(&entry.path())? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

impl Executor for LocalExecutor {
    fn outline(&self, job: &Job<'_>) -> Result<Outline, ApplyError> {
        let mut outline = Outline { edits_metadata: job.metadata.is_some(), ..Outline::default() };
        job.plan.for_each_change(|change| match change.to {
            Some(_) => outline.renamed += 1,
            None => outline.removed += 1,
        });
        Ok(outline)
    }

    fn apply(
        &self,
        job: &Job<'_>,
        state: &StateFolder,
        progress: &dyn Progress,
    ) -> Result<Applied, ApplyError> {
        state.refuse_interrupted(&self.target())?;
        let mut run = state.begin(KIND, &self.target(), Timestamp::now())?;
        let prepared = prepare::prepare(&self.target, job, &run, state, &self.faults);
        let mut journal = match prepared {
            Ok(journal) => journal,
            Err(error) => {
                // Nothing was touched, so nothing of it is kept.
                let _ = std::fs::remove_dir_all(&run.folder);
                return Err(error);
            }
        };
        run.set_status(RunStatus::Running)?;
        match self.finish(&mut run, &mut journal, progress, true) {
            Ok(notes) => Ok(self.applied(&run, &journal, notes)),
            Err(error) => {
                let undone = self.take_back(&mut run, &mut journal, &()).is_ok();
                Err(error.with_undone(undone))
            }
        }
    }

    fn resume(&self, run: &Run, progress: &dyn Progress) -> Result<Applied, ApplyError> {
        if let Some(applied) = run.before_resuming()? {
            return Ok(applied);
        }
        let mut run = run.clone();
        let mut journal = self.open(&run)?;
        self.carrier(&run, &journal, progress)?.advance_marker()?;
        journal = Journal::open(journal.path())?;
        if let Some(phase) = journal.phase() {
            self.carrier(&run, &journal, progress)?.forward(phase, true)?;
        }
        let notes = self.finish(&mut run, &mut journal, progress, false)?;
        Ok(self.applied(&run, &journal, notes))
    }

    fn undo(&self, run: &Run, progress: &dyn Progress) -> Result<Applied, ApplyError> {
        if let Some(applied) = run.before_undoing()? {
            return Ok(applied);
        }
        run.must_be_last()?;
        let mut run = run.clone();
        let mut journal = self.open(&run)?;
        if has_deleted(&run, &journal) && run.status == RunStatus::Finished {
            let what = format!("the run {} cannot be undone: it deleted files for good", run.id);
            return Err(ApplyError::NoRun { what });
        }
        let notes = self.take_back(&mut run, &mut journal, progress)?;
        Ok(self.applied(&run, &journal, notes))
    }
}
