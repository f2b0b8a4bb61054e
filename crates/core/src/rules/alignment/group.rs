//! What the rules of this family share: relations of one cause put together, and the
//! words for them.

use std::collections::BTreeMap;

use crate::align::timeline::Writings;
use crate::align::{Relation, duration};
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
    /// The relations, by sensor and then by scene. One cause may show in other scenes
    /// of each sensor.
    pub(super) relations: Vec<&'a Relation>,
    /// The scenes, each once.
    pub(super) scenes: Vec<SceneId>,
    /// Whether it is two sensors at least, and all that there are beside the reference: so the
    /// reference is the odd one.
    pub(super) all_others: bool,
}

/// The most sensors that a finding of several says something of one by one.
const MOST_NOTES: usize = 8;

/// Sensors of one clock.
pub(super) struct Agreeing {
    /// As a sentence names them.
    pub(super) text: String,
    /// How many sensors there are in the scene.
    pub(super) of: usize,
}

/// What is measured of relations of one sensor: the middle of their medians, and the largest
/// of the rest.
pub(super) fn distances(relations: &[&Relation]) -> Option<String> {
    let timed = relations.first()?.timed;
    let sizes = || relations.iter().filter_map(|it| Some(it.distances?.sizes));
    let mut medians: Vec<i64> = sizes().map(|sizes| sizes.median).collect();
    medians.sort_unstable();
    let median = medians.get(medians.len() / 2).copied()?;
    let (p95, max) = (sizes().map(|it| it.p95).max()?, sizes().map(|it| it.max).max()?);
    let text = |value: i64| duration(i128::from(value), timed);
    Some(format!("median {}, 95 of 100 within {}, largest {}", text(median), text(p95), text(max)))
}

/// A sensor with the relations of one cause that it has.
type Member<'a> = (SensorId, Vec<&'a Relation>);

/// Puts together the relations of equal key, of all sensors and scenes.
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
    let mut by_cause: BTreeMap<(K, SensorId), Vec<Member<'_>>> = BTreeMap::new();
    for ((key, reference, sensor), relations) in by_sensor {
        by_cause.entry((key, reference)).or_default().push((sensor, relations));
    }
    by_cause
        .into_iter()
        .map(|((_, reference), members)| {
            let mut scenes: Vec<SceneId> =
                members.iter().flat_map(|(_, of)| of.iter().map(|it| it.scene)).collect();
            scenes.sort_unstable();
            let count = |scene: SceneId| scenes.iter().filter(|it| **it == scene).count();
            let others = |scene: SceneId| {
                let cells = context.layout.scene_cells(scene).iter();
                cells
                    .filter(|cell| {
                        cell.sensor != reference
                            && context.layout.frames_in(context.tree, **cell) > 0
                    })
                    .count()
            };
            let all_others = members.len() >= 2
                && members.iter().all(|(sensor, _)| *sensor != reference)
                && members.iter().all(|(_, of)| of.len() * members.len() == scenes.len())
                && scenes.chunk_by(|a, b| a == b).all(|alike| {
                    alike.first().is_some_and(|scene| others(*scene) == members.len())
                })
                && scenes.first().is_none_or(|scene| count(*scene) == members.len());
            scenes.dedup();
            let sensors = members.iter().map(|(sensor, _)| *sensor).collect();
            let relations = members.into_iter().flat_map(|(_, relations)| relations).collect();
            Group { reference, sensors, relations, scenes, all_others }
        })
        .collect()
}

impl<'a> Group<'a> {
    /// The parts of a finding, one a relation. `found` says how often the fault occurs in it,
    /// and where; the finding names how the sensor stands to the others also where there is
    /// nothing to count.
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

