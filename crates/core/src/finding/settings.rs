//! What the user asked for: which rules, how grave, which paths are excused, and how
//! frames are compared.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use globset::{GlobBuilder, GlobMatcher};

use crate::align::AlignmentOptions;
use crate::finding::Rule;
use crate::for_each::ForEach;
use crate::platform::{Basis, DataType, Endpoint, UnknownWord, word};
use crate::text;

/// How grave a finding is to the user. Graver sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The whole request would be rejected.
    Error,
    /// A scene is at risk.
    Warning,
    /// Worth knowing.
    Advice,
}

impl Severity {
    /// Every severity, gravest first.
    pub const ALL: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Advice];

    /// The word used in configuration and in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Advice => "advice",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        word(Self::ALL, Self::as_str, text)
    }
}

/// The least that makes a run exit with 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailOn {
    /// A finding of severity error.
    Rejection,
    /// A finding of severity warning or worse.
    #[default]
    Scene,
    /// Any finding.
    Advice,
    /// Nothing.
    Never,
}

impl FailOn {
    /// Every level.
    pub const ALL: [FailOn; 4] = [FailOn::Rejection, FailOn::Scene, FailOn::Advice, FailOn::Never];

    /// The word used on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FailOn::Rejection => "rejection",
            FailOn::Scene => "scene",
            FailOn::Advice => "advice",
            FailOn::Never => "never",
        }
    }

    /// Whether a finding of this severity makes the run fail.
    #[must_use]
    pub fn includes(self, severity: Severity) -> bool {
        match self {
            FailOn::Rejection => severity == Severity::Error,
            FailOn::Scene => severity <= Severity::Warning,
            FailOn::Advice => true,
            FailOn::Never => false,
        }
    }
}

impl FromStr for FailOn {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        word(Self::ALL, Self::as_str, text)
    }
}

/// Names one rule, a family, or all rules: `L103`, `sensor-prefix-missing`, `L`, `ALL`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selector(pub(crate) String);

impl Selector {
    /// The selector as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the rule is one that this selector names.
    #[must_use]
    pub fn matches(&self, rule: &Rule) -> bool {
        self.specificity(rule).is_some()
    }

    /// Whether a rule is one of those that are selected, or of all where none are, and none of
    /// those that are ignored. The narrower of two selectors wins; on a tie, ignoring does.
    #[must_use]
    pub fn select(select: &[Selector], ignore: &[Selector], rule: &Rule) -> bool {
        let best = |selectors: &[Selector]| {
            selectors.iter().filter_map(|selector| selector.specificity(rule)).max()
        };
        let selected = if select.is_empty() { Some(0) } else { best(select) };
        match (selected, best(ignore)) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(select), Some(ignore)) => select > ignore,
        }
    }

    /// How narrowly this selector names the rule: all 0, a family 1, the rule itself 2.
    fn specificity(&self, rule: &Rule) -> Option<u8> {
        if self.0 == "ALL" {
            Some(0)
        } else if self.0.len() == 1 && rule.code.starts_with(&self.0) {
            Some(1)
        } else if self.0 == rule.code || self.0 == rule.name {
            Some(2)
        } else {
            None
        }
    }
}

/// Excuses some rules' findings, at some paths or everywhere.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// The glob as written; `None` for one that holds everywhere.
    pub pattern: Option<String>,
    /// The rules that it ignores.
    pub rules: Vec<Selector>,
    /// Why, in the user's words.
    pub reason: String,
    /// The last day on which it held, where that is over: it ignores nothing any more, and what it
    /// would ignore is said with a word on that.
    pub expired_on: Option<String>,
    matcher: Option<GlobMatcher>,
    base: Base,
}

/// Where a dataset lies, seen from the folder that patterns with a leading `/` start at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// In that folder or below it: the `/`-separated path from there, which is empty for the folder
    /// itself. Several where symbolic links lead to the dataset.
    Below(Vec<String>),
    /// Elsewhere, with the reason in words.
    Outside(String),
}

impl Suppression {
    /// Excuses `rules` everywhere.
    #[must_use]
    pub fn everywhere(rules: Vec<Selector>, reason: String) -> Self {
        let base = Base::Outside("where the dataset lies is not known".to_owned());
        Suppression { pattern: None, rules, reason, expired_on: None, matcher: None, base }
    }

    /// Excuses `rules` under the paths that `pattern` matches: `*` stays within a folder, `**` does
    /// not, and a folder named by the pattern stands for all below it.
    ///
    /// A pattern is relative to the dataset. One with a leading `/` is relative to a folder
    /// that the dataset lies below, and matches nothing until [`Suppression::with_base`] says
    /// where that is.
    ///
    /// # Errors
    /// When the pattern is not a glob.
    pub fn at(pattern: &str, rules: Vec<Selector>, reason: String) -> Result<Self, globset::Error> {
        let relative = pattern.strip_prefix('/').unwrap_or(pattern);
        let matcher = glob(relative.trim_end_matches('/'))?;
        Ok(Suppression {
            pattern: Some(pattern.to_owned()),
            matcher: Some(matcher),
            ..Self::everywhere(rules, reason)
        })
    }

