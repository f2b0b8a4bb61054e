//! The places of a finding, as a list that can be filtered and copied.

use maud::{Markup, html};
use sensortree_core::finding::{Example, Finding};
use sensortree_core::text::{count, number};

use super::prose::prose;
use crate::escape::{spelled, visible};

/// So many places need no filter.
const FEW: usize = 8;

/// The places of a finding, as far as they are kept.
pub(super) fn places(finding: &Finding, id: &str) -> Markup {
    let (shown, all) = (finding.examples.len(), finding.count.max(finding.examples.len() as u64));
    if shown == 0 {
        return html! {};
    }
    let more = all.saturating_sub(shown as u64);
    html! {
        details.places {
            summary { (count(all, "place")) @if more > 0 { ", " (number(shown as u64)) " of them here" } }
            p.tools {
                @if shown > FEW {
                    label.filter hidden { "Filter " input type="search" data-filter=(id) autocomplete="off"; }
                }
                button.copy-list type="button" data-list=(id) hidden { "Copy as list" }
            }
            div.list tabindex="0" role="group" aria-label="Places" {
                ul.paths id=(id) { @for example in &finding.examples { (place(example)) } }
            }
            @if more > 0 {
                p.note { (number(more)) " more are not in this file; " code { "--max-examples" } " keeps more." }
            }
        }
    }
}

fn place(example: &Example) -> Markup {
    let path = if example.path.is_empty() { ".".to_owned() } else { spelled(&example.path) };
    html! {
        li {
            code class=(if example.present { "path" } else { "path gone" }) { (path) }
            @if !example.present { span.note { " missing" } }
            @if let Some(expected) = &example.expected { span.note { " expected " } code { (visible(expected)) } }
            @if let Some(note) = &example.note { span.note { " " (prose(note)) } }
        }
    }
}
