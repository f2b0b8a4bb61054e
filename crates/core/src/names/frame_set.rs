//! [`FrameSet`]: the timestamps of one sensor in one scene, sorted and compressed.
//!
//! A set is a first value, a first step, and then the changes of the step, with runs of an
//! unchanged step counted: a camera of a steady rate costs a few bytes a scene, one that
//! jitters by milliseconds one byte a frame. The bytes are canonical, so two sets are equal
//! when their bytes are.

use std::cmp::Ordering;

/// A sorted set of integers, compressed. Values come in any order; ascending ones cost least.
#[derive(Clone, Debug, Default)]
pub struct FrameSet {
    /// Everything compressed so far.
    sealed: Encoded,
    /// Values that came out of order and wait to be merged in. Empty once
    /// [`FrameSet::seal`] was called.
    pending: Vec<i128>,
    /// The values that came more than once.
    repeated: Option<Box<Encoded>>,
}

/// The least number of values that wait before a set merges them in.
const PENDING_FLOOR: usize = 1024;

impl FrameSet {
    /// Adds a value.
    pub fn insert(&mut self, value: i128) {
        if self.pending.is_empty() && self.sealed.last().is_none_or(|last| value > last) {
            self.sealed.push(value);
            return;
        }
        self.pending.push(value);
        // Merging when a quarter has come keeps the total work linear in the number of values,
        // times a constant.
        if self.pending.len() >= PENDING_FLOOR.max(self.sealed.len() / 4) {
            self.merge_pending();
        }
    }

    /// Merges what waits if that is a fair share of the set, as a source does when it leaves a
    /// folder: cheap for a folder that came in one piece, and never quadratic for a listing
    /// that jumps about.
    pub fn settle(&mut self) {
        if !self.pending.is_empty() && self.pending.len() >= self.sealed.len() / 4 {
            self.merge_pending();
            // A tree has many folders that are left for good, and room for a thousand values in
            // each would add up.
            self.pending = Vec::new();
        }
    }

    /// Merges all that waits and gives back spare memory.
    pub fn seal(&mut self) {
        self.merge_pending();
        self.sealed.bytes.shrink_to_fit();
        self.pending = Vec::new();
    }

    /// Adds every value of `other`.
    pub fn merge(&mut self, mut other: FrameSet) {
        other.seal();
        if self.is_empty() {
            *self = other;
            return;
        }
        self.merge_pending();
        let (mine, theirs) = (std::mem::take(&mut self.sealed), other.sealed);
        let again = union(mine.iter(), theirs.iter(), &mut self.sealed);
        self.repeat(&again);
        if let Some(theirs) = other.repeated {
            self.repeat(&theirs.iter().collect::<Vec<_>>());
        }
    }

    /// Notes values that came again, ascending.
    fn repeat(&mut self, again: &[i128]) {
        if again.is_empty() {
            return;
        }
        let known = self.repeated.take().unwrap_or_default();
        let mut all = Encoded::default();
        union(known.iter(), again.iter().copied(), &mut all);
        all.bytes.shrink_to_fit();
        self.repeated = Some(Box::new(all));
    }

    fn merge_pending(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        self.pending.sort_unstable();
        let sealed = std::mem::take(&mut self.sealed);
        let again = union(sealed.iter(), self.pending.iter().copied(), &mut self.sealed);
        self.pending.clear();
        self.repeat(&again);
    }

    /// How many values the set holds. Exact once sealed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sealed.len() + self.pending.len()
    }

    /// Whether the set holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values that were added more than once, each once and ascending: paths that were listed
    /// again. The set must be sealed.
    pub fn repeated(&self) -> impl Iterator<Item = i128> {
        self.repeated.iter().flat_map(|repeated| repeated.iter())
    }

    /// Whether the set holds this value. Costs a pass over the changes of step, not
    /// over the values.
    #[must_use]
    pub fn contains(&self, value: i128) -> bool {
        debug_assert!(self.pending.is_empty(), "a set is read once it is sealed");
        let within = self.sealed.len > 0 && self.sealed.first <= value && value <= self.sealed.last;
        within && self.sealed.iter().contains(value)
    }

    /// The values, ascending. The set must be sealed.
    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        debug_assert!(self.pending.is_empty(), "a set is read once it is sealed");
        self.sealed.iter()
    }

    /// The place before the first value. The set must be sealed.
    #[must_use]
    pub fn start(&self) -> Place {
        debug_assert!(self.pending.is_empty(), "a set is read once it is sealed");
        self.sealed.start()
    }

    /// The smallest value.
    #[must_use]
    pub fn first(&self) -> Option<i128> {
        self.iter().next()
    }

    /// The largest value.
    #[must_use]
    pub fn last(&self) -> Option<i128> {
        self.sealed.last()
    }

    /// The bytes of memory that the values take.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.sealed.bytes.capacity() + self.pending.capacity() * size_of::<i128>()
    }
}

