//! The scripts of the GitHub Action, run as a runner runs them.
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::place::Place;
use crate::{BAD, text};

/// A script of the action, on a runner whose files are in a place, with the program on its path.
fn run(place: &Place, script: &str, inputs: &[(&str, &str)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_sensortree")).parent().unwrap();
    let path = std::env::join_paths(
        [program.to_path_buf()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    for file in ["output", "summary"] {
        place.write(file, "");
    }
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("action").join(script))
        .current_dir(place.path(""))
        .env("PATH", path.unwrap())
        .env("RUNNER_TEMP", place.path("temp"))
        .env("GITHUB_OUTPUT", place.path("output"))
        .env("GITHUB_STEP_SUMMARY", place.path("summary"))
        .envs(inputs.iter().copied())
        .output()
        .unwrap()
}

fn read(place: &Place, name: &str) -> String {
    fs::read_to_string(place.path(name)).unwrap()
}

#[test]
fn findings_are_annotated_summed_up_and_kept_and_fail_the_job() {
    let place = Place::with(BAD);
    let ran = run(
        &place,
        "check",
        &[("INPUT_TARGET", "drive"), ("INPUT_ARGUMENTS", "--isolated  --select L103")],
    );
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    let log = text(&ran.stdout);
    assert_eq!(log.lines().filter(|line| line.starts_with("::error ")).count(), 1, "{log}");
    // What is drawn stands where nothing is read as a command.
    let (before, behind) = log.split_once("::stop-commands::").unwrap();
    let (token, drawn) = behind.split_once('\n').unwrap();
    assert!(!before.contains("└── Cam_left") && drawn.contains("└── Cam_left"), "{log}");
    assert!(token.len() == 32 && drawn.ends_with(&format!("::{token}::\n")), "{log}");
    assert!(read(&place, "summary").contains("L103"));
    let outputs = read(&place, "output");
    assert!(outputs.starts_with("exit-code=1\n"), "{outputs}");
    for (name, key) in [("report", "schema"), ("sarif", "version")] {
        let path =
            outputs.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap();
        let document: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        assert!(document[key].is_string(), "{document}");
    }
}

#[test]
fn the_level_that_fails_is_the_one_chosen() {
    let place = Place::with(BAD);
    let ran = run(&place, "check", &[("INPUT_TARGET", "drive"), ("INPUT_FAIL_ON", "never")]);
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran.stderr));
    assert!(read(&place, "output").starts_with("exit-code=0\n"));
}

#[test]
fn a_target_that_is_missing_leaves_no_report_of_another_run() {
    let place = Place::with(BAD);
    run(&place, "check", &[("INPUT_TARGET", "drive")]);
    let ran = run(&place, "check", &[("INPUT_TARGET", "drvie")]);
    assert_eq!(ran.status.code(), Some(2));
    assert!(text(&ran.stderr).contains("drvie"));
    assert_eq!(read(&place, "output"), "exit-code=2\n");
}

#[test]
fn what_is_no_word_of_an_argument_stays_in_it() {
    let place = Place::with(BAD);
    let hostile = "--ignore L103;touch${IFS}made $(touch made) `touch made`";
    let ran = run(&place, "check", &[("INPUT_TARGET", "drive"), ("INPUT_ARGUMENTS", hostile)]);
    assert_eq!(ran.status.code(), Some(2), "{}", text(&ran.stderr));
    assert!(!place.path("made").exists());
}
