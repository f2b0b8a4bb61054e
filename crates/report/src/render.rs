//! From a report to its bytes in the format that is wanted.

use std::io::{self, Write as _};

use sensortree_core::report::Report;

use crate::error::RenderError;
use crate::format::Format;
use crate::json::lines;
use crate::run_facts::{Check, Dataset, RunFacts, Timing};
use crate::style::Style;
use crate::{concise, github, gitlab, html, human, json, junit, markdown, response, sarif};

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
    match format {
        Format::Json => {
            let mut out = io::BufWriter::new(out);
            json::render(report, timing, facts, &mut out)?;
            Ok(out.flush()?)
        }
        format => {
            let check = Check { report, timing, facts };
            render_all(&[Dataset::Checked(check)], format, style, out)
        }
    }
}

/// Draws the reports of several datasets as one: a document where the format is one (in `json` a
/// list, however many they are), and else one after the other. What could not be checked is named
/// on the page (`html`) alone: the other formats hold findings, and it has none.
///
/// # Errors
/// When `out` does.
pub fn render_all(
    datasets: &[Dataset<'_>],
    format: Format,
    style: &Style,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let mut out = io::BufWriter::new(out);
    let out: &mut dyn io::Write = &mut out;
    let checks: Vec<Check<'_>> = datasets.iter().filter_map(Dataset::check).copied().collect();
    let checks = checks.as_slice();
    match format {
        Format::Sarif => sarif::render(checks, out),
        Format::Gitlab => gitlab::render(checks, out),
        Format::Junit => junit::render(checks, out),
        Format::Json => json::render_list(checks, out),
        Format::Full => in_turn(checks, b"\n", out, |check, out| {
            human::render(check.report, style, check.timing, check.facts, out)
        }),
        Format::Markdown => in_turn(checks, b"\n", out, |check, out| {
            markdown::render(check.report, check.facts, out)
        }),
        Format::Concise => {
            in_turn(checks, b"", out, |check, out| concise::render(check.report, check.facts, out))
        }
        Format::Jsonl => in_turn(checks, b"", out, |check, out| {
            lines::render(check.report, check.timing, check.facts, out)
        }),
        Format::Github => {
            in_turn(checks, b"", out, |check, out| github::render(check.report, check.facts, out))
        }
        Format::Html => html::render(datasets, out),
        Format::Response => {
            in_turn(checks, b"", out, |check, out| response::render(check.report, check.facts, out))
        }
    }?;
    Ok(out.flush()?)
}

/// Draws one report after the other, with something between them.
fn in_turn(
    checks: &[Check<'_>],
    between: &[u8],
    out: &mut dyn io::Write,
    draw: impl Fn(&Check<'_>, &mut dyn io::Write) -> Result<(), RenderError>,
) -> Result<(), RenderError> {
    for (at, check) in checks.iter().enumerate() {
        if at > 0 {
            out.write_all(between)?;
        }
        draw(check, out)?;
    }
    Ok(())
}
