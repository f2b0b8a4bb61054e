//! [`NameSet`]: the names of many files of one folder, compressed, and whole as far as memory
//! allows.
//!
//! Most names differ from their neighbours in their digits alone: `frame_0001.jpg`,
//! `2023-04-15-12-14-20-061.pcd`, `._1681532060061.pcd`. Such names share a `Shape`, and the digits
//! of each are one number in a [`FrameSet`]: one to three bytes a name. Names of no common shape
//! are kept as they are, up to a limit; beyond it a count and a digest stand for them, and the set
//! says that it is not complete.

mod others;
mod shape;

use std::borrow::Cow;
use std::collections::BTreeSet;

pub use self::others::MAX_OTHER_BYTES;

use self::others::{Others, split_suffix};
use self::shape::{Shape, Split};
use crate::multiset_hash::{Identified as _, Occurrences};
use crate::names::frame_name::Naming;
use crate::names::frame_set::{FrameSet, Place};

/// The most shapes that one set keeps apart.
const MAX_SHAPES: usize = 32;

/// The names of some files of one folder. Adding and merging is associative and commutative.
#[derive(Clone, Debug, Default)]
pub struct NameSet {
    /// Ascending by shape.
    shapes: Vec<(Shape, FrameSet)>,
    others: Others,
    /// The position in `shapes` that the last name fell into.
    recent: usize,
}

impl NameSet {
    /// A set of these names.
    #[must_use]
    pub fn from_names<N: AsRef<[u8]>>(names: impl IntoIterator<Item = N>) -> Self {
        let mut set = NameSet::default();
        for name in names {
            set.insert(name.as_ref());
        }
        set.seal();
        set
    }

    /// The set of the names that write these numbers in this way.
    pub(crate) fn from_numbers(naming: &Naming, values: impl IntoIterator<Item = i128>) -> Self {
        let mut set = NameSet::default();
        for value in values {
            match set.shapes.as_mut_slice() {
                // The first name has shown that the others differ in their number alone.
                [(shape, known)] if shape.writes(naming, value) => known.insert(value),
                _ => set.insert(naming.render(value).as_bytes()),
            }
        }
        set.seal();
        set
    }

    /// The numbers of the names, where all are written in this way, without leading zeros and
    /// without a decimal point.
    pub(crate) fn numbers(&self, naming: &Naming) -> Option<&FrameSet> {
        let [(shape, values)] = self.shapes.as_slice() else { return None };
        let is_all = self.others.names.is_empty() && self.is_complete();
        (is_all && shape.writes(naming, values.last()?)).then_some(values)
    }

    /// Adds a name.
    pub fn insert(&mut self, name: &[u8]) {
        if let Some((shape, set)) = self.shapes.get_mut(self.recent)
            && let Some(value) = shape.read(name)
        {
            set.insert(value);
            return;
        }
        let Some(split) = Split::new(name) else {
            self.others.insert(name);
            return;
        };
        match self.shapes.binary_search_by(|(shape, _)| split.order_against(shape).reverse()) {
            Ok(at) => {
                self.recent = at;
                self.shapes[at].1.insert(split.value);
            }
            Err(at) if at < MAX_SHAPES => {
                self.evict_last();
                self.recent = at;
                let mut set = FrameSet::default();
                set.insert(split.value);
                self.shapes.insert(at, (split.shape(), set));
            }
            Err(_) => self.others.insert(name),
        }
    }

    /// Makes room for one shape more. A shape that was turned out once comes after all that stay,
    /// so it never comes back.
    fn evict_last(&mut self) {
        if self.shapes.len() < MAX_SHAPES {
            return;
        }
        let Some((shape, mut set)) = self.shapes.pop() else { return };
        set.seal();
        let mut name = Vec::new();
        for value in set.iter().chain(set.repeated()) {
            shape.write(value, &mut name);
            self.others.insert(&name);
        }
    }

