//! [`Tally`]: how many there were, and the smallest few of them.

use crate::digest::{Digest, Identified, Several};

/// An exact count with the `cap` smallest examples, and a digest of all. Merging is associative and commutative, so neither the order of a
/// listing nor the number of threads can change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally<T> {
    several: Several,
    cap: usize,
    smallest: Vec<T>,
}

impl<T: Ord + Identified> Tally<T> {
    /// An empty tally that keeps at most `cap` examples.
    #[must_use]
    pub fn new(cap: usize) -> Self {
        Tally { several: Several::default(), cap, smallest: Vec::new() }
    }

    /// Counts one.
    pub fn add(&mut self, example: T) {
        self.count_one(example.identity());
        self.keep(example);
    }

    /// Counts one whose example is made only if it will be kept: `key` is compared to what is kept first.
    pub fn add_lazily<K: ?Sized + Ord + Identified>(&mut self, key: &K, make: impl FnOnce() -> T)
    where
        T: std::borrow::Borrow<K>,
    {
        self.count_one(key.identity());
        let full = self.smallest.len() == self.cap;
        if full && self.smallest.last().is_none_or(|last| last.borrow() <= key) {
            return;
        }
        self.keep(make());
    }

    /// Adds what `other` counted.
    pub fn merge(&mut self, other: Tally<T>) {
        self.several = [self.several, other.several].into_iter().collect();
        for example in other.smallest {
            self.keep(example);
        }
    }

    fn count_one(&mut self, identity: Digest) {
        self.several.count += 1;
        self.several.digest.add(identity);
    }

    /// Keeps an example without counting it, if it is among the smallest.
    pub(crate) fn keep(&mut self, example: T) {
        let at = self.smallest.partition_point(|kept| *kept <= example);
        if at < self.cap {
            self.smallest.truncate(self.cap - 1);
            self.smallest.insert(at, example);
        }
    }

    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.several.count
    }

    /// How many were counted, and what tells them from any others.
    #[must_use]
    pub fn several(&self) -> Several {
        self.several
    }

    /// How many examples are kept at most.
    #[must_use]
    pub fn cap(&self) -> usize {
        self.cap
    }

    /// The smallest few, ascending.
    #[must_use]
    pub fn examples(&self) -> &[T] {
        &self.smallest
    }

    /// The smallest few, ascending.
    #[must_use]
    pub fn into_examples(self) -> Vec<T> {
        self.smallest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn how_it_is_split_does_not_matter(values in proptest::collection::vec(any::<u8>().prop_map(|byte| Box::from([byte])), 0..60), cut in 0_usize..60, cap in 1_usize..6) {
            let tally = |values: &[Box<[u8]>]| {
                let mut tally = Tally::<Box<[u8]>>::new(cap);
                values.iter().for_each(|value| tally.add_lazily(&**value, || value.clone()));
                tally
            };
            let (left, right) = values.split_at(cut.min(values.len()));
            let mut merged = tally(right);
            merged.merge(tally(left));
            prop_assert_eq!(&merged, &tally(&values));
            let mut sorted = values.clone();
            sorted.sort_unstable();
            sorted.truncate(cap);
            prop_assert_eq!(merged.examples(), &sorted[..]);
            // One more is another many, even one that is there already.
            if let Some(value) = values.first() {
                merged.add(value.clone());
                prop_assert_ne!(merged.several().digest, tally(&values).several().digest);
            }
        }
    }
}
