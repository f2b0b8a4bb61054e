//! Findings that were there before do not count, and nothing else hides behind them.

use std::fs;

use serde_json::Value;

use super::{BAD, GOOD, Place, RISKY, text};

impl Place {
    /// `check drive` as one JSON report, and its exit code.
    fn judged(&self, flags: &str) -> (Value, Option<i32>) {
        let run = self.run(&format!("check drive --format json {flags}"));
        let report = serde_json::from_slice(&run.stdout).unwrap();
        (report, run.status.code())
    }

    fn complaint(&self, flags: &str) -> String {
        let run = self.run(&format!("check drive {flags}"));
        assert_eq!(run.status.code(), Some(2), "{flags}: {}", text(&run.stdout));
        text(&run.stderr)
    }
}

#[test]
fn what_is_known_does_not_count_and_is_predicted_all_the_same() {
    let place = Place::with(BAD);
    assert_eq!(place.code("check drive"), Some(1));
    let (report, exit) = place.judged("--write-baseline known.json");
    assert_eq!((exit, &report["prediction"]["code"]), (Some(0), &Value::from(5710)));

    let (report, exit) = place.judged("--baseline known.json");
    assert_eq!(exit, Some(0));
    assert_eq!(report["findings"], Value::Array(Vec::new()));
    assert_eq!(report["prediction"]["outcome"], "rejected");
    assert_eq!(report["baseline"]["file"], "known.json");
    assert_eq!(report["baseline"]["suppressed"][0]["code"], "L103");
    assert_eq!(report["baseline"]["stale"], Value::Array(Vec::new()));

    let drawn = place.report("--baseline known.json");
    assert!(drawn.contains("predicted answer: 5710"), "{drawn}");
    assert!(drawn.contains("because L103 (documented)"), "{drawn}");
    assert!(drawn.contains("in the baseline known.json"), "{drawn}");
    assert!(drawn.contains("the platform will still answer 5710"), "{drawn}");
    assert!(!drawn.contains("expected camera-left"), "{drawn}");
    assert_eq!(place.report("--baseline known.json --format concise"), "");
    let answer: Value =
        serde_json::from_str(&place.report("--baseline known.json --format response")).unwrap();
    assert_eq!(answer["code"], 5710);
}

#[test]
fn one_frame_more_is_reported_whole() {
    let place = Place::with(RISKY);
    place.write("sensortree.toml", "baseline = \"known.json\"");
    assert_eq!(place.code("check drive --write-baseline"), Some(0));
    assert_eq!(place.code("check drive"), Some(0));

    fs::write(place.path("drive/lidar-top/scene_1/1681532060361.pcd"), "").unwrap();
    let (report, exit) = place.judged("");
    assert_eq!(exit, Some(1));
    assert_eq!(report["findings"][0]["code"], "F101");
    assert_eq!(report["findings"][0]["count"], 2);
    assert_eq!(
        report["findings"][0]["notes"],
        serde_json::json!(["1 when the baseline was written, 2 now"])
    );
    assert_eq!(report["baseline"]["stale"][0]["now"], 2);
    let drawn = place.report("");
    assert!(
        drawn.contains("--write-baseline known.json") && drawn.contains("changed: F101"),
        "{drawn}"
    );

    // Another frame in its place is another fault, though there are as many.
    fs::write(place.path("drive/lidar-top/scene_1/1681532060261.pcd"), "x".repeat(9)).unwrap();
    let (report, exit) = place.judged("--content none");
    assert_eq!(exit, Some(1), "{report}");
    let notes = &report["findings"][0]["notes"];
    assert!(
        notes.to_string().contains("1 when the baseline was written, 1 now, but not the same"),
        "{notes}"
    );

    // Mended, the entry is stale.
    fs::write(place.path("drive/lidar-top/scene_1/1681532060361.pcd"), "x".repeat(9)).unwrap();
    let (report, exit) = place.judged("--content none");
    assert_eq!(exit, Some(0), "{report}");
    assert_eq!(
        report["baseline"]["stale"],
        Value::Array(Vec::new()),
        "less was looked at than when it was written"
    );
}

#[test]
fn what_is_mended_is_stale() {
    let place = Place::with(RISKY);
    place.run("check drive --content none --write-baseline known.json");
    fs::write(place.path("drive/lidar-top/scene_1/1681532060261.pcd"), "x").unwrap();
    let (report, exit) = place.judged("--content none --baseline known.json");
    assert_eq!(exit, Some(0));
    assert_eq!(report["baseline"]["stale"][0]["code"], "F101");
    assert_eq!(report["baseline"]["stale"][0].get("now"), None);
    let drawn = place.report("--content none --baseline known.json");
    assert!(
        drawn.contains("gone: F101") && drawn.contains("--write-baseline known.json"),
        "{drawn}"
    );
    let (report, _) = place.judged("--content none --baseline known.json --ignore F101");
    assert_eq!(
        report["baseline"]["stale"],
        Value::Array(Vec::new()),
        "a rule that does not run finds nothing"
    );
}

#[test]
fn the_file_is_made_to_be_read() {
    let place = Place::with(BAD);
    place.run("check drive --write-baseline known.json");
    let once = fs::read_to_string(place.path("known.json")).unwrap();
    let value: Value = serde_json::from_str(&once).unwrap();
    assert_eq!(
        (value["schema"].as_str(), value["target"].as_str()),
        (Some("sensortree-baseline/1"), Some("drive"))
    );
    let findings = value["findings"].as_array().unwrap();
    let lines: Vec<&str> = once.lines().filter(|line| line.contains("\"code\"")).collect();
    assert!(!lines.is_empty() && lines.len() == findings.len(), "{once}");
    for key in ["code", "name", "count", "message", "fingerprint", "contents"] {
        assert!(findings.iter().all(|finding| finding.get(key).is_some()), "{key}: {once}");
    }
    place.run("check drive --write-baseline known.json");
    assert_eq!(fs::read_to_string(place.path("known.json")).unwrap(), once);
}

