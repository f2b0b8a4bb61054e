//! [`Harvest`]: what was listed, as tree builders that many workers fill.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sensortree_core::entry::{Entry, EntryKind};
use sensortree_core::tree::TreeBuilder;

use super::super::pages::{Key, Keys};
use super::markers::{self, Doubts};
use crate::{Content, ScanOptions};

/// What was listed so far.
pub(super) struct Harvest {
    /// One builder for each thread: a page is added to whichever is free.
    first: Mutex<TreeBuilder>,
    more: Vec<Mutex<TreeBuilder>>,
    next: AtomicUsize,
    examples: usize,
    /// How many bytes of each key lead to the target.
    root: usize,
    /// Zero-byte objects of which only the whole tree tells whether they stand for folders.
    doubtful: Mutex<Vec<Vec<u8>>>,
}

impl Harvest {
    pub(super) fn new(options: &ScanOptions, threads: usize, root: usize) -> Harvest {
        let builder = || {
            let mut builder = options.builder();
            // In a store, frames are looked into only once all are listed.
            if options.content != Content::None {
                builder.keep_candidates();
            }
            Mutex::new(builder)
        };
        Harvest {
            first: builder(),
            more: (1..threads).map(|_| builder()).collect(),
            next: AtomicUsize::new(0),
            examples: options.examples,
            root,
            doubtful: Mutex::default(),
        }
    }

    /// Adds keys in the order listed; and says how many.
    pub(super) fn add<'k>(&self, keys: impl Iterator<Item = Key<'k>>, doubts: &mut Doubts) -> u64 {
        self.with_builder(|builder| {
            let mut count = 0;
            for key in keys {
                self.add_key(&key, doubts, builder);
                count += 1;
            }
            count
        })
    }

    /// Adds the objects of a delimited page, and says how many. The common prefixes only tell which of them stand for
    /// folders.
    pub(super) fn add_level<'k>(
        &self,
        objects: impl Iterator<Item = Key<'k>>,
        prefixes: &Keys,
        doubts: &mut Doubts,
    ) -> u64 {
        self.with_builder(|builder| {
            let mut count = 0;
            let mut prefixes = prefixes.iter().peekable();
            for object in objects {
                while let Some(prefix) = prefixes.next_if(|prefix| prefix.key < object.key) {
                    doubts.pass(prefix.key, |key, is_marker| self.settle(key, is_marker, builder));
                }
                self.add_key(&object, doubts, builder);
                count += 1;
            }
            prefixes.for_each(|prefix| {
                doubts.pass(prefix.key, |key, is_marker| self.settle(key, is_marker, builder))
            });
            count
        })
    }

    fn add_key(&self, key: &Key<'_>, doubts: &mut Doubts, builder: &mut TreeBuilder) {
        doubts.pass(key.key, |key, is_marker| self.settle(key, is_marker, builder));
        let path = key.key.get(self.root..).unwrap_or_default();
        match markers::kind_of(key, path) {
            Some(kind) => builder.add(&Entry { path, kind, size: key.size }),
            None => doubts.wait(key.key),
        }
    }

    fn settle(&self, key: &[u8], is_marker: bool, builder: &mut TreeBuilder) {
        let path = key.get(self.root..).unwrap_or_default();
        let kind = if is_marker { EntryKind::FolderMarker } else { EntryKind::File };
        builder.add(&Entry { path, kind, size: Some(0) });
    }

    /// Takes what is still in doubt at the end of a chain: nothing lies below it where `all` that starts with the chain's
    /// prefix was listed in it; otherwise another chain may find something.
    pub(super) fn end(&self, doubts: Doubts, all: bool) {
        let rest = doubts.rest();
        if all {
            self.with_builder(|builder| {
                rest.iter().for_each(|key| self.settle(key, false, builder))
            });
        } else {
            self.doubtful.lock().unwrap_or_else(PoisonError::into_inner).extend(rest);
        }
    }

    fn with_builder<T>(&self, work: impl FnOnce(&mut TreeBuilder) -> T) -> T {
        work(&mut self.builder())
    }

    /// A builder that nobody else is busy with, or the first that becomes free.
    fn builder(&self) -> MutexGuard<'_, TreeBuilder> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.more.len().max(1);
        let mut all =
            self.more.iter().skip(turn).chain(self.more.iter().take(turn)).chain([&self.first]);
        let free = all.find_map(|builder| builder.try_lock().ok());
        free.unwrap_or_else(|| self.first.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// All that was listed, as one builder.
    pub(super) fn finish(&self) -> TreeBuilder {
        let take = |builder: &Mutex<TreeBuilder>| {
            std::mem::replace(
                &mut *builder.lock().unwrap_or_else(PoisonError::into_inner),
                TreeBuilder::new(self.examples),
            )
        };
        let mut builder = take(&self.first);
        self.more.iter().for_each(|other| builder.merge(take(other)));
        let mut doubtful =
            std::mem::take(&mut *self.doubtful.lock().unwrap_or_else(PoisonError::into_inner));
        // What lies below others comes first: it makes folders of them.
        doubtful.sort_unstable_by(|a, b| b.cmp(a));
        for key in doubtful {
            let is_marker = builder.has_folder(key.get(self.root..).unwrap_or_default());
            self.settle(&key, is_marker, &mut builder);
        }
        builder
    }
}
