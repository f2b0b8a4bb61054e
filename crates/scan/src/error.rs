//! Why a target cannot be judged.

use std::io;
use std::path::PathBuf;

#[cfg(feature = "git")]
use crate::git::error::GitError;
use crate::scan_errors::reason;

/// Why there is nothing to judge. What the system said is no source of its own: it is told in plain
/// words, or adds nothing.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The target does not exist.
    #[error("`{}` does not exist", path.display())]
    Missing {
        /// The target.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The target is no folder.
    #[error("`{}` is a file, and a folder is needed", path.display())]
    NotAFolder {
        /// The target.
        path: PathBuf,
    },
    /// The target cannot be read.
    #[error("`{}` cannot be read: {}", path.display(), reason(error))]
    Unreadable {
        /// The target.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The source says itself why, as stores do.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Nothing of a git repository can be judged.
    #[cfg(feature = "git")]
    #[error(transparent)]
    Git(#[from] GitError),
    /// What was given for a listing is none.
    #[error("`{name}` is no listing, but {what}")]
    NotAListing {
        /// The listing.
        name: String,
        /// What it is instead, and what would help.
        what: String,
    },
    /// The threads could not be started.
    #[error("the threads that list the target could not be started")]
    Threads {
        /// What the thread pool said.
        source: rayon::ThreadPoolBuildError,
    },
}

/// Why there is nothing to judge, in words that a user can act on. No secret is ever part of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct SourceError {
    /// What is wrong.
    pub said: String,
    /// What to do.
    pub help: Option<String>,
    /// Whether the target may well be there and named rightly, and just could not be read.
    pub unreadable: bool,
}

impl SourceError {
    /// Says what is wrong.
    #[must_use]
    pub fn new(said: impl Into<String>) -> Self {
        SourceError { said: said.into(), help: None, unreadable: false }
    }

    /// Says that a store which could not be read is at fault, not how it was named.
    #[must_use]
    pub fn unreadable(self) -> Self {
        SourceError { unreadable: true, ..self }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
