//! Pairing the frames of one scene across its sensors.
//!
//! Every sensor of a scene is compared with one reference, and what sets the two apart is decided in a fixed order: the
//! unit of the stamps, the offset of the clocks, the cadence, jitter; what no cause explains is missing or too much. Sensors
//! whose frames are the same, as in a good tree, are told so by their compressed bytes and cost next to nothing.
//!
//! The reference is the sensor that the settings name; else the LiDAR with most frames over the whole dataset, or where
//! there is no LiDAR the camera with most; between equals the first by folder name. Where it has no frame in a scene, the
//! next one in that order stands in.

mod fit;
mod offset;
mod pairing;
mod relation;
mod scene;
pub mod scenes;
mod slots;
#[cfg(test)]
mod tests;
pub(crate) mod timeline;
pub mod unit;

use std::cmp::Reverse;

pub use offset::KnownOffset;
pub use relation::{
    Distances, Notation, Offset, Rate, Relation, Run, Runs, Sizes, Unrelated, Written, duration,
};

use crate::layout::{Cell, Layout, SceneId, SensorId};
use crate::names::SensorKind;
use crate::names::frame_set::FrameSet;
use crate::tree::Tree;
use crate::tree::unread::UnreadIndex;
use fit::Scratch;
use scene::{Comparison, Terms, compare};
use scenes::SceneMatches;
use slots::{Fault, Part};
pub(crate) use slots::{runs_of_extra, runs_of_missing};
use timeline::{Cadence, Timeline, Writings, factor, times};

/// How each sensor's timestamps relate to the reference's, scene by scene.
#[derive(Clone, Debug)]
pub struct Alignment {
    /// What is not the same, by scene and then by sensor.
    relations: Vec<Relation>,
    /// Stretches in which no sensor has a frame, by scene.
    gaps: Vec<Gap>,
    /// In how many scenes each sensor was compared with a reference, or was the reference of others.
    compared: Vec<u64>,
    cadence_ns: Option<u64>,
    unknown_reference: Option<String>,
    /// Which folders belong together by their stamps, where their names say otherwise.
    pub scenes: SceneMatches,
}

/// A stretch of a scene in which no sensor has a frame, though their cadence is steady otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The scene.
    pub scene: SceneId,
    /// The sensor that it was seen in.
    pub reference: SensorId,
    /// The last stamp before it and the first behind it, in the reference's ticks.
    pub between: (i128, i128),
    /// How long it is, in nanoseconds.
    pub length_ns: u64,
    /// The usual step, in nanoseconds.
    pub step_ns: u64,
}

/// A step is a gap when it is this many usual ones, and a second at least.
const GAP_STEPS: i128 = 5;
/// The most gaps kept of one scene.
const GAPS_KEPT: usize = 16;

/// How the user wants sensors to be compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlignmentOptions<'a> {
    /// The sensor that the others are held against, by its name or its folder's; `None` for the one that suits best.
    pub reference: Option<&'a str>,
    /// How far two stamps of one frame may lie apart, in nanoseconds; `None` for what suits the cadence.
    pub tolerance_ns: Option<u64>,
}

impl Alignment {
    /// Compares the sensors of every scene. A scene's folder of which something could not be read is left out: the frames
    /// that are known of it tell nothing of those that are not.
    #[must_use]
    pub fn of(
        tree: &Tree,
        layout: &Layout,
        unseen: &UnreadIndex,
        options: AlignmentOptions<'_>,
    ) -> Self {
        let ranks = ranks(tree, layout, options.reference);
        let unknown_reference = options.reference.filter(|name| {
            !layout.sensors.is_empty()
                && !layout.sensors().any(|(_, sensor)| is_named(sensor, name))
        });
        let is_partly_unseen = layout.sensors().any(|(_, sensor)| unseen.is_within(sensor.folder));
        let scenes = SceneMatches::compute(tree, layout, unseen);
        let mut aligner = Aligner {
            scenes: &scenes,
            is_partly_unseen,
            tree,
            layout,
            unseen,
            options,
            ranks,
            scratch: Scratch::default(),
            reference: Timeline::default(),
            sensor: Timeline::default(),
            relations: Vec::new(),
            gaps: Vec::new(),
            compared: vec![0; layout.sensors.len()],
            cadences: Vec::new(),
            again: false,
        };
        let no_hints = vec![None; layout.sensors.len()];
        for scene in layout.scene_ids() {
            aligner.scene(scene, &no_hints);
        }
        aligner.try_again();
        let Aligner { mut relations, gaps, compared, mut cadences, .. } = aligner;
        relations.sort_by_key(|relation| (relation.scene, relation.sensor));
        say_alike(&mut relations, layout.sensors.len());
        cadences.sort_unstable();
        let cadence_ns = cadences.get(cadences.len() / 2).copied();
        Alignment {
            relations,
            gaps,
            compared,
            cadence_ns,
            unknown_reference: unknown_reference.map(str::to_owned),
            scenes,
        }
    }

