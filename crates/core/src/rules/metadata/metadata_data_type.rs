use super::body;
use super::edits::{append, edit, replace};
use crate::document::Location;
use crate::document::request::Field;
use crate::finding::{Context, Sink, Statement};
use crate::names::SensorKind;
use crate::platform::{DataType, Effect, ResponseCode};
use crate::repair::Repair;
use crate::rules::{request, who_says};
use crate::text;

declare_rule! {
    /// `dataType` in metadata.json is neither 2 nor 3, or not what the tree is.
    ///
    /// 2 stands for 2D data, images alone; 3 for 3D data, which needs at least one LiDAR and may
    /// have cameras. The platform answers 5838, wrong data type, where it finds another than it was
    /// told. Where a request is checked too, R112 says who says what. A LiDAR that `lidarSequence`
    /// names and whose folder is missing is M108's matter, not this rule's; and one whose files are
    /// all something else than point clouds is F102's.
    ///
    /// **Repair:** write 3 where there is a LiDAR and 2 where there is none, in metadata.json and
    /// in the request.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json with:
    ///   dataType = 2
    /// ```
    ///
    /// ```tree good
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[0] absent
    /// ```
    METADATA_DATA_TYPE {
        code: "M107",
        name: "metadata-data-type",
        effect: Effect::Reject(ResponseCode::WrongDataType),
        basis: Implied,
        facts: ["Q3", "M4", "T13"],
        judges: metadata_data_type,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((metadata, body)) = body(context) else { return };
    let Some(field) = &body.data_type else { return };
    let value = text::decimal(field.value);
    let in_tree = who_says::tree(context);
    let asked = context.settings.data_type;
    let (sentence, expected) = match body.data_type() {
        // The same mistake in the request is said there, and that it was made here too.
        None if context
            .request
            .is_some_and(|it| request::asks_for(it, Field::DataType, field.value)) =>
        {
            return;
        }
        None => {
            let expected = in_tree.or(who_says::request(context)).or(asked);
            (format!("`dataType` is {value}; it is 2 for 2D and 3 for 3D"), expected)
        }
        // With a request it is R112 that says who says what.
        Some(_) if who_says::request(context).is_some() => return,
        Some(declared) => match (asked, in_tree) {
            (Some(asked), _) if asked != declared => (
                format!("`dataType` is {value} here and {} on the command line", asked.number()),
                Some(asked),
            ),
            (_, Some(found)) if found != declared => {
                let sentence = format!(
                    "`dataType` is {}, but the tree has {}",
                    who_says::spelled(declared),
                    who_says::holds(context, found)
                );
                (sentence, Some(found))
            }
            _ => return,
        },
    };
    let label = expected.map(|expected| format!("expected {}", expected.number()));
    let place = Location { label, ..metadata.document.locate(field.span) };
    let help = "write 3 where there is a LiDAR and 2 where there is none";
    let by_tree = expected.filter(|expected| Some(*expected) == in_tree);
    let edits = by_tree.map(|expected| replace(field.span, expected.number().to_string()));
    // Where images alone are declared, no rule misses the names of the LiDARs.
    let lidars = context.layout.sensors.iter().filter(|sensor| sensor.kind == SensorKind::Lidar);
    let lidars: Vec<&str> = lidars.map(|sensor| sensor.name.as_str()).collect();
    let names = body
        .sequence(SensorKind::Lidar)
        .filter(|sequence| sequence.complete && sequence.names.is_empty())
        .filter(|_| by_tree == Some(DataType::PointCloud3D))
        .map(|sequence| append(sequence, &lidars));
    let repair = Repair::safe("the sensors of the tree say it")
        .with(edit(metadata, edits.into_iter().chain(names)));
    sink.emit_one(&METADATA_DATA_TYPE, place, Statement::new(sentence).help(help).repair(repair));
}
