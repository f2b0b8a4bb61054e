//! What a packed file cannot hold, told from the code that it is packed with.
//!
//! Among a million small files, each may be a Git LFS pointer, and to unpack one takes a
//! microsecond, most of it for tables that hardly get used. But data that are deflated in one block
//! begin with a list of the byte values that occur in them; where a letter is not on it that every
//! pointer holds, that is the answer. No library gives that list.

/// The order in which the widths of the list's own code are given.
const ORDER: [u8; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The widest code of the list, in bits.
const WIDEST: usize = 7;

/// Whether zlib data that begin here surely lack one of these byte values, which are in ascending
/// order. False where that cannot be told so, as in data that are damaged.
pub(super) fn lacks_any(packed: &[u8], values: &[u8]) -> bool {
    lacking(packed, values).unwrap_or(false)
}

fn lacking(packed: &[u8], values: &[u8]) -> Option<bool> {
    let mut bits = Bits { bytes: packed.get(2..)?, bit: 0 };
    let (is_only_block, kind) = (bits.take(1)? == 1, bits.take(2)?);
    if !is_only_block || kind != 2 {
        return None;
    }
    // The numbers of codes for byte values and lengths, and for distances; the list of the
    // latter comes last.
    bits.take(10)?;
    let widths_given = bits.take(4)? as usize + 4;
    let mut widths = [0; ORDER.len()];
    for symbol in ORDER.iter().take(widths_given) {
        *widths.get_mut(usize::from(*symbol))? = bits.take(3)?;
    }
    let code = Code::new(&widths);
    let mut value = 0;
    let mut previous = 0;
    let mut values = values.iter().copied().map(u16::from);
    let mut sought = values.next()?;
    loop {
        let (width, times) = match code.read(&mut bits)? {
            16 => (previous, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            width => (width, 1),
        };
        value += times;
        previous = width;
        while sought < value {
            if width == 0 {
                return Some(true);
            }
            let Some(next) = values.next() else { return Some(false) };
            sought = next;
        }
    }
}

/// Bits from the lowest of each byte on.
struct Bits<'b> {
    bytes: &'b [u8],
    bit: usize,
}

impl Bits<'_> {
    /// The next bits, at most 16 of them; zeros behind the end, which no list reaches.
    fn peek(&self) -> u16 {
        let byte =
            |ahead: usize| self.bytes.get(self.bit / 8 + ahead).copied().map_or(0, u32::from);
        let three = byte(0) | byte(1) << 8 | byte(2) << 16;
        (three >> (self.bit % 8) & 0xffff) as u16
    }

    fn take(&mut self, count: usize) -> Option<u16> {
        let bits = self.peek() & ((1_u16 << count) - 1);
        self.bit += count;
        (self.bit <= self.bytes.len() * 8).then_some(bits)
    }
}

/// The code of the list: the symbol and the width for whatever bits come next.
struct Code([(u16, u16); 1 << WIDEST]);

impl Code {
    fn new(widths: &[u16; ORDER.len()]) -> Self {
        let mut next = [0_usize; WIDEST + 1];
        for width in 1..next.len() {
            let shorter = widths
                .iter()
                .filter(|known| **known > 0 && usize::from(**known) == width - 1)
                .count();
            next[width] = (next[width - 1] + shorter) << 1;
        }
        let mut table = [(0, 0); 1 << WIDEST];
        for (symbol, width) in (0..).zip(widths).filter(|(_, width)| **width > 0) {
            let (given, width) = (*width, usize::from(*width));
            // Codes stand in the data with their highest bit first.
            let code = next[width].reverse_bits() >> (usize::BITS as usize - width);
            next[width] += 1;
            for slot in table.iter_mut().skip(code).step_by(1 << width) {
                *slot = (symbol, given);
            }
        }
        Code(table)
    }

    fn read(&self, bits: &mut Bits<'_>) -> Option<u16> {
        let (symbol, width) =
            self.0.get(usize::from(bits.peek()) & ((1 << WIDEST) - 1)).copied()?;
        bits.take(usize::from(width)).filter(|_| width > 0)?;
        Some(symbol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;
    use std::io::Write as _;

    fn packed(text: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_is_not_among_the_literals_is_lacking() {
        // Nothing that repeats itself, or it would be packed by the code that needs no list.
        let digits = |at: u64| format!("{:x}", at.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mixed = (1..60).map(digits).collect::<String>().into_bytes();
        assert!(lacks_any(&packed(&mixed, 6), b"v"));
        assert!(!lacks_any(&packed(&mixed, 6), b"0"));
        assert!(!lacks_any(&[], b"v"));
        assert!(!lacks_any(&[0x78, 0x9c, 0x05], b"v"));
    }

    proptest! {
        #[test]
        fn nothing_is_said_to_be_lacking_that_is_there(
            text in prop::collection::vec(prop_oneof![97..110_u8, any::<u8>()], 1..2_000),
            level in 0..=9_u32,
            mut values in prop::collection::vec(any::<u8>(), 1..5),
        ) {
            values.sort_unstable();
            let packed = packed(&text, level);
            if lacks_any(&packed, &values) {
                prop_assert!(values.iter().any(|value| !text.contains(value)));
            }
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = lacks_any(&bytes, b"v");
        }
    }
}
