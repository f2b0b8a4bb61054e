use super::field;
use crate::document::request::{Field, is_blank};
use crate::finding::{Context, Sink, Statement};
use crate::platform::{Effect, ResponseCode};

declare_rule! {
    /// The dataset's name is empty, or shows nothing.
    ///
    /// The field is required, and a name without a character that can be seen is none:
    /// spaces of any kind, tabs, zero-width characters. That the platform refuses it is
    /// implied, not documented.
    ///
    /// **Repair:** give the dataset a name.
    ///
    /// ```tree bad
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 3,
    ///   "name": " ",
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
    DATASET_NAME_EMPTY {
        code: "R109",
        name: "dataset-name-empty",
        effect: Effect::Reject(ResponseCode::IllegalParameter),
        basis: Implied,
        facts: ["Q7"],
        scope: Request,
        judges: request_name,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((request, found)) = field(context, Field::Name) else { return };
    let Some(name) = found.value.as_str().filter(|name| is_blank(name)) else { return };
    let message = if name.is_empty() {
        "`name` is empty"
    } else {
        "`name` has no character that can be seen"
    };
    let statement = Statement::new(message).help("give the dataset a name of 1 to 60 bytes");
    let place = request.document.point(found.value.span, "no name");
    sink.emit_one(&DATASET_NAME_EMPTY, place, statement);
}
