//! Every sketch of `fixtures/`, put on a disk and listed from it, gives what it gives in memory.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../fixtures/sketches.rs"]
mod sketches;

use std::fmt::Write as _;

use sensortree_core::finding::settings::Settings;
use sensortree_core::report::Report;
use sensortree_core::rules;
use sensortree_core::sketch::Sketch;
use sensortree_probe::Depth;
use sensortree_scan::local::LocalFolder;
use sensortree_scan::{Content, ScanOptions, inspect};
use sensortree_treegen::{WriteError, materialise};
use tempfile::TempDir;

/// Everything of a report that comes from the tree alone.
fn shown(report: &Report) -> String {
    let mut text = format!("{:?} {:?}\n", report.verdict, report.sensors);
    for finding in &report.findings {
        writeln!(text, "{} {finding:#?}", finding.rule.code).unwrap();
    }
    text
}

#[test]
fn a_tree_on_disk_gives_what_it_gives_in_memory() {
    // So that rules which are off by default are compared as well.
    let every_rule: Vec<_> =
        std::iter::once("ALL").chain(rules::ALL.iter().map(|rule| rule.code)).collect();
    let settings = Settings {
        select: every_rule.iter().map(|word| word.parse().unwrap()).collect(),
        ..Settings::default()
    };
    let mut compared = 0;
    for path in sketches::paths() {
        let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display();
        let sketch = Sketch::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        // A place in the cloud is no local folder, and neither is an archive.
        if sketch.target.contains("://") || sketch.archive.is_some() {
            continue;
        }
        let around = TempDir::new().unwrap();
        // What the target is called can matter, so the folder gets the drawn path.
        let folder = around.path().join(sketch.target.trim_matches('/'));
        match materialise(&sketch, &folder) {
            Ok(()) => compared += 1,
            // A listing can hold names that a disk cannot, and only such a sketch may be left out.
            Err(WriteError::NotOnDisk { .. }) => continue,
            Err(error) => panic!("{name}: {error}"),
        }
        let expected = shown(&sensortree_core::check(sketch.inspection(), &settings));
        for jobs in [1, 4] {
            let content =
                if sketch.depth == Depth::Whole { Content::Full } else { Content::Headers };
            let options = ScanOptions { jobs: Some(jobs), content, ..ScanOptions::default() };
            let inspection = inspect(&LocalFolder::new(&folder), &options, &()).unwrap();
            assert!(inspection.coverage.is_complete(), "{name}: {:?}", inspection.coverage);
            let found = shown(&sensortree_core::check(inspection, &settings));
            // A finding can name the target, which on a disk has more in front of it.
            let found = found.replace(&format!("{}/", around.path().display()), "");
            assert!(
                found == expected,
                "{name} with {jobs} threads:\n{found}\nin memory:\n{expected}"
            );
        }
    }
    assert!(compared > 10, "only {compared} sketches were compared");
}
