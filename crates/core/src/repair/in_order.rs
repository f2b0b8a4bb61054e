//! [`InOrder`]: stems that become others one by one, in order, both compressed.

use crate::names::frame_name::{self, Naming};
use crate::names::frame_set::{FrameSet, Place};

/// Numbers that become other numbers, the first of the one set the first of the other.
///
/// A pair costs a few bytes, as stems do in a tree, where a table of texts costs a hundred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InOrder {
    from: Numbers,
    to: Numbers,
}

/// A number of more digits is not read as one.
const TOO_LARGE: i128 = 10_i128.pow(35);

/// Numbers that are all written in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Numbers {
    values: FrameSet,
    width: u8,
    fraction: u8,
}

impl Numbers {
    /// The numbers of stems that ascend as numbers; `None` where they do not, or are not all
    /// written in one way.
    fn of<'s>(stems: &(impl Iterator<Item = &'s [u8]> + Clone)) -> Option<Self> {
        let mut numbers = Numbers { values: FrameSet::default(), width: 0, fraction: 0 };
        let mut last = None;
        for stem in stems.clone() {
            let (value, naming) = frame_name::parse(stem)?;
            if last.is_some_and(|last| last >= value) || !naming.suffix().is_empty() {
                return None;
            }
            if last.is_some() && numbers.fraction != naming.fraction_digits() {
                return None;
            }
            // Of numbers with leading zeros the longest have none.
            numbers.width = numbers.width.max(naming.zero_padded_width());
            numbers.fraction = naming.fraction_digits();
            numbers.values.insert(value);
            last = Some(value);
        }
        numbers.values.seal();
        let is_one = |stem: &[u8]| numbers.value_of(stem).is_some();
        stems.clone().all(is_one).then_some(numbers)
    }

    /// The value of a stem that is written in this way.
    fn value_of(&self, stem: &[u8]) -> Option<i128> {
        let (value, naming) = frame_name::parse(stem)?;
        // Of one value and as many digits behind the point, stems differ in leading zeros alone.
        let is_alike = naming.suffix().is_empty() && naming.fraction_digits() == self.fraction;
        let length = || frame_name::rendered_len(value, self.width, self.fraction);
        (is_alike && length() == stem.len()).then_some(value)
    }

    /// These numbers, of stems written as `naming` writes them; `None` where they do not ascend, or
    /// some are no stems that are read as numbers.
    fn written(naming: &Naming, values: impl Iterator<Item = i128>) -> Option<Self> {
        let fraction = naming.fraction_digits();
        let mut numbers = Numbers { values: FrameSet::default(), width: 0, fraction };
        for value in values {
            let is_ascending = numbers.values.last().is_none_or(|last| last < value);
            if !is_ascending || !(0..TOO_LARGE).contains(&value) {
                return None;
            }
            numbers.values.insert(value);
        }
        let first = numbers.values.first()?;
        let width = naming.zero_padded_width();
        // As many digits as the width are written without leading zeros.
        if frame_name::rendered_len(first, 0, 0) < usize::from(width) {
            numbers.width = width;
        }
        numbers.values.seal();
        Some(numbers)
    }

    fn render(&self, value: i128) -> String {
        frame_name::render_stem(value, self.width, self.fraction)
    }
}

impl InOrder {
    /// The map of these pairs; `None` where they are not numbers of one way of writing on either
    /// side, or do not ascend on both.
    #[must_use]
    pub fn of(pairs: &[(Vec<u8>, Vec<u8>)]) -> Option<Self> {
        let from = Numbers::of(&pairs.iter().map(|(from, _)| from.as_slice()))?;
        let to = Numbers::of(&pairs.iter().map(|(_, to)| to.as_slice()))?;
        Some(InOrder { from, to })
    }

    /// The map of pairs of numbers, written as `from` and `to` write them, ascending on the first
    /// side: the same as of their stems. `None` where the second side does not ascend, or a number
    /// is negative or long.
    pub(crate) fn of_numbers(
        (from, to): (&Naming, &Naming),
        pairs: &[(i128, i128)],
    ) -> Option<Self> {
        let from = Numbers::written(from, pairs.iter().map(|(from, _)| *from))?;
        let to = Numbers::written(to, pairs.iter().map(|(_, to)| *to))?;
        Some(InOrder { from, to })
    }

    /// How many stems it maps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.from.values.len()
    }

    /// Whether it maps none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The pairs, ascending.
    pub fn pairs(&self) -> impl Iterator<Item = (String, String)> {
        let values = self.from.values.iter().zip(self.to.values.iter());
        values.map(|(from, to)| (self.from.render(from), self.to.render(to)))
    }

    /// The numbers and those that they become, where all are written without leading zeros and
    /// without a decimal point, and none is negative.
    pub(crate) fn plain_numbers(&self) -> Option<(&FrameSet, &FrameSet)> {
        let is_plain = |numbers: &Numbers| {
            let first = numbers.values.first();
            numbers.width == 0 && numbers.fraction == 0 && first.is_some_and(|first| first >= 0)
        };
        (is_plain(&self.from) && is_plain(&self.to)).then_some((&self.from.values, &self.to.values))
    }

    /// The stem that becomes of this one.
    #[must_use]
    pub fn apply(&self, stem: &[u8]) -> Option<Vec<u8>> {
        Walk::default().apply(self, stem)
    }

    /// The bytes of memory that the pairs take.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.from.values.heap_bytes() + self.to.values.heap_bytes()
    }
}

/// A place among the pairs of a map: one that does not borrow it, and holds for it alone. Asking
/// for stems that ascend costs one pass over all.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// Where the two sets are gone through; `None` before the first.
    places: Option<(Place, Place)>,
    /// The pair reached, and the value before it.
    below: Option<i128>,
    at: Option<(i128, i128)>,
}

