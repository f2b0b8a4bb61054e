//! [`StemMap`]: how the stems of frames become other stems.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::in_order::InOrder;
use crate::names::frame_name;

/// How the stem of a frame becomes another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StemMap {
    /// A number is divided, and what is left over dropped: from nanoseconds to milliseconds, say.
    Divide(u64),
    /// A number is multiplied: from seconds to milliseconds, say.
    Multiply(u64),
    /// The number that stands at the same place in another set of numbers.
    InOrder(Arc<InOrder>),
    /// The stem that stands beside it in this table.
    Table(BTreeMap<Vec<u8>, Vec<u8>>),
}

impl StemMap {
    /// The map of these pairs, the old stem first, each old stem once: in order where they are
    /// numbers that ascend on both sides, and else as a table.
    #[must_use]
    pub fn of(mut pairs: Vec<(Vec<u8>, Vec<u8>)>) -> Self {
        let value = |stem: &[u8]| frame_name::parse(stem).map(|(value, _)| value);
        pairs.sort_by_cached_key(|(from, _)| value(from));
        match InOrder::of(&pairs) {
            Some(map) => StemMap::InOrder(Arc::new(map)),
            None => StemMap::Table(pairs.into_iter().collect()),
        }
    }

    /// The stem that becomes of this one, without its suffix. `None` where the map does not say:
    /// where the stem is no number but is to be counted with, or does not stand in the table.
    #[must_use]
    pub fn apply(&self, stem: &[u8]) -> Option<Vec<u8>> {
        let number = || {
            let (value, naming) = frame_name::parse(stem)?;
            naming.suffix().is_empty().then_some((value, naming))
        };
        let written = |value: i128| frame_name::render_stem(value, 0, 0).into_bytes();
        match self {
            StemMap::InOrder(map) => map.apply(stem),
            StemMap::Table(table) => table.get(stem).cloned(),
            StemMap::Divide(by) => {
                let (value, naming) = number()?;
                (naming.fraction_digits() == 0 && *by > 0)
                    .then(|| written(value.div_euclid(i128::from(*by))))
            }
            StemMap::Multiply(by) => {
                let (value, naming) = number()?;
                let value = value.checked_mul(i128::from(*by))?;
                // `1681532060.5` in seconds is 1681532060500 in milliseconds.
                let parts = 10_i128.checked_pow(u32::from(naming.fraction_digits()))?;
                Some(written(value.div_euclid(parts)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_become_others() {
        let check = |map: StemMap, stem: &str, expected: Option<&str>| {
            let found = map.apply(stem.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{map:?} of {stem}");
        };
        check(StemMap::Divide(1_000_000), "1681532060061999999", Some("1681532060061"));
        check(StemMap::Divide(1_000), "a", None);
        check(StemMap::Divide(1_000), "12.5", None);
        check(StemMap::Multiply(1_000), "1681532060", Some("1681532060000"));
        check(StemMap::Multiply(1_000), "1681532060.061999", Some("1681532060061"));
        check(StemMap::Multiply(u64::MAX), "999999999999999999999999999999999999", None);
        let table = BTreeMap::from([(b"a".to_vec(), b"1".to_vec())]);
        check(StemMap::Table(table.clone()), "a", Some("1"));
        check(StemMap::Table(table), "b", None);
    }

    #[test]
    fn pairs_are_kept_in_order_where_they_are() {
        let pairs = |of: &[(&str, &str)]| {
            StemMap::of(
                of.iter().map(|(a, b)| (a.as_bytes().to_vec(), b.as_bytes().to_vec())).collect(),
            )
        };
        // Texts sort otherwise than numbers do.
        assert!(matches!(pairs(&[("10", "300"), ("9", "200")]), StemMap::InOrder(_)));
        let swapped = pairs(&[("10", "9"), ("9", "10")]);
        assert!(matches!(swapped, StemMap::Table(_)));
        assert_eq!(swapped.apply(b"9"), Some(b"10".to_vec()));
    }
}
