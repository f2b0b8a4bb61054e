//! Carries repair plans out, and takes them back.
//!
//! A [`Plan`](sensortree_core::plan::Plan) says what a tree is to become. An [`Executor`] makes it
//! so in one kind of place, and writes down what it does in a [`Run`]: a folder of the
//! [`StateFolder`], from which the run can be finished after an interruption, or taken back.

#[cfg(feature = "cloud")]
pub mod cloud;
mod error;
mod executor;
mod faults;
pub mod local;
mod run;
mod sealed;
mod state;
pub mod zip;

pub use error::ApplyError;
pub use executor::{Applied, Executor, Job, MetadataEdit, Outline, Progress, Removals};
#[doc(hidden)]
pub use faults::Faults;
pub use run::{Run, RunId, RunStatus};
pub use state::{StateFolder, TargetLock};
