//! The table at the end of a run over several datasets.

use sensortree_core::finding::settings::Severity;
use sensortree_core::report::Report;
use sensortree_core::report::verdict::Outcome;
use sensortree_core::text::{count, number};

use crate::escape::{clip_middle, visible, width};
use crate::palette::Palette;
use crate::style::Style;

/// The widest name of a dataset that is shown whole.
const MOST_NAME: usize = 48;

/// What is said of a dataset in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasetRow {
    /// What was checked.
    pub(crate) target: String,
    /// The outcome; `None` where it could not be checked.
    pub(crate) outcome: Option<Outcome>,
    /// The predicted code, or why there is none.
    pub(crate) answer: String,
    /// How many findings there are.
    pub(crate) findings: String,
    /// The code of what is to be mended first, and how.
    pub(crate) first: String,
}

impl DatasetRow {
    /// The row of a dataset that was checked.
    #[must_use]
    pub fn new(report: &Report) -> Self {
        let errors = report.findings.iter().filter(|it| it.severity == Severity::Error).count();
        let others = report.findings.len() - errors;
        let findings = match (errors, others) {
            (0, 0) => "-".to_owned(),
            (0, others) => count(others as u64, "other"),
            (errors, 0) => count(errors as u64, "error"),
            (errors, others) => {
                format!("{}, {}", count(errors as u64, "error"), count(others as u64, "other"))
            }
        };
        let answer = match report.verdict.code {
            _ if report.is_of_nothing() => "empty".to_owned(),
            Some(code) => code.code().to_string(),
            None => "unknown".to_owned(),
        };
        let first = report.findings.first().map_or_else(String::new, |finding| {
            let words = finding.help.as_ref().map_or_else(
                || visible(&finding.message).into_owned(),
                |help| visible(help).into_owned(),
            );
            let line = words.lines().next().unwrap_or_default();
            format!("{} {line}", finding.rule.code)
        });
        let target = visible(&report.target.uri).into_owned();
        DatasetRow { target, outcome: Some(report.verdict.outcome), answer, findings, first }
    }

    /// The row of a dataset that could not be checked, for the reason given.
    #[must_use]
    pub fn unchecked(target: &str, reason: &str) -> Self {
        DatasetRow {
            target: visible(target).into_owned(),
            outcome: None,
            answer: "not checked".to_owned(),
            findings: "-".to_owned(),
            first: visible(reason.lines().next().unwrap_or_default()).into_owned(),
        }
    }
}

/// Draws the table: one line a dataset, in the order given, and a line that sums up.
#[must_use]
pub fn datasets_table(rows: &[DatasetRow], style: &Style) -> String {
    let palette = Palette::new(style);
    let widest = |of: &dyn Fn(&DatasetRow) -> usize| rows.iter().map(of).max().unwrap_or_default();
    let name = widest(&|row| width(&row.target)).clamp(7, MOST_NAME);
    let answer = widest(&|row| width(&row.answer)).max(6);
    let findings = widest(&|row| width(&row.findings)).max(8);
    let pad = |text: &str, to: usize| " ".repeat(to.saturating_sub(width(text)));
    let cells = |target: &str, code: &str, found: &str| {
        let (target_pad, code_pad, found_pad) =
            (pad(target, name), pad(code, answer), pad(found, findings));
        format!("{target}{target_pad}  {code}{code_pad}  {found}{found_pad}")
    };
    let head = format!("  {}  do first", cells("dataset", "answer", "findings"));
    let mut lines = vec![palette.paint(palette.faint(), head.trim_end())];
    for row in rows {
        let sign = palette.outcome_sign(row.outcome.unwrap_or(Outcome::Rejected));
        let color = palette.outcome(row.outcome.unwrap_or(Outcome::Rejected));
        let target = clip_middle(&row.target, name, palette.ellipsis());
        let cells = cells(&target, &row.answer, &row.findings);
        let room = style.width.saturating_sub(width(&cells) + 4).max(16);
        let first = clip_middle(&row.first, room, palette.ellipsis());
        let line = format!("{} {cells}  {first}", palette.paint(color, sign));
        lines.push(line.trim_end().to_owned());
    }
    lines.push(accepted_line(rows.iter()));
    lines.join("\n") + "\n"
}

/// `2 of 3 datasets would be accepted`.
pub(crate) fn accepted_line<'r>(rows: impl Iterator<Item = &'r DatasetRow>) -> String {
    let (mut all, mut accepted) = (0, 0);
    for row in rows {
        all += 1;
        accepted += u64::from(row.outcome == Some(Outcome::Accepted));
    }
    format!("{} of {} would be accepted", number(accepted), count(all, "dataset"))
}
