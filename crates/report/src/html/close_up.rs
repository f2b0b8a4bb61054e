//! The frames around one place of a scene, each for itself.

use maud::{Markup, html};
use sensortree_core::align::picture::{CloseUp, CloseUpLane, Lane};

use super::chart::{Panel, Shape, marks, short};
use super::scene::{BAR, OVER, Row, class};

/// How wide the mark of a frame is.
const FRAME: f64 = 3.6;

/// Draws the lines of the slots, behind all rows, and the marks of the axis above.
pub(super) fn ground(
    close_up: &CloseUp,
    panel: Panel,
    (top, bottom): (f64, f64),
    timed: bool,
) -> Markup {
    let mut slots = String::new();
    for slot in &close_up.slots {
        slots.push_str(&format!(
            "M{} {}V{}",
            short(x(close_up, panel, *slot)),
            short(top),
            short(bottom)
        ));
    }
    html! {
        path.slot d=(slots) {}
        @for (at, text) in marks(i128::from(close_up.length), timed).into_iter().step_by(2) {
            @let anchor = if at > 0.95 { "end" } else { "middle" };
            text x=(short(panel.left + at * panel.width)) y=(short(top - 8.0)) text-anchor=(anchor) { (text) }
        }
    }
}

fn x(close_up: &CloseUp, panel: Panel, at: i64) -> f64 {
    panel.left + at as f64 / close_up.length.max(1) as f64 * panel.width
}

/// Draws the frames of all sensors that have the reference's: for each slot a line through
/// neighbouring rows, broken between them. `bars` are the upper edges of their bars.
pub(super) fn calm(
    close_up: &CloseUp,
    panel: Panel,
    bars: impl Iterator<Item = Option<f64>>,
    row: f64,
) -> Markup {
    let bars: Vec<Option<f64>> = bars.collect();
    let mut lines = String::new();
    for run in bars.chunk_by(|a, b| a.is_some() == b.is_some()) {
        let (Some(Some(first)), Some(Some(last))) = (run.first(), run.last()) else { continue };
        let (from, to) = (short(first - OVER), short(last + BAR + OVER));
        for slot in &close_up.slots {
            lines.push_str(&format!("M{} {from}V{to}", short(x(close_up, panel, *slot))));
        }
    }
    let mark = BAR + 2.0 * OVER;
    html! {
        @if !lines.is_empty() {
            path.ticks stroke-dasharray={(short(mark)) " " (short(row - mark))} d=(lines) {}
        }
    }
}

/// Draws the frames of one sensor.
pub(super) fn row(
    close_up: &CloseUp,
    (lane, drawn): (&Lane, &CloseUpLane),
    panel: Panel,
    row: &Row,
) -> Markup {
    let top = row.bar() - OVER;
    let height = BAR + 2.0 * OVER;
    let mut frames = Shape::default();
    for at in &drawn.frames {
        frames.rectangle(x(close_up, panel, *at) - FRAME / 2.0, top, FRAME, height);
    }
    let mut extra = Shape::default();
    for at in &drawn.extra {
        extra.rectangle(x(close_up, panel, *at) - FRAME / 2.0, top, FRAME, height);
    }
    let mut missing = Shape::default();
    for at in &drawn.missing {
        missing.rectangle(x(close_up, panel, *at) - FRAME / 2.0, top, FRAME, height);
    }
    let is_off = !lane.deviations.is_empty() || drawn.moved_by != 0;
    let class = class(lane);
    html! {
        @if is_off && drawn.moved_by == 0 { (whiskers(close_up, lane, drawn, panel, top + height / 2.0)) }
        @if !frames.is_empty() { path class=(class) d=(frames.0) {} }
        @if !extra.is_empty() { path.odd d=(extra.0) {} }
        @if !missing.is_empty() { path.gap d=(missing.0) {} }
    }
}

/// From each slot to the frame that belongs to it, as far as a constant offset says.
fn whiskers(close_up: &CloseUp, lane: &Lane, drawn: &CloseUpLane, panel: Panel, y: f64) -> Markup {
    let offset = lane.relation.as_ref().and_then(|relation| relation.offset);
    let by = offset.and_then(|offset| i64::try_from(offset.by).ok()).unwrap_or_default();
    let mut lines = String::new();
    for at in drawn.frames.iter().filter(|_| by != 0) {
        let (from, to) = (x(close_up, panel, at.saturating_sub(by)), x(close_up, panel, *at));
        if (panel.left..=panel.left + panel.width).contains(&from) {
            lines.push_str(&format!("M{} {}H{}", short(from), short(y), short(to)));
        }
    }
    html! { @if !lines.is_empty() { path.whisker d=(lines) {} } }
}
