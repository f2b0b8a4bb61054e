use super::field;
use crate::document::Location;
use crate::document::request::Field;
use crate::finding::{Context, Sink, Statement};
use crate::platform::{DataType, Effect, ResponseCode};
use crate::rules::who_says;
use crate::text;

declare_rule! {
    /// The request, metadata.json and the tree do not agree on 2D or 3D.
    ///
    /// All three say it: `dataType` of the request, `dataType` of metadata.json, and the sensors,
    /// since 3D data needs at least one LiDAR and 2D data has none. The platform answers 5838,
    /// wrong data type, where it finds another than it was told. Who says what is said once, at the
    /// one that stands alone against the others.
    ///
    /// **Repair:** write 3 where there is a LiDAR and 2 where there is none, in metadata.json and
    /// in the request.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 2,
    ///   "name": "drive 0423",
    ///   "projectId": 26
    /// }
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 3,
    ///   "name": "drive 0423",
    ///   "projectId": 26
    /// }
    /// ```
    DATA_TYPE_CONTRADICTS_TREE {
        code: "R112",
        name: "data-type-contradicts-tree",
        effect: Effect::Reject(ResponseCode::WrongDataType),
        basis: Implied,
        facts: ["Q3", "M4", "T13"],
        judges: data_type_twice,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((request, found)) = field(context, Field::DataType) else { return };
    let Some(requested) = request.data_type() else { return };
    let declared = who_says::metadata(context);
    let in_tree = who_says::tree(context);
    let differs = |said: Option<DataType>| said.is_some_and(|said| said != requested);
    if !differs(declared) && !differs(in_tree) {
        return;
    }
    // What the data are is what their sensors make them; without that, neither of the two is known
    // to be wrong.
    let label = in_tree.map(|expected| format!("expected {}", expected.number()));
    let in_metadata = context
        .metadata
        .and_then(|metadata| Some((metadata, metadata.body.as_ref()?.data_type.as_ref()?)));
    let location = match in_metadata {
        Some((metadata, field)) if in_tree == Some(requested) => {
            metadata.document.locate(field.span)
        }
        _ => request.document.locate(found.value.span),
    };
    let statement = Statement::new(sentence(context, requested, declared, in_tree))
        .help("write 3 where there is a LiDAR and 2 where there is none, in the request and in metadata.json");
    sink.emit_one(&DATA_TYPE_CONTRADICTS_TREE, Location { label, ..location }, statement);
}

/// `the request says 2 (2D), but metadata.json says 3 (3D) and the tree has LiDAR data in
/// ``lidar-top```
fn sentence(
    context: &Context<'_>,
    requested: DataType,
    declared: Option<DataType>,
    in_tree: Option<DataType>,
) -> String {
    let in_tree = in_tree.map(|data_type| {
        (data_type, format!("the tree has {}", who_says::holds(context, data_type)))
    });
    let says =
        |who: &str, data_type| (data_type, format!("{who} says {}", who_says::spelled(data_type)));
    let all: Vec<(DataType, String)> = std::iter::once(says("the request", requested))
        .chain(declared.map(|declared| says("`metadata.json`", declared)))
        .chain(in_tree)
        .collect();
    // Two may stand against one; the one goes first.
    let on = |data_type| all.iter().filter(move |(said, _)| *said == data_type);
    let alone =
        all.iter().map(|(said, _)| *said).find(|said| on(*said).count() == 1).unwrap_or(requested);
    let words = |agreeing: bool| {
        let words: Vec<&str> = all
            .iter()
            .filter(|(said, _)| (*said == alone) == agreeing)
            .map(|(_, words)| words.as_str())
            .collect();
        text::list(&words, words.len())
    };
    format!("{}, but {}", words(true), words(false))
}
