//! A run that is worked on, phase by phase.

use std::collections::HashMap;
use std::path::PathBuf;

use super::asking::{Asking, Fault};
use super::leg::{Leg, Operation, kept, mark_occupied};
use super::store::Store;
use super::text::{delete_text, exchange, put_back, write_text};
use super::work::{Phase, Work};
use super::{BACKWARD, FORWARD, PHASE, WORK};
use crate::error::ApplyError;
use crate::executor::{Applied, Outline, Progress};
use crate::run::{Run, RunStatus};
use crate::sealed;

/// A run that is worked on.
pub(super) struct Course<'a, S> {
    pub(super) run: Run,
    pub(super) work: Work,
    pub(super) phase: Phase,
    pub(super) asking: Asking<'a, S>,
    pub(super) progress: &'a dyn Progress,
    pub(super) notes: Vec<String>,
}

/// Why a run stopped.
pub(super) enum Stop {
    Fault(Fault),
    Apply(ApplyError),
}

impl Stop {
    /// As an error of a run of which something was done.
    pub(super) fn error(self) -> ApplyError {
        match self {
            Stop::Fault(fault) => fault.error(false),
            Stop::Apply(error) => error,
        }
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Stop::Fault(fault)
    }
}

impl From<ApplyError> for Stop {
    fn from(error: ApplyError) -> Self {
        Stop::Apply(error)
    }
}

