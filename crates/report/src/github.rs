//! `github`: workflow commands, which GitHub shows as annotations, and the predicted answer in one
//! line of the log.
//!
//! Of each level GitHub shows ten a step. The gravest have one of their own; what is left
//! shares the tenth.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use sensortree_core::finding::settings::Severity;
use sensortree_core::report::Report;
use sensortree_core::text::number;

use crate::annotations::{Annotation, annotations};
use crate::error::RenderError;
use crate::escape::spelled;
use crate::run_facts::RunFacts;
use crate::style::Style;
use crate::summary::verdict_line;

/// How many annotations of a level GitHub shows for a step.
const SHOWN: usize = 10;

/// Writes the commands.
pub(crate) fn render(
    report: &Report,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let annotations = annotations(report, facts);
    for severity in Severity::ALL {
        let of_level: Vec<&Annotation<'_>> =
            annotations.iter().filter(|annotation| annotation.severity == severity).collect();
        let own = if of_level.len() > SHOWN { SHOWN - 1 } else { of_level.len() };
        let (own, rest) = of_level.split_at(own);
        for annotation in own {
            writeln!(out, "{}", line(annotation))?;
        }
        if !rest.is_empty() {
            writeln!(out, "{}", summed_up(rest, severity))?;
        }
    }
    Ok(writeln!(out, "{}", verdict_line(report, &Style::default()))?)
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "notice",
    }
}

fn line(annotation: &Annotation<'_>) -> String {
    let (region, file) = (annotation.place.region, property(&spelled(&annotation.place.path)));
    let mut text =
        format!("::{} file={file},line={}", command(annotation.severity), region.start_line);
    if region != crate::places::Region::FILE {
        // Columns are shown only of what stands on one line. Writing to a String cannot fail.
        let _ = match region.start_line == region.end_line {
            true => write!(text, ",col={},endColumn={}", region.start_column, region.end_column),
            false => write!(text, ",endLine={}", region.end_line),
        };
    }
    let _ = write!(text, ",title={}::{}", property(&annotation.title()), data(&annotation.text()));
    text
}

/// `::error title=12 more errors::L103 sensor-prefix-missing (4), …`.
fn summed_up(rest: &[&Annotation<'_>], severity: Severity) -> String {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for annotation in rest {
        *counts.entry(annotation.title()).or_default() += 1;
    }
    let titles: Vec<String> =
        counts.into_iter().map(|(title, count)| format!("{title} ({})", number(count))).collect();
    let level = command(severity);
    let title = format!("{} more of level {level}", number(rest.len() as u64));
    format!("::{level} title={}::{}", property(&title), data(&titles.join(", ")))
}

/// A text behind the second `::`, as the runner decodes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, as the runner decodes it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
