//! The format of listings that sensortree saves: `sensortree-listing/1`, described in docs/listings.md.

use std::io::Read;
use std::ops::ControlFlow;

use sensortree_core::document::{MAX_METADATA_BYTES, MetadataFile};
use sensortree_core::text;
use sensortree_core::tree::{EntryKind, Target, TargetKind, Unread};
use serde::{Deserialize, Serialize};

use super::bytes::{Lines, Piece};
use super::sink::{Root, Sink};
use super::{Listed, each_line};
use crate::{Progress, ScanOptions};

/// The format's name and version.
const FORMAT: &str = "sensortree-listing/1";

/// What every version begins with.
const BEGINNING: &[u8] = b"{\"format\":\"sensortree-listing/";

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Header {
    // The first field, by which the format is known.
    pub(super) format: String,
    /// The version of sensortree that wrote it.
    pub(super) tool: String,
    pub(super) source: Source,
    /// Whether all of the source was listed.
    pub(super) complete: bool,
    /// The part of the paths above the dataset, percent-encoded; it ends in `/`, or is empty.
    pub(super) root: String,
    pub(super) metadata: MetadataState,
}

/// What was listed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Source {
    kind: String,
    /// Whether it was a folder that a repository may keep.
    of_folder: bool,
    uri: String,
    segments: Vec<String>,
}

/// What was found of metadata.json. Its text follows in lines of its own.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum MetadataState {
    Absent,
    Text,
    Unreadable,
    /// With its size in bytes.
    TooLarge(u64),
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct End {
    /// How many entries stand before it.
    pub(super) entries: u64,
}

impl Header {
    pub(super) fn of(
        target: &Target,
        unread: &[Unread],
        root: &[u8],
        metadata: &MetadataFile,
    ) -> Self {
        let mut encoded = Vec::new();
        encode(root, &mut encoded);
        Header {
            format: FORMAT.to_owned(),
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            source: Source {
                kind: target.kind.as_str().to_owned(),
                of_folder: target.kind.may_be_in_repository(),
                uri: without_secrets(&target.uri),
                segments: target.segments.clone(),
            },
            complete: unread.is_empty(),
            root: String::from_utf8_lossy(&encoded).into_owned(),
            metadata: match metadata {
                MetadataFile::Absent => MetadataState::Absent,
                MetadataFile::Text(_) => MetadataState::Text,
                MetadataFile::TooLarge { bytes } => MetadataState::TooLarge(*bytes),
                MetadataFile::Unreadable => MetadataState::Unreadable,
            },
        }
    }
}

/// An address without user, password, query and fragment. Paths of a file system are left as they are.
fn without_secrets(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else { return uri.to_owned() };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) =
        rest.split_once('/').map_or((rest, None), |(authority, path)| (authority, Some(path)));
    let host = authority.rsplit('@').next().unwrap_or_default();
    match path {
        Some(path) => format!("{scheme}://{host}/{path}"),
        None => format!("{scheme}://{host}"),
    }
}

/// Whether a text begins as a saved listing does, of any version.
pub(super) fn begins(head: &[u8]) -> bool {
    head.starts_with(BEGINNING)
}

/// The letter of an entry's kind.
pub(super) fn letter(kind: EntryKind) -> u8 {
    match kind {
        EntryKind::File => b'f',
        EntryKind::Folder => b'd',
        EntryKind::FolderMarker => b'm',
        EntryKind::Link => b'l',
        EntryKind::DanglingLink => b'x',
        EntryKind::Special => b's',
        EntryKind::Unknown => b'u',
    }
}

fn kind(letter: u8) -> Option<EntryKind> {
    use EntryKind::{DanglingLink, File, Folder, FolderMarker, Link, Special, Unknown};
    [File, Folder, FolderMarker, Link, DanglingLink, Special, Unknown]
        .into_iter()
        .find(|kind| self::letter(*kind) == letter)
}

