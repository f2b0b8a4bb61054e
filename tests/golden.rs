//! What users keep of one release and hand to the next: docs/stability.md says what stays valid for
//! how long, and the files in `tests/golden` are those of the last release.
//!
//! They are written anew at a release only, by `cargo test --test golden -- --ignored`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use place::Place;
use sensortree::cli::args::Arguments;
use sensortree_core::rules;
use sensortree_report::Format;
use serde_json::Value;

const TREE: &str = include_str!("golden/drive.tree");
const REPORT: &str = "report.json";
const KNOWN_REPORT: &str = "report-with-baseline.json";
const SCHEMA: &str = "sensortree-report-1.schema.json";
const BASELINE: &str = "baseline.json";
const LISTING: &str = "drive.listing.gz";
/// A dataset of which the first release made other findings than this one does, and its baseline. A
/// release does not write it anew.
const REGROUPED: &str = include_str!("golden/regrouped.tree");
const REGROUPED_BASELINE: &str = include_str!("golden/regrouped-baseline.json");

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn golden_text(name: &str) -> String {
    fs::read_to_string(golden(name)).unwrap()
}

fn golden_json(name: &str) -> Value {
    serde_json::from_str(&golden_text(name)).unwrap()
}

impl Place {
    /// The golden dataset, with the golden baseline and listing beside it.
    fn golden() -> Self {
        let place = Place::with(TREE);
        for name in [BASELINE, LISTING] {
            place.write(name, fs::read(golden(name)).unwrap());
        }
        place
    }

    /// The JSON report without what differs from run to run and from version to version, and
    /// the exit code.
    fn judged(&self, words: &str) -> (Value, Option<i32>) {
        let run = self.command(&format!("check {words} --format json")).output().unwrap();
        assert!(!run.stdout.is_empty(), "{}", String::from_utf8_lossy(&run.stderr));
        let mut report: Value = serde_json::from_slice(&run.stdout).unwrap();
        report.as_object_mut().unwrap().remove("timing").unwrap();
        report["tool"].as_object_mut().unwrap().remove("version").unwrap();
        (report, run.status.code())
    }
}

/// A list in a report, of which each element is made a line.
fn each(list: &Value, line: impl Fn(&Value) -> String) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(line).collect()
}

fn identity(finding: &Value) -> String {
    format!("{} {} {}", finding["code"], finding["name"], finding["fingerprint"])
}

