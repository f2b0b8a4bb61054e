//! A plan drawn for people: what is done for which finding, what is left and why, and what the
//! dataset will be afterwards.

use std::fmt::Write as _;
use std::io;

use sensortree_core::finding::Finding;
use sensortree_core::plan::{Cause, Change, ChangeCounts, PathCounts, WhyLeft};
use sensortree_core::repair::{Edit, Operation, Repair};
use sensortree_core::report::Report;
use sensortree_core::text::{count, number};

use super::PlanView;
use super::pairing::pairing_lines;
use crate::error::RenderError;
use crate::escape::{clip_middle, visible, visible_path};
use crate::human::header;
use crate::palette::Palette;
use crate::style::Style;
use crate::summary::verdict_line;

/// How many changes of a cause are drawn.
const DRAWN: usize = 3;

/// How many cells a stretch of metadata.json takes at the most.
const STRETCH: usize = 40;

/// Draws a plan.
///
/// # Errors
/// When `out` does.
pub fn render_plan(
    view: &PlanView<'_>,
    style: &Style,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let drawing = Drawing { view, style, palette: Palette::new(style) };
    let mut text = String::new();
    for cause in &view.proposal.causes {
        drawing.cause(cause, &mut text)?;
    }
    drawing.pairing(&mut text)?;
    drawing.left(&mut text)?;
    drawing.outlook(&mut text)?;
    Ok(out.write_all(text.as_bytes())?)
}

struct Drawing<'a> {
    view: &'a PlanView<'a>,
    style: &'a Style,
    palette: Palette,
}

