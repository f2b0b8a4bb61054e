use super::{Limit, emit_limit, field, reading};
use crate::document::request::Field;
use crate::finding::{Context, Sink};
use crate::platform::{Effect, ResponseCode};

declare_rule! {
    /// `dataType` in the request is neither 2 nor 3.
    ///
    /// 2 stands for 2D data, images alone; 3 for 3D data, which needs at least one LiDAR and may
    /// have cameras. Where metadata.json has the same value, that is said here too. Whether it is
    /// what the tree holds, R112 says.
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
        judges: request_data_type,
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
    let metadata = context.metadata.and_then(|metadata| metadata.body.as_ref());
    let in_metadata = metadata.and_then(|body| Some(body.data_type.as_ref()?.value));
    let limit = Limit {
        rule: &DATA_TYPE_UNSUPPORTED,
        found,
        what: "; it is 2 for 2D and 3 for 3D",
        expected: "expected 2 or 3",
        help: "write 3 where there is a LiDAR and 2 where there is none",
        in_metadata,
    };
    emit_limit(sink, request, &limit);
}
