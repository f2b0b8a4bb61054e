//! Everything behind the first scan header of a JPEG, read to the end marker piece by piece.
//!
//! Where only the end is wanted, or the coding is one that is not read here, markers alone are
//! looked for. Otherwise each code is read, so that what is missing, damaged or too much shows.

use super::bits::{Bits, Position};
use super::coded::{Blocks, Coded, MOST_KEPT, Stop};
use super::frame::Scan;
use super::{End, Walk};
use crate::facts::jpeg::{Damage, Exotic};
use crate::step::{ByteRange, MOST_BODY, PIECE, ProbeStep, Stage};

/// How many bytes of the past are kept, to see what stood before a place.
const PAST: usize = 64;

/// How many zero bytes in a row before the end of an image, and others behind it, are no image.
const ZEROS: usize = 32;

/// The way through an image's scans.
#[derive(Clone, Debug)]
pub(crate) struct Scans {
    header: Walk,
    /// Where the next piece begins, and where there is nothing more to read.
    at: u64,
    end: u64,
    /// Where the coded data begin, and whether nothing but zero bytes stands there so far.
    data: u64,
    is_blank: bool,
    /// Bytes that are not done with, and where the first of them stands in the file.
    buffer: Vec<u8>,
    start: u64,
    /// The next of them to be looked at.
    next: usize,
    step: Step,
    blocks: Blocks,
    /// Where bytes stand that belong to nothing, though all codes of the image are there, and of
    /// which kind they are. Coded data go before others.
    stray: Option<(Exotic, u64)>,
    /// Whether the codes of each scan so far were read.
    are_read: bool,
}

/// What is done next.
#[derive(Clone, Debug)]
enum Step {
    /// Look for the end marker alone.
    Pass,
    /// Read the codes of a scan.
    Read(Box<Coded>, Position),
    /// Look for the marker that follows, which is a restart marker of this scan or anything else.
    Seek(Option<Box<Coded>>, Seek),
    /// Read the segment of this marker.
    Segment(u8),
    /// Step over so many bytes, and look for a marker.
    Skip(u64),
    /// Step over so many bytes, and look for the end marker alone.
    PassOver(u64),
}

/// What was seen on the way to a marker.
#[derive(Clone, Copy, Debug, Default)]
struct Seek {
    /// How many bytes were passed over.
    passed: u64,
    /// Whether a zero byte stands behind an `FF`, as in coded data.
    is_stuffed: bool,
    /// Whether they are zero.
    is_zero: bool,
    /// Whether they hold more than bytes of zeros and of ones, with which encoders fill up.
    is_more_than_fill: bool,
    /// Where zero bytes begin that stand before them, where there are many.
    zeros: Option<u64>,
    /// How many bytes were read as codes since the last restart marker.
    read: u64,
    /// Where a mean was before them that no image has.
    wild: Option<u64>,
}

/// What a step gives.
enum Done {
    Again,
    More,
    End(End),
}

impl Stage for Scans {
    fn take(self: Box<Self>, _: u64, piece: &[u8], is_last: bool) -> ProbeStep {
        self.take_piece(piece, is_last)
    }
}

impl Scans {
    /// Goes on where the first scan's data begin; `here` is what is at hand from there on.
    /// `is_read` where the codes are wanted, and not the end alone.
    pub(super) fn begin(header: Walk, data: u64, here: &[u8], is_read: bool) -> ProbeStep {
        let end = header.size.min(data.saturating_add(MOST_BODY));
        let mut scans = Scans {
            at: data,
            end,
            data,
            is_blank: true,
            buffer: Vec::new(),
            start: data,
            next: 0,
            step: Step::Pass,
            blocks: Blocks::default(),
            stray: None,
            are_read: is_read && header.scan.is_some(),
            header,
        };
        if is_read && let Some(scan) = scans.header.scan {
            match scans.enter(scan) {
                Ok(step) => scans.step = step,
                Err(end) => return scans.header.finish(end),
            }
        }
        scans.go_on(here)
    }

