//! Which repairs of a report's findings are carried out together.

use super::Plan;
use crate::finding::Finding;
use crate::repair::{Applicability, Repair};
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
        let together = Chosen::of(tree, &repairs, false);
        if together.plan.collisions(1).is_empty() {
            return together;
        }
        Chosen::of(tree, &repairs, true)
    }

    /// Adds all operations of a repair, or none of them where one is in the way of another.
    fn add_repair(&mut self, repair: &Repair) -> bool {
        let before = self.clone();
        let is_added = repair.operations.iter().all(|operation| self.add(operation).is_ok());
        if !is_added {
            *self = before;
        }
        is_added
    }
}

impl<'t> Chosen<'t> {
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
