//! The summary at the end of `full`: the predicted answer, why, what to do first, and what was and
//! was not looked at.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sensortree_core::finding::settings::Severity;
use sensortree_core::names::SensorKind;
use sensortree_core::platform::{Basis, ResponseCode};
use sensortree_core::report::Report;
use sensortree_core::report::baseline::{Baselined, Became, Stale};
use sensortree_core::report::verdict::Outcome;
use sensortree_core::text::{count, list, number};
use sensortree_core::tree::Coverage;

use crate::escape::{clip_middle, visible, visible_path};
use crate::fixable::fixable_line;
use crate::palette::Palette;
use crate::quantities::{rate, seconds, size, speed};
use crate::run_facts::Timing;
use crate::steps::{Step, steps};
use crate::style::Style;
use crate::target_name::target_name;

/// How many repairs are named before the rest is counted.
const REPAIRS: usize = 3;
/// Before the first and the other lines of what is said below the answer.
const INDENTS: (&str, &str) = ("  ", "    ");
/// How many cells say why: two lines of a terminal of 80.
const CAUSE_CELLS: usize = 160;
/// How many places are named that one repair mends.
const PLACES: usize = 2;

/// The predicted answer in one line, without a line break.
#[must_use]
pub fn verdict_line(report: &Report, style: &Style) -> String {
    let palette = Palette::new(style);
    let outcome = report.verdict.outcome;
    let sign = palette.outcome_sign(outcome);
    let text = match report.is_of_nothing() {
        true => format!("{sign} {} holds no file: there was nothing to check", target_name(report)),
        false => format!("{sign} predicted answer: {}", answer(report)),
    };
    palette.paint(palette.outcome(outcome), &text)
}

fn answer(report: &Report) -> String {
    let Some(code) = report.verdict.code else {
        let why = if report.coverage.is_complete() {
            "only the request was looked at"
        } else {
            "not all could be read"
        };
        return format!("unknown, as {why}");
    };
    let risk = match (report.verdict.outcome, report.verdict.at_risk.len()) {
        (Outcome::ScenesAtRisk, 0) => " with data at risk".to_owned(),
        (Outcome::ScenesAtRisk, scenes) => {
            format!(
                " with {} of {} at risk",
                number(scenes as u64),
                count(report.scenes.len() as u64, "scene")
            )
        }
        _ => String::new(),
    };
    // What a few rules do not speak against is easily taken for more.
    let limit = match (code, report.deselected) {
        (ResponseCode::Success, 1..) => {
            format!(", as far as {} can tell", count(report.rules.len() as u64, "rule"))
        }
        _ => String::new(),
    };
    format!("{} {}{risk} ({}){limit}", code.code(), code.message(), report.endpoint)
}

/// Draws the summary.
pub(crate) fn draw(report: &Report, style: &Style, timing: &Timing) -> String {
    let palette = Palette::new(style);
    let mut text = String::new();
    for (at, line) in lines(report, style, timing, true).iter().enumerate() {
        let (first, rest) = if at == 0 { ("", "  ") } else { INDENTS };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", palette.fill(line, first, rest));
    }
    text
}

/// The lines of the summary, the predicted answer first; `with_steps` names what to do in it.
pub(crate) fn lines(
    report: &Report,
    style: &Style,
    timing: &Timing,
    with_steps: bool,
) -> Vec<String> {
    let palette = Palette::new(style);
    let summary = Summary { report, style, timing, palette, with_steps };
    let mut lines = Vec::new();
    if report.is_of_nothing() {
        lines.push(verdict_line(report, style));
    } else if report.verdict.outcome == Outcome::Accepted {
        summary.accepted(&mut lines);
    } else {
        summary.not_accepted(&mut lines);
    }
    lines.extend(report.coverage.notes.iter().map(|note| visible(note).into_owned()));
    summary.skipped(&mut lines);
    summary.idle_settings(&mut lines);
    lines.extend(fixable_line(report, palette));
    lines
}

