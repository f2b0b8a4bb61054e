//! What the rules of this family share: relations of one cause put together, and the words for them.

use std::collections::BTreeMap;

use crate::align::Relation;
use crate::align::timeline::Writings;
use crate::finding::figures::{self, Quantity};
use crate::finding::{Context, Example, Kept, Part};
use crate::layout::{Cell, SceneId, Sensor, SensorId};
use crate::multiset_hash::Occurrences;
use crate::text;

/// Relations that share one cause: of one sensor or several, over the same scenes.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// What the sensors were compared with.
    pub(super) reference: SensorId,
    /// The sensors, by folder name.
    pub(super) sensors: Vec<SensorId>,
    /// The relations, by sensor and then by scene.
    pub(super) relations: Vec<&'a Relation>,
    /// The scenes, each once.
    pub(super) scenes: Vec<SceneId>,
    /// Whether it is two sensors at least, and all that there are beside the reference: so the reference is the odd one.
    pub(super) all_others: bool,
}

/// A sensor with the relations of one cause that it has.
type Member<'a> = (SensorId, Vec<&'a Relation>);

/// Puts together the relations of equal key: scene by scene, and then the sensors that have it in the same scenes.
pub(super) fn groups<'a, K: Ord>(
    context: &Context<'a>,
    relations: impl Iterator<Item = &'a Relation>,
    key: impl Fn(&Relation) -> K,
) -> Vec<Group<'a>> {
    let mut by_sensor: BTreeMap<(K, SensorId, SensorId), Vec<&Relation>> = BTreeMap::new();
    for relation in relations {
        by_sensor
            .entry((key(relation), relation.reference, relation.sensor))
            .or_default()
            .push(relation);
    }
    let mut by_scenes: BTreeMap<(K, SensorId, Vec<SceneId>), Vec<Member<'_>>> = BTreeMap::new();
    for ((key, reference, sensor), relations) in by_sensor {
        let scenes = relations.iter().map(|relation| relation.scene).collect();
        by_scenes.entry((key, reference, scenes)).or_default().push((sensor, relations));
    }
    by_scenes
        .into_iter()
        .map(|((_, reference, scenes), members)| {
            let others = |scene: &SceneId| {
                let cells = context.layout.scene_cells(*scene).iter();
                cells
                    .filter(|cell| {
                        cell.sensor != reference
                            && context.layout.frames_in(context.tree, **cell) > 0
                    })
                    .count()
            };
            let all_others = members.len() >= 2
                && members.iter().all(|(sensor, _)| *sensor != reference)
                && scenes.iter().all(|scene| others(scene) == members.len());
            let sensors = members.iter().map(|(sensor, _)| *sensor).collect();
            let relations = members.into_iter().flat_map(|(_, relations)| relations).collect();
            Group { reference, sensors, relations, scenes, all_others }
        })
        .collect()
}

impl<'a> Group<'a> {
    /// The parts of a finding, one a relation. `found` says how often the fault occurs in it, and where; the finding names
    /// how the sensor stands to the others also where there is nothing to count.
    pub(super) fn parts(
        &self,
        found: impl Fn(&'a Relation) -> Option<(Occurrences, Example)>,
    ) -> Vec<Part<'a, &'a Relation>> {
        let part = |relation: &&'a Relation| {
            let part = match found(relation) {
                Some((several, example)) => Part::group(several, example).in_scene(relation.scene),
                None => Part::nothing(),
            };
            part.names_cell(relation.scene, relation.sensor).keyed(*relation)
        };
        self.relations.iter().map(part).collect()
    }

    /// What is left of the group. Where all sensors stand otherwise than the reference, that stays the odd one, whichever
    /// of them are left.
    pub(super) fn kept(&self, kept: &Kept<'_, '_, &'a Relation>) -> Self {
        let relations: Vec<&Relation> = kept.keys().copied().collect();
        let mut sensors: Vec<SensorId> = relations.iter().map(|relation| relation.sensor).collect();
        sensors.dedup();
        if self.all_others {
            sensors.clone_from(&self.sensors);
        }
        Group { sensors, relations, scenes: kept.scenes(), ..*self }
    }

    /// Whether the frames that a relation concerns are counted with it: the reference's are not once for each of the others.
    pub(super) fn counts(&self, relation: &Relation) -> bool {
        !self.all_others || self.sensors.first() == Some(&relation.sensor)
    }

    /// The sum over all relations.
    pub(super) fn sum(&self, of: impl Fn(&Relation) -> u64) -> u64 {
        self.relations.iter().map(|relation| of(relation)).sum()
    }

    /// The largest distance between paired frames.
    pub(super) fn largest_distance(&self) -> Option<i64> {
        self.relations.iter().filter_map(|it| Some(it.distances?.sizes.max)).max()
    }

    /// The middle one of the median distances between paired frames.
    pub(super) fn median_distance(&self) -> Option<i64> {
        let medians = self.relations.iter().filter_map(|it| Some(it.distances?.sizes.median));
        let mut medians: Vec<i64> = medians.collect();
        medians.sort_unstable();
        medians.get(medians.len() / 2).copied()
    }

