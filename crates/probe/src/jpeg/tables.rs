//! The tables that a JPEG decodes with: Huffman codes, and the first values of quantisation.

/// How many bits a code is looked up by at once.
pub(super) const LOOKUP: u32 = 11;

const ENTRIES: usize = 1 << LOOKUP;

/// A table of codes as a file says it.
#[derive(Clone, Debug)]
pub(super) struct Codes {
    /// How many codes there are of each length, from 1 bit on.
    counts: [u8; 16],
    /// What they stand for, the shortest first.
    symbols: Vec<u8>,
}

impl Codes {
    /// The shortest code, with the bits that follow it where `symbol` says how many.
    pub(super) fn least_bits(&self, following: impl Fn(u8) -> u32) -> u32 {
        let (mut least, mut symbols) = (u32::MAX, self.symbols.as_slice());
        for (length, count) in (1..).zip(self.counts) {
            // No later code is as short.
            if length >= least {
                break;
            }
            let (of_length, others) = symbols.split_at(symbols.len().min(count.into()));
            symbols = others;
            let more = of_length.iter().map(|symbol| following(*symbol)).min();
            least = more.map_or(least, |more| least.min(length + more));
        }
        if least == u32::MAX { 0 } else { least }
    }

    /// Each code's length, and what it stands for.
    fn each(&self) -> impl Iterator<Item = (u32, u8)> {
        let lengths = (1_u32..).zip(self.counts);
        let lengths = lengths.flat_map(|(length, count)| (0..count).map(move |_| length));
        lengths.zip(self.symbols.iter().copied())
    }

    /// Whether so many codes of these lengths can be told from each other.
    fn is_possible(&self) -> bool {
        let mut room = 1_u32;
        self.counts.iter().all(|count| {
            room *= 2;
            let fits = u32::from(*count) <= room;
            room = room.saturating_sub(u32::from(*count));
            fits
        })
    }

    /// Whether each symbol is a length of a number that a mean can differ by.
    fn is_of_means(&self) -> bool {
        self.symbols.iter().all(|symbol| *symbol <= 15)
    }
}

/// All tables that a file has defined so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    means: [Option<Codes>; 4],
    others: [Option<Codes>; 4],
    /// The first value of each table of quantisation.
    quantisations: [Option<u16>; 4],
    /// How many units lie between two restart markers; 0 where there are none.
    pub(super) restart: u32,
}

/// Which kind of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of a block's mean (DC).
    Mean,
    /// Of the rest (AC).
    Rest,
}

