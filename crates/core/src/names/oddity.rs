//! What is odd in a name: characters that are not seen, or that systems write in several ways.

use unicode_normalization::UnicodeNormalization as _;

/// Why a name is one that not every system takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// An empty segment, as in `a//b`.
    Empty,
    /// A segment `.` or `..`.
    Dots,
    /// Bytes that are no UTF-8.
    NotText,
    /// Control characters: line breaks, tabs, escapes.
    Control,
    /// A backslash.
    Backslash,
    /// Marks that do not show: see [`is_invisible`].
    Invisible,
    /// A space at either end.
    OuterSpace,
}

impl Oddity {
    /// Every oddity, gravest first.
    pub const ALL: [Oddity; 7] = [
        Oddity::Empty,
        Oddity::Dots,
        Oddity::NotText,
        Oddity::Control,
        Oddity::Backslash,
        Oddity::Invisible,
        Oddity::OuterSpace,
    ];
}

/// The gravest oddity of a name, if it has any.
#[must_use]
pub fn oddity(name: &[u8]) -> Option<Oddity> {
    if name.is_empty() {
        return Some(Oddity::Empty);
    }
    if matches!(name, b"." | b"..") {
        return Some(Oddity::Dots);
    }
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'\\';
    if name.iter().all(is_plain) && name.first() != Some(&b' ') && name.last() != Some(&b' ') {
        return None;
    }
    let Ok(text) = std::str::from_utf8(name) else { return Some(Oddity::NotText) };
    if text.chars().any(char::is_control) {
        Some(Oddity::Control)
    } else if text.contains('\\') {
        Some(Oddity::Backslash)
    } else if text.chars().any(is_invisible) {
        Some(Oddity::Invisible)
    } else if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        Some(Oddity::OuterSpace)
    } else {
        None
    }
}

/// The name without what is odd about it: control characters, marks that do not show, white space at its ends, and bytes
/// that are no UTF-8.
#[must_use]
pub fn without_odd_marks(name: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(name);
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c) && *c != char::REPLACEMENT_CHARACTER)
        .collect();
    kept.trim().as_bytes().to_vec()
}

/// Whether a name has control characters, a space at either end, a backslash or invalid UTF-8, or is empty, `.` or `..`.
#[must_use]
pub fn has_odd_characters(name: &[u8]) -> bool {
    oddity(name).is_some()
}

/// The name as a system sees it that tells neither upper from lower case nor one Unicode normal form from another: names
/// that are equal here are one name there. Bytes that are no UTF-8 stay as they are.
#[must_use]
pub fn fold(name: &[u8]) -> Vec<u8> {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    match std::str::from_utf8(name) {
        // Lower case first, since a few letters change their composition with their case.
        Ok(text) => text.nfd().flat_map(char::to_lowercase).nfc().collect::<String>().into_bytes(),
        Err(_) => name.to_vec(),
    }
}

/// Marks that change how text is shown without showing themselves: bidi controls, zero-width characters, line and
/// paragraph separators, the byte order mark.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{061C}' | '\u{00AD}')
}
