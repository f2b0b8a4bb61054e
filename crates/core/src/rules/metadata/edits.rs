//! Changes of metadata.json that mend a finding.

use sensortree_probe::Span;

use crate::document::json;
use crate::document::metadata::{Metadata, Sequence};
use crate::repair::{Edit, Operation};

/// Puts a text in the place of a value.
pub(in crate::rules) fn replace(span: Span, text: impl Into<Vec<u8>>) -> Edit {
    Edit { start: span.start, end: span.end, text: text.into() }
}

/// A text as JSON writes it.
pub(in crate::rules) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether a text is a number as JSON writes it: no `+1`, `.5`, `007`, `1.` or `inf`.
pub(in crate::rules) fn is_number(text: &[u8]) -> bool {
    text.trim_ascii().len() == text.len()
        && serde_json::from_slice::<serde_json::Number>(text).is_ok()
}

/// Adds names at the end of a sequence.
pub(in crate::rules) fn append(sequence: &Sequence, names: &[&str]) -> Edit {
    let names: Vec<String> = names.iter().map(|name| string(name)).collect();
    let (at, text) = match sequence.names.last() {
        Some(last) => (last.span.end, format!(", {}", names.join(", "))),
        None => (sequence.span.start + 1, names.join(", ")),
    };
    Edit { start: at, end: at, text: text.into_bytes() }
}

/// Takes a name out of a sequence, with the comma that goes with it. `None` where it is not
/// in the sequence.
pub(in crate::rules) fn delete(sequence: &Sequence, span: Span) -> Option<Edit> {
    let at = sequence.names.iter().position(|name| name.span == span)?;
    let (start, end) = match (at.checked_sub(1), sequence.names.get(at + 1)) {
        (Some(before), _) => (sequence.names.get(before)?.span.end, span.end),
        (None, Some(next)) => (span.start, next.span.start),
        (None, None) => (span.start, span.end),
    };
    Some(Edit { start, end, text: Vec::new() })
}

/// Puts a text before a place.
pub(in crate::rules) fn insert(at: usize, text: impl Into<Vec<u8>>) -> Edit {
    Edit { start: at, end: at, text: text.into() }
}

/// Takes away what stands around a value, where that is these texts alone, whatever the spaces
/// between them.
pub(in crate::rules) fn unwrap(
    text: &[u8],
    inside: Span,
    (before, behind): (&str, &str),
) -> Option<[Edit; 2]> {
    let (head, tail) = (text.get(..inside.start)?, text.get(inside.end..)?);
    let squeezed = |part: &[u8]| -> Vec<u8> {
        part.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
    };
    let is_alone = squeezed(head) == before.as_bytes() && squeezed(tail) == behind.as_bytes();
    let end = text.len();
    let gone = |start, end| Edit { start, end, text: Vec::new() };
    is_alone.then(|| [gone(0, inside.start), gone(inside.end, end)])
}

/// The operation that makes these changes; none where the document is not plain JSON, so that
/// places in it are not sure to be places in the file.
pub(in crate::rules) fn edit(
    metadata: &Metadata,
    edits: impl IntoIterator<Item = Edit>,
) -> Option<Operation> {
    let document: &json::Document = &metadata.document;
    let edits: Vec<Edit> = edits.into_iter().collect();
    (document.faults().is_empty() && !edits.is_empty()).then_some(Operation::Edit { edits })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_json() {
        for number in ["0", "-1", "1.5", "10e3", "0.5E-7", "1e+2"] {
            assert!(is_number(number.as_bytes()), "{number}");
        }
        for other in ["", "-", "+1", ".5", "1.", "007", "inf", "1e", "1e-", "0x1", "1 "] {
            assert!(!is_number(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn texts_are_written_as_json_does() {
        assert_eq!(string("a\"b\\c\n"), r#""a\"b\\c\n""#);
    }
}