    /// The cadence of the reference sensor in nanoseconds, the median over the scenes in which it is steady; `None` where it
    /// nowhere is, or the stems are not times.
    #[must_use]
    pub fn cadence_ns(&self) -> Option<u64> {
        self.cadence_ns
    }

    /// How the sensors' frames relate to the reference's, wherever they are not the same; by scene and then by sensor.
    #[must_use]
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// Stretches in which no sensor has a frame, by scene.
    #[must_use]
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// In how many scenes the sensor was compared with another.
    #[must_use]
    pub fn scenes_compared(&self, sensor: SensorId) -> u64 {
        self.compared.get(sensor.0 as usize).copied().unwrap_or_default()
    }

    /// Whether the sensor's stems are written otherwise than the reference's in some scene, which A206 says.
    #[must_use]
    pub fn differs_in_unit(&self, sensor: SensorId) -> bool {
        self.relations.iter().any(|relation| {
            relation.notation.is_some()
                && (relation.sensor == sensor || relation.reference == sensor)
        })
    }

    /// Settings about alignment that had no effect, in words.
    #[must_use]
    pub fn idle_settings(&self) -> Vec<String> {
        let reference = self.unknown_reference.as_ref();
        reference
            .map(|name| format!("the reference `{name}` names no sensor"))
            .into_iter()
            .collect()
    }
}

fn is_named(sensor: &crate::layout::Sensor, name: &str) -> bool {
    sensor.name == name || sensor.label() == name
}

/// For each sensor, the place in line for being the reference.
fn ranks(tree: &Tree, layout: &Layout, reference: Option<&str>) -> Vec<usize> {
    let mut order: Vec<_> = layout
        .sensors()
        .map(|(id, sensor)| {
            let named = reference.is_some_and(|name| is_named(sensor, name));
            let frames: u64 =
                layout.sensor_cells(id).map(|cell| layout.frames_in(tree, cell)).sum();
            (
                !named,
                sensor.kind == SensorKind::Camera,
                Reverse(frames),
                &sensor.folder_name,
                id.0 as usize,
            )
        })
        .collect();
    order.sort();
    let mut ranks = vec![0; order.len()];
    for (rank, (.., id)) in order.into_iter().enumerate() {
        if let Some(slot) = ranks.get_mut(id) {
            *slot = rank;
        }
    }
    ranks
}

/// Goes through the scenes with buffers that are used again.
struct Aligner<'a> {
    /// Folders whose names do not say with which others they are to be compared.
    scenes: &'a SceneMatches,
    /// Whether a part of some sensor could not be read.
    is_partly_unseen: bool,
    tree: &'a Tree,
    layout: &'a Layout,
    unseen: &'a UnreadIndex,
    options: AlignmentOptions<'a>,
    ranks: Vec<usize>,
    scratch: Scratch,
    reference: Timeline,
    sensor: Timeline,
    relations: Vec<Relation>,
    gaps: Vec<Gap>,
    compared: Vec<u64>,
    cadences: Vec<u64>,
    /// Whether the scenes were gone through before.
    again: bool,
}

/// One sensor of a scene as compared with the reference.
struct Draft {
    relation: Relation,
    /// Whether its gaps and surplus are to be weighed against those of the others.
    weighed: bool,
}