impl Drawing<'_> {
    fn line(&self, text: &mut String, line: &str, indent: usize) -> Result<(), RenderError> {
        let (first, rest) = (" ".repeat(indent), " ".repeat(indent + 2));
        Ok(writeln!(text, "{}", self.palette.fill(line, &first, &rest))?)
    }

    /// What is done for one finding.
    fn cause(&self, cause: &Cause<'_>, text: &mut String) -> Result<(), RenderError> {
        let findings = &self.view.report.findings;
        let Some(finding) = findings.get(cause.finding) else { return Ok(()) };
        let Some(repair) = finding.repairs.get(cause.repair) else { return Ok(()) };
        writeln!(text, "{}", header(finding, self.palette, None))?;
        if cause.counts.paths() > 0 {
            self.line(text, &counted(&cause.counts), 2)?;
        }
        let shown = if self.style.verbose > 0 { cause.examples.len() } else { DRAWN };
        for change in cause.examples.iter().take(shown) {
            self.change(change, text)?;
        }
        let more = cause.counts.paths().saturating_sub(shown as u64);
        if more > 0 {
            self.line(text, &format!("{} {} more", self.palette.ellipsis(), number(more)), 4)?;
        }
        if cause.counts.edits > 0 {
            let places = count(cause.counts.edits, "place");
            self.line(text, &format!("edits metadata.json in {places}"), 2)?;
            let edits = repair.operations.iter().filter_map(|operation| match operation {
                Operation::Edit { edits } => Some(edits),
                _ => None,
            });
            for edit in edits.flatten().take(DRAWN) {
                self.edit(edit, text)?;
            }
            let more = cause.counts.edits.saturating_sub(DRAWN as u64);
            if more > 0 {
                self.line(text, &format!("{} {} more", self.palette.ellipsis(), number(more)), 4)?;
            }
        }
        self.line(text, &trust(finding, repair, cause.repair), 2)?;
        writeln!(text)?;
        Ok(())
    }

    /// `cam_front/ → camera-front/`.
    fn change(&self, change: &Change, text: &mut String) -> Result<(), RenderError> {
        let Palette { width, .. } = self.palette;
        let arrow = self.palette.paint(self.palette.help(), self.palette.arrow());
        let room = width.saturating_sub(10) / 2;
        let drawn = |path: &[u8]| {
            clip_middle(&visible_path(path), room.max(16), self.palette.ellipsis()).into_owned()
        };
        let to = change.to.as_deref().map_or_else(|| "(removed)".to_owned(), drawn);
        Ok(writeln!(text, "    {} {arrow} {to}", drawn(&change.from))?)
    }

    /// The stretch of metadata.json as it is, and as it will be.
    fn edit(&self, edit: &Edit, text: &mut String) -> Result<(), RenderError> {
        let before = self.view.metadata.and_then(|text| text.get(edit.start..edit.end));
        let drawn = |text: &[u8]| match text {
            b"" => "(nothing)".to_owned(),
            text => clip_middle(&visible_path(text), STRETCH, self.palette.ellipsis()).into_owned(),
        };
        let arrow = self.palette.paint(self.palette.help(), self.palette.arrow());
        let (before, after) = (drawn(before.unwrap_or_default()), drawn(&edit.text));
        Ok(writeln!(text, "    {before} {arrow} {after}")?)
    }

    /// How frames are paired, where a way was chosen.
    fn pairing(&self, text: &mut String) -> Result<(), RenderError> {
        let Some(pairing) = &self.view.pairing else { return Ok(()) };
        let lines = pairing_lines(pairing);
        if lines.is_empty() {
            return Ok(());
        }
        let heading = format!("paired by `--pair {}`:", pairing.by.as_str());
        writeln!(text, "{}", self.palette.paint(self.palette.strong(), &heading))?;
        writeln!(text)?;
        for line in lines {
            self.line(text, &line, 2)?;
        }
        writeln!(text)?;
        Ok(())
    }

    /// What is not mended, and why.
    fn left(&self, text: &mut String) -> Result<(), RenderError> {
        let outlook = self.view.outlook;
        let left = &outlook.report.findings;
        if left.is_empty() {
            return Ok(());
        }
        let heading = match self.view.proposal.plan.is_empty() {
            true => "not mended:",
            false => "left afterwards:",
        };
        writeln!(text, "{}", self.palette.paint(self.palette.strong(), heading))?;
        writeln!(text)?;
        for (finding, why) in left.iter().zip(&outlook.why_left) {
            writeln!(text, "{}", header(finding, self.palette, None))?;
            for line in why_left(finding, *why) {
                self.line(text, &line, 2)?;
            }
        }
        writeln!(text)?;
        Ok(())
    }

    /// What the dataset will be afterwards.
    fn outlook(&self, text: &mut String) -> Result<(), RenderError> {
        let PlanView { report, outlook, proposal, .. } = self.view;
        let now = verdict_line(report, self.style);
        if proposal.plan.is_empty() {
            writeln!(text, "{now}")?;
            return Ok(());
        }
        writeln!(text, "now    {now}")?;
        writeln!(text, "after  {}", verdict_line(&outlook.report, self.style))?;
        self.line(text, &self.frames(), 2)?;
        let changed: Vec<_> =
            outlook.scenes.iter().filter(|scene| scene.before != scene.after).collect();
        let arrow = self.palette.arrow();
        let shown = self.style.named();
        for scene in changed.iter().take(shown) {
            let (name, before) = (visible_path(&scene.name), figure(scene.before));
            let after = figure(scene.after);
            self.line(text, &format!("{name}: {before} {arrow} {after}"), 4)?;
        }
        if changed.len() > shown {
            let more = number((changed.len() - shown) as u64);
            self.line(text, &format!("{} {more} more", self.palette.ellipsis()), 4)?;
        }
        let mended = count(proposal.causes.len() as u64, "finding");
        let left = number(outlook.report.findings.len() as u64);
        self.line(text, &format!("{mended} mended, {left} left"), 2)
    }

    /// `frames complete in all sensors: 0 → 120 in 12 scenes`. Where folders become sensors, their
    /// number is said, as fewer are complete more easily.
    fn frames(&self) -> String {
        let PlanView { outlook, report, .. } = self.view;
        let scenes = count(outlook.report.scenes.len() as u64, "scene");
        let (before, after) = (outlook.complete_before(), outlook.complete_after());
        let (mut before, mut after) = (figure(before), figure(after));
        let sensors = |report: &Report| report.sensors.len() as u64;
        if sensors(report) != sensors(&outlook.report) {
            for (figure, report) in [(&mut before, *report), (&mut after, &outlook.report)] {
                figure.push_str(&format!(" of {}", count(sensors(report), "sensor")));
            }
        }
        let arrow = self.palette.arrow();
        format!("frames complete in all sensors: {before} {arrow} {after} in {scenes}")
    }
}

