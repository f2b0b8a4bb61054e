use std::ffi::OsStr;
use std::fs;
use std::num::NonZeroU64;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustix::fs::{CWD, FileType, Mode, OFlags, mkdirat, mknodat, openat};
use sensortree_core::Inspection;
use sensortree_core::document::{MAX_METADATA_BYTES, MetadataFile};
use sensortree_core::sketch::Content as Held;
use sensortree_core::tree::{FileClass, FolderId, Unread};
use sensortree_probe::{ActualFormat, Fault, Pointer};
use tempfile::TempDir;

use super::*;
use crate::content::Content;
use crate::links::Links;
use crate::options::ScanOptions;
use crate::progress::Progress;

mod links;

/// Makes files (with a byte in each) and, where a name ends in `/`, folders.
fn tree(names: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for name in names {
        put(folder.path(), name.as_bytes());
    }
    folder
}

fn put(root: &Path, name: &[u8]) {
    let path = root.join(OsStr::from_bytes(name));
    if name.ends_with(b"/") {
        fs::create_dir_all(path).unwrap();
    } else {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
}

fn fifo(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

fn inspect(
    path: &Path,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Inspection, ScanError> {
    crate::inspect(&LocalFolder::new(path), options, progress)
}

/// A folder that is listed by what the standard library offers.
struct Portably<'p>(&'p Path);

impl Source for Portably<'_> {
    fn capabilities(&self) -> Capabilities {
        LocalFolder::new(self.0).capabilities()
    }

    fn list<'r>(
        &'r self,
        run: &'r Run<'r>,
    ) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError> {
        let (walked, walk) = portable::list(self.0, run.options().threads(), run)?;
        let Walked { tree, errors, metadata } = walked;
        Ok((ListedTree { errors, metadata, ..ListedTree::new(target(self.0), tree) }, walk))
    }
}

