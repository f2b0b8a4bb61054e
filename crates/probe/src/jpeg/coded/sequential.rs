//! The one scan of a baseline or extended image, or each of them where components have their own.

use super::super::tables::{ENDS_BLOCK, LOOKUP, bits_of, values_of};
use super::{Bits, Coded, Decoder, MOST_COMPONENTS, Stop, mean};

impl Coded {
    /// Whether the next unit has what makes two pixels differ: a value that is not 0, or a mean
    /// that is not that of the first block. A unit that is none is left to the reading
    /// of its codes.
    #[cold]
    #[inline(never)]
    fn is_unit_varied(&mut self, mut bits: Bits<'_>) -> bool {
        let mut means = self.means;
        for block in &self.blocks {
            let decoders = (self.decoders.get(block.means), self.decoders.get(block.others));
            let (Some(of_mean), Some(others)) = decoders else { return false };
            let place = block.component % MOST_COMPONENTS;
            let Some(difference) = mean(&mut bits, of_mean) else { return false };
            means[place] = means[place].saturating_add(difference);
            bits.fill();
            match others.symbol(bits.peek(16)) {
                // The block has no other values.
                Some((length, 0)) => bits.skip(length),
                Some(_) => return true,
                None => return false,
            }
            if *self.first_means[place].get_or_insert(means[place]) != means[place] {
                return true;
            }
        }
        false
    }

    /// Reads whole blocks, one unit after the other.
    pub(super) fn sequential(
        &mut self,
        outer: &mut Bits<'_>,
        is_last: bool,
        is_varied: &mut bool,
    ) -> Stop {
        let mut bits = *outer;
        let stop = loop {
            if let Some(stop) = self.pause(&bits, is_last) {
                break stop;
            }
            // Of nearly all images the first few units tell.
            if !*is_varied {
                *is_varied = self.is_unit_varied(bits);
            }
            let mut is_wild = false;
            for block in &self.blocks {
                let (Some(means), Some(others)) =
                    (self.decoders.get(block.means), self.decoders.get(block.others))
                else {
                    return Stop::NoCode;
                };
                let Some(difference) = mean(&mut bits, means) else {
                    *outer = bits;
                    return Stop::NoCode;
                };
                if !rest(&mut bits, others) {
                    *outer = bits;
                    return Stop::NoCode;
                }
                let place = block.component % MOST_COMPONENTS;
                self.means[place] = self.means[place].saturating_add(difference);
                is_wild |= self.means[place].unsigned_abs() > self.impossible[place];
            }
            if is_wild && self.wild.is_none() && self.wild_at.is_none() {
                self.wild = Some(bits.byte());
            }
            if bits.is_overdrawn() {
                break Stop::Early;
            }
            self.count(1);
        };
        *outer = bits;
        stop
    }
}

/// Passes over the rest of a block, and gives whether there was such a block.
#[inline(always)]
fn rest(bits: &mut Bits<'_>, codes: &Decoder) -> bool {
    let mut at = 1;
    while at < 64 {
        bits.fill();
        let step = codes.step(bits.peek(LOOKUP));
        let next = at + values_of(step);
        if step != 0 && next < 64 {
            bits.skip(bits_of(step));
            if step & ENDS_BLOCK != 0 {
                return true;
            }
            at = next;
            continue;
        }
        // The block may end between two codes of a step: one after the other.
        let Some((length, symbol)) = codes.symbol(bits.peek(16)) else { return false };
        let (run, following) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        bits.skip(length + following);
        if following == 0 && run < 15 {
            return true;
        }
        at += run + 1;
    }
    at == 64
}