/// The fields of a report, and of which types their values are; those of all elements of
/// a list together.
fn fields(value: &Value) -> BTreeMap<String, BTreeSet<&'static str>> {
    fn add(value: &Value, path: &str, into: &mut BTreeMap<String, BTreeSet<&'static str>>) {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        into.entry(path.to_owned()).or_default().insert(kind);
        match value {
            Value::Array(all) => all.iter().for_each(|one| add(one, &format!("{path}[]"), into)),
            Value::Object(all) => {
                all.iter().for_each(|(name, one)| add(one, &format!("{path}.{name}"), into));
            }
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    add(value, "", &mut found);
    found
}

/// What was there of the last release and is no more.
fn lost(before: &Value, now: &Value) -> Vec<String> {
    let now = fields(now);
    let is_lost = |(path, kinds): &(&String, &BTreeSet<&str>)| {
        now.get(*path).is_none_or(|now| !kinds.is_subset(now))
    };
    let before = fields(before);
    before.iter().filter(is_lost).map(|(path, kinds)| format!("{path} {kinds:?}")).collect()
}

#[test]
fn a_lost_field_and_another_type_are_seen() {
    let before = serde_json::json!({"a": [{"b": 1}, {"c": null}], "d": "x"});
    let check = |now: Value, expected: &[&str]| assert_eq!(lost(&before, &now), expected);
    check(serde_json::json!({"a": [{"c": null}, {"b": 2, "e": 3}], "d": "y", "f": {}}), &[]);
    check(serde_json::json!({"a": [{"c": null}], "d": "y"}), &[".a[].b {\"number\"}"]);
    check(serde_json::json!({"a": [{"b": 1, "c": null}], "d": 1}), &[".d {\"string\"}"]);
}

#[test]
fn the_report_has_every_field_that_it_had() {
    let place = Place::golden();
    let (report, exit) = place.judged("drive");
    let before = golden_json(REPORT);
    assert_eq!(exit, Some(1));
    assert_eq!(lost(&before, &report), [""; 0]);
    let (known, exit) = place.judged("drive --baseline baseline.json");
    assert_eq!(exit, Some(0));
    assert_eq!(lost(&golden_json(KNOWN_REPORT), &known), [""; 0]);

    // What a program that was written for the last release relies on.
    let schema = jsonschema::validator_for(&golden_json(SCHEMA)).unwrap();
    for words in ["drive", "drive --baseline baseline.json", "--listing drive.listing.gz"] {
        let run = place.command(&format!("check {words} --format json")).output().unwrap();
        let report: Value = serde_json::from_slice(&run.stdout).unwrap();
        let faults: Vec<String> =
            schema.iter_errors(&report).map(|fault| fault.to_string()).collect();
        assert_eq!(faults, [""; 0], "{words}");
    }
}

#[test]
fn findings_are_known_by_what_they_were_known_by() {
    let (report, _) = Place::golden().judged("drive");
    let before = golden_json(REPORT);
    let (had, has) = (each(&before["findings"], identity), each(&report["findings"], identity));
    assert!(had.len() > 8, "{had:?}");
    assert_eq!(had.difference(&has).collect::<Vec<_>>(), [""; 0]);
    for field in ["outcome", "code", "basis", "because"] {
        assert_eq!(report["prediction"][field], before["prediction"][field], "{field}");
    }
}

#[test]
fn an_old_baseline_covers_what_it_covered() {
    let place = Place::golden();
    let (report, exit) = place.judged("drive --baseline baseline.json");
    let entries = golden_json(BASELINE);
    let named = |finding: &Value| format!("{} {}", finding["code"], finding["fingerprint"]);
    assert_eq!(exit, Some(0));
    assert_eq!(report["findings"], Value::Array(Vec::new()));
    assert_eq!(report["baseline"]["stale"], Value::Array(Vec::new()));
    assert_eq!(each(&report["baseline"]["suppressed"], named), each(&entries["findings"], named));

    // And nothing else.
    fs::write(place.path("drive/lidar-top/scene_2/1681532070961.pcd"), "").unwrap();
    let (report, exit) = place.judged("drive --baseline baseline.json");
    assert_eq!(exit, Some(1));
    let codes = each(&report["findings"], |finding| finding["code"].to_string());
    assert!(codes.contains("\"F101\""), "{codes:?}");
}

#[test]
fn entries_of_rules_that_group_otherwise_now_are_said_until_the_baseline_is_written_anew() {
    let place = Place::with(REGROUPED);
    place.write("known.json", REGROUPED_BASELINE);
    let (report, exit) = place.judged("drive --baseline known.json");
    let codes = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|one| one["code"].to_string()).collect()
    };
    // What the rule reports now was known; what is grouped as it was is covered.
    assert_eq!((codes(&report["findings"]), exit), (vec!["\"A202\"".to_owned()], Some(1)));
    assert_eq!(report["findings"][0]["notes"].to_string().matches("when the baseline").count(), 0);
    assert_eq!(codes(&report["baseline"]["suppressed"]), ["\"F101\""]);
    let stale = &report["baseline"]["stale"];
    assert_eq!(codes(stale), ["\"A202\"", "\"A202\""]);
    assert!(stale.as_array().unwrap().iter().all(|entry| entry["regrouped"] == true), "{stale}");

    let drawn = |words: &str| {
        let run = place.command(&format!("check drive --color never {words}")).output().unwrap();
        // Long lines are broken.
        let text = String::from_utf8(run.stdout).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let said = "2 entries of the baseline are of a rule that groups findings otherwise now (A202), and \
         their findings may be reported anew";
    let before = drawn("--baseline known.json");
    assert!(before.contains(said) && before.contains("--write-baseline known.json"), "{before}");
    assert!(!before.contains("gone: A202"), "{before}");

    place.judged("drive --write-baseline known.json");
    let written: Value =
        serde_json::from_str(&fs::read_to_string(place.path("known.json")).unwrap()).unwrap();
    let groupings: Vec<&Value> =
        written["findings"].as_array().unwrap().iter().map(|line| &line["grouping"]).collect();
    assert_eq!(groupings, [&Value::from(2), &Value::Null]);
    let (report, exit) = place.judged("drive --baseline known.json");
    assert_eq!((codes(&report["findings"]), exit), (vec![], Some(0)));
    assert_eq!(report["baseline"]["stale"], Value::Array(Vec::new()));
    assert!(!drawn("--baseline known.json").contains("otherwise now"));
}