impl<S: Store> Course<'_, S> {
    pub(super) fn applied(self) -> Applied {
        let outline = Outline { requests: self.asking.asked(), ..self.work.outline() };
        Applied { run: self.run.id, outline, can_be_undone: true, result: None, notes: self.notes }
    }

    /// Writes down how far the run is. The phase is written first where the status says less, so
    /// that a run whose status is that it is done is.
    pub(super) fn set_phase(&mut self, phase: Phase, status: RunStatus) -> Result<(), ApplyError> {
        if status == RunStatus::Running && self.run.status != status {
            self.run.set_status(status)?;
        }
        let written = sealed::write(&self.run.folder, PHASE, &phase);
        written.map_err(|source| ApplyError::State { folder: self.run.folder.clone(), source })?;
        self.phase = phase;
        if self.run.status != status {
            self.run.set_status(status)?;
        }
        Ok(())
    }

    /// Goes on until nothing is open.
    pub(super) async fn carry_on(&mut self) -> Result<(), Stop> {
        match self.phase {
            Phase::Copying => {
                let forward = self.forward()?;
                forward.copy().await?;
                let notes = forward.notes();
                drop(forward);
                if let Some(edit) = &self.work.metadata {
                    write_text(&self.asking, edit).await?;
                }
                self.notes.extend(notes);
                self.set_phase(Phase::Copied, RunStatus::Finished)?;
            }
            Phase::Verifying | Phase::Finishing => {
                self.make_final().await?;
                self.set_phase(Phase::Finished, RunStatus::Finished)?;
            }
            Phase::TakingBack => self.take_back().await?,
            Phase::Reversing => self.reverse().await?,
            Phase::Copied | Phase::Finished => {
                let phase = self.phase;
                self.set_phase(phase, RunStatus::Finished)?;
            }
            Phase::Undone => self.set_phase(Phase::Undone, RunStatus::Undone)?,
        }
        Ok(())
    }

    pub(super) async fn undo(&mut self) -> Result<(), Stop> {
        match self.phase {
            Phase::Copying | Phase::Copied | Phase::Verifying | Phase::TakingBack => {
                self.take_back().await
            }
            Phase::Finishing => {
                // Some originals are gone already, and all have to be, to be copied back.
                self.make_final().await?;
                self.set_phase(Phase::Finished, RunStatus::Running)?;
                self.reverse().await
            }
            Phase::Finished | Phase::Reversing => self.reverse().await,
            Phase::Undone => Ok(self.set_phase(Phase::Undone, RunStatus::Undone)?),
        }
    }

    pub(super) fn trash(&self) -> PathBuf {
        self.run.trash()
    }

    pub(super) fn forward(&self) -> Result<Leg<'_, S>, ApplyError> {
        let trash = self.work.is_kept.then(|| self.trash());
        let journal = self.run.folder.join(FORWARD);
        let (asking, operations) = (&self.asking, &self.work.operations);
        Leg::open(asking, operations, self.run.id.as_str(), &journal, trash, self.progress)
    }

    pub(super) async fn make_final(&mut self) -> Result<(), Stop> {
        let verified = self.forward()?.verify().await;
        if self.phase == Phase::Verifying {
            match verified {
                Ok(()) => self.set_phase(Phase::Finishing, RunStatus::Running)?,
                Err(fault) => {
                    // Nothing is final, and all is as it was when it was copied.
                    self.set_phase(Phase::Copied, RunStatus::Finished)?;
                    return Err(fault.into());
                }
            }
        } else {
            verified?;
        }
        self.forward()?.finish().await?;
        if let Some(edit) = self.work.metadata.as_ref().filter(|edit| edit.from != edit.to) {
            delete_text(&self.asking, &edit.from, &edit.before).await?;
        }
        Ok(())
    }

    /// Deletes the copies, while all originals are there.
    pub(super) async fn take_back(&mut self) -> Result<(), Stop> {
        self.set_phase(Phase::TakingBack, RunStatus::Running)?;
        self.unwrite_text().await?;
        let forward = self.forward()?;
        forward.take_back().await?;
        let notes = forward.notes();
        drop(forward);
        self.notes.extend(notes);
        Ok(self.set_phase(Phase::Undone, RunStatus::Undone)?)
    }

    /// Takes the new text of metadata.json back. The old one is there, or is written. What somebody
    /// else wrote since stays.
    pub(super) async fn unwrite_text(&mut self) -> Result<(), Fault> {
        let Some(edit) = &self.work.metadata else { return Ok(()) };
        let unwritten = if edit.from == edit.to {
            exchange(&self.asking, &edit.to, &edit.after.0, edit.before.0.clone()).await
        } else {
            delete_text(&self.asking, &edit.to, &edit.after).await
        };
        match unwritten {
            Err(Fault::Changed { key, .. }) => {
                let note = format!(
                    "`{key}` was written by somebody else since, and stays; its text before the \
                     run is in `{}`",
                    self.run.folder.join(WORK).display()
                );
                self.notes.push(note);
                Ok(())
            }
            unwritten => unwritten,
        }
    }

    /// Copies everything back once the originals are gone.
    pub(super) async fn reverse(&mut self) -> Result<(), Stop> {
        self.set_phase(Phase::Reversing, RunStatus::Running)?;
        let forward = self.forward()?;
        let mut back = Vec::new();
        let mut removed_sizes = HashMap::new();
        for (number, operation) in (0..).zip(&self.work.operations) {
            let done = forward.done(number);
            if let Some(begun) = done.begun.as_ref().filter(|_| operation.to.is_none()) {
                removed_sizes.insert(number, begun.size);
            }
            if let Some(from) = operation.to.clone() {
                let to = Some(operation.from.clone());
                let expected = done.placed.or(done.copied);
                back.push(Operation { from, to, occupied: false, expected });
            }
        }
        drop(forward);
        mark_occupied(&mut back);
        let journal = self.run.folder.join(BACKWARD);
        let run = self.run.id.as_str();
        let leg = Leg::open(&self.asking, &back, run, &journal, None, self.progress)?;
        leg.copy().await?;
        leg.verify().await?;
        leg.finish().await?;
        let mut notes = leg.notes();
        drop(leg);
        let trash = self.trash();
        let removed = (0..).zip(&self.work.operations).filter(|(_, it)| it.to.is_none());
        for (number, operation) in removed {
            if !self.work.is_kept {
                notes.push(format!("`{}` was deleted for good, and is not back", operation.from));
                continue;
            }
            let path = kept(&trash, number);
            let size = removed_sizes.get(&number).copied();
            let text = std::fs::read(&path).and_then(|text| match size {
                Some(size) if size != text.len() as u64 => {
                    Err(std::io::Error::other("it has another size than the object had"))
                }
                _ => Ok(text),
            });
            let text = text.map_err(|error| Fault::Local { path, error })?;
            put_back(&self.asking, &operation.from, text).await?;
        }
        if let Some(edit) = self.work.metadata.as_ref().filter(|edit| edit.from != edit.to) {
            put_back(&self.asking, &edit.from, edit.before.0.clone()).await?;
        }
        self.unwrite_text().await?;
        self.notes.extend(notes);
        Ok(self.set_phase(Phase::Undone, RunStatus::Undone)?)
    }
}
