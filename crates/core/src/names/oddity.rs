//! What is odd in a name: characters that are not seen, or that systems write in several ways.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use super::look_alikes::{self, is_invisible};
use super::suffix::{Media, Suffix};

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
    /// A space at either end, or beside the dot of a frame's suffix.
    OuterSpace,
    /// Characters that are taken for ASCII ones: see [`look_alikes::has_look_alikes`].
    LookAlike,
}

impl Oddity {
    /// Every oddity, gravest first.
    pub const ALL: [Oddity; 8] = [
        Oddity::Empty,
        Oddity::Dots,
        Oddity::NotText,
        Oddity::Control,
        Oddity::Backslash,
        Oddity::Invisible,
        Oddity::OuterSpace,
        Oddity::LookAlike,
    ];
}

impl Oddity {
    /// Whether it is about single characters, without which the name is in order.
    #[must_use]
    pub fn is_of_characters(self) -> bool {
        match self {
            Oddity::Control | Oddity::Invisible | Oddity::OuterSpace | Oddity::LookAlike => true,
            Oddity::Empty | Oddity::Dots | Oddity::NotText | Oddity::Backslash => false,
        }
    }
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
    let mut has_space = false;
    let is_plain = |byte: &u8| {
        has_space |= *byte == b' ';
        matches!(byte, b' '..=b'~') && *byte != b'\\'
    };
    if name.iter().all(is_plain) && !has_space {
        return None;
    }
    let Ok(text) = std::str::from_utf8(name) else { return Some(Oddity::NotText) };
    if text.chars().any(char::is_control) {
        Some(Oddity::Control)
    } else if text.contains('\\') {
        Some(Oddity::Backslash)
    } else if text.chars().any(is_invisible) {
        Some(Oddity::Invisible)
    } else if text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace)
        || matches!(without_space_at_suffix(text), Cow::Owned(_))
    {
        Some(Oddity::OuterSpace)
    } else if look_alikes::has_look_alikes(text) {
        Some(Oddity::LookAlike)
    } else {
        None
    }
}

/// The name without white space beside the dot of its suffix, where that is a frame's.
fn without_space_at_suffix(text: &str) -> Cow<'_, str> {
    let Some((stem, suffix)) = text.rsplit_once('.') else { return Cow::Borrowed(text) };
    let (stem_meant, suffix_meant) = (stem.trim_end(), suffix.trim_start());
    let is_odd = stem_meant.len() + suffix_meant.len() < stem.len() + suffix.len();
    if !is_odd || Suffix::new(suffix_meant.as_bytes()).media() == Media::Other {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{stem_meant}.{suffix_meant}"))
}

/// The name without what is odd about it: control characters, marks that do not show, white space
/// at its ends or its suffix, bytes that are no UTF-8, and with ASCII in the place of what is
/// taken for it.
#[must_use]
pub fn without_odd_marks(name: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(name);
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c) && *c != char::REPLACEMENT_CHARACTER)
        .collect();
    let kept = kept.trim();
    let kept = match look_alikes::has_look_alikes(kept) {
        true => Cow::Owned(look_alikes::to_ascii(kept)),
        false => Cow::Borrowed(kept),
    };
    without_space_at_suffix(kept.trim()).into_owned().into_bytes()
}

/// The name that was most likely meant, as text: the name itself unless it has characters that do
/// not show, or that are not what they look like, or white space at its ends.
#[must_use]
pub fn meant(name: &[u8]) -> Cow<'_, str> {
    let is_mended = oddity(name).is_some_and(Oddity::is_of_characters);
    let meant =
        is_mended.then(|| without_odd_marks(name)).and_then(|it| String::from_utf8(it).ok());
    match meant.filter(|meant| oddity(meant.as_bytes()).is_none()) {
        Some(meant) => Cow::Owned(meant),
        None => String::from_utf8_lossy(name),
    }
}

/// The name with ASCII in the place of whatever is taken for it, in whatever script, and without
/// what does not show: names that are equal here look the same.
#[must_use]
pub fn plain(name: &[u8]) -> Cow<'_, [u8]> {
    match std::str::from_utf8(name) {
        Ok(text) if !text.is_ascii() || oddity(name).is_some_and(Oddity::is_of_characters) => {
            let shown = text.chars().filter(|c| !c.is_control() && !is_invisible(*c));
            let shown: String = shown.map(|c| look_alikes::ascii_of(c).unwrap_or(c)).collect();
            Cow::Owned(shown.trim().as_bytes().to_vec())
        }
        _ => Cow::Borrowed(name),
    }
}

/// Whether a name has control characters, a space at either end, a backslash or invalid UTF-8, or
/// is empty, `.` or `..`. Characters that only look like ASCII do travel, and so does a space
/// before a suffix.
#[must_use]
pub fn has_odd_characters(name: &[u8]) -> bool {
    oddity(name).is_some_and(|oddity| match oddity {
        Oddity::LookAlike => false,
        Oddity::OuterSpace => {
            std::str::from_utf8(name).is_ok_and(|text| text.trim().len() < text.len())
        }
        _ => true,
    })
}

/// The name as a system sees it that tells neither upper from lower case nor one Unicode normal
/// form from another: names that are equal here are one name there. Bytes that are no UTF-8 stay
/// as they are.
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
