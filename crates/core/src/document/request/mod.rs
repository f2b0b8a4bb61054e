//! The request body of the four calls that take a tree, with the place of every key and value and
//! without its secrets.
//!
//! What is drawn, reported or shown while debugging is made of a text in which the secrets are
//! redacted (`redact`) before it is parsed. The keys themselves stand apart, in [`StorageKeys`],
//! and are wiped when they go.

mod field;
mod number;
mod redact;

use std::fmt;

use zeroize::Zeroizing;

pub use field::{Field, StorageField};
pub use number::{Number, Reading};
pub use redact::without_secrets;

use crate::document::json::{Document, Kind, Object, Span, Spanned, Value};
use crate::names::METADATA;
use crate::platform::{DataType, Endpoint};
use crate::text;

/// The largest request, in bytes, that is read. One has less than a thousand.
pub const MAX_REQUEST_BYTES: u64 = 256 << 10;

/// A request body as far as it could be read.
#[derive(Clone, Debug)]
pub struct Request {
    /// The text, its secrets redacted, with what is wrong with it as JSON.
    pub document: Document,
    /// What it says, where it is an object.
    pub body: Option<Body>,
    /// The value that is a secret, or the first of several.
    pub secret: Option<Span>,
    /// Whether the file that it was read from is one that git tracks.
    pub is_tracked: bool,
    resource_url: Option<String>,
    keys: Option<StorageKeys>,
}

/// The field of the newer API in which scenes are named.
const SCENES: &str = "sceneIdMap";

/// What a request says.
#[derive(Clone, Debug)]
pub struct Body {
    /// Where the object stands.
    pub span: Span,
    /// Its known fields, each once.
    pub fields: Vec<Found<Field>>,
    /// Keys that are no known field's.
    pub unknown: Vec<Unknown>,
    /// What `externalStorage` says, where it is an object.
    pub storage: Option<Storage>,
}

/// What `externalStorage` says.
#[derive(Clone, Debug)]
pub struct Storage {
    /// Where the object stands.
    pub span: Span,
    /// Its known fields, each once.
    pub fields: Vec<Found<StorageField>>,
    /// Keys that are no known field's.
    pub unknown: Vec<Unknown>,
}

/// A known field that is there.
#[derive(Clone, Debug)]
pub struct Found<F> {
    /// The field.
    pub field: F,
    /// Its key as written.
    pub key: Spanned<String>,
    /// Whether the key is not the field's own, but so near to it that it must be meant.
    pub misspelt: bool,
    /// Its value, without its secrets.
    pub value: Value,
}

/// A key that is no known field's.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// The key.
    pub key: Spanned<String>,
    /// Its value, of which nothing is to be seen.
    pub value: Value,
    /// The field that was likely meant, though that is there too.
    pub nearest: Option<&'static str>,
}

impl Body {
    /// A field that is there, under its own or a misspelt key.
    #[must_use]
    pub fn field(&self, field: Field) -> Option<&Found<Field>> {
        self.fields.iter().find(|found| found.field == field)
    }

    /// The text of a field, where it is one.
    #[must_use]
    pub fn string(&self, field: Field) -> Option<(&Found<Field>, &str)> {
        self.field(field).and_then(|found| Some((found, found.value.as_str()?)))
    }
}

impl Storage {
    /// A field that is there, under its own or a misspelt key.
    #[must_use]
    pub fn field(&self, field: StorageField) -> Option<&Found<StorageField>> {
        self.fields.iter().find(|found| found.field == field)
    }

    /// Whether something is given in a field of this name, be it of a wrong type.
    #[must_use]
    pub fn gives(&self, field: StorageField) -> bool {
        self.field(field).is_some_and(|found| match &found.value.kind {
            Kind::Null => false,
            Kind::String(string) => !is_blank(string),
            _ => true,
        })
    }

    /// The text in a field, where there is any.
    fn string(&self, field: StorageField) -> Option<&str> {
        let found = self.field(field).filter(|found| !found.misspelt)?;
        found.value.as_str().map(str::trim).filter(|text| !is_blank(text))
    }
}

/// The keys of one's own storage. They are wiped when they go, and no output has them.
#[derive(Clone)]
pub struct StorageKeys {
    /// `accessKey`
    pub access_key: Zeroizing<String>,
    /// `secreteKey`
    pub secrete_key: Zeroizing<String>,
}

impl fmt::Debug for StorageKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StorageKeys(…)")
    }
}

