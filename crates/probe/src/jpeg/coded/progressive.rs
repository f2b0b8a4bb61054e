//! The scans of a progressive image: means and values apart, and both bit by bit.

use super::{Bits, Coded, Decoder, MOST_COMPONENTS, Stop, mean};

/// Every byte's lowest bit, and its highest.
const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The place of the bit with this number among those that are set in a byte; 0 where there is none.
static PLACES: [[u8; 8]; 256] = places();

impl Coded {
    /// Reads a scan that begins the blocks' means.
    pub(super) fn first_means(
        &mut self,
        bits: &mut Bits<'_>,
        is_last: bool,
        is_varied: &mut bool,
    ) -> Stop {
        loop {
            if let Some(stop) = self.pause(bits, is_last) {
                return stop;
            }
            for block in &self.blocks {
                let means = self.decoders.get(block.means);
                let Some(difference) = means.and_then(|means| mean(bits, means)) else {
                    return Stop::NoCode;
                };
                let place = block.component % MOST_COMPONENTS;
                self.means[place] = self.means[place].saturating_add(difference);
                let first = *self.first_means[place].get_or_insert(self.means[place]);
                *is_varied |= first != self.means[place];
            }
            if bits.is_overdrawn() {
                return Stop::Early;
            }
            self.count(1);
        }
    }

    /// Reads a scan that adds one bit to each mean.
    pub(super) fn more_means(
        &mut self,
        bits: &mut Bits<'_>,
        is_last: bool,
        is_varied: &mut bool,
    ) -> Stop {
        loop {
            if let Some(stop) = self.pause(bits, is_last) {
                return stop;
            }
            if *is_varied {
                bits.skip_many(u32::try_from(self.blocks.len()).unwrap_or(0));
            } else {
                for block in &self.blocks {
                    let bit = i32::from(bits.take(1) == 1);
                    let place = block.component % MOST_COMPONENTS;
                    *is_varied |= *self.first_means[place].get_or_insert(bit) != bit;
                }
            }
            if bits.is_overdrawn() {
                return Stop::Early;
            }
            self.count(1);
        }
    }

    /// Reads a scan that begins some of one component's values. Which of them are not 0 goes to
    /// `known`.
    pub(super) fn first_values(
        &mut self,
        outer: &mut Bits<'_>,
        is_last: bool,
        known: &mut Vec<u64>,
        is_varied: &mut bool,
    ) -> Stop {
        let Some(codes) = self.decoders.pop() else { return Stop::NoCode };
        let (first, last) = (u32::from(self.scan.first), u32::from(self.scan.last));
        let mut bits = *outer;
        let stop = loop {
            if let Some(stop) = self.pause(&bits, is_last) {
                break stop;
            }
            if self.skip_empty() {
                continue;
            }
            let Some((values, empty)) = first_values(&mut bits, &codes, first, last) else {
                break Stop::NoCode;
            };
            if bits.is_overdrawn() {
                break Stop::Early;
            }
            self.empty_left = empty;
            if values != 0 {
                *is_varied = true;
                self.keep(known, values);
            }
            self.count(1);
        };
        self.decoders.push(codes);
        *outer = bits;
        stop
    }

    /// Reads a scan that adds one bit to some of one component's values, of which `known` says
    /// which are not 0 so far.
    pub(super) fn more_values(
        &mut self,
        outer: &mut Bits<'_>,
        is_last: bool,
        known: &mut Vec<u64>,
        is_varied: &mut bool,
    ) -> Stop {
        let Some(codes) = self.decoders.pop() else { return Stop::NoCode };
        let (first, last) = (u32::from(self.scan.first), u32::from(self.scan.last));
        let mut bits = *outer;
        let stop = loop {
            if let Some(stop) = self.pause(&bits, is_last) {
                break stop;
            }
            let place = (self.scan.units - self.units_left) as usize;
            let values = known.get(place).copied().unwrap_or(0) & between(first, last);
            if self.empty_left > 0 {
                // Nothing new, and one bit for each value that is known.
                bits.skip_many(values.count_ones());
                self.empty_left -= 1;
            } else {
                match more_values(&mut bits, &codes, values, (first, last)) {
                    None => break Stop::NoCode,
                    Some((more, empty)) => {
                        self.empty_left = empty;
                        if more != 0 {
                            *is_varied = true;
                            self.keep(known, more);
                        }
                    }
                }
            }
            if bits.is_overdrawn() {
                break Stop::Early;
            }
            self.count(1);
        };
        self.decoders.push(codes);
        *outer = bits;
        stop
    }

    /// Passes over blocks that have nothing, all at once.
    fn skip_empty(&mut self) -> bool {
        let mut units = self.empty_left.min(self.units_left);
        if self.restart > 0 {
            units = units.min(self.restart_left);
        }
        self.empty_left -= units;
        self.count(units);
        units > 0
    }

    /// Keeps which values of the next block are not 0.
    #[inline]
    fn keep(&self, known: &mut Vec<u64>, values: u64) {
        let place = (self.scan.units - self.units_left) as usize;
        if known.len() <= place {
            known.resize(place + 1, 0);
        }
        known[place] |= values;
    }
}

