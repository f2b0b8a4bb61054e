//! All that is said of one dataset.

use maud::{Markup, html};
use sensortree_core::report::Report;
use sensortree_core::report::pictures::Pictures;

use super::ids::Ids;
use super::overview::overview;
use super::repair::command_for_all;
use super::room::Room;
use super::scenes::Scenes;
use super::{answer, finding, run};
use crate::run_facts::{RunFacts, Timing};

/// The answer, and below it the rest: where the dataset is the only one of the page, that is its
/// main part.
pub(super) fn part(
    report: &Report,
    timing: &Timing,
    facts: &RunFacts,
    (ids, room): (Ids, Room),
) -> Markup {
    let rest = html! {
        (answer::to_do(report, ids))
        @if let Some(pictures) = &report.pictures { (picture(report, pictures, (ids, room))) }
        (finding::findings(report, facts, (ids, room)))
        (run::run(report, timing, facts, ids))
    };
    html! {
        (answer::banner(report, timing))
        @if ids.is_alone() { main #main { (rest) } } @else { (rest) }
    }
}

/// The sensors at a glance, and the scenes; nothing where there are none.
fn picture(report: &Report, pictures: &Pictures, (ids, room): (Ids, Room)) -> Markup {
    if pictures.before.sensors.is_empty() || pictures.before.scenes.is_empty() {
        return html! {};
    }
    let after = pictures.after.as_ref();
    let command = command_for_all(report, after.map(|after| after.allow).unwrap_or_default());
    let scenes = Scenes::new(&pictures.before, after, command, (ids, room));
    html! { (overview(&pictures.before, &scenes.anchors, (ids, room))) (scenes.section()) }
}
