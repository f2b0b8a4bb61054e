use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::plan::Rename;
use crate::repair::{FileSet, Operation};
use crate::tree::{Entry, EntryKind, FolderId, Tree, TreeBuilder, joined, parent_and_name};

/// Folders and files by path, as a file system has them; files with what they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Disk {
    folders: BTreeSet<Vec<u8>>,
    files: BTreeMap<Vec<u8>, Vec<u8>>,
    trash: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Disk {
    fn of(paths: &[&str]) -> Self {
        let mut disk = Disk::default();
        for path in paths {
            let path = path.as_bytes();
            match path.strip_suffix(b"/") {
                Some(folder) => disk.make(folder),
                None => {
                    disk.make(parent_and_name(path).0);
                    disk.files.insert(path.to_vec(), path.to_vec());
                }
            }
        }
        disk
    }

    fn make(&mut self, path: &[u8]) {
        let mut path = path;
        while !path.is_empty() {
            self.folders.insert(path.to_vec());
            path = parent_and_name(path).0;
        }
    }

    fn tree(&self) -> Tree {
        let mut builder = TreeBuilder::new();
        for path in &self.folders {
            builder.add(&Entry { path, kind: EntryKind::Folder, size: None });
        }
        for path in self.files.keys() {
            builder.add(&Entry { path, kind: EntryKind::File, size: Some(1) });
        }
        builder.finish()
    }

    fn is_there(&self, path: &[u8]) -> bool {
        path.is_empty() || self.folders.contains(path) || self.files.contains_key(path)
    }

    /// Takes one step, as strictly as a file system.
    fn take(&mut self, phase: Phase, step: Step<'_>) {
        match step {
            Step::MakeFolder { path } => {
                assert!(self.is_there(parent_and_name(path).0) && !self.is_there(path));
                self.folders.insert(path.to_vec());
            }
            Step::WriteMetadata { path } => {
                assert!(self.is_there(parent_and_name(path).0) && !self.is_there(path));
                self.files.insert(path.to_vec(), b"new".to_vec());
            }
            Step::Rename { from, to, names } => {
                for (at, (name, new_name)) in names.iter().enumerate() {
                    let path = joined(from, name);
                    let shown = String::from_utf8_lossy(&path).into_owned();
                    assert!(self.is_there(&path), "{phase:?}: {shown} is not there");
                    let to = match to {
                        Place::Tree(to) => joined(to, new_name),
                        Place::Trash(to) => joined(&joined(b"TRASH", to), new_name),
                        Place::Kept => b"KEPT".to_vec(),
                    };
                    let goes = String::from_utf8_lossy(&to).into_owned();
                    assert!(!self.is_there(&to), "{phase:?}: {goes} is taken by {shown}");
                    if to.starts_with(b"TRASH") || to == b"KEPT" {
                        self.make(parent_and_name(&to).0);
                    }
                    assert!(self.is_there(parent_and_name(&to).0), "{phase:?}: no {goes}");
                    assert!(!to.starts_with(&[path.as_slice(), b"/"].concat()), "{goes} in itself");
                    if at > 0 && matches!(phase, Phase::Within) {
                        assert_eq!(from, parent_and_name(&to).0);
                    }
                    self.go(&path, &to);
                }
            }
            Step::RemoveFolder { path } => {
                let below = [path, b"/"].concat();
                let is_below = |other: &Vec<u8>| other.starts_with(&below);
                if !self.folders.iter().any(is_below) && !self.files.keys().any(is_below) {
                    assert!(self.folders.remove(path));
                }
            }
            Step::Touches { folder } => {
                assert!(!folder.starts_with(b"."), "{folder:?}");
            }
        }
    }

    fn go(&mut self, from: &[u8], to: &[u8]) {
        if let Some(held) = self.files.remove(from) {
            self.files.insert(to.to_vec(), held);
            return;
        }
        let below = [from, b"/"].concat();
        let renamed = |path: &Vec<u8>| {
            let rest = path.strip_prefix(below.as_slice());
            rest.map_or_else(
                || if path == from { to.to_vec() } else { path.clone() },
                |rest| joined(to, rest),
            )
        };
        self.folders = self.folders.iter().map(renamed).collect();
        self.files = self.files.iter().map(|(path, held)| (renamed(path), held.clone())).collect();
    }
}

