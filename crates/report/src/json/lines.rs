//! `jsonl`: `sensortree-lines/1`, one object a line, written as it is made. The first line says
//! what was checked; each finding is followed by its places, one a line; the last line has the
//! prediction. Lines without a last one are of a run that broke off.

use std::io;

use schemars::JsonSchema;
use sensortree_core::report::{FindingId, Report};
use serde::Serialize;

use super::{
    Coverage, JsonBaseline, JsonExample, JsonFault, JsonTiming, PathField, Prediction, Target,
    Tool, Tree, Unread, write_line,
};
use crate::error::RenderError;
use crate::run_facts::{RunFacts, Timing};

/// The name of the format.
const SCHEMA: &str = "sensortree-lines/1";

/// One line.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    Header(Header<'a>),
    Finding(Box<JsonFault<'a>>),
    Occurrence(Occurrence<'a>),
    Unread(Unread<'a>),
    Summary(Box<Summary<'a>>),
}

/// The first line.
#[derive(Serialize, JsonSchema)]
struct Header<'a> {
    /// The name of this format.
    #[schemars(extend("const" = SCHEMA))]
    schema: &'static str,
    tool: Tool<'a>,
    target: Target<'a>,
    /// The API call whose answer is predicted.
    #[schemars(extend("enum" = ["import", "import-annotation", "upload", "upload-annotation"]))]
    endpoint: &'static str,
    /// The document that is the request's body, where one was checked too.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a str>,
}

/// A place of the finding in the last `finding` line above, smallest path first. `count` there
/// says how many there are; where the lines are fewer, --max-examples was reached or the rule
/// names only some.
#[derive(Serialize, JsonSchema)]
struct Occurrence<'a> {
    /// The code of the finding's rule.
    code: &'static str,
    /// The fingerprint of the finding.
    finding: &'a str,
    #[serde(flatten)]
    place: JsonExample<'a>,
}

/// The last line.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Summary<'a> {
    prediction: Prediction<'a>,
    coverage: Coverage<'a>,
    tree: Tree<'a>,
    /// How many `finding` lines there are.
    findings: usize,
    /// What the baseline covers, where one was given; it has no lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<JsonBaseline<'a>>,
    /// Settings that had no effect, in words.
    idle_settings: &'a [String],
    timing: JsonTiming,
}

/// Writes the lines.
pub(crate) fn render(
    report: &Report,
    timing: &Timing,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let header = Header {
        schema: SCHEMA,
        tool: Tool::of(facts),
        target: Target::of(report),
        endpoint: report.endpoint.as_str(),
        request: report.request.as_deref(),
    };
    write_line(&Line::Header(header), out)?;
    let mut ids = FindingId::of_all(report);
    let of_covered = ids.split_off(report.findings.len());
    for (finding, id) in report.findings.iter().zip(ids) {
        write_line(&Line::Finding(Box::new(JsonFault::of(finding, id))), out)?;
        let fingerprint = id.to_string();
        for example in &finding.examples {
            let place = JsonExample::of(example);
            let occurrence = Occurrence { code: finding.rule.code, finding: &fingerprint, place };
            write_line(&Line::Occurrence(occurrence), out)?;
        }
    }
    for unread in &report.coverage.unread {
        write_line(
            &Line::Unread(Unread { path: PathField::of(&unread.path), reason: &unread.reason }),
            out,
        )?;
    }
    let summary = Summary {
        prediction: Prediction::of(report),
        // Each has had its line.
        coverage: Coverage { unread: Vec::new(), ..Coverage::of(report) },
        tree: Tree::of(report),
        findings: report.findings.len(),
        baseline: report.baseline.as_ref().map(|baseline| JsonBaseline::of(baseline, of_covered)),
        idle_settings: &report.idle_settings,
        timing: JsonTiming::of(timing),
    };
    write_line(&Line::Summary(Box::new(summary)), out)
}

/// The JSON Schema of one line.
#[must_use]
pub fn lines_schema() -> serde_json::Value {
    super::schema_of::<Line<'_>>(SCHEMA)
}
