//! Looking into the frames of an archive. What is stored is read where it lies; what is deflated is unpacked as far as that
//! takes: for point clouds a few kilobytes, for images, whose end is looked at, and for all where whole files are, all of it.

use std::io::{self, Read as _};

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, RangeReader, ReaderAt, ZipArchive, ZipFileHeaderRecord};
use sensortree_core::archive::Damage;
use sensortree_core::probe::{Facts, Format};

use crate::Content;
use crate::content::look_into;

/// How much is unpacked of one frame at most. No camera writes an image as large.
const MOST_UNPACKED: u64 = 256 << 20;

/// How much is unpacked of all frames at most: so much, and as many times the archive's own size. Images hardly get smaller
/// by deflate, so that only an archive made to take for ever comes near it.
const LEAST_BUDGET: u64 = 1 << 30;
const BUDGET_TIMES: u64 = 16;

/// What is read of packed data at once.
const PACKED: usize = 16 << 10;

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

    /// What a frame holds; `None` where it is not to be looked into, or would take too long.
    pub(super) fn look_into(
        &mut self,
        record: &ZipFileHeaderRecord<'_>,
        format: Format,
    ) -> Result<Option<Facts>, Damage> {
        let Some(probe) = self.content.probe(format, record.uncompressed_size_hint()) else {
            return Ok(None);
        };
        let entry =
            self.archive.get_entry(record.wayfinder()).map_err(|_| Damage::HeaderMissing)?;
        let (start, end) = entry.compressed_data_range();
        let archive = self.archive.get_ref();
        let facts = if record.compression_method() == CompressionMethod::STORE {
            look_into(probe, &mut self.stretch, |room, offset| {
                let at = start.saturating_add(offset);
                let left =
                    usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX).min(room.len());
                archive.read_at(room.get_mut(..left).unwrap_or_default(), at)
            })
        } else {
            let mut unpacking = Unpacking {
                packed: RangeReader::new(archive, start..end),
                inflater: &mut self.inflater,
                at: None,
                budget: &mut self.budget,
                left: MOST_UNPACKED,
            };
            look_into(probe, &mut self.stretch, |room, offset| unpacking.read_at(room, offset))
        };
        match facts {
            Ok(facts) => Ok(Some(facts)),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Ok(None),
            Err(_) => Err(Damage::Checksum),
        }
    }
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
        for left in [&mut *self.budget, &mut self.left] {
            *left = left.checked_sub(read as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        }
        Ok(read)
    }
}
