//! [`Journal`]: the file that says what a run does, and how far it is.
//!
//! Behind a line that names the format stand records, each with a kind, its length and a checksum:
//! all steps, and the end of them. Then come marks of one size, which say which phase was begun or
//! taken back, in room that is there from the start: so it shows when the end of the file is lost.
//! The steps are on the disk before the first is taken, and a phase's mark before its first step.

mod writer;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sensortree_core::plan::steps::Phase;
use twox_hash::XxHash3_64;

pub(super) use self::writer::JournalWriter;
use crate::error::ApplyError;
use crate::executor::Outline;

const MAGIC: &[u8] = b"sensortree-journal/1\n";

/// What a record can hold at most; longer ones are damage.
const MAX_RECORD: usize = 1 << 28;

/// The size of a mark, and of the room for marks that a journal has, and gets more of in parts.
const MARK: usize = 16;
const ROOM: usize = 1_024;

/// Where something goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Home {
    Tree(Vec<u8>),
    Trash(Vec<u8>),
    Kept,
}

/// A step as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Record {
    Make(Vec<u8>),
    Write(Vec<u8>),
    Rename { from: Vec<u8>, to: Home, names: Vec<(Vec<u8>, Vec<u8>)> },
    Clear(Vec<u8>),
}

/// A folder as it was before the first step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FolderTimes {
    pub(super) path: Vec<u8>,
    pub(super) mode: u32,
    pub(super) seconds: i64,
    pub(super) nanoseconds: i64,
}

mod kind {
    pub(super) const STEP: u8 = b'S';
    pub(super) const TIMES: u8 = b'T';
    pub(super) const END: u8 = b'E';
    pub(super) const BEGUN: u8 = b'B';
    pub(super) const UNDONE: u8 = b'U';
}

fn number(phase: Phase) -> u8 {
    Phase::ALL
        .iter()
        .position(|known| *known == phase)
        .and_then(|at| u8::try_from(at).ok())
        .unwrap_or(0)
}

fn header(kind: u8, length: usize) -> io::Result<[u8; 5]> {
    let length = u32::try_from(length).ok().filter(|_| length <= MAX_RECORD);
    let [a, b, c, d] =
        length.ok_or_else(|| io::Error::other("a folder's names are too many"))?.to_le_bytes();
    Ok([kind, a, b, c, d])
}

fn mark(kind: u8, phase: u8) -> [u8; MARK] {
    let mut mark = [0; MARK];
    let (head, sum) = mark.split_at_mut(8);
    head[..2].copy_from_slice(&[kind, phase]);
    sum.copy_from_slice(&checksum(kind, &[phase]).to_le_bytes());
    mark
}

/// The kind of a mark and its phase; `None` where it is none.
fn parse_mark(given: &[u8; MARK]) -> Option<(u8, u8)> {
    let [kind, phase, ..] = *given;
    let is_one = matches!(kind, kind::BEGUN | kind::UNDONE) && mark(kind, phase) == *given;
    (is_one && usize::from(phase) < Phase::ALL.len()).then_some((kind, phase))
}

fn checksum(kind: u8, payload: &[u8]) -> u64 {
    XxHash3_64::oneshot_with_seed(u64::from(kind) ^ (payload.len() as u64) << 8, payload)
}

/// Where a record's payload stands in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    start: u64,
    length: usize,
}

/// A journal whose steps are whole.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    /// The steps of each phase.
    steps: Vec<Vec<Span>>,
    times: Vec<Span>,
    outline: Outline,
    deletes_trash: bool,
    /// The number of the phase that has begun and was not taken back.
    begun: Option<u8>,
    /// Where the next mark is written.
    end: u64,
    /// Where the room for marks ends.
    room: u64,
}

impl Journal {
    /// Reads a journal through, and checks each byte of it.
    pub(super) fn open(path: &Path) -> Result<Self, ApplyError> {
        let unusable = |what: String| ApplyError::Journal { journal: path.to_owned(), what };
        let file = File::options()
            .read(true)
            .write(true)
            .open(path)
            .map_err(|error| unusable(error.to_string()))?;
        let mut journal = Journal {
            path: path.to_owned(),
            file,
            steps: vec![Vec::new(); Phase::ALL.len()],
            times: Vec::new(),
            outline: Outline::default(),
            deletes_trash: false,
            begun: None,
            end: MAGIC.len() as u64,
            room: 0,
        };
        journal.read().map_err(unusable)?;
        Ok(journal)
    }

