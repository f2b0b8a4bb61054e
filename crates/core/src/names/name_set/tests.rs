use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

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
    assert_eq!(many.occurrences().count, 100_000);
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
        prop_assert_eq!(parts.occurrences(), whole.occurrences());
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

#[test]
fn a_walk_tells_the_same_as_the_set() {
    let names = |values: &mut dyn Iterator<Item = u64>| -> Vec<String> {
        values.flat_map(|at| [format!("{at}.jpg"), format!("frame_{at:06}.png")]).collect()
    };
    let set = NameSet::from_names(names(&mut (0..500).map(|at| at * at % 1_009)));
    let mut asked = names(&mut (0..1_100));
    asked.extend(names(&mut (0..300).rev()));
    asked.extend(["a.jpg", "", "001.jpg"].map(str::to_owned));
    let mut walk = Walk::default();
    for name in asked {
        assert_eq!(walk.contains(&set, name.as_bytes()), set.contains(name.as_bytes()), "{name}");
    }
}
