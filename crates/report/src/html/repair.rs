//! The repairs of a finding: what they change, and the command that carries them out.

use maud::{Markup, html};
use sensortree_core::finding::Finding;
use sensortree_core::plan::Change;
use sensortree_core::repair::Applicability;
use sensortree_core::report::Report;
use sensortree_core::report::pictures::{Allow, RepairPreview};
use sensortree_core::text::number;

use super::prose::{command, name, prose};
use crate::fixable::fix_command;
use crate::plan::counts_line;

/// The command that carries out all repairs for which that much is allowed.
pub(super) fn command_for_all(report: &Report, allow: Allow) -> String {
    format!("{}{}", fix_command(report), flags(allow))
}

fn flags(allow: Allow) -> String {
    let mut flags = String::new();
    if allow.is_unsafe {
        flags.push_str(" --unsafe");
    }
    if allow.removes {
        flags.push_str(" --remove");
    }
    flags
}

/// The repairs of a finding.
pub(super) fn repairs(report: &Report, finding: &Finding, previews: &[RepairPreview]) -> Markup {
    html! {
        @for (at, preview) in previews.iter().enumerate() {
            div.repair {
                h4 {
                    @if previews.len() > 1 { "Repair " (at + 1) " of " (previews.len()) } @else { "Repair" }
                    " " span.chip.mute { (applicability(preview.applicability)) }
                }
                p { (prose(&preview.rests_on)) }
                @if preview.counts.paths() > 0 { p.note { (counts_line(&preview.counts)) } }
                @if !preview.examples.is_empty() { (changes(preview)) }
                @for edit in &preview.edits {
                    p.edit { "metadata.json, line " (number(edit.line as u64)) ": "
                        @if !edit.old.is_empty() { del { code { (name(&edit.old)) } } }
                        " → "
                        @if edit.new.is_empty() { "nothing" } @else { ins { code { (name(&edit.new)) } } }
                    }
                }
                p { (command(&self::of_finding(report, finding, (at, preview)))) }
            }
        }
    }
}

fn of_finding(
    report: &Report,
    finding: &Finding,
    (at, preview): (usize, &RepairPreview),
) -> String {
    let code = finding.rule.code;
    let choice = match preview.applicability {
        Applicability::Choice => format!(" --choose {code}={}", at + 1),
        Applicability::Safe | Applicability::Unsafe => String::new(),
    };
    format!("{} --select {code}{}{choice}", fix_command(report), flags(preview.allow))
}

fn applicability(of: Applicability) -> &'static str {
    match of {
        Applicability::Safe => "safe: it follows from the tree alone",
        Applicability::Unsafe => "look at it before it is carried out",
        Applicability::Choice => "to be chosen by a person",
    }
}

fn changes(preview: &RepairPreview) -> Markup {
    let more = preview.counts.paths().saturating_sub(preview.examples.len() as u64);
    html! {
        table.changes {
            thead { tr { th scope="col" { "now" } th scope="col" { "afterwards" } } }
            tbody {
                @for Change { from, to } in &preview.examples {
                    tr {
                        td { del { code { (name(from)) } } }
                        td { @match to {
                            Some(to) => { ins { code { (name(to)) } } },
                            None => { "taken out" },
                        } }
                    }
                }
            }
        }
        @if more > 0 { p.note { "and " (number(more)) " more" } }
    }
}
