use super::{Limit, emit_limit, field, reading};
use crate::document::json::Kind;
use crate::document::request::{Field, Reading};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// `fileTreeType` in the request is not 0.
    ///
    /// 0 stands for a sensor-oriented tree, sensors at the top and scenes below, and is the only
    /// value that the platform takes. 1, scene oriented, stands only in text that was taken out of
    /// the page. Where metadata.json has the same value, that is said here too.
    ///
    /// **Repair:** write `"0"` (for an upload `0`), and lay the tree out by sensor.
    ///
    /// ```tree bad
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "1",
    ///   "dataType": 3,
    ///   "name": "drive 0423",
    ///   "projectId": 26
    /// }
    /// ```
    ///
    /// ```tree good
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 3,
    ///   "name": "drive 0423",
    ///   "projectId": 26
    /// }
    /// ```
    FILE_TREE_TYPE_UNSUPPORTED {
        code: "R106",
        name: "file-tree-type-unsupported",
        effect: Effect::MISALIGNED,
        basis: Documented,
        facts: ["Q2"],
        scope: Request,
        judges: request_file_tree_type,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((request, found)) = field(context, Field::FileTreeType) else { return };
    let is_zero = reading(request, found).and_then(Reading::whole) == Some(0);
    if is_zero || !matches!(found.value.kind, Kind::String(_) | Kind::Number(_)) {
        return;
    }
    let metadata = context.metadata.and_then(|metadata| metadata.body.as_ref());
    let in_metadata = metadata.and_then(|body| Some(body.file_tree_type.as_ref()?.value));
    let limit = Limit {
        rule: &FILE_TREE_TYPE_UNSUPPORTED,
        found,
        what: "; only 0, sensor oriented, is accepted",
        expected: "expected 0",
        help: "write 0, for a sensor-oriented tree",
        in_metadata,
    };
    emit_limit(sink, request, &limit);
}
