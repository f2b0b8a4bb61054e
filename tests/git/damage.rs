//! What a repository lacks, and what is damaged in it.

use std::fs;

use super::*;

#[test]
fn what_a_clone_lacks_is_unread_and_never_fetched() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    repository.git(&["config", "uploadpack.allowFilter", "true"]);
    let room = tempfile::tempdir().unwrap();
    let partial = room.path().join("partial");
    let url = format!("file://{}", repository.path().display());
    repository.git(&[
        "clone",
        "-q",
        "--filter=blob:none",
        "--no-checkout",
        &url,
        partial.to_str().unwrap(),
    ]);
    let objects = |path: &std::path::Path| {
        walkdir::WalkDir::new(path.join(".git/objects")).into_iter().count()
    };
    let before = objects(&partial);
    let (exit, report) = repository.at(&partial).check("git:HEAD");
    assert_eq!((exit, codes(&report)), (3, vec![]));
    assert_eq!(report["prediction"]["outcome"], "unknown");
    let missing = "its object is missing from this clone, and nothing is fetched";
    let three = format!("{missing} (3 files)");
    let all = [
        ("camera-front/scene_1/", &three[..]),
        ("lidar-top/scene_1/", &three),
        ("metadata.json", missing),
    ];
    assert_eq!(unread(&report), all);
    assert_eq!(report["tree"]["frames"], 6, "names are there");
    assert_eq!(objects(&partial), before);

    // A folder that is gone.
    let tree = repository.git(&["rev-parse", "HEAD:lidar-top/scene_1"]);
    fs::remove_file(repository.path().join(".git/objects").join(&tree[..2]).join(&tree[2..]))
        .unwrap();
    let (exit, report) = repository.check("git:HEAD");
    assert_eq!((exit, unread(&report)), (3, vec![("lidar-top/scene_1/", missing)]));
    assert_eq!(codes(&report), Vec::<&str>::new(), "nothing is missing that can be there");
    assert_eq!(repository.check("git:index").0, 0);
}

#[test]
fn damage_is_said_and_ends_nothing_else() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    let index = repository.path().join(".git/index");
    let whole = fs::read(&index).unwrap();
    for at in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        fs::write(&index, &damaged).unwrap();
        let (exit, said) = repository.fail("git:index");
        assert!(
            exit == 3 && said.contains("the index cannot be read"),
            "byte {at}: exit {exit}, {said}"
        );
    }
    for length in [0, 1, 11, 12, 40, whole.len() - 1] {
        fs::write(&index, &whole[..length]).unwrap();
        assert_eq!(repository.fail("git:index").0, 3, "{length} bytes");
    }
    fs::write(&index, &whole).unwrap();

    // Enough objects in one folder to be looked up together.
    for frame in 0..40 {
        repository.write(
            &format!("lidar-top/scene_2/{}.pcd", 1_681_532_070_061_u64 + frame * 100),
            &pointer(frame),
        );
    }
    repository.commit();
    repository.git(&["gc", "-q"]);
    let folder = repository.path().join(".git/objects/pack");
    let pack = |suffix: &str| {
        let packs = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
        packs.into_iter().find(|path| path.extension().is_some_and(|end| end == suffix)).unwrap()
    };
    for suffix in ["pack", "idx"] {
        let path = pack(suffix);
        let whole = fs::read(&path).unwrap();
        fs::set_permissions(
            &path,
            fs::metadata(repository.path().join(".git/HEAD")).unwrap().permissions(),
        )
        .unwrap();
        for at in (0..whole.len()).step_by(23) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xff;
            fs::write(&path, &damaged).unwrap();
            let exit = repository.exit("git:HEAD");
            assert!((0..=4).contains(&exit), "{suffix}, byte {at}: {exit}");
        }
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn a_table_of_offsets_that_leads_elsewhere_changes_nothing() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    for frame in 0..40 {
        repository.write(&format!("lidar-top/scene_2/{}.pcd", 1_681_532_070_061_u64 + frame), "x");
    }
    let report = |repository: &Repository| {
        let mut report = repository.check("git:index").1;
        report["timing"] = Value::Null;
        report
    };
    repository.git(&["config", "index.threads", "1"]);
    repository.commit();
    let expected = report(&repository);
    repository.git(&["config", "index.threads", "4"]);
    for version in ["2", "4"] {
        repository.git(&["config", "index.version", version]);
        fs::remove_file(repository.path().join(".git/index")).unwrap();
        repository.git(&["reset", "-q"]);
        let path = repository.path().join(".git/index");
        let whole = fs::read(&path).unwrap();
        let table = whole.windows(4).position(|part| part == b"IEOT").unwrap() + 12;
        assert_eq!(report(&repository), expected, "{version}");
        // Each of its numbers, of two blocks: where one begins, and how many entries it has.
        for at in (table..table + 16).step_by(4) {
            for change in [1_u32, 8, 72, 80, u32::MAX, u32::MAX - 7] {
                let mut index = whole.clone();
                let number = u32::from_be_bytes(index[at..at + 4].try_into().unwrap());
                index[at..at + 4].copy_from_slice(&number.wrapping_add(change).to_be_bytes());
                index_sizes::seal(&mut index);
                fs::write(&path, index).unwrap();
                assert_eq!(report(&repository), expected, "{version}: {at}, {change}");
            }
        }
    }
}

