//! What the user asked for: which rules, how grave, which paths are excused, and how frames are compared.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use globset::{GlobBuilder, GlobMatcher};

use crate::contract::{Basis, DataType, Endpoint, UnknownWord, word};
use crate::rules::{self, Rule};
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// A finding of severity error.
    Rejection,
    /// A finding of severity warning or worse.
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
pub struct Selector(String);

/// A selector that names no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` names no rule, family or `ALL`{}", .nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
pub struct UnknownSelector {
    /// The selector as given.
    pub found: String,
    /// The rule that was most likely meant.
    pub nearest: Option<String>,
}

impl FromStr for Selector {
    type Err = UnknownSelector;

    fn from_str(text: &str) -> Result<Self, UnknownSelector> {
        let selector = Selector(text.to_owned());
        if rules::ALL.iter().any(|rule| selector.matches(rule)) {
            return Ok(selector);
        }
        let words = rules::ALL.iter().flat_map(|rule| [rule.code, rule.name]);
        Err(UnknownSelector {
            found: text.to_owned(),
            nearest: text::nearest(text, words).map(str::to_owned),
        })
    }
}

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
pub struct Excuse {
    /// The glob as written; `None` for one that holds everywhere.
    pub pattern: Option<String>,
    /// The rules that it excuses.
    pub rules: Vec<Selector>,
    /// Why, in the user's words.
    pub reason: String,
    /// The last day on which it held, where that is over: it excuses nothing any more, and what it would excuse is said with
    /// a word on that.
    pub lapsed: Option<String>,
    matcher: Option<GlobMatcher>,
}

impl Excuse {
    /// Excuses `rules` everywhere.
    #[must_use]
    pub fn everywhere(rules: Vec<Selector>, reason: String) -> Self {
        Excuse { pattern: None, rules, reason, lapsed: None, matcher: None }
    }

    /// Excuses `rules` under the paths that `pattern` matches: `*` stays within a folder, `**` does not, and a folder
    /// named by the pattern stands for all below it.
    ///
    /// # Errors
    /// When the pattern is not a glob.
    pub fn at(pattern: &str, rules: Vec<Selector>, reason: String) -> Result<Self, globset::Error> {
        let matcher = GlobBuilder::new(pattern.trim_end_matches('/'))
            .literal_separator(true)
            .build()?
            .compile_matcher();
        Ok(Excuse {
            pattern: Some(pattern.to_owned()),
            matcher: Some(matcher),
            ..Self::everywhere(rules, reason)
        })
    }

    /// Whether it is meant for the path, or a folder above it.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        let Some(matcher) = &self.matcher else { return true };
        std::iter::successors(Some(path.trim_end_matches('/')), |path| {
            path.rsplit_once('/').map(|(parent, _)| parent)
        })
        .any(|path| matcher.is_match(path))
    }

    /// What it is called in sentences, for some of its rules: ``the ignore of `F101` at `camera-rear/**` ``.
    #[must_use]
    pub fn label<'s>(&self, rules: impl IntoIterator<Item = &'s Selector>) -> String {
        let rules: Vec<String> =
            rules.into_iter().map(|selector| format!("`{}`", selector.as_str())).collect();
        let place =
            self.pattern.as_ref().map(|pattern| format!(" at `{pattern}`")).unwrap_or_default();
        format!("the ignore of {}{place}", text::list(&rules, rules.len()))
    }
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
    /// Only these rules, where any are named. Rules that are off by default run when named here by code or name.
    pub select: Vec<Selector>,
    /// Not these rules. The narrower of two selectors wins; on a tie, ignoring does.
    pub ignore: Vec<Selector>,
    /// Severities that the user sets.
    pub severity: BTreeMap<Selector, Severity>,
    /// Findings that are excused.
    pub excuses: Vec<Excuse>,
    /// How far apart, in nanoseconds, two timestamps may lie and still be one frame's jitter. `None`: half the
    /// cadence, at most 100 ms.
    pub tolerance_ns: Option<u64>,
    /// The folder name or the name of the sensor that the others are compared with. `None`: the LiDAR with most frames.
    pub reference: Option<String>,
    /// How many examples a finding keeps.
    pub max_examples: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            endpoint: Endpoint::ImportAnnotation,
            data_type: None,
            basis: Basis::Implied,
            select: Vec::new(),
            ignore: Vec::new(),
            severity: BTreeMap::new(),
            excuses: Vec::new(),
            tolerance_ns: None,
            reference: None,
            max_examples: 5,
        }
    }
}

impl Settings {
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
