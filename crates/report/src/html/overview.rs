//! The sensors at a glance: what is to be said of each, in which scenes, and how far its frames
//! lie from the reference's.

use maud::{Markup, html};
use sensortree_core::align::picture::{Histogram, LaneKind, Picture, PicturedScene};
use sensortree_core::names::SensorKind;
use sensortree_core::text::{count, number};

use super::chart::{Shape, short};
use super::ids::Ids;
use super::prose::name;
use super::room::Room;
use crate::quantities::length;
use crate::standing::{Cell, Statement, Tone, cell, columns, of_lane, overall};

/// The most columns of the map: where there are more scenes, neighbours share one.
const MOST_COLUMNS: usize = 96;
/// The fewest, however many sensors there are.
const FEWEST_COLUMNS: usize = 8;
/// How many bytes a cell has in which something is to be said, more or less.
const CELL: usize = 400;
/// How wide and how high the map of one sensor is.
const MAP: (f64, f64) = (420.0, 24.0);
/// The widest that one column is.
const WIDEST_COLUMN: f64 = 48.0;
/// How many bars a histogram has on either side of the one in the middle.
const BARS: usize = 16;
/// How wide and how high a histogram is.
const HISTOGRAM: (f64, f64) = (165.0, 34.0);

/// Draws it.
pub(super) fn overview(
    picture: &Picture,
    anchors: &[Option<String>],
    (ids, room): (Ids, Room),
) -> Markup {
    let most = room.maps / CELL / troubled_sensors(picture).max(1);
    let columns = columns(picture.scenes.len(), most.clamp(FEWEST_COLUMNS, MOST_COLUMNS));
    let percent =
        picture.sensors.iter().map(|it| it.histogram.occupied_percent()).max().unwrap_or(100);
    let (reach, timed) =
        picture.sensors.first().map_or((0, true), |it| (it.histogram.reach, it.histogram.timed));
    // Numbers that are no times are not divided.
    let percent = if timed { percent } else { 100 };
    let reach = i128::from(reach) * i128::from(percent) / 100;
    let share = picture.scenes.len().div_ceil(columns.len().max(1));
    html! {
        section aria-labelledby=[ids.landmark("sensors")] {
            h2 id=(ids.id("sensors")) { "Sensors at a glance" }
            div.scrolls tabindex="0" role="group" aria-label="Sensors, scene by scene" {
                table.overview {
                    thead { tr {
                        th scope="col" { "Sensor" }
                        th scope="col" { "What is to be said" }
                        th scope="col" {
                            "Scene by scene"
                            @if share > 1 {
                                span.note { " up to " (number(share as u64)) " scenes a column, the worst shown" }
                            }
                        }
                        th scope="col" {
                            "Off the reference, "
                            span.nobreak { "±" (length(reach, timed)) }
                        }
                    } }
                    tbody {
                        @for (at, sensor) in picture.sensors.iter().enumerate() {
                            @let said = overall(picture, at).statements;
                            tr class=(worst(&said).class()) {
                                th scope="row" {
                                    span.kind { (kind(sensor.kind)) }
                                    span.name { (name(&sensor.folder)) }
                                }
                                td { (chips(&said)) }
                                td { (map(picture, at, &columns, anchors)) }
                                td { (histogram(&sensor.histogram, percent)) }
                            }
                        }
                    }
                }
            }
            (legend(picture))
        }
    }
}

/// What is said, each as a sign of its own.
pub(super) fn chips(said: &[Statement]) -> Markup {
    html! {
        @for Statement { tone, text } in said {
            span class={"chip " (tone.class())} { span.sign aria-hidden="true" { (tone.sign()) } (text) }
            " "
        }
    }
}

fn worst(said: &[Statement]) -> Tone {
    said.iter().map(|statement| statement.tone).max().unwrap_or(Tone::Fine)
}

fn kind(kind: SensorKind) -> &'static str {
    match kind {
        SensorKind::Lidar => "LiDAR",
        SensorKind::Camera => "camera",
    }
}

/// What the colours are, of those that are there.
fn legend(picture: &Picture) -> Markup {
    let words = [
        (Tone::Fine, "complete, with the reference's stamps"),
        (Tone::Clock, "ahead, behind, jittering: the clock stands apart"),
        (Tone::Missing, "missing frames"),
        (Tone::Odd, "other rate, other unit, too many frames"),
        (Tone::Mute, "not compared"),
    ];
    html! {
        p.legend {
            @for (tone, text) in words.into_iter().filter(|(tone, _)| has(picture, *tone)) {
                span { span class={"swatch " (tone.class())} {} (text) }
            }
        }
    }
}

fn has(picture: &Picture, tone: Tone) -> bool {
    let lanes = picture.scenes.iter().flat_map(|scene| &scene.lanes);
    lanes.flat_map(of_lane).any(|statement| statement.tone == tone)
}

/// How many sensors there are of which something is to be said in a scene.
fn troubled_sensors(picture: &Picture) -> usize {
    let is_troubled = |sensor: &usize| {
        let mut lanes = picture.scenes.iter().filter_map(|scene| scene.lanes.get(*sensor));
        lanes.any(|lane| lane.kind != LaneKind::Same)
    };
    (0..picture.sensors.len()).filter(is_troubled).count()
}

