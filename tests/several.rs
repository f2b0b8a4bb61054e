//! `check` of several datasets.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const METADATA: &str = r#"{"version": "1.0", "fileTreeType": 0, "dataType": 3,
    "lidarSequence": ["top"], "cameraSequence": [], "cameraCoefficients": []}"#;

/// Makes a dataset of one LiDAR with a frame, with or without its metadata.json.
fn dataset(root: &Path, name: &str, has_metadata: bool) {
    let scene = root.join(name).join("lidar-top/s");
    fs::create_dir_all(&scene).unwrap();
    fs::write(scene.join("1681532060061.pcd"), "x").unwrap();
    if has_metadata {
        fs::write(root.join(name).join("metadata.json"), METADATA).unwrap();
    }
}

fn check(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sensortree"))
        .args(["check", "--isolated", "--content", "none"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Two good datasets and a bad one, at different depths, and what is none.
fn drives() -> TempDir {
    let root = TempDir::new().unwrap();
    dataset(root.path(), "drives/a", true);
    dataset(root.path(), "drives/week_2/b", false);
    dataset(root.path(), "drives/week_2/c", true);
    // What is hidden is no dataset.
    dataset(root.path(), "drives/.cache/d", true);
    fs::create_dir_all(root.path().join("drives/notes/2026")).unwrap();
    root
}

#[test]
fn each_dataset_below_a_folder_is_judged_and_the_worst_decides() {
    let root = drives();
    let run = check(root.path(), &["--each", "drives", "--format", "json"]);
    assert_eq!(run.status.code(), Some(1));
    let reports: Vec<Value> = serde_json::from_slice(&run.stdout).unwrap();
    let told: Vec<(&str, &str)> = reports
        .iter()
        .map(|report| {
            let outcome = report["prediction"]["outcome"].as_str().unwrap();
            (report["target"]["uri"].as_str().unwrap(), outcome)
        })
        .collect();
    let expected = [
        ("drives/a", "accepted"),
        ("drives/week_2/b", "rejected"),
        ("drives/week_2/c", "accepted"),
    ];
    assert_eq!(told, expected);
    let table = text(&run.stderr);
    assert!(table.contains("2 of 3 datasets would be accepted"), "{table}");
    assert!(table.contains("drives/week_2/b") && table.contains("L101"), "{table}");
    let good = check(root.path(), &["drives/a", "drives/week_2/c"]);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stdout));
    assert!(text(&good.stdout).ends_with("2 of 2 datasets would be accepted\n"));
}

#[test]
fn the_same_is_reported_whatever_the_threads() {
    let root = drives();
    let reports = |jobs: &str| {
        let run = check(root.path(), &["--each", "drives", "--format", "concise", "--jobs", jobs]);
        (text(&run.stdout), run.status.code())
    };
    let expected = reports("1");
    assert!(expected.0.contains("L101"));
    for jobs in ["2", "7"] {
        assert_eq!(reports(jobs), expected, "{jobs} threads");
    }
}

#[test]
fn one_document_holds_all_reports() {
    let root = drives();
    let run = check(
        root.path(),
        &[
            "drives/a",
            "drives/week_2/b",
            "--format",
            "sarif=all.sarif",
            "--format",
            "junit=all.xml",
            "--format",
            "gitlab=all.json",
        ],
    );
    assert_eq!(run.status.code(), Some(1));
    let read = |name: &str| fs::read_to_string(root.path().join(name)).unwrap();
    let sarif: Value = serde_json::from_str(&read("all.sarif")).unwrap();
    let ids: Vec<&str> = sarif["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["automationDetails"]["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["sensortree/drives/a/", "sensortree/drives/week_2/b/"]);
    assert_eq!(read("all.xml").matches("<testsuite ").count(), 2);
    let issues: Vec<Value> = serde_json::from_str(&read("all.json")).unwrap();
    assert_eq!(issues.len(), 1);
    // The table goes where no report does.
    assert!(text(&run.stdout).contains("1 of 2 datasets would be accepted"));
}

#[test]
fn what_cannot_be_checked_keeps_no_other_from_it() {
    let root = drives();
    let run = check(root.path(), &["nowhere", "drives/a"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("there is no folder `nowhere`"), "{}", text(&run.stderr));
    let out = text(&run.stdout);
    assert!(out.contains("drives/a is aligned") && out.contains("not checked"), "{out}");
}

#[test]
fn what_is_of_one_dataset_is_refused_for_several() {
    let root = drives();
    for flags in [
        &["--write-baseline"][..],
        &["--save-listing", "all.gz"],
        &["--as-if", "renames.csv"],
        &["--request", "body.json"],
    ] {
        let run = check(root.path(), &[&["drives/a", "drives/week_2/c"], flags].concat());
        assert_eq!(run.status.code(), Some(2), "{flags:?}");
        let said = text(&run.stderr);
        assert!(said.contains("is of one dataset, and 2 are to be checked"), "{flags:?}: {said}");
    }
}

#[test]
fn nothing_below_is_a_mistake() {
    let root = drives();
    for (prefix, said) in [
        ("drives/notes", "no dataset lies below `drives/notes`"),
        ("nowhere", "there is no folder `nowhere`"),
        ("git:HEAD", "neither a folder nor a cloud prefix"),
    ] {
        let run = check(root.path(), &["--each", prefix]);
        assert_eq!(run.status.code(), Some(2), "{prefix}");
        assert!(text(&run.stderr).contains(said), "{prefix}: {}", text(&run.stderr));
    }
}
