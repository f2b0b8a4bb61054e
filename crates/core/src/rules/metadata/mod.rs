//! Family M: metadata.json.

pub(super) mod coefficients_missing;
pub(super) mod coefficients_unknown_camera;
pub(in crate::rules) mod edits;
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

use crate::document::Location;
use crate::document::metadata::{Body, Coefficients, Metadata, Place};
use crate::finding::{Context, Part, Rule, Sink, Statement};
use crate::layout::SceneId;
use crate::names::{METADATA, SensorKind};
use crate::platform::{Basis, DataType, Effect};
use crate::rules::sentences::SHOWN;
use crate::rules::who_says;
use crate::text;

/// metadata.json and what it says, where it could be read.
pub(super) fn body<'a>(context: &Context<'a>) -> Option<(&'a Metadata, &'a Body)> {
    let metadata = context.metadata?;
    Some((metadata, metadata.body.as_ref()?))
}

/// 2D or 3D: what metadata.json says, else the request, else the user, else the tree.
pub(super) fn data_type(context: &Context<'_>) -> Option<DataType> {
    let declared = who_says::metadata(context).or_else(|| who_says::request(context));
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
pub(super) fn softened(context: &Context<'_>, statement: Statement) -> Statement {
    if is_projected(context) { statement } else { statement.effect(Effect::Advice, Basis::Advice) }
}

/// Makes one finding of each group of things in metadata.json, at the places where they stand.
pub(super) fn emit_groups<T>(
    sink: &mut Sink<'_>,
    rule: &'static Rule,
    groups: impl IntoIterator<Item = Vec<T>>,
    place: impl Fn(&T) -> Location,
    build: impl Fn(&[&T]) -> Statement,
) {
    for group in groups {
        let parts = group.into_iter().map(|one| Part::located(place(&one)).keyed(one));
        sink.emit(rule, parts, |kept| build(&kept.keys().collect::<Vec<_>>()));
    }
}

/// Objects of metadata.json as a sentence names them: itself, or one object of one or several
/// cameras.
fn owners(metadata: &Metadata, places: &[Place]) -> String {
    let Some(first) = places.first() else { return String::new() };
    if first.camera.is_none() {
        return match first.path {
            "" => format!("`{METADATA}`"),
            path => format!("`{path}`"),
        };
    }
    let cameras = camera_list(places.iter().map(|place| {
        let index = place.camera.unwrap_or_default();
        let entry = metadata.coefficients(index);
        entry.map_or_else(
            || format!("entry {} of `cameraCoefficients`", index + 1),
            Coefficients::label,
        )
    }));
    if first.path.is_empty() { cameras } else { format!("`{}` of {cameras}", first.path) }
}

/// Cameras as a sentence lists them.
pub(super) fn camera_list(labels: impl ExactSizeIterator<Item = String>) -> String {
    let count = labels.len();
    let labels: Vec<String> = labels.take(SHOWN).collect();
    if count > SHOWN {
        return text::count(count as u64, "camera");
    }
    let names: Vec<&str> =
        labels.iter().filter_map(|label| label.strip_prefix("camera ")).collect();
    let numbers: Vec<&str> = labels
        .iter()
        .filter_map(|label| label.strip_prefix("entry ")?.strip_suffix(" of `cameraCoefficients`"))
        .collect();
    if count > 1 && names.len() == count {
        format!("cameras {}", text::list(&names, SHOWN))
    } else if count > 1 && numbers.len() == count {
        format!("entries {} of `cameraCoefficients`", text::list(&numbers, SHOWN))
    } else {
        text::list(&labels, SHOWN)
    }
}

/// Names in backticks, as a sentence lists them.
pub(super) fn quoted<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> =
        names.into_iter().map(|name| format!("`{}`", text::short(name))).collect();
    text::list(&names, SHOWN)
}

/// Every scene of the camera of this name.
pub(super) fn scenes_of(context: &Context<'_>, camera: &str) -> Vec<SceneId> {
    let sensors = context.layout.sensors();
    let cameras =
        sensors.filter(|(_, sensor)| sensor.kind == SensorKind::Camera && sensor.name == camera);
    let cells = cameras.flat_map(|(id, _)| context.layout.sensor_cells(id));
    cells.map(|cell| cell.scene).collect()
}