/// A segment makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Tables {
    /// Takes a segment of Huffman tables.
    pub(super) fn define_codes(&mut self, mut body: &[u8]) -> Result<(), Malformed> {
        while let Some((head, rest)) = body.split_first_chunk::<17>() {
            let [class, counts @ ..] = *head;
            let count = counts.iter().map(|count| usize::from(*count)).sum();
            let symbols = rest.get(..count).filter(|_| count <= 256).ok_or(Malformed)?;
            let codes = Codes { counts, symbols: symbols.to_vec() };
            let place = match class >> 4 {
                0 => self.means.get_mut(usize::from(class & 15)),
                1 => self.others.get_mut(usize::from(class & 15)),
                _ => None,
            };
            *place.ok_or(Malformed)? = Some(codes);
            body = rest.get(count..).unwrap_or_default();
        }
        if body.is_empty() { Ok(()) } else { Err(Malformed) }
    }

    /// Takes a segment of tables of quantisation.
    pub(super) fn define_quantisation(&mut self, mut body: &[u8]) -> Result<(), Malformed> {
        while let Some((class, rest)) = body.split_first() {
            let (length, first) = match class >> 4 {
                0 => (64, rest.first().map(|value| u16::from(*value))),
                1 => (128, rest.first_chunk().map(|value| u16::from_be_bytes(*value))),
                _ => return Err(Malformed),
            };
            body = rest.get(length..).ok_or(Malformed)?;
            let place = self.quantisations.get_mut(usize::from(class & 15)).ok_or(Malformed)?;
            *place = first;
        }
        Ok(())
    }

    /// Takes a segment that says how far apart restart markers are.
    pub(super) fn define_restart(&mut self, body: &[u8]) -> Result<(), Malformed> {
        let &[high, low] = body else { return Err(Malformed) };
        self.restart = u16::from_be_bytes([high, low]).into();
        Ok(())
    }

    /// The first value of a table of quantisation, where that is defined.
    pub(super) fn quantisation(&self, table: u8) -> Option<u16> {
        *self.quantisations.get(usize::from(table))?
    }

    /// The codes of a table, where that is defined and can be.
    pub(super) fn codes(&self, kind: Kind, table: u8) -> Option<&Codes> {
        let tables = if kind == Kind::Mean { &self.means } else { &self.others };
        tables.get(usize::from(table))?.as_ref()
    }

    /// Defines a table as the standard's example has it, where it is not defined.
    pub(super) fn define_standard(&mut self, kind: Kind, table: u8) {
        let (counts, symbols): ([u8; 16], &[u8]) = match (kind, table) {
            (Kind::Mean, 0) => (MEAN_COUNTS, &MEAN_SYMBOLS),
            (Kind::Mean, 1) => (COLOUR_MEAN_COUNTS, &MEAN_SYMBOLS),
            (Kind::Rest, 0) => (REST_COUNTS, &REST_SYMBOLS),
            (Kind::Rest, 1) => (COLOUR_REST_COUNTS, &COLOUR_REST_SYMBOLS),
            _ => return,
        };
        let tables = if kind == Kind::Mean { &mut self.means } else { &mut self.others };
        if let Some(place) = tables.get_mut(usize::from(table)) {
            place.get_or_insert_with(|| Codes { counts, symbols: symbols.to_vec() });
        }
    }
}

/// How a code is found in the next bits.
#[derive(Clone, Debug)]
pub(super) struct Decoder {
    /// By the next [`LOOKUP`] bits: the length of the code that they begin with, times 256, and
    /// what it stands for. 0 where the code is longer, or is none.
    symbols: Box<[u16; ENTRIES]>,
    /// By the same bits, in a block of a sequential image: see [`Step`]. 0 where not even the first
    /// code is known of them.
    steps: Box<[Step; ENTRIES]>,
    /// The first code that is longer than this many bits, at the place of that number, and where
    /// the symbols of this length begin, less their first code.
    ends: [u32; 17],
    offsets: [u32; 17],
    all: Vec<u8>,
}

/// Several codes at once, with the bits that follow each: 5 bits of how many bits they take, one of
/// whether the last ends the block, and 7 of how many values they are.
pub(super) type Step = u16;

/// Whether a step ends the block.
pub(super) const ENDS_BLOCK: Step = 1 << 5;

/// How many bits a step takes.
#[inline(always)]
pub(super) fn bits_of(step: Step) -> u32 {
    u32::from(step & 31)
}

/// How many values a step is.
#[inline(always)]
pub(super) fn values_of(step: Step) -> u32 {
    u32::from(step >> 6)
}

impl Decoder {
    /// How codes are found; `None` where they cannot be told from each other. `is_stepped` where
    /// [`Decoder::step`] is asked for, too.
    pub(super) fn new(kind: Kind, codes: &Codes, is_stepped: bool) -> Option<Self> {
        if !codes.is_possible() || (kind == Kind::Mean && !codes.is_of_means()) {
            return None;
        }
        let mut symbols = Box::new([0; ENTRIES]);
        let (mut code, mut length) = (0_u32, 0);
        for (next, symbol) in codes.each() {
            code <<= next - length;
            length = next;
            if length <= LOOKUP {
                let start = (code << (LOOKUP - length)) as usize;
                let end = start + (1 << (LOOKUP - length));
                #[expect(clippy::cast_possible_truncation, reason = "a length is 11 at most")]
                let entry = (length as u16) << 8 | u16::from(symbol);
                symbols.get_mut(start..end)?.fill(entry);
            }
            code += 1;
        }
        let (mut ends, mut offsets) = ([0; 17], [0; 17]);
        let (mut code, mut first) = (0_u32, 0_u32);
        for ((length, count), (end, offset)) in
            (1..).zip(codes.counts).zip(ends.iter_mut().zip(&mut offsets).skip(1))
        {
            *offset = first.wrapping_sub(code);
            code += u32::from(count);
            first += u32::from(count);
            *end = code << (16 - length);
            code <<= 1;
        }
        let is_stepped = is_stepped && kind == Kind::Rest;
        let steps = if is_stepped { steps(&symbols) } else { Box::new([0; ENTRIES]) };
        Some(Decoder { symbols, steps, ends, offsets, all: codes.symbols.clone() })
    }