/// What a disk is after a plan, by its steps; `None` where there is no order.
fn carried_out(disk: &Disk, plan: &Plan<'_>, edited: Option<&[u8]>) -> Result<Disk, StepError> {
    let mut steps: BTreeMap<Phase, Vec<OwnedStep>> = BTreeMap::new();
    let each = &mut |phase, step: Step<'_>| {
        steps.entry(phase).or_default().push(OwnedStep::of(step));
        Ok::<(), ()>(())
    };
    match plan.for_each_step(".tmp-", edited, each) {
        Ok(()) => {}
        Err(StepsEnd::Plan(error)) => return Err(error),
        Err(StepsEnd::Taker(())) => unreachable!(),
    }
    let mut after = disk.clone();
    for (phase, mut steps) in steps {
        // Those that may be done at once must not need any order.
        if !phase.is_in_order() {
            steps.reverse();
        }
        for step in steps {
            after.take(phase, step.step());
        }
    }
    for path in std::mem::take(&mut after.folders) {
        if !path.starts_with(b"TRASH") {
            after.folders.insert(path);
        }
    }
    let all = std::mem::take(&mut after.files);
    for (path, held) in all {
        match path.strip_prefix(b"TRASH/") {
            Some(rest) => after.trash.insert(rest.to_vec(), held),
            None if path == b"KEPT" => after.trash.insert(path, held),
            None => after.files.insert(path, held),
        };
    }
    Ok(after)
}

enum OwnedStep {
    Make(Vec<u8>),
    Write(Vec<u8>),
    Rename(Vec<u8>, Option<(bool, Vec<u8>)>, Vec<(Vec<u8>, Vec<u8>)>),
    Remove(Vec<u8>),
    Touches(Vec<u8>),
}

impl OwnedStep {
    fn of(step: Step<'_>) -> Self {
        match step {
            Step::MakeFolder { path } => OwnedStep::Make(path.to_vec()),
            Step::WriteMetadata { path } => OwnedStep::Write(path.to_vec()),
            Step::Rename { from, to, names } => {
                let to = match to {
                    Place::Tree(to) => Some((true, to.to_vec())),
                    Place::Trash(to) => Some((false, to.to_vec())),
                    Place::Kept => None,
                };
                OwnedStep::Rename(from.to_vec(), to, names.to_vec())
            }
            Step::RemoveFolder { path } => OwnedStep::Remove(path.to_vec()),
            Step::Touches { folder } => OwnedStep::Touches(folder.to_vec()),
        }
    }

    fn step(&self) -> Step<'_> {
        match self {
            OwnedStep::Make(path) => Step::MakeFolder { path },
            OwnedStep::Write(path) => Step::WriteMetadata { path },
            OwnedStep::Rename(from, to, names) => {
                let to = match to {
                    Some((true, to)) => Place::Tree(to),
                    Some((false, to)) => Place::Trash(to),
                    None => Place::Kept,
                };
                Step::Rename { from, to, names }
            }
            OwnedStep::Remove(path) => Step::RemoveFolder { path },
            OwnedStep::Touches(folder) => Step::Touches { folder },
        }
    }
}

/// Carries out renames of a disk and holds the files afterwards against the expected ones, each as
/// `path` or `path=what it was called before`.
fn check(paths: &[&str], renames: &[(&str, &str)], expected: &[&str]) {
    let disk = Disk::of(paths);
    let tree = disk.tree();
    let renames: Vec<Rename> = renames
        .iter()
        .map(|(from, to)| Rename { from: from.as_bytes().to_vec(), to: to.as_bytes().to_vec() })
        .collect();
    let plan = Plan::from_renames(&tree, &renames).unwrap();
    let after = carried_out(&disk, &plan, None).unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut found: Vec<String> = after
        .files
        .iter()
        .map(
            |(path, held)| {
                if path == held { text(path) } else { format!("{}={}", text(path), text(held)) }
            },
        )
        .collect();
    let holds_nothing = |folder: &&Vec<u8>| {
        let below = [folder.as_slice(), b"/"].concat();
        !after.folders.iter().chain(after.files.keys()).any(|path| path.starts_with(&below))
    };
    found.extend(after.folders.iter().filter(holds_nothing).map(|path| format!("{}/", text(path))));
    found.sort();
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected, "{renames:?}");
}

