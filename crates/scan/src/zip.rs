//! Zip archives, read from their list of entries (the central directory) without unpacking anything
//! but metadata.json and, where they are to be looked into, frames.
//!
//! Read with `rawzip` (MIT, no dependencies, no unsafe code, kept by one author): it hands on the
//! entries one by one from a small buffer, and takes anything that can be read at an offset, so
//! that a zip need not lie on a disk. The `zip` crate is better known and keeps every entry as a
//! struct with owned names, which a zip of a million entries pays for with hundreds of megabytes;
//! `rc-zip` keeps them likewise, and is made for its own state machine.
//!
//! Nothing that an archive says is relied on: sizes and counts allocate nothing, offsets are
//! checked before they are used, and each entry's own header is held against the list, for as many
//! entries as reading at other places allows.

mod ending;
mod frames;
mod headers;
mod member;
mod metadata;
mod sample;
mod source;

use std::io;

use ending::Disks;
use frames::{Frames, Looked};
use headers::Headers;
pub use member::{is_encrypted, member, unicode_name};
use metadata::{Packed, Unpacking};
use rawzip::{ErrorKind, ReaderAt, ZipArchive, ZipFileHeaderRecord, ZipLocator};
use sensortree_core::archive::{
    self, ArchiveFacts, Damage, FirstPass, FirstPassSummary, Member, SecondPass, State, Wanted,
};
use sensortree_core::document::MetadataFile;
use sensortree_core::names::METADATA;
use sensortree_core::tree::{Target, TargetKind, Tree, TreeBuilder};
use sensortree_probe::{ActualFormat, TELLING_BYTES};
pub use source::{Bytes, ZipBytes, ZipContents, ZipFile, list, unread};

use crate::content::read_full;
use crate::scan_errors::ScanErrors;
use crate::source::{ListedTree, Run};

/// Of so many entries the own header is looked at, spread over the archive. Each costs reads at
/// another place, which for a million entries would take longer than all the rest.
pub const MOST_HEADERS: u64 = 4_096;

/// How many records that look like an archive's end, and are none, are passed over: a comment
/// may hold some.
const MOST_FALSE_ENDS: usize = 16;

/// Entries between two reports of progress.
const PROGRESS_STEP: u64 = 8_192;

/// Why a frame was not looked into that would take too long.
const TOO_LARGE: &str = "too large to be looked into in the zip; a folder's can be";

/// A zip as a target: what its top folder is to be named is its file name less `.zip`.
#[must_use]
pub fn target(file: Target) -> Target {
    let mut segments = file.segments;
    if let Some(last) = segments.last_mut() {
        *last = archive::stem(last).to_owned();
    }
    Target { kind: TargetKind::Zip, uri: file.uri, segments }
}

/// The archive behind the record that ends it; `None` where there is no such record.
///
/// # Errors
/// When the reader fails.
pub fn locate<'r, R: ReaderAt>(
    reader: &'r R,
    bytes: u64,
    buffer: &mut [u8],
) -> io::Result<Option<ZipArchive<&'r R>>> {
    let mut end = bytes;
    for _ in 0..MOST_FALSE_ENDS {
        match ZipLocator::new().locate_in_reader(reader, buffer, end) {
            Ok(archive) => return Ok(Some(archive)),
            Err((_, error)) => match error.eocd_offset() {
                Some(at) if at < end => end = at,
                _ => {
                    return match error.into_kind() {
                        ErrorKind::IO(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                            Err(error)
                        }
                        _ => Ok(None),
                    };
                }
            },
        }
    }
    Ok(None)
}

