use super::body;
use crate::document::json::Span;
use crate::document::request::{Field, StorageField};
use crate::finding::{Context, Sink, Statement};
use crate::platform::{Effect, ResponseCode};
use crate::text;

declare_rule! {
    /// `externalStorage` gives some of its four fields and not all.
    ///
    /// One's own storage is reached with all of `accessKey`, `secreteKey`, `endpoint` and
    /// `vendorType`, or not at all. The platform spells `secreteKey` with an `e`, and a correct
    /// `secretKey` is not read. An empty text or `null` gives nothing.
    ///
    /// Keys are redacted in everything that sensortree prints, whatever their fields are called.
    ///
    /// **Repair:** give all four, or leave out `externalStorage`.
    ///
    /// ```tree bad
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 3,
    ///   "name": "drive 0423",
    ///   "projectId": 26,
    ///   "externalStorage": {
    ///     "accessKey": "your access key",
    ///     "secretKey": "your secret key",
    ///     "endpoint": "https://oss-eu-central-1.aliyuncs.com",
    ///     "vendorType": "OSS"
    ///   }
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
    ///   "projectId": 26,
    ///   "externalStorage": {
    ///     "accessKey": "your access key",
    ///     "secreteKey": "your secret key",
    ///     "endpoint": "https://oss-eu-central-1.aliyuncs.com",
    ///     "vendorType": "OSS"
    ///   }
    /// }
    /// ```
    EXTERNAL_STORAGE_INCOMPLETE {
        code: "R111",
        name: "external-storage-incomplete",
        effect: Effect::Reject(ResponseCode::IllegalParameter),
        basis: Implied,
        facts: ["Q6"],
        scope: Request,
        judges: request_storage,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((request, body)) = body(context) else { return };
    let Some(storage) = &body.storage else { return };
    if !Field::ExternalStorage.is_taken_by(context.settings.endpoint) {
        return;
    }
    let misspelt = storage.fields.iter().find(|found| found.misspelt);
    let lacks = |field: StorageField| match storage.field(field) {
        Some(found) if found.misspelt => {
            Some(format!("`{}` (written `{}`)", field.as_str(), text::short(&found.key.value)))
        }
        _ => (!storage.gives(field)).then(|| format!("`{}`", field.as_str())),
    };
    let missing: Vec<String> = StorageField::ALL.into_iter().filter_map(lacks).collect();
    if missing.is_empty() {
        return;
    }
    let names = text::list(&missing, missing.len());
    let empty = storage.fields.iter().find(|found| !storage.gives(found.field));
    let place = match (misspelt, empty) {
        (Some(found), _) => {
            request.document.point(found.key.span, format!("expected `{}`", found.field.as_str()))
        }
        (None, Some(found)) => request.document.point(found.value.span, "nothing is given"),
        (None, None) => {
            let brace = Span::new(storage.span.start, storage.span.start + 1);
            request.document.point(brace, format!("{names} missing in this object"))
        }
    };
    let help = match misspelt {
        Some(found) => format!("write `{}`, as the platform spells it", found.field.as_str()),
        None => "give all four fields, or leave out `externalStorage`".to_owned(),
    };
    let gives_none = missing.len() == StorageField::ALL.len() && misspelt.is_none();
    let verb = if gives_none { "gives none of" } else { "lacks" };
    let statement = Statement::new(format!("`externalStorage` {verb} {names}")).help(help);
    sink.emit_one(&EXTERNAL_STORAGE_INCOMPLETE, place, statement);
}
