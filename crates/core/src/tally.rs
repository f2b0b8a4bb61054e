//! [`Tally`]: how many there were, and the smallest few of them.

/// An exact count with the `cap` smallest examples. Merging is associative and commutative, so neither the order of a
/// listing nor the number of threads can change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally<T> {
    count: u64,
    cap: usize,
    smallest: Vec<T>,
}

impl<T: Ord> Tally<T> {
    /// An empty tally that keeps at most `cap` examples.
    #[must_use]
    pub fn new(cap: usize) -> Self {
        Tally { count: 0, cap, smallest: Vec::new() }
    }

    /// Counts one.
    pub fn add(&mut self, example: T) {
        self.add_many(1, example);
    }

    /// Counts `count`, of which `example` is one.
    pub fn add_many(&mut self, count: u64, example: T) {
        self.count += count;
        self.keep(example);
    }

    /// Counts one whose example is made only if it will be kept: `key` is compared to what is kept first.
    pub fn add_lazily<K: ?Sized + Ord>(&mut self, key: &K, make: impl FnOnce() -> T)
    where
        T: std::borrow::Borrow<K>,
    {
        self.count += 1;
        let full = self.smallest.len() == self.cap;
        if full && self.smallest.last().is_none_or(|last| last.borrow() <= key) {
            return;
        }
        self.keep(make());
    }

    /// Adds what `other` counted.
    pub fn merge(&mut self, other: Tally<T>) {
        self.count += other.count;
        for example in other.smallest {
            self.keep(example);
        }
    }

    fn keep(&mut self, example: T) {
        let at = self.smallest.partition_point(|kept| *kept <= example);
        if at < self.cap {
            self.smallest.truncate(self.cap - 1);
            self.smallest.insert(at, example);
        }
    }

    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
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
        fn how_it_is_split_does_not_matter(values in proptest::collection::vec(any::<u8>(), 0..60), cut in 0_usize..60, cap in 1_usize..6) {
            let tally = |values: &[u8]| {
                let mut tally = Tally::new(cap);
                values.iter().for_each(|value| tally.add_lazily(value, || *value));
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
        }
    }
}
