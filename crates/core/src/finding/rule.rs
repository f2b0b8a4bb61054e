//! [`Rule`]: what the catalogue says of one rule, and what it is given to judge.

use std::cell::OnceCell;

use super::Sink;
use super::settings::Settings;
use crate::align::Alignment;
use crate::archive::ArchiveFacts;
use crate::document::metadata::Metadata;
use crate::document::request::Request;
use crate::layout::{Layout, LayoutKind, OtherLayout, SceneId};
use crate::platform::{Basis, Effect};
use crate::tree::unread::UnreadIndex;
use crate::tree::{Coverage, Target, TargetKind, Tree};

/// What a rule judges.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// What is checked.
    pub target: &'a Target,
    /// What the listing holds.
    pub tree: &'a Tree,
    /// The listing read as a dataset.
    pub layout: &'a Layout,
    /// What the archive tells that the tree was listed from, where it was one.
    pub archive: Option<&'a ArchiveFacts>,
    /// metadata.json, where one stands at the top and the tree is sensor oriented.
    pub metadata: Option<&'a Metadata>,
    /// The request body that goes with the tree, where one was given.
    pub request: Option<&'a Request>,
    /// How the sensors' timestamps relate.
    pub alignment: &'a Alignment,
    /// Where something could not be read.
    pub unseen: &'a UnreadIndex,
    /// The scenes whose sensors do not hold the same frames, once that is computed.
    pub(crate) incomplete: &'a OnceCell<Vec<SceneId>>,
    /// How many frames all sensors have, once that was asked for.
    pub(crate) complete: &'a OnceCell<Option<u64>>,
    /// What the user asked for.
    pub settings: &'a Settings,
}

impl Context<'_> {
    /// Whether what is checked is of the kind that the rule judges.
    #[must_use]
    pub fn is_judged_by(&self, rule: &Rule) -> bool {
        match rule.scope {
            Scope::SensorOriented => self.has_tree() && self.layout.is_sensor_oriented(),
            Scope::AnyTree => self.has_tree() && !self.has_several_tops(),
            Scope::Archive => self.archive.is_some(),
            Scope::Request => self.request.is_some(),
        }
    }

    /// Whether there is a tree to judge. Of an archive that could not be read nothing is
    /// known but that.
    fn has_tree(&self) -> bool {
        self.target.kind != TargetKind::Request && self.archive.is_none_or(ArchiveFacts::has_tree)
    }

    /// Whether the one thing to say of the tree is that it is several, side by side at an
    /// archive's root (Z106).
    pub(crate) fn has_several_tops(&self) -> bool {
        let unread = matches!(
            self.layout.reading,
            LayoutKind::Other(OtherLayout::WrongRoot(_) | OtherLayout::NoSensor)
        );
        unread && self.archive.is_some_and(|facts| facts.has_tree() && facts.has_several_tops())
    }
}

/// On which trees a rule runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only where the tree as a whole is sensor oriented.
    SensorOriented,
    /// On any tree: the rules that say what a tree is that is not sensor oriented.
    AnyTree,
    /// On an archive, whether or not a tree could be read from it.
    Archive,
    /// On the body of a request, whatever tree goes with it.
    Request,
}

/// How far frames have to be looked into so that a rule can find anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Not at all: names and sizes will do.
    Names,
    /// Into their headers.
    Headers,
    /// To their end.
    Whole,
    /// All of them to their end, as each is held against its neighbours: a sample will not do.
    AllWhole,
}

impl Needs {
    /// Whether frames were looked into so far.
    #[must_use]
    pub fn are_met(self, coverage: &Coverage) -> bool {
        let Coverage { content, probed, sample, .. } = coverage;
        match self {
            Needs::Names => true,
            Needs::Headers => *content != "none" && *probed > 0,
            Needs::Whole => *content == "full" && *probed > 0,
            Needs::AllWhole => *content == "full" && *probed > 0 && sample.is_none(),
        }
    }
}

/// One rule of the catalogue.
#[derive(Debug)]
pub struct Rule {
    /// Its code, stable for ever: `L103`.
    pub code: &'static str,
    /// Its name, which says the fault: `sensor-prefix-missing`.
    pub name: &'static str,
    /// What the platform is predicted to answer when it fires, in the usual case.
    pub effect: Effect,
    /// How well that is supported.
    pub basis: Basis,
    /// The facts it rests on: `["T1"]`.
    pub facts: &'static [&'static str],
    /// On which trees it runs.
    pub scope: Scope,
    /// How far frames have to be looked into for it.
    pub needs: Needs,
    /// Whether there is anything that it judges, where it is run. One that had nothing to judge did
    /// not pass either.
    pub judges: fn(&Context<'_>) -> bool,
    /// Whether it runs when nothing is selected.
    pub default_on: bool,
    /// Its `///` as written, with the space that starts each line: see [`Rule::page`].
    pub docs: &'static str,
    /// Looks for occurrences and says them.
    pub check: fn(&Context<'_>, &mut Sink<'_>),
}

impl Rule {
    /// The family: the code's letter.
    #[must_use]
    pub fn family(&self) -> &'static str {
        &self.code[..1]
    }

    /// Its page, in Markdown: the summary, then why, how to mend it, and the examples.
    #[must_use]
    pub fn page(&self) -> String {
        let mut page = String::with_capacity(self.docs.len());
        for line in self.docs.lines() {
            page.push_str(line.strip_prefix(' ').unwrap_or(line));
            page.push('\n');
        }
        page
    }

    /// The first paragraph of the page, in one line.
    #[must_use]
    pub fn summary(&self) -> String {
        self.docs
            .lines()
            .map(str::trim)
            .take_while(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The tree sketches of the page, in order: whether it is a bad one, and its text.
    #[must_use]
    pub fn sketches(&self) -> Vec<(bool, String)> {
        let mut sketches = Vec::new();
        let mut open: Option<(bool, String)> = None;
        for line in self.page().lines() {
            match (line.trim_end(), &mut open) {
                ("```tree bad", None) => open = Some((true, String::new())),
                ("```tree good", None) => open = Some((false, String::new())),
                ("```", Some(_)) => sketches.extend(open.take()),
                (line, Some((_, text))) => {
                    text.push_str(line);
                    text.push('\n');
                }
                _ => {}
            }
        }
        sketches
    }
}
