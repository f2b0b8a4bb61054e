//! What was looked at, by which settings, and with which version of the tool.

use maud::{Markup, html};
use sensortree_core::report::Report;
use sensortree_core::text::{count, number};

use super::ids::Ids;
use super::prose::name;
use crate::escape::visible;
use crate::quantities::{seconds, size};
use crate::run_facts::{RunFacts, Timing};

/// How many paths of one kind are named.
const NAMED: usize = 200;

/// The section of the page.
pub(super) fn run(report: &Report, timing: &Timing, facts: &RunFacts, ids: Ids) -> Markup {
    let coverage = &report.coverage;
    let listed = format!(
        "{} ({}) in {}",
        count(report.files, "file"),
        size(report.bytes),
        seconds(timing.list_seconds)
    );
    let content = match coverage.content {
        "none" => "not looked into".to_owned(),
        content => format!(
            "{content}: {} of {}",
            number(coverage.probed),
            count(coverage.probeable, "file")
        ),
    };
    html! {
        section aria-labelledby=[ids.landmark("run")] {
            h2 id=(ids.id("run")) { "What was looked at" }
            dl.run {
                dt { "Target" } dd { code { (visible(&report.target.uri)) } " (" (report.target.kind.as_str()) ")" }
                dt { "Listed" } dd { (listed) }
                dt { "Checked" } dd { "by " (count(report.rules.len() as u64, "rule")) " in " (seconds(timing.check_seconds)) }
                dt { "File contents" } dd { (content) }
                @if let Some(sample) = coverage.sample { dt { "Sample" } dd { (number(sample.get())) " of each folder" } }
                dt { "Read to the end" } dd { @if coverage.is_complete() { "yes" } @else { "no" } }
                dt { "Tool" } dd { "sensortree " (visible(&facts.tool_version)) ", " (visible(&facts.date)) }
            }
            (paths("Could not be read", coverage.unread.iter().map(|it| (it.path.as_slice(), it.reason.as_str()))))
            (paths("Left out on purpose", coverage.skipped.iter().map(|path| (path.as_slice(), ""))))
            @if !facts.settings.is_empty() {
                h3 { "Settings in force" }
                table.settings {
                    thead { tr { th scope="col" { "setting" } th scope="col" { "value" } th scope="col" { "from" } } }
                    tbody {
                        @for setting in &facts.settings {
                            tr {
                                th scope="row" { (visible(&setting.name)) }
                                td { (visible(&setting.value)) }
                                td { (visible(&setting.origin)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn paths<'r>(title: &str, paths: impl Iterator<Item = (&'r [u8], &'r str)>) -> Markup {
    let paths: Vec<(&[u8], &str)> = paths.collect();
    html! {
        @if !paths.is_empty() {
            h3 { (title) ": " (number(paths.len() as u64)) }
            div.list tabindex="0" role="group" aria-label=(title) { ul.paths {
                @for (path, reason) in paths.iter().take(NAMED) {
                    li {
                        code { @if path.is_empty() { "." } @else { (name(path)) } }
                        @if !reason.is_empty() { " " span.note { (visible(reason)) } }
                    }
                }
            } }
            @if paths.len() > NAMED { p.note { "and " (number((paths.len() - NAMED) as u64)) " more" } }
        }
    }
}
