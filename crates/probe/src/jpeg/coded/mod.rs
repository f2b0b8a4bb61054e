//! The coded data of one scan: every code is read, and no pixel is computed.
//!
//! The bits of a value are passed over, but for the means (DC), and in progressive images the
//! places of values that are not 0: later scans of the same block say one bit of each of those.

mod progressive;
mod sequential;

use super::bits::Bits;
use super::frame::{Frame, MOST_COMPONENTS, Scan};
use super::tables::{Decoder, Kind, Tables};
use crate::facts::jpeg::HeaderFault;

/// The bytes that one block takes at most: 64 codes of 16 bits and as many bits behind each, where
/// each byte is stuffed.
const BLOCK_BYTES: usize = 64 * 4 * 2;

/// The most blocks of which the places of values are kept, at 8 bytes each: those of an image
/// of 170 megapixels.
pub(super) const MOST_KEPT: u64 = 1 << 22;

/// What is known of an image's blocks over all of its scans.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    /// Of each component, block by block, a bit for each value that is not 0. It grows with what is
    /// read, not with what is claimed.
    values: [Vec<u64>; MOST_COMPONENTS],
    /// Which components had a scan of their means.
    begun: [bool; MOST_COMPONENTS],
    /// Whether two pixels differ.
    is_varied: bool,
}

impl Blocks {
    /// Whether each component had its first scan.
    pub(super) fn are_begun(&self, frame: &Frame) -> bool {
        self.begun.iter().take(frame.components().len()).all(|begun| *begun)
    }

    /// Whether two pixels differ, as far as codes were read.
    pub(super) fn are_varied(&self) -> bool {
        self.is_varied
    }
}

/// The way through one scan.
#[derive(Clone, Debug)]
pub(super) struct Coded {
    scan: Scan,
    decoders: Vec<Decoder>,
    /// Of each block of a unit, its component's place in the frame and its two decoders.
    blocks: Vec<Block>,
    is_progressive: bool,
    units_left: u32,
    /// Units between two restart markers, and those left up to the next; 0 where there are none.
    restart: u32,
    restart_left: u32,
    /// The number of the next restart marker.
    next_restart: u8,
    /// How many blocks in a row have nothing more.
    empty_left: u32,
    means: [i32; MOST_COMPONENTS],
    /// The mean of each component's first block, once that is known, or the bit that it has more.
    first_means: [Option<i32>; MOST_COMPONENTS],
    /// The least mean of each component that no image has.
    impossible: [u32; MOST_COMPONENTS],
    /// Where the data begin, or what stands behind the last restart marker.
    pub(super) began: u64,
    /// Where in the bytes at hand a mean was that no image has.
    pub(super) wild: Option<usize>,
    /// The same in the file, of the first.
    pub(super) wild_at: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    component: usize,
    means: usize,
    others: usize,
}

/// Why the reading of codes stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// More bytes are needed.
    More,
    /// A restart marker is due, with this number.
    Restart(u8),
    /// All units are read.
    Whole,
    /// The next bits are no code, or the block has no place for what they are.
    NoCode,
    /// The data end.
    Early,
}