fn figure(count: Option<u64>) -> String {
    count.map_or_else(|| "none known".to_owned(), number)
}

/// What a plan changes, in words.
#[must_use]
pub fn counts_line(counts: &ChangeCounts) -> String {
    let edits = count(counts.edits, "place");
    match (counts.paths(), counts.edits) {
        (_, 0) => counted(counts),
        (0, _) => format!("edits metadata.json in {edits}"),
        _ => format!("{} and edits metadata.json in {edits}", counted(counts)),
    }
}

/// `renames 3,600 files, moves 1 folder`.
fn counted(counts: &ChangeCounts) -> String {
    let ChangeCounts { renamed, moved, removed, .. } = counts;
    let part = |verb: &str, PathCounts { files, folders }: &PathCounts| {
        let of = |many: u64, noun: &str| (many > 0).then(|| count(many, noun));
        let parts: Vec<String> =
            [of(*folders, "folder"), of(*files, "file")].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| format!("{verb} {}", parts.join(" and ")))
    };
    let parts = [part("renames", renamed), part("moves", moved), part("removes", removed)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// How far a repair may be trusted, and what it rests on: `safe: it holds images and nothing else`.
fn trust(finding: &Finding, repair: &Repair, at: usize) -> String {
    let of = match finding.repairs.len() {
        0 | 1 => String::new(),
        among => format!(" {} of {}", number(at as u64 + 1), number(among as u64)),
    };
    format!("{}{of}: {}", repair.applicability.as_str(), visible(&repair.rests_on))
}

/// Why a finding is left, and what could be done.
fn why_left(finding: &Finding, why: WhyLeft) -> Vec<String> {
    let rests_on = || finding.repairs.first().map(|repair| visible(&repair.rests_on).into_owned());
    match why {
        WhyLeft::Person => {
            let help = finding.help.as_ref().map(|help| visible(help).into_owned());
            vec![format!(
                "needs a person: {}",
                help.unwrap_or_else(|| "no repair is known".to_owned())
            )]
        }
        WhyLeft::Deselected => vec!["left out by --select or --ignore".to_owned()],
        WhyLeft::NotAllowed { is_unsafe, removes } => {
            let flags = match (is_unsafe, removes) {
                (true, true) => "--unsafe and --remove",
                (_, true) => "--remove",
                _ => "--unsafe",
            };
            vec![format!("needs {flags}: {}", rests_on().unwrap_or_default())]
        }
        WhyLeft::Choice { .. } if finding.repairs.iter().all(|repair| repair.is_far) => {
            vec![format!("needs --far: {}", rests_on().unwrap_or_default())]
        }
        WhyLeft::Choice { among } => {
            let code = finding.rule.code;
            let notes = finding.notes.iter().map(|note| visible(note).into_owned());
            let heading = match among {
                1 => "needs a choice:".to_owned(),
                _ => format!("needs a choice of one of {}:", number(among as u64)),
            };
            let choices = finding.repairs.iter().enumerate().map(|(at, repair)| {
                format!("  --choose {code}={}: {}", at + 1, visible(&repair.rests_on))
            });
            notes.chain([heading]).chain(choices).collect()
        }
        WhyLeft::Collides | WhyLeft::Later => {
            vec![
                "can be mended by another `sensortree fix` once this plan is carried out"
                    .to_owned(),
            ]
        }
    }
}
