//! How a target is listed.

use std::num::NonZeroU64;

use sensortree_core::tree::TreeBuilder;

use crate::content::Content;
use crate::links::Links;
use crate::listing::recording::Recording;

/// How a target is listed.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// The number of threads. `None`: one for each core, and 32 for a folder on a network file
    /// system. At most [`ScanOptions::MAX_JOBS`] are used.
    pub jobs: Option<usize>,
    /// How many requests a store is asked at once, at the most.
    pub concurrency: usize,
    /// How far files are looked into, where the source can do that.
    pub content: Content,
    /// How many frames of each folder are looked into, spread evenly, the first and the last among
    /// them; `None` for all.
    pub sample: Option<NonZeroU64>,
    /// What becomes of symbolic links in a local folder. No other source follows links.
    pub links: Links,
    /// What takes down every entry, where the listing is to be saved.
    pub recording: Option<Recording>,
}

impl ScanOptions {
    /// More threads than this gain nothing, and could meet the limit on open files (256
    /// on some systems).
    pub const MAX_JOBS: usize = 48;

    /// As many requests at once as stores answer without complaint.
    pub const CONCURRENCY: usize = 64;

    /// What a tree is built with whose files are not looked into once all are listed.
    pub(crate) fn builder(&self) -> TreeBuilder {
        let mut builder = TreeBuilder::new();
        if let Some(recording) = &self.recording {
            builder.tell(recording.tap());
        }
        builder
    }

    /// How many threads that makes on this machine.
    #[must_use]
    pub fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.unwrap_or_else(cores).clamp(1, ScanOptions::MAX_JOBS)
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