#[test]
fn files_get_names_that_others_had() {
    check(&["a/1.jpg", "a/2.jpg"], &[("a/1.jpg", "a/3.jpg")], &["a/2.jpg", "a/3.jpg=a/1.jpg"]);
    // A chain, a swap, and a circle of three.
    check(
        &["a/1.jpg", "a/2.jpg", "a/3.jpg"],
        &[("a/1.jpg", "a/2.jpg"), ("a/2.jpg", "a/3.jpg"), ("a/3.jpg", "a/4.jpg")],
        &["a/2.jpg=a/1.jpg", "a/3.jpg=a/2.jpg", "a/4.jpg=a/3.jpg"],
    );
    check(
        &["a/1.jpg", "a/2.jpg"],
        &[("a/1.jpg", "a/2.jpg"), ("a/2.jpg", "a/1.jpg")],
        &["a/1.jpg=a/2.jpg", "a/2.jpg=a/1.jpg"],
    );
    check(
        &["a/x", "a/y", "a/z", "a/w"],
        &[("a/x", "a/y"), ("a/y", "a/z"), ("a/z", "a/x"), ("a/w", "a/v")],
        &["a/x=a/z", "a/y=a/x", "a/z=a/y", "a/v=a/w"],
    );
    // Between two folders, both ways.
    check(
        &["a/1.jpg", "b/1.jpg"],
        &[("a/1.jpg", "b/1.jpg"), ("b/1.jpg", "a/1.jpg")],
        &["a/1.jpg=b/1.jpg", "b/1.jpg=a/1.jpg"],
    );
    check(
        &["a/1.jpg", "b/1.jpg"],
        &[("a/1.jpg", "b/1.jpg"), ("b/1.jpg", "b/2.jpg")],
        &["b/1.jpg=a/1.jpg", "b/2.jpg=b/1.jpg"],
    );
}

#[test]
fn folders_go_with_all_in_them() {
    check(&["a/s/1.jpg"], &[("a", "b")], &["b/s/1.jpg=a/s/1.jpg"]);
    check(
        &["a/1.jpg", "b/2.jpg"],
        &[("a", "b"), ("b", "a")],
        &["a/2.jpg=b/2.jpg", "b/1.jpg=a/1.jpg"],
    );
    // Renamed, and files in them, too.
    check(
        &["a/1.jpg", "a/2.jpg"],
        &[("a", "b"), ("a/1.jpg", "b/3.jpg")],
        &["b/2.jpg=a/2.jpg", "b/3.jpg=a/1.jpg"],
    );
    // Below itself, and out of itself.
    check(&["x/1.jpg"], &[("x", "x/x")], &["x/x/1.jpg=x/1.jpg"]);
    check(&["x/x/1.jpg"], &[("x/x", "x")], &["x/1.jpg=x/x/1.jpg"]);
    check(
        &["a/b/1.jpg", "a/2.jpg"],
        &[("a/b", "b"), ("a", "b/a")],
        &["b/1.jpg=a/b/1.jpg", "b/a/2.jpg=a/2.jpg"],
    );
    // Scenes outside, sensors inside: turned round.
    check(
        &["s1/lidar-a/1.pcd", "s2/lidar-a/2.pcd", "s1/camera-b/1.jpg"],
        &[
            ("s1/lidar-a", "lidar-a/s1"),
            ("s2/lidar-a", "lidar-a/s2"),
            ("s1/camera-b", "camera-b/s1"),
        ],
        &[
            "lidar-a/s1/1.pcd=s1/lidar-a/1.pcd",
            "lidar-a/s2/2.pcd=s2/lidar-a/2.pcd",
            "camera-b/s1/1.jpg=s1/camera-b/1.jpg",
        ],
    );
    // A folder gets the name of a file, and a file that of a folder.
    check(
        &["a/1.jpg", "x", "b/2.jpg"],
        &[("x", "a"), ("a", "x")],
        &["a=x", "x/1.jpg=a/1.jpg", "b/2.jpg"],
    );
}

#[test]
fn two_folders_become_one() {
    check(
        &["a/s/1.jpg", "a/t/1.jpg", "b/s/2.jpg", "b/u/1.jpg"],
        &[("b", "a")],
        &["a/s/1.jpg", "a/t/1.jpg", "a/s/2.jpg=b/s/2.jpg", "a/u/1.jpg=b/u/1.jpg"],
    );
    check(
        &["b/1.jpg", "c/2.jpg"],
        &[("b", "a"), ("c", "a")],
        &["a/1.jpg=b/1.jpg", "a/2.jpg=c/2.jpg"],
    );
}

#[test]
fn what_is_taken_out_lies_in_the_trash_under_its_path() {
    let disk = Disk::of(&["a/1.jpg", "a/junk", "b/c/2.jpg", "b/c/3.jpg"]);
    let tree = disk.tree();
    let (a, c) = (tree.folder_at(b"a").unwrap(), tree.folder_at(b"b/c").unwrap());
    let mut plan = Plan::new(&tree);
    let mut junk = crate::names::name_set::NameSet::default();
    junk.insert(b"junk");
    plan.add(&Operation::Remove { files: FileSet::named(a, junk) }).unwrap();
    plan.add(&Operation::Remove { files: FileSet::Folder(c) }).unwrap();
    plan.add(&Operation::Move { from: b"b/c/2.jpg".to_vec(), to: b"a/2.jpg".to_vec() }).unwrap();
    let after = carried_out(&disk, &plan, None).unwrap();
    let keys = |of: &BTreeMap<Vec<u8>, Vec<u8>>| -> Vec<String> {
        of.keys().map(|path| String::from_utf8(path.clone()).unwrap()).collect()
    };
    assert_eq!(keys(&after.files), ["a/1.jpg", "a/2.jpg"]);
    assert_eq!(keys(&after.trash), ["a/junk", "b/c/3.jpg"]);
    assert!(!after.folders.contains(b"b".as_slice()), "{after:?}");
}

