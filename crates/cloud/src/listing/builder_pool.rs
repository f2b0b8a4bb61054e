//! [`BuilderPool`]: what was listed, as tree builders that many workers fill.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sensortree_core::tree::{Entry, TreeBuilder};
use sensortree_scan::{Content, Run};

use super::super::pages::Key;
use super::markers;

/// What was listed so far.
pub(super) struct BuilderPool {
    /// One builder for each thread: a page is added to whichever is free.
    first: Mutex<TreeBuilder>,
    more: Vec<Mutex<TreeBuilder>>,
    next: AtomicUsize,
    /// How many bytes of each key lead to the target.
    root: usize,
}

impl BuilderPool {
    pub(super) fn new(run: &Run<'_>, root: usize) -> BuilderPool {
        let builder = || {
            let mut builder = run.builder();
            // In a store, frames are looked into only once all are listed.
            if run.options().content != Content::None {
                builder.keep_candidates();
            }
            Mutex::new(builder)
        };
        BuilderPool {
            first: builder(),
            more: (1..run.options().threads()).map(|_| builder()).collect(),
            next: AtomicUsize::new(0),
            root,
        }
    }

    /// Adds keys, and says how many.
    pub(super) fn add<'k>(&self, keys: impl Iterator<Item = Key<'k>>) -> u64 {
        self.with_builder(|builder| {
            let mut count = 0;
            for key in keys {
                let path = key.key.get(self.root..).unwrap_or_default();
                let kind = markers::kind_of(&key, path);
                builder.add(&Entry { path, kind, size: key.size });
                count += 1;
            }
            count
        })
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
                TreeBuilder::new(),
            )
        };
        let mut builder = take(&self.first);
        self.more.iter().for_each(|other| builder.merge(take(other)));
        builder
    }
}
