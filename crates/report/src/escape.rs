//! Text from outside made visible. Every name from a tree, a document or a configuration is untrusted: it may hold line
//! breaks that forge a record, escape sequences that drive a terminal, or marks that reorder what is read.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// The text with every character that cannot be seen for what it is written out: `\n`, `\u{1b}`, `\u{202e}`.
///
/// What is left can stand in one line of a terminal or a log. Spaces and backslashes stay as they are: where a name must
/// come back exactly, the JSON report has it.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(must_be_written_out) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_visible(&mut out, c);
    }
    Cow::Owned(out)
}

/// Bytes of a path as visible text; what is no UTF-8 as `%XX`.
#[must_use]
pub fn visible_path(path: &[u8]) -> String {
    visible(&sensortree_core::text::lossless(path)).into_owned()
}

/// Adds one character, written out where it cannot be seen for what it is.
pub(crate) fn push_visible(out: &mut String, c: char) {
    if !must_be_written_out(c) {
        out.push(c);
        return;
    }
    // Writing to a String cannot fail.
    let _ = match c {
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        '\0' => write!(out, "\\0"),
        _ => write!(out, "\\u{{{:x}}}", u32::from(c)),
    };
}

/// Whether a character is a control, reorders or joins what is around it, or shows as nothing or as a plain space.
#[must_use]
pub fn must_be_written_out(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The cells that a text fills in a terminal.
#[must_use]
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// The cells that one character fills.
pub(crate) fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The text within `most` cells: where it is longer, its middle gives way to `ellipsis`, as a name's ends tell most.
#[must_use]
pub(crate) fn clip_middle<'a>(text: &'a str, most: usize, ellipsis: &str) -> Cow<'a, str> {
    if width(text) <= most {
        return Cow::Borrowed(text);
    }
    let room = most.saturating_sub(width(ellipsis));
    let tail_room = room / 2;
    let head = prefix_within(text, room - tail_room);
    let mut used = 0;
    let mut tail = text.len();
    for (at, c) in text.char_indices().rev() {
        used += char_width(c);
        if used > tail_room {
            break;
        }
        tail = at;
    }
    Cow::Owned(format!("{head}{ellipsis}{}", &text[tail..]))
}

/// The longest start of the text that fills at most `most` cells.
#[must_use]
pub(crate) fn prefix_within(text: &str, most: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += char_width(c);
        if used > most {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        let check = |text: &str, expected: &str| assert_eq!(visible(text), expected);
        check("scene_1", "scene_1");
        check("été 車 🚗", "été 車 🚗");
        check("a\nb\r\tc\0", "a\\nb\\r\\tc\\0");
        check("\u{1b}[31mred\u{9b}0m\u{7f}", "\\u{1b}[31mred\\u{9b}0m\\u{7f}");
        check("gpj.\u{202e}dcp", "gpj.\\u{202e}dcp");
        check("a\u{2028}b\u{2029}c\u{85}d", "a\\u{2028}b\\u{2029}c\\u{85}d");
        check("a\u{200b}b\u{feff}c\u{a0}d", "a\\u{200b}b\\u{feff}c\\u{a0}d");
        check("C:\\data", "C:\\data");
    }

    #[test]
    fn a_long_name_keeps_its_ends() {
        assert_eq!(clip_middle("1681532060061.jpg", 9, "…"), "1681….jpg");
        assert_eq!(clip_middle("short", 9, "…"), "short");
        assert_eq!(clip_middle("車車車車車車", 5, "…"), "車…車");
        assert_eq!(clip_middle("abc", 0, "…"), "…");
    }

    proptest! {
        #[test]
        fn nothing_unseen_is_left(text in any::<String>(), most in 1_usize..40) {
            let seen = visible(&text).into_owned();
            prop_assert!(!seen.chars().any(must_be_written_out));
            prop_assert!(width(&clip_middle(&seen, most, "…")) <= most);
        }
    }
}
