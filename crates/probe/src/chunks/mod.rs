//! PNG and WebP images read to their end: their chunks, and of a PNG the checksums and the rows.
//!
//! Both are a signature and chunks of a kind, a length and data. The rows of a PNG are unpacked by
//! `flate2`, which takes a stream piece by piece in memory that does not grow, and their pixels are
//! not looked at. WebP is coded in ways of its own, of which only the chunks are read.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::facts::{ChunkFault, Defect, Fault, ImageSize, Measurement, ProbeResult};
use crate::step::{ByteRange, MOST_BODY, PIECE, ProbeStep, Stage};

/// How long a PNG's signature is, and a WebP's.
const PNG_SIGNATURE: usize = 8;
const WEBP_SIGNATURE: usize = 12;

/// The last chunk of a PNG, behind its length.
const PNG_END: &[u8] = b"IEND\xAE\x42\x60\x82";

/// The bytes at the end of a file in which that is looked for.
pub(super) const TAIL: usize = 4096;

/// The longest chunk of a PNG, by its standard.
const MOST_CHUNK: u64 = (1 << 31) - 1;

/// How many bytes are unpacked at once.
const ROOM: usize = 1 << 15;

/// The way through an image's chunks.
#[derive(Debug)]
pub(super) struct Chunks {
    image: Option<ImageSize>,
    /// Where the next piece begins, and where there is nothing more to read.
    at: u64,
    end: u64,
    /// Whether `end` is that of all there is, and not only of what is looked at.
    is_all: bool,
    /// Bytes that are not done with, and where the first of them stands in the file.
    buffer: Vec<u8>,
    start: u64,
    kind: Kind,
    step: Step,
    has_image: bool,
}

#[derive(Debug)]
enum Kind {
    /// `None` where the end alone is wanted.
    Png(Option<Box<Rows>>),
    Webp,
}

/// What is next.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The last bytes of the file, which may have the end.
    Tail,
    /// A chunk's length and kind.
    Head,
    /// So many bytes of a chunk of this kind, and what stands behind them before the next.
    Data { kind: [u8; 4], left: u64, behind: usize },
    /// The bytes behind a chunk's data: a checksum, or one of padding.
    PointerTarget { kind: [u8; 4], length: usize },
}

/// The rows of a PNG, as they are unpacked.
#[derive(Debug)]
struct Rows {
    stream: Decompress,
    checksum: Crc,
    unpacked: u64,
    /// The bytes of all rows, and of one where each has as many.
    wanted: u64,
    row: Option<u64>,
    colour: OneColour,
    is_over: bool,
    room: Vec<u8>,
}

/// Whether all pixels of an image are the same, as far as its rows were unpacked.
#[derive(Clone, Copy, Debug)]
struct OneColour {
    /// The bytes of a pixel; 0 where they are not looked at, or two pixels differ.
    length: usize,
    /// The first pixel, of 8 bytes at most.
    pixel: [u8; 8],
    /// In which way the row is written that was begun.
    way: u8,
}

/// Looks at the chunks of a PNG of `size` bytes that begins with `head`.
pub(super) fn png(head: &[u8], size: u64, image: Option<ImageSize>, is_whole: bool) -> ProbeStep {
    let Some(rows) = Rows::new(head) else { return done(image, ChunkFault::Malformed, 8) };
    let kind = Kind::Png(is_whole.then(|| Box::new(rows)));
    let mut chunks = Chunks::new(image, kind, PNG_SIGNATURE as u64, size, size);
    if is_whole || head.len() as u64 >= size {
        return chunks.go_on(head.get(PNG_SIGNATURE..).unwrap_or_default());
    }
    chunks.step = Step::Tail;
    let offset = size.saturating_sub(TAIL as u64);
    ProbeStep::GoOn(Box::new(chunks), ByteRange { offset, length: TAIL })
}

/// Looks at the chunks of a WebP image of `size` bytes that begins with `head`.
pub(super) fn webp(head: &[u8], size: u64, image: Option<ImageSize>, is_whole: bool) -> ProbeStep {
    let Some(claimed) = head.get(4..).and_then(|rest| rest.first_chunk()) else {
        return done(image, ChunkFault::CutOff, size);
    };
    let end = u64::from(u32::from_le_bytes(*claimed)) + 8;
    if end > size {
        return done(image, ChunkFault::CutOff, size);
    }
    if !is_whole {
        return ProbeStep::Done(ProbeResult { image, ..ProbeResult::default() });
    }
    let chunks = Chunks::new(image, Kind::Webp, WEBP_SIGNATURE as u64, end, size);
    chunks.go_on(head.get(WEBP_SIGNATURE..).unwrap_or_default())
}