/// What a file is that has no list of entries.
fn without_directory<R: ReaderAt>(reader: &R, bytes: u64) -> io::Result<State> {
    let mut head = [0; TELLING_BYTES];
    let length = read_full(&mut head, 0, |room, offset| reader.read_at(room, offset))?;
    let head = head.get(..length).unwrap_or_default();
    let begins_as_zip =
        [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"].iter().any(|start| head.starts_with(*start));
    Ok(match bytes {
        0 => State::Empty,
        _ if begins_as_zip => State::CutOff,
        _ => State::NotAZip(ActualFormat::of(head)),
    })
}

/// What was found in an archive.
struct Found {
    tree: Tree,
    facts: ArchiveFacts,
    metadata: MetadataFile,
    errors: ScanErrors,
    /// How many entries the list has.
    members: u64,
    /// Whether every name was read, whatever is unread of what the names stand for.
    all_listed: bool,
}

impl Found {
    fn listed(self, target: Target) -> ListedTree {
        let Found { tree, facts, metadata, errors, all_listed, .. } = self;
        let archive = Some(facts);
        ListedTree { archive, metadata, errors, all_listed, ..ListedTree::new(target, tree) }
    }

    /// An archive in which no entry can be relied on.
    fn nothing(stem: &str, bytes: u64, state: State) -> Self {
        let mut errors = ScanErrors::default();
        let all_listed = match state {
            State::CutOff | State::Broken { .. } => {
                let reason = "the zip's list of entries is incomplete";
                errors.unread_folder_for(b"", reason.to_owned());
                false
            }
            State::Unread => false,
            State::Whole | State::Empty | State::NotAZip(_) => true,
        };
        Found {
            tree: TreeBuilder::new().finish(),
            facts: ArchiveFacts::new(stem, bytes, state),
            metadata: MetadataFile::Absent,
            errors,
            members: 0,
            all_listed,
        }
    }
}

struct Zip<'z, R> {
    archive: ZipArchive<R>,
    bytes: u64,
    most_headers: u64,
    run: &'z Run<'z>,
}

/// Where an archive's list of entries ended.
enum Walked {
    ToTheEnd,
    Broken { read: u64 },
    Interrupted,
}

/// What the first look finds out beside the plan.
struct First {
    plan: FirstPassSummary,
    members: u64,
    /// Where the first entry begins.
    begin: u64,
}

impl<'z, R: ReaderAt> Zip<'z, R> {
    fn new<T>(archive: ZipArchive<R>, bytes: &Bytes<T>, run: &'z Run<'z>) -> Self {
        Zip { archive, bytes: bytes.count, most_headers: bytes.most_headers, run }
    }

    fn read(&self, buffer: &mut [u8], stem: &str) -> io::Result<Found> {
        let mut survey = FirstPass::new();
        let mut begin = u64::MAX;
        let walked = self.walk(buffer, true, |record, member| {
            begin = begin.min(record.local_header_offset());
            survey.add(member);
        })?;
        match walked {
            Walked::ToTheEnd => {}
            Walked::Broken { read } => return Ok(self.broken(stem, read)),
            Walked::Interrupted => return Ok(Found::nothing(stem, self.bytes, State::Unread)),
        }
        let members = survey.members();
        self.read_again(buffer, stem, First { plan: survey.finish(stem), members, begin })
    }