    /// Takes the next piece; `is_last` where the file ends with it, sooner than it was said to.
    fn take_piece(mut self, piece: &[u8], is_last: bool) -> ProbeStep {
        if is_last {
            self.end = self.at.saturating_add(piece.len() as u64);
        }
        self.go_on(piece)
    }

    fn go_on(mut self, piece: &[u8]) -> ProbeStep {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let piece = piece.get(..left).unwrap_or(piece);
        self.at = self.at.saturating_add(piece.len() as u64);
        self.is_blank = self.is_blank && piece.iter().all(|byte| *byte == 0);
        self.buffer.extend_from_slice(piece);
        let is_last = self.at >= self.end;
        loop {
            let step = std::mem::replace(&mut self.step, Step::Pass);
            match self.step(step, is_last) {
                Done::Again => {}
                Done::More if is_last => {
                    let end = match self.end == self.data {
                        true => End::NoData,
                        false if self.is_blank => End::Blank,
                        false => End::MissingPart,
                    };
                    return self.header.finish(end);
                }
                Done::More => break,
                Done::End(end) => {
                    let is_one_colour = self.are_read && !self.blocks.are_varied();
                    self.header.is_one_colour = is_one_colour;
                    return self.header.finish(end);
                }
            }
        }
        self.forget();
        let length = usize::try_from(self.end - self.at).unwrap_or(PIECE).min(PIECE);
        let stretch = ByteRange { offset: self.at, length };
        ProbeStep::GoOn(Box::new(self), stretch)
    }

    /// Takes off what is done with.
    fn forget(&mut self) {
        let done = match &self.step {
            Step::Read(_, position) => Bits::new(&self.buffer, *position).byte(),
            _ => self.next,
        };
        let done = done.saturating_sub(PAST).min(self.buffer.len());
        self.buffer.drain(..done);
        self.start = self.start.saturating_add(done as u64);
        self.next = self.next.saturating_sub(done);
        if let Step::Read(_, position) = &mut self.step {
            *position = position.moved_back(done);
        }
    }

    fn step(&mut self, step: Step, is_last: bool) -> Done {
        match step {
            Step::Pass => self.pass(),
            Step::Read(coded, position) => self.read(coded, position, is_last),
            Step::Seek(coded, seek) => self.seek(coded, seek),
            Step::Segment(marker) => self.segment(marker),
            Step::Skip(length) => self.skip(length, Step::Skip, Step::Seek(None, Seek::default())),
            Step::PassOver(length) => self.skip(length, Step::PassOver, Step::Pass),
        }
    }

    /// Steps over so many bytes, in as many pieces as it takes, before `then`.
    fn skip(&mut self, length: u64, later: fn(u64) -> Step, then: Step) -> Done {
        let rest = self.buffer.len().saturating_sub(self.next) as u64;
        let skipped = length.min(rest);
        self.next += usize::try_from(skipped).unwrap_or(usize::MAX);
        if skipped < length {
            self.step = later(length - skipped);
            return Done::More;
        }
        self.step = then;
        Done::Again
    }

    /// Where a byte of the buffer stands in the file.
    fn offset(&self, index: usize) -> u64 {
        self.start.saturating_add(index as u64)
    }

    /// Begins a scan, or says that it cannot be.
    fn enter(&mut self, scan: Scan) -> Result<Step, End> {
        let Some(frame) = &self.header.frame else { return Err(End::MissingPart) };
        let blocks = |scan: &Scan| {
            u64::from(scan.units)
                * scan.parts().iter().map(|part| u64::from(part.blocks)).sum::<u64>()
        };
        if !frame.is_walked() || (scan.first > 0 && blocks(&scan) > MOST_KEPT) {
            self.are_read = false;
            return Ok(Step::Pass);
        }
        match Coded::new(frame, scan, &self.header.tables, &mut self.blocks) {
            Ok(mut coded) => {
                coded.began = self.offset(self.next);
                Ok(Step::Read(Box::new(coded), Position::at(self.next)))
            }
            Err(_) => Err(End::Damaged(Damage::BetweenScans, self.offset(self.next))),
        }
    }

