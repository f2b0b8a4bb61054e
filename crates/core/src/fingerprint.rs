//! What tells one fault from another across runs, so that a baseline can know it again.

use std::collections::HashMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::report::Report;

/// How many bytes of a document's stretch tell it from another.
const STRETCH: usize = 256;

/// The fingerprints of a report's findings, in their order: 32 hexadecimal digits each.
///
/// One is the same in every run in which the rule finds the same fault, wherever the target lies and however it is listed.
/// It is made of the rule, the sensor and scene, the first place and, in a document, the stretch of text pointed at; not of
/// counts, wording, offsets or the target. Findings alike in all of that are numbered, so that none hides behind another.
#[must_use]
pub fn fingerprints(report: &Report) -> Vec<String> {
    let mut seen: HashMap<[u8; 32], u64> = HashMap::new();
    report
        .findings
        .iter()
        .map(|finding| {
            let traits = traits(finding, report);
            let alike = seen.entry(traits).or_default();
            let mut hasher = Sha256::new();
            hasher.update(traits);
            hasher.update(alike.to_be_bytes());
            *alike += 1;
            hexadecimal(&hasher.finalize()[..16])
        })
        .collect()
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
    add(location.and_then(|location| {
        let document = report.documents.iter().find(|document| document.name == location.document)?;
        let end = location.offset.saturating_add(location.length.min(STRETCH)).min(document.text.len());
        document.text.get(location.offset..end)
    }));
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
    use crate::settings::Settings;
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
        let moved = TWO_EMPTY.replace("1.pcd (0 bytes)\n    2.pcd\nmeta", "1.pcd\n    2.pcd (0 bytes)\nmeta");
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