/// Writes a name so that it has no line breaks: control characters and `%` as `%XX`, everything else as it is.
pub(super) fn encode(name: &[u8], into: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in name {
        match byte {
            0..=31 | 127 | b'%' => {
                into.push(b'%');
                into.extend(
                    [byte >> 4, byte & 15]
                        .map(|digit| HEX.get(usize::from(digit)).copied().unwrap_or_default()),
                );
            }
            _ => into.push(*byte),
        }
    }
}

/// Reads a name that [`encode`] wrote, behind what `into` holds.
fn decode(encoded: &[u8], into: &mut Vec<u8>) {
    let mut rest = encoded;
    while let Some(at) = memchr::memchr(b'%', rest) {
        let (plain, code) = rest.split_at(at);
        into.extend_from_slice(plain);
        let digits = code.get(1..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                into.push(byte);
                rest = code.get(3..).unwrap_or_default();
            }
            None => {
                into.push(b'%');
                rest = code.get(1..).unwrap_or_default();
            }
        }
    }
    into.extend_from_slice(rest);
}

/// What was read so far of a saved listing.
struct Reading<'a> {
    sink: Sink<'a>,
    listed: Listed,
    /// The path of the entry before; its folder stands in it up to `folder`.
    path: Vec<u8>,
    folder: usize,
    metadata: Vec<u8>,
    entries: u64,
    end: Option<End>,
    /// Whether a line could not be read, which was said then.
    is_broken: bool,
}

/// Reads a saved listing. A root that the user told goes before its own.
pub(super) fn read<'a>(
    reader: impl Read,
    told: Option<Root>,
    options: &ScanOptions,
    progress: &'a dyn Progress,
) -> Result<(Sink<'a>, Listed), String> {
    let mut lines = Lines::new(reader, b'\n');
    let header = match lines.next() {
        Ok(Some(Piece::Line(line))) => header(line)?,
        _ => return Err("a saved listing of which not even the first line can be read".to_owned()),
    };
    let mut root = Vec::new();
    decode(header.root.as_bytes(), &mut root);
    let root = told.unwrap_or(if root.is_empty() { Root::Here } else { Root::Told(vec![root]) });
    let mut reading = Reading {
        sink: Sink::new(root, options, progress),
        listed: Listed::default(),
        path: Vec::new(),
        folder: 0,
        metadata: Vec::new(),
        entries: 0,
        end: None,
        is_broken: false,
    };
    each_line(&mut lines, |number, line| match line {
        Ok(line) => reading.take(number, line),
        Err(fault) => {
            reading.is_broken = true;
            reading.sink.cannot_read(fault);
            ControlFlow::Continue(())
        }
    });
    Ok(reading.finish(header))
}

fn header(line: &[u8]) -> Result<Header, String> {
    let header: Header = serde_json::from_slice(line)
        .map_err(|_| "a saved listing whose first line is damaged".to_owned())?;
    if header.format != FORMAT {
        return Err(format!(
            "one in the format {}; this version of sensortree reads {FORMAT}",
            header.format
        ));
    }
    Ok(header)
}

impl<'a> Reading<'a> {
    fn take(&mut self, number: u64, line: &[u8]) -> ControlFlow<()> {
        if self.end.is_some() {
            return self.fault(number, "stands behind the end");
        }
        let Some((letter, rest)) = line.split_first() else {
            return self.fault(number, "is empty");
        };
        match letter {
            b'>' => {
                self.path.clear();
                decode(rest, &mut self.path);
                if !self.path.is_empty() {
                    self.path.push(b'/');
                }
                self.folder = self.path.len();
            }
            b'=' if (self.metadata.len() as u64) < 2 * MAX_METADATA_BYTES => {
                decode(rest, &mut self.metadata);
            }
            b'=' => {}
            b'!' => {
                let mut parts = rest.splitn(2, |byte| *byte == b' ').map(|part| {
                    let mut plain = Vec::new();
                    decode(part, &mut plain);
                    plain
                });
                let path = parts.next().unwrap_or_default();
                let reason =
                    String::from_utf8_lossy(&parts.next().unwrap_or_default()).into_owned();
                self.listed.unread.push(Unread { path, reason });
            }
            b'~' => {
                let mut path = Vec::new();
                decode(rest, &mut path);
                self.listed.skipped.push(path);
            }
            b'{' => match serde_json::from_slice(line) {
                Ok(end) => self.end = Some(end),
                Err(_) => return self.fault(number, "is no end of a listing"),
            },
            letter => match kind(*letter).zip(size(rest)) {
                Some((kind, (size, name))) => {
                    self.path.truncate(self.folder);
                    decode(name, &mut self.path);
                    self.entries += 1;
                    return self.sink.add(&self.path, kind, size);
                }
                None => return self.fault(number, "is no entry"),
            },
        }
        ControlFlow::Continue(())
    }

