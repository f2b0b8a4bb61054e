//! The tree of a run, and who names it.

use sensortree_scan::{Content, Source as _};

use crate::target::Target;

/// The tree of a run.
#[derive(Clone, Debug)]
pub enum Tree {
    /// The user names it.
    Given(Target),
    /// The request names it.
    Requested(Target),
    /// None is looked at, as the user wants it or as the request names none.
    LeftOut,
    /// The request names it, and it cannot be listed, for the reason said.
    Unreachable(String),
}

impl Tree {
    /// What is listed.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        match self {
            Tree::Given(target) | Tree::Requested(target) => Some(target),
            Tree::LeftOut | Tree::Unreachable(_) => None,
        }
    }
}

/// How far files are looked into where the user does not say: each costs a request in a store, and
/// in git is unpacked.
pub(crate) fn default_content(tree: &Tree) -> Content {
    if tree.target().is_some_and(|target| target.capabilities().is_costly) {
        Content::None
    } else {
        Content::default()
    }
}
