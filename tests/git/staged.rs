//! `check --staged`: what is about to be committed, as a git hook sees it.

use std::fs;

use crate::repository::{Repository, pointer};

const FRAME: &str = "drive/camera-front/scene_1/1681532060161.jpg";

/// A repository with a good drive in a folder, committed.
fn committed() -> Option<Repository> {
    let mut repository = Repository::new(&["init", "-q", "-b", "main"])?;
    repository.write_drive("drive/");
    repository.write_frames("drive/");
    repository.write("README.md", "drives");
    repository.commit();
    Some(repository)
}

/// The codes that are said, in order.
fn codes(said: &str) -> Vec<&str> {
    said.lines()
        .filter_map(|line| line.split(": ").nth(1)?.split(' ').next())
        .filter(|word| is_code(word))
        .collect()
}

fn is_code(word: &str) -> bool {
    word.len() == 4
        && word.starts_with(|letter: char| letter.is_ascii_uppercase())
        && word[1..].parse::<u16>().is_ok()
}

#[test]
fn what_a_commit_breaks_is_found_whatever_it_does() {
    type Change = fn(&Repository);
    let changes: [(&str, Change, i32, &[&str]); 12] = [
        ("nothing", |_| {}, 0, &[]),
        ("a file beside the dataset", |it| it.write("README.md", "more"), 0, &[]),
        ("a good frame anew", |it| it.write_frames("drive/"), 0, &[]),
        (
            "a frame of one sensor more",
            |it| {
                it.write_bytes(
                    "drive/lidar-top/scene_1/1681532060361.pcd",
                    &Repository::point_cloud(),
                );
            },
            1,
            &["A202"],
        ),
        ("a frame of one sensor less", |it| drop(it.git(&["rm", "-q", FRAME])), 1, &["A202"]),
        (
            "a frame renamed",
            |it| drop(it.git(&["mv", FRAME, "drive/camera-front/scene_1/1681532060361.jpg"])),
            1,
            &["A207"],
        ),
        (
            "a sensor renamed",
            |it| drop(it.git(&["mv", "drive/camera-front", "drive/cam_front"])),
            1,
            &["L103"],
        ),
        (
            "a whole sensor less",
            |it| drop(it.git(&["rm", "-q", "-r", "drive/camera-front"])),
            1,
            &["M108"],
        ),
        (
            "metadata.json less",
            |it| drop(it.git(&["rm", "-q", "drive/metadata.json"])),
            1,
            &["L101"],
        ),
        ("an empty frame", |it| it.write(FRAME, ""), 1, &["F101"]),
        (
            "a frame that is none",
            |it| it.write(FRAME, "<!doctype html><html></html>"),
            1,
            &["F106"],
        ),
        ("the whole dataset less", |it| drop(it.git(&["rm", "-q", "-r", "drive"])), 0, &[]),
    ];
    for (name, change, exit_expected, codes_expected) in changes {
        let Some(repository) = committed() else { return };
        change(&repository);
        repository.git(&["add", "-A"]);
        let (exit, said) = repository.staged(&[]);
        assert_eq!(
            (exit, codes(&said)),
            (exit_expected, codes_expected.to_vec()),
            "{name}: {said}"
        );
    }
}

#[test]
fn the_index_is_judged_and_not_the_work_tree() {
    let Some(repository) = committed() else { return };
    repository.write(FRAME, "");
    fs::remove_file(repository.path().join("drive/metadata.json")).unwrap();
    let (exit, said) = repository.staged(&[]);
    assert_eq!((exit, codes(&said)), (0, vec![]), "nothing of it is staged: {said}");
    repository.git(&["add", FRAME]);
    repository.write_frames("drive/");
    let (exit, said) = repository.staged(&[]);
    assert_eq!(
        (exit, codes(&said)),
        (1, vec!["F101"]),
        "staged, and mended in the work tree only: {said}"
    );
}

