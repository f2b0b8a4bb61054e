//! A tree that is rearranged is judged as the tree whose files have these paths.
#![expect(
    clippy::disallowed_methods,
    reason = "the sketches are files; the core that judges them reads none"
)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../../fixtures/sketches.rs"]
mod sketches;

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use sensortree_core::finding::settings::Settings;
use sensortree_core::names::name_set::NameSet;
use sensortree_core::plan::{ChangeCounts, MetadataSource, Plan, Rename, RenameFault};
use sensortree_core::repair::{Coordinate, FileSet, InOrder, Operation, StemMap};
use sensortree_core::sketch::{Drawn, Sketch};
use sensortree_core::tree::{Arrangement, Destination, Entry, FolderId, Tree, TreeBuilder};
use sensortree_core::{Inspection, check, rules};

/// Everything that a report says of a tree, but for the sizes of files, which a tree does not keep
/// one by one.
fn said(inspection: Inspection) -> Vec<String> {
    let select = rules::ALL.iter().map(|rule| rule.code.parse().unwrap()).collect();
    let report = check(inspection, &Settings { select, ..Settings::default() });
    let mut said: Vec<String> = report
        .findings
        .iter()
        .map(|finding| {
            let (code, hash) = (finding.rule.code, finding.content_hash);
            let places: Vec<String> = finding
                .examples
                .iter()
                .map(|example| format!("{} {:?}", example.path.escape_ascii(), example.expected))
                .collect();
            format!("{code} {} {} {places:?} {hash}", finding.count, finding.message)
        })
        .collect();
    said.push(format!("{:?} {} files", report.verdict.outcome, report.files));
    said
}

/// Each file by itself, to the path that it has.
struct Same<'t>(&'t Tree);

impl Arrangement for Same<'_> {
    fn folder(&self, folder: FolderId) -> Option<Vec<u8>> {
        let path = self.0.path(folder);
        Some(path.strip_suffix(b"/").unwrap_or(&path).to_vec())
    }

    fn sorts(&self, _: FolderId) -> bool {
        true
    }

    fn file(&self, folder: FolderId, name: &[u8]) -> Destination {
        Destination::Path(self.0.path_of(folder, name))
    }
}

#[test]
fn a_tree_that_is_taken_apart_and_put_together_is_judged_the_same() {
    let pages = rules::ALL.iter().flat_map(|rule| rule.sketches()).map(|(_, text)| text);
    let read = |path| std::fs::read_to_string(path).unwrap();
    let mut compared = 0;
    for text in sketches::paths().into_iter().map(read).chain(pages) {
        let inspection = Sketch::parse(&text).unwrap().inspection();
        let tree = inspection.tree.rearranged(&Same(&inspection.tree));
        // How large a zip is it is told by the zip itself.
        let expected = said(inspection.clone());
        assert_eq!(said(Inspection { tree, ..inspection }), expected, "{text}");
        compared += 1;
    }
    assert!(compared > 500, "{compared} sketches");
}

fn sketch(text: &str) -> Sketch {
    Sketch::parse(text).unwrap()
}

fn rename(from: &str, to: &str) -> Rename {
    Rename { from: from.into(), to: to.into() }
}

const TREE: &str = "\
lidar-top/
  a/
    1.pcd x3 +1
  b/
    1.pcd (0 bytes)
cam_front/
  a/
    1.jpg x3 +1
  b/
    1.jpg
meta/
  metadata.json
";

#[test]
fn a_list_of_renames_is_carried_out_all_at_once() {
    let inspection = sketch(TREE).inspection();
    let renames = [
        rename("cam_front", "camera-front"),
        // Swapped.
        rename("lidar-top/a/", "lidar-top/b"),
        rename("lidar-top/b", "lidar-top/a"),
        // Out of a folder that moves itself.
        rename("cam_front/b/1.jpg", "camera-front/a/4.jpg"),
        rename("meta/metadata.json", "metadata.json"),
    ];
    let plan = Plan::from_renames(&inspection.tree, &renames).unwrap();
    assert_eq!(plan.metadata_source(), MetadataSource::From(b"meta/metadata.json".to_vec()));
    let after = inspection.after(&plan, Some(b"{}".to_vec()));
    let expected = "\
lidar-top/
  b/
    1.pcd x3 +1
  a/
    1.pcd (0 bytes)
camera-front/
  a/
    1.jpg x4 +1
metadata.json:
{}
";
    assert_eq!(said(after), said(sketch(expected).inspection()));
    let mut changes = Vec::new();
    plan.for_each_change(|change| changes.push((change.from, change.to.unwrap_or_default())));
    let pair = |from: &str, to: &str| (from.as_bytes().to_vec(), to.as_bytes().to_vec());
    changes.sort_unstable();
    assert_eq!(
        changes,
        [
            pair("cam_front/", "camera-front/"),
            pair("cam_front/b/1.jpg", "camera-front/a/4.jpg"),
            pair("lidar-top/a/", "lidar-top/b/"),
            pair("lidar-top/b/", "lidar-top/a/"),
            pair("meta/metadata.json", "metadata.json"),
        ]
    );
}

