//! The predicted answer, why, and what to do first.

use std::cmp::Reverse;

use maud::{Markup, html};
use sensortree_core::finding::settings::Severity;
use sensortree_core::report::Report;
use sensortree_core::report::verdict::Outcome;
use sensortree_core::text::{count, number};

use super::ids::Ids;
use super::overview::chips;
use super::prose::{command, line, name, prose};
use crate::fixable::{fix_command, fixable_line};
use crate::palette::Palette;
use crate::run_facts::Timing;
use crate::standing::{Statement, Tone, overall};
use crate::steps::{Step, steps};
use crate::style::Style;
use crate::summary;
use crate::target_name::target_name;

/// How many things to do are named before the rest is counted.
const STEPS: usize = 3;
/// How many more are named where they are asked for.
const MOST_STEPS: usize = 100;
/// How many sensors that stand apart are named at the head.
const APART: usize = 4;
/// How many places of each.
const PLACES: usize = 3;

/// The banner at the head of the page.
pub(super) fn banner(report: &Report, timing: &Timing) -> Markup {
    // As wide as the palette draws: nothing is cut.
    let style = Style { width: usize::MAX, ..Style::default() };
    let palette = Palette::new(&style);
    let outcome = report.verdict.outcome;
    let sign = palette.outcome_sign(outcome);
    let lines = summary::lines(report, &style, timing, false);
    let fixable = fixable_line(report, palette);
    let first = lines.first().map(|line| line.strip_prefix(sign).unwrap_or(line).trim_start());
    html! {
        header class={"answer " (class(outcome))} {
            p.target { "sensortree · " code { (target_name(report)) } }
            h1 { span.sign aria-hidden="true" { (sign) } " " (line(first.unwrap_or_default())) }
            (apart(report))
            @for said in lines.iter().skip(1).filter(|said| Some(*said) != fixable.as_ref()) {
                p { (line(said)) }
            }
            @if report.fixable() > 0 {
                p { (number(report.fixable() as u64)) " of " (count(report.findings.len() as u64, "finding")) " can be fixed: "
                    (command(&fix_command(report))) }
            }
        }
    }
}

/// Which sensors stand apart, and how, the gravest first: what is looked for before anything is
/// read.
fn apart(report: &Report) -> Markup {
    let Some(pictures) = &report.pictures else { return html! {} };
    let picture = &pictures.before;
    let sensors = picture.sensors.iter().enumerate();
    let said = sensors.map(|(at, sensor)| (sensor, overall(picture, at).statements));
    let worst = |said: &[Statement]| said.iter().map(|it| it.tone).max();
    let mut said: Vec<_> =
        said.filter(|(_, said)| worst(said).is_some_and(|tone| tone > Tone::Mute)).collect();
    said.sort_by_key(|(_, said)| Reverse(worst(said)));
    let more = said.len().saturating_sub(APART);
    html! {
        @if !said.is_empty() {
            p.apart {
                @for (sensor, said) in said.iter().take(APART) {
                    span.trouble { code { (name(&sensor.folder)) } " " (chips(said)) }
                }
                @if more > 0 { span.note { "and " (count(more as u64, "sensor")) " more" } }
            }
        }
    }
}

/// The class in the page's style.
pub(super) fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::ScenesAtRisk => "at-risk",
        Outcome::Rejected => "rejected",
        Outcome::Unknown => "unknown",
    }
}

/// What to do, in order.
pub(super) fn to_do(report: &Report, ids: Ids) -> Markup {
    let steps = steps(report);
    let advice =
        report.findings.iter().filter(|finding| finding.severity == Severity::Advice).count();
    html! {
        @if !steps.is_empty() {
            section aria-labelledby=[ids.landmark("first")] {
                h2 id=(ids.id("first")) { "What to do first" }
                ol.steps { @for step in steps.iter().take(STEPS) { li { (to_do_one(step, ids)) } } }
                @if steps.len() > STEPS {
                    details.more {
                        summary { "then " (number((steps.len() - STEPS) as u64)) " more" }
                        ol.steps start=(STEPS + 1) {
                            @for step in steps.iter().skip(STEPS).take(MOST_STEPS) { li { (to_do_one(step, ids)) } }
                        }
                    }
                }
                @if advice > 0 { p.note { "and " (number(advice as u64)) " of advice, which decides nothing" } }
            }
        }
    }
}

fn to_do_one(step: &Step<'_>, ids: Ids) -> Markup {
    let more = step.places.len().saturating_sub(PLACES);
    html! {
        span.help { (prose(step.help)) }
        " " span.note {
            @for (code, at) in step.codes.iter().zip(&step.findings) { a href={"#" (ids.finding(*at))} { (code) } " " }
            @for place in step.places.iter().take(PLACES) { code { (place) } " " }
            @if more > 0 { "and " (number(more as u64)) " more" }
        }
    }
}
