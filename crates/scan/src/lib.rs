//! Lists trees, and reads what the core judges beside the names: local folders ([`local`]), zips ([`zip`]), revisions
//! and the index of git repositories ([`git`]).
//!
//! A source gives every name as the bytes that stand there. What it cannot read is no error of the run: it goes to the
//! coverage of the [`Inspection`](sensortree_core::Inspection), and an error is only what leaves nothing to judge.

#[cfg(feature = "cloud")]
pub mod cloud;
#[cfg(feature = "git")]
pub mod git;
pub mod listing;
pub mod local;
pub mod zip;

mod content;
mod coverage;
mod links;
mod tracked;
#[cfg(any(feature = "git", feature = "parquet"))]
mod unwind;

pub use content::{Content, UnknownContent, look_into};
pub use links::{Links, UnknownLinks};

use std::io;
use std::num::NonZeroU64;
use std::path::PathBuf;

pub use tracked::is_tracked_by_git;

use sensortree_core::tree::{Coverage, Tree, TreeBuilder};

use crate::listing::Recording;

/// How a target is listed.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// The number of threads. `None`: one for each core. At most [`ScanOptions::MAX_JOBS`] are used.
    pub jobs: Option<usize>,
    /// How many requests a store is asked at once, at the most.
    pub concurrency: usize,
    /// How far files are looked into, where the source can do that.
    pub content: Content,
    /// How many frames of each folder are looked into, spread evenly, the first and the last among them; `None` for all.
    pub sample: Option<NonZeroU64>,
    /// What becomes of symbolic links in a local folder. No other source follows links.
    pub links: Links,
    /// What takes down every entry, where the listing is to be saved.
    pub recording: Option<Recording>,
}

impl ScanOptions {
    /// More threads than this gain nothing, and could meet the limit on open files (256 on some systems).
    pub const MAX_JOBS: usize = 48;

    /// As many requests at once as stores answer without complaint.
    pub const CONCURRENCY: usize = 64;

    /// What every source builds its tree with, one for each thread or part of a listing.
    #[must_use]
    pub fn builder(&self) -> TreeBuilder {
        let mut builder = TreeBuilder::new();
        if let Some(recording) = &self.recording {
            builder.tell(recording.tap());
        }
        if self.is_sampled() {
            builder.keep_candidates();
        }
        builder
    }

    /// Whether some frames are looked into and others not. Which, is known only once all are listed.
    pub(crate) fn is_sampled(&self) -> bool {
        self.content != Content::None && self.sample.is_some()
    }

    /// How far a tree was looked into that was listed so.
    pub(crate) fn coverage(&self, tree: &Tree) -> Coverage {
        let content = self.content.as_str();
        if self.content == Content::None {
            return Coverage { content, ..Coverage::default() };
        }
        Coverage {
            content,
            probed: tree.probed(),
            probeable: tree.probeable(),
            sample: self.sample,
            ..Coverage::default()
        }
    }
}

impl Default for ScanOptions {
    fn default() -> Self {
        ScanOptions {
            jobs: None,
            concurrency: ScanOptions::CONCURRENCY,
            content: Content::default(),
            sample: None,
            links: Links::default(),
            recording: None,
        }
    }
}

/// What looking into frames is expected to take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// How many frames are to be looked into.
    pub frames: u64,
    /// How many requests that takes, if no header is longer than most are.
    pub requests: u64,
    /// How many bytes those give.
    pub bytes: u64,
}

/// Who is told how far a listing is, and may end it.
pub trait Progress: Sync {
    /// This many more entries were listed. Called from any thread, once for a folder or a part of a large one.
    fn listed(&self, _entries: u64) {}

    /// So many parts are listed of those that are known. More may become known. Called now and then, by sources that list
    /// in parts.
    fn parts(&self, _listed: u64, _known: u64) {}

    /// All is listed, and frames are looked into from now on. Called by sources where that costs requests.
    fn looks(&self, _cost: Cost) {}

    /// So many frames are looked into of those that are to be. Called now and then, where that is done once all is listed.
    fn looked(&self, _frames: u64, _wanted: u64) {}

    /// Whether the listing is to end with what it has. Asked at least once for each folder; whoever ends says so in the
    /// coverage.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Nobody.
impl Progress for () {}

/// Why there is nothing to judge. What the system said is no source of its own: it is told in plain words, or adds nothing.
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
    #[error("`{}` cannot be read: {}", path.display(), coverage::reason(error))]
    Unreadable {
        /// The target.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The target cannot be listed from its store.
    #[cfg(feature = "cloud")]
    #[error(transparent)]
    Cloud(#[from] cloud::CloudError),
    /// Nothing of a git repository can be judged.
    #[cfg(feature = "git")]
    #[error(transparent)]
    Git(#[from] git::GitError),
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
