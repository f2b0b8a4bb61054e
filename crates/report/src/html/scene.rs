//! One scene on its time axis.

use maud::{Markup, html};
use sensortree_core::align::picture::{
    Axis, Deviation, Lane, LaneKind, Picture, PicturedScene, Stretch,
};
use sensortree_core::text::{count, number};

use super::chart::{Panel, Shape, marks, short, stamp};
use super::close_up;
use super::prose::name;
use crate::escape::clip_middle;
use crate::quantities::length;
use crate::standing::{Tone, of_lane};

/// The width of the drawing.
pub(super) const WIDTH: f64 = 1160.0;
/// Where a scene is drawn as a whole.
const WHOLE: Panel = Panel { left: 232.0, width: 560.0 };
/// Where single frames are drawn.
const CLOSE: Panel = Panel { left: 836.0, width: 312.0 };
/// How high the marks of the axis are, above the rows.
const HEAD: f64 = 34.0;
/// How high the row of a sensor is that has the reference's frames.
const CALM_ROW: f64 = 24.0;
/// How high another row is.
const ROW: f64 = 38.0;
/// How high a row is that shows distances, too.
const TALL_ROW: f64 = 58.0;
/// How high the bar of the frames is.
pub(super) const BAR: f64 = 14.0;
/// How much higher the marks of single frames are, above and below.
pub(super) const OVER: f64 = 2.0;
/// How high the strip of the distances is.
const STRIP: f64 = 20.0;
/// The narrowest that a gap is drawn.
const LEAST_GAP: f64 = 2.5;
/// How many cells of a sensor's name are shown.
const NAME: usize = 27;
/// How many cells of what is said of it.
const SAID: usize = 30;

/// Where a sensor's row is.
pub(super) struct Row {
    top: f64,
    height: f64,
    is_calm: bool,
}

impl Row {
    /// The upper edge of the bar of its frames.
    pub(super) fn bar(&self) -> f64 {
        self.top + if self.is_calm { (CALM_ROW - BAR) / 2.0 } else { 8.0 }
    }
}

/// How much of a scene is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// All, with single frames around one place.
    Frames,
    /// The scene as a whole.
    Whole,
}

fn rows(scene: &PicturedScene) -> (Vec<Row>, f64) {
    let mut top = HEAD;
    let row = |lane: &Lane| {
        let is_calm = lane.kind == LaneKind::Same;
        let height = match (is_calm, lane.deviations.is_empty()) {
            (true, _) => CALM_ROW,
            (false, true) => ROW,
            (false, false) => TALL_ROW,
        };
        let row = Row { top, height, is_calm };
        top += height;
        row
    };
    let rows = scene.lanes.iter().map(row).collect();
    (rows, top)
}

/// What a script needs to read the axes of all scenes: their left edge and their width.
pub(super) fn measures() -> (String, String) {
    (short(WHOLE.left), short(WHOLE.width))
}

/// A scene as a drawing.
pub(super) struct Drawing {
    /// What is drawn.
    pub(super) inner: Markup,
    /// How high that is, where it is [`WIDTH`] wide.
    pub(super) height: f64,
    /// What it shows.
    title: String,
    axis: Axis,
}

impl Drawing {
    /// The drawing as a part of the page, with what its script needs.
    pub(super) fn svg(&self) -> Markup {
        let Axis { begin, length, tick_ns, .. } = self.axis;
        html! {
            svg.lanes viewBox={"0 0 " (short(WIDTH)) " " (short(self.height))} role="img" aria-label=(self.title)
                data-begin=(begin) data-length=(length) data-tick=(tick_ns.unwrap_or(0)) { (self.inner) }
        }
    }
}

/// Draws a scene; `None` where it has no axis.
pub(super) fn drawing(picture: &Picture, scene: &PicturedScene, detail: Detail) -> Option<Drawing> {
    let axis = scene.axis.as_ref()?;
    let (rows, bottom) = rows(scene);
    let close_up = scene.close_up.as_ref().filter(|_| detail == Detail::Frames);
    let title = format!("{} on its time axis", name(&scene.name));
    let lanes = || scene.lanes.iter().zip(&rows).enumerate();
    let (mut lines, mut tracks, mut whole) = (String::new(), Shape::default(), Shape::default());
    for (_, (lane, row)) in lanes() {
        lines.push_str(&format!("M0 {}h{}", short(row.top), short(WIDTH)));
        if row.is_calm {
            held(lane, row, &mut whole);
        } else if lane.kind != LaneKind::Absent {
            tracks.rectangle(WHOLE.left, row.bar(), WHOLE.width, BAR);
        }
    }
    let inner = html! {
            path.row d=(lines) {}
            (axis_marks(axis, bottom))
            path.track d=(tracks.0) {}
            path.fine d=(whole.0) {}
            @if let Some(close_up) = close_up {
                (close_up::ground(close_up, CLOSE, (HEAD, bottom), axis.timed))
                (close_up::calm(close_up, CLOSE, rows.iter().map(|row| row.is_calm.then(|| row.bar())), CALM_ROW))
                text.strong x=(short(CLOSE.left)) y="12" { "frame by frame" }
                (place_of_close_up(axis, close_up.begin, close_up.length))
            }
            @for (at, (lane, row)) in lanes() {
                (label(picture, at, lane, row))
                @if !row.is_calm {
                    (bar(axis, scene, lane, row))
                    @if !lane.deviations.is_empty() { (strip(axis, lane, row)) }
                    @if let Some(close_up) = close_up && let Some(drawn) = close_up.lanes.get(at) {
                        (close_up::row(close_up, (lane, drawn), CLOSE, row))
                    }
                }
            }
            line.cursor y1=(short(HEAD)) y2=(short(bottom)) {}
    };
    Some(Drawing { inner, height: bottom + 22.0, title, axis: *axis })
}

