//! Says which scene folders bear a wrong name.

use std::collections::BTreeMap;

use super::group;
use super::scene_missing_in_sensor::SCENE_MISSING_IN_SENSOR;
use super::scene_names::{Evidence, Renamed, Renames};
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{Cell, SceneId, SensorId};
use crate::repair::Repair;
use crate::text;

pub(super) fn emit(context: &Context<'_>, sink: &mut Sink<'_>, renames: &Renames) {
    say_sensor_names(context, sink, renames);
    let mut together: BTreeMap<BTreeMap<SceneId, Renamed>, Vec<SensorId>> = BTreeMap::new();
    for (sensor, names) in renames.others() {
        together.entry(names).or_default().push(sensor);
    }
    for (names, sensors) in &together {
        say_others(context, sink, sensors, names);
    }
}

fn name(context: &Context<'_>, scene: SceneId) -> String {
    text::lossless(context.layout.scene_name(scene)).into_owned()
}

/// A folder with the name that would be right. Sensors without a scene of the wrong name lack none.
fn part<'t>(context: &Context<'_>, cell: Cell, right: &[u8]) -> Part<'t> {
    let example = Example::at(context.tree.path(cell.folder));
    let part = Part::at(example.expecting(text::lossless(right)))
        .in_scene(cell.scene)
        .names_cell(cell.scene, cell.sensor)
        .names_absent(cell.scene);
    match scene_named(context, right) {
        Some(scene) => part.names_cell(scene, cell.sensor),
        None => part,
    }
}

fn scene_named(context: &Context<'_>, name: &[u8]) -> Option<SceneId> {
    let scenes = &context.layout.scenes;
    let at = scenes.binary_search_by(|scene| scene.as_slice().cmp(name)).ok()?;
    u32::try_from(at).ok().map(SceneId)
}

/// Says once which scenes bear their sensors' names.
fn say_sensor_names(context: &Context<'_>, sink: &mut Sink<'_>, renames: &Renames) {
    let mut parts = Vec::new();
    for (right, cells) in &renames.by_sensor_name {
        for cell in cells {
            if context.layout.scene_name(cell.scene) != right.as_slice() {
                parts.push(part(context, *cell, right).keyed((right.as_slice(), *cell)));
            } else {
                // It is where the others will be.
                let part = Part::nothing().names_cell(cell.scene, cell.sensor);
                parts.push(part.keyed((right.as_slice(), *cell)));
            }
        }
    }
    sink.emit(&SCENE_MISSING_IN_SENSOR, parts, |kept| {
        let mut rights: Vec<&[u8]> = kept.keys().map(|(right, _)| *right).collect();
        rights.dedup();
        let first = rights.first().copied().unwrap_or_default();
        let cells = kept.keys().filter(|(right, _)| *right == first);
        let mut names: Vec<String> =
            cells.map(|(_, cell)| format!("`{}`", name(context, cell.scene))).collect();
        names.dedup();
        let right = text::lossless(first);
        let bear = match rights.len() {
            1 => format!("the folders of scene `{right}` bear their sensors' names"),
            several => {
                let scenes = text::count(several as u64, "scene");
                format!("the folders of {scenes} bear their sensors' names")
            }
        };
        let message = match names.len() {
            1 => format!("{bear}, as {}", text::list(&names, 3)),
            _ => format!("{bear}: {} are one scene", text::list(&names, 3)),
        };
        Statement::new(message)
            .help(match rights.len() {
                1 => format!("rename them to what the names share, `{right}`"),
                _ => format!("rename them to what the names of each scene share, as `{right}`"),
            })
            .repair_as_shown(Repair::to_be_looked_at(
                "they have the same stamps, or what they share",
            ))
    });
}

/// Says which scenes some sensors call by another name.
fn say_others(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    sensors: &[SensorId],
    names: &BTreeMap<SceneId, Renamed>,
) {
    let mut parts = Vec::new();
    for sensor in sensors {
        for (wrong, renamed) in names {
            let key = (*sensor, *wrong, renamed);
            let part = match group::cell_of(context, *wrong, *sensor) {
                Some(cell) => part(context, cell, &renamed.name),
                None => Part::nothing().names_absent(*wrong),
            };
            parts.push(part.keyed(key));
        }
    }
    sink.emit(&SCENE_MISSING_IN_SENSOR, parts, |kept| {
        let mut left: Vec<SensorId> = kept.keys().map(|(sensor, ..)| *sensor).collect();
        left.dedup();
        let mut pairs: Vec<(SceneId, &Renamed)> =
            kept.keys().map(|(_, wrong, renamed)| (*wrong, *renamed)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let labels = group::names(context, &left, false);
        let is_one = left.len() == 1;
        let (message, help) = match pairs.as_slice() {
            [(wrong, renamed)] => {
                let (wrong, right) = (name(context, *wrong), text::lossless(&renamed.name));
                let call = if is_one { "calls" } else { "call" };
                (
                    format!("{labels} {call} scene `{right}` by another name, `{wrong}`"),
                    format!("rename the scene's folder to `{right}`"),
                )
            }
            _ => {
                let (verb, scenes) = (
                    if is_one { "names" } else { "name" },
                    text::count(pairs.len() as u64, "scene"),
                );
                (
                    format!("{labels} {verb} {scenes} otherwise than the others do"),
                    "rename the scenes' folders as the other sensors have them".to_owned(),
                )
            }
        };
        let by_stamps = pairs.iter().all(|(_, it)| it.evidence == Evidence::Stamps);
        let note = match pairs.len() {
            1 => "its frames have the stamps of that scene in the other sensors",
            _ => "their frames have the stamps of those scenes in the other sensors",
        };
        let in_the_way = in_the_way(context, &left, &pairs);
        let about = left.first().filter(|_| is_one);
        Statement::new(message)
            .about(about.map(|sensor| context.layout.sensor(*sensor)))
            .in_scenes(pairs.iter().filter_map(|(_, it)| scene_named(context, &it.name)))
            .notes(by_stamps.then(|| note.to_owned()).into_iter().chain(in_the_way))
            .help(help)
            .repair_as_shown(Repair::to_be_looked_at("the other sensors have the scene so"))
    });
}

/// What is to be said of folders that have the right names already and hold something else: before
/// the others can be renamed, they need names of their own, which nothing tells.
fn in_the_way(
    context: &Context<'_>,
    sensors: &[SensorId],
    names: &[(SceneId, &Renamed)],
) -> Option<String> {
    let displaced = context.alignment.scenes.displaced.iter();
    let is_named = |cell: &&Cell| {
        let name = context.layout.scene_name(cell.scene);
        sensors.contains(&cell.sensor) && names.iter().any(|(_, right)| right.name == name)
    };
    let paths: Vec<String> = displaced
        .filter(is_named)
        .map(|cell| format!("`{}`", text::lossless(&context.tree.path(cell.folder))))
        .collect();
    match paths.as_slice() {
        [] => None,
        [one] => Some(format!(
            "{one} holds frames that no other sensor has: give it another name before"
        )),
        _ => Some(format!(
            "{} hold frames that no other sensor has: give them other names before",
            text::list(&paths, 3)
        )),
    }
}
