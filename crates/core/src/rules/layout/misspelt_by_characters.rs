//! Folders of sensors and scenes that are named right but for characters which are not what they
//! look like, or do not show: a part of L121.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;

use super::name_characters::NAME_CHARACTERS;
use crate::finding::{Context, Example, Kept, Part, Sink, Statement};
use crate::layout::{Cell, SceneId, SensorId};
use crate::names::look_alikes::{list, odd_characters, visible};
use crate::names::{self, sensor_name};
use crate::platform::{Basis, Effect};
use crate::repair::Repair;
use crate::tree::FolderId;

/// Says which sensors' folders have such characters, once for each set of them. Returns the
/// folders of all sensors that need another name for whatever reason, as nothing more is to be
/// said of theirs.
pub(super) fn say_sensors(context: &Context<'_>, sink: &mut Sink<'_>) -> BTreeSet<FolderId> {
    let Context { tree, layout, .. } = context;
    let mut alike: BTreeMap<(BTreeSet<char>, Effect, Basis), Vec<SensorId>> = BTreeMap::new();
    for (id, sensor) in layout.sensors().filter(|(_, it)| it.is_misspelt_by_characters()) {
        let has_prefix = std::str::from_utf8(&sensor.folder_name)
            .is_ok_and(|name| sensor_name::split(name).is_some());
        // A name of another kind than the prefix is what metadata.json does not have.
        let basis = if has_prefix { Basis::Implied } else { Basis::Documented };
        let characters = odd_characters(&sensor.folder_name);
        alike.entry((characters, Effect::MISALIGNED, basis)).or_default().push(id);
    }
    for ((characters, effect, basis), sensors) in alike {
        let parts = sensors.iter().map(|id| {
            let sensor = layout.sensor(*id);
            let example = Example::at(tree.path(sensor.folder));
            let expected = sensor.expected_folder.as_ref().map(|folder| format!("{folder}/"));
            Part::at(Example { expected, ..example }).keyed(*id)
        });
        sink.emit(&NAME_CHARACTERS, parts, |kept| {
            let sensors = kept.distinct_keys();
            let first = sensors.first().map(|id| layout.sensor(*id));
            let first = first.filter(|_| sensors.len() == 1);
            let statement = match first {
                Some(sensor) => {
                    let expected = sensor.expected_folder.as_deref().unwrap_or_default();
                    let is_behind = characters.is_empty();
                    match is_behind {
                        true => Statement::new(
                            "1 sensor has white space between the prefix and the name",
                        ),
                        false => Statement::new(format!(
                            "the sensor's folder `{}` has {}",
                            visible(&sensor.folder_name),
                            list(&characters)
                        )),
                    }
                    .about(Some(sensor))
                    .help(format!("rename it to `{expected}`"))
                }
                None => Statement::new(match characters.is_empty() {
                    true => {
                        let sensors = kept.counted("sensor");
                        format!("{sensors} have white space between the prefix and the name")
                    }
                    false => {
                        let folders = kept.counted("sensor folder");
                        format!("{folders} have {} in their names", list(&characters))
                    }
                })
                .help("rename each as shown"),
            };
            statement
                .effect(effect, basis)
                .repair_as_shown(Repair::safe("it is the name as it looks, in plain characters"))
        });
    }
    let renamed = layout.sensors.iter().filter(|sensor| sensor.expected_folder.is_some());
    renamed.map(|sensor| sensor.folder).collect()
}

/// Scenes whose names look the same and are not, one of each sensor at most: two or more of each.
fn scenes_that_look_the_same(context: &Context<'_>) -> Vec<Vec<SceneId>> {
    let layout = context.layout;
    let is_odd = |id: SceneId| !odd_characters(layout.scene_name(id)).is_empty();
    if !layout.scene_ids().any(is_odd) {
        return Vec::new();
    }
    let mut at: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut groups: Vec<Vec<SceneId>> = Vec::new();
    for id in layout.scene_ids() {
        let look = names::fold(&names::plain(layout.scene_name(id)));
        let group = *at.entry(look).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.push(id),
            None => groups.push(vec![id]),
        }
    }
    groups.retain(|group| {
        let cells = group.iter().flat_map(|scene| layout.scene_cells(*scene));
        let mut sensors: Vec<SensorId> = cells.map(|cell| cell.sensor).collect();
        sensors.sort_unstable();
        let are_one = sensors.windows(2).all(|pair| pair.first() != pair.last());
        group.len() > 1 && are_one && group.iter().any(|id| is_odd(*id))
    });
    groups
}

