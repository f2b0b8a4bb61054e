//! The rules of a sensor-oriented dataset tree, and the answer the platform is predicted to give.
//!
//! ```text
//! Entry ──▶ Tree ──▶ Layout ──▶ Rules ──Finding──▶ Report ──▶ Verdict
//!                      ▲           ▲
//!                   Target     Metadata, Alignment
//! ```
//!
//! The crate only thinks: it has no file system, network, clock, environment or threads of its own.
//! A source hands it [`tree::Entry`]s, in any order and from as many threads as it likes (one
//! [`tree::TreeBuilder`] each, merged at the end), and [`check`] turns the finished [`tree::Tree`]
//! into a [`report::Report`].

pub mod align;
pub mod archive;
pub mod document;
pub mod finding;
pub mod for_each;
pub mod layout;
pub mod multiset_hash;
pub mod names;
pub mod pairing;
pub mod plan;
pub mod platform;
pub mod repair;
pub mod report;
pub mod rules;
pub mod sketch;
pub mod smallest;
pub mod text;
pub mod tree;

pub use report::check::{Inspection, check, check_request};
