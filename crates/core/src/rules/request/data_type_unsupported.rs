use super::{asks_for, field, reading, written};
use crate::document::request::Field;
use crate::finding::{Context, Sink};
use crate::platform::{Effect, ResponseCode};

declare_rule! {
    /// `dataType` in the request is neither 2 nor 3.
    ///
    /// 2 stands for 2D data, images alone; 3 for 3D data, which needs at least one LiDAR and may have cameras. Where metadata.json has the same value,
    /// that is said here too. Whether it is what
    /// the tree holds, R112 says.
    ///
    /// **Repair:** write 3 where there is a LiDAR and 2 where there is none.
    ///
    /// ```tree bad
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 1,
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
    DATA_TYPE_UNSUPPORTED {
        code: "R107",
        name: "data-type-unsupported",
        effect: Effect::Reject(ResponseCode::WrongDataType),
        basis: Documented,
        facts: ["Q3"],
        scope: Request,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((request, found)) = field(context, Field::DataType) else { return };
    let Some(reading) = reading(request, found) else { return };
    // In a form every value is a text; in JSON a quoted number is a wrong type, and R103 says so.
    let is_wrong_type = reading.quoted && context.settings.endpoint.lists_a_prefix();
    if is_wrong_type || matches!(reading.whole(), Some(2 | 3)) {
        return;
    }
    let mut finding = sink.gather(&DATA_TYPE_UNSUPPORTED);
    finding.locate(request.document.point(found.value.span, "expected 2 or 3"));
    let in_metadata =
        context.metadata.and_then(|metadata| metadata.body.as_ref()?.data_type.as_ref());
    if in_metadata.is_some_and(|data_type| asks_for(request, Field::DataType, data_type.value)) {
        finding.note("`dataType` in metadata.json is the same");
    }
    finding.help("write 3 where there is a LiDAR and 2 where there is none");
    finding.say(format!(
        "`dataType` is {}; it is 2 for 2D and 3 for 3D",
        written(request, &found.value)
    ));
}
