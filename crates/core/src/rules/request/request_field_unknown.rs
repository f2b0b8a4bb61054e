use super::body;
use crate::document::request::{Field, Unknown};
use crate::finding::{Context, Part, Sink, Statement};
use crate::platform::{Effect, Endpoint};
use crate::rules::sentences::SHOWN;
use crate::text;

declare_rule! {
    /// The request has a field that its call is not known to read.
    ///
    /// It most likely changes nothing. Yet somebody wrote it for a reason: it may be the field of
    /// another call, as `projectId` in a plain import, or a name that was meant otherwise. Mind
    /// that the platform spells `secreteKey` with an `e`. A key that stands in the place of a
    /// required field is a misspelling, and R102 says it; one in `externalStorage` is said by R111.
    ///
    /// **Repair:** delete the field, or give it the name that was meant.
    ///
    /// ```tree bad
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 3,
    ///   "name": "drive 0423",
    ///   "projectId": 26,
    ///   "priority": 1
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
    REQUEST_FIELD_UNKNOWN {
        code: "R104",
        name: "request-field-unknown",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["Q6"],
        scope: Request,
        judges: request_fields,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((request, body)) = body(context) else { return };
    let endpoint = context.settings.endpoint;
    for found in &body.fields {
        let (field, key) = (found.field, text::short(&found.key.value));
        let is_taken = field.is_taken_by(endpoint);
        // A required field that is misspelt is a missing one.
        if is_taken && (!found.misspelt || field.is_required_by(endpoint)) {
            continue;
        }
        let name = field.as_str();
        let (label, help, message) = if is_taken {
            (
                format!("expected `{name}`"),
                format!("write `{name}`; keys are case-sensitive"),
                format!("`{key}` is no known field; `{name}` is"),
            )
        } else {
            let taker = taker(field, endpoint);
            (
                format!("not read by {endpoint}"),
                format!("delete it, or check the request with --endpoint {taker}"),
                format!("`{key}` is no field of `{}`", endpoint.path()),
            )
        };
        let place = request.document.point(found.key.span, label);
        sink.emit_one(&REQUEST_FIELD_UNKNOWN, place, Statement::new(message).help(help));
    }
    let storage = body.storage.as_ref().filter(|_| Field::ExternalStorage.is_taken_by(endpoint));
    let objects = [
        ("the request", Some(&body.unknown)),
        ("`externalStorage`", storage.map(|storage| &storage.unknown)),
    ];
    for (owner, unknown) in objects {
        let unknown = unknown.map(Vec::as_slice).unwrap_or_default();
        let parts = unknown.iter().map(|one| {
            let place = request.document.point(one.key.span, "no known field");
            Part::located(place).keyed(one)
        });
        sink.emit(&REQUEST_FIELD_UNKNOWN, parts, |kept| {
            let keys: Vec<String> =
                kept.keys().map(|one| format!("`{}`", text::short(&one.key.value))).collect();
            let noun = kept.verb("an unknown field", "unknown fields");
            let near = kept.keys().filter_map(|one| near(one)).take(SHOWN);
            Statement::new(format!("{owner} has {noun}: {}", text::list(&keys, SHOWN)))
                .notes(near.map(|(key, nearest)| {
                    format!("`{key}` is near to `{nearest}`, which is there too")
                }))
                .help("delete what nothing reads")
        });
    }
}

fn near(unknown: &Unknown) -> Option<(std::borrow::Cow<'_, str>, &'static str)> {
    unknown.nearest.map(|nearest| (text::short(&unknown.key.value), nearest))
}

/// The call most like this one that takes the field.
fn taker(field: Field, endpoint: Endpoint) -> Endpoint {
    let likeness = |other: &Endpoint| {
        u8::from(other.makes_tasks() == endpoint.makes_tasks())
            + u8::from(other.lists_a_prefix() == endpoint.lists_a_prefix())
    };
    Endpoint::ALL
        .into_iter()
        .filter(|other| field.is_taken_by(*other))
        .max_by_key(likeness)
        .unwrap_or(endpoint)
}
