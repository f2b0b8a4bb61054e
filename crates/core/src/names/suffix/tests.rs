use crate::names::*;

#[test]
fn what_is_odd_about_a_name() {
    let check =
        |name: &[u8], expected: Option<Oddity>| assert_eq!(oddity(name), expected, "{name:?}");
    check(b"scene_1", None);
    check("scène 1".as_bytes(), None);
    check(b"", Some(Oddity::Empty));
    check(b".", Some(Oddity::Dots));
    check(b"..", Some(Oddity::Dots));
    check(b"...", None);
    check(b"a\xff", Some(Oddity::NotText));
    check(b"a\nb", Some(Oddity::Control));
    check(b"\x1b[31mred", Some(Oddity::Control));
    check("a\u{85}".as_bytes(), Some(Oddity::Control));
    check(b"a\\b", Some(Oddity::Backslash));
    check("a\u{202e}gpj".as_bytes(), Some(Oddity::Invisible));
    check(b" a", Some(Oddity::OuterSpace));
    check("a\u{a0}".as_bytes(), Some(Oddity::OuterSpace));
    check(&[b'a'; 255], None);
}

#[test]
fn what_a_name_is() {
    let check = |name: &str, expected: NameClass| {
        assert_eq!(classify(name.as_bytes()), expected, "{name:?}");
    };
    for leftover in [
        ".DS_Store",
        "._1000.pcd",
        "Icon\r",
        "sensortree.toml",
        "1000.pcd.part",
        "1000.pcd_.gstmp",
        ".nfs00000000004a2c2b00000001",
        ".1000.pcd.Ab12Cd",
        ".notes.Ab12Cd",
        ".settings.backup",
        ".1000.123456",
        "metadata (1).json",
        "metadata.json.bak",
    ] {
        let id = leftovers::file(leftover.as_bytes()).expect(leftover);
        check(leftover, NameClass::Leftover(id));
    }
    check(".a\tb", NameClass::Odd(Oddity::Control, Suffix::default()));
    check("1000.pcd.dvc", NameClass::Other(Suffix::new(b"dvc")));
    check("data.dvc", NameClass::Other(Suffix::new(b"dvc")));
    check("~", NameClass::Other(Suffix::default()));
    check("a\tb.txt", NameClass::Odd(Oddity::Control, Suffix::new(b"txt")));
    check("a.jpg ", NameClass::Odd(Oddity::OuterSpace, Suffix::new(b"jpg")));
    check("notes.TXT", NameClass::Other(Suffix::new(b"txt")));
    check("dump.000001", NameClass::Other(Suffix::default()));
    check("__MACOSX", NameClass::Other(Suffix::default()));
}

#[test]
fn which_names_are_one_name_elsewhere() {
    let same = |a: &str, b: &str| fold(a.as_bytes()) == fold(b.as_bytes());
    assert!(same("Scene_1", "scene_1"));
    assert!(same("caf\u{e9}", "cafe\u{301}"));
    assert!(same("CAF\u{c9}", "cafe\u{301}"));
    assert!(!same("scene_1", "scene-1"));
    assert!(!same("scene_1", "scene_01"));
    assert_ne!(fold(b"\xff"), fold(b"\xfe"));
}
