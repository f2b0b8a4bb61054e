//! A repair plan, drawn and written: for people, and as files that can be read, edited and carried
//! out.

mod human;

use sensortree_core::plan::Proposal;
use sensortree_core::report::{Outlook, Report};
use sensortree_core::tree::Tree;

pub use human::render_plan;

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
}
