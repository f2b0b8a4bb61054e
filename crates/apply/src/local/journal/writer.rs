//! [`JournalWriter`]: writes the steps of a journal.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use sensortree_core::plan::steps::{Phase, Place, Step};

use super::{FolderTimes, Journal, MAGIC, ROOM, checksum, header, kind, number};
use crate::error::ApplyError;
use crate::executor::Outline;

/// How many names are in one record, so that a large folder is held in memory in parts. A chain of
/// names is never cut.
const NAMES: usize = 1 << 14;

/// A journal in the making.
pub(in super::super) struct JournalWriter {
    path: PathBuf,
    out: BufWriter<File>,
    records: u64,
    outline: Outline,
}

impl JournalWriter {
    pub(in super::super) fn create(path: &Path) -> io::Result<Self> {
        let file = File::options().write(true).create_new(true).open(path)?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        out.write_all(MAGIC)?;
        Ok(JournalWriter { path: path.to_owned(), out, records: 0, outline: Outline::default() })
    }

    pub(in super::super) fn step(&mut self, phase: Phase, step: Step<'_>) -> io::Result<()> {
        match step {
            Step::MakeFolder { path } => self.single(phase, b'm', path),
            Step::WriteMetadata { path } => self.single(phase, b'w', path),
            Step::RemoveFolder { path } => self.single(phase, b'c', path),
            Step::Rename { from, to, names } => {
                let many = names.len() as u64;
                match (phase, to) {
                    // The second half of one that was counted.
                    (Phase::Settle | Phase::FoldersSettle, _) | (_, Place::Kept) => {}
                    (_, Place::Trash(_)) => self.outline.removed += many,
                    (_, Place::Tree(_)) => self.outline.renamed += many,
                }
                let mut rest = names;
                while !rest.is_empty() {
                    let (part, others) = rest.split_at(part_of(rest));
                    self.renames(phase, from, to, part)?;
                    rest = others;
                }
                Ok(())
            }
            Step::Touches { .. } => Ok(()),
        }
    }

    fn single(&mut self, phase: Phase, what: u8, path: &[u8]) -> io::Result<()> {
        let mut payload = vec![number(phase), what];
        push(&mut payload, path);
        self.record(kind::STEP, &payload)
    }

    fn renames(
        &mut self,
        phase: Phase,
        from: &[u8],
        to: Place<'_>,
        names: &[(Vec<u8>, Vec<u8>)],
    ) -> io::Result<()> {
        let (what, home): (u8, &[u8]) = match to {
            Place::Tree(path) => (b'r', path),
            Place::Trash(path) => (b't', path),
            Place::Kept => (b'k', b""),
        };
        let is_long = |name: &[u8]| name.len() > usize::from(u16::MAX);
        if names.iter().any(|(name, new_name)| is_long(name) || is_long(new_name)) {
            return Err(io::ErrorKind::InvalidFilename.into());
        }
        let mut payload = Vec::with_capacity(64 + 48 * names.len());
        payload.extend([number(phase), what]);
        push(&mut payload, from);
        push(&mut payload, home);
        for (name, new_name) in names {
            push(&mut payload, name);
            push(&mut payload, new_name);
        }
        self.record(kind::STEP, &payload)
    }

    pub(in super::super) fn times(&mut self, times: &FolderTimes) -> io::Result<()> {
        let mut payload = Vec::new();
        payload.extend(times.mode.to_le_bytes());
        payload.extend(times.seconds.to_le_bytes());
        payload.extend(times.nanoseconds.to_le_bytes());
        push(&mut payload, &times.path);
        self.record(kind::TIMES, &payload)
    }

    fn record(&mut self, kind: u8, payload: &[u8]) -> io::Result<()> {
        self.records += 1;
        self.out.write_all(&header(kind, payload.len())?)?;
        self.out.write_all(payload)?;
        self.out.write_all(&checksum(kind, payload).to_le_bytes())
    }

    /// Ends the steps, and waits until they are on the disk.
    pub(in super::super) fn finish(mut self, deletes_trash: bool) -> Result<Journal, ApplyError> {
        let mut payload = self.records.to_le_bytes().to_vec();
        payload.extend(self.outline.renamed.to_le_bytes());
        payload.extend(self.outline.removed.to_le_bytes());
        payload.push(u8::from(deletes_trash));
        let path = self.path.clone();
        let mut write = || {
            self.record(kind::END, &payload)?;
            self.out.write_all(&[0; ROOM])?;
            self.out.flush()?;
            self.out.get_ref().sync_all()
        };
        write().map_err(|source| ApplyError::State { folder: path.clone(), source })?;
        Journal::open(&path)
    }
}

/// How many of the names at the front make a record.
fn part_of(names: &[(Vec<u8>, Vec<u8>)]) -> usize {
    let mut at = names.len().min(NAMES);
    while at < names.len()
        && let (Some((before, _)), Some((_, next))) = (names.get(at - 1), names.get(at))
        && before == next
    {
        at += 1;
    }
    at
}

fn push(payload: &mut Vec<u8>, text: &[u8]) {
    // No path of a tree is longer; one that were would be refused when it is read again.
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    payload.extend(length.to_le_bytes());
    payload.extend_from_slice(text);
}
