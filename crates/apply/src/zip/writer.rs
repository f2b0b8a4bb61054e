//! Writes the new zip: entries as they are, compressed, under the names that a recipe says.
//!
//! The bytes of the old zip are copied and the few fields changed that have to be: the name, where
//! in the file an entry begins, and of a name that is not ASCII the flag that it is UTF-8. So
//! everything else is kept whatever it is: extra fields, times, modes, comments, data descriptors,
//! encrypted data, methods that nobody here can unpack. The raw copy of the `zip` crate writes each
//! header anew from what it understands of it, and loses what it does not.

use std::io::{self, Read as _, Write};

use flate2::Compression;
use flate2::bufread::DeflateEncoder;
use rawzip::ZipFileHeaderRecord;

use super::recipe::Recipe;
use super::source::{CENTRAL, Central, Source, u16_at, u32_at, u64_at};
use crate::error::ApplyError;
use crate::executor::Progress;
use crate::faults::Faults;

/// The fixed part of an entry's own header (4.3.7).
const LOCAL: usize = 30;
const LOCAL_SIGNATURE: &[u8; 4] = b"PK\x03\x04";
const DESCRIPTOR_SIGNATURE: &[u8; 4] = b"PK\x07\x08";

/// The extra field with sizes that are too large for the fixed part (4.5.3).
const ZIP64: u16 = 0x0001;
/// The name in UTF-8, with a checksum of the other name (4.6.9).
const UNICODE_PATH: u16 = 0x7075;

const IN_ZIP64: u32 = u32::MAX;
const DEFLATE: u16 = 8;

/// Flags: the sizes stand behind the data; the name is in UTF-8.
const HAS_DESCRIPTOR: u16 = 1 << 3;
const IS_UTF8: u16 = 1 << 11;
/// Flags that say how much was tried to compress.
const EFFORT: u16 = 0b110;

/// Reading and writing at once.
const STRETCH: usize = 256 << 10;

/// Why a zip was not written.
pub(super) enum Failure {
    /// Reading, or what was read.
    Old(ApplyError),
    /// Writing.
    New(io::Error),
    /// Somebody wants it to end.
    Cancelled,
}

