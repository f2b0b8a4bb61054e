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
fn a_document_is_a_list_however_many_datasets_there_are() {
    let root = drives();
    let reports = |arguments: &[&str]| -> Value {
        let run = check(root.path(), &[arguments, &["--format", "json"]].concat());
        serde_json::from_slice(&run.stdout).unwrap()
    };
    let targets = |reports: &Value| -> Vec<String> {
        let reports = reports.as_array().unwrap().iter();
        reports.map(|report| report["target"]["uri"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(targets(&reports(&["--each", "drives/a"])), ["drives/a"]);
    assert_eq!(targets(&reports(&["drives/a", "nowhere"])), ["drives/a"]);
    assert!(reports(&["drives/a"]).is_object(), "one that is named is one report");
}

#[test]
fn a_line_names_its_dataset() {
    let root = drives();
    let zip = fs::File::create(root.path().join("drives/e.zip")).unwrap();
    let mut zip = zip::ZipWriter::new(zip);
    zip.start_file("lidar-top/s/1.pcd", zip::write::SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap();
    let run = check(root.path(), &["drives/week_2/b", "drives/e.zip", "--format", "concise"]);
    let lines = text(&run.stdout);
    let of = |dataset: &str| lines.lines().filter(|line| line.starts_with(dataset)).count();
    let (folder, zip) = (of("drives/week_2/b/metadata.json: L101"), of("drives/e.zip/"));
    assert!(folder == 1 && zip > 1 && folder + zip == lines.lines().count(), "{lines}");
    let alone = text(&check(root.path(), &["drives/e.zip", "--format", "concise"]).stdout);
    assert!(alone.lines().all(|line| !line.starts_with("drives/")), "{alone}");
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
        &["--save-listing", "all.gz"][..],
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

fn known(root: &Path) -> Value {
    serde_json::from_slice(&fs::read(root.join("known.json")).unwrap()).unwrap()
}

/// The codes of the findings that `known.json` has of a dataset.
fn codes_of(known: &Value, dataset: &str) -> Vec<String> {
    let findings = known["datasets"][dataset]["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_baseline_has_a_part_for_each_dataset() {
    let root = drives();
    let exit = |arguments: &[&str]| check(root.path(), arguments).status.code();
    let run = check(root.path(), &["--each", "drives", "--write-baseline=known.json"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(
        text(&run.stderr).contains("known.json is written with 1 finding of 3 datasets"),
        "{}",
        text(&run.stderr)
    );
    let written = known(root.path());
    assert_eq!(written["schema"], "sensortree-baseline/2");
    assert_eq!(codes_of(&written, "drives/week_2/b"), ["L101"]);
    assert!(codes_of(&written, "drives/a").is_empty());
    // It holds for all together, and for each alone, however it is named.
    assert_eq!(exit(&["--each", "drives", "--baseline", "known.json"]), Some(0));
    for name in ["drives/week_2/b", "./drives/week_2/../week_2/b/"] {
        assert_eq!(exit(&[name, "--baseline", "known.json"]), Some(0), "{name}");
    }
    // And for no other, though the same is wrong with it.
    dataset(root.path(), "drives/week_3/b", false);
    let run = check(root.path(), &["--each", "drives", "--baseline", "known.json"]);
    assert_eq!(run.status.code(), Some(1));
    let said = text(&run.stderr);
    assert!(said.contains("known.json has nothing of `drives/week_3/b`"), "{said}");
    assert!(!said.contains("nothing of `drives/a`"), "{said}");
}

#[test]
fn a_baseline_of_several_keeps_what_it_has_of_the_others() {
    let root = drives();
    check(root.path(), &["--each", "drives", "--write-baseline=known.json"]);
    let before = known(root.path());
    // One dataset alone writes its own part.
    fs::remove_file(root.path().join("drives/a/metadata.json")).unwrap();
    let run = check(root.path(), &["drives/a", "--write-baseline=known.json"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(text(&run.stderr).contains("with 1 finding of `drives/a`"), "{}", text(&run.stderr));
    let after = known(root.path());
    assert_eq!(codes_of(&after, "drives/a"), ["L101"]);
    assert_eq!(after["datasets"]["drives/week_2/b"], before["datasets"]["drives/week_2/b"]);
    // What cannot be checked, or not whole, keeps its part, and the others get theirs.
    fs::rename(root.path().join("drives/week_2/b"), root.path().join("gone")).unwrap();
    let many = format!("{{\"a\": [0{}]}}", ",0".repeat(300_000));
    fs::write(root.path().join("drives/a/metadata.json"), many).unwrap();
    fs::remove_file(root.path().join("drives/week_2/c/metadata.json")).unwrap();
    let arguments =
        ["drives/week_2/b", "drives/a", "drives/week_2/c", "--write-baseline=known.json"];
    let run = check(root.path(), &arguments);
    assert_eq!(run.status.code(), Some(2));
    let said = text(&run.stderr);
    assert!(
        said.contains("known.json is not written for drives/a: not all could be read"),
        "{said}"
    );
    assert!(said.contains("is written with 1 finding of 1 dataset"), "{said}");
    let last = known(root.path());
    assert_eq!(last["datasets"]["drives/a"], after["datasets"]["drives/a"]);
    assert_eq!(last["datasets"]["drives/week_2/b"], before["datasets"]["drives/week_2/b"]);
    assert_eq!(codes_of(&last, "drives/week_2/c"), ["L101"]);
}

#[test]
fn a_baseline_of_one_dataset_does_not_become_one_of_several() {
    let root = drives();
    check(root.path(), &["drives/week_2/b", "--write-baseline=known.json"]);
    let before = known(root.path());
    let run = check(root.path(), &["--each", "drives", "--write-baseline=known.json"]);
    assert_eq!(run.status.code(), Some(2));
    let said = text(&run.stderr);
    assert!(said.contains("`known.json` is the baseline of one dataset"), "{said}");
    assert_eq!(known(root.path()), before);
    // Which dataset a listing is of is not known, so that no part is taken for its own.
    check(root.path(), &["drives/week_2/b", "--save-listing", "b.gz"]);
    check(root.path(), &["--each", "drives", "--write-baseline=each.json"]);
    let run = check(root.path(), &["--listing", "b.gz", "--baseline", "each.json"]);
    assert_eq!(run.status.code(), Some(1));
    let why = "a saved listing does not say where its dataset lies";
    assert!(text(&run.stderr).contains(why), "{}", text(&run.stderr));
    let run = check(root.path(), &["--listing", "b.gz", "--write-baseline=each.json"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains(why), "{}", text(&run.stderr));
}

#[test]
fn the_settings_of_a_dataset_are_what_holds_there() {
    let root = drives();
    check(root.path(), &["--each", "drives", "--write-baseline=known.json"]);
    fs::write(
        root.path().join("sensortree.toml"),
        "baseline = \"known.json\"\n[[per-path-ignores]]\npath = \"/drives/a/**\"\nrules = [\"F101\"]\nreason = \"known\"\n",
    )
    .unwrap();
    let settings = |target: &[&str]| {
        let arguments = [&["config"], target].concat();
        let run = Command::new(env!("CARGO_BIN_EXE_sensortree"))
            .args(arguments)
            .current_dir(root.path())
            .output()
            .unwrap();
        text(&run.stdout)
    };
    let (all, a, b) = (settings(&[]), settings(&["drives/a"]), settings(&["drives/week_2/b"]));
    assert!(all.contains("known.json (1 finding of 3 datasets)"), "{all}");
    assert!(a.contains("known.json (0 findings of this dataset)"), "{a}");
    assert!(b.contains("known.json (1 finding of this dataset)"), "{b}");
    assert!(settings(&["drives"]).contains("known.json (nothing of this dataset)"));
    assert!(b.contains("(not of this dataset)"), "{b}");
    assert!(!a.contains("(not of this dataset)") && !all.contains("(not of"), "{a}{all}");
    let json: Value =
        serde_json::from_str(&settings(&["drives/week_2/b", "--format", "json"])).unwrap();
    let of = |key: &str| {
        let settings = json["settings"].as_array().unwrap();
        settings.iter().find(|setting| setting["key"] == key).unwrap()["value"].clone()
    };
    assert_eq!(of("baseline")["findings"], 1);
    assert_eq!(of("per-path-ignores")["holds"], false);
}