/// The storage that a request names beside its `resourceUrl`, for whoever lists that.
#[derive(Clone, Copy, Debug)]
pub struct NamedStorage<'r> {
    /// The store's address, where one is given.
    pub endpoint: Option<&'r str>,
    /// Whose store it is, as written.
    pub vendor_type: Option<&'r str>,
    /// Its keys, where both are given. They are for that endpoint and nothing else.
    pub keys: Option<&'r StorageKeys>,
}

impl Request {
    /// Reads the bytes of a request, however broken; `name` is what its file is called. The bytes
    /// stay the caller's to wipe.
    #[must_use]
    pub fn parse(name: &str, bytes: &[u8]) -> Self {
        // The other document that findings point into has that name.
        let name = if name == METADATA { format!("./{name}") } else { name.to_owned() };
        let document = Document::parse_redacted(name, bytes.to_vec(), redact::redact);
        let body = document.root().and_then(Body::read);
        // In another encoding the places are not those of the bytes, and the platform does not
        // read it anyway.
        let clear = Clear { text: bytes, is_sound: document.faults().is_empty() };
        let secret = body.as_ref().and_then(|body| clear.secret(body, &document));
        let resource_url = body.as_ref().and_then(|body| clear.resource_url(body, &document));
        let keys = body.as_ref().and_then(|body| clear.keys(body.storage.as_ref()?));
        Request { document, body, secret, is_tracked: false, resource_url, keys }
    }

    /// Says whether the file that it was read from is one that git tracks.
    #[must_use]
    pub fn tracked(self, is_tracked: bool) -> Self {
        Request { is_tracked, ..self }
    }

    /// The name of its file.
    #[must_use]
    pub fn name(&self) -> &str {
        self.document.name()
    }

    /// Whether it is the body of `POST /annotation-request`, a call of the platform's newer API,
    /// which imports no tree: its `sceneIdMap` names a document for each scene.
    #[must_use]
    pub fn names_scenes(&self) -> bool {
        self.body.as_ref().is_some_and(|body| {
            body.field(Field::ResourceUrl).is_none()
                && body.unknown.iter().any(|unknown| unknown.key.value == SCENES)
        })
    }

    /// 2D or 3D, where `dataType` says one of the two.
    #[must_use]
    pub fn data_type(&self) -> Option<DataType> {
        let found = self.body.as_ref()?.field(Field::DataType)?;
        let number = Reading::of(&self.document, &found.value)?.whole()?;
        u64::try_from(number).ok().and_then(DataType::from_number)
    }

    /// The place of the tree as written, where it is a text without a secret.
    #[must_use]
    pub fn resource_url(&self) -> Option<&str> {
        self.resource_url.as_deref()
    }

    /// The storage that it names for the tree, where it names one.
    #[must_use]
    pub fn storage(&self) -> Option<NamedStorage<'_>> {
        let storage = self.body.as_ref()?.storage.as_ref()?;
        Some(NamedStorage {
            endpoint: storage.string(StorageField::Endpoint),
            vendor_type: storage.string(StorageField::VendorType),
            keys: self.keys.as_ref(),
        })
    }

    /// The call whose body this most likely is: with a project one that makes tasks, with a zip
    /// beside it, and no `resourceUrl`, an upload. `None` where nothing could be read.
    #[must_use]
    pub fn endpoint(&self, has_zip: bool) -> Option<Endpoint> {
        let body = self.body.as_ref()?;
        let has = |field| body.field(field).is_some();
        let uploads = !has(Field::ResourceUrl) && (has_zip || has(Field::UploadFile));
        Some(match (uploads, has(Field::ProjectId)) {
            (true, true) => Endpoint::UploadAnnotation,
            (true, false) => Endpoint::Upload,
            (false, true) => Endpoint::ImportAnnotation,
            (false, false) => Endpoint::Import,
        })
    }
}

/// Whether a text shows nothing: it is empty, or has nothing but spaces of any kind and characters
/// that cannot be seen.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_unseen)
}

fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

impl Body {
    fn read(root: &Value) -> Option<Self> {
        let Kind::Object(object) = &root.kind else { return None };
        let (fields, unknown) = sort(object, &Field::ALL, Field::as_str);
        let storage =
            fields.iter().find(|found| found.field == Field::ExternalStorage).and_then(|found| {
                let Kind::Object(object) = &found.value.kind else { return None };
                let (fields, unknown) = sort(object, &StorageField::ALL, StorageField::as_str);
                Some(Storage { span: found.value.span, fields, unknown })
            });
        Some(Body { span: root.span, fields, unknown, storage })
    }
}

