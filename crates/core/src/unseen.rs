//! [`Unseen`]: where the listing has holes, so that nothing can be said to be missing there.

use std::collections::BTreeSet;

use crate::report::Coverage;
use crate::tree::{FolderId, Tree};

/// The folders in which something could not be read, at any depth. What a rule does not find in them may well be there.
#[derive(Clone, Debug, Default)]
pub struct Unseen {
    folders: BTreeSet<FolderId>,
}

impl Unseen {
    /// The folders of `tree` that hold what the coverage says is unread.
    #[must_use]
    pub fn of(tree: &Tree, coverage: &Coverage) -> Self {
        let mut folders = BTreeSet::new();
        for unread in &coverage.unread {
            let mut here = FolderId::ROOT;
            folders.insert(here);
            // The last name may be a file's, and the path may go on below the deepest folder that is kept.
            for name in unread.path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
                let Some(child) = tree.child(here, name) else { break };
                folders.insert(child);
                here = child;
            }
        }
        Unseen { folders }
    }

    /// Whether something in the folder or anywhere below it could not be read.
    #[must_use]
    pub fn is_within(&self, folder: FolderId) -> bool {
        self.folders.contains(&folder)
    }
}