    /// What is left of the group. Where all sensors stand otherwise than the reference, that stays
    /// the odd one, whichever of them are left.
    pub(super) fn kept(&self, kept: &Kept<'_, '_, &'a Relation>) -> Self {
        let relations: Vec<&Relation> = kept.keys().copied().collect();
        let mut sensors: Vec<SensorId> = relations.iter().map(|relation| relation.sensor).collect();
        sensors.dedup();
        if self.all_others {
            sensors.clone_from(&self.sensors);
        }
        Group { sensors, relations, scenes: kept.scenes(), ..*self }
    }

    /// Whether the frames that a relation concerns are counted with it: the reference's are not
    /// once for each of the others.
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

    /// The one sensor that departs from the reference, if it is one.
    pub(super) fn subject_sensor(&self, context: &Context<'a>) -> Option<&'a Sensor> {
        match self.sensors.as_slice() {
            [one] => Some(context.layout.sensor(*one)),
            _ => None,
        }
    }

    /// The reference, as a sentence names it.
    pub(super) fn reference(&self, context: &Context<'_>) -> String {
        names(context, &[self.reference], false)
    }

    /// The reference with the sensors whose clock is its own in all these scenes, as a sentence
    /// names them: what the group's sensors stand apart from.
    pub(super) fn agreeing(&self, context: &Context<'a>) -> Agreeing {
        let relations = context.alignment.relations();
        let agrees = |scene: SceneId, sensor: SensorId| {
            let at = relations.binary_search_by_key(&(scene, sensor), |it| (it.scene, it.sensor));
            let relation = at.ok().and_then(|at| relations.get(at));
            relation.is_none_or(|relation| !relation.has_clock_of_its_own())
        };
        let Some(first) = self.scenes.first() else {
            return Agreeing { text: self.reference(context), of: 1 };
        };
        let holds = |scene: SceneId, sensor: SensorId| {
            cell_of(context, scene, sensor)
                .is_some_and(|cell| context.layout.frames_in(context.tree, cell) > 0)
        };
        let cells = context.layout.scene_cells(*first).iter();
        let present: Vec<SensorId> =
            cells.map(|cell| cell.sensor).filter(|sensor| holds(*first, *sensor)).collect();
        let mut sensors: Vec<SensorId> = present
            .iter()
            .copied()
            .filter(|sensor| *sensor != self.reference && !self.sensors.contains(sensor))
            .filter(|sensor| {
                self.scenes.iter().all(|scene| holds(*scene, *sensor) && agrees(*scene, *sensor))
            })
            .collect();
        sensors.push(self.reference);
        sensors.sort_by_key(|sensor| &context.layout.sensor(*sensor).folder_name);
        let all = sensors.len() + self.sensors.len() == present.len();
        let text = names(context, &sensors, all);
        Agreeing { text, of: present.len() }
    }

    /// A note for each sensor of several, of what is measured of it.
    pub(super) fn each(
        &self,
        context: &Context<'_>,
        words: impl Fn(&[&Relation]) -> Option<String>,
    ) -> Vec<String> {
        if self.sensors.len() < 2 {
            return Vec::new();
        }
        let of = |sensor: &SensorId| -> Vec<&Relation> {
            self.relations.iter().copied().filter(|relation| relation.sensor == *sensor).collect()
        };
        let mut notes: Vec<String> = self
            .sensors
            .iter()
            .take(MOST_NOTES)
            .filter_map(|sensor| {
                let words = words(&of(sensor))?;
                Some(format!("`{}`: {words}", context.layout.sensor(*sensor).label()))
            })
            .collect();
        if let more @ 1.. = self.sensors.len().saturating_sub(MOST_NOTES) {
            notes.push(format!("and {} more", text::count(more as u64, "sensor")));
        }
        notes
    }

    /// The sensors, as a sentence names them.
    pub(super) fn names(&self, context: &Context<'_>) -> String {
        names(context, &self.sensors, self.all_others)
    }

    /// In which scenes, as a sentence ends: with a space before it, or empty where the dataset
    /// has but one.
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
    Writings::read(context.tree, context.layout, &context.alignment.readings, cell)
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
