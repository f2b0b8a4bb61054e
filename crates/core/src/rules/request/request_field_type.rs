use super::{reading, written};
use crate::document::json::{Document, Kind, Span, Value};
use crate::document::request::{Field, Found, Request};
use crate::finding::{Context, Sink, Statement};
use crate::platform::{Basis, Effect, Endpoint, ResponseCode};

declare_rule! {
    /// A value in the request is of another type than documented.
    ///
    /// `resourceUrl`, `name` and the fields of `externalStorage` are strings, `dataType` is a whole
    /// number, `projectId` too. `fileTreeType` is documented as a string for the import calls and
    /// as a whole number for the upload calls; the other of `"0"` and `0` most likely does as well,
    /// so it is advice. So is a whole number that is written `3.0` or `3e0`, and, for the upload
    /// calls, one in quotes: in a form every value is a text. `null` is no value.
    ///
    /// Whether a value of the right type is one that the platform takes is for the rules
    /// of each field.
    ///
    /// **Repair:** write the value in the type that is named.
    ///
    /// ```tree bad
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": "3",
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
    REQUEST_FIELD_TYPE {
        code: "R103",
        name: "request-field-type",
        effect: Effect::Reject(ResponseCode::IllegalParameter),
        basis: Documented,
        facts: [],
        scope: Request,
        judges: request_values,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(request) = context.request else { return };
    let Some(body) = &request.body else { return not_an_object(request, sink) };
    let endpoint = context.settings.endpoint;
    for found in body.fields.iter().filter(|found| found.field.is_taken_by(endpoint)) {
        if let Some(slip) = slip(request, found, endpoint) {
            say(&request.document, found.field.as_str(), found.value.span, &slip, sink);
        }
    }
    let storage = body.storage.as_ref().filter(|_| Field::ExternalStorage.is_taken_by(endpoint));
    for found in storage.into_iter().flat_map(|storage| &storage.fields) {
        // What is null is not given, and that is for R111 to say.
        if found.value.kind != Kind::Null
            && let Some(slip) = other_than("a string", &found.value)
        {
            say(&request.document, found.field.as_str(), found.value.span, &slip, sink);
        }
    }
}

fn not_an_object(request: &Request, sink: &mut Sink<'_>) {
    let Some(root) = request.document.root().filter(|root| root.kind != Kind::Broken) else {
        return;
    };
    let bracket = Span::new(root.span.start, root.span.start + 1);
    let statement = Statement::new(format!("the request is {}, not an object", root.kind.noun()))
        .help("write the fields in one object: `{\"name\": …}`");
    let place = request.document.point(bracket, "expected an object");
    sink.emit_one(&REQUEST_FIELD_TYPE, place, statement);
}

/// A value that is not of its type.
struct Slip {
    /// What it is: `a string`.
    found: String,
    /// What it should be.
    expected: &'static str,
    /// Whether the platform most likely reads it all the same.
    is_harmless: bool,
    help: String,
}

fn say(document: &Document, field: &str, span: Span, slip: &Slip, sink: &mut Sink<'_>) {
    let Slip { found, expected, is_harmless, help } = slip;
    let mut statement =
        Statement::new(format!("`{field}` is {found}, not {expected}")).help(help.as_str());
    if *is_harmless {
        statement = statement.effect(Effect::Advice, Basis::Advice);
    }
    let place = document.point(span, format!("expected {expected}"));
    sink.emit_one(&REQUEST_FIELD_TYPE, place, statement);
}

fn slip(request: &Request, found: &Found<Field>, endpoint: Endpoint) -> Option<Slip> {
    match found.field {
        Field::ResourceUrl | Field::Name => other_than("a string", &found.value),
        Field::ExternalStorage if found.value.kind == Kind::Null => None,
        Field::ExternalStorage => other_than("an object", &found.value),
        Field::UploadFile => None,
        Field::FileTreeType => file_tree_type(request, found, endpoint),
        Field::DataType | Field::ProjectId => number(request, found, endpoint),
    }
}

fn other_than(expected: &'static str, value: &Value) -> Option<Slip> {
    let found = value.kind.noun();
    let help = format!("write {expected} there");
    let is_other = found != expected && value.kind != Kind::Broken;
    is_other.then(|| Slip { found: found.to_owned(), expected, is_harmless: false, help })
}

/// 0 in another spelling than the call's own. That it is not 0 at all is for R106 to say.
fn file_tree_type(request: &Request, found: &Found<Field>, endpoint: Endpoint) -> Option<Slip> {
    let is_text = match found.value.kind {
        Kind::String(_) => true,
        Kind::Number(_) => false,
        _ if endpoint.lists_a_prefix() => return other_than("a string", &found.value),
        _ => return other_than(WHOLE_NUMBER, &found.value),
    };
    let (expected, help) = match endpoint.lists_a_prefix() {
        true => ("a string", "write `\"0\"`"),
        false => (WHOLE_NUMBER, "write `0`, without quotes"),
    };
    let zero = reading(request, found).filter(|reading| reading.whole() == Some(0))?;
    let as_documented = is_text == endpoint.lists_a_prefix() && zero.plain;
    let spelling = if is_text { "the string" } else { "the number" };
    (!as_documented).then(|| Slip {
        found: format!("{spelling} {}", written(request, &found.value)),
        expected: if is_text == endpoint.lists_a_prefix() { "plainly 0" } else { expected },
        is_harmless: true,
        help: help.to_owned(),
    })
}

/// A number in quotes or one that only looks like a float. Whether it is one that is taken is for
/// R107 and R110 to say.
fn number(request: &Request, found: &Found<Field>, endpoint: Endpoint) -> Option<Slip> {
    let Some(reading) = reading(request, found) else {
        return other_than(WHOLE_NUMBER, &found.value);
    };
    let whole = reading.whole()?;
    let quoted = |is_harmless| Slip {
        found: "a string".to_owned(),
        expected: WHOLE_NUMBER,
        is_harmless,
        help: format!("write `{whole}`, without quotes"),
    };
    match found.field {
        // A quoted id is R110's.
        Field::ProjectId if reading.quoted || whole <= 0 => None,
        Field::DataType if reading.quoted && endpoint.lists_a_prefix() => Some(quoted(false)),
        Field::DataType if !matches!(whole, 2 | 3) => None,
        _ if reading.quoted => Some(quoted(true)),
        _ if reading.plain => None,
        _ => Some(Slip {
            found: format!("written {}", written(request, &found.value)),
            expected: WHOLE_NUMBER,
            is_harmless: true,
            help: format!("write `{whole}`"),
        }),
    }
}

const WHOLE_NUMBER: &str = "a whole number";
