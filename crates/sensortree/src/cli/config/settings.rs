//! The settings: what a configuration file can say, and most of it the command line too.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use jiff::civil::Date;
use schemars::{JsonSchema, Schema};
use sensortree_core::finding::settings::{FailOn, Selector, Settings, Severity, Suppression};
use sensortree_core::platform::{Basis, Endpoint};
use sensortree_scan::Links;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::merge::{Merge as _, settings};
use super::named_file::NamedFile;
use super::word::{Day, Pattern, Reason, Word};
use crate::cli::tolerance::Tolerance;
use crate::cli::value_parsers::{at_least_one, text_of};

settings! {
    // Each field is a key of the configuration file and, where it is no `skip`, a flag. What its
    // comment says is its sentence in the help, the schema, the book and the Python package: what
    // holds where it is not set stands in brackets at the end of the first paragraph.
    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[derive(Clone, Debug, Default, Args, Deserialize, JsonSchema)]
    #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
    #[schemars(
        title = "sensortree.toml",
        description = "The settings of sensortree: what is checked, with which severity, and what is excused.",
        transform = as_in_a_file,
    )]
    pub struct Config {
        /// Another configuration file, for what this one does not set
        ///
        /// Ignores add up.
        ///
        /// Counted from the folder of this file.
        #[arg(skip)]
        #[schemars(example = &"../sensortree-base.toml")]
        pub extend: Option<NamedFile>,

        /// Which API call is predicted [default: what the request is made for; else
        /// import-annotation, and upload for a zip]
        #[arg(long, help_heading = "Prediction")]
        #[schemars(example = &"import-annotation")]
        pub endpoint: Option<Word<Endpoint>>,

        /// The weakest basis that counts for the prediction [default: implied]
        #[arg(long, help_heading = "Prediction")]
        #[schemars(example = &"implied")]
        pub basis: Option<Word<Basis>>,

        /// How far apart the timestamps of one frame may lie [default:
        /// half the cadence, at most 100 ms]
        ///
        /// A number with its unit: 50ms, 1.5s, 100us.
        #[arg(long, value_name = "DURATION", help_heading = "Prediction")]
        #[schemars(example = &"50ms")]
        pub tolerance: Option<Word<Tolerance>>,

        /// The sensor whose clock is right [default: of the clock that
        /// most sensors share]
        ///
        /// By its folder or its name.
        #[arg(long, value_name = "SENSOR", help_heading = "Prediction")]
        #[schemars(example = &"lidar-top")]
        pub reference: Option<String>,

        /// Run only these rules [default: all that are on by default]
        ///
        /// Codes, names, families (`L`) or `ALL`, separated by commas.
        #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
        #[schemars(example = ["ALL"])]
        pub select: Option<Vec<Word<Selector>>>,

        /// Leave out these rules
        ///
        /// Adds to those of the configuration file.
        /// The narrower of a selection and an ignore wins; on a tie the ignore does.
        #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
        #[schemars(example = ["empty-scene"])]
        pub ignore: Vec<Word<Selector>>,

        /// Override a rule's severity: error, warning or advice
        #[arg(long, value_name = "RULE=LEVEL", value_delimiter = ',', help_heading = "Rules")]
        #[serde(deserialize_with = "severity_choices")]
        #[schemars(with = "BTreeMap<Word<Selector>, Word<Severity>>", extend("examples" = [{ "F101": "error" }]))]
        pub severity: Vec<SeverityChoice>,

        /// Rules whose findings are excused everywhere, with a reason
        ///
        /// They run, so that one that finds nothing any more is reported.
        #[arg(skip)]
        #[schemars(extend("examples" = [[
            { "rules": ["timeline-gap"], "reason": "the recorder pauses in tunnels" },
        ]]))]
        pub ignores: Vec<RuleIgnore>,

        /// Findings that are excused at some paths
        ///
        /// Each with its reason.
        #[arg(skip)]
        #[schemars(extend("examples" = [[{
            "path": "camera-rear/scene_0042",
            "rules": ["F101"],
            "reason": "the disk was full; the frames before it are good",
            "expires": "2026-12-31",
        }]]))]
        pub per_path_ignores: Vec<PerPathIgnore>,

        /// The least that makes the exit code 1 [default: scene]
        #[arg(long, value_name = "LEVEL", help_heading = "Rules")]
        #[schemars(example = &"scene")]
        pub fail_on: Option<Word<FailOn>>,

        /// What becomes of symbolic links in a local folder [default: refuse]
        ///
        /// `refuse` lists each as a link, `follow` as what it points at, also out of the folder.
        #[arg(long, help_heading = "Rules")]
        #[schemars(example = &"refuse")]
        pub links: Option<Word<Links>>,

        /// How many examples a finding shows [default: 5; 100 in html, 1000 in jsonl]
        #[arg(long, value_name = "N", value_parser = at_least_one, help_heading = "Output")]
        #[schemars(example = 5)]
        pub max_examples: Option<NonZeroUsize>,

        /// Do not count the findings that this file has
        ///
        /// --write-baseline writes it.
        /// In a configuration file it is counted from the folder of that file.
        #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "Configuration")]
        #[schemars(example = &"sensortree-baseline.json")]
        pub baseline: Option<NamedFile>,
    }
}

