//! What is kept of one answer: codes and counts of the report, and the answer.

use std::collections::{BTreeMap, BTreeSet};

use sensortree_core::multiset_hash::MultisetHash;
use sensortree_core::platform::{Endpoint, ResponseCode};
use sensortree_core::rules;
use serde::{Deserialize, Serialize};

/// The format of a line of the log.
pub const SCHEMA: &str = "sensortree-record/1";

/// The format of the reports that are read.
const REPORT: &str = "sensortree-report/1";

/// What was predicted of one dataset, and what the platform answered. No name of the dataset, its
/// place, its sensors or its scenes is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Entry {
    /// [`SCHEMA`].
    pub schema: String,
    /// A digest of the report, by which an answer that is recorded again replaces the earlier one.
    pub report: String,
    /// The API call whose answer was predicted.
    pub endpoint: String,
    /// The outcome that was predicted, without any ignores.
    pub outcome: Outcome,
    /// The response code that was predicted; `None` where the outcome is unknown.
    pub predicted: Option<u16>,
    /// The response code of the answer.
    pub actual: u16,
    /// The scenes; `None` where it is not known which came back as errors.
    pub scenes: Option<Scenes>,
    /// What the rules claimed, by code: each with the gravest effect of its findings.
    pub claims: BTreeMap<String, Claim>,
}

/// A predicted outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every scene is whole.
    Accepted,
    /// Accepted, and scenes are at risk.
    ScenesAtRisk,
    /// Rejected whole.
    Rejected,
    /// Not all was read, and nothing that was read rejects.
    Unknown,
}

/// How many scenes of an accepted dataset were predicted to be at risk, and came back as errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scenes {
    /// All scenes.
    pub total: u64,
    /// Those that were predicted to be at risk.
    pub at_risk: u64,
    /// Those that came back as errors.
    pub errors: u64,
    /// Those that are both.
    pub both: u64,
}

/// What a rule claims of a dataset. The gravest is the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// Scenes are at risk.
    Scene,
    /// It is rejected.
    Reject,
}

/// The platform's answer, as the user gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The response code.
    pub code: ResponseCode,
    /// The scenes that came back as errors; `None` where that is not known.
    pub errors: Option<BTreeSet<String>>,
}

/// Why nothing can be recorded of a report and an answer.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// It is no report.
    #[error("it is no report of `sensortree check --format json`: {0}")]
    NoReport(String),
    /// It has a rule that this version does not know.
    #[error("it is of another version: it has a rule that this one does not know")]
    UnknownRule,
    /// It is the report of a check that predicts something else.
    #[error("it predicts no answer of a known API call")]
    UnknownEndpoint,
    /// Scenes are said to be errors where none was imported.
    #[error("an answer other than 200 has no scenes that come back as errors")]
    ErrorsOfRejection,
    /// There are more errors than scenes.
    #[error(
        "{errors} scenes are said to be errors that were not predicted, and the report has {others} such scenes"
    )]
    TooManyErrors {
        /// Scenes that are errors and were not at risk.
        errors: u64,
        /// Scenes that were not at risk.
        others: u64,
    },
}

/// The parts of a report that count here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    schema: String,
    endpoint: String,
    prediction: Prediction,
    findings: Vec<Finding>,
    baseline: Option<Baseline>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Prediction {
    outcome: Outcome,
    code: Option<u16>,
    scenes: AtRisk,
    without_ignores: Option<WithoutIgnores>,
}

