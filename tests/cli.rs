//! The command line on datasets: exit codes, formats, outputs, configuration.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod place;

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use place::Place;
use sensortree_report::Format;
use serde_json::Value;

#[cfg(unix)]
#[path = "cli/action.rs"]
mod action;
#[path = "cli/anchored.rs"]
mod anchored;
#[path = "cli/as_if.rs"]
mod as_if;
#[path = "cli/baseline.rs"]
mod baseline;
#[path = "cli/configuration.rs"]
mod configuration;
#[path = "cli/fix.rs"]
mod fix;
#[cfg(unix)]
#[path = "cli/links.rs"]
mod links;
#[path = "cli/record.rs"]
mod record;
#[path = "cli/reports.rs"]
mod reports;

const GOOD: &str = include_str!("place/good.tree");

/// An empty frame: a scene is at risk.
const RISKY: &str = "
lidar-top/
  scene_1/
    1681532060061.pcd x2 +100
    1681532060261.pcd (0 bytes)
metadata.json
";

/// A sensor without its prefix: rejected.
const BAD: &str = "
lidar-top/
  scene_1/
    1681532060061.pcd x3 +100
Cam_left/
  scene_1/
    1681532060061.jpg x3 +100
metadata.json
";

impl Place {
    fn run(&self, arguments: &str) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn code(&self, arguments: &str) -> Option<i32> {
        self.run(arguments).status.code()
    }

    /// What `check drive` prints.
    fn report(&self, flags: &str) -> String {
        text(&self.run(&format!("check drive {flags}")).stdout)
    }

    fn warnings(&self, flags: &str) -> String {
        text(&self.run(&format!("check drive {flags}")).stderr)
    }

