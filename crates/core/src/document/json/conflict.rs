//! Merge conflicts that were saved unresolved: where they are, and what one of their sides says.

use super::{Kind, Member, Object, Span, Value};

/// A conflict as git writes it into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conflict {
    /// From the first marker to the last, both included.
    pub(super) span: Span,
    /// What stood there in what is merged into, between the markers.
    ours: Span,
    /// What stood there in what is merged.
    theirs: Span,
}

/// One of the two sides of every conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Ours,
    Theirs,
}

/// Returns the conflicts of a text, in order. One without its end is none.
pub(super) fn find(text: &str) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    // Where a conflict opens, where our side starts and ends, and where theirs starts.
    let mut open: Option<(usize, usize, Option<usize>, Option<usize>)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        match marker(line) {
            Some('<') => open = Some((start, end, None, None)),
            // What both sides come from, as `merge.conflictStyle = diff3` writes it.
            Some('|') => {
                if let Some((_, _, ours @ None, _)) = &mut open {
                    *ours = Some(start);
                }
            }
            Some('=') => {
                if let Some((_, _, ours, theirs @ None)) = &mut open {
                    *theirs = Some(end);
                    ours.get_or_insert(start);
                }
            }
            Some('>') => {
                if let Some((opens, ours, Some(ours_end), Some(theirs))) = open.take() {
                    conflicts.push(Conflict {
                        span: Span::new(opens, start + line.trim_end().len()),
                        ours: Span::new(ours, ours_end),
                        theirs: Span::new(theirs, start),
                    });
                }
            }
            _ => {}
        }
    }
    conflicts
}

/// The character of which a line is the marker: seven of it, and then nothing or a name.
fn marker(line: &str) -> Option<char> {
    let line = line.trim_end();
    let first = line.chars().next().filter(|c| matches!(c, '<' | '|' | '=' | '>'))?;
    let rest = line.trim_start_matches(first);
    (line.len() - rest.len() == 7 && (rest.is_empty() || rest.starts_with(' '))).then_some(first)
}

impl Conflict {
    /// Whether a place is in it.
    pub(super) fn holds(&self, span: Span) -> bool {
        self.span.start <= span.start && span.start < self.span.end
    }
}

/// The side that says more, in all conflicts together: what one side took out is in the other.
pub(super) fn longer_side(conflicts: &[Conflict]) -> Side {
    let length = |side: fn(&Conflict) -> Span| -> usize {
        conflicts.iter().map(side).map(|span| span.end - span.start).sum()
    };
    if length(|conflict| conflict.theirs) > length(|conflict| conflict.ours) {
        Side::Theirs
    } else {
        Side::Ours
    }
}

/// The text as one side has it. What is left out is spaces, so that all places stay as they are.
pub(super) fn resolved(text: &str, conflicts: &[Conflict], side: Side) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut done = 0;
    for conflict in conflicts {
        let kept = if side == Side::Ours { conflict.ours } else { conflict.theirs };
        resolved.push_str(text.get(done..conflict.span.start).unwrap_or_default());
        blank(&mut resolved, text.get(conflict.span.start..kept.start).unwrap_or_default());
        resolved.push_str(text.get(kept.start..kept.end).unwrap_or_default());
        blank(&mut resolved, text.get(kept.end..conflict.span.end).unwrap_or_default());
        done = conflict.span.end;
    }
    resolved.push_str(text.get(done..).unwrap_or_default());
    resolved
}

/// Adds as many spaces as the text has bytes, its line breaks kept.
pub(super) fn blank(to: &mut String, text: &str) {
    to.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

/// Makes what two sides dispute [`Kind::Broken`]: which of the values counts is not known.
pub(super) fn mark_disputed(root: &mut Value, conflicts: &[Conflict]) {
    // Values lie at most as deep in each other as the parser goes.
    let is_disputed = |span: Span| conflicts.iter().any(|conflict| conflict.holds(span));
    match &mut root.kind {
        Kind::Array(elements) => {
            elements.iter_mut().for_each(|element| mark_disputed(element, conflicts));
        }
        Kind::Object(Object { members, .. }) => {
            members.iter_mut().for_each(|Member { value, .. }| mark_disputed(value, conflicts));
        }
        kind => {
            if is_disputed(root.span) {
                *kind = Kind::Broken;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicts_are_found_and_either_side_is_read() {
        let text = "[\n<<<<<<< HEAD\n1\n||||||| base\n0\n=======\n2\n>>>>>>> other\n]\n";
        let found = find(text);
        assert_eq!(found.len(), 1);
        let digits = |side| {
            let text = resolved(text, &found, side);
            text.split_whitespace().collect::<String>()
        };
        assert_eq!((digits(Side::Ours), digits(Side::Theirs)), ("[1]".into(), "[2]".into()));
        assert_eq!(resolved(text, &found, Side::Ours).len(), text.len());
        for text in ["", "=======\n", "<<<<<<< HEAD\n1\n=======\n2\n", ">>>>>>> b\n<<<<<<< a\n"] {
            assert_eq!(find(text), [], "{text}");
        }
    }
}