impl From<ApplyError> for Failure {
    fn from(error: ApplyError) -> Self {
        Failure::Old(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::New(error)
    }
}

/// Writes the zip that a recipe makes of another.
pub(super) fn write(
    source: &Source,
    recipe: &Recipe,
    out: &mut impl Write,
    faults: &Faults,
    progress: &dyn Progress,
) -> Result<(), Failure> {
    let count = source.walk(|_, _| Ok(()))?;
    let mut writer = Writer {
        source,
        out,
        at: 0,
        copied: 0,
        buffer: vec![0; STRETCH],
        edited: recipe.metadata.as_ref().map(|(_, text)| Edited::of(&text.0)).transpose()?,
    };
    let mut offsets = Vec::new();
    for_each(source, recipe, |position, record, new| {
        faults.step()?;
        if position.is_multiple_of(64) {
            progress.done(position, count);
            if progress.cancelled() {
                return Err(Failure::Cancelled);
            }
        }
        offsets.push(writer.at);
        writer.entry(record, new)
    })?;
    progress.done(count, count);
    let begin = writer.at;
    let mut next = offsets.iter();
    for_each(source, recipe, |_, record, new| {
        writer.listed(record, new, next.next().copied().unwrap_or_default())
    })?;
    faults.step()?;
    writer.end(begin, offsets.len() as u64)
}

/// What is new of an entry.
struct New {
    name: Vec<u8>,
    /// Whether the recipe says the whole name, and so in UTF-8.
    is_whole: bool,
    /// Whether it holds something else.
    is_edited: bool,
}

/// Calls for each entry that is not left out, with what is new of it.
fn for_each(
    source: &Source,
    recipe: &Recipe,
    mut each: impl FnMut(u64, &ZipFileHeaderRecord<'_>, &New) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut changes = recipe.changes.iter().peekable();
    let mut failed = None;
    let walked = source.walk(|position, record| {
        let changed = changes.next_if(|(at, _)| *at == position).map(|(_, to)| to);
        let (name, is_whole) = match changed {
            Some(None) => return Ok(()),
            Some(Some(name)) => (name.0.clone(), true),
            None => (recipe.kept_name(record.file_path().as_bytes()), false),
        };
        let is_edited = recipe.metadata.as_ref().is_some_and(|(at, _)| *at == position);
        each(position, record, &New { name, is_whole, is_edited }).map_err(|failure| {
            failed = Some(failure);
            // Ends the walk, and is not shown.
            ApplyError::Impossible { what: String::new() }
        })
    });
    match failed {
        Some(failure) => Err(failure),
        None => Ok(walked.map(|_| ())?),
    }
}

/// A new text, compressed.
struct Edited {
    packed: Vec<u8>,
    size: u32,
    sum: u32,
}

impl Edited {
    fn of(text: &[u8]) -> Result<Self, Failure> {
        let mut packed = Vec::new();
        DeflateEncoder::new(text, Compression::default()).read_to_end(&mut packed)?;
        let size = u32::try_from(text.len()).map_err(io::Error::other)?;
        Ok(Edited { packed, size, sum: rawzip::crc32(text) })
    }

    /// Says in a header what is there now; `at` is where its flags stand.
    fn describe(&self, header: &mut [u8], at: usize) {
        let flags = u16_at(header, at) & !(HAS_DESCRIPTOR | EFFORT);
        put(header, at, &flags.to_le_bytes());
        // Version 2.0 has deflate.
        let needed = u16_at(header, at - 2).max(20);
        put(header, at - 2, &needed.to_le_bytes());
        put(header, at + 2, &DEFLATE.to_le_bytes());
        put(header, at + 8, &self.sum.to_le_bytes());
        let packed = u32::try_from(self.packed.len()).unwrap_or(u32::MAX);
        put(header, at + 12, &packed.to_le_bytes());
        put(header, at + 16, &self.size.to_le_bytes());
    }
}

struct Writer<'w, W> {
    source: &'w Source,
    out: &'w mut W,
    /// How much is written.
    at: u64,
    /// How much was copied out of the old zip.
    copied: u64,
    buffer: Vec<u8>,
    edited: Option<Edited>,
}

impl<W: Write> Writer<'_, W> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Writes an entry: its own header, its data, and what stands behind them.
    fn entry(&mut self, record: &ZipFileHeaderRecord<'_>, new: &New) -> Result<(), Failure> {
        let source = self.source;
        let begin = record.local_header_offset();
        let mut header: [u8; LOCAL] = source.part(begin)?;
        if !header.starts_with(LOCAL_SIGNATURE) {
            return Err(source.damaged("an entry does not begin where it is said to").into());
        }
        let mut old_name = vec![0; usize::from(u16_at(&header, 26))];
        let mut extra = vec![0; usize::from(u16_at(&header, 28))];
        let behind = begin + LOCAL as u64;
        source.fill(&mut old_name, behind)?;
        source.fill(&mut extra, behind + old_name.len() as u64)?;
        self.compare(record, &header, &old_name)?;
        let data = behind + (old_name.len() + extra.len()) as u64;
        rename(&mut header, 6, &mut extra, &old_name, new);
        let edited = self.edited.as_ref().filter(|_| new.is_edited);
        if let Some(edited) = edited {
            edited.describe(&mut header, 6);
            without(&mut extra, ZIP64);
        }
        put_length(&mut header, 26, new.name.len());
        put_length(&mut header, 28, extra.len());
        let text = edited.map(|edited| edited.packed.clone());
        self.put(&header)?;
        self.put(&new.name)?;
        self.put(&extra)?;
        if let Some(text) = text {
            return self.put(&text);
        }
        let packed = record.compressed_size_hint();
        self.copy(data, packed)?;
        if record.flags().has_data_descriptor() {
            let end = data.saturating_add(packed);
            let length = self.descriptor(record, end)?;
            self.copy(end, length)?;
        }
        Ok(())
    }

    /// Holds an entry's own header against the list: where they disagree it is not known what
    /// is right.
    fn compare(
        &self,
        record: &ZipFileHeaderRecord<'_>,
        header: &[u8],
        name: &[u8],
    ) -> Result<(), Failure> {
        let same = |at: usize, listed: u64| {
            let own = u32_at(header, at);
            own == IN_ZIP64 || u64::from(own) == listed
        };
        let sizes = u16_at(header, 6) & HAS_DESCRIPTOR != 0
            || (u64::from(u32_at(header, 14)) == u64::from(record.crc32())
                && same(18, record.compressed_size_hint())
                && same(22, record.uncompressed_size_hint()));
        let agree = sizes
            && name == record.file_path().as_bytes()
            && u16_at(header, 8) == record.compression_method().as_u16();
        if agree {
            Ok(())
        } else {
            let what = "an entry's own header and the list disagree";
            Err(self.source.damaged(what).into())
        }
    }

