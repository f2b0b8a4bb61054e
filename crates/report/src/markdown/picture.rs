//! The picture of the frames in Markdown: sensors and scenes, and the gravest scene on its time
//! axis, as text.
//!
//! It is text since nothing else arrives. Code hosts clean what they make of Markdown: `svg` is
//! none of the elements that GitHub lets through, and of an image's addresses it takes `http:` and
//! `https:` alone, so that a drawing in a `data:` address is dropped, in a comment as in a job's
//! summary. A picture that lies elsewhere would have to be put there first, for everybody to see;
//! diagrams of Mermaid know no gaps of a time axis. So these are the values that the page of
//! `html` draws, a character for each part of an axis.

use std::fmt::Write as _;

use sensortree_core::align::picture::{
    Deviation, Lane, LaneKind, Picture, Position, RESOLUTION, Span,
};
use sensortree_core::text::{count, number};

use super::{code, escaped};
use crate::escape::{clip_middle, visible_path, width};
use crate::quantities::length;
use crate::standing::{Cell, Statement, Tone, cell, columns, gravity, of_lane, overall};

/// How many characters an axis has, and the most columns that scenes have.
const CELLS: u16 = 40;
/// How many sensors are drawn before the rest is counted.
const SENSORS: usize = 16;
/// How many characters of a sensor's name, and of what is said of it.
const NAME: usize = 24;
const SAID: usize = 60;

/// The signs: complete, the clock stands apart, some frames missing, all missing, other frames,
/// not compared.
const FINE: char = '█';
const CLOCK: char = '▒';
const SOME_MISSING: char = '▄';
const ALL_MISSING: char = '·';
const ODD: char = '≠';
const MUTE: char = '░';
/// What each is called, below a drawing that has it.
const LEGEND: [(char, &str); 6] = [
    (FINE, "as the reference"),
    (CLOCK, "ahead, behind, jittering: the clock stands apart"),
    (SOME_MISSING, "some frames missing"),
    (ALL_MISSING, "all frames missing"),
    (ODD, "another rate or unit, or too many frames"),
    (MUTE, "not compared"),
];

/// Draws the picture: one sentence where all scenes are whole.
pub(super) fn draw(picture: &Picture, text: &mut String) {
    let scenes = picture.scenes.len();
    if picture.sensors.is_empty() || scenes == 0 {
        return;
    }
    let from = text.len();
    let whole = picture.scenes.iter().filter(|scene| scene.is_whole()).count();
    // Writing to a String cannot fail.
    if whole == scenes {
        let which =
            if scenes == 1 { "The scene is whole:" } else { "All scenes are whole: in each," };
        let _ = writeln!(text, "\n{FINE} {which} all sensors have the same frames.");
        return;
    }
    if scenes > 1 {
        let share = scenes.div_ceil(usize::from(CELLS));
        let columns = match share {
            1 => "a column a scene".to_owned(),
            share => format!("up to {} scenes a column, the worst shown", number(share as u64)),
        };
        let _ = writeln!(text, "\nSensors in {}, {columns}:\n", count(scenes as u64, "scene"));
        block(picture, text, |sensor| (map(picture, sensor), overall(picture, sensor).statements));
    }
    let gravest = picture.scenes.iter().min_by_key(|scene| gravity(scene));
    if let Some((scene, axis)) = gravest.and_then(|scene| Some((scene, scene.axis?))) {
        let name = code(&clip_middle(&visible_path(&scene.name), 2 * NAME, "…"));
        let which = if scenes > 1 { "The gravest, " } else { "" };
        let long = escaped(&length(axis.length, axis.timed));
        let _ = writeln!(text, "\n{which}{name}, on its time axis, {long}:\n");
        block(picture, text, |sensor| match scene.lanes.get(sensor) {
            Some(lane) => (self::lane(lane), of_lane(lane)),
            None => (String::new(), Vec::new()),
        });
    }
    let drawn = text.get(from..).unwrap_or_default();
    let used = LEGEND.iter().filter(|(sign, _)| drawn.contains(*sign));
    let legend: Vec<String> = used.map(|(sign, words)| format!("{sign} {words}")).collect();
    let _ = writeln!(text, "\n{}", legend.join(", "));
}

