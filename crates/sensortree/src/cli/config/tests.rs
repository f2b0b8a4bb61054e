//! What configuration files say, and what is said of their mistakes.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use clap::Args as _;
use jiff::civil::date;
use sensortree_core::finding::settings::Severity;
use sensortree_core::rules;
use sensortree_scan::Links;

use super::error::ConfigError;
use super::file::{Grounds, find};
use super::files::Files;
use super::layer::parse;
use super::settings::{Config, default_in_words, schema};

fn parsed(text: &str) -> Config {
    parse(Path::new("sensortree.toml"), text, true).unwrap().unwrap()
}

/// The text that a mistake is drawn under, what is said there, and the help.
fn mistake(text: &str) -> (String, String, Option<String>) {
    match parse(Path::new("sensortree.toml"), text, true) {
        Err(ConfigError::Invalid { label, help, .. }) => (
            text[label.offset()..label.offset() + label.len()].to_owned(),
            label.label().unwrap_or_default().to_owned(),
            help,
        ),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_fault_at_the_end_of_the_file_is_drawn_too() {
    for text in ["ignore = [\"A208\"", "\u{ff}", "ignore ="] {
        let (drawn, said, _) = mistake(text);
        assert!(!drawn.is_empty() && !said.is_empty(), "{text}: {drawn:?} {said:?}");
    }
}

#[test]
fn every_key_is_read() {
    let config = parsed(
        r#"
        select = ["ALL"]
        ignore = ["file-empty"]
        tolerance = "20ms"
        reference = "lidar-top"
        fail-on = "rejection"
        basis = "documented"
        endpoint = "import"
        links = "follow"
        max-examples = 3

        [severity]
        F101 = "error"

        [[per-path-ignores]]
        path = "camera-rear/**"
        rules = ["F101"]
        reason = "the rear camera was off"
        "#,
    );
    assert_eq!(config.ignore[0].0.as_str(), "file-empty");
    assert_eq!(config.links.unwrap().0, Links::Follow);
    assert_eq!(config.tolerance.unwrap().0.nanoseconds, 20_000_000);
    assert_eq!(config.severity[0].severity, Severity::Error);
    let ignore = config.per_path_ignores[0].on(date(2026, 7, 1));
    assert_eq!(ignore.pattern.as_deref(), Some("camera-rear/**"));
    assert!(ignore.rules[0].matches(rules::find("F101").unwrap()));
    assert!(ignore.covers("camera-rear/scene/1.jpg") && !ignore.covers("camera-left/scene/1.jpg"));
    assert_eq!(ignore.reason, "the rear camera was off");
}

#[test]
fn a_setting_has_one_sentence_and_one_default() {
    let today = date(2026, 7, 1);
    let schema = schema();
    let flags = Config::augment_args(clap::Command::new("settings"));
    let defaults = Config::defaults();
    let mut keys: Vec<String> = defaults.each().into_iter().map(|(key, _)| key).collect();
    keys.sort();
    let properties = schema["properties"].as_object().unwrap();
    assert_eq!(keys, properties.keys().cloned().collect::<Vec<_>>());
    for (key, default) in defaults.each() {
        let property = &properties[&key];
        let sentence = property["description"].as_str().unwrap().split("\n\n").next().unwrap();
        assert!(!sentence.is_empty() && !sentence.ends_with('.'), "{key}: {sentence}");
        assert_eq!(property["examples"].as_array().map(Vec::len), Some(1), "{key}");
        let default = default.values(today).first().map(|shown| shown.text.clone());
        let in_words = default_in_words(&key);
        match flags.get_arguments().find(|flag| flag.get_long() == Some(key.as_str())) {
            Some(flag) => {
                assert_eq!(flag.get_help().unwrap().to_string(), sentence, "{key}");
                assert!(flag.get_help_heading().is_some(), "{key}");
                if let Some(default) = &default {
                    let in_words = in_words.unwrap();
                    assert_eq!(in_words.split(';').next(), Some(default.as_str()), "{key}");
                }
            }
            None => assert_eq!((default, in_words), (None, None), "{key}"),
        }
    }
}

#[test]
fn the_page_on_configuration_knows_every_key_and_its_example_is_right() {
    let page =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md")).unwrap();
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    parsed(example);
    let keys: Vec<String> = schema()["properties"].as_object().unwrap().keys().cloned().collect();
    let table: toml::Table = example.parse().unwrap();
    assert_eq!(table.keys().collect::<Vec<_>>(), keys.iter().collect::<Vec<_>>());
}

#[test]
fn the_schema_takes_what_the_program_takes() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let check = |text: &str, expected: bool| {
        let value: serde_json::Value = toml::from_str(text).unwrap();
        assert_eq!(
            parse(Path::new("sensortree.toml"), text, true).is_ok(),
            expected,
            "the program on {text}"
        );
        assert_eq!(validator.is_valid(&value), expected, "the schema on {text}");
    };
    let ignore = |path: &str, reason: &str| {
        format!(
            "[[per-path-ignores]]\npath = \"{path}\"\nrules = [\"F101\"]\nreason = \"{reason}\""
        )
    };
    check("", true);
    check("select = [\"ALL\", \"F\", \"F101\", \"file-empty\"]", true);
    check("tolerance = \"20ms\"\nreference = \"top\"\nmax-examples = 1\nfail-on = \"never\"", true);
    check("[severity]\nfile-empty = \"advice\"", true);
    check(&ignore("a/**", "known"), true);
    check(&ignore("/data/a/**", "known"), true);
    check("links = \"refuse\"", true);
    check("links = \"copy\"", false);
    check("slect = []", false);
    check("select = \"F\"", false);
    check("select = [\"F999\"]", false);
    check("tolerance = 20", false);
    check("basis = \"guess\"", false);
    check("max-examples = 0", false);
    check("[severity]\nF999 = \"error\"", false);
    check("[severity]\nF101 = \"fatal\"", false);
    check(&ignore("a/**", " "), false);
    check("[[per-path-ignores]]\npath = \"a\"\nrules = []", false);
}

#[test]
fn a_mistake_is_drawn_where_it_stands() {
    let check = |text: &str, at: &str, says: &str, help: Option<&str>| {
        let (found_at, said, found_help) = mistake(text);
        assert_eq!(found_at, at, "{text}");
        assert!(said.contains(says), "{text}: {said}");
        assert_eq!(found_help.as_deref(), help, "{text}");
    };
    check("slect = []", "slect", "unknown field", Some("did you mean `select`?"));
    check("fail_on = \"scene\"", "fail_on", "unknown field", Some("did you mean `fail-on`?"));
    check("quite-another-thing = 1", "quite-another-thing", "unknown field", None);
    check("select = \"L\"", "\"L\"", "expected a sequence", None);
    check("select = [\"ALL\", \"F1O1\"]", "\"F1O1\"", "did you mean `F101`?", None);
    check("max-examples = 0", "0", "nonzero", None);
    check("tolerance = \"soon\"", "\"soon\"", "not a duration", None);
    check("basis = \"guess\"", "\"guess\"", "documented, implied, advice", None);
    check("links = true", "true", "expected a string", None);
    check("links = \"copy\"", "\"copy\"", "`refuse` or `follow`", None);
    check("[severity]\nF101 = \"fatal\"", "\"fatal\"", "error, warning, advice", None);
    check("[severity]\nF999 = \"error\"", "F999", "is not a rule", None);
    let ignore = |path: &str, reason: &str| {
        format!(
            "[[per-path-ignores]]\npath = \"{path}\"\nrules = [\"F101\"]\nreason = \"{reason}\""
        )
    };
    check(&ignore("a/[", "b"), "\"a/[\"", "unclosed", None);
    check(&ignore("a", " "), "\" \"", "needs a reason", None);
    check(
        &ignore("a", "b").replace("reason", "raeson"),
        "raeson",
        "unknown field",
        Some("did you mean `reason`?"),
    );
}

#[test]
fn the_nearest_file_wins_and_a_project_of_others_is_passed_by() {
    let root = tempfile::tempdir().unwrap();
    let inner = root.path().join("a/b");
    fs::create_dir_all(&inner).unwrap();
    let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
    write("sensortree.toml", "max-examples = 1");
    write("a/pyproject.toml", "[tool.ruff]\nline-length = 100\n");
    let examples = || {
        find(&inner, &Grounds::default(), &Files::default())
            .unwrap()
            .config
            .max_examples
            .map(NonZeroUsize::get)
    };
    assert_eq!(examples(), Some(1));
    write("a/pyproject.toml", "[tool.sensortree]\nmax-examples = 2\n");
    assert_eq!(examples(), Some(2));
    write("a/sensortree.toml", "max-examples = 3");
    assert_eq!(examples(), Some(3));
    write("a/.sensortree.toml", "max-examples = 4");
    assert_eq!(examples(), Some(4));
    write("a/b/pyproject.toml", "[tool.sensortree]\nmax-exmaples = 5\n");
    assert!(find(&inner, &Grounds::default(), &Files::default()).is_err());
}
