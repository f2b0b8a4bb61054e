//! Says which recordings were cut into scenes at other places.

use super::group;
use super::scene_missing_in_sensor::SCENE_MISSING_IN_SENSOR;
use crate::align::scenes::{Cut, Recut};
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{SceneId, SensorId};
use crate::text;

pub(super) fn emit(context: &Context<'_>, sink: &mut Sink<'_>) {
    for recut in &context.alignment.scenes.recuts {
        say(context, sink, recut);
    }
}

fn say(context: &Context<'_>, sink: &mut Sink<'_>, recut: &Recut) {
    let Some((reference, others)) = recut.cuts.split_first() else { return };
    let mut parts = Vec::new();
    for cut in others {
        for sensor in &cut.sensors {
            for (scene, first) in &cut.scenes {
                let Some(cell) = group::cell_of(context, *scene, *sensor) else { continue };
                let frames = text::count(context.layout.frames_in(context.tree, cell), "frame");
                let example = Example::at(context.tree.path(cell.folder));
                let example = example.noting(format!("{frames} from {first}"));
                parts.push(Part::at(example).in_scene(*scene));
            }
        }
    }
    // What is cut elsewhere differs in all of these scenes, in whichever of the sensors.
    let mut named = Part::nothing();
    for scene in recut.scenes() {
        for sensor in recut.sensors() {
            named = named.names_cell(scene, sensor);
        }
    }
    parts.push(named);
    let scenes = recut.scenes();
    sink.emit(&SCENE_MISSING_IN_SENSOR, parts, |_| {
        let about = match others {
            [Cut { sensors, .. }] => match sensors.as_slice() {
                [one] => Some(context.layout.sensor(*one)),
                _ => None,
            },
            _ => None,
        };
        let statement = Statement::new(message(context, reference, others))
            .about(about)
            .in_scenes(scenes.iter().copied())
            .help(help(context, reference, others));
        match recut.differing {
            0 => statement.note("the frames are the same; nothing is missing"),
            differing => {
                let frames = text::count(differing, "frame");
                let are = if differing == 1 { "is" } else { "are" };
                statement.note(format!("{frames} {are} not in all of them, whatever the cut"))
            }
        }
    });
}

fn sensors(context: &Context<'_>, cut: &Cut) -> String {
    group::names(context, &cut.sensors, false)
}

fn scenes(context: &Context<'_>, scenes: &[(SceneId, String)]) -> String {
    let name = |(id, _): &(SceneId, String)| {
        format!("`{}`", text::lossless(context.layout.scene_name(*id)))
    };
    text::list(&scenes.iter().map(name).collect::<Vec<_>>(), 3)
}

fn message(context: &Context<'_>, reference: &Cut, others: &[Cut]) -> String {
    let [other] = others else {
        let all: Vec<SensorId> =
            others.iter().chain([reference]).flat_map(|cut| cut.sensors.iter().copied()).collect();
        return format!(
            "{} cut one recording into scenes at {} different sets of places",
            group::names(context, &all, false),
            text::number(others.len() as u64 + 1)
        );
    };
    let (fine, coarse) = match reference.scenes.len() >= other.scenes.len() {
        true => (reference, other),
        false => (other, reference),
    };
    let (parts, whole) = (scenes(context, &fine.scenes), scenes(context, &coarse.scenes));
    let (of, in_others) = (sensors(context, fine), sensors(context, coarse));
    match coarse.scenes.len() {
        1 => format!(
            "scenes {parts} of {of} are together what scene {whole} is in {in_others}: the recording was cut elsewhere"
        ),
        _ => format!(
            "{of} and {in_others} cut one recording into scenes at different places: {parts} in the one, {whole} in \
             the other"
        ),
    }
}

fn help(context: &Context<'_>, reference: &Cut, others: &[Cut]) -> String {
    let stamps = |cut: &Cut| {
        let firsts = cut.scenes.iter().skip(1).map(|(_, first)| format!("`{first}`"));
        text::list(&firsts.collect::<Vec<_>>(), 3)
    };
    let [other] = others else {
        return format!(
            "bring all to one cut, as that of {}: {}",
            sensors(context, reference),
            scenes(context, &reference.scenes)
        );
    };
    let (fine, coarse) = match reference.scenes.len() >= other.scenes.len() {
        true => (reference, other),
        false => (other, reference),
    };
    let cut = format!("cut {} at {}", sensors(context, coarse), stamps(fine));
    match coarse.scenes.len() {
        1 => format!(
            "bring them to one cut: move the frames of {} into one scene, {}, or {cut}",
            scenes(context, &fine.scenes),
            scenes(context, &coarse.scenes)
        ),
        _ => format!(
            "bring them to one cut: {cut}, as {}, or {} at {}",
            sensors(context, fine),
            sensors(context, fine),
            stamps(coarse)
        ),
    }
}
