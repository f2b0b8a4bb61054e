//! A list of renames that a user made, as a plan.

use std::fmt;

use super::{Change, FolderChange, Plan, Stands};
use crate::names::dataset_path::MAX_PATH;
use crate::repair::Operation;
use crate::text;
use crate::tree::{Destination, FolderId, Tree};

/// A file or a folder with all in it, and its path afterwards. Both are relative to the target; a
/// `/` at the end of a folder's path does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The path before.
    pub from: Vec<u8>,
    /// The path afterwards.
    pub to: Vec<u8>,
}

/// Why a list of renames is no plan for a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameError {
    /// Which of the renames it is about, from 0, where it is about one.
    pub at: Option<usize>,
    /// What is wrong.
    pub fault: RenameFault,
}

/// What is wrong with a list of renames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenameFault {
    /// Nothing of this path stands in the tree.
    Absent(Vec<u8>),
    /// The same path is renamed twice, to different paths.
    Twice(Vec<u8>),
    /// The new path is no path below the target.
    NoPath(Vec<u8>, &'static str),
    /// Two files would stand at one path, or a file where a folder is.
    Taken(Vec<u8>),
}

impl fmt::Display for RenameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RenameFault::Absent(path) => {
                write!(f, "`{}` is not in the tree", text::lossless(path))
            }
            RenameFault::Twice(path) => {
                write!(f, "`{}` is renamed twice, to different paths", text::lossless(path))
            }
            RenameFault::NoPath(path, why) => {
                write!(f, "`{}` cannot be a path: {why}", text::lossless(path))
            }
            RenameFault::Taken(path) => {
                write!(f, "two files would stand at `{}`", text::lossless(path))
            }
        }
    }
}

impl<'t> Plan<'t> {
    /// The plan that carries out a list of renames, all at the same time: names can be swapped.
    ///
    /// # Errors
    /// When what is renamed is not there, is renamed twice, gets no path below the target, or a
    /// path that is taken.
    pub fn from_renames(tree: &'t Tree, renames: &[Rename]) -> Result<Self, RenameError> {
        let changes =
            renames.iter().map(|Rename { from, to }| (from.as_slice(), Some(to.as_slice())));
        Plan::from_paths(tree, changes)
    }

    /// The plan that carries out a list of changes, all at the same time: names can be swapped, and
    /// what gets no path is taken out.
    ///
    /// # Errors
    /// As [`Plan::from_renames`].
    pub fn from_changes(tree: &'t Tree, changes: &[Change]) -> Result<Self, RenameError> {
        let changes = changes.iter().map(|Change { from, to }| (from.as_slice(), to.as_deref()));
        Plan::from_paths(tree, changes)
    }

    fn from_paths<'c>(
        tree: &'t Tree,
        changes: impl Iterator<Item = (&'c [u8], Option<&'c [u8]>)>,
    ) -> Result<Self, RenameError> {
        let mut plan = Plan::new(tree);
        for (at, (from, to)) in changes.enumerate() {
            let fail = |fault| RenameError { at: Some(at), fault };
            if let Some((to, why)) = to.and_then(|to| Some((to, why_no_path(to)?))) {
                return Err(fail(RenameFault::NoPath(to.to_vec(), why)));
            }
            let stands = match plan.find(from) {
                // The target itself goes nowhere.
                None | Some(Stands::Folder(FolderId::ROOT)) => {
                    return Err(fail(RenameFault::Absent(from.to_vec())));
                }
                Some(stands) => stands,
            };
            let added = match (stands, to) {
                (_, Some(to)) => {
                    plan.add(&Operation::Move { from: from.to_vec(), to: to.to_vec() })
                }
                (Stands::Folder(folder), None) => plan.add_folder(folder, FolderChange::Removed),
                (Stands::File(folder, name), None) => {
                    plan.add_single(folder, name, Destination::Removed)
                }
            };
            added.map_err(|_| fail(RenameFault::Twice(from.to_vec())))?;
        }
        match plan.collisions(1).pop() {
            Some(path) => Err(RenameError { at: None, fault: RenameFault::Taken(path) }),
            None => Ok(plan),
        }
    }
}

/// Why a path is none below the target.
fn why_no_path(path: &[u8]) -> Option<&'static str> {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    let has = |segment: &[u8]| path.split(|byte| *byte == b'/').any(|other| other == segment);
    if path.is_empty() {
        Some("it is empty")
    } else if path.starts_with(b"/") {
        Some("it is absolute, and paths are relative to the target")
    } else if has(b"..") || has(b".") {
        Some("`.` and `..` are not followed")
    } else if has(b"") {
        Some("it has a folder without a name")
    } else if path.contains(&0) {
        Some("it holds a zero byte")
    } else if path.len() > MAX_PATH {
        Some("it is longer than 1,024 bytes")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Entry, TreeBuilder};

    #[test]
    fn a_list_of_changes_swaps_and_takes_out_and_is_refused_where_it_is_none() {
        let mut builder = TreeBuilder::new();
        for path in ["a/1.pcd", "a/2.pcd", "b/x.txt", "b/y.txt"] {
            builder.add(&Entry::file(path.as_bytes(), 1));
        }
        let tree = builder.finish();
        let change = |(from, to): &(&str, &str)| Change {
            from: (*from).into(),
            to: Some((*to).into()).filter(|to: &Vec<u8>| !to.is_empty()),
        };
        let plan = |changes: &[(&str, &str)]| {
            Plan::from_changes(&tree, &changes.iter().map(change).collect::<Vec<_>>())
        };
        let swap = plan(&[("a/1.pcd", "a/2.pcd"), ("a/2.pcd", "a/1.pcd"), ("b/", "")]).unwrap();
        let after = swap.tree();
        assert_eq!((after.files(), after.folders().len()), (2, 2));
        let mut changes = Vec::new();
        swap.for_each_change(|change| changes.push(change));
        let again = Plan::from_changes(&tree, &changes).unwrap();
        assert_eq!(again.tree().fingerprint(), after.fingerprint());
        let fault = |changes: &[(&str, &str)]| plan(changes).unwrap_err();
        for (to, at) in [("../x", 0), ("/x", 0), ("a/../x", 0), ("a//x", 0)] {
            let error = fault(&[("a/1.pcd", to)]);
            assert_eq!(error.at, Some(at), "{to}");
            assert!(matches!(error.fault, RenameFault::NoPath(..)), "{error:?}");
        }
        for from in ["", "/", "c", "a/3.pcd", "../a/1.pcd"] {
            let error = fault(&[("a/1.pcd", "a/4.pcd"), (from, "")]);
            assert_eq!(error, RenameError { at: Some(1), fault: RenameFault::Absent(from.into()) });
        }
        let error = fault(&[("a/1.pcd", "b/x.txt")]);
        assert_eq!(error, RenameError { at: None, fault: RenameFault::Taken("b/x.txt".into()) });
        let error = fault(&[("a/1.pcd", ""), ("a/1.pcd", "a/5.pcd")]);
        assert!(matches!(error.fault, RenameFault::Twice(_)), "{error:?}");
    }
}