    /// The codes that `check drive` finds, in the order of the report.
    fn codes(&self, flags: &str) -> Vec<String> {
        let report: serde_json::Value =
            serde_json::from_str(&self.report(&format!("--format json {flags}"))).unwrap();
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn an_empty_zip_is_a_finding() {
    let place = Place::with(GOOD);
    for (name, content) in [
        ("empty.zip", &b""[..]),
        ("nothing.zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    ] {
        fs::write(place.path(name), content).unwrap();
        let run = place.run(&format!("check {name} --format response"));
        assert_eq!(run.status.code(), Some(1), "{name}: {}", text(&run.stderr));
        let answer: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
        assert_eq!(answer["code"], 5707, "{name}");
        assert_eq!(
            place.code(&format!("check {name} --allow-empty")),
            Some(1),
            "{name}: no typing mistake"
        );
    }
}

#[test]
fn exit_codes() {
    let check = |sketch: &str, arguments: &str, expected: i32| {
        assert_eq!(Place::with(sketch).code(arguments), Some(expected), "{arguments} on {sketch}");
    };
    check(GOOD, "check drive", 0);
    check(GOOD, "check drive --fail-on advice", 0);
    check(RISKY, "check drive", 1);
    check(RISKY, "check drive --fail-on rejection", 0);
    check(RISKY, "check drive --severity F101=error --fail-on rejection", 1);
    check(RISKY, "check drive --severity F101=advice", 0);
    check(RISKY, "check drive --severity F101=advice --fail-on advice", 1);
    check(RISKY, "check drive --ignore F101", 0);
    check(RISKY, "check drive --select L", 0);
    check(RISKY, "check drive --basis documented", 0);
    check(BAD, "check drive --fail-on rejection", 1);
    check(BAD, "check drive --fail-on never", 0);
    check(BAD, "check elsewhere", 2);
    check(BAD, "check drive/metadata.json", 2);
    check(BAD, "check drive --config absent.toml", 2);
    check("", "check drive", 4);
    check("", "check drive --format json", 4);
    check("", "check drive --allow-empty", 0);
    check("lidar-top/\n  scene_1/\n", "check drive --select F", 4);
    check("lidar-top/\n  scene_1/\n", "check drive", 1);
}

#[test]
fn the_exit_code_is_the_same_for_every_format() {
    for (sketch, expected) in [(GOOD, 0), (RISKY, 1), (BAD, 1), ("", 4)] {
        let place = Place::with(sketch);
        for format in Format::ALL {
            assert_eq!(
                place.code(&format!("check drive --format {format}")),
                Some(expected),
                "{format} on {sketch}"
            );
        }
    }
}

#[test]
fn the_current_folder_is_the_default() {
    let place = Place::with(GOOD);
    let output = place.command("check").current_dir(place.path("drive")).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_answer_comes_last_and_is_plain() {
    let good = Place::with(GOOD).report("");
    assert!(good.contains("predicted answer: 200 Success"), "{good}");
    let bad = Place::with(BAD).report("");
    let (finding, answer) = (bad.find("sensor-prefix-missing"), bad.find("predicted answer: 5710"));
    assert!(finding.is_some() && finding < answer, "{bad}");
}

#[test]
fn without_unicode_the_drawing_is_ascii() {
    let place = Place::with(BAD);
    let output = place.command("check drive").env("LC_ALL", "C").output().unwrap();
    let report = text(&output.stdout);
    assert!(report.is_ascii(), "{report}");
}

#[test]
fn quiet_draws_the_predicted_answer_alone() {
    let report = Place::with(BAD).report("--quiet");
    assert!(report.contains("predicted answer: 5710"), "{report}");
    assert_eq!(report.lines().count(), 1, "{report}");
}

#[test]
fn concise_is_one_line_a_finding() {
    let place = Place::with(BAD);
    let report = place.report("--format concise");
    // As seen from the current folder, so that editors open it.
    assert!(
        report.starts_with("drive/Cam_left/: L103 sensor-prefix-missing [5710, documented] "),
        "{report}"
    );
    assert_eq!(report.lines().count(), 1, "{report}");
    assert_eq!(Place::with(GOOD).report("--format concise"), "");
    // The answer stands beside it, where it is not counted.
    let answer = place.warnings("--format concise");
    assert!(answer.contains("predicted answer: 5710"), "{answer}");
    assert_eq!(place.warnings("--format concise --quiet"), "");
    assert_eq!(place.warnings("--format concise --format full=report.txt").lines().count(), 1);
}

#[test]
fn a_target_in_the_place_of_a_command_is_told_from_a_misspelt_one() {
    let place = Place::with(GOOD);
    let said = |words: &str| {
        let output = place.command(words).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}");
        text(&output.stderr)
    };
    assert!(said("drive").contains("to check it: sensortree check drive"));
    assert!(said("./drive").contains("to check it: sensortree check ./drive"));
    assert!(!said("checks").contains("to check it"));
    assert!(said("checks").contains("'check'"));
    if cfg!(feature = "cloud") {
        let address = "https://acme.s3.eu-west-1.amazonaws.com/drive";
        assert!(said(address).contains(&format!("sensortree check {address}")));
    }
}

#[test]
fn the_response_is_the_envelope() {
    let response: serde_json::Value =
        serde_json::from_str(&Place::with(BAD).report("--format response")).unwrap();
    assert_eq!(response["code"], 5710);
    assert_eq!(response["success"], false);
    let date = response["date"].as_str().unwrap();
    let shape: String = date.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000-00-00 00:00:00", "{date}");
}

#[test]
fn threads_do_not_change_the_report() {
    let place = Place::with(BAD);
    let report = |jobs: usize| {
        let mut report: serde_json::Value =
            serde_json::from_str(&place.report(&format!("--format json --jobs {jobs}"))).unwrap();
        report.as_object_mut().unwrap().remove("timing").expect("a timing");
        report
    };
    assert_eq!(report(1), report(4));
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let place = Place::with(BAD);
    let check = |flags: &str, variables: &[(&str, &str)], expected: bool| {
        for arguments in ["check drive", "explain F101", "rules"] {
            let output = place
                .command(&format!("{arguments} {flags}"))
                .envs(variables.iter().copied())
                .output()
                .unwrap();
            assert_eq!(
                text(&output.stdout).contains('\u{1b}'),
                expected,
                "{arguments} {flags} {variables:?}"
            );
        }
        // Complaints follow the same rules.
        let output = place
            .command(&format!("check nowhere {flags}"))
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert_eq!(text(&output.stderr).contains('\u{1b}'), expected, "{flags} {variables:?}");
    };
    check("", &[], false);
    check("", &[("CLICOLOR_FORCE", "1")], true);
    check("", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false);
    check("", &[("FORCE_COLOR", "1")], true);
    check("", &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], false);
    check("", &[("FORCE_COLOR", "0")], false);
    check("", &[("FORCE_COLOR", "")], false);
    check("--color never", &[("FORCE_COLOR", "1")], false);
    check("--color always", &[], true);
    check("--color always", &[("NO_COLOR", "1")], true);
    check("--color never", &[("CLICOLOR_FORCE", "1")], false);
}

#[test]
fn colour_stays_out_of_what_programs_read() {
    let place = Place::with(BAD);
    let drawn = [Format::Full, Format::Concise];
    for format in Format::ALL.into_iter().filter(|format| !drawn.contains(format)) {
        let report = place.report(&format!("--color always --format {format}"));
        assert!(!report.contains('\u{1b}'), "{report}");
    }
    place.report("--color always --format full=report.txt");
    assert!(!fs::read_to_string(place.path("report.txt")).unwrap().contains('\u{1b}'));
}

#[test]
fn no_progress_without_a_terminal() {
    assert_eq!(Place::with(GOOD).warnings(""), "");
}

#[test]
fn progress_for_programs_ends_with_what_was_listed() {
    let place = Place::with(GOOD);
    let report = place.report("--format json");
    let entries = serde_json::from_str::<Value>(&report).unwrap()["coverage"]["entries"].clone();
    let said = place.warnings("--progress-lines");
    let counts: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["progress"]["entries"].clone())
        .collect();
    assert_eq!(counts.last(), Some(&entries), "{said}");
}

#[test]
fn configuration_is_of_where_the_user_stands_not_of_the_target() {
    let place = Place::with(RISKY);
    place.write("drive/sensortree.toml", "ignore = [\"F101\"]");
    assert!(place.codes("").contains(&"F101".to_owned()));
    fs::remove_file(place.path("drive/sensortree.toml")).unwrap();

    place.write("sensortree.toml", "ignore = [\"F101\"]");
    assert_eq!(place.codes(""), [""; 0]);
    assert_eq!(place.codes("--isolated"), ["F101"]);
    assert_eq!(place.codes("--select F"), ["F101"]);
    place.write("other.toml", "");
    assert_eq!(place.codes("--config other.toml"), ["F101"]);
    assert!(place.warnings("-v").contains("sensortree.toml"));
}

#[test]
fn paths_are_excused_with_a_reason() {
    let place = Place::with(RISKY);
    let suppression = |path: &str| {
        format!("[[per-path-ignores]]\npath = \"{path}\"\nrules = [\"F101\"]\nreason = \"known\"\n")
    };
    place.write("sensortree.toml", suppression("lidar-top/scene_1"));
    assert_eq!(place.codes(""), [""; 0]);
    assert_eq!(place.warnings("--format json"), "");
    place.write("sensortree.toml", suppression("lidar-left/**"));
    assert_eq!(place.codes(""), ["F101"]);
    assert!(place.warnings("--format concise").contains("at `lidar-left/**` matched nothing"));
    assert!(place.report("").contains("at `lidar-left/**` matched nothing"));
}

#[test]
fn settings_without_effect_are_said() {
    let place = Place::with(GOOD);
    let flags = "--format concise --ignore F101 --severity F101=error";
    assert!(place.warnings(flags).contains("the severity of `F101` changes nothing"));
    assert_eq!(place.warnings(&format!("{flags} --quiet")), "");
}

#[test]
fn an_empty_target_is_likely_a_mistake() {
    let place = Place::with("");
    assert!(place.warnings("").contains("say --allow-empty"));
    assert_eq!(place.warnings("--allow-empty"), "");
    let report: serde_json::Value = serde_json::from_str(&place.report("--format json")).unwrap();
    assert_eq!(report["prediction"]["outcome"], "unknown");
}

#[cfg(unix)]
#[test]
fn what_could_not_be_read_makes_the_run_incomplete() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with(BAD);
    let closed = place.path("drive/lidar-top/scene_1");
    let set_mode = |mode| fs::set_permissions(&closed, fs::Permissions::from_mode(mode)).unwrap();
    set_mode(0);
    // Whoever may read everything, as root, meets no closed folder.
    if fs::read_dir(&closed).is_err() {
        let output = place.run("check drive --fail-on never");
        assert_eq!(output.status.code(), Some(3));
        assert!(text(&output.stdout).contains("permission denied"));
        assert!(text(&output.stdout).contains("L103"), "findings are still printed");
    }
    set_mode(0o755);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let place = Place::with(BAD);
    let check = |arguments: &str, expected: i32| {
        let mut child =
            place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(text(&output.stderr), "", "{arguments}");
        assert_eq!(output.status.code(), Some(expected), "{arguments}");
    };
    check("check drive", 1);
    check("check drive --format json", 1);
    check("rules --format markdown", 0);
    check("explain 5710", 0);
    check("man", 0);
    check("completions bash", 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let place = Place::with(BAD);
    let full = || fs::File::options().write(true).open(Path::new("/dev/full")).unwrap();
    for arguments in ["check drive", "rules"] {
        let output =
            place.command(arguments).stdout(full()).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        assert!(text(&output.stderr).contains("standard output"), "{arguments}");
    }
}

#[test]
fn every_command_has_a_manual_page_and_every_shell_its_completions() {
    let place = Place::with(GOOD);
    for command in ["", "check", "explain", "rules", "completions", "man"] {
        let page = text(&place.run(&format!("man {command}")).stdout);
        assert!(page.contains(".SH SYNOPSIS"), "{command}: {page}");
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = text(&place.run(&format!("completions {shell}")).stdout);
        assert!(
            script.contains("sensortree") && script.contains("import-annotation"),
            "{shell}: {script}"
        );
    }
}

#[test]
fn what_was_not_looked_into_is_said_in_every_format() {
    let place = Place::with(GOOD);
    let note = "file contents not looked into";
    for format in ["full", "concise", "json", "markdown"] {
        let run = place.run(&format!("check drive --content none --format {format}"));
        let said = format!("{}{}", text(&run.stdout), text(&run.stderr));
        assert!(said.contains(note), "{format}: {said}");
        let run = place.run(&format!("check drive --format {format}"));
        let said = format!("{}{}", text(&run.stdout), text(&run.stderr));
        assert!(!said.contains(note), "{format}: {said}");
    }
    // Rules about what frames hold did not run.
    let [none, headers, full] =
        ["none", "headers", "full"].map(|content| passed(&place, &format!("--content {content}")));
    assert!(none < headers && headers < full, "{none} {headers} {full}");
}

/// The number of rules that a report says to have passed.
fn passed(place: &Place, flags: &str) -> u32 {
    let report = place.report(flags);
    let (before, _) = report.split_once(" passed").unwrap();
    let before = before.strip_suffix("s").unwrap_or(before);
    let number = before.strip_suffix(" rule").unwrap().rsplit(' ').next();
    number.unwrap().parse().unwrap()
}

#[test]
fn rules_that_had_nothing_to_judge_did_not_pass() {
    let one_lidar = "lidar-top/\n  a/\n    1681532060061.pcd x20 +100\nmetadata.json\n";
    let (both, alone) = (Place::with(GOOD), Place::with(one_lidar));
    assert!(passed(&alone, "") < passed(&both, ""));
    // Gaps in time and the order of names show in one sensor, and all else takes two.
    assert_eq!(passed(&alone, "--select A"), 2);
    let report = alone.report("--select C");
    assert!(report.contains("no selected rule has anything to judge in it"), "{report}");
    assert!(report.contains("as far as 0 rules can tell"), "{report}");
}