impl Coded {
    /// Begins a scan.
    pub(super) fn new(
        frame: &Frame,
        scan: Scan,
        tables: &Tables,
        known: &mut Blocks,
    ) -> Result<Self, HeaderFault> {
        let mut decoders: Vec<Decoder> = Vec::new();
        let mut places: Vec<(Kind, u8)> = Vec::new();
        let mut blocks = Vec::new();
        let mut impossible = [u32::MAX; MOST_COMPONENTS];
        for part in scan.parts() {
            let mut found = [0; 2];
            for kind in scan.kinds() {
                let wanted = (kind, part.table(kind));
                let at = match places.iter().position(|place| *place == wanted) {
                    Some(at) => at,
                    None => {
                        let codes = tables.codes(kind, wanted.1).ok_or(HeaderFault::NoCodes)?;
                        let is_stepped = !frame.is_progressive();
                        let decoder =
                            Decoder::new(kind, codes, is_stepped).ok_or(HeaderFault::Table)?;
                        decoders.push(decoder);
                        places.push(wanted);
                        places.len() - 1
                    }
                };
                found[usize::from(kind == Kind::Rest)] = at;
            }
            let [means, others] = found;
            let block = Block { component: part.component, means, others };
            blocks.extend((0..part.blocks).map(|_| block));
            if scan.first == 0
                && let Some(begun) = known.begun.get_mut(part.component)
            {
                *begun = true;
            }
            let of_frame = frame.component(part.component);
            let step = tables.quantisation(of_frame.quantisation()).unwrap_or(1).max(1);
            if let Some(impossible) = impossible.get_mut(part.component) {
                // Eight times the range of samples, and half as much again for what rounds.
                *impossible = (12_u32 << frame.precision.min(16)) / 2 / u32::from(step) + 2;
            }
        }
        Ok(Coded {
            units_left: scan.units,
            scan,
            decoders,
            blocks,
            is_progressive: frame.is_progressive(),
            restart: tables.restart,
            restart_left: tables.restart,
            next_restart: 0,
            empty_left: 0,
            means: [0; MOST_COMPONENTS],
            first_means: [None; MOST_COMPONENTS],
            impossible,
            began: 0,
            wild: None,
            wild_at: None,
        })
    }

    /// The number of the next restart marker.
    pub(super) fn next_restart(&self) -> u8 {
        self.next_restart
    }

    /// Goes on behind a restart marker, where the next byte stands at `began` in the file.
    pub(super) fn restarted(&mut self, began: u64) {
        self.began = began;
        self.restart_left = self.restart;
        self.next_restart = (self.next_restart + 1) % 8;
        self.empty_left = 0;
        self.means = [0; MOST_COMPONENTS];
    }

    /// Reads on as far as there are bytes; `is_last` where no others will come.
    pub(super) fn read(&mut self, bits: &mut Bits<'_>, is_last: bool, known: &mut Blocks) -> Stop {
        let Blocks { values, is_varied, .. } = known;
        if !self.is_progressive {
            return self.sequential(bits, is_last, is_varied);
        }
        let values = match self.scan.parts() {
            [part] => values.get_mut(part.component),
            _ => None,
        };
        match (self.scan.first, self.scan.is_refinement, values) {
            (0, false, _) => self.first_means(bits, is_last, is_varied),
            (0, true, _) => self.more_means(bits, is_last, is_varied),
            (_, false, Some(values)) => self.first_values(bits, is_last, values, is_varied),
            (_, true, Some(values)) => self.more_values(bits, is_last, values, is_varied),
            // Values have one component each, of those that are kept.
            _ => Stop::NoCode,
        }
    }

    /// Why no unit can be read now, if none can.
    #[inline(always)]
    fn pause(&self, bits: &Bits<'_>, is_last: bool) -> Option<Stop> {
        if self.units_left == 0 {
            return Some(Stop::Whole);
        }
        if self.restart_left == 0 && self.restart > 0 {
            return Some(Stop::Restart(self.next_restart));
        }
        let needed = self.blocks.len() * BLOCK_BYTES + 2 * BLOCK_BYTES;
        (!is_last && !bits.has(needed)).then_some(Stop::More)
    }

    /// Counts so many units that were read.
    #[inline(always)]
    fn count(&mut self, units: u32) {
        self.units_left -= units;
        self.restart_left = self.restart_left.saturating_sub(units);
    }
}

/// Reads by how much a block's mean differs from the one before; `None` where there is
/// no such code.
#[inline(always)]
fn mean(bits: &mut Bits<'_>, codes: &Decoder) -> Option<i32> {
    bits.fill();
    let (length, size) = codes.symbol(bits.peek(16))?;
    let size = u32::from(size) % 16;
    bits.skip(length);
    if size == 0 {
        return Some(0);
    }
    // 16 bits were taken at most, and 32 were at hand.
    let raw = bits.peek(size).cast_signed();
    bits.skip(size);
    // Negative numbers begin with a 0, and are one less than their bits say.
    let is_negative = raw >> (size - 1) == 0;
    Some(if is_negative { raw - (1 << size) + 1 } else { raw })
}
