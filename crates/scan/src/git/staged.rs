//! The datasets that a commit of the index would change, for a look at them before it is made.
//!
//! A dataset is a folder that holds sensors' folders with frames in them, or a metadata.json of its
//! kind; where it lost those only now, what was committed before tells. Of datasets within one
//! another the outermost is judged.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Component, Path};
use std::sync::Arc;

use gix::bstr::ByteSlice as _;
use gix::index::File;
use gix::index::entry::{Flags, Mode, Stage};
use gix::prelude::{FindExt as _, Header as _};
use gix::{ObjectId, Repository, oid};
use sensortree_core::names::{METADATA, Media, SensorKind, Suffix};

use super::changes::Changes;
use super::error::{GitError, said, shown};
use super::index::Index;
use super::listing::Extent;
use super::source::{CAPABILITIES, Folder, described, list};
use super::target::{GitTarget, Origin, names};
use super::{index_file, repository, revision};
use crate::error::ScanError;
use crate::source::{Capabilities, Contents, ListedTree, Run, Source};

/// What the metadata.json of a dataset has, whatever else is wrong with it.
const FIELDS: [&[u8]; 4] =
    [b"\"lidarSequence\"", b"\"cameraSequence\"", b"\"cameraCoefficients\"", b"\"fileTreeType\""];

/// A longer metadata.json is not searched for them.
const MOST_SEARCHED: u64 = 1 << 20;

/// As many links are followed one after the other, as Linux does.
const MOST_LINKS: usize = 40;

/// What the index has in the place of a file of the work tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StagedFile {
    /// The path, or a link that the index has there, leads out of the work tree.
    Outside,
    /// Nothing that would be committed.
    Absent,
    /// Both sides of a merge that is not finished.
    InConflict,
    /// Something else than a file, in words.
    NotAFile(&'static str),
    /// The file.
    Bytes(Vec<u8>),
    /// A file that cannot be read, with the reason.
    Unreadable(String),
}

/// A repository whose index is about to be committed.
pub struct Staged {
    repository: Repository,
    index: Arc<File>,
    /// The tree of the commit before; `None` where this is the first.
    head: Option<ObjectId>,
    changes: Changes,
}

impl std::fmt::Debug for Staged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staged")
            .field("repository", &self.repository.git_dir())
            .finish_non_exhaustive()
    }
}

