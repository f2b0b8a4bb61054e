//! [`Repair`]: what would mend a finding, as operations on the tree that a program can carry out.
//!
//! A frame's path is four coordinates: its sensor, its scene, its stem and its suffix. An operation
//! sets one coordinate of a set of files, so that operations can be put together in any order, and
//! two of them conflict only where they give one coordinate of one file two values. Nothing is
//! carried out here: [`crate::plan`] says what an operation comes to in a tree.

mod in_order;
mod stem;

pub use in_order::{InOrder, Walk};
pub use stem::StemMap;

use crate::names::frame_name::Naming;
use crate::names::name_set::NameSet;
use crate::tree::FolderId;

/// How far a repair may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// It follows from the tree alone, and changes nothing but what is wrong.
    Safe,
    /// It is right in all likelihood, and a person should look at it: it rests on a measurement, or
    /// takes files out.
    Unsafe,
    /// There are several ways, of which a person has to choose one.
    Choice,
}

impl Applicability {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
            Applicability::Choice => "choice",
        }
    }
}

/// One way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// How far it may be trusted.
    pub applicability: Applicability,
    /// What is to be done; all of it, in any order.
    pub operations: Vec<Operation>,
    /// What makes it right, in one sentence.
    pub rests_on: String,
    /// Whether it moves frames by more than half a step beyond their sensor's clock, as that was
    /// fitted: a person has to want that. Such a repair goes with the finding's first one, and is
    /// no other way.
    pub is_far: bool,
}

impl Repair {
    /// A repair that follows from the tree alone.
    #[must_use]
    pub fn safe(rests_on: impl Into<String>) -> Self {
        Repair {
            applicability: Applicability::Safe,
            operations: Vec::new(),
            rests_on: rests_on.into(),
            is_far: false,
        }
    }

    /// A repair that a person should look at.
    #[must_use]
    pub fn to_be_looked_at(rests_on: impl Into<String>) -> Self {
        Repair { applicability: Applicability::Unsafe, ..Repair::safe(rests_on) }
    }

    /// One of several repairs, of which a person has to choose one.
    #[must_use]
    pub fn choice(rests_on: impl Into<String>) -> Self {
        Repair { applicability: Applicability::Choice, ..Repair::safe(rests_on) }
    }

    /// What of a repair moves frames farther from their clock than half a step.
    #[must_use]
    pub fn far(rests_on: impl Into<String>) -> Self {
        Repair { is_far: true, ..Repair::choice(rests_on) }
    }

    /// The same with operations more.
    #[must_use]
    pub fn with(mut self, operations: impl IntoIterator<Item = Operation>) -> Self {
        self.operations.extend(operations);
        self
    }
}

/// What is to be done to a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Gives files another coordinate.
    Set {
        /// The files.
        files: FileSet,
        /// The coordinate that they get.
        coordinate: Coordinate,
    },
    /// Gives one file, or one folder with all in it, another path.
    Move {
        /// Its path, relative to the target; a folder's may end in `/`.
        from: Vec<u8>,
        /// Its path afterwards.
        to: Vec<u8>,
    },
    /// Takes files out of the tree. Only what is surplus: never the only copy of anything.
    Remove {
        /// The files.
        files: FileSet,
    },
    /// Changes stretches of the text of metadata.json.
    Edit {
        /// The changes, which do not overlap.
        edits: Vec<Edit>,
    },
}

/// Files of a tree, by where they stand. It holds in the tree that it was made for alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSet {
    /// A folder with all that is in it.
    Folder(FolderId),
    /// The files right in a folder whose stem is a number that is written so.
    Numbered {
        /// The folder.
        folder: FolderId,
        /// How they are named.
        naming: Naming,
    },
    /// Files right in a folder: these, or all where no names are given.
    Files {
        /// The folder.
        folder: FolderId,
        /// The names; `None` for all.
        names: Option<NameSet>,
    },
}

impl FileSet {
    /// Files of these names.
    #[must_use]
    pub fn named(folder: FolderId, names: NameSet) -> Self {
        FileSet::Files { folder, names: Some(names) }
    }

    /// The folder that the files stand in, or that is meant itself.
    #[must_use]
    pub fn folder(&self) -> FolderId {
        match self {
            FileSet::Folder(folder)
            | FileSet::Numbered { folder, .. }
            | FileSet::Files { folder, .. } => *folder,
        }
    }
}

/// One coordinate of a frame's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coordinate {
    /// The name of the sensor's folder.
    Sensor(Vec<u8>),
    /// The name of the scene's folder.
    Scene(Vec<u8>),
    /// What stands before the suffix.
    Stem(StemMap),
    /// The suffix, without its dot.
    Suffix(String),
}

/// A change of a stretch of text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// Where the stretch begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
    /// What stands there afterwards.
    pub text: Vec<u8>,
}
