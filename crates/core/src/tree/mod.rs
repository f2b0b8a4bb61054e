//! [`Tree`]: what a listing holds, folder by folder. Memory follows the number of folders,
//! not of files.
//!
//! The tree takes no view on what is right: it counts, compresses and classifies names, so that
//! [`crate::layout`] can read it as the layout that it is, or as the one that it was meant to be.

mod builder;
mod candidates;
mod coverage;
mod entry;
pub(crate) mod files;
mod fingerprint;
mod folder;
mod kinds;
mod neighbours;
mod path;
mod rearrange;
mod tallies;
mod target;
pub mod unread;

use std::num::NonZeroU64;

pub use builder::{EntryObserver, FolderWriter, TreeBuilder};
pub use candidates::{Found, SelectedFile};
pub use coverage::{Coverage, Unread};
pub use entry::{Entry, EntryKind};
pub use folder::{FileClass, Folder, FolderId};
pub use neighbours::{Alike, FieldsKind, Sparse};
pub(crate) use path::{joined, parent_and_name};
pub use rearrange::{Arrangement, Destination, Renumbered};
pub use tallies::{ContentSummary, FaultyFile, FaultyFiles, SizeCount};
pub use target::{Target, TargetKind};

use self::builder::bytes_of;

/// The deepest folder kept as one; what lies deeper is tallied in it.
pub const MAX_DEPTH: u16 = 16;

/// A finished listing.
#[derive(Clone, Debug)]
pub struct Tree {
    folders: Vec<Folder>,
    entries: u64,
    files: u64,
    bytes: u64,
}

impl Tree {
    /// All folders, level by level; children of one folder stand side by side, by name.
    #[must_use]
    pub fn folders(&self) -> &[Folder] {
        &self.folders
    }

    /// One folder.
    #[must_use]
    pub fn folder(&self, id: FolderId) -> &Folder {
        &self.folders[id.index()]
    }

    /// The ids of all folders, level by level.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = FolderId> + use<> {
        (0..FolderId::new(self.folders.len()).0).map(FolderId)
    }

    /// The folders right below one, by name.
    pub fn children(
        &self,
        id: FolderId,
    ) -> impl DoubleEndedIterator<Item = FolderId> + ExactSizeIterator + use<> {
        let (start, end) = self.folders[id.index()].children;
        (start as usize..end as usize).map(FolderId::new)
    }

    /// The folder of this name right below another.
    #[must_use]
    pub fn child(&self, id: FolderId, name: &[u8]) -> Option<FolderId> {
        let (start, end) = self.folders[id.index()].children;
        let slice = &self.folders[start as usize..end as usize];
        let at = slice.binary_search_by(|folder| (*folder.name).cmp(name)).ok()?;
        Some(FolderId::new(start as usize + at))
    }

    /// The folder of a path relative to the target, without a `/` at its end; the target itself
    /// where the path is empty.
    #[must_use]
    pub fn folder_at(&self, path: &[u8]) -> Option<FolderId> {
        let mut segments = path.split(|byte| *byte == b'/').filter(|_| !path.is_empty());
        segments.try_fold(FolderId::ROOT, |folder, name| self.child(folder, name))
    }

    /// The tree that one folder holds, with that folder as its root; all else is left out.
    ///
    /// Paths that are too long or too deep were told so from the old root on, and stay told so.
    #[must_use]
    pub fn below(self, root: FolderId) -> Tree {
        let mut kept = vec![None; self.folders.len()];
        let mut folders: Vec<Folder> = Vec::new();
        // Parents come before their children, and the children of one folder stay side by side.
        for (at, mut folder) in self.folders.into_iter().enumerate() {
            let parent =
                if at == root.index() { Some(FolderId::ROOT) } else { kept[folder.parent.index()] };
            let Some(parent) = parent.filter(|_| at >= root.index()) else { continue };
            let id = FolderId::new(folders.len());
            kept[at] = Some(id);
            folder.children = (0, 0);
            if id == FolderId::ROOT {
                (folder.depth, folder.name) = (0, Box::default());
            } else {
                let above = &mut folders[parent.index()];
                if above.children.1 == 0 {
                    above.children.0 = id.0;
                }
                above.children.1 = id.0 + 1;
                folder.depth = above.depth + 1;
            }
            folder.parent = parent;
            folders.push(folder);
        }
        let files = folders.iter().map(Folder::files).sum();
        let bytes = bytes_of(&folders);
        let listed = folders.iter().skip(1).filter(|folder| folder.listed).count() as u64;
        Tree { folders, entries: files + listed, files, bytes }
    }

    /// The path of a folder relative to the target, with a `/` at its end; empty for
    /// the target itself.
    #[must_use]
    pub fn path(&self, id: FolderId) -> Vec<u8> {
        let mut chain = Vec::new();
        let mut at = id;
        while at != FolderId::ROOT {
            chain.push(at);
            at = self.folder(at).parent;
        }
        let mut path = Vec::new();
        for id in chain.into_iter().rev() {
            path.extend_from_slice(&self.folder(id).name);
            path.push(b'/');
        }
        path
    }

    /// The path of a file in a folder.
    #[must_use]
    pub fn path_of(&self, folder: FolderId, name: &[u8]) -> Vec<u8> {
        let mut path = self.path(folder);
        path.extend_from_slice(name);
        path
    }

    /// The number of entries that the source listed, folders included.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// The number of files, of any kind.
    #[must_use]
    pub fn files(&self) -> u64 {
        self.files
    }

    /// The size of all files, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The number of files that were looked into.
    #[must_use]
    pub fn probed(&self) -> u64 {
        self.folders.iter().filter_map(Folder::content).map(ContentSummary::files).sum()
    }

    /// The number of files that can be looked into: those of a known format that are not empty.
    #[must_use]
    pub fn probeable(&self) -> u64 {
        self.folders.iter().map(|folder| folder.probeable).sum()
    }

    /// Chooses the frames that are to be looked into: so many of each folder, spread
    /// evenly, the first and the last among them; all where no number is given. Always the
    /// same, however the tree was listed. There are none unless the tree's builder was told
    /// to [keep](TreeBuilder::keep_candidates) them.
    pub fn picks(&self, sample: Option<NonZeroU64>) -> impl Iterator<Item = SelectedFile> {
        let candidates = self
            .ids()
            .zip(&self.folders)
            .filter_map(|(id, folder)| Some((id, folder.candidates.as_deref()?)));
        candidates.flat_map(move |(id, candidates)| candidates.picks(id, sample))
    }

    /// Says what was found in frames that were chosen from this tree. From now on there is
    /// nothing to choose.
    pub fn hold(&mut self, found: Found) {
        self.folders.iter_mut().for_each(|folder| folder.candidates = None);
        for (id, content) in found.folders {
            if let Some(folder) = self.folders.get_mut(id.index()) {
                let kept = folder.content.get_or_insert_default();
                kept.merge(content);
                kept.seal();
            }
        }
        self.bytes = bytes_of(&self.folders);
    }

    /// Whether the listing held nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files == 0 && self.folders.len() == 1
    }
}