    /// Says where the dataset lies, which decides what a pattern with a leading `/` matches.
    #[must_use]
    pub fn with_base(mut self, base: Base) -> Self {
        self.base = base;
        self
    }

    /// Returns whether the pattern has a leading `/`, so that it is not relative to the dataset.
    #[must_use]
    pub fn is_anchored(&self) -> bool {
        self.pattern.as_ref().is_some_and(|pattern| pattern.starts_with('/'))
    }

    /// Returns why no path of this dataset can match, where that follows from where it lies.
    #[must_use]
    pub fn why_out_of_reach(&self) -> Option<&str> {
        match &self.base {
            Base::Outside(reason) if self.is_anchored() => Some(reason),
            _ => None,
        }
    }

    /// Returns whether the pattern names another dataset in the same folder: it is of use, but not
    /// in this check.
    #[must_use]
    pub fn is_for_another_dataset(&self) -> bool {
        let (Base::Below(bases), Some(pattern)) = (&self.base, &self.pattern) else { return false };
        self.is_anchored() && !bases.iter().any(|base| can_match_below(pattern, base))
    }

    /// Whether it is meant for the path, or a folder above it.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        let Some(matcher) = &self.matcher else { return true };
        let path = path.trim_end_matches('/');
        if !self.is_anchored() {
            return and_above(path).any(|path| matcher.is_match(path));
        }
        let Base::Below(bases) = &self.base else { return false };
        bases.iter().any(|base| {
            let names = [base.as_str(), path].into_iter().filter(|names| !names.is_empty());
            let path = names.collect::<Vec<_>>().join("/");
            // The empty path is the folder that the pattern starts at.
            and_above(&path).chain([""]).any(|path| matcher.is_match(path))
        })
    }

    /// What it is called in sentences, for some of its rules: ``the ignore of `F101`
    /// at `camera-rear/**` ``.
    #[must_use]
    pub fn label<'s>(&self, rules: impl IntoIterator<Item = &'s Selector>) -> String {
        let rules: Vec<String> =
            rules.into_iter().map(|selector| format!("`{}`", selector.as_str())).collect();
        let place =
            self.pattern.as_ref().map(|pattern| format!(" at `{pattern}`")).unwrap_or_default();
        format!("the ignore of {}{place}", text::list(&rules, rules.len()))
    }
}

fn glob(pattern: &str) -> Result<GlobMatcher, globset::Error> {
    Ok(GlobBuilder::new(pattern).literal_separator(true).build()?.compile_matcher())
}

/// A path, and the folders above it.
fn and_above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(parent, _)| parent))
}

/// Returns whether an anchored pattern may match something in or above the folder `base`. In doubt
/// it may.
fn can_match_below(pattern: &str, base: &str) -> bool {
    let names = base.split('/').filter(|name| !name.is_empty());
    for (part, name) in pattern.trim_matches('/').split('/').zip(names) {
        // What stands in braces can hold a `/`, so that parts and names no longer go together.
        if part == "**" || part.contains(['{', '}']) {
            return true;
        }
        match glob(part) {
            Ok(glob) if glob.is_match(name) => {}
            Ok(_) => return false,
            Err(_) => return true,
        }
    }
    true
}

/// Everything a user can set about a check.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The API call whose answer is predicted.
    pub endpoint: Endpoint,
    /// 2D or 3D, where the user says so.
    pub data_type: Option<DataType>,
    /// The weakest basis that counts for the verdict.
    pub basis: Basis,
    /// Only these rules, where any are named. Rules that are off by default run when named here by
    /// code or name.
    pub select: Vec<Selector>,
    /// Not these rules. The narrower of two selectors wins; on a tie, ignoring does.
    pub ignore: Vec<Selector>,
    /// Severities that the user sets.
    pub severity: BTreeMap<Selector, Severity>,
    /// Findings that are excused.
    pub suppressions: Vec<Suppression>,
    /// How far apart, in nanoseconds, two timestamps may lie and still be one frame's jitter.
    /// `None`: half the cadence, at most 100 ms.
    pub tolerance_ns: Option<u64>,
    /// The folder name or the name of the sensor that the others are compared with. `None`: one of
    /// the clock that most sensors share.
    pub reference: Option<String>,
    /// How many examples a finding keeps.
    pub max_examples: usize,
    /// Whether repairs hold all that they move, and not only how far they may be trusted: for a
    /// plan. Takes time and memory for each file that a finding is about.
    pub repairs: bool,
    /// Whether the report says how many frames of each scene are complete in all sensors.
    pub complete_frames: bool,
    /// How scenes are compared: one after the other, or on several threads. The report is the same.
    pub for_each: ForEach,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            endpoint: Endpoint::ImportAnnotation,
            data_type: None,
            basis: Basis::default(),
            select: Vec::new(),
            ignore: Vec::new(),
            severity: BTreeMap::new(),
            suppressions: Vec::new(),
            tolerance_ns: None,
            reference: None,
            max_examples: 5,
            repairs: false,
            complete_frames: false,
            for_each: ForEach::IN_ORDER,
        }
    }
}

