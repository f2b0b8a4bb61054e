//! Pairing the frames of one scene across its sensors.
//!
//! Sensors whose frames are the same, as in a good tree, are told so by their compressed bytes and
//! cost next to nothing. All others are compared with one of them, and what sets two apart is
//! decided in a fixed order: the unit of the stamps, the rate, the offset of the clocks, steps of a
//! clock and counters that start anew, jitter; what no cause explains is missing or too much.
//!
//! The reference is chosen after that: the sensor that the settings name; else the clock that most
//! sensors share, and among these what is written in milliseconds, what keeps to the middle of all,
//! and the first LiDAR of `lidarSequence`, or by folder name.

mod aligner;
mod choose;
mod common;
mod fit;
pub(crate) mod given;
pub mod known;
mod mend;
mod notation;
mod offset;
mod pairing;
pub mod picture;
mod pieces;
mod rates;
pub mod reading;
mod relation;
mod scaling;
mod scene;
pub mod scenes;
mod slots;
mod small_step;
mod stepped;
#[cfg(test)]
mod tests;
mod ticks;
pub(crate) mod timeline;
pub mod unit;

use std::cmp::Reverse;
use std::sync::Mutex;

pub use known::{Known, KnownOffset};
pub(crate) use mend::{Mended, fitted, mended, under};
pub use relation::{
    Distances, Notation, Offset, Rate, Relation, Run, Runs, Sizes, Steps, Stretch, Unrelated, Wrap,
    Written, duration,
};

use crate::for_each::ForEach;
use crate::layout::{Layout, SceneId, SensorId};
use crate::names::SensorKind;
use crate::tree::Tree;
use crate::tree::unread::UnreadIndex;
use aligner::{Aligner, Found};
pub(crate) use reading::Readings;
use scaling::{factor, times};
use scenes::SceneMatches;
pub(crate) use slots::{runs_of_extra, runs_of_missing};

/// How each sensor's timestamps relate to the reference's, scene by scene.
#[derive(Clone, Debug)]
pub struct Alignment {
    /// What is not the same, by scene and then by sensor.
    relations: Vec<Relation>,
    /// Stretches in which no sensor has a frame, by scene.
    gaps: Vec<Gap>,
    /// In how many scenes each sensor was compared with a reference, or was the
    /// reference of others.
    compared: Vec<u64>,
    cadence_ns: Option<u64>,
    /// How far apart two stamps of one frame may lie, in nanoseconds, as the user set it.
    pub(crate) tolerance_ns: Option<u64>,
    unknown_reference: Option<String>,
    /// Which folders belong together by their stamps, where their names say otherwise.
    pub scenes: SceneMatches,
    /// How names are read that are no plain numbers.
    pub(crate) readings: Readings,
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
    /// The sensor that the others are held against, by its name or its folder's; `None` for the one
    /// that suits best.
    pub reference: Option<&'a str>,
    /// The LiDARs in the order of metadata.json.
    pub lidar_sequence: &'a [&'a str],
    /// How far two stamps of one frame may lie apart, in nanoseconds; `None` for what
    /// suits the cadence.
    pub tolerance_ns: Option<u64>,
    /// How scenes are compared: one after the other, or on several threads.
    pub for_each: ForEach,
}

/// Scenes are compared in so many stretches at the most.
const MOST_STRETCHES: usize = 256;

