//! Random trees, judged by the program and by a naive oracle that shares no line with it.
//!
//! `cargo xtask soak` runs many more of them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the extent of the test is set from outside")]
#![expect(clippy::cast_possible_truncation, reason = "small numbers of a test")]

mod oracle;
mod trees;

use std::collections::{BTreeMap, BTreeSet};

use oracle::{Item, Judgement, Kind, judge};
use sensortree_core::document::MetadataFile;
use sensortree_core::finding::settings::{Settings, Suppression};
use sensortree_core::report::Report;
use sensortree_core::report::verdict::Outcome;
use sensortree_core::sketch::fitting_metadata;
use sensortree_core::tree::{Coverage, Entry, EntryKind, Target, TargetKind, TreeBuilder};
use sensortree_core::{Inspection, check};
use trees::{Dice, tree};

/// How many trees are judged, and from which seed on.
fn extent() -> (u64, u64) {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    (number("SENSORTREE_SOAK_TREES").unwrap_or(2_000), number("SENSORTREE_SOAK_SEED").unwrap_or(0))
}

/// Rules that may speak against a tree which is whole, and what they speak of.
const ABOUT_SOMETHING_ELSE: &[(&str, &str)] = &[
    ("L105", "a file at the top that is not metadata.json"),
    ("L106", "a folder at the top that is no sensor's"),
    ("L107", "frames under a sensor and in no scene"),
    ("L108", "a folder in a scene's folder"),
    ("L114", "files among the point clouds that are none"),
    ("L115", "files among the images that are none"),
    ("L116", "point clouds among images, or images among point clouds"),
    ("L117", "frames that are named by a text, in all sensors alike"),
    ("L119", "two files with one timestamp, of which one is in a format that is no frame's"),
    (
        "H101",
        "a copy of a frame, by its name, which is a frame's to whoever does not know such names",
    ),
    ("F101", "an empty file, where the other sensors have none that arrived either"),
    ("L121", "names that not every system takes"),
    ("M108", "a sensor that metadata.json names and that has no folder"),
];

fn inspected(items: &[Item], sensors: &[String], dice: &mut Dice) -> Inspection {
    let mut builders = [TreeBuilder::new(), TreeBuilder::new()];
    for item in items {
        let kind = match item.kind {
            Kind::File => EntryKind::File,
            Kind::Folder => EntryKind::Folder,
            Kind::Link => EntryKind::Link,
            Kind::Special => EntryKind::Special,
        };
        let size = (item.kind == Kind::File).then_some(item.size);
        builders[dice.below(2)].add(&Entry { path: &item.path, kind, size });
    }
    let [mut builder, other] = builders;
    builder.add(&Entry::file(b"metadata.json", 100));
    builder.merge(other);
    let named = |prefix: &str| -> Vec<String> {
        sensors.iter().filter_map(|name| Some(name.strip_prefix(prefix)?.to_owned())).collect()
    };
    Inspection {
        target: Target {
            kind: TargetKind::Local,
            uri: "d".to_owned(),
            segments: vec!["d".to_owned()],
        },
        tree: builder.finish(),
        archive: None,
        metadata: MetadataFile::Text(fitting_metadata(&named("lidar-"), &named("camera-")).into()),
        coverage: Coverage { content: "none", ..Coverage::default() },
    }
}

fn report(items: &[Item], sensors: &[String], settings: &Settings) -> Report {
    check(inspected(items, sensors, &mut Dice::new(1)), settings)
}

/// What is wrong with the program's answer, if anything is.
fn mistake(items: &[Item], sensors: &[String]) -> Option<(String, Report)> {
    let report = report(items, sensors, &Settings::default());
    let outcome = report.verdict.outcome;
    let fault = match judge(items) {
        Judgement::Incomplete { why, .. } if outcome == Outcome::Accepted => {
            Some(format!("accepted, though {why}"))
        }
        // A link in the place of a sensor or a scene is no rejection by itself.
        Judgement::Incomplete { why, is_rejected: true }
            if outcome == Outcome::ScenesAtRisk
                && !items.iter().any(|item| matches!(item.kind, Kind::Link | Kind::Special)) =>
        {
            Some(format!("at risk only, though {why}"))
        }
        Judgement::Whole => {
            let because = report.verdict.because.iter();
            let mut unjust = because
                .filter(|code| !ABOUT_SOMETHING_ELSE.iter().any(|(known, _)| known == *code));
            unjust.next().map(|code| format!("{code} speaks against a whole tree"))
        }
        Judgement::Incomplete { .. } => None,
    };
    let fallback = report.findings.iter().any(|finding| finding.rule.code == "A210");
    let fault = fault.or_else(|| fallback.then(|| "no rule names the difference".to_owned()));
    fault.map(|fault| (fault, report))
}

