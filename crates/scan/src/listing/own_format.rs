//! The format of listings that sensortree saves: `sensortree-listing/1`, described in
//! docs/listings.md.

use sensortree_core::document::MetadataFile;
use sensortree_core::tree::{EntryKind, Target, Unread};
use serde::{Deserialize, Serialize};

/// The format's name and version.
pub(super) const FORMAT: &str = "sensortree-listing/1";

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
    pub(super) kind: String,
    /// Whether it was a folder that a repository may keep.
    pub(super) of_folder: bool,
    pub(super) uri: String,
    pub(super) segments: Vec<String>,
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
                MetadataFile::Absent | MetadataFile::Misplaced(_) => MetadataState::Absent,
                MetadataFile::Text(_) => MetadataState::Text,
                MetadataFile::TooLarge { bytes } => MetadataState::TooLarge(*bytes),
                MetadataFile::Unreadable => MetadataState::Unreadable,
            },
        }
    }
}

/// An address without user, password, query and fragment. Paths of a file system are left
/// as they are.
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

pub(super) fn kind(letter: u8) -> Option<EntryKind> {
    use EntryKind::{DanglingLink, File, Folder, FolderMarker, Link, Special, Unknown};
    [File, Folder, FolderMarker, Link, DanglingLink, Special, Unknown]
        .into_iter()
        .find(|kind| self::letter(*kind) == letter)
}

/// Writes a name so that it has no line breaks: control characters and `%` as `%XX`, everything
/// else as it is.
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
pub(super) fn decode(encoded: &[u8], into: &mut Vec<u8>) {
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
