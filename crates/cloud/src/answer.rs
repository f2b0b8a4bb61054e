//! What a store answers to a request for a page of names, read into a [`Page`].
//!
//! S3 and GCS list in the same words (`ListBucketResult`), Azure in its own (`EnumerationResults`).
//! A document counts only when its root element is the expected one and it is complete: an empty
//! listing and a page of HTML must not look alike.

use percent_encoding::percent_decode;

use super::pages::{Key, Keys, Page};
use super::url::LONGEST_KEY;
use super::xml::{Fault, Reader, Tag};

/// The longest token, in bytes, that a page is asked for with. Stores put the last key into it, in
/// base64 or escaped; a request whose address is longer than 64 KiB cannot be made.
const LONGEST_TOKEN: usize = 8 << 10;

/// Why an answer is no page of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It ends too early.
    CutOff,
    /// It is no listing, or one that cannot be relied on.
    Malformed(&'static str),
    /// A page of HTML, as proxies and sign-in pages send.
    Html,
    /// The store says that something is wrong.
    Error(Complaint),
}

impl From<Fault> for Unfit {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::CutOff => Unfit::CutOff,
            Fault::Malformed => Unfit::Malformed("its XML is damaged"),
        }
    }
}

/// The `<Error>` document of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) code: String,
    pub(super) message: String,
    /// The region that the bucket is in, where S3 says it.
    pub(super) region: Option<String>,
    /// The host that S3 says to ask instead.
    pub(super) endpoint: Option<String>,
    /// What the store's clock says, where it doubts ours.
    pub(super) server_time: Option<String>,
}

/// Reads a page of S3 or GCS.
pub(super) fn bucket_listing(body: &[u8]) -> Result<Page, Unfit> {
    let (mut reader, root) = start(body, b"ListBucketResult")?;
    let mut found = Found::default();
    let mut key = Vec::with_capacity(1024);
    while let Some(tag) = reader.child(&root)? {
        match tag.name {
            b"Contents" => {
                let size = object(&mut reader, &tag, &mut key)?;
                found.objects.push(Key { key: &key, size, folder: false });
            }
            b"CommonPrefixes" => {
                common_prefix(&mut reader, &tag, &mut key, b"Prefix")?;
                found.prefixes.push(Key { key: &key, size: None, folder: true });
            }
            b"IsTruncated" => {
                found.truncated = word(&mut reader, &tag)?.eq_ignore_ascii_case("true");
            }
            b"NextContinuationToken" => found.token = word(&mut reader, &tag)?,
            b"EncodingType" => found.encoded = word(&mut reader, &tag)? == "url",
            _ => reader.skip(&tag)?,
        }
    }
    reader.end()?;
    found.page()
}

/// Reads a page of Azure.
pub(super) fn container_listing(body: &[u8]) -> Result<Page, Unfit> {
    let (mut reader, root) = start(body, b"EnumerationResults")?;
    let mut found = Found::default();
    let mut key = Vec::with_capacity(1024);
    let mut blobs_seen = false;
    while let Some(tag) = reader.child(&root)? {
        match tag.name {
            b"Blobs" => {
                blobs_seen = true;
                while let Some(entry) = reader.child(&tag)? {
                    match entry.name {
                        b"Blob" => {
                            let (size, folder) = blob(&mut reader, &entry, &mut key)?;
                            found.objects.push(Key { key: &key, size, folder });
                        }
                        b"BlobPrefix" => {
                            common_prefix(&mut reader, &entry, &mut key, b"Name")?;
                            found.prefixes.push(Key { key: &key, size: None, folder: true });
                        }
                        _ => reader.skip(&entry)?,
                    }
                }
            }
            b"NextMarker" => found.token = word(&mut reader, &tag)?,
            _ => reader.skip(&tag)?,
        }
    }
    reader.end()?;
    if !blobs_seen {
        return Err(Unfit::Malformed("it lists containers, not blobs"));
    }
    found.page()
}

/// Reads the document that a store sends with an error; `None` where there is none.
pub(super) fn complaint(body: &[u8]) -> Option<Complaint> {
    match start(body, b"") {
        Err(Unfit::Error(complaint)) => Some(complaint),
        _ => None,
    }
}

/// Whether a body is a page for people.
pub(super) fn is_html(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let starts =
        |with: &[u8]| body.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    starts(b"<!doctype html") || starts(b"<html") || starts(b"<head") || starts(b"<body")
}

/// Opens a document whose root element has to be `expected`.
fn start<'a>(body: &'a [u8], expected: &[u8]) -> Result<(Reader<'a>, Tag<'a>), Unfit> {
    if is_html(body) {
        return Err(Unfit::Html);
    }
    let mut reader = Reader::new(body);
    let root = reader.root()?;
    match root.name {
        name if name == expected => Ok((reader, root)),
        b"Error" => Err(Unfit::Error(read_complaint(&mut reader, &root)?)),
        name if name.eq_ignore_ascii_case(b"html") => Err(Unfit::Html),
        _ => Err(Unfit::Malformed("it is no listing")),
    }
}

