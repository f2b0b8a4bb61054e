//! `response`: the envelope that the platform is predicted to answer with, alone.
//!
//! Ids are the platform's to give, so they are null, never invented. Everything that is not the
//! platform's own stands under `predicted`.

use std::borrow::Cow;
use std::io;

use sensortree_core::platform::{Basis, Endpoint, ResponseCode};
use sensortree_core::report::Report;
use sensortree_core::report::verdict::Outcome;
use sensortree_core::text::count;
use serde::Serialize;

use crate::error::RenderError;
use crate::json;
use crate::run_facts::RunFacts;

/// The platform's envelope, in its field order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    code: Option<u16>,
    message: Option<&'static str>,
    data: Option<Data>,
    date: &'a str,
    request_id: Option<&'static str>,
    success: Option<bool>,
    predicted: Predicted<'a>,
}

/// `data` of an accepted request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    dataset_id: Option<u64>,
    status: Option<i8>,
    #[serde(flatten)]
    tasks: Option<Tasks>,
}

/// What the annotation endpoints add.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tasks {
    success_task_list: Option<[u64; 0]>,
    error_data_id_list: Option<[u64; 0]>,
}

/// What is this tool's and not the platform's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Predicted<'a> {
    outcome: &'static str,
    basis: Option<&'static str>,
    because: &'a [&'static str],
    /// How many scenes would become data entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    scenes: Option<usize>,
    /// The scenes whose data may come back in `errorDataIdList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    scenes_at_risk: Option<Vec<Cow<'a, str>>>,
    /// The names in `scenesAtRisk` are percent-encoded.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    scenes_at_risk_encoded: bool,
    note: Cow<'static, str>,
}

/// Writes the envelope.
pub(crate) fn render(
    report: &Report,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let verdict = &report.verdict;
    let accepted = matches!(verdict.outcome, Outcome::Accepted | Outcome::ScenesAtRisk);
    let (at_risk, scenes_at_risk_encoded) = json::scene_names(report, &verdict.at_risk);
    let envelope = Envelope {
        code: verdict.code.map(ResponseCode::code),
        message: verdict.code.map(ResponseCode::message),
        data: accepted.then(|| data(report)),
        date: &facts.date,
        request_id: None,
        success: verdict.code.map(|code| code == ResponseCode::Success),
        predicted: Predicted {
            outcome: verdict.outcome.as_str(),
            basis: verdict.basis.map(Basis::as_str),
            because: &verdict.because,
            scenes: accepted.then_some(report.scenes.len()),
            scenes_at_risk: accepted.then_some(at_risk),
            scenes_at_risk_encoded: accepted && scenes_at_risk_encoded,
            note: note(report, accepted),
        },
    };
    json::write(&envelope, out)
}

/// What has to be known to read the envelope rightly.
fn note(report: &Report, accepted: bool) -> Cow<'static, str> {
    let note = match report.verdict.outcome {
        Outcome::Unknown if report.is_of_nothing() => {
            "there was nothing to check, so no answer is predicted"
        }
        Outcome::Unknown if !report.coverage.is_complete() => {
            "the inspection is incomplete, so no answer is predicted"
        }
        Outcome::Unknown => "only the request's body was looked at, so no answer is predicted",
        _ => "predicted without asking the platform; what only the platform can give is null",
    };
    match report.deselected {
        left_out if left_out > 0 && accepted => Cow::Owned(format!(
            "{note}; only {} ran, and {left_out} more could say otherwise",
            count(report.rules.len() as u64, "rule")
        )),
        _ => Cow::Borrowed(note),
    }
}

fn data(report: &Report) -> Data {
    let tasks = || Tasks {
        success_task_list: None,
        // That nothing fails can be predicted; which ids would, cannot.
        error_data_id_list: (report.verdict.outcome == Outcome::Accepted).then_some([]),
    };
    Data {
        dataset_id: None,
        status: status(report.endpoint),
        tasks: report.endpoint.makes_tasks().then(tasks),
    }
}

/// 1, BUILDING, where the call answers before the dataset is built. Whether an upload waits for it
/// is not known.
fn status(endpoint: Endpoint) -> Option<i8> {
    match endpoint {
        Endpoint::Import | Endpoint::ImportAnnotation => Some(1),
        Endpoint::Upload | Endpoint::UploadAnnotation => None,
    }
}
