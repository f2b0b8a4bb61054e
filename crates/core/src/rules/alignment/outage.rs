//! A sensor that stops in the middle of a scene, or starts there, and has no frame of the scenes
//! behind or before: one event, with its time and place.

use std::collections::BTreeMap;

use super::frame_missing_in_sensor::FRAME_MISSING_IN_SENSOR;
use super::group;
use super::lacking::{Frame, lacked, stem};
use super::scene_missing_in_sensor::SCENE_MISSING_IN_SENSOR;
use crate::align::timeline::Timeline;
use crate::align::{Relation, runs_of_missing};
use crate::finding::{Context, Example, Part, Rule, Sink, Statement, proof};
use crate::layout::{Cell, SceneId, SensorId};
use crate::text;

/// A stretch of time without a frame of one sensor.
#[derive(Debug)]
pub(in crate::rules) struct Outage<'a> {
    sensor: SensorId,
    /// The scene in which it stops, where it stops within one.
    stops: Option<&'a Relation>,
    /// The scenes of which it has nothing, in the order of time.
    scenes: Vec<SceneId>,
    /// The scene in which it is back, where that is within one.
    back: Option<&'a Relation>,
    /// Whether any scene follows in which it has frames.
    is_back: bool,
    /// Whether some scene has no folder in this sensor.
    is_absent: bool,
}

impl Outage<'_> {
    /// The scenes of which the sensor has nothing.
    pub(in crate::rules) fn cells(&self) -> impl Iterator<Item = (SceneId, SensorId)> {
        self.scenes.iter().map(|scene| (*scene, self.sensor))
    }

    /// Whether the relation's missing frames are of this event.
    pub(super) fn has(&self, relation: &Relation) -> bool {
        let is_it =
            |other: &Relation| (other.scene, other.sensor) == (relation.scene, relation.sensor);
        self.stops.into_iter().chain(self.back).any(is_it)
    }

    /// The scenes, in order: with the ones in which it stops and is back.
    fn place(&self) -> (Option<SceneId>, &[SceneId], Option<SceneId>) {
        (self.stops.map(|it| it.scene), &self.scenes, self.back.map(|it| it.scene))
    }
}

/// How a sensor stands in a scene.
enum State<'a> {
    Nothing,
    Stops(&'a Relation),
    Back(&'a Relation),
    Other,
}

/// The events of all sensors that have frames and were read to their end.
pub(in crate::rules) fn find<'a>(context: &Context<'a>) -> Vec<Outage<'a>> {
    let layout = context.layout;
    let lacks = |cell: Cell| is_bare(context, cell);
    let scenes = layout.scenes.len();
    let some = layout.sensors().filter(|(id, sensor)| {
        let cells = layout.sensor_cells(*id);
        let is_short = cells.len() < scenes || layout.sensor_cells(*id).any(lacks);
        is_short && !context.unseen.is_within(sensor.folder)
    });
    let some: Vec<SensorId> = some.map(|(id, _)| id).collect();
    if some.is_empty() || !context.alignment.relations().iter().any(|it| some.contains(&it.sensor))
    {
        return Vec::new();
    }
    let order = in_order_of_time(context);
    let mut found = Vec::new();
    for sensor in some {
        let relations: BTreeMap<SceneId, &Relation> = context
            .alignment
            .relations()
            .iter()
            .filter(|relation| relation.sensor == sensor)
            .map(|relation| (relation.scene, relation))
            .collect();
        let states: Vec<(SceneId, State<'_>)> = order
            .iter()
            .map(|scene| (*scene, state(context, *scene, sensor, relations.get(scene).copied())))
            .collect();
        let mut at = 0;
        while at < states.len() {
            let own = || states.iter().skip(at);
            let nothing = own().take_while(|(_, state)| matches!(state, State::Nothing)).count();
            if nothing == 0 {
                at += 1;
                continue;
            }
            let before = at.checked_sub(1).and_then(|before| states.get(before));
            let behind = states.get(at + nothing);
            let stops = match before {
                Some((_, State::Stops(relation))) => Some(*relation),
                _ => None,
            };
            let back = match behind {
                Some((_, State::Back(relation))) => Some(*relation),
                _ => None,
            };
            // Elsewhere the scenes are missing by themselves.
            let is_event = match (stops, back) {
                (Some(_), _) => true,
                (None, Some(_)) => at == 0,
                (None, None) => false,
            };
            if is_event {
                let scenes: Vec<SceneId> = own().take(nothing).map(|(scene, _)| *scene).collect();
                let is_absent =
                    scenes.iter().any(|it| group::cell_of(context, *it, sensor).is_none());
                let is_back = behind.is_some();
                found.push(Outage { sensor, stops, scenes, back, is_back, is_absent });
            }
            at += nothing;
        }
    }
    found
}

