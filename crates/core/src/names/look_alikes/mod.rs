//! Characters in names that are taken for ASCII ones and are not, or that do not show: what each is
//! called, and what a name with such characters was meant to be.

mod table;

use std::borrow::Cow;
use std::collections::BTreeSet;

use self::table::CHARACTERS;

fn row(c: char) -> Option<(Option<char>, &'static str)> {
    let at = CHARACTERS.binary_search_by_key(&c, |(known, ..)| *known).ok()?;
    CHARACTERS.get(at).map(|(_, ascii, name)| (*ascii, *name))
}

/// Returns the ASCII character that a character of another block is taken for.
#[must_use]
pub fn ascii_of(c: char) -> Option<char> {
    if c.is_ascii() { None } else { row(c).and_then(|(ascii, _)| ascii) }
}

/// Returns a character's code point with its Unicode name: `U+FF0D FULLWIDTH HYPHEN-MINUS`.
#[must_use]
pub fn name_of(c: char) -> String {
    let code = format!("U+{:04X}", u32::from(c));
    match row(c) {
        _ if c == ' ' => format!("{code} SPACE"),
        Some((_, name)) => format!("{code} {name}"),
        None => code,
    }
}

/// Returns whether a name has characters that are taken for ASCII ones and are not: where all
/// others are ASCII, so that names in another script are none of them.
///
/// Letters count where they stand in one word with Latin ones, digits and signs where anything in
/// the name is a Latin letter or digit, and full-width forms in any case.
#[must_use]
pub fn has_look_alikes(name: &str) -> bool {
    if name.is_ascii() || !name.chars().all(|c| matches!(c, ' '..='~') || ascii_of(c).is_some()) {
        return false;
    }
    let has_ascii = name.chars().any(|c| c.is_ascii_alphanumeric());
    let is_fullwidth = |c: char| matches!(c, '\u{FF01}'..='\u{FF5E}' | '\u{3000}');
    let words = name.split(|c: char| !c.is_alphabetic());
    let is_mixed = |word: &str| !word.is_ascii() && word.chars().any(|c| c.is_ascii_alphabetic());
    let is_sign = |c: char| has_ascii && !c.is_alphabetic() && !c.is_ascii();
    name.chars().any(|c| is_fullwidth(c) || is_sign(c)) || words.into_iter().any(is_mixed)
}

/// Returns the text with an ASCII character in the place of each that is taken for one.
#[must_use]
pub fn to_ascii(text: &str) -> String {
    text.chars().map(|c| ascii_of(c).unwrap_or(c)).collect()
}

/// Returns the characters of a name that are not what they look like, do not show, or are white
/// space at either end, ascending and each once.
#[must_use]
pub fn odd_characters(name: &[u8]) -> BTreeSet<char> {
    let Ok(text) = std::str::from_utf8(name) else { return BTreeSet::new() };
    let is_odd = |c: &char| !c.is_ascii() && row(*c).is_some() || is_hidden(*c);
    let ends = [text.chars().next(), text.chars().next_back()].into_iter().flatten();
    text.chars().filter(is_odd).chain(ends.filter(|c| c.is_whitespace())).collect()
}

fn is_hidden(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

/// Marks that change how text is shown without showing themselves: bidi controls, zero-width
/// characters, line and paragraph separators, the byte order mark.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{061C}' | '\u{00AD}')
}

/// Returns the name with the code point in the place of each character that is not what it looks
/// like: `camera<U+FF0D>front`.
#[must_use]
pub fn visible(name: &[u8]) -> Cow<'_, str> {
    let odd = odd_characters(name);
    let text = crate::text::lossless(name);
    if odd.is_empty() {
        return text;
    }
    let trimmed = text.trim();
    let start = text.len() - text.trim_start().len();
    let inside = start..start + trimmed.len();
    let mut shown = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        // A space counts at the ends alone.
        if odd.contains(&c) && !(c == ' ' && inside.contains(&at)) {
            shown.push_str(&format!("<U+{:04X}>", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Returns what is said of odd characters: `U+FF0D FULLWIDTH HYPHEN-MINUS in place of …`, at most
/// three of them, the rest counted.
#[must_use]
pub fn list(characters: &BTreeSet<char>) -> String {
    let said = characters.iter().map(|c| match ascii_of(*c) {
        _ if *c == ' ' => format!("{} at the start or end", name_of(*c)),
        Some(' ') | None => name_of(*c),
        Some(ascii) => format!("{} in place of `{ascii}`", name_of(*c)),
    });
    crate::text::list(&said.collect::<Vec<_>>(), 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(CHARACTERS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(CHARACTERS.iter().all(|(_, ascii, _)| ascii.is_none_or(|c| c.is_ascii())));
    }

    #[test]
    fn only_what_is_meant_to_be_ascii_is_a_look_alike() {
        for name in [
            "camera\u{FF0D}front",
            "camera\u{2013}front",
            "camera\u{2011}front",
            "\u{441}amera-front",
            "\u{FF11}\u{FF12}.jpg",
            "168\u{3002}jpg",
            "scene\u{A0}1",
            "l\u{456}dar-top",
        ] {
            assert!(has_look_alikes(name), "{name}");
        }
        for name in [
            "camera-front",
            "scène_1",
            "\u{573A}\u{666F}\u{FF11}",
            "\u{573A}\u{666F}\u{FF08}1\u{FF09}",
            "\u{43E}\u{441}\u{430}",
            "camera-\u{43E}\u{441}\u{430}",
            "M\u{FC}nchen\u{2013}Ost",
            "\u{3B1}",
        ] {
            assert!(!has_look_alikes(name), "{name}");
        }
    }

    #[test]
    fn characters_are_shown_and_named() {
        let name = "camera\u{FF0D}front ".as_bytes();
        assert_eq!(visible(name), "camera<U+FF0D>front<U+0020>");
        assert_eq!(
            list(&odd_characters(name)),
            "U+0020 SPACE at the start or end and U+FF0D FULLWIDTH HYPHEN-MINUS in place of `-`"
        );
        assert_eq!(visible(b"scene 1"), "scene 1");
        assert_eq!(visible("\u{573A}".as_bytes()), "\u{573A}");
        assert_eq!(name_of('\u{1}'), "U+0001");
    }
}
