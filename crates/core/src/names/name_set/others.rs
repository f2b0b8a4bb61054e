//! [`Others`]: names without a shape, all of them up to a limit, beyond that what tells
//! them from others.

use std::collections::{BTreeMap, BTreeSet};

use crate::multiset_hash::{Identified as _, Occurrences};

/// The bytes of names without a common shape that one set keeps.
pub const MAX_OTHER_BYTES: usize = 64 << 10;

/// What a kept name costs beside its bytes.
const NAME_OVERHEAD: usize = 16;

/// How many names are kept of those that are too many to be kept.
const SMALLEST: usize = 64;

/// Names of no common shape.
#[derive(Clone, Debug, Default)]
pub(super) struct Others {
    /// All of them, or the smallest few where `rest` says that there are more.
    pub(super) names: BTreeSet<Box<[u8]>>,
    /// Those that were added more than once, and how often beyond the first time.
    pub(super) repeated: BTreeMap<Box<[u8]>, u64>,
    pub(super) bytes: usize,
    pub(super) rest: Option<Box<Rest>>,
}

/// What is known of names that are too many to be kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rest {
    /// How many, those that are kept included.
    pub(super) all: Occurrences,
    /// The same for their stems, by what follows the last dot.
    pub(super) stems: BTreeMap<Box<[u8]>, Occurrences>,
}

impl Rest {
    fn add(&mut self, name: &[u8]) {
        self.all.count += 1;
        self.all.hash.add(name.identity());
        let (stem, suffix) = split_suffix(name);
        // So many different suffixes are no suffixes.
        let suffix = if suffix.len() <= 12 { suffix } else { b"" };
        if self.stems.len() < SMALLEST && !self.stems.contains_key(suffix) {
            self.stems.insert(suffix.into(), Occurrences::default());
        }
        if let Some(stems) = self.stems.get_mut(suffix) {
            stems.count += 1;
            stems.hash.add(stem.identity());
        }
    }
}

/// A name as what stands before its last dot and what follows it, in lower case or not as
/// it is written.
pub(super) fn split_suffix(name: &[u8]) -> (&[u8], &[u8]) {
    match name.iter().rposition(|byte| *byte == b'.').filter(|at| *at > 0) {
        Some(at) => (&name[..at], &name[at + 1..]),
        None => (name, b""),
    }
}

impl Others {
    pub(super) fn insert(&mut self, name: &[u8]) {
        if let Some(rest) = &mut self.rest {
            rest.add(name);
            self.keep_smallest(name);
            return;
        }
        if !self.names.insert(name.into()) {
            *self.repeated.entry(name.into()).or_default() += 1;
            return;
        }
        self.bytes += name.len() + NAME_OVERHEAD;
        if self.bytes > MAX_OTHER_BYTES {
            self.give_up();
        }
    }

    /// Keeps a count and a digest in place of most names.
    fn give_up(&mut self) {
        let mut rest = Rest::default();
        for name in &self.names {
            rest.add(name);
        }
        for (name, times) in std::mem::take(&mut self.repeated) {
            (0..times).for_each(|_| rest.add(&name));
        }
        self.rest = Some(Box::new(rest));
        self.bytes = 0;
        while self.names.len() > SMALLEST {
            self.names.pop_last();
        }
    }

    fn keep_smallest(&mut self, name: &[u8]) {
        let is_small = self.names.len() < SMALLEST
            || self.names.last().is_some_and(|largest| name < &**largest);
        if is_small && self.names.insert(name.into()) && self.names.len() > SMALLEST {
            self.names.pop_last();
        }
    }

    pub(super) fn merge(&mut self, mut other: Others) {
        if self.rest.is_none() && other.rest.is_some() {
            std::mem::swap(self, &mut other);
        }
        match other.rest {
            None => {
                for name in &other.names {
                    self.insert(name);
                }
                for (name, times) in &other.repeated {
                    (0..*times).for_each(|_| self.insert(name));
                }
            }
            Some(theirs) => {
                for name in &other.names {
                    self.keep_smallest(name);
                }
                let Some(mine) = &mut self.rest else { return };
                mine.all = [mine.all, theirs.all].into_iter().collect();
                for (suffix, occurrences) in theirs.stems {
                    let stems = mine.stems.entry(suffix).or_default();
                    *stems = [*stems, occurrences].into_iter().collect();
                }
            }
        }
    }
}
