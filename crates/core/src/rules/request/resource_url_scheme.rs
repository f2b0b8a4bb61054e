use super::body;
use super::resource_url::{GS_FORM, faults};
use crate::document::json::{Kind, Span, characters};
use crate::document::request::{Field, is_blank};
use crate::finding::{Context, Sink, Statement};
use crate::platform::{Effect, ResponseCode};
use crate::text;

declare_rule! {
    /// `resourceUrl` is not the address of a prefix in a bucket.
    ///
    /// It has to start with `gs://bucket-name/`, slash included. A web address of Google Cloud
    /// Storage, a local path or a bucket alone is refused; the finding names the form that is
    /// meant. With `externalStorage` an address of the S3 protocol may do; no page shows one, so
    /// that is advice. So is what a store allows and hardly anybody means: `..`, an empty name
    /// between two slashes, percent-encoding, a query, and an end without `/`, by which `drive`
    /// also takes in `drive2`.
    ///
    /// A password in the address and the values of a query, as in a signed one, are redacted in
    /// all that sensortree prints.
    ///
    /// **Repair:** write `gs://bucket-name/prefix/`.
    ///
    /// ```tree bad
    /// request:
    /// {
    ///   "resourceUrl": "https://storage.googleapis.com/acme-drives/0423/",
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
    RESOURCE_URL_SCHEME {
        code: "R105",
        name: "resource-url-scheme",
        effect: Effect::Reject(ResponseCode::IllegalParameter),
        basis: Documented,
        facts: ["Q1"],
        scope: Request,
        judges: request_address,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((request, body)) = body(context) else { return };
    let Some((found, url)) = body.string(Field::ResourceUrl) else { return };
    if !Field::ResourceUrl.is_taken_by(context.settings.endpoint) {
        return;
    }
    let document = &request.document;
    if is_blank(url) {
        let place = document.point(found.value.span, "no address");
        let statement = Statement::new("`resourceUrl` is empty").help(GS_FORM);
        return sink.emit_one(&RESOURCE_URL_SCHEME, place, statement);
    }
    let storage = body.field(Field::ExternalStorage);
    let is_external = storage.is_some_and(|found| matches!(found.value.kind, Kind::Object(_)));
    let faults = faults(url, is_external);
    let Some((gravest, others)) = faults.split_first() else { return };
    let characters = characters(document.text(), found.value.span);
    let behind = found.value.span.end.saturating_sub(1);
    let start = characters.get(gravest.place.start).map_or(behind, |written| written.span.start);
    let end = characters.get(gravest.place.end).map_or(behind, |written| written.span.start);
    let mut statement =
        Statement::new(format!("`resourceUrl` {}: `{}`", gravest.what, text::short(url)))
            .effect(gravest.effect, gravest.basis)
            .notes(others.iter().map(|other| format!("it also {}", other.what)));
    if let Some(help) = faults.iter().find_map(|fault| fault.help.as_deref()) {
        statement = statement.help(help);
    }
    let place = document.locate(Span::new(start, end.max(start)));
    sink.emit_one(&RESOURCE_URL_SCHEME, place, statement);
}
