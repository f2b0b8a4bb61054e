//! What a configuration file can say.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema};
use sensortree_core::finding::settings::{FailOn, Selector, Severity, Suppression};
use sensortree_core::platform::{Basis, Endpoint};
use sensortree_scan::Links;
use serde::Deserialize;
use toml::Spanned;

use super::word::{Day, Pattern, Reason, Word};
use crate::tolerance::Tolerance;

/// The settings of sensortree: what is checked, with which severity, and what is excused.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "sensortree.toml")]
pub struct Config {
    /// Another configuration file, whose settings hold where this one has none; ignores add up.
    /// Counted from the folder of this file.
    #[schemars(with = "String", transform = without_default)]
    pub extend: Option<Spanned<String>>,
    /// Run only these rules: codes, names, families (`L`) or `ALL`.
    #[schemars(with = "Vec<Word<Selector>>", transform = without_default)]
    pub select: Option<Vec<Word<Selector>>>,
    /// Leave out these rules. The narrower of a selection and an ignore wins; on a tie
    /// the ignore does.
    pub ignore: Vec<Word<Selector>>,
    /// The severity of a rule's findings.
    pub severity: BTreeMap<Word<Selector>, Word<Severity>>,
    /// Rules whose findings are excused wherever they are, each with its reason. They run: when
    /// they find nothing, that is said.
    pub ignores: Vec<RuleIgnore>,
    /// Findings that are excused at some paths, each with its reason.
    pub per_path_ignores: Vec<PerPathIgnore>,
    /// The file of the findings that are known and do not count: written by `--write-baseline`.
    /// Counted from the folder of this file.
    #[schemars(with = "String", transform = without_default)]
    pub baseline: Option<Spanned<String>>,
    /// How far apart two timestamps may lie and still be one frame, as `50ms`. Without it: half the
    /// cadence, at most 100 ms.
    #[schemars(with = "Word<Tolerance>")]
    pub tolerance: Option<Word<Tolerance>>,
    /// The sensor that the others' timestamps are compared with, by folder or by name. Without it:
    /// one of the clock that most share.
    #[schemars(with = "String", transform = without_default)]
    pub reference: Option<String>,
    /// The least that makes the exit code 1. Without it: `scene`.
    #[schemars(with = "Word<FailOn>")]
    pub fail_on: Option<Word<FailOn>>,
    /// The weakest basis that counts for the prediction. Without it: `implied`.
    #[schemars(with = "Word<Basis>")]
    pub basis: Option<Word<Basis>>,
    /// The API call whose answer is predicted. Without it: `import-annotation`, and `upload`
    /// for a zip.
    #[schemars(with = "Word<Endpoint>")]
    pub endpoint: Option<Word<Endpoint>>,
    /// What becomes of symbolic links in a local folder: `refuse` lists each as a link, `follow` as
    /// what it points at, also out of the folder. Without it: `refuse`.
    #[schemars(with = "Word<Links>")]
    pub links: Option<Word<Links>>,
    /// How many examples a finding shows. Without it: 5.
    #[schemars(with = "NonZeroUsize", transform = without_default)]
    pub max_examples: Option<NonZeroUsize>,
}

/// Excuses some rules' findings wherever they are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleIgnore {
    /// The rules that are excused: codes, names, families or `ALL`.
    pub rules: Vec<Word<Selector>>,
    /// Why, for whoever reads this next.
    pub reason: Word<Reason>,
    /// The last day (UTC) on which it holds. Without it: for good.
    #[serde(default)]
    #[schemars(with = "Day")]
    pub expires: Option<Day>,
}

/// Excuses some rules' findings at some paths.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PerPathIgnore {
    /// A glob, relative to the dataset; with a leading `/`, to the folder of this file. `*` stays
    /// within a folder, `**` does not; a folder stands for all below it.
    pub path: Word<Pattern>,
    /// The rules that are excused there: codes, names, families or `ALL`.
    pub rules: Vec<Word<Selector>>,
    /// Why, for whoever reads this next.
    pub reason: Word<Reason>,
    /// The last day (UTC) on which it holds. Without it: for good.
    #[serde(default)]
    #[schemars(with = "Day")]
    pub expires: Option<Day>,
    /// The file that it stands in.
    #[serde(skip)]
    pub file: PathBuf,
}

impl RuleIgnore {
    /// As the core takes it on this day.
    #[must_use]
    pub fn on(&self, today: Date) -> Suppression {
        complete(
            Suppression::everywhere(Vec::new(), String::new()),
            &self.rules,
            &self.reason,
            self.expires,
            today,
        )
    }
}

impl PerPathIgnore {
    /// As the core takes it on this day.
    #[must_use]
    pub fn on(&self, today: Date) -> Suppression {
        complete(self.path.0.0.clone(), &self.rules, &self.reason, self.expires, today)
    }
}

fn complete(
    mut suppression: Suppression,
    rules: &[Word<Selector>],
    reason: &Word<Reason>,
    expires: Option<Day>,
    today: Date,
) -> Suppression {
    suppression.rules = rules.iter().map(|word| word.0.clone()).collect();
    suppression.reason.clone_from(&reason.0.0);
    suppression.expired_on = expires.filter(|day| day.0 < today).map(|day| day.0.to_string());
    suppression
}

impl Config {
    /// These settings, and where they say nothing those of `base`. What is ignored adds up.
    #[must_use]
    pub(super) fn over(self, base: Config) -> Config {
        let mut severity = base.severity;
        severity.extend(self.severity);
        Config {
            extend: self.extend,
            select: self.select.or(base.select),
            ignore: [self.ignore, base.ignore].concat(),
            severity,
            ignores: [self.ignores, base.ignores].concat(),
            per_path_ignores: [self.per_path_ignores, base.per_path_ignores].concat(),
            baseline: self.baseline.or(base.baseline),
            tolerance: self.tolerance.or(base.tolerance),
            reference: self.reference.or(base.reference),
            fail_on: self.fail_on.or(base.fail_on),
            basis: self.basis.or(base.basis),
            endpoint: self.endpoint.or(base.endpoint),
            links: self.links.or(base.links),
            max_examples: self.max_examples.or(base.max_examples),
        }
    }
}

/// Takes off a default of `null`, which a file cannot say.
fn without_default(schema: &mut Schema) {
    schema.remove("default");
}

/// The JSON Schema of a configuration file.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Config).to_value()
}
