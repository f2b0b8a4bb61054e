//! From a command line and a configuration file to what the run is to do.

use clap::Parser;
use jiff::civil::date;
use sensortree_core::finding::settings::{FailOn, Severity};
use sensortree_core::rules;
use sensortree_scan::Links;

use super::RunConfig;
use crate::cli::args::{Arguments, Command};
use crate::cli::config::Found;
use crate::cli::run_config_error::RunConfigError;
use crate::cli::unused_settings::unused_settings;

fn run_config(flags: &[&str], config: &str) -> Result<RunConfig, RunConfigError> {
    let line = ["sensortree", "check", env!("CARGO_MANIFEST_DIR")].iter().chain(flags);
    let Command::Check(arguments) = Arguments::try_parse_from(line).unwrap().command else {
        panic!("not a check");
    };
    RunConfig::new(
        &arguments,
        Found { config: toml::from_str(config).unwrap(), ..Found::default() },
        date(2026, 7, 1),
    )
}

#[test]
fn the_command_line_wins_over_the_file() {
    let file = r#"
        ignore = ["F101"]
        tolerance = "20ms"
        fail-on = "never"
        links = "follow"
        max-examples = 9
        severity = { F101 = "advice" }
    "#;
    let from_file = run_config(&[], file).unwrap();
    assert_eq!(from_file.settings.tolerance_ns, Some(20_000_000));
    assert_eq!(from_file.fail_on, FailOn::Never);
    assert_eq!(from_file.scan_options().links, Links::Follow);
    assert_eq!(from_file.settings.max_examples, 9);
    assert_eq!(from_file.settings.ignore.len(), 1);

    let flags = [
        "--tolerance=5ms",
        "--fail-on=advice",
        "--links=refuse",
        "--max-examples=1",
        "--severity=F101=error",
        "--select=F",
    ];
    let from_flags = run_config(&flags, file).unwrap();
    assert_eq!(from_flags.settings.tolerance_ns, Some(5_000_000));
    assert_eq!(from_flags.fail_on, FailOn::Advice);
    assert_eq!(from_flags.scan_options().links, Links::Refuse);
    assert_eq!(from_flags.settings.max_examples, 1);
    assert_eq!(from_flags.settings.severity.values().collect::<Vec<_>>(), [&Severity::Error]);
    let rule = rules::find("F101").unwrap();
    assert!(!from_file.settings.runs(rule) && from_flags.settings.runs(rule));
}

#[test]
fn ignores_end() {
    let check = |expires: &str, lapses: bool, said: Option<&str>| {
        let suppression = format!("rules = [\"F101\"]\nreason = \"known\"\nexpires = {expires}\n");
        let run_config = run_config(
            &[],
            &format!(
                "[[ignores]]\n{suppression}[[per-path-ignores]]\npath = \"a/**\"\n{suppression}"
            ),
        )
        .unwrap();
        assert_eq!(run_config.settings.suppressions.len(), 2);
        assert!(
            run_config
                .settings
                .suppressions
                .iter()
                .all(|suppression| suppression.expired_on.is_some() == lapses),
            "{expires}"
        );
        let expected: Vec<String> = said
            .into_iter()
            .flat_map(|said| {
                ["", " at `a/**`"]
                    .map(|at| format!("the ignore of `F101`{at} ends on {expires}, {said}"))
            })
            .collect();
        assert_eq!(run_config.notes, expected);
    };
    check("2026-06-30", true, None);
    check("2026-07-01", false, Some("today"));
    check("2026-07-02", false, Some("in 1 day"));
    check("2026-07-15", false, Some("in 14 days"));
    check("2026-07-16", false, None);
    check("9999-12-31", false, None);
}

#[test]
fn one_place_takes_one_report() {
    let formats = |flags: &[&str]| run_config(flags, "").map(|run_config| run_config.outputs.len());
    assert_eq!(formats(&[]).unwrap(), 1);
    assert_eq!(formats(&["--format=full", "--format=json=a.json"]).unwrap(), 2);
    assert_eq!(formats(&["--format=json", "--format=json"]).unwrap(), 1);
    assert!(formats(&["--format=full", "--format=json"]).is_err());
    assert!(formats(&["--format=full", "--format=json=-"]).is_err());
    assert!(formats(&["--format=full=a", "--format=json=a"]).is_err());
}

#[test]
fn a_look_into_files_that_are_not_opened_is_said_to_change_nothing() {
    let idle = |target: &[&str], flags: &[&str]| {
        let line = ["sensortree", "check"].iter().chain(target).chain(flags);
        let Command::Check(arguments) = Arguments::try_parse_from(line).unwrap().command else {
            panic!("not a check");
        };
        RunConfig::new(&arguments, Found::default(), date(2026, 7, 1)).unwrap().unused_flags.len()
    };
    let (folder, listing) = ([env!("CARGO_MANIFEST_DIR")], ["--listing", "names.txt"]);
    assert_eq!(idle(&folder, &["--content=headers"]), 0);
    assert_eq!(idle(&listing, &["--content=headers"]), 1);
    assert_eq!(idle(&listing, &["--content=none"]), 0);
    assert_eq!(idle(&listing, &[]), 0);
    assert_eq!(idle(&folder, &["--links=follow"]), 0);
    assert_eq!(idle(&listing, &["--links=follow"]), 1);
    assert_eq!(idle(&listing, &["--links=refuse"]), 0);
}

#[test]
fn settings_without_effect_are_named() {
    let check = |flags: &[&str], expected: &[&str]| {
        let idle = unused_settings(&run_config(flags, "").unwrap().settings);
        assert_eq!(idle.len(), expected.len(), "{flags:?}: {idle:?}");
        for (said, expected) in idle.iter().zip(expected) {
            assert!(said.contains(expected), "{said}");
        }
    };
    check(&[], &[]);
    check(&["--select=F"], &[]);
    check(&["--ignore=F101"], &[]);
    check(&["--select=ALL,F101"], &["selecting `F101`"]);
    check(&["--ignore=F101,F101"], &[]);
    check(&["--ignore=F101,file-empty"], &["`F101`", "`file-empty`"]);
    check(&["--ignore=F101", "--severity=F101=error"], &["severity of `F101`"]);
}