/// The sensor's name, and what is said of it where it is not the reference's like.
fn label(picture: &Picture, at: usize, lane: &Lane, row: &Row) -> Markup {
    let folder = picture.sensors.get(at).map(|sensor| name(&sensor.folder)).unwrap_or_default();
    let clipped = clip_middle(&folder, NAME, "…");
    if row.is_calm {
        let y = short(row.top + 16.0);
        return html! {
            text.sensor y=(y) { (clipped) @if folder != clipped { title { (folder) } } }
        };
    }
    let said = of_lane(lane);
    let tone = said.first().map_or(Tone::Fine, |statement| statement.tone);
    let words: Vec<&str> = said.iter().map(|statement| statement.text.as_str()).collect();
    let all = words.join(", ");
    let more = if words.len() > 1 { format!(" +{}", words.len() - 1) } else { String::new() };
    let first = clip_middle(words.first().unwrap_or(&""), SAID - more.len(), "…");
    let y = row.top + 16.0;
    html! {
        g { title { (folder) ": " (all) }
            text.sensor y=(short(y)) { (clipped) }
            text class={"said " (tone.class())} y=(short(y + 15.0)) { (first) (more) }
        }
    }
}

/// Where the sensor has frames.
fn held(lane: &Lane, row: &Row, shape: &mut Shape) {
    for span in &lane.covered {
        let (x, width) = WHOLE.extent(*span, 1.0);
        shape.rectangle(x, row.bar(), width, BAR);
    }
}

/// The colour of a sensor's frames, as the class in the page's style.
pub(super) fn class(lane: &Lane) -> &'static str {
    let said = of_lane(lane).into_iter().map(|statement| statement.tone);
    match said.filter(|tone| *tone != Tone::Missing).max() {
        _ if lane.kind == LaneKind::NotCompared => Tone::Mute.class(),
        // Frames too many have a mark of their own; the others are as they should be.
        Some(Tone::Odd) if !is_other(lane) => Tone::Fine.class(),
        Some(tone) => tone.class(),
        None => Tone::Fine.class(),
    }
}

/// Whether all frames are other ones than the reference's.
fn is_other(lane: &Lane) -> bool {
    lane.relation.as_ref().is_some_and(|relation| {
        relation.notation.is_some() || relation.rate.is_some() || relation.unrelated.is_some()
    })
}

/// Where the sensor has frames, where it lacks some, and where it has too many.
fn bar(axis: &Axis, scene: &PicturedScene, lane: &Lane, row: &Row) -> Markup {
    let y = row.bar();
    let mut frames_held = Shape::default();
    held(lane, row, &mut frames_held);
    let mut all = Shape::default();
    all.rectangle(WHOLE.left, y, WHOLE.width, BAR);
    let class = class(lane);
    let frames = scene.lanes.iter().map(|lane| lane.frames).max().unwrap_or_default();
    html! {
        @if lane.kind == LaneKind::Absent {
            path.gap d=(all.0) { title { "no frames here, where others have " (number(frames)) } }
        }
        @if !frames_held.is_empty() {
            path class=(class) d=(frames_held.0) { title { (count(lane.frames, "frame")) } }
        }
        @for stretch in &lane.missing { (gap(axis, stretch, y)) }
        @for stretch in &lane.extra { (surplus(stretch, y)) }
    }
}

/// `1681532064000 – 1681532064900`, as far as a stem says more than a number.
fn stamps(stretch: &Stretch) -> String {
    match stretch.first == stretch.last {
        true => stretch.first.to_string(),
        false => format!("{} – {}", stretch.first, stretch.last),
    }
}

