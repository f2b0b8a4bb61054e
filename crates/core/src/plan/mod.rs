//! [`Plan`]: what operations come to in one tree: which path becomes which, what collides, and how
//! the tree is judged afterwards. It is computed, and nothing is touched.

mod arranged;
mod choose;
mod drop;
mod placement;
mod proposal;
mod renames;
pub mod steps;

use std::collections::BTreeMap;
use std::sync::OnceLock;

pub use self::arranged::Change;
pub use self::choose::{Chosen, Selection, WhyLeft};
pub use self::drop::{Incomplete, SceneFrames, Spared};
pub use self::placement::{After, ChangedFile, Placement};
pub use self::proposal::{Cause, ChangeCounts, PathCounts, Proposal};
pub use self::renames::{Rename, RenameError, RenameFault};

use self::arranged::Arranged;
use crate::names::frame_name::{self, Naming};
use crate::names::name_set::NameSet;
use crate::repair::{Coordinate, Edit, FileSet, Operation};
use crate::tree::{Destination, FolderId, Tree, parent_and_name};

/// Operations on one tree, put together.
#[derive(Clone, Debug)]
pub struct Plan<'t> {
    tree: &'t Tree,
    folders: BTreeMap<FolderId, FolderChange>,
    files: BTreeMap<FolderId, FileChanges>,
    edits: Vec<Edit>,
    /// The folder that was found last, with its path.
    recent: Option<(Vec<u8>, FolderId)>,
    /// The tree afterwards, as it was made to look for collisions; nothing once more is added. Who
    /// asks for it next need not make it again.
    after: OnceLock<Tree>,
}

/// What stands at a path.
enum Stands<'n> {
    Folder(FolderId),
    File(FolderId, &'n [u8]),
}

/// What becomes of a folder itself.
#[derive(Clone, Debug, PartialEq, Eq)]
enum FolderChange {
    /// Another name in the same folder.
    Name(Vec<u8>),
    /// Another path.
    Path(Vec<u8>),
    /// It goes out of the tree.
    Removed,
}

/// What becomes of files right in a folder.
#[derive(Clone, Debug, Default)]
struct FileChanges {
    /// Of single files, by name.
    single: BTreeMap<Vec<u8>, Destination>,
    /// Of many.
    many: Vec<(Which, FileChange)>,
    /// What is taken out whatever else was to become of it.
    dropped: NameSet,
}

/// What becomes of many files.
#[derive(Clone, Debug, PartialEq, Eq)]
enum FileChange {
    Coordinate(Coordinate),
    Removed,
}

impl FileChange {
    /// Whether both say where the same part of a path goes.
    fn is_of_one_part(&self, other: &FileChange) -> bool {
        use FileChange::Coordinate as Part;
        match (self, other) {
            (Part(one), Part(other)) => {
                std::mem::discriminant(one) == std::mem::discriminant(other)
            }
            _ => true,
        }
    }
}

/// Two operations that give one file two places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The folder of the file, or the one that is meant itself, relative to the target.
    pub folder: Vec<u8>,
}

/// Where the metadata.json of the tree comes from afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataSource {
    /// It stays where it is.
    Kept,
    /// There is none.
    Absent,
    /// This file, by its path before.
    From(Vec<u8>),
}

impl<'t> Plan<'t> {
    /// A plan that changes nothing.
    #[must_use]
    pub fn new(tree: &'t Tree) -> Self {
        Plan {
            tree,
            folders: BTreeMap::new(),
            files: BTreeMap::new(),
            edits: Vec::new(),
            recent: None,
            after: OnceLock::new(),
        }
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.files.is_empty() && self.edits.is_empty()
    }

    /// Adds an operation on the tree.
    ///
    /// # Errors
    /// When an operation that was added before gives the same part of the same path another value;
    /// then nothing is added.
    pub fn add(&mut self, operation: &Operation) -> Result<(), Conflict> {
        match operation {
            Operation::Set { files, coordinate } => match (files, coordinate) {
                (FileSet::Folder(folder), Coordinate::Sensor(name) | Coordinate::Scene(name)) => {
                    self.add_folder(*folder, FolderChange::Name(name.clone()))
                }
                _ => self.add_files(files, FileChange::Coordinate(coordinate.clone())),
            },
            Operation::Move { from, to } => {
                let to = to.strip_suffix(b"/").unwrap_or(to);
                match self.find(from) {
                    Some(Stands::Folder(folder)) => {
                        self.add_folder(folder, FolderChange::Path(to.to_vec()))
                    }
                    Some(Stands::File(folder, name)) => {
                        self.add_single(folder, name, Destination::Path(to.to_vec()))
                    }
                    // What is not there cannot be in the way of anything.
                    None => Ok(()),
                }
            }
            Operation::Remove { files: FileSet::Folder(folder) } => {
                self.add_folder(*folder, FolderChange::Removed)
            }
            Operation::Remove { files } => self.add_files(files, FileChange::Removed),
            Operation::Edit { edits } => self.add_edits(edits),
        }
    }

