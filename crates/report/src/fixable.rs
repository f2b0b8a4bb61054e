//! How many findings can be fixed, and by what.

use std::borrow::Cow;

use sensortree_core::report::Report;
use sensortree_core::text::{count, number};
use sensortree_core::tree::TargetKind;

use crate::escape::visible;
use crate::palette::Palette;

/// `4 of 5 findings can be fixed: sensortree fix drives/0423`, where any can.
pub(crate) fn fixable_line(report: &Report, palette: Palette) -> Option<String> {
    let fixable = report.fixable();
    let command = palette.paint(palette.strong(), &fix_command(report));
    let of = count(report.findings.len() as u64, "finding");
    (fixable > 0).then(|| format!("{} of {of} can be fixed: {command}", number(fixable as u64)))
}

/// `sensortree fix drives/0423`.
pub(crate) fn fix_command(report: &Report) -> String {
    let flag = match report.target.kind {
        TargetKind::Listing { .. } => " --listing",
        _ => "",
    };
    format!("sensortree fix{flag} {}", quoted(&visible(&report.target.uri)))
}

/// A word of a command line, in quotes where a shell would take something in it for its own.
fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "/.:_-+=,@%^".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', "'\\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word_for_a_shell() {
        assert_eq!(quoted("gs://bucket/drive_0423"), "gs://bucket/drive_0423");
        assert_eq!(quoted("my drive; rm"), "'my drive; rm'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }
}
