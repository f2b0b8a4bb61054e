//! The text of a baseline: JSON with one finding a line, made to be read in a review.
//! `sensortree-baseline/1` is of one dataset, `sensortree-baseline/2` of each of several.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::num::NonZeroU64;
use std::path::Path;

use miette::{LabeledSpan, NamedSource};
use sensortree_core::report::baseline::{Baseline, Entry};
use sensortree_core::rules::groupings;
use sensortree_report::escape::{must_be_written_out, visible};
use serde::{Deserialize, Serialize};

use super::{BaselineError, named};
use crate::cli::terminal;

/// The name of the format, where it is of one dataset.
const SCHEMA: &str = "sensortree-baseline/1";

/// The name of the format, where it is of several.
const SCHEMA_OF_EACH: &str = "sensortree-baseline/2";

/// What the names of these and later versions of the format begin with.
const ANY_VERSION: &str = "sensortree-baseline/";

/// Where in a baseline its schema stands at the latest.
const BEGINNING: usize = 1_024;

/// How long a line may be of which a mistake is drawn.
const MAX_DRAWN: usize = 4_000;

/// One finding of a file.
#[derive(Serialize, Deserialize)]
struct Line {
    code: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sensor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scene: Option<String>,
    count: u64,
    message: String,
    fingerprint: String,
    contents: String,
    /// By which revision the rule grouped its findings. What says none was written by the first.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    grouping: u32,
}

fn first() -> u32 {
    groupings::FIRST
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_first(grouping: &u32) -> bool {
    *grouping == groupings::FIRST
}

/// What the file of a baseline holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Baselines {
    /// The findings of one dataset, wherever it lies.
    One(Baseline),
    /// Those of several, each under the way from the file's folder to the dataset, or under its
    /// address.
    Each(BTreeMap<String, Baseline>),
}

impl Baselines {
    /// The file's text: the head, and one line per finding, in a fixed order.
    pub(super) fn drawn(&self) -> io::Result<String> {
        let mut text = String::new();
        match self {
            Baselines::One(baseline) => {
                text.push_str(&format!("{{\n  \"schema\": \"{SCHEMA}\",\n"));
                if let Some(target) = &baseline.target {
                    text.push_str(&format!("  \"target\": {},\n", quoted(target)?));
                }
                draw(baseline, "  ", &mut text)?;
                text.push_str("}\n");
            }
            Baselines::Each(datasets) => {
                text.push_str(&format!("{{\n  \"schema\": \"{SCHEMA_OF_EACH}\",\n"));
                text.push_str("  \"datasets\": {");
                for (at, (name, baseline)) in datasets.iter().enumerate() {
                    text.push_str(if at == 0 { "\n    " } else { ",\n    " });
                    text.push_str(&format!("{}: {{\n", quoted(name)?));
                    draw(baseline, "      ", &mut text)?;
                    text.push_str("    }");
                }
                text.push_str(if datasets.is_empty() { "}\n}\n" } else { "\n  }\n}\n" });
            }
        }
        Ok(text)
    }
}

fn draw(baseline: &Baseline, indent: &str, text: &mut String) -> io::Result<()> {
    text.push_str(&format!("{indent}\"content\": {},\n", quoted(&baseline.content)?));
    if let Some(sample) = baseline.sample {
        text.push_str(&format!("{indent}\"sample\": {sample},\n"));
    }
    text.push_str(&format!("{indent}\"findings\": ["));
    for (at, entry) in baseline.entries.iter().enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        let line = escaped(&serde_json::to_string(&Line::of(entry))?);
        text.push_str(&format!("{indent}  {line}"));
    }
    if !baseline.entries.is_empty() {
        text.push_str(&format!("\n{indent}"));
    }
    text.push_str("]\n");
    Ok(())
}

fn quoted(value: &str) -> io::Result<String> {
    Ok(escaped(&serde_json::to_string(value)?))
}

/// JSON in one line, with every character that cannot be seen written out.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if must_be_written_out(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    text
}

impl Line {
    fn of(entry: &Entry) -> Self {
        let Entry { code, sensor, scene, fingerprint, contents, name, count, message, grouping } =
            entry.clone();
        Line { code, name, sensor, scene, count, message, fingerprint, contents, grouping }
    }

    fn entry(self) -> Entry {
        let Line { code, name, sensor, scene, count, message, fingerprint, contents, grouping } =
            self;
        Entry { code, sensor, scene, fingerprint, contents, name, count, message, grouping }
    }
}