/// Whether there is nothing in a scene's folder.
fn is_bare(context: &Context<'_>, cell: Cell) -> bool {
    context.tree.folder(cell.folder).files() == 0
        && context.tree.children(cell.folder).next().is_none()
}

/// All scenes by their first stamp, where all are named by times of one unit; else by name.
fn in_order_of_time(context: &Context<'_>) -> Vec<SceneId> {
    let layout = context.layout;
    let first = |scene: SceneId| {
        let cells = layout.scene_cells(scene).iter();
        let firsts = cells.filter_map(|cell| group::writings(context, *cell).span_of_times());
        firsts.map(|(first, ..)| first).min()
    };
    let mut order: Vec<(Option<i128>, SceneId)> =
        layout.scene_ids().map(|scene| (first(scene), scene)).collect();
    if order.iter().all(|(first, _)| first.is_some()) {
        order.sort_unstable();
    }
    order.into_iter().map(|(_, scene)| scene).collect()
}

fn state<'a>(
    context: &Context<'_>,
    scene: SceneId,
    sensor: SensorId,
    relation: Option<&'a Relation>,
) -> State<'a> {
    let Some(cell) = group::cell_of(context, scene, sensor).filter(|cell| !is_bare(context, *cell))
    else {
        // Of links or broken transfers in its place it is said that they are that.
        let folder = context.tree.folder(context.layout.sensor(sensor).folder);
        let is_replaced = folder.holds(context.layout.scene_name(scene));
        return if is_replaced { State::Other } else { State::Nothing };
    };
    let Some(relation) = relation.filter(|it| !it.stands_apart() && it.extra.is_empty()) else {
        return State::Other;
    };
    let own = Timeline::of(&group::writings(context, cell));
    let missing = (relation.missing.first(), relation.missing.last());
    match (missing, own.stamps.first(), own.stamps.last()) {
        ((Some(first), _), _, Some(last)) if first > *last => State::Stops(relation),
        ((_, Some(last)), Some(first), _) if last < *first => State::Back(relation),
        _ => State::Other,
    }
}

/// Says those events for which a scene has no folder. Gives the scenes that are said to
/// be missing so.
pub(super) fn emit_scenes(context: &Context<'_>, sink: &mut Sink<'_>) -> Vec<(SceneId, SensorId)> {
    let found: Vec<Outage<'_>> = find(context).into_iter().filter(|it| it.is_absent).collect();
    emit(context, sink, &SCENE_MISSING_IN_SENSOR, &found);
    found.iter().flat_map(Outage::cells).collect()
}

/// Says those events for which all scenes have their folders, and nothing in them.
pub(super) fn emit_frames(context: &Context<'_>, sink: &mut Sink<'_>, found: &[Outage<'_>]) {
    let (_, empty): (Vec<&Outage<'_>>, Vec<&Outage<'_>>) =
        found.iter().partition(|it| it.is_absent);
    emit(context, sink, &FRAME_MISSING_IN_SENSOR, empty);
}

/// How far the numbers of frames may differ that two sensors lack of a scene and have lost at once.
const AT_ONCE: usize = 3;

fn emit<'o, 'a: 'o>(
    context: &Context<'a>,
    sink: &mut Sink<'_>,
    rule: &'static Rule,
    found: impl IntoIterator<Item = &'o Outage<'a>>,
) {
    let mut together: Vec<Vec<&Outage<'_>>> = Vec::new();
    for one in found {
        let lost = |of: &Outage<'_>| {
            let count = |it: Option<&Relation>| it.map_or(0, |it| it.missing.len());
            (count(of.stops), count(of.back))
        };
        let is_same = |others: &&mut Vec<&Outage<'_>>| {
            others.first().is_some_and(|other| {
                let ((stops, back), (other_stops, other_back)) = (lost(one), lost(other));
                one.place() == other.place()
                    && stops.abs_diff(other_stops) <= AT_ONCE
                    && back.abs_diff(other_back) <= AT_ONCE
            })
        };
        match together.iter_mut().find(is_same) {
            Some(others) => others.push(one),
            None => together.push(vec![one]),
        }
    }
    for outages in together {
        say(context, sink, rule, &outages);
    }
}

