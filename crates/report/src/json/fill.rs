//! From a report to the structs that are written.

use std::borrow::Cow;

use sensortree_core::document::Location;
use sensortree_core::finding::{Example, Finding, Subject};
use sensortree_core::layout::SceneId;
use sensortree_core::platform::{Basis, ResponseCode};
use sensortree_core::repair::Repair;
use sensortree_core::report::baseline::{Baselined, Became, Stale};
use sensortree_core::report::{FindingId, Report, SensorSummary};
use sensortree_core::{text, tree};

use super::figures::JsonFigure;
use super::{
    Cadence, Coverage, JsonBaseline, JsonExample, JsonFault, JsonFinding, JsonLocation, JsonRepair,
    JsonReport, JsonStale, JsonSubject, JsonTiming, PathField, Prediction, SCHEMA, Scenes, Sensor,
    Suppressed, Target, Tool, Tree, Unread, WithoutIgnores,
};
use crate::html::figure;
use crate::run_facts::{RunFacts, Timing};

impl<'a> JsonReport<'a> {
    pub(super) fn of(report: &'a Report, timing: &Timing, facts: &'a RunFacts) -> Self {
        let mut ids = FindingId::of_all(report);
        let of_covered = ids.split_off(report.findings.len());
        let findings = report.findings.iter().zip(ids);
        JsonReport {
            schema: SCHEMA,
            tool: Tool::of(facts),
            target: Target::of(report),
            endpoint: report.endpoint.as_str(),
            request: report.request.as_deref(),
            prediction: Prediction::of(report),
            coverage: Coverage::of(report),
            tree: Tree::of(report),
            findings: findings.map(|(finding, id)| JsonFinding::of(finding, id)).collect(),
            fixable: report.fixable(),
            baseline: report
                .baseline
                .as_ref()
                .map(|baseline| JsonBaseline::of(baseline, of_covered)),
            idle_settings: &report.idle_settings,
            picture: report
                .pictures
                .as_ref()
                .filter(|_| facts.picture)
                .and_then(|pictures| figure(&pictures.before)),
            timing: JsonTiming::of(timing),
        }
    }
}

impl<'a> Tool<'a> {
    pub(crate) fn of(facts: &'a RunFacts) -> Self {
        Tool { name: "sensortree", version: &facts.tool_version }
    }
}

impl<'a> Target<'a> {
    pub(crate) fn of(report: &'a Report) -> Self {
        Target { kind: report.target.kind.as_str(), uri: &report.target.uri }
    }
}

impl JsonTiming {
    pub(super) fn of(timing: &Timing) -> Self {
        JsonTiming { list_seconds: timing.list_seconds, check_seconds: timing.check_seconds }
    }
}

impl<'a> Prediction<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let verdict = &report.verdict;
        Prediction {
            outcome: verdict.outcome.as_str(),
            code: verdict.code.map(ResponseCode::code),
            message: verdict.code.map(ResponseCode::message),
            basis: verdict.basis.map(Basis::as_str),
            because: &verdict.because,
            rules_left_out: report.deselected,
            ignored: report.ignored,
            without_ignores: report.without_ignores.as_ref().map(|other| WithoutIgnores {
                outcome: other.outcome.as_str(),
                code: other.code.map(ResponseCode::code),
                because: &other.because,
            }),
            scenes: Scenes::of(report),
        }
    }
}

impl<'a> JsonBaseline<'a> {
    pub(super) fn of(baseline: &'a Baselined, ids: Vec<FindingId>) -> Self {
        let suppressed = baseline.covered.iter().zip(ids).map(|(finding, id)| Suppressed {
            code: finding.rule.code,
            name: finding.rule.name,
            severity: finding.severity.as_str(),
            effect: finding.effect.as_str(),
            message: &finding.message,
            count: finding.count,
            subject: JsonSubject::of(&finding.subject),
            fingerprint: id.to_string(),
        });
        let stale = baseline.stale.iter().map(|Stale { entry, became }| JsonStale {
            code: &entry.code,
            name: &entry.name,
            message: &entry.message,
            count: entry.count,
            now: match became {
                Became::Changed(now) => Some(*now),
                Became::Gone | Became::Regrouped => None,
            },
            regrouped: *became == Became::Regrouped,
            fingerprint: &entry.fingerprint,
        });
        JsonBaseline {
            file: &baseline.file,
            written_for: baseline.written_for.as_deref(),
            suppressed: suppressed.collect(),
            stale: stale.collect(),
        }
    }
}

impl<'a> Scenes<'a> {
    fn of(report: &'a Report) -> Self {
        let (at_risk, at_risk_encoded) = scene_names(report, &report.verdict.at_risk);
        Scenes { total: report.scenes.len(), at_risk, at_risk_encoded }
    }
}