pub(super) fn of_text(path: &Path, bytes: &[u8]) -> Result<Baselines, BaselineError> {
    let text = String::from_utf8_lossy(bytes);
    parse(&text).map_err(|fault| fault.of(path, &text, is_ours(&text)))
}

/// Whether a text begins as a baseline does. Of any other nothing is shown: a configuration file
/// can name what it likes.
fn is_ours(text: &str) -> bool {
    let mut from = text.len().min(BEGINNING);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    text.get(..from).is_some_and(|beginning| beginning.contains(ANY_VERSION))
}

/// What is wrong with a text, and where.
struct Fault {
    offset: usize,
    length: usize,
    said: String,
}

/// One dataset's findings as they stand in a file.
#[derive(Deserialize)]
struct Whole {
    target: Option<String>,
    content: String,
    sample: Option<NonZeroU64>,
    findings: Vec<Line>,
}

impl Whole {
    fn baseline(self) -> Baseline {
        let Whole { target, content, sample, findings } = self;
        Baseline {
            target,
            content,
            sample,
            entries: findings.into_iter().map(Line::entry).collect(),
        }
    }
}

fn parse(text: &str) -> Result<Baselines, Fault> {
    #[derive(Deserialize)]
    struct Schema {
        schema: Option<serde_json::Value>,
    }
    #[derive(Deserialize)]
    struct Each {
        datasets: BTreeMap<String, Whole>,
    }
    let is_object = text.trim_start().starts_with('{');
    let foreign = || Fault::foreign(text);
    if !is_object {
        return Err(foreign());
    }
    let Schema { schema } =
        serde_json::from_str(text).map_err(|error| Fault::of_json(text, &error))?;
    let of_json = |error: serde_json::Error| Fault::of_json(text, &error);
    match schema.as_ref().and_then(serde_json::Value::as_str) {
        Some(SCHEMA) => {
            let whole: Whole = serde_json::from_str(text).map_err(of_json)?;
            Ok(Baselines::One(whole.baseline()))
        }
        Some(SCHEMA_OF_EACH) => {
            let Each { datasets } = serde_json::from_str(text).map_err(of_json)?;
            let datasets = datasets.into_iter().map(|(name, whole)| (name, whole.baseline()));
            Ok(Baselines::Each(datasets.collect()))
        }
        Some(later) if later.starts_with(ANY_VERSION) => {
            let said = format!(
                "`{later}` is of another version of sensortree; this one knows `{SCHEMA}` and `{SCHEMA_OF_EACH}`"
            );
            Err(Fault::at(text, later, said))
        }
        _ => Err(foreign()),
    }
}

impl Fault {
    fn foreign(text: &str) -> Self {
        let said =
            format!("it is no baseline of sensortree, which says `\"schema\": \"{SCHEMA}\"`");
        Fault { offset: 0, length: text.chars().next().map_or(0, char::len_utf8), said }
    }

    fn at(text: &str, found: &str, said: String) -> Self {
        Fault { offset: text.find(found).unwrap_or_default(), length: found.len(), said }
    }

    fn of_json(text: &str, error: &serde_json::Error) -> Self {
        // What is wrong with a value is said with the value.
        if error.is_data() && !is_ours(text) {
            return Fault::foreign(text);
        }
        let before: usize =
            text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        // Columns count bytes, from 1; at the end of a text there is nothing to point at.
        let mut offset = (before + error.column().saturating_sub(1))
            .min(text.trim_end().len().saturating_sub(1));
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let length =
            text.get(offset..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or_default().to_owned();
        Fault { offset, length, said }
    }

    fn of(self, path: &Path, text: &str, is_ours: bool) -> BaselineError {
        let Fault { offset, length, said } = self;
        let before = text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let is_drawn = is_ours
            && text
                .lines()
                .skip(line.saturating_sub(3))
                .take(5)
                .all(|line| line.len() <= MAX_DRAWN);
        let reason = visible(&said).into_owned();
        BaselineError::Invalid {
            path: named(path),
            text: is_drawn.then(|| {
                Box::new(
                    NamedSource::new(named(path), terminal::harmless(text)).with_language("JSON"),
                )
            }),
            label: LabeledSpan::new_primary_with_span(
                Some(reason.clone()),
                offset..offset + length,
            ),
            line,
            reason,
        }
    }
}
