//! What the listings of trees and of the index share: threads that each count on their own, and files as they are added.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gix::objs::tree::EntryKind as GitKind;
use gix::oid;
use sensortree_core::MetadataFile;
use sensortree_core::entry::EntryKind;
use sensortree_core::layout::names::{self, METADATA};
use sensortree_core::tree::{Inside, TreeBuilder};

use super::blobs::Blobs;
use super::packs::Packs;
use crate::coverage::Gaps;
use crate::{Progress, ScanError, ScanOptions};

/// What all threads of one listing share.
pub(super) struct Crew<'c> {
    /// One for each thread, so that no lock is ever waited for.
    workers: Vec<Mutex<Worker>>,
    pool: rayon::ThreadPool,
    progress: &'c dyn Progress,
    interrupted: AtomicBool,
    hash: gix::hash::Kind,
}

/// What one thread has listed.
pub(super) struct Worker {
    pub(super) builder: TreeBuilder,
    pub(super) gaps: Gaps,
    pub(super) blobs: Blobs,
    pub(super) buffer: Vec<u8>,
}

impl<'c> Crew<'c> {
    pub(super) fn new(
        repository: &gix::Repository,
        options: &ScanOptions,
        progress: &'c dyn Progress,
    ) -> Result<Self, ScanError> {
        let jobs = crate::local::threads(options);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(jobs)
            .thread_name(|at| format!("scan-{at}"))
            .build()
            .map_err(|source| ScanError::Threads { source })?;
        let packs = Arc::new(Packs::open(repository));
        let worker = || Worker {
            builder: options.builder(),
            gaps: Gaps::default(),
            blobs: Blobs::new(repository, Arc::clone(&packs)),
            buffer: Vec::new(),
        };
        let workers = (0..jobs).map(|_| Mutex::new(worker())).collect();
        let (interrupted, hash) = (AtomicBool::new(false), repository.object_hash());
        Ok(Crew { workers, pool, progress, interrupted, hash })
    }

    pub(super) fn threads(&self) -> usize {
        self.workers.len()
    }

    pub(super) fn pool(&self) -> &rayon::ThreadPool {
        &self.pool
    }

    /// How the repository names its objects.
    pub(super) fn hash(&self) -> gix::hash::Kind {
        self.hash
    }

    /// The worker of this thread.
    pub(super) fn worker(&self) -> MutexGuard<'_, Worker> {
        let at = rayon::current_thread_index().unwrap_or(0);
        self.workers[at % self.workers.len()].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn listed(&self, entries: u64) {
        self.progress.listed(entries);
    }

    /// Whether the listing is to end with what it has.
    pub(super) fn is_interrupted(&self) -> bool {
        if self.progress.cancelled() {
            self.interrupted.store(true, Ordering::Relaxed);
        }
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Reads a metadata.json that the listing has come upon.
    pub(super) fn metadata(&self, id: &oid) -> MetadataFile {
        let mut worker = self.worker();
        let Worker { blobs, gaps, .. } = &mut *worker;
        blobs.metadata(id, gaps)
    }

    /// All that was listed.
    pub(super) fn finish(self, options: &ScanOptions) -> (TreeBuilder, Gaps) {
        let mut builder = options.builder();
        let mut gaps = Gaps::default();
        for worker in self.workers {
            let worker = worker.into_inner().unwrap_or_else(PoisonError::into_inner);
            builder.merge(worker.builder);
            gaps.merge(worker.gaps);
        }
        if self.interrupted.into_inner() {
            gaps.interrupted();
        }
        (builder, gaps)
    }
}

/// The files of one folder, as they are added. The folder's path ends in `/`; the target's is empty.
pub(super) struct Files<'f> {
    pub(super) inside: Inside<'f>,
    pub(super) gaps: &'f mut Gaps,
    pub(super) blobs: &'f mut Blobs,
    pub(super) folder: &'f [u8],
}

impl Files<'_> {
    /// Adds a file or link; its size where it is known already.
    pub(super) fn add(&mut self, name: &[u8], kind: GitKind, id: &oid, size: Option<u64>) {
        if kind == GitKind::Link {
            self.inside.add(name, EntryKind::Link, None);
            return;
        }
        match size.map_or_else(|| self.blobs.size(id), Ok) {
            Ok(size) => self.inside.add(name, EntryKind::File, Some(size)),
            // Its text is read later, and then said to be unread.
            Err(_) if self.folder.is_empty() && name == METADATA.as_bytes() => {
                self.inside.add(name, EntryKind::File, None);
            }
            Err(reason) => self.add_unread(name, reason),
        }
    }

    /// Adds a file of which nothing but the name can be known.
    pub(super) fn add_unread(&mut self, name: &[u8], reason: String) {
        self.inside.add(name, EntryKind::File, None);
        self.gaps.unread_file_for(self.folder, name, reason);
    }
}

/// Says that a submodule stands at a path, which ends in `/`.
pub(super) fn add_submodule(builder: &mut TreeBuilder, gaps: &mut Gaps, path: &[u8]) {
    builder.add(&sensortree_core::entry::Entry::folder(path));
    gaps.unread_folder_for(path, "a submodule: its files are in a repository of their own".to_owned());
}

/// Whether version control keeps its own at a path that ends in this name.
pub(super) fn is_version_control(name: &[u8]) -> bool {
    name.starts_with(b".") && names::is_version_control_folder(name)
}