impl Settings {
    /// How sensors are to be compared.
    #[must_use]
    pub fn alignment(&self) -> AlignmentOptions<'_> {
        AlignmentOptions {
            reference: self.reference.as_deref(),
            tolerance_ns: self.tolerance_ns,
            for_each: self.for_each,
            ..AlignmentOptions::default()
        }
    }

    /// Whether the rule runs.
    #[must_use]
    pub fn runs(&self, rule: &Rule) -> bool {
        let best = |selectors: &[Selector]| {
            selectors.iter().filter_map(|selector| selector.specificity(rule)).max()
        };
        let selected = match best(&self.select) {
            None => (self.select.is_empty() && rule.default_on).then_some(0),
            Some(specificity) => (rule.default_on || specificity == 2).then_some(specificity),
        };
        match (selected, best(&self.ignore)) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(select), Some(ignore)) => select > ignore,
        }
    }

    /// The severity that the user set for the rule, by the narrowest selector.
    #[must_use]
    pub fn severity_of(&self, rule: &Rule) -> Option<Severity> {
        self.severity
            .iter()
            .filter_map(|(selector, severity)| {
                selector.specificity(rule).map(|specificity| (specificity, *severity))
            })
            .max_by_key(|(specificity, _)| *specificity)
            .map(|(_, severity)| severity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suppression(pattern: &str, bases: &[&str]) -> Suppression {
        let bases = bases.iter().map(|base| (*base).to_owned()).collect();
        Suppression::at(pattern, Vec::new(), String::new()).unwrap().with_base(Base::Below(bases))
    }

    #[test]
    fn patterns_match_in_the_dataset_or_from_the_folder_that_they_start_at() {
        let check = |pattern: &str, base: &str, path: &str, expected: bool| {
            let found = suppression(pattern, &[base]).covers(path);
            assert_eq!(found, expected, "{pattern} of {path} in {base}");
        };
        check("camera-rear/**", "data/a", "camera-rear/s/1.jpg", true);
        check("*/scene_7", "data/a", "lidar-top/scene_7/1.pcd", true);
        check("*/scene_7", "data/a", "lidar-top/scene_70/1.pcd", false);
        check("data/a/camera-rear", "data/a", "camera-rear/s/1.jpg", false);
        check("/data/a/camera-rear/**", "data/a", "camera-rear/s/1.jpg", true);
        check("/data/a/camera-rear/**", "data/b", "camera-rear/s/1.jpg", false);
        check("/data/a/camera-rear/**", "data/a", "camera-front/s/1.jpg", false);
        check("/camera-rear/**", "data/a", "camera-rear/s/1.jpg", false);
        check("/camera-rear/**", "", "camera-rear/s/1.jpg", true);
        check("/data/a", "data/a", "camera-rear/", true);
        check("/data/a/", "data/a", "metadata.json", true);
        check("/data", "data/a", "metadata.json", true);
        check("/data/a", "data/a", "", true);
        check("/data/a", "data", "a/metadata.json", true);
        check("/", "data/a", "metadata.json", true);
        check("/*/a/metadata.json", "data/a", "metadata.json", true);
        check("/**/scene_7", "data/a", "lidar-top/scene_7/1.pcd", true);
        check("/data/*.zip/lidar-*", "data/a.zip", "lidar-top/s/", true);
        // What a base looks like is no pattern.
        check("/data/a", "data/*", "metadata.json", false);
        check("/data/[*]", "data/*", "metadata.json", true);
        let linked = suppression("/real/a", &["link/a", "real/a"]);
        assert!(linked.covers("metadata.json") && !linked.is_for_another_dataset());
        let outside = Base::Outside("it lies elsewhere".to_owned());
        let outside = suppression("/data/**", &[]).with_base(outside);
        assert!(!outside.covers("data/1.pcd"));
        assert_eq!(outside.why_out_of_reach(), Some("it lies elsewhere"));
    }

    #[test]
    fn an_ignore_for_another_dataset_is_known_by_its_first_folders() {
        let check = |pattern: &str, base: &str, expected: bool| {
            assert_eq!(
                suppression(pattern, &[base]).is_for_another_dataset(),
                expected,
                "{pattern}"
            );
        };
        check("/data/b/camera-rear/**", "data/a", true);
        check("/other", "data/a", true);
        check("/data/b*", "data/a", true);
        check("/data/a/camera-rear/**", "data/a", false);
        check("/data", "data/a", false);
        check("/**/camera-rear", "data/a", false);
        check("/data/{a,b/c}/camera-rear", "data/a", false);
        check("/anything", "", false);
        check("data/b/**", "data/a", false);
    }
}
