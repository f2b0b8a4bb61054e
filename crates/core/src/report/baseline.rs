//! A baseline: the findings that were there when it was written, and that do not count since.
//!
//! An entry covers a finding only when all of it is the same ([`Finding::content_hash`]): one
//! occurrence more, or another in the place of one, and the whole finding is reported. What the
//! platform answers does not change by it.
//!
//! An entry says by which grouping its rule made findings then ([`groupings`]). Where that is
//! another one now, an entry of which all is the same covers its finding still, and the others
//! are set apart.

use std::collections::HashMap;
use std::num::NonZeroU64;

use crate::finding::Finding;
use crate::platform::Effect;
use crate::report::{FindingId, Report};
use crate::rules::groupings;
use crate::text;
use crate::tree::Coverage;

/// The findings of a run that later runs are held against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The folder that was checked, by its name alone, where it has one.
    pub target: Option<String>,
    /// How far file contents were looked into: `none`, `headers`, `full`.
    pub content: String,
    /// How many of each folder's frames were looked into at the most, where not all were.
    pub sample: Option<NonZeroU64>,
    /// The findings, in a fixed order.
    pub entries: Vec<Entry>,
}

/// One finding of a baseline. All but the contents is for people, and to say what became of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The rule's code.
    pub code: String,
    /// The sensor's folder that it is about, where it is about one.
    pub sensor: Option<String>,
    /// The scene that it is about, where it is about one.
    pub scene: Option<String>,
    /// What tells the fault from others, whatever its extent.
    pub fingerprint: String,
    /// What tells all of it from anything else.
    pub contents: String,
    /// The rule's name.
    pub name: String,
    /// How often it occurred.
    pub count: u64,
    /// What was wrong, in one sentence.
    pub message: String,
    /// How the rule grouped its findings: [`groupings::revision`].
    pub grouping: u32,
}

/// What became of a report's findings by a baseline.
#[derive(Clone, Debug, Default)]
pub struct Baselined {
    /// The baseline's file, as the user named it.
    pub file: String,
    /// The name that the target had when the baseline was written, where it has another one now.
    pub written_for: Option<String>,
    /// The findings that it covers. They are none of [`Report::findings`] any more.
    pub covered: Vec<Finding>,
    /// The entries that cover nothing any more.
    pub stale: Vec<Stale>,
}

/// An entry that covers nothing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The entry.
    pub entry: Entry,
    /// What became of its finding.
    pub became: Became,
}

/// What became of a finding that a baseline has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It is there no more.
    Gone,
    /// It is there, but not the same, and occurs so often now.
    Changed(u64),
    /// Its rule groups findings otherwise now, so that it is not known which of them it is.
    Regrouped,
}

impl Baselined {
    /// Whether a finding that it covers makes the platform reject the request or puts data at risk.
    #[must_use]
    pub fn covers_more_than_advice(&self) -> bool {
        self.covered.iter().any(|finding| finding.effect != Effect::Advice)
    }
}