    /// The length of what stands behind the data of an entry: its checksum and sizes, in one of
    /// four forms (4.3.9).
    fn descriptor(&self, record: &ZipFileHeaderRecord<'_>, at: u64) -> Result<u64, Failure> {
        let mut bytes = [0; 24];
        let there = self.source.bytes().saturating_sub(at).min(24);
        let there = usize::try_from(there).unwrap_or(0);
        self.source.fill(bytes.get_mut(..there).unwrap_or_default(), at)?;
        let (packed, size) = (record.compressed_size_hint(), record.uncompressed_size_hint());
        let is_form = |begin: usize, is_wide: bool| {
            let sizes = if is_wide {
                (u64_at(&bytes, begin + 4), u64_at(&bytes, begin + 12))
            } else {
                (u32_at(&bytes, begin + 4).into(), u32_at(&bytes, begin + 8).into())
            };
            u32_at(&bytes, begin) == record.crc32() && sizes == (packed, size)
        };
        let signed = bytes.starts_with(DESCRIPTOR_SIGNATURE);
        let forms = [(4, true, 24), (4, false, 16), (0, true, 20), (0, false, 12)];
        let form = forms.into_iter().find(|(begin, is_wide, length)| {
            (signed || *begin == 0) && *length <= there && is_form(*begin, *is_wide)
        });
        match form {
            Some((_, _, length)) => Ok(length as u64),
            None => {
                Err(self.source.damaged("what stands behind an entry contradicts the list").into())
            }
        }
    }

    fn copy(&mut self, from: u64, length: u64) -> Result<(), Failure> {
        let source = self.source;
        self.copied = self.copied.saturating_add(length);
        if self.copied > source.bytes() {
            return Err(source.damaged("its entries lie within one another").into());
        }
        let mut done = 0;
        while done < length {
            let part = usize::try_from(length - done).unwrap_or(STRETCH).min(STRETCH);
            let mut buffer = std::mem::take(&mut self.buffer);
            let room = buffer.get_mut(..part).unwrap_or_default();
            let copied = source
                .fill(room, from.saturating_add(done))
                .map_err(Failure::from)
                .and_then(|()| self.put(room));
            self.buffer = buffer;
            copied?;
            done += part as u64;
        }
        Ok(())
    }

    /// Writes an entry of the list.
    fn listed(
        &mut self,
        record: &ZipFileHeaderRecord<'_>,
        new: &New,
        offset: u64,
    ) -> Result<(), Failure> {
        let Central { mut fixed, name: old_name, mut extra, comment } =
            self.source.central(record)?;
        rename(&mut fixed, 8, &mut extra, &old_name, new);
        if let Some(edited) = self.edited.as_ref().filter(|_| new.is_edited) {
            edited.describe(&mut fixed, 8);
            without(&mut extra, ZIP64);
            // Where the entry begins may have stood in the field that is gone.
            put(&mut fixed, 42, &0_u32.to_le_bytes());
            put(&mut fixed, 34, &0_u16.to_le_bytes());
        }
        set_offset(&mut fixed, &mut extra, offset)
            .ok_or_else(|| self.source.damaged("an entry of the list is incomplete"))?;
        put_length(&mut fixed, 28, new.name.len());
        put_length(&mut fixed, 30, extra.len());
        self.put(&fixed)?;
        self.put(&new.name)?;
        self.put(&extra)?;
        self.put(&comment)
    }

