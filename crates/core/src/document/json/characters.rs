//! The characters of a string as they are written: which bytes of the text stand for which.

use super::Span;

/// A character of a string and the bytes that it is written in: itself, or an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The character.
    pub character: char,
    /// Where it is written.
    pub span: Span,
}

/// The characters between the quotes of the string at `span`, in order. What is no escape of JSON,
/// or half a character, stands for U+FFFD: readers refuse it.
#[must_use]
pub fn characters(text: &[u8], span: Span) -> Vec<Written> {
    let raw = text.get(span.start..span.end).unwrap_or_default();
    let inside = raw.get(1..raw.len().saturating_sub(1).max(1)).unwrap_or_default();
    let Ok(inside) = std::str::from_utf8(inside) else { return Vec::new() };
    within(inside, span.start + 1)
}

/// The characters of a string's inside that starts at this place of the text.
pub(crate) fn within(inside: &str, start: usize) -> Vec<Written> {
    let mut characters = Vec::with_capacity(inside.len());
    let mut at = 0;
    while let Some(rest) = inside.get(at..).filter(|rest| !rest.is_empty()) {
        let (character, length) = first(rest);
        characters.push(Written { character, span: Span::new(start + at, start + at + length) });
        at += length;
    }
    characters
}

/// The first character that is written, and in how many bytes.
fn first(rest: &str) -> (char, usize) {
    const BROKEN: char = char::REPLACEMENT_CHARACTER;
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (Some('\\'), Some('u')) => match (unit(rest), unit(rest.get(6..).unwrap_or_default())) {
            (Some(high @ 0xD800..=0xDBFF), Some(low @ 0xDC00..=0xDFFF)) => {
                let code =
                    0x1_0000 + ((u32::from(high) - 0xD800) << 10) + (u32::from(low) - 0xDC00);
                (char::from_u32(code).unwrap_or(BROKEN), 12)
            }
            (Some(unit), _) => (char::from_u32(u32::from(unit)).unwrap_or(BROKEN), 6),
            (None, _) => (BROKEN, 2),
        },
        (Some('\\'), Some(escaped)) => {
            let character = match escaped {
                '"' | '\\' | '/' => escaped,
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                _ => BROKEN,
            };
            (character, 1 + escaped.len_utf8())
        }
        (Some(character), _) => (character, character.len_utf8()),
        (None, _) => (BROKEN, 0),
    }
}

/// The unit of UTF-16 that `\uXXXX` at the start stands for.
fn unit(rest: &str) -> Option<u16> {
    let digits = rest.strip_prefix("\\u")?.get(..4)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_character_knows_its_bytes() {
        let check = |text: &str, expected: &[(char, usize)]| {
            let span = Span::new(0, text.len());
            let found: Vec<_> = characters(text.as_bytes(), span)
                .iter()
                .map(|written| (written.character, written.span.end - written.span.start))
                .collect();
            assert_eq!(found, expected, "{text}");
        };
        check("\"\"", &[]);
        check("\"", &[]);
        check("", &[]);
        check("\"a\u{e9}\"", &[('a', 1), ('\u{e9}', 2)]);
        check(
            r#""\n\/\u00e9\ud83d\ude97""#,
            &[('\n', 2), ('/', 2), ('\u{e9}', 6), ('\u{1f697}', 12)],
        );
        check(r#""\q\u12""#, &[('\u{fffd}', 2), ('\u{fffd}', 2), ('1', 1), ('2', 1)]);
        check(r#""\ud83dx""#, &[('\u{fffd}', 6), ('x', 1)]);
    }

    proptest! {
        #[test]
        fn what_a_reader_reads_is_what_is_written(value in any::<String>(), escaped in any::<bool>()) {
            let mut text = serde_json::to_string(&value).unwrap();
            if escaped {
                text = text.encode_utf16().map(|unit| match u8::try_from(unit) {
                    Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
                    _ => format!("\\u{unit:04x}"),
                }).collect();
            }
            let written = characters(text.as_bytes(), Span::new(0, text.len()));
            prop_assert_eq!(written.iter().map(|written| written.character).collect::<String>(), value);
            prop_assert_eq!(written.iter().map(|one| one.span.end - one.span.start).sum::<usize>(), text.len() - 2);
        }
    }
}