    fn read(&mut self, mut coded: Box<Coded>, position: Position, is_last: bool) -> Done {
        let mut bits = Bits::new(&self.buffer, position);
        let stop = coded.read(&mut bits, is_last, &mut self.blocks);
        let byte = bits.byte();
        let is_ended = bits.is_ended();
        if let Some(wild) = coded.wild.take() {
            coded.wild_at.get_or_insert(self.start.saturating_add(wild as u64));
        }
        let has_marker = self.buffer.len().saturating_sub(byte) >= 2;
        match stop {
            Stop::More => {
                self.step = Step::Read(coded, bits.position());
                return Done::More;
            }
            // A file that was cut off ends in the middle of a code, and in made-up ones behind it.
            Stop::Early | Stop::NoCode if is_ended && !has_marker => return Done::More,
            Stop::Early => return self.damaged(Damage::Early, byte),
            Stop::NoCode => return self.damaged(Damage::NoCode, byte),
            Stop::Whole | Stop::Restart(_) => {}
        }
        let before = self.buffer.get(..byte).unwrap_or_default();
        let zeros = before.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let seek = Seek {
            is_zero: true,
            zeros: (byte - zeros >= ZEROS).then_some(self.offset(zeros)),
            read: self.offset(byte).saturating_sub(coded.began),
            wild: coded.wild_at,
            ..Seek::default()
        };
        self.next = byte;
        let coded = matches!(stop, Stop::Restart(_)).then_some(coded);
        self.step = Step::Seek(coded, seek);
        Done::Again
    }

    fn damaged(&self, damage: Damage, index: usize) -> Done {
        Done::End(End::Damaged(damage, self.offset(index)))
    }

    /// Goes on to the next marker that ends what was read.
    fn seek(&mut self, coded: Option<Box<Coded>>, mut seek: Seek) -> Done {
        loop {
            let rest = self.buffer.get(self.next..).unwrap_or_default();
            let before = rest.iter().position(|byte| *byte == 0xFF).unwrap_or(rest.len());
            let (passed, behind) = rest.split_at(before);
            let are_zero = passed.iter().all(|byte| *byte == 0);
            seek.is_zero &= are_zero;
            seek.is_more_than_fill |= !are_zero;
            seek.passed += passed.len() as u64;
            self.next += before;
            let marker = match *behind {
                [_, marker, ..] => marker,
                _ => {
                    self.step = Step::Seek(coded, seek);
                    return Done::More;
                }
            };
            match marker {
                0xFF => self.next += 1,
                0x00 => {
                    seek.is_stuffed = true;
                    seek.is_zero = false;
                    seek.passed += 2;
                    self.next += 2;
                }
                _ => return self.marker(coded, seek, marker),
            }
        }
    }

    /// Judges a marker, and what was passed over before it.
    fn marker(&mut self, coded: Option<Box<Coded>>, seek: Seek, marker: u8) -> Done {
        let here = self.offset(self.next);
        if let Some(coded) = &coded
            && marker != 0xD0 + coded.next_restart()
        {
            let damage =
                if matches!(marker, 0xD0..=0xD7) { Damage::Restart } else { Damage::Early };
            return self.damaged(damage, self.next);
        }
        if seek.passed > 0 {
            let from = here.saturating_sub(seek.passed);
            // Damage makes codes longer or shorter, so that the image may end before its data do.
            // That alone proves no damage. What is more than the image itself was put there.
            let is_coded = seek.is_stuffed && seek.is_more_than_fill && seek.passed < seek.read;
            if let Some(from) = seek.wild.or(seek.zeros.filter(|_| seek.is_zero)) {
                return Done::End(End::Damaged(Damage::Surplus, from));
            }
            match self.stray {
                Some((Exotic::MoreData, _)) => {}
                _ if is_coded => self.stray = Some((Exotic::MoreData, from)),
                Some(_) => {}
                None => self.stray = Some((Exotic::StrayBytes, from)),
            }
        }
        self.next += 2;
        if let Some(mut coded) = coded {
            coded.restarted(self.offset(self.next));
            self.step = Step::Read(coded, Position::at(self.next));
            return Done::Again;
        }
        let is_whole = self.header.frame.as_ref().is_none_or(|frame| self.blocks.are_begun(frame));
        // Readers go on to the end marker only where more scans may come.
        let is_done =
            is_whole && self.header.frame.as_ref().is_some_and(|frame| !frame.is_progressive());
        self.step = match marker {
            0xC4 | 0xDA | 0xDB | 0xDD => Step::Segment(marker),
            // Of a length of their own, and not needed.
            0xCC | 0xDC | 0xDE | 0xDF | 0xE0..=0xEF | 0xFE => Step::Segment(marker),
            // Without a length, and without a meaning here.
            0x01 | 0xD0..=0xD7 => Step::Seek(None, Seek::default()),
            // Whatever else follows a whole image is no part of it.
            0xD9 if is_whole => {
                return Done::End(
                    self.stray.map_or(End::There, |(what, from)| End::Stray(what, from)),
                );
            }
            _ if is_done => return Done::End(End::There),
            _ if is_whole => return Done::End(End::Damaged(Damage::BetweenScans, here)),
            _ => return Done::End(End::Damaged(Damage::Early, here)),
        };
        Done::Again
    }

