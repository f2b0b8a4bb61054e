use super::{field, reading, written};
use crate::document::request::{Field, Number};
use crate::finding::{Context, Sink};
use crate::platform::{Basis, Effect, ResponseCode};

declare_rule! {
    /// `projectId` is no positive whole number of 64 bits.
    ///
    /// It is the id that Create Project returned: from 1 to 9,223,372,036,854,775,807. Ids of that size lose their last digits in
    /// programs that keep numbers as floats, JavaScript and spreadsheets among them. One in quotes is most likely read all the
    /// same, so that is advice.
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((request, found)) = field(context, Field::ProjectId) else { return };
    let Some(reading) = reading(request, found) else { return };
    let fault = match reading.number {
        Number::Whole(id) if id > 0 && reading.quoted => None,
        Number::Whole(id) if id > 0 => return,
        Number::Whole(_) => Some("which is not positive"),
        Number::Fraction => Some("which is no whole number"),
        Number::TooLarge => Some("which does not fit into 64 bits"),
    };
    let mut finding = sink.gather(&PROJECT_ID_OUT_OF_RANGE);
    finding.locate(request.document.point(found.value.span, "expected a positive whole number"));
    finding.help("write the id that Create Project returned, as a number");
    let value = written(request, &found.value);
    if let Some(fault) = fault {
        finding.say(format!("`projectId` is {value}, {fault}"));
    } else {
        finding.effect(Effect::Advice, Basis::Advice);
        finding.say(format!("`projectId` is {value}, a number in quotes"));
    }
}