/// `RULE=LEVEL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeverityChoice {
    /// The rules.
    pub selector: Selector,
    /// How grave their findings are.
    pub severity: Severity,
}

impl FromStr for SeverityChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (selector, severity) =
            text.split_once('=').ok_or("expected RULE=LEVEL, as in `L105=advice`")?;
        Ok(SeverityChoice {
            selector: selector.parse().map_err(text_of)?,
            severity: severity.parse().map_err(text_of)?,
        })
    }
}

/// Reads the table of severities, sorted by the rules.
fn severity_choices<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<SeverityChoice>, D::Error> {
    let table = BTreeMap::<Word<Selector>, Word<Severity>>::deserialize(deserializer)?;
    let choices = table.into_iter();
    Ok(choices
        .map(|(selector, severity)| SeverityChoice { selector: selector.0, severity: severity.0 })
        .collect())
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
    /// The keys of all settings, in the order of their declaration.
    #[must_use]
    pub fn keys() -> Vec<String> {
        Config::default().each().into_iter().map(|(key, _)| key).collect()
    }

    /// The command line's settings joined with those of the files. The command line wins: what it
    /// sets replaces what the files say, but for what adds up.
    #[must_use]
    pub(crate) fn over_files(self, files: Config) -> Config {
        let ignore = if self.hides_ignores() { Vec::new() } else { files.ignore };
        self.over(Config { ignore, ..files })
    }

    /// Whether the `ignore` of the files falls away: with a selection on the command line, what is
    /// asked for runs.
    #[must_use]
    pub(crate) fn hides_ignores(&self) -> bool {
        self.select.is_some()
    }

    /// What holds where nothing is said, of the settings that have one value then.
    #[must_use]
    pub(crate) fn defaults() -> Config {
        Config {
            basis: Some(Word::default()),
            fail_on: Some(Word::default()),
            links: Some(Word::default()),
            max_examples: NonZeroUsize::new(Settings::default().max_examples),
            ..Config::default()
        }
    }
}

/// Takes off `null`, which a file cannot say, and the ends of lines within sentences.
fn as_in_a_file(schema: &mut Schema) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        let Some(property) = property.as_object_mut() else { continue };
        if let Some(Value::String(text)) = property.get_mut("description") {
            let paragraphs = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
            *text = paragraphs.collect::<Vec<_>>().join("\n\n");
        }
        if property.get("default").is_some_and(Value::is_null) {
            property.remove("default");
        }
        if let Some(Value::Array(types)) = property.get_mut("type") {
            types.retain(|one| one != "null");
            if let [one] = types.as_slice() {
                property["type"] = one.clone();
            }
        }
        if let Some(Value::Array(mut forms)) = property.remove("anyOf") {
            forms.retain(|form| form["type"] != "null");
            match forms.as_slice() {
                [Value::Object(one)] => property.extend(one.clone()),
                _ => property["anyOf"] = Value::Array(forms),
            }
        }
    }
}

/// The JSON Schema of a configuration file.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Config).to_value()
}

/// What the help says of a setting's value where it is not set: what stands in brackets.
pub(crate) fn default_in_words(key: &str) -> Option<String> {
    let flags = Config::augment_args(clap::Command::new("settings"));
    let flag = flags.get_arguments().find(|flag| flag.get_long() == Some(key))?;
    let help = flag.get_help()?.to_string();
    let (_, default) = help.split_once("[default: ")?;
    Some(default.split_once(']')?.0.to_owned())
}
