//! How many findings can be fixed, and by what.

use sensortree_core::report::Report;
use sensortree_core::text::{count, number};
use sensortree_core::tree::TargetKind;

use crate::escape::visible;
use crate::palette::Palette;

/// `4 of 5 findings can be fixed: sensortree fix drives/0423`, where any can.
pub(crate) fn fixable_line(report: &Report, palette: Palette) -> Option<String> {
    let fixable = report.fixable();
    let flag = match report.target.kind {
        TargetKind::Listing { .. } => " --listing",
        _ => "",
    };
    let uri = visible(&report.target.uri);
    let command = palette.paint(palette.strong(), &format!("sensortree fix{flag} {uri}"));
    let of = count(report.findings.len() as u64, "finding");
    (fixable > 0).then(|| format!("{} of {of} can be fixed: {command}", number(fixable as u64)))
}
