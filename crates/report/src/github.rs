//! `github`: workflow commands, which GitHub shows as annotations, and the predicted answer in one line of the log.
//!
//! Of each level GitHub shows ten a step. The gravest have one of their own; what is left shares the tenth.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use sensortree_core::finding::settings::Severity;
use sensortree_core::report::Report;
use sensortree_core::text::number;

use crate::closing::verdict_line;
use crate::error::RenderError;
use crate::escape::spelled;
use crate::records::{Record, records};
use crate::run_facts::RunFacts;
use crate::style::Style;

/// How many annotations of a level GitHub shows for a step.
const SHOWN: usize = 10;

/// Writes the commands.
pub(crate) fn render(
    report: &Report,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let records = records(report, facts);
    for severity in Severity::ALL {
        let of_level: Vec<&Record<'_>> =
            records.iter().filter(|record| record.severity == severity).collect();
        let own = if of_level.len() > SHOWN { SHOWN - 1 } else { of_level.len() };
        let (own, rest) = of_level.split_at(own);
        for record in own {
            writeln!(out, "{}", annotation(record))?;
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

fn annotation(record: &Record<'_>) -> String {
    let (region, file) = (record.place.region, property(&spelled(&record.place.path)));
    let mut text = format!("::{} file={file},line={}", command(record.severity), region.start_line);
    if region != crate::places::Region::FILE {
        // Columns are shown only of what stands on one line. Writing to a String cannot fail.
        let _ = match region.start_line == region.end_line {
            true => write!(text, ",col={},endColumn={}", region.start_column, region.end_column),
            false => write!(text, ",endLine={}", region.end_line),
        };
    }
    let _ = write!(text, ",title={}::{}", property(&record.title()), data(&record.text()));
    text
}

/// `::error title=12 more errors::L103 sensor-prefix-missing (4), …`.
fn summed_up(rest: &[&Record<'_>], severity: Severity) -> String {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for record in rest {
        *counts.entry(record.title()).or_default() += 1;
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
