//! The file of a baseline: `sensortree-baseline/1`, JSON with one finding a line, made to be read
//! in a review.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use sensortree_core::report::Report;
use sensortree_core::report::baseline::{Baseline, Entry};
use sensortree_core::rules::groupings;
use sensortree_report::escape::{must_be_written_out, visible, visible_path};
use serde::{Deserialize, Serialize};

use crate::cli::file_system::{folder_of, into_file};
use crate::cli::terminal;

/// Where a baseline goes for which no file is named.
pub const DEFAULT_FILE: &str = "sensortree-baseline.json";

/// The name of the format.
const SCHEMA: &str = "sensortree-baseline/1";

/// What the names of this and later versions of the format begin with.
const ANY_VERSION: &str = "sensortree-baseline/";

/// The largest baseline, in bytes. A hundred thousand findings fit.
pub(crate) const MAX_BYTES: u64 = 64 << 20;

/// Where in a baseline its schema stands at the latest.
const BEGINNING: usize = 1_024;

/// How long a line may be of which a mistake is drawn.
const MAX_DRAWN: usize = 4_000;

/// A baseline that findings are held against, and what it is called.
#[derive(Clone, Debug)]
pub struct BaselineInput {
    /// The file, as the user knows it.
    pub file: String,
    /// What it holds.
    pub baseline: Baseline,
}

/// A baseline that is to be written.
#[derive(Clone, Debug)]
pub struct BaselineOutput {
    path: PathBuf,
}

/// What became of a baseline that was to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaselineSummary {
    /// It holds so many findings.
    Whole(usize),
    /// Not all was looked at, so it was not written.
    Incomplete,
    /// There was nothing to check, so it was not written.
    OfNothing,
}

/// A baseline that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// There is none.
    #[error("there is no baseline `{path}`")]
    Absent {
        /// The file.
        path: String,
    },
    /// The file cannot be read, or not be written.
    #[error("the baseline `{path}` cannot be {done}")]
    Unusable {
        /// The file.
        path: String,
        /// What was to be done with it.
        done: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The file that is to be written holds something else, or what a later version wrote.
    #[error("`{path}` is there already, and is no baseline that can be written anew: {reason}")]
    SomethingElse {
        /// The file.
        path: String,
        /// Why it is none.
        reason: String,
    },
    /// The file says something that is no baseline.
    #[error("the baseline `{path}` cannot be used{}", match .text { Some(_) => String::new(), None => format!(": line {line}: {reason}") })]
    Invalid {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// What is wrong there.
        reason: String,
        /// The text, where it can be drawn.
        text: Option<Box<NamedSource<String>>>,
        /// The place, and what is wrong with it.
        label: LabeledSpan,
    },
}

impl Diagnostic for BaselineError {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        match self {
            BaselineError::Invalid { text: Some(text), .. } => Some(text.as_ref()),
            _ => None,
        }
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        match self {
            BaselineError::Invalid { text: Some(_), label, .. } => {
                Some(Box::new(std::iter::once(label.clone())))
            }
            _ => None,
        }
    }

    fn help(&self) -> Option<Box<dyn std::fmt::Display + '_>> {
        match self {
            BaselineError::Absent { path } => {
                Some(Box::new(format!("to write it: --write-baseline {path}")))
            }
            BaselineError::SomethingElse { .. } => Some(Box::new(
                "name another file, or delete this one; nothing else is ever written over",
            )),
            BaselineError::Invalid { .. } => {
                Some(Box::new("restore it, or delete it and write it anew"))
            }
            BaselineError::Unusable { .. } => None,
        }
    }
}

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

impl BaselineInput {
    /// Reads a baseline.
    ///
    /// # Errors
    /// When it is not there, cannot be read, or is no baseline of this version.
    pub fn read(path: &Path) -> Result<Self, BaselineError> {
        Ok(BaselineInput { file: named(path), baseline: read(path)? })
    }

    /// Takes a baseline's text, which comes from elsewhere than the file.
    ///
    /// # Errors
    /// When it is no baseline of this version.
    pub fn of_text(path: &Path, text: &[u8]) -> Result<Self, BaselineError> {
        Ok(BaselineInput { file: named(path), baseline: of_text(path, text)? })
    }
}