    /// Adds every name of `other`.
    pub fn merge(&mut self, other: NameSet) {
        for (shape, set) in other.shapes {
            match self.shapes.binary_search_by(|(known, _)| known.cmp(&shape)) {
                Ok(at) => self.shapes[at].1.merge(set),
                Err(at) => {
                    self.shapes.insert(at, (shape, set));
                    if self.shapes.len() > MAX_SHAPES {
                        self.evict_last();
                    }
                }
            }
        }
        self.others.merge(other.others);
        self.recent = 0;
    }

    /// Merges what waits in the sets of numbers, as [`FrameSet::settle`].
    pub fn settle(&mut self) {
        self.shapes.iter_mut().for_each(|(_, set)| set.settle());
    }

    /// Merges all that waits and gives back spare memory. A set is read once it is sealed.
    pub fn seal(&mut self) {
        self.recent = 0;
        self.shapes.iter_mut().for_each(|(_, set)| set.seal());
    }

    /// How many names the set holds; where it is not complete, one that was added twice
    /// may count twice.
    #[must_use]
    pub fn count(&self) -> u64 {
        let shaped: usize = self.shapes.iter().map(|(_, set)| set.len()).sum();
        let others = self.others.rest.as_ref().map(|rest| rest.all.count);
        shaped as u64 + others.unwrap_or(self.others.names.len() as u64)
    }

    /// Whether the set holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty() && self.others.names.is_empty()
    }

    /// Whether every name is kept.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.others.rest.is_none()
    }

    /// How many names there are and what tells just these from any others.
    #[must_use]
    pub fn occurrences(&self) -> Occurrences {
        let mut occurrences = Occurrences::default();
        let mut count = |name: &[u8]| {
            occurrences.count += 1;
            occurrences.hash.add(name.identity());
        };
        self.for_each_shaped(&mut count);
        match &self.others.rest {
            None => self.others.names.iter().for_each(|name| count(name)),
            Some(rest) => occurrences = [occurrences, rest.all].into_iter().collect(),
        }
        occurrences
    }

    /// Whether the set is known to hold this name.
    #[must_use]
    pub fn contains(&self, name: &[u8]) -> bool {
        if let Some(split) = Split::new(name)
            && let Ok(at) =
                self.shapes.binary_search_by(|(shape, _)| split.order_against(shape).reverse())
        {
            return self.shapes[at].1.contains(split.value);
        }
        self.others.names.contains(name)
    }

    /// Calls for each name that is kept: all, where the set is complete.
    pub fn for_each(&self, mut each: impl FnMut(&[u8])) {
        self.for_each_shaped(&mut each);
        self.others.names.iter().for_each(|name| each(name));
    }

    fn for_each_shaped(&self, each: &mut impl FnMut(&[u8])) {
        let mut name = Vec::new();
        for (shape, set) in &self.shapes {
            for value in set.iter() {
                shape.write(value, &mut name);
                each(&name);
            }
        }
    }

    /// The first few of the names, ascending.
    #[must_use]
    pub fn smallest(&self, most: usize) -> Vec<Vec<u8>> {
        let mut smallest: BTreeSet<Vec<u8>> = BTreeSet::new();
        let mut keep = |name: &[u8]| {
            if smallest.len() < most || smallest.last().is_some_and(|largest| name < &**largest) {
                smallest.insert(name.to_vec());
                if smallest.len() > most {
                    smallest.pop_last();
                }
            }
        };
        let mut name = Vec::new();
        for (shape, set) in &self.shapes {
            let wanted = if shape.sorts_as_numbers() { most } else { usize::MAX };
            for value in set.iter().take(wanted) {
                shape.write(value, &mut name);
                keep(&name);
            }
        }
        self.others.names.iter().take(most).for_each(|name| keep(name));
        smallest.into_iter().collect()
    }

    /// The names for which this holds, of those that are kept.
    #[must_use]
    pub fn filtered(&self, mut holds: impl FnMut(&[u8]) -> bool) -> Cow<'_, NameSet> {
        let mut held = Vec::new();
        self.for_each(|name| held.push(holds(name)));
        if self.is_complete() && held.iter().all(|holds| *holds) {
            return Cow::Borrowed(self);
        }
        let mut held = held.into_iter();
        let mut filtered = NameSet::default();
        self.for_each(|name| {
            if held.next() == Some(true) {
                filtered.insert(name);
            }
        });
        filtered.seal();
        Cow::Owned(filtered)
    }

    /// Adds what `other`, which is not complete, has beyond the names that it keeps, and those.
    pub(crate) fn merge_rest(&mut self, other: NameSet) {
        self.others.merge(other.others);
    }

    /// The names that were added more than once, as far as the set is complete.
    #[must_use]
    pub fn repeated(&self) -> NameSet {
        let mut repeated = NameSet::default();
        let mut name = Vec::new();
        for (shape, set) in &self.shapes {
            for value in set.repeated() {
                shape.write(value, &mut name);
                repeated.insert(&name);
            }
        }
        self.others.repeated.keys().for_each(|name| repeated.insert(name));
        repeated.seal();
        repeated
    }

    /// How many stems stand before suffixes that pass, and what tells them from any others. Also
    /// known where the names themselves are not.
    #[must_use]
    pub fn stems_before(&self, passes: impl Fn(&[u8]) -> bool) -> Occurrences {
        let mut occurrences = Occurrences::default();
        let mut count = |name: &[u8]| {
            let (stem, suffix) = split_suffix(name);
            if passes(suffix) {
                occurrences.count += 1;
                occurrences.hash.add(stem.identity());
            }
        };
        self.for_each_shaped(&mut count);
        match &self.others.rest {
            None => self.others.names.iter().for_each(|name| count(name)),
            Some(rest) => {
                let stems = rest.stems.iter().filter(|(suffix, _)| passes(suffix));
                occurrences =
                    [occurrences].into_iter().chain(stems.map(|(_, stems)| *stems)).collect();
            }
        }
        occurrences
    }

    /// The bytes of memory that the names take.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let shaped: usize = self
            .shapes
            .iter()
            .map(|(shape, set)| shape.text.len() + size_of_val(&*shape.groups) + set.heap_bytes())
            .sum();
        shaped + self.others.bytes
    }
}