/// The names of scenes; all percent-encoded, as the flag says, where one of them is not UTF-8.
pub(crate) fn scene_names<'a>(report: &'a Report, ids: &[SceneId]) -> (Vec<Cow<'a, str>>, bool) {
    let names = || ids.iter().map(|id| report.scene_name(*id));
    match names().map(std::str::from_utf8).collect::<Result<Vec<_>, _>>() {
        Ok(names) => (names.into_iter().map(Cow::Borrowed).collect(), false),
        Err(_) => (names().map(|name| Cow::Owned(percent_encoded(name))).collect(), true),
    }
}

impl<'a> Coverage<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let coverage = &report.coverage;
        let unread = |unread: &'a tree::Unread| Unread {
            path: PathField::of(&unread.path),
            reason: &unread.reason,
        };
        Coverage {
            complete: coverage.is_complete(),
            entries: report.entries,
            files: report.files,
            bytes: report.bytes,
            content: coverage.content,
            probed: coverage.probed,
            probeable: coverage.probeable,
            sample: coverage.sample,
            notes: &coverage.notes,
            unread: coverage.unread.iter().map(unread).collect(),
            skipped: coverage.skipped.iter().map(|path| PathField::of(path)).collect(),
        }
    }
}

impl<'a> Tree<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let sensor = |sensor: &'a SensorSummary| {
            let (folder, folder_encoded) = encoded(&sensor.folder);
            Sensor {
                folder,
                folder_encoded,
                kind: sensor.kind.as_str(),
                name: &sensor.name,
                scenes: sensor.scenes,
                frames: sensor.frames,
            }
        };
        Tree {
            sensors: report.sensors.iter().map(sensor).collect(),
            scenes: report.scenes.len(),
            frames: report.frames,
            cadence: report
                .cadence_ns
                .filter(|nanoseconds| *nanoseconds > 0)
                .map(|nanoseconds| Cadence { nanoseconds, hertz: 1e9 / nanoseconds as f64 }),
        }
    }
}

impl<'a> JsonFinding<'a> {
    fn of(finding: &'a Finding, id: FindingId) -> Self {
        let examples = finding.examples.iter().map(JsonExample::of).collect();
        JsonFinding { fault: JsonFault::of(finding, id), examples }
    }
}

impl<'a> JsonFault<'a> {
    pub(super) fn of(finding: &'a Finding, id: FindingId) -> Self {
        JsonFault {
            code: finding.rule.code,
            name: finding.rule.name,
            severity: finding.severity.as_str(),
            effect: finding.effect.as_str(),
            basis: finding.basis.as_str(),
            message: &finding.message,
            notes: &finding.notes,
            help: finding.help.as_deref(),
            count: finding.count,
            subject: JsonSubject::of(&finding.subject),
            scene_count: finding.scenes.len(),
            figures: finding.figures.iter().map(JsonFigure::of).collect(),
            repairs: finding.repairs.iter().map(JsonRepair::of).collect(),
            location: finding.location.as_ref().map(JsonLocation::of),
            fingerprint: id.to_string(),
        }
    }
}

impl<'a> JsonSubject<'a> {
    fn of(subject: &'a Subject) -> Self {
        let (sensor, sensor_encoded) = subject.sensor.as_deref().map(encoded).unzip();
        let (scene, scene_encoded) = subject.scene.as_deref().map(encoded).unzip();
        JsonSubject {
            sensor,
            sensor_encoded: sensor_encoded.unwrap_or(false),
            scene,
            scene_encoded: scene_encoded.unwrap_or(false),
        }
    }
}

impl<'a> JsonRepair<'a> {
    pub(crate) fn of(repair: &'a Repair) -> Self {
        JsonRepair { applicability: repair.applicability.as_str(), rests_on: &repair.rests_on }
    }
}

impl<'a> JsonExample<'a> {
    pub(super) fn of(example: &'a Example) -> Self {
        JsonExample {
            path: PathField::of(&example.path),
            present: example.present,
            expected: example.expected.as_deref(),
            expected_path: example.mended().map(|path| text::lossless(&path).into_owned()),
            note: example.note.as_deref(),
        }
    }
}

impl<'a> JsonLocation<'a> {
    fn of(location: &'a Location) -> Self {
        JsonLocation {
            document: &location.document,
            offset: location.offset,
            length: location.length,
            line: location.line,
            column: location.column,
            label: location.label.as_deref(),
        }
    }
}

impl<'a> PathField<'a> {
    pub(super) fn of(path: &'a [u8]) -> Self {
        let (path, path_encoded) = encoded(path);
        PathField { path, path_encoded }
    }
}

/// Bytes as text and whether that is percent-encoded. UTF-8 stays as it is.
pub(crate) fn encoded(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (Cow::Owned(percent_encoded(bytes)), true),
    }
}

/// Bytes percent-encoded so that they can be had back: what is no UTF-8, and `%` itself.
fn percent_encoded(bytes: &[u8]) -> String {
    let escaped: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| if *byte == b'%' { b"%25".as_slice() } else { std::slice::from_ref(byte) })
        .copied()
        .collect();
    sensortree_core::text::lossless(&escaped).into_owned()
}