    /// Reads the segment of a marker that was just passed.
    fn segment(&mut self, marker: u8) -> Done {
        let rest = self.buffer.get(self.next..).unwrap_or_default();
        let Some((length, rest)) = rest.split_first_chunk::<2>() else {
            self.step = Step::Segment(marker);
            return Done::More;
        };
        let length = usize::from(u16::from_be_bytes(*length));
        if length < 2 {
            return self.damaged(Damage::BetweenScans, self.next);
        }
        if !matches!(marker, 0xC4 | 0xDA | 0xDB | 0xDD) {
            self.step = Step::Skip(length as u64);
            return Done::Again;
        }
        let Some(body) = rest.get(..length - 2) else {
            self.step = Step::Segment(marker);
            return Done::More;
        };
        let is_right = match marker {
            0xC4 => self.header.tables.define_codes(body).is_ok(),
            0xDB => self.header.tables.define_quantisation(body).is_ok(),
            0xDD => self.header.tables.define_restart(body).is_ok(),
            _ => {
                let Some(scan) = self.header.scan_of(body) else {
                    return self.damaged(Damage::BetweenScans, self.next);
                };
                self.next += length;
                return match self.enter(scan) {
                    Ok(step) => {
                        self.step = step;
                        Done::Again
                    }
                    Err(end) => Done::End(end),
                };
            }
        };
        if !is_right {
            return self.damaged(Damage::BetweenScans, self.next);
        }
        self.next += length;
        self.step = Step::Seek(None, Seek::default());
        Done::Again
    }

    /// Goes on to the end marker, over scans whose codes are not read.
    fn pass(&mut self) -> Done {
        loop {
            let rest = self.buffer.get(self.next..).unwrap_or_default();
            let coded = rest.iter().position(|byte| *byte == 0xFF).unwrap_or(rest.len());
            let behind = rest.get(coded..).unwrap_or_default();
            let (length, needed) = match *behind {
                [_, 0xD9, ..] => return Done::End(End::There),
                // What stands before and between the scans of one image has a length. Anything else
                // that is no coded data is damage, over which readers go on as well as they can.
                [_, 0xC0..=0xCF | 0xDA..=0xDF | 0xFE, high, low, ..] => {
                    (2 + usize::from(u16::from_be_bytes([high, low])).max(2), 0)
                }
                [_, 0xC0..=0xCF | 0xDA..=0xDF | 0xFE, ..] => (0, 4),
                [_, 0xFF, ..] => (1, 0),
                [_, _, ..] => (2, 0),
                _ => (0, 2),
            };
            self.next += coded;
            if needed > 0 {
                return Done::More;
            }
            if length > behind.len() {
                self.next = self.buffer.len();
                self.step = Step::PassOver((length - behind.len()) as u64);
                return Done::More;
            }
            self.next += length;
        }
    }
}
