//! A list of renames that a user made, as a plan.

use std::fmt;

use super::Plan;
use crate::names::dataset_path::MAX_PATH;
use crate::repair::Operation;
use crate::text;
use crate::tree::Tree;

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
        let mut plan = Plan::new(tree);
        for (at, Rename { from, to }) in renames.iter().enumerate() {
            let fail = |fault| RenameError { at: Some(at), fault };
            if let Some(why) = why_no_path(to) {
                return Err(fail(RenameFault::NoPath(to.clone(), why)));
            }
            if plan.find(from).is_none() {
                return Err(fail(RenameFault::Absent(from.clone())));
            }
            let operation = Operation::Move { from: from.clone(), to: to.clone() };
            plan.add(&operation).map_err(|_| fail(RenameFault::Twice(from.clone())))?;
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