#[test]
fn metadata_is_written_beside_and_swapped_in() {
    for to in ["metadata.json", "meta.json", "a/metadata.json", "new/metadata.json"] {
        let disk = Disk::of(&["metadata.json", "a/1.jpg"]);
        let tree = disk.tree();
        let rename = Rename { from: b"metadata.json".to_vec(), to: to.as_bytes().to_vec() };
        let plan = Plan::from_renames(&tree, &[rename]).unwrap();
        let after = carried_out(&disk, &plan, Some(b"metadata.json")).unwrap();
        assert_eq!(after.files.get(to.as_bytes()).unwrap(), b"new");
        assert_eq!(after.files.len(), 2);
        assert_eq!(after.trash.get(b"KEPT".as_slice()).unwrap(), b"metadata.json");
    }
    let disk = Disk::of(&["a/1.jpg"]);
    let tree = disk.tree();
    let plan = Plan::new(&tree);
    let error = carried_out(&disk, &plan, Some(b"metadata.json")).unwrap_err();
    assert_eq!(error, StepError::NoMetadata(b"metadata.json".to_vec()));
}

/// Numbers that look like chance and are the same in every run.
fn pick(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).unwrap_or_default() % below.max(1)
}

#[test]
fn any_renames_that_collide_nowhere_end_as_planned() {
    let mut seed = 7;
    let (mut done, mut tried) = (0, 0);
    while done < 3_000 {
        tried += 1;
        assert!(tried < 60_000, "only {done} of {tried} random plans collide nowhere");
        let segment = |seed: &mut u64| ["a", "b", "c", "1.jpg", "2.jpg"][pick(seed, 5)];
        let path = |seed: &mut u64| -> String {
            let depth = 1 + pick(seed, 3);
            (0..depth).map(|_| segment(seed)).collect::<Vec<_>>().join("/")
        };
        let mut disk = Disk::default();
        for _ in 0..1 + pick(&mut seed, 7) {
            let path = path(&mut seed).into_bytes();
            let mut above = parent_and_name(&path).0;
            let mut is_free = !disk.is_there(&path);
            while !above.is_empty() {
                is_free &= !disk.files.contains_key(above);
                above = parent_and_name(above).0;
            }
            if is_free {
                disk.make(parent_and_name(&path).0);
                disk.files.insert(path.clone(), path);
            }
        }
        let tree = disk.tree();
        let there: Vec<Vec<u8>> = disk.files.keys().chain(disk.folders.iter()).cloned().collect();
        let renames: Vec<Rename> = (0..1 + pick(&mut seed, 4))
            .map(|_| Rename {
                from: there[pick(&mut seed, there.len())].clone(),
                to: path(&mut seed).into_bytes(),
            })
            .collect();
        let Ok(plan) = Plan::from_renames(&tree, &renames) else { continue };
        let expected = plan.tree();
        eprintln!(
            "TRY {:?} :: {:?}",
            disk.files
                .keys()
                .chain(&disk.folders)
                .map(|p| String::from_utf8_lossy(p).into_owned())
                .collect::<Vec<_>>(),
            renames
                .iter()
                .map(|r| format!(
                    "{}->{}",
                    String::from_utf8_lossy(&r.from),
                    String::from_utf8_lossy(&r.to)
                ))
                .collect::<Vec<_>>()
        );
        let after = carried_out(&disk, &plan, None)
            .unwrap_or_else(|error| panic!("{disk:?} {renames:?}: {error:?}"));
        let mut files = Vec::new();
        for (id, folder) in expected.ids().zip(expected.folders()) {
            folder.for_each_entry(|name, _| files.push(expected.path_of(id, name)));
        }
        files.sort();
        let found: Vec<Vec<u8>> = after.files.keys().cloned().collect();
        assert_eq!(found, files, "{disk:?} {renames:?}");
        let held = |disk: &Disk| -> BTreeSet<Vec<u8>> { disk.files.values().cloned().collect() };
        assert_eq!(held(&after), held(&disk));
        let folders: BTreeSet<Vec<u8>> = expected
            .ids()
            .filter(|id| *id != FolderId::ROOT)
            .map(|id| expected.path(id).strip_suffix(b"/").unwrap().to_vec())
            .collect();
        assert_eq!(after.folders, folders, "{disk:?} {renames:?}");
        done += 1;
    }
}
