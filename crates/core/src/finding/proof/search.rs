//! The search for frames that some sensors of a scene have and others lack, within a
//! budget of comparisons.

use std::collections::BTreeSet;

use super::stems::{Stems, render};
use super::{StandIns, arrived, digest_of_texts, incomplete, is_plainly_whole, texts_of};
use crate::finding::Context;
use crate::finding::covered::Covered;
use crate::layout::{Cell, SceneId, SensorId};
use crate::names::frame_set::FrameSet;
use crate::names::name_set::NameSet;

/// Frames that some sensors of a scene have and one lacks.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) scene: SceneId,
    pub(crate) sensor: SensorId,
    /// The frames; empty where they are too many to be compared one by one.
    pub(crate) lacked: Vec<Lacked>,
}

/// A frame that one sensor lacks.
#[derive(Clone, Debug)]
pub(crate) struct Lacked {
    pub(crate) stem: Vec<u8>,
    /// The first sensor that has it, of those that are compared.
    pub(crate) holder: SensorId,
    /// Whether no other has it.
    pub(crate) has_one_holder: bool,
}

/// How far stand-ins explain a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StandInsCount {
    /// Whatever stands in a frame's place explains it.
    Always,
    /// Only what a finding names.
    WhereNamed,
}

/// The differences between the sensors of each scene that no finding names so far. A sensor that
/// `stands_apart` in a scene as a whole is not compared there.
pub(crate) fn differences(
    context: &Context<'_>,
    covered: &Covered,
    stand_ins: StandInsCount,
    stands_apart: &dyn Fn(SceneId, SensorId) -> bool,
) -> Vec<Difference> {
    let mut search = Search {
        context,
        covered,
        stand_ins,
        stands_apart,
        compared: MOST_COMPARED,
        noted: MOST_NOTED,
        found: Vec::new(),
    };
    for scene in incomplete(context) {
        search.look_at(*scene);
    }
    search.found
}

/// The most comparisons of a stem with a sensor that are made one by one, over all scenes.
const MOST_COMPARED: usize = 50_000_000;

/// The most frames that are noted as missing in some sensor, over all scenes: each takes
/// some 80 bytes.
const MOST_NOTED: usize = 1_000_000;

/// How many comparisons naming all differences of a scene takes at most: each stem of any sensor
/// with each sensor, for those that are not the first one's.
fn comparisons(held: &[Stems]) -> usize {
    let Some(first) = held.first() else { return 0 };
    let count = |stems: &Stems| {
        let numbers: usize = stems.numbers.values().map(FrameSet::len).sum();
        numbers.saturating_add(usize::try_from(stems.texts.count()).unwrap_or(usize::MAX))
    };
    let differing: usize = held.iter().filter(|stems| *stems != first).map(count).sum();
    differing.saturating_add(count(first)).saturating_mul(held.len())
}

/// The sensors of a scene that are compared, with what has arrived of each.
struct Compared {
    sensors: Vec<(SensorId, Option<Cell>)>,
    held: Vec<Stems>,
}

/// What each of the compared sensors lacks, and how much more may be noted.
struct Missing<'n> {
    of: Vec<Vec<Lacked>>,
    left: &'n mut usize,
}

impl Missing<'_> {
    /// Notes a stem for the sensors that do not have it; `None` where that is too many.
    fn note(
        &mut self,
        stem: &[u8],
        has: &[bool],
        sensors: &[(SensorId, Option<Cell>)],
    ) -> Option<()> {
        let mut holders = sensors.iter().zip(has).filter(|(_, has)| **has).map(|((id, _), _)| *id);
        let holder = holders.next()?;
        let has_one_holder = holders.next().is_none();
        for (missing, _) in self.of.iter_mut().zip(has).filter(|(_, has)| !**has) {
            *self.left = self.left.checked_sub(1)?;
            missing.push(Lacked { stem: stem.to_vec(), holder, has_one_holder });
        }
        Some(())
    }
}

/// A search for the differences of one scene after the other, which goes into single names as long
/// as they are not too many.
struct Search<'s, 'a> {
    context: &'s Context<'a>,
    covered: &'s Covered,
    stand_ins: StandInsCount,
    stands_apart: &'s dyn Fn(SceneId, SensorId) -> bool,
    /// How many comparisons may be made yet.
    compared: usize,
    /// How many frames may be noted yet.
    noted: usize,
    found: Vec<Difference>,
}

