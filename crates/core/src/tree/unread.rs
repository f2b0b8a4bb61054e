//! [`UnreadIndex`]: where the listing has holes, so that nothing can be said to be missing there.

use crate::names::leftovers;
use crate::tree::{Coverage, FolderId, Tree};

/// The folders in which something could not be read. What a rule does not find in them may
/// well be there.
#[derive(Clone, Debug, Default)]
pub struct UnreadIndex {
    /// For each folder of the tree, in its order; empty where nothing is unread.
    holes: Vec<UnreadPath>,
}

/// What is unread of one folder.
#[derive(Clone, Copy, Debug, Default)]
struct UnreadPath {
    /// Something in it, at any depth.
    within: bool,
    /// Names that stand right in it.
    here: bool,
    /// It was not listed to its end, and nothing below it was.
    below: bool,
}

impl UnreadIndex {
    /// What is unread of the folders of `tree`. A path of the coverage that is empty or ends in `/`
    /// is a folder, and that with everything below it is unread: whoever could not list it to its
    /// end has not been through its folders either.
    #[must_use]
    pub fn of(tree: &Tree, coverage: &Coverage) -> Self {
        if coverage.is_complete() || coverage.all_listed {
            return UnreadIndex::default();
        }
        let mut holes = vec![UnreadPath::default(); tree.folders().len()];
        for unread in &coverage.unread {
            mark(tree, &unread.path, &mut holes);
        }
        // Folders stand level by level, so each comes after the one that it lies in.
        for id in tree.ids().skip(1) {
            if holes[tree.folder(id).parent().index()].below {
                holes[id.index()] = UnreadPath { within: true, here: true, below: true };
            }
        }
        UnreadIndex { holes }
    }

    /// Whether something in the folder or anywhere below it could not be read.
    #[must_use]
    pub fn is_within(&self, folder: FolderId) -> bool {
        self.holes.get(folder.index()).is_some_and(|hole| hole.within)
    }

    /// Whether there may be names right in the folder that were not listed.
    #[must_use]
    pub fn is_right_in(&self, folder: FolderId) -> bool {
        self.holes.get(folder.index()).is_some_and(|hole| hole.here)
    }

    /// Whether there may be sensors, and so anything at all, that were not listed.
    #[must_use]
    pub fn is_at_the_top(&self) -> bool {
        self.is_right_in(FolderId::ROOT)
    }
}

/// Marks the folders that lead to a path that could not be read.
fn mark(tree: &Tree, path: &[u8], holes: &mut [UnreadPath]) {
    // What lies in a folder that is set apart is no part of the dataset, and the tree has no
    // folder for it.
    let mut folders = path.split(|byte| *byte == b'/');
    folders.next_back();
    if folders.any(leftovers::is_set_apart) {
        return;
    }
    let mut here = FolderId::ROOT;
    holes[here.index()].within = true;
    let is_folder = path.is_empty() || path.ends_with(b"/");
    let mut rest = Some(path.strip_suffix(b"/").unwrap_or(path)).filter(|_| !path.is_empty());
    while let Some(path) = rest {
        let at = path.iter().position(|byte| *byte == b'/');
        let name = at.map_or(path, |at| &path[..at]);
        rest = at.map(|at| &path[at + 1..]);
        let Some(child) = tree.child(here, name) else {
            // A file that was listed is not missing for being unreadable.
            let is_listed = rest.is_none()
                && !is_folder
                && std::str::from_utf8(name).is_ok_and(|name| tree.folder(here).has_landmark(name));
            holes[here.index()].here |= !is_listed;
            return;
        };
        here = child;
        holes[here.index()].within = true;
    }
    holes[here.index()] = UnreadPath { within: true, here: true, below: true };
}
