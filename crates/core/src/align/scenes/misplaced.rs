//! Frames that lie in another scene's folder of the same sensor.

use std::collections::{BTreeMap, BTreeSet};

use super::{MOST_COMPARED, OpenScenes, Stamped, cell_of};
use crate::layout::{Cell, SceneId, SensorId};
use crate::names::frame_name::Naming;

/// Frames of one scene that lie in the folder of another, in the same sensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misplaced {
    /// The sensor.
    pub sensor: SensorId,
    /// Where they lie.
    pub from: Cell,
    /// The scene in which the other sensors have them.
    pub to: SceneId,
    /// How many frames that scene has in the other sensors.
    pub of: u64,
    /// How they are written.
    pub naming: Naming,
    /// Their stamps, as written, ascending.
    pub stamps: Vec<i128>,
}

impl Misplaced {
    /// The names of the frames.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.stamps.iter().map(|stamp| self.naming.render(*stamp))
    }

    /// The names of the frames, without their suffix.
    pub fn stems(&self) -> impl Iterator<Item = String> {
        self.stamps.iter().map(|stamp| self.naming.render_stem(*stamp))
    }
}

/// The frames of one scene, sensor by sensor.
struct Scene<'c, 't> {
    id: SceneId,
    cells: Vec<&'c Stamped<'t>>,
}

impl Scene<'_, '_> {
    /// The first and the last stamp of all its folders.
    fn span(&self) -> Option<(i128, i128)> {
        let first = self.cells.iter().map(|it| it.first).min()?;
        Some((first, self.cells.iter().map(|it| it.last).max()?))
    }

    /// Calls for each stamp, ascending, with which of the cells have it.
    fn for_each(&self, mut each: impl FnMut(i128, &[bool])) {
        let mut own: Vec<_> = self.cells.iter().map(|it| it.set.iter().peekable()).collect();
        let mut has = vec![false; own.len()];
        while let Some(next) = own.iter_mut().filter_map(|it| it.peek().copied()).min() {
            for (has, own) in has.iter_mut().zip(&mut own) {
                *has = own.next_if_eq(&next).is_some();
            }
            each(next, &has);
        }
    }
}

/// A frame that may lie in a wrong folder.
#[derive(Clone, Copy)]
struct Candidate {
    from: SceneId,
    to: SceneId,
    /// How far it lies from the frames that the sensors share in the scene where it is.
    distance: i128,
    /// How many sensors have it where it would belong.
    holders: usize,
}

/// What is known of a scene's frames: the span of those that two sensors share at least, and how
/// many there are.
#[derive(Clone, Copy, Default)]
struct Shared {
    span: Option<(i128, i128)>,
    frames: u64,
}

/// The most frames that are too many in their scene and are looked for in others: more
/// have another cause.
const MOST_EXTRA: usize = 100_000;

pub(super) fn find(open: &OpenScenes<'_>, cells: &[Stamped<'_>]) -> Vec<Misplaced> {
    let frames: usize = cells.iter().map(|it| it.set.len()).sum();
    if frames > MOST_COMPARED {
        return Vec::new();
    }
    let mut by_scene: BTreeMap<SceneId, Vec<&Stamped<'_>>> = BTreeMap::new();
    for cell in cells {
        by_scene.entry(cell.cell.scene).or_default().push(cell);
    }
    let is_one_writing = |cells: &[&Stamped<'_>]| {
        cells.windows(2).all(|pair| pair[0].writing() == pair[1].writing())
    };
    let scenes: Vec<Scene<'_, '_>> = by_scene
        .into_iter()
        .filter(|(_, cells)| is_one_writing(cells))
        .map(|(id, cells)| Scene { id, cells })
        .collect();
    let scenes = overlapping(scenes);
    let sensors = open.sensors.len();
    let mut shared: BTreeMap<SceneId, Shared> = BTreeMap::new();
    let mut extra: BTreeMap<(SensorId, i128), SceneId> = BTreeMap::new();
    for scene in &scenes {
        let mut known = Shared::default();
        let mut surplus: Vec<(SensorId, i128)> = Vec::new();
        let mut at_home: BTreeSet<SensorId> = BTreeSet::new();
        scene.for_each(|stamp, has| {
            let holders = has.iter().filter(|has| **has).count();
            known.frames += 1;
            let held = scene.cells.iter().zip(has).filter(|(_, has)| **has);
            if holders > 1 {
                let first = known.span.map_or(stamp, |(first, _)| first);
                known.span = Some((first, stamp));
                at_home.extend(held.clone().map(|(it, _)| it.cell.sensor));
            }
            if holders * 2 <= sensors {
                surplus.extend(held.map(|(it, _)| (it.cell.sensor, stamp)));
            }
        });
        shared.insert(scene.id, known);
        // What shares nothing with the others is no folder of this scene with something more.
        surplus.retain(|(sensor, _)| at_home.contains(sensor));
        if surplus.len() + extra.len() > MOST_EXTRA {
            return Vec::new();
        }
        for frame in surplus {
            extra.insert(frame, scene.id);
        }
    }
    let mut candidates: BTreeMap<(SensorId, i128), Vec<Candidate>> = BTreeMap::new();
    for scene in &scenes {
        let lacking: Vec<SensorId> = open
            .sensors
            .iter()
            .copied()
            .filter(|sensor| {
                let has_cell = scene.cells.iter().any(|it| it.cell.sensor == *sensor);
                has_cell || !open.has(scene.id, *sensor) || is_bare(open, scene.id, *sensor)
            })
            .collect();
        scene.for_each(|stamp, has| {
            let holders = has.iter().filter(|has| **has).count();
            if holders * 2 < sensors {
                return;
            }
            for sensor in &lacking {
                let at = scene.cells.iter().position(|it| it.cell.sensor == *sensor);
                let has_it = at.and_then(|at| has.get(at)).copied().unwrap_or(false);
                let Some(from) = extra.get(&(*sensor, stamp)).filter(|_| !has_it) else { continue };
                if *from != scene.id {
                    let span = shared.get(from).and_then(|known| known.span);
                    let distance =
                        span.map_or(0, |(first, last)| (first - stamp).max(stamp - last).max(0));
                    let found = Candidate { from: *from, to: scene.id, distance, holders };
                    candidates.entry((*sensor, stamp)).or_default().push(found);
                }
            }
        });
    }
    collect(open, &candidates, &shared)
}

