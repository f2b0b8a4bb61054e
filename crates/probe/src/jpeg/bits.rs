//! The bits of coded data, without the zero bytes that are stuffed behind each `FF`.

/// Every byte's lowest bit, and its highest.
const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// How many `FF` may stand before a marker and still be read as one step. Longer runs end the data
/// like a marker does.
const MOST_FILL: usize = 64;

/// Where a reader stands, without the bytes that it reads.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Position {
    /// The next byte to be taken.
    next: usize,
    /// The bits at hand, the next one highest. Those behind `count` are 0.
    bits: u64,
    /// How many bits are at hand.
    count: u32,
    /// How many of those at hand or taken are no bits of the data, but stand for the missing ones.
    invented: u32,
    /// Whether a marker, or the end of the bytes, was reached.
    is_ended: bool,
}

impl Position {
    /// Before the byte at this index.
    pub(super) fn at(next: usize) -> Self {
        Position { next, ..Position::default() }
    }

    /// The same place where so many bytes were taken off the beginning.
    pub(super) fn moved_back(self, bytes: usize) -> Self {
        Position { next: self.next.saturating_sub(bytes), ..self }
    }
}

/// Reads bits from bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: Position,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8], at: Position) -> Self {
        Bits { bytes, at }
    }

    pub(super) fn position(&self) -> Position {
        self.at
    }

    /// Whether so many bytes are at hand behind those that were taken.
    #[inline]
    pub(super) fn has(&self, bytes: usize) -> bool {
        self.bytes.len().saturating_sub(self.at.next) >= bytes
    }

    /// Whether a marker, or the end of the bytes, was reached: bits may still be at hand.
    #[inline]
    pub(super) fn is_ended(&self) -> bool {
        self.at.is_ended
    }

    /// Whether bits were taken that the data do not have.
    #[inline]
    pub(super) fn is_overdrawn(&self) -> bool {
        self.at.invented > self.at.count
    }

    /// The index of the first byte of which nothing was taken yet.
    pub(super) fn byte(&self) -> usize {
        let mut at = self.at.next;
        for _ in 0..self.at.count.saturating_sub(self.at.invented) / 8 {
            let is_stuffed = at >= 2 && self.bytes.get(at - 2..at) == Some(&[0xFF, 0x00]);
            at = at.saturating_sub(if is_stuffed { 2 } else { 1 });
        }
        at
    }

    /// Makes sure that 32 bits are at hand.
    #[inline(always)]
    pub(super) fn fill(&mut self) {
        if self.at.count < 32 {
            self.refill();
        }
    }

    #[inline(always)]
    fn refill(&mut self) {
        let Position { next, bits, count, .. } = self.at;
        if let Some(bytes) = self.bytes.get(next..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_be_bytes(*bytes);
            // A byte before one of `FF` may be marked with it, which is read one by one then.
            let marked = (!word).wrapping_sub(LOW) & word & HIGH;
            let clean = if marked == 0 { 8 } else { marked.leading_zeros() / 8 };
            let taken = ((64 - count) / 8).min(clean);
            if taken > 0 {
                let left = 64 - count - 8 * taken;
                self.at.bits = bits | ((word >> count) & (u64::MAX << left));
                self.at.count = count + 8 * taken;
                self.at.next = next + taken as usize;
                if self.at.count >= 32 {
                    return;
                }
            }
        }
        self.refill_slowly();
    }

    #[cold]
    #[inline(never)]
    fn refill_slowly(&mut self) {
        while self.at.count <= 56 {
            let byte = match self.next_byte() {
                Some(byte) => byte,
                None => {
                    self.at.is_ended = true;
                    self.at.invented += 64 - self.at.count;
                    self.at.count = 64;
                    return;
                }
            };
            self.at.bits |= u64::from(byte) << (56 - self.at.count);
            self.at.count += 8;
        }
    }

    /// The next byte of the data; `None` where a marker stands, or nothing.
    fn next_byte(&mut self) -> Option<u8> {
        let rest = self.bytes.get(self.at.next..)?;
        let byte = *rest.first()?;
        if byte != 0xFF {
            self.at.next += 1;
            return Some(byte);
        }
        // Readers pass over further `FF`.
        let fill = rest.iter().take(MOST_FILL).take_while(|byte| **byte == 0xFF).count();
        if rest.get(fill) != Some(&0) {
            return None;
        }
        self.at.next += fill + 1;
        Some(byte)
    }

    /// The next so many bits, 1 to 32 of them, of those at hand.
    #[inline(always)]
    pub(super) fn peek(&self, count: u32) -> u32 {
        // At most 32 bits are left.
        #[expect(clippy::cast_possible_truncation, reason = "32 bits at most")]
        let bits = (self.at.bits >> (64 - count)) as u32;
        bits
    }

    /// Takes so many bits off, of those at hand.
    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        self.at.bits <<= count;
        self.at.count = self.at.count.wrapping_sub(count);
    }

    /// Takes any number of bits off.
    #[inline(always)]
    pub(super) fn skip_many(&mut self, count: u32) {
        if count < self.at.count {
            self.skip(count);
        } else {
            self.skip_piecewise(count);
        }
    }

    #[inline(never)]
    fn skip_piecewise(&mut self, mut count: u32) {
        while count > 0 {
            self.fill();
            let some = count.min(32);
            self.skip(some);
            count -= some;
        }
    }

    /// Takes the next so many bits, up to 16.
    #[inline(always)]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        if count == 0 {
            return 0;
        }
        self.fill();
        let bits = self.peek(count);
        self.skip(count);
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn stuffed_bytes_and_fill_are_left_out() {
        let bytes = [0xAB, 0xFF, 0x00, 0xFF, 0xFF, 0x00, 0x12, 0xFF, 0xD9];
        let mut bits = Bits::new(&bytes, Position::at(0));
        assert_eq!([8, 8, 8, 8].map(|count| bits.take(count)), [0xAB, 0xFF, 0xFF, 0x12]);
        assert!(!bits.is_overdrawn());
        assert_eq!(bits.byte(), 7);
        assert_eq!(bits.take(1), 0);
        assert!(bits.is_ended() && bits.is_overdrawn());
    }

    proptest! {
        #[test]
        fn bits_are_those_of_the_bytes(
            data in proptest::collection::vec(prop_oneof![Just(0xFF_u8), any::<u8>()], 0..60),
            counts in proptest::collection::vec(1_u32..=16, 0..60),
        ) {
            let mut stuffed = Vec::new();
            // Where the byte with this number begins.
            let mut starts = Vec::new();
            for byte in &data {
                starts.push(stuffed.len());
                stuffed.push(*byte);
                if *byte == 0xFF {
                    stuffed.push(0);
                }
            }
            starts.push(stuffed.len());
            let mut bits = Bits::new(&stuffed, Position::at(0));
            let bit = |at: usize| data.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1);
            let mut at = 0;
            for count in counts {
                let expected = (at..at + count as usize).fold(0, |sum, at| sum << 1 | u32::from(bit(at)));
                prop_assert_eq!(bits.take(count), expected);
                at += count as usize;
                prop_assert_eq!(bits.is_overdrawn(), at > 8 * data.len());
                if at <= 8 * data.len() {
                    prop_assert_eq!(bits.byte(), starts[at.div_ceil(8)]);
                }
            }
        }
    }
}
