//! From a report to its bytes in the format that is wanted.

use std::io;

use sensortree_core::report::Report;

use crate::error::RenderError;
use crate::format::Format;
use crate::json::lines;
use crate::run_facts::{RunFacts, Timing};
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
    let mut out = io::BufWriter::new(out);
    match format {
        Format::Full => human::render(report, style, timing, &mut out)?,
        Format::Concise => concise::render(report, &mut out)?,
        Format::Json => json::render(report, timing, facts, &mut out)?,
        Format::Jsonl => lines::render(report, timing, facts, &mut out)?,
        Format::Sarif => sarif::render(report, facts, &mut out)?,
        Format::Github => github::render(report, facts, &mut out)?,
        Format::Gitlab => gitlab::render(report, facts, &mut out)?,
        Format::Junit => junit::render(report, timing, facts, &mut out)?,
        Format::Markdown => markdown::render(report, facts, &mut out)?,
        Format::Html => html::render(report, timing, facts, &mut out)?,
        Format::Response => response::render(report, facts, &mut out)?,
    }
    Ok(io::Write::flush(&mut out)?)
}
