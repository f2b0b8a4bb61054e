use super::edits::{append, edit};
use super::pairing::Pairing;
use super::{body, quoted};
use crate::document::metadata::sequence_field;
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::names::SensorKind;
use crate::platform::{DataType, Effect};
use crate::repair::Repair;
use crate::rules::sentences::SHOWN;
use crate::text;

declare_rule! {
    /// A sensor has its folder in the tree, but no name in `lidarSequence` or `cameraSequence`.
    ///
    /// The sequences say which sensors a dataset has and in which order they are shown. The
    /// platform cannot place a folder that neither of them names. A name that is only misspelt is
    /// M108's matter, and a LiDAR's folder in data that metadata.json declares as 2D is M107's.
    ///
    /// **Repair:** add the folder's name, without its prefix, to the sequence; or take the folder
    /// out of the tree.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[0] absent
    ///   cameraSequence = []
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json
    /// ```
    SENSOR_NOT_IN_SEQUENCE {
        code: "M109",
        name: "sensor-not-in-sequence",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T3", "M3"],
        judges: sensors_and_sequence,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((metadata, body)) = body(context) else { return };
    let layout = context.layout;
    let unnamed = Pairing::of(context, body).unnamed;
    for kind in SensorKind::ALL {
        // A sequence that is not there, or not readable to its end, is said by other rules.
        let Some(sequence) = body.sequence(kind).filter(|sequence| sequence.complete) else {
            continue;
        };
        let wrong_type = body.data_type() == Some(DataType::Image2D) && sequence.names.is_empty();
        if kind == SensorKind::Lidar && wrong_type {
            continue;
        }
        let sensors = unnamed.iter().map(|id| layout.sensor(*id));
        // A folder that is nothing but its prefix has no name to be listed.
        let sensors = sensors.filter(|sensor| sensor.kind == kind && !sensor.name.is_empty());
        let parts = sensors
            .map(|sensor| Part::at(Example::at(context.tree.path(sensor.folder))).keyed(sensor));
        let span = sequence.names.last().map_or(sequence.span, |last| last.span);
        sink.emit(&SENSOR_NOT_IN_SEQUENCE, parts, |kept| {
            let field = sequence_field(kind);
            let names: Vec<String> =
                kept.keys().map(|sensor| format!("\"{}\"", sensor.name)).collect();
            let names = text::list(&names, SHOWN);
            let labels: Vec<_> = kept.keys().map(|sensor| sensor.label()).collect();
            let labels = quoted(labels.iter().map(AsRef::as_ref));
            let label = format!("{names} missing in `{field}`");
            let added: Vec<&str> = kept.keys().map(|sensor| sensor.name.as_str()).collect();
            let repair = Repair::safe("the sensor's folder is in the tree")
                .with(edit(metadata, [append(sequence, &added)]));
            Statement::new(format!("`{field}` does not name {labels}"))
                .help(format!("add {names} to `{field}`"))
                .pointing_at([metadata.document.point(span, label)])
                .repair(repair)
        });
    }
}
