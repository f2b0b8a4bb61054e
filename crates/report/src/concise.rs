//! `concise`: one line per finding, `PLACE: CODE name [EFFECT, BASIS] message`, and one line for
//! each place that could not be read. Nothing else: a tree without findings gives no line, so that
//! lines can be counted and grepped.
//!
//! Places of a folder on the disk are paths from the current folder, so that editors and terminals
//! open them. Those of all else are relative to the target.

use std::io;

use sensortree_core::finding::Finding;
use sensortree_core::report::Report;

use crate::error::RenderError;
use crate::escape::{spelled, visible};
use crate::run_facts::RunFacts;

/// Writes the lines.
pub(crate) fn render(
    report: &Report,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let folder = facts.folder.as_deref();
    for finding in &report.findings {
        let (rule, effect, basis) = (finding.rule, finding.effect, finding.basis);
        let of_request = finding
            .location
            .as_ref()
            .is_some_and(|location| report.request.as_deref() == Some(&*location.document));
        let place = if of_request { place(finding) } else { below(folder, &place(finding)) };
        let message = visible(&finding.message);
        writeln!(out, "{place}: {} {} [{effect}, {basis}] {message}", rule.code, rule.name)?;
    }
    for unread in &report.coverage.unread {
        let place = below(folder, &or_target(&unread.path));
        writeln!(out, "{place}: H106 unreadable [incomplete] {}", visible(&unread.reason))?;
    }
    Ok(())
}

/// The one place to jump to, as visible text: in a document the line and column; else what single
/// thing it is, or the folder it is about.
pub(crate) fn place(finding: &Finding) -> String {
    if let Some(location) = &finding.location {
        return format!("{}:{}:{}", visible(&location.document), location.line, location.column);
    }
    let example = finding.examples.first().map(|example| example.path.as_slice());
    match (&finding.subject.sensor, &finding.subject.scene, example) {
        (Some(sensor), scene, example) if finding.count > 1 || example.is_none() => {
            let mut folder = [sensor, b"/".as_slice()].concat();
            if let Some(scene) = scene {
                folder.extend_from_slice(scene);
                folder.push(b'/');
            }
            or_target(&folder)
        }
        (_, _, Some(example)) => or_target(example),
        (_, Some(scene), None) => or_target(scene),
        (_, None, None) => or_target(b""),
    }
}

/// A path relative to the target; the target itself is `.`.
fn or_target(path: &[u8]) -> String {
    if path.is_empty() { ".".to_owned() } else { spelled(path) }
}

/// A place as seen from the current folder; `folder` is the checked folder as seen from there.
fn below(folder: Option<&[u8]>, place: &str) -> String {
    let Some(folder) = folder else { return place.to_owned() };
    match (spelled(folder), place) {
        (folder, ".") if folder.is_empty() => ".".to_owned(),
        (folder, ".") => folder,
        (folder, place) if folder.is_empty() || folder.ends_with('/') => format!("{folder}{place}"),
        (folder, place) => format!("{folder}/{place}"),
    }
}
