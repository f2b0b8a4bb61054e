//! What is said of text that is no JSON.

use super::fault::{Fault, FaultKind};
use super::{Span, strict};

/// What is behind the first object, where that is one more, as of a file that was appended to.
pub(super) fn another_object(text: &str, first: Span, rest: Span) -> Option<String> {
    let behind = text.get(rest.start..rest.end)?;
    let first = text.get(first.start..first.end).filter(|first| first.starts_with('{'))?;
    let more = strict::count_objects(behind).filter(|more| *more > 0)?;
    let line = text.get(..rest.start).unwrap_or_default().matches('\n').count() + 1;
    let line = crate::text::number(line as u64);
    let is_same = more == 1 && behind.trim_end() == first;
    Some(if is_same {
        format!("holds the same object twice, the second from line {line}")
    } else {
        let objects = crate::text::number(more + 1);
        format!("holds {objects} objects one after the other, the second from line {line}")
    })
}

/// A string that its line does not close.
pub(super) fn open_string(start: usize, line: &str) -> Fault {
    let line = line.trim_end_matches('\r');
    Fault::new(
        FaultKind::OpenString,
        Span::new(start, start + line.len()),
        "not closed in this line",
    )
}

/// What no value, key or separator is.
pub(super) fn unexpected(text: &str, span: Span) -> Fault {
    let label = match excerpt(text, span).as_str() {
        "," => "a comma without a value before it".to_owned(),
        ":" => "a colon without a key before it".to_owned(),
        bracket @ ("}" | "]") => {
            format!("`{bracket}` closes nothing here, or a value is missing before it")
        }
        other => format!("`{other}` was not expected here"),
    };
    Fault::new(FaultKind::Syntax, span, label)
}

/// What stands at a place, cut short, and where its line ends.
pub(super) fn excerpt(text: &str, span: Span) -> String {
    const MOST: usize = 40;
    let raw = text.get(span.start..span.end).unwrap_or_default();
    match raw
        .char_indices()
        .enumerate()
        .find(|(count, (_, c))| *count == MOST || matches!(c, '\r' | '\n'))
    {
        Some((_, (at, _))) => format!("{}…", raw.get(..at).unwrap_or_default()),
        None => raw.to_owned(),
    }
}
