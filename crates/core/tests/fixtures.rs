//! Every sketch under `fixtures/` gives the findings that it names.
#![expect(clippy::disallowed_methods, reason = "the sketches are files; the core that judges them reads none")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sensortree_core::layout::place;
use sensortree_core::report::Report;
use sensortree_core::rules;
use sensortree_core::settings::Settings;
use sensortree_core::sketch::Sketch;

/// The rules that a sketch is to fire: those of its line `# expect: L103 M108`, else for `bad…` the rule of its folder and
/// for `good…` none.
fn expected(path: &Path, text: &str) -> BTreeSet<String> {
    if let Some(codes) = text.lines().find_map(|line| line.strip_prefix("# expect:")) {
        return codes.split_whitespace().map(str::to_owned).collect();
    }
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let folder = name(path.parent().unwrap());
    match name(path) {
        file if file.starts_with("bad") => BTreeSet::from([folder.split('-').next().unwrap().to_owned()]),
        file if file.starts_with("good") => BTreeSet::new(),
        file => panic!("{folder}/{file} is neither bad nor good and has no `# expect:` line"),
    }
}

fn sketches() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap()
        .map(|folder| folder.unwrap().path())
        .filter(|path| path.is_dir())
        .flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()))
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "tree"))
        .collect();
    paths.sort();
    paths
}

/// The text of every sketch there is, in files and on the rules' pages, with where it stands.
fn texts() -> Vec<(String, String)> {
    let read = |path: PathBuf| (path.display().to_string(), std::fs::read_to_string(&path).unwrap());
    let pages = rules::ALL
        .iter()
        .flat_map(|rule| rule.sketches().into_iter().map(|(_, text)| (format!("the page of {}", rule.code), text)));
    sketches().into_iter().map(read).chain(pages).collect()
}

fn check_all(sketch: &Sketch) -> Report {
    let select = rules::ALL.iter().map(|rule| rule.code.parse().unwrap()).collect();
    sensortree_core::check(sketch.inspection(), &Settings { select, ..Settings::default() })
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
                    && !place::is_in_order(&path)
                {
                    wrong.push(format!("{place}: {} suggests {:?}", finding.rule.code, example.expected));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Once folders and files are where a finding says that they belong, it is gone.
#[test]
fn what_is_mended_as_suggested_is_mended() {
    let mut mended_trees = 0;
    for (place, text) in texts() {
        let sketch = Sketch::parse(&text).unwrap();
        let report = check_all(&sketch);
        for code in ["L102", "L103", "L111"] {
            let findings: Vec<_> = report.findings.iter().filter(|finding| finding.rule.code == code).collect();
            let moves: Vec<(&[u8], Vec<u8>)> = findings
                .iter()
                .flat_map(|finding| &finding.examples)
                .filter_map(|example| Some((example.path.as_slice(), example.mended()?)))
                .collect();
            // Where several files are to become one, there is more to do than to move them.
            let targets: BTreeSet<_> = moves.iter().map(|(_, to)| to).collect();
            if targets.len() < moves.len() || (moves.len() as u64) < findings.iter().map(|f| f.count).sum() {
                continue;
            }
            let mut repaired = sketch.clone();
            for drawn in &mut repaired.entries {
                let at_place = |from: &[u8]| drawn.path == from.strip_suffix(b"/").unwrap_or(from);
                if let Some((_, to)) = moves.iter().find(|(from, _)| at_place(from)) {
                    drawn.path = to.strip_suffix(b"/").unwrap_or(to).to_vec();
                } else if let Some((from, to)) = moves.iter().find(|(from, _)| drawn.path.starts_with(from)) {
                    drawn.path = [to, &drawn.path[from.len()..]].concat();
                }
            }
            mended_trees += usize::from(!moves.is_empty());
            let left = check_all(&repaired).findings.into_iter().find(|finding| finding.rule.code == code);
            assert!(left.is_none() || moves.is_empty(), "{place}: {code} is still there: {left:#?}");
        }
    }
    assert!(mended_trees > 10, "only {mended_trees} trees had anything to move");
}

#[test]
fn every_sketch_gives_what_it_names() {
    let mut wrong = Vec::new();
    for path in sketches() {
        let text = std::fs::read_to_string(&path).unwrap();
        let sketch = Sketch::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let expected = expected(&path, &text);
        // A rule that is off by default runs in its own fixtures.
        let off = rules::ALL.iter().filter(|rule| !rule.default_on && expected.contains(rule.code));
        let mut select: Vec<_> = off.map(|rule| rule.code.parse().unwrap()).collect();
        if !select.is_empty() {
            select.push("ALL".parse().unwrap());
        }
        let report = sensortree_core::check(sketch.inspection(), &Settings { select, ..Settings::default() });
        let fired: BTreeSet<String> = report.findings.iter().map(|finding| finding.rule.code.to_owned()).collect();
        if fired != expected {
            wrong.push(format!("{}: expected {expected:?}, got {:#?}", path.display(), report.findings));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_rule_has_its_folder() {
    let paths = sketches();
    for rule in rules::ALL {
        let folder = format!("{}-{}", rule.code, rule.name);
        assert!(paths.iter().any(|path| path.parent().unwrap().ends_with(&folder)), "fixtures/{folder} has no sketch");
    }
}