impl Staged {
    /// Compares the index of the repository around `from` with the commit before. That is the index
    /// which the environment names, as it does while git commits a part of what is staged.
    ///
    /// # Errors
    /// When there is no such repository, or its index or last commit cannot be read.
    pub fn read(from: &Path) -> Result<Self, ScanError> {
        let repository = repository::open(&target(b""), from)?;
        if repository.workdir().is_none() {
            let said = "the repository is a bare one, without a work tree";
            return Err(GitError::NothingToStage { said }.into());
        }
        let index = Arc::new(index_file::read(&repository)?);
        let head = match revision::tree(&repository, b"HEAD") {
            Ok(tree) => Some(tree),
            Err(GitError::Unborn { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        // Before the first commit there need be none. Later, all would seem to be deleted.
        if head.is_some() && !repository.index_path().exists() {
            let said = "the repository has commits and no index (`git reset` makes one)";
            return Err(GitError::NothingToStage { said }.into());
        }
        let changes = Changes::of(&repository, &index, head);
        Ok(Staged { repository, index, head, changes })
    }

    /// The datasets that the commit would change, by their folders from the top of the repository;
    /// the top itself is empty. One that would be gone is none of them.
    #[must_use]
    pub fn datasets(&self) -> Vec<Vec<u8>> {
        let mut known = HashMap::new();
        let mut found = BTreeSet::new();
        let mut last: Option<&[u8]> = None;
        let changed = self
            .changes
            .places()
            .filter_map(|at| Some(self.index.entries().get(at)?.path(&self.index)));
        let gone = self.changes.gone().iter().map(|path| path.as_slice());
        for path in changed.map(|path| path.as_ref()).chain(gone) {
            let folder = folder_of(path);
            if last.replace(folder) != Some(folder) {
                found.extend(self.dataset_around(folder, &mut known));
            }
        }
        found.into_iter().collect()
    }

    /// The dataset in the folder that is named, from where one stands: by its path from the top
    /// of the repository.
    ///
    /// # Errors
    /// When it leads out of the repository, or was never there.
    pub fn dataset(&self, named: &Path, from: &Path) -> Result<Vec<u8>, ScanError> {
        let here = repository::here(&self.repository, from);
        // From the top of the work tree, whatever links lead there.
        let top = self.repository.workdir().and_then(|top| top.canonicalize().ok());
        let real = named.canonicalize().ok().filter(|_| named.is_absolute());
        let below = real.as_deref().zip(top.as_deref());
        let absolute = below.and_then(|(real, top)| real.strip_prefix(top).ok());
        if let Some(folder) = absolute {
            let segments: Vec<Vec<u8>> =
                folder.iter().map(|name| name.as_encoded_bytes().to_vec()).collect();
            return self.dataset_at(&segments);
        }
        let named = [b"./", named.as_os_str().as_encoded_bytes()].concat();
        let segments = target(&named).segments(here.as_deref())?;
        self.dataset_at(&segments)
    }

    /// The dataset in the folder to which these names lead from the top.
    fn dataset_at(&self, segments: &[Vec<u8>]) -> Result<Vec<u8>, ScanError> {
        let dataset = segments.join(&b'/');
        if !self.touches(&dataset, b"") {
            Index::new(Arc::clone(&self.index), segments).must_have(segments)?;
        }
        Ok(dataset)
    }

    /// Reads the file that would be committed at a path of the work tree, of which at most so many
    /// bytes are taken. The path is relative to the current folder or absolute; nothing needs to
    /// stand there in the work tree.
    #[must_use]
    pub fn file(&self, path: &Path, most_bytes: u64) -> StagedFile {
        let Some(mut path) = self.path_from_top(path) else { return StagedFile::Outside };
        for _ in 0..MOST_LINKS {
            let Some(range) = self.index.entry_range(path.as_bstr()) else {
                return StagedFile::Absent;
            };
            let Some(entry) = self.index.entries().get(range.start) else {
                return StagedFile::Absent;
            };
            if entry.stage() != Stage::Unconflicted {
                return StagedFile::InConflict;
            }
            if entry.flags.contains(Flags::INTENT_TO_ADD) {
                return StagedFile::Absent;
            }
            let bytes = match entry.mode {
                Mode::FILE | Mode::FILE_EXECUTABLE | Mode::SYMLINK => {
                    match self.blob(&entry.id, most_bytes) {
                        Ok(bytes) => bytes,
                        Err(reason) => return StagedFile::Unreadable(reason),
                    }
                }
                mode => {
                    let kind = mode.to_tree_entry_mode().map(|mode| revision::what(mode.kind()));
                    return StagedFile::NotAFile(kind.unwrap_or("no file"));
                }
            };
            if entry.mode != Mode::SYMLINK {
                return StagedFile::Bytes(bytes);
            }
            match linked(folder_of(&path), &bytes) {
                Some(next) => path = next,
                None => return StagedFile::Outside,
            }
        }
        StagedFile::Unreadable("its links lead in a circle".to_owned())
    }

    /// The path of a file from the top of the work tree. The folder that it lies in may be a link,
    /// and need not be there.
    fn path_from_top(&self, path: &Path) -> Option<Vec<u8>> {
        let top = self.repository.workdir()?.canonicalize().ok()?;
        let path = std::path::absolute(path).ok()?;
        let above = path.ancestors().skip(1);
        let (there, real) =
            above.filter_map(|above| Some((above, above.canonicalize().ok()?))).next()?;
        let below = real.strip_prefix(&top).ok()?.join(path.strip_prefix(there).ok()?);
        let names = below.components().map(|component| match component {
            Component::Normal(name) => Some(name.as_encoded_bytes()),
            _ => None,
        });
        Some(names.collect::<Option<Vec<_>>>()?.join(&b'/'))
    }

    /// An object's bytes, of a file in the index.
    fn blob(&self, id: &oid, most_bytes: u64) -> Result<Vec<u8>, String> {
        let header = self.repository.find_header(id).map_err(|error| said(&error))?;
        if header.kind() != gix::objs::Kind::Blob {
            return Err(format!("its object is a {}", header.kind()));
        }
        if header.size() > most_bytes {
            return Err(format!("it is larger than {most_bytes} bytes"));
        }
        let mut buffer = Vec::new();
        self.repository.objects.find(id, &mut buffer).map_err(|error| said(&error))?;
        Ok(buffer)
    }

    /// The outermost dataset on the way to a folder.
    fn dataset_around(&self, folder: &[u8], known: &mut HashMap<Vec<u8>, bool>) -> Option<Vec<u8>> {
        let ends =
            folder.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at + 1);
        std::iter::once(0).chain(ends).find_map(|end| {
            let folder = folder.get(..end)?;
            let is_one = match known.get(folder) {
                Some(is_one) => *is_one,
                None => {
                    let is_one = self.is_dataset(folder);
                    known.insert(folder.to_vec(), is_one);
                    is_one
                }
            };
            is_one.then(|| folder.strip_suffix(b"/").unwrap_or(folder).to_vec())
        })
    }

    /// Whether a dataset stands in a folder of the index, or stood there and what is left of
    /// it still does.
    fn is_dataset(&self, folder: &[u8]) -> bool {
        let is_there = self
            .index
            .prefixed_entries_range(folder.as_bstr())
            .is_some_and(|range| !range.is_empty());
        is_there
            && (self.is_dataset_in_index(folder) || self.was_dataset(folder).unwrap_or_default())
    }

    fn is_dataset_in_index(&self, folder: &[u8]) -> bool {
        let metadata =
            self.index.entry_index_by_path([folder, METADATA.as_bytes()].concat().as_bstr()).ok();
        let metadata = metadata.and_then(|at| self.index.entries().get(at));
        if metadata.is_some_and(|entry| self.is_metadata(&entry.id)) {
            return true;
        }
        SensorKind::ALL.iter().any(|kind| {
            let prefix = [folder, kind.prefix().as_bytes()].concat();
            let range = self.index.prefixed_entries_range(prefix.as_bstr()).unwrap_or_default();
            self.paths(range).any(|path| {
                let below = path.get(prefix.len()..).unwrap_or_default();
                below.contains(&b'/') && is_frame(below)
            })
        })
    }

    fn paths(&self, range: Range<usize>) -> impl Iterator<Item = &[u8]> {
        self.index
            .entries()
            .get(range)
            .unwrap_or_default()
            .iter()
            .map(|entry| entry.path(&self.index).as_ref())
    }

    /// The same of the commit before. Frames are looked for in a sensor's folder and those
    /// right in it.
    fn was_dataset(&self, folder: &[u8]) -> Option<bool> {
        let segments: Vec<Vec<u8>> = names(folder).collect();
        let tree = revision::descend(
            &self.repository,
            &Origin::Revision(b"HEAD".to_vec()),
            self.head?,
            &segments,
        )
        .ok()?;
        let entries = self.entries_of(&tree)?;
        let is_metadata = |(name, is_tree, id): &(Vec<u8>, bool, ObjectId)| {
            !is_tree && name == METADATA.as_bytes() && self.is_metadata(id)
        };
        let is_sensor = |(name, is_tree, id): &(Vec<u8>, bool, ObjectId)| {
            *is_tree
                && SensorKind::ALL.iter().any(|kind| name.starts_with(kind.prefix().as_bytes()))
                && self.holds_frames(id)
        };
        Some(entries.iter().any(is_metadata) || entries.iter().any(is_sensor))
    }

    fn holds_frames(&self, sensor: &oid) -> bool {
        let is_frame_in = |entries: &[(Vec<u8>, bool, ObjectId)]| {
            entries.iter().any(|(name, is_tree, _)| !is_tree && is_frame(name))
        };
        let Some(entries) = self.entries_of(sensor) else { return false };
        let mut scenes = entries.iter().filter(|(_, is_tree, _)| *is_tree);
        is_frame_in(&entries)
            || scenes.any(|(_, _, id)| self.entries_of(id).is_some_and(|scene| is_frame_in(&scene)))
    }

    /// The names in a tree of the commit before, whether they are folders, and their objects.
    fn entries_of(&self, tree: &oid) -> Option<Vec<(Vec<u8>, bool, ObjectId)>> {
        let mut buffer = Vec::new();
        let tree = self.repository.objects.find_tree(tree, &mut buffer).ok()?;
        let entry = |entry: &gix::objs::tree::EntryRef<'_>| {
            (entry.filename.to_vec(), entry.mode.is_tree(), entry.oid.to_owned())
        };
        Some(tree.entries.iter().map(entry).collect())
    }

    /// Whether an object is the metadata.json of a dataset, or may be: one that is there and cannot
    /// be read is not passed by.
    fn is_metadata(&self, id: &oid) -> bool {
        let header = match self.repository.objects.try_header(id) {
            Ok(Some(header)) => header,
            // A partial clone lacks those of other folders on purpose.
            Ok(None) => return false,
            Err(_) => return true,
        };
        if header.kind() != gix::objs::Kind::Blob {
            return true;
        }
        if header.size() > MOST_SEARCHED {
            return false;
        }
        let mut buffer = Vec::new();
        let text = self.repository.objects.find_blob(id, &mut buffer);
        text.map_or(true, |text| {
            FIELDS.iter().any(|field| memchr::memmem::find(text.data, field).is_some())
        })
    }

    /// A dataset as it would be committed. Sizes are looked up, and frames looked into, of what the
    /// commit changes.
    #[must_use]
    pub fn after(&self, dataset: &[u8]) -> StagedDataset<'_> {
        StagedDataset { staged: self, dataset: dataset.to_vec(), before: None }
    }

