//! Revisions and the index of real repositories, made by the program `git`, checked by the whole command.
//!
//! Where there is no such program these tests say so and pass.
#![cfg(feature = "git")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

#[path = "git/pre_commit.rs"]
mod pre_commit;
#[path = "git/repository.rs"]
mod repository;
#[path = "git/staged.rs"]
mod staged;

use std::fs;

use repository::{FRAME_BYTES, GOOD, Repository, pointer};
use serde_json::Value;

/// The codes of the findings, in order.
fn codes(report: &Value) -> Vec<&str> {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

/// What could not be read: its path and why.
fn unread(report: &Value) -> Vec<(&str, &str)> {
    let unread = report["coverage"]["unread"].as_array().unwrap().iter();
    unread.map(|gap| (gap["path"].as_str().unwrap(), gap["reason"].as_str().unwrap())).collect()
}

#[test]
fn what_is_committed_staged_and_in_the_work_tree_are_three_things() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    // Staged, and gone from the work tree again; in the work tree, and not staged; deleted from the work tree only.
    repository.write("lidar-top/scene_1/1681532060361.pcd", "staged");
    repository.git(&["add", "-A"]);
    fs::remove_file(repository.path().join("lidar-top/scene_1/1681532060361.pcd")).unwrap();
    fs::remove_file(repository.path().join("camera-front/scene_1/1681532060061.jpg")).unwrap();
    repository.write(".DS_Store", "junk");

    let (exit, report) = repository.check("git:HEAD");
    assert_eq!((exit, codes(&report)), (0, vec![]));
    assert_eq!(report["target"], serde_json::json!({ "kind": "git", "uri": "git:HEAD" }));
    assert_eq!(report["tree"]["frames"], 6);
    assert_eq!(report["endpoint"], "import-annotation");

    let (exit, report) = repository.check("git:index");
    assert_eq!((exit, codes(&report)), (1, vec!["A202"]));
    assert_eq!(report["tree"]["frames"], 7);
}

#[test]
fn every_way_to_name_a_revision_leads_to_its_tree() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    repository.git(&["tag", "-a", "v1.2", "-m", "a tag of a commit"]);
    repository.git(&["tag", "tree", "HEAD^{tree}"]);
    repository.git(&["tag", "file", "HEAD:metadata.json"]);
    repository.git(&["branch", "index"]);
    repository.write("notes.txt", "stray");
    repository.commit();
    repository.git(&["checkout", "-q", "-b", "work"]);
    repository.git(&["update-ref", "refs/remotes/origin/work", "main"]);
    repository.git(&["remote", "add", "origin", "."]);
    repository.git(&["branch", "-q", "--set-upstream-to", "origin/work"]);
    let commit = repository.git(&["rev-parse", "HEAD~1"]);
    for good in [
        "v1.2",
        "tree",
        "HEAD~1",
        "main^",
        "heads/index",
        &commit,
        &commit[..9],
        "v1.2^{tree}",
        "@{u}~1",
    ] {
        assert_eq!(repository.check(&format!("git:{good}")).0, 0, "{good}");
    }
    for stray in ["HEAD", "@", "main", "@{u}", "work@{2099-01-01 10:00:00}"] {
        assert_eq!(codes(&repository.check(&format!("git:{stray}")).1), ["L105"], "{stray}");
    }
}

#[test]
fn a_listing_saved_from_a_repository_gives_the_same_report() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.write(".DS_Store", "junk");
    repository.commit();
    for target in ["git:HEAD", "git:index"] {
        let (_, mut listed) = repository.check_with(target, &["--save-listing", "saved.gz"]);
        let (_, mut again) = repository.check_with("saved.gz", &["--listing"]);
        assert_eq!(codes(&listed), ["H101"]);
        let notes = again["coverage"].as_object_mut().unwrap().remove("notes");
        assert!(notes.is_some(), "{target}: it is said what was read");
        for report in [&mut listed, &mut again] {
            report["timing"] = Value::Null;
            report["target"] = Value::Null;
        }
        assert_eq!(again, listed, "{target}");
    }
}

