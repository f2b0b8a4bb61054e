//! [`Selection`]: which repairs of a report's findings are carried out together, and why the others
//! are not.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use super::Plan;
use super::proposal::Proposal;
use crate::finding::Finding;
use crate::finding::settings::Selector;
use crate::repair::{Applicability, Operation, Repair};
use crate::tree::Tree;

/// A plan of the repairs that findings name.
#[derive(Debug)]
pub struct Chosen<'t> {
    /// The plan. Nothing in it collides.
    pub plan: Plan<'t>,
    /// The positions of the findings whose repair is in it, ascending.
    pub mended: Vec<usize>,
    /// The positions of those whose repair is left out, since it gives something a place
    /// that another repair or another file has; ascending. They may be mended once the plan
    /// is carried out.
    pub left_out: Vec<usize>,
}

/// Which repairs are wanted. By default, the safe ones that take nothing out of the tree.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Also those that are right in all likelihood and that a person should look at.
    pub with_unsafe: bool,
    /// Also those that take files out of the tree.
    pub with_removals: bool,
    /// By the code of a rule, which of the repairs of its findings is chosen, from 1.
    pub choices: BTreeMap<&'static str, NonZeroUsize>,
    /// Only those of these rules' findings, where any are named.
    pub select: Vec<Selector>,
    /// Not those of these rules' findings. The narrower of two selectors wins; on a tie, ignoring
    /// does.
    pub ignore: Vec<Selector>,
}

/// Why a finding is not mended by a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyLeft {
    /// It has no repair that a program can carry out.
    Person,
    /// The user left it out.
    Deselected,
    /// Its repair is wanted only where the user says so.
    NotAllowed {
        /// It should be looked at by a person.
        is_unsafe: bool,
        /// It takes files out of the tree.
        removes: bool,
    },
    /// It has so many repairs, of which a person has to choose one. Of one alone, whether it is
    /// right is to be decided.
    Choice {
        /// How many there are.
        among: usize,
    },
    /// Its repair gives something a place that another repair or another file has, so that it is
    /// left out. It may be mended once the plan is carried out.
    Collides,
    /// It has a repair that is wanted, and that can be made only once the plan is carried out.
    Later,
}

impl WhyLeft {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            WhyLeft::Person => "person",
            WhyLeft::Deselected => "deselected",
            WhyLeft::NotAllowed { is_unsafe: true, removes: true } => "unsafe-and-removes",
            WhyLeft::NotAllowed { removes: true, .. } => "removes",
            WhyLeft::NotAllowed { .. } => "unsafe",
            WhyLeft::Choice { .. } => "choice",
            WhyLeft::Collides => "collides",
            WhyLeft::Later => "later",
        }
    }
}

