//! What a pairing comes to for each sensor, over all scenes.

use std::collections::BTreeMap;

use super::{Disagreement, PairingReport, SensorPairing};
use crate::layout::{SceneId, SensorId};

/// The pairs of one sensor over all scenes in which it does not have the reference's very frames.
#[derive(Clone, Debug)]
pub struct SensorSum {
    /// The sensor.
    pub sensor: SensorId,
    /// What it is paired with; the sensor itself where its stems are given one by one.
    pub reference: SensorId,
    /// In how many scenes.
    pub scenes: u64,
    /// The sensor's frames.
    pub frames: u64,
    /// How many pair.
    pub pairs: u64,
    /// Frames of the sensor, and of the reference, without partner.
    pub left: (u64, u64),
    /// How many of the pairs move by more than half a step beyond the fitted clock.
    pub far: u64,
    /// Whether lengths are nanoseconds, or plain numbers since the stems are no times.
    pub timed: bool,
    /// The middle of the scenes' offsets, sensor less reference; `None` without any.
    pub offset: Option<i128>,
    /// The middle of the scenes' medians of the distance left; `None` where none was measured.
    pub median: Option<i64>,
    /// The largest of what 95 of 100 frames of a scene do not exceed.
    pub p95: Option<i64>,
    /// How many frames the nearest stamps and the fitted clock give other partners.
    pub disagreeing: u64,
    /// The first of them, with its scene.
    pub example: Option<(SceneId, Disagreement)>,
}

impl PairingReport {
    /// Sums up the scenes of each sensor, by sensor and what it is paired with.
    #[must_use]
    pub fn by_sensor(&self) -> Vec<SensorSum> {
        let mut by_sensor: BTreeMap<(SensorId, SensorId), Vec<&SensorPairing>> = BTreeMap::new();
        for pairing in &self.sensors {
            by_sensor.entry((pairing.sensor, pairing.reference)).or_default().push(pairing);
        }
        by_sensor.into_iter().map(|((sensor, reference), of)| sum(sensor, reference, &of)).collect()
    }
}

fn sum(sensor: SensorId, reference: SensorId, of: &[&SensorPairing]) -> SensorSum {
    let total = |each: fn(&SensorPairing) -> u64| of.iter().map(|it| each(it)).sum();
    let sizes = || of.iter().filter_map(|it| it.sizes);
    let offset = |it: &&SensorPairing| Some(it.clock.as_ref()?.offset?.by);
    SensorSum {
        sensor,
        reference,
        scenes: of.len() as u64,
        frames: total(|it| it.frames),
        pairs: total(|it| it.pairs),
        left: (total(|it| it.left().0), total(|it| it.left().1)),
        far: total(|it| it.far),
        timed: of.iter().all(|it| it.timed),
        offset: middle(of.iter().filter_map(offset).collect()),
        median: middle(sizes().map(|sizes| sizes.median).collect()),
        p95: sizes().map(|sizes| sizes.p95).max(),
        disagreeing: of.iter().filter_map(|it| Some(it.disagreement.as_ref()?.count)).sum(),
        example: of.iter().find_map(|it| Some((it.scene, it.disagreement.clone()?))),
    }
}

fn middle<T: Ord + Copy>(mut values: Vec<T>) -> Option<T> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}
