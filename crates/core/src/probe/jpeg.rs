//! JPEG images: the frame header, found by going from segment to segment, and whether the file has an end.
//!
//! Libraries that give an image's size read a stream from its beginning, and say neither how the image is coded nor what
//! they would read next. Here a segment that is not needed is stepped over, so that of a file with megabytes before its
//! frame header a few kilobytes are read, and an image within a segment (a thumbnail) is never taken for the image. Of
//! Exif only the orientation is read, one entry of its first directory.

mod scans;

pub(super) use scans::Scans;

use super::{Depth, Facts, Fault, HEAD, ImageSize, Look, Stage, Stretch};

/// What a JPEG lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lacking {
    /// The header that says how large it is, or it says 0.
    Frame,
    /// Anything behind that.
    Data,
    /// The end.
    End,
}

/// What not every reader takes, or takes the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exotic {
    /// Four colours, made for print.
    Cmyk,
    /// So many bits a sample, and not 8.
    Precision(u8),
    /// Coded without loss.
    Lossless,
    /// Arithmetic coding.
    Arithmetic,
    /// Several images that build on each other.
    Hierarchical,
    /// Exif says that it is to be turned or mirrored, by the number that it has there.
    Orientation(u8),
}

/// The bytes at the end in which the end marker is looked for. Some trailing bytes are common.
pub(super) const TAIL: usize = 4096;

/// How much of a segment is looked at.
const SEGMENT: usize = 1024;

/// The way through a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    size: u64,
    depth: Depth,
    /// Where the next segment begins.
    at: u64,
    frame: Option<Frame>,
    orientation: u8,
    /// Where the coded data begin, once that is known.
    data: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    marker: u8,
    precision: u8,
    width: u32,
    height: u32,
    components: u8,
}

/// What is done at a segment.
enum Segment {
    Skip(u64),
    /// Look at it again with so many bytes.
    Need(usize),
    Data,
    End,
}

impl Walk {
    pub(super) fn new(size: u64, depth: Depth) -> Self {
        Walk { size, depth, at: 2, frame: None, orientation: 1, data: None }
    }

    /// Takes the bytes that stand at `offset`: what was asked for last, or all that there is.
    pub(super) fn take(mut self, offset: u64, bytes: &[u8]) -> Look {
        let ends = offset.saturating_add(bytes.len() as u64);
        if self.data.is_some() {
            return self.finish(End::of_tail(bytes));
        }
        loop {
            let here =
                usize::try_from(self.at.saturating_sub(offset)).ok().and_then(|at| bytes.get(at..));
            let Some(here) = here.filter(|here| !here.is_empty()) else {
                return if self.at < self.size { self.ask(HEAD) } else { self.without_data() };
            };
            match self.segment(here) {
                Segment::Skip(length) => self.at = self.at.saturating_add(length),
                Segment::Need(length) if ends < self.size && here.len() < length => {
                    return self.ask(length);
                }
                Segment::Need(_) | Segment::End => return self.without_data(),
                Segment::Data if self.frame.is_none() => return self.without_data(),
                Segment::Data if self.depth == Depth::Whole => return Scans::begin(self, here),
                Segment::Data => {
                    self.data = Some(self.at);
                    let start = self.at.max(self.size.saturating_sub(TAIL as u64));
                    return match usize::try_from(start.saturating_sub(offset)) {
                        Ok(start_here) if start >= offset && ends >= self.size => {
                            self.finish(End::of_tail(bytes.get(start_here..).unwrap_or_default()))
                        }
                        _ => self.read(Stretch { offset: start, length: TAIL }),
                    };
                }
            }
        }
    }

    fn ask(self, length: usize) -> Look {
        let offset = self.at;
        self.read(Stretch { offset, length: length.max(HEAD) })
    }

    fn read(self, stretch: Stretch) -> Look {
        Look::GoOn(Stage::Segments(self), stretch)
    }

    fn segment(&mut self, here: &[u8]) -> Segment {
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
            0x00 | 0x01 | 0xD0..=0xD8 => return Segment::Skip(2),
            0xD9 => return Segment::End,
            0xDA => return Segment::Data,
            _ => {}
        }
        let Some(length) = here.get(2..4).map(big) else { return Segment::Need(4) };
        if length < 2 {
            return Segment::End;
        }
        let wanted = (2 + length).min(SEGMENT);
        let is_frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
        if is_frame || marker == 0xE1 {
            let Some(body) = here.get(4..wanted) else { return Segment::Need(wanted) };
            match (is_frame, body) {
                (true, [precision, h1, h0, w1, w0, components, ..]) => {
                    self.frame = Some(Frame {
                        marker,
                        precision: *precision,
                        width: u16::from_be_bytes([*w1, *w0]).into(),
                        height: u16::from_be_bytes([*h1, *h0]).into(),
                        components: *components,
                    });
                }
                (true, _) => return Segment::End,
                (false, _) => self.orientation = orientation(body).unwrap_or(self.orientation),
            }
        }
        Segment::Skip(2 + length as u64)
    }

    fn without_data(&self) -> Look {
        let lacking = if self.frame.is_some() { Lacking::Data } else { Lacking::Frame };
        Look::done(Fault::CutOffImage(lacking), None)
    }

    /// Judges by what is known of the end.
    fn finish(&self, end: End) -> Look {
        let Some(frame) = self.frame else { return self.without_data() };
        if frame.width == 0 || frame.height == 0 {
            return Look::done(Fault::CutOffImage(Lacking::Frame), None);
        }
        let turned = self.orientation >= 5;
        let mut facts = Facts {
            image: Some(ImageSize { width: frame.width, height: frame.height, turned }),
            ..Facts::default()
        };
        match end {
            End::There => {}
            End::Lacking => facts.say(Fault::CutOffImage(Lacking::End)),
            End::Blank => facts.say(Fault::BlankBody),
        }
        for exotic in frame
            .exotic()
            .into_iter()
            .chain((self.orientation != 1).then_some(Exotic::Orientation(self.orientation)))
        {
            facts.say(Fault::Exotic(exotic));
        }
        Look::Done(facts)
    }
}

impl Frame {
    fn exotic(self) -> Option<Exotic> {
        match self.marker {
            0xC3 | 0xCB => Some(Exotic::Lossless),
            0xC5..=0xC7 | 0xCD..=0xCF => Some(Exotic::Hierarchical),
            0xC9 | 0xCA => Some(Exotic::Arithmetic),
            _ if self.precision != 8 => Some(Exotic::Precision(self.precision)),
            _ if self.components == 4 => Some(Exotic::Cmyk),
            _ => None,
        }
    }
}

/// How an image ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// With its end marker.
    There,
    /// Without.
    Lacking,
    /// Without, and with nothing but zero bytes behind its header.
    Blank,
}

impl End {
    /// By the last bytes of the file.
    fn of_tail(tail: &[u8]) -> Self {
        if has_end(tail) { End::There } else { End::Lacking }
    }
}

/// Whether a JPEG that ends so has its end marker, there or before something else that was put behind the image.
fn has_end(tail: &[u8]) -> bool {
    // Nearly all end so, but for a few zeros.
    let written = tail.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    if tail.get(..written).is_some_and(|tail| tail.ends_with(&[0xFF, 0xD9])) {
        return true;
    }
    let mut pairs = tail.windows(2).filter(|pair| pair.starts_with(&[0xFF]));
    // Coded data have no marker in them but these: restarts, and what stands between the scans of one image. Anything else
    // is no image, so that the image ended before.
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
