//! [`Coverage`]: how much of a target was looked at.

use std::num::NonZeroU64;

/// A part of the target that could not be read (H106).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// The path relative to the target, exactly the bytes listed.
    pub path: Vec<u8>,
    /// Why, in words.
    pub reason: String,
}

/// How much of the target was looked at.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// What could not be read, by path. Anything here makes the inspection incomplete.
    pub unread: Vec<Unread>,
    /// Whether every name was listed all the same, so that what is unread is what files hold. False
    /// where that is not known.
    pub all_listed: bool,
    /// Paths that were left out on purpose, as a repository's own `.git`.
    pub skipped: Vec<Vec<u8>>,
    /// How far file contents were looked into: `none`, `headers`, `full`.
    pub content: &'static str,
    /// How many files' contents were looked into.
    pub probed: u64,
    /// Of how many: those of a known format that are not empty. 0 where none was to be looked into.
    pub probeable: u64,
    /// How many of each folder's were to be looked into at the most, where not all were.
    pub sample: Option<NonZeroU64>,
    /// How the target was taken, where that was not said by the user: the kind of a listing, and
    /// where in it the dataset begins. In words.
    pub notes: Vec<String>,
}

impl Coverage {
    /// Whether all that was to be read was read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.unread.is_empty()
    }
}