    fn read_again(&self, buffer: &mut [u8], stem: &str, first: First) -> io::Result<Found> {
        let First { plan, members, begin } = first;
        let mut reading = SecondPass::new(plan, stem, self.bytes);
        if let Some(recording) = &self.run.options().recording {
            reading.tell(recording.tap());
        }
        if self.run.visits() {
            reading.keep_candidates();
        }
        let mut metadata = None;
        let mut headers = Headers::new(members, self.most_headers);
        let mut frames = Frames::new(&self.archive, self.run.content_while_listing(), self.bytes);
        let mut disks = Disks::new();
        let mut failed = None;
        let mut errors = ScanErrors::default();
        let walked = self.walk(buffer, false, |record, member| {
            let wanted = reading.add(member);
            match disks.is_other(&self.archive, record) {
                Ok(true) => reading.damaged(Damage::OtherDisk, member.name),
                Ok(false) => {}
                Err(error) => failed = Some(error),
            }
            let damage = headers.compare(&self.archive, record, wanted == Wanted::Metadata);
            if let Some(damage) = damage {
                reading.damaged(damage, member.name);
            }
            match wanted {
                Wanted::Metadata => metadata = Some(Packed::of(record, damage)),
                Wanted::Frame(format) if damage.is_none() && member.can_be_unpacked() => {
                    match frames.look_into(record, format) {
                        Ok(Looked::Into(facts)) => reading.hold(member, facts),
                        Ok(Looked::Unwanted) => {}
                        Ok(Looked::TooLarge) => {
                            let path = reading.path_in_tree(member).unwrap_or_default();
                            errors.unread_file_for(b"", &path, TOO_LARGE.to_owned());
                        }
                        Err(damage) => reading.damaged(damage, member.name),
                    }
                }
                Wanted::Frame(_) | Wanted::Nothing => {}
            }
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        match walked {
            Walked::ToTheEnd => {}
            Walked::Broken { read } => return Ok(self.broken(stem, read)),
            Walked::Interrupted => {}
        }
        let all_listed = matches!(walked, Walked::ToTheEnd);
        self.say_what_surrounds(&mut reading, members, begin);
        for damage in ending::damage(&self.archive)? {
            reading.damaged(damage, b"");
        }
        let metadata = metadata.map_or(MetadataFile::Absent, |packed| {
            packed.unpack(&self.archive).unwrap_or_else(|failure| {
                if let Unpacking::Damaged { said: false } = failure {
                    reading.damaged(Damage::Checksum, METADATA.as_bytes());
                }
                errors.unread_file_for(b"", METADATA.as_bytes(), failure.reason());
                MetadataFile::Unreadable
            })
        });
        let (tree, facts) = reading.finish();
        Ok(Found { tree, facts, metadata, errors, members, all_listed })
    }

    /// Reads the metadata.json that stands at another path than its own.
    fn read_misplaced(
        &self,
        buffer: &mut [u8],
        facts: &ArchiveFacts,
        path: &[u8],
    ) -> io::Result<Option<MetadataFile>> {
        let mut packed = None;
        self.walk(buffer, false, |record, member| {
            if packed.is_none() && facts.path_in_tree(member).is_some_and(|known| known == path) {
                packed = Some(Packed::of(record, None));
            }
        })?;
        Ok(packed.and_then(|packed| packed.unpack(&self.archive).ok()))
    }

    /// Hands on the entries in the order of the list.
    fn walk(
        &self,
        buffer: &mut [u8],
        counted: bool,
        mut each: impl FnMut(&ZipFileHeaderRecord<'_>, &Member<'_>),
    ) -> io::Result<Walked> {
        let mut entries = self.archive.entries(buffer);
        let mut read = 0;
        loop {
            let record = match entries.next_entry() {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(error) => {
                    return match error.into_kind() {
                        ErrorKind::IO(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                            Err(error)
                        }
                        _ => Ok(Walked::Broken { read }),
                    };
                }
            };
            let name = record.file_path();
            let unicode_name = unicode_name(&record);
            each(&record, &member(&record, name.as_bytes(), unicode_name.as_deref()));
            read += 1;
            if read % PROGRESS_STEP == 0 {
                if counted {
                    self.run.progress().listed(PROGRESS_STEP);
                }
                if self.run.is_cancelled() {
                    return Ok(Walked::Interrupted);
                }
            }
        }
        if counted {
            self.run.progress().listed(read % PROGRESS_STEP);
        }
        Ok(Walked::ToTheEnd)
    }

    fn broken(&self, stem: &str, read: u64) -> Found {
        let state = State::Broken { read, declared: self.archive.entries_hint() };
        Found::nothing(stem, self.bytes, state)
    }

    fn say_what_surrounds(&self, reading: &mut SecondPass, members: u64, begin: u64) {
        let declared = self.archive.entries_hint();
        // Without zip64 the count has 16 bits, and old writers let it overflow.
        let overflowed =
            declared <= u64::from(u16::MAX) && members & u64::from(u16::MAX) == declared;
        if declared != members && !overflowed {
            reading.damaged(Damage::Count { declared, found: members }, b"");
        }
        // Where no entry begins in the archive at all, that is said of the entries.
        if begin > 0 && begin < self.archive.directory_offset() {
            reading.damaged(Damage::Leading(begin), b"");
        }
        if let Some(trailing) =
            self.bytes.checked_sub(self.archive.end_offset()).filter(|trailing| *trailing > 0)
        {
            reading.damaged(Damage::Trailing(trailing), b"");
        }
    }
}

#[cfg(test)]
mod tests;
