//! Lists trees, and reads what the core judges beside the names: local folders ([`local`]), zips
//! ([`zip`]), revisions and the index of git repositories ([`git`]).
//!
//! A source gives every name as the bytes that stand there. What it cannot read is no error of the
//! run: it goes to the coverage of the [`Inspection`](sensortree_core::Inspection), and an error is
//! only what leaves nothing to judge.
//!
//! From a folder to what is wrong in it, and to a plan that mends that:
//!
//! ```
//! use std::path::Path;
//!
//! use sensortree_core::finding::settings::Settings;
//! use sensortree_core::plan::Selection;
//! use sensortree_scan::{ScanOptions, local};
//!
//! let target = Path::new("../../examples/drive_0423");
//! let inspection = local::inspect(target, &ScanOptions::default(), &())?;
//! let tree = inspection.tree.clone();
//! let settings = Settings { repairs: true, ..Settings::default() };
//! let report = sensortree_core::check(inspection, &settings);
//! for finding in &report.findings {
//!     println!("{} {}", finding.rule.code, finding.message);
//! }
//! let proposal = Selection::default().choose(&tree, &report.findings);
//! proposal.plan.for_each_change(|change| println!("{change:?}"));
//! assert!(!proposal.plan.is_empty());
//! # Ok::<(), sensortree_scan::ScanError>(())
//! ```

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
