//! How rules group what they find into findings, told by revisions.
//!
//! A baseline knows a finding by all its occurrences. Where a rule makes one finding of what were
//! two before, or of other occurrences, an older baseline has entries of it that nothing can be the
//! same as. Such a rule gets the next revision here and is named in the changelog; a baseline says
//! by which revision each of its entries was made.

/// The revision of a rule that groups its findings as it did at first.
pub const FIRST: u32 = 1;

/// The rules of other revisions, by code.
const REVISIONS: &[(&str, u32)] = &[
    // Scenes are told by their stamps, and an outage is one finding, as is what
    // several sensors lack.
    ("A201", 2),
    ("A202", 2),
    // One clock model says what differs, for all sensors and scenes together.
    ("A203", 2),
    ("A204", 2),
    ("A205", 2),
    ("A206", 2),
    ("A207", 2),
    ("A208", 2),
    ("A209", 2),
    // Copies of files are a finding of their own.
    ("H101", 2),
    // Each sensor and scene that is meant by another name is a finding, with the path
    // that is right.
    ("L121", 2),
    // What is right in its place is a part of each occurrence.
    ("L123", 2),
    // What has one cause is one finding.
    ("M101", 2),
    // A calibration in the form of another tool is one finding for all its cameras.
    ("M102", 2),
];

/// By which revision the rule of this code groups its findings. Of a code that no rule
/// has, the first.
#[must_use]
pub fn revision(code: &str) -> u32 {
    REVISIONS.iter().find(|(known, _)| *known == code).map_or(FIRST, |(_, revision)| *revision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn each_rule_with_a_later_revision_is_named_once() {
        for (code, revision) in REVISIONS {
            assert!(rules::find(code).is_some_and(|rule| rule.code == *code), "{code}");
            assert!(*revision > FIRST, "{code}");
            assert_eq!(super::revision(code), *revision);
        }
        let codes: Vec<&str> = REVISIONS.iter().map(|(code, _)| *code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        assert_eq!(revision("A202"), 2);
        assert_eq!(revision("L103"), FIRST);
        assert_eq!(revision("none"), FIRST);
    }
}