    /// What stands at a path; what is meant to be a folder ends in `/`.
    fn find<'n>(&mut self, path: &'n [u8]) -> Option<Stands<'n>> {
        let (path, is_folder) =
            path.strip_suffix(b"/").map_or((path, false), |folder| (folder, true));
        let (parent, name) = parent_and_name(path);
        let parent = self.find_folder(parent)?;
        if !is_folder && self.tree.folder(parent).holds(name) {
            return Some(Stands::File(parent, name));
        }
        self.tree.child(parent, name).map(Stands::Folder)
    }

    /// The folder of a path. Most are asked for again and again, one after the other.
    fn find_folder(&mut self, path: &[u8]) -> Option<FolderId> {
        if let Some((_, known)) = self.recent.as_ref().filter(|(known, _)| known == path) {
            return Some(*known);
        }
        let found = self.tree.folder_at(path)?;
        self.recent = Some((path.to_vec(), found));
        Some(found)
    }

    fn conflict(&self, folder: FolderId) -> Conflict {
        Conflict { folder: self.tree.path(folder) }
    }

    fn add_folder(&mut self, folder: FolderId, change: FolderChange) -> Result<(), Conflict> {
        self.after.take();
        match self.folders.get(&folder) {
            Some(known) if *known != change => Err(self.conflict(folder)),
            _ => {
                self.folders.insert(folder, change);
                Ok(())
            }
        }
    }

    fn add_single(
        &mut self,
        folder: FolderId,
        name: &[u8],
        to: Destination,
    ) -> Result<(), Conflict> {
        self.after.take();
        let changes = self.files.entry(folder).or_default();
        match changes.single.get(name) {
            Some(known) if *known != to => Err(self.conflict(folder)),
            _ => {
                changes.single.insert(name.to_vec(), to);
                Ok(())
            }
        }
    }

    fn add_files(&mut self, files: &FileSet, change: FileChange) -> Result<(), Conflict> {
        let which = match files {
            FileSet::Folder(_) | FileSet::Files { names: None, .. } => Which::All,
            FileSet::Numbered { naming, .. } => Which::Numbered(*naming),
            FileSet::Files { names: Some(names), .. } => Which::Named(names.clone()),
        };
        let folder = files.folder();
        self.after.take();
        let changes = self.files.entry(folder).or_default();
        for (known_files, known) in &changes.many {
            if known.is_of_one_part(&change) && *known != change && known_files.overlaps(&which) {
                return Err(self.conflict(folder));
            }
        }
        if !changes.many.iter().any(|(known, what)| *known == which && *what == change) {
            changes.many.push((which, change));
        }
        Ok(())
    }

    fn add_edits(&mut self, edits: &[Edit]) -> Result<(), Conflict> {
        let overlaps = |edit: &Edit| {
            let same_place = |known: &&Edit| known.start < edit.end && edit.start < known.end;
            let at_one_point =
                |known: &&Edit| known.start == known.end && known.start == edit.start;
            self.edits
                .iter()
                .filter(|known| *known != edit)
                .any(|known| same_place(&known) || at_one_point(&known))
        };
        if edits.iter().any(overlaps) {
            return Err(self.conflict(FolderId::ROOT));
        }
        self.edits.extend(edits.iter().cloned());
        self.edits.sort_unstable();
        self.edits.dedup();
        Ok(())
    }

    /// Calls for each change of a path, folder by folder: the renames, moves and removals that have
    /// to be carried out. A folder that goes as a whole is one change.
    pub fn for_each_change(&self, mut each: impl FnMut(Change)) {
        Arranged::new(self).for_each_changed(|changed| each(changed.change));
    }

    /// The changes of the text of metadata.json, by their place.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// Where the metadata.json comes from afterwards.
    #[must_use]
    pub fn metadata_source(&self) -> MetadataSource {
        Arranged::new(self).metadata_source()
    }

    /// The paths at which two files, or a file and a folder, would stand afterwards and did not
    /// before; the smallest few.
    #[must_use]
    pub fn collisions(&self, most: usize) -> Vec<Vec<u8>> {
        let arranged = Arranged::new(self);
        arranged.collisions(self.after.get_or_init(|| self.tree.rearranged(&arranged)), most)
    }

    /// The tree once the plan is carried out.
    #[must_use]
    pub fn tree(&self) -> Tree {
        let made = self.after.get().cloned();
        made.unwrap_or_else(|| self.tree.rearranged(&Arranged::new(self)))
    }

    /// The text of metadata.json once its edits are made. One that lies outside the
    /// text changes nothing.
    #[must_use]
    pub fn edited(&self, text: &[u8]) -> Vec<u8> {
        let mut edited = Vec::with_capacity(text.len());
        let mut at = 0;
        let edits = self.edits.iter().filter(|edit| edit.start <= edit.end);
        for edit in edits.filter(|edit| edit.end <= text.len()) {
            if edit.start < at {
                continue;
            }
            edited.extend_from_slice(text.get(at..edit.start).unwrap_or_default());
            edited.extend_from_slice(&edit.text);
            at = edit.end;
        }
        edited.extend_from_slice(text.get(at..).unwrap_or_default());
        edited
    }
}

/// Which files of a folder are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Which {
    All,
    /// Those whose stem is a number that is written so.
    Numbered(Naming),
    Named(NameSet),
}

impl Which {
    fn contains(&self, name: &[u8]) -> bool {
        match self {
            Which::All => true,
            Which::Numbered(naming) => {
                frame_name::parse(name).is_some_and(|(_, known)| known == *naming)
            }
            Which::Named(names) => names.contains(name),
        }
    }

    /// Whether some files may be meant by both.
    fn overlaps(&self, other: &Which) -> bool {
        match (self, other) {
            (Which::All, _) | (_, Which::All) => true,
            (Which::Numbered(one), Which::Numbered(other)) => one == other,
            (Which::Named(names), which) | (which, Which::Named(names)) => {
                let mut overlap = !names.is_complete();
                names.for_each(|name| overlap |= which.contains(name));
                overlap
            }
        }
    }
}
