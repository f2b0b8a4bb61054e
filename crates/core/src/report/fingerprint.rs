//! What tells one fault from another across runs, so that a baseline can know it again.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::digest::Digest;
use crate::finding::Finding;
use crate::report::Report;

/// The fingerprints of a report's findings, in their order: 32 hexadecimal digits each.
///
/// One is the same in every run in which the rule finds the same fault, wherever the target lies and however it is listed.
/// It is made of the rule, the sensor and scene, the first place and, in a document, the stretch of text pointed at; not of
/// counts, wording, offsets or the target. Findings alike in all of that are numbered by what else they hold, so that none
/// hides behind another; a baseline that covers some of them changes no number.
#[must_use]
pub fn fingerprints(report: &Report) -> Vec<String> {
    let mut fingerprints = of_all(report);
    fingerprints.truncate(report.findings.len());
    fingerprints
}

/// The fingerprints of a report's findings and, behind them, of those that a baseline covers.
#[must_use]
pub fn of_all(report: &Report) -> Vec<String> {
    let traits: Vec<[u8; 32]> =
        report.all_findings().map(|finding| traits(finding, report)).collect();
    let mut order: Vec<usize> = (0..traits.len()).collect();
    let contents: Vec<Digest> = report.all_findings().map(|finding| finding.contents).collect();
    order.sort_by_key(|at| (traits[*at], contents[*at]));
    let mut fingerprints = vec![String::new(); traits.len()];
    for alike in order.chunk_by(|a, b| traits[*a] == traits[*b]) {
        for (number, at) in alike.iter().enumerate() {
            let mut hasher = Sha256::new();
            hasher.update(traits[*at]);
            hasher.update((number as u64).to_be_bytes());
            fingerprints[*at] = hexadecimal(&hasher.finalize()[..16]);
        }
    }
    fingerprints
}

fn traits(finding: &Finding, report: &Report) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut add = |field: Option<&[u8]>| {
        // The length and the mark of absence keep neighbouring fields apart.
        hasher.update(field.map_or(u64::MAX, |bytes| bytes.len() as u64).to_be_bytes());
        hasher.update(field.unwrap_or_default());
    };
    add(Some(finding.rule.code.as_bytes()));
    add(finding.subject.sensor.as_deref());
    add(finding.subject.scene.as_deref());
    add(finding.examples.first().map(|example| example.path.as_slice()));
    let location = finding.location.as_ref();
    add(location.map(|location| match report.request.as_deref() {
        // Where the request's file lies does not matter, as it does not for the target.
        Some(name) if name == location.document => b"request".as_slice(),
        _ => location.document.as_bytes(),
    }));
    add(location.map(|location| location.stretch.to_bytes()).as_ref().map(<[u8; 16]>::as_slice));
    hasher.finalize().into()
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::settings::Settings;
    use crate::sketch::Sketch;
    use std::collections::BTreeSet;

    const TWO_EMPTY: &str = "\
target: drives/a
lidar-top/
  s/
    1.pcd (0 bytes)
    2.pcd
lidar-rear/
  s/
    1.pcd (0 bytes)
    2.pcd
metadata.json
";

    fn of(text: &str) -> Vec<String> {
        let sketch = Sketch::parse(text).unwrap();
        let report = crate::check(sketch.inspection(), &Settings::default());
        assert!(!report.findings.is_empty());
        fingerprints(&report)
    }

    #[test]
    fn each_fault_has_its_own() {
        let all = of(TWO_EMPTY);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert!(all.iter().all(|one| one.len() == 32));
    }

    #[test]
    fn the_target_does_not_matter() {
        assert_eq!(of(TWO_EMPTY), of(&TWO_EMPTY.replace("drives/a", "elsewhere/b")));
    }

    #[test]
    fn another_place_is_another_fault() {
        let moved = TWO_EMPTY
            .replace("1.pcd (0 bytes)\n    2.pcd\nmeta", "1.pcd\n    2.pcd (0 bytes)\nmeta");
        let (before, after) = (of(TWO_EMPTY), of(&moved));
        assert_eq!(before.len(), after.len());
        assert_eq!(before.iter().filter(|one| after.contains(one)).count(), before.len() - 1);
    }

    #[test]
    fn alike_findings_are_numbered() {
        let sketch = Sketch::parse(TWO_EMPTY).unwrap();
        let mut report = crate::check(sketch.inspection(), &Settings::default());
        let twin = report.findings[0].clone();
        report.findings.push(twin);
        let all = fingerprints(&report);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
