//! [`FindingId`]: what tells one fault from another across runs, so that a baseline can
//! know it again.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::finding::{ContentHash, Finding};
use crate::report::Report;

/// Identifies a finding across runs; reports and baselines have it as `fingerprint`,
/// 32 hexadecimal digits.
///
/// One is the same in every run in which the rule finds the same fault, wherever the target lies
/// and however it is listed. It is made of the rule, the sensor and scene, the first place and, in
/// a document, the stretch of text pointed at; not of counts, wording, offsets or the target.
/// Findings alike in all of that are numbered by what else they hold, so that none hides behind
/// another; a baseline that covers some of them changes no number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingId([u8; 16]);

impl FindingId {
    /// Those of a report's findings, in their order.
    #[must_use]
    pub fn of_report(report: &Report) -> Vec<Self> {
        let mut ids = Self::of_all(report);
        ids.truncate(report.findings.len());
        ids
    }

    /// Those of a report's findings and, behind them, of the findings that a baseline covers.
    #[must_use]
    pub fn of_all(report: &Report) -> Vec<Self> {
        let traits: Vec<[u8; 32]> =
            report.all_findings().map(|finding| traits(finding, report)).collect();
        let mut order: Vec<usize> = (0..traits.len()).collect();
        let contents: Vec<ContentHash> =
            report.all_findings().map(|finding| finding.content_hash).collect();
        order.sort_by_key(|at| (traits[*at], contents[*at]));
        let mut ids = vec![FindingId::default(); traits.len()];
        for alike in order.chunk_by(|a, b| traits[*a] == traits[*b]) {
            for (number, at) in alike.iter().enumerate() {
                let mut hasher = Sha256::new();
                hasher.update(traits[*at]);
                hasher.update((number as u64).to_be_bytes());
                ids[*at].0.copy_from_slice(&hasher.finalize()[..16]);
            }
        }
        ids
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
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

    fn of(text: &str) -> Vec<FindingId> {
        let sketch = Sketch::parse(text).unwrap();
        let report = crate::check(sketch.inspection(), &Settings::default());
        assert!(!report.findings.is_empty());
        FindingId::of_report(&report)
    }

    #[test]
    fn each_fault_has_its_own() {
        let all = of(TWO_EMPTY);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert!(all.iter().all(|one| one.to_string().len() == 32));
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
        let all = FindingId::of_report(&report);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
