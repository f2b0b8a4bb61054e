//! Says which frames lie in another scene's folder of their sensor.

use std::collections::{BTreeMap, BTreeSet};

use super::frame_missing_in_sensor::FRAME_MISSING_IN_SENSOR;
use super::group;
use super::scene_missing_in_sensor::SCENE_MISSING_IN_SENSOR;
use crate::align::scenes::Misplaced;
use crate::finding::{Context, Example, Kept, Part, Rule, Sink, Statement};
use crate::layout::{SceneId, SensorId};
use crate::multiset_hash::MultisetHash;
use crate::names::name_set::NameSet;
use crate::repair::{Coordinate, FileSet, Operation, Repair};
use crate::text;

/// Says it where the right folder is not there at all. Gives the scenes that are said to
/// be missing so.
pub(super) fn emit_scenes(context: &Context<'_>, sink: &mut Sink<'_>) -> Vec<(SceneId, SensorId)> {
    let found = of(context, true);
    say(context, sink, &SCENE_MISSING_IN_SENSOR, &found);
    found.iter().map(|it| (it.to, it.sensor)).collect()
}

/// Says it where the right folder is there.
pub(super) fn emit_frames(context: &Context<'_>, sink: &mut Sink<'_>) {
    say(context, sink, &FRAME_MISSING_IN_SENSOR, &of(context, false));
}

fn of<'a>(context: &Context<'a>, is_absent: bool) -> Vec<&'a Misplaced> {
    let found = context.alignment.scenes.misplaced.iter();
    found.filter(|it| group::cell_of(context, it.to, it.sensor).is_none() == is_absent).collect()
}

/// The frames that lie in a wrong folder, by sensor and scene: those that are too many there, and
/// those that are missing where they belong.
#[derive(Debug, Default)]
pub(super) struct Stems {
    extra: BTreeMap<(SceneId, SensorId), NameSet>,
    missing: BTreeMap<(SceneId, SensorId), NameSet>,
}

impl Stems {
    pub(super) fn of(context: &Context<'_>) -> Self {
        let mut stems = Stems::default();
        for it in &context.alignment.scenes.misplaced {
            for stem in it.stems() {
                let extra = stems.extra.entry((it.from.scene, it.sensor)).or_default();
                extra.insert(stem.as_bytes());
                stems.missing.entry((it.to, it.sensor)).or_default().insert(stem.as_bytes());
            }
        }
        stems.extra.values_mut().chain(stems.missing.values_mut()).for_each(NameSet::seal);
        stems
    }

    /// Whether a frame is in the scene only because it lies in a wrong folder.
    pub(super) fn is_extra(&self, scene: SceneId, sensor: SensorId, stem: &[u8]) -> bool {
        self.extra.get(&(scene, sensor)).is_some_and(|stems| stems.contains(stem))
    }

    /// Whether a frame of the scene is there, in a wrong folder.
    pub(super) fn is_elsewhere(&self, scene: SceneId, sensor: SensorId, stem: &[u8]) -> bool {
        self.missing.get(&(scene, sensor)).is_some_and(|stems| stems.contains(stem))
    }
}