#[test]
fn the_first_commit_is_judged_whole() {
    let Some(repository) = Repository::new(&["init", "-q", "-b", "main"]) else { return };
    assert_eq!(repository.staged(&[]).0, 0, "nothing is there");
    repository.write_drive("");
    repository.write_frames("");
    repository.git(&["add", "-A"]);
    let (exit, said) = repository.staged(&[]);
    assert_eq!((exit, codes(&said)), (0, vec![]), "{said}");
    repository.git(&["rm", "-q", "--cached", "metadata.json"]);
    let (exit, said) = repository.staged(&[]);
    assert_eq!((exit, codes(&said)), (1, vec!["L101"]), "{said}");
}

#[test]
fn what_was_there_before_is_counted_and_fails_nothing() {
    let Some(mut repository) = committed() else { return };
    repository.write("drive/camera-front/scene_1/notes.txt", "a stray file");
    fs::remove_file(repository.path().join(FRAME)).unwrap();
    repository.commit();
    let (exit, said) = repository.staged(&[]);
    assert_eq!((exit, codes(&said)), (0, vec![]), "nothing is staged: {said}");
    // Another scene of the same dataset, in order.
    for (sensor, suffix) in [("lidar-top", "pcd"), ("camera-front", "jpg")] {
        let from = if suffix == "pcd" { Repository::point_cloud() } else { Repository::image() };
        repository.write_bytes(&format!("drive/{sensor}/scene_2/1681532070061.{suffix}"), &from);
    }
    repository.git(&["add", "-A"]);
    let (exit, said) = repository.staged(&[]);
    assert_eq!((exit, codes(&said)), (0, vec![]), "{said}");
    assert!(said.contains("findings of before"), "{said}");
    // And one that is not.
    repository.git(&["rm", "-q", "--cached", "drive/lidar-top/scene_2/1681532070061.pcd"]);
    let (exit, said) = repository.staged(&[]);
    assert!(exit == 1 && said.contains("scene_2") && !said.contains("notes.txt"), "{exit}: {said}");
    // What lies where something is staged is said again.
    repository.git(&["reset", "-q", "--hard"]);
    repository.write("drive/camera-front/scene_1/notes.txt", "another text");
    repository.git(&["add", "-A"]);
    let (exit, said) = repository.staged(&[]);
    assert!(exit == 1 && said.contains("notes.txt"), "{exit}: {said}");
}

