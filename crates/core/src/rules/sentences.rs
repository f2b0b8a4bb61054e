//! What sentences of several families share.

use crate::document::json::{Document, Span};
use crate::text;

/// How many names stand in a sentence.
pub(super) const SHOWN: usize = 5;

/// The lines of further places, as a note: `also in lines 3 and 8, and 2 times more`.
pub(super) fn further_lines(
    document: &Document,
    places: impl IntoIterator<Item = Span>,
    count: u64,
) -> Option<String> {
    let lines: Vec<usize> =
        places.into_iter().take(SHOWN).map(|span| document.line(span)).collect();
    let more = count.saturating_sub(lines.len() as u64);
    let mut shown: Vec<String> = lines.iter().map(|line| text::number(*line as u64)).collect();
    shown.dedup();
    if shown.is_empty() {
        return None;
    }
    let noun = if shown.len() == 1 { "line" } else { "lines" };
    let more =
        if more == 0 { String::new() } else { format!(", and {} more", text::count(more, "time")) };
    Some(format!("also in {noun} {}{more}", text::list(&shown, SHOWN)))
}