    /// The names of a dataset as it was committed before, and its metadata.json; `None` where it
    /// was not there.
    #[must_use]
    pub fn before(&self, dataset: &[u8]) -> Option<StagedDataset<'_>> {
        let segments: Vec<Vec<u8>> = names(dataset).collect();
        let origin = Origin::Revision(b"HEAD".to_vec());
        let tree = revision::descend(&self.repository, &origin, self.head?, &segments).ok()?;
        Some(StagedDataset { staged: self, dataset: dataset.to_vec(), before: Some(tree) })
    }

    /// What a dataset is called as a target: `git:index:FOLDER`.
    #[must_use]
    pub fn target(&self, dataset: &[u8]) -> OsString {
        let named = [GitTarget::SCHEME.as_bytes(), b"index:", dataset].concat();
        let named = named.strip_suffix(b":").unwrap_or(&named);
        gix::path::from_byte_slice(named)
            .map_or_else(|_| shown(named).into(), |path| path.as_os_str().to_owned())
    }

    /// Whether the commit changes a path in a dataset, or anything below it where it ends in `/`;
    /// an empty one is the dataset's own.
    #[must_use]
    pub fn touches(&self, dataset: &[u8], path: &[u8]) -> bool {
        let end: &[u8] = if dataset.is_empty() { b"" } else { b"/" };
        self.changes.touch(&self.index, &[dataset, end, path].concat())
    }
}

