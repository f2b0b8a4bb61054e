//! Family R: the body of a request.

pub(super) mod data_type_contradicts_tree;
pub(super) mod data_type_unsupported;
pub(super) mod dataset_name_empty;
pub(super) mod dataset_name_too_long;
pub(super) mod external_storage_incomplete;
pub(super) mod file_tree_type_unsupported;
pub(super) mod project_id_out_of_range;
pub(super) mod request_field_missing;
pub(super) mod request_field_type;
pub(super) mod request_field_unknown;
pub(super) mod request_syntax;
pub(super) mod resource_url;
pub(super) mod resource_url_scheme;
pub(super) mod secret_in_repository;

use crate::document::json::Value;
use crate::document::request::{Body, Field, Found, Reading, Request};
use crate::finding::{Context, Rule, Sink, Statement};
use crate::text;

/// The request and what it says, where it is JSON: of a broken one no value is kept that
/// could be judged. One of another call than those that are predicted has other fields.
pub(super) fn body<'a>(context: &Context<'a>) -> Option<(&'a Request, &'a Body)> {
    let request = context.request.filter(|request| request.document.faults().is_empty())?;
    if request.names_scenes() {
        return None;
    }
    Some((request, request.body.as_ref()?))
}

/// A field that is there, if the call takes it.
pub(super) fn field<'a>(
    context: &Context<'a>,
    field: Field,
) -> Option<(&'a Request, &'a Found<Field>)> {
    let (request, body) = body(context)?;
    let found = body.field(field).filter(|_| field.is_taken_by(context.settings.endpoint))?;
    Some((request, found))
}

/// A field whose value is beyond what the platform takes, and the words for it.
struct Limit<'a> {
    rule: &'static Rule,
    found: &'a Found<Field>,
    /// What is wrong, behind the value.
    what: &'a str,
    expected: &'a str,
    help: &'a str,
    /// What metadata.json has in its field of this name.
    in_metadata: Option<f64>,
}

/// Makes the finding of a value that is beyond its limit.
fn emit_limit(sink: &mut Sink<'_>, request: &Request, limit: &Limit<'_>) {
    let Limit { rule, found, what, expected, help, in_metadata } = limit;
    let name = found.field.as_str();
    let is_same = in_metadata.is_some_and(|value| asks_for(request, found.field, value));
    let statement = Statement::new(format!("`{name}` is {}{what}", written(request, &found.value)))
        .help(*help)
        .notes(is_same.then(|| format!("`{name}` in metadata.json is the same")));
    sink.emit_one(rule, request.document.point(found.value.span, *expected), statement);
}

/// A number as it is written, cut where nobody would read on.
fn written(request: &Request, value: &Value) -> String {
    let raw = request.document.text().get(value.span.start..value.span.end).unwrap_or_default();
    text::short(&text::lossless(raw)).into_owned()
}

/// Whether the request asks for the same as metadata.json, which has this value, in a field that
/// holds a number.
pub(super) fn asks_for(request: &Request, field: Field, value: f64) -> bool {
    let found = request.body.as_ref().and_then(|body| body.field(field));
    found
        .and_then(|found| reading(request, found)?.whole())
        .is_some_and(|whole| whole as f64 == value)
}

/// The number that a field holds, in quotes or not.
fn reading(request: &Request, found: &Found<Field>) -> Option<Reading> {
    Reading::of(&request.document, &found.value)
}
