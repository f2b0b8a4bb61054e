//! How often predictions were right: codes and counts of all answers that are recorded.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::entry::{Claim, Entry, Outcome};

/// The format of the summary.
pub const SCHEMA: &str = "sensortree-accuracy/1";

/// What can be shared: it has no name, place, time or digest of any dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Accuracy {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The version of sensortree that counted.
    pub version: &'static str,
    /// Datasets whose answer is recorded.
    pub answers: u64,
    /// Of these, those that were predicted to be accepted or rejected.
    pub predicted: u64,
    /// Of these, those with the very response code that was predicted.
    pub same_code: u64,
    /// Of the predicted: that they are rejected.
    pub rejection: Score,
    /// Of all scenes of accepted datasets where errors are known: that they come back as errors.
    pub scenes: Score,
    /// What the rules claimed, by code.
    pub rules: BTreeMap<String, RuleScore>,
}

/// How often something was claimed, and how often it was so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// How often it was claimed.
    pub claimed: u64,
    /// How often it was so.
    pub actual: u64,
    /// How often both.
    pub both: u64,
}

/// What one rule claimed of datasets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleScore {
    /// That they are rejected, of all datasets.
    pub rejection: Score,
    /// That some of their scenes come back as errors, of those that were accepted and where errors
    /// are known.
    pub scenes: Score,
}

impl Score {
    fn count(&mut self, claimed: bool, actual: bool) {
        self.claimed += u64::from(claimed);
        self.actual += u64::from(actual);
        self.both += u64::from(claimed && actual);
    }

    /// How many of what was claimed were so, in percent; `None` where nothing was claimed.
    #[must_use]
    pub fn precision(&self) -> Option<u64> {
        percent(self.both, self.claimed)
    }

    /// How many of what was so were claimed, in percent; `None` where nothing was so.
    #[must_use]
    pub fn recall(&self) -> Option<u64> {
        percent(self.both, self.actual)
    }
}

/// Rounded down, so that 100 says that there is no exception.
fn percent(part: u64, whole: u64) -> Option<u64> {
    let percent = (u128::from(part) * 100).checked_div(u128::from(whole))?;
    u64::try_from(percent).ok()
}

impl Accuracy {
    /// Counts the answers of a log. Of those of one report the last counts.
    #[must_use]
    pub fn of(entries: &[Entry]) -> Self {
        let last: BTreeMap<&str, &Entry> =
            entries.iter().map(|entry| (entry.report.as_str(), entry)).collect();
        let entries = || last.values().copied();
        let codes: BTreeSet<&str> =
            entries().flat_map(|entry| entry.claims.keys().map(String::as_str)).collect();
        let mut accuracy = Accuracy {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            answers: 0,
            predicted: 0,
            same_code: 0,
            rejection: Score::default(),
            scenes: Score::default(),
            rules: codes.iter().map(|code| ((*code).to_owned(), RuleScore::default())).collect(),
        };
        for entry in entries() {
            accuracy.add(entry);
        }
        accuracy
    }

    fn add(&mut self, entry: &Entry) {
        let is_rejected = entry.actual != 200;
        self.answers += 1;
        if entry.outcome != Outcome::Unknown {
            self.predicted += 1;
            self.same_code += u64::from(entry.predicted == Some(entry.actual));
            self.rejection.count(entry.outcome == Outcome::Rejected, is_rejected);
        }
        if let Some(scenes) = entry.scenes {
            self.scenes.claimed += scenes.at_risk;
            self.scenes.actual += scenes.errors;
            self.scenes.both += scenes.both;
        }
        for (code, score) in &mut self.rules {
            let claim = entry.claims.get(code).copied();
            score.rejection.count(claim == Some(Claim::Reject), is_rejected);
            if let Some(scenes) = entry.scenes {
                score.scenes.count(claim == Some(Claim::Scene), scenes.errors > 0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::{self, Scenes};
    use super::*;

    fn entry(report: &str, predicted: Option<u16>, actual: u16, claims: &[(&str, Claim)]) -> Entry {
        Entry {
            schema: entry::SCHEMA.to_owned(),
            report: report.to_owned(),
            endpoint: "import".to_owned(),
            outcome: match predicted {
                None => Outcome::Unknown,
                Some(200) => Outcome::Accepted,
                Some(_) => Outcome::Rejected,
            },
            predicted,
            actual,
            scenes: None,
            claims: claims.iter().map(|(code, claim)| ((*code).to_owned(), *claim)).collect(),
        }
    }

    #[test]
    fn rejections_are_counted_over_all_and_by_rule() {
        let l103 = ("L103", Claim::Reject);
        let m108 = ("M108", Claim::Reject);
        let accuracy = Accuracy::of(&[
            entry("a", Some(5710), 5710, &[l103]),
            entry("b", Some(5710), 200, &[l103, m108]),
            entry("c", Some(200), 5710, &[]),
            entry("d", Some(5710), 400, &[m108]),
            entry("e", None, 5710, &[]),
        ]);
        assert_eq!((accuracy.answers, accuracy.predicted, accuracy.same_code), (5, 4, 1));
        let Score { claimed, actual, both } = accuracy.rejection;
        assert_eq!((claimed, actual, both), (3, 3, 2));
        assert_eq!(
            (accuracy.rejection.precision(), accuracy.rejection.recall()),
            (Some(66), Some(66))
        );
        // Of four rejections in all, the rule claimed one.
        let score = accuracy.rules["L103"].rejection;
        assert_eq!((score.precision(), score.recall()), (Some(50), Some(25)));
        assert_eq!(accuracy.rules["L103"].scenes.precision(), None);
    }

    #[test]
    fn scenes_are_counted_where_errors_are_known() {
        let a202 = ("A202", Claim::Scene);
        let of = |report, scenes| Entry { scenes, ..entry(report, Some(200), 200, &[a202]) };
        let known = |errors, both| Some(Scenes { total: 9, at_risk: 2, errors, both });
        let accuracy = Accuracy::of(&[of("a", known(3, 1)), of("b", known(0, 0)), of("c", None)]);
        let Score { claimed, actual, both } = accuracy.scenes;
        assert_eq!((claimed, actual, both), (4, 3, 1));
        let score = accuracy.rules["A202"].scenes;
        assert_eq!((score.claimed, score.actual, score.both), (2, 1, 1));
    }

    #[test]
    fn an_answer_that_is_recorded_again_replaces_the_earlier_one() {
        let accuracy = Accuracy::of(&[
            entry("a", Some(5710), 200, &[]),
            entry("b", Some(200), 200, &[]),
            entry("a", Some(5710), 5710, &[]),
        ]);
        assert_eq!((accuracy.answers, accuracy.same_code), (2, 2));
    }

    #[test]
    fn nothing_gives_no_percentage() {
        let accuracy = Accuracy::of(&[]);
        assert_eq!((accuracy.rejection.precision(), accuracy.rejection.recall()), (None, None));
        assert_eq!(percent(999, 1000), Some(99));
        assert_eq!(percent(u64::MAX, u64::MAX), Some(100));
    }

    #[test]
    fn the_summary_says_nothing_of_a_single_dataset() {
        let summary = serde_json::to_string(&Accuracy::of(&[entry("digest", Some(200), 200, &[])]));
        assert!(!summary.unwrap().contains("digest"));
    }
}
