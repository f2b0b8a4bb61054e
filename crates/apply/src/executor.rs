//! [`Executor`]: what carries a plan out in one kind of place.

use sensortree_core::plan::Plan;

use crate::error::ApplyError;
use crate::run::{Run, RunId};
use crate::state::StateFolder;

/// What is to be carried out.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// What becomes of the tree. Nothing in it collides.
    pub plan: &'a Plan<'a>,
    /// The text of metadata.json before and after, where the plan changes it.
    pub metadata: Option<&'a MetadataEdit>,
    /// What becomes of what the plan takes out.
    pub removals: Removals,
}

/// A new text of metadata.json.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataEdit {
    /// Where the file stands before the plan is carried out, relative to the target.
    pub path: Vec<u8>,
    /// What it holds now. The plan is not carried out where it holds anything else.
    pub before: Vec<u8>,
    /// What it is to hold.
    pub after: Vec<u8>,
}

/// What becomes of files that a plan takes out of the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Removals {
    /// They are kept in the trash folder of the run, and can be put back.
    #[default]
    ToTrash,
    /// They are deleted once all else is done.
    Deleted,
}

/// What a job takes, before it is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// How many files and folders get another path.
    pub renamed: u64,
    /// How many files and folders are taken out.
    pub removed: u64,
    /// Whether metadata.json gets another text.
    pub edits_metadata: bool,
    /// Requests to a store; 0 elsewhere.
    pub requests: u64,
    /// Bytes that are copied; 0 where files are only renamed.
    pub bytes: u64,
}

/// What was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The run, by which it can be taken back.
    pub run: RunId,
    /// What was done.
    pub outline: Outline,
    /// Whether nothing of it is lost for good, so that it can be taken back.
    pub can_be_undone: bool,
    /// Where the result is, where that is not the target itself: the new zip beside the old one.
    pub result: Option<std::path::PathBuf>,
    /// What a user should know besides, one sentence each.
    pub notes: Vec<String>,
}

/// Who is told how far a run is, and may end it.
pub trait Progress: Sync {
    /// So many of all steps are done. Called now and then, from any thread.
    fn done(&self, _steps: u64, _of: u64) {}

    /// Whether the run is to stop. What was done until then is taken back, where it can be.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Nobody.
impl Progress for () {}

/// Carries plans out in one kind of place.
pub trait Executor {
    /// What a job takes here. Touches nothing.
    ///
    /// # Errors
    /// When it is known beforehand that the job cannot be carried out.
    fn outline(&self, job: &Job<'_>) -> Result<Outline, ApplyError>;

    /// Carries a job out. On an error, what was done is taken back where that is possible; the
    /// error says where it was not.
    ///
    /// # Errors
    /// When something is not as the plan expects it, or a step fails.
    fn apply(
        &self,
        job: &Job<'_>,
        state: &StateFolder,
        progress: &dyn Progress,
    ) -> Result<Applied, ApplyError>;

    /// Carries a run that was interrupted on to its end.
    ///
    /// # Errors
    /// When its journal cannot be read, something is in the way, or a step fails.
    fn resume(&self, run: &Run, progress: &dyn Progress) -> Result<Applied, ApplyError>;

    /// Takes a run back, whether it was finished or interrupted.
    ///
    /// # Errors
    /// When its journal cannot be read, something is in the way, or a step fails.
    fn undo(&self, run: &Run, progress: &dyn Progress) -> Result<Applied, ApplyError>;

    /// Makes final what a run that was carried out left open: in an object store the originals are
    /// deleted only now.
    ///
    /// # Errors
    /// When there is nothing to be made final, something is not as the run left it, or a step
    /// fails.
    fn finish(&self, run: &Run, _progress: &dyn Progress) -> Result<Applied, ApplyError> {
        let what = format!("the run {} left nothing open that could be finished", run.id);
        Err(ApplyError::Impossible { what })
    }
}