    /// Writes what stands behind the list.
    fn end(&mut self, begin: u64, count: u64) -> Result<(), Failure> {
        let size = self.at - begin;
        let small_count = u16::try_from(count).ok().filter(|count| *count != u16::MAX);
        let small = |value: u64| u32::try_from(value).ok().filter(|value| *value != IN_ZIP64);
        let (small_size, small_begin) = (small(size), small(begin));
        if small_count.is_none() || small_size.is_none() || small_begin.is_none() {
            let end = self.at;
            let mut record = b"PK\x06\x06".to_vec();
            record.extend_from_slice(&44_u64.to_le_bytes());
            // Made by and needed: version 4.5, which has these records.
            record.extend_from_slice(&[45, 0, 45, 0]);
            record.extend_from_slice(&[0; 8]);
            for value in [count, count, size, begin] {
                record.extend_from_slice(&value.to_le_bytes());
            }
            record.extend_from_slice(b"PK\x06\x07");
            record.extend_from_slice(&[0; 4]);
            record.extend_from_slice(&end.to_le_bytes());
            record.extend_from_slice(&1_u32.to_le_bytes());
            self.put(&record)?;
        }
        let archive = self.source.archive()?;
        let mut comment = Vec::new();
        archive.comment().read_to_end(&mut comment)?;
        let mut record = b"PK\x05\x06\0\0\0\0".to_vec();
        for _ in 0..2 {
            record.extend_from_slice(&small_count.unwrap_or(u16::MAX).to_le_bytes());
        }
        for value in [small_size, small_begin] {
            record.extend_from_slice(&value.unwrap_or(IN_ZIP64).to_le_bytes());
        }
        let length = u16::try_from(comment.len()).unwrap_or(0);
        record.extend_from_slice(&length.to_le_bytes());
        record.extend_from_slice(&comment);
        self.put(&record)
    }
}

/// Says in a header what the new name needs; `at` is where its flags stand.
fn rename(header: &mut [u8], at: usize, extra: &mut Vec<u8>, old: &[u8], new: &New) {
    if old == new.name.as_slice() {
        return;
    }
    // It is about the old name, and who heeds it would see that one.
    without(extra, UNICODE_PATH);
    if new.is_whole && !new.name.is_ascii() && std::str::from_utf8(&new.name).is_ok() {
        let flags = u16_at(header, at) | IS_UTF8;
        put(header, at, &flags.to_le_bytes());
    }
}

/// Takes the extra fields of one kind out. What cannot be read as fields stays.
fn without(extra: &mut Vec<u8>, kind: u16) {
    let mut kept = Vec::with_capacity(extra.len());
    let mut rest = extra.as_slice();
    while let Some((field, behind)) = split_field(rest) {
        if u16_at(field, 0) != kind {
            kept.extend_from_slice(field);
        }
        rest = behind;
    }
    kept.extend_from_slice(rest);
    *extra = kept;
}

/// The first extra field, head and all, and what stands behind it.
fn split_field(extra: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = usize::from(u16::from_le_bytes([*extra.get(2)?, *extra.get(3)?]));
    extra.split_at_checked(4 + length)
}

/// Says where an entry begins. `None` where its fields are incomplete.
pub(super) fn set_offset(
    fixed: &mut [u8; CENTRAL],
    extra: &mut Vec<u8>,
    offset: u64,
) -> Option<()> {
    let in_zip64 = |at: usize| u32_at(fixed, at) == IN_ZIP64;
    // The field holds, in this order, only what the fixed part leaves to it.
    let before = 8 * [20, 24].into_iter().filter(|at| in_zip64(*at)).count();
    let mut at = 0;
    let zip64 = loop {
        match split_field(extra.get(at..)?) {
            Some((field, _)) if u16_at(field, 0) == ZIP64 => break Some((at, field.len())),
            Some((field, _)) => at += field.len(),
            None => break None,
        }
    };
    if in_zip64(42) {
        let (at, length) = zip64?;
        let place = at + 4 + before;
        if place + 8 > at + length {
            return None;
        }
        put(extra, place, &offset.to_le_bytes());
        return Some(());
    }
    match u32::try_from(offset).ok().filter(|offset| *offset != IN_ZIP64) {
        Some(offset) => put(fixed, 42, &offset.to_le_bytes()),
        None => {
            put(fixed, 42, &IN_ZIP64.to_le_bytes());
            let needed = u16_at(fixed, 6).max(45);
            put(fixed, 6, &needed.to_le_bytes());
            let (at, length) = zip64.unwrap_or_else(|| {
                extra.splice(0..0, [1, 0, 0, 0]);
                (0, 4)
            });
            if 4 + before > length {
                return None;
            }
            let place = at + 4 + before;
            extra.splice(place..place, offset.to_le_bytes());
            put_length(extra, at + 2, length - 4 + 8);
        }
    }
    Some(())
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(room) = bytes.get_mut(at..at + value.len()) {
        room.copy_from_slice(value);
    }
}

/// Writes a length, which was checked to fit.
fn put_length(bytes: &mut [u8], at: usize, length: usize) {
    put(bytes, at, &u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes());
}
