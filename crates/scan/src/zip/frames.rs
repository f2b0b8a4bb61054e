//! Looking into the frames of an archive. What is stored is read where it lies; what is deflated is
//! unpacked as far as that takes: for point clouds a few kilobytes, for images, whose end is looked
//! at, and for all where whole files are, all of it. Where whole files are looked at, they are held
//! against their checksums.

use std::io::{self, Read as _};

use flate2::Crc;
use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, RangeReader, ReaderAt, ZipArchive, ZipFileHeaderRecord};
use sensortree_core::archive::Damage;
use sensortree_probe::{Format, Probe, ProbeResult};

use crate::content::{Content, look_into};

/// How much is unpacked of one frame at most. No camera writes an image as large. Tests have less,
/// as they make one larger.
pub(super) const MOST_UNPACKED: u64 = if cfg!(test) { 4 << 20 } else { 256 << 20 };

/// How much is read of all frames at most, unpacked: so much, and as many times the archive's own
/// size. Images hardly get smaller by deflate, so that only an archive made to take for ever
/// comes near it.
const LEAST_BUDGET: u64 = 1 << 30;
const BUDGET_TIMES: u64 = 16;

/// What is read of packed data at once.
const PACKED: usize = 16 << 10;

/// What is read at once only to be summed up.
const SUMMED: usize = 64 << 10;

/// What a look into a frame gave.
pub(super) enum Looked {
    /// What it holds.
    Into(ProbeResult),
    /// It was not to be looked into.
    Unwanted,
    /// It would take too long.
    TooLarge,
}

/// Looks into the frames of one archive.
pub(super) struct Frames<'a, R> {
    archive: &'a ZipArchive<R>,
    content: Content,
    budget: u64,
    stretch: Vec<u8>,
    inflater: Option<Inflater<'a, R>>,
}

type Inflater<'a, R> = DeflateDecoder<RangeReader<&'a R>>;

impl<'a, R: ReaderAt> Frames<'a, R> {
    pub(super) fn new(archive: &'a ZipArchive<R>, content: Content, bytes: u64) -> Self {
        let budget = bytes.saturating_mul(BUDGET_TIMES).saturating_add(LEAST_BUDGET);
        Frames { archive, content, budget, stretch: Vec::new(), inflater: None }
    }

    /// What a frame holds.
    pub(super) fn look_into(
        &mut self,
        record: &ZipFileHeaderRecord<'_>,
        format: Format,
    ) -> Result<Looked, Damage> {
        let Some(probe) = self.content.probe(format, record.uncompressed_size_hint()) else {
            return Ok(Looked::Unwanted);
        };
        let entry =
            self.archive.get_entry(record.wayfinder()).map_err(|_| Damage::HeaderMissing)?;
        let (start, end) = entry.compressed_data_range();
        let archive = self.archive.get_ref();
        let expected = (self.content == Content::Full)
            .then(|| Expected { size: record.uncompressed_size_hint(), crc: record.crc32() });
        let budget = &mut self.budget;
        let facts = if record.compression_method() == CompressionMethod::STORE {
            checked(probe, &mut self.stretch, expected, |room, offset| {
                let at = start.saturating_add(offset);
                let left =
                    usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX).min(room.len());
                let read = archive.read_at(room.get_mut(..left).unwrap_or_default(), at)?;
                spend(budget, read)?;
                Ok(read)
            })
        } else {
            let mut unpacking = Unpacking {
                packed: RangeReader::new(archive, start..end),
                inflater: &mut self.inflater,
                at: None,
                budget,
                left: MOST_UNPACKED,
            };
            checked(probe, &mut self.stretch, expected, |room, offset| {
                unpacking.read_at(room, offset)
            })
        };
        match facts {
            Ok(Some(facts)) => Ok(Looked::Into(facts)),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Ok(Looked::TooLarge),
            Ok(None) | Err(_) => Err(Damage::Checksum),
        }
    }
}

/// What the list says of a frame's data.
struct Expected {
    size: u64,
    crc: u32,
}

/// Looks into a frame, and reads on to its end where it is to be `expected`; `None` where
/// it is not.
fn checked(
    probe: Probe,
    stretch: &mut Vec<u8>,
    expected: Option<Expected>,
    mut read_at: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
) -> io::Result<Option<ProbeResult>> {
    let Some(expected) = expected else { return look_into(probe, stretch, read_at).map(Some) };
    let mut sum = Sum { crc: Crc::new(), end: 0 };
    let facts = look_into(probe, stretch, |room, offset| {
        let read = read_at(room, offset)?;
        sum.add(room.get(..read).unwrap_or_default(), offset);
        Ok(read)
    })?;
    // A probe skips what tells it nothing, and ends where it knows all.
    stretch.resize(SUMMED, 0);
    loop {
        match read_at(stretch, sum.end) {
            Ok(0) => break,
            Ok(read) => sum.add(stretch.get(..read).unwrap_or_default(), sum.end),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((sum.end == expected.size && sum.crc.sum() == expected.crc).then_some(facts))
}

/// The checksum of a frame's first bytes.
struct Sum {
    crc: Crc,
    /// How many bytes that is.
    end: u64,
}

impl Sum {
    /// Adds what was read from `offset` on, as far as it continues what was added.
    fn add(&mut self, bytes: &[u8], offset: u64) {
        let known = self.end.checked_sub(offset).and_then(|known| usize::try_from(known).ok());
        if let Some(new) = known.and_then(|known| bytes.get(known..)) {
            self.crc.update(new);
            self.end += new.len() as u64;
        }
    }
}

/// Takes what was read from what may be read.
fn spend(left: &mut u64, read: usize) -> io::Result<()> {
    *left = left.checked_sub(read as u64).ok_or(io::ErrorKind::FileTooLarge)?;
    Ok(())
}

/// Deflated data that are read at any offset, from their beginning on.
struct Unpacking<'u, 'a, R> {
    packed: RangeReader<&'a R>,
    inflater: &'u mut Option<Inflater<'a, R>>,
    /// How much of it is unpacked; `None` before the first read.
    at: Option<u64>,
    budget: &'u mut u64,
    left: u64,
}

impl<R: ReaderAt> Unpacking<'_, '_, R> {
    fn read_at(&mut self, room: &mut [u8], offset: u64) -> io::Result<usize> {
        if self.at.is_none_or(|at| at > offset) {
            let packed = self.packed.clone();
            match self.inflater {
                Some(inflater) => drop(inflater.reset(packed)),
                None => {
                    *self.inflater = Some(DeflateDecoder::new_with_buf(packed, vec![0; PACKED]));
                }
            }
            self.at = Some(0);
        }
        let mut skipped = [0; 4096];
        while let Some(ahead) =
            self.at.and_then(|at| offset.checked_sub(at)).filter(|ahead| *ahead > 0)
        {
            let length = usize::try_from(ahead).unwrap_or(usize::MAX).min(skipped.len());
            if self.read(skipped.get_mut(..length).unwrap_or_default())? == 0 {
                return Ok(0);
            }
        }
        self.read(room)
    }

    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let Some(inflater) = self.inflater else { return Ok(0) };
        let read = inflater.read(room)?;
        self.at = self.at.map(|at| at.saturating_add(read as u64));
        spend(self.budget, read)?;
        spend(&mut self.left, read)?;
        Ok(read)
    }
}
