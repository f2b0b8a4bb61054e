//! Findings: what a rule declares, what it is given, the one way from what it found to a
//! [`Finding`], and which frames have arrived whatever the findings say.

pub(crate) mod covered;
mod emit;
pub mod figures;
mod model;
mod part;
pub(crate) mod proof;
mod repairs;
mod rule;
pub mod settings;
mod sink;
mod statement;

pub(crate) use emit::{Kept, KeptPart};
pub use model::{ContentHash, Example, Finding, Subject};
pub(crate) use part::Part;
pub use rule::{Context, Needs, Rule, Scope};
pub use sink::Sink;
pub(crate) use sink::{Findings, Potential};
pub(crate) use statement::Statement;
