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
//! into a [`report::Report`]. So whatever names files can be checked:
//!
//! ```
//! use sensortree_core::document::MetadataFile;
//! use sensortree_core::finding::settings::Settings;
//! use sensortree_core::tree::{Coverage, Entry, Target, TargetKind, TreeBuilder};
//! use sensortree_core::{Inspection, check};
//!
//! let mut builder = TreeBuilder::new();
//! for path in ["lidar-top/s/1681532060061.pcd", "Camera_front/s/1681532060061.jpg"] {
//!     builder.add(&Entry::file(path.as_bytes(), 1));
//! }
//! let inspection = Inspection {
//!     target: Target { kind: TargetKind::Local, uri: "my store".to_owned(), segments: Vec::new() },
//!     tree: builder.finish(),
//!     archive: None,
//!     metadata: MetadataFile::Absent,
//!     coverage: Coverage::default(),
//! };
//! let report = check(inspection, &Settings::default());
//! let codes: Vec<&str> = report.findings.iter().map(|finding| finding.rule.code).collect();
//! assert_eq!(codes, ["L103", "L101"]); // a camera's folder begins with `camera-`; no metadata.json
//! ```

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