/// Whether there is one thing to do, and it stands in the last of the findings, which are drawn
/// right above.
fn is_right_above(steps: &[Step<'_>], report: &Report) -> bool {
    matches!(steps, [step] if step.findings.last() == report.findings.len().checked_sub(1).as_ref())
}

struct Summary<'a> {
    report: &'a Report,
    style: &'a Style,
    timing: &'a Timing,
    palette: Palette,
    with_steps: bool,
}

impl Summary<'_> {
    fn accepted(&self, lines: &mut Vec<String>) {
        let Summary { report, style, palette, .. } = self;
        let sign = palette.outcome_sign(Outcome::Accepted);
        let uri = target_name(report);
        let state = match (report.rules.len(), report.sensors.as_slice()) {
            (0, _) => "was not judged, as no selected rule has anything to judge in it",
            (_, []) => "has nothing that a rule speaks against",
            _ if report.deselected > 0 => "has nothing that the selected rules speak against",
            _ => "is aligned",
        };
        let head =
            palette.paint(palette.outcome(Outcome::Accepted), &format!("{sign} {uri} {state}"));
        lines.push(format!("{head}: {}", self.holds().join(", ")));
        let answer = format!("predicted answer: {}", answer(report));
        let passed = || match &report.baseline {
            Some(baseline) if !baseline.covered.is_empty() => {
                "nothing beyond the baseline".to_owned()
            }
            _ => count(report.rules.len() as u64, "rule") + " passed",
        };
        let findings = self.findings().unwrap_or_else(passed);
        let time = seconds(self.timing.list_seconds + self.timing.check_seconds);
        lines.push(palette.row(&[answer, findings, time]));
        lines.extend(self.left_out());
        lines.extend(self.ignored());
        self.baseline(lines);
        if style.verbose > 0 {
            self.sensors(lines);
            lines.push(self.listed());
        }
        lines.extend(self.looked_into());
    }

    fn not_accepted(&self, lines: &mut Vec<String>) {
        let Summary { report, style, palette, .. } = self;
        lines.push(verdict_line(report, style));
        lines.extend(self.because());
        lines.extend(self.at_risk());
        lines.extend(self.left_out());
        lines.extend(self.ignored());
        self.baseline(lines);
        self.repairs(lines);
        self.unread(lines);
        if !report.sensors.is_empty() {
            lines.push(palette.row(&self.holds()));
        }
        if style.verbose > 0 {
            self.sensors(lines);
        }
        if report.is_of_request_alone() {
            let clean = if report.findings.is_empty() {
                "no rule speaks against the request; "
            } else {
                ""
            };
            lines.push(format!("{clean}the tree was not looked at"));
        } else {
            let mut run = vec![self.listed()];
            run.extend(self.looked_into());
            lines.push(palette.row(&run));
        }
        if let Some(findings) = self.findings() {
            let is_shown =
                |code: &&str| report.findings.iter().any(|finding| finding.rule.code == *code);
            let because = report.verdict.because.iter().copied().find(is_shown);
            let code = because.or_else(|| report.findings.first().map(|one| one.rule.code));
            let hint = code
                .map(|code| palette.paint(palette.strong(), &format!("sensortree explain {code}")));
            lines.push(
                palette.row(&[Some(findings), hint].into_iter().flatten().collect::<Vec<_>>()),
            );
        }
    }

    /// `61 rules that could say otherwise were left out (--select, --ignore)`, where nothing
    /// rejects it anyway.
    fn left_out(&self) -> Option<String> {
        let Report { verdict, deselected, .. } = self.report;
        let rules = count(*deselected as u64, "rule");
        let verb = if *deselected == 1 { "was" } else { "were" };
        (*deselected > 0 && verdict.outcome != Outcome::Rejected).then(|| {
            format!("{rules} that could say otherwise {verb} left out (--select, --ignore)")
        })
    }

    /// `3 occurrences are ignored, and the platform does not know of that: without ignores
    /// it answers 5710`.
    fn ignored(&self) -> Option<String> {
        let report = self.report;
        let other = report.without_ignores.as_ref().map(|other| match other.outcome {
            Outcome::Rejected => {
                let code = other.code.map(|code| format!(" {}", code.code())).unwrap_or_default();
                format!("its answer would be{code}")
            }
            Outcome::ScenesAtRisk => "scenes would be at risk".to_owned(),
            Outcome::Accepted | Outcome::Unknown => "nothing is known of its answer".to_owned(),
        });
        let occurrences = match report.ignored {
            0 => None,
            1 => Some("1 occurrence is ignored".to_owned()),
            count => Some(format!("{} occurrences are ignored", number(count))),
        };
        match (occurrences, other) {
            (Some(ignored), Some(other)) => Some(format!(
                "{ignored}, which the platform does not know: without ignores {other}"
            )),
            (Some(ignored), None) => Some(format!("{ignored}, which the platform does not know")),
            (None, Some(other)) if report.deselected > 0 => {
                Some(format!("with the rules that were left out {other}"))
            }
            (None, _) => None,
        }
    }

    /// `3 findings are in the baseline known.json; the platform will answer 5710 all the same`, and
    /// which entries are stale.
    fn baseline(&self, lines: &mut Vec<String>) {
        let Some(baseline) = &self.report.baseline else { return };
        let file = visible(&baseline.file);
        let covered = baseline.covered.len() as u64;
        if covered > 0 {
            let verb = if covered == 1 { "is" } else { "are" };
            let consequence = match (self.report.verdict.outcome, self.report.verdict.code) {
                (Outcome::Rejected, Some(code)) if baseline.covers_more_than_advice() => {
                    format!("; the platform will still answer {}", code.code())
                }
                (Outcome::ScenesAtRisk, _) if baseline.covers_more_than_advice() => {
                    "; the scenes are still at risk".to_owned()
                }
                _ => String::new(),
            };
            lines.push(format!(
                "{} {verb} in the baseline {file} and not shown{consequence}",
                count(covered, "finding")
            ));
        }
        if let Some(name) = &baseline.written_for {
            lines.push(format!("the baseline was written for `{}`", visible(name)));
        }
        self.stale(baseline, lines);
    }

    fn stale(&self, baseline: &Baselined, lines: &mut Vec<String>) {
        let file = visible(&baseline.file);
        let (regrouped, stale): (Vec<&Stale>, Vec<&Stale>) =
            baseline.stale.iter().partition(|stale| stale.became == Became::Regrouped);
        let entries = |of: &[&Stale]| match of.len() {
            1 => "1 entry".to_owned(),
            several => format!("{} entries", number(several as u64)),
        };
        if !regrouped.is_empty() {
            let codes: BTreeSet<&str> =
                regrouped.iter().map(|stale| stale.entry.code.as_str()).collect();
            let codes: Vec<_> = codes.into_iter().map(visible).collect();
            let rules = if codes.len() == 1 { "a rule that groups" } else { "rules that group" };
            let (verb, found) = match regrouped.len() {
                1 => ("is", "its finding"),
                _ => ("are", "their findings"),
            };
            lines.push(format!(
                "{} of the baseline {verb} of {rules} findings otherwise now ({}), and {found} may be \
                 reported anew; to write it by the new grouping: --write-baseline {file}",
                entries(&regrouped),
                codes.join(", ")
            ));
        }
        if stale.is_empty() {
            return;
        }
        let verb = if stale.len() == 1 { "covers" } else { "cover" };
        lines.push(format!(
            "{} of the baseline {verb} nothing any more; to refresh it: --write-baseline {file}",
            entries(&stale)
        ));
        let shown = self.style.named();
        for Stale { entry, became } in stale.iter().take(shown) {
            let state = if *became == Became::Gone { "gone" } else { "changed" };
            lines.push(format!("  {state}: {} {}", visible(&entry.code), visible(&entry.message)));
        }
        if stale.len() > shown {
            lines.push(format!(
                "  {} {} more",
                self.palette.ellipsis(),
                number((stale.len() - shown) as u64)
            ));
        }
    }

    /// `2 errors, 1 warning, 1 advice`.
    fn findings(&self) -> Option<String> {
        let findings = &self.report.findings;
        let of = |severity: Severity| {
            let found =
                findings.iter().filter(|finding| finding.severity == severity).count() as u64;
            let text = match severity {
                Severity::Advice => format!("{} {severity}", number(found)),
                _ => count(found, severity.as_str()),
            };
            (found > 0).then_some(text)
        };
        let parts: Vec<String> = Severity::ALL.into_iter().filter_map(of).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// One line a sensor.
    fn sensors(&self, lines: &mut Vec<String>) {
        for sensor in &self.report.sensors {
            let (scenes, frames) = (count(sensor.scenes, "scene"), count(sensor.frames, "frame"));
            lines.push(format!("  {}: {scenes}, {frames}", visible_path(&sensor.folder)));
        }
    }

    /// `2 LiDARs`, `6 cameras`, `125 scenes`, `1,000,000 frames at 10.0 Hz`.
    fn holds(&self) -> Vec<String> {
        let report = self.report;
        let of_kind = |kind: SensorKind| {
            report.sensors.iter().filter(|sensor| sensor.kind == kind).count() as u64
        };
        let mut parts: Vec<String> = SensorKind::ALL
            .into_iter()
            .map(|kind| (of_kind(kind), kind.noun()))
            .filter(|(sensors, _)| *sensors > 0)
            .map(|(sensors, noun)| count(sensors, noun))
            .collect();
        if parts.is_empty() {
            return vec![count(report.files, "file")];
        }
        parts.push(count(report.scenes.len() as u64, "scene"));
        let cadence =
            report.cadence_ns.and_then(rate).map(|rate| format!(" at {rate}")).unwrap_or_default();
        parts.push(count(report.frames, "frame") + &cadence);
        parts
    }

    /// ``because L103 (documented) and A201 (implied). L103: `lidar/` lacks its prefix``.
    fn because(&self) -> Option<String> {
        let report = self.report;
        let basis_of = |code: &str| {
            let findings = report.all_findings().filter(|finding| finding.rule.code == code);
            findings.map(|finding| finding.basis).min()
        };
        let because = &report.verdict.because;
        let supported = |basis: Basis| {
            let codes = because.iter().copied();
            let codes: Vec<&str> = codes.filter(|code| basis_of(code) == Some(basis)).collect();
            let named = list(&codes, codes.len());
            (!codes.is_empty()).then(|| format!("{named} ({basis})"))
        };
        let parts: Vec<String> = Basis::ALL.into_iter().filter_map(supported).collect();
        if parts.is_empty() {
            return None;
        }
        let mut text = format!("because {}", parts.join(", "));
        if let Some(place) = self.only_place() {
            let _ = write!(text, ", {place}");
        }
        // Its drawing may have left the screen.
        let first = report.findings.iter().find(|finding| because.contains(&finding.rule.code));
        if let Some(finding) = first.filter(|_| self.with_steps) {
            let of =
                if because.len() > 1 { format!(". {}", finding.rule.code) } else { String::new() };
            let _ = write!(text, "{of}: {}", visible(&finding.message));
        }
        if self.style.verbose > 0 {
            return Some(text);
        }
        let (first, rest) = INDENTS;
        Some(self.palette.within_cells(&text, CAUSE_CELLS, first, rest))
    }

    /// Where the one thing is that is to be done, where how it is done stands right above and what
    /// is wrong does not name the place.
    fn only_place(&self) -> Option<String> {
        let Summary { report, palette, .. } = self;
        let steps = steps(report);
        let step = steps.first().filter(|_| self.with_steps && is_right_above(&steps, report))?;
        let place = match step.places.as_slice() {
            [] => target_name(report),
            places => list(places, PLACES),
        };
        let named =
            |name: &str| step.findings.iter().any(|at| report.findings[*at].message.contains(name));
        let last = place.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let is_named = step.places.len() == 1 && named(last);
        (!is_named).then(|| clip_middle(&place, palette.width / 2, palette.ellipsis()).into_owned())
    }

    fn at_risk(&self) -> Option<String> {
        let Summary { report, style, .. } = self;
        let at_risk = &report.verdict.at_risk;
        if at_risk.is_empty() {
            return None;
        }
        let shown = style.named();
        let names: Vec<String> =
            at_risk.iter().map(|id| visible_path(report.scene_name(*id))).collect();
        let also = if report.verdict.outcome == Outcome::Rejected { "also " } else { "" };
        let scenes = count(at_risk.len() as u64, "scene");
        Some(format!("{also}{scenes} at risk: {}", list(&names, shown)))
    }

    /// What to do, in the order in which it should be done.
    fn repairs(&self, lines: &mut Vec<String>) {
        let Summary { report, palette, .. } = self;
        let steps = steps(report);
        if !self.with_steps || is_right_above(&steps, report) {
            return;
        }
        for (at, step) in steps.iter().take(REPAIRS).enumerate() {
            let order = if at == 0 { "first" } else { "then" };
            let order = palette.paint(palette.help(), &format!("{order:5}"));
            let place = list(&step.places, PLACES);
            let place = clip_middle(&place, palette.width / 2, palette.ellipsis()).into_owned();
            let place = if step.places.is_empty() { String::new() } else { format!(" {place}:") };
            let codes = list(&step.codes, REPAIRS);
            lines.push(format!("{order} {codes}{place} {}", visible(step.help)));
        }
        if steps.len() > REPAIRS {
            let more = number((steps.len() - REPAIRS) as u64);
            lines.push(format!("{} {more} more", palette.paint(palette.help(), "then ")));
        }
    }

    /// `listed 1,000,001 files (3.2 TB) in 1.1 s (910,000/s), checked in 0.2 s`.
    fn listed(&self) -> String {
        let (report, timing) = (self.report, self.timing);
        let files = count(report.files, "file");
        let (listing, checking) = (seconds(timing.list_seconds), seconds(timing.check_seconds));
        let speed = speed(report.entries, timing.list_seconds)
            .map(|speed| format!(" ({speed})"))
            .unwrap_or_default();
        format!(
            "listed {files} ({}) in {listing}{speed}, checked in {checking}",
            size(report.bytes)
        )
    }

    /// `looked into 240 of 10,000 files (--sample 30)`.
    fn looked_into(&self) -> Option<String> {
        let Coverage { content, probed, probeable, sample, .. } = &self.report.coverage;
        if *content == "none" {
            let way = if self.report.target.is_costly_to_look_into() {
                " (--content headers)"
            } else {
                ""
            };
            return Some(format!("file contents not looked into{way}"));
        }
        let sample = sample.map(|sample| {
            // What a sample cannot tell, where it is looked for at all.
            let off = if *content == "full" { "; equal frames not looked for" } else { "" };
            format!(" (--sample {sample}{off})")
        });
        let sample = sample.unwrap_or_default();
        match (*probed, *probeable) {
            (_, 0) => None,
            (probed, probeable) if probed == probeable => {
                Some(format!("looked into {}{sample}", count(probed, "file")))
            }
            (probed, probeable) => Some(format!(
                "looked into {} of {}{sample}",
                number(probed),
                count(probeable, "file")
            )),
        }
    }

    fn unread(&self, lines: &mut Vec<String>) {
        let Summary { report, style, palette, .. } = self;
        let unread = &report.coverage.unread;
        if unread.is_empty() {
            return;
        }
        let what = count(unread.len() as u64, "place") + " could not be read";
        lines.push(format!("{}:", palette.paint(palette.outcome(Outcome::Unknown), &what)));
        let shown = style.named();
        for one in unread.iter().take(shown) {
            let path = if one.path.is_empty() { ".".to_owned() } else { visible_path(&one.path) };
            lines.push(format!("  {path}: {}", visible(&one.reason)));
        }
        if unread.len() > shown {
            lines.push(format!(
                "  {} {} more",
                palette.ellipsis(),
                number((unread.len() - shown) as u64)
            ));
        }
    }

    fn skipped(&self, lines: &mut Vec<String>) {
        let Summary { report, style, .. } = self;
        let skipped: Vec<String> =
            report.coverage.skipped.iter().map(|path| visible_path(path)).collect();
        if !skipped.is_empty() {
            let shown = style.named();
            lines.push(format!("left out on purpose: {}", list(&skipped, shown)));
        }
    }

    fn idle_settings(&self, lines: &mut Vec<String>) {
        lines.extend(
            self.report
                .idle_settings
                .iter()
                .map(|idle| format!("without effect: {}", visible(idle))),
        );
    }
}
