//! [`NameSet`]: the names of many files of one folder, compressed, and whole as far as memory allows.
//!
//! Most names differ from their neighbours in their digits alone: `frame_0001.jpg`, `2023-04-15-12-14-20-061.pcd`,
//! `._1681532060061.pcd`. Such names share a `Shape`, and the digits of each are one number in a [`FrameSet`]: one to
//! three bytes a name. Names of no common shape are kept as they are, up to a limit; beyond it a count and a digest
//! stand for them, and the set says that it is not complete.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::digest::{Identified as _, Several};
use crate::names::frame_set::FrameSet;

/// The most shapes that one set keeps apart.
const MAX_SHAPES: usize = 32;

/// The most digits that are read as a number: all values of a [`FrameSet`] have at most so many.
const MAX_DIGITS: usize = 36;

/// The most groups of digits that are joined to one number.
const MAX_GROUPS: usize = 8;

/// The longest name that is split into text and digits.
const MAX_SHAPED: usize = 512;

/// The bytes of names without a common shape that one set keeps.
pub const MAX_OTHER_BYTES: usize = 64 << 10;

/// What a kept name costs beside its bytes.
const NAME_OVERHEAD: usize = 16;

/// How many names are kept of those that are too many to be kept.
const SMALLEST: usize = 64;

/// The names of some files of one folder. Adding and merging is associative and commutative.
#[derive(Clone, Debug, Default)]
pub struct NameSet {
    /// Ascending by shape.
    shapes: Vec<(Shape, FrameSet)>,
    others: Others,
    /// The position in `shapes` that the last name fell into.
    recent: usize,
}

/// What names have in common that differ in their digits alone.
///
/// The derived order is the order in which shapes are preferred: those with the shortest text first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    length: usize,
    text: Box<[u8]>,
    groups: Box<[Group]>,
    /// Whether the text has digits, which were too many for a number.
    has_digits: bool,
}

/// A group of digits in a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    /// How many bytes of the shape's text stand before it.
    at: u16,
    /// How many digits it has; 0 for the only group of a name, where that has no leading zeros.
    width: u8,
}

/// A name split into its shape and its digits, without allocation.
struct Split<'n> {
    name: &'n [u8],
    /// How long the shape's text is.
    text_len: usize,
    groups: [Group; MAX_GROUPS],
    /// How many digits each group has in this name.
    digits: [u8; MAX_GROUPS],
    group_count: usize,
    value: i128,
}

impl<'n> Split<'n> {
    /// Splits a name; `None` where it has no digits or is too long.
    fn new(name: &'n [u8]) -> Option<Self> {
        if name.len() > MAX_SHAPED {
            return None;
        }
        // Where the last groups of digits begin and end, each at its number modulo their length.
        let mut last = [(0, 0); MAX_GROUPS];
        let mut found = 0;
        let mut at = 0;
        while at < name.len() {
            let digits = leading_digits(&name[at..]);
            if digits > 0 {
                last[found % MAX_GROUPS] = (at, at + digits);
                found += 1;
            }
            // What follows digits is none.
            at += digits + 1;
        }
        // Joined are the last groups that have not too many digits together.
        let (mut group_count, mut total) = (0, 0);
        while group_count < found.min(MAX_GROUPS) {
            let (start, end) = last[(found - group_count - 1) % MAX_GROUPS];
            if total + (end - start) > MAX_DIGITS {
                break;
            }
            total += end - start;
            group_count += 1;
        }
        if group_count == 0 {
            return None;
        }
        let mut split = Split {
            name,
            text_len: name.len() - total,
            groups: [Group::default(); MAX_GROUPS],
            digits: [0; MAX_GROUPS],
            group_count,
            value: 0,
        };
        let mut number = Number::default();
        let mut before = 0;
        for at in 0..group_count {
            let (start, end) = last[(found - group_count + at) % MAX_GROUPS];
            number.append(&name[start..end]);
            // Both are bounded by MAX_SHAPED and MAX_DIGITS.
            let place = u16::try_from(start - before).ok()?;
            let width = u8::try_from(end - start).ok()?;
            split.groups[at] = Group { at: place, width };
            split.digits[at] = width;
            before += end - start;
        }
        split.value = number.value();
        let (start, end) = last[(found - group_count) % MAX_GROUPS];
        if group_count == 1 && (name[start] != b'0' || end - start == 1) {
            split.groups[0].width = 0;
        }
        Some(split)
    }

