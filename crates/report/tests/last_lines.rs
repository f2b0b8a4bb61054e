//! Five seconds: what the last twelve lines of a terminal of 80 columns say of each broken tree.
//! They are what one sees when a run has ended, and hold what is wrong, where, and what to do.
//!
//! They are kept in `last_lines.txt`, to be read: `LAST_LINES=overwrite cargo test -p
//! sensortree-report --test last_lines` writes them anew.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../../fixtures/sketches.rs"]
mod sketches;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sensortree_core::finding::settings::Settings;
use sensortree_core::report::Report;
use sensortree_core::report::verdict::Outcome;
use sensortree_core::sketch::Sketch;
use sensortree_core::text;
use sensortree_report::escape::visible;
use sensortree_report::{Format, RunFacts, Style, Timing, render};

/// How many lines are looked at.
const LINES: usize = 12;
const WIDTH: usize = 80;
/// How many broken trees there are to be at least.
const LEAST: usize = 30;

/// The first fixture of each rule whose first finding is that rule's, where the dataset is not
/// accepted.
fn broken() -> BTreeMap<String, Report> {
    let mut broken = BTreeMap::new();
    for path in sketches::paths() {
        let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        if broken.contains_key(&folder) {
            continue;
        }
        let sketch = Sketch::parse(&fs::read_to_string(&path).unwrap()).unwrap();
        let report = sensortree_core::check(sketch.inspection(), &Settings::default());
        let is_first =
            report.findings.first().is_some_and(|first| folder.starts_with(first.rule.code));
        if is_first && report.verdict.outcome != Outcome::Accepted {
            broken.insert(folder, report);
        }
    }
    broken
}

fn last_lines(report: &Report) -> String {
    let style = Style { width: WIDTH, ..Style::default() };
    let (timing, facts) = (Timing::default(), RunFacts::default());
    let mut drawn = Vec::new();
    render(report, Format::Full, &style, &timing, &facts, &mut drawn).unwrap();
    let drawn = String::from_utf8(drawn).unwrap();
    let lines: Vec<&str> = drawn.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// What of the three the lines lack.
fn lacking(report: &Report, lines: &str) -> Vec<&'static str> {
    let said = lines.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = &report.findings[0];
    let help = first.help.as_ref().map(ToString::to_string).unwrap_or_default();
    let words: Vec<&str> = help.split_whitespace().take(3).collect();
    let mut places: Vec<String> = first
        .examples
        .iter()
        .flat_map(|example| example.path.split(|byte| *byte == b'/'))
        .filter(|name| !name.is_empty())
        .map(|name| text::lossless(name).into_owned())
        .collect();
    places.extend(first.location.as_ref().map(|location| location.document.to_string()));
    places.extend(first.subject.sensor.as_ref().map(|name| text::lossless(name).into_owned()));
    // What lies nowhere in the tree is of the target.
    places.extend(report.target.segments.last().cloned());
    places.retain(|place| !place.is_empty());
    let places: Vec<_> = places.iter().map(|place| visible(place)).collect();
    let mut lacking = Vec::new();
    let message = visible(&first.message).into_owned();
    let cause: Vec<&str> = message.split_whitespace().take(5).collect();
    if !said.contains(&cause.join(" ")) {
        lacking.push("cause");
    }
    if !places.iter().any(|place| said.contains(&**place)) {
        lacking.push("place");
    }
    if words.is_empty() || !said.contains(&words.join(" ")) {
        lacking.push("repair");
    }
    lacking
}

#[test]
fn the_end_of_a_terminal_says_what_is_wrong_where_and_what_to_do() {
    let broken = broken();
    assert!(broken.len() >= LEAST, "only {} trees are broken", broken.len());
    let (mut drawn, mut wrong) = (String::new(), String::new());
    for (name, report) in &broken {
        let lines = last_lines(report);
        let lacking = lacking(report, &lines);
        if !lacking.is_empty() {
            writeln!(wrong, "{name} lacks {}:\n{lines}\n", lacking.join(" and ")).unwrap();
        }
        assert!(lines.lines().all(|line| line.chars().count() <= WIDTH), "{name}:\n{lines}");
        writeln!(drawn, "== {name}\n{lines}\n").unwrap();
    }
    assert!(wrong.is_empty(), "{wrong}");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/last_lines.txt");
    if std::env::var_os("LAST_LINES").is_some_and(|value| value == "overwrite") {
        fs::write(&kept, &drawn).unwrap();
    }
    assert!(
        fs::read_to_string(&kept).unwrap_or_default() == drawn,
        "the last lines are others than in {}; LAST_LINES=overwrite writes them anew",
        kept.display()
    );
}
