use super::body;
use crate::document::request::{Field, Unknown};
use crate::finding::{Context, Sink};
use crate::platform::{Effect, Endpoint};
use crate::rules::sentences::SHOWN;
use crate::text;

declare_rule! {
    /// The request has a field that its call is not known to read.
    ///
    /// It most likely changes nothing. Yet somebody wrote it for a reason: it may be the field of another call, as `projectId` in
    /// a plain import, or a name that was meant otherwise. Mind that the platform spells `secreteKey` with an `e`. A key that
    /// stands in the place of a required field is a misspelling, and R102 says it; one in `externalStorage` is said by R111.
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
        let mut finding = sink.gather(&REQUEST_FIELD_UNKNOWN);
        if is_taken {
            finding.locate(
                request.document.point(found.key.span, format!("expected `{}`", field.as_str())),
            );
            finding.help(format!("write `{}`; keys are case-sensitive", field.as_str()));
            finding.say(format!("`{key}` is no known field; `{}` is", field.as_str()));
        } else {
            finding
                .locate(request.document.point(found.key.span, format!("not read by {endpoint}")));
            finding.help(format!(
                "delete it, or check the request with --endpoint {}",
                taker(field, endpoint)
            ));
            finding.say(format!("`{key}` is no field of `{}`", endpoint.path()));
        }
    }
    let storage = body.storage.as_ref().filter(|_| Field::ExternalStorage.is_taken_by(endpoint));
    let objects = [
        ("the request", Some(&body.unknown)),
        ("`externalStorage`", storage.map(|storage| &storage.unknown)),
    ];
    for (owner, unknown) in objects {
        let unknown = unknown.map(Vec::as_slice).unwrap_or_default();
        let mut finding = sink.gather(&REQUEST_FIELD_UNKNOWN);
        for one in unknown {
            finding.locate(request.document.point(one.key.span, "no known field"));
        }
        for (key, nearest) in unknown.iter().filter_map(near).take(SHOWN) {
            finding.note(format!("`{key}` is near to `{nearest}`, which is there too"));
        }
        finding.help("delete what nothing reads");
        let keys: Vec<String> =
            unknown.iter().map(|one| format!("`{}`", text::short(&one.key.value))).collect();
        let noun = if keys.len() == 1 { "an unknown field" } else { "unknown fields" };
        finding.say(format!("{owner} has {noun}: {}", text::list(&keys, SHOWN)));
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
