//! What a [`Source`](crate::Source) is made of, and the sources there are.

pub use sensortree_core::tree::{Entry, EntryKind, Target as Described, TargetKind, TreeBuilder};
pub use sensortree_scan::listing::Listing;
pub use sensortree_scan::local::LocalFolder;
pub use sensortree_scan::zip::{ZipBytes, ZipFile};
pub use sensortree_scan::{
    Capabilities, Contents, ListedTree, Looks, Run, ScanError, ScanErrors, SourceError, inspect,
    look_into,
};

#[cfg(feature = "cloud")]
pub use sensortree_cloud::{CloudAccess, CloudPrefix, CloudUrl, EnvironmentAccess};
#[cfg(feature = "git")]
pub use sensortree_scan::git::{GitFolder, GitTarget, Staged};
