//! `gitlab`: a Code Quality report, which GitLab shows in a merge request.

use std::borrow::Cow;
use std::io;

use sensortree_core::finding::settings::Severity;
use serde::Serialize;

use crate::annotations::{Annotation, annotations};
use crate::error::RenderError;
use crate::json::{self, encoded};
use crate::run_facts::Check;

/// One thing to show, in the part of Code Climate's format that GitLab reads.
#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: String,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: Cow<'a, str>,
    /// `path` is percent-encoded, since its bytes are not UTF-8. GitLab takes no notice of it.
    #[serde(rename = "pathEncoded", skip_serializing_if = "std::ops::Not::not")]
    path_encoded: bool,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Writes the list of all issues; an empty one where there is nothing to show.
pub(crate) fn render(checks: &[Check<'_>], out: &mut dyn io::Write) -> Result<(), RenderError> {
    let annotations: Vec<Annotation<'_>> =
        checks.iter().flat_map(|check| annotations(check.report, check.facts)).collect();
    json::write(&annotations.iter().map(issue).collect::<Vec<_>>(), out)
}

fn issue<'a>(annotation: &'a Annotation<'_>) -> Issue<'a> {
    let (path, path_encoded) = encoded(&annotation.place.path);
    let region = annotation.place.region;
    Issue {
        description: description(annotation),
        check_name: format!("sensortree/{}", annotation.title().replace(' ', "-")),
        fingerprint: &annotation.fingerprint,
        severity: match annotation.severity {
            Severity::Error => "blocker",
            Severity::Warning => "major",
            Severity::Advice => "info",
        },
        location: Location {
            path,
            path_encoded,
            lines: Lines { begin: region.start_line, end: region.end_line.max(region.start_line) },
        },
    }
}

/// One line, as the widget shows no more: what is wrong, where if not at the place that is linked,
/// and what to do.
fn description(annotation: &Annotation<'_>) -> String {
    let mut text = format!("{}: {}", annotation.title(), annotation.message);
    if let Some(elsewhere) = &annotation.place.elsewhere {
        text.push_str(&format!(" (at {elsewhere})"));
    }
    if let Some(help) = annotation.finding.and_then(|finding| finding.help.as_deref()) {
        text.push_str(&format!(" — {}", crate::escape::visible(help)));
    }
    text
}
