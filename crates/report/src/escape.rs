//! Text from outside made visible. Every name from a tree, a document or a configuration is
//! untrusted: it may hold line breaks that forge a record, escape sequences that drive a terminal,
//! or marks that reorder what is read.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// The text with every character that cannot be seen for what it is written out: `\n`,
/// `\u{1b}`, `\u{202e}`; and with what would be a command in the log of a CI service broken
/// up: `:\u{3a}error`, `##\u{5b}error`.
///
/// What is left can stand in one line of a terminal or a log. Spaces and backslashes stay as they
/// are: where a name must come back exactly, the JSON report has it.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(must_be_written_out) && !text.contains("::") && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        push_unless_command(&mut out, text, at, c);
    }
    Cow::Owned(out)
}

/// Adds the character that stands in the text at this byte.
fn push_unless_command(out: &mut String, text: &str, at: usize, c: char) {
    if completes_command(&text[..at], c, &text[at + c.len_utf8()..]) {
        push_code(out, c);
    } else {
        push_visible(out, c);
    }
}

/// Whether the character makes a command of what is around it, as CI services take them from a log:
/// `::error`, `##[error]`, `##vso[…]`.
fn completes_command(before: &str, c: char, after: &str) -> bool {
    match c {
        // Only at the start of a line, which is where a word may come to stand: `git::data` is left
        // as it is.
        ':' if before.ends_with(':') => {
            let before = before.trim_end_matches(':');
            (before.is_empty() || before.ends_with(char::is_whitespace))
                && after.starts_with(|next: char| next.is_ascii_alphabetic())
        }
        '[' => before.trim_end_matches(|c: char| c.is_ascii_alphabetic()).ends_with("##"),
        _ => false,
    }
}

/// The bytes of a path as visible text from which they can be had back: as [`visible`], with
/// `\xFF` for a byte that is no UTF-8, and with a backslash doubled where it would be taken for
/// the start of either.
#[must_use]
pub fn spelled(path: &[u8]) -> String {
    let mut out = Spelling { text: String::with_capacity(path.len() + 16), loose: false };
    for chunk in path.utf8_chunks() {
        let valid = chunk.valid();
        for (at, c) in valid.char_indices() {
            out.add(|text| push_unless_command(text, valid, at, c));
            out.loose = c == '\\';
        }
        for byte in chunk.invalid() {
            out.add(|text| text.push_str(&format!("\\x{byte:02X}")));
        }
    }
    out.text
}

struct Spelling {
    text: String,
    /// Whether the text ends in a backslash of the name that is not doubled.
    loose: bool,
}

impl Spelling {
    fn add(&mut self, push: impl FnOnce(&mut String)) {
        let start = self.text.len();
        push(&mut self.text);
        let makes_escape = |rest: &str| rest.starts_with(['\\', 'n', 'r', 't', '0', 'u', 'x']);
        if self.loose && self.text.get(start..).is_some_and(makes_escape) {
            self.text.insert(start, '\\');
        }
        self.loose = false;
    }
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
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0' => out.push_str("\\0"),
        _ => push_code(out, c),
    }
}

/// Adds a character by its number.
fn push_code(out: &mut String, c: char) {
    // Writing to a String cannot fail.
    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
}

/// Whether a character is a control, reorders or joins what is around it, or shows as nothing or as
/// a plain space.
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
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
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

/// The text within `most` cells: where it is longer, its middle gives way to `ellipsis`, as a
/// name's ends tell most.
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
    fn what_a_log_would_obey_is_broken_up() {
        let check = |text: &str, expected: &str| assert_eq!(visible(text), expected);
        check("::error::x", ":\\u{3a}error::x");
        check("git::data :::error", "git::data ::\\u{3a}error");
        check("a ::set-env name=x::y", "a :\\u{3a}set-env name=x::y");
        check("##[error]x", "##\\u{5b}error]x");
        check("a##vso[task]", "a##vso\\u{5b}task]");
        check("[::1]:9000 a:b x[0] #1", "[::1]:9000 a:b x[0] #1");
    }

    #[test]
    fn a_spelled_path_shows_every_byte() {
        let check = |path: &[u8], expected: &str| assert_eq!(spelled(path), expected);
        check(b"C:\\data\\new", "C:\\data\\\\new");
        check(b"a\\", "a\\");
        check(b"a\\\\b\n\xff", "a\\\\\\b\\n\\xFF");
        check("été/車.pcd".as_bytes(), "été/車.pcd");
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
