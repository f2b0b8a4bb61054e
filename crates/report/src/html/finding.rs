//! One finding with all that is known of it.

use maud::{Markup, html};
use sensortree_core::finding::Finding;
use sensortree_core::finding::figures::{Figure, Unit};
use sensortree_core::finding::settings::Severity;
use sensortree_core::platform::{Effect, FACTS, Fact};
use sensortree_core::report::Report;
use sensortree_core::text::{count, number};

use super::ids::Ids;
use super::places::places;
use super::prose::{name, prose};
use super::repair::repairs;
use super::room::Room;
use crate::concise;
use crate::error::RenderError;
use crate::escape::visible;
use crate::human::excerpt;
use crate::palette::Palette;
use crate::quantities::{length, size};
use crate::run_facts::RunFacts;
use crate::style::Style;

/// How wide the excerpts are, in characters.
const EXCERPT: usize = 100;
/// How many of the findings for which there is no room are named before the rest is counted.
const IN_SHORT: usize = 400;
/// How many scenes are named before the rest is counted.
const SCENES: usize = 40;

/// The section of the findings: the gravest with all that is known of them as long as there is
/// room, at least one, and the others in short.
pub(super) fn findings(report: &Report, facts: &RunFacts, (ids, room): (Ids, Room)) -> Markup {
    let findings = || report.findings.iter().enumerate();
    let mut in_full: Vec<Markup> = Vec::new();
    let mut left = room.findings;
    for (at, finding) in findings() {
        let drawn = full(report, facts, (at, finding), ids);
        if drawn.0.len() > left && at > 0 {
            break;
        }
        left = left.saturating_sub(drawn.0.len());
        in_full.push(drawn);
    }
    let others = report.findings.len() - in_full.len();
    html! {
        section aria-labelledby=[ids.landmark("findings")] {
            h2 id=(ids.id("findings")) { "Findings" }
            @if report.findings.is_empty() { p { "Nothing speaks against this dataset." } }
            @for drawn in &in_full { (drawn) }
            @if others > 0 {
                p.note {
                    (count(others as u64, "more finding")) ", in short so that this file stays small; "
                    "the JSON report in it has all of them."
                }
                ul.names {
                    @for (at, finding) in findings().skip(in_full.len()).take(IN_SHORT) {
                        li id=(ids.finding(at)) {
                            b { (finding.rule.code) } " " (prose(&finding.message))
                            " " code { (concise::place(finding)) }
                        }
                    }
                }
                @if others > IN_SHORT { p.note { "and " (number((others - IN_SHORT) as u64)) " more" } }
            }
        }
    }
}

fn full(report: &Report, facts: &RunFacts, (at, finding): (usize, &Finding), ids: Ids) -> Markup {
    let id = ids.finding(at);
    let previews = report.pictures.as_ref().and_then(|pictures| pictures.repairs.get(at));
    html! {
        article class={"finding " (severity(finding.severity))} id=(id) aria-labelledby={(id) "-title"} {
            h3 id={(id) "-title"} {
                (rule(finding, facts)) " " span.message { (prose(&finding.message)) }
            }
            p.ground { (ground(finding)) " · " code { (concise::place(finding)) } }
            @if let Some(excerpt) = drawn(finding, report) {
                pre.excerpt tabindex="0" role="group" aria-label="Excerpt" { (excerpt) }
            }
            @for note in &finding.notes { p { (prose(note)) } }
            @if let Some(help) = &finding.help { p.help { span.arrow aria-hidden="true" { "→ " } (prose(help)) } }
            @if let Some(previews) = previews { (repairs(report, finding, previews)) }
            (places(finding, &format!("{id}-places")))
            @if !finding.figures.is_empty() { (figures(&finding.figures)) }
            @if !finding.scenes.is_empty() { (scenes(report, finding)) }
            (rests_on(finding, facts))
        }
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "advice",
    }
}

/// The rule, with a link to its page where it is known where that is.
fn rule(finding: &Finding, facts: &RunFacts) -> Markup {
    let rule = finding.rule;
    let page = facts.page_of(rule);
    html! {
        @match page {
            Some(page) => { a.rule href=(page) rel="noreferrer" { b { (rule.code) } " " (rule.name) } },
            None => { span.rule { b { (rule.code) } " " (rule.name) } },
        }
    }
}

/// How grave it is, and how well that is supported.
fn ground(finding: &Finding) -> Markup {
    let effect = match finding.effect {
        Effect::Reject(code) => Some(format!("{} {}", code.code(), code.message())),
        Effect::Scene => Some("scene at risk".to_owned()),
        Effect::Advice => None,
    };
    html! {
        span class={"chip " (severity(finding.severity))} { (finding.severity.as_str()) }
        @if let Some(effect) = effect { " · " (effect) }
        " · " (finding.basis.as_str())
    }
}

/// The excerpt as the terminal shows it, without colours.
fn drawn(finding: &Finding, report: &Report) -> Option<String> {
    let palette = Palette::new(&Style { width: EXCERPT, ..Style::default() });
    let excerpt = excerpt(finding, report, palette)?;
    let drawn: Result<String, RenderError> =
        excerpt.draw(palette, palette.severity(finding.severity)).map_err(RenderError::from);
    drawn.ok()
}

fn figures(figures: &[Figure]) -> Markup {
    html! {
        details.more {
            summary { (count(figures.len() as u64, "figure")) }
            dl.figures {
                @for Figure { quantity, value } in figures {
                    dt { (quantity.meaning.trim_end_matches('.')) }
                    dd { (figure(quantity.unit, *value)) }
                }
            }
        }
    }
}

fn figure(unit: Unit, value: i128) -> String {
    match unit {
        Unit::Nanosecond => {
            let sign = if value < 0 { "-" } else { "" };
            format!("{sign}{}", length(value, true))
        }
        Unit::Byte => u64::try_from(value).map_or_else(|_| number(value), size),
        Unit::Pixel => format!("{} px", number(value)),
        Unit::One | Unit::Step => number(value),
    }
}

fn scenes(report: &Report, finding: &Finding) -> Markup {
    let more = finding.scenes.len().saturating_sub(SCENES);
    html! {
        details.more {
            summary { (count(finding.scenes.len() as u64, "scene")) }
            p.paths {
                @for scene in finding.scenes.iter().take(SCENES) { code { (name(report.scene_name(*scene))) } " " }
                @if more > 0 { "and " (number(more as u64)) " more" }
            }
        }
    }
}

/// The facts about the platform that it rests on.
fn rests_on(finding: &Finding, facts: &RunFacts) -> Markup {
    let known: Vec<&Fact> =
        FACTS.iter().filter(|fact| finding.rule.facts.contains(&fact.id)).collect();
    let page = facts
        .repository
        .as_ref()
        .map(|repository| format!("{repository}/blob/v{}/docs/predictions.md", facts.tool_version));
    html! {
        @if !known.is_empty() {
            details.more {
                summary { "Rests on " (count(known.len() as u64, "fact")) }
                ul {
                    @for fact in known {
                        li {
                            @match &page {
                                Some(page) => { a href=(page) rel="noreferrer" { (fact.id) } },
                                None => { b { (fact.id) } },
                            }
                            ": " (prose(&visible(fact.statement))) " (" (fact.basis.as_str()) ")"
                        }
                    }
                }
            }
        }
    }
}