    /// The pieces of text between the groups, the first and the last of which may be empty.
    fn pieces(&self) -> impl Iterator<Item = &'n [u8]> {
        let name = self.name;
        let ends = self.groups().iter().map(|group| usize::from(group.at)).chain([self.text_len]);
        let digits = self.digits.iter().map(|digits| usize::from(*digits));
        let mut at = 0;
        let mut written = 0;
        ends.zip(digits.chain([0])).map(move |(end, digits)| {
            let piece = &name[at..at + (end - written)];
            at += piece.len() + digits;
            written = end;
            piece
        })
    }

    fn groups(&self) -> &[Group] {
        &self.groups[..self.group_count]
    }

    fn order_against(&self, shape: &Shape) -> Ordering {
        self.text_len
            .cmp(&shape.length)
            .then_with(|| {
                let mut rest = &*shape.text;
                for piece in self.pieces() {
                    // Both texts are of one length.
                    let (theirs, behind) = rest.split_at(piece.len().min(rest.len()));
                    let order = piece.cmp(theirs);
                    if order.is_ne() {
                        return order;
                    }
                    rest = behind;
                }
                Ordering::Equal
            })
            .then_with(|| self.groups().cmp(&shape.groups))
    }

    fn shape(&self) -> Shape {
        let text: Vec<u8> = self.pieces().flatten().copied().collect();
        let has_digits = text.iter().any(u8::is_ascii_digit);
        Shape { length: self.text_len, text: text.into(), groups: self.groups().into(), has_digits }
    }
}

fn leading_digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// A number that is put together from its digits; as long as that is possible in the machine's own words.
#[derive(Default)]
struct Number {
    small: u64,
    large: Option<i128>,
    digits: usize,
}

impl Number {
    /// All numbers of so many digits are in a `u64`.
    const SMALL: usize = 19;

    fn append(&mut self, digits: &[u8]) {
        self.digits += digits.len();
        let values = digits.iter().map(|digit| digit - b'0');
        if self.digits <= Number::SMALL {
            self.small = values.fold(self.small, |number, digit| number * 10 + u64::from(digit));
        } else {
            let before = self.large.unwrap_or(self.small.into());
            self.large = Some(values.fold(before, |number, digit| number * 10 + i128::from(digit)));
        }
    }

    fn value(&self) -> i128 {
        self.large.unwrap_or(self.small.into())
    }
}

impl Shape {
    /// The digits of a name if it is of this shape. Where the text has digits, `None` says nothing.
    fn read(&self, name: &[u8]) -> Option<i128> {
        if self.has_digits {
            return None;
        }
        let mut number = Number::default();
        let (mut rest, mut written) = (name, 0);
        for group in &self.groups {
            let at = usize::from(group.at);
            rest = rest.strip_prefix(&self.text[written..at])?;
            written = at;
            let digits = leading_digits(rest);
            let fits = match usize::from(group.width) {
                0 => digits == 1 || (2..=MAX_DIGITS).contains(&digits) && rest[0] != b'0',
                // The only group of a name has a width where it begins with zeros.
                width => digits == width && (self.groups.len() > 1 || rest[0] == b'0'),
            };
            if !fits {
                return None;
            }
            number.append(&rest[..digits]);
            rest = &rest[digits..];
        }
        (*rest == self.text[written..]).then(|| number.value())
    }

    /// Writes the name of this shape that has these digits.
    fn write(&self, value: i128, name: &mut Vec<u8>) {
        name.clear();
        let total: usize = self.groups.iter().map(|group| usize::from(group.width)).sum();
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(value).as_bytes();
        let mut pad = total.saturating_sub(digits.len());
        let mut rest = digits;
        let mut written = 0;
        for group in &self.groups {
            let at = usize::from(group.at);
            name.extend_from_slice(&self.text[written..at]);
            written = at;
            let width = match usize::from(group.width) {
                0 => rest.len(),
                width => width,
            };
            let zeros = width.min(pad);
            pad -= zeros;
            name.extend(std::iter::repeat_n(b'0', zeros));
            let (now, later) = rest.split_at((width - zeros).min(rest.len()));
            name.extend_from_slice(now);
            rest = later;
        }
        name.extend_from_slice(&self.text[written..]);
    }

