//! What the listings of trees and of the index share: threads that each count on their own, and
//! files as they are added.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gix::objs::tree::EntryKind as GitKind;
use gix::oid;
use sensortree_core::document::MetadataFile;
use sensortree_core::names::{self, METADATA, Media, Suffix};
use sensortree_core::tree::{EntryKind, FolderWriter, Tree, TreeBuilder};
use sensortree_probe::{Format, Pointer};

use super::blobs::Blobs;
use super::changes::Changes;
use super::contents::{Contents, Looker};
use super::packs::Packs;
use crate::content::Content;
use crate::error::ScanError;
use crate::options::ScanOptions;
use crate::progress::Progress;
use crate::scan_errors::ScanErrors;

/// What is to be known of files beside their names.
#[derive(Clone, Copy)]
pub(super) enum Extent<'e> {
    /// Their sizes, and what frames hold where that is wanted.
    Whole,
    /// The same of what a commit changes, and nothing of what it leaves as it is.
    Changed(&'e Changes),
    /// Nothing.
    Names,
}

impl Extent<'_> {
    /// Whether the file at a place of the index is to be looked at.
    pub(super) fn includes(self, at: usize) -> bool {
        match self {
            Extent::Whole => true,
            Extent::Changed(changes) => changes.is_changed(at),
            Extent::Names => false,
        }
    }
}

/// What all threads of one listing share.
pub(super) struct Crew<'c> {
    /// One for each thread, so that no lock is ever waited for.
    workers: Vec<Mutex<Worker>>,
    pool: rayon::ThreadPool,
    /// Where frames are looked into.
    contents: Option<Contents>,
    /// Whether that is done while they are listed: what is chosen among all can be looked into only
    /// once all are known.
    looks_at_once: bool,
    extent: Extent<'c>,
    progress: &'c dyn Progress,
    interrupted: AtomicBool,
    /// How many folders were listed.
    folders: AtomicU64,
    hash: gix::hash::Kind,
}

/// What one thread has listed.
pub(super) struct Worker {
    pub(super) builder: TreeBuilder,
    pub(super) errors: ScanErrors,
    pub(super) blobs: Blobs,
    pub(super) looker: Looker,
    pub(super) buffer: Vec<u8>,
}

impl<'c> Crew<'c> {
    pub(super) fn new(
        repository: &gix::Repository,
        extent: Extent<'c>,
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
            errors: ScanErrors::default(),
            blobs: Blobs::new(repository, Arc::clone(&packs)),
            looker: Looker::default(),
            buffer: Vec::new(),
        };
        let workers = (0..jobs).map(|_| Mutex::new(worker())).collect();
        let contents = (options.content != Content::None).then(|| {
            // To move a pointer takes no data, and to commit it is no mistake.
            let pointers_count = !matches!(extent, Extent::Changed(_));
            Contents::new(repository, packs, options.content, pointers_count)
        });
        let (interrupted, hash) = (AtomicBool::new(false), repository.object_hash());
        let looks_at_once = !options.is_sampled();
        let folders = AtomicU64::new(0);
        Ok(Crew {
            workers,
            pool,
            contents,
            looks_at_once,
            extent,
            progress,
            interrupted,
            folders,
            hash,
        })
    }

    pub(super) fn threads(&self) -> usize {
        self.workers.len()
    }

    pub(super) fn pool(&self) -> &rayon::ThreadPool {
        &self.pool
    }

    pub(super) fn extent(&self) -> Extent<'c> {
        self.extent
    }

    /// Where frames are looked into, if they are.
    pub(super) fn contents(&self) -> Option<&Contents> {
        self.contents.as_ref()
    }

    /// The same while they are listed.
    pub(super) fn contents_at_once(&self) -> Option<&Contents> {
        self.contents().filter(|_| self.looks_at_once)
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

    /// Counts a folder that is about to be listed, and says how many that makes.
    pub(super) fn count_folder(&self) -> u64 {
        self.folders.fetch_add(1, Ordering::Relaxed) + 1
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
        let Worker { blobs, errors, .. } = &mut *worker;
        blobs.metadata(id, errors)
    }

    /// Reads the metadata.json that stands under another name or in another folder.
    pub(super) fn misplaced(&self, id: &oid) -> MetadataFile {
        let read = self.worker().blobs.read_metadata(id);
        read.map_or(MetadataFile::Absent, MetadataFile::misplaced)
    }

    /// All that was listed.
    pub(super) fn tree(&self, options: &ScanOptions) -> Tree {
        let mut builder = options.builder();
        for worker in &self.workers {
            let mut worker = worker.lock().unwrap_or_else(PoisonError::into_inner);
            builder.merge(std::mem::replace(&mut worker.builder, TreeBuilder::new()));
        }
        builder.finish()
    }

    /// What could not be read, and how many frames are kept elsewhere and were not looked into.
    pub(super) fn finish(self) -> (ScanErrors, u64) {
        let mut errors = ScanErrors::default();
        let mut absent = 0;
        for worker in self.workers {
            let worker = worker.into_inner().unwrap_or_else(PoisonError::into_inner);
            errors.merge(worker.errors);
            absent += worker.looker.absent;
        }
        if self.interrupted.into_inner() {
            errors.interrupted();
        }
        (errors, absent)
    }

    /// Says how many frames are looked into of those that are to be.
    pub(super) fn looked(&self, frames: u64, wanted: u64) {
        self.progress.looked(frames, wanted);
    }
}

