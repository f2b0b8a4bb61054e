//! Revisions and the index of real repositories, made by the program `git`, checked by
//! the whole command.
//!
//! Where there is no such program these tests say so and pass.
#![cfg(feature = "git")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

#[path = "git/contents.rs"]
mod contents;
#[path = "git/damage.rs"]
mod damage;
#[path = "git/index_sizes.rs"]
mod index_sizes;
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
    // Staged, and gone from the work tree again; in the work tree, and not staged; deleted from the
    // work tree only.
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