/// How many keys are looked up among the known ones for the nearest. No hand misspells more.
const MAX_GUESSES: usize = 100;

/// Sorts an object's members into known fields, misspelt ones among them, and others.
fn sort<F: Copy + PartialEq>(
    object: &Object,
    all: &[F],
    name: fn(F) -> &'static str,
) -> (Vec<Found<F>>, Vec<Unknown>) {
    let (mut fields, mut unknown) = (Vec::new(), Vec::new());
    let mut absent: Vec<F> =
        all.iter().copied().filter(|field| object.get(name(*field)).is_none()).collect();
    let mut guesses = 0;
    for member in object.members() {
        let (key, value) = (member.key.clone(), member.value.clone());
        if let Some(field) = all.iter().copied().find(|field| name(*field) == key.value) {
            fields.push(Found { field, key, misspelt: false, value });
            continue;
        }
        guesses += 1;
        let nearest = |fields: &[F]| {
            let names = fields.iter().map(|field| name(*field)).filter(|_| guesses <= MAX_GUESSES);
            text::nearest(&key.value, names)
        };
        // A key that is nearly an absent field is that field misspelt, and not a further mistake.
        let meant = nearest(&absent)
            .and_then(|meant| absent.iter().copied().find(|field| name(*field) == meant));
        if let Some(field) = meant {
            absent.retain(|other| *other != field);
            fields.push(Found { field, key, misspelt: true, value });
        } else {
            let nearest = nearest(all);
            unknown.push(Unknown { key, value, nearest });
        }
    }
    (fields, unknown)
}

/// A request's text with its secrets.
struct Clear<'t> {
    text: &'t [u8],
    /// Whether it is JSON and UTF-8, so that places in the redacted text are places here.
    is_sound: bool,
}

impl Clear<'_> {
    /// What a string says in truth.
    fn string(&self, value: &Value) -> Option<Zeroizing<String>> {
        let written = self.text.get(value.span.start..value.span.end).filter(|_| self.is_sound)?;
        value.as_str()?;
        serde_json::from_slice(written).ok().map(Zeroizing::new)
    }

    fn keys(&self, storage: &Storage) -> Option<StorageKeys> {
        let key = |field| {
            storage.string(field)?;
            self.string(&storage.field(field)?.value)
        };
        Some(StorageKeys {
            access_key: key(StorageField::AccessKey)?,
            secrete_key: key(StorageField::SecreteKey)?,
        })
    }

    fn resource_url(&self, body: &Body, document: &Document) -> Option<String> {
        let (found, shown) = body.string(Field::ResourceUrl)?;
        let whole =
            !found.misspelt && !is_blank(shown) && !self.is_redacted(found.value.span, document);
        whole.then(|| shown.to_owned())
    }

    fn is_redacted(&self, span: Span, document: &Document) -> bool {
        self.is_sound
            && self.text.get(span.start..span.end) != document.text().get(span.start..span.end)
    }

    /// The first value that is a secret, and not only stands for one that is put in later.
    fn secret(&self, body: &Body, document: &Document) -> Option<Span> {
        let storage = body.storage.as_ref();
        let keys = storage
            .into_iter()
            .flat_map(|storage| &storage.fields)
            .filter(|found| found.field.is_secret());
        let endpoint = storage.and_then(|storage| storage.field(StorageField::Endpoint));
        let nearly =
            body.unknown.iter().chain(storage.into_iter().flat_map(|storage| &storage.unknown));
        let mut spans: Vec<Span> = keys
            .chain(endpoint)
            .map(|found| &found.value)
            .chain(body.field(Field::ResourceUrl).map(|found| &found.value))
            .chain(
                nearly
                    .filter(|unknown| redact::is_secret_key(&unknown.key.value))
                    .map(|unknown| &unknown.value),
            )
            .filter(|value| self.is_redacted(value.span, document))
            .filter(|value| self.string(value).is_some_and(|text| !is_placeholder(&text)))
            .map(|value| value.span)
            .collect();
        spans.sort_unstable();
        spans.first().copied()
    }
}

/// Whether a text stands for a secret that is put in its place later: `${SECRET}`,
/// `<your key>`, `xxxx`.
fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let mut chars = text.chars();
    let first = chars.next();
    text.starts_with(['$', '<', '%']) || text.starts_with("{{") || chars.all(|c| Some(c) == first)
}