    /// Whether names of this shape sort as their numbers do.
    fn sorts_as_numbers(&self) -> bool {
        self.groups.iter().all(|group| group.width > 0)
    }
}

/// Names of no common shape.
#[derive(Clone, Debug, Default)]
struct Others {
    /// All of them, or the smallest few where `rest` says that there are more.
    names: BTreeSet<Box<[u8]>>,
    /// Those that were added more than once, and how often beyond the first time.
    repeated: BTreeMap<Box<[u8]>, u64>,
    bytes: usize,
    rest: Option<Box<Rest>>,
}

/// What is known of names that are too many to be kept.
#[derive(Clone, Debug, Default)]
struct Rest {
    /// How many, those that are kept included.
    all: Several,
    /// The same for their stems, by what follows the last dot.
    stems: BTreeMap<Box<[u8]>, Several>,
}

impl Rest {
    fn add(&mut self, name: &[u8]) {
        self.all.count += 1;
        self.all.digest.add(name.identity());
        let (stem, suffix) = split_suffix(name);
        // So many different suffixes are no suffixes.
        let suffix = if suffix.len() <= 12 { suffix } else { b"" };
        if self.stems.len() < SMALLEST && !self.stems.contains_key(suffix) {
            self.stems.insert(suffix.into(), Several::default());
        }
        if let Some(stems) = self.stems.get_mut(suffix) {
            stems.count += 1;
            stems.digest.add(stem.identity());
        }
    }
}

/// A name as what stands before its last dot and what follows it, in lower case or not as it is written.
fn split_suffix(name: &[u8]) -> (&[u8], &[u8]) {
    match name.iter().rposition(|byte| *byte == b'.').filter(|at| *at > 0) {
        Some(at) => (&name[..at], &name[at + 1..]),
        None => (name, b""),
    }
}