#[test]
fn what_cannot_be_unpacked_is_unread_and_not_cut_off() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.write_frames("");
    repository.commit();
    let frame = "lidar-top/scene_1/1681532060161.pcd";
    // The same length as the header of the object says, and an end that comes too early.
    let name = repository.git(&["rev-parse", &format!("HEAD:{frame}")]);
    let path = repository.path().join(".git/objects").join(&name[..2]).join(&name[2..]);
    let short = [&b"blob 5000\0"[..], &Repository::point_cloud()[..900]].concat();
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, &short).unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, encoder.finish().unwrap()).unwrap();
    for target in ["git:HEAD", "git:index"] {
        let (exit, report) = repository.check_with(target, &["--content", "headers"]);
        assert_eq!((exit, codes(&report)), (3, vec![]), "{target}: {report}");
        let (path, reason) = unread(&report)[0];
        assert!(
            path == "lidar-top/scene_1/" && reason.contains("unexpected end"),
            "{target}: {path}, {reason}"
        );
    }
}

/// Writes a tree object of these entries, in the order given and whatever is wrong with them:
/// mode, name, object.
fn tree_of(repository: &Repository, entries: &[(&str, &str, &str)]) -> String {
    let mut bytes = Vec::new();
    for (mode, name, object) in entries {
        bytes.extend_from_slice(format!("{mode} {name}\0").as_bytes());
        let digits = |at: usize| u8::from_str_radix(&object[at..at + 2], 16).unwrap();
        bytes.extend((0..object.len()).step_by(2).map(digits));
    }
    repository.git_with(&["hash-object", "-t", "tree", "--literally", "-w", "--stdin"], &bytes)
}

