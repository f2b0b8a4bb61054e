//! The configuration file: `.sensortree.toml`, `sensortree.toml`, or `[tool.sensortree]` in pyproject.toml.
//!
//! The nearest one at or above the current folder is read, and only that one. A file in the target is never read for
//! being there: a dataset that came from elsewhere does not set the rules of its own check.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::fs;
use std::io;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use sensortree_core::contract::{Basis, Endpoint};
use sensortree_core::rules;
use sensortree_core::settings::{FailOn, PathIgnore, Selector, Severity};
use sensortree_core::text;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};

use crate::args::CheckArguments;
use crate::tolerance::Tolerance;

/// The names that a configuration file can have, the first found winning.
const FILE_NAMES: [&str; 3] = [".sensortree.toml", "sensortree.toml", PYPROJECT];

/// The file of a Python project, which holds other tools' settings too.
const PYPROJECT: &str = "pyproject.toml";

/// The settings of sensortree: what is checked, how grave it is, and what is excused.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "sensortree.toml")]
pub struct Config {
    /// Run only these rules: codes, names, families (`L`) or `ALL`.
    pub select: Vec<Word<Selector>>,
    /// Leave out these rules. The narrower of a selection and an ignore wins; on a tie the ignore does.
    pub ignore: Vec<Word<Selector>>,
    /// How grave the findings of a rule are.
    pub severity: BTreeMap<Word<Selector>, Word<Severity>>,
    /// Findings that are excused at some paths, each with its reason.
    pub per_path_ignores: Vec<PerPathIgnore>,
    /// How far apart two timestamps may lie and still be one frame, as `50ms`. Without it: half the cadence, at most 100 ms.
    #[schemars(with = "Word<Tolerance>")]
    pub tolerance: Option<Word<Tolerance>>,
    /// The sensor that the others' timestamps are compared with, by folder or by name. Without it: the LiDAR with most frames.
    #[schemars(with = "String", transform = without_default)]
    pub reference: Option<String>,
    /// The least that makes the exit code 1. Without it: `scene`.
    #[schemars(with = "Word<FailOn>")]
    pub fail_on: Option<Word<FailOn>>,
    /// The weakest basis that counts for the prediction. Without it: `implied`.
    #[schemars(with = "Word<Basis>")]
    pub basis: Option<Word<Basis>>,
    /// The API call whose answer is predicted. Without it: `import-annotation`, and `upload` for a zip.
    #[schemars(with = "Word<Endpoint>")]
    pub endpoint: Option<Word<Endpoint>>,
    /// How many examples a finding shows. Without it: 5.
    #[schemars(with = "NonZeroUsize", transform = without_default)]
    pub max_examples: Option<NonZeroUsize>,
}

/// Excuses some rules' findings at some paths.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PerPathIgnore {
    /// A glob, relative to the target. `*` stays within a folder, `**` does not; a folder stands for all below it.
    pub path: Word<Pattern>,
    /// The rules that are excused there: codes, names, families or `ALL`.
    pub rules: Vec<Word<Selector>>,
    /// Why, for whoever reads this next.
    pub reason: Word<Reason>,
}

impl PerPathIgnore {
    /// As the core takes it.
    #[must_use]
    pub fn to_core(&self) -> PathIgnore {
        let mut ignore = self.path.0.0.clone();
        ignore.rules = self.rules.iter().map(|word| word.0.clone()).collect();
        ignore.reason.clone_from(&self.reason.0.0);
        ignore
    }
}

/// A glob that was tried.
#[derive(Clone, Debug)]
pub struct Pattern(PathIgnore);

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        PathIgnore::new(text, Vec::new(), String::new()).map(Pattern).map_err(|error| error.kind().to_string())
    }
}

/// A reason that says something.
#[derive(Clone, Debug)]
pub struct Reason(String);

impl FromStr for Reason {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().is_empty() {
            return Err("an ignore needs a reason");
        }
        Ok(Reason(text.to_owned()))
    }
}

/// A string of the file, read as what it names. A mistake in it is drawn where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word<T>(pub T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Parsed within the visit, since that is where the deserializer still knows the place.
        struct Parse<T>(PhantomData<T>);

        impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Parse<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Parse(PhantomData)).map(Word)
    }
}

/// What an editor is told about a [`Word`].
trait Vocabulary {
    /// The name in the schema.
    const NAME: &'static str;

    /// The words, or what they look like.
    fn schema() -> Schema;
}