impl FromIterator<i128> for FrameSet {
    /// A sealed set of the values.
    fn from_iter<I: IntoIterator<Item = i128>>(values: I) -> Self {
        let mut set = FrameSet::default();
        values.into_iter().for_each(|value| set.insert(value));
        set.seal();
        set
    }
}

impl PartialEq for FrameSet {
    /// Whether both hold the same values; at the price of a byte comparison.
    fn eq(&self, other: &Self) -> bool {
        self.sealed.len == other.sealed.len
            && self.sealed.first == other.sealed.first
            && self.sealed.last == other.sealed.last
            && self.sealed.run == other.sealed.run
            && self.sealed.bytes == other.sealed.bytes
    }
}

impl Eq for FrameSet {}

/// Merges two ascending streams into `out`, each value once. Returns the values that came more
/// than once, ascending.
fn union(
    left: impl Iterator<Item = i128>,
    right: impl Iterator<Item = i128>,
    out: &mut Encoded,
) -> Vec<i128> {
    let (mut left, mut right) = (left.peekable(), right.peekable());
    let mut repeated = Vec::new();
    loop {
        let value = match (left.peek(), right.peek()) {
            (None, None) => return repeated,
            (Some(_), None) => left.next(),
            (None, Some(_)) => right.next(),
            (Some(a), Some(b)) => match a.cmp(b) {
                Ordering::Less | Ordering::Equal => left.next(),
                Ordering::Greater => right.next(),
            },
        };
        match value {
            Some(value) if out.last() == Some(value) && out.len > 0 => {
                if repeated.last() != Some(&value) {
                    repeated.push(value);
                }
            }
            Some(value) => out.push(value),
            None => return repeated,
        }
    }
}

/// Ascending values as changes of step: each a zigzag varint, a zero followed by how many unchanged
/// steps it stands for.
#[derive(Clone, Debug, Default)]
struct Encoded {
    first: i128,
    last: i128,
    step: i128,
    /// Unchanged steps at the end that are not written yet.
    run: u64,
    len: usize,
    bytes: Vec<u8>,
}

impl Encoded {
    fn len(&self) -> usize {
        self.len
    }

    fn last(&self) -> Option<i128> {
        (self.len > 0).then_some(self.last)
    }

    /// Appends a value, which must be above the last.
    fn push(&mut self, value: i128) {
        if self.len == 0 {
            self.first = value;
        } else {
            // Values have at most 36 digits, so neither difference can overflow.
            let step = value - self.last;
            let change = step - self.step;
            if change == 0 {
                self.run += 1;
            } else {
                self.close_run();
                write_varint(&mut self.bytes, zigzag(change));
                self.step = step;
            }
        }
        self.last = value;
        self.len += 1;
    }

    fn close_run(&mut self) {
        if self.run > 0 {
            self.bytes.push(0);
            write_varint(&mut self.bytes, u128::from(self.run));
            self.run = 0;
        }
    }

    fn iter(&self) -> Iter<'_> {
        Iter { encoded: self, place: self.start() }
    }

    fn start(&self) -> Place {
        Place { at: 0, value: self.first, step: 0, run: 0, left: self.len }
    }
}

/// The values of a [`FrameSet`], ascending.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    encoded: &'a Encoded,
    place: Place,
}

/// A place among the values of a set: one that does not borrow it, and holds for it alone.
#[derive(Clone, Debug, Default)]
pub struct Place {
    at: usize,
    value: i128,
    step: i128,
    run: u64,
    left: usize,
}

impl Place {
    /// The next value of the set that this is a place of.
    pub fn next_in(&mut self, set: &FrameSet) -> Option<i128> {
        self.next(&set.sealed)
    }

    fn next(&mut self, encoded: &Encoded) -> Option<i128> {
        if self.left == 0 {
            return None;
        }
        if self.left < encoded.len {
            if self.run > 0 {
                self.run -= 1;
            } else {
                match read_varint(&encoded.bytes, &mut self.at) {
                    // Behind the bytes stands the run that is not written yet.
                    None => self.run = encoded.run.saturating_sub(1),
                    Some(0) => {
                        let run = read_varint(&encoded.bytes, &mut self.at).unwrap_or(1);
                        self.run = u64::try_from(run).unwrap_or(u64::MAX).saturating_sub(1);
                    }
                    Some(change) => self.step += unzigzag(change),
                }
            }
            self.value += self.step;
        }
        self.left -= 1;
        Some(self.value)
    }
}

