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

use std::io;

use sensortree_core::report::Report;

use crate::error::RenderError;
use crate::json;
use crate::run_facts::{RunFacts, Timing};

/// How many places the page shows of all findings together, where each has many.
const PLACES_OF_ALL: usize = 600;
/// How many places of one finding are shown in any case, where they are known.
const FEWEST_PLACES: usize = 5;

/// How many places of one finding the embedded JSON report has at the most.
const PLACES_IN_JSON: usize = 20;

/// Writes the page.
pub(crate) fn render(
    report: &Report,
    timing: &Timing,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let most = (PLACES_OF_ALL / report.findings.len().max(1)).max(FEWEST_PLACES);
    let shorten = |most: usize| {
        let mut shortened = report.clone();
        shortened.findings.iter_mut().for_each(|finding| finding.examples.truncate(most));
        shortened
    };
    let mut json = Vec::new();
    json::render(&shorten(most.min(PLACES_IN_JSON)), timing, facts, &mut json)?;
    let page = page::page(&shorten(most), timing, facts, &inert(&json));
    Ok(out.write_all(page.into_string().as_bytes())?)
}

/// JSON that can stand in a script element. A `<` is found within strings alone; written as an
/// escape it ends no element and begins no comment.
fn inert(json: &[u8]) -> String {
    String::from_utf8_lossy(json).replace('<', "\\u003c")
}
