//! `html`: the report as one page that needs nothing else: the answer, what to do first, how the
//! frames lie on the time axis, each finding with all that is known of it, and the JSON report. Of
//! several datasets it is one page, too: a table in front, and what is said of each, folded.
//!
//! All text goes through the template's escaping, and is [`visible`](crate::escape::visible) before
//! that. Nothing of it may run even so: the page's policy admits one style and one script, by their
//! hashes.

mod answer;
mod chart;
mod close_up;
mod datasets;
mod figure;
mod finding;
mod ids;
mod overview;
mod page;
mod part;
mod places;
mod prose;
mod repair;
mod room;
mod run;
mod scene;
mod scenes;

use std::io;

pub(crate) use figure::figure;
use maud::Markup;
use sensortree_core::report::Report;

use self::datasets::Folded;
use self::ids::Ids;
use self::room::Room;
use crate::datasets::DatasetRow;
use crate::error::RenderError;
use crate::json;
use crate::run_facts::{Check, Dataset};

/// How many places of one finding are shown in any case, where they are known.
const FEWEST_PLACES: usize = 5;
/// How many places of one finding the embedded JSON report has at the most.
const PLACES_IN_JSON: usize = 20;

/// Writes the page.
pub(crate) fn render(datasets: &[Dataset<'_>], out: &mut dyn io::Write) -> Result<(), RenderError> {
    // Of which nothing is to be said takes no room from the others.
    let told = |dataset: &&Dataset<'_>| matches!(dataset, Dataset::Checked(check) if !check.report.findings.is_empty());
    let room = Room::of_each(datasets.iter().filter(told).count());
    let json = embedded(datasets, room)?;
    let page = match datasets {
        [Dataset::Checked(check)] => {
            page::of_one(check.report, &part(check, (Ids::ALONE, room)), &json)
        }
        _ => {
            let folded: Vec<Folded> = datasets
                .iter()
                .enumerate()
                .map(|(at, dataset)| match dataset {
                    Dataset::Checked(check) => Folded {
                        row: DatasetRow::new(check.report),
                        part: Some(part(check, (Ids::of(at), room))),
                    },
                    Dataset::Unchecked { target, reason } => {
                        Folded { row: DatasetRow::unchecked(target, reason), part: None }
                    }
                })
                .collect();
            page::of_several(&folded, &json)
        }
    };
    Ok(out.write_all(page.into_string().as_bytes())?)
}

/// All that is said of a dataset.
fn part(check: &Check<'_>, (ids, room): (Ids, Room)) -> Markup {
    let Check { report, timing, facts } = check;
    part::part(&shortened(report, places(report, room)), timing, facts, (ids, room))
}

/// How many places each finding of a report shows.
fn places(report: &Report, room: Room) -> usize {
    (room.places / report.findings.len().max(1)).max(FEWEST_PLACES)
}

/// A report with so many places of each finding at the most.
fn shortened(report: &Report, most: usize) -> Report {
    let mut shortened = report.clone();
    shortened.findings.iter_mut().for_each(|finding| finding.examples.truncate(most));
    shortened
}

/// The document that `json` writes of the same datasets, as it can stand in a script element.
fn embedded(datasets: &[Dataset<'_>], room: Room) -> Result<String, RenderError> {
    let checks = datasets.iter().filter_map(Dataset::check);
    let reports: Vec<Report> = checks
        .clone()
        .map(|check| {
            let most = places(check.report, room).min(PLACES_IN_JSON);
            // The page has the pictures as such.
            Report { pictures: None, ..shortened(check.report, most) }
        })
        .collect();
    let checks: Vec<Check<'_>> =
        checks.zip(&reports).map(|(check, report)| Check { report, ..*check }).collect();
    let mut json = Vec::new();
    match (datasets, checks.as_slice()) {
        ([_], [Check { report, timing, facts }]) => json::render(report, timing, facts, &mut json)?,
        (_, checks) => json::render_list(checks, &mut json)?,
    }
    Ok(inert(&json))
}

/// JSON that can stand in a script element. A `<` is found within strings alone; written as an
/// escape it ends no element and begins no comment.
fn inert(json: &[u8]) -> String {
    String::from_utf8_lossy(json).replace('<', "\\u003c")
}