    fn read(&mut self) -> Result<(), String> {
        let mut file = self.file.try_clone().map_err(|error| error.to_string())?;
        file.seek(SeekFrom::Start(0)).map_err(|error| error.to_string())?;
        let mut reader = BufReader::with_capacity(1 << 18, file);
        let mut magic = vec![0; MAGIC.len()];
        let is_one = reader.read_exact(&mut magic).is_ok() && magic == MAGIC;
        if !is_one {
            return Err("it is not a journal of this version".to_owned());
        }
        let mut records = 0_u64;
        let mut payload = Vec::new();
        loop {
            let at = self.end;
            let damaged = || format!("it is damaged at byte {at}");
            let mut head = [0; 5];
            if read_up_to(&mut reader, &mut head).map_err(|error| error.to_string())? < 5 {
                return Err(damaged());
            }
            let [kind, a, b, c, d] = head;
            let length = u32::from_le_bytes([a, b, c, d]) as usize;
            if length > MAX_RECORD {
                return Err(damaged());
            }
            payload.resize(length, 0);
            let mut sum = [0; 8];
            let read = read_up_to(&mut reader, &mut payload)
                .and_then(|read| Ok(read + read_up_to(&mut reader, &mut sum)?))
                .map_err(|error| error.to_string())?;
            if read < length + 8 || checksum(kind, &payload) != u64::from_le_bytes(sum) {
                return Err(damaged());
            }
            let span = Span { start: at + 5, length };
            match kind {
                kind::STEP => {
                    let phase = payload.first().map_or(usize::MAX, |phase| usize::from(*phase));
                    Record::parse(&payload).ok_or_else(damaged)?;
                    self.steps.get_mut(phase).ok_or_else(damaged)?.push(span);
                }
                kind::TIMES => self.times.push(span),
                kind::END => {
                    let field = |at: usize| {
                        let bytes = payload.get(at * 8..at * 8 + 8)?;
                        Some(u64::from_le_bytes(bytes.try_into().ok()?))
                    };
                    if field(0) != Some(records) {
                        return Err(damaged());
                    }
                    self.outline.renamed = field(1).ok_or_else(damaged)?;
                    self.outline.removed = field(2).ok_or_else(damaged)?;
                    self.deletes_trash = payload.get(24) == Some(&1);
                    self.end = at + 5 + length as u64 + 8;
                    return self.read_marks(&mut reader);
                }
                _ => return Err(damaged()),
            }
            records += 1;
            self.end = at + 5 + length as u64 + 8;
        }
    }

