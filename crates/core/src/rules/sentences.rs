//! What sentences of several families share.

use crate::document::json::{Document, Fault, Span};
use crate::finding::{Part, Rule, Sink, Statement};
use crate::repair::Repair;
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

/// Makes a finding of each kind of mistake in the syntax of a document, which sentences call by
/// this name. `repair` gives what mends one, where that is known.
pub(super) fn emit_syntax(
    sink: &mut Sink<'_>,
    rule: &'static Rule,
    document: &Document,
    name: &str,
    repair: impl Fn(&Fault) -> Option<Repair>,
) {
    for fault in document.faults() {
        let place = document.point(fault.span, fault.label.as_str());
        let statement = Statement::new(fault.sentence(name))
            .help(fault.help())
            .notes(further_lines(document, fault.more.iter().copied(), fault.count - 1));
        let statement = repair(fault).into_iter().fold(statement, Statement::repair);
        sink.emit_one(rule, Part::located_many(fault.count, place), statement);
    }
}