/// The longest text of a link that is read, in bytes.
const LONGEST_LINK: u64 = 4_096;

/// The files of one folder, as they are added. The folder's path ends in `/`; the
/// target's is empty.
pub(super) struct Files<'f> {
    pub(super) inside: FolderWriter<'f>,
    pub(super) errors: &'f mut ScanErrors,
    pub(super) blobs: &'f mut Blobs,
    pub(super) looker: &'f mut Looker,
    pub(super) contents: Option<&'f Contents>,
    pub(super) folder: &'f [u8],
}

impl Files<'_> {
    /// Adds a file or link; its size where it is known already.
    pub(super) fn add(&mut self, name: &[u8], kind: GitKind, id: &oid, size: Option<u64>) {
        if kind == GitKind::Link {
            match self.annexed(name, id) {
                Some(size) => self.inside.add(name, EntryKind::File, size),
                None => self.inside.add(name, EntryKind::Link, None),
            }
            return;
        }
        match size.map_or_else(|| self.blobs.size(id), Ok) {
            Ok(size) => {
                let format = self.inside.take(name, EntryKind::File, Some(size));
                if let (Some(format), Some(contents)) = (format, self.contents) {
                    self.look_into(contents, name, format, id);
                }
            }
            // Its text is read later, and then said to be unread.
            Err(_) if self.folder.is_empty() && name == METADATA.as_bytes() => {
                self.inside.add(name, EntryKind::File, None);
            }
            Err(reason) => self.add_unread(name, reason),
        }
    }

    /// Where a link is how git-annex keeps a frame: the size of the data, if its key says that.
    /// Such a link counts as the data, as a pointer of Git LFS does.
    fn annexed(&mut self, name: &[u8], id: &oid) -> Option<Option<u64>> {
        if Suffix::of(name).media() == Media::Other {
            return None;
        }
        let text = self.blobs.whole(id, LONGEST_LINK).ok().flatten()?;
        let pointer = Pointer::of(text).filter(|pointer| *pointer == Pointer::GitAnnex)?;
        Some(pointer.behind(text).size)
    }

    /// Adds a file or link that is not to be looked at.
    pub(super) fn add_name(&mut self, name: &[u8], kind: GitKind) {
        let kind = if kind == GitKind::Link { EntryKind::Link } else { EntryKind::File };
        self.inside.add(name, kind, None);
    }

    fn look_into(&mut self, contents: &Contents, name: &[u8], format: Format, id: &oid) {
        match contents.look_into(self.blobs, self.looker, id, format) {
            Ok(Some(facts)) => self.inside.hold(name, facts),
            Ok(None) => {}
            Err(reason) => self.errors.unread_file_for(self.folder, name, reason),
        }
    }

    /// Adds a file of which nothing but the name can be known.
    pub(super) fn add_unread(&mut self, name: &[u8], reason: String) {
        self.inside.add(name, EntryKind::File, None);
        self.errors.unread_file_for(self.folder, name, reason);
    }
}

/// Says that a submodule stands at a path, which ends in `/`.
pub(super) fn add_submodule(builder: &mut TreeBuilder, errors: &mut ScanErrors, path: &[u8]) {
    builder.add(&sensortree_core::tree::Entry::folder(path));
    errors.unread_folder_for(
        path,
        "a submodule: its files are in a repository of their own".to_owned(),
    );
}

/// Whether version control keeps its own at a path that ends in this name.
pub(super) fn is_version_control(name: &[u8]) -> bool {
    name.starts_with(b".") && names::is_version_control_folder(name)
}