impl Baseline {
    /// The baseline that covers all findings of a report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let mut entries = Baseline::entries(report);
        entries.sort();
        let Coverage { content, sample, .. } = &report.coverage;
        Baseline {
            target: target_name(report),
            content: (*content).to_owned(),
            sample: *sample,
            entries,
        }
    }

    /// Takes the findings that this covers out of the report, and says there what became of the
    /// others. `file` is what the baseline is called.
    pub fn apply(&self, file: &str, report: &mut Report) {
        let current = target_name(report);
        let written_for = self
            .target
            .clone()
            .filter(|name| current.as_ref().is_some_and(|current| current != name));
        let now = Baseline::entries(report);
        let mut left: Vec<&Entry> = self.entries.iter().collect();
        let mut partners = vec![None; now.len()];
        meet(&mut left, &now, &mut partners, Entry::by_contents);
        // Of another grouping neither the place nor the count can be compared.
        let is_comparable = |entry: &&Entry| entry.grouping == groupings::revision(&entry.code);
        let (mut left, regrouped): (Vec<_>, Vec<_>) = left.into_iter().partition(is_comparable);
        for key in [Entry::by_fingerprint, Entry::by_subject] {
            meet(&mut left, &now, &mut partners, key);
        }
        let (mut covered, mut reported, mut stale) = (Vec::new(), Vec::new(), Vec::new());
        for ((mut finding, now), partner) in
            std::mem::take(&mut report.findings).into_iter().zip(&now).zip(partners)
        {
            match partner {
                Some(entry) if entry.contents == now.contents => covered.push(finding),
                Some(entry) => {
                    finding.notes.push(change(entry.count, now.count));
                    stale.push(Stale { entry: entry.clone(), became: Became::Changed(now.count) });
                    reported.push(finding);
                }
                None => reported.push(finding),
            }
        }
        for (entries, became) in [(left, Became::Gone), (regrouped, Became::Regrouped)] {
            let missed = entries.into_iter().filter(|entry| self.is_missed(entry, report));
            stale.extend(missed.map(|entry| Stale { entry: entry.clone(), became }));
        }
        stale.sort_by(|a, b| a.entry.cmp(&b.entry));
        report.findings = reported;
        report.baseline = Some(Baselined { file: file.to_owned(), written_for, covered, stale });
    }

    /// Whether the finding of an entry would have been found again: its rule ran, and no less was
    /// looked at than then.
    fn is_missed(&self, entry: &Entry, report: &Report) -> bool {
        let depth =
            |content: &str| ["none", "headers", "full"].iter().position(|known| *known == content);
        // A sample of another size is of other frames.
        let as_many = report.coverage.sample.is_none() || report.coverage.sample == self.sample;
        report.coverage.is_complete()
            && as_many
            && depth(report.coverage.content) >= depth(&self.content)
            && report.rules.iter().any(|rule| rule.code == entry.code)
    }

    /// A report's findings as entries, in their order.
    fn entries(report: &Report) -> Vec<Entry> {
        let ids = FindingId::of_report(report);
        report.findings.iter().zip(ids).map(|(finding, id)| Entry::of(finding, id)).collect()
    }
}

impl Entry {
    fn of(finding: &Finding, id: FindingId) -> Self {
        let named =
            |name: &Option<Vec<u8>>| name.as_deref().map(|name| text::lossless(name).into_owned());
        Entry {
            code: finding.rule.code.to_owned(),
            sensor: named(&finding.subject.sensor),
            scene: named(&finding.subject.scene),
            fingerprint: id.to_string(),
            contents: finding.content_hash.to_string(),
            name: finding.rule.name.to_owned(),
            count: finding.count,
            message: finding.message.clone(),
            grouping: groupings::revision(finding.rule.code),
        }
    }

    fn by_contents(&self) -> [&str; 3] {
        [&self.code, &self.contents, ""]
    }

    fn by_fingerprint(&self) -> [&str; 3] {
        [&self.code, &self.fingerprint, ""]
    }

    fn by_subject(&self) -> [&str; 3] {
        [
            &self.code,
            self.sensor.as_deref().unwrap_or_default(),
            self.scene.as_deref().unwrap_or_default(),
        ]
    }
}

/// Gives each of `now` that has no partner an entry of the same key, each entry once, and takes it
/// out of those left.
fn meet<'b>(
    left: &mut Vec<&'b Entry>,
    now: &[Entry],
    partners: &mut [Option<&'b Entry>],
    key: impl Fn(&Entry) -> [&str; 3],
) {
    let mut alone: HashMap<[&str; 3], Vec<&mut Option<&'b Entry>>> = HashMap::new();
    for (now, partner) in now.iter().zip(partners).rev() {
        if partner.is_none() {
            alone.entry(key(now)).or_default().push(partner);
        }
    }
    left.retain(|entry| match alone.get_mut(&key(entry)).and_then(Vec::pop) {
        Some(partner) => {
            *partner = Some(*entry);
            false
        }
        None => true,
    });
}

