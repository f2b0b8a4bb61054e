//! The predicted answer.

use crate::contract::{Basis, Effect, ResponseCode};
use crate::finding::Finding;
use crate::layout::SceneId;
use crate::rules::Scope;
use crate::settings::Settings;

/// What the platform is predicted to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 200, and nothing is known to be at risk.
    Accepted,
    /// 200, and some scenes would come back in `errorDataIdList` or lose frames.
    ScenesAtRisk,
    /// Rejected whole.
    Rejected,
    /// The inspection was incomplete, and nothing found so far rejects it; or there was no tree to inspect.
    Unknown,
}

impl Outcome {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Accepted => "accepted",
            Outcome::ScenesAtRisk => "scenes-at-risk",
            Outcome::Rejected => "rejected",
            Outcome::Unknown => "unknown",
        }
    }
}

/// The predicted answer and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What the platform is predicted to do.
    pub outcome: Outcome,
    /// The code it answers with; `None` when that is unknown.
    pub code: Option<ResponseCode>,
    /// The basis of the strongest rejecting finding, or of the strongest that puts a scene at risk.
    pub basis: Option<Basis>,
    /// The codes of the findings that decide it, strongest first, each once.
    pub because: Vec<&'static str>,
    /// The scenes at risk, ascending.
    pub at_risk: Vec<SceneId>,
}

impl Verdict {
    /// Predicts the answer from the findings.
    #[must_use]
    pub fn of(findings: &[Finding], complete: bool, settings: &Settings) -> Self {
        let counted: Vec<&Finding> =
            findings.iter().filter(|finding| finding.basis <= settings.basis).collect();
        let mut rejecting: Vec<(&Finding, ResponseCode)> = counted
            .iter()
            .filter_map(|finding| match finding.effect {
                Effect::Reject(code) => Some((*finding, code)),
                _ => None,
            })
            .collect();
        // The body is read before the tree, and what it lacks before what it asks for; beyond that the best supported rejection is
        // the likeliest.
        rejecting.sort_by_key(|(finding, code)| {
            let of_body = finding.rule.scope == Scope::Request;
            let malformed = of_body && *code == ResponseCode::IllegalParameter;
            (!of_body, !malformed, finding.basis, code.stage(), finding.rule.code)
        });
        let mut risky: Vec<&Finding> =
            counted.into_iter().filter(|finding| finding.effect == Effect::Scene).collect();
        risky.sort_by_key(|finding| (finding.basis, finding.rule.code));
        let mut at_risk: Vec<SceneId> =
            risky.iter().flat_map(|finding| finding.scenes.iter().copied()).collect();
        at_risk.sort_unstable();
        at_risk.dedup();

        let (outcome, code, deciding) = if let Some((_, code)) = rejecting.first() {
            (
                Outcome::Rejected,
                Some(*code),
                rejecting.iter().map(|(finding, _)| *finding).collect(),
            )
        } else if !complete {
            (Outcome::Unknown, None, Vec::new())
        } else if risky.is_empty() {
            (Outcome::Accepted, Some(ResponseCode::Success), Vec::new())
        } else {
            (Outcome::ScenesAtRisk, Some(ResponseCode::Success), risky)
        };
        let mut because: Vec<&'static str> = Vec::new();
        for finding in &deciding {
            if !because.contains(&finding.rule.code) {
                because.push(finding.rule.code);
            }
        }
        Verdict {
            outcome,
            code,
            basis: deciding.iter().map(|finding| finding.basis).min(),
            because,
            at_risk,
        }
    }
}