#[test]
fn mistakes_are_said_in_words_with_what_was_meant() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    let check = |repository: &Repository, target: &str, expected: &str| {
        let (exit, said) = repository.fail(target);
        assert_eq!(exit, 2, "{target}: {said}");
        assert!(said.contains(expected), "{target}: {said}");
        assert_eq!(said.matches("error:").count(), 1, "{said}");
        assert!(!said.contains("╰─▶"), "said twice: {said}");
    };
    check(&repository, "git:HEAD", "`HEAD` has no commit yet");
    repository.commit();
    repository.git(&["tag", "file", "HEAD:metadata.json"]);
    check(&repository, "git:mian", "there is no revision `mian`; did you mean `main`?");
    check(&repository, "git:idnex", "did you mean `index`?");
    check(&repository, "git:HEAD~9", "`HEAD~9` cannot be resolved to one revision");
    check(&repository, "git:HEAD@{u}", "tracking branch");
    check(&repository, "git:main..HEAD", "it stands for more than one commit");
    check(&repository, "git:file", "`file` is a file, and a commit, a tag or a tree is needed");
    check(
        &repository,
        "git:HEAD:lidar-tpo",
        "there is no folder `lidar-tpo` in `HEAD`; did you mean `lidar-top`?",
    );
    check(
        &repository,
        "git:index:lidar-tpo",
        "there is no folder `lidar-tpo` in the index; did you mean `lidar-top`?",
    );
    check(&repository, "git:index:lidar-top/scene_2", "did you mean `lidar-top/scene_1`?");
    check(&repository, "git:HEAD:metadata.json", "`metadata.json` in `HEAD` is a file");
    check(&repository, "git:index:metadata.json", "`metadata.json` in the index is a file");
    check(&repository, "git:index:metadata.json/x", "`metadata.json` in the index is a file");
    check(&repository, "git:HEAD:..", "`..` leads to nowhere in the repository");
    check(&repository, "git:", "`git:` names no revision");
    check(&repository, "git::data", "names no revision");
    check(&repository, "git:a\u{1b}[31m\nb", "\\u{1b}[31m\\nb");

    let outside = Repository::nowhere();
    check(&outside, "git:HEAD", "is in none");
}

#[test]
fn nothing_to_check_is_said() {
    let Some(repository) = Repository::new(&["init", "-q", "-b", "main"]) else { return };
    assert_eq!(repository.check("git:index").0, 4);
    repository.git(&["commit", "-q", "--allow-empty", "-m", "nothing"]);
    assert_eq!(repository.check("git:HEAD").0, 4);
}

#[test]
fn a_folder_is_counted_from_the_top_or_from_where_one_stands() {
    let Some(mut repository) = Repository::new(&["init", "-q", "-b", "main"]) else { return };
    repository.write_drive("data/drive/");
    repository.commit();
    for target in [
        "git:HEAD:data/drive",
        "git:index:data/drive/",
        "git:HEAD:./data/drive",
        "git:index:./data/drive",
    ] {
        assert_eq!(repository.check(target).0, 0, "{target}");
    }
    for target in ["git:HEAD", "git:index"] {
        let (exit, report) = repository.check(target);
        assert_eq!((exit, codes(&report)), (1, vec!["L112"]), "{target}");
        let help = report["findings"][0]["help"].as_str().unwrap();
        assert!(help.contains(&format!("`{target}:data/drive`")), "{help}");
    }
    let sensor = repository.check("git:HEAD:data/drive/lidar-top").1;
    assert_eq!(codes(&sensor), ["L112"]);
    assert!(
        sensor["findings"][0]["help"].as_str().unwrap().contains("`git:HEAD:data/drive`"),
        "{sensor}"
    );

    repository.stand_in("data");
    assert_eq!(repository.check("git:HEAD:./drive").0, 0);
    assert_eq!(repository.check("git:index:../data/drive").0, 0);
    assert_eq!(repository.check("git:HEAD:data/drive").0, 0);
    assert_eq!(repository.fail("git:HEAD:drive").0, 2);
}

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
fn what_is_no_file_is_named() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    let commit = repository.git(&["rev-parse", "HEAD"]);
    let cacheinfo = |mode: &str, object: &str, path: &str| {
        repository.git(&[
            "update-index",
            "--add",
            "--cacheinfo",
            &format!("{mode},{object},{path}"),
        ]);
    };
    cacheinfo("160000", &commit, "tools");
    let link = repository.git(&["hash-object", "-w", "metadata.json"]);
    cacheinfo("120000", &link, "camera-front/scene_1/latest.jpg");
    cacheinfo("100755", &link, "lidar-top/scene_1/1681532060061.pcd");
    repository.git(&["commit", "-q", "-m", "a submodule, a link and a program"]);
    for target in ["git:HEAD", "git:index"] {
        let (exit, report) = repository.check(target);
        assert_eq!(exit, 3);
        assert_eq!(
            unread(&report),
            [("tools/", "a submodule: its files are in a repository of their own")]
        );
        assert!(codes(&report).contains(&"H104"), "{:?}", codes(&report));
        assert_eq!(report["tree"]["frames"], 6);
    }
    let (exit, said) = repository.fail("git:HEAD:tools");
    assert!(exit == 2 && said.contains("a submodule"), "{said}");
}

