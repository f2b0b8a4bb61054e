//! Lists trees, and reads what the core judges beside the names: local folders ([`local`]), zips
//! ([`zip`]), revisions and the index of git repositories ([`git`]).
//!
//! A source gives every name as the bytes that stand there. What it cannot read is no error of the
//! run: it goes to the coverage of the [`Inspection`](sensortree_core::Inspection), and an error is
//! only what leaves nothing to judge.

#[cfg(feature = "cloud")]
pub mod cloud;
#[cfg(feature = "git")]
pub mod git;
pub mod listing;
pub mod local;
pub mod zip;

mod content;
mod error;
mod links;
mod options;
mod progress;
mod scan_errors;
mod tracked;
#[cfg(any(feature = "git", feature = "parquet"))]
mod unwind;

pub use content::{Content, UnknownContent, look_into};
pub use error::ScanError;
pub use links::{Links, UnknownLinks};
pub use options::ScanOptions;
pub use progress::{Cost, Progress};
pub use tracked::is_tracked_by_git;
