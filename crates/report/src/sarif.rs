//! `sarif`: SARIF 2.1.0, as GitHub's code scanning takes it.
//!
//! The rules are all that there are, so that they do not change from run to run. A result is a
//! finding, with its own fingerprint; GitHub shows it at its one location. What is over GitHub's
//! limits is left out, the gravest last, and said. An inspection that came to no end is a
//! result, too: GitHub takes no notice of `executionSuccessful`, and would take a fault that was
//! not seen for mended.

mod log;
mod rules;

use std::io;

use sensortree_core::finding::Finding;
use sensortree_core::finding::settings::Severity;
use sensortree_core::report::Report;
use sensortree_core::text::number;

use crate::annotations::{Annotation, annotations, described, fault_of_run};
use crate::error::RenderError;
use crate::escape::visible;
use crate::json;
use crate::places::{Place, Region};
use crate::run_facts::{Check, RunFacts};
use log::{
    Artifact, AutomationDetails, BaseId, BaseIds, Descriptor, Driver, Fingerprints, Invocation,
    Location, Log, LogicalLocation, Message, Notification, Physical, ResultProperties, Run,
    RunProperties, SarifRegion, SarifResult, Tool,
};

/// How many results GitHub shows; over five times as many it refuses the file.
const MOST_RESULTS: usize = 5_000;
/// How many bytes the results may take. GitHub takes 10 MB, compressed; what is less without that
/// is always taken.
const MOST_BYTES: usize = 8_000_000;
/// How many places of a result are named beside the first. GitHub shows 100, refuses more than
/// 1,000, and links none that is not named in the message.
const MOST_RELATED: usize = 10;
/// How many places that could not be read are told one by one.
const MOST_NOTIFICATIONS: usize = 100;

/// Writes the log, with a run for each report. Of several, each has an identity of its own: GitHub
/// refuses two runs of one tool in one file that have none.
pub(crate) fn render(checks: &[Check<'_>], out: &mut dyn io::Write) -> Result<(), RenderError> {
    let annotated: Vec<Vec<Annotation<'_>>> =
        checks.iter().map(|check| annotations(check.report, check.facts)).collect();
    let rules = checks.first().map(|check| rules::descriptors(check.facts)).unwrap_or_default();
    let mut runs = Vec::with_capacity(checks.len());
    for (check, annotations) in checks.iter().zip(&annotated) {
        let mut run = run(check, annotations, &rules)?;
        run.automation_details = (checks.len() > 1)
            .then(|| AutomationDetails { id: format!("sensortree/{}/", run.properties.target) });
        runs.push(run);
    }
    json::write(&Log { schema: SCHEMA, version: "2.1.0", runs }, out)
}

fn run<'a>(
    check: &Check<'a>,
    annotations: &'a [Annotation<'_>],
    rules: &'a [Descriptor],
) -> Result<Run<'a>, RenderError> {
    let Check { report, facts, .. } = *check;
    let mut results = Vec::new();
    let mut bytes = 0;
    for annotation in annotations.iter().take(MOST_RESULTS) {
        let result = result(annotation, report, facts, rules);
        bytes += serde_json::to_vec(&result)?.len();
        if bytes > MOST_BYTES {
            break;
        }
        results.push(result);
    }
    let invocation = invocation(report, facts, annotations.len() - results.len());
    let driver = Driver {
        name: "sensortree",
        version: &facts.tool_version,
        semantic_version: &facts.tool_version,
        information_uri: facts.repository.as_deref(),
        rules,
    };
    Ok(Run {
        automation_details: None,
        tool: Tool { driver },
        invocations: [invocation],
        original_uri_base_ids: BaseIds { root: BaseId { description: Message::new(ROOT_IS) } },
        column_kind: "utf16CodeUnits",
        results,
        properties: RunProperties {
            target: visible(&report.target.uri).into_owned(),
            outcome: report.verdict.outcome.as_str(),
        },
    })
}

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const ROOT_IS: &str =
    "The top of the repository; where there is none, the folder that sensortree was run in.";

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