impl Search<'_, '_> {
    fn look_at(&mut self, scene: SceneId) {
        let sensors = self.sensors(scene);
        let cells: Option<Vec<Cell>> = sensors.iter().map(|(_, cell)| *cell).collect();
        // Most scenes differ by a sensor that stands apart, and the others are told alike at once.
        if cells.is_some_and(|cells| is_plainly_whole(self.context, &cells) == Some(true)) {
            return;
        }
        let held = sensors
            .iter()
            .map(|(_, cell)| cell.map(|cell| arrived(self.context, cell)).unwrap_or_default())
            .collect();
        let compared = Compared { sensors, held };
        let missing = match self.compared.checked_sub(comparisons(&compared.held)) {
            Some(left) => {
                self.compared = left;
                self.missing(scene, &compared)
            }
            None => None,
        };
        let Compared { sensors, held } = compared;
        let Some(missing) = missing else {
            // Of so many only which sensors differ from the first is told.
            let first = held.first();
            let others = sensors.iter().zip(&held).filter(|(_, stems)| Some(*stems) != first);
            self.found.extend(others.map(|((sensor, _), _)| Difference {
                scene,
                sensor: *sensor,
                lacked: Vec::new(),
            }));
            return;
        };
        for ((sensor, cell), lacked) in sensors.into_iter().zip(missing) {
            let lacked = self.unexplained(scene, sensor, cell, lacked);
            if !lacked.is_empty() {
                self.found.push(Difference { scene, sensor, lacked });
            }
        }
    }

    /// Which sensors are compared: those that stand apart as a whole are named as that, and what
    /// could not be read is not known to be missing.
    fn sensors(&self, scene: SceneId) -> Vec<(SensorId, Option<Cell>)> {
        let Search { context, covered, stands_apart, .. } = *self;
        let layout = context.layout;
        let mut present = layout.scene_cells(scene).iter().copied().peekable();
        let all: Vec<(SensorId, Option<Cell>)> = match covered.is_absent(scene) {
            true => present.map(|cell| (cell.sensor, Some(cell))).collect(),
            false => {
                let sensors = layout.sensors();
                sensors.map(|(id, _)| (id, present.next_if(|cell| cell.sensor == id))).collect()
            }
        };
        let is_compared = |(id, cell): &(SensorId, Option<Cell>)| {
            let folder = cell.map_or(layout.sensor(*id).folder, |cell| cell.folder);
            let apart = covered.is_cell(scene, *id) || stands_apart(scene, *id);
            !apart && !context.unseen.is_within(folder)
        };
        all.into_iter().filter(is_compared).collect()
    }

    /// What each sensor lacks, whatever explains it; `None` where that is too much to be noted.
    fn missing(&mut self, scene: SceneId, compared: &Compared) -> Option<Vec<Vec<Lacked>>> {
        let context = self.context;
        let Compared { sensors, held } = compared;
        let mut missing = Missing { of: vec![Vec::new(); sensors.len()], left: &mut self.noted };
        let keys: BTreeSet<(u8, u8)> =
            held.iter().flat_map(|stems| stems.numbers.keys().copied()).collect();
        for key in keys {
            let decoded: Vec<Vec<i128>> = held
                .iter()
                .map(|stems| {
                    stems.numbers.get(&key).map(|set| set.iter().collect()).unwrap_or_default()
                })
                .collect();
            let mut all: Vec<i128> = decoded.concat();
            all.sort_unstable();
            all.dedup();
            if decoded.iter().all(|own| own.len() == all.len()) {
                continue;
            }
            let mut own: Vec<_> = decoded.iter().map(|own| own.iter().peekable()).collect();
            for value in &all {
                let has: Vec<bool> =
                    own.iter_mut().map(|own| own.next_if_eq(&value).is_some()).collect();
                missing.note(&render(key, *value), &has, sensors)?;
            }
        }
        let are_known = sensors.iter().all(|(_, cell)| {
            cell.is_none_or(|cell| texts_of(context, cell).all(NameSet::is_complete))
        });
        if !are_known {
            let mut digests =
                sensors.iter().map(|(_, cell)| cell.map(|cell| digest_of_texts(context, cell)));
            let first = digests.next().flatten();
            if let Some((sensor, _)) =
                sensors.first().filter(|_| digests.any(|other| other != first))
            {
                self.found.push(Difference { scene, sensor: *sensor, lacked: Vec::new() });
            }
        }
        let mut texts: BTreeSet<Vec<u8>> = BTreeSet::new();
        for stems in held.iter().filter(|_| are_known) {
            stems.texts.for_each(|stem| {
                texts.insert(stem.to_vec());
            });
        }
        for stem in texts {
            let has: Vec<bool> = held.iter().map(|stems| stems.texts.contains(&stem)).collect();
            missing.note(&stem, &has, sensors)?;
        }
        Some(missing.of)
    }

    /// What of it no finding names and nothing else explains.
    fn unexplained(
        &self,
        scene: SceneId,
        sensor: SensorId,
        cell: Option<Cell>,
        mut lacked: Vec<Lacked>,
    ) -> Vec<Lacked> {
        let Search { context, covered, stand_ins, .. } = *self;
        lacked.retain(|frame| !covered.is_missing(scene, sensor, &frame.stem));
        if lacked.is_empty() {
            return lacked;
        }
        let others = match cell {
            Some(cell) => StandIns::of(context, cell),
            None => StandIns::beside_scenes(context, sensor),
        };
        lacked.retain(|frame| match stand_ins {
            StandInsCount::Always => !others.contains(&frame.stem),
            StandInsCount::WhereNamed => !others.is_named(&frame.stem, covered),
        });
        lacked
    }
}
