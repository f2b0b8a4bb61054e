//! The predicted answer.

use crate::finding::settings::Settings;
use crate::finding::{Finding, Potential, Rule, Scope};
use crate::layout::SceneId;
use crate::platform::{Basis, Effect, ResponseCode};

/// What the platform is predicted to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 200, and nothing is known to be at risk.
    Accepted,
    /// 200, and some scenes would come back in `errorDataIdList` or lose frames.
    ScenesAtRisk,
    /// Rejected whole.
    Rejected,
    /// The inspection was incomplete, and nothing found so far rejects it; or there was no
    /// tree to inspect.
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
        let weighed = findings.iter().map(|finding| Weighed {
            rule: finding.rule,
            effect: finding.effect,
            basis: finding.basis,
            scenes: &finding.scenes,
        });
        decide(&weighed.collect::<Vec<_>>(), complete, settings)
    }

    /// Predicts the answer from all that was found, what the user ignores or left out included.
    /// Which scenes are at risk is not said.
    pub(crate) fn without_ignores(
        found: &[Potential],
        complete: bool,
        settings: &Settings,
    ) -> Self {
        let weighed = found.iter().map(|found| Weighed {
            rule: found.rule,
            effect: found.effect,
            basis: found.basis,
            scenes: &[],
        });
        decide(&weighed.collect::<Vec<_>>(), complete, settings)
    }

    /// Whether the other one says the same.
    pub(crate) fn is_same_answer(&self, other: &Self) -> bool {
        (self.outcome, self.code) == (other.outcome, other.code)
    }
}

/// What of a finding counts for the answer.
#[derive(Clone, Copy)]
struct Weighed<'f> {
    rule: &'static Rule,
    effect: Effect,
    basis: Basis,
    scenes: &'f [SceneId],
}

fn decide(found: &[Weighed<'_>], complete: bool, settings: &Settings) -> Verdict {
    let counted = || found.iter().filter(|found| found.basis <= settings.basis);
    let mut rejecting: Vec<(&Weighed<'_>, ResponseCode)> = counted()
        .filter_map(|found| match found.effect {
            Effect::Reject(code) => Some((found, code)),
            _ => None,
        })
        .collect();
    // The body is read before the tree, and what it lacks before what it asks for; beyond that the
    // best supported rejection is the likeliest.
    rejecting.sort_by_key(|(found, code)| {
        let of_body = found.rule.scope == Scope::Request;
        let malformed = of_body && *code == ResponseCode::IllegalParameter;
        (!of_body, !malformed, found.basis, code.stage(), found.rule.code)
    });
    let mut risky: Vec<&Weighed<'_>> =
        counted().filter(|found| found.effect == Effect::Scene).collect();
    risky.sort_by_key(|found| (found.basis, found.rule.code));
    let mut at_risk: Vec<SceneId> =
        risky.iter().flat_map(|found| found.scenes.iter().copied()).collect();
    at_risk.sort_unstable();
    at_risk.dedup();

    let (outcome, code, deciding) = if let Some((_, code)) = rejecting.first() {
        let deciding = rejecting.iter().map(|(found, _)| *found).collect();
        (Outcome::Rejected, Some(*code), deciding)
    } else if !complete {
        (Outcome::Unknown, None, Vec::new())
    } else if risky.is_empty() {
        (Outcome::Accepted, Some(ResponseCode::Success), Vec::new())
    } else {
        (Outcome::ScenesAtRisk, Some(ResponseCode::Success), risky)
    };
    let mut because: Vec<&'static str> = Vec::new();
    for found in &deciding {
        if !because.contains(&found.rule.code) {
            because.push(found.rule.code);
        }
    }
    let basis = deciding.iter().map(|found| found.basis).min();
    Verdict { outcome, code, basis, because, at_risk }
}