    /// The sensor that a finding is about, where it is one.
    pub(super) fn subject(&self, context: &Context<'a>) -> Option<&'a Sensor> {
        match self.sensors.as_slice() {
            _ if self.all_others => Some(context.layout.sensor(self.reference)),
            [one] => Some(context.layout.sensor(*one)),
            _ => None,
        }
    }

    /// The reference, as a sentence names it.
    pub(super) fn reference(&self, context: &Context<'_>) -> String {
        names(context, &[self.reference], false)
    }

    /// The sensors, as a sentence names them.
    pub(super) fn names(&self, context: &Context<'_>) -> String {
        names(context, &self.sensors, self.all_others)
    }

    /// In which scenes, as a sentence ends: with a space before it, or empty where the dataset has but one.
    pub(super) fn in_scenes(&self, context: &Context<'_>) -> String {
        let of = self
            .sensors
            .iter()
            .map(|sensor| context.alignment.scenes_compared(*sensor))
            .max()
            .unwrap_or_default();
        in_scenes(context, &self.scenes, of)
    }

    /// `is` or `are`, for the sensors.
    pub(super) fn verb<'w>(&self, one: &'w str, many: &'w str) -> &'w str {
        if self.sensors.len() == 1 { one } else { many }
    }
}

/// Sensors as a sentence names them: `camera-a` and `camera-b`, or all six cameras.
pub(super) fn names(context: &Context<'_>, sensors: &[SensorId], all_others: bool) -> String {
    let kind = |id: &SensorId| context.layout.sensor(*id).kind;
    if let Some(first) = sensors.first().filter(|_| all_others && sensors.len() > 2) {
        let alike = sensors.iter().all(|sensor| kind(sensor) == kind(first));
        let noun = if alike { kind(first).noun() } else { "other sensor" };
        return format!("all {}", text::count(sensors.len() as u64, noun));
    }
    let names: Vec<String> = sensors
        .iter()
        .map(|sensor| format!("`{}`", context.layout.sensor(*sensor).label()))
        .collect();
    text::list(&names, 3)
}

pub(super) const CADENCE: [&Quantity; 2] = [&figures::CADENCE, &figures::CADENCE_STEPS];
pub(super) const REFERENCE_CADENCE: [&Quantity; 2] =
    [&figures::REFERENCE_CADENCE, &figures::REFERENCE_CADENCE_STEPS];
pub(super) const RESIDUAL_MEDIAN: [&Quantity; 2] =
    [&figures::RESIDUAL_MEDIAN, &figures::RESIDUAL_MEDIAN_STEPS];
pub(super) const RESIDUAL_LARGEST: [&Quantity; 2] =
    [&figures::RESIDUAL_LARGEST, &figures::RESIDUAL_LARGEST_STEPS];

/// The quantity of a length: of time where the stems are times, else of steps.
pub(super) fn length(
    timed: bool,
    [of_time, of_steps]: [&'static Quantity; 2],
) -> &'static Quantity {
    if timed { of_time } else { of_steps }
}

/// In which of `of` scenes, with a space before it.
pub(super) fn in_scenes(context: &Context<'_>, scenes: &[SceneId], of: u64) -> String {
    let count = scenes.len() as u64;
    match scenes {
        _ if context.layout.scenes.len() == 1 => String::new(),
        [one] => format!(" in scene `{}`", text::lossless(context.layout.scene_name(*one))),
        [_, _] if of == 2 => " in both scenes".to_owned(),
        _ if count >= of => format!(" in all {}", text::count(count, "scene")),
        _ => format!(" in {} of {}", text::number(count), text::count(of, "scene")),
    }
}

/// The folder of a sensor in a scene.
pub(super) fn cell_of(context: &Context<'_>, scene: SceneId, sensor: SensorId) -> Option<Cell> {
    let cells = context.layout.scene_cells(scene);
    let at = cells.binary_search_by_key(&sensor, |cell| cell.sensor).ok()?;
    cells.get(at).copied()
}

/// The frames of a sensor in a scene.
pub(super) fn writings<'a>(context: &Context<'a>, cell: Cell) -> Writings<'a> {
    Writings::of(context.tree, context.layout, cell)
}

/// The path of a frame of the sensor, by its stamp.
pub(super) fn path_of(
    context: &Context<'_>,
    scene: SceneId,
    sensor: SensorId,
    stamp: i128,
) -> Option<Vec<u8>> {
    let cell = cell_of(context, scene, sensor)?;
    let name = writings(context, cell).name_of(stamp)?;
    Some(context.tree.path_of(cell.folder, name.as_bytes()))
}

/// The name of a frame of the first sensor once it is named by a stamp of the second.
pub(super) fn name_as(
    context: &Context<'_>,
    scene: SceneId,
    (sensor, by): (SensorId, SensorId),
    stamp: i128,
) -> Option<String> {
    let suffix = writings(context, cell_of(context, scene, sensor)?).suffix()?;
    writings(context, cell_of(context, scene, by)?).name_for(stamp, &suffix)
}

/// The first frame of a sensor in a scene: its stamp, and its path.
pub(super) fn first_frame(
    context: &Context<'_>,
    scene: SceneId,
    sensor: SensorId,
) -> Option<(i128, Vec<u8>)> {
    let cell = cell_of(context, scene, sensor)?;
    let (stamp, name) = writings(context, cell).first()?;
    Some((stamp, context.tree.path_of(cell.folder, name.as_bytes())))
}
