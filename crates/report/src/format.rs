//! The formats, by the words that name them.

use std::fmt;
use std::str::FromStr;

/// How a report is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Drawn for people: each finding on an excerpt of the tree or document, the
    /// predicted answer last.
    Full,
    /// One line a finding, for grep and an editor's jump list. A tree without findings
    /// gives no line.
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
    /// One page that needs nothing else, with a picture of how the frames lie on the time axis.
    Html,
    /// The envelope that the platform is predicted to answer with, alone.
    Response,
}

impl Format {
    /// Every format, in the order of the help.
    pub const ALL: [Format; 11] = [
        Format::Full,
        Format::Concise,
        Format::Json,
        Format::Jsonl,
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
        Format::Junit,
        Format::Markdown,
        Format::Html,
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
            Format::Html => "html",
            Format::Response => "response",
        }
    }

    /// What it is, in a few words for the help.
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Format::Full => "each finding drawn where it is, the predicted answer last",
            Format::Concise => "one line per finding",
            Format::Json => "one object, sensortree-report/1",
            Format::Jsonl => {
                "one object a line, sensortree-lines/1, with up to 1,000 places a finding \
                 (--max-examples)"
            }
            Format::Sarif => "SARIF 2.1.0, for GitHub's code scanning and others",
            Format::Github => "annotations in a GitHub workflow, and the job's summary",
            Format::Gitlab => "a Code Quality report for GitLab",
            Format::Junit => "test results in JUnit's XML",
            Format::Markdown => "for a comment on a change",
            Format::Html => {
                "one page to look at and to pass round, with a picture of the frames on the time \
                 axis"
            }
            Format::Response => "the answer that the platform is predicted to give, as JSON",
        }
    }

    /// How many examples of a finding it shows where nobody says: in lines, one each, as many as
    /// memory bears in any case; on a page, as many as anybody looks through. `None`: as many as
    /// the rules keep by themselves.
    #[must_use]
    pub fn examples(self) -> Option<usize> {
        match self {
            Format::Jsonl => Some(1_000),
            Format::Html => Some(100),
            _ => None,
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
#[error("`{found}` is not one of {}", Format::ALL.map(Format::as_str).join(", "))]
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