    fn read_marks(&mut self, reader: &mut impl Read) -> Result<(), String> {
        let mut room = Vec::new();
        reader.read_to_end(&mut room).map_err(|error| error.to_string())?;
        if room.is_empty() || !room.len().is_multiple_of(ROOM) {
            return Err("its end is lost".to_owned());
        }
        self.room = self.end + room.len() as u64;
        let (marks, _) = room.as_chunks::<MARK>();
        for (at, mark) in marks.iter().enumerate() {
            if *mark == [0; MARK] && marks.iter().skip(at).all(|mark| *mark == [0; MARK]) {
                break;
            }
            let Some((kind, phase)) = parse_mark(mark) else {
                // One that was not whole when the power went: nothing came of it.
                if marks.iter().skip(at + 1).all(|mark| *mark == [0; MARK]) {
                    break;
                }
                return Err(format!("it is damaged at byte {}", self.end));
            };
            self.begun = if kind == kind::BEGUN { Some(phase) } else { phase.checked_sub(1) };
            self.end += MARK as u64;
        }
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn outline(&self) -> Outline {
        Outline { edits_metadata: !self.steps(Phase::Write).is_empty(), ..self.outline }
    }

    /// Whether what is taken out is deleted at the end.
    pub(super) fn deletes_trash(&self) -> bool {
        self.deletes_trash && self.outline.removed > 0
    }

    /// An error of this file.
    pub(super) fn failed(&self, source: io::Error) -> ApplyError {
        ApplyError::State { folder: self.path.clone(), source }
    }

    /// The last phase with steps that has begun and was not taken back.
    pub(super) fn phase(&self) -> Option<Phase> {
        let begun = usize::from(self.begun?);
        Phase::ALL
            .iter()
            .take(begun + 1)
            .rev()
            .copied()
            .find(|phase| !self.steps(*phase).is_empty())
    }

    /// The next phase that has steps.
    pub(super) fn next_phase(&self) -> Option<Phase> {
        let first = self.begun.map_or(0, |begun| usize::from(begun) + 1);
        (first..Phase::ALL.len())
            .find(|at| self.steps.get(*at).is_some_and(|steps| !steps.is_empty()))
            .and_then(|at| Phase::ALL.get(at).copied())
    }

    pub(super) fn mark_phase(&mut self, phase: Phase) -> Result<(), ApplyError> {
        self.append(kind::BEGUN, number(phase))?;
        self.begun = Some(number(phase));
        Ok(())
    }

    /// Notes that a phase is taken back.
    pub(super) fn mark_back_from(&mut self, phase: Phase) -> Result<(), ApplyError> {
        self.append(kind::UNDONE, number(phase))?;
        self.begun = number(phase).checked_sub(1);
        Ok(())
    }

    fn append(&mut self, kind: u8, phase: u8) -> Result<(), ApplyError> {
        let (end, room) = (self.end, self.room);
        let write = |file: &mut File| {
            let mut room = room;
            if end + MARK as u64 > room {
                room += ROOM as u64;
                file.set_len(room)?;
            }
            file.seek(SeekFrom::Start(end))?;
            file.write_all(&mark(kind, phase))?;
            file.sync_data()?;
            Ok((end + MARK as u64, room))
        };
        (self.end, self.room) = write(&mut self.file).map_err(|source| self.failed(source))?;
        Ok(())
    }

    pub(super) fn steps(&self, phase: Phase) -> &[Span] {
        self.steps.get(usize::from(number(phase))).map_or(&[], Vec::as_slice)
    }

    /// Reads one step. The journal was checked when it was opened.
    pub(super) fn step(&self, span: Span) -> Result<Record, ApplyError> {
        let payload = self.payload(span)?;
        Record::parse(&payload).ok_or_else(|| ApplyError::Journal {
            journal: self.path.clone(),
            what: format!("it is damaged at byte {}", span.start),
        })
    }

    pub(super) fn folder_times(&self) -> Result<Vec<FolderTimes>, ApplyError> {
        let parse = |payload: &[u8]| {
            let number =
                |at: usize| Some(i64::from_le_bytes(payload.get(at..at + 8)?.try_into().ok()?));
            let mode = u32::from_le_bytes(payload.get(..4)?.try_into().ok()?);
            let (path, _) = take(payload.get(20..)?)?;
            let (seconds, nanoseconds) = (number(4)?, number(12)?);
            Some(FolderTimes { path: path.to_vec(), mode, seconds, nanoseconds })
        };
        self.times
            .iter()
            .map(|span| {
                parse(&self.payload(*span)?).ok_or_else(|| ApplyError::Journal {
                    journal: self.path.clone(),
                    what: format!("it is damaged at byte {}", span.start),
                })
            })
            .collect()
    }

    fn payload(&self, span: Span) -> Result<Vec<u8>, ApplyError> {
        let mut payload = vec![0; span.length];
        read_at(&self.file, &mut payload, span.start).map_err(|source| self.failed(source))?;
        Ok(payload)
    }
}

impl Record {
    fn parse(payload: &[u8]) -> Option<Record> {
        let (_phase, rest) = payload.split_first()?;
        let (what, rest) = rest.split_first()?;
        let (path, mut rest) = take(rest)?;
        let path = path.to_vec();
        let to = match what {
            b'm' => return rest.is_empty().then_some(Record::Make(path)),
            b'w' => return rest.is_empty().then_some(Record::Write(path)),
            b'c' => return rest.is_empty().then_some(Record::Clear(path)),
            b'r' | b't' | b'k' => {
                let (home, names) = take(rest)?;
                rest = names;
                match what {
                    b'r' => Home::Tree(home.to_vec()),
                    b't' => Home::Trash(home.to_vec()),
                    _ => Home::Kept,
                }
            }
            _ => return None,
        };
        let mut names = Vec::new();
        while !rest.is_empty() {
            let (name, others) = take(rest)?;
            let (new_name, others) = take(others)?;
            names.push((name.to_vec(), new_name.to_vec()));
            rest = others;
        }
        Some(Record::Rename { from: path, to, names })
    }
}

/// A text with its length before it, and what follows.
fn take(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))
}

/// Reads until the buffer is full or the file ends; how much was read.
fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], start: u64) -> io::Result<()> {
    use std::os::unix::fs::FileExt as _;
    file.read_exact_at(buffer, start)
}

#[cfg(windows)]
fn read_at(file: &File, mut buffer: &mut [u8], mut start: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt as _;
    while !buffer.is_empty() {
        let read = file.seek_read(buffer, start)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = buffer.get_mut(read..).unwrap_or_default();
        start += read as u64;
    }
    Ok(())
}
