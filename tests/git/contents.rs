//! Sizes of files, what they hold, and pointers to what lies elsewhere.

use std::fs;

use super::*;

#[test]
fn a_pointer_counts_as_the_file_that_it_stands_for() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    let plain = repository.check("git:HEAD").1["coverage"]["bytes"].as_u64().unwrap();
    let frame = "camera-front/scene_1/1681532060061.jpg";
    let bytes_before =
        repository.git(&["cat-file", "-s", &format!("HEAD:{frame}")]).parse::<u64>().unwrap();
    let mut check = |text: &str, expected: u64, codes_expected: &[&str]| {
        repository.write(frame, text);
        repository.commit();
        for target in ["git:HEAD", "git:index"] {
            let report = repository.check(target).1;
            assert_eq!(
                report["coverage"]["bytes"],
                plain - bytes_before + expected,
                "{target}: {text:?}"
            );
            assert_eq!(codes(&report), codes_expected, "{target}: {text:?}");
        }
    };
    check(&pointer(5_000_000_000), 5_000_000_000, &[]);
    check(&pointer(0), 0, &["F101"]);
    check(&pointer(123).replace('\n', "\r\n"), 123, &[]);
    let malformed = pointer(7).replace("size", "sise");
    check(&malformed, malformed.len() as u64, &[]);
    let long = format!("{}{}", pointer(7), "#".repeat(2_000));
    check(&long, long.len() as u64, &[]);
    check("", 0, &["F101"]);
}

#[test]
fn a_size_is_the_objects_own_whatever_the_index_says() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    // A fresh index has sizes of zero, as has one that git means to look at again.
    fs::remove_file(repository.path().join(".git/index")).unwrap();
    repository.git(&["read-tree", "HEAD"]);
    assert_eq!(repository.check("git:index").0, 0);
    // Line ends that the checkout turned, and entries that git is told not to look at.
    repository.git(&["config", "core.autocrlf", "true"]);
    fs::remove_file(repository.path().join("metadata.json")).unwrap();
    repository.git(&["checkout", "--", "."]);
    repository.git(&["update-index", "--assume-unchanged", "lidar-top/scene_1/1681532060061.pcd"]);
    repository.git(&["update-index", "--skip-worktree", "lidar-top/scene_1/1681532060161.pcd"]);
    repository.write("lidar-top/scene_1/1681532060061.pcd", "");
    let (exit, report) = repository.check("git:index");
    assert_eq!(
        (exit, &report["coverage"]["bytes"]),
        (0, &repository.check("git:HEAD").1["coverage"]["bytes"])
    );
    // An empty file is known by its name among the objects, though none was ever written.
    repository.git(&[
        "update-index",
        "--cacheinfo",
        "100644,e69de29bb2d1d6434b8b29ae775ad8c2e48c5391,lidar-top/scene_1/1681532060061.pcd",
    ]);
    assert_eq!(codes(&repository.check("git:index").1), ["F101"]);
}

#[test]
fn metadata_in_large_file_storage_is_said_to_be_unread() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.write("metadata.json", &pointer(400));
    repository.commit();
    for target in ["git:HEAD", "git:index"] {
        let (exit, report) = repository.check(target);
        assert_eq!((exit, codes(&report)), (3, vec![]));
        assert_eq!(
            unread(&report),
            [("metadata.json", "it is a Git LFS pointer, and its text is not in the repository")]
        );
    }
    fs::remove_file(repository.path().join("metadata.json")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("lidar-top", repository.path().join("metadata.json")).unwrap();
    repository.commit();
    assert!(codes(&repository.check("git:HEAD").1).contains(&"L101"));
}

