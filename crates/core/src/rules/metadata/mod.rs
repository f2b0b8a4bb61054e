//! Family M: metadata.json.

pub(super) mod coefficients_missing;
pub(super) mod coefficients_unknown_camera;
pub(super) mod metadata_data_type;
pub(super) mod metadata_field_missing;
pub(super) mod metadata_field_type;
pub(super) mod metadata_field_unknown;
pub(super) mod metadata_file_tree_type;
pub(super) mod metadata_syntax;
pub(super) mod metadata_version;
mod pairing;
pub(super) mod sensor_not_in_sequence;
pub(super) mod sequence_duplicate;
pub(super) mod sequence_sensor_unknown;

use crate::contract::{Basis, DataType, Effect};
use crate::finding::Gather;
use crate::json::Span;
use crate::layout::SensorKind;
use crate::metadata::{Body, Metadata, Place};
use crate::rules::Context;
use crate::text;

/// metadata.json and what it says, where it could be read.
pub(super) fn body<'a>(context: &Context<'a>) -> Option<(&'a Metadata, &'a Body)> {
    let metadata = context.metadata?;
    Some((metadata, metadata.body.as_ref()?))
}

/// 2D or 3D: what metadata.json says, else the user, else the tree.
pub(super) fn data_type(context: &Context<'_>) -> Option<DataType> {
    let declared = body(context).and_then(|(_, body)| body.data_type());
    declared.or(context.settings.data_type).or_else(|| context.layout.data_type())
}

/// Whether the camera is to be projected into point clouds, so that its calibration matters.
pub(super) fn is_projected(context: &Context<'_>) -> bool {
    data_type(context) != Some(DataType::Image2D)
}

/// Whether metadata.json needs this field for the sensors that the tree has (facts T13, M5).
fn is_needed(context: &Context<'_>, place: Place, field: &str) -> bool {
    let has = |kind| context.layout.sensors().any(|(_, sensor)| sensor.kind == kind);
    match field {
        _ if place.camera.is_some() => true,
        "lidarSequence" => has(SensorKind::Lidar) && is_projected(context),
        "cameraSequence" => has(SensorKind::Camera),
        "cameraCoefficients" => has(SensorKind::Camera) && is_projected(context),
        _ => true,
    }
}

/// In 2D data nothing is made of a camera's coefficients, so a fault in them rejects nothing.
fn soften(context: &Context<'_>, place: Place, finding: &mut Gather<'_, '_>) {
    if place.camera.is_some() && !is_projected(context) {
        finding.effect(Effect::Advice, Basis::Advice);
    }
}

/// Objects of metadata.json as a sentence names them: itself, or one object of one or several cameras.
fn owners(metadata: &Metadata, places: &[Place]) -> String {
    let Some(first) = places.first() else { return String::new() };
    let labels: Vec<String> = places
        .iter()
        .filter_map(|place| place.camera)
        .take(SHOWN + 1)
        .map(|index| match metadata.coefficients(index) {
            Some(entry) => entry.label(),
            None => format!("entry {} of `cameraCoefficients`", index + 1),
        })
        .collect();
    let cameras = match (labels.as_slice(), places.len()) {
        ([], _) => "`metadata.json`".to_owned(),
        ([one], _) => one.clone(),
        (_, count) if count > SHOWN => format!("{} cameras", text::number(count as u64)),
        (several, _) => text::list(several, SHOWN),
    };
    if first.path.is_empty() { cameras } else { format!("`{}` of {cameras}", first.path) }
}

/// How many names stand in a sentence.
const SHOWN: usize = 5;

/// Names in backticks, as a sentence lists them.
fn quoted<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    text::list(&names, SHOWN)
}

/// The lines of further places, as a note: `also in lines 3, 8 and 2 more`.
fn further_lines(metadata: &Metadata, places: impl IntoIterator<Item = Span>, count: u64) -> Option<String> {
    let mut lines: Vec<String> =
        places.into_iter().take(SHOWN).map(|span| text::number(metadata.document.line(span) as u64)).collect();
    lines.dedup();
    let shown = lines.len() as u64;
    if shown == 0 {
        return None;
    }
    if count > SHOWN as u64 {
        lines.push(format!("{} more", text::number(count - SHOWN as u64)));
    }
    let noun = if lines.len() == 1 { "line" } else { "lines" };
    Some(format!("also in {noun} {}", text::list(&lines, lines.len())))
}

/// Says that every scene of the camera of this name is concerned.
pub(super) fn put_at_risk(context: &Context<'_>, camera: &str, finding: &mut Gather<'_, '_>) {
    let sensors = context.layout.sensors();
    for (id, _) in sensors.filter(|(_, sensor)| sensor.kind == SensorKind::Camera && sensor.name == camera) {
        for cell in context.layout.sensor_cells(id) {
            finding.in_scene(cell.scene);
        }
    }
}
