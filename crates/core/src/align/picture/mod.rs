//! [`Picture`]: how the sensors' frames lie on the time axis of each scene, as values that can be
//! drawn.
//!
//! Nothing is found here that [`Alignment`] did not find: it is only said where on the axis it
//! lies. All of it is binned, so that its size follows the scenes and the bins, never the frames.

mod axis;
mod close_up;
mod histogram;
mod lane;
mod scene;

pub use axis::{Axis, Position, RESOLUTION, Span};
pub use close_up::{CloseUp, CloseUpLane};
pub use histogram::Histogram;
pub use lane::{Deviation, Lane, LaneKind, Stretch};

use super::{Alignment, Relation};
use crate::layout::{Layout, SceneId};
use crate::names::SensorKind;
use crate::tree::Tree;
use crate::tree::unread::UnreadIndex;
use scene::Drafter;

/// How the sensors' frames lie on the time axis of each scene.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// The sensors: LiDARs first, then by folder name.
    pub sensors: Vec<PicturedSensor>,
    /// The scenes, by name.
    pub scenes: Vec<PicturedScene>,
}

/// A sensor over all scenes.
#[derive(Clone, Debug)]
pub struct PicturedSensor {
    /// Its folder's name, exactly the bytes listed.
    pub folder: Vec<u8>,
    /// LiDAR or camera.
    pub kind: SensorKind,
    /// How far its frames lie from those of the reference.
    pub histogram: Histogram,
}

/// A scene.
#[derive(Clone, Debug)]
pub struct PicturedScene {
    /// Its name, exactly the bytes listed.
    pub name: Vec<u8>,
    /// The sensor that the others are held against, by its place in [`Picture::sensors`]; `None`
    /// where no sensor of the scene can be compared.
    pub reference: Option<usize>,
    /// The time axis; `None` where no frame of the scene has a number.
    pub axis: Option<Axis>,
    /// One for each sensor, in their order.
    pub lanes: Vec<Lane>,
    /// The frames around the place that tells most, each for itself; `None` where the reference
    /// has no step.
    pub close_up: Option<CloseUp>,
}

impl PicturedScene {
    /// Whether all sensors have the same frames, and nothing is to be said of any of them.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.lanes.iter().all(|lane| lane.kind == LaneKind::Same)
    }
}

/// The most steps of the curve of a sensor's distances in a scene, where few sensors have one.
const MOST_BINS: u16 = 120;
/// The fewest, however many have one.
const FEWEST_BINS: u16 = 24;
/// How many steps all these curves have together, where that leaves each the fewest.
const BINS_OF_ALL: usize = 24_000;

impl Picture {
    /// Draws up the picture of a tree that was read and aligned. Where it is held against another
    /// one, `like`, scenes of the same name show the same place in detail.
    #[must_use]
    pub fn of(
        tree: &Tree,
        layout: &Layout,
        unseen: &UnreadIndex,
        alignment: &Alignment,
        like: Option<&Picture>,
    ) -> Self {
        let mut order: Vec<_> = layout.sensors().collect();
        order.sort_by_key(|(_, sensor)| (sensor.kind == SensorKind::Camera, &sensor.folder_name));
        let relations = alignment.relations();
        let half_steps = relations.iter().map(|relation| relation.half_step.unsigned_abs());
        let half_step =
            alignment.cadence_ns.map(|cadence| cadence / 2).or_else(|| half_steps.max());
        let timed = relations.iter().any(|relation| relation.timed) || relations.is_empty();
        let blank = Histogram::new(half_step.unwrap_or_default(), timed);
        let mut histograms = vec![blank; order.len()];
        let bins = BINS_OF_ALL / relations.len().max(1);
        let bins = u16::try_from(bins).unwrap_or(u16::MAX).clamp(FEWEST_BINS, MOST_BINS);
        let sensors: Vec<_> = order.iter().map(|(id, _)| *id).collect();
        let mut drafter = Drafter {
            tree,
            layout,
            unseen,
            alignment,
            sensors: &sensors,
            bins,
            histograms: &mut histograms,
            like,
        };
        let mut scenes: Vec<PicturedScene> =
            layout.scene_ids().map(|scene| drafter.draft(scene)).collect();
        scenes.sort_by(|a, b| a.name.cmp(&b.name));
        let sensors = order.into_iter().zip(histograms).map(|((_, sensor), histogram)| {
            PicturedSensor { folder: sensor.folder_name.clone(), kind: sensor.kind, histogram }
        });
        Picture { sensors: sensors.collect(), scenes }
    }
}

impl Alignment {
    /// What is not the same in a scene.
    fn relations_in(&self, scene: SceneId) -> &[Relation] {
        let from = self.relations.partition_point(|relation| relation.scene < scene);
        let to = self.relations.partition_point(|relation| relation.scene <= scene);
        self.relations.get(from..to).unwrap_or_default()
    }
}
