//! Draws a [`Report`]. One module a format; [`Format`] names those there are.
//!
//! The crate judges nothing and asks nothing of the world: the terminal's width, the colours and the clock are handed in.

pub mod escape;

mod closing;
mod concise;
mod document_view;
mod excerpt;
mod github;
mod gitlab;
mod human;
mod ink;
mod json;
mod junit;
mod markdown;
mod places;
mod records;
mod response;
mod sarif;
mod tree_view;

use std::fmt;
use std::io;
use std::str::FromStr;

use sensortree_core::finding::settings::FailOn;
use sensortree_core::report::Report;

pub use closing::verdict_line;
pub use json::lines::lines_schema;
pub use json::report_schema;
pub use places::{Places, STATED_ANCHOR};

/// How a report is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Drawn for people: each finding on an excerpt of the tree or document, the predicted answer last.
    Full,
    /// One line a finding, for grep and an editor's jump list. A tree without findings gives no line.
    Concise,
    /// `sensortree-report/1`, one JSON object.
    Json,
    /// `sensortree-lines/1`, one JSON object a line, with every place that is known.
    Jsonl,
    /// SARIF 2.1.0, as GitHub's code scanning takes it.
    Sarif,
    /// Workflow commands, which GitHub shows as annotations.
    Github,
    /// A Code Quality report of GitLab.
    Gitlab,
    /// Test results.
    Junit,
    /// A comment on a change, or a job's summary.
    Markdown,
    /// The envelope that the platform is predicted to answer with, alone.
    Response,
}

impl Format {
    /// Every format, in the order of the help.
    pub const ALL: [Format; 10] = [
        Format::Full,
        Format::Concise,
        Format::Json,
        Format::Jsonl,
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
        Format::Junit,
        Format::Markdown,
        Format::Response,
    ];

    /// The word used on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Full => "full",
            Format::Concise => "concise",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Junit => "junit",
            Format::Markdown => "markdown",
            Format::Response => "response",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is none of {}", Format::ALL.map(Format::as_str).join(", "))]
pub struct UnknownFormat {
    /// The word as given.
    pub found: String,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Format::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or_else(|| UnknownFormat { found: text.to_owned() })
    }
}

/// How the formats for people look. The others take no notice of it.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// Whether to draw with characters beyond ASCII. Names are shown as they are either way.
    pub unicode: bool,
    /// The terminal's width in cells.
    pub width: usize,
    /// The predicted answer only.
    pub quiet: bool,
    /// 0: enough to act on. 1: every fact a finding rests on, each sensor, and more names. 2 and over: every name.
    pub verbose: u8,
}

impl Style {
    /// How many scenes or paths are named before the rest is counted.
    pub(crate) fn named(&self) -> usize {
        match self.verbose {
            0 => 3,
            1 => 20,
            _ => usize::MAX,
        }
    }
}

impl Default for Style {
    fn default() -> Self {
        Style { color: false, unicode: true, width: 80, quiet: false, verbose: 0 }
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
    /// Where in a repository what was checked lies.
    pub places: Places,
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
            places: Places::default(),
        }
    }
}

/// A report that could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The output took no more.
    #[error("cannot write the report: {0}")]
    Write(#[from] io::Error),
    /// The report could not be written as JSON.
    #[error("cannot write the report as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// An excerpt could not be drawn.
    #[error("cannot draw an excerpt of the report")]
    Draw(#[from] fmt::Error),
}

impl RenderError {
    /// Whether the reader went away, as `head` does: nothing to complain about.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        let kind = match self {
            RenderError::Write(error) => Some(error.kind()),
            RenderError::Json(error) => error.io_error_kind(),
            RenderError::Draw(_) => None,
        };
        kind == Some(io::ErrorKind::BrokenPipe)
    }
}

/// What the target is called in drawings: the place as the user named it, or for `.` and `..` the folder's own name.
pub(crate) fn target_name(report: &Report) -> String {
    let target = &report.target;
    let unnamed = target
        .uri
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .is_none_or(|last| matches!(last, "" | "." | ".."));
    match target.segments.last() {
        Some(name) if unnamed => escape::visible(name).into_owned(),
        _ if target.uri.is_empty() => ".".to_owned(),
        _ => escape::visible(&target.uri).into_owned(),
    }
}

/// Draws the report. The same report gives the same bytes, `timing` and the date aside.
///
/// # Errors
/// When `out` does.
pub fn render(
    report: &Report,
    format: Format,
    style: &Style,
    timing: &Timing,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let mut out = io::BufWriter::new(out);
    match format {
        Format::Full => human::render(report, style, timing, &mut out)?,
        Format::Concise => concise::render(report, &mut out)?,
        Format::Json => json::render(report, timing, facts, &mut out)?,
        Format::Jsonl => json::lines::render(report, timing, facts, &mut out)?,
        Format::Sarif => sarif::render(report, facts, &mut out)?,
        Format::Github => github::render(report, facts, &mut out)?,
        Format::Gitlab => gitlab::render(report, facts, &mut out)?,
        Format::Junit => junit::render(report, timing, facts, &mut out)?,
        Format::Markdown => markdown::render(report, facts, &mut out)?,
        Format::Response => response::render(report, facts, &mut out)?,
    }
    Ok(io::Write::flush(&mut out)?)
}