impl Alignment {
    /// Compares the sensors of every scene. A scene's folder of which something could not be read
    /// is left out: the frames that are known of it tell nothing of those that are not.
    #[must_use]
    pub fn of(
        tree: &Tree,
        layout: &Layout,
        unseen: &UnreadIndex,
        options: AlignmentOptions<'_>,
    ) -> Self {
        let ranks = ranks(tree, layout, options);
        let unknown_reference = options.reference.filter(|name| {
            !layout.sensors.is_empty()
                && !layout.sensors().any(|(_, sensor)| is_named(sensor, name))
        });
        let scenes = SceneMatches::compute(tree, layout, unseen);
        let readings = Readings::of(tree, layout);
        let blank = || Aligner::new(tree, layout, unseen, (&scenes, &readings), options, &ranks);
        let ids: Vec<SceneId> = layout.scene_ids().collect();
        let stretches: Vec<&[SceneId]> =
            ids.chunks(ids.len().div_ceil(MOST_STRETCHES).max(1)).collect();
        let found: Vec<Mutex<Option<Found>>> = stretches.iter().map(|_| Mutex::default()).collect();
        options.for_each.call(stretches.len(), &|at| {
            let (Some(stretch), Some(slot)) = (stretches.get(at), found.get(at)) else { return };
            let mut aligner = blank();
            stretch.iter().for_each(|scene| aligner.align(*scene, &[]));
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(aligner.found);
            }
        });
        let mut aligner = blank();
        for slot in found {
            aligner.found.append(slot.into_inner().ok().flatten().unwrap_or_default());
        }
        aligner.try_again();
        let Found { mut relations, gaps, compared, mut cadences } = aligner.found;
        relations.sort_by_key(|relation| (relation.scene, relation.sensor));
        say_alike(&mut relations, layout.sensors.len());
        cadences.sort_unstable();
        let cadence_ns = cadences.get(cadences.len() / 2).copied();
        Alignment {
            relations,
            gaps,
            compared,
            cadence_ns,
            tolerance_ns: options.tolerance_ns,
            unknown_reference: unknown_reference.map(str::to_owned),
            scenes,
            readings,
        }
    }

    /// The cadence of the reference sensor in nanoseconds, the median over the scenes in which it
    /// is steady; `None` where it nowhere is, or the stems are not times.
    #[must_use]
    pub fn cadence_ns(&self) -> Option<u64> {
        self.cadence_ns
    }

    /// How the sensors' frames relate to the reference's, wherever they are not the same; by scene
    /// and then by sensor.
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

    /// Whether a sensor's stems in a scene are written otherwise than the reference's, or other
    /// sensors' than its own.
    pub(crate) fn is_read_otherwise(&self, scene: SceneId, sensor: SensorId) -> bool {
        let first = self.relations.partition_point(|relation| relation.scene < scene);
        let of_scene = self.relations.iter().skip(first).take_while(|it| it.scene == scene);
        let concerned = |it: &Relation| it.sensor == sensor || it.reference == sensor;
        of_scene.filter(|it| concerned(it)).any(|relation| relation.notation.is_some())
    }

    /// Whether the sensor's stems are written otherwise than the reference's in some scene,
    /// which A206 says.
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
fn ranks(tree: &Tree, layout: &Layout, options: AlignmentOptions<'_>) -> Vec<usize> {
    let frames = |id| layout.sensor_cells(id).map(|cell| layout.frames_in(tree, cell)).sum::<u64>();
    let frames: Vec<u64> = layout.sensors().map(|(id, _)| frames(id)).collect();
    let most = frames.iter().copied().max().unwrap_or_default();
    let mut order: Vec<_> = layout
        .sensors()
        .zip(frames)
        .map(|((id, sensor), frames)| {
            let named = options.reference.is_some_and(|name| is_named(sensor, name));
            let listed = options.lidar_sequence.iter().position(|name| is_named(sensor, name));
            (
                !named,
                sensor.kind == SensorKind::Camera,
                // What lacks many of its frames is no measure for the others.
                frames.saturating_mul(10) < most.saturating_mul(9),
                listed.unwrap_or(usize::MAX),
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

/// Ticks of this many decimals of a second, in nanoseconds.
fn nanoseconds(ticks: i128, decimals: u8) -> u64 {
    u64::try_from(times(ticks, factor(9)) / factor(decimals)).unwrap_or(u64::MAX)
}

/// Says small distances of a sensor in all its scenes as it does in most: as one offset, or as
/// jitter. What shows in a scene of a thousand frames as an offset of -43 ms is no other thing in a
/// scene of one.
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
