//! What to do about the findings, in the order in which it should be done.

use std::collections::BTreeSet;

use sensortree_core::finding::Finding;
use sensortree_core::finding::settings::Severity;
use sensortree_core::report::Report;

use crate::concise;

/// One thing to do.
#[derive(Clone, Debug)]
pub(crate) struct Step<'r> {
    /// The rules whose findings it mends, each once.
    pub(crate) codes: Vec<&'static str>,
    /// The findings that it mends, by position in the report.
    pub(crate) findings: Vec<usize>,
    /// The places of these findings as visible text, each once, without the target itself.
    pub(crate) places: Vec<String>,
    /// What is to be done, in one sentence, unescaped.
    pub(crate) help: &'r str,
}

/// What to do, in the order in which it should be done: what rejects the request before what does
/// not. A repair that mends several findings is named once, with all of their places.
pub(crate) fn steps(report: &Report) -> Vec<Step<'_>> {
    let mut helps: Vec<(Vec<(usize, &Finding)>, &str)> = Vec::new();
    for (at, finding) in report.findings.iter().enumerate() {
        let Some(help) = finding.help.as_ref().filter(|_| finding.severity < Severity::Advice)
        else {
            continue;
        };
        match helps.iter_mut().find(|(_, known)| *known == help) {
            Some((findings, _)) => findings.push((at, finding)),
            None => helps.push((vec![(at, finding)], help)),
        }
    }
    let step = |(findings, help): (Vec<(usize, &Finding)>, _)| {
        let mut codes: Vec<&'static str> =
            findings.iter().map(|(_, finding)| finding.rule.code).collect();
        let mut known = BTreeSet::new();
        codes.retain(|code| known.insert(*code));
        let mut places: Vec<String> =
            findings.iter().map(|(_, finding)| concise::place(finding)).collect();
        let mut known = BTreeSet::new();
        places.retain(|place| place != "." && known.insert(place.clone()));
        let findings = findings.into_iter().map(|(at, _)| at).collect();
        Step { codes, findings, places, help }
    };
    helps.into_iter().map(step).collect()
}
