//! How frames are paired, in the JSON of a plan.

use std::borrow::Cow;

use schemars::JsonSchema;
use sensortree_core::finding::figures::Unit;
use sensortree_core::layout::{Layout, SceneId};
use sensortree_core::pairing::{Disagreement, Refused, SensorSum};
use serde::Serialize;

use super::PairingView;
use super::json::is_false;
use crate::json::encoded;

/// How the frames of sensors are paired, where a way was chosen, and what that comes to.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Pairing")]
pub(super) struct JsonPairing<'a> {
    /// The way that was chosen: by the clocks as fitted, by the nearest stamps, in their order, or
    /// as a table has it.
    #[schemars(extend("enum" = ["offset", "nearest", "order", "table"]))]
    by: &'static str,
    /// Whether frames are moved by more than half a step beyond their sensor's clock, too
    /// (`--far`).
    moves_far: bool,
    /// The sensors that do not have the very frames of what they are paired with, over all scenes.
    sensors: Vec<JsonSensorPairing<'a>>,
    /// Sensors of scenes of which no pairs are known. Their frames stay as they are.
    refused: Vec<JsonRefused<'a>>,
}

/// How the frames of one sensor are paired, over all scenes in which they are. Where nothing tells
/// a length, it is null.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SensorPairing")]
struct JsonSensorPairing<'a> {
    /// The sensor's folder.
    sensor: Cow<'a, str>,
    /// `sensor` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    sensor_encoded: bool,
    /// The folder of the sensor that it is paired with; its own, where its stems are given one by
    /// one.
    reference: Cow<'a, str>,
    /// `reference` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    reference_encoded: bool,
    /// In how many scenes.
    scenes: u64,
    /// The sensor's frames.
    frames: u64,
    /// How many of them pair.
    pairs: u64,
    /// How many have no partner.
    without_partner: u64,
    /// How many frames of the reference have none.
    reference_without_partner: u64,
    /// How many of the pairs move a frame by more than half a step beyond its sensor's clock: those
    /// are left out unless `movesFar`.
    far: u64,
    /// The unit of the lengths: `ns`, or `step` of the numbers in names where those are no times.
    #[schemars(extend("enum" = ["ns", "step"]))]
    unit: &'static str,
    /// How far the clock runs ahead of the reference's, as it was fitted, in the middle of all
    /// scenes; behind it, where that is below zero.
    offset: Option<i128>,
    /// How far the frames of a pair lie apart, once the clock as this way takes it is set right:
    /// the median, in the middle of all scenes.
    residual_median: Option<i64>,
    /// What 95 of 100 pairs do not exceed, in the worst scene.
    residual_p95: Option<i64>,
    /// Where the nearest stamps and the fitted clock give other pairs; null where they do not.
    disagreement: Option<JsonDisagreement<'a>>,
}

/// Where the nearest stamps and the fitted clock give frames other partners.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Disagreement")]
struct JsonDisagreement<'a> {
    /// Of how many frames of the sensor.
    frames: u64,
    /// The scene of the first of them.
    scene: Cow<'a, str>,
    /// `scene` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    scene_encoded: bool,
    /// The file name of the first of them.
    frame: Cow<'a, str>,
    /// `frame` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    frame_encoded: bool,
    /// The file name of its partner by the fitted clock; null without one.
    by_offset: Option<Cow<'a, str>>,
    /// `byOffset` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    by_offset_encoded: bool,
    /// The file name of its partner by the nearest stamp; null without one.
    by_nearest: Option<Cow<'a, str>>,
    /// `byNearest` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    by_nearest_encoded: bool,
}

/// A sensor of a scene of which no pairs are known.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Unpaired")]
struct JsonRefused<'a> {
    /// The sensor's folder.
    sensor: Cow<'a, str>,
    /// `sensor` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    sensor_encoded: bool,
    /// The scene.
    scene: Cow<'a, str>,
    /// `scene` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    scene_encoded: bool,
    /// Why, in a few words.
    why: String,
}

impl<'a> JsonPairing<'a> {
    pub(super) fn of(view: &PairingView<'a>) -> Self {
        let PairingView { by, sums, paired, far: moves_far } = *view;
        JsonPairing {
            by: by.as_str(),
            moves_far,
            sensors: sums.iter().map(|sum| JsonSensorPairing::of(&paired.layout, sum)).collect(),
            refused: paired
                .report
                .refused
                .iter()
                .map(|it| JsonRefused::of(&paired.layout, it))
                .collect(),
        }
    }
}

impl<'a> JsonSensorPairing<'a> {
    fn of(layout: &'a Layout, sum: &'a SensorSum) -> Self {
        let name = |sensor| encoded(&layout.sensor(sensor).folder_name);
        let ((sensor, sensor_encoded), (reference, reference_encoded)) =
            (name(sum.sensor), name(sum.reference));
        let (without_partner, reference_without_partner) = sum.left;
        let disagreement = sum.example.as_ref();
        JsonSensorPairing {
            sensor,
            sensor_encoded,
            reference,
            reference_encoded,
            scenes: sum.scenes,
            frames: sum.frames,
            pairs: sum.pairs,
            without_partner,
            reference_without_partner,
            far: sum.far,
            unit: if sum.timed { Unit::Nanosecond } else { Unit::Step }.as_str(),
            offset: sum.offset,
            residual_median: sum.median,
            residual_p95: sum.p95,
            disagreement: disagreement
                .map(|(scene, first)| JsonDisagreement::of(layout, *scene, sum.disagreeing, first)),
        }
    }
}

impl<'a> JsonDisagreement<'a> {
    fn of(layout: &'a Layout, scene: SceneId, frames: u64, first: &'a Disagreement) -> Self {
        let partner = |name: &'a Option<Vec<u8>>| name.as_deref().map(encoded).unzip();
        let ((scene, scene_encoded), (frame, frame_encoded)) =
            (encoded(layout.scene_name(scene)), encoded(&first.frame));
        let (by_offset, offset_encoded) = partner(&first.by_offset);
        let (by_nearest, nearest_encoded) = partner(&first.by_nearest);
        JsonDisagreement {
            frames,
            scene,
            scene_encoded,
            frame,
            frame_encoded,
            by_offset,
            by_offset_encoded: offset_encoded.unwrap_or(false),
            by_nearest,
            by_nearest_encoded: nearest_encoded.unwrap_or(false),
        }
    }
}

impl<'a> JsonRefused<'a> {
    fn of(layout: &'a Layout, refused: &Refused) -> Self {
        let (sensor, sensor_encoded) = encoded(&layout.sensor(refused.sensor).folder_name);
        let (scene, scene_encoded) = encoded(layout.scene_name(refused.scene));
        JsonRefused { sensor, sensor_encoded, scene, scene_encoded, why: refused.fault.to_string() }
    }
}