impl<T: Vocabulary> JsonSchema for Word<T> {
    fn schema_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        T::schema()
    }
}

fn one_of<'w>(words: impl IntoIterator<Item = &'w str>) -> Schema {
    let words: Vec<&str> = words.into_iter().collect();
    json_schema!({ "type": "string", "enum": words })
}

impl Vocabulary for Selector {
    const NAME: &'static str = "Rules";

    fn schema() -> Schema {
        let families = rules::FAMILIES.iter().map(|(letter, _)| *letter);
        let families = families.filter(|letter| rules::ALL.iter().any(|rule| rule.family() == *letter));
        let rules = rules::ALL.iter().flat_map(|rule| [rule.code, rule.name]);
        one_of(std::iter::once("ALL").chain(families).chain(rules))
    }
}

impl Vocabulary for Severity {
    const NAME: &'static str = "Severity";

    fn schema() -> Schema {
        one_of(Severity::ALL.map(Severity::as_str))
    }
}

impl Vocabulary for FailOn {
    const NAME: &'static str = "FailOn";

    fn schema() -> Schema {
        one_of(FailOn::ALL.map(FailOn::as_str))
    }
}

impl Vocabulary for Basis {
    const NAME: &'static str = "Basis";

    fn schema() -> Schema {
        one_of(Basis::ALL.map(Basis::as_str))
    }
}

impl Vocabulary for Endpoint {
    const NAME: &'static str = "Endpoint";

    fn schema() -> Schema {
        one_of(Endpoint::ALL.map(Endpoint::as_str))
    }
}

impl Vocabulary for Tolerance {
    const NAME: &'static str = "Duration";

    fn schema() -> Schema {
        json_schema!({ "type": "string", "examples": ["50ms", "1.5s", "100us"] })
    }
}

impl Vocabulary for Pattern {
    const NAME: &'static str = "Glob";

    fn schema() -> Schema {
        json_schema!({ "type": "string", "examples": ["camera-rear/**", "*/scene_0042"] })
    }
}

impl Vocabulary for Reason {
    const NAME: &'static str = "Reason";

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "\\S" })
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

/// A configuration and where it stands.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The file; `None` where none was found and the defaults hold.
    pub path: Option<PathBuf>,
    /// What it says.
    pub config: Config,
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file says something that is none of our settings.
    #[error("the configuration file {} cannot be used", .text.name())]
    Invalid {
        /// The file's content.
        text: Box<NamedSource<String>>,
        /// The place, and what is wrong with it.
        label: LabeledSpan,
        /// What was most likely meant.
        help: Option<String>,
    },
    /// The file named is a Python project's and has no settings of ours.
    #[error("{} has no [tool.sensortree] table", .0.display())]
    NoTable(PathBuf),
}

impl Diagnostic for ConfigError {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        match self {
            ConfigError::Invalid { text, .. } => Some(text.as_ref()),
            _ => None,
        }
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        match self {
            ConfigError::Invalid { label, .. } => Some(Box::new(std::iter::once(label.clone()))),
            _ => None,
        }
    }

    fn help(&self) -> Option<Box<dyn std::fmt::Display + '_>> {
        match self {
            ConfigError::Invalid { help: Some(help), .. } => Some(Box::new(help)),
            _ => None,
        }
    }
}

/// The configuration of a run: of the file that is named, or else of the nearest one, unless it is to be isolated.
///
/// # Errors
/// When the file cannot be read, or says something that is none of our settings.
pub fn of(arguments: &CheckArguments) -> Result<Found, ConfigError> {
    match &arguments.config {
        _ if arguments.isolated => Ok(Found::default()),
        Some(path) => read(path),
        // A folder that was removed while the user stands in it has no file above it either.
        None => env::current_dir().map_or_else(|_| Ok(Found::default()), |folder| find(&folder)),
    }
}

/// Reads the configuration that the user named.
///
/// # Errors
/// When the file cannot be read, or says something that is none of our settings.
pub fn read(path: &Path) -> Result<Found, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let config = parse(path, &text)?.ok_or_else(|| ConfigError::NoTable(path.to_owned()))?;
    Ok(Found { path: Some(path.to_owned()), config })
}

