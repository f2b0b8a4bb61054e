//! Checks a multi-sensor dataset tree before it is uploaded to an annotation platform, and predicts
//! the platform's answer.
//!
//! From what is named to what is wrong with it, and to a plan that mends that:
//!
//! ```
//! use sensortree::{Options, Selection, Target, check};
//!
//! let target = Target::named("examples/drive_0423")?;
//! let checked = check(&target, &Options::default(), &())?;
//! println!("{:?}", checked.report.verdict.outcome);
//! for finding in &checked.report.findings {
//!     println!("{} {}", finding.rule.code, finding.message);
//! }
//! let plan = checked.plan(&Selection::default()).plan;
//! plan.for_each_change(|change| println!("{}", String::from_utf8_lossy(&change.from)));
//! # assert_eq!(checked.report.findings.len(), 4);
//! # assert!(!plan.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What lists trees is a [`Source`]: [`Target`] is that of everything that a name can stand for,
//! and whatever else knows names and sizes becomes one by two methods:
//!
//! ```
//! use sensortree::source::{
//!     Capabilities, Contents, Entry, ListedTree, Looks, Run, ScanError, TargetKind, Described,
//! };
//! use sensortree::{Options, Source, check};
//!
//! /// Paths and sizes that some catalogue holds.
//! struct Catalogue(Vec<(String, u64)>);
//!
//! impl Source for Catalogue {
//!     fn capabilities(&self) -> Capabilities {
//!         Capabilities { looks: Looks::Never("a catalogue holds no files"), is_costly: false }
//!     }
//!
//!     fn list<'r>(
//!         &'r self,
//!         run: &'r Run<'r>,
//!     ) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError> {
//!         let mut builder = run.builder();
//!         for (path, bytes) in &self.0 {
//!             builder.add(&Entry::file(path.as_bytes(), *bytes));
//!         }
//!         let kind = TargetKind::Listing { of_folder: false };
//!         let target = Described { kind, uri: "the catalogue".to_owned(), segments: Vec::new() };
//!         Ok((ListedTree::new(target, builder.finish()), Box::new(())))
//!     }
//! }
//!
//! let catalogue = Catalogue(vec![("lidar-top/s/1681532060061.pcd".to_owned(), 31_390)]);
//! let checked = check(&catalogue, &Options::default(), &())?;
//! let codes: Vec<&str> = checked.report.findings.iter().map(|finding| finding.rule.code).collect();
//! assert_eq!(codes, ["L101"]); // there is no metadata.json
//! # Ok::<(), ScanError>(())
//! ```
//!
//! All of this may be called on threads of an async runtime. The program `sensortree` is the
//! feature `cli`, which is on by default: a library needs `default-features = false`, and of the
//! features `cloud` (S3, GCS, Azure), `git` and `parquet` (S3 Inventory) those that it uses.

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod facade;
pub mod source;
mod target;

pub use facade::{Checked, Options, check};
pub use sensortree_core::finding::Finding;
pub use sensortree_core::finding::settings::Settings;
pub use sensortree_core::plan::{Proposal, Selection};
pub use sensortree_core::report::Report;
pub use sensortree_scan::{Content, Progress, ScanError, ScanOptions, Source};
pub use target::{Target, TargetError};