fn done(image: Option<ImageSize>, fault: ChunkFault, byte: u64) -> ProbeStep {
    let figures = Some(Measurement::Byte(byte));
    let problem = Defect { figures, ..Defect::new(Fault::Chunks(fault)) };
    ProbeStep::Done(ProbeResult { image, problems: vec![problem], ..ProbeResult::default() })
}

impl Stage for Chunks {
    fn take(self: Box<Self>, _: u64, piece: &[u8], is_last: bool) -> ProbeStep {
        self.take_piece(piece, is_last)
    }
}

impl Chunks {
    fn new(image: Option<ImageSize>, kind: Kind, at: u64, end: u64, size: u64) -> Self {
        let whole = end.min(size);
        let end = whole.min(at.saturating_add(MOST_BODY));
        let is_all = end == whole;
        let (buffer, step) = (Vec::new(), Step::Head);
        Chunks { image, at, end, is_all, buffer, start: at, kind, step, has_image: false }
    }

    /// Takes the next piece; `is_last` where the file ends with it, sooner than it was said to.
    fn take_piece(mut self, piece: &[u8], is_last: bool) -> ProbeStep {
        if matches!(self.step, Step::Tail) {
            if piece.windows(PNG_END.len()).any(|part| part == PNG_END) {
                return ProbeStep::Done(ProbeResult {
                    image: self.image,
                    ..ProbeResult::default()
                });
            }
            // It may stand before much else that was put behind the image.
            self.step = Step::Head;
            return self.ask();
        }
        if is_last {
            self.end = self.at.saturating_add(piece.len() as u64);
            self.is_all = true;
        }
        self.go_on(piece)
    }

    fn ask(self) -> ProbeStep {
        let length = usize::try_from(self.end - self.at).unwrap_or(PIECE).min(PIECE);
        let stretch = ByteRange { offset: self.at, length };
        ProbeStep::GoOn(Box::new(self), stretch)
    }

    fn go_on(mut self, piece: &[u8]) -> ProbeStep {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let piece = piece.get(..left).unwrap_or(piece);
        self.at = self.at.saturating_add(piece.len() as u64);
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.extend_from_slice(piece);
        let mut rest = buffer.as_slice();
        let found = loop {
            let before = rest.len();
            match self.step(&mut rest) {
                Ok(Some(end)) => break Some(end),
                Ok(None) => {
                    self.start = self.start.saturating_add((before - rest.len()) as u64);
                    if rest.len() == before {
                        break None;
                    }
                }
                Err(fault) => return done(self.image, fault, self.start),
            }
        };
        if found.is_some() {
            return match self.has_image {
                true => {
                    let mut facts = ProbeResult { image: self.image, ..ProbeResult::default() };
                    if let Kind::Png(Some(rows)) = &self.kind
                        && rows.colour.length > 0
                    {
                        facts.say_one_colour();
                    }
                    ProbeStep::Done(facts)
                }
                false => done(self.image, ChunkFault::NoImage, self.start),
            };
        }
        if self.at < self.end {
            self.buffer = rest.to_vec();
            return self.ask();
        }
        let is_between = rest.is_empty() && matches!(self.step, Step::Head);
        match (&self.kind, is_between) {
            _ if !self.is_all => {
                ProbeStep::Done(ProbeResult { image: self.image, ..ProbeResult::default() })
            }
            (Kind::Webp, true) if self.has_image => {
                ProbeStep::Done(ProbeResult { image: self.image, ..ProbeResult::default() })
            }
            (Kind::Webp, true) => done(self.image, ChunkFault::NoImage, self.at),
            _ => done(self.image, ChunkFault::CutOff, self.at),
        }
    }