#[test]
fn what_would_not_be_committed_is_left_out_and_a_conflict_is_unread() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    repository.write("camera-front/scene_1/1681532060361.jpg", "to come");
    repository.git(&["add", "-N", "camera-front/scene_1/1681532060361.jpg"]);
    let (exit, report) = repository.check("git:index");
    assert_eq!((exit, codes(&report)), (0, vec![]), "{report}");
    assert_eq!(report["coverage"]["skipped"][0]["path"], "camera-front/scene_1/1681532060361.jpg");
    repository.git(&["reset", "-q", "--hard"]);

    for (branch, text) in [("ours", "1"), ("theirs", "2")] {
        repository.git(&["checkout", "-q", "-b", branch, "main"]);
        repository.write("lidar-top/scene_1/1681532060061.pcd", text);
        repository.commit();
    }
    repository.try_git(&["merge", "-q", "ours"]);
    let (exit, report) = repository.check("git:index");
    assert_eq!((exit, codes(&report)), (3, vec![]));
    assert_eq!(
        unread(&report),
        [("lidar-top/scene_1/1681532060061.pcd", "in conflict: its merge is not finished")]
    );
    assert_eq!(report["tree"]["frames"], 6, "each side of a conflict is no frame of its own");

    repository.git(&["reset", "-q", "--hard"]);
    for (branch, text) in [("ours", "{}"), ("theirs", "[]")] {
        repository.git(&["checkout", "-q", branch]);
        repository.write("metadata.json", text);
        repository.commit();
    }
    repository.try_git(&["merge", "-q", "ours"]);
    let (exit, report) = repository.check("git:index");
    assert_eq!((exit, codes(&report)), (3, vec![]));
    assert_eq!(unread(&report).len(), 2, "{report}");
}

#[test]
fn every_form_of_a_repository_is_read() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    let room = tempfile::tempdir().unwrap();
    let (bare, linked) = (room.path().join("bare.git"), room.path().join("linked"));
    let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    repository.git(&["clone", "-q", "--bare", ".", &text(&bare)]);
    repository.git(&["worktree", "add", "-q", &text(&linked)]);

    let (exit, report) = repository.at(&bare).check("git:HEAD");
    assert_eq!((exit, &report["tree"]["frames"]), (0, &6.into()));
    assert_eq!(repository.at(&bare).check("git:index").0, 4);
    assert_eq!(repository.at(&linked).check("git:HEAD").0, 0);
    assert_eq!(repository.at(&linked).check("git:index:.").0, 0);
    let elsewhere = repository.at(room.path()).with("GIT_DIR", &text(&bare));
    assert_eq!(elsewhere.check("git:HEAD").0, 0);

    repository.git(&["gc", "-q"]);
    repository.git(&["multi-pack-index", "write"]);
    assert_eq!(repository.check("git:HEAD").0, 0, "packed");
    repository.git(&["update-index", "--index-version", "4"]);
    assert_eq!(repository.check("git:index").0, 0, "index of version 4");
    repository.git(&["update-index", "--split-index"]);
    repository.git(&["rm", "-q", "--cached", "lidar-top/scene_1/1681532060061.pcd"]);
    assert_eq!(codes(&repository.check("git:index").1), ["A202"], "an index in two files");
    repository.git(&["reset", "-q", "--hard"]);
    repository.git(&["update-index", "--no-split-index"]);
    repository.git(&["sparse-checkout", "set", "--sparse-index", "camera-front"]);
    for target in ["git:index", "git:index:lidar-top/scene_1"] {
        let sparse = repository.check(target).1;
        assert_eq!(sparse["coverage"]["complete"], true, "a sparse index: {sparse}");
    }
    assert_eq!(repository.check("git:index").1["tree"]["frames"], 6, "a sparse index");
}

#[test]
fn an_index_that_the_environment_names_is_the_one_that_is_read() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    let other = repository.path().join(".git/next-index");
    fs::copy(repository.path().join(".git/index"), &other).unwrap();
    repository.git(&["rm", "-q", "--cached", "metadata.json"]);
    let named = repository.at(repository.path()).with("GIT_INDEX_FILE", other.to_str().unwrap());
    assert_eq!(codes(&named.check("git:index").1), Vec::<&str>::new());
    assert_eq!(codes(&repository.check("git:index").1), ["L101"]);
}