/// The bits from one place to another, both included.
#[inline(always)]
fn between(first: u32, last: u32) -> u64 {
    if first > last { 0 } else { u64::MAX << first & u64::MAX >> (63 - last) }
}

/// Reads which values of a block are not 0, and how many blocks behind it have none. `None` where
/// there is no such block.
#[inline(always)]
fn first_values(bits: &mut Bits<'_>, codes: &Decoder, first: u32, last: u32) -> Option<(u64, u32)> {
    let (mut at, mut values) = (first, 0_u64);
    while at <= last {
        bits.fill();
        let (length, symbol) = codes.symbol(bits.peek(16))?;
        let (run, following) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        bits.skip(length + following);
        if following == 0 && run < 15 {
            // This block is the first of them.
            return Some((values, (1 << run) - 1 + bits.take(run)));
        }
        at += run;
        if at > last {
            return None;
        }
        values |= u64::from(following != 0) << at;
        at += 1;
    }
    Some((values, 0))
}

/// Reads one bit more of a block's `values`. Gives which are not 0 by that bit alone, and in how
/// many blocks behind it none is. `None` where there is no such block.
#[inline(always)]
fn more_values(
    bits: &mut Bits<'_>,
    codes: &Decoder,
    values: u64,
    (first, last): (u32, u32),
) -> Option<(u64, u32)> {
    // Runs count the places that are 0 so far, and each value on the way that is not has one bit.
    let mut zeros = !values & between(first, last);
    let (mut at, mut more) = (first, 0);
    while at <= last {
        bits.fill();
        let (length, symbol) = codes.symbol(bits.peek(16))?;
        let (run, following) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        if following == 0 && run < 15 {
            bits.skip(length);
            let empty = (1 << run) - 1 + bits.take(run);
            bits.skip_many((last + 1 - at) - zeros.count_ones());
            return Some((more, empty));
        }
        if following > 1 {
            return None;
        }
        let values_left = (last + 1 - at, zeros);
        zeros = without_first(zeros, run);
        if zeros == 0 {
            if following == 1 {
                return None;
            }
            let (places, zeros) = values_left;
            bits.skip_many(length + places - zeros.count_ones());
            break;
        }
        let place = zeros.trailing_zeros();
        bits.skip_many(length + following + (place - at - run));
        more |= u64::from(following) << place;
        zeros &= zeros - 1;
        at = place + 1;
    }
    Some((more, 0))
}

/// A mask without the lowest so many of the bits that are set in it, up to 15.
#[inline(always)]
fn without_first(mask: u64, count: u32) -> u64 {
    // Most runs are as short, and where each ends cannot be foreseen: so without a branch for each.
    let mut rest = mask;
    for number in 0..3 {
        let next = rest & rest.wrapping_sub(1);
        rest = if number < count { next } else { rest };
    }
    if count <= 3 {
        return rest;
    }
    let sums = sums(mask);
    if u64::from(count) >= sums >> 56 { 0 } else { mask & u64::MAX << place(mask, sums, count) }
}

/// At the place of each byte, how many bits are set in it and in those below it.
#[inline(always)]
fn sums(mask: u64) -> u64 {
    let pairs = mask - (mask >> 1 & 0x5555_5555_5555_5555);
    let fours = (pairs & 0x3333_3333_3333_3333) + (pairs >> 2 & 0x3333_3333_3333_3333);
    let bytes = (fours + (fours >> 4)) & 0x0F0F_0F0F_0F0F_0F0F;
    bytes.wrapping_mul(LOW)
}

/// The place of the bit with this number among those that are set in a mask, which has so many,
/// with its [`sums`].
#[inline(always)]
fn place(mask: u64, sums: u64, number: u32) -> u32 {
    // The highest bit of each byte up to which there are not yet so many.
    let before = (((u64::from(number) * LOW) | HIGH) - sums) & HIGH;
    let start = ((before >> 7).wrapping_mul(LOW) >> 56) * 8 % 64;
    let [below, ..] = (sums << 8 >> start).to_le_bytes();
    let within = number.saturating_sub(below.into()) as usize % 8;
    let [byte, ..] = (mask >> start).to_le_bytes();
    let start = start as u32;
    start + u32::from(PLACES[usize::from(byte)][within])
}

const fn places() -> [[u8; 8]; 256] {
    let mut places = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut place, mut number) = (0, 0);
        while place < 8 {
            if byte >> place & 1 == 1 {
                places[byte][number] = place;
                number += 1;
            }
            place += 1;
        }
        byte += 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_bit_has_its_place(mask in any::<u64>(), more in any::<u64>()) {
            for mask in [mask, mask & more, mask | more] {
                let set: Vec<u32> = (0..64).filter(|place| mask >> place & 1 == 1).collect();
                prop_assert_eq!(sums(mask) >> 56, set.len() as u64);
                let found: Vec<u32> =
                    (0..).zip(&set).map(|(number, _)| place(mask, sums(mask), number)).collect();
                prop_assert_eq!(found, set);
            }
        }
    }
}