#[test]
fn a_list_of_renames_that_cannot_be_carried_out_is_refused() {
    let tree = sketch(TREE).tree();
    let check = |renames: &[Rename], at: Option<usize>, fault: RenameFault| {
        let error = Plan::from_renames(&tree, renames).unwrap_err();
        assert_eq!((error.at, error.fault), (at, fault), "{renames:?}");
    };
    let path = |path: &str| path.as_bytes().to_vec();
    check(&[rename("cam", "x")], Some(0), RenameFault::Absent(path("cam")));
    check(
        &[rename("lidar-top/a/1.pcd/", "x")],
        Some(0),
        RenameFault::Absent(path("lidar-top/a/1.pcd/")),
    );
    let twice = [rename("meta", "x"), rename("meta/", "y")];
    check(&twice, Some(1), RenameFault::Twice(path("meta/")));
    for to in ["", "/x", "../x", "x/../y", "x//y", "./x", "a\0b"] {
        let error = Plan::from_renames(&tree, &[rename("meta", to)]).unwrap_err();
        assert!(matches!(error.fault, RenameFault::NoPath(..)), "{to:?}: {error:?}");
    }
    let taken = |at: &str| RenameFault::Taken(path(at));
    check(&[rename("lidar-top/a/1.pcd", "lidar-top/a/2.pcd")], None, taken("lidar-top/a/2.pcd"));
    check(&[rename("lidar-top/b", "lidar-top/a")], None, taken("lidar-top/a/1.pcd"));
    check(&[rename("meta/metadata.json", "lidar-top")], None, taken("lidar-top"));
    let to_one = [rename("lidar-top/a/1.pcd", "x/1.pcd"), rename("lidar-top/a/2.pcd", "x/1.pcd")];
    check(&to_one, None, taken("x/1.pcd"));
}

const FOLDERS: &[&str] = &["lidar-top", "lidar-top/a", "lidar-top/b", "camera-x/a", "x", ".h"];
const NAMES: &[&str] = &[
    "1.pcd",
    "2.pcd",
    "0003.pcd",
    "1.jpg",
    "2.JPG",
    "x.jpg",
    "2023-04-15.pcd",
    "Thumbs.db",
    "metadata.json",
    "a:b.jpg",
    "1.png",
    "3",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any files of a tree, renamed to any free paths, give the tree that has these paths.
    #[test]
    fn renames_give_the_tree_that_has_the_new_paths(
        files in proptest::collection::btree_map((0..FOLDERS.len(), 0..NAMES.len()), any::<bool>(), 1..20),
        moves in proptest::collection::vec((any::<prop::sample::Index>(), 0..FOLDERS.len(), 0..NAMES.len()), 0..8),
    ) {
        let path = |(folder, name): (usize, usize)| format!("{}/{}", FOLDERS[folder], NAMES[name]);
        let mut sketch = Sketch::parse("").unwrap();
        let mut paths: BTreeMap<String, (String, bool)> = BTreeMap::new();
        for (at, is_empty) in &files {
            // Of frames alone it is kept that they are empty.
            let is_frame = [".pcd", ".jpg", ".JPG", ".png"].iter().any(|end| path(*at).ends_with(end));
            paths.insert(path(*at), (path(*at), *is_empty && is_frame));
        }
        let add = |sketch: &mut Sketch, path: &str, is_empty: bool| {
            let file = Drawn::file(path.as_bytes());
            sketch.entries.push(Drawn { size: if is_empty { 0 } else { file.size }, ..file });
        };
        for (path, (_, size)) in &paths {
            add(&mut sketch, path, *size);
        }
        let inspection = sketch.inspection();
        let names: Vec<String> = paths.keys().cloned().collect();
        let mut renames = BTreeMap::new();
        for (index, folder, name) in &moves {
            renames.insert(index.get(&names).clone(), path((*folder, *name)));
        }
        // What lies in a folder that is set apart is not kept by its name.
        renames.retain(|from, _| !from.starts_with(".h"));
        let renames: Vec<Rename> = renames.iter().map(|(from, to)| rename(from, to)).collect();
        let mut after: BTreeMap<Vec<u8>, bool> = BTreeMap::new();
        let mut is_free = true;
        for (path, (_, size)) in &paths {
            let renamed = renames.iter().find(|rename| rename.from == path.as_bytes());
            let to = renamed.map_or(path.clone().into_bytes(), |rename| rename.to.clone());
            is_free &= after.insert(to, *size).is_none();
        }
        let plan = match Plan::from_renames(&inspection.tree, &renames) {
            Ok(plan) => plan,
            Err(error) => {
                prop_assert!(!is_free, "{:?}", error);
                return Ok(());
            }
        };
        // Two files of one name in a folder that is set apart are not known to be two.
        prop_assume!(is_free);
        let mut expected = Sketch::parse("").unwrap();
        for (path, size) in &after {
            add(&mut expected, std::str::from_utf8(path).unwrap(), *size);
        }
        let expected = Inspection { metadata: inspection.metadata.clone(), ..expected.inspection() };
        let found = inspection.after(&plan, None);
        let found = Inspection { metadata: inspection.metadata.clone(), coverage: expected.coverage.clone(), ..found };
        prop_assert_eq!(said(found), said(expected));
    }
}

