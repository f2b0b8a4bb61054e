//! Trees that nobody would draw by hand: too large for a sketch, or made to do harm.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use sensortree_core::finding::settings::Settings;
use sensortree_core::report::Report;
use sensortree_core::sketch::Sketch;
use sensortree_core::tree::{Entry, EntryKind, TreeBuilder};
use sensortree_core::{Inspection, check};

/// Judges a tree, with the metadata.json that fits it where one is asked for.
fn judge(builder: TreeBuilder, metadata_for: Option<&str>) -> Report {
    let sketch = Sketch::parse(metadata_for.unwrap_or_default()).unwrap();
    check(Inspection { tree: builder.finish(), ..sketch.inspection() }, &Settings::default())
}

fn codes(report: &Report) -> Vec<(&'static str, u64)> {
    report.findings.iter().map(|finding| (finding.rule.code, finding.count)).collect()
}

#[test]
fn a_hundred_thousand_scenes_of_one_frame() {
    let mut builder = TreeBuilder::new();
    for sensor in ["lidar-top", "camera-front"] {
        let suffix = if sensor == "lidar-top" { "pcd" } else { "jpg" };
        for scene in 0..100_000_u64 {
            let timestamp = 1_681_532_060_061 + scene * 10_000;
            builder.add(&Entry::file(
                format!("{sensor}/scene_{scene:06}/{timestamp}.{suffix}").as_bytes(),
                1,
            ));
        }
    }
    builder.add(&Entry::file(b"metadata.json", 1));
    let report = judge(builder, Some("lidar-top/\ncamera-front/\nmetadata.json\n"));
    assert_eq!(codes(&report), []);
    assert_eq!((report.scenes.len(), report.frames), (100_000, 200_000));
}

#[test]
fn the_same_fault_in_every_scene_is_said_once() {
    let mut builder = TreeBuilder::new();
    for scene in 0..20_000_u64 {
        let timestamp = 1_681_532_060_061 + scene * 10_000;
        for name in [
            format!("{timestamp}.pcd"),
            format!("0{timestamp}.pcd"),
            format!("{timestamp}.bin"),
            format!("{timestamp}.txt"),
            format!("frame_{timestamp}.pcd"),
            format!("{timestamp}.pcd.part"),
            format!("{timestamp}\n.pcd"),
            format!("deeper/{timestamp}.pcd"),
            ".DS_Store".to_owned(),
        ] {
            builder.add(&Entry::file(format!("lidar-top/scene_{scene:05}/{name}").as_bytes(), 1));
        }
    }
    builder.add(&Entry::file(b"metadata.json", 1));
    let report = judge(builder, Some("lidar-top/\nmetadata.json\n"));
    let mut codes = codes(&report);
    codes.sort_unstable();
    let once = |code| (code, 20_000);
    // The other format is one fault and what is no frame another; two further files have the
    // first one's timestamp.
    assert_eq!(
        codes,
        [
            once("H101"),
            once("H103"),
            once("L108"),
            once("L114"),
            once("L114"),
            once("L117"),
            ("L119", 40_000),
            once("L121"),
        ]
    );
    assert!(report.findings.iter().all(|finding| finding.examples.len() <= 5));
}

#[test]
fn five_hundred_levels() {
    let path = format!("lidar-top/scene_1/{}1681532060061.pcd", "deeper/".repeat(500));
    let mut builder = TreeBuilder::new();
    builder.add(&Entry::file(path.as_bytes(), 1));
    builder.add(&Entry::file(b"metadata.json", 1));
    let report = judge(builder, Some("lidar-top/\nmetadata.json\n"));
    assert_eq!(codes(&report), [("L108", 1), ("L121", 1)]);
}

fn segment() -> impl Strategy<Value = Vec<u8>> {
    let segments: Vec<Vec<u8>> = [
        "lidar-top",
        "lidar-Top",
        "lidar_top",
        "lidar-",
        "camera-front",
        "camera-\u{202e}",
        "labels",
        "scene_1",
        "Scene_1",
        "caf\u{e9}",
        "cafe\u{301}",
        "",
        ".",
        "..",
        "a\nb",
        "\u{1b}[2J",
        "a\\b",
        " x ",
        "__MACOSX",
        ".git",
        "data",
        "1000.pcd",
        "1000.PCD",
        "01000.pcd",
        "1000.jpg",
        "1000.5.pcd",
        "1001.25.jpg",
        "-5.pcd",
        "7.pcd",
        "8.pcd",
        "1681532060061000.pcd",
        "1681532060.jpg",
        "99999999999999999999999999999999999.pcd",
        "frame_1.pcd",
        "2018-07-24T11-28-47.jpg",
        "x.bin",
        "1000.bin",
        "1000",
        "README.md",
        "metadata.json",
        "Metadata.json",
        ".DS_Store",
        "._1000.pcd",
        "1000.pcd.part",
        "dump.000001",
    ]
    .iter()
    .map(|name| name.as_bytes().to_vec())
    .chain([b"\xff\xfe".to_vec(), vec![b'n'; 255]])
    .collect();
    proptest::sample::select(segments)
}

fn entries() -> impl Strategy<Value = BTreeMap<Vec<u8>, (EntryKind, u64)>> {
    let kind = prop_oneof![
        8 => Just(EntryKind::File),
        2 => Just(EntryKind::Folder),
        1 => Just(EntryKind::Link),
        1 => Just(EntryKind::Special),
        1 => Just(EntryKind::FolderMarker),
    ];
    let path = proptest::collection::vec(segment(), 1..5).prop_map(|segments| segments.join(&b'/'));
    // Half of them lie where frames do.
    let path = prop_oneof![
        path,
        (
            segment(),
            prop_oneof![
                Just("lidar-top/scene_1/"),
                Just("camera-front/scene_1/"),
                Just("lidar-top/")
            ]
        )
            .prop_map(|(name, folder)| [folder.as_bytes(), &name].concat())
    ];
    proptest::collection::btree_map(path, (kind, 0_u64..3), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// No tree does harm, and neither the order of a listing nor how it is split changes
    /// what is said.
    #[test]
    fn whatever_stands_there_and_in_whatever_order(entries in entries(), cut in 0_usize..40) {
        let metadata = entries.contains_key(&b"metadata.json"[..]).then_some("lidar-top/\ncamera-front/\nmetadata.json\n");
        let build = |entries: &mut dyn Iterator<Item = (&Vec<u8>, &(EntryKind, u64))>| {
            let mut builder = TreeBuilder::new();
            for (path, (kind, size)) in entries {
                builder.add(&Entry { path, kind: *kind, size: (*kind == EntryKind::File).then_some(*size) });
            }
            builder
        };
        let forward = judge(build(&mut entries.iter()), metadata);
        let backward = judge(build(&mut entries.iter().rev()), metadata);
        let mut joined = build(&mut entries.iter().skip(cut));
        joined.merge(build(&mut entries.iter().take(cut)));
        let joined = judge(joined, metadata);
        let said = |report: &Report| format!("{:#?}{:?}", report.findings, report.verdict);
        prop_assert_eq!(said(&forward), said(&backward));
        prop_assert_eq!(said(&forward), said(&joined));
        for finding in &forward.findings {
            prop_assert!(finding.count > 0);
            prop_assert!(finding.examples.len() as u64 <= finding.count.max(1) + 5);
            prop_assert!(!finding.message.is_empty());
        }
    }
}