/// A stretch in which frames are missing.
fn gap(axis: &Axis, stretch: &Stretch, y: f64) -> Markup {
    let (x, width) = WHOLE.extent(stretch.span, LEAST_GAP);
    let mut shape = Shape::default();
    shape.rectangle(x, y, width, BAR);
    let long = axis.step.saturating_mul(i128::from(stretch.count));
    let long =
        if axis.step > 0 { format!(", {}", length(long, axis.timed)) } else { String::new() };
    let (left, top) = (short(x + width / 2.0 - 3.0), short(y - 6.0));
    html! {
        g { title { (count(stretch.count, "frame")) " missing" (long) ": " (stamps(stretch)) }
            path.gap d=(shape.0) {}
            // Above it, so that one frame of many is seen.
            path.pin d={"M" (left) " " (top) "h6l-3 5z"} {}
        }
    }
}

/// Frames that the others do not have.
fn surplus(stretch: &Stretch, y: f64) -> Markup {
    let (x, width) = WHOLE.extent(stretch.span, LEAST_GAP);
    let mut shape = Shape::default();
    shape.rectangle(x, y + BAR + 1.5, width, 3.0);
    html! { path.odd d=(shape.0) {
        title { (count(stretch.count, "frame")) " that the others do not have: " (stamps(stretch)) }
    } }
}

/// How far the frames lie off along the axis: above the line ahead, below behind. The edges of
/// the strip are half a step.
fn strip(axis: &Axis, lane: &Lane, row: &Row) -> Markup {
    let middle = row.top + row.height - STRIP / 2.0 - 4.0;
    let reach = (axis.step / 2).max(1) as f64;
    let y = |distance: i64| {
        let part = (distance as f64 / reach).clamp(-1.0, 1.0);
        middle - part * STRIP / 2.0
    };
    let mut band = Shape::default();
    for Deviation { span, low, high } in &lane.deviations {
        let (x, width) = WHOLE.extent(*span, 1.0);
        let (top, bottom) = (y(*high), y(*low));
        // A line where there is no spread.
        let thin = (2.0 - (bottom - top)).max(0.0);
        band.rectangle(x, top - thin / 2.0, width, bottom - top + thin);
    }
    let largest = lane.deviations.iter().map(|it| it.low.abs().max(it.high.abs())).max();
    let largest = length(i128::from(largest.unwrap_or_default()), axis.timed);
    let base = match lane.base {
        0 => String::new(),
        base => format!(" once {} are taken off", length(base.abs(), axis.timed)),
    };
    let words = short(WHOLE.left + WHOLE.width + 5.0);
    html! {
        path.zero d={"M" (short(WHOLE.left)) " " (short(middle)) "h" (short(WHOLE.width))} {}
        path.band d=(band.0) { title { "off the reference by up to " (largest) (base) } }
        text x=(words) y=(short(middle - 3.0)) { "ahead" }
        text x=(words) y=(short(middle + 9.0)) { "behind" }
    }
}

/// The marks of the time axis, and the stamps at which it begins and ends.
fn axis_marks(axis: &Axis, bottom: f64) -> Markup {
    let mut lines = String::new();
    let all = marks(axis.length, axis.timed);
    for (at, _) in &all {
        let x = short(WHOLE.left + at * WHOLE.width);
        lines.push_str(&format!("M{x} {}V{}", short(HEAD), short(bottom)));
    }
    let half = axis.step / 2;
    let (first, last) = (axis.begin + half.max(1), axis.begin + axis.length - half.max(1));
    let end = short(WHOLE.left + WHOLE.width);
    let below = short(bottom + 15.0);
    html! {
        path.grid d=(lines) {}
        g text-anchor="middle" {
            @for (at, text) in &all {
                text x=(short(WHOLE.left + at * WHOLE.width)) y=(short(HEAD - 8.0)) { (text) }
            }
        }
        text.strong x=(short(WHOLE.left)) y="12" { "the whole scene, " (length(axis.length, axis.timed)) }
        text.stamp x=(short(WHOLE.left)) y=(below) { (stamp(axis, first)) }
        text.stamp x=(end) y=(below) text-anchor="end" { (stamp(axis, last)) }
    }
}

/// A frame around the part of the scene that is shown in detail, and where it begins.
fn place_of_close_up(axis: &Axis, begin: i128, long: i64) -> Markup {
    let part = |at: i128| (at - axis.begin) as f64 / axis.length.max(1) as f64;
    let from = WHOLE.left + part(begin) * WHOLE.width;
    let width = (part(begin + i128::from(long)) * WHOLE.width + WHOLE.left - from).max(2.0);
    let right = short(CLOSE.left + CLOSE.width);
    html! {
        path.lens d={"M" (short(from)) " " (short(HEAD - 1.0)) "v-3h" (short(width)) "v3"} {}
        text.stamp x=(right) y="12" text-anchor="end" { "from " (stamp(axis, begin)) }
    }
}
