//! Configuration that a team lives with: ignores that end, files that extend others, and what
//! is in force.

use std::fs;

use serde_json::Value;

use super::{Place, RISKY, text};

impl Place {
    /// The exit code of `check drive`, and all that it says.
    fn said(&self, flags: &str) -> (Option<i32>, String) {
        let run = self.run(&format!("check drive {flags}"));
        let said = text(&run.stdout) + &text(&run.stderr);
        // Lines are wrapped.
        (run.status.code(), said.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// What `config` says.
    fn settings(&self, arguments: &str) -> String {
        let run = self.run(&format!("config {arguments}"));
        assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
        text(&run.stdout)
    }
}

fn ignore(expires: &str) -> String {
    let expires = if expires.is_empty() { String::new() } else { format!("expires = {expires}\n") };
    format!("rules = [\"F101\"]\nreason = \"the disk was full\"\n{expires}")
}

#[test]
fn an_ignore_that_ended_lets_its_findings_through_and_says_so() {
    let place = Place::with(RISKY);
    for head in ["[[ignores]]\n", "[[per-path-ignores]]\npath = \"lidar-top/**\"\n"] {
        let check = |expires: &str, exit: i32, says: &[&str]| {
            place.write("sensortree.toml", head.to_owned() + &ignore(expires));
            let (found, said) = place.said("");
            assert_eq!(found, Some(exit), "{head}{expires}: {said}");
            for says in says {
                assert!(said.contains(says), "{head}{expires}: {said}");
            }
        };
        check("", 0, &["✓"]);
        check("9999-12-31", 0, &["✓"]);
        let note = "an ignore excused this until 2020-02-29: the disk was full";
        check(
            "2020-02-29",
            1,
            &["F101", note, "ended on 2020-02-29, and what it excused is reported"],
        );
    }
}

#[test]
fn an_ignore_of_a_rule_that_finds_nothing_is_said() {
    let place = Place::with(RISKY);
    place.write(
        "sensortree.toml",
        "[[ignores]]\nrules = [\"F101\", \"A204\"]\nreason = \"known\"\n",
    );
    assert!(place.said("").1.contains("without effect: the ignore of `A204` matched nothing"));
    place.write(
        "sensortree.toml",
        "[[ignores]]\nrules = [\"A204\"]\nreason = \"known\"\nexpires = 2020-01-01\n",
    );
    assert!(place.said("").1.contains("ended on 2020-01-01, and it matches nothing"));
}

#[test]
fn a_base_holds_where_the_file_says_nothing() {
    let place = Place::with(RISKY);
    place.write(
        "sensortree.toml",
        "extend = \"shared/base.toml\"\nignore = [\"A208\"]\nfail-on = \"scene\"\n",
    );
    place.write(
        "shared/base.toml",
        "extend = \"deeper.toml\"\nignore = [\"L117\"]\nfail-on = \"never\"\nbaseline = \"known.json\"\n",
    );
    place.write(
        "shared/deeper.toml",
        "max-examples = 2\nfail-on = \"advice\"\n\n[severity]\nF101 = \"error\"\n",
    );
    assert_eq!(place.code("check drive --write-baseline"), Some(0));
    assert!(place.path("shared/known.json").exists(), "counted from the file that names it");
    let shown = place.settings("");
    for (key, value, origin) in [
        ("ignore", "A208", "sensortree.toml:2"),
        ("", "L117", "shared/base.toml:2"),
        ("severity", "F101 = error", "shared/deeper.toml:5"),
        ("baseline", "shared/known.json (1 finding)", "shared/base.toml:4"),
        ("fail-on", "scene", "sensortree.toml:3"),
        ("max-examples", "2", "shared/deeper.toml:1"),
        ("basis", "implied", "default"),
    ] {
        let is_it =
            |line: &&str| line.starts_with(key) && line.contains(value) && line.ends_with(origin);
        assert!(shown.lines().any(|line| is_it(&line)), "{key} {value} {origin}:\n{shown}");
    }
    assert!(shown.starts_with(
        "sensortree.toml, which extends shared/base.toml, which extends shared/deeper.toml\n"
    ));
}

#[test]
fn files_that_cannot_be_extended_are_said_where_they_are_named() {
    let place = Place::with(RISKY);
    let check = |says: &str| {
        let (exit, said) = place.said("");
        assert_eq!(exit, Some(2), "{said}");
        assert!(said.contains(says), "{said}");
    };
    place.write("sensortree.toml", "# ours\nextend = \"absent.toml\"\n");
    check("sensortree.toml:2:10");
    check("absent.toml: No such file");
    place
        .write("sensortree.toml", "extend = \"a.toml\"\n")
        .write("a.toml", "extend = \"./sensortree.toml\"\n");
    check("a.toml:1:10");
    check("extends itself");
    place.write("a.toml", "tolerence = \"20ms\"\n");
    check("did you mean `tolerance`?");
    place
        .write("sensortree.toml", "extend = \"pyproject.toml\"\n")
        .write("pyproject.toml", "[tool.ruff]\n");
    check("no [tool.sensortree] table");
    place.write("sensortree.toml", "extend = \"drive\"\n");
    check("is no file");
    place.write("sensortree.toml", "extend = \"1.toml\"\n");
    for at in 1..9 {
        place.write(&format!("{at}.toml"), format!("extend = \"{}.toml\"\n", at + 1));
    }
    place.write("9.toml", "");
    check("at most 8 files");
}

#[test]
fn a_hostile_file_drives_no_terminal() {
    let place = Place::with(RISKY);
    for content in [
        "a = \"\u{1b}[31m\u{202e}\"",
        "\u{1b}[31m",
        "extend = \"\u{202e}\u{9b}31m\"",
        "ignore = [\"\\u001b[31m\"]",
    ] {
        place.write("sensortree.toml", content);
        let (exit, said) = place.said("");
        assert_eq!(exit, Some(2), "{said}");
        assert!(!said.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{said:?}");
    }
}

#[test]
fn the_target_sets_no_rules_of_its_own_check() {
    let place = Place::with(RISKY);
    place.write("drive/sensortree.toml", "fail-on = \"never\"\n");
    place.write("drive/known.json", "{}");
    assert_eq!(place.code("check drive"), Some(1));
    let said = place.settings("drive");
    assert!(
        said.contains("drive/sensortree.toml is not read: it lies in the dataset that is checked"),
        "{said}"
    );

    // Neither by a setting, nor by a link.
    for setting in [
        "extend = \"drive/sensortree.toml\"",
        "extend = \"drive/../drive/sensortree.toml\"",
        "baseline = \"drive/known.json\"",
    ] {
        place.write("sensortree.toml", setting);
        let (exit, said) = place.said("");
        assert_eq!(exit, Some(2), "{said}");
        assert!(
            said.contains("sensortree.toml:1:") && said.contains("it lies in the dataset"),
            "{said}"
        );
    }
    #[cfg(unix)]
    {
        fs::remove_file(place.path("sensortree.toml")).unwrap();
        std::os::unix::fs::symlink("drive/sensortree.toml", place.path("sensortree.toml")).unwrap();
        let (exit, said) = place.said("");
        assert_eq!(exit, Some(2), "{said}");
        assert!(said.contains("leads into the dataset"), "{said}");
        std::os::unix::fs::symlink("drive/sensortree.toml", place.path("link.toml")).unwrap();
        fs::remove_file(place.path("sensortree.toml")).unwrap();
        place.write("sensortree.toml", "extend = \"link.toml\"");
        assert_eq!(place.said("").0, Some(2));
    }

    // Whoever names it means it, and so does whoever stands in it.
    place.write("sensortree.toml", "");
    assert_eq!(place.code("check drive --config drive/sensortree.toml"), Some(0));
    let mut command = place.command("check");
    assert_eq!(command.current_dir(place.path("drive")).output().unwrap().status.code(), Some(0));
}

#[test]
fn what_is_in_force_names_its_origin() {
    let place = Place::with(RISKY);
    place.write(
        "pyproject.toml",
        format!(
            "[tool.sensortree]\ntolerance = \"1500us\"\nignore = [\n  \"A208\",\n]\n\n[[tool.sensortree.ignores]]\n{}",
            ignore("2020-01-01")
        ),
    );
    let read = |flags: &str| -> Value {
        serde_json::from_str(&place.settings(&format!("--format json {flags}"))).unwrap()
    };
    let of = |settings: &Value, key: &str| -> Value {
        let settings = settings["settings"].as_array().unwrap();
        settings.iter().find(|setting| setting["key"] == key).cloned().unwrap_or(Value::Null)
    };
    let settings = read("");
    assert_eq!(settings["schema"], "sensortree-config/1");
    assert_eq!(settings["files"], serde_json::json!(["pyproject.toml"]));
    let file =
        |line: usize| serde_json::json!({ "kind": "file", "path": "pyproject.toml", "line": line });
    assert_eq!(
        of(&settings, "tolerance"),
        serde_json::json!({ "key": "tolerance", "value": "1500us", "origin": file(2) })
    );
    assert_eq!(of(&settings, "ignore")["origin"], file(4));
    assert_eq!(of(&settings, "ignores")["origin"], file(7));
    assert_eq!(of(&settings, "ignores")["value"]["expired"], true);
    assert_eq!(of(&settings, "select")["origin"]["kind"], "default");

    let settings = read("--select F --tolerance 5ms --severity F101=error --isolated");
    assert_eq!(settings["files"], serde_json::json!([]));
    assert_eq!(
        of(&settings, "select"),
        serde_json::json!({ "key": "select", "value": ["F"], "origin": { "kind": "flag", "flag": "--select" } })
    );
    assert_eq!(
        of(&settings, "severity")["value"],
        serde_json::json!({ "rules": "F101", "severity": "error" })
    );
    assert_eq!(of(&read("--select F"), "ignore"), Value::Null, "what is asked for runs");

    place.write("pyproject.toml", "[tool.sensortree]\nreference = \"a\\u001b[31mb\"\n");
    assert!(!place.settings("").contains("\u{1b}[31m"));
}