impl BaselineOutput {
    /// Makes sure that a baseline can go to this file.
    ///
    /// # Errors
    /// When something else stands there, or its folder cannot be used.
    pub fn into_file(path: PathBuf) -> Result<Self, BaselineError> {
        let writing = BaselineOutput { path };
        writing.look()?;
        fs::metadata(folder_of(&writing.path))
            .map_err(|source| unusable(&writing.path, "written", source))?;
        Ok(writing)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Nothing but a baseline is written over.
    fn look(&self) -> Result<(), BaselineError> {
        match read(&self.path) {
            Ok(_) | Err(BaselineError::Absent { .. }) => Ok(()),
            Err(BaselineError::Invalid { path, reason, .. }) => {
                Err(BaselineError::SomethingElse { path, reason })
            }
            Err(error) => Err(error),
        }
    }

    /// Writes the findings of a report, whole or not at all, and takes them out of the report.
    /// Findings of an incomplete inspection are not written: what was not seen would count as new
    /// the next time.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(&self, report: &mut Report) -> Result<BaselineSummary, BaselineError> {
        if !report.coverage.is_complete() {
            return Ok(BaselineSummary::Incomplete);
        }
        if report.is_of_nothing() {
            return Ok(BaselineSummary::OfNothing);
        }
        // Something may have come to stand there since.
        self.look()?;
        let baseline = Baseline::of(report);
        let text = drawn(&baseline).map_err(|source| unusable(&self.path, "written", source))?;
        into_file(&self.path, |out| out.write_all(text.as_bytes()))
            .map_err(|source| unusable(&self.path, "written", source))?;
        baseline.apply(&named(&self.path), report);
        Ok(BaselineSummary::Whole(baseline.entries.len()))
    }
}

impl BaselineSummary {
    /// Says on standard error what became of it.
    pub fn say(self, writing: &BaselineOutput) {
        let path = named(&writing.path);
        match self {
            BaselineSummary::Whole(findings) => {
                let findings = sensortree_core::text::count(findings as u64, "finding");
                terminal::note(&format!(
                    "the baseline {path} is written with {findings}; --baseline {path} or `baseline` in sensortree.toml \
                     leaves them out from now on"
                ));
            }
            BaselineSummary::Incomplete => terminal::warn(&format!(
                "the baseline {path} is not written: not all could be read, and what was not seen would count as new"
            )),
            BaselineSummary::OfNothing => {
                terminal::warn(&format!(
                    "the baseline {path} is not written: there was nothing to check"
                ));
            }
        }
    }
}

/// The file's text: the head, and one line per finding, in a fixed order.
fn drawn(baseline: &Baseline) -> io::Result<String> {
    let quoted = |value: &str| serde_json::to_string(value).map(|text| escaped(&text));
    let mut text = format!("{{\n  \"schema\": \"{SCHEMA}\",\n");
    if let Some(target) = &baseline.target {
        text.push_str(&format!("  \"target\": {},\n", quoted(target)?));
    }
    text.push_str(&format!("  \"content\": {},\n", quoted(&baseline.content)?));
    if let Some(sample) = baseline.sample {
        text.push_str(&format!("  \"sample\": {sample},\n"));
    }
    text.push_str("  \"findings\": [");
    for (at, entry) in baseline.entries.iter().enumerate() {
        text.push_str(if at == 0 { "\n    " } else { ",\n    " });
        text.push_str(&escaped(&serde_json::to_string(&Line::of(entry))?));
    }
    text.push_str(if baseline.entries.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
    Ok(text)
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

fn read(path: &Path) -> Result<Baseline, BaselineError> {
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => BaselineError::Absent { path: named(path) },
        _ => unusable(path, "read", source),
    };
    // A pipe would be waited for, and a device may never end.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(unusable(path, "used", io::Error::other("it is no file")));
    }
    let mut bytes = Vec::new();
    let taken = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    taken.map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        let limit = sensortree_core::text::count(MAX_BYTES, "byte");
        return Err(unusable(path, "used", io::Error::other(format!("it is larger than {limit}"))));
    }
    of_text(path, &bytes)
}

fn of_text(path: &Path, bytes: &[u8]) -> Result<Baseline, BaselineError> {
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

fn parse(text: &str) -> Result<Baseline, Fault> {
    #[derive(Deserialize)]
    struct Schema {
        schema: Option<serde_json::Value>,
    }
    #[derive(Deserialize)]
    struct Whole {
        target: Option<String>,
        content: String,
        sample: Option<NonZeroU64>,
        findings: Vec<Line>,
    }
    let is_object = text.trim_start().starts_with('{');
    let foreign = || Fault::foreign(text);
    if !is_object {
        return Err(foreign());
    }
    let Schema { schema } =
        serde_json::from_str(text).map_err(|error| Fault::of_json(text, &error))?;
    match schema.as_ref().and_then(serde_json::Value::as_str) {
        Some(SCHEMA) => {}
        Some(later) if later.starts_with(ANY_VERSION) => {
            let said =
                format!("`{later}` is of another version of sensortree; this one knows `{SCHEMA}`");
            return Err(Fault::at(text, later, said));
        }
        _ => return Err(foreign()),
    }
    let Whole { target, content, sample, findings } =
        serde_json::from_str(text).map_err(|error| Fault::of_json(text, &error))?;
    let entries = findings.into_iter().map(Line::entry).collect();
    Ok(Baseline { target, content, sample, entries })
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

fn named(path: &Path) -> String {
    visible_path(path.as_os_str().as_encoded_bytes())
}

pub(crate) fn unusable(path: &Path, done: &'static str, source: io::Error) -> BaselineError {
    BaselineError::Unusable { path: named(path), done, source }
}
