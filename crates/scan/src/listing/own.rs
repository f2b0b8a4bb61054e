//! Reads the listings that sensortree saved.

use std::io::Read;
use std::ops::ControlFlow;

use sensortree_core::document::{MAX_METADATA_BYTES, MetadataFile};
use sensortree_core::text;
use sensortree_core::tree::{TargetKind, Unread};

use super::bytes::{Lines, Piece, each_line};
use super::listed::Listed;
use super::own_format::{End, FORMAT, Header, MetadataState, decode, kind};
use super::sink::{Root, Sink};
use crate::source::Run;

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
    run: &'a Run<'a>,
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
        sink: Sink::new(root, run),
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
