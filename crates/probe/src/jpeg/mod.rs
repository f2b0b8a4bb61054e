//! JPEG images: what their headers say, whether the file has an end, and, where the whole file is
//! looked at, whether each code of the image can be read.
//!
//! Libraries that give an image's size read a stream from its beginning, and say neither how the
//! image is coded nor what they would read next. Here a segment that is not needed is stepped over,
//! so that of a file with megabytes before its frame header a few kilobytes are read, and an image
//! within a segment (a thumbnail) is never taken for the image. Of Exif only the orientation is
//! read, one entry of its first directory. Decoders compute pixels, and none of them says at which
//! byte an image is damaged, so the codes are read here.

mod bits;
mod coded;
mod frame;
mod scans;
mod tables;

use self::frame::{Frame, Scan};
use self::scans::Scans;
use self::tables::Tables;
use crate::facts::jpeg::{Damage, Exotic, HeaderFault, MissingPart};
use crate::facts::{Defect, Fault, ImageSize, Measurement, ProbeResult};
use crate::step::{ByteRange, Depth, HEAD, ProbeStep, Stage};

/// The bytes at the end in which the end marker is looked for. Some trailing bytes are common.
pub(super) const TAIL: usize = 4096;

/// The same of nearly all images, which end with the marker or a few bytes behind it.
pub(super) const USUAL_TAIL: usize = 512;

/// How much is looked at of a segment that is read only in part.
const SEGMENT: usize = 1024;

/// The way through a file's headers.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    size: u64,
    depth: Depth,
    /// Where the next segment begins.
    at: u64,
    frame: Option<Frame>,
    tables: Box<Tables>,
    orientation: u8,
    /// The first scan, where its header is right.
    scan: Option<Scan>,
    /// The first thing that no decoder takes.
    fault: Option<HeaderFault>,
    /// Whether it defines any codes, and whether the standard's are meant instead.
    has_codes: bool,
    has_standard_codes: bool,
    /// Where the coded data begin, once that is known.
    data: Option<u64>,
    /// Whether more than [`USUAL_TAIL`] was asked for.
    is_tail_long: bool,
    /// Whether all codes were read, and no two pixels differ.
    is_one_colour: bool,
}

/// What is done at a segment.
enum Segment {
    Skip(u64),
    /// Look at it again with so many bytes.
    Need(usize),
    /// The coded data begin behind so many bytes.
    Data(usize),
    End,
}

/// Looks at the beginning of a JPEG of `size` bytes.
pub(crate) fn begin(size: u64, depth: Depth, head: &[u8]) -> ProbeStep {
    Walk::new(size, depth).take_bytes(0, head)
}

impl Stage for Walk {
    fn take(self: Box<Self>, offset: u64, bytes: &[u8], _: bool) -> ProbeStep {
        self.take_bytes(offset, bytes)
    }

    fn is_in_header(&self) -> bool {
        true
    }
}

impl Walk {
    pub(super) fn new(size: u64, depth: Depth) -> Self {
        Walk {
            size,
            depth,
            at: 2,
            frame: None,
            tables: Box::default(),
            orientation: 1,
            scan: None,
            fault: None,
            has_codes: false,
            has_standard_codes: false,
            data: None,
            is_tail_long: false,
            is_one_colour: false,
        }
    }

    /// Takes the bytes that stand at `offset`: what was asked for last, or all that there is.
    fn take_bytes(mut self, offset: u64, bytes: &[u8]) -> ProbeStep {
        let ends = offset.saturating_add(bytes.len() as u64);
        if let Some(data) = self.data {
            return self.judge_tail(data, bytes, &[]);
        }
        loop {
            let here =
                usize::try_from(self.at.saturating_sub(offset)).ok().and_then(|at| bytes.get(at..));
            let Some(here) = here.filter(|here| !here.is_empty()) else {
                return if self.at < self.size { self.ask(HEAD) } else { self.without_data() };
            };
            match self.segment(here, ends >= self.size) {
                Segment::Skip(length) => self.at = self.at.saturating_add(length),
                Segment::Need(length) if ends < self.size && here.len() < length => {
                    return self.ask(length);
                }
                Segment::Need(_) | Segment::End => return self.without_data(),
                Segment::Data(_) if self.frame.is_none() => return self.without_data(),
                Segment::Data(length) => {
                    let data = self.at.saturating_add(length as u64);
                    let coded = here.get(length..).unwrap_or_default();
                    let is_all = ends >= self.size;
                    return self.behind_headers(data, coded, is_all);
                }
            }
        }
    }

    /// Goes on where the coded data begin, of which some are at hand; `is_all` where these are all.
    fn behind_headers(mut self, data: u64, coded: &[u8], is_all: bool) -> ProbeStep {
        self.data = Some(data);
        if data >= self.size || coded.starts_with(&[0xFF, 0xD9]) {
            return self.finish(End::NoData);
        }
        if self.fault.is_some() {
            return self.finish(End::There);
        }
        if self.depth == Depth::Whole {
            return Scans::begin(self, data, coded, true);
        }
        if is_all {
            let tail = coded.len().saturating_sub(TAIL);
            return self.judge_tail(data, coded.get(tail..).unwrap_or_default(), coded);
        }
        self.ask_tail(data, USUAL_TAIL)
    }

