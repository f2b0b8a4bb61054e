//! The coded data of a JPEG, read to their end marker without being decoded.

use super::{End, Walk};
use crate::probe::{Look, MOST_BODY, PIECE, Stage, Stretch};

/// The way through an image's scans.
#[derive(Clone, Copy, Debug)]
pub(in crate::probe) struct Scans {
    header: Walk,
    at: u64,
    end: u64,
    state: State,
    /// Whether nothing but zero bytes was coded so far.
    is_blank: bool,
}

/// What the next byte is.
#[derive(Clone, Copy, Debug)]
enum State {
    /// Coded data.
    Data,
    /// What an `FF` announced.
    Marker,
    /// The first byte of a segment's length.
    Length,
    /// The second.
    LengthLow(u8),
    /// One of so many in a segment.
    Segment(u64),
}

impl Scans {
    /// Begins where the first scan does; `here` is what is at hand of it.
    pub(super) fn begin(header: Walk, here: &[u8]) -> Look {
        let end = header.size.min(header.at.saturating_add(MOST_BODY));
        Scans { header, at: header.at, end, state: State::Data, is_blank: true }.go_on(here)
    }

    /// Takes the next piece; `is_last` where the file ends with it, sooner than it was said to.
    pub(in crate::probe) fn take(mut self, piece: &[u8], is_last: bool) -> Look {
        if is_last {
            self.end = self.at.saturating_add(piece.len() as u64);
        }
        self.go_on(piece)
    }

    fn go_on(mut self, piece: &[u8]) -> Look {
        self.at = self.at.saturating_add(piece.len() as u64);
        if self.reaches_end(piece) {
            return self.header.finish(End::There);
        }
        if self.at >= self.end {
            return self.header.finish(if self.is_blank { End::Blank } else { End::Lacking });
        }
        let length = usize::try_from(self.end - self.at).unwrap_or(PIECE).min(PIECE);
        let stretch = Stretch { offset: self.at, length };
        Look::GoOn(Stage::Scans(self), stretch)
    }

    /// Whether the end marker stands in a piece.
    fn reaches_end(&mut self, mut piece: &[u8]) -> bool {
        while let Some((byte, behind)) = piece.split_first() {
            let mut rest = behind;
            self.state = match self.state {
                State::Data => {
                    let coded = piece.iter().position(|byte| *byte == 0xFF).unwrap_or(piece.len());
                    let (coded, behind) = piece.split_at(coded);
                    self.is_blank = self.is_blank && coded.iter().all(|byte| *byte == 0);
                    rest = behind.get(1..).unwrap_or_default();
                    if behind.is_empty() { State::Data } else { State::Marker }
                }
                State::Marker => match byte {
                    0xD9 => return true,
                    // What stands before and between the scans of one image has a length. Anything else that is no coded
                    // data is damage, over which readers go on as well as they can.
                    0xC0..=0xCF | 0xDA..=0xDF | 0xFE => State::Length,
                    0xFF => State::Marker,
                    _ => {
                        self.is_blank = false;
                        State::Data
                    }
                },
                State::Length => State::LengthLow(*byte),
                State::LengthLow(high) => match u64::from(u16::from_be_bytes([high, *byte])) {
                    length @ 3.. => State::Segment(length - 2),
                    _ => State::Data,
                },
                State::Segment(left) => {
                    let length = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
                    rest = piece.get(length..).unwrap_or_default();
                    match left - length as u64 {
                        0 => State::Data,
                        left => State::Segment(left),
                    }
                }
            };
            piece = rest;
        }
        false
    }
}
