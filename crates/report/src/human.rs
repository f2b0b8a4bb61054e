//! `full`: each finding drawn for people, and the predicted answer last, where the eye rests in a terminal.

use std::fmt::Write as _;
use std::io;

use sensortree_core::finding::Finding;
use sensortree_core::platform::{Basis, Effect, FACTS, Fact};
use sensortree_core::report::Report;
use sensortree_core::text::list;

use crate::error::RenderError;
use crate::escape::{visible, visible_path, width};
use crate::excerpt::Excerpt;
use crate::ink::{Ink, TIE};
use crate::run_facts::Timing;
use crate::style::Style;
use crate::{closing, concise, document_view, tree_view};

/// Draws the report.
pub(crate) fn render(
    report: &Report,
    style: &Style,
    timing: &Timing,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let ink = Ink::new(style);
    if style.quiet {
        return Ok(writeln!(out, "{}", closing::verdict_line(report, style))?);
    }
    for finding in &report.findings {
        let mut text = String::new();
        draw(finding, report, ink, style, &mut text)?;
        writeln!(out, "{text}")?;
    }
    Ok(out.write_all(closing::draw(report, style, timing).as_bytes())?)
}

fn draw(
    finding: &Finding,
    report: &Report,
    ink: Ink,
    style: &Style,
    text: &mut String,
) -> Result<(), RenderError> {
    writeln!(text, "{}", header(finding, ink))?;
    if let Some(excerpt) = excerpt(finding, report, ink) {
        writeln!(text)?;
        text.push_str(&excerpt.draw(ink, ink.severity(finding.severity))?);
    } else if finding.location.is_some() {
        writeln!(text, "{}", ink.fill(&format!("at {}", concise::place(finding)), "  ", "  "))?;
    }
    for note in &finding.notes {
        writeln!(text, "{}", ink.fill(&visible(note), "  ", "  "))?;
    }
    if style.verbose > 0 && !finding.scenes.is_empty() {
        let names: Vec<String> =
            finding.scenes.iter().map(|id| visible_path(report.scene_name(*id))).collect();
        writeln!(
            text,
            "{}",
            ink.fill(&format!("scenes: {}", list(&names, style.named())), "  ", "  ")
        )?;
    }
    writeln!(text, "{}", ground(finding, ink, style.verbose > 0))?;
    if let Some(help) = &finding.help {
        let arrow = format!("  {} ", ink.paint(ink.help(), ink.arrow()));
        let rest = " ".repeat(3 + width(ink.arrow()));
        writeln!(text, "{}", ink.fill(&visible(help), &arrow, &rest))?;
    }
    Ok(())
}

/// The place of the finding: in its document, else in the tree.
fn excerpt(finding: &Finding, report: &Report, ink: Ink) -> Option<Excerpt> {
    let located = finding.location.as_ref().and_then(|location| {
        let document =
            report.documents.iter().find(|document| document.name == location.document)?;
        Some(document_view::excerpt(location, document, ink))
    });
    located.or_else(|| tree_view::excerpt(finding, report, ink))
}

/// `L103 sensor-prefix-missing ─ what is wrong`.
fn header(finding: &Finding, ink: Ink) -> String {
    let code = ink.paint(ink.severity(finding.severity), finding.rule.code);
    let name = ink.paint(ink.strong(), finding.rule.name);
    let text = format!("{code} {name} {} {}", ink.dash(), visible(&finding.message));
    ink.fill(&text, "", "  ")
}

/// How grave it is, and what that rests on: `error · 5710 · documented: a camera's folder needs … (T2)`.
fn ground(finding: &Finding, ink: Ink, all_facts: bool) -> String {
    let severity = ink.paint(ink.severity(finding.severity), finding.severity.as_str());
    let supported = finding.basis != Basis::Advice;
    let effect = match finding.effect {
        Effect::Reject(code) if supported => Some(code.code().to_string()),
        Effect::Reject(code) => Some(format!("possibly {}", code.code())),
        Effect::Scene if supported => Some("scene at risk".to_owned()),
        Effect::Scene => Some("scene possibly at risk".to_owned()),
        Effect::Advice => None,
    };
    let mut facts: Vec<&Fact> =
        FACTS.iter().filter(|fact| finding.rule.facts.contains(&fact.id)).collect();
    facts.sort_by_key(|fact| (fact.basis != finding.basis, fact.basis));
    if !all_facts {
        // What is only good practice follows from no fact as it stands.
        let telling = facts.first().map(|fact| fact.basis).filter(|_| supported);
        facts.retain(|fact| Some(fact.basis) == telling);
    }
    let basis = match (supported, &effect) {
        (true, _) => Some(finding.basis.as_str()),
        (false, Some(_)) => Some("no source says so"),
        (false, None) => None,
    };
    let parts = [Some(severity), effect, basis.map(str::to_owned)];
    let mut text = parts.into_iter().flatten().collect::<Vec<_>>().join(ink.dot());
    for (at, fact) in facts.iter().enumerate() {
        let before = if at == 0 { ":" } else { ";" };
        // Writing to a String cannot fail.
        let _ = write!(text, "{before} {}{TIE}({})", fact.statement, fact.id);
    }
    ink.fill(&text, "  ", "  ")
}
