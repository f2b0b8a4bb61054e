//! `html`: the report as one page that needs nothing else: the answer, what to do first, how the
//! frames lie on the time axis, each finding with all that is known of it, and the JSON report.
//!
//! All text goes through the template's escaping, and is [`visible`](crate::escape::visible) before
//! that. Nothing of it may run even so: the page's policy admits one style and one script, by their
//! hashes.

mod answer;
mod chart;
mod close_up;
mod finding;
mod overview;
mod page;
mod places;
mod prose;
mod repair;
mod run;
mod scene;
mod scenes;
mod standing;
#[cfg(test)]
mod tests;

use std::io;

use sensortree_core::report::Report;

use crate::error::RenderError;
use crate::json;
use crate::run_facts::{RunFacts, Timing};

/// How many places the page shows of all findings together, where each has many.
const PLACES_OF_ALL: usize = 3_000;
/// How many places of one finding are shown in any case, where they are known.
const FEWEST_PLACES: usize = 5;

/// Writes the page.
pub(crate) fn render(
    report: &Report,
    timing: &Timing,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let most = (PLACES_OF_ALL / report.findings.len().max(1)).max(FEWEST_PLACES);
    let mut shortened = report.clone();
    for finding in &mut shortened.findings {
        finding.examples.truncate(most);
    }
    let mut json = Vec::new();
    json::render(&shortened, timing, facts, &mut json)?;
    let page = page::page(&shortened, timing, facts, &inert(&json));
    Ok(out.write_all(page.into_string().as_bytes())?)
}

/// JSON that can stand in a script element. A `<` is found within strings alone; written as an
/// escape it ends no element and begins no comment.
fn inert(json: &[u8]) -> String {
    String::from_utf8_lossy(json).replace('<', "\\u003c")
}
