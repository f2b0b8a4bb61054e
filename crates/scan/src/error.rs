//! Why a target cannot be judged.

use std::io;
use std::path::PathBuf;

#[cfg(feature = "cloud")]
use crate::cloud::error::CloudError;
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
    /// The target cannot be listed from its store.
    #[cfg(feature = "cloud")]
    #[error(transparent)]
    Cloud(#[from] CloudError),
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
