//! `markdown`: the answer, a table of the findings and the details of each, for a comment or
//! a job's summary.
//!
//! It is cut to what a comment may hold. Names are shown as code; in all that comes from outside,
//! what Markdown, HTML or a code host would take for markup, a link, a mention or a reference is
//! written as a character reference.

mod picture;

use std::fmt::Write as _;
use std::io;

use sensortree_core::report::Report;
use sensortree_core::text::{count, number};

use crate::annotations::{Annotation, Span, annotations};
use crate::concise;
use crate::error::RenderError;
use crate::escape::{clip_middle, visible};
use crate::run_facts::RunFacts;
use crate::style::Style;
use crate::summary::verdict_line;
use crate::target_name::target_name;

/// How many bytes a report may have: GitHub takes 65,536 characters in a comment.
const MOST: usize = 60_000;
/// How many of them the table may take.
const TABLE: usize = 20_000;
/// How many cells of a place or a message the table shows.
const CELL: usize = 120;

/// Writes the report.
pub(crate) fn render(
    report: &Report,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let annotations = annotations(report, facts);
    let mut text = format!("### {}\n\n", prose(&verdict_line(report, &Style::default())));
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{}", looked_at(report));
    if let Some(pictures) = &report.pictures {
        picture::draw(&pictures.before, &mut text);
    }
    if !annotations.is_empty() {
        table(&annotations, &mut text);
        details(&annotations, &mut text);
    }
    if !report.idle_settings.is_empty() {
        text.push('\n');
        for idle in report.idle_settings.iter().take(10) {
            let _ = writeln!(text, "- without effect: {}", prose(&visible(idle)));
        }
    }
    Ok(out.write_all(text.as_bytes())?)
}

/// `<code>drives/0423</code>: 3 sensors, 2 scenes, 58 frames in 59 files; contents
/// looked into: headers`.
fn looked_at(report: &Report) -> String {
    let target = code(&target_name(report));
    let parts = [
        count(report.sensors.len() as u64, "sensor"),
        count(report.scenes.len() as u64, "scene"),
        count(report.frames, "frame"),
        count(report.files, "file"),
    ];
    let content =
        if report.coverage.content == "none" { "; file contents not looked into" } else { "" };
    format!("{target}: {}{content}", parts.join(", "))
}

fn table(annotations: &[Annotation<'_>], text: &mut String) {
    text.push_str(
        "\n| | rule | place | what is wrong | to do | times |\n|---|---|---|---|---|--:|\n",
    );
    let before = text.len();
    for (at, annotation) in annotations.iter().enumerate() {
        let place = annotation.finding.map_or_else(|| ".".to_owned(), concise::place);
        let help = annotation.finding.and_then(|finding| finding.help.as_deref());
        let help = help.unwrap_or_default();
        let row = format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            annotation.severity,
            prose(&annotation.title()),
            code(&clip_middle(&place, CELL, "…")),
            prose(&clip_middle(&annotation.message, 2 * CELL, "…")),
            prose(&clip_middle(&visible(help), 2 * CELL, "…")),
            number(annotation.finding.map_or(1, |finding| finding.count)),
        );
        if text.len() - before + row.len() > TABLE {
            let left = number((annotations.len() - at) as u64);
            let _ = writeln!(text, "\n{left} more are not in this table.");
            return;
        }
        text.push_str(&row);
    }
}

fn details(annotations: &[Annotation<'_>], text: &mut String) {
    for (at, annotation) in annotations.iter().enumerate() {
        let mut block = format!("\n<details><summary>{}: ", prose(&annotation.title()));
        let _ = writeln!(block, "{}</summary>\n", prose(&annotation.message));
        for line in &annotation.details {
            let _ = writeln!(block, "- {}", line.0.iter().map(span).collect::<String>());
        }
        block.push_str("\n</details>\n");
        if text.len() + block.len() > MOST {
            let left = count((annotations.len() - at) as u64, "finding");
            let _ =
                writeln!(text, "\nThe details of {left} are left out; the JSON report has them.");
            return;
        }
        text.push_str(&block);
    }
}

fn span(span: &Span) -> String {
    match span {
        Span::Text(text) => escaped(text),
        Span::Name(name) => code(name),
        Span::Prose(text) => prose(text),
    }
}

/// Visible text in which names stand in backticks, with these as code.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::with_capacity(text.len() + 16);
    for (at, part) in parts.iter().enumerate() {
        // A backtick without its like is one of a name.
        match (at % 2 == 1, at + 1 < parts.len()) {
            (true, true) => out.push_str(&code(part)),
            (true, false) => out.push_str(&escaped(&format!("`{part}"))),
            (false, _) => out.push_str(&escaped(part)),
        }
    }
    out
}

/// Visible text as code. Backticks would be ended by a backtick, so it is the element.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Visible text in which nothing is markup, a link, a mention or a reference.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = '\n';
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let is_plain = match c {
            ' ' | ',' | ';' | '\'' | '/' | '(' | ')' | '?' | '"' => true,
            // Otherwise a part of an address or of a sign's name.
            ':' => next.is_none_or(|next| next == ' '),
            // At the start of a line each would be a list.
            '-' => at > 0,
            '.' => {
                !before.eq_ignore_ascii_case(&'w')
                    && !text[..at].bytes().all(|byte| byte.is_ascii_digit())
            }
            _ => c.is_ascii_alphanumeric() || !c.is_ascii(),
        };
        if is_plain {
            out.push(c);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "&#{};", u32::from(c));
        }
        // Code hosts look for references in what is left when the page is made, but not
        // past a comment.
        let begins_reference = matches!(c, '@' | '#' | '!' | '~' | '%' | '$' | '&');
        if begins_reference
            && next.is_some_and(|next| next.is_alphanumeric() || matches!(next, '_' | '"'))
        {
            out.push_str("<!-- -->");
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_code_and_nothing_else_is_markup() {
        let check = |text: &str, expected: &str| assert_eq!(prose(text), expected);
        check("rename `a_b` to `a-b`", "rename <code>a&#95;b</code> to <code>a-b</code>");
        check("a ` b", "a &#96; b");
        check("`<b>`", "<code>&#60;b&#62;</code>");
        check("@team a@b.c #1", "&#64;<!-- -->team a&#64;<!-- -->b.c &#35;<!-- -->1");
        check("- x", "&#45; x");
        check("1. x", "1&#46; x");
        check("www.example.org http://x", "www&#46;example.org http&#58;//x");
        check("[x](y) ![x](y)", "&#91;x&#93;(y) &#33;&#91;x&#93;(y)");
        check(":tada: a: b", "&#58;tada: a: b");
    }
}
