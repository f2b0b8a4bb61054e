//! Reads on past what is not JSON and has one cause for many places: a merge conflict, what Python
//! prints, zero bytes behind the end.

use std::borrow::Cow;

use super::Span;
use super::conflict::{self, Conflict, Side};
use super::fault::{Fault, FaultKind};
use super::parse::{self, Parsed};
use super::python::{self, Unwrapped};
use crate::text;

/// Parses a text that strict JSON refuses, from `start` on.
pub(super) fn read(text: &str, start: usize) -> Parsed {
    let zeros = text.len() - text.trim_end_matches('\0').len();
    let whole = text;
    let text = without_zeros(text, zeros);
    let mut parsed = read_conflicts(&text, start);
    if zeros > 0 {
        // What is cut off there is lost to them.
        parsed.faults.retain(|fault| fault.kind != FaultKind::Truncated);
        let label = text::count(zeros as u64, "zero byte");
        let span = Span::new(whole.len() - zeros, whole.len());
        parsed.faults.push(Fault::new(FaultKind::ZeroTail, span, label));
    }
    parsed
}

/// The text with spaces for the zero bytes at its end.
fn without_zeros(text: &str, zeros: usize) -> Cow<'_, str> {
    if zeros == 0 {
        return Cow::Borrowed(text);
    }
    let kept = text.get(..text.len() - zeros).unwrap_or_default();
    Cow::Owned(kept.to_owned() + &" ".repeat(zeros))
}

/// Parses one side of each conflict; what the sides dispute is left unjudged.
fn read_conflicts(text: &str, start: usize) -> Parsed {
    let conflicts = conflict::find(text);
    let Some((first, others)) = conflicts.split_first() else {
        return read_python(text, start);
    };
    let longer = conflict::longer_side(&conflicts);
    let shorter = if longer == Side::Ours { Side::Theirs } else { Side::Ours };
    let read = |side| read_python(&conflict::resolved(text, &conflicts, side), start);
    let mut parsed = read(longer);
    if parsed.root.is_none() || parsed.is_cut {
        parsed = read(shorter);
    }
    if let Some(root) = parsed.root.as_mut().filter(|_| !parsed.is_cut) {
        conflict::mark_disputed(root, &conflicts);
        parsed.faults.retain(|fault| is_elsewhere(fault, &conflicts));
    } else {
        // No side is JSON by itself: nothing that follows from that is worth a word.
        parsed.faults.clear();
        parsed.root = None;
    }
    let mut fault = Fault::new(FaultKind::Conflict, first.span, lines(text, first.span));
    others.iter().for_each(|conflict| fault.again(conflict.span));
    parsed.faults.push(fault);
    parsed
}

/// Whether a fault has nothing to do with the side that was chosen.
fn is_elsewhere(fault: &Fault, conflicts: &[Conflict]) -> bool {
    // Which comma is too many, or which key stands twice, the choice of a side may decide.
    !matches!(
        fault.kind,
        FaultKind::TrailingComma | FaultKind::MissingComma | FaultKind::DuplicateKey
    ) && !conflicts.iter().any(|conflict| conflict.holds(fault.span))
}

/// The lines of a place, in words: `lines 23 to 27`.
fn lines(text: &str, span: Span) -> String {
    let count = |from, to| text.get(from..to).unwrap_or_default().matches('\n').count() as u64;
    let first = count(0, span.start) + 1;
    let last = first + count(span.start, span.end);
    format!("lines {} to {}", text::number(first), text::number(last))
}

/// Parses what Python printed as the JSON that it was meant to be.
fn read_python(text: &str, start: usize) -> Parsed {
    let unwrapped = python::unwrap(text);
    let mut parsed = parse::parse(&unwrapped.text, start);
    let body = text.get(start..).unwrap_or_default().trim_start();
    let is_printed =
        body.strip_prefix('{').is_some_and(|inside| inside.trim_start().starts_with('\''));
    if is_printed {
        name_python_object(&mut parsed, &unwrapped, Span::new(start, start + 1));
    } else if let Some((first, others)) = unwrapped.calls.split_first() {
        let mut fault = Fault::new(FaultKind::PythonNumber, *first, unwrapped.name.clone());
        others.iter().for_each(|call| fault.again(*call));
        parsed.faults.push(fault);
    } else if unwrapped.tuples > 0 {
        // Tuples alone: whatever it is, it was not printed by Python, and no bracket is right.
        return parse::parse(text, start);
    }
    parsed
}

/// Puts one fault in the place of all that make up an object that Python printed.
fn name_python_object(parsed: &mut Parsed, unwrapped: &Unwrapped<'_>, brace: Span) {
    let (mut quotes, mut words) = (None, None);
    let is_python_word =
        |fault: &Fault| ["`True`", "`False`", "`None`", "`nan`", "`inf`"].contains(&&*fault.label);
    let mut count = 0;
    let mut left = Vec::new();
    for fault in std::mem::take(&mut parsed.faults) {
        match fault.kind {
            FaultKind::SingleQuote => quotes = Some(fault),
            FaultKind::Word if is_python_word(&fault) => words = Some(fault),
            FaultKind::TrailingComma if unwrapped.tuples > 0 => {}
            _ => left.push(fault),
        }
    }
    let mut parts = Vec::new();
    if let Some(fault) = &quotes {
        count += fault.count;
        parts.push(format!("{} in single quotes", text::count(fault.count, "string")));
    }
    if let Some(fault) = &words {
        count += fault.count;
        parts.push(format!("{} as {}", text::count(fault.count, "word"), fault.label));
    }
    if !unwrapped.calls.is_empty() {
        let calls = unwrapped.calls.len() as u64;
        count += calls;
        parts.push(format!("{} as `{}(…)`", text::count(calls, "value"), unwrapped.name));
    }
    if unwrapped.tuples > 0 {
        count += unwrapped.tuples;
        parts.push(text::count(unwrapped.tuples, "tuple"));
    }
    let span = quotes.map_or(brace, |fault| fault.span);
    let mut fault = Fault::new(FaultKind::PythonObject, span, text::list(&parts, parts.len()));
    fault.count = count.max(1);
    left.push(fault);
    parsed.faults = left;
}