/// What a part of such a finding is: a scene of which a sensor has nothing, or frames
/// that it lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Scene,
    Frames,
}

fn say(context: &Context<'_>, sink: &mut Sink<'_>, rule: &'static Rule, outages: &[&Outage<'_>]) {
    let Some(first) = outages.first().copied() else { return };
    let mut parts = Vec::new();
    for it in outages {
        for scene in &it.scenes {
            let mut path = context.tree.path(context.layout.sensor(it.sensor).folder);
            path.extend_from_slice(context.layout.scene_name(*scene));
            path.push(b'/');
            let example = match group::cell_of(context, *scene, it.sensor) {
                Some(_) => Example::at(path).noting("no frames"),
                None => Example::missing(path),
            };
            let part = Part::at(example).in_scene(*scene).names_cell(*scene, it.sensor);
            parts.push(part.keyed((it.sensor, What::Scene)));
        }
        for relation in it.stops.into_iter().chain(it.back) {
            let part = frames(context, relation);
            parts.extend(part.map(|part| part.keyed((it.sensor, What::Frames))));
        }
    }
    let place = Place::of(context, first);
    sink.emit(rule, parts, |kept| {
        let mut sensors: Vec<SensorId> = kept.keys().map(|(sensor, _)| *sensor).collect();
        sensors.dedup();
        let of_one = |what: What| {
            let sum = |sensor: &SensorId| -> u64 {
                let parts = kept.parts.iter().filter(|part| *part.key == (*sensor, what));
                parts.map(|part| part.count).sum()
            };
            sensors.iter().map(sum).max().unwrap_or_default()
        };
        let mut lost = Vec::new();
        if of_one(What::Frames) > 0 {
            lost.push(text::count(of_one(What::Frames), "frame"));
        }
        if of_one(What::Scene) > 0 {
            lost.push(text::count(of_one(What::Scene), "scene"));
        }
        let labels = group::names(context, &sensors, false);
        let is_one = sensors.len() == 1;
        let each = if is_one { "" } else { " each" };
        let message = format!("{labels} {}: {}{each}", place.said(is_one), text::list(&lost, 3));
        let about = sensors.first().filter(|_| is_one);
        let whole = context.layout.scenes.len().saturating_sub(proof::incomplete(context).len());
        let whole = match whole {
            0 => None,
            1 => Some("1 other scene is whole in all sensors".to_owned()),
            _ => Some(format!(
                "{} other scenes are whole in all sensors",
                text::number(whole as u64)
            )),
        };
        Statement::new(message)
            .about(about.map(|sensor| context.layout.sensor(*sensor)))
            .notes(whole)
            .help(help(context, first, &labels, &place, sensors.as_slice()))
    });
}

fn help(
    context: &Context<'_>,
    outage: &Outage<'_>,
    labels: &str,
    place: &Place,
    sensors: &[SensorId],
) -> String {
    let is_last = !outage.is_back && outage.stops.is_some();
    if let (true, Some(next), [_]) = (is_last && has_no_metadata(context), &place.next, sensors) {
        return format!(
            "copy {labels} again from `{next}` on, and metadata.json: so a copy ends that broke off"
        );
    }
    let mut stay = Vec::new();
    for relation in outage.stops.into_iter().chain(outage.back) {
        let scene = text::lossless(context.layout.scene_name(relation.scene));
        stay.push(format!("{} of `{scene}`", text::count(relation.frames, "frame")));
    }
    let frames: u64 = outage.stops.into_iter().chain(outage.back).map(|it| it.frames).sum();
    let verb = if frames == 1 { "stays" } else { "stay" };
    let them = if sensors.len() == 1 { "it" } else { "them" };
    format!(
        "copy what is missing from the recording; where it was not recorded, leave {} out of all sensors ({} {verb} \
         complete), or leave {labels} out, with {} in metadata.json",
        place.left_out,
        text::list(&stay, 3),
        if them == "it" { "its name" } else { "their names" },
    )
}