    /// Asks for the last bytes of the data that begin here.
    fn ask_tail(self, data: u64, length: usize) -> ProbeStep {
        let offset = data.max(self.size.saturating_sub(length as u64));
        self.read(ByteRange { offset, length })
    }

    /// Judges by the last bytes of the file. Where they have no end marker, it may stand farther
    /// before them, since some cameras put more behind an image. `coded` is what is at hand of the
    /// data from their beginning on.
    fn judge_tail(mut self, data: u64, tail: &[u8], coded: &[u8]) -> ProbeStep {
        if has_end(tail) {
            return self.finish(End::There);
        }
        if tail.len() as u64 >= self.size.saturating_sub(data) {
            return self.finish(End::MissingPart);
        }
        if tail.len() < TAIL && !self.is_tail_long {
            self.is_tail_long = true;
            return self.ask_tail(data, TAIL);
        }
        Scans::begin(self, data, coded, false)
    }

    fn ask(self, length: usize) -> ProbeStep {
        let offset = self.at;
        self.read(ByteRange { offset, length: length.max(HEAD) })
    }

    fn read(self, stretch: ByteRange) -> ProbeStep {
        ProbeStep::GoOn(Box::new(self), stretch)
    }

    /// Reads the segment that begins here; `is_all` where nothing follows what is at hand.
    fn segment(&mut self, here: &[u8], is_all: bool) -> Segment {
        let [0xFF, marker, ..] = *here else {
            return match here {
                [0xFF] => Segment::Need(2),
                // Readers pass over bytes between segments that belong to none.
                _ => Segment::Skip(
                    here.iter().position(|byte| *byte == 0xFF).unwrap_or(here.len()) as u64,
                ),
            };
        };
        match marker {
            0xFF => return Segment::Skip(1),
            0xD8 => {
                self.note(Some(HeaderFault::SecondStart));
                return Segment::Skip(2);
            }
            0x00 | 0x01 | 0xD0..=0xD7 => return Segment::Skip(2),
            // The standard keeps these for later, and readers stop at them.
            0x02..=0xBF => self.note(Some(HeaderFault::UnknownMarker)),
            0xD9 => return Segment::End,
            _ => {}
        }
        let Some(length) = here.get(2..4).map(big) else { return Segment::Need(4) };
        if length < 2 {
            return Segment::End;
        }
        let is_frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
        let wanted = match marker {
            0xC4 | 0xDA | 0xDB | 0xDD => 2 + length,
            0xE1 => (2 + length).min(SEGMENT),
            _ if is_frame => (2 + length).min(SEGMENT),
            _ => return Segment::Skip(2 + length as u64),
        };
        let Some(body) = here.get(4..wanted) else { return Segment::Need(wanted) };
        match marker {
            0xC4 => {
                self.has_codes = true;
                let defined = self.tables.define_codes(body);
                self.note(defined.err().map(|_| HeaderFault::Table));
            }
            0xDB => {
                let defined = self.tables.define_quantisation(body);
                self.note(defined.err().map(|_| HeaderFault::Table));
            }
            0xDD => {
                let defined = self.tables.define_restart(body);
                self.note(defined.err().map(|_| HeaderFault::Table));
            }
            0xE1 => self.orientation = orientation(body).unwrap_or(self.orientation),
            0xDA => {
                // The first two bytes of the coded data are looked at together with it.
                if here.len() < wanted + 2 && !is_all {
                    return Segment::Need(wanted + 2);
                }
                self.scan = self.scan_of(body);
                return Segment::Data(wanted);
            }
            _ => match Frame::read(marker, body) {
                Some((frame, fault)) => {
                    let is_second = self.frame.is_some();
                    self.note(is_second.then_some(HeaderFault::SecondFrame).or(fault));
                    self.frame = Some(frame);
                }
                None => return Segment::End,
            },
        }
        Segment::Skip(2 + length as u64)
    }

    fn note(&mut self, fault: Option<HeaderFault>) {
        self.fault = self.fault.or(fault);
    }

    /// The scan that a scan header says, where it and the tables that it names can be.
    fn scan_of(&mut self, body: &[u8]) -> Option<Scan> {
        let frame = self.frame.as_ref()?;
        let scan = Scan::read(frame, body).and_then(|scan| {
            // Scans that are coded otherwise need other tables.
            if frame.is_walked() {
                let has_missing = scan.check(frame, &mut self.tables, self.has_codes)?;
                self.has_standard_codes |= has_missing;
            }
            Ok(scan)
        });
        self.note(scan.as_ref().err().copied());
        scan.ok()
    }