/// A place in a set: one that does not borrow it, and holds for it alone. Asking for names in the
/// order of their numbers costs one pass over all.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// The position of the shape whose values are gone through.
    shape: Option<usize>,
    values: Place,
    /// The value reached, and the one before it.
    below: Option<i128>,
    at: Option<i128>,
}

impl Walk {
    /// Whether the set is known to hold this name, as [`NameSet::contains`].
    pub fn contains(&mut self, set: &NameSet, name: &[u8]) -> bool {
        let Some(split) = Split::new(name) else { return set.contains(name) };
        let of_shape = |(shape, _): &(Shape, FrameSet)| split.order_against(shape).reverse();
        let Ok(shape) = set.shapes.binary_search_by(of_shape) else { return set.contains(name) };
        let Some((_, values)) = set.shapes.get(shape) else { return false };
        if self.shape != Some(shape) || self.below.is_some_and(|below| below >= split.value) {
            *self = Walk { shape: Some(shape), values: values.start(), below: None, at: None };
        }
        while self.at.is_none_or(|at| at < split.value) {
            let Some(value) = self.values.next_in(values) else { return false };
            self.below = self.at.replace(value);
        }
        self.at == Some(split.value)
    }
}

impl PartialEq for NameSet {
    /// Whether both hold the same names, as far as is known.
    fn eq(&self, other: &Self) -> bool {
        let rest = |set: &NameSet| set.others.rest.as_ref().map(|rest| rest.all);
        self.shapes == other.shapes
            && self.others.names == other.others.names
            && rest(self) == rest(other)
    }
}

impl Eq for NameSet {}

#[cfg(test)]
mod tests;
