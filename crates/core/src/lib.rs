//! The rules of a sensor-oriented dataset tree, and the answer the platform is predicted to give.
//!
//! ```text
//! Entry ──▶ Tree ──▶ Layout ──▶ Rules ──Finding──▶ Report ──▶ Verdict
//!                      ▲           ▲
//!                   Target     Metadata, Alignment
//! ```
//!
//! The crate only thinks: it has no file system, network, clock, environment or threads of its own. A source hands it
//! [`entry::Entry`]s, in any order and from as many threads as it likes (one [`tree::TreeBuilder`] each, merged at the
//! end), and [`check`] turns the finished [`tree::Tree`] into a [`report::Report`].

pub mod align;
pub mod archive;
pub mod baseline;
pub mod calibration;
pub mod contract;
pub mod digest;
pub mod entry;
pub mod finding;
pub mod fingerprint;
pub mod frame_name;
pub mod frames;
pub mod json;
pub mod layout;
pub mod metadata;
pub mod name_set;
pub mod probe;
pub mod report;
pub mod request;
pub mod rules;
pub mod settings;
pub mod sketch;
pub mod smallest;
pub mod text;
pub mod tree;
pub mod unseen;
pub mod verdict;

mod candidates;
mod check;
mod coverage;
mod files;
mod proof;
pub use candidates::Pick;
pub use check::{Inspection, MAX_METADATA_BYTES, MetadataFile, check, check_request};