fn portably(
    path: &Path,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Inspection, ScanError> {
    crate::inspect(&Portably(path), options, progress)
}

type Inspect = fn(&Path, &ScanOptions, &dyn Progress) -> Result<Inspection, ScanError>;

/// The ways to list a folder, which are to agree.
const WAYS: [Inspect; 2] = [portably, inspect];

fn scan(path: &Path) -> Inspection {
    inspect(path, &ScanOptions::default(), &()).unwrap()
}

/// Everything of a listing that a report could show.
fn shown(inspection: Inspection) -> String {
    let Inspection { tree, coverage, metadata, .. } = inspection;
    format!("{tree:#?} {coverage:?} {metadata:?}")
}

fn unread(inspection: &Inspection) -> Vec<(String, &str)> {
    let words = |gap: &'_ Unread| text::lossless(&gap.path).into_owned();
    inspection.coverage.unread.iter().map(|gap| (words(gap), gap.reason.as_str())).collect()
}

#[test]
fn every_way_of_listing_gives_the_same() {
    let folder = tree(&[
        "metadata.json",
        "empty/",
        ".git/config",
        "a/.svn/x",
        "a/.git",
        "a/b/1.pcd",
        "a/b/c/notes.txt",
    ]);
    let root = folder.path();
    for name in [
        &b"a/b/line\nbreak.pcd"[..],
        b"a/\xff\xfe/1.jpg",
        b"a/ \x1b[31m/2.jpg",
        "a/\u{202e}gpj.1".as_bytes(),
    ] {
        put(root, name);
    }
    put(root, &[&b"a/"[..], &[b'n'; 255]].concat());
    for frame in 0..10_000 {
        fs::write(root.join(format!("empty/../a/{}.pcd", frame * 7_919 % 10_007)), "").unwrap();
    }
    symlink("..", root.join("a/b/loop")).unwrap();
    symlink("nowhere", root.join("a/dangling")).unwrap();
    fifo(&root.join("a/pipe"));

    let with = |jobs| ScanOptions { jobs: Some(jobs), ..ScanOptions::default() };
    let expected = shown(portably(root, &with(1), &()).unwrap());
    assert!(expected.contains("files: 10004,"), "the large folder is there");
    for jobs in [1, 2, 3, 16] {
        for inspect in WAYS {
            let listing = inspect(root, &with(jobs), &()).unwrap();
            assert_eq!(shown(listing), expected, "{jobs} threads");
        }
    }
}

#[test]
fn names_survive_byte_for_byte() {
    let folder = TempDir::new().unwrap();
    put(folder.path(), b"a\xffb/c\nd\xfe.txt");
    let tree = scan(folder.path()).tree;
    let id = tree.child(FolderId::ROOT, b"a\xffb").unwrap();
    let is_odd = |remark: &FileClass| matches!(remark, FileClass::Odd(_));
    let odd = tree.folder(id).remarks().iter().find(|(remark, _)| is_odd(remark));
    assert!(odd.unwrap().1.contains(b"c\nd\xfe.txt"));
}

#[test]
fn what_is_no_folder_is_an_error() {
    let folder = tree(&["file", "folder/1.pcd"]);
    let path = |name: &str| folder.path().join(name);
    symlink("nowhere", path("dangling")).unwrap();
    symlink("folder", path("link")).unwrap();
    let list = |name: &str| inspect(&path(name), &ScanOptions::default(), &());
    assert!(matches!(list("missing"), Err(ScanError::Missing { .. })));
    assert!(matches!(list("dangling"), Err(ScanError::Missing { .. })));
    assert!(matches!(list("file/below"), Err(ScanError::Missing { .. })));
    assert!(matches!(list("file"), Err(ScanError::NotAFolder { .. })));
    assert_eq!(list("link").unwrap().tree.files(), 1);
}

#[test]
fn the_target_is_named_by_its_whole_path() {
    let folder = tree(&["data/lidar-top/"]);
    symlink("data", folder.path().join("link")).unwrap();
    let target = scan(&folder.path().join("link/lidar-top/..")).target;
    assert!(target.uri.ends_with("link/lidar-top/.."), "{}", target.uri);
    assert_eq!(target.segments.last().map(String::as_str), Some("data"));
}

#[test]
fn a_refused_folder_is_said_and_the_rest_is_read() {
    let folder = tree(&["a/1.pcd", "b/1.pcd", "c/1.pcd", "c/2.pcd"]);
    let allow = |name: &str, mode: u32| {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    allow("a", 0o000);
    allow("c", 0o444);
    let refused = fs::read_dir(folder.path().join("a")).is_err();
    let inspection = scan(folder.path());
    allow("a", 0o755);
    allow("c", 0o755);
    if !refused {
        eprintln!("skipped: this user may read everything");
        return;
    }
    assert_eq!(
        unread(&inspection),
        [("a/".to_owned(), "permission denied"), ("c/".to_owned(), "permission denied (2 files)")]
    );
    assert_eq!(
        inspection.tree.files(),
        3,
        "files that are listed count, even where their size is refused"
    );
}

/// Deletes a folder as soon as anything was listed.
struct Deleting<'p> {
    folder: &'p Path,
    done: AtomicBool,
}

impl Progress for Deleting<'_> {
    fn listed(&self, _entries: u64) {
        if !self.done.swap(true, Ordering::Relaxed) {
            fs::remove_dir_all(self.folder).unwrap();
        }
    }
}

#[test]
fn a_folder_that_vanishes_is_a_gap() {
    for jobs in [1, 4] {
        let folder = tree(&["a/1.pcd", "b/s/1.pcd", "b/s/2.pcd", "c/1.pcd"]);
        let progress = Deleting { folder: &folder.path().join("b"), done: AtomicBool::new(false) };
        let options = ScanOptions { jobs: Some(jobs), ..ScanOptions::default() };
        let inspection = inspect(folder.path(), &options, &progress).unwrap();
        assert_eq!(unread(&inspection), [("b/".to_owned(), "vanished while the tree was read")]);
        assert_eq!(inspection.tree.files(), 2);
    }
}

