//! `record` and `accuracy`: what the platform answered, kept beside what was predicted.

pub mod accuracy;
pub mod arguments;
pub mod entry;
pub mod log;
pub mod platform_answer;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use sensortree_core::text::count;
use sensortree_report::escape::visible_path;

use self::accuracy::{Accuracy, Score};
use self::arguments::{AccuracyArguments, AccuracyFormat, LogArguments, RecordArguments};
use self::entry::{Answer, Entry, EntryError};
use self::log::LogError;
use self::platform_answer::{AnswerError, PlatformAnswer};
use crate::cli::terminal;

/// Why nothing is recorded, or nothing can be said of what is.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum RecordError {
    /// The report or the answer cannot be read.
    #[error("`{path}` cannot be read")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Nothing can be recorded of it.
    #[error("of `{path}` nothing can be recorded: {why}")]
    Unusable {
        /// The file.
        path: String,
        /// Why.
        why: EntryError,
    },
    /// The platform's answer cannot be used.
    #[error("the answer `{path}` cannot be used")]
    Answer {
        /// The file.
        path: String,
        /// Why.
        source: AnswerError,
    },
    /// The environment names no folder for the log.
    #[error("there is no folder for the log of answers")]
    #[diagnostic(help("name a file: --log FILE"))]
    NoFolder,
    /// The log cannot be read, or not be written.
    #[error("the log of answers `{path}` cannot be used")]
    Log {
        /// The file.
        path: String,
        /// Why.
        source: LogError,
    },
    /// Nothing is recorded.
    #[error("no answer is recorded in `{path}`")]
    #[diagnostic(help("sensortree record --report report.json --actual 5710"))]
    Nothing {
        /// The file.
        path: String,
    },
}

fn named(path: &Path) -> String {
    visible_path(path.as_os_str().as_encoded_bytes())
}

/// Records an answer, and says where.
///
/// # Errors
/// When the report cannot be used or the log not be written.
pub fn record(arguments: &RecordArguments) -> Result<String, RecordError> {
    let path = || named(&arguments.report);
    let report = fs::read(&arguments.report)
        .map_err(|source| RecordError::Unreadable { path: path(), source })?;
    let answer = match arguments.actual {
        Some(code) => {
            let errors: BTreeSet<String> = arguments.errors.iter().cloned().collect();
            let is_known = arguments.no_errors || !errors.is_empty();
            Answer { code, errors: is_known.then_some(errors) }
        }
        None => answer_in(&arguments.answer)?,
    };
    let entry =
        Entry::new(&report, &answer).map_err(|why| RecordError::Unusable { path: path(), why })?;
    let log = log_path(&arguments.place)?;
    log::append(&log, &entry).map_err(|source| RecordError::Log { path: named(&log), source })?;
    let predicted = entry.predicted.map_or("nothing".to_owned(), |code| code.to_string());
    Ok(format!("predicted {predicted}, answered {}: kept in {}\n", entry.actual, named(&log)))
}

/// The answer that stands in files.
fn answer_in(files: &[PathBuf]) -> Result<Answer, RecordError> {
    let mut answer = PlatformAnswer::default();
    for file in files {
        let path = || named(file);
        let text =
            fs::read(file).map_err(|source| RecordError::Unreadable { path: path(), source })?;
        answer.add(&text).map_err(|source| RecordError::Answer { path: path(), source })?;
    }
    let path = || files.iter().map(|file| named(file)).collect::<Vec<_>>().join("`, `");
    answer.answer().map_err(|source| RecordError::Answer { path: path(), source })
}

/// How often predictions were right.
///
/// # Errors
/// When the log cannot be read, or is empty.
pub fn accuracy(arguments: &AccuracyArguments) -> Result<String, RecordError> {
    let path = log_path(&arguments.place)?;
    let lines = match log::read(&path) {
        Ok(lines) => lines,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(RecordError::Nothing { path: named(&path) });
        }
        Err(error) => {
            return Err(RecordError::Log { path: named(&path), source: error.into() });
        }
    };
    if let Some(first) = lines.unread.first() {
        terminal::warn(&format!(
            "{} of `{}` cannot be read and {} left out, the first is line {first}",
            count(lines.unread.len() as u64, "line"),
            named(&path),
            if lines.unread.len() == 1 { "is" } else { "are" },
        ));
    }
    if lines.entries.is_empty() {
        return Err(RecordError::Nothing { path: named(&path) });
    }
    let accuracy = Accuracy::of(&lines.entries);
    Ok(match arguments.format {
        AccuracyFormat::Text => text(&accuracy),
        AccuracyFormat::Json => json(&accuracy),
    })
}

fn log_path(arguments: &LogArguments) -> Result<PathBuf, RecordError> {
    arguments.log.clone().or_else(log::default_path).ok_or(RecordError::NoFolder)
}

fn json(accuracy: &Accuracy) -> String {
    let mut text = serde_json::to_string_pretty(accuracy).unwrap_or_default();
    text.push('\n');
    text
}

fn text(accuracy: &Accuracy) -> String {
    let mut text = String::new();
    put(
        &mut text,
        format_args!(
            "{} recorded, {} predicted, {} with the code that was predicted\n\n",
            count(accuracy.answers, "answer"),
            accuracy.predicted,
            accuracy.same_code
        ),
    );
    let heads = ["", "claimed", "so", "both", "precision", "recall"];
    let [first, claimed, so, both, precision, recall] = heads;
    put(
        &mut text,
        format_args!("{first:<18}{claimed:>9}{so:>7}{both:>7}{precision:>11}{recall:>9}\n"),
    );
    row(&mut text, "rejected", &accuracy.rejection);
    row(&mut text, "scenes as errors", &accuracy.scenes);
    for (code, score) in &accuracy.rules {
        for (what, score) in [("rejected", &score.rejection), ("scenes", &score.scenes)] {
            // A rule that never claimed it has no part in it.
            if score.claimed > 0 {
                row(&mut text, &format!("{code} {what}"), score);
            }
        }
    }
    text
}

fn row(text: &mut String, what: &str, score: &Score) {
    let Score { claimed, actual, both } = *score;
    let percent =
        |value: Option<u64>| value.map_or("-".to_owned(), |percent| format!("{percent} %"));
    let (precision, recall) = (percent(score.precision()), percent(score.recall()));
    put(
        text,
        format_args!("{what:<18}{claimed:>9}{actual:>7}{both:>7}{precision:>11}{recall:>9}\n"),
    );
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    // A string takes all.
    let _ = text.write_fmt(line);
}
