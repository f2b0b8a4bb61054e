//! Every sketch under `fixtures/` gives the findings that it names.
#![expect(
    clippy::disallowed_methods,
    reason = "the sketches are files; the core that judges them reads none"
)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../../fixtures/sketches.rs"]
mod sketches;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sensortree_core::finding::settings::Settings;
use sensortree_core::layout::{Layout, LayoutKind, OtherLayout};
use sensortree_core::names::dataset_path;
use sensortree_core::report::Report;
use sensortree_core::rules;
use sensortree_core::sketch::Sketch;
use sensortree_core::tree::Unread;

/// The rules that a sketch is to fire: those of its line `# expect: L103 M108`, else for `bad…` the
/// rule of its folder and for `good…` none.
fn expected(path: &Path, text: &str) -> BTreeSet<String> {
    if let Some(codes) = text.lines().find_map(|line| line.strip_prefix("# expect:")) {
        return codes.split_whitespace().map(str::to_owned).collect();
    }
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let folder = name(path.parent().unwrap());
    match name(path) {
        file if file.starts_with("bad") => {
            BTreeSet::from([folder.split('-').next().unwrap().to_owned()])
        }
        file if file.starts_with("good") => BTreeSet::new(),
        file => panic!("{folder}/{file} is neither bad nor good and has no `# expect:` line"),
    }
}

/// The text of every sketch there is, in files and on the rules' pages, with where it stands.
fn texts() -> Vec<(String, String)> {
    let read =
        |path: PathBuf| (path.display().to_string(), std::fs::read_to_string(&path).unwrap());
    let pages = rules::ALL.iter().flat_map(|rule| {
        rule.sketches().into_iter().map(|(_, text)| (format!("the page of {}", rule.code), text))
    });
    sketches::paths().into_iter().map(read).chain(pages).collect()
}

fn check_all(sketch: &Sketch) -> Report {
    let select = rules::ALL.iter().map(|rule| rule.code.parse().unwrap()).collect();
    sketch.check(&Settings { select, ..Settings::default() })
}