#[test]
fn a_folder_replaced_by_a_link_is_not_followed() {
    struct Replacing<'p>(&'p Path, AtomicBool);
    impl Progress for Replacing<'_> {
        fn listed(&self, _entries: u64) {
            if !self.1.swap(true, Ordering::Relaxed) {
                fs::remove_dir_all(self.0.join("b")).unwrap();
                symlink("a", self.0.join("b")).unwrap();
            }
        }
    }
    let folder = tree(&["a/1.pcd", "b/1.pcd"]);
    let inspection = inspect(
        folder.path(),
        &ScanOptions::default(),
        &Replacing(folder.path(), AtomicBool::new(false)),
    )
    .unwrap();
    assert_eq!(
        unread(&inspection),
        [("b/".to_owned(), "became something else while the tree was read")]
    );
    assert_eq!(inspection.tree.files(), 1);
}

#[test]
fn a_deep_tree_is_listed_to_its_end() {
    let folder = TempDir::new().unwrap();
    let mut at = openat(CWD, folder.path(), OFlags::DIRECTORY, Mode::empty()).unwrap();
    let long = "d".repeat(200);
    // Far longer than a path may be, and with more folders waiting side by side than are kept open.
    for _ in 0..500 {
        mkdirat(&at, &*long, Mode::RWXU).unwrap();
        mkdirat(&at, "side", Mode::RWXU).unwrap();
        at = openat(&at, &*long, OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    openat(&at, "1.pcd", OFlags::CREATE | OFlags::WRONLY, Mode::RWXU).unwrap();
    for jobs in [1, 4] {
        let options = ScanOptions { jobs: Some(jobs), ..ScanOptions::default() };
        let inspection = inspect(folder.path(), &options, &()).unwrap();
        assert_eq!(unread(&inspection), []);
        assert_eq!(inspection.tree.files(), 1);
        assert_eq!(inspection.tree.entries(), 1001);
    }
}

#[test]
fn metadata_json_is_read_only_where_it_is_a_file_of_fair_size() {
    let check = |make: &dyn Fn(&Path), expected: MetadataFile| {
        let folder = tree(&["lidar-top/s/1.pcd"]);
        make(&folder.path().join("metadata.json"));
        let inspection = scan(folder.path());
        assert_eq!(inspection.metadata, expected);
        assert!(inspection.coverage.is_complete());
    };
    check(&|_| {}, MetadataFile::Absent);
    check(&|path| fs::write(path, "{}").unwrap(), MetadataFile::Text(b"{}".to_vec()));
    check(&|path| fs::write(path, "").unwrap(), MetadataFile::Text(Vec::new()));
    check(&|path| fs::create_dir(path).unwrap(), MetadataFile::Absent);
    check(&fifo, MetadataFile::Absent);
    check(&|path| symlink("/dev/zero", path).unwrap(), MetadataFile::Absent);
    let bytes = MAX_METADATA_BYTES + 1;
    check(
        &|path| fs::File::create(path).unwrap().set_len(bytes).unwrap(),
        MetadataFile::TooLarge { bytes },
    );
}

#[test]
fn progress_counts_every_entry_and_can_end_the_listing() {
    #[derive(Default)]
    struct Counting {
        entries: AtomicU64,
        cancelled: AtomicBool,
    }
    impl Progress for Counting {
        fn listed(&self, entries: u64) {
            self.entries.fetch_add(entries, Ordering::Relaxed);
        }
        fn cancelled(&self) -> bool {
            self.cancelled.load(Ordering::Relaxed)
        }
    }
    let folder = tree(&["a/1.pcd", "a/2.pcd", "b/c/", "metadata.json"]);
    let progress = Counting::default();
    let inspection = inspect(folder.path(), &ScanOptions::default(), &progress).unwrap();
    assert_eq!(inspection.tree.entries(), 6);
    assert_eq!(progress.entries.load(Ordering::Relaxed), 6);
    progress.cancelled.store(true, Ordering::Relaxed);
    let ended = inspect(folder.path(), &ScanOptions::default(), &progress).unwrap();
    assert_eq!(ended.tree.files(), 1, "what stands in the target itself");
    assert_eq!(unread(&ended), [(String::new(), "the listing was interrupted")]);
}

#[test]
fn an_interrupted_listing_ends_with_what_it_has() {
    struct After(u64, AtomicU64);
    impl Progress for After {
        fn listed(&self, entries: u64) {
            self.1.fetch_add(entries, Ordering::Relaxed);
        }
        fn cancelled(&self) -> bool {
            self.1.load(Ordering::Relaxed) >= self.0
        }
    }
    let folder = TempDir::new().unwrap();
    for frame in 0..10_000 {
        put(folder.path(), format!("{}/{frame}.pcd", frame % 5).as_bytes());
    }
    for inspect in WAYS {
        for least in [1, 2_000, 5_000] {
            let progress = After(least, AtomicU64::new(0));
            let Inspection { tree, coverage, .. } =
                inspect(folder.path(), &ScanOptions::default(), &progress).unwrap();
            let found = tree.files();
            assert!(found < 10_000 && found + 5 >= least, "{found} files after {least}");
            assert_eq!(
                coverage.unread,
                [Unread { path: Vec::new(), reason: "the listing was interrupted".to_owned() }]
            );
        }
    }
}

#[test]
fn frames_are_looked_into_and_nothing_else_is_opened() {
    let cloud = Held::of(b"1.pcd", 5_000, None);
    let folder = tree(&["lidar-top/s/3.pcd/", "lidar-top/s/notes.txt"]);
    let scene = folder.path().join("lidar-top/s");
    fs::write(scene.join("1.pcd"), &cloud.head[..4_000]).unwrap();
    fs::write(scene.join("2.pcd"), "<html>").unwrap();
    fs::File::create(scene.join("6.pcd")).unwrap().set_len(1 << 40).unwrap();
    symlink("1.pcd", scene.join("4.pcd")).unwrap();
    // To open it would block for ever.
    fifo(&scene.join("5.pcd"));
    fifo(&scene.join("5.jpg"));
    for content in Content::ALL {
        let options = ScanOptions { content, ..ScanOptions::default() };
        let inspection = inspect(folder.path(), &options, &()).unwrap();
        assert!(inspection.coverage.is_complete(), "{:?}", inspection.coverage);
        let summary =
            inspection.tree.folders().iter().find_map(sensortree_core::tree::Folder::content);
        let faults: Vec<Fault> =
            summary.iter().flat_map(|held| held.faults()).map(|(fault, _)| *fault).collect();
        let expected: &[Fault] = match content {
            Content::None => &[],
            Content::Headers | Content::Full => &[
                Fault::Zeros,
                Fault::NotAPointCloud(ActualFormat::WebPage),
                Fault::ShortPointCloud,
            ],
        };
        assert_eq!(faults, expected);
        assert_eq!(inspection.coverage.probed, expected.len() as u64);
    }
}

#[test]
fn a_frame_that_is_refused_leaves_the_inspection_incomplete() {
    let folder = tree(&["lidar-top/s/1.pcd", "lidar-top/s/2.pcd"]);
    let frame = folder.path().join("lidar-top/s/2.pcd");
    fs::set_permissions(&frame, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&frame).is_ok() {
        // The superuser is refused nothing.
        return;
    }
    let inspection = scan(folder.path());
    assert_eq!(unread(&inspection), [("lidar-top/s/2.pcd".to_owned(), "permission denied")]);
    assert_eq!(inspection.coverage.probed, 1);
}

#[test]
fn both_ways_of_listing_look_alike() {
    let folder = tree(&[
        "lidar-top/s/1.pcd",
        "camera-front/s/1.jpg",
        "camera-front/s/2.png",
        "camera-front/s/notes.jpg",
    ]);
    // Longer than what is read of a header.
    let blank =
        [&b"FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 500\nDATA binary\n"[..], &[0; 12 * 500]]
            .concat();
    fs::write(folder.path().join("lidar-top/s/1.pcd"), blank).unwrap();
    for sample in [None, NonZeroU64::new(1), NonZeroU64::new(3)] {
        for content in [Content::Headers, Content::Full] {
            let options = ScanOptions { sample, content, ..ScanOptions::default() };
            let expected = shown(portably(folder.path(), &options, &()).unwrap());
            assert_eq!(shown(inspect(folder.path(), &options, &()).unwrap()), expected);
            assert!(expected.contains("NotTheImage"), "{expected}");
            assert_eq!(expected.contains("BlankBody"), content == Content::Full, "{expected}");
        }
    }
}

#[test]
fn what_git_annex_did_not_fetch_is_a_pointer() {
    let folder = tree(&["objects/here.pcd"]);
    let scene = folder.path().join("lidar-top/s");
    fs::create_dir_all(&scene).unwrap();
    let key = "SHA256E-s31390--f50d7ac4c6b9031379.pcd";
    symlink(format!("../../.git/annex/objects/pX/ZJ/{key}/{key}"), scene.join("1.pcd")).unwrap();
    // What was fetched, what is no frame, and other links stay links.
    fs::create_dir_all(folder.path().join(".git/annex/objects")).unwrap();
    fs::write(folder.path().join(".git/annex/objects/there.pcd"), "x").unwrap();
    symlink("../../.git/annex/objects/there.pcd", scene.join("2.pcd")).unwrap();
    symlink("../../.git/annex/objects/gone.txt", scene.join("3.txt")).unwrap();
    symlink("../../objects/gone.pcd", scene.join("4.pcd")).unwrap();
    for inspect in WAYS {
        for (content, sample, pointers) in [
            (Content::Headers, None, 1),
            (Content::Headers, NonZeroU64::new(3), 1),
            (Content::None, None, 0),
        ] {
            let options = ScanOptions { content, sample, ..ScanOptions::default() };
            let Inspection { tree, coverage, .. } = inspect(folder.path(), &options, &()).unwrap();
            assert_eq!(coverage.unread, []);
            let scene = tree.folders().iter().find(|folder| folder.name() == b"s").unwrap();
            assert_eq!(scene.remark(FileClass::Link).unwrap().count(), 1);
            assert_eq!(scene.remark(FileClass::DanglingLink).unwrap().count(), 3 - pointers);
            let faults = scene.content().map_or(0, |held| {
                held.faults()
                    .iter()
                    .filter(|(fault, _)| *fault == Fault::Pointer(Pointer::GitAnnex))
                    .count() as u64
            });
            assert_eq!(faults, pointers);
            assert_eq!(scene.bytes(), 31_390 * pointers);
        }
    }
}

#[test]
fn a_sample_is_the_same_on_any_number_of_threads() {
    let folder = TempDir::new().unwrap();
    for frame in 0..3_000 {
        put(folder.path(), format!("{}/{}.pcd", frame % 3, frame / 3).as_bytes());
    }
    let inspected = |jobs, sample| {
        let options = ScanOptions {
            jobs: Some(jobs),
            sample: NonZeroU64::new(sample),
            ..ScanOptions::default()
        };
        inspect(folder.path(), &options, &()).unwrap()
    };
    for (sample, expected) in [(1, 3), (7, 21), (1_000, 3_000), (u64::MAX, 3_000)] {
        let alone = inspected(1, sample);
        assert_eq!((alone.coverage.probed, alone.coverage.probeable), (expected, 3_000));
        assert_eq!(
            format!("{:?}", inspected(4, sample).tree),
            format!("{:?}", alone.tree),
            "{sample}"
        );
    }
}

#[test]
fn an_interrupted_look_is_no_whole_one() {
    struct Looked(AtomicU64);
    impl Progress for Looked {
        fn looked(&self, frames: u64, _: u64) {
            self.0.fetch_max(frames, Ordering::Relaxed);
        }
        fn cancelled(&self) -> bool {
            self.0.load(Ordering::Relaxed) >= 10
        }
    }
    let folder = TempDir::new().unwrap();
    for frame in 0..300 {
        put(folder.path(), format!("{frame}/1.pcd").as_bytes());
    }
    for inspect in WAYS {
        let options = ScanOptions { sample: NonZeroU64::new(1), ..ScanOptions::default() };
        let Inspection { tree, coverage, .. } =
            inspect(folder.path(), &options, &Looked(AtomicU64::new(0))).unwrap();
        assert!((10..300).contains(&tree.probed()), "{} frames", tree.probed());
        assert_eq!(coverage.unread.len(), 1);
    }
}
