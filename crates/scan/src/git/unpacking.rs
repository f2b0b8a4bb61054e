//! Reading an object that is kept whole, at any offset and no further than that takes.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::{Decompress, FlushDecompress, Status};

/// Frames hardly get smaller by packing. What unpacks to more than so many times its size counts
/// against a budget for all of them, so that only objects made to take for ever come near it.
const USUAL_TIMES: u64 = 16;

/// How much is unpacked at once of what is passed over.
const PASSED_OVER: usize = 16 * 1024;

/// The longest beginning of a loose object: `blob`, its size and a zero byte.
const LONGEST_HEADER: usize = 32;

/// How much of a loose object is read to unpack that.
const BEGINNING: usize = 1024;

/// A file's object that is kept whole, and not as what differs from another.
pub(super) enum Kept<'k> {
    /// In a pack.
    Packed {
        /// What is packed, and what follows it in the pack.
        bytes: &'k [u8],
        /// The file's size.
        size: u64,
    },
    /// In a file of its own.
    Loose {
        path: PathBuf,
        size: u64,
        /// How many bytes stand before the file's own.
        header: u64,
    },
}

impl<'k> Kept<'k> {
    /// The object that is kept in a file of its own; `None` where that is none of a file, or
    /// there is none.
    pub(super) fn loose(path: PathBuf) -> Option<Self> {
        let mut packed = BufReader::with_capacity(BEGINNING, File::open(&path).ok()?);
        let mut head = [0; LONGEST_HEADER];
        let mut inflater = Decompress::new(true);
        inflater.decompress(packed.fill_buf().ok()?, &mut head, FlushDecompress::None).ok()?;
        let length = head.iter().position(|byte| *byte == 0)?;
        let size =
            std::str::from_utf8(head.get(..length)?).ok()?.strip_prefix("blob ")?.parse().ok()?;
        Some(Kept::Loose { path, size, header: length as u64 + 1 })
    }

    /// The file's size in bytes.
    pub(super) fn size(&self) -> u64 {
        match self {
            Kept::Packed { size, .. } | Kept::Loose { size, .. } => *size,
        }
    }

    fn header(&self) -> u64 {
        match self {
            Kept::Packed { .. } => 0,
            Kept::Loose { header, .. } => *header,
        }
    }

    fn open(&self) -> io::Result<Box<dyn BufRead + 'k>> {
        Ok(match self {
            Kept::Packed { bytes, .. } => Box::new(*bytes),
            Kept::Loose { path, .. } => Box::new(BufReader::new(File::open(path)?)),
        })
    }
}

/// Unpacks one object after the other.
#[derive(Default)]
pub(super) struct Unpacker {
    inflater: Option<Decompress>,
}

impl Unpacker {
    /// Begins with an object.
    pub(super) fn begin<'u>(&'u mut self, kept: Kept<'u>, budget: &'u AtomicU64) -> Unpacking<'u> {
        let inflater = self.inflater.get_or_insert_with(|| Decompress::new(true));
        let end = kept.header().saturating_add(kept.size());
        Unpacking { kept, end, inflater, packed: None, at: 0, budget }
    }
}

/// An object that is being unpacked.
pub(super) struct Unpacking<'u> {
    kept: Kept<'u>,
    /// How much there is to unpack.
    end: u64,
    inflater: &'u mut Decompress,
    packed: Option<Box<dyn BufRead + 'u>>,
    /// How much of it is unpacked.
    at: u64,
    budget: &'u AtomicU64,
}

impl Unpacking<'_> {
    /// Reads at an offset in the file; what lies behind what was read last is unpacked on, anything
    /// before it anew.
    pub(super) fn read_at(&mut self, room: &mut [u8], offset: u64) -> io::Result<usize> {
        let offset = offset.saturating_add(self.kept.header());
        if self.packed.is_none() || self.at > offset {
            self.packed = Some(self.kept.open()?);
            self.inflater.reset(true);
            self.at = 0;
        }
        let mut passed = [0; PASSED_OVER];
        while let Some(ahead) = offset.checked_sub(self.at).filter(|ahead| *ahead > 0) {
            let length = usize::try_from(ahead).unwrap_or(usize::MAX).min(passed.len());
            if self.read(passed.get_mut(..length).unwrap_or_default())? == 0 {
                return Ok(0);
            }
        }
        self.read(room)
    }

    /// Unpacks a little more. To come to the end before the object should is damage.
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let Some(packed) = &mut self.packed else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        while self.at < self.end && !room.is_empty() {
            let bytes = packed.fill_buf()?;
            let is_over = bytes.is_empty();
            let (taken, given) = (self.inflater.total_in(), self.inflater.total_out());
            let status = self.inflater.decompress(bytes, room, FlushDecompress::None)?;
            let (taken, given) =
                (self.inflater.total_in() - taken, self.inflater.total_out() - given);
            packed.consume(usize::try_from(taken).unwrap_or(0));
            self.at = self.at.saturating_add(given);
            spend(self.budget, given.saturating_sub(taken.saturating_mul(USUAL_TIMES)))?;
            if given > 0 {
                return Ok(usize::try_from(given).unwrap_or(room.len()));
            }
            if is_over || status == Status::StreamEnd {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }
}

/// Takes from a budget what there is in it, or says that there is not enough.
fn spend(budget: &AtomicU64, bytes: u64) -> io::Result<()> {
    let spent =
        budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
    spent.map(drop).map_err(|_| io::ErrorKind::FileTooLarge.into())
}

/// Where a loose object of this name stands in a folder of objects.
pub(super) fn loose_path(objects: &Path, id: &gix::oid) -> PathBuf {
    let name = id.to_hex().to_string();
    let (folder, file) = name.split_at(2);
    objects.join(folder).join(file)
}