    /// The step that the next bits make.
    #[inline(always)]
    pub(super) fn step(&self, bits: u32) -> Step {
        self.steps[bits as usize % ENTRIES]
    }

    /// The length of the code that 16 bits begin with, and what it stands for; `None` where there
    /// is no such code.
    #[inline(always)]
    pub(super) fn symbol(&self, bits: u32) -> Option<(u32, u8)> {
        let entry = self.symbols[(bits >> (16 - LOOKUP)) as usize % ENTRIES];
        if entry != 0 {
            let [length, symbol] = entry.to_be_bytes();
            return Some((length.into(), symbol));
        }
        self.long_symbol(bits)
    }

    #[cold]
    #[inline(never)]
    fn long_symbol(&self, bits: u32) -> Option<(u32, u8)> {
        let ends = (0_u32..).zip(self.ends).skip(LOOKUP as usize + 1);
        let (length, _) = ends.into_iter().find(|(_, end)| bits < *end)?;
        let at = (bits >> (16 - length)).wrapping_add(*self.offsets.get(length as usize)?);
        Some((length, *self.all.get(at as usize)?))
    }
}

/// All steps, from the codes that the same bits begin with.
fn steps(symbols: &[u16; ENTRIES]) -> Box<[Step; ENTRIES]> {
    let mut steps = Box::new([0; ENTRIES]);
    for (start, step) in steps.iter_mut().enumerate() {
        let (mut taken, mut values, mut ends) = (0, 0, 0);
        while taken < LOOKUP {
            let [length, symbol] = symbols[(start << taken) % ENTRIES].to_be_bytes();
            let (run, following) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            let length = u32::from(length);
            // What is taken next is known only where all of it is at hand; the first code's bits
            // may go beyond, as none of them is looked at.
            let is_known = length > 0 && (taken == 0 || taken + length + following <= LOOKUP);
            if !is_known {
                break;
            }
            taken += length + following;
            if following == 0 && run < 15 {
                ends = ENDS_BLOCK;
                break;
            }
            values += run + 1;
            if values > 63 {
                break;
            }
        }
        // 26 bits at most, and 79 values.
        #[expect(clippy::cast_possible_truncation, reason = "13 bits in all")]
        let all = (taken | values << 6) as Step;
        *step = all | ends;
    }
    steps
}

/// The codes of Annex K of the standard, which Motion JPEG leaves out.
const MEAN_COUNTS: [u8; 16] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const COLOUR_MEAN_COUNTS: [u8; 16] = [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0];
const MEAN_SYMBOLS: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const REST_COUNTS: [u8; 16] = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D];
const REST_SYMBOLS: [u8; 162] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
    0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0,
    0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28,
    0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
    0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
    0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
    0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7,
    0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5,
    0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
    0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
    0xF9, 0xFA,
];
const COLOUR_REST_COUNTS: [u8; 16] = [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77];
const COLOUR_REST_SYMBOLS: [u8; 162] = [
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
    0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0,
    0x15, 0x62, 0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26,
    0x27, 0x28, 0x29, 0x2A, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
    0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
    0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
    0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5,
    0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3,
    0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
    0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
    0xF9, 0xFA,
];