/// A dataset that a commit changes: as it would be committed, or was before.
#[derive(Debug)]
pub struct StagedDataset<'s> {
    staged: &'s Staged,
    dataset: Vec<u8>,
    /// The tree that it was before, where that is what is listed.
    before: Option<ObjectId>,
}

impl Source for StagedDataset<'_> {
    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    /// Lists the dataset.
    ///
    /// # Errors
    /// When there is no such folder. All that cannot be read below it is data.
    fn list<'r>(
        &'r self,
        run: &'r Run<'r>,
    ) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError> {
        let Staged { repository, index, changes, .. } = self.staged;
        let segments: Vec<Vec<u8>> = names(&self.dataset).collect();
        let (folder, extent) = match self.before {
            Some(tree) => (Folder::Tree(tree), Extent::Names),
            None => {
                let index = Index::new(Arc::clone(index), &segments);
                index.must_have(&segments)?;
                (Folder::Index(Box::new(index)), Extent::Changed(changes))
            }
        };
        let target = described(&target(&self.dataset), repository, &segments);
        list(repository, folder, target, extent, run)
    }
}

/// The target that a dataset in the index is.
fn target(dataset: &[u8]) -> GitTarget {
    GitTarget::in_index(dataset)
}

/// Where a link leads that lies in a folder, from the top; `None` where that is out of
/// the work tree.
fn linked(folder: &[u8], target: &[u8]) -> Option<Vec<u8>> {
    if target.first() == Some(&b'/') {
        return None;
    }
    let mut names: Vec<&[u8]> = Vec::new();
    let path = [folder, target].concat();
    for name in path.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => drop(names.pop()?),
            name => names.push(name),
        }
    }
    Some(names.join(&b'/'))
}

/// The folder that a path lies in, or is, with the `/` at its end.
fn folder_of(path: &[u8]) -> &[u8] {
    path.get(..path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1))
        .unwrap_or_default()
}

fn is_frame(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    Suffix::of(name).media() != Media::Other
}
