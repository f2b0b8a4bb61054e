//! The picture in the README: what a check of the example prints, in colour.

use std::error::Error;
use std::path::Path;

use anstyle_svg::{Term, WIN10_CONSOLE};
use sensortree_core::check;
use sensortree_core::finding::settings::Settings;
use sensortree_report::{Format, RunFacts, Style, Timing, render};
use sensortree_scan::local::LocalFolder;
use sensortree_scan::{ScanOptions, inspect};

/// What is checked, as the picture's first line names it.
const EXAMPLE: &str = "examples/drive_0423";

/// The rules whose findings are drawn; for the others stands a line `…`.
const DRAWN: [&str; 2] = ["L103", "A204"];

/// Checks the example of the workspace at `root`, and returns the run as an SVG.
///
/// The line with the times is left out, since they differ from run to run.
///
/// # Errors
/// When the example cannot be read.
pub(crate) fn svg(root: &Path) -> Result<String, Box<dyn Error>> {
    let mut inspection =
        inspect(&LocalFolder::new(root.join(EXAMPLE)), &ScanOptions::default(), &())?;
    EXAMPLE.clone_into(&mut inspection.target.uri);
    let report = check(inspection, &Settings::default());
    let style = Style { color: true, unicode: true, width: 100, ..Style::default() };
    let timing = Timing { list_seconds: 0.0, check_seconds: 0.0 };
    let mut printed = Vec::new();
    render(&report, Format::Full, &style, &timing, &RunFacts::default(), &mut printed)?;
    let printed = String::from_utf8(printed)?;
    let codes: Vec<&str> = report.findings.iter().map(|finding| finding.rule.code).collect();
    Ok(Term::new().palette(WIN10_CONSOLE).render_svg(&cut(&printed, &codes)))
}

/// The lines that are drawn.
fn cut(printed: &str, codes: &[&str]) -> String {
    let mut kept = format!("$ sensortree check {EXAMPLE}\n");
    let mut is_drawn = true;
    for line in printed.lines() {
        let plain = anstream::adapter::strip_str(line).to_string();
        if let Some(code) = codes.iter().find(|code| plain.starts_with(&format!("{code} "))) {
            is_drawn = DRAWN.contains(code);
            if !is_drawn && !kept.ends_with("…\n\n") {
                kept.push_str("…\n\n");
            }
        } else if plain.contains("predicted answer:") {
            is_drawn = true;
        }
        if is_drawn && !plain.trim_start().starts_with("listed ") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_holds_two_findings_and_the_answer() {
        let svg = svg(&crate::workspace()).unwrap();
        for expected in ["L103", "clock-offset", "5710", "sensortree fix", "…"] {
            assert!(svg.contains(expected), "{expected}: {svg}");
        }
        for absent in ["sequence-sensor-unknown", "listed 59 files", "\u{1b}"] {
            assert!(!svg.contains(absent), "{absent}: {svg}");
        }
    }
}