/// What is said of a finding that the baseline has, but not so.
fn change(then: u64, now: u64) -> String {
    let was =
        format!("{} when the baseline was written, {} now", text::number(then), text::number(now));
    if then == now { format!("{was}, but not the same") } else { was }
}

/// The name of what was checked: the last of its segments.
fn target_name(report: &Report) -> Option<String> {
    report.target.segments.last().cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::settings::Settings;
    use crate::sketch::Sketch;

    const TWO_EMPTY: &str = "\
target: drives/a
lidar-top/
  s/
    1681532060061.pcd (0 bytes)
    1681532060062.pcd (0 bytes)
    1681532060063.pcd
    1681532060064.pcd
metadata.json
";

    fn report_with(text: &str, settings: &Settings) -> Report {
        crate::check(Sketch::parse(text).unwrap().inspection(), settings)
    }

    fn report(text: &str) -> Report {
        report_with(text, &Settings::default())
    }

    /// The codes that are still reported, and what the stale entries became, once the baseline of
    /// one tree is held against another.
    fn against(before: &str, now: &str) -> (Vec<String>, Vec<Became>) {
        let mut report = report(now);
        Baseline::of(&self::report(before)).apply("known.json", &mut report);
        let baselined = report.baseline.unwrap();
        let codes = report.findings.iter().map(|finding| finding.rule.code.to_owned()).collect();
        (codes, baselined.stale.iter().map(|stale| stale.became).collect())
    }

    #[test]
    fn what_was_there_is_covered() {
        assert_eq!(report(TWO_EMPTY).findings.len(), 1);
        assert_eq!(against(TWO_EMPTY, TWO_EMPTY), (vec![], vec![]));
    }

    #[test]
    fn one_more_or_another_is_reported_whole() {
        let check = |from: &str, to: &str, expected: u64| {
            let now = TWO_EMPTY.replacen(from, to, 1);
            assert_ne!(now, TWO_EMPTY);
            assert_eq!(
                against(TWO_EMPTY, &now),
                (vec!["F101".to_owned()], vec![Became::Changed(expected)]),
                "{now}"
            );
        };
        check("1681532060064.pcd", "1681532060064.pcd (0 bytes)", 3);
        check("1681532060063.pcd", "1681532060063.pcd (0 bytes)", 3);
        check("1681532060062.pcd (0 bytes)", "1681532060062.pcd", 1);
        check(
            "1681532060062.pcd (0 bytes)\n    1681532060063.pcd",
            "1681532060062.pcd\n    1681532060063.pcd (0 bytes)",
            2,
        );
        check(
            "1681532060061.pcd (0 bytes)\n    1681532060062.pcd (0 bytes)\n    1681532060063.pcd",
            "1681532060061.pcd\n    1681532060062.pcd (0 bytes)\n    1681532060063.pcd (0 bytes)",
            2,
        );
    }

    #[test]
    fn how_many_examples_are_kept_does_not_matter() {
        let many = format!("lidar-top/\n  s/\n{}metadata.json\n", "    1681532060069.pcd\n")
            + &(0..9).map(|at| format!("stray-{at}.txt\n")).collect::<String>();
        let few = Settings { max_examples: 1, ..Settings::default() };
        let mut report = report_with(&many, &few);
        assert!(!report.findings.is_empty());
        Baseline::of(&self::report(&many)).apply("known.json", &mut report);
        assert_eq!(report.findings.len(), 0, "{:?}", report.findings);
    }

    #[test]
    fn what_is_gone_is_said_only_where_it_was_looked_for() {
        let good = TWO_EMPTY.replace(" (0 bytes)", "");
        assert_eq!(against(TWO_EMPTY, &good), (vec![], vec![Became::Gone]));
        let baseline = Baseline::of(&report(TWO_EMPTY));
        let stale = |text: &str, settings: &Settings, change: fn(&mut Report)| {
            let mut report = report_with(text, settings);
            change(&mut report);
            baseline.apply("known.json", &mut report);
            report.baseline.unwrap().stale.len()
        };
        let without = Settings { ignore: vec!["F101".parse().unwrap()], ..Settings::default() };
        assert_eq!(stale(&good, &Settings::default(), |_| {}), 1);
        assert_eq!(stale(&good, &without, |_| {}), 0);
        let hole = |report: &mut Report| {
            report
                .coverage
                .unread
                .push(crate::tree::Unread { path: b"x".to_vec(), reason: "denied".to_owned() });
        };
        assert_eq!(stale(&good, &Settings::default(), hole), 0);
        let sampled = |report: &mut Report| report.coverage.sample = NonZeroU64::new(3);
        assert_eq!(stale(&good, &Settings::default(), sampled), 0);
        let deep = Baseline { content: "full".to_owned(), ..baseline.clone() };
        let mut report = report(&good);
        deep.apply("known.json", &mut report);
        assert_eq!(report.baseline.unwrap().stale, []);
    }

    #[test]
    fn the_prediction_stays() {
        let mut report = report(TWO_EMPTY);
        let verdict = report.verdict.clone();
        Baseline::of(&report).apply("known.json", &mut report);
        assert_eq!(report.verdict, verdict);
        assert!(!report.is_of_nothing());
    }

    #[test]
    fn another_target_is_said() {
        let mut elsewhere = report(&TWO_EMPTY.replace("drives/a", "drives/b"));
        Baseline::of(&report(TWO_EMPTY)).apply("known.json", &mut elsewhere);
        assert_eq!(elsewhere.baseline.unwrap().written_for.as_deref(), Some("a"));
    }

    #[test]
    fn entries_of_another_grouping_cover_what_is_the_same_and_are_set_apart_else() {
        let changed = TWO_EMPTY.replacen("1681532060063.pcd", "1681532060063.pcd (0 bytes)", 1);
        let against = |now: &str| {
            let mut baseline = Baseline::of(&report(TWO_EMPTY));
            baseline.entries[0].grouping += 1;
            let mut report = report(now);
            baseline.apply("known.json", &mut report);
            let notes: Vec<String> =
                report.findings.iter().flat_map(|finding| finding.notes.clone()).collect();
            let became = report.baseline.unwrap().stale.iter().map(|stale| stale.became).collect();
            (report.findings.len(), notes.join("\n"), became)
        };
        let (found, _, became) = against(TWO_EMPTY);
        assert_eq!((found, became), (0, vec![]));
        let (found, notes, became) = against(&changed);
        assert_eq!((found, became), (1, vec![Became::Regrouped]));
        assert!(!notes.contains("when the baseline was written"), "{notes}");
        let (found, _, became) = against(&TWO_EMPTY.replace(" (0 bytes)", ""));
        assert_eq!((found, became), (0, vec![Became::Regrouped]));
    }

    #[test]
    fn an_entry_covers_one_finding() {
        let mut report = report(TWO_EMPTY);
        let baseline = Baseline::of(&report);
        report.findings.push(report.findings[0].clone());
        baseline.apply("known.json", &mut report);
        assert_eq!(report.findings.len(), 1);
        assert_eq!(report.baseline.unwrap().covered.len(), 1);
    }

    #[test]
    fn a_finding_of_other_figures_is_another() {
        let check = |before: &str, now: &str, code: &str| {
            assert_eq!(against(before, before), (vec![], vec![]), "{before}");
            assert_eq!(against(before, now).0, [code], "{now}");
        };
        // The reference's clock is put right by an hour, and the camera's names are what they were.
        let offset = |lidar: u64| {
            format!(
                "lidar-top/\n  s/\n    {lidar}.pcd x9 +100\ncamera-front/\n  s/\n    1681560860060.jpg x9 +100\nmetadata.json\n"
            )
        };
        check(&offset(1681532060061), &offset(1681535660061), "A204");
        // As many frames are there twice, but others.
        let twice = |second: u64| {
            format!(
                "lidar-top/\n  s/\n    1681532060061.pcd x9 +100\n    01681532060061.pcd\n    0{second}.pcd\nmetadata.json\n"
            )
        };
        check(&twice(1681532060261), &twice(1681532060361), "L119");
    }
}
