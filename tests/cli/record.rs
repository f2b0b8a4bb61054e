//! Answers of the platform beside what was predicted of a dataset.

use std::fs;

use serde_json::Value;

use super::{BAD, Place, RISKY, text};

impl Place {
    /// The report of `check drive`, in a file.
    fn judge_into(&self, name: &str) {
        self.run(&format!("check drive --format json={name}"));
    }

    /// What a command prints that ends well.
    fn printed(&self, words: &str) -> String {
        let run = self.run(words);
        assert_eq!(run.status.code(), Some(0), "{words}: {}", text(&run.stderr));
        text(&run.stdout)
    }
}

#[test]
fn answers_are_kept_and_counted_without_a_name() {
    let (rejected, risky) = (Place::with(BAD), Place::with(RISKY));
    rejected.judge_into("report.json");
    risky.judge_into("report.json");
    let log = rejected.path("state/answers.jsonl");
    let to_log = format!("--log {}", log.display());
    let said = rejected.printed(&format!("record --report report.json --actual 5710 {to_log}"));
    assert!(said.starts_with("predicted 5710, answered 5710: kept in "), "{said}");
    risky.printed(&format!("record --report report.json --actual 200 --errors scene_1 {to_log}"));

    let kept = fs::read_to_string(&log).unwrap();
    assert_eq!(kept.lines().count(), 2);
    for name in ["drive", "scene_1", "lidar", "camera", "left", rejected.path("").to_str().unwrap()]
    {
        assert!(!kept.contains(name), "{name}: {kept}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o077, 0);
    }

    let shown = rejected.printed(&format!("accuracy {to_log}"));
    let [first, ..] = *shown.lines().collect::<Vec<_>>() else { unreachable!() };
    assert_eq!(first, "2 answers recorded, 2 predicted, 2 with the code that was predicted");
    let summary = rejected.printed(&format!("accuracy --format json {to_log}"));
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["schema"], "sensortree-accuracy/1");
    let all = serde_json::json!({"claimed": 1, "actual": 1, "both": 1});
    assert_eq!((&summary["rejection"], &summary["scenes"]), (&all, &all));
    assert_eq!(summary["rules"]["L103"]["rejection"], all);
    assert_eq!(summary["rules"]["F101"]["scenes"], all);
}

#[test]
fn the_platforms_own_answer_says_which_scenes_are_errors() {
    let place = Place::with(RISKY);
    place.judge_into("report.json");
    let imported = r#"{"code": 200, "data": {"datasetId": "7", "errorDataIdList": [12]}}"#;
    let status =
        r#"{"code": 200, "data": {"mappingList": [{"dataId": 12, "sceneId": "scene_1"}]}}"#;
    place.write("import.json", imported).write("status.json", status);
    let kept = |log: &str, words: &str| -> Value {
        place.printed(&format!("record --report report.json --log {log} {words}"));
        serde_json::from_str(&fs::read_to_string(place.path(log)).unwrap()).unwrap()
    };
    let named = kept("a.jsonl", "--actual 200 --errors scene_1");
    assert_eq!(kept("b.jsonl", "--answer import.json --answer status.json"), named);
    assert_eq!(named["scenes"]["both"], 1);
    let run = place.run("record --report report.json --log c.jsonl --answer import.json");
    assert_eq!(run.status.code(), Some(2));
    let said = text(&run.stderr);
    assert!(said.contains("the answer `import.json` cannot be used"), "{said}");
    assert!(said.contains("GET /dataset/status"), "{said}");
    assert!(!place.path("c.jsonl").exists());
}

#[test]
fn the_log_is_in_the_folder_for_state() {
    let place = Place::with(BAD);
    place.judge_into("report.json");
    let state = place.path("state");
    let run = |words: &str| place.command(words).env("XDG_STATE_HOME", &state).output().unwrap();
    assert_eq!(run("accuracy").status.code(), Some(2));
    if cfg!(unix) {
        assert_eq!(run("record --report report.json --actual 5710").status.code(), Some(0));
        assert!(state.join("sensortree/answers.jsonl").is_file());
        assert_eq!(run("accuracy").status.code(), Some(0));
    }
}

#[test]
fn what_cannot_be_recorded_is_refused_and_nothing_is_written() {
    let place = Place::with(BAD);
    place.judge_into("report.json");
    place.write("notes.txt", "notes");
    for (words, expected) in [
        ("--report missing.json --actual 200", "missing.json"),
        ("--report notes.txt --actual 200", "no report"),
        ("--report report.json --actual 201", "5710"),
        ("--report report.json --actual 5710 --errors a", "other than 200"),
        ("--report report.json --actual 200 --errors a --no-errors", "cannot be used with"),
        ("--report report.json --actual 200 --answer notes.txt", "cannot be used with"),
        ("--report report.json --answer notes.txt", "no answer of the platform"),
        ("--report report.json", "--actual"),
    ] {
        let run = place.run(&format!("record --log log.jsonl {words}"));
        let said = text(&run.stderr);
        assert_eq!(run.status.code(), Some(2), "{words}: {said}");
        assert!(said.contains(expected), "{words}: {said}");
        assert!(!place.path("log.jsonl").exists(), "{words}");
    }
    let run = place.run("record --log notes.txt --report report.json --actual 200");
    assert!(text(&run.stderr).contains("something else"), "{}", text(&run.stderr));
    assert_eq!(fs::read_to_string(place.path("notes.txt")).unwrap(), "notes");
}

#[test]
fn a_line_that_cannot_be_read_is_said() {
    let place = Place::with(BAD);
    place.judge_into("report.json");
    place.printed("record --log log.jsonl --report report.json --actual 5710");
    let line = fs::read_to_string(place.path("log.jsonl")).unwrap();
    place.write("log.jsonl", format!("{line}{}\n", &line[..40]));
    let run = place.run("accuracy --log log.jsonl");
    assert!(text(&run.stdout).starts_with("1 answer recorded"), "{}", text(&run.stdout));
    let said = text(&run.stderr);
    assert!(said.contains("1 line of `log.jsonl`") && said.contains("line 2"), "{said}");
}
