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
//! use sensortree_core::finding::settings::Settings;
//! use sensortree_core::plan::Selection;
//! use sensortree_scan::local::LocalFolder;
//! use sensortree_scan::{ScanOptions, inspect};
//!
//! let source = LocalFolder::new("../../examples/drive_0423");
//! let inspection = inspect(&source, &ScanOptions::default(), &())?;
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

#[cfg(feature = "git")]
pub mod git;
pub mod listing;
pub mod local;
pub mod zip;

mod content;
mod document;
mod error;
mod inspect;
mod links;
mod options;
mod progress;
mod sample;
mod scan_errors;
mod source;
mod tracked;
#[cfg(any(feature = "git", feature = "parquet"))]
mod unwind;
mod workers;

pub use content::{Content, UnknownContent, look_into};
pub use document::read_metadata;
pub use error::{ScanError, SourceError};
pub use inspect::inspect;
pub use links::{Links, UnknownLinks};
pub use options::ScanOptions;
pub use progress::{Cost, Progress};
pub use scan_errors::{INTERRUPTED, ScanErrors};
pub use source::{Capabilities, Contents, ListedTree, Looks, Run, Source};
pub use tracked::is_tracked_by_git;
