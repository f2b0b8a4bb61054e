//! [`Sink`]: where findings go, with the user's ignores and severities.

use std::collections::{BTreeMap, BTreeSet};

use super::covered::Covered;
use super::model::Finding;
use super::rule::Rule;
use super::settings::Settings;
use crate::document::Document;
use crate::layout::Layout;
use crate::platform::{Basis, Effect};
use crate::text;

/// What was found before anything that the user ignores was taken away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Potential {
    /// The rule that found it.
    pub(crate) rule: &'static Rule,
    /// What the platform is predicted to answer.
    pub(crate) effect: Effect,
    /// How well the prediction is supported.
    pub(crate) basis: Basis,
}

/// Where rules put their findings. Applies the user's ignores and severities.
#[derive(Debug)]
pub struct Sink<'s> {
    pub(super) settings: &'s Settings,
    pub(super) findings: Vec<Finding>,
    /// Whether findings are kept: not those of a rule that the user left out.
    pub(super) keeps: bool,
    /// What would be found without ignores and with all rules.
    pub(super) potential: Vec<Potential>,
    /// Which differences between sensors are explained by something found.
    pub(super) covered: Covered,
    /// How many occurrences the user's ignores took away.
    pub(super) ignored: u64,
    /// For each suppression, which of its rules found something that it is meant for.
    matched: Vec<Vec<bool>>,
    pub(super) documents: Vec<Document>,
    pub(super) renamed: BTreeMap<Vec<u8>, String>,
}

impl<'s> Sink<'s> {
    /// An empty sink.
    #[must_use]
    pub fn new(settings: &'s Settings) -> Self {
        Sink {
            settings,
            findings: Vec::new(),
            keeps: true,
            potential: Vec::new(),
            covered: Covered::default(),
            ignored: 0,
            matched: settings
                .suppressions
                .iter()
                .map(|suppression| vec![false; suppression.rules.len()])
                .collect(),
            documents: Vec::new(),
            renamed: BTreeMap::new(),
        }
    }

    /// The same for a tree read so: what is suggested in a sensor's folder that needs another name
    /// has that name.
    #[must_use]
    pub fn in_layout(mut self, layout: &Layout) -> Self {
        let renamed = layout.sensors.iter().filter_map(|sensor| {
            Some((sensor.folder_name.clone(), sensor.expected_folder.clone()?))
        });
        self.renamed = renamed.collect();
        self
    }

    /// Says whether findings are kept from now on. Those of rules that the user left out are
    /// not, and are weighed all the same: in what would be predicted with all rules, and in
    /// what they explain.
    pub(crate) fn keep(&mut self, keeps: bool) {
        self.keeps = keeps;
    }

    /// Which differences between sensors are explained by what was found so far.
    pub(crate) fn covered(&self) -> &Covered {
        &self.covered
    }

    /// Whether one of these suppressions, which are of the rule, is meant for the path. Asking
    /// marks the suppression as one that matched, and adds those that expired to `expired`.
    pub(super) fn is_suppressed(
        &mut self,
        rule: &Rule,
        suppressions: &[usize],
        path: &[u8],
        expired_on: &mut BTreeSet<usize>,
    ) -> bool {
        if suppressions.is_empty() || !self.keeps {
            return false;
        }
        let path = text::lossless(path);
        let mut is_suppressed = false;
        for at in suppressions {
            let (Some(suppression), Some(matched)) =
                (self.settings.suppressions.get(*at), self.matched.get_mut(*at))
            else {
                continue;
            };
            if !suppression.covers(&path) {
                continue;
            }
            for (selector, matched) in suppression.rules.iter().zip(matched) {
                *matched |= selector.matches(rule);
            }
            if suppression.expired_on.is_some() {
                expired_on.insert(*at);
            } else {
                is_suppressed = true;
            }
        }
        is_suppressed
    }

    /// All that was found.
    #[must_use]
    pub(crate) fn finish(self) -> Findings {
        Findings {
            findings: self.findings,
            documents: self.documents,
            matched: self.matched,
            potential: self.potential,
            ignored: self.ignored,
        }
    }
}

/// What the rules found.
#[derive(Debug)]
pub(crate) struct Findings {
    /// The findings.
    pub(crate) findings: Vec<Finding>,
    /// The documents that they brought with them.
    pub(crate) documents: Vec<Document>,
    /// For each suppression, which of its rules it was of use for.
    pub(crate) matched: Vec<Vec<bool>>,
    /// What would be found without ignores and with all rules.
    pub(crate) potential: Vec<Potential>,
    /// How many occurrences the ignores took away.
    pub(crate) ignored: u64,
}
