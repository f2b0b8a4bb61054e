use super::body;
use super::edits::{edit, replace};
use crate::document::request::Field;
use crate::finding::{Context, Sink, Statement};
use crate::platform::Effect;
use crate::repair::Repair;
use crate::rules::request;
use crate::text;

declare_rule! {
    /// `fileTreeType` in metadata.json is not 0.
    ///
    /// 0 stands for a sensor-oriented tree, sensors at the top and scenes below, and is the only
    /// value that the platform takes. A scene-oriented one was once planned and stands only in text
    /// that was taken out of the page. The field has to agree with the request's, which takes
    /// nothing else either. `"0"` in quotes is a string, and M103 says so. Where the request has
    /// the same value, R106 says it for both.
    ///
    /// **Repair:** write `"fileTreeType": 0`, and lay the tree out by sensor.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json with:
    ///   fileTreeType = 1
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    METADATA_FILE_TREE_TYPE {
        code: "M106",
        name: "metadata-file-tree-type",
        effect: Effect::MISALIGNED,
        basis: Documented,
        facts: ["Q2", "M4"],
        judges: metadata_file_tree_type,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((metadata, body)) = body(context) else { return };
    if let Some(tree_type) = body.file_tree_type.as_ref().filter(|tree_type| tree_type.value != 0.0)
    {
        // The same mistake in the request is said there, and that it was made here too.
        if context
            .request
            .is_some_and(|request| request::asks_for(request, Field::FileTreeType, tree_type.value))
        {
            return;
        }
        let value = text::decimal(tree_type.value);
        let message = format!("`fileTreeType` is {value}; only 0, sensor oriented, is accepted");
        let statement = Statement::new(message).help("write 0, for a sensor-oriented tree");
        let repair = Repair::to_be_looked_at("the tree is sensor oriented")
            .with(edit(metadata, [replace(tree_type.span, "0")]));
        let place = metadata.document.point(tree_type.span, "expected 0");
        sink.emit_one(&METADATA_FILE_TREE_TYPE, place, statement.repair(repair));
    }
}