#[test]
fn hostile_names_stay_in_their_line() {
    let place = Place::with(GOOD);
    let name = "a\u{1b}[31m\n::error::\u{202e}\u{2028}<script>.txt";
    fs::write(place.path("drive").join(name), "x").unwrap();
    assert_eq!(place.code("check drive --fail-on advice"), Some(1));
    assert_eq!(place.code("check drive --fail-on advice --write-baseline known.json"), Some(0));
    let written = fs::read_to_string(place.path("known.json")).unwrap();
    assert!(!written.contains(['\u{1b}', '\u{202e}', '\u{2028}']), "{written:?}");
    let value: Value = serde_json::from_str(&written).unwrap();
    assert!(value["findings"][0]["message"].as_str().unwrap().contains("<script>"));
    assert_eq!(place.code("check drive --fail-on advice --baseline known.json"), Some(0));
}

#[test]
fn nothing_else_is_written_over() {
    let place = Place::with(RISKY);
    let check = |name: &str, content: &str, says: &str| {
        place.write(name, content);
        let said = place.complaint(&format!("--write-baseline {name}"));
        assert!(said.contains("is there already") && said.contains(says), "{name}: {said}");
        assert_eq!(fs::read_to_string(place.path(name)).unwrap(), content);
    };
    check("notes.txt", "my notes\n", "which says");
    check("empty.json", "", "which says");
    check("report.json", "{\"schema\": \"sensortree-report/1\"}", "which says");
    check("cut.json", "{\"schema\": \"sensortree-baseline/1\", \"findi", "EOF");
    check("later.json", "{\"schema\": \"sensortree-baseline/7\"}", "another version");
    assert!(place.complaint("--write-baseline drive").contains("it is no file"));
    assert!(place.complaint("--write-baseline nowhere/known.json").contains("cannot be written"));
    assert!(
        place.complaint("--write-baseline known.json --select F").contains("cannot be used with")
    );
}

#[test]
fn a_baseline_that_cannot_be_used_is_said_where_it_is_wrong() {
    let place = Place::with(RISKY);
    let check = |content: &str, says: &[&str]| {
        place.write("known.json", content);
        let said = place.complaint("--baseline known.json");
        for says in says {
            assert!(said.contains(says), "{content}: {said}");
        }
    };
    assert!(place.complaint("--baseline known.json").contains("there is no baseline `known.json`"));
    check(
        "{\"schema\": \"sensortree-baseline/1\",\n \"content\": 3}",
        &["known.json:2", "invalid type"],
    );
    check("{\n\"schema\": \"sensortree-baseline/1\", \n}", &["known.json:3:1", "trailing comma"]);
    // What does not say that it is one is not shown.
    check("{\n\"findings\": [], \n}", &["line 3", "trailing comma"]);
    check("[]", &["line 1", "is no baseline"]);
    check(
        "{\"schema\": \"sensortree-baseline/7\"}",
        &["known.json:1:13", "`sensortree-baseline/7` is of another version"],
    );
    check("{\u{1b}[31m\u{202e}", &["line 1: key must be"]);
    assert!(!place.complaint("--baseline known.json").contains("\u{1b}[31m"));
    check(&format!("{{\"a\":{}", "[".repeat(100_000)), &["line 1: EOF"]);
    place.write("sensortree.toml", "baseline = \"known.json\"");
    assert!(place.complaint("").contains("cannot be used"));
    place.write("sensortree.toml", "baseline = \"absent.json\"");
    assert!(place.complaint("").contains("to write it: --write-baseline absent.json"));
}

#[test]
fn an_incomplete_inspection_writes_none() {
    let place = Place::with(RISKY);
    // More values than are looked at.
    place.write("drive/metadata.json", format!("{{\"a\": [0{}]}}", ",0".repeat(300_000)));
    let run = place.run("check drive --write-baseline known.json");
    assert_eq!(run.status.code(), Some(3));
    assert!(
        text(&run.stderr).contains("the baseline known.json is not written"),
        "{}",
        text(&run.stderr)
    );
    assert!(!place.path("known.json").exists());
}

#[test]
fn of_nothing_none_is_written() {
    let place = Place::with(GOOD);
    fs::create_dir(place.path("empty")).unwrap();
    let run = place.run("check empty --write-baseline known.json");
    assert_eq!(run.status.code(), Some(4));
    assert!(text(&run.stderr).contains("there was nothing to check"), "{}", text(&run.stderr));
    assert!(!place.path("known.json").exists());
}

#[test]
fn the_same_baseline_holds_wherever_the_dataset_lies() {
    let place = Place::with(RISKY);
    place.run("check drive --content none --write-baseline known.json");
    place.run("check drive --content none --save-listing drive.gz");
    assert_eq!(place.code("check --listing drive.gz --baseline known.json"), Some(0));
    fs::create_dir(place.path("inner")).unwrap();
    fs::rename(place.path("drive"), place.path("inner/drive")).unwrap();
    assert_eq!(place.code("check inner/drive --content none --baseline known.json"), Some(0));
    fs::rename(place.path("inner/drive"), place.path("inner/other")).unwrap();
    let run = place.run("check inner/other --content none --baseline known.json");
    assert_eq!(run.status.code(), Some(0));
    assert!(
        text(&run.stdout).contains("the baseline was written for `drive`"),
        "{}",
        text(&run.stdout)
    );
}