/// What is known of a scene folder that is to be renamed.
struct Misspelt {
    characters: BTreeSet<char>,
    sensor: SensorId,
    scene: SceneId,
    meant: SceneId,
}

/// Says which scene folders look like those of other sensors and are named otherwise. Returns them.
pub(super) fn say_scenes(context: &Context<'_>, sink: &mut Sink<'_>) -> BTreeSet<FolderId> {
    let Context { tree, layout, .. } = context;
    let mut said = BTreeSet::new();
    let mut alike: BTreeMap<BTreeSet<char>, Vec<Part<'_, Option<Misspelt>>>> = BTreeMap::new();
    for group in scenes_that_look_the_same(context) {
        let standing = |scene: &&SceneId| {
            let name = layout.scene_name(**scene);
            (names::oddity(name).is_none(), layout.scene_cells(**scene).len())
        };
        let Some(meant) = group.iter().rev().max_by_key(standing).copied() else { continue };
        let others: Vec<Cell> = group
            .iter()
            .filter(|scene| **scene != meant)
            .flat_map(|scene| layout.scene_cells(*scene))
            .copied()
            .collect();
        let characters = |scene| odd_characters(layout.scene_name(scene));
        let all: BTreeSet<char> = group.iter().flat_map(|scene| characters(*scene)).collect();
        let parts = alike.entry(all.clone()).or_default();
        parts.extend(group.iter().map(|id| Part::nothing().names_absent(*id).keyed(None)));
        for Cell { scene, sensor, folder } in others {
            said.insert(folder);
            let expected = String::from_utf8(tree.path(layout.sensor(sensor).folder)).ok();
            let name = std::str::from_utf8(layout.scene_name(meant)).ok();
            let expected = expected.zip(name).map(|(sensor, name)| format!("{sensor}{name}/"));
            let example = Example { expected, ..Example::at(tree.path(folder)) };
            let misspelt = Misspelt { characters: all.clone(), sensor, scene, meant };
            parts.push(Part::at(example).in_scene(scene).keyed(Some(misspelt)));
        }
        said.extend(layout.scene_cells(meant).iter().map(|cell| cell.folder));
    }
    for parts in alike.into_values() {
        sink.emit(&NAME_CHARACTERS, parts, |kept| of_scenes(context, kept));
    }
    said
}

fn of_scenes(context: &Context<'_>, kept: &Kept<'_, '_, Option<Misspelt>>) -> Statement {
    let layout = context.layout;
    let misspelt: Vec<&Misspelt> = kept.keys().flatten().collect();
    let name = |scene| visible(layout.scene_name(scene));
    let characters: BTreeSet<char> =
        misspelt.iter().flat_map(|of| of.characters.iter().copied()).collect();
    let meant: BTreeSet<SceneId> = misspelt.iter().map(|of| of.meant).collect();
    let statement = match misspelt.as_slice() {
        [one] => Statement::new(format!(
            "`{}` calls scene `{}` by another name, `{}`, with {}",
            layout.sensor(one.sensor).label(),
            name(one.meant),
            name(one.scene),
            list(&characters)
        ))
        .about(Some(layout.sensor(one.sensor)))
        .help(format!("rename the scene's folder to `{}`", name(one.meant))),
        _ => {
            let folders = kept.counted("scene folder");
            Statement::new(format!(
                "{folders} look like those of other sensors and are named otherwise, with {}",
                list(&characters)
            ))
            .help("rename each as shown: a scene has the same name in every sensor")
        }
    };
    statement
        .effect(Effect::MISALIGNED, Basis::Implied)
        .in_scenes(meant)
        .repair_as_shown(Repair::safe("the other sensors have a scene whose name looks the same"))
}
