//! One call of an executor, on a run that it begins or takes up.

use jiff::Timestamp;

use super::asking::{Asking, Fault};
use super::course::{Course, Stop};
use super::store::Store;
use super::text::check_text;
use super::work::{Phase, Work};
use super::{PHASE, WORK};
use crate::error::ApplyError;
use crate::executor::{Applied, Progress};
use crate::run::{Run, RunStatus};
use crate::sealed;
use crate::state::StateFolder;

/// One call of an executor.
pub(super) struct Session<'a, S> {
    pub(super) store: &'a S,
    pub(super) host: &'a str,
    pub(super) kind: &'static str,
    pub(super) target: String,
    pub(super) progress: &'a dyn Progress,
}

impl<'a, S: Store> Session<'a, S> {
    pub(super) async fn apply(
        self,
        work: Work,
        state: &StateFolder,
    ) -> Result<Applied, ApplyError> {
        state.refuse_interrupted(&self.target)?;
        let work = Work { host: self.host.to_owned(), ..work };
        let asking = Asking::new(self.store);
        if let Some(edit) = &work.metadata {
            check_text(&asking, edit).await?;
        }
        let mut run = state.begin(self.kind, &self.target, Timestamp::now())?;
        let stated = |source| ApplyError::State { folder: run.folder.clone(), source };
        sealed::write(&run.folder, PHASE, &Phase::Copying).map_err(stated)?;
        sealed::write(&run.folder, WORK, &work).map_err(stated)?;
        run.set_status(RunStatus::Running)?;
        let phase = Phase::Copying;
        let (progress, notes) = (self.progress, work.notes());
        let mut course = Course { run, work, phase, asking, progress, notes };
        match course.carry_on().await {
            Ok(()) => Ok(course.applied()),
            Err(Stop::Apply(error)) => Err(error),
            Err(Stop::Fault(fault @ Fault::Changed { .. })) => {
                let is_undone = course.take_back().await.is_ok();
                Err(fault.error(is_undone))
            }
            Err(Stop::Fault(fault)) => Err(fault.error(false)),
        }
    }

    /// Takes a run up where it is.
    pub(super) fn take_up(self, run: &Run) -> Result<Course<'a, S>, ApplyError> {
        let no_run = |what: String| ApplyError::NoRun { what };
        if run.kind != self.kind || run.target != self.target {
            return Err(no_run(format!("the run {} is not about `{}`", run.id, self.target)));
        }
        let missing = |name: &str| ApplyError::Journal {
            journal: run.folder.join(name),
            what: "it is not there".to_owned(),
        };
        let work: Work = sealed::read(&run.folder, WORK)?.ok_or_else(|| missing(WORK))?;
        let phase: Phase = sealed::read(&run.folder, PHASE)?.ok_or_else(|| missing(PHASE))?;
        if work.host != self.host {
            let what = format!("the run {} is about the store at {}", run.id, work.host);
            return Err(no_run(what));
        }
        let asking = Asking::new(self.store);
        let (progress, notes, run) = (self.progress, work.notes(), run.clone());
        Ok(Course { run, work, phase, asking, progress, notes })
    }

    pub(super) async fn finish(self, run: &Run) -> Result<Applied, ApplyError> {
        let impossible =
            |what: &str| ApplyError::Impossible { what: format!("the run {} {what}", run.id) };
        if run.status == RunStatus::Begun {
            return Err(impossible("has not copied all objects yet"));
        }
        let mut course = self.take_up(run)?;
        match course.phase {
            Phase::Copied | Phase::Verifying | Phase::Finishing => {}
            Phase::Copying => return Err(impossible("has not copied all objects yet")),
            Phase::Finished => return Err(impossible("is finished")),
            Phase::TakingBack | Phase::Reversing | Phase::Undone => {
                return Err(impossible("is taken back, or being so"));
            }
        }
        if course.phase == Phase::Copied {
            course.set_phase(Phase::Verifying, RunStatus::Running)?;
        }
        course.carry_on().await.map_err(Stop::error)?;
        Ok(course.applied())
    }

    pub(super) async fn resume(self, run: &Run) -> Result<Applied, ApplyError> {
        if let Some(applied) = run.before_resuming()? {
            return Ok(applied);
        }
        let mut course = self.take_up(run)?;
        course.carry_on().await.map_err(Stop::error)?;
        Ok(course.applied())
    }

    pub(super) async fn undo(self, run: &Run) -> Result<Applied, ApplyError> {
        if let Some(applied) = run.before_undoing()? {
            return Ok(applied);
        }
        run.must_be_last()?;
        let mut course = self.take_up(run)?;
        course.undo().await.map_err(Stop::error)?;
        Ok(course.applied())
    }
}
