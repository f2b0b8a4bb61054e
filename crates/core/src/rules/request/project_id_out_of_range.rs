use super::{field, reading, written};
use crate::document::request::{Field, Number};
use crate::finding::{Context, Sink, Statement};
use crate::platform::{Basis, Effect, ResponseCode};

declare_rule! {
    /// `projectId` is no positive whole number of 64 bits.
    ///
    /// It is the id that Create Project returned: from 1 to 9,223,372,036,854,775,807. Ids of that
    /// size lose their last digits in programs that keep numbers as floats, JavaScript and
    /// spreadsheets among them. One in quotes is most likely read all the same, so that is advice.
    ///
    /// **Repair:** copy the id from the answer of Create Project, as a number.
    ///
    /// ```tree bad
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 3,
    ///   "name": "drive 0423",
    ///   "projectId": 0
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
    PROJECT_ID_OUT_OF_RANGE {
        code: "R110",
        name: "project-id-out-of-range",
        effect: Effect::Reject(ResponseCode::IllegalParameter),
        basis: Documented,
        facts: ["Q5"],
        scope: Request,
        judges: request_project,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((request, found)) = field(context, Field::ProjectId) else { return };
    let Some(reading) = reading(request, found) else { return };
    let (what, is_harmless) = match reading.number {
        Number::Whole(id) if id > 0 && reading.quoted => ("a number in quotes", true),
        Number::Whole(id) if id > 0 => return,
        Number::Whole(_) => ("which is not positive", false),
        Number::Fraction => ("which is no whole number", false),
        Number::TooLarge => ("which does not fit into 64 bits", false),
    };
    let value = written(request, &found.value);
    let mut statement = Statement::new(format!("`projectId` is {value}, {what}"))
        .help("write the id that Create Project returned, as a number");
    if is_harmless {
        statement = statement.effect(Effect::Advice, Basis::Advice);
    }
    let place = request.document.point(found.value.span, "expected a positive whole number");
    sink.emit_one(&PROJECT_ID_OUT_OF_RANGE, place, statement);
}