/// One sensor in all scenes.
fn map(
    picture: &Picture,
    sensor: usize,
    columns: &[(usize, usize)],
    anchors: &[Option<String>],
) -> Markup {
    let (most, height) = MAP;
    let width = (most / columns.len().max(1) as f64).min(WIDEST_COLUMN);
    let gap = if width > 6.0 { 1.5 } else { 0.6 };
    let mut whole = Shape::default();
    let mut others: Vec<(f64, Cell, &[PicturedScene], usize)> = Vec::new();
    for (at, (from, to)) in columns.iter().enumerate() {
        let scenes = picture.scenes.get(*from..*to).unwrap_or_default();
        let shown = cell(scenes.iter().filter_map(|scene| scene.lanes.get(sensor)));
        let x = at as f64 * width;
        if shown.tone == Tone::Fine && shown.missing == 0.0 {
            whole.rectangle(x, 0.0, width - gap, height);
        } else {
            others.push((x, shown, scenes, *from));
        }
    }
    let all = short(width * columns.len() as f64);
    let words = format!(
        "{} of {} as the reference",
        number((columns.len() - others.len()) as u64),
        count(columns.len() as u64, "column")
    );
    html! {
        svg.map width=(all) height=(short(height)) viewBox={"0 0 " (all) " " (short(height))} role="group" aria-label=(words) {
            @if !whole.is_empty() { path.fine d=(whole.0) {} }
            @for (x, shown, scenes, from) in others {
                (troubled((x, width - gap), shown, scenes, (sensor, from), anchors))
            }
        }
    }
}

/// A cell in which something is to be said: a way to the first scene of which that holds.
fn troubled(
    (x, width): (f64, f64),
    shown: Cell,
    scenes: &[PicturedScene],
    (sensor, from): (usize, usize),
    anchors: &[Option<String>],
) -> Markup {
    let height = MAP.1;
    let gravity = |scene: &PicturedScene| cell(scene.lanes.get(sensor).into_iter());
    let gravest = scenes.iter().enumerate().rev().max_by(|(_, one), (_, other)| {
        let (one, other) = (gravity(one), gravity(other));
        one.missing.total_cmp(&other.missing).then(one.tone.cmp(&other.tone))
    });
    let Some((at, scene)) = gravest else { return html! {} };
    let said = scene.lanes.get(sensor).map(of_lane).unwrap_or_default();
    let said: Vec<String> = said.into_iter().map(|statement| statement.text).collect();
    let words = format!("{}: {}", name(&scene.name), said.join(", "));
    let mut base = Shape::default();
    base.rectangle(x, 0.0, width, height);
    let mut gone = Shape::default();
    if shown.missing > 0.0 {
        gone.rectangle(x, 0.0, width, (shown.missing * height).max(5.0).min(height));
    }
    let cell = html! {
        title { (words) }
        path class=(shown.tone.class()) d=(base.0) {}
        @if !gone.is_empty() { path.miss d=(gone.0) {} }
    };
    match anchors.get(from + at).and_then(Option::as_ref) {
        Some(anchor) => html! { a href={"#" (anchor)} aria-label=(words) { (cell) } },
        None => html! { g { (cell) } },
    }
}

/// How far the frames of a sensor lie off.
fn histogram(of: &Histogram, percent: u8) -> Markup {
    let frames = of.frames();
    if frames == 0 {
        return html! { span.note { "nothing to compare" } };
    }
    let bars = of.bars(percent, BARS);
    let most = bars.iter().copied().max().unwrap_or(1).max(1);
    let (width, height) = HISTOGRAM;
    let step = width / bars.len() as f64;
    let (mut home, mut off) = (Shape::default(), Shape::default());
    for (at, count) in bars.iter().enumerate().filter(|(_, count)| **count > 0) {
        let tall = (*count as f64 / most as f64 * (height - 4.0)).max(2.0);
        let shape = if at == BARS { &mut home } else { &mut off };
        shape.rectangle(at as f64 * step + 0.5, height - 2.0 - tall, step - 1.0, tall);
    }
    let at_home = bars.get(BARS).copied().unwrap_or_default();
    let words = format!(
        "{} of {} within {} of the reference",
        number(at_home),
        count(frames, "frame"),
        length(i128::from(of.reach) * i128::from(percent) / 100 / (2 * BARS as i128), of.timed)
    );
    let middle = short(width / 2.0);
    html! {
        svg.histogram width=(short(width)) height=(short(height)) viewBox={"0 0 " (short(width)) " " (short(height))} role="img" aria-label=(words) {
            title { (words) }
            path.rule d={"M0 " (short(height - 1.5)) "h" (short(width))} {}
            path.rule.dashed d={"M" (middle) " 0v" (short(height))} {}
            @if !home.is_empty() { path.fine d=(home.0) {} }
            @if !off.is_empty() { path.late d=(off.0) {} }
        }
        @if of.is_corrected { span.note { " once the clock is set right" } }
    }
}
