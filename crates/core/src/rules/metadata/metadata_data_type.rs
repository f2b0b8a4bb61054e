use super::{body, quoted};
use crate::contract::{DataType, Effect, ResponseCode};
use crate::finding::{Location, Sink};
use crate::layout::SensorKind;
use crate::metadata::Body;
use crate::rules::Context;
use crate::text;

declare_rule! {
    /// `dataType` in metadata.json is neither 2 nor 3, or not what the tree or the request says.
    ///
    /// 2 stands for 2D data, images alone; 3 for 3D data, which needs at least one LiDAR and may have cameras. The platform
    /// answers 5838, wrong data type, where it finds another than it was told. A LiDAR that `lidarSequence` names and whose folder
    /// is missing is M108's matter, not this rule's.
    ///
    /// **Repair:** write 3 where there is a LiDAR and 2 where there is none, in metadata.json and in the request.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json:
    /// {
    ///   "version": "1.0",
    ///   "fileTreeType": 0,
    ///   "dataType": 2,
    ///   "lidarSequence": ["top"],
    ///   "cameraSequence": [],
    ///   "cameraCoefficients": []
    /// }
    /// ```
    ///
    /// ```tree good
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json:
    /// {
    ///   "version": "1.0",
    ///   "fileTreeType": 0,
    ///   "dataType": 2,
    ///   "lidarSequence": [],
    ///   "cameraSequence": ["front"],
    ///   "cameraCoefficients": []
    /// }
    /// ```
    METADATA_DATA_TYPE {
        code: "M107",
        name: "metadata-data-type",
        effect: Effect::Reject(ResponseCode::WrongDataType),
        basis: Implied,
        facts: ["Q3", "M4", "T13"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((metadata, body)) = body(context) else { return };
    let Some(field) = &body.data_type else { return };
    let value = text::decimal(field.value);
    let requested = context.settings.data_type;
    let in_tree = context.layout.data_type();
    let (sentence, expected) = match body.data_type() {
        None => (format!("`dataType` is {value}; it is 2 for 2D and 3 for 3D"), in_tree.or(requested)),
        Some(declared) if requested.is_some_and(|requested| requested != declared) => (
            format!("`dataType` is {value} here and {} in the request", requested.map_or(0, DataType::number)),
            requested,
        ),
        Some(DataType::Image2D) if in_tree == Some(DataType::PointCloud3D) && has_named_lidar(context) => {
            (format!("`dataType` is {value} (2D), but the tree has {}", lidars(context)), in_tree)
        }
        Some(DataType::PointCloud3D) if in_tree == Some(DataType::Image2D) && !names_lidars(body) => {
            if context.unseen.is_at_the_top() {
                return;
            }
            (format!("`dataType` is {value} (3D), but the tree has no LiDAR"), in_tree)
        }
        Some(_) => return,
    };
    let mut finding = sink.gather(&METADATA_DATA_TYPE);
    let label = expected.map(|expected| format!("expected {}", expected.number()));
    finding.locate(Location { label, ..metadata.document.locate(field.span) });
    finding.help("write 3 where there is a LiDAR and 2 where there is none");
    finding.say(sentence);
}

/// Whether a LiDAR's folder has a name behind its prefix; what metadata.json makes of one without is not known.
fn has_named_lidar(context: &Context<'_>) -> bool {
    context.layout.sensors().any(|(_, sensor)| sensor.kind == SensorKind::Lidar && !sensor.name.is_empty())
}

/// Whether `lidarSequence` names a LiDAR, so that its folder is what is missing, and not the data type that is wrong.
fn names_lidars(body: &Body) -> bool {
    body.lidar_sequence.as_ref().is_some_and(|sequence| !sequence.names.is_empty())
}

fn lidars(context: &Context<'_>) -> String {
    let sensors = context.layout.sensors().filter(|(_, sensor)| sensor.kind == SensorKind::Lidar);
    let folders: Vec<String> = sensors.map(|(_, sensor)| sensor.label().into_owned()).collect();
    format!("LiDAR data in {}", quoted(folders.iter().map(String::as_str)))
}