#[test]
fn names_are_the_bytes_that_are_there() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    let blob = repository.git(&["hash-object", "-w", "metadata.json"]);
    let mut entries = Vec::new();
    for name in [
        &b"a\nb.txt"[..],
        b" lead.txt",
        b"back\\slash.txt",
        b"\xff\xfe.txt",
        b"\xf0\x9f\x9a\x97.txt",
    ] {
        entries.extend_from_slice(format!("100644 {blob}\tcamera-front/scene_1/").as_bytes());
        entries.extend_from_slice(name);
        entries.push(0);
    }
    repository.git_with(&["update-index", "-z", "--index-info"], &entries);
    repository.git(&["commit", "-q", "-m", "odd names"]);
    let (_, committed) = repository.check("git:HEAD");
    let (_, staged) = repository.check("git:index");
    assert_eq!(committed["findings"], staged["findings"]);
    assert_eq!(committed["coverage"]["files"], 6 + 1 + 5);
    let text = committed["findings"].to_string();
    for shown in ["a\\nb.txt", " lead.txt", "back\\\\slash.txt", "%FF%FE.txt", "🚗.txt"] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
}

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
#[cfg(unix)]
fn nothing_that_a_repository_configures_is_run() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.write(".gitattributes", "* filter=evil diff=evil merge=evil\n");
    repository.commit();
    let touched = repository.path().join("touched");
    let script = repository.path().join(".git/evil.sh");
    fs::write(&script, format!("#!/bin/sh\ntouch '{}'\ncat\n", touched.display())).unwrap();
    let runnable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&script, runnable).unwrap();
    let script = script.to_str().unwrap();
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "credential.helper",
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.evil.command",
        "diff.external",
        "merge.evil.driver",
        "remote.origin.uploadpack",
        "pager.ls-files",
        "gpg.program",
        "uploadpack.packObjectsHook",
    ] {
        repository.write_config(key, script);
    }
    repository.write_config("remote.origin.url", &format!("ext::{script}"));
    repository.write_config("remote.origin.promisor", "true");
    repository.write_config("extensions.partialClone", "origin");
    repository.write_config("core.repositoryFormatVersion", "1");
    fs::create_dir_all(repository.path().join(".git/hooks")).unwrap();
    for hook in ["post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"] {
        fs::copy(script, repository.path().join(".git/hooks").join(hook)).unwrap();
    }
    assert_eq!(repository.exit("git:index"), 0);
    assert_eq!(repository.exit("git:HEAD"), 0);
    let id = repository.read_ref("refs/heads/main");
    fs::remove_file(repository.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    assert_eq!(repository.exit("git:HEAD"), 3, "missing, and to be fetched by a program");
    assert!(!touched.exists());
}

#[test]
#[cfg(unix)]
fn a_repository_of_another_user_is_refused_as_git_refuses_it() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    repository.commit();
    let all = walkdir::WalkDir::new(repository.path());
    if all
        .into_iter()
        .any(|file| std::os::unix::fs::lchown(file.unwrap().path(), Some(54_321), None).is_err())
    {
        eprintln!("skipped: only root can give files away");
        return;
    }
    let (exit, said) = repository.fail("git:HEAD");
    assert_eq!(exit, 3, "{said}");
    assert!(said.contains("safe.directory"), "{said}");
    let config = tempfile::NamedTempFile::new().unwrap();
    fs::write(&config, format!("[safe]\n\tdirectory = {}\n", repository.path().display())).unwrap();
    let listed =
        repository.at(repository.path()).with("GIT_CONFIG_GLOBAL", config.path().to_str().unwrap());
    assert_eq!(listed.check("git:HEAD").0, 0);
}

#[test]
fn other_formats_are_read_or_said() {
    let Some(mut repository) =
        Repository::new(&["init", "-q", "-b", "main", "--object-format=sha256"])
    else {
        return;
    };
    repository.write_drive("");
    repository.commit();
    assert_eq!(repository.check("git:HEAD").0, 0, "SHA-256");
    assert_eq!(repository.check("git:index").0, 0, "SHA-256");

    let Some(mut repository) =
        Repository::new(&["init", "-q", "-b", "main", "--ref-format=reftable"])
    else {
        return;
    };
    repository.write_drive("");
    repository.commit();
    assert_eq!(repository.check("git:index").0, 0, "an index beside a reftable");
    let (exit, said) = repository.fail("git:HEAD");
    assert!((2..=3).contains(&exit) && said.contains("reftable"), "{exit}: {said}");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    for frame in 0..6_000 {
        repository
            .write(&format!("lidar-top/scene_2/{}.pcd", 1_681_532_060_061_u64 + frame * 100), "x");
    }
    repository.write("lidar-top/scene_2/1681532060061.PCD", "x");
    repository.commit();
    assert_eq!(GOOD, 6);
    for target in ["git:HEAD", "git:index"] {
        let reports: Vec<Value> = ["1", "2", "7"]
            .iter()
            .map(|jobs| {
                let mut report = repository.check_with(target, &["--jobs", jobs]).1;
                report["timing"] = Value::Null;
                report
            })
            .collect();
        assert!(reports.iter().all(|report| *report == reports[0]), "{target}");
        assert_eq!(reports[0]["coverage"]["files"], 6 + 1 + 6_001);
    }
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

/// Writes a tree object of these entries, in the order given and whatever is wrong with them: mode, name, object.
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
