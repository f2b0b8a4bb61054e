//! A repair plan, drawn and written: for people, and as files that can be read, edited and carried
//! out.

mod human;
mod json;
mod pairing;
mod pairing_json;
mod script;
mod table;

use sensortree_core::pairing::{PairBy, SensorSum};
use sensortree_core::plan::Proposal;
use sensortree_core::report::paired::Paired;
use sensortree_core::report::{Outlook, Report};
use sensortree_core::tree::Tree;

pub use human::{counts_line, render_plan};
pub use json::{plan_schema, text_hash, write_json_plan};
pub use pairing::incomplete_lines;
pub use script::write_script_plan;
pub use table::write_csv_plan;

/// All that is known of a plan.
#[derive(Clone, Copy, Debug)]
pub struct PlanView<'a> {
    /// The tree as it is.
    pub tree: &'a Tree,
    /// What was found in it.
    pub report: &'a Report,
    /// The text of metadata.json as it is, where it was read.
    pub metadata: Option<&'a [u8]>,
    /// What is to be done.
    pub proposal: &'a Proposal<'a>,
    /// What the dataset will be afterwards.
    pub outlook: &'a Outlook,
    /// How frames are paired, where a way was chosen.
    pub pairing: Option<PairingView<'a>>,
}

/// How frames are paired, as a person chose.
#[derive(Clone, Copy, Debug)]
pub struct PairingView<'a> {
    /// The way.
    pub by: &'a PairBy,
    /// What it comes to for each sensor, over all scenes.
    pub sums: &'a [SensorSum],
    /// What it comes to in the tree.
    pub paired: &'a Paired,
    /// Whether frames are moved by more than half a step beyond their sensor's clock.
    pub far: bool,
}

impl PlanView<'_> {
    /// Why some causes make a change: `L103: it holds images and nothing else`.
    fn why(&self, causes: &[usize]) -> String {
        let why = causes.iter().filter_map(|at| {
            let cause = self.proposal.causes.get(*at)?;
            let finding = self.report.findings.get(cause.finding)?;
            let repair = finding.repairs.get(cause.repair)?;
            Some(format!("{}: {}", finding.rule.code, repair.rests_on))
        });
        why.collect::<Vec<_>>().join("; ")
    }
}
