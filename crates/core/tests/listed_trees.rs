//! What a listing leaves of a tree: its entries told to a tap, and the part of it that
//! one folder holds.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};

use sensortree_core::sketch::Sketch;
use sensortree_core::tree::{Entry, EntryKind, EntryObserver, FolderId, Tree, TreeBuilder};

const TREE: &str = "
lidar-top/
  scene_1/
    1681532060061.pcd x3 +100
    .DS_Store
  scene_2/
    deeper/
      1681532060061.pcd
  notes.txt
camera-front/
  scene_1/
    1681532060061.jpg x3 +100
  scene_3/
metadata.json
";

fn build(entries: &[(Vec<u8>, EntryKind)]) -> Tree {
    let mut builder = TreeBuilder::new();
    for (path, kind) in entries {
        builder.add(&Entry { path, kind: *kind, size: Some(7) });
    }
    builder.finish()
}

fn entries(prefix: &str) -> Vec<(Vec<u8>, EntryKind)> {
    let sketch = Sketch::parse(TREE).unwrap();
    sketch
        .entries
        .iter()
        .map(|drawn| ([prefix.as_bytes(), &drawn.path].concat(), drawn.kind))
        .collect()
}

fn folder(tree: &Tree, path: &str) -> FolderId {
    path.split('/')
        .fold(FolderId::ROOT, |folder, name| tree.child(folder, name.as_bytes()).unwrap())
}

/// Each folder with all that is kept of it.
fn shown(tree: &Tree) -> Vec<String> {
    let one = |id: FolderId| {
        let folder = tree.folder(id);
        let below: Vec<Vec<u8>> = tree.children(id).map(|child| tree.path(child)).collect();
        let facts =
            (folder.depth(), folder.is_listed(), folder.files(), folder.bytes(), folder.frames());
        let marks: Vec<&str> = folder.landmarks().collect();
        format!("{:?} {facts:?} {marks:?} {:?} {below:?}", tree.path(id), folder.remarks())
    };
    tree.ids()
        .map(one)
        .chain([format!("{} {} {}", tree.entries(), tree.files(), tree.bytes())])
        .collect()
}

#[test]
fn what_a_folder_holds_is_the_tree_that_was_listed_there() {
    let mut listed = entries("data/drive/");
    listed.push((b"data/beside/readme.txt".to_vec(), EntryKind::File));
    listed.push((b"drive/other.txt".to_vec(), EntryKind::File));
    let whole = build(&listed);
    let drive = folder(&whole, "data/drive");
    let alone = build(&entries(""));
    assert_eq!(shown(&whole.below(drive)), shown(&alone));
    assert_eq!(shown(&alone.clone().below(FolderId::ROOT)), shown(&alone));
}

#[derive(Debug)]
struct Kept(Arc<Mutex<Vec<Vec<u8>>>>);

impl EntryObserver for Kept {
    fn entry(&mut self, folder: &[u8], name: &[u8], _kind: EntryKind, _size: Option<u64>) {
        let path = if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() };
        self.0.lock().unwrap().push(path);
    }
}

#[test]
fn a_tap_is_told_of_every_entry_as_it_came() {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let mut builder = TreeBuilder::new();
    builder.tell(Box::new(Kept(Arc::clone(&kept))));
    let paths: [&[u8]; 7] = [b"a", b"a/b", b"/a", b"//a", b"a//b", b"a/b/", b"/"];
    for path in paths {
        builder.add(&Entry::file(path, 1));
    }
    let mut inside = builder.enter(b"x/y");
    inside.add(b"z", EntryKind::Link, None);
    let expected: Vec<&[u8]> = paths.into_iter().chain([&b"x/y/z"[..]]).collect();
    assert_eq!(*kept.lock().unwrap(), expected);
}