impl Selection {
    /// The plan of the repairs of findings that are wanted, as far as they go together. In the
    /// order of the findings, one that collides with the ones before is left out.
    #[must_use]
    pub fn choose<'t>(&self, tree: &'t Tree, findings: &[Finding]) -> Proposal<'t> {
        let mut repairs = Vec::new();
        let mut left = Vec::new();
        for (at, finding) in findings.iter().enumerate() {
            match self.repair_of(finding) {
                Ok(number) => repairs.push((at, number)),
                Err(why) => left.push((at, why)),
            }
        }
        let wanted =
            |(at, number): &(usize, usize)| Some((*at, findings.get(*at)?.repairs.get(*number)?));
        let wanted: Vec<(usize, &Repair)> = repairs.iter().filter_map(wanted).collect();
        let Chosen { plan, mended, left_out } = Chosen::of_all(tree, &wanted);
        left.extend(left_out.iter().map(|at| (*at, WhyLeft::Collides)));
        left.sort_unstable_by_key(|(at, _)| *at);
        repairs.retain(|(at, _)| mended.binary_search(at).is_ok());
        Proposal::new(plan, findings, &repairs, left)
    }

    /// Which of the repairs of a finding is wanted, from 0.
    ///
    /// # Errors
    /// When none is, with the reason.
    pub fn repair_of(&self, finding: &Finding) -> Result<usize, WhyLeft> {
        let among = finding.repairs.len();
        let Some(first) = finding.repairs.first() else { return Err(WhyLeft::Person) };
        if !Selector::select(&self.select, &self.ignore, finding.rule) {
            return Err(WhyLeft::Deselected);
        }
        let chosen = self.choices.get(finding.rule.code).map(|number| number.get() - 1);
        let (at, repair) = match chosen.and_then(|at| Some((at, finding.repairs.get(at)?))) {
            Some(chosen) => chosen,
            None if first.applicability == Applicability::Choice => {
                return Err(WhyLeft::Choice { among });
            }
            None => (0, first),
        };
        let is_removal = |operation: &Operation| matches!(operation, Operation::Remove { .. });
        let removes = repair.operations.iter().any(is_removal);
        // A repair that does nothing but take files out is unsafe for that reason, which has a flag
        // of its own.
        let only_removes = removes && repair.operations.iter().all(is_removal);
        let is_unsafe = repair.applicability == Applicability::Unsafe && !only_removes;
        let (is_unsafe, removes) = (is_unsafe && !self.with_unsafe, removes && !self.with_removals);
        if is_unsafe || removes {
            return Err(WhyLeft::NotAllowed { is_unsafe, removes });
        }
        Ok(at)
    }
}

impl<'t> Plan<'t> {
    /// The plan of the first repair of each finding, as far as they go together and may be trusted
    /// so far: those that are as safe as `most`. In the order of the findings, one that collides
    /// with the ones before is left out.
    #[must_use]
    pub fn from_findings(tree: &'t Tree, findings: &[Finding], most: Applicability) -> Chosen<'t> {
        let repairs: Vec<(usize, &Repair)> = findings
            .iter()
            .enumerate()
            .filter_map(|(at, finding)| Some((at, finding.repairs.first()?)))
            .filter(|(_, repair)| repair.applicability <= most)
            .collect();
        Chosen::of_all(tree, &repairs)
    }

    /// Adds all operations of a repair, or none of them where one is in the way of another.
    pub(super) fn add_repair(&mut self, repair: &Repair) -> bool {
        self.after.take();
        let before = self.clone();
        let is_added = repair.operations.iter().all(|operation| self.add(operation).is_ok());
        if !is_added {
            *self = before;
        }
        is_added
    }
}

impl<'t> Chosen<'t> {
    /// All repairs that go together, of findings at these positions.
    fn of_all(tree: &'t Tree, repairs: &[(usize, &Repair)]) -> Self {
        let together = Chosen::of(tree, repairs, false);
        if together.plan.collisions(1).is_empty() {
            return together;
        }
        Chosen::of(tree, repairs, true)
    }