#[test]
fn a_tree_that_has_a_name_twice_is_damaged() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    let object = |path: &str| repository.git(&["rev-parse", &format!("HEAD:{path}")]);
    let (camera, lidar) = (object("camera-front"), object("lidar-top"));
    let good = object("metadata.json");
    let other = repository.git_with(&["hash-object", "-w", "--stdin"], b"{}");
    let check = |entries: &[(&str, &str, &str)], said: &str| {
        let tree = tree_of(&repository, entries);
        let (exit, report) = repository.check(&format!("git:{tree}"));
        assert_eq!(exit, 3, "{entries:?}: {report}");
        assert_ne!(report["prediction"]["outcome"], "accepted", "{entries:?}: {report}");
        assert_eq!(unread(&report), [("", said)], "{entries:?}");
    };
    let twice = "its object is damaged: it has `metadata.json` twice";
    let (sensors, folder) =
        ([("40000", "camera-front", &*camera), ("40000", "lidar-top", &*lidar)], &*camera);
    for metadata in [[&*good, &*other], [&*other, &*good], [&*good, &*good]] {
        let [first, second] = metadata.map(|object| ("100644", "metadata.json", object));
        check(&[sensors[0], sensors[1], first, second], twice);
    }
    // Also as a folder, with another name in between.
    check(
        &[
            sensors[0],
            sensors[1],
            ("100644", "metadata.json", &good),
            ("100644", "metadata.json-old", &good),
            ("40000", "metadata.json", folder),
        ],
        twice,
    );
    let unordered = "its object is damaged: its names are not in order";
    check(&[sensors[1], sensors[0], ("100644", "metadata.json", &good)], unordered);
    // In its order, as every tree is.
    let tree = tree_of(&repository, &[sensors[0], sensors[1], ("100644", "metadata.json", &good)]);
    assert_eq!(repository.check(&format!("git:{tree}")).0, 0);

    // A folder's names are in the order of paths: `a` as a folder comes behind `a-b`.
    let tree = tree_of(&repository, &[("100644", "a-b", &good), ("40000", "a", folder)]);
    assert_eq!(unread(&repository.check(&format!("git:{tree}")).1), []);
    let tree = tree_of(&repository, &[("40000", "a", folder), ("100644", "a-b", &good)]);
    assert_eq!(unread(&repository.check(&format!("git:{tree}")).1), [("", unordered)]);

    // A large one is read in parts, on all threads.
    let names: Vec<String> = (0..8_000).map(|at| format!("{at:06}.jpg")).collect();
    let mut entries: Vec<_> =
        names.iter().map(|name| ("100644", name.as_str(), good.as_str())).collect();
    let many = tree_of(&repository, &entries);
    let tree = tree_of(&repository, &[("40000", "many", &many)]);
    assert_eq!(unread(&repository.check(&format!("git:{tree}")).1), []);
    entries[7_500].1 = entries[7_499].1;
    let many = tree_of(&repository, &entries);
    let tree = tree_of(&repository, &[("40000", "many", &many)]);
    let said = "its object is damaged: it has `007499.jpg` twice";
    assert_eq!(unread(&repository.check(&format!("git:{tree}")).1), [("many/", said)]);
}

#[test]
fn an_object_of_another_kind_is_unread() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.write_frames("");
    repository.commit();
    let object = |path: &str| repository.git(&["rev-parse", &format!("HEAD:{path}")]);
    let (camera, lidar) = (object("camera-front"), object("lidar-top"));
    let (metadata, frame) =
        (object("metadata.json"), object("lidar-top/scene_1/1681532060061.pcd"));
    let empty = repository.git_with(&["hash-object", "-w", "--stdin"], b"");
    let commit = repository.git(&["rev-parse", "HEAD"]);
    let check = |entries: &[(&str, &str, &str)], path: &str, said: &str| {
        let tree = tree_of(&repository, entries);
        for flags in [&[][..], &["--content=headers"], &["--content=headers", "--sample=1"]] {
            let (exit, report) = repository.check_with(&format!("git:{tree}"), flags);
            assert_eq!(exit, 3, "{entries:?} {flags:?}: {report}");
            assert!(unread(&report).contains(&(path, said)), "{entries:?} {flags:?}: {report}");
            let found = codes(&report);
            let is_absence = |code: &&str| {
                ["L101", "L107", "L108", "F101"].contains(code) || code.starts_with('M')
            };
            assert!(!found.iter().any(is_absence), "{entries:?} {flags:?}: {found:?}");
        }
    };
    let camera = ("40000", "camera-front", &*camera);
    let (blob, tree) = ("its object is a blob", "its object is a tree");
    let lidar_as = |object| ("40000", "lidar-top", object);
    let of_metadata = ("100644", "metadata.json", &*metadata);
    for object in [&*metadata, &empty] {
        check(&[camera, lidar_as(object), of_metadata], "lidar-top/", blob);
    }
    let lidar = lidar_as(&*lidar);
    for (object, said) in [(lidar.2, tree), (&*commit, "its object is a commit")] {
        check(&[camera, lidar, ("100644", "metadata.json", object)], "metadata.json", said);
    }
    let scene = tree_of(
        &repository,
        &[
            ("100644", "1681532060061.pcd", lidar.2),
            ("100644", "1681532060161.pcd", &frame),
            ("100644", "1681532060261.pcd", &frame),
        ],
    );
    let sensor = tree_of(&repository, &[("40000", "scene_1", &scene)]);
    check(&[camera, lidar_as(&sensor), of_metadata], "lidar-top/scene_1/1681532060061.pcd", tree);
    // What is named is there, and cannot be read.
    let top = tree_of(&repository, &[("40000", "data", &metadata)]);
    for folder in ["data", "data/drive"] {
        assert_eq!(repository.exit(&format!("git:{top}:{folder}")), 3, "{folder}");
    }
    // Staged, too.
    let cacheinfo = |object: &str, path: &str| {
        let entry = format!("100644,{object},{path}");
        repository.git(&["update-index", "--add", "--cacheinfo", &entry]);
    };
    cacheinfo(lidar.2, "lidar-top/scene_1/1681532060061.pcd");
    let (exit, said) = repository.staged(&[]);
    assert!(exit == 3 && said.contains(tree), "{exit}: {said}");
    repository.git(&["reset", "-q", "--hard"]);
    cacheinfo(lidar.2, "metadata.json");
    let (exit, said) = repository.staged(&[]);
    assert!(exit == 3 && said.contains(tree), "{exit}: {said}");
    // Without sensors only metadata.json tells that this is a dataset.
    repository.git(&["rm", "-q", "-r", "-f", "--cached", "."]);
    cacheinfo(lidar.2, "batch/metadata.json");
    let (exit, said) = repository.staged(&[]);
    assert!(exit == 3 && said.contains(tree), "{exit}: {said}");
}