#[test]
fn several_datasets_are_each_judged_where_something_is_staged() {
    let Some(mut repository) = committed() else { return };
    for folder in ["b/", "c/"] {
        repository.write_drive(folder);
        repository.write_frames(folder);
    }
    repository.commit();
    for folder in ["drive", "b"] {
        repository.git(&["rm", "-q", &format!("{folder}/metadata.json")]);
    }
    let (exit, said) = repository.staged(&[]);
    assert_eq!((exit, codes(&said)), (1, vec!["L101", "L101"]), "{said}");
    assert_eq!(codes(&repository.staged(&["b"]).1), ["L101"]);
    assert_eq!(repository.staged(&["c"]).0, 0, "nothing is staged there");
    let (exit, said) = repository.staged(&["nowhere"]);
    assert!(exit == 2 && said.contains("no folder `nowhere`"), "{exit}: {said}");
    assert_eq!(repository.staged(&["--format=json=report.json"]).0, 1);
    let reports: Vec<serde_json::Value> = serde_json::from_str(
        &std::fs::read_to_string(repository.path().join("report.json")).unwrap(),
    )
    .unwrap();
    let uris: Vec<&str> =
        reports.iter().map(|report| report["target"]["uri"].as_str().unwrap()).collect();
    assert_eq!(uris, ["git:index:b", "git:index:drive"], "one document of both");
    assert_eq!(repository.staged(&["--format=html=report.html"]).0, 1);
    let page = fs::read_to_string(repository.path().join("report.html")).unwrap();
    for said in
        ["0 of 2 datasets would be accepted", "href=\"#dataset-2\"", "id=\"dataset-2-finding-1\""]
    {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn a_document_is_a_list_however_many_datasets_a_commit_touches() {
    let Some(repository) = with_a_fault() else { return };
    let report = || -> Vec<serde_json::Value> {
        let text = fs::read_to_string(repository.path().join("report.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    assert_eq!(repository.staged(&["--format=json=report.json"]).0, 1);
    assert_eq!(report().len(), 1);
    repository.git(&["reset", "-q"]);
    assert_eq!(repository.staged(&["--format=json=report.json"]).0, 0);
    assert_eq!(report().len(), 0, "nothing is staged");
    // What must stay stays, also then.
    let metadata = repository.path().join("drive/metadata.json");
    let before = fs::read(&metadata).unwrap();
    assert_eq!(repository.staged(&["--format=json=drive/metadata.json"]).0, 2);
    assert_eq!(fs::read(&metadata).unwrap(), before);
}

#[test]
fn a_line_names_its_dataset_as_seen_from_the_current_folder() {
    let Some(repository) = with_a_fault() else { return };
    repository.write_drive("data/b/");
    repository.write_frames("data/b/");
    repository.git(&["add", "data"]);
    repository.git(&["rm", "-q", "-f", "--cached", "data/b/metadata.json"]);
    let lines = |folder: &str| -> Vec<String> {
        let mut command = repository.command(env!("CARGO_BIN_EXE_sensortree"));
        command.current_dir(repository.path().join(folder));
        command.args(["check", "--isolated", "--staged", "--format=concise", "--quiet"]);
        let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let place = |line: &str| line.split(": ").next().unwrap().to_owned();
        said.lines().map(place).collect()
    };
    assert_eq!(lines(""), ["data/b/metadata.json", FRAME]);
    assert_eq!(lines("data"), ["b/metadata.json".to_owned(), format!("../{FRAME}")]);
    assert_eq!(lines("data/b"), ["metadata.json".to_owned(), format!("../../{FRAME}")]);
}

#[test]
fn what_is_no_dataset_is_left_alone() {
    let Some(repository) = Repository::new(&["init", "-q", "-b", "main"]) else { return };
    repository.write("package/metadata.json", "{\"name\": \"package\"}");
    repository.write("camera-driver/src/main.rs", "fn main() {}");
    repository.write("photos/1.jpg", "x");
    repository.git(&["add", "-A"]);
    let (exit, said) = repository.staged(&[]);
    assert!(exit == 0 && said.contains("nothing is staged in a dataset"), "{exit}: {said}");
    assert_eq!(repository.staged(&["--quiet"]), (0, String::new()));
}

#[test]
fn pointers_stand_for_their_data() {
    let Some(repository) = committed() else { return };
    repository.write(FRAME, &pointer(206_144));
    repository.git(&["add", "-A"]);
    let (exit, said) = repository.staged(&[]);
    assert_eq!((exit, codes(&said)), (0, vec![]), "{said}");
    assert!(said.contains("Git LFS"), "{said}");
    repository.write(FRAME, &pointer(0));
    repository.git(&["add", "-A"]);
    let (exit, said) = repository.staged(&[]);
    assert_eq!((exit, codes(&said)), (1, vec!["F101"]), "{said}");
}

#[test]
fn a_conflict_leaves_the_check_incomplete() {
    let Some(mut repository) = committed() else { return };
    for (branch, text) in [("ours", "1"), ("theirs", "2")] {
        repository.git(&["checkout", "-q", "-b", branch, "main"]);
        repository.write(FRAME, text);
        repository.commit();
    }
    repository.try_git(&["merge", "-q", "ours"]);
    assert_eq!(repository.staged(&[]).0, 3);
}

#[test]
fn a_part_of_what_is_staged_is_judged_by_itself() {
    let Some(repository) = committed() else { return };
    repository.write(FRAME, "");
    repository.write("README.md", "more");
    repository.git(&["add", "-A"]);
    // As git runs a hook for `git commit README.md`.
    let index = repository.path().join(".git/next-index");
    let partial = repository.at(repository.path()).with("GIT_INDEX_FILE", index.to_str().unwrap());
    partial.git(&["read-tree", "HEAD"]);
    partial.git(&["add", "README.md"]);
    assert_eq!(partial.staged(&[]).0, 0);
    assert_eq!(repository.staged(&[]).0, 1);
}

#[test]
fn what_a_partial_clone_lacks_of_other_frames_is_not_asked_for() {
    let Some(repository) = committed() else { return };
    repository.git(&["config", "uploadpack.allowFilter", "true"]);
    let room = tempfile::tempdir().unwrap();
    let (clone, url) =
        (room.path().join("clone"), format!("file://{}", repository.path().display()));
    repository.git(&[
        "clone",
        "-q",
        "--no-checkout",
        "--filter=blob:none",
        &url,
        clone.to_str().unwrap(),
    ]);
    let place = repository.at(&clone);
    place.git(&["read-tree", "HEAD"]);
    place.git(&["rm", "-q", "--cached", FRAME]);
    let metadata = place.git(&["rev-parse", "HEAD:drive/metadata.json"]);
    place.git(&["cat-file", "-e", &metadata]);
    let (exit, said) = place.staged(&[]);
    assert_eq!((exit, codes(&said)), (1, vec!["A202"]), "{said}");
}

#[test]
fn an_ignore_with_a_leading_slash_counts_from_the_folder_of_its_file() {
    let Some(repository) = committed() else { return };
    let ignore = "[[per-path-ignores]]\npath = \"/drive/camera-front/**\"\n\
                  rules = [\"F101\"]\nreason = \"known\"\n";
    repository.write("sensortree.toml", ignore);
    for drive in ["drive", "other"] {
        repository.write_drive(&format!("{drive}/"));
        repository.write_frames(&format!("{drive}/"));
        repository.write(&FRAME.replace("drive", drive), "");
    }
    let check = |folder: &str, arguments: &[&str], expected: i32| {
        let mut command = repository.command(env!("CARGO_BIN_EXE_sensortree"));
        command.current_dir(repository.path().join(folder)).arg("check").args(arguments);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(expected), "{arguments:?} in {folder}: {said}");
    };
    repository.git(&["add", "-A"]);
    check("", &["--staged", "drive"], 0);
    check("drive", &["--staged", "."], 0);
    check("", &["--staged", "other"], 1);
    check("", &["git:index:drive"], 0);
    repository.git(&["commit", "-q", "-m", "another"]);
    // A commit can be checked that the work tree no longer has.
    fs::remove_dir_all(repository.path().join("drive")).unwrap();
    check("", &["git:HEAD:drive"], 0);
    check("other", &["git:HEAD:../drive"], 0);
    check("", &["git:HEAD:other"], 1);
    check("other", &["git:HEAD:."], 1);
    let room = tempfile::tempdir().unwrap();
    let bare = room.path().join("bare.git");
    repository.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    fs::write(bare.join("sensortree.toml"), ignore).unwrap();
    let mut command = repository.command(env!("CARGO_BIN_EXE_sensortree"));
    let output = command.current_dir(&bare).args(["check", "git:HEAD:drive"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("the repository has no work tree"), "{said}");
}

#[test]
fn a_folder_may_be_named_from_the_root_of_the_disk() {
    let Some(repository) = committed() else { return };
    repository.git(&["rm", "-q", FRAME]);
    let drive = repository.path().join("drive");
    let (exit, said) = repository.staged(&[drive.to_str().unwrap()]);
    assert_eq!(exit, 1, "{said}");
}

#[test]
fn where_nothing_can_be_staged_that_is_said() {
    let Some(bare) = Repository::new(&["init", "-q", "--bare"]) else { return };
    let (exit, said) = bare.staged(&[]);
    assert!(exit == 2 && said.contains("a bare one, without a work tree"), "{exit}: {said}");
    let Some(repository) = committed() else { return };
    fs::remove_file(repository.path().join(".git/index")).unwrap();
    let (exit, said) = repository.staged(&[]);
    assert!(exit == 2 && said.contains("has commits and no index"), "{exit}: {said}");
    // One that the environment names and that is not there is no empty one either.
    let elsewhere = repository.at(repository.path()).with("GIT_INDEX_FILE", "/nowhere/index");
    let (exit, said) = elsewhere.staged(&[]);
    assert!(exit == 2 && said.contains("has commits and no index"), "{exit}: {said}");
}

/// The exit code and all that is said of a check with the settings that are there, not isolated.
fn with_settings(repository: &Repository, arguments: &[&str]) -> (i32, String) {
    let mut command = repository.command(env!("CARGO_BIN_EXE_sensortree"));
    let output =
        command.args(["check", "--staged", "--format=concise"]).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    (output.status.code().unwrap(), said)
}

/// A repository in which an empty frame is staged, which is F101.
fn with_a_fault() -> Option<Repository> {
    let repository = committed()?;
    repository.write(FRAME, "");
    repository.git(&["add", FRAME]);
    Some(repository)
}

const EXCUSE: &str = "ignore = [\"F101\"]\n";

#[test]
fn the_settings_are_those_that_would_be_committed() {
    let Some(repository) = with_a_fault() else { return };
    let check = |arguments: &[&str], exit: i32, codes_said: &[&str], says: &str| {
        let (found, said) = with_settings(&repository, arguments);
        assert_eq!((found, codes(&said)), (exit, codes_said.to_vec()), "{said}");
        assert!(said.contains(says), "{says}: {said}");
        assert_eq!(says.is_empty(), !said.contains("note: `"), "{said}");
    };
    check(&[], 1, &["F101"], "");
    // One that is not staged does not count, and that is said.
    repository.write("sensortree.toml", EXCUSE);
    check(&[], 1, &["F101"], "`sensortree.toml` is not staged, and does not count");
    check(&["--isolated"], 1, &["F101"], "");
    let (exit, said) = with_settings(&repository, &["--quiet"]);
    assert!(exit == 1 && !said.contains("sensortree.toml"), "{said}");
    // Unless it is named.
    let named = ["--config", "sensortree.toml"];
    check(&named, 0, &[], "`sensortree.toml` is not staged; it counts as the work tree has it");
    // To mean to add it is not to stage it.
    repository.git(&["add", "--intent-to-add", "sensortree.toml"]);
    check(&[], 1, &["F101"], "is not staged, and does not count");
    repository.git(&["add", "sensortree.toml"]);
    check(&[], 0, &[], "");
    check(&named, 0, &[], "");
    // Staged and in the work tree are two things, whichever of them ignores.
    for flags in [&[][..], &named] {
        repository.write("sensortree.toml", "max-examples = 3\n");
        let differs = "`sensortree.toml` counts as it is staged; the work tree has another text";
        check(flags, 0, &[], differs);
        // But for the ends of lines, which git may change.
        repository.write("sensortree.toml", "ignore = [\"F101\"]\r\n");
        check(flags, 0, &[], "");
        fs::remove_file(repository.path().join("sensortree.toml")).unwrap();
        check(flags, 0, &[], "`sensortree.toml` counts as it is staged; the work tree lacks it");
    }
    repository.write("sensortree.toml", "max-examples = 3\n");
    repository.git(&["add", "sensortree.toml"]);
    repository.write("sensortree.toml", EXCUSE);
    check(&[], 1, &["F101"], "the work tree has another text");
    // A mistake in the work tree alone is none of the commit's; a staged one is drawn.
    repository.write("sensortree.toml", "ignore = [");
    check(&[], 1, &["F101"], "the work tree has another text");
    repository.git(&["add", "sensortree.toml"]);
    repository.write("sensortree.toml", "");
    let (exit, said) = with_settings(&repository, &[]);
    assert!(exit == 2 && said.contains("ignore = ["), "{exit}: {said}");
    repository.git(&["rm", "-q", "-f", "--cached", "sensortree.toml"]);
    // The nearest that counts is the next one above, of any name.
    repository.write("drive/sensortree.toml", "max-examples = 3\n");
    repository.write("pyproject.toml", "[tool.sensortree]\nignore = [\"F101\"]\n");
    repository.git(&["add", "pyproject.toml"]);
    let mut command = repository.command(env!("CARGO_BIN_EXE_sensortree"));
    command.current_dir(repository.path().join("drive")).args(["check", "--staged"]);
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("`sensortree.toml` is not staged"), "{said}");
}

#[test]
fn what_staged_settings_name_is_staged_too() {
    let Some(repository) = with_a_fault() else { return };
    repository.write("sensortree.toml", "extend = \"shared/base.toml\"\n");
    repository.write("shared/base.toml", EXCUSE);
    repository.git(&["add", "sensortree.toml"]);
    let (exit, said) = with_settings(&repository, &[]);
    assert!(exit == 2 && said.contains("it is not staged"), "{exit}: {said}");
    repository.git(&["add", "shared"]);
    repository.write("shared/base.toml", "");
    let (exit, said) = with_settings(&repository, &[]);
    assert!(exit == 0 && said.contains("`shared/base.toml` counts as it is staged"), "{said}");
    // The folder need not be there.
    fs::remove_dir_all(repository.path().join("shared")).unwrap();
    let (exit, said) = with_settings(&repository, &[]);
    assert!(exit == 0 && said.contains("the work tree lacks it"), "{exit}: {said}");

    // A baseline, in the same way; by a flag, too.
    repository.write("sensortree.toml", "baseline = \"known.json\"\n");
    repository.git(&["add", "sensortree.toml"]);
    let (exit, said) = with_settings(&repository, &[]);
    assert!(exit == 2 && said.contains("there is no baseline `known.json`"), "{exit}: {said}");
    let mut write = repository.command(env!("CARGO_BIN_EXE_sensortree"));
    write.args(["check", "git:index:drive", "--isolated", "--content=headers", "--quiet"]);
    write.arg("--write-baseline=known.json");
    assert_eq!(write.output().unwrap().status.code(), Some(0));
    let (exit, said) = with_settings(&repository, &[]);
    assert!(exit == 2 && said.contains("it is not staged"), "{exit}: {said}");
    let (exit, said) = with_settings(&repository, &["--isolated", "--baseline=known.json"]);
    assert!(exit == 0 && said.contains("`known.json` is not staged; it counts"), "{exit}: {said}");
    repository.git(&["add", "known.json"]);
    repository.write("known.json", "{}");
    for flags in [&[][..], &["--isolated", "--baseline=known.json"]] {
        let (exit, said) = with_settings(&repository, flags);
        assert!(exit == 0 && said.contains("`known.json` counts as it is staged"), "{said}");
    }
    // Of a baseline of several datasets, the part of each.
    fs::remove_file(repository.path().join("known.json")).unwrap();
    let mut write = repository.command(env!("CARGO_BIN_EXE_sensortree"));
    write.args([
        "check",
        "--each",
        "drive",
        "--isolated",
        "--quiet",
        "--write-baseline=known.json",
    ]);
    assert_eq!(write.output().unwrap().status.code(), Some(0));
    let known = fs::read_to_string(repository.path().join("known.json")).unwrap();
    repository.git(&["add", "known.json"]);
    repository.write("known.json", "{}");
    let (exit, said) = with_settings(&repository, &[]);
    assert!(exit == 0 && said.contains("`known.json` counts as it is staged"), "{exit}: {said}");
    repository.write("known.json", &known.replace("\"drive\": {", "\"other\": {"));
    repository.git(&["add", "known.json"]);
    let (exit, said) = with_settings(&repository, &[]);
    assert!(exit == 1 && said.contains("known.json has nothing of `drive`"), "{exit}: {said}");
}

#[cfg(unix)]
#[test]
fn links_to_settings_are_followed_in_the_index() {
    use std::os::unix::fs::symlink;

    let Some(repository) = with_a_fault() else { return };
    let top = repository.path();
    repository.write("shared/team.toml", EXCUSE);
    symlink("shared/../shared/team.toml", top.join("sensortree.toml")).unwrap();
    repository.git(&["add", "sensortree.toml", "shared"]);
    repository.write("shared/team.toml", "");
    let (exit, said) = with_settings(&repository, &[]);
    assert!(exit == 0 && said.contains("counts as it is staged"), "{exit}: {said}");
    // Out of the repository they lead where they are read without git, too, which is nowhere.
    for target in ["../../../../etc/passwd", "/proc/self/environ", "sensortree.toml"] {
        fs::remove_file(top.join("sensortree.toml")).unwrap();
        symlink(target, top.join("sensortree.toml")).unwrap();
        repository.git(&["add", "sensortree.toml"]);
        let (exit, said) = with_settings(&repository, &[]);
        assert!(matches!(exit, 1 | 2) && !said.contains("root:"), "{target}: {exit}: {said}");
        assert!(!said.contains("GIT_CONFIG_NOSYSTEM"), "{target}: {said}");
    }
}
