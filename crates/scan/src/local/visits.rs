//! What keeps a walk finite that follows symbolic links.
//!
//! A folder that lies in itself is not entered, so that no path repeats. That alone does not bound
//! the work: of twenty folders that link to one another there are more ways through them than
//! anybody can list. So entering the same folders again and again ends the walk, too.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sensortree_core::text;
use sensortree_core::tree::MAX_DEPTH;

use crate::links::Links;

/// How often a walk enters folders that it has entered before. A dataset whose scenes share a
/// folder stays far below.
pub(super) const MAX_REVISITS: u64 = if cfg!(test) { 1_000 } else { 100_000 };

/// Returns why a walk ended that would enter the same folders more than [`MAX_REVISITS`] times.
pub(super) fn too_many_visits() -> String {
    let times = text::number(MAX_REVISITS);
    format!("symbolic links lead to the same folders more than {times} times")
}

/// Whether a symbolic link in a folder of this path may be entered. The path ends in `/`, or is
/// empty for the target.
///
/// A folder deeper than [`MAX_DEPTH`] is not kept as one, so nothing is lost by not entering it.
pub(super) fn may_enter(folder: &[u8]) -> bool {
    folder.iter().filter(|byte| **byte == b'/').count() < usize::from(MAX_DEPTH)
}

/// The folders above one, by their identity: the target first, the folder itself last. At most
/// one more than [`MAX_DEPTH`], since no link below is entered.
#[derive(Clone, Debug)]
pub(super) struct Ancestors<I>(Arc<[I]>);

/// What a walk is to do with a folder.
#[derive(Debug)]
pub(super) enum Visit<I> {
    /// List it.
    Enter(Ancestors<I>),
    /// Leave it: it lies in itself.
    Cycle,
    /// End: too many folders were entered again.
    TooMany,
}

/// The folders that a walk has entered.
#[derive(Debug)]
pub(super) struct Visits<I> {
    entered: Mutex<HashSet<I>>,
    revisits: AtomicU64,
}

impl<I: Clone + Eq + Hash> Visits<I> {
    /// Creates the record of a walk that starts in `target`.
    pub(super) fn new(target: I) -> (Self, Ancestors<I>) {
        let entered = Mutex::new(HashSet::from([target.clone()]));
        (Visits { entered, revisits: AtomicU64::new(0) }, Ancestors([target].into()))
    }

    /// Creates the record of a walk, where links are followed: without that, no folder is met
    /// twice. `target` tells the folder in which it starts from any other.
    ///
    /// # Errors
    /// When `target` does.
    pub(super) fn where_followed<E>(
        links: Links,
        target: impl FnOnce() -> Result<I, E>,
    ) -> Result<(Option<Self>, Option<Ancestors<I>>), E> {
        Ok(match links {
            Links::Refuse => (None, None),
            Links::Follow => {
                let (visits, ancestors) = Visits::new(target()?);
                (Some(visits), Some(ancestors))
            }
        })
    }

    /// Records that a walk is about to enter `folder`, which lies in the last of `above`.
    pub(super) fn visit(&self, folder: I, above: &Ancestors<I>) -> Visit<I> {
        if above.0.contains(&folder) {
            return Visit::Cycle;
        }
        let mut entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = entered.insert(folder.clone());
        drop(entered);
        if !is_new && self.revisits.fetch_add(1, Ordering::Relaxed) >= MAX_REVISITS {
            return Visit::TooMany;
        }
        Visit::Enter(if above.0.len() > usize::from(MAX_DEPTH) {
            above.clone()
        } else {
            Ancestors(above.0.iter().cloned().chain([folder]).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_in_itself_is_a_cycle_and_the_same_folder_beside_it_is_not() {
        let (visits, top) = Visits::new(0);
        let Visit::Enter(a) = visits.visit(1, &top) else { panic!("a new folder") };
        let Visit::Enter(_) = visits.visit(2, &a) else { panic!("a new folder") };
        let Visit::Enter(_) = visits.visit(2, &top) else { panic!("seen, but not above") };
        assert!(matches!(visits.visit(1, &a), Visit::Cycle));
        assert!(matches!(visits.visit(0, &a), Visit::Cycle));
    }

    #[test]
    fn the_same_folders_are_not_entered_for_ever() {
        let (visits, top) = Visits::new(0);
        for _ in 0..=MAX_REVISITS {
            assert!(matches!(visits.visit(1, &top), Visit::Enter(_)));
        }
        assert!(matches!(visits.visit(1, &top), Visit::TooMany));
        assert!(matches!(visits.visit(2, &top), Visit::Enter(_)), "another folder");
    }

    #[test]
    fn ancestors_are_kept_as_deep_as_links_are_entered() {
        let (visits, mut above) = Visits::new(0);
        for folder in 1..1_000 {
            let Visit::Enter(ancestors) = visits.visit(folder, &above) else { panic!("new") };
            above = ancestors;
        }
        assert_eq!(above.0.len(), usize::from(MAX_DEPTH) + 1);
        assert!(may_enter(&b"a/".repeat(15)) && !may_enter(&b"a/".repeat(16)));
    }
}
