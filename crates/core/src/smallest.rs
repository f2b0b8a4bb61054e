//! [`Smallest`]: the first few of many.

/// The smallest few of what was added, each as often as it was. Merging is associative and
/// commutative, so neither the order of a listing nor the number of threads can change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smallest<T> {
    most: usize,
    /// Ascending.
    kept: Vec<T>,
}

impl<T: Ord> Smallest<T> {
    /// Nothing added yet, of which at most so many are kept.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Smallest { most, kept: Vec::new() }
    }

    /// Keeps a value, if it is among the smallest.
    pub fn add(&mut self, value: T) {
        let at = self.kept.partition_point(|kept| *kept <= value);
        if at < self.most {
            self.kept.truncate(self.most - 1);
            self.kept.insert(at, value);
        }
    }

    /// Adds what `other` keeps.
    pub fn merge(&mut self, other: Smallest<T>) {
        other.kept.into_iter().for_each(|value| self.add(value));
    }

    /// How many are kept at most.
    #[must_use]
    pub fn most(&self) -> usize {
        self.most
    }

    /// Those that are kept, ascending.
    #[must_use]
    pub fn kept(&self) -> &[T] {
        &self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn how_it_is_split_does_not_matter(
            values in proptest::collection::vec(any::<u8>(), 0..60),
            cut in 0_usize..60,
            most in 0_usize..6,
        ) {
            let smallest = |values: &[u8]| {
                let mut smallest = Smallest::new(most);
                values.iter().for_each(|value| smallest.add(*value));
                smallest
            };
            let (left, right) = values.split_at(cut.min(values.len()));
            let mut merged = smallest(right);
            merged.merge(smallest(left));
            prop_assert_eq!(&merged, &smallest(&values));
            let mut sorted = values.clone();
            sorted.sort_unstable();
            sorted.truncate(most);
            prop_assert_eq!(merged.kept(), &sorted[..]);
        }
    }
}
