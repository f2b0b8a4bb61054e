//! An excerpt of a document for a finding in it: the line pointed at and its neighbours, however
//! long the lines are.

use std::fmt::Write as _;
use std::ops::Range;

use sensortree_core::document::{Document, Location};

use crate::escape::{char_width, prefix_within, push_visible, visible, width};
use crate::excerpt::{Excerpt, Mark, Numbering};
use crate::palette::Palette;

/// The excerpt that shows the place. Only its surroundings are looked at, so that a document of one
/// huge line costs no more than any other.
pub(crate) fn excerpt(location: &Location, document: &Document, palette: Palette) -> Excerpt {
    let text = document.text.as_slice();
    let start = location.offset.min(text.len());
    let line = Line::around(text, start);
    // Of what spans several lines, the first is marked.
    let end = location.offset.saturating_add(location.length).clamp(start, line.end.max(start));
    let room =
        palette.width.saturating_sub(Excerpt::gutter(location.line.saturating_add(1))).max(8);

    let mut shown = String::new();
    let mut first_line = location.line;
    if let Some(above) = line.above(text) {
        shown.push_str(&above.start_of(text, room, palette));
        shown.push('\n');
        first_line = first_line.saturating_sub(1);
    }
    let label = location.label.as_deref().map(|label| visible(label).into_owned());
    let needed = label.as_deref().map_or(0, Excerpt::label_room);
    let span = start - line.start..end - line.start;
    let window =
        Window::around(&text[line.start..line.end.max(start)], &span, room, needed, palette);
    let mark =
        Mark { start: shown.len() + window.mark.start, end: shown.len() + window.mark.end, label };
    shown.push_str(&window.text);
    shown.push('\n');
    if let Some(below) = line.below(text) {
        shown.push_str(&below.start_of(text, room, palette));
        shown.push('\n');
    }
    Excerpt {
        name: visible(&location.document).into_owned(),
        text: shown,
        numbering: Some(Numbering { first_line, at: (location.line, location.column) }),
        marks: vec![mark],
    }
}

/// A line of a document by its bytes, without its line break.
#[derive(Clone, Copy, Debug)]
struct Line {
    start: usize,
    end: usize,
}

impl Line {
    fn around(text: &[u8], offset: usize) -> Self {
        let start = text[..offset].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let end = text[offset..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(text.len(), |at| offset + at);
        let end = if text[start..end].ends_with(b"\r") { end - 1 } else { end };
        Line { start, end }
    }

    fn above(self, text: &[u8]) -> Option<Self> {
        self.start.checked_sub(1).map(|line_break| Self::around(text, line_break))
    }

    fn below(self, text: &[u8]) -> Option<Self> {
        let line_break = text[self.end..].iter().position(|byte| *byte == b'\n')?;
        let start = self.end + line_break + 1;
        (start < text.len()).then(|| Self::around(text, start))
    }

    /// What of the line fits into `room` cells, from its start.
    fn start_of(self, text: &[u8], room: usize, palette: Palette) -> String {
        Window::around(&text[self.start..self.end], &(0..0), room, 0, palette).text
    }
}

/// What of a long line is shown, and where in that the marked bytes are.
#[derive(Debug)]
struct Window {
    text: String,
    mark: Range<usize>,
}

impl Window {
    /// The part of a line around the bytes `span` that fits into `room` cells, of which `needed`
    /// are to be left behind the start of the span for what is said below it.
    fn around(
        line: &[u8],
        span: &Range<usize>,
        room: usize,
        needed: usize,
        palette: Palette,
    ) -> Self {
        let (start, end) = (span.start, span.end);
        // A character has at most four bytes and mostly at least one cell.
        let reach = room.saturating_mul(4);
        let from = character_start(line, start.saturating_sub(reach));
        let to = character_start(line, start.saturating_add(reach).min(line.len()));
        let before = shown(&line[from..start.max(from)]);
        let marked = shown(&line[start.min(to)..end.min(to).max(start.min(to))]);
        let after = shown(&line[end.min(to)..to]);

        let ellipsis = palette.ellipsis();
        let cut_left = from > 0 || width(&before) + width(&marked).min(room / 2).max(needed) > room;
        let lead = if cut_left { suffix_within(&before, room / 3) } else { &before };
        let left = if cut_left && (from > 0 || lead.len() < before.len()) { ellipsis } else { "" };
        let room = room.saturating_sub(width(left) + width(lead));
        let fits = to == line.len() && width(&marked) + width(&after) <= room;
        let right = if fits { "" } else { ellipsis };
        let room = if fits { room } else { room.saturating_sub(width(ellipsis)) };
        let marked = prefix_within(&marked, room);
        let after = prefix_within(&after, room - width(marked));
        let mark = left.len() + lead.len();
        Window {
            text: format!("{left}{lead}{marked}{after}{right}"),
            mark: mark..mark + marked.len(),
        }
    }
}

/// The start of the character that the byte is part of.
fn character_start(line: &[u8], mut at: usize) -> usize {
    let continues = |at: usize| line.get(at).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    let least = at.saturating_sub(3);
    while at > least && continues(at) {
        at -= 1;
    }
    at
}

/// Bytes of a document as visible text: a tab as spaces, what is no UTF-8 as `\xNN`.
fn shown(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\t' => out.push_str("    "),
                _ => push_visible(&mut out, c),
            }
        }
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// The longest end of the text that fills at most `most` cells.
fn suffix_within(text: &str, most: usize) -> &str {
    let mut used = 0;
    let mut start = text.len();
    for (at, c) in text.char_indices().rev() {
        used += char_width(c);
        if used > most {
            break;
        }
        start = at;
    }
    &text[start..]
}