    fn fault(&mut self, number: u64, what: &str) -> ControlFlow<()> {
        self.sink.cannot_read(format!("line {number} of the saved listing {what}"));
        ControlFlow::Continue(())
    }

    fn finish(mut self, header: Header) -> (Sink<'a>, Listed) {
        match self.end {
            _ if self.sink.is_interrupted || self.is_broken => {}
            Some(End { entries }) if entries == self.entries => {}
            Some(End { entries }) => self.sink.cannot_read(format!(
                "the saved listing has {} of its {}",
                text::number(self.entries),
                entries_of(entries),
            )),
            None => self.sink.cannot_read(format!(
                "the saved listing breaks off: its end is missing, behind {}",
                entries_of(self.entries),
            )),
        }
        let mut listed = self.listed;
        listed.name = format!("a saved listing of `{}`", header.source.uri);
        if header.source.kind == TargetKind::Zip.as_str() {
            listed.notes.push(
                "the listing is of the tree in a zip: what family Z says of the archive takes the zip".to_owned(),
            );
        }
        listed.segments = Some(header.source.segments);
        listed.of_folder = header.source.of_folder;
        if !header.complete && listed.unread.is_empty() {
            listed.unread.push(Unread {
                path: Vec::new(),
                reason: "was incomplete when it was saved".to_owned(),
            });
        }
        listed.metadata = Some(match header.metadata {
            MetadataState::Absent => MetadataFile::Absent,
            MetadataState::Unreadable => MetadataFile::Unreadable,
            MetadataState::TooLarge(bytes) => MetadataFile::TooLarge { bytes },
            MetadataState::Text if self.metadata.len() as u64 > MAX_METADATA_BYTES => {
                MetadataFile::TooLarge { bytes: self.metadata.len() as u64 }
            }
            MetadataState::Text => MetadataFile::Text(self.metadata),
        });
        (self.sink, listed)
    }
}

fn entries_of(count: u64) -> String {
    format!("{} {}", text::number(count), if count == 1 { "entry" } else { "entries" })
}

/// The size before a name, `-` where it is not known, and the name.
fn size(text: &[u8]) -> Option<(Option<u64>, &[u8])> {
    let end = memchr::memchr(b' ', text)?;
    let (digits, name) = (text.get(..end)?, text.get(end + 1..)?);
    if digits == b"-" {
        return Some((None, name));
    }
    let step = |value: u64, digit: &u8| {
        digit.is_ascii_digit().then_some(())?;
        value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
    };
    let size = digits.iter().try_fold(0, step)?;
    (!digits.is_empty()).then_some((Some(size), name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_kept_without_secrets() {
        let check = |uri: &str, expected: &str| assert_eq!(without_secrets(uri), expected);
        check("drives/0423", "drives/0423");
        check("drives/a?b#c", "drives/a?b#c");
        check("s3://acme/data/", "s3://acme/data/");
        check("https://me:secret@host/c/data?sig=abc#x", "https://host/c/data");
        check("https://host?sig=abc", "https://host");
    }

    proptest! {
        #[test]
        fn names_read_back_as_they_were(name in proptest::collection::vec(any::<u8>(), 0..200)) {
            let (mut encoded, mut decoded) = (Vec::new(), Vec::new());
            encode(&name, &mut encoded);
            prop_assert!(encoded.iter().all(|byte| *byte >= 32));
            decode(&encoded, &mut decoded);
            prop_assert_eq!(decoded, name);
        }
    }
}
