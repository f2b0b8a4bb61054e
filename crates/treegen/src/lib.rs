//! Dataset trees of any size, for tests and benchmarks: good ones, and ones with a
//! single known fault.
//!
//! A [`Plan`] says what is in a tree; everything about it, chance included, follows from its seed.
//! It can be listed without being stored ([`Plan::list`]), drawn in memory ([`Plan::sketch`]) and
//! written to disk ([`write()`], [`materialise`]). A [`Fault`] makes one thing about it wrong.

mod disk;
mod draft;
mod fault;
mod plan;

pub use disk::{Content, WriteError, materialise, write};
pub use fault::Fault;
pub use plan::{Plan, SensorPlan, Unit};