#[derive(Deserialize)]
struct WithoutIgnores {
    outcome: Outcome,
    code: Option<u16>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AtRisk {
    total: u64,
    at_risk: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Finding {
    code: String,
    effect: String,
    /// What a baseline covers does not say it.
    basis: Option<String>,
}

#[derive(Deserialize)]
struct Baseline {
    suppressed: Vec<Finding>,
}

impl Entry {
    /// What is kept of a report in JSON and the answer that came.
    ///
    /// # Errors
    /// When it is no report of this version, or the answer cannot be one to it.
    pub fn new(report: &[u8], answer: &Answer) -> Result<Self, EntryError> {
        let parsed: Report = serde_json::from_slice(report)
            // Where it is wrong, and not what stands there: that can be a name.
            .map_err(|error| EntryError::NoReport(format!("line {}", error.line())))?;
        if parsed.schema != REPORT {
            return Err(EntryError::NoReport(format!("its format is not {REPORT}")));
        }
        let Ok(endpoint) = parsed.endpoint.parse::<Endpoint>() else {
            return Err(EntryError::UnknownEndpoint);
        };
        let prediction = parsed.prediction;
        let covered = parsed.baseline.into_iter().flat_map(|baseline| baseline.suppressed);
        let mut claims = BTreeMap::new();
        for finding in parsed.findings.into_iter().chain(covered) {
            let rule = rules::find(&finding.code).ok_or(EntryError::UnknownRule)?;
            if let Some(claim) = finding.claim() {
                let gravest = claims.entry(rule.code.to_owned()).or_insert(claim);
                *gravest = claim.max(*gravest);
            }
        }
        let scenes = answer.scenes(&prediction.scenes)?;
        let (outcome, predicted) = match prediction.without_ignores {
            // The platform does not know of ignores.
            Some(WithoutIgnores { outcome, code }) => (outcome, code),
            None => (prediction.outcome, prediction.code),
        };
        Ok(Entry {
            schema: SCHEMA.to_owned(),
            report: MultisetHash::from_parts(&[report]).to_string(),
            endpoint: endpoint.to_string(),
            outcome,
            predicted,
            actual: answer.code.code(),
            scenes,
            claims,
        })
    }
}

impl Finding {
    /// What is claimed; `None` where it is advice, or rests on no more.
    fn claim(&self) -> Option<Claim> {
        match (self.effect.as_str(), self.basis.as_deref()) {
            ("advice", _) | (_, Some("advice")) => None,
            ("scene", _) => Some(Claim::Scene),
            _ => Some(Claim::Reject),
        }
    }
}

impl Answer {
    fn scenes(&self, predicted: &AtRisk) -> Result<Option<Scenes>, EntryError> {
        let Some(errors) = &self.errors else { return Ok(None) };
        if self.code != ResponseCode::Success {
            return Err(EntryError::ErrorsOfRejection);
        }
        let size = |set: usize| u64::try_from(set).unwrap_or(u64::MAX);
        let at_risk = size(predicted.at_risk.len());
        let both = size(errors.intersection(&predicted.at_risk).count());
        let errors = size(errors.len());
        let others = predicted.total.saturating_sub(at_risk);
        if errors - both > others {
            return Err(EntryError::TooManyErrors { errors: errors - both, others });
        }
        Ok(Some(Scenes { total: predicted.total, at_risk, errors, both }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn report() -> Value {
        let finding = |code: &str, effect: &str, basis: &str| {
            json!({"code": code, "effect": effect, "basis": basis, "message": "`SECRET` is wrong",
                "subject": {"sensor": "SECRET"}, "examples": [{"path": "SECRET/1.pcd"}]})
        };
        json!({
            "schema": "sensortree-report/1",
            "target": {"kind": "local", "uri": "/data/SECRET"},
            "endpoint": "import-annotation",
            "prediction": {"outcome": "scenes-at-risk", "code": 200,
                "scenes": {"total": 4, "atRisk": ["SECRET-1", "SECRET-2"]}},
            "findings": [
                finding("A202", "scene", "implied"),
                finding("L103", "5710", "documented"),
                finding("L103", "scene", "documented"),
                finding("A206", "5710", "advice"),
            ],
            "baseline": {"suppressed": [{"code": "L105", "effect": "5710", "message": "SECRET"}]},
        })
    }

    fn entry(
        report: &Value,
        code: ResponseCode,
        errors: Option<&[&str]>,
    ) -> Result<Entry, EntryError> {
        let errors = errors.map(|errors| errors.iter().map(|id| (*id).to_owned()).collect());
        Entry::new(report.to_string().as_bytes(), &Answer { code, errors })
    }

    #[test]
    fn codes_and_counts_are_kept_and_no_name() {
        let errors = ["SECRET-2", "SECRET-3"];
        let kept = entry(&report(), ResponseCode::Success, Some(&errors)).unwrap();
        assert_eq!(kept.scenes, Some(Scenes { total: 4, at_risk: 2, errors: 2, both: 1 }));
        assert_eq!(
            (kept.outcome, kept.predicted, kept.actual),
            (Outcome::ScenesAtRisk, Some(200), 200)
        );
        let claims: Vec<(&str, Claim)> =
            kept.claims.iter().map(|(code, claim)| (code.as_str(), *claim)).collect();
        // A206 rests on advice: it claims nothing.
        assert_eq!(
            claims,
            [("A202", Claim::Scene), ("L103", Claim::Reject), ("L105", Claim::Reject)]
        );
        let line = serde_json::to_string(&kept).unwrap();
        assert!(!line.contains("SECRET"), "{line}");
        assert_eq!(serde_json::from_str::<Entry>(&line).unwrap(), kept);
    }

    #[test]
    fn nothing_is_taken_for_no_error() {
        let kept = |errors| entry(&report(), ResponseCode::Success, errors).unwrap().scenes;
        assert_eq!(kept(None), None);
        assert_eq!(kept(Some(&[])), Some(Scenes { total: 4, at_risk: 2, errors: 0, both: 0 }));
    }

    #[test]
    fn ignores_do_not_count() {
        let mut report = report();
        report["prediction"]["withoutIgnores"] = json!({"outcome": "rejected", "code": 5710});
        let kept = entry(&report, ResponseCode::TreeMisalignment, None).unwrap();
        assert_eq!(
            (kept.outcome, kept.predicted, kept.actual),
            (Outcome::Rejected, Some(5710), 5710)
        );
    }

    #[test]
    fn what_cannot_be_an_answer_is_refused() {
        let refused =
            |report: &Value, code, errors| entry(report, code, errors).unwrap_err().to_string();
        let said = refused(&report(), ResponseCode::TreeMisalignment, Some(&["1"]));
        assert!(said.contains("other than 200"), "{said}");
        let said = refused(&report(), ResponseCode::Success, Some(&["1", "2", "3"]));
        assert!(said.starts_with("3 scenes") && said.ends_with("has 2 such scenes"), "{said}");

        let success = ResponseCode::Success;
        let changed = |key: &str, value: Value| {
            let mut report = report();
            report[key] = value;
            report
        };
        let foreign = json!([{"code": "SECRET", "effect": "5710", "basis": "implied"}]);
        for (report, expected) in [
            (changed("schema", json!("sensortree-report/2")), "sensortree-report/1"),
            (changed("endpoint", json!("SECRET")), "no answer of a known API call"),
            (changed("findings", foreign), "another version"),
            (changed("findings", json!("SECRET")), "line 1"),
        ] {
            let said = refused(&report, success, None);
            assert!(said.contains(expected) && !said.contains("SECRET"), "{said}");
        }
    }
}
