//! What the caller knows about the run.

use sensortree_core::finding::Rule;
use sensortree_core::finding::settings::FailOn;
use sensortree_core::report::Report;

use crate::places::Places;

/// A check of one dataset, of which a run may have several.
#[derive(Clone, Copy, Debug)]
pub struct Check<'c> {
    /// What was found.
    pub report: &'c Report,
    /// How long it took.
    pub timing: &'c Timing,
    /// What else is known of it.
    pub facts: &'c RunFacts,
}

/// A dataset that was to be checked, of which a run may have several.
#[derive(Clone, Copy, Debug)]
pub enum Dataset<'d> {
    /// It was checked.
    Checked(Check<'d>),
    /// It could not be checked.
    Unchecked {
        /// What was to be checked.
        target: &'d str,
        /// Why it could not.
        reason: &'d str,
    },
}

impl<'d> Dataset<'d> {
    /// Its check, where there was one.
    pub(crate) fn check(&self) -> Option<&Check<'d>> {
        match self {
            Dataset::Checked(check) => Some(check),
            Dataset::Unchecked { .. } => None,
        }
    }
}

/// How long the run took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    /// Seconds from the start to the end of listing, reading included.
    pub list_seconds: f64,
    /// Seconds from there to the finished report.
    pub check_seconds: f64,
}

/// What the caller knows about the run and a report does not hold.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// The tool's version: `0.1.0`.
    pub tool_version: String,
    /// The present as the platform writes it: `YYYY-MM-DD HH:MM:SS`.
    pub date: String,
    /// The least that makes the run fail.
    pub fail_on: FailOn,
    /// Whether an empty target is as the user wants it.
    pub allow_empty: bool,
    /// The web address of the repository that holds the tool's documentation, where it has one.
    pub repository: Option<String>,
    /// The way from the current folder to the checked one: empty for the current folder itself,
    /// `None` where no folder of the disk is checked.
    pub folder: Option<Vec<u8>>,
    /// Where in a repository what was checked lies.
    pub places: Places,
    /// The settings in force, where they are told.
    pub settings: Vec<SettingInForce>,
    /// Whether the JSON report holds the picture of the frames, where the report has one.
    pub picture: bool,
}

/// A setting that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingInForce {
    /// What the configuration file calls it.
    pub name: String,
    /// Its value, in words.
    pub value: String,
    /// Where it comes from: a flag, a file with its line, or the default.
    pub origin: String,
}

impl RunFacts {
    /// The web address of a rule's page, where the documentation has one.
    pub(crate) fn page_of(&self, rule: &Rule) -> Option<String> {
        let repository = self.repository.as_ref()?;
        let anchor = format!("{}-{}", rule.code.to_lowercase(), rule.name);
        Some(format!("{repository}/blob/v{}/docs/rules.md#{anchor}", self.tool_version))
    }
}

impl Default for RunFacts {
    /// Nothing is known, and the user said nothing.
    fn default() -> Self {
        RunFacts {
            tool_version: String::new(),
            date: String::new(),
            fail_on: FailOn::Scene,
            allow_empty: false,
            repository: None,
            folder: None,
            places: Places::default(),
            settings: Vec::new(),
            picture: false,
        }
    }
}