    /// Takes what is next off the bytes at hand; `Some` at the end of the image.
    fn step(&mut self, rest: &mut &[u8]) -> Result<Option<()>, ChunkFault> {
        match self.step {
            Step::Tail => {}
            Step::Head => {
                let Some((head, behind)) = rest.split_first_chunk::<8>() else { return Ok(None) };
                *rest = behind;
                self.step = self.begin(*head)?;
            }
            Step::Data { kind, left, behind } => {
                let length = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                let (data, others) = rest.split_at(length);
                *rest = others;
                if let Kind::Png(Some(rows)) = &mut self.kind {
                    rows.checksum.update(data);
                    if kind == *b"IDAT" {
                        rows.unpack(data)?;
                    }
                }
                let left = left - length as u64;
                self.step = match left {
                    0 => Step::PointerTarget { kind, length: behind },
                    left => Step::Data { kind, left, behind },
                };
                if left == 0 && behind == 0 {
                    self.step = Step::Head;
                }
            }
            Step::PointerTarget { kind, length } => {
                let Some((data, behind)) = rest.split_at_checked(length) else { return Ok(None) };
                *rest = behind;
                self.step = Step::Head;
                let checksum = data.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
                if let Kind::Png(Some(rows)) = &self.kind
                    && checksum.is_some_and(|checksum| checksum != rows.checksum.sum())
                {
                    return Err(ChunkFault::Checksum);
                }
                if kind == *b"IEND" && matches!(self.kind, Kind::Png(_)) {
                    if let Kind::Png(Some(rows)) = &self.kind
                        && self.has_image
                        && rows.unpacked < rows.wanted
                    {
                        return Err(ChunkFault::MissingRows);
                    }
                    return Ok(Some(()));
                }
            }
        }
        Ok(None)
    }

    /// Reads a chunk's length and kind.
    fn begin(&mut self, head: [u8; 8]) -> Result<Step, ChunkFault> {
        let [a, b, c, d, e, f, g, h] = head;
        let (first, second) = ([a, b, c, d], [e, f, g, h]);
        let is_kind = |kind: &[u8; 4], also: u8| {
            kind.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == also)
        };
        match &mut self.kind {
            Kind::Png(rows) => {
                let left = u64::from(u32::from_be_bytes(first));
                if left > MOST_CHUNK || !is_kind(&second, b'A') {
                    return Err(ChunkFault::Malformed);
                }
                self.has_image |= second == *b"IDAT";
                if let Some(rows) = rows {
                    rows.checksum = Crc::new();
                    rows.checksum.update(&second);
                }
                let behind = 4;
                Ok(match left {
                    0 => Step::PointerTarget { kind: second, length: behind },
                    left => Step::Data { kind: second, left, behind },
                })
            }
            Kind::Webp => {
                let left = u64::from(u32::from_le_bytes(second));
                if !is_kind(&first, b' ') {
                    return Err(ChunkFault::Malformed);
                }
                self.has_image |= matches!(&first, b"VP8 " | b"VP8L" | b"ANMF");
                // Chunks begin at even places.
                let behind = usize::from(left % 2 == 1);
                Ok(match left {
                    0 => Step::Head,
                    left => Step::Data { kind: first, left, behind },
                })
            }
        }
    }
}

impl Rows {
    /// The rows of a PNG that begins so; `None` where its header cannot be.
    fn new(head: &[u8]) -> Option<Self> {
        let (&[w0, w1, w2, w3, h0, h1, h2, h3, depth, colour, _, _, interlaced], _) =
            head.get(16..)?.split_first_chunk()?;
        let width = u64::from(u32::from_be_bytes([w0, w1, w2, w3]));
        let height = u64::from(u32::from_be_bytes([h0, h1, h2, h3]));
        let channels = match (colour, depth) {
            (0, 1 | 2 | 4 | 8 | 16) | (3, 1 | 2 | 4 | 8) => 1,
            (2, 8 | 16) => 3,
            (4, 8 | 16) => 2,
            (6, 8 | 16) => 4,
            _ => return None,
        };
        let row = |width: u64| 1 + (width * channels * u64::from(depth)).div_ceil(8);
        // Where the seven passes of an interlaced image begin, and how far apart their pixels are.
        const PASSES: [(u64, u64, u64, u64); 7] = [
            (0, 0, 8, 8),
            (4, 0, 8, 8),
            (0, 4, 4, 8),
            (2, 0, 4, 4),
            (0, 2, 2, 4),
            (1, 0, 2, 2),
            (0, 1, 1, 2),
        ];
        let (wanted, row) = match interlaced {
            0 => (height.saturating_mul(row(width)), Some(row(width))),
            1 => {
                let passes = PASSES.iter().map(|(x, y, across, down)| {
                    let columns = width.saturating_sub(*x).div_ceil(*across);
                    let rows = height.saturating_sub(*y).div_ceil(*down);
                    if columns == 0 { 0 } else { rows.saturating_mul(row(columns)) }
                });
                (passes.fold(0, u64::saturating_add), None)
            }
            _ => return None,
        };
        // Pixels of less than a byte do not come from cameras, nor do interlaced images.
        let length = channels * u64::from(depth / 8);
        let length = if row.is_some() { usize::try_from(length).unwrap_or(0) } else { 0 };
        (width > 0 && height > 0).then(|| Rows {
            colour: OneColour { length, pixel: [0; 8], way: 0 },
            stream: Decompress::new(true),
            checksum: Crc::new(),
            unpacked: 0,
            wanted,
            row,
            is_over: false,
            room: Vec::with_capacity(ROOM),
        })
    }