/// The smallest part of a tree with the same mistake.
fn smallest(mut items: Vec<Item>, sensors: &[String], fault: &str) -> Vec<Item> {
    let kind = |fault: &str| fault.split(',').next().unwrap_or_default().to_owned();
    let wanted = kind(fault);
    let mut width = items.len() / 2;
    while width > 0 {
        let mut at = 0;
        while at < items.len() {
            let mut fewer = items.clone();
            fewer.drain(at..(at + width).min(fewer.len()));
            match mistake(&fewer, sensors) {
                Some((found, _)) if kind(&found) == wanted => items = fewer,
                _ => at += width,
            }
        }
        width /= 2;
    }
    items.sort_by(|a, b| a.path.cmp(&b.path));
    items
}

#[test]
fn no_answer_is_wrong() {
    let (count, first) = extent();
    let mut wrong: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for seed in first..first + count {
        let tree = tree(seed);
        let Some((fault, _)) = mistake(&tree.items, &tree.sensors) else { continue };
        let kind = fault.split(',').next().unwrap_or_default().to_owned();
        let key = format!("{kind} ({})", tree.happened.join(" + "));
        let entry = wrong.entry(kind).or_insert_with(|| {
            let items = smallest(tree.items.clone(), &tree.sensors, &fault);
            let (fault, report) = mistake(&items, &tree.sensors).unwrap();
            let drawn: Vec<String> = items
                .iter()
                .map(|item| format!("  {:?} {} {}", item.kind, item.size, item.path.escape_ascii()))
                .collect();
            let found: Vec<String> = report
                .findings
                .iter()
                .map(|finding| {
                    format!("  {} {:?} {}", finding.rule.code, finding.effect, finding.message)
                })
                .collect();
            let drawn = drawn.join("\n");
            (0, format!("seed {seed}, {key}: {fault}\n{drawn}\nfound:\n{}", found.join("\n")))
        });
        entry.0 += 1;
    }
    let all: u64 = wrong.values().map(|(count, _)| count).sum();
    let said: Vec<String> =
        wrong.into_values().map(|(count, first)| format!("{count} times; {first}")).collect();
    assert!(said.is_empty(), "{all} of {count} are wrong:\n\n{}", said.join("\n\n"));
}

/// Every place that is found, by the rule.
fn places(report: &Report) -> BTreeSet<(&'static str, Vec<u8>)> {
    let all = report.findings.iter().flat_map(|finding| {
        finding.examples.iter().map(|example| (finding.rule.code, example.path.clone()))
    });
    all.collect()
}

/// An ignore takes what it names and nothing else.
#[test]
fn an_ignore_takes_exactly_what_it_names() {
    let (count, first) = extent();
    let settings = Settings { max_examples: usize::MAX, ..Settings::default() };
    for seed in first..first + count / 4 {
        let tree = tree(seed);
        let all = places(&report(&tree.items, &tree.sensors, &settings));
        let mut dice = Dice::new(seed);
        let mut chosen: Vec<_> = all.iter().filter(|(_, path)| path.is_ascii()).collect();
        chosen.retain(|(_, path)| !path.iter().any(|byte| byte.is_ascii_control()));
        dice.shuffle(&mut chosen);
        chosen.truncate(3);
        for (code, path) in chosen {
            // A run of frames that are not there is shown by its first, and is split where
            // that is ignored.
            if *code == "A202" {
                continue;
            }
            let pattern = globset::escape(std::str::from_utf8(path).unwrap().trim_end_matches('/'));
            let rules = vec![code.parse().unwrap()];
            let suppression = Suppression::at(&pattern, rules, String::new()).unwrap();
            let settings = Settings { suppressions: vec![suppression], ..settings.clone() };
            let report = report(&tree.items, &tree.sensors, &settings);
            let is_meant = |found: &(&'static str, Vec<u8>)| {
                let below = [path.strip_suffix(b"/").unwrap_or(path), b"/"].concat();
                found.0 == *code && (found.1 == *path || found.1.starts_with(&below))
            };
            let expected: BTreeSet<_> =
                all.iter().filter(|found| !is_meant(found)).cloned().collect();
            assert_eq!(places(&report), expected, "seed {seed}: {code} at {}", path.escape_ascii());
            assert!(report.ignored > 0);
        }
    }
}