/// One line a sensor, those of which nothing is to be said last where not all have room.
fn block(picture: &Picture, text: &mut String, drawn: impl Fn(usize) -> (String, Vec<Statement>)) {
    let mut rows: Vec<(usize, String, Vec<Statement>)> = (0..picture.sensors.len())
        .map(|sensor| {
            let (cells, said) = drawn(sensor);
            (sensor, cells, said)
        })
        .collect();
    let more = rows.len().saturating_sub(SENSORS);
    if more > 0 {
        let is_fine = |said: &[Statement]| said.iter().all(|it| it.tone == Tone::Fine);
        rows.sort_by_key(|(sensor, _, said)| (is_fine(said), *sensor));
        rows.truncate(SENSORS);
        rows.sort_by_key(|(sensor, ..)| *sensor);
    }
    let names: Vec<String> = rows
        .iter()
        .filter_map(|(sensor, ..)| picture.sensors.get(*sensor))
        .map(|sensor| clip_middle(&visible_path(&sensor.folder), NAME, "…").into_owned())
        .collect();
    let widest = names.iter().map(|name| width(name)).max().unwrap_or_default();
    text.push_str("<pre>\n");
    for ((_, cells, said), name) in rows.iter().zip(&names) {
        let said: Vec<&str> = said.iter().map(|statement| statement.text.as_str()).collect();
        let said = said.join(", ");
        let pad = " ".repeat(widest.saturating_sub(width(name)));
        let line = format!("{name}{pad}  {cells}  {}", clip_middle(&said, SAID, "…"));
        // Nothing of a name is markup, or ends the element.
        let _ = writeln!(text, "{}", escaped(line.trim_end()));
    }
    if more > 0 {
        let _ = writeln!(text, "and {}", count(more as u64, "more sensor"));
    }
    text.push_str("</pre>\n");
}

/// A sensor in all scenes, some neighbours a character where there are many.
fn map(picture: &Picture, sensor: usize) -> String {
    let sign = |(from, to): (usize, usize)| {
        let scenes = picture.scenes.get(from..to).unwrap_or_default();
        let Cell { tone, missing } =
            cell(scenes.iter().filter_map(|scene| scene.lanes.get(sensor)));
        match (tone, missing) {
            (_, missing) if missing >= 1.0 => ALL_MISSING,
            (_, missing) if missing > 0.0 => SOME_MISSING,
            (tone, _) => of_tone(tone),
        }
    };
    columns(picture.scenes.len(), usize::from(CELLS)).into_iter().map(sign).collect()
}

fn of_tone(tone: Tone) -> char {
    match tone {
        Tone::Fine => FINE,
        Tone::Mute => MUTE,
        Tone::Odd => ODD,
        Tone::Clock => CLOCK,
        Tone::Missing => SOME_MISSING,
    }
}

/// A sensor on the time axis of a scene. One frame that is missing shows however long the scene is.
fn lane(lane: &Lane) -> String {
    if lane.kind == LaneKind::Absent {
        return ALL_MISSING.to_string().repeat(usize::from(CELLS));
    }
    let said = of_lane(lane);
    let others = said.iter().map(|statement| statement.tone).filter(|tone| *tone != Tone::Missing);
    let tone = others.max().unwrap_or(Tone::Fine);
    let offset = lane.relation.as_ref().and_then(|relation| relation.offset);
    let is_apart = offset.is_some_and(|offset| offset.by != 0 || offset.drift != 0);
    let sign = |at: u16| {
        let part = Span { from: at * RESOLUTION / CELLS, to: (at + 1) * RESOLUTION / CELLS };
        let covered: Position = lane.covered.iter().map(|span| common(*span, part)).sum();
        let is_in = |span: Span| common(Span { to: span.to.max(span.from + 1), ..span }, part) > 0;
        if lane.missing.iter().any(|stretch| is_in(stretch.span)) {
            return if covered * 3 < part.to - part.from { ALL_MISSING } else { SOME_MISSING };
        }
        if lane.extra.iter().any(|stretch| is_in(stretch.span)) {
            return ODD;
        }
        if covered == 0 {
            return ' ';
        }
        let is_off = |it: &Deviation| is_in(it.span) && (it.low != 0 || it.high != 0);
        match tone {
            // A clock that was set, or jitters for a while, stands right elsewhere.
            Tone::Clock if !is_apart && !lane.deviations.is_empty() => {
                if lane.deviations.iter().any(is_off) { CLOCK } else { FINE }
            }
            tone => of_tone(tone),
        }
    };
    (0..CELLS).map(sign).collect()
}

/// How much of a stretch lies in a part of the axis.
fn common(span: Span, part: Span) -> Position {
    span.to.min(part.to).saturating_sub(span.from.max(part.from))
}
