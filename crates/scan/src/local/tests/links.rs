//! Symbolic links in local folders, refused and followed, listed either way alike.

use super::*;

/// A folder with a dataset in `drive` and what lies outside of it, both as [`tree`] makes them, and
/// links, each with its target.
fn linked(names: &[&str], links: &[(&str, &str)]) -> TempDir {
    let folder = tree(names);
    fs::create_dir_all(folder.path().join("drive")).unwrap();
    for (link, target) in links {
        let path = folder.path().join("drive").join(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
    }
    folder
}

fn options(links: Links) -> ScanOptions {
    ScanOptions { links, jobs: Some(3), ..ScanOptions::default() }
}

/// Lists `drive` in both ways, which are to agree, and returns what was listed and what not.
fn listed(around: &Path, options: &ScanOptions) -> (Vec<String>, Vec<Unread>) {
    let [expected, found] = WAYS.map(|inspect| {
        let inspection = inspect(&around.join("drive"), options, &()).unwrap();
        let Inspection { tree, metadata, coverage, .. } = inspection;
        let unread = coverage.unread.clone();
        (entries(&tree), unread, format!("{tree:#?} {metadata:?} {coverage:?}"))
    });
    assert_eq!(found, expected);
    let (entries, unread, _) = found;
    (entries, unread)
}

/// Every folder, link and other file, with a mark that says which it is.
fn entries(tree: &Tree) -> Vec<String> {
    let mut entries = Vec::new();
    for id in tree.ids() {
        let path = text::lossless(&tree.path(id)).into_owned();
        let folder = tree.folder(id);
        if id != FolderId::ROOT {
            entries.push(path.clone());
        }
        for (_, frames) in folder.frames() {
            entries.push(format!("{path}: {} frames", frames.len()));
        }
        for (remark, tally) in folder.remarks() {
            let mark = match remark {
                FileClass::Link => "link ",
                FileClass::DanglingLink => "dangling ",
                FileClass::Special => "special ",
                FileClass::Deeper => "deeper ",
                _ => "",
            };
            for name in tally.smallest(usize::MAX) {
                entries.push(format!("{mark}{path}{}", text::lossless(&name)));
            }
        }
    }
    entries.sort();
    entries
}

#[test]
fn a_link_is_followed_where_that_is_asked_for_and_told_from_one_that_dangles() {
    let around = linked(
        &["drive/lidar-top/s/1.pcd", "store/frame", "store/scene/2.pcd", "store/scene/x/notes"],
        &[
            ("a/file", "../../store/frame"),
            ("a/scene", "../../store/scene"),
            ("a/inside", "../lidar-top"),
            ("a/chain", "file"),
            ("a/chain-of-folders", "scene"),
            ("a/pipe", "../../store/pipe"),
            ("a/gone", "nowhere"),
            ("a/below-a-file", "file/x"),
            ("a/chain-to-gone", "gone"),
            ("a/self", "self"),
            ("a/ping", "pong"),
            ("a/pong", "ping"),
        ],
    );
    fifo(&around.path().join("store/pipe"));
    let dangling = ["below-a-file", "chain-to-gone", "gone", "ping", "pong", "self"];
    let dangling = dangling.map(|name| format!("dangling a/{name}"));
    let check = |links: Links, rest: &[&str]| {
        let (found, unread) = listed(around.path(), &options(links));
        let mut expected: Vec<String> = rest.iter().map(|entry| (*entry).to_owned()).collect();
        expected.extend(
            ["a/", "lidar-top/", "lidar-top/s/", "lidar-top/s/: 1 frames"].map(str::to_owned),
        );
        expected.extend(dangling.iter().cloned());
        expected.sort();
        assert_eq!(found, expected, "{links}");
        assert!(unread.is_empty(), "{links}: {unread:?}");
    };
    let links = ["chain", "chain-of-folders", "file", "inside", "pipe", "scene"];
    let links = links.map(|name| format!("link a/{name}"));
    check(Links::Refuse, &links.each_ref().map(String::as_str));
    check(
        Links::Follow,
        &[
            "a/chain",
            "a/chain-of-folders/",
            "a/chain-of-folders/: 1 frames",
            "a/chain-of-folders/x/",
            "a/chain-of-folders/x/notes",
            "a/file",
            "a/inside/",
            "a/inside/s/",
            "a/inside/s/: 1 frames",
            "a/scene/",
            "a/scene/: 1 frames",
            "a/scene/x/",
            "a/scene/x/notes",
            "special a/pipe",
        ],
    );
}

#[test]
fn a_folder_that_lies_in_itself_is_not_entered() {
    let check = |names: &[&str], links: &[(&str, &str)], expected: &[&str]| {
        let around = linked(names, links);
        let (found, unread) = listed(around.path(), &options(Links::Follow));
        assert_eq!(found, expected, "{links:?}");
        assert!(unread.is_empty(), "{links:?}: {unread:?}");
    };
    check(&[], &[("a/here", ".")], &["a/", "link a/here"]);
    check(&[], &[("a/b/up", "..")], &["a/", "a/b/", "link a/b/up"]);
    check(&[], &[("a/top", ".."), ("a/again", "..")], &["a/", "link a/again", "link a/top"]);
    // Each leads into the other, from where the first leads back.
    check(
        &[],
        &[("a/to-b", "../b"), ("b/to-a", "../a")],
        &["a/", "a/to-b/", "b/", "b/to-a/", "link a/to-b/to-a", "link b/to-a/to-b"],
    );
    // What lies around the target holds the target, which is not entered again.
    check(
        &["beside/notes"],
        &[("out", "..")],
        &["link out/drive", "out/", "out/beside/", "out/beside/notes"],
    );
}

#[test]
fn links_to_the_folder_above_at_every_level_multiply_nothing() {
    let names: Vec<String> = (1..=12).map(|depth| "d/".repeat(depth)).collect();
    let links: Vec<(String, &str)> = names
        .iter()
        .flat_map(|path| (0..8).map(move |k| (format!("{path}up-{k}"), "..")))
        .collect();
    let links: Vec<(&str, &str)> = links.iter().map(|(link, up)| (link.as_str(), *up)).collect();
    let around = linked(&[], &links);
    let (found, _) = listed(around.path(), &options(Links::Follow));
    assert_eq!(found.len(), 12 + 12 * 8);
}

#[test]
fn a_walk_ends_that_would_enter_the_same_folders_for_ever() {
    // Eleven folders that link to one another: millions of ways through them, and
    // none that repeats a folder.
    let around = tree(&[]);
    for from in 0..11 {
        let folder = around.path().join(format!("drive/{from}"));
        fs::create_dir_all(&folder).unwrap();
        for to in (0..11).filter(|to| *to != from) {
            symlink(format!("../{to}"), folder.join(format!("to-{to}"))).unwrap();
        }
    }
    for inspect in WAYS {
        let options = options(Links::Follow);
        let listing = inspect(&around.path().join("drive"), &options, &()).unwrap();
        let reason = visits::too_many_visits();
        assert_eq!(listing.coverage.unread, [Unread { path: Vec::new(), reason }]);
    }
}

#[test]
fn no_link_is_entered_deeper_than_folders_are_kept() {
    let deep = "d/".repeat(15);
    let links = [(format!("{deep}in"), "/nowhere"), (format!("{deep}d/deeper"), "/nowhere")];
    let links: Vec<(&str, &str)> = links.iter().map(|(link, to)| (link.as_str(), *to)).collect();
    let around = linked(&["store/1.pcd"], &links);
    for (link, _) in links {
        let path = around.path().join("drive").join(link);
        fs::remove_file(&path).unwrap();
        symlink(around.path().join("store"), &path).unwrap();
    }
    let (found, _) = listed(around.path(), &options(Links::Follow));
    assert!(found.contains(&format!("{deep}in/: 1 frames")), "{found:?}");
    // It is told as one of the names below, without anything in it.
    assert!(found.contains(&format!("link {deep}d/deeper")), "{found:?}");
}

#[test]
fn frames_behind_links_are_looked_into() {
    let cloud = Held::of(b"1.pcd", 5_000, None);
    let around = linked(
        &["store/scene/"],
        &[("lidar-top/s/1.pcd", "../../../store/page"), ("lidar-top/t", "../../store/scene")],
    );
    fs::write(around.path().join("store/page"), "<html>").unwrap();
    fs::write(around.path().join("store/scene/2.pcd"), &cloud.head[..4_000]).unwrap();
    for sample in [None, NonZeroU64::new(1)] {
        for (links, expected) in [(Links::Refuse, 0), (Links::Follow, 2)] {
            let options = ScanOptions { sample, ..options(links) };
            let (_, unread) = listed(around.path(), &options);
            assert!(unread.is_empty(), "{unread:?}");
            let inspection = inspect(&around.path().join("drive"), &options, &()).unwrap();
            assert_eq!(inspection.coverage.probed, expected, "{links} {sample:?}");
            let faults = inspection.tree.folders().iter().filter_map(|it| it.content());
            let faults: usize = faults.map(|held| held.faults().len()).sum();
            assert_eq!(faults as u64, expected, "{links} {sample:?}");
            let bytes = if links == Links::Follow { 4_006 } else { 0 };
            assert_eq!(inspection.tree.bytes(), bytes, "the size of what is linked to");
        }
    }
}

#[test]
fn a_linked_metadata_json_is_read_where_links_are_followed() {
    let check = |target: &str, links: Links, expected: MetadataFile| {
        let around = linked(&["store/folder/"], &[("metadata.json", target)]);
        fs::write(around.path().join("store/metadata.json"), "{}").unwrap();
        for inspect in WAYS {
            let listing = inspect(&around.path().join("drive"), &options(links), &()).unwrap();
            assert_eq!(listing.metadata, expected, "{target} {links}");
            assert_eq!(listing.coverage.unread, [], "{target} {links}");
        }
    };
    let text = MetadataFile::Text(b"{}".to_vec());
    check("../store/metadata.json", Links::Refuse, MetadataFile::Absent);
    check("../store/metadata.json", Links::Follow, text);
    for target in ["nowhere", "metadata.json", "../store/metadata.json/x", "../store/folder"] {
        check(target, Links::Refuse, MetadataFile::Absent);
        check(target, Links::Follow, MetadataFile::Absent);
    }
    check("/dev/null", Links::Follow, MetadataFile::Absent);
}

#[test]
fn a_target_that_must_not_be_looked_at_is_a_gap_where_links_are_followed() {
    let around = linked(&["store/1.pcd"], &[("link", "../store/1.pcd")]);
    let store = around.path().join("store");
    fs::set_permissions(&store, fs::Permissions::from_mode(0o000)).unwrap();
    let is_refused = fs::read_dir(&store).is_err();
    let results =
        [Links::Refuse, Links::Follow].map(|links| listed(around.path(), &options(links)));
    fs::set_permissions(&store, fs::Permissions::from_mode(0o755)).unwrap();
    if !is_refused {
        eprintln!("skipped: this user may read everything");
        return;
    }
    for ((entries, unread), errors) in results.into_iter().zip([0, 1]) {
        assert_eq!(entries, ["link link"]);
        assert_eq!(unread.len(), errors);
    }
}

#[test]
fn linked_folders_are_listed_alike_on_any_number_of_threads() {
    let around = tree(&["drive/"]);
    for frame in 0..6_000 {
        put(around.path(), format!("store/{}/{frame}.pcd", frame % 3).as_bytes());
    }
    for sensor in 0..20 {
        symlink("../store", around.path().join(format!("drive/lidar-{sensor}"))).unwrap();
    }
    // Enough links in one folder for parts of it to go to several threads.
    fs::create_dir(around.path().join("drive/lidar-x")).unwrap();
    for frame in (0..6_000).step_by(3) {
        let link = around.path().join(format!("drive/lidar-x/{frame}.pcd"));
        symlink(format!("../../store/0/{frame}.pcd"), link).unwrap();
    }
    let drive = around.path().join("drive");
    let with = |jobs| ScanOptions { jobs: Some(jobs), ..options(Links::Follow) };
    let expected = shown(portably(&drive, &with(1), &()).unwrap());
    for jobs in [1, 2, 16] {
        for inspect in WAYS {
            let listing = inspect(&drive, &with(jobs), &()).unwrap();
            assert_eq!(listing.tree.files(), 20 * 6_000 + 2_000);
            assert!(shown(listing) == expected, "{jobs} threads");
        }
    }
}

#[test]
fn a_saved_listing_keeps_what_is_known_of_links() {
    let around = linked(&["store/1.pcd"], &[("a/gone", "nowhere"), ("a/there", "../../store")]);
    let recording = crate::listing::Recording::begin(tempfile::tempfile().unwrap());
    let options = ScanOptions { recording: Some(recording.clone()), ..options(Links::Refuse) };
    let inspection = inspect(&around.path().join("drive"), &options, &()).unwrap();
    let path = around.path().join("saved");
    recording.finish(&inspection, &mut fs::File::create(&path).unwrap()).unwrap();
    let listing = crate::listing::Listing { path: Some(path), root: None, metadata: None };
    let options = ScanOptions::default();
    let read = crate::inspect(&listing, &options, &()).unwrap();
    assert_eq!(entries(&read.tree), ["a/", "dangling a/gone", "link a/there"]);
}
