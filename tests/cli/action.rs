//! The scripts of the GitHub Action, run as a runner runs them.
#![expect(clippy::print_stderr, reason = "it says what it skips")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::place::Place;
use crate::{BAD, text};

/// A script of the action, on a runner whose files are in a place, with the program on its path,
/// and before all the programs of the folder `programs`.
fn run(place: &Place, script: &str, inputs: &[(&str, &str)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_sensortree")).parent().unwrap();
    let path = std::env::join_paths(
        [place.path("programs"), program.to_path_buf()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    for file in ["output", "summary", "path"] {
        place.write(file, "");
    }
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("action").join(script))
        .current_dir(place.path(""))
        .env("PATH", path.unwrap())
        .env("RUNNER_TEMP", place.path("temp"))
        .env("GITHUB_OUTPUT", place.path("output"))
        .env("GITHUB_STEP_SUMMARY", place.path("summary"))
        .env("GITHUB_PATH", place.path("path"))
        .env_remove("GITHUB_SERVER_URL")
        .envs(inputs.iter().copied())
        .output()
        .unwrap()
}

/// Puts a program of that name before all others, which is a script of bash.
fn program(place: &Place, name: &str, script: &str) {
    let file = format!("programs/{name}");
    place.write(&file, format!("#!/usr/bin/env bash\nset -euo pipefail\n{script}"));
    fs::set_permissions(place.path(&file), fs::Permissions::from_mode(0o755)).unwrap();
}

/// Whether this machine has the programs that the scripts of the action need of a runner.
fn has(programs: &[&str]) -> bool {
    programs.iter().all(|program| {
        let there = Command::new(program).arg("--version").output().is_ok();
        if !there {
            eprintln!("skipped: no program `{program}`");
        }
        there
    })
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
fn the_summary_draws_the_frames_and_the_page_is_made_where_it_has_a_name() {
    let place = Place::with(BAD);
    let target = ("INPUT_TARGET", "drive");
    run(&place, "check", &[target]);
    assert!(!read(&place, "output").contains("page="));
    let drawn = "█ The scene is whole: all sensors have the same frames.";
    assert!(read(&place, "summary").contains(drawn));
    let ran = run(&place, "check", &[target, ("INPUT_ARTIFACT", "drive report")]);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    let outputs = read(&place, "output");
    let path = |name: &str| {
        let path = outputs.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        path.unwrap().to_owned()
    };
    assert!(fs::read_to_string(path("page")).unwrap().contains("<svg class=\"lanes\""));
    assert!(read(&place, "summary").contains(drawn));
    // Once it is uploaded, both say where.
    let url = "https://github.com/acme/drives/actions/runs/1/artifacts/2";
    let before = fs::read_to_string(path("comment")).unwrap();
    let linked = run(&place, "link", &[("PAGE_URL", url), ("COMMENT", &path("comment"))]);
    assert_eq!(linked.status.code(), Some(0), "{}", text(&linked.stderr));
    let link = format!("[a page]({url})");
    let after = fs::read_to_string(path("comment")).unwrap();
    assert!(after.starts_with(&before) && after.contains(&link), "{after}");
    assert!(read(&place, "summary").contains(&link));
    assert_eq!(run(&place, "link", &[("PAGE_URL", url)]).status.code(), Some(0));
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

#[test]
fn arguments_are_split_as_a_shell_splits_them_and_nothing_is_expanded() {
    let place = Place::with(BAD);
    let words = |line: &str| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("action/words");
        let ran = Command::new(script).arg(line).current_dir(place.path("")).output().unwrap();
        let words = text(&ran.stdout);
        ran.status.success().then(|| words.split_terminator('\0').map(str::to_owned).collect())
    };
    // What a shell makes of the same text, where it holds nothing that is expanded.
    let by_shell = |line: &str| {
        let script = format!("printf '%s\\0' {line}");
        let ran = Command::new("bash").args(["-c", &script]).output().unwrap();
        text(&ran.stdout).split_terminator('\0').map(str::to_owned).collect::<Vec<_>>()
    };
    for text in [
        "--ignore L103",
        "  --ignore\t'L1 03'  ",
        r#"a" b "c 'd "e" f' g\ h"#,
        r#""q\"z\\a\b" '\' \' \""#,
        "'' x \"\"",
        "--message='two words'",
        "übergroß 场景",
    ] {
        assert_eq!(words(text), Some(by_shell(text)), "{text}");
    }
    assert_eq!(words(""), Some(Vec::new()));
    let hostile = "$HOME `touch made` $(touch made) * ~ {a,b} ; # >made";
    assert_eq!(words(hostile).map(|words: Vec<String>| words.join(" ")), Some(hostile.to_owned()));
    assert!(!place.path("made").exists());
    for unended in ["'a", "\"a", "a 'b\"", r#""a\""#] {
        assert_eq!(words(unended), None, "{unended}");
    }
}

#[test]
fn the_check_runs_where_and_with_what_the_inputs_say() {
    let place = Place::with(BAD);
    place.write("below/it's.toml", "ignore = [\"L103\"]\n");
    let inputs = [
        ("INPUT_TARGET", "../drive"),
        ("INPUT_WORKING_DIRECTORY", "below"),
        ("INPUT_CONFIG", "it's.toml"),
    ];
    let log = |ran: Output| format!("{}{}", text(&ran.stdout), text(&ran.stderr));
    let said = log(run(&place, "check", &inputs));
    assert!(
        said.contains("1 rule that could say otherwise was left out") && !said.contains("::error"),
        "{said}"
    );
    let by_args = [inputs[0], inputs[1], ("INPUT_ARGS", r#"--config "it's.toml""#)];
    assert!(!log(run(&place, "check", &by_args)).contains("::error"));
    let without = [inputs[0], inputs[1]];
    assert!(log(run(&place, "check", &without)).contains("::error"));
    // What cannot be split into words checks nothing, and is no clean run.
    let unended = [inputs[0], inputs[1], ("INPUT_ARGS", "--ignore 'L103")];
    let ran = run(&place, "check", &unended);
    assert_eq!(ran.status.code(), Some(2));
    assert!(text(&ran.stderr).contains("a quote has no end"));
    assert_eq!(read(&place, "output"), "exit-code=2\n");
}

/// A pull request whose comments are kept in the file `comments`, as `gh` would find them. What is
/// asked of it is added to `asked`.
fn pull_request(place: &Place) {
    place.write("event.json", r#"{"pull_request": {"number": 7}}"#);
    place.write("comments", "[]");
    place.write("asked", "");
    program(
        place,
        "gh",
        r#"
        case "$*" in
            *" --method POST "*) how=POST body=$(jq --raw-output .body) ;;
            *" --method PATCH "*) how=PATCH body=$(jq --raw-output .body) ;;
            *) [ ! -e denied ] || exit 1; cat comments; exit ;;
        esac
        [ ! -e denied ] || exit 1
        echo "$how $*" >>asked
        jq --null-input --arg body "$body" '[{id: 12, user: {type: "Bot"}, body: $body}]' >comments
        "#,
    );
}

/// Runs the check of a target and comments on the pull request; gives what was asked of it so far.
fn comment(place: &Place, more: &str) -> String {
    let ran = run(place, "check", &[("INPUT_TARGET", "drive"), ("INPUT_ARGS", more)]);
    let outputs = read(place, "output");
    let output = |name: &str| {
        let value = outputs.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_default().to_owned()
    };
    assert_eq!(output("exit-code"), ran.status.code().unwrap().to_string());
    let event = place.path("event.json");
    let commented = run(
        place,
        "comment",
        &[
            ("INPUT_TARGET", "drive"),
            ("COMMENT", &output("comment")),
            ("EXIT_CODE", &output("exit-code")),
            ("GITHUB_EVENT_PATH", event.to_str().unwrap()),
            ("GITHUB_REPOSITORY", "acme/drives"),
        ],
    );
    assert!(commented.status.success(), "{}", text(&commented.stderr));
    read(place, "asked") + &text(&commented.stdout)
}

#[test]
fn one_comment_is_written_and_then_written_anew() {
    if !has(&["jq", "shasum"]) {
        return;
    }
    let place = Place::with(BAD);
    pull_request(&place);
    let posted = "POST api --method POST repos/acme/drives/issues/7/comments --input - --silent\n";
    let patched =
        "PATCH api --method PATCH repos/acme/drives/issues/comments/12 --input - --silent\n";
    // Nobody is told of a dataset that was clean from the beginning.
    assert_eq!(comment(&place, "--isolated --select Z107"), "");
    assert_eq!(comment(&place, "--isolated"), posted);
    assert!(read(&place, "comments").contains("L103"));
    assert_eq!(comment(&place, "--isolated"), format!("{posted}{patched}"));
    // One that has become clean is.
    assert_eq!(comment(&place, "--isolated --select Z107"), format!("{posted}{patched}{patched}"));
    let last = read(&place, "comments");
    assert!(last.contains("predicted answer") && !last.contains("sensor-prefix-missing"), "{last}");
}

#[test]
fn comments_of_others_stay_and_who_may_not_comment_fails_nothing() {
    if !has(&["jq", "shasum"]) {
        return;
    }
    let place = Place::with(BAD);
    pull_request(&place);
    assert!(comment(&place, "--isolated").starts_with("POST"));
    // A person's comment that begins as ours does, and a comment on another target.
    let copied = read(&place, "comments").replace("Bot", "User");
    let other = r#"[{"id": 3, "user": {"type": "Bot"}, "body": "<!-- sensortree 0000 -->"}]"#;
    place.write("comments", format!("{copied}{other}"));
    place.write("asked", "");
    assert!(comment(&place, "--isolated").starts_with("POST"));
    place.write("asked", "").write("denied", "");
    let said = comment(&place, "--isolated");
    assert!(said.starts_with("::warning::") && said.contains("pull-requests: write"), "{said}");
    place.write("event.json", r#"{"ref": "refs/heads/main"}"#);
    assert!(comment(&place, "--isolated").starts_with("no comment: "));
}

/// A runner whose releases lie in the folder `releases`, and whose `cargo` says what it was asked.
fn releases(place: &Place) {
    program(
        place,
        "curl",
        r#"
        while [ $# -gt 2 ]; do [ "$1" != --output ] || to=$2; shift; done
        echo "$2" >>asked
        cp "releases/${2##*/releases/download/}" "$to"
        "#,
    );
    program(
        place,
        "cargo",
        r#"
        echo "cargo $*" >>asked
        while [ "$1" != --root ]; do shift; done
        cp built "$2/bin/sensortree"
        "#,
    );
    place.write("built", "#!/bin/sh\necho built from source\n");
    place.write("released/sensortree", "#!/bin/sh\necho released\n");
    for file in ["built", "released/sensortree"] {
        fs::set_permissions(place.path(file), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let pack = r#"
        archive=sensortree-x86_64-unknown-linux-musl.tar.gz
        mkdir -p releases/v0.1.0
        tar -czf "releases/v0.1.0/$archive" -C released sensortree
        cd releases/v0.1.0
        shasum -a 256 "$archive" >"$archive.sha256"
    "#;
    let mut packing = Command::new("bash");
    packing.args(["-euc", pack]).current_dir(place.path(""));
    assert!(packing.status().unwrap().success());
}

const RUNNER: [(&str, &str); 3] =
    [("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64"), ("ACTION_REPOSITORY", "acme/sensortree")];

/// Installs, for an action used at `at`, with the input `version`; gives what was downloaded and
/// built, and what the script left.
fn install(place: &Place, at: &str, version: &str) -> (String, Output) {
    place.write("asked", "");
    let _ = fs::remove_dir_all(place.path("temp"));
    let mut inputs = RUNNER.to_vec();
    inputs.extend([("ACTION_REF", at), ("INPUT_VERSION", version)]);
    let ran = run(place, "install", &inputs);
    (read(place, "asked"), ran)
}

#[test]
fn the_release_that_is_asked_for_is_installed_and_no_other() {
    if !has(&["shasum"]) {
        return;
    }
    let place = Place::with(BAD);
    releases(&place);
    let archive = "https://github.com/acme/sensortree/releases/download/v0.1.0/\
                   sensortree-x86_64-unknown-linux-musl.tar.gz";
    let downloaded = format!("{archive}\n{archive}.sha256\n");
    for (at, version) in [("v0.1.0", ""), ("main", "0.1.0"), ("v9.9.9", "v0.1.0")] {
        let (asked, ran) = install(&place, at, version);
        assert!(ran.status.success(), "{}", text(&ran.stderr));
        assert_eq!(asked, downloaded, "{at} {version}");
        assert!(text(&ran.stdout).ends_with("released\n"), "{}", text(&ran.stdout));
        assert_eq!(
            read(&place, "path").trim(),
            place.path("temp/sensortree/bin").to_str().unwrap()
        );
    }
    // A branch and a version without a release are built, each from its own source.
    let (asked, ran) = install(&place, "main", "");
    assert!(ran.status.success() && asked.starts_with("cargo install --locked --path "), "{asked}");
    let (asked, ran) = install(&place, "main", "0.2.0");
    let built = "cargo install --locked --git https://github.com/acme/sensortree --tag v0.2.0 ";
    assert!(ran.status.success() && asked.contains(built), "{asked}");
    assert!(text(&ran.stdout).ends_with("built from source\n"));
}

#[test]
fn what_is_not_what_its_checksum_says_and_what_is_no_version_is_not_installed() {
    if !has(&["shasum"]) {
        return;
    }
    let place = Place::with(BAD);
    releases(&place);
    place.write("releases/v0.1.0/sensortree-x86_64-unknown-linux-musl.tar.gz", "another");
    let (asked, ran) = install(&place, "v0.1.0", "");
    assert!(!ran.status.success() && !asked.contains("cargo"), "{asked}");
    assert_eq!(read(&place, "path"), "");
    for version in ["../../evil/releases/download/v1", "0.1.0 --root /", "main", "v"] {
        let (asked, ran) = install(&place, "v0.1.0", version);
        assert_eq!((ran.status.code(), asked.as_str()), (Some(2), ""), "{version}");
        assert!(text(&ran.stdout).contains("is no version"));
    }
}
