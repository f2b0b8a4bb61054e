//! From bytes to lines and columns.

/// How far apart, in bytes, the places lie whose line and column are kept.
const STEP: usize = 4096;

/// Lines and columns of a text. Finding those of a place reads at most [`STEP`] bytes, also where
/// the whole text is one line.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    /// The line and column of every [`STEP`]th byte.
    kept: Vec<(usize, usize)>,
}

impl Lines {
    pub(super) fn of(text: &[u8]) -> Self {
        let mut kept = Vec::with_capacity(text.len() / STEP + 1);
        let mut here = (1, 1);
        for (at, chunk) in text.chunks(STEP).enumerate() {
            kept.push(here);
            here = advance(here, chunk, at == 0);
        }
        Lines { kept }
    }

    /// The line and the column in characters, both from 1. A byte order mark is no character.
    pub(super) fn locate(&self, text: &[u8], place: usize) -> (usize, usize) {
        let place = place.min(text.len());
        let at = (place / STEP).min(self.kept.len().saturating_sub(1));
        let Some(here) = self.kept.get(at) else { return (1, 1) };
        advance(*here, text.get(at * STEP..place).unwrap_or_default(), at == 0)
    }
}

fn advance((mut line, mut column): (usize, usize), bytes: &[u8], first: bool) -> (usize, usize) {
    let bytes = if first { bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes) } else { bytes };
    for byte in bytes {
        if *byte == b'\n' {
            line += 1;
            column = 1;
        } else if byte & 0xC0 != 0x80 {
            // Bytes that continue a character do not count.
            column += 1;
        }
    }
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_and_columns_are_those_of_an_editor() {
        let at =
            |text: &str, place: usize| Lines::of(text.as_bytes()).locate(text.as_bytes(), place);
        assert_eq!(at("", 0), (1, 1));
        assert_eq!(at("ab", 9), (1, 3), "behind the end is the end");
        assert_eq!(at("a\r\nb", 3), (2, 1));
        assert_eq!(at("{\"é\": 1}", 7), (1, 7), "characters, not bytes");
        assert_eq!(at("\u{FEFF}{}", 3), (1, 1), "a byte order mark is not seen");
        assert_eq!(at("\u{FEFF}{}", 0), (1, 1));
    }

    proptest! {
        #[test]
        fn a_long_text_is_counted_as_a_short_one(lengths in proptest::collection::vec(0_usize..3000, 1..8), place in 0_usize..20_000) {
            let text: String = lengths.iter().map(|length| "é".repeat(*length) + "\n").collect();
            let mut place = place.min(text.len());
            while !text.is_char_boundary(place) {
                place -= 1;
            }
            let before = &text[..place];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            prop_assert_eq!(Lines::of(text.as_bytes()).locate(text.as_bytes(), place), (line, column));
        }
    }
}
