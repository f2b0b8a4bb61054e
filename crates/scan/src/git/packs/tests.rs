use super::*;

#[test]
fn the_size_that_a_delta_makes_is_its_second_number() {
    let check = |delta: &[u8], expected: Option<u64>| {
        assert_eq!(delta_size(delta), expected, "{delta:?}");
    };
    check(&[5, 7, 1, 2], Some(7));
    check(&[0x80, 0x01, 0xff, 0x7f], Some(0x3fff));
    check(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0], Some(0));
    let largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    check(&[&[1][..], &largest].concat(), Some(u64::MAX));
    // More than 64 bits, and deltas that end too early.
    let too_large = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
    check(&[&[1][..], &too_large].concat(), None);
    check(&[&[1][..], &[0x80; 11], &[0]].concat(), None);
    for short in [&[][..], &[5], &[0x80], &[5, 0x80]] {
        check(short, None);
    }
}

#[test]
fn numbers_are_in_the_order_of_the_names() {
    let mut names = vec![[0_u8; 20], [0xff; 20]];
    for at in 0..20 {
        let mut name = [0x7f; 20];
        name[at] = 0x80;
        names.push(name);
    }
    for a in &names {
        for b in &names {
            assert_eq!(start(a).cmp(&start(b)), a.cmp(b), "{a:?} {b:?}");
        }
    }
}

#[test]
fn a_kind_is_that_of_its_own_place_alone() {
    let mut kinds = Kinds::default();
    assert_eq!(kinds.get(1, 12), None);
    let same_slot = |at: &u64| Kinds::slot(*at) == Kinds::slot(12);
    let other = (13..).find(same_slot).unwrap();
    kinds.put(1, 12, Kind::Blob);
    assert_eq!(kinds.get(1, 12), Some(Kind::Blob));
    assert_eq!((kinds.get(1, other), kinds.get(2, 12)), (None, None));
    kinds.put(1, other, Kind::Tree);
    assert_eq!((kinds.get(1, 12), kinds.get(1, other)), (None, Some(Kind::Tree)));
}