/// Whether metadata.json is not there or has nothing in it, as a copy leaves it that
/// broke off before.
fn has_no_metadata(context: &Context<'_>) -> bool {
    match context.metadata {
        Some(metadata) => metadata.document.text().is_empty() && metadata.too_large.is_none(),
        None => !context.unseen.is_at_the_top(),
    }
}

/// Where and when a sensor is away, in words.
struct Place {
    stops: Option<(String, String)>,
    until: Option<String>,
    /// The first frame that is not there.
    next: Option<String>,
    left_out: &'static str,
}

impl Place {
    fn of(context: &Context<'_>, outage: &Outage<'_>) -> Self {
        let name =
            |scene: SceneId| format!("`{}`", text::lossless(context.layout.scene_name(scene)));
        let cell = |it: &Relation| group::cell_of(context, it.scene, it.sensor);
        let stamps = |it: &Relation| {
            let writings = group::writings(context, cell(it)?);
            let timeline = Timeline::of(&writings);
            let stem_of = |stamp: Option<&i128>| {
                let name = writings.name_of(*stamp?)?;
                String::from_utf8(stem(name.as_bytes()).to_vec()).ok()
            };
            Some((stem_of(timeline.stamps.first()), stem_of(timeline.stamps.last())))
        };
        let stops = outage.stops.and_then(|it| Some((stamps(it)?.1?, name(it.scene))));
        let back = outage.back.and_then(|it| Some((stamps(it)?.0?, name(it.scene))));
        let last = outage.scenes.last().copied();
        let until = match (back, last) {
            (Some((stamp, scene)), _) => Some(format!("until {stamp} in scene {scene}")),
            (None, Some(last)) if outage.is_back => {
                Some(format!("until the end of scene {}", name(last)))
            }
            _ => None,
        };
        let next = outage.stops.and_then(|it| {
            let first = missing_frames(context, it)?.first().map(|frame| frame.name.clone())?;
            let path = context.tree.path_of(cell(it)?.folder, &first);
            Some(text::lossless(&path).into_owned())
        });
        Place { stops, until, next, left_out: "these frames and scenes" }
    }

    /// `stops at 168… in scene `a` and is missing until the end of scene `b``.
    fn said(&self, is_one: bool) -> String {
        let (stop, is) = if is_one { ("stops", "is") } else { ("stop", "are") };
        match (&self.stops, &self.until) {
            (Some((stamp, scene)), Some(until)) => {
                format!("{stop} at {stamp} in scene {scene} and {is} missing {until}")
            }
            (Some((stamp, scene)), None) => {
                format!("{stop} at {stamp} in scene {scene} and {is} missing from there on")
            }
            (None, Some(until)) => format!("{is} missing from the start {until}"),
            (None, None) => format!("{is} missing"),
        }
    }
}

/// The frames that a sensor lacks of a scene.
fn missing_frames(context: &Context<'_>, relation: &Relation) -> Option<Vec<Frame>> {
    let cell = group::cell_of(context, relation.scene, relation.sensor)?;
    let reference = group::cell_of(context, relation.scene, relation.reference)?;
    let (own, others) = (group::writings(context, cell), group::writings(context, reference));
    let suffix = own.suffix()?;
    let frame = |stamp: i128| {
        let name = others.name_for(stamp, &suffix)?.into_bytes();
        Some(Frame { stamp: Some(stamp), name, place: None })
    };
    Some(relation.missing.iter().filter_map(frame).collect())
}

/// The same as a part of a finding.
fn frames<'a>(
    context: &Context<'a>,
    relation: &Relation,
) -> Option<Part<'a, super::lacking::Missing>> {
    let cell = group::cell_of(context, relation.scene, relation.sensor)?;
    let reference = group::cell_of(context, relation.scene, relation.reference)?;
    let frames = missing_frames(context, relation)?.into_iter();
    let frames = frames.map(|frame| (frame.stamp, frame.name));
    let others = group::writings(context, reference);
    lacked(context, cell, relation.reference, frames, move |stamps| {
        let timeline = Timeline::of(&others);
        runs_of_missing(stamps, &timeline.stamps, usize::MAX)
    })
}