/// Reads the nearest configuration at or above a folder, or else gives the defaults.
///
/// # Errors
/// When the nearest file cannot be read, or says something that is none of our settings.
pub fn find(folder: &Path) -> Result<Found, ConfigError> {
    for folder in folder.ancestors() {
        for path in FILE_NAMES.map(|name| folder.join(name)) {
            if !path.is_file() {
                continue;
            }
            match read(&path) {
                Ok(found) => return Ok(found),
                // A Python project that does not speak of sensortree is passed by.
                Err(ConfigError::NoTable(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(Found::default())
}

/// `None` for a pyproject.toml that has no table of ours.
fn parse(path: &Path, text: &str) -> Result<Option<Config>, ConfigError> {
    #[derive(Deserialize)]
    struct PyProject {
        #[serde(default)]
        tool: Tools,
    }
    #[derive(Default, Deserialize)]
    struct Tools {
        sensortree: Option<Config>,
    }
    let parsed = if path.file_name().is_some_and(|name| name == PYPROJECT) {
        if !text.contains("sensortree") {
            // Whatever else is wrong with it is no matter of ours.
            return Ok(None);
        }
        toml::from_str(text).map(|project: PyProject| project.tool.sensortree)
    } else {
        toml::from_str(text).map(Some)
    };
    parsed.map_err(|error| invalid(path, text, &error))
}

/// The span; at the very end of the file, behind which nothing can be pointed at, that of the last character.
fn visible(text: &str, span: Range<usize>) -> Range<usize> {
    if span.start < text.len() {
        return span;
    }
    let last = text.trim_end().char_indices().next_back();
    last.map_or(span, |(start, last)| start..start + last.len_utf8())
}

fn invalid(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let span = visible(text, error.span().unwrap_or(0..0));
    let message = error.message();
    let found = text.get(span.clone()).unwrap_or_default();
    let unknown = message.starts_with("unknown field");
    let nearest = if unknown { nearest_key(found) } else { None };
    // The list of all keys is of use only where no one of them is near.
    let message = if nearest.is_some() { format!("unknown field `{found}`") } else { message.to_owned() };
    ConfigError::Invalid {
        text: Box::new(NamedSource::new(path.display().to_string(), text.to_owned()).with_language("TOML")),
        label: LabeledSpan::new_primary_with_span(Some(message), span),
        help: nearest.map(|key| format!("did you mean `{key}`?")),
    }
}

/// The key, of those in the schema, that was most likely meant.
fn nearest_key(found: &str) -> Option<String> {
    let schema = schema();
    let ignore = ["$defs", "PerPathIgnore", "properties"].iter().try_fold(&schema, |value, key| value.get(key));
    let keys = [schema.get("properties"), ignore].into_iter().flatten().filter_map(serde_json::Value::as_object);
    let keys: Vec<&str> = keys.flat_map(serde_json::Map::keys).map(String::as_str).collect();
    text::nearest(found, keys.iter().copied()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Config {
        parse(Path::new("sensortree.toml"), text).unwrap().unwrap()
    }

    /// The text that a mistake is drawn under, what is said there, and the help.
    fn mistake(text: &str) -> (String, String, Option<String>) {
        match parse(Path::new("sensortree.toml"), text) {
            Err(ConfigError::Invalid { label, help, .. }) => (
                text[label.offset()..label.offset() + label.len()].to_owned(),
                label.label().unwrap_or_default().to_owned(),
                help,
            ),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_fault_at_the_end_of_the_file_is_drawn_too() {
        for text in ["ignore = [\"A208\"", "\u{ff}", "ignore ="] {
            let (drawn, said, _) = mistake(text);
            assert!(!drawn.is_empty() && !said.is_empty(), "{text}: {drawn:?} {said:?}");
        }
    }

    #[test]
    fn every_key_is_read() {
        let config = parsed(
            r#"
            select = ["ALL"]
            ignore = ["file-empty"]
            tolerance = "20ms"
            reference = "lidar-top"
            fail-on = "rejection"
            basis = "documented"
            endpoint = "import"
            max-examples = 3

            [severity]
            F101 = "error"

            [[per-path-ignores]]
            path = "camera-rear/**"
            rules = ["F101"]
            reason = "the rear camera was off"
            "#,
        );
        assert_eq!(config.ignore[0].0.as_str(), "file-empty");
        assert_eq!(config.tolerance.unwrap().0.nanoseconds, 20_000_000);
        assert_eq!(config.severity.values().next().unwrap().0, Severity::Error);
        let ignore = config.per_path_ignores[0].to_core();
        assert_eq!(ignore.pattern, "camera-rear/**");
        assert!(ignore.excuses(rules::find("F101").unwrap(), "camera-rear/scene/1.jpg"));
        assert_eq!(ignore.reason, "the rear camera was off");
    }

    #[test]
    fn the_page_on_configuration_knows_every_key_and_its_example_is_right() {
        let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md")).unwrap();
        let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        parsed(example);
        let keys: Vec<String> = schema()["properties"].as_object().unwrap().keys().cloned().collect();
        let table: toml::Table = example.parse().unwrap();
        assert_eq!(table.keys().collect::<Vec<_>>(), keys.iter().collect::<Vec<_>>());
    }

    #[test]
    fn the_schema_takes_what_the_program_takes() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let check = |text: &str, expected: bool| {
            let value: serde_json::Value = toml::from_str(text).unwrap();
            assert_eq!(parse(Path::new("sensortree.toml"), text).is_ok(), expected, "the program on {text}");
            assert_eq!(validator.is_valid(&value), expected, "the schema on {text}");
        };
        let ignore = |path: &str, reason: &str| {
            format!("[[per-path-ignores]]\npath = \"{path}\"\nrules = [\"F101\"]\nreason = \"{reason}\"")
        };
        check("", true);
        check("select = [\"ALL\", \"F\", \"F101\", \"file-empty\"]", true);
        check("tolerance = \"20ms\"\nreference = \"top\"\nmax-examples = 1\nfail-on = \"never\"", true);
        check("[severity]\nfile-empty = \"advice\"", true);
        check(&ignore("a/**", "known"), true);
        check("slect = []", false);
        check("select = \"F\"", false);
        check("select = [\"F999\"]", false);
        check("tolerance = 20", false);
        check("basis = \"guess\"", false);
        check("max-examples = 0", false);
        check("[severity]\nF999 = \"error\"", false);
        check("[severity]\nF101 = \"fatal\"", false);
        check(&ignore("a/**", " "), false);
        check("[[per-path-ignores]]\npath = \"a\"\nrules = []", false);
    }

    #[test]
    fn a_mistake_is_drawn_where_it_stands() {
        let check = |text: &str, at: &str, says: &str, help: Option<&str>| {
            let (found_at, said, found_help) = mistake(text);
            assert_eq!(found_at, at, "{text}");
            assert!(said.contains(says), "{text}: {said}");
            assert_eq!(found_help.as_deref(), help, "{text}");
        };
        check("slect = []", "slect", "unknown field", Some("did you mean `select`?"));
        check("fail_on = \"scene\"", "fail_on", "unknown field", Some("did you mean `fail-on`?"));
        check("quite-another-thing = 1", "quite-another-thing", "unknown field", None);
        check("select = \"L\"", "\"L\"", "expected a sequence", None);
        check("select = [\"ALL\", \"F1O1\"]", "\"F1O1\"", "did you mean `F101`?", None);
        check("max-examples = 0", "0", "nonzero", None);
        check("tolerance = \"soon\"", "\"soon\"", "no duration", None);
        check("basis = \"guess\"", "\"guess\"", "documented, implied, advice", None);
        check("[severity]\nF101 = \"fatal\"", "\"fatal\"", "error, warning, advice", None);
        check("[severity]\nF999 = \"error\"", "F999", "names no rule", None);
        let ignore = |path: &str, reason: &str| {
            format!("[[per-path-ignores]]\npath = \"{path}\"\nrules = [\"F101\"]\nreason = \"{reason}\"")
        };
        check(&ignore("a/[", "b"), "\"a/[\"", "unclosed", None);
        check(&ignore("a", " "), "\" \"", "needs a reason", None);
        check(&ignore("a", "b").replace("reason", "raeson"), "raeson", "unknown field", Some("did you mean `reason`?"));
    }

    #[test]
    fn the_nearest_file_wins_and_a_project_of_others_is_passed_by() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
        write("sensortree.toml", "max-examples = 1");
        write("a/pyproject.toml", "[tool.ruff]\nline-length = 100\n");
        let examples = || find(&inner).unwrap().config.max_examples.map(NonZeroUsize::get);
        assert_eq!(examples(), Some(1));
        write("a/pyproject.toml", "[tool.sensortree]\nmax-examples = 2\n");
        assert_eq!(examples(), Some(2));
        write("a/sensortree.toml", "max-examples = 3");
        assert_eq!(examples(), Some(3));
        write("a/.sensortree.toml", "max-examples = 4");
        assert_eq!(examples(), Some(4));
        write("a/b/pyproject.toml", "[tool.sensortree]\nmax-exmaples = 5\n");
        assert!(find(&inner).is_err());
    }
}