impl Walk {
    /// The stem that becomes of this one.
    pub fn apply(&mut self, map: &InOrder, stem: &[u8]) -> Option<Vec<u8>> {
        let value = map.from.value_of(stem)?;
        if self.below.is_some_and(|below| below >= value) {
            *self = Walk::default();
        }
        let start = || (map.from.values.start(), map.to.values.start());
        let (left, right) = self.places.get_or_insert_with(start);
        while self.at.is_none_or(|(at, _)| at < value) {
            let next = (left.next_in(&map.from.values)?, right.next_in(&map.to.values)?);
            self.below = self.at.replace(next).map(|(before, _)| before);
        }
        let (at, to) = self.at?;
        (at == value).then(|| map.to.render(to).into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(&str, &str)]) -> Vec<(Vec<u8>, Vec<u8>)> {
        of.iter().map(|(from, to)| (from.as_bytes().to_vec(), to.as_bytes().to_vec())).collect()
    }

    #[test]
    fn what_ascends_on_both_sides_is_kept_in_order() {
        let check = |of: &[(&str, &str)], is_kept: bool| {
            let found = InOrder::of(&pairs(of));
            assert_eq!(found.is_some(), is_kept, "{of:?}");
            let Some(map) = found else { return };
            for (from, to) in of {
                assert_eq!(map.apply(from.as_bytes()).as_deref(), Some(to.as_bytes()));
            }
            let all: Vec<(String, String)> = map.pairs().collect();
            let all: Vec<(&str, &str)> = all.iter().map(|(a, b)| (&**a, &**b)).collect();
            assert_eq!(all, of);
        };
        check(&[("000008", "1681532060061"), ("000009", "1681532060161")], true);
        // Of numbers with leading zeros the longest have none.
        check(&[("08", "7"), ("10", "9"), ("100", "12")], true);
        check(&[("1.5", "2"), ("1.6", "3")], true);
        check(&[("-5", "2"), ("3", "4")], true);
        check(&[("1", "2"), ("2", "1")], false);
        check(&[("1", "2"), ("02", "3")], false);
        check(&[("1.5", "2"), ("1.65", "3")], false);
        check(&[("a", "2")], false);
        check(&[("1", "a")], false);
        check(&[("1", "2"), ("2", "2")], false);
    }

    #[test]
    fn numbers_come_to_the_same_map_as_their_stems() {
        let naming = |name: &str| frame_name::parse(name.as_bytes()).unwrap().1;
        let check = |one: &str, other: &str, of: &[(i128, i128)], is_kept: bool| {
            let (one, other) = (naming(one), naming(other));
            let stem = |naming: &Naming, value| naming.render_stem(value).into_bytes();
            let stems = of.iter().map(|(a, b)| (stem(&one, *a), stem(&other, *b)));
            let found = InOrder::of_numbers((&one, &other), of);
            assert_eq!(found.is_some(), is_kept, "{of:?}");
            if is_kept {
                assert_eq!(found, InOrder::of(&stems.collect::<Vec<_>>()), "{of:?}");
            }
        };
        check("1.jpg", "000001.jpg", &[(3, 5), (4, 6)], true);
        check("0001.jpg", "1.5.jpg", &[(3, 5), (40_000, 60)], true);
        check("0001.jpg", "0001.jpg", &[(3_000, 5_000), (40_000, 60_000)], true);
        check("0.1.jpg", "0.001.jpg", &[(0, 0), (1, 1)], true);
        check("1.jpg", "1.jpg", &[(3, 6), (4, 5)], false);
        check("1.jpg", "1.jpg", &[(3, 6), (4, 6)], false);
        check("1.jpg", "1.jpg", &[(-3, 6)], false);
        check("1.jpg", "1.jpg", &[(3, 10_i128.pow(36))], false);
        check("1.jpg", "1.jpg", &[], false);
    }

    #[test]
    fn a_walk_finds_what_is_asked_for_in_any_order() {
        let number = |value: i128| value.to_string().into_bytes();
        let all: Vec<(Vec<u8>, Vec<u8>)> =
            (0..1_000_i128).map(|at| (number(at * at * 3), number(at * 100 + at % 7))).collect();
        let map = InOrder::of(&all).unwrap();
        let mut walk = Walk::default();
        for at in [0, 1, 999, 5, 5, 4, 998, 999] {
            let (from, to) = &all[at];
            assert_eq!(walk.apply(&map, from).as_ref(), Some(to));
            assert_eq!(walk.apply(&map, &[from.as_slice(), b"x"].concat()), None);
            assert_eq!(walk.apply(&map, &[b"0", from.as_slice()].concat()), None);
        }
        assert_eq!(walk.apply(&map, b"2"), None, "no number of the set");
        assert_eq!(walk.apply(&map, &number(999 * 999 * 3 + 1)), None, "behind the last");
        assert_eq!(walk.apply(&map, &all[7].0).as_ref(), Some(&all[7].1));
    }

    #[test]
    fn a_pair_costs_a_few_bytes() {
        let number = |value: i128| value.to_string().into_bytes();
        let mut state = 7_u64;
        let mut jitter = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            i128::from(state >> 33) % 7 - 3
        };
        let pairs: Vec<(Vec<u8>, Vec<u8>)> = (0..100_000_i128)
            .map(|at| {
                let stamp = 1_681_532_060_061 + at * 100;
                (number(stamp + 28_800_000 + jitter()), number(stamp + jitter()))
            })
            .collect();
        let map = InOrder::of(&pairs).unwrap();
        assert!(map.heap_bytes() <= map.len() * 5 / 2, "{}", map.heap_bytes());
    }
}