#[test]
fn an_old_listing_gives_the_report_of_its_dataset() {
    let place = Place::golden();
    let compared = |words: &str| {
        let (mut report, exit) = place.judged(words);
        report.as_object_mut().unwrap().remove("target").unwrap();
        let coverage = report["coverage"].as_object_mut().unwrap();
        for own in ["notes", "probed", "probeable"] {
            coverage.remove(own);
        }
        (report, exit)
    };
    let (listed, exit) = compared("--listing drive.listing.gz");
    assert_eq!((listed.clone(), exit), compared("drive --content none"));
    assert_eq!(exit, Some(1));
    assert_eq!(listed["tree"]["scenes"], 2);
}

/// The commands and their flags with the words that they take, the keys of configuration files, the
/// rules, and the names of the Python module: each a list of lines.
fn names() -> [(&'static str, BTreeSet<String>); 4] {
    let mut flags = BTreeSet::new();
    let command = Arguments::command();
    for (prefix, command) in [("sensortree", &command)]
        .into_iter()
        .chain(command.get_subcommands().map(|command| (command.get_name(), command)))
    {
        flags.insert(prefix.to_owned());
        for argument in command.get_arguments() {
            let longs = argument.get_long_and_visible_aliases().unwrap_or_default();
            let hidden = argument.get_all_aliases().unwrap_or_default();
            let shorts = argument.get_short_and_visible_aliases().unwrap_or_default();
            let takes_values = argument.get_action().takes_values();
            let words = argument.get_possible_values().into_iter().filter(|_| takes_values);
            let words: Vec<_> = words.collect();
            let longs = longs.into_iter().chain(hidden).map(|long| format!("--{long}"));
            for flag in longs.chain(shorts.into_iter().map(|short| format!("-{short}"))) {
                flags.extend(
                    words.iter().map(|word| format!("{prefix} {flag} {}", word.get_name())),
                );
                flags.insert(format!("{prefix} {flag}"));
            }
        }
    }
    flags.extend(Format::ALL.map(|format| format!("check --format {format}")));
    let schema = sensortree::cli::config::schema();
    let mut keys = BTreeSet::new();
    let defined = schema["$defs"].as_object().unwrap();
    for (name, schema) in defined.iter().chain([(&"sensortree.toml".to_owned(), &schema)]) {
        let properties = schema["properties"].as_object();
        keys.extend(properties.into_iter().flatten().map(|(key, _)| format!("{name} {key}")));
    }
    let rules = rules::ALL.iter().map(|rule| format!("{} {}", rule.code, rule.name)).collect();
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/sensortree/__init__.py");
    let module = fs::read_to_string(module).unwrap();
    let (_, exported) = module.split_once("__all__ = [").unwrap();
    let exported = exported.lines().take_while(|line| *line != "]");
    let exported = exported.filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","));
    [
        ("flags.txt", flags),
        ("configuration.txt", keys),
        ("rules.txt", rules),
        ("python.txt", exported.map(str::to_owned).collect()),
    ]
}

#[test]
fn every_name_is_still_understood() {
    for (file, now) in names() {
        let before: BTreeSet<String> = golden_text(file).lines().map(str::to_owned).collect();
        assert!(before.len() > 10, "{file}");
        assert_eq!(before.difference(&now).collect::<Vec<_>>(), [""; 0], "{file}");
    }
}

#[test]
#[ignore = "writes the files that the other tests read, at a release"]
fn write_the_golden_files() {
    let place = Place::with(TREE);
    let copied = |name: &str| fs::copy(place.path(name), golden(name)).unwrap();
    let write = |name: &str, report: &Value| {
        fs::write(golden(name), format!("{report:#}\n")).unwrap();
    };
    write(REPORT, &place.judged("drive").0);
    place.judged("drive --write-baseline baseline.json");
    write(KNOWN_REPORT, &place.judged("drive --baseline baseline.json").0);
    place.judged("drive --content none --save-listing drive.listing.gz");
    copied(BASELINE);
    copied(LISTING);
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(SCHEMA);
    fs::copy(schema, golden(SCHEMA)).unwrap();
    for (file, names) in names() {
        let lines: Vec<String> = names.into_iter().map(|name| format!("{name}\n")).collect();
        fs::write(golden(file), lines.concat()).unwrap();
    }
}
