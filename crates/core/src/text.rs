//! Bytes from a listing as text, and numbers as people write them.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A path or name as text: valid UTF-8 as it is, every byte that is not as `%XX`.
///
/// The text is still untrusted: a renderer escapes control characters and bidi marks in it.
#[must_use]
pub fn lossless(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    Cow::Owned(text)
}

/// A zone so many minutes ahead of UTC, as people write it: `UTC+5:30`.
#[must_use]
pub fn zone(minutes: i16) -> String {
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    let sign = if minutes < 0 { "-" } else { "+" };
    let rest = if rest == 0 { String::new() } else { format!(":{rest:02}") };
    format!("UTC{sign}{hours}{rest}")
}

/// A count with separators: `1,000,000`.
#[must_use]
pub fn number(value: impl Into<i128>) -> String {
    let value = value.into();
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    if value < 0 {
        text.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A measured figure, short: `1920`, `0.8712`, `1e300`.
#[must_use]
pub fn decimal(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if !(1e-4..1e9).contains(&size) {
        format!("{value:e}")
    } else {
        let text = format!("{value:.4}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// A count with its noun: `1 frame`, `1,000 frames`.
#[must_use]
pub fn count(value: u64, noun: &str) -> String {
    let plural = match value {
        1 => "",
        _ => "s",
    };
    format!("{} {noun}{plural}", number(value))
}

/// A name from a document, cut where it is longer than anyone would read.
#[must_use]
pub fn short(name: &str) -> Cow<'_, str> {
    const MOST: usize = 80;
    match name.char_indices().nth(MOST) {
        Some((at, _)) => Cow::Owned(format!("{}…", name.get(..at).unwrap_or_default())),
        None => Cow::Borrowed(name),
    }
}

/// Joins names as a sentence does: `a`, `a and b`, `a, b and c`; at most `most` of them,
/// the rest counted.
#[must_use]
pub fn list(names: &[impl AsRef<str>], most: usize) -> String {
    let shown = if names.len() > most { most.max(1) } else { names.len() };
    let left = names.len() - shown;
    let mut parts: Vec<Cow<'_, str>> =
        names[..shown].iter().map(|name| Cow::Borrowed(name.as_ref())).collect();
    if left > 0 {
        parts.push(Cow::Owned(format!("{} more", number(left as u64))));
    }
    match parts.as_slice() {
        [] => String::new(),
        [one] => one.clone().into_owned(),
        [start @ .., last] => format!("{} and {last}", start.join(", ")),
    }
}

/// The one of `known` that `found` was most likely meant to be: equal but for case and separators,
/// or a few edits away.
#[must_use]
pub fn nearest<'k>(found: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let fold = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .take(256)
            .collect()
    };
    let folded = fold(found);
    known
        .into_iter()
        .filter(|candidate| *candidate != found)
        .map(|candidate| (strsim::osa_distance(&folded, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.chars().count().max(3))
        .min_by_key(|(distance, candidate)| (*distance, *candidate))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_read_as_people_write_them() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(-28_800_000), "-28,800,000");
        assert_eq!(count(1, "frame"), "1 frame");
        for (value, text) in [
            (1920.0, "1920"),
            (-0.0, "0"),
            (0.871_24, "0.8712"),
            (-12.5, "-12.5"),
            (1e300, "1e300"),
        ] {
            assert_eq!(decimal(value), text);
        }
        assert_eq!(count(1_000, "frame"), "1,000 frames");
        assert_eq!(list(&["a", "b", "c"], 5), "a, b and c");
        assert_eq!(list(&["a", "b", "c", "d"], 2), "a, b and 2 more");
    }

    #[test]
    fn a_name_that_nobody_would_read_is_cut() {
        assert_eq!(short("é"), "é");
        assert_eq!(short(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(short(&"é".repeat(81)), "é".repeat(80) + "…");
    }

    #[test]
    fn bytes_that_are_not_text_survive() {
        assert_eq!(lossless(b"a\xffb"), "a%FFb");
        assert_eq!(lossless("é".as_bytes()), "é");
    }

    #[test]
    fn the_nearest_name() {
        assert_eq!(nearest("Sence_01", ["scene_01", "scene_02"]), Some("scene_01"));
        assert_eq!(nearest("secretKey", ["secreteKey", "accessKey"]), Some("secreteKey"));
        assert_eq!(nearest("x", ["scene_01"]), None);
    }
}
