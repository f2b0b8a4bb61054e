//! What the listings of trees and of the index share: threads that each count on their own, and
//! files as they are added.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard};

use gix::objs::tree::EntryKind as GitKind;
use gix::oid;
use sensortree_core::document::MetadataFile;
use sensortree_core::names::{self, METADATA, Media, Suffix};
use sensortree_core::text;
use sensortree_core::tree::{EntryKind, FolderWriter, Tree, TreeBuilder};
use sensortree_probe::{Format, Pointer};

use super::blobs::Blobs;
use super::changes::Changes;
use super::contents::{Contents, Looker};
use super::packs::Packs;
use crate::content::Content;
use crate::error::ScanError;
use crate::scan_errors::ScanErrors;
use crate::source::Run;
use crate::workers::Workers;

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
pub(super) struct Shared<'c> {
    workers: Workers<Worker>,
    /// Where frames are looked into.
    contents: Option<Contents>,
    extent: Extent<'c>,
    run: &'c Run<'c>,
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

impl<'c> Shared<'c> {
    pub(super) fn new(
        repository: &gix::Repository,
        extent: Extent<'c>,
        run: &'c Run<'c>,
    ) -> Result<Self, ScanError> {
        let packs = Arc::new(Packs::open(repository));
        let worker = || Worker {
            builder: run.builder(),
            errors: ScanErrors::default(),
            blobs: Blobs::new(repository, Arc::clone(&packs)),
            looker: Looker::default(),
            buffer: Vec::new(),
        };
        let workers = Workers::start(run.options().threads(), worker)?;
        let content = run.options().content;
        let contents = (content != Content::None).then(|| {
            // To move a pointer takes no data, and to commit it is no mistake.
            let pointers_count = !matches!(extent, Extent::Changed(_));
            Contents::new(repository, packs, content, pointers_count)
        });
        let (folders, hash) = (AtomicU64::new(0), repository.object_hash());
        Ok(Shared { workers, contents, extent, run, folders, hash })
    }

    pub(super) fn threads(&self) -> usize {
        self.workers.count()
    }

    pub(super) fn pool(&self) -> &rayon::ThreadPool {
        self.workers.pool()
    }

    pub(super) fn extent(&self) -> Extent<'c> {
        self.extent
    }

    /// Where frames are looked into, if they are.
    pub(super) fn contents(&self) -> Option<&Contents> {
        self.contents.as_ref()
    }

    /// The same while they are listed.
    pub(super) fn contents_while_listing(&self) -> Option<&Contents> {
        self.contents().filter(|_| self.run.looks_while_listing())
    }

    /// How the repository names its objects.
    pub(super) fn hash(&self) -> gix::hash::Kind {
        self.hash
    }

    /// The worker of this thread.
    pub(super) fn worker(&self) -> MutexGuard<'_, Worker> {
        self.workers.current()
    }

    pub(super) fn run(&self) -> &'c Run<'c> {
        self.run
    }

    pub(super) fn listed(&self, entries: u64) {
        self.run.progress().listed(entries);
    }

    /// Counts a folder that is about to be listed, and says how many that makes.
    pub(super) fn count_folder(&self) -> u64 {
        self.folders.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether the listing is to end with what it has.
    pub(super) fn is_cancelled(&self) -> bool {
        self.run.is_cancelled()
    }

    /// Reads a metadata.json that the listing has come upon.
    pub(super) fn metadata(&self, id: &oid) -> MetadataFile {
        let mut worker = self.worker();
        let Worker { blobs, errors, .. } = &mut *worker;
        blobs.metadata(id, errors)
    }

    /// All that was listed.
    pub(super) fn tree(&self) -> Tree {
        let mut builder = self.run.builder();
        for mut worker in self.workers.each() {
            builder.merge(std::mem::replace(&mut worker.builder, TreeBuilder::new()));
        }
        builder.finish()
    }

    /// What could not be read since this was asked last, and what is to be said of frames that are
    /// kept elsewhere and were not looked into.
    pub(super) fn finish(&self) -> (ScanErrors, Option<String>) {
        let mut errors = ScanErrors::default();
        let mut absent = 0;
        for mut worker in self.workers.each() {
            errors.merge(std::mem::take(&mut worker.errors));
            absent += std::mem::take(&mut worker.looker.absent);
        }
        let note = (absent > 0).then(|| {
            let frames = text::count(absent, "frame");
            format!("not looked into, as Git LFS has not fetched what they stand for: {frames}; `git lfs fetch` does")
        });
        (errors, note)
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
