//! [`Plan::for_each_step`]: the order in which a plan is carried out by renames, so that nothing is
//! in the way of anything, and so that it can be told from the names alone which steps are done.
//!
//! Within a phase no step frees a place for a step of another folder, and no name is taken, left
//! and taken again: swaps and cycles are broken by temporary names, which are given in one phase
//! and left in a later one. All steps of a phase are done before the next begins.

mod files;
mod folders;
mod places;
#[cfg(test)]
mod tests;

use std::fmt;

use super::Plan;
use super::arranged::Arranged;
use crate::text;

/// When a step is done. Those of one phase may be done at the same time, but for
/// [phases in order](Phase::is_in_order).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// New folders are made.
    Make,
    /// The new text of metadata.json is written under a temporary name.
    Write,
    /// Files are taken out, or get a temporary name in the folder that they go to.
    Aside,
    /// Files go to other folders.
    Out,
    /// Files get another name in their folder.
    Within,
    /// Folders get a temporary name where their place is not free yet.
    FoldersAside,
    /// Folders go to their place, or are taken out.
    Folders,
    /// Folders that nothing is left in are removed.
    Clear,
    /// Folders go from their temporary name to their place.
    FoldersSettle,
    /// Files go from their temporary name to their own.
    Settle,
}

impl Phase {
    /// All of them, in order.
    pub const ALL: [Phase; 10] = [
        Phase::Make,
        Phase::Write,
        Phase::Aside,
        Phase::Out,
        Phase::Within,
        Phase::FoldersAside,
        Phase::Folders,
        Phase::Clear,
        Phase::FoldersSettle,
        Phase::Settle,
    ];

    /// Whether its steps are done one after the other, in the order given.
    #[must_use]
    pub fn is_in_order(self) -> bool {
        matches!(
            self,
            Phase::Make
                | Phase::Write
                | Phase::FoldersAside
                | Phase::Folders
                | Phase::FoldersSettle
                | Phase::Clear
        )
    }
}

/// A folder that something goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place<'s> {
    /// One of the tree, relative to the target.
    Tree(&'s [u8]),
    /// One of the trash, where what is taken out lies under the path that it had.
    Trash(&'s [u8]),
    /// Where the text of metadata.json is kept that an edit replaces.
    Kept,
}

/// One step. Paths are those at the time when it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'s> {
    /// A folder is made.
    MakeFolder {
        /// Its path.
        path: &'s [u8],
    },
    /// The new text of metadata.json is written to a file that is not there yet.
    WriteMetadata {
        /// Its path.
        path: &'s [u8],
    },
    /// Files, or one folder, go from one folder to another or get another name in it, one after
    /// the other. A name that one of them gets is not there before, or was the name of the one
    /// right before it.
    Rename {
        /// The folder that they are in.
        from: &'s [u8],
        /// The folder that they go to.
        to: Place<'s>,
        /// Their names before and after. A name before may hold `/`, where the tree keeps no
        /// folders so deep.
        names: &'s [(Vec<u8>, Vec<u8>)],
    },
    /// A folder is removed if it is empty. What a listing does not show may be left in it.
    RemoveFolder {
        /// Its path.
        path: &'s [u8],
    },
    /// Something right in a folder changes. Not a step: told at the end, with the path from before
    /// the first step, so that the times of the folder can be restored.
    Touches {
        /// Its path before the first step.
        folder: &'s [u8],
    },
}

/// Why there is no such order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepError {
    /// Two folders become one, and the names in one of them are too many and too irregular to be
    /// kept. Its path.
    NamesUnknown(Vec<u8>),
    /// Two folders become one that cannot: what stands at this path does in both.
    Twice(Vec<u8>),
    /// The metadata.json that is edited is taken out, or not there. Its path.
    NoMetadata(Vec<u8>),
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StepError::NamesUnknown(path) => write!(
                f,
                "`{}` would become one with another folder, and not all names in it are known",
                text::lossless(path)
            ),
            StepError::Twice(path) => {
                write!(f, "`{}` cannot go where something else is", text::lossless(path))
            }
            StepError::NoMetadata(path) => {
                write!(f, "`{}` is edited and taken out, or not there", text::lossless(path))
            }
        }
    }
}

/// Why steps end early: there is no order, or whoever takes them fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepsEnd<E> {
    /// There is no order.
    Plan(StepError),
    /// Whoever takes the steps failed.
    Taker(E),
}

impl Plan<'_> {
    /// Calls for each step with its phase; those of a phase that is done in order come in that
    /// order, and the phases themselves in none. `temporary` is what temporary names begin with;
    /// no file of the tree may. `edited` is the path of the metadata.json whose text changes.
    ///
    /// # Errors
    /// When there is no order, or `each` fails.
    pub fn for_each_step<E>(
        &self,
        temporary: &str,
        edited: Option<&[u8]>,
        each: &mut dyn FnMut(Phase, Step<'_>) -> Result<(), E>,
    ) -> Result<(), StepsEnd<E>> {
        let arranged = Arranged::new(self);
        let mut places = places::Places::new(self.tree, &arranged, temporary);
        files::for_each(&mut places, edited, each)?;
        folders::for_each(&mut places, each)?;
        places.for_each_touched(each)
    }
}