fn say(context: &Context<'_>, sink: &mut Sink<'_>, rule: &'static Rule, found: &[&Misplaced]) {
    let mut by_way: BTreeMap<Vec<(SceneId, SceneId)>, Vec<SensorId>> = BTreeMap::new();
    let mut by_sensor: BTreeMap<SensorId, Vec<&Misplaced>> = BTreeMap::new();
    for it in found {
        by_sensor.entry(it.sensor).or_default().push(it);
    }
    for (sensor, all) in &by_sensor {
        let way = all.iter().map(|it| (it.from.scene, it.to)).collect();
        by_way.entry(way).or_default().push(*sensor);
    }
    for sensors in by_way.values() {
        let all = sensors.iter().filter_map(|sensor| by_sensor.get(sensor)).flatten();
        let parts = all.map(|it| part(context, it));
        sink.emit(rule, parts, |kept| {
            let mut sensors: Vec<SensorId> = kept.keys().map(|it| it.sensor).collect();
            sensors.dedup();
            let ways: BTreeSet<(SceneId, SceneId)> =
                kept.keys().map(|it| (it.from.scene, it.to)).collect();
            let labels = group::names(context, &sensors, false);
            let name = |scene: SceneId| text::lossless(context.layout.scene_name(scene));
            let (keep, frames) =
                (if sensors.len() == 1 { "keeps" } else { "keep" }, kept.counted("frame"));
            let ways: Vec<(SceneId, SceneId)> = ways.into_iter().collect();
            let (message, help) = match ways.as_slice() {
                [(from, to)] => (
                    format!(
                        "{labels} {keep} {frames} of scene `{}` in the folder of scene `{}`",
                        name(*to),
                        name(*from)
                    ),
                    format!(
                        "move {} to the folder of scene `{}`",
                        kept.verb("the frame", "these frames"),
                        name(*to)
                    ),
                ),
                _ => (
                    format!("{labels} {keep} {frames} in the folders of other scenes"),
                    "move these frames to the folders of their scenes".to_owned(),
                ),
            };
            let about = sensors.first().filter(|_| sensors.len() == 1);
            let rest: u64 = kept
                .keys()
                .filter(|it| group::cell_of(context, it.to, it.sensor).is_none())
                .map(|it| it.of.saturating_sub(it.stamps.len() as u64))
                .sum();
            Statement::new(message)
                .about(about.map(|sensor| context.layout.sensor(*sensor)))
                .in_scenes(ways.iter().flat_map(|(from, to)| [*from, *to]))
                .notes((rest > 0).then(|| {
                    let verb = if rest == 1 { "is" } else { "are" };
                    format!(
                        "{} more that the other sensors have there {verb} in no folder of it",
                        text::count(rest, "frame")
                    )
                }))
                .help(help)
                .repair(to_their_scenes(context, kept))
        });
    }
}

/// The move of each frame to the folder of its scene.
fn to_their_scenes(context: &Context<'_>, kept: &Kept<'_, '_, &Misplaced>) -> Repair {
    let moves = kept.parts.iter().map(|part| {
        let it = *part.key;
        let stamps = part.items.iter().filter_map(|at| it.stamps.get(*at));
        let names = NameSet::from_names(stamps.map(|stamp| it.naming.render(*stamp)));
        Operation::Set {
            files: FileSet::named(it.from.folder, names),
            coordinate: Coordinate::Scene(context.layout.scene_name(it.to).to_vec()),
        }
    });
    Repair::to_be_looked_at("the other sensors have frames of these stamps there").with(moves)
}

/// The frames that lie in one folder and belong in another.
fn part<'t>(context: &Context<'_>, it: &'t Misplaced) -> Part<'t, &'t Misplaced> {
    let folder = context.tree.path(it.from.folder);
    let right = {
        let mut path = context.tree.path(context.layout.sensor(it.sensor).folder);
        path.extend_from_slice(context.layout.scene_name(it.to));
        path.push(b'/');
        path
    };
    let name = move |at: usize| {
        it.stamps.get(at).map(|stamp| it.naming.render(*stamp)).unwrap_or_default()
    };
    let item = move |at: usize| {
        let stamp = it.stamps.get(at).copied().unwrap_or_default();
        (name(at).into_bytes(), MultisetHash::from_parts(&[&stamp.to_be_bytes()]))
    };
    let shown = folder.clone();
    let draw = move |kept: &[usize]| -> Vec<Example> {
        let example = |at: &usize| {
            let name = name(*at);
            let right = [&right[..], name.as_bytes()].concat();
            let example = Example::at([&shown[..], name.as_bytes()].concat());
            match String::from_utf8(right) {
                Ok(right) => example.expecting(right),
                Err(_) => example,
            }
        };
        kept.iter().map(example).collect()
    };
    let stems = || NameSet::from_names(it.stems());
    let part = Part::items(folder, it.stamps.len(), item, draw)
        .in_scene(it.from.scene)
        .names_extra(it.from.scene, stems());
    let is_absent = group::cell_of(context, it.to, it.sensor).is_none();
    let part = match is_absent {
        true => part.names_cell(it.to, it.sensor),
        false => part.names_missing(it.to, it.sensor, stems()),
    };
    part.keyed(it)
}
