//! [`Plan`]: what operations come to in one tree: which path becomes which, what collides, and how the tree is judged
//! afterwards. It is computed, and nothing is touched.

mod arranged;
mod renames;

use std::collections::BTreeMap;

pub use self::arranged::Change;
pub use self::renames::{Rename, RenameError, RenameFault};

use self::arranged::Arranged;
use crate::Inspection;
use crate::document::metadata::MetadataFile;
use crate::names::METADATA;
use crate::names::name_set::NameSet;
use crate::repair::{Coordinate, Edit, FileSet, Operation};
use crate::tree::{Destination, FolderId, Tree};

/// Operations on one tree, put together.
#[derive(Debug)]
pub struct Plan<'t> {
    tree: &'t Tree,
    folders: BTreeMap<FolderId, FolderChange>,
    files: BTreeMap<FolderId, FileChanges>,
    edits: Vec<Edit>,
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
#[derive(Debug, Default)]
struct FileChanges {
    /// Of single files, by name.
    single: BTreeMap<Vec<u8>, Destination>,
    /// Of many: these, or all where no names are given.
    many: Vec<(Option<NameSet>, FileChange)>,
}

/// What becomes of many files.
#[derive(Clone, Debug, PartialEq, Eq)]
enum FileChange {
    Coordinate(Coordinate),
    /// To a folder of this path.
    Folder(Vec<u8>),
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
            // What stands before the name is the folder's.
            (Part(Coordinate::Stem(_) | Coordinate::Suffix(_)), FileChange::Folder(_))
            | (FileChange::Folder(_), Part(Coordinate::Stem(_) | Coordinate::Suffix(_))) => false,
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
        Plan { tree, folders: BTreeMap::new(), files: BTreeMap::new(), edits: Vec::new() }
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.files.is_empty() && self.edits.is_empty()
    }

    /// Adds an operation on the tree.
    ///
    /// # Errors
    /// When an operation that was added before gives the same part of the same path another value; then nothing is added.
    pub fn add(&mut self, operation: &Operation) -> Result<(), Conflict> {
        match operation {
            Operation::Set { files, coordinate } => match (files, coordinate) {
                (FileSet::Folder(folder), Coordinate::Sensor(name) | Coordinate::Scene(name)) => {
                    self.add_folder(*folder, FolderChange::Name(name.clone()))
                }
                _ => self.add_files(files, FileChange::Coordinate(coordinate.clone())),
            },
            Operation::Relocate { files: FileSet::Folder(folder), to } => {
                self.add_folder(*folder, FolderChange::Path(to.clone()))
            }
            Operation::Relocate { files, to } => {
                self.add_files(files, FileChange::Folder(to.clone()))
            }
            Operation::Rename { folder, name, to } => {
                self.add_single(*folder, name, Destination::Path(to.clone()))
            }
            Operation::Remove { files: FileSet::Folder(folder) } => {
                self.add_folder(*folder, FolderChange::Removed)
            }
            Operation::Remove { files } => self.add_files(files, FileChange::Removed),
            Operation::Edit { edits } => self.add_edits(edits),
        }
    }

    fn conflict(&self, folder: FolderId) -> Conflict {
        Conflict { folder: self.tree.path(folder) }
    }

    fn add_folder(&mut self, folder: FolderId, change: FolderChange) -> Result<(), Conflict> {
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
        let (folder, names) = match files {
            FileSet::Folder(folder) => (*folder, None),
            FileSet::Files { folder, names } => (*folder, names.as_ref()),
        };
        let changes = self.files.entry(folder).or_default();
        for (known_names, known) in &changes.many {
            if known.is_of_one_part(&change)
                && *known != change
                && do_overlap(known_names.as_ref(), names)
            {
                return Err(self.conflict(folder));
            }
        }
        let is_known =
            changes.many.iter().any(|(known, what)| known.as_ref() == names && *what == change);
        if !is_known {
            changes.many.push((names.cloned(), change));
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

    /// Calls for each change of a path, folder by folder: the renames, moves and removals that have to be carried out. A
    /// folder that goes as a whole is one change.
    pub fn for_each_change(&self, each: impl FnMut(Change)) {
        Arranged::new(self).for_each_change(each);
    }

    /// The path of a file afterwards, relative to the target; `None` where it is taken out.
    #[must_use]
    pub fn path_of(&self, folder: FolderId, name: &[u8]) -> Option<Vec<u8>> {
        Arranged::new(self).path_of(folder, name)
    }

    /// Where the metadata.json comes from afterwards.
    #[must_use]
    pub fn metadata_source(&self) -> MetadataSource {
        Arranged::new(self).metadata_source()
    }

    /// The paths at which two files, or a file and a folder, would stand afterwards and did not before; the smallest few.
    #[must_use]
    pub fn collisions(&self, most: usize) -> Vec<Vec<u8>> {
        let arranged = Arranged::new(self);
        arranged.collisions(&self.tree.rearranged(&arranged), most)
    }

    /// What would be found out about the target once the plan was carried out. `metadata` is the text of the file that
    /// becomes metadata.json, where [`Plan::metadata_source`] names one and it could be read.
    #[must_use]
    pub fn applied(&self, inspection: &Inspection, metadata: Option<Vec<u8>>) -> Inspection {
        let arranged = Arranged::new(self);
        let metadata = match arranged.metadata_source() {
            MetadataSource::Kept => edited(inspection.metadata.clone(), &self.edits),
            MetadataSource::Absent => MetadataFile::Absent,
            MetadataSource::From(_) => {
                metadata.map_or(MetadataFile::Unreadable, MetadataFile::Text)
            }
        };
        let tree = inspection.tree.rearranged(&arranged);
        let mut coverage = inspection.coverage.clone();
        if metadata == MetadataFile::Unreadable && inspection.metadata != MetadataFile::Unreadable {
            coverage.unread.push(crate::tree::Unread {
                path: METADATA.into(),
                reason: "it would come from another file, which was not read".to_owned(),
            });
        }
        Inspection {
            target: inspection.target.clone(),
            tree,
            archive: inspection.archive.clone(),
            metadata,
            coverage,
        }
    }
}

/// Whether some files may be in both sets; `None` stands for all.
fn do_overlap(one: Option<&NameSet>, other: Option<&NameSet>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return true };
    let (few, many) = if one.count() <= other.count() { (one, other) } else { (other, one) };
    let mut overlap = !few.is_complete();
    few.for_each(|name| overlap |= many.contains(name));
    overlap
}

/// A text once its edits are made. `edits` are in order and do not overlap; one that lies outside the text changes nothing.
fn edited(file: MetadataFile, edits: &[Edit]) -> MetadataFile {
    let MetadataFile::Text(text) = file else { return file };
    let mut edited = Vec::with_capacity(text.len());
    let mut at = 0;
    for edit in edits.iter().filter(|edit| edit.start <= edit.end && edit.end <= text.len()) {
        if edit.start < at {
            continue;
        }
        edited.extend_from_slice(text.get(at..edit.start).unwrap_or_default());
        edited.extend_from_slice(&edit.text);
        at = edit.end;
    }
    edited.extend_from_slice(text.get(at..).unwrap_or_default());
    MetadataFile::Text(edited)
}