#[test]
fn objects_in_packs_have_the_sizes_that_they_have_alone() {
    let Some(mut repository) = Repository::new(&["init", "-q", "-b", "main"]) else { return };
    // Pointers that differ little are kept as what differs, as are files of some length.
    let long = "0123456789 ".repeat(400);
    for frame in 0..200_u64 {
        let stamp = 1_681_532_060_061 + frame * 100;
        repository.write(&format!("lidar-top/scene_1/{stamp}.pcd"), &pointer(1_000_000 + frame));
        let text = if frame == 7 { String::new() } else { format!("{long}{frame}") };
        repository.write(&format!("camera-front/scene_1/{stamp}.jpg"), &text);
    }
    repository.write("lidar-top/scene_1/1681532060061.pcd", &pointer(0));
    repository.commit();
    let check = |repository: &Repository| {
        ["git:HEAD", "git:index"].map(|target| {
            let mut report = repository.check(target).1;
            report["timing"] = Value::Null;
            report["target"] = Value::Null;
            report["coverage"]["entries"] = Value::Null;
            report
        })
    };
    let empty = |report: &Value| -> u64 {
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .filter(|finding| finding["code"] == "F101")
            .map(|finding| finding["count"].as_u64().unwrap())
            .sum()
    };
    let [loose, staged] = check(&repository);
    assert_eq!(loose["findings"], staged["findings"]);
    assert_eq!(empty(&loose), 2, "one is empty, one points to an empty file");
    assert!(loose["coverage"]["bytes"].as_u64().unwrap() > 199 * 1_000_000);
    repository.git(&["repack", "-q", "-a", "-d", "-f", "--depth=50"]);
    assert_eq!(check(&repository), [loose.clone(), staged.clone()], "one pack");
    repository.git(&["config", "pack.packSizeLimit", "1m"]);
    repository.git(&["multi-pack-index", "write"]);
    assert_eq!(check(&repository), [loose.clone(), staged.clone()], "a list of all packs");
    let borrowing = tempfile::tempdir().unwrap();
    let path = borrowing.path().join("borrowing");
    repository.git(&["clone", "-q", "-s", ".", path.to_str().unwrap()]);
    let [borrowed, _] =
        ["git:HEAD", "git:index"].map(|target| repository.at(&path).check(target).1);
    assert_eq!(
        (&borrowed["coverage"]["bytes"], &borrowed["findings"]),
        (&loose["coverage"]["bytes"], &loose["findings"])
    );
    // Another object in place of one.
    let frame = repository.git(&["rev-parse", "HEAD:camera-front/scene_1/1681532060161.jpg"]);
    repository.git(&["replace", &frame, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"]);
    let [replaced, _] = check(&repository);
    assert_eq!(empty(&replaced), 3);
}

#[test]
fn frames_are_looked_into_when_that_is_asked_for() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.write_frames("");
    let frame = |at: u64| format!("lidar-top/scene_1/{}.pcd", 1_681_532_060_061 + at * 100);
    repository.write_bytes(&frame(0), b"<!doctype html><html></html>");
    repository.write_bytes(&frame(1), &Repository::point_cloud()[..4_000]);
    repository.write("camera-front/scene_1/1681532060061.jpg", &pointer(206_144));
    repository.commit();
    let check = |repository: &Repository, way: &str| {
        for target in ["git:HEAD", "git:index"] {
            let (exit, report) = repository.check(target);
            assert_eq!(
                (exit, codes(&report)),
                (0, vec![]),
                "{way}, {target}: a look is for the user to ask for"
            );
            let (exit, report) = repository.check_with(target, &["--content", "headers"]);
            assert_eq!(
                (exit, codes(&report)),
                (1, vec!["F102", "F103", "F109"]),
                "{way}, {target}"
            );
            let coverage = &report["coverage"];
            assert_eq!(
                (&coverage["probed"], &coverage["probeable"]),
                (&6.into(), &6.into()),
                "{way}, {target}"
            );
            let report =
                repository.check_with(target, &["--content", "headers", "--sample", "1"]).1;
            assert_eq!(
                (codes(&report), &report["coverage"]["probed"]),
                (vec!["F102", "F109"], &2.into()),
                "{way}, {target}"
            );
        }
    };
    check(&repository, "loose");
    repository.git(&["repack", "-q", "-a", "-d", "-f", "--depth=50"]);
    check(&repository, "packed");
    repository.git(&["sparse-checkout", "set", "--sparse-index", "camera-front"]);
    check(&repository, "sparse");
}

#[test]
fn frames_in_large_file_storage_are_looked_into_where_this_clone_has_them() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.write_frames("");
    let frame = "camera-front/scene_1/1681532060061.jpg";
    let text = pointer(FRAME_BYTES as u64);
    repository.write(frame, &text);
    repository.commit();
    let name = "4d7a2146".repeat(8);
    let stored = format!(".git/lfs/objects/{}/{}/{name}", &name[..2], &name[2..4]);
    let check = |codes_expected: &[&str]| {
        let report = repository.check_with("git:HEAD", &["--content", "headers"]).1;
        assert_eq!(codes(&report), codes_expected, "{report}");
        assert_eq!(report["coverage"]["probed"], 6, "{report}");
    };
    check(&["F109"]);
    repository.write_bytes(&stored, &Repository::image());
    check(&[]);
    let mut cut = Repository::image();
    // Within the image, behind which there is nothing but zeros.
    cut.truncate(200);
    cut.resize(FRAME_BYTES, 1);
    repository.write_bytes(&stored, &cut);
    check(&["F107"]);
    // Not what the pointer stands for.
    repository.write_bytes(&stored, b"x");
    check(&["F109"]);
}