    /// All that go together. Where it is `careful`, each is looked at for what it collides with.
    fn of(tree: &'t Tree, repairs: &[(usize, &Repair)], careful: bool) -> Self {
        let mut chosen = Chosen { plan: Plan::new(tree), mended: Vec::new(), left_out: Vec::new() };
        for (at, repair) in repairs {
            let before = careful.then(|| chosen.plan.clone());
            let mut is_added = chosen.plan.add_repair(repair);
            if let Some(before) = before.filter(|_| is_added)
                && !chosen.plan.collisions(1).is_empty()
            {
                chosen.plan = before;
                is_added = false;
            }
            if is_added { &mut chosen.mended } else { &mut chosen.left_out }.push(*at);
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::settings::Settings;
    use crate::repair::Edit;
    use crate::report::Report;
    use crate::sketch::Sketch;

    const TREE: &str = "\
lidar-top/
  scene_1/
    1681532060061.pcd x3 +100
Cam_left/
  scene_1/
    1681532060061.jpg x3 +100
    .DS_Store
metadata.json
";

    fn judged() -> (Tree, Report) {
        let inspection = Sketch::parse(TREE).unwrap().inspection();
        let tree = inspection.tree.clone();
        let settings = Settings { repairs: true, ..Settings::default() };
        (tree, crate::check(inspection, &settings))
    }

    fn why(proposal: &Proposal<'_>, report: &Report, code: &str) -> Option<WhyLeft> {
        let at = report.findings.iter().position(|finding| finding.rule.code == code).unwrap();
        proposal.left.iter().find(|(left, _)| *left == at).map(|(_, why)| *why)
    }

    #[test]
    fn only_what_is_allowed_and_selected_is_mended() {
        let (tree, report) = judged();
        let choose = |selection: Selection| selection.choose(&tree, &report.findings);
        let plain = choose(Selection::default());
        assert_eq!(why(&plain, &report, "L103"), None);
        let removes = WhyLeft::NotAllowed { is_unsafe: false, removes: true };
        assert_eq!(why(&plain, &report, "H101"), Some(removes));
        let [cause] = plain.causes.as_slice() else { panic!("{:?}", plain.causes) };
        assert_eq!(cause.counts.renamed, super::super::PathCounts { files: 0, folders: 1 });
        assert_eq!((cause.counts.paths(), cause.counts.edits), (1, 0));
        let all = choose(Selection { with_removals: true, ..Selection::default() });
        assert_eq!(why(&all, &report, "H101"), None);
        let mut changes = Vec::new();
        all.for_each_change(|change, causes| changes.push((change, causes.to_vec())));
        let of = |code: &str| {
            let of_code =
                |cause: &super::super::Cause<'_>| report.findings[cause.finding].rule.code == code;
            all.causes.iter().position(of_code).unwrap()
        };
        let change = |from: &str, to: Option<&str>| super::super::Change {
            from: from.into(),
            to: to.map(Into::into),
        };
        assert_eq!(
            changes,
            [
                (change("Cam_left/", Some("camera-left/")), vec![of("L103")]),
                (change("Cam_left/scene_1/.DS_Store", None), vec![of("H101")]),
            ]
        );
        let none = choose(Selection { ignore: vec!["L".parse().unwrap()], ..Selection::default() });
        assert_eq!(why(&none, &report, "L103"), Some(WhyLeft::Deselected));
        assert!(none.plan.is_empty());
        let one =
            choose(Selection { select: vec!["H101".parse().unwrap()], ..Selection::default() });
        assert_eq!(why(&one, &report, "L103"), Some(WhyLeft::Deselected));
        assert_eq!(why(&one, &report, "H101"), Some(removes));
    }

    /// A finding of the tree with other repairs.
    fn with_repairs(report: &Report, repairs: Vec<Repair>) -> Finding {
        Finding { repairs, ..report.findings[0].clone() }
    }

    #[test]
    fn a_choice_is_made_by_nobody_but_the_user() {
        let (_, report) = judged();
        let edit = |text: &str| Operation::Edit {
            edits: vec![Edit { start: 0, end: 0, text: text.into() }],
        };
        let repairs =
            vec![Repair::choice("a").with([edit("a")]), Repair::choice("b").with([edit("b")])];
        let finding = with_repairs(&report, repairs);
        assert_eq!(Selection::default().repair_of(&finding), Err(WhyLeft::Choice { among: 2 }));
        let chosen = |number| Selection {
            choices: [(finding.rule.code, NonZeroUsize::new(number).unwrap())].into(),
            ..Selection::default()
        };
        assert_eq!(chosen(2).repair_of(&finding), Ok(1));
        assert_eq!(chosen(3).repair_of(&finding), Err(WhyLeft::Choice { among: 2 }));
        let doubtful = with_repairs(&report, vec![Repair::to_be_looked_at("a").with([edit("a")])]);
        let is_unsafe = WhyLeft::NotAllowed { is_unsafe: true, removes: false };
        assert_eq!(Selection::default().repair_of(&doubtful), Err(is_unsafe));
        // A choice says which, and not that it may be made.
        assert_eq!(chosen(1).repair_of(&doubtful), Err(is_unsafe));
        let person = with_repairs(&report, Vec::new());
        assert_eq!(chosen(1).repair_of(&person), Err(WhyLeft::Person));
    }
}