    /// Unpacks the next piece.
    fn unpack(&mut self, mut packed: &[u8]) -> Result<(), ChunkFault> {
        while !packed.is_empty() && !self.is_over {
            // A few bytes can be unpacked to very many; no reader takes more than the rows.
            if self.unpacked > self.wanted || self.unpacked > MOST_BODY {
                self.is_over = true;
                break;
            }
            let before = self.stream.total_in();
            self.room.clear();
            let status = self
                .stream
                .decompress_vec(packed, &mut self.room, FlushDecompress::None)
                .map_err(|_| ChunkFault::Packing)?;
            let taken = usize::try_from(self.stream.total_in() - before).unwrap_or(usize::MAX);
            packed = packed.get(taken..).unwrap_or_default();
            self.check_rows()?;
            if let Some(row) = self.row {
                self.colour.look(&self.room, self.unpacked, row, self.wanted);
            }
            self.unpacked = self.unpacked.saturating_add(self.room.len() as u64);
            match status {
                Status::StreamEnd => self.is_over = true,
                // Neither were bytes taken, nor was anything unpacked.
                _ if taken == 0 && self.room.is_empty() => return Err(ChunkFault::Packing),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether each row begins with one of the five ways in which rows are written.
    fn check_rows(&self) -> Result<(), ChunkFault> {
        let Some(row) = self.row else { return Ok(()) };
        let first = self.unpacked.div_ceil(row) * row;
        let rows = self.wanted.saturating_sub(first);
        let mut at = usize::try_from(first - self.unpacked).unwrap_or(usize::MAX);
        let step = usize::try_from(row).unwrap_or(usize::MAX);
        let last = at.saturating_add(usize::try_from(rows).unwrap_or(usize::MAX));
        while let Some(way) = self.room.get(at).filter(|_| at < last) {
            if *way > 4 {
                return Err(ChunkFault::Packing);
            }
            at = at.saturating_add(step);
        }
        Ok(())
    }
}

impl OneColour {
    /// Looks at bytes of rows that stand `before` bytes behind the first, up to the byte `wanted`.
    fn look(&mut self, bytes: &[u8], before: u64, row: u64, wanted: u64) {
        for (at, byte) in (before..wanted).zip(bytes) {
            if self.length == 0 {
                return;
            }
            let is_first_row = at < row;
            // A row holds less than 2^36 bytes, and its first says how it is written.
            let Some(at) = usize::try_from(at % row).unwrap_or(usize::MAX).checked_sub(1) else {
                self.way = *byte;
                continue;
            };
            let (channel, is_first) = (at % self.length, at < self.length);
            if is_first_row && is_first {
                self.pixel[channel] = *byte;
                continue;
            }
            // What is written of a pixel that is the same as those to its left and above it.
            let pixel = self.pixel[channel];
            let left = if is_first { 0 } else { pixel };
            let above = if is_first_row { 0 } else { pixel };
            let predicted = match self.way {
                0 => 0,
                1 => left,
                2 => above,
                3 => left / 2 + above / 2 + (left & above & 1),
                // The nearest of left, above, and both less what is above on the left.
                _ => left | above,
            };
            if *byte != pixel.wrapping_sub(predicted) {
                self.length = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests;