impl Others {
    fn insert(&mut self, name: &[u8]) {
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

    fn merge(&mut self, mut other: Others) {
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
                for (suffix, several) in theirs.stems {
                    let stems = mine.stems.entry(suffix).or_default();
                    *stems = [*stems, several].into_iter().collect();
                }
            }
        }
    }
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

    /// Makes room for one shape more. A shape that was turned out once comes after all that stay, so it never comes back.
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

    /// How many names the set holds; where it is not complete, one that was added twice may count twice.
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
    pub fn several(&self) -> Several {
        let mut several = Several::default();
        let mut count = |name: &[u8]| {
            several.count += 1;
            several.digest.add(name.identity());
        };
        self.for_each_shaped(&mut count);
        match &self.others.rest {
            None => self.others.names.iter().for_each(|name| count(name)),
            Some(rest) => several = [several, rest.all].into_iter().collect(),
        }
        several
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

    /// How many stems stand before suffixes that pass, and what tells them from any others. Also known where the names
    /// themselves are not.
    #[must_use]
    pub fn stems_before(&self, passes: impl Fn(&[u8]) -> bool) -> Several {
        let mut several = Several::default();
        let mut count = |name: &[u8]| {
            let (stem, suffix) = split_suffix(name);
            if passes(suffix) {
                several.count += 1;
                several.digest.add(stem.identity());
            }
        };
        self.for_each_shaped(&mut count);
        match &self.others.rest {
            None => self.others.names.iter().for_each(|name| count(name)),
            Some(rest) => {
                let stems = rest.stems.iter().filter(|(suffix, _)| passes(suffix));
                several = [several].into_iter().chain(stems.map(|(_, stems)| *stems)).collect();
            }
        }
        several
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(set: &NameSet) -> Vec<Vec<u8>> {
        let mut names = Vec::new();
        set.for_each(|name| names.push(name.to_vec()));
        names.sort();
        names
    }

    fn bytes_per_name(names: impl IntoIterator<Item = String>) -> (f64, NameSet) {
        let set = NameSet::from_names(names);
        #[expect(clippy::cast_precision_loss, reason = "a ratio")]
        let ratio = set.heap_bytes() as f64 / set.count() as f64;
        (ratio, set)
    }

    #[test]
    fn names_that_differ_in_their_digits_cost_as_numbers_do() {
        let jitter = |k: i64| (k * 7_919) % 7 - 3;
        let stamp = move |k: i64| 1_681_532_060_061 + k * 100 + jitter(k);
        for name in [
            |stamp: i64, _: i64| format!("CAM_FRONT__{stamp}.jpg"),
            |stamp: i64, _: i64| format!("._{stamp}.pcd"),
            |_: i64, k: i64| format!("frame_{k:06}.jpg"),
            |stamp: i64, _: i64| format!("{}_{:03}000000.pcd.part", stamp / 1000, stamp % 1000),
        ] {
            let (ratio, set) = bytes_per_name((0..10_000).map(|k| name(stamp(k), k)));
            assert!(ratio < 5.0, "{ratio} bytes a name");
            assert!(set.is_complete());
        }
    }

    #[test]
    fn names_of_no_shape_are_kept_up_to_a_limit() {
        let hash = |k: u64| format!("{:016x}{:016x}.jpg", k.wrapping_mul(0x9e37_79b9_7f4a_7c15), k);
        let (_, few) = bytes_per_name((0..500).map(hash));
        assert!(few.is_complete());
        assert_eq!((few.count(), all(&few).len()), (500, 500));
        let (_, many) = bytes_per_name((0..100_000).map(hash));
        assert!(!many.is_complete());
        assert_eq!(many.count(), 100_000);
        assert!(many.heap_bytes() < 256 << 10, "{}", many.heap_bytes());
        assert_eq!(many.several().count, 100_000);
        let (_, other) = bytes_per_name((1..100_001).map(hash));
        let stems = |set: &NameSet| set.stems_before(|suffix| suffix == b"jpg");
        assert_eq!(stems(&many).count, 100_000);
        assert_ne!(stems(&many), stems(&other));
    }

    fn names() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let name = prop_oneof![
            "[0-9]{1,40}\\.(pcd|jpg)".prop_map(String::into_bytes),
            "(a|b_|CAM-)[0-9]{1,6}(_[0-9]{1,3})?\\.(jpg|part)".prop_map(String::into_bytes),
            "[a-z]{1,3}0{0,2}[0-9]?[a-z]".prop_map(String::into_bytes),
            proptest::collection::vec(any::<u8>(), 0..20),
        ];
        proptest::collection::vec(name, 0..120)
    }

    proptest! {
        #[test]
        fn a_name_comes_back_as_it_was(names in names()) {
            let set = NameSet::from_names(&names);
            let mut expected = names.clone();
            expected.sort();
            expected.dedup();
            prop_assert_eq!(all(&set), expected.clone());
            prop_assert_eq!(set.count(), expected.len() as u64);
            prop_assert!(names.iter().all(|name| set.contains(name)));
            prop_assert!(!set.contains(b"never/there"));
            prop_assert_eq!(set.smallest(5), expected.iter().take(5).cloned().collect::<Vec<_>>());
        }

        #[test]
        fn neither_order_nor_parts_matter(
            names in names(),
            cut in 0_usize..120,
            long in any::<bool>(),
        ) {
            // Long names reach the limit.
            let names: Vec<Vec<u8>> = match long {
                true => names.iter().map(|name| [&name[..], &[b'x'; 1500]].concat()).collect(),
                false => names,
            };
            let whole = NameSet::from_names(&names);
            let (left, right) = names.split_at(cut.min(names.len()));
            let mut parts = NameSet::default();
            right.iter().rev().for_each(|name| parts.insert(name));
            let mut first = NameSet::default();
            left.iter().for_each(|name| first.insert(name));
            parts.merge(first);
            parts.seal();
            prop_assert!(parts == whole);
            prop_assert_eq!(parts.several(), whole.several());
            prop_assert_eq!(all(&parts.repeated()), all(&whole.repeated()));
        }

        #[test]
        fn names_listed_twice_are_known(names in names()) {
            let mut set = NameSet::default();
            let mut seen = BTreeMap::<&[u8], u32>::new();
            for name in &names {
                set.insert(name);
                *seen.entry(name).or_default() += 1;
            }
            set.seal();
            let twice: Vec<Vec<u8>> = seen
                .iter()
                .filter(|(_, count)| **count > 1)
                .map(|(name, _)| name.to_vec())
                .collect();
            prop_assert_eq!(all(&set.repeated()), twice);
        }
    }
}