/// The scenes whose frames lie among those of another in time, in their order: a stamp that two
/// scenes have is in no other.
fn overlapping<'c, 't>(mut scenes: Vec<Scene<'c, 't>>) -> Vec<Scene<'c, 't>> {
    let mut spans: Vec<(i128, i128, SceneId)> =
        scenes.iter().filter_map(|scene| scene.span().map(|(a, b)| (a, b, scene.id))).collect();
    spans.sort_unstable();
    let mut found: BTreeSet<SceneId> = BTreeSet::new();
    let mut latest: Option<(i128, SceneId)> = None;
    for (first, last, id) in spans {
        if let Some((end, before)) = latest
            && first <= end
        {
            found.extend([before, id]);
        }
        if latest.is_none_or(|(end, _)| last > end) {
            latest = Some((last, id));
        }
    }
    scenes.retain(|scene| found.contains(&scene.id));
    scenes
}

/// Whether a folder of the scene is there and holds no frame of the sensor's kind.
fn is_bare(open: &OpenScenes<'_>, scene: SceneId, sensor: SensorId) -> bool {
    cell_of(open.layout, scene, sensor)
        .is_some_and(|cell| open.layout.frames_in(open.tree, cell) == 0)
}

/// Those candidates of which one alone is plausible, scene by scene.
fn collect(
    open: &OpenScenes<'_>,
    candidates: &BTreeMap<(SensorId, i128), Vec<Candidate>>,
    shared: &BTreeMap<SceneId, Shared>,
) -> Vec<Misplaced> {
    // With two sensors a frame of one scene is too much in the one and missing in the other, and
    // the other way round.
    let mut by_frame: BTreeMap<(i128, SceneId, SceneId), Vec<(SensorId, Candidate)>> =
        BTreeMap::new();
    for ((sensor, stamp), found) in candidates {
        if let [one] = found.as_slice() {
            by_frame.entry((*stamp, one.from, one.to)).or_default().push((*sensor, *one));
        }
    }
    let mut groups: BTreeMap<(SensorId, SceneId, SceneId), Vec<i128>> = BTreeMap::new();
    for ((stamp, from, to), found) in &by_frame {
        let opposite = by_frame.get(&(*stamp, *to, *from)).and_then(|it| it.first());
        for (sensor, one) in found {
            let key = |sensor: SensorId, it: &Candidate| (it.holders, it.distance, sensor);
            let is_likelier =
                opposite.is_none_or(|(other, it)| key(*sensor, one) > key(*other, it));
            if is_likelier {
                groups.entry((*sensor, *from, *to)).or_default().push(*stamp);
            }
        }
    }
    groups
        .into_iter()
        .filter_map(|((sensor, from, to), stamps)| {
            let from = cell_of(open.layout, from, sensor)?;
            let naming = Stamped::of(open.tree, open.layout, from)?.naming;
            let of = shared.get(&to).map_or(0, |known| known.frames);
            Some(Misplaced { sensor, from, to, of, naming, stamps })
        })
        .collect()
}