/// Nothing is suggested that would itself be rejected.
#[test]
fn every_name_that_is_suggested_is_in_order() {
    let mut wrong = Vec::new();
    for (place, text) in texts() {
        let report = check_all(&Sketch::parse(&text).unwrap());
        for finding in &report.findings {
            for example in &finding.examples {
                if let Some(path) = example.mended()
                    && !dataset_path::is_valid(&path)
                {
                    wrong.push(format!(
                        "{place}: {} suggests {:?}",
                        finding.rule.code, example.expected
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Another layout maps to paths that are in order, and each of its sensors to a folder of its own.
#[test]
fn another_layout_maps_to_paths_in_order() {
    let mut mapped = 0;
    for (place, text) in texts() {
        let inspection = Sketch::parse(&text).unwrap().inspection();
        let layout = Layout::read(&inspection.tree, &inspection.target);
        let LayoutKind::Other(OtherLayout::Foreign(foreign)) = layout.reading else { continue };
        let mut folders = BTreeSet::new();
        for part in &foreign.mapping {
            let Some(to) = &part.to else { continue };
            mapped += 1;
            let filled = to.replace("<scene>", "scene").replace("<timestamp>", "1");
            assert!(dataset_path::is_valid(filled.as_bytes()), "{place}: {to}");
            let first = to.split('/').next().unwrap();
            for folder in part.alike.iter().map(|(_, folder)| folder.as_str()).chain([first]) {
                assert!(dataset_path::is_valid(folder.as_bytes()), "{place}: {folder}");
                assert!(folders.insert(folder.to_lowercase()), "{place}: {folder} twice");
            }
        }
    }
    assert!(mapped > 30, "{mapped}");
}

/// Once folders and files are where a finding says that they belong, it is gone.
#[test]
fn what_is_mended_as_suggested_is_mended() {
    let mut mended_trees = 0;
    for (place, text) in texts() {
        let sketch = Sketch::parse(&text).unwrap();
        let report = check_all(&sketch);
        for code in ["L102", "L103", "L111"] {
            let findings: Vec<_> =
                report.findings.iter().filter(|finding| finding.rule.code == code).collect();
            let moves: Vec<(&[u8], Vec<u8>)> = findings
                .iter()
                .flat_map(|finding| &finding.examples)
                .filter_map(|example| Some((example.path.as_slice(), example.mended()?)))
                .collect();
            // Where several files are to become one, there is more to do than to move them.
            let targets: BTreeSet<_> = moves.iter().map(|(_, to)| to).collect();
            if targets.len() < moves.len()
                || (moves.len() as u64) < findings.iter().map(|f| f.count).sum()
            {
                continue;
            }
            let mut repaired = sketch.clone();
            for drawn in &mut repaired.entries {
                let at_place = |from: &[u8]| drawn.path == from.strip_suffix(b"/").unwrap_or(from);
                if let Some((_, to)) = moves.iter().find(|(from, _)| at_place(from)) {
                    drawn.path = to.strip_suffix(b"/").unwrap_or(to).to_vec();
                } else if let Some((from, to)) =
                    moves.iter().find(|(from, _)| drawn.path.starts_with(from))
                {
                    drawn.path = [to, &drawn.path[from.len()..]].concat();
                }
            }
            mended_trees += usize::from(!moves.is_empty());
            let left =
                check_all(&repaired).findings.into_iter().find(|finding| finding.rule.code == code);
            assert!(
                left.is_none() || moves.is_empty(),
                "{place}: {code} is still there: {left:#?}"
            );
        }
    }
    assert!(mended_trees > 10, "only {mended_trees} trees had anything to move");
}

#[test]
fn every_sketch_gives_what_it_names() {
    let mut wrong = Vec::new();
    for path in sketches::paths() {
        let text = std::fs::read_to_string(&path).unwrap();
        let sketch =
            Sketch::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let expected = expected(&path, &text);
        // A rule that is off by default runs in its own fixtures.
        let off = rules::ALL.iter().filter(|rule| !rule.default_on && expected.contains(rule.code));
        let mut select: Vec<_> = off.map(|rule| rule.code.parse().unwrap()).collect();
        if !select.is_empty() {
            select.push("ALL".parse().unwrap());
        }
        let report = sketch.check(&Settings { select, ..Settings::default() });
        let fired: BTreeSet<String> =
            report.findings.iter().map(|finding| finding.rule.code.to_owned()).collect();
        if fired != expected {
            wrong.push(format!(
                "{}: expected {expected:?}, got {:#?}",
                path.display(),
                report.findings
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_rule_has_its_folder() {
    let paths = sketches::paths();
    for rule in rules::ALL {
        let folder = format!("{}-{}", rule.code, rule.name);
        // What no other rule names cannot be drawn.
        if rule.code == "A210" {
            continue;
        }
        assert!(
            paths.iter().any(|path| path.parent().unwrap().ends_with(&folder)),
            "fixtures/{folder} has no sketch"
        );
    }
}

/// Of a listing that ended early anything can be missing, so nothing is said to be.
#[test]
fn an_interrupted_listing_finds_nothing_missing() {
    let mut wrong = Vec::new();
    for (place, text) in texts() {
        let mut inspection = Sketch::parse(&text).unwrap().inspection();
        inspection.coverage.unread = interrupted();
        for finding in sensortree_core::check(inspection, &Settings::default()).findings {
            let code = finding.rule.code;
            if ABOUT_WHAT_IS_MISSING.contains(&code)
                || finding.examples.iter().any(|example| !example.present)
            {
                wrong.push(format!("{place}: {code} {}", finding.message));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rules that find nothing but what is missing, or rest on all of something being there. Others
/// do so among other things, and are held to it by [`a_part_of_a_good_tree_is_good`].
const ABOUT_WHAT_IS_MISSING: &[&str] = &[
    "Z103", "L101", "L102", "L106", "L109", "L110", "L113", "A201", "A202", "A203", "A204", "A205",
    "A206", "A207", "A208", "M112",
];

/// Whatever part of it was listed, nothing is found in a tree that is in order.
#[test]
fn a_part_of_a_good_tree_is_good() {
    let mut wrong = Vec::new();
    let mut parts = 0;
    for (place, text) in texts() {
        let whole = Sketch::parse(&text).unwrap();
        if !sensortree_core::check(whole.inspection(), &Settings::default()).findings.is_empty() {
            continue;
        }
        for round in 0..24u64 {
            let mut part = whole.clone();
            let mut at = 0u64;
            part.entries.retain(|_| {
                at += 1;
                // Any mixture will do that is not the same each time.
                (at * 0x9e37_79b9 + round * 0x85eb_ca6b).rotate_left(13).wrapping_mul(0xc2b2_ae35)
                    >> 16
                    & 3
                    > round % 3
            });
            let mut inspection = part.inspection();
            inspection.coverage.unread = interrupted();
            parts += 1;
            for finding in sensortree_core::check(inspection, &Settings::default()).findings {
                wrong.push(format!(
                    "{place}, part {round}: {} {}",
                    finding.rule.code, finding.message
                ));
            }
        }
    }
    assert!(parts > 1_000, "only {parts} parts were looked at");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn interrupted() -> Vec<Unread> {
    vec![Unread { path: Vec::new(), reason: "the listing was interrupted".to_owned() }]
}
