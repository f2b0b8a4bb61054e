//! LZF, the compression of PCD: unpacked piece by piece, in memory that does not grow with
//! what is unpacked.
//!
//! The format is two kinds of steps: up to 32 bytes as they are, or up to 264 bytes that stand
//! within the last 8 KiB. The libraries for it (`lzf`, which its author gave up, and `lzf-rust`, of
//! one release) want all that is packed and room for all that it claims to become, which is up to 4
//! GiB for a file of a few bytes.

/// How far back a step can reach.
const WINDOW: usize = 1 << 13;

/// How much is unpacked between two times that it is handed on.
const ROOM: usize = 1 << 16;

/// Unpacks what it is given, piece by piece.
#[derive(Clone, Debug, Default)]
pub(super) struct Unpacker {
    /// What was unpacked last.
    recent: Vec<u8>,
    /// How much was unpacked before that.
    before: u64,
    step: Step,
}

/// What the next byte is.
#[derive(Clone, Copy, Debug, Default)]
enum Step {
    /// The beginning of a step.
    #[default]
    Begin,
    /// One of so many that stand for themselves.
    Plain(usize),
    /// The rest of the length of a repeated stretch, whose distance begins so.
    Length(usize),
    /// The rest of the distance of a repeated stretch.
    Distance { length: usize, high: usize },
    /// Nothing: what came before made no sense.
    Broken,
}

impl Unpacker {
    /// Takes the next piece. `each` is told what was unpacked, with the place where that begins; it
    /// begins with some that it was told before.
    pub(super) fn take(&mut self, mut packed: &[u8], mut each: impl FnMut(u64, &[u8])) {
        while let Some((byte, behind)) = packed.split_first() {
            let byte = usize::from(*byte);
            self.step = match self.step {
                Step::Begin if byte < 32 => Step::Plain(byte + 1),
                Step::Begin if byte >> 5 == 7 => Step::Length((byte & 0x1F) << 8),
                Step::Begin => Step::Distance { length: (byte >> 5) + 2, high: (byte & 0x1F) << 8 },
                Step::Length(high) => Step::Distance { length: byte + 9, high },
                Step::Distance { length, high } => self.repeat(length, high + byte + 1),
                Step::Plain(left) => {
                    let (plain, rest) = packed.split_at(left.min(packed.len()));
                    self.recent.extend_from_slice(plain);
                    packed = rest;
                    self.step = if left > plain.len() {
                        Step::Plain(left - plain.len())
                    } else {
                        Step::Begin
                    };
                    self.hand_on(&mut each);
                    continue;
                }
                Step::Broken => break,
            };
            packed = behind;
            self.hand_on(&mut each);
        }
        each(self.before, &self.recent);
    }

    /// How much is unpacked by now.
    pub(super) fn unpacked(&self) -> u64 {
        self.before.saturating_add(self.recent.len() as u64)
    }

    /// Whether what was packed made sense and ends here.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.step, Step::Begin)
    }

    /// Whether nothing that may still come can make sense of it.
    pub(super) fn is_broken(&self) -> bool {
        matches!(self.step, Step::Broken)
    }

    fn repeat(&mut self, length: usize, distance: usize) -> Step {
        let Some(start) = self.recent.len().checked_sub(distance) else { return Step::Broken };
        // The stretch may reach into what it becomes itself.
        for at in start..start + length {
            let Some(byte) = self.recent.get(at).copied() else { return Step::Broken };
            self.recent.push(byte);
        }
        Step::Begin
    }

    fn hand_on(&mut self, each: &mut impl FnMut(u64, &[u8])) {
        if self.recent.len() < WINDOW + ROOM {
            return;
        }
        each(self.before, &self.recent);
        let old = self.recent.len() - WINDOW;
        self.recent.drain(..old);
        self.before = self.before.saturating_add(old as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sensortree_core::sketch::pack_lzf;

    /// What is unpacked of pieces of this length, and whether it ended well.
    fn unpack(packed: &[u8], piece: usize) -> (Vec<u8>, bool) {
        let (mut unpacker, mut unpacked) = (Unpacker::default(), Vec::new());
        for piece in packed.chunks(piece) {
            unpacker.take(piece, |start, recent| {
                unpacked.truncate(usize::try_from(start).unwrap());
                unpacked.extend_from_slice(recent);
            });
        }
        assert_eq!(unpacker.unpacked(), unpacked.len() as u64);
        (unpacked, unpacker.is_whole())
    }

    #[test]
    fn every_kind_of_step_is_taken() {
        let check = |packed: &[u8], expected: &[u8]| {
            for piece in [1, 2, 3, 100] {
                assert_eq!(unpack(packed, piece), (expected.to_vec(), true), "{packed:?}");
            }
        };
        check(b"", b"");
        check(b"\x02abc", b"abc");
        // Three bytes from three back; then nine and more, which reach into themselves.
        check(b"\x02abc\x20\x02", b"abcabc");
        check(b"\x00a\xE0\x00\x00", b"aaaaaaaaaa");
        check(b"\x00a\xE0\xFF\x00", &[b'a'; 265]);
        assert_eq!(unpack(b"\x02abc\x20\x03", 9), (b"abc".to_vec(), false), "before the beginning");
        for cut in [&b"\x02ab"[..], b"\x00a\xE0", b"\x00a\xE0\x00", b"\x00a\x20"] {
            assert!(!unpack(cut, 9).1, "{cut:?}");
        }
    }

    #[test]
    fn memory_does_not_grow_with_what_is_unpacked() {
        let mut unpacker = Unpacker::default();
        unpacker.take(b"\x00a", |_, _| {});
        for _ in 0..100 {
            unpacker.take(&b"\xE0\xFF\x00".repeat(1_000), |_, _| {});
        }
        assert_eq!(unpacker.unpacked(), 1 + 264 * 100_000);
        assert!(unpacker.recent.capacity() < 4 * (WINDOW + ROOM), "{}", unpacker.recent.capacity());
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(
            pattern in proptest::collection::vec(0_u8..4, 0..300),
            times in 1_usize..400,
            piece in 1_usize..5_000,
        ) {
            let data = pattern.repeat(times);
            prop_assert_eq!(unpack(&pack_lzf(&data), piece), (data, true));
        }

        #[test]
        fn any_bytes_are_unpacked_without_harm(
            packed in proptest::collection::vec(any::<u8>(), 0..600),
            piece in 1_usize..64,
        ) {
            let whole = unpack(&packed, packed.len().max(1));
            prop_assert_eq!(unpack(&packed, piece), whole);
        }
    }
}