    fn without_data(&self) -> ProbeStep {
        let lacking = if self.frame.is_some() { MissingPart::Data } else { MissingPart::Frame };
        ProbeStep::done(Fault::CutOffImage(lacking), None)
    }

    /// Judges by what is known of the end.
    fn finish(&self, end: End) -> ProbeStep {
        let Some(frame) = self.frame else { return self.without_data() };
        if frame.width == 0 || frame.height == 0 {
            return ProbeStep::done(Fault::CutOffImage(MissingPart::Frame), None);
        }
        let turned = self.orientation >= 5;
        let mut facts = ProbeResult {
            image: Some(ImageSize { width: frame.width, height: frame.height, turned }),
            ..ProbeResult::default()
        };
        let at =
            |fault, byte| Defect { figures: Some(Measurement::Byte(byte)), ..Defect::new(fault) };
        match (self.fault, end) {
            (Some(fault), _) => facts.say(Fault::ImageHeader(fault)),
            (None, End::NoData) => facts.say(Fault::CutOffImage(MissingPart::Data)),
            (None, End::MissingPart) => facts.say(Fault::CutOffImage(MissingPart::End)),
            (None, End::Blank) => facts.say(Fault::BlankBody),
            (None, _) if self.has_too_few_bytes() => {
                facts.say(Fault::ImageHeader(HeaderFault::TooFewBytes));
            }
            (None, End::There | End::Stray(..)) if self.is_one_colour => facts.say_one_colour(),
            (None, End::There) => {}
            (None, End::Damaged(damage, byte)) => {
                facts.problems.push(at(Fault::DamagedImage(damage), byte));
            }
            (None, End::Stray(what, byte)) => {
                facts.problems.push(at(Fault::Exotic(what), byte));
            }
        }
        for exotic in frame
            .exotic()
            .into_iter()
            .chain(self.has_standard_codes.then_some(Exotic::StandardCodes))
            .chain((self.orientation != 1).then_some(Exotic::Orientation(self.orientation)))
        {
            facts.say(Fault::Exotic(exotic));
        }
        ProbeStep::Done(facts)
    }

    /// Whether the file ends before the first scan can.
    fn has_too_few_bytes(&self) -> bool {
        let (Some(frame), Some(scan), Some(data)) = (self.frame, self.scan, self.data) else {
            return false;
        };
        frame.is_walked() && self.size.saturating_sub(data) < scan.least_bytes(&self.tables)
    }
}

impl Frame {
    fn exotic(self) -> Option<Exotic> {
        match self.marker {
            0xC3 | 0xCB => Some(Exotic::Lossless),
            0xC5..=0xC7 | 0xCD..=0xCF => Some(Exotic::Hierarchical),
            0xC9 | 0xCA => Some(Exotic::Arithmetic),
            _ if self.precision != 8 => Some(Exotic::Precision(self.precision)),
            _ if self.count == 4 => Some(Exotic::Cmyk),
            _ => None,
        }
    }
}

/// How an image ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// With its end marker.
    There,
    /// With its end marker, and all of its codes, though at this byte some begin that
    /// belong to nothing.
    Stray(Exotic, u64),
    /// It is damaged at this byte or before it.
    Damaged(Damage, u64),
    /// Right behind its header.
    NoData,
    /// Without its end marker.
    MissingPart,
    /// Without, and with nothing but zero bytes behind its header.
    Blank,
}

/// Whether a JPEG that ends so has its end marker, there or before something else that was put
/// behind the image.
fn has_end(tail: &[u8]) -> bool {
    // Nearly all end so, but for a few zeros.
    let written = tail.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    if tail.get(..written).is_some_and(|tail| tail.ends_with(&[0xFF, 0xD9])) {
        return true;
    }
    let mut pairs = tail.windows(2).filter(|pair| pair.starts_with(&[0xFF]));
    // Coded data have no marker in them but these: restarts, and what stands between the scans of
    // one image. Anything else is no image, so that the image ended before.
    pairs.any(|pair| {
        !matches!(pair, [_, 0x00 | 0xC4 | 0xCC | 0xD0..=0xD7 | 0xDA..=0xDD | 0xFE | 0xFF])
    })
}

/// The orientation that Exif says, from the body of an APP1 segment.
fn orientation(body: &[u8]) -> Option<u8> {
    let tiff = body.strip_prefix(b"Exif\0\0")?;
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let number = |at: usize, length: usize| -> Option<usize> {
        let bytes = tiff.get(at..at.checked_add(length)?)?;
        Some(if little {
            bytes.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
        } else {
            big(bytes)
        })
    };
    let directory = number(4, 4)?;
    let entries = number(directory, 2)?;
    let entry = (0..entries)
        .map_while(|at| directory.checked_add(2 + 12 * at).filter(|at| *at < tiff.len()))
        .find(|at| number(*at, 2) == Some(0x0112))?;
    number(entry + 8, 2)
        .and_then(|value| u8::try_from(value).ok())
        .filter(|value| (1..=8).contains(value))
}

fn big(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

#[cfg(test)]
mod tests;
