//! Every sketch under `fixtures/` gives the findings that it names.
#![expect(clippy::disallowed_methods, reason = "the sketches are files; the core that judges them reads none")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

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