#[test]
fn damaged_commits_and_tags_are_unread() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    let (commit, tree) =
        (repository.git(&["rev-parse", "HEAD"]), repository.git(&["rev-parse", "HEAD^{tree}"]));
    let metadata = repository.git(&["rev-parse", "HEAD:metadata.json"]);
    let write = |kind: &str, text: &str| {
        let arguments = ["hash-object", "-t", kind, "--literally", "-w", "--stdin"];
        repository.git_with(&arguments, text.as_bytes())
    };
    let who = "A <a@example.com> 0 +0000";
    let commit_of = |tree: &str| format!("tree {tree}\nauthor {who}\ncommitter {who}\n\ntext\n");
    let tag_of =
        |object: &str, kind: &str| format!("object {object}\ntype {kind}\ntag v\n\ntext\n");
    let mut damaged = vec![
        ("commit", String::new()),
        ("commit", "no tree".to_owned()),
        ("commit", commit_of("0123")),
        ("commit", commit_of(&metadata)),
        ("commit", commit_of(&commit)),
        ("commit", commit_of(&"0".repeat(40))),
        ("tag", String::new()),
        ("tag", "object 0123\n".to_owned()),
        ("tag", tag_of(&"0".repeat(40), "commit")),
    ];
    // And whole ones of damaged ones.
    for number in 0..damaged.len() {
        let (kind, text) = &damaged[number];
        damaged.push(("tag", tag_of(&write(kind, text), kind)));
    }
    for (kind, text) in &damaged {
        let object = write(kind, text);
        for end in ["", "^{tree}", "^{}", "~0", "^1", ":drive"] {
            let exit = repository.exit(&format!("git:{object}{end}"));
            // A commit in the place of a tree is followed to its own by `^{tree}`.
            assert!(matches!(exit, 0 | 2 | 3), "{kind} {text:?} {end}: {exit}");
            assert!(!end.is_empty() || exit == 3, "{kind} {text:?}: {exit}");
        }
        std::fs::write(repository.path().join(".git/refs/heads/bad"), format!("{object}\n"))
            .unwrap();
        assert_eq!(repository.exit("git:bad"), 3, "{kind} {text:?}");
    }
    // Whole ones are followed.
    let tag = write("tag", &tag_of(&write("commit", &commit_of(&tree)), "commit"));
    assert_eq!(repository.exit(&format!("git:{tag}")), 0);
    // A tag that is replaced by one of itself has no end.
    let first = write("tag", &tag_of(&commit, "commit"));
    let second = write("tag", &tag_of(&first, "tag"));
    repository.git(&["replace", "-f", &first, &second]);
    assert_eq!(repository.exit(&format!("git:{second}")), 3);
    // What is staged is compared with a commit that cannot be read.
    let bad = write("commit", "no tree");
    std::fs::write(repository.path().join(".git/refs/heads/main"), format!("{bad}\n")).unwrap();
    assert_eq!(repository.staged(&[]).0, 3);
}
