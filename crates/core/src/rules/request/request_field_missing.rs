use super::body;
use crate::document::json::Span;
use crate::document::request::Field;
use crate::finding::{Context, Sink, Statement};
use crate::platform::{Effect, ResponseCode};
use crate::text;

declare_rule! {
    /// The request lacks a field that its call requires.
    ///
    /// Every field but `externalStorage` is required: `resourceUrl` by the import calls,
    /// `projectId` by the calls that make annotation tasks, `fileTreeType`, `dataType` and `name`
    /// by all. Keys are case-sensitive, and the platform's own pages once spelled `filetreeType`. A
    /// key that is only misspelt is said here, at its place.
    ///
    /// Which call it is `--endpoint` says; without it, it is the one that the fields fit. The zip
    /// of an upload is no field of a JSON body, so it is not asked for.
    ///
    /// **Repair:** add the field, or correct its spelling.
    ///
    /// ```tree bad
    /// request:
    /// {
    ///   "resourceURL": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
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
    REQUEST_FIELD_MISSING {
        code: "R102",
        name: "request-field-missing",
        effect: Effect::Reject(ResponseCode::IllegalParameter),
        basis: Implied,
        facts: ["Q7"],
        scope: Request,
        judges: request_fields,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((request, body)) = body(context) else { return };
    let endpoint = context.settings.endpoint;
    let required = || Field::ALL.into_iter().filter(|field| field.is_required_by(endpoint));
    for found in required().filter_map(|field| body.field(field)).filter(|found| found.misspelt) {
        let field = found.field.as_str();
        let place = request.document.point(found.key.span, format!("expected `{field}`"));
        let key = text::short(&found.key.value);
        let lacks = format!("the request lacks `{field}`, which is written `{key}`");
        let help = format!("write `{field}`; keys are case-sensitive");
        sink.emit_one(&REQUEST_FIELD_MISSING, place, Statement::new(lacks).help(help));
    }
    let missing: Vec<String> = required()
        .filter(|field| body.field(*field).is_none())
        .map(|field| format!("`{}`", field.as_str()))
        .collect();
    if !missing.is_empty() {
        let names = text::list(&missing, missing.len());
        let brace = Span::new(body.span.start, body.span.start + 1);
        let place = request.document.point(brace, format!("{names} missing in this object"));
        let lacks = format!("the request lacks {names}, required by `{}`", endpoint.path());
        let statement = Statement::new(lacks).help(format!("add {names}"));
        sink.emit_one(&REQUEST_FIELD_MISSING, place, statement);
    }
}