impl Iter<'_> {
    /// Whether a value follows; steps over runs of an unchanged step at once.
    fn contains(mut self, value: i128) -> bool {
        while let Some(next) = self.next() {
            if next >= value {
                return next == value;
            }
            // Within a run the values are known without being visited.
            let place = &mut self.place;
            let run = place.run.min(place.left as u64);
            if run > 0 && place.step > 0 {
                let steps = (value - next) / place.step;
                let steps = u64::try_from(steps).unwrap_or(u64::MAX).min(run);
                // Values have at most 36 digits, and this one lies between two of them.
                place.value += place.step * i128::from(steps);
                place.run -= steps;
                place.left -= usize::try_from(steps).unwrap_or(place.left);
                if place.value == value {
                    return true;
                }
            }
        }
        false
    }
}

impl Iterator for Iter<'_> {
    type Item = i128;

    fn next(&mut self) -> Option<i128> {
        self.place.next(self.encoded)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.place.left, Some(self.place.left))
    }
}

impl ExactSizeIterator for Iter<'_> {}

fn zigzag(value: i128) -> u128 {
    ((value << 1) ^ (value >> 127)).cast_unsigned()
}

fn unzigzag(value: u128) -> i128 {
    (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
}

fn write_varint(bytes: &mut Vec<u8>, mut value: u128) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    #[expect(clippy::cast_possible_truncation, reason = "below 0x80")]
    bytes.push(value as u8);
}

fn read_varint(bytes: &[u8], at: &mut usize) -> Option<u128> {
    let mut value = 0;
    let mut shift = 0;
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u128::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn set(values: impl IntoIterator<Item = i128>) -> FrameSet {
        let mut set = FrameSet::default();
        values.into_iter().for_each(|value| set.insert(value));
        set.seal();
        set
    }

    #[test]
    fn a_steady_rate_costs_a_few_bytes() {
        let set = set((0..100_000).map(|k| 1_681_532_060_061 + k * 100));
        assert_eq!(set.len(), 100_000);
        assert!(set.heap_bytes() < 32, "{}", set.heap_bytes());
    }

    /// What the documentation says that stamps with a jitter of a few milliseconds cost.
    #[test]
    fn stamps_with_jitter_cost_a_few_bytes() {
        for (unit, most) in [(1_i128, 1.25), (1_000, 3.0), (1_000_000, 4.0)] {
            let mut state = 7_u64;
            let mut jitter = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                i128::from(state >> 33) % (7 * unit) - 3 * unit
            };
            let set = set((0..100_000).map(|k| (1_681_532_060_061 + k * 100) * unit + jitter()));
            #[expect(clippy::cast_precision_loss, reason = "a ratio")]
            let bytes = set.heap_bytes() as f64 / set.len() as f64;
            assert!(bytes <= most, "{bytes} bytes a stamp in units of 1/{unit} ms");
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter() {
        let values: Vec<i128> = (0..10_000).map(|k| (k * 7_919) % 10_007).collect();
        let shuffled = set(values.iter().copied());
        let mut sorted = values;
        sorted.sort_unstable();
        assert_eq!(shuffled, set(sorted.iter().copied()));
        assert!(shuffled.iter().eq(sorted));
    }

    proptest! {
        #[test]
        fn a_set_is_a_set(
            values in proptest::collection::vec(prop_oneof![-50_i128..50, any::<i64>().prop_map(i128::from)], 0..300),
            cut in 0_usize..300,
        ) {
            let expected: BTreeSet<i128> = values.iter().copied().collect();
            let whole = set(values.iter().copied());
            prop_assert!(whole.iter().eq(expected.iter().copied()));
            prop_assert_eq!(whole.len(), expected.len());
            let twice: Vec<i128> = expected
                .iter()
                .copied()
                .filter(|value| values.iter().filter(|other| *other == value).count() > 1)
                .collect();
            prop_assert!(whole.repeated().eq(twice.iter().copied()));
            for value in -60..60 {
                prop_assert_eq!(whole.contains(value), expected.contains(&value));
            }
            prop_assert!(expected.iter().all(|value| whole.contains(*value)));

            let cut = cut.min(values.len());
            let mut left = set(values[..cut].iter().copied());
            left.merge(set(values[cut..].iter().copied()));
            left.seal();
            prop_assert_eq!(&left, &whole);
            prop_assert!(left.repeated().eq(twice));
        }
    }
}