fn read_complaint(reader: &mut Reader<'_>, root: &Tag<'_>) -> Result<Complaint, Fault> {
    let mut complaint = Complaint::default();
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    while let Some(tag) = reader.child(root)? {
        match tag.name {
            b"Code" => complaint.code = word(reader, &tag)?,
            b"Message" => complaint.message = word(reader, &tag)?,
            b"Region" => complaint.region = filled(word(reader, &tag)?),
            b"Endpoint" => complaint.endpoint = filled(word(reader, &tag)?),
            b"ServerTime" => complaint.server_time = filled(word(reader, &tag)?),
            _ => reader.skip(&tag)?,
        }
    }
    Ok(complaint)
}

/// Reads one object's key into `key`, and its size.
fn object<'a>(
    reader: &mut Reader<'a>,
    entry: &Tag<'a>,
    key: &mut Vec<u8>,
) -> Result<Option<u64>, Unfit> {
    key.clear();
    let (mut named, mut size) = (false, None);
    while let Some(tag) = reader.child(entry)? {
        match tag.name {
            b"Key" => {
                key.clear();
                reader.text(&tag, key)?;
                named = true;
            }
            b"Size" => size = number(reader, &tag)?,
            _ => reader.skip(&tag)?,
        }
    }
    if named { Ok(size) } else { Err(Unfit::Malformed("an object lacks its key")) }
}

/// Reads one blob's name into `key`, its size, and whether it stands for a folder.
fn blob<'a>(
    reader: &mut Reader<'a>,
    entry: &Tag<'a>,
    key: &mut Vec<u8>,
) -> Result<(Option<u64>, bool), Unfit> {
    key.clear();
    let (mut named, mut size, mut folder) = (false, None, false);
    while let Some(tag) = reader.child(entry)? {
        match tag.name {
            b"Name" => {
                encoded_name(reader, &tag, key)?;
                named = true;
            }
            b"Properties" => {
                while let Some(property) = reader.child(&tag)? {
                    match property.name {
                        b"Content-Length" => size = number(reader, &property)?,
                        b"ResourceType" => folder |= word(reader, &property)? == "directory",
                        _ => reader.skip(&property)?,
                    }
                }
            }
            b"Metadata" => {
                while let Some(item) = reader.child(&tag)? {
                    match item.name {
                        name if name.eq_ignore_ascii_case(b"hdi_isfolder") => {
                            folder |= word(reader, &item)?.eq_ignore_ascii_case("true");
                        }
                        _ => reader.skip(&item)?,
                    }
                }
            }
            _ => reader.skip(&tag)?,
        }
    }
    if named { Ok((size, folder)) } else { Err(Unfit::Malformed("a blob lacks its name")) }
}

/// Reads one common prefix into `key`.
fn common_prefix<'a>(
    reader: &mut Reader<'a>,
    entry: &Tag<'a>,
    key: &mut Vec<u8>,
    element: &[u8],
) -> Result<(), Unfit> {
    key.clear();
    let mut named = false;
    while let Some(tag) = reader.child(entry)? {
        if tag.name == element {
            encoded_name(reader, &tag, key)?;
            named = true;
        } else {
            reader.skip(&tag)?;
        }
    }
    if named { Ok(()) } else { Err(Unfit::Malformed("a common prefix lacks its name")) }
}

/// Reads a name that Azure percent-encodes where XML cannot hold it.
fn encoded_name(reader: &mut Reader<'_>, tag: &Tag<'_>, key: &mut Vec<u8>) -> Result<(), Fault> {
    key.clear();
    reader.text(tag, key)?;
    if tag.attributes.trim_ascii() == b"Encoded=\"true\"" {
        *key = percent_decode(key).collect();
    }
    Ok(())
}

fn word(reader: &mut Reader<'_>, tag: &Tag<'_>) -> Result<String, Fault> {
    let mut text = Vec::new();
    reader.text(tag, &mut text)?;
    Ok(String::from_utf8_lossy(text.trim_ascii()).into_owned())
}

fn number(reader: &mut Reader<'_>, tag: &Tag<'_>) -> Result<Option<u64>, Unfit> {
    let digits = std::str::from_utf8(reader.plain(tag)?.trim_ascii()).ok();
    digits
        .and_then(|digits| digits.parse().ok())
        .map(Some)
        .ok_or(Unfit::Malformed("a size is no number"))
}

#[derive(Default)]
struct Found {
    objects: Keys,
    prefixes: Keys,
    truncated: bool,
    token: String,
    /// Whether the store encoded the keys as in a URL, which it was not asked for.
    encoded: bool,
}

impl Found {
    fn page(self) -> Result<Page, Unfit> {
        if self.truncated && self.token.is_empty() {
            return Err(Unfit::Malformed("it says that more follows, and not how to ask for it"));
        }
        if self.token.len() > LONGEST_TOKEN {
            return Err(Unfit::Malformed("its token for the next page is longer than any store's"));
        }
        let next = Some(self.token).filter(|token| !token.is_empty());
        let (objects, prefixes) = match self.encoded {
            true => (decoded(&self.objects), decoded(&self.prefixes)),
            false => (self.objects, self.prefixes),
        };
        if objects.longest().max(prefixes.longest()) > LONGEST_KEY {
            return Err(Unfit::Malformed("a name in it is longer than any store's"));
        }
        Ok(Page { objects, prefixes, next })
    }
}

fn decoded(keys: &Keys) -> Keys {
    let mut out = Keys::default();
    for key in keys.iter() {
        let spaced: Vec<u8> =
            key.key.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        let raw: Vec<u8> = percent_decode(&spaced).collect();
        out.push(Key { key: &raw, ..key });
    }
    out
}

#[cfg(test)]
mod tests;