/// The files of a plan by themselves, each to the path that the plan names.
struct OneByOne<'t>(&'t Tree, BTreeMap<Vec<u8>, Vec<u8>>);

impl Arrangement for OneByOne<'_> {
    fn folder(&self, folder: FolderId) -> Option<Vec<u8>> {
        Same(self.0).folder(folder)
    }

    fn sorts(&self, _: FolderId) -> bool {
        true
    }

    fn file(&self, folder: FolderId, name: &[u8]) -> Destination {
        match self.1.get(&self.0.path_of(folder, name)) {
            Some(path) => Destination::Path(path.clone()),
            None => Destination::Stays,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Files that get other numbers are counted and moved as if each was by itself, whatever else
    /// lies beside them, and whatever is in their way.
    #[test]
    fn numbers_become_others_as_their_files_would_one_by_one(
        numbers in proptest::collection::btree_map(0_u32..60, (0_u32..60, 0..4_u8), 1..30),
        beside in proptest::collection::vec(0..7_usize, 0..4),
        padded in any::<bool>(),
        is_empty in proptest::option::of(0_u32..60),
        suffix in 0..3_usize,
        as_well in 0..4_u8,
    ) {
        const BESIDE: [&str; 7] =
            ["7.png", "007.jpg", "notes.txt", "metadata.json", "5.jpg", ".DS_Store", "9.pcd.bin"];
        const SUFFIXES: [&str; 3] = [".jpg", ".mp4", ".pcd.bin"];
        let name = |number: u32| match padded {
            true => format!("{number:03}{}", SUFFIXES[suffix]),
            false => format!("{number}{}", SUFFIXES[suffix]),
        };
        let mut builder = TreeBuilder::new();
        let mut add = |name: &str, size: u64| {
            builder.add(&Entry::file(format!("camera-a/s/{name}").as_bytes(), size));
        };
        for number in numbers.keys() {
            add(&name(*number), u64::from(is_empty != Some(*number)));
        }
        // Some that are there already were listed twice.
        beside.iter().for_each(|at| add(BESIDE[*at], 1));
        let tree = builder.finish();
        let folder = tree.folder_at(b"camera-a/s").unwrap();
        let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        let mut last = None;
        for (from, (to, kind)) in &numbers {
            if *kind > 0 && last.is_none_or(|last| last < *to) {
                last = Some(*to);
                let stem = |number: u32| match padded {
                    true => format!("{number:03}").into_bytes(),
                    false => number.to_string().into_bytes(),
                };
                pairs.push((stem(*from), stem(*to)));
            }
        }
        let Some(map) = InOrder::of(&pairs) else { return Ok(()) };
        let meant = pairs.iter().map(|(from, _)| [from.as_slice(), SUFFIXES[suffix].as_bytes()].concat());
        let files = FileSet::named(folder, NameSet::from_names(meant.skip(usize::from(as_well == 3))));
        let mut plan = Plan::new(&tree);
        let coordinate = Coordinate::Stem(StemMap::InOrder(Arc::new(map)));
        plan.add(&Operation::Set { files, coordinate }).unwrap();
        if as_well == 2 {
            let to = b"camera-b/s".to_vec();
            plan.add(&Operation::Move { from: b"camera-a/s/".to_vec(), to }).unwrap();
        }
        let mut changes = BTreeMap::new();
        let mut count = ChangeCounts::default();
        plan.for_each_change(|change| {
            let is_folder = change.from.ends_with(b"/");
            if is_folder { count.moved.folders += 1 } else { count.renamed.files += 1 }
            changes.insert(change.from, change.to.unwrap());
        });
        prop_assert_eq!(plan.counts(), count);
        if as_well != 2 {
            let expected = tree.rearranged(&OneByOne(&tree, changes));
            let found = plan.tree();
            prop_assert_eq!(found.fingerprint(), expected.fingerprint());
            let repeated = |tree: &Tree| {
                let of = |folder| tree.folder(folder).repeated().smallest(99);
                tree.folder_at(b"camera-a/s").map(of)
            };
            prop_assert_eq!(repeated(&found), repeated(&expected));
        }
    }
}