fn result<'a>(
    annotation: &'a Annotation<'_>,
    report: &Report,
    facts: &RunFacts,
    rules: &[Descriptor],
) -> SarifResult<'a> {
    let mut locations = vec![location(&annotation.place)];
    let finding = annotation.finding;
    let first =
        finding.and_then(|finding| finding.examples.first()).map(|example| example.path.as_slice());
    if let (Some(location), Some(path)) = (locations.first_mut(), first) {
        location
            .logical_locations
            .push(LogicalLocation { fully_qualified_name: uri_of(path), kind: "resource" });
    }
    SarifResult {
        rule_id: annotation.code,
        rule_index: rules.iter().position(|rule| rule.id == annotation.code),
        level: level(annotation.severity),
        message: Message::new(&annotation.text()),
        locations,
        related_locations: finding
            .map(|finding| related(finding, report, facts))
            .unwrap_or_default(),
        occurrence_count: finding.map(|finding| finding.count),
        partial_fingerprints: Fingerprints {
            // The one that GitHub looks at; a line's hash and the number among its like.
            primary_location_line_hash: format!("{}:1", annotation.fingerprint),
            own: &annotation.fingerprint,
        },
        properties: finding.map(|finding| ResultProperties {
            effect: finding.effect.as_str(),
            basis: finding.basis.as_str(),
        }),
    }
}

/// The places beside the first.
fn related(finding: &Finding, report: &Report, facts: &RunFacts) -> Vec<Location> {
    // Of a finding in a document the first place is the document.
    let skipped = usize::from(finding.location.is_none());
    let examples = finding.examples.iter().skip(skipped).take(MOST_RELATED);
    examples
        .enumerate()
        .map(|(at, example)| {
            let mut location = location(&facts.places.of_example(example, report));
            location.id = Some(at + 1);
            location.message = Some(Message::new(&described(example).plain()));
            location
        })
        .collect()
}

fn location(place: &Place) -> Location {
    let Region { start_line, start_column, end_line, end_column } = place.region;
    Location {
        id: None,
        physical_location: Physical {
            artifact_location: Artifact { uri: uri_of(&place.path), uri_base_id: "%SRCROOT%" },
            region: SarifRegion { start_line, start_column, end_line, end_column },
        },
        logical_locations: Vec::new(),
        message: None,
    }
}

/// A path as a relative reference: all bytes encoded but those that a path may have.
fn uri_of(path: &[u8]) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(*byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

fn invocation(report: &Report, facts: &RunFacts, left_out: usize) -> Invocation {
    let notification = |level, id, text: &str| Notification {
        level,
        descriptor: log::Reference { id },
        message: Message::new(text),
    };
    let mut execution: Vec<Notification> = Vec::new();
    if let Some(fault) = fault_of_run(report, facts) {
        execution.push(notification("error", fault.code, &fault.message));
        for unread in report.coverage.unread.iter().take(MOST_NOTIFICATIONS) {
            let path = if unread.path.is_empty() {
                ".".to_owned()
            } else {
                crate::escape::spelled(&unread.path)
            };
            execution.push(notification(
                "error",
                fault.code,
                &format!("{path}: {}", visible(&unread.reason)),
            ));
        }
    }
    if left_out > 0 {
        let text = format!(
            "{} results are left out, as code hosts take no more; the JSON report has all",
            number(left_out as u64)
        );
        execution.push(notification("warning", rules::LEFT_OUT, &text));
    }
    let idle = report.idle_settings.iter().take(MOST_NOTIFICATIONS);
    let idle = idle.map(|idle| {
        notification("warning", rules::IDLE_SETTING, &format!("without effect: {}", visible(idle)))
    });
    Invocation {
        execution_successful: fault_of_run(report, facts).is_none(),
        tool_execution_notifications: execution,
        tool_configuration_notifications: idle.collect(),
    }
}
