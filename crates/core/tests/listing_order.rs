//! The order of a listing's lines, and how it is split, change nothing.

use proptest::prelude::*;
use sensortree_core::document::MetadataFile;
use sensortree_core::finding::settings::Settings;
use sensortree_core::sketch::fitting_metadata;
use sensortree_core::tree::{Coverage, Entry, EntryKind, Target, TargetKind, TreeBuilder};
use sensortree_core::{Inspection, check};

type Line = (Vec<u8>, EntryKind, Option<u64>);

/// A line of a listing: frames, what is no frame, markers with and without a slash, names of
/// unknown kind, paths that are too deep or too long.
fn line() -> impl Strategy<Value = Line> {
    let sensor = prop_oneof![Just("lidar-top"), Just("camera-front"), Just("notes")];
    let scene = prop_oneof![Just("s1"), Just("2"), Just("2023.04"), Just(".cache"), Just("@eaDir")];
    let name = prop_oneof![
        (0_u32..6).prop_map(|at| format!("{}.pcd", 1000 + at * 100)),
        (0_u32..6).prop_map(|at| format!("frame_{at:04}.jpg")),
        (0_u32..3).prop_map(|at| format!("{}.jpg.part", 1000 + at * 100)),
        Just("Thumbs.db".to_owned()),
        Just("a b ".to_owned()),
        Just("inner".to_owned()),
        Just("x".repeat(1_100)),
        Just(format!("{}1000.pcd", "d/".repeat(17))),
        Just("d".to_owned()),
        Just("inner/1000.pcd".to_owned()),
    ];
    let kind = prop_oneof![
        6 => Just(EntryKind::File),
        2 => Just(EntryKind::Unknown),
        1 => Just(EntryKind::Link),
    ];
    let file = (
        sensor.clone(),
        scene.clone(),
        name,
        kind,
        prop_oneof![Just(None), Just(Some(0)), Just(Some(9))],
    )
        .prop_map(|(sensor, scene, name, kind, size)| {
            (format!("{sensor}/{scene}/{name}").into_bytes(), kind, size)
        });
    let marker =
        (sensor, scene, any::<bool>(), any::<bool>()).prop_map(|(sensor, scene, deep, slash)| {
            let path = if deep { format!("{sensor}/{scene}") } else { sensor.to_owned() };
            match slash {
                true => (format!("{path}/").into_bytes(), EntryKind::FolderMarker, Some(0)),
                false => (path.into_bytes(), EntryKind::File, Some(0)),
            }
        });
    prop_oneof![4 => file, 1 => marker]
}

/// All that is found, as text.
fn found(parts: &[&[&Line]]) -> String {
    let mut builder = TreeBuilder::new();
    for part in parts {
        let mut other = TreeBuilder::new();
        for (path, kind, size) in *part {
            other.add(&Entry { path, kind: *kind, size: *size });
        }
        builder.merge(other);
    }
    let metadata = fitting_metadata(&["top".to_owned()], &["front".to_owned()]);
    let inspection = Inspection {
        target: Target { kind: TargetKind::S3, uri: "list".to_owned(), segments: Vec::new() },
        tree: builder.finish(),
        archive: None,
        metadata: MetadataFile::Text(metadata.into_bytes()),
        coverage: Coverage { content: "none", ..Coverage::default() },
    };
    let settings = Settings { max_examples: 1_000, ..Settings::default() };
    let report = check(inspection, &settings);
    format!("{} {} {} {:#?}", report.files, report.bytes, report.frames, report.findings)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn neither_order_nor_parts_nor_repeated_lines_matter(
        lines in proptest::collection::vec(line(), 1..40),
        repeated in proptest::collection::vec(any::<prop::sample::Index>(), 0..5),
        keys in proptest::collection::vec(any::<u32>(), 64),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut all: Vec<&Line> = lines.iter().collect();
        all.extend(repeated.iter().map(|at| at.get(&lines)));
        let expected = found(&[&all]);
        let mut shuffled: Vec<(u32, &Line)> = keys.iter().copied().cycle().zip(all.iter().copied()).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<&Line> = shuffled.into_iter().map(|(_, line)| line).collect();
        prop_assert_eq!(&found(&[&shuffled]), &expected);
        let (left, right) = shuffled.split_at(cut.index(shuffled.len()));
        prop_assert_eq!(&found(&[right, left]), &expected);
    }
}
