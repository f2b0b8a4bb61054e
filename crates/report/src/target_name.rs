//! What the target is called in drawings.

use sensortree_core::report::Report;

use crate::escape::visible;

/// Returns what the target is called in drawings: the place as the user named it, or for `.` and
/// `..` the folder's own name.
pub(crate) fn target_name(report: &Report) -> String {
    let target = &report.target;
    let unnamed = target
        .uri
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .is_none_or(|last| matches!(last, "" | "." | ".."));
    match target.segments.last() {
        Some(name) if unnamed => visible(name).into_owned(),
        _ if target.uri.is_empty() => ".".to_owned(),
        _ => visible(&target.uri).into_owned(),
    }
}
