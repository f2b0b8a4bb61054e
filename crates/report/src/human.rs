//! `full`: each finding drawn for people, and the predicted answer last, where the eye rests
//! in a terminal.

use std::fmt::Write as _;
use std::io;

use sensortree_core::finding::Finding;
use sensortree_core::platform::{Basis, Effect, FACTS, Fact};
use sensortree_core::report::Report;
use sensortree_core::text::list;

use crate::error::RenderError;
use crate::escape::{visible, visible_path, width};
use crate::excerpt::Excerpt;
use crate::palette::{Palette, TIE};
use crate::run_facts::{RunFacts, Timing};
use crate::style::Style;
use crate::{concise, document_view, summary, tree_view};

/// Draws the report.
pub(crate) fn render(
    report: &Report,
    style: &Style,
    timing: &Timing,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let palette = Palette::new(style);
    if style.quiet {
        return Ok(writeln!(out, "{}", summary::verdict_line(report, style))?);
    }
    for finding in &report.findings {
        let mut text = String::new();
        let page = style.links.then(|| facts.page_of(finding.rule)).flatten();
        draw(finding, report, palette, style, page.as_deref(), &mut text)?;
        writeln!(out, "{text}")?;
    }
    Ok(out.write_all(summary::draw(report, style, timing).as_bytes())?)
}

fn draw(
    finding: &Finding,
    report: &Report,
    palette: Palette,
    style: &Style,
    page: Option<&str>,
    text: &mut String,
) -> Result<(), RenderError> {
    writeln!(text, "{}", header(finding, palette, page))?;
    if let Some(excerpt) = excerpt(finding, report, palette) {
        writeln!(text)?;
        text.push_str(&excerpt.draw(palette, palette.severity(finding.severity))?);
    } else if finding.location.is_some() {
        writeln!(text, "{}", palette.fill(&format!("at {}", concise::place(finding)), "  ", "  "))?;
    }
    for note in &finding.notes {
        writeln!(text, "{}", palette.fill(&visible(note), "  ", "  "))?;
    }
    if style.verbose > 0 && !finding.scenes.is_empty() {
        let names: Vec<String> =
            finding.scenes.iter().map(|id| visible_path(report.scene_name(*id))).collect();
        writeln!(
            text,
            "{}",
            palette.fill(&format!("scenes: {}", list(&names, style.named())), "  ", "  ")
        )?;
    }
    writeln!(text, "{}", ground(finding, palette, style.verbose > 0))?;
    if let Some(help) = &finding.help {
        let arrow = format!("  {} ", palette.paint(palette.help(), palette.arrow()));
        let rest = " ".repeat(3 + width(palette.arrow()));
        writeln!(text, "{}", palette.fill(&visible(help), &arrow, &rest))?;
    }
    Ok(())
}

/// The place of the finding: in its document, else in the tree.
pub(crate) fn excerpt(finding: &Finding, report: &Report, palette: Palette) -> Option<Excerpt> {
    let located = finding.location.as_ref().and_then(|location| {
        let document =
            report.documents.iter().find(|document| document.name == location.document)?;
        Some(document_view::excerpt(location, document, palette))
    });
    located.or_else(|| tree_view::excerpt(finding, report, palette))
}

/// `L103 sensor-prefix-missing ─ what is wrong`, the code linked to its page.
pub(crate) fn header(finding: &Finding, palette: Palette, page: Option<&str>) -> String {
    let code = palette.paint(palette.severity(finding.severity), finding.rule.code);
    let code = page.map_or_else(|| code.clone(), |page| linked(&code, page));
    let name = palette.paint(palette.strong(), finding.rule.name);
    let text = format!("{code} {name} {} {}", palette.dash(), visible(&finding.message));
    palette.fill(&text, "", "  ")
}

/// Text that leads to an address: the escape sequence OSC 8, each ended by ST.
fn linked(text: &str, address: &str) -> String {
    format!("\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\")
}

/// How grave it is, and what that rests on:
/// `error · 5710 · documented: a camera's folder needs … (T2)`.
fn ground(finding: &Finding, palette: Palette, all_facts: bool) -> String {
    let severity = palette.paint(palette.severity(finding.severity), finding.severity.as_str());
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
    let mut text = parts.into_iter().flatten().collect::<Vec<_>>().join(palette.dot());
    for (at, fact) in facts.iter().enumerate() {
        let before = if at == 0 { ":" } else { ";" };
        // Writing to a String cannot fail.
        let _ = write!(text, "{before} {}{TIE}({})", fact.statement, fact.id);
    }
    palette.fill(&text, "  ", "  ")
}