impl<'a> Aligner<'a> {
    /// The folders of a scene that have frames and were read to their end, the reference first.
    fn cells(&self, scene: SceneId) -> Vec<(Cell, Writings<'a>)> {
        let (tree, layout) = (self.tree, self.layout);
        let mut cells: Vec<(Cell, Writings<'a>)> = layout
            .scene_cells(scene)
            .iter()
            .filter(|cell| !self.unseen.is_within(cell.folder) && !self.scenes.is_apart(**cell))
            .map(|cell| (*cell, Writings::of(tree, layout, *cell)))
            .filter(|(_, writings)| writings.files() > 0)
            .collect();
        cells.sort_by_key(|(cell, _)| self.ranks.get(cell.sensor.0 as usize).copied());
        cells
    }

    /// Compares the sensors of one scene; `hints` are offsets by sensor that other scenes speak for.
    fn scene(&mut self, scene: SceneId, hints: &[Option<i64>]) {
        let cells = self.cells(scene);
        let Some(((home, reference), others)) = cells.split_first() else { return };
        self.reference.read(reference);
        let cadence = self.reference.cadence();
        if !self.again {
            self.survey(&cells, cadence);
        }
        let mut gaps = self.gaps_in(*home, cadence);
        let mut drafts: Vec<Draft> = Vec::with_capacity(others.len());
        let mut parts: Vec<Part> = Vec::with_capacity(others.len());
        for (cell, writings) in others {
            let mut relation = self.blank(*cell, *home, writings.files());
            let same = !self.reference.mixed && reference.same_stems(writings);
            let hint = hints.get(cell.sensor.0 as usize).copied().flatten();
            let comparison = if same { None } else { self.compare(reference, writings, hint) };
            let Some(comparison) = comparison else {
                parts.push(Part::default());
                drafts.push(Draft { relation, weighed: true });
                continue;
            };
            gaps.retain(|gap| comparison.frames_between(&self.sensor, gap.between) == 0);
            let part = relation.take(comparison);
            let weighed = relation.unrelated.is_none() && relation.rate.is_none();
            if weighed {
                parts.push(part);
            } else {
                let missing: Vec<i128> = part
                    .missing
                    .iter()
                    .filter_map(|at| self.reference.stamps.get(*at).copied())
                    .collect();
                relation.missing = missing.into_iter().collect();
            }
            drafts.push(Draft { relation, weighed });
        }
        self.gaps.append(&mut gaps);
        let own = self.blank(*home, *home, reference.files());
        self.settle(own, drafts, parts);
    }

    /// Compares one sensor with the reference of its scene.
    fn compare(
        &mut self,
        reference: &Writings<'_>,
        writings: &Writings<'_>,
        hint: Option<i64>,
    ) -> Option<Comparison> {
        self.sensor.read(writings);
        let terms = Terms { tolerance_ns: self.options.tolerance_ns, hint };
        compare(
            &self.reference,
            &self.sensor,
            reference.zeros_differ(writings),
            terms,
            &mut self.scratch,
        )
    }

    /// Says of each sensor what it lacks and has too much, and keeps what is not the same.
    fn settle(&mut self, mut own: Relation, drafts: Vec<Draft>, parts: Vec<Part>) {
        let stamps = &self.reference.stamps;
        let tolerance = match parts.iter().any(|part| !part.extra.is_empty()) {
            true => scene::tolerance_of(&self.reference, self.options.tolerance_ns),
            false => 0,
        };
        let (home, faults) = slots::settle(stamps, parts, tolerance);
        let assign = |relation: &mut Relation, fault: &Fault| {
            relation.missing = fault.missing.iter().copied().collect();
            relation.extra = fault.extra.iter().map(|(_, stamp)| *stamp).collect();
        };
        assign(&mut own, &home);
        if self.reference.mixed {
            own.notation = Some(Notation::Mixed);
        }
        let mut relations = vec![own];
        let mut faults = faults.into_iter();
        for Draft { mut relation, weighed } in drafts {
            if weighed && let Some(fault) = faults.next() {
                assign(&mut relation, &fault);
            }
            relations.push(relation);
        }
        relations.retain(|relation| !relation.is_same());
        self.relations.append(&mut relations);
    }

    fn blank(&self, cell: Cell, reference: Cell, frames: u64) -> Relation {
        let reference_frames = self.reference.stamps.len() as u64;
        Relation {
            scene: cell.scene,
            sensor: cell.sensor,
            reference: reference.sensor,
            frames,
            reference_frames,
            pairs: reference_frames,
            timed: self.reference.decimals.is_some(),
            notation: None,
            offset: None,
            rate: None,
            distances: None,
            centre: None,
            unrelated: None,
            missing: FrameSet::default(),
            extra: FrameSet::default(),
        }
    }

    /// The gaps of the scene's reference, where its cadence is steady otherwise.
    fn gaps_in(&self, home: Cell, cadence: Option<Cadence>) -> Vec<Gap> {
        // Another sensor may have frames there.
        if self.is_partly_unseen {
            return Vec::new();
        }
        let timed = cadence.filter(|cadence| cadence.regular).zip(self.reference.decimals);
        let Some((cadence, decimals)) = timed else { return Vec::new() };
        let least = cadence.step.saturating_mul(GAP_STEPS).max(factor(decimals));
        let stamps = &self.reference.stamps;
        let steps = stamps.iter().zip(stamps.iter().skip(1));
        steps
            .filter(|(before, after)| **after - **before >= least)
            .take(GAPS_KEPT)
            .map(|(before, after)| Gap {
                scene: home.scene,
                reference: home.sensor,
                between: (*before, *after),
                length_ns: nanoseconds(after - before, decimals),
                step_ns: nanoseconds(cadence.step, decimals),
            })
            .collect()
    }

    /// Counts the scenes in which each sensor stands beside others, and keeps the cadence of the reference.
    fn survey(&mut self, cells: &[(Cell, Writings<'_>)], cadence: Option<Cadence>) {
        if let Some((cadence, decimals)) =
            cadence.filter(|cadence| cadence.regular).zip(self.reference.decimals)
        {
            self.cadences.push(nanoseconds(cadence.step, decimals));
        }
        for (cell, _) in cells.iter().filter(|_| cells.len() > 1) {
            if let Some(count) = self.compared.get_mut(cell.sensor.0 as usize) {
                *count += 1;
            }
        }
    }

    /// Compares once more what stayed open, with the offset that the other scenes of the sensor speak for: a scene of one
    /// frame can tell nothing by itself.
    fn try_again(&mut self) {
        let hints = hints(&self.relations, self.layout.sensors.len());
        let mut open: Vec<SceneId> = self
            .relations
            .iter()
            .filter(|relation| {
                relation.unrelated.is_some_and(|unrelated| unrelated.apart.is_some())
            })
            .filter(|relation| hints.get(relation.sensor.0 as usize).is_some_and(Option::is_some))
            .map(|relation| relation.scene)
            .collect();
        open.dedup();
        if open.is_empty() {
            return;
        }
        self.relations.retain(|relation| open.binary_search(&relation.scene).is_err());
        self.gaps.retain(|gap| open.binary_search(&gap.scene).is_err());
        self.again = true;
        for scene in open {
            self.scene(scene, &hints);
        }
    }
}

/// Ticks of this many decimals of a second, in nanoseconds.
fn nanoseconds(ticks: i128, decimals: u8) -> u64 {
    u64::try_from(times(ticks, factor(9)) / factor(decimals)).unwrap_or(u64::MAX)
}

/// Says small distances of a sensor in all its scenes as it does in most: as one offset, or as jitter. What shows in a scene
/// of a thousand frames as an offset of -43 ms is no other thing in a scene of one.
fn say_alike(relations: &mut [Relation], sensors: usize) {
    let mut votes: Vec<(u64, u64)> = vec![(0, 0); sensors];
    for relation in relations.iter().filter(|relation| relation.centre.is_some()) {
        if let Some((offset, jitter)) = votes.get_mut(relation.sensor.0 as usize) {
            let side = if relation.offset.is_some() { offset } else { jitter };
            *side += relation.pairs;
        }
    }
    for relation in relations {
        let Some((offset, jitter)) = votes.get(relation.sensor.0 as usize) else { continue };
        let Some(centre) = relation.centre else { continue };
        // Where the middle is at home there is no offset to be said.
        let as_offset = offset > jitter && centre.by != 0;
        relation.offset = as_offset.then(|| centre.offset());
        if let Some(distances) = &mut relation.distances {
            distances.sizes = if as_offset { centre.as_offset } else { centre.as_jitter };
        }
    }
}

/// The fewest scenes that speak for an offset by agreeing, when none of them shows it by itself.
const FEWEST_AGREEING: usize = 3;
/// How far apart two scenes' offsets may lie and still be one, in nanoseconds.
const AGREEING_NS: i64 = 100_000_000;

/// For each sensor, the offset that most of its scenes show; or, where none shows any, the one that nearly all would have if
/// their first frames belonged together.
fn hints(relations: &[Relation], sensors: usize) -> Vec<Option<i64>> {
    let mut shown: Vec<Vec<i64>> = vec![Vec::new(); sensors];
    let mut open: Vec<Vec<i64>> = vec![Vec::new(); sensors];
    for relation in relations {
        let at = relation.sensor.0 as usize;
        if let (Some(offset), Some(list)) = (relation.offset, shown.get_mut(at)) {
            list.push(offset.by);
        } else if let (Some(apart), Some(list)) =
            (relation.unrelated.and_then(|it| it.apart), open.get_mut(at))
        {
            list.push(apart);
        }
    }
    let median = |list: &mut Vec<i64>| {
        list.sort_unstable();
        list.get(list.len() / 2).copied()
    };
    shown
        .iter_mut()
        .zip(&mut open)
        .map(|(shown, open)| {
            median(shown).or_else(|| {
                let middle = median(open)?;
                let near = open
                    .iter()
                    .filter(|apart| apart.abs_diff(middle) <= AGREEING_NS.unsigned_abs())
                    .count();
                (near >= FEWEST_AGREEING && near * 5 >= open.len() * 4).then_some(middle)
            })
        })
        .collect()
}
