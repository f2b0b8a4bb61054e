//! What Python prints where JSON should be: tuples, and numbers that are printed as calls.

use std::borrow::Cow;

use super::Span;
use super::conflict::blank;

/// A text without what only Python reads, of the same length, and where that stood.
#[derive(Debug)]
pub(super) struct Unwrapped<'t> {
    /// The text: of `np.float64(40.5)` the number alone is left, and tuples are arrays.
    pub(super) text: Cow<'t, str>,
    /// Where values are written as calls.
    pub(super) calls: Vec<Span>,
    /// What the first of them calls: `np.float64`.
    pub(super) name: String,
    /// How many tuples there are.
    pub(super) tuples: u64,
}

/// A bracket that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Call,
    Tuple,
    Other,
}

/// Takes calls and tuples out of a text, outside of its strings and comments.
pub(super) fn unwrap(text: &str) -> Unwrapped<'_> {
    let mut left =
        Unwrapped { text: Cow::Borrowed(text), calls: Vec::new(), name: String::new(), tuples: 0 };
    if !text.contains('(') {
        return left;
    }
    let mut written = String::with_capacity(text.len());
    let mut open: Vec<Open> = Vec::new();
    // How many brackets are open in the outermost call that is past its first argument: what
    // follows there, as `dtype=float32`, is left out.
    let mut left_out: Option<usize> = None;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let piece = piece(rest);
        let is_call = piece.len() > 1 && piece.ends_with('(');
        let opens = match piece {
            "(" => Some(Open::Tuple),
            "[" | "{" => Some(Open::Other),
            _ => is_call.then_some(Open::Call),
        };
        if is_call && left_out.is_none() {
            if left.calls.is_empty() {
                left.name = piece.trim_end_matches('(').chars().take(40).collect();
            }
            left.calls.push(Span::new(at, at + piece.len()));
        }
        let closed = if matches!(piece, ")" | "]" | "}") { open.pop() } else { None };
        if left_out.is_some_and(|depth| open.len() < depth) {
            left_out = None;
        }
        match piece {
            "," if left_out.is_none() && open.last() == Some(&Open::Call) => {
                left_out = Some(open.len());
                written.push(' ');
            }
            _ if left_out.is_some() || is_call => blank(&mut written, piece),
            "(" => {
                written.push('[');
                left.tuples += 1;
            }
            ")" if closed == Some(Open::Call) => written.push(' '),
            ")" if closed == Some(Open::Tuple) => written.push(']'),
            _ => written.push_str(piece),
        }
        open.extend(opens);
        at += piece.len();
    }
    left.text = Cow::Owned(written);
    left
}

/// The first piece of a text: a string, a comment, a name with the bracket of its call, or one
/// character.
pub(super) fn piece(text: &str) -> &str {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let bytes = text.as_bytes();
    let length = match bytes {
        [quote @ (b'"' | b'\''), ..] => string(bytes, *quote),
        [b'/', b'/', ..] | [b'#', ..] => text.find('\n').unwrap_or(text.len()),
        [b'/', b'*', ..] => text.find("*/").map_or(text.len(), |end| end + 2),
        [letter, ..] if letter.is_ascii_alphabetic() || *letter == b'_' => {
            let name = bytes
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
                .count();
            if bytes.get(name) == Some(&b'(') { name + 1 } else { name }
        }
        _ => first,
    };
    text.get(..length.max(first)).unwrap_or(text)
}

/// How long the string is with which the text starts; it ends with its line at the latest.
fn string(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if *byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_of_a_call_is_left() {
        for (text, expected, calls, tuples) in [
            ("[np.float64(40.5)]", "[40.5]", 1, 0),
            ("{'a': (1, 2), 'b': \"f(x)\"}", "{'a':[1,2],'b':\"f(x)\"}", 0, 1),
            ("[array([1.0, 2.0], dtype=float32), 3]", "[[1.0,2.0],3]", 1, 0),
            ("[np.array([np.float64(1), (2,)])]", "[[1,[2,]]]", 2, 1),
            ("[1 // f(x)\n, 2 /* (a) */]", "[1//f(x),2/*(a)*/]", 0, 0),
            (")](", ")][", 0, 1),
            ("[a(1, b(2), [3]), 4]", "[1,4]", 1, 0),
        ] {
            let found = unwrap(text);
            let left: String = found.text.split_whitespace().collect();
            assert_eq!((left.as_str(), found.calls.len(), found.tuples), (expected, calls, tuples));
            assert_eq!(found.text.len(), text.len());
        }
    }
}
