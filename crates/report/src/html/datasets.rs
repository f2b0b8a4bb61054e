//! Several datasets: a table in front, and what is said of each, folded.

use maud::{Markup, html};
use sensortree_core::report::verdict::Outcome;
use sensortree_core::text::count;

use super::ids;
use super::prose::line;
use crate::datasets::{DatasetRow, accepted_line};
use crate::palette::Palette;
use crate::style::Style;

/// One of several datasets.
#[derive(Debug)]
pub(super) struct Folded {
    /// What the table says of it.
    pub(super) row: DatasetRow,
    /// What is said of it; `None` where it could not be checked.
    pub(super) part: Option<Markup>,
}

/// The table, and the datasets.
pub(super) fn datasets(folded: &[Folded]) -> Markup {
    let rows = || folded.iter().map(|folded| &folded.row);
    let worst = rows().map(|row| row.outcome).max_by_key(|outcome| gravity(*outcome));
    html! {
        header class={"answer " (class(worst))} {
            p.target { "sensortree · " (count(folded.len() as u64, "dataset")) }
            h1 { (accepted_line(rows())) }
        }
        main #main {
            section aria-labelledby="datasets" {
                h2 #datasets { "Datasets" }
                div.scrolls tabindex="0" role="group" aria-label="Datasets" { (table(folded)) }
            }
            @for (at, folded) in folded.iter().enumerate() {
                @if let Some(part) = &folded.part { (one(at, &folded.row, part)) }
            }
        }
    }
}

/// One line a dataset, as in the terminal, which leads to what is said of it.
fn table(folded: &[Folded]) -> Markup {
    html! {
        table.overview.datasets {
            thead { tr {
                th scope="col" { "Dataset" } th scope="col" { "Answer" }
                th scope="col" { "Findings" } th scope="col" { "Do first" }
            } }
            tbody {
                @for (at, Folded { row, part }) in folded.iter().enumerate() {
                    tr class=(tone(row.outcome)) {
                        th scope="row" {
                            @match part {
                                Some(_) => { a href={"#" (ids::dataset(at))} { code { (row.target) } } },
                                None => { code { (row.target) } },
                            }
                        }
                        td { (answer(row)) }
                        td.nobreak { (row.findings) }
                        td { (line(&row.first)) }
                    }
                }
            }
        }
    }
}

/// The predicted code, with its sign.
fn answer(row: &DatasetRow) -> Markup {
    let palette = Palette::new(&Style::default());
    let sign = palette.outcome_sign(row.outcome.unwrap_or(Outcome::Rejected));
    html! {
        span class={"chip " (tone(row.outcome))} { span.sign aria-hidden="true" { (sign) } (row.answer)
            @if row.outcome == Some(Outcome::ScenesAtRisk) { ", at risk" } }
    }
}

fn one(at: usize, row: &DatasetRow, part: &Markup) -> Markup {
    html! {
        details.dataset id=(ids::dataset(at)) {
            summary {
                code { (row.target) } " " (answer(row)) " "
                span.note { @if row.findings == "-" { "no findings" } @else { (row.findings) } }
            }
            article aria-label=(row.target) {
                (part)
                p.note { a href="#datasets" { "Back to the datasets" } }
            }
        }
    }
}

/// The class in the page's style, of a line of the table.
fn tone(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Accepted) => "fine",
        Some(Outcome::ScenesAtRisk | Outcome::Unknown) => "late",
        Some(Outcome::Rejected) | None => "miss",
    }
}

/// The class of the page's head: of the gravest outcome.
fn class(worst: Option<Option<Outcome>>) -> &'static str {
    match worst.flatten() {
        Some(outcome) => super::answer::class(outcome),
        None => "rejected",
    }
}

/// What could not be checked is as grave as what would be rejected.
fn gravity(outcome: Option<Outcome>) -> u8 {
    match outcome {
        Some(Outcome::Accepted) => 0,
        Some(Outcome::Unknown) => 1,
        Some(Outcome::ScenesAtRisk) => 2,
        Some(Outcome::Rejected) | None => 3,
    }
}
