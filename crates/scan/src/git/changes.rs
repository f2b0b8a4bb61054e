//! What a commit of the index would change.

use std::collections::BTreeMap;
use std::ops::Range;

use gix::bstr::ByteSlice as _;
use gix::index::entry::{Flags, Stage};
use gix::index::{Entry, File, extension};
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryKind as GitKind;
use gix::prelude::FindExt as _;
use gix::{ObjectId, Repository};

/// What of the index differs from a commit.
pub(super) struct Changes {
    /// For each entry of the index, in its order, whether it was added or changed.
    entries: Vec<bool>,
    /// What is gone, ascending. A folder's path ends in `/`, and all below it is gone.
    gone: Vec<Vec<u8>>,
}

/// A folder that is compared.
struct Folder<'i> {
    /// Its tree in the commit.
    tree: ObjectId,
    /// How many bytes of the entries' paths lead to it.
    depth: usize,
    /// Its entries in the index.
    range: Range<usize>,
    /// The tree that the index is known to make of it.
    known: Option<&'i extension::Tree>,
}

impl Changes {
    /// Compares the index with a commit's tree; without one, everything is new.
    ///
    /// Where a tree of the commit cannot be read, all below it counts as changed.
    pub(super) fn of(repository: &Repository, file: &File, tree: Option<ObjectId>) -> Self {
        let count = file.entries().len();
        let mut changes = Changes { entries: vec![false; count], gone: Vec::new() };
        let Some(tree) = tree else {
            changes.entries.fill(true);
            return changes;
        };
        let mut folders = vec![Folder { tree, depth: 0, range: 0..count, known: file.tree() }];
        let mut buffer = Vec::new();
        while let Some(folder) = folders.pop() {
            // A commit would write the tree that the index has in store, so that
            // nothing there changes.
            if folder
                .known
                .is_some_and(|known| known.num_entries.is_some() && known.id == folder.tree)
            {
                continue;
            }
            match repository.objects.find(&folder.tree, &mut buffer) {
                Ok(found) => changes.compare(repository, file, &folder, found.data, &mut folders),
                Err(_) => changes.add(folder.range),
            }
        }
        changes.gone.sort_unstable();
        changes
    }

    fn compare<'i>(
        &mut self,
        repository: &Repository,
        file: &'i File,
        folder: &Folder<'i>,
        tree: &[u8],
        folders: &mut Vec<Folder<'i>>,
    ) {
        let entries =
            || TreeRefIter::from_bytes(tree, repository.object_hash()).map_while(Result::ok);
        let mut committed: BTreeMap<&[u8], (GitKind, ObjectId)> = entries()
            .map(|entry| (&**entry.filename, (entry.mode.kind(), entry.oid.to_owned())))
            .collect();
        let mut at = folder.range.start;
        while let Some(entry) = file.entries().get(at).filter(|_| at < folder.range.end) {
            let path: &[u8] = entry.path(file);
            let below = path.get(folder.depth..).unwrap_or_default();
            let Some(end) = below.iter().position(|byte| *byte == b'/') else {
                if !entry.flags.contains(Flags::INTENT_TO_ADD) {
                    let was = committed.remove(below);
                    self.mark(at, was.is_none_or(|was| !is_same(entry, was)));
                }
                at += 1;
                continue;
            };
            let name = below.get(..end).unwrap_or_default();
            let depth = folder.depth + end + 1;
            let range = at..end_of_folder(
                file,
                at..folder.range.end,
                path.get(..depth).unwrap_or_default(),
            );
            at = range.end;
            match committed.remove(name) {
                // A sparse index has a whole folder as one entry.
                Some(was) if path.len() == depth => self.mark(range.start, !is_same(entry, was)),
                Some((GitKind::Tree, tree)) => {
                    let known = folder
                        .known
                        .and_then(|known| known.children.iter().find(|child| *child.name == *name));
                    folders.push(Folder { tree, depth, range, known });
                }
                was => {
                    self.add(range);
                    self.gone.extend(was.and_then(|_| Some(path.get(..depth - 1)?.to_vec())));
                }
            }
        }
        let first =
            file.entries().get(folder.range.start).map_or(&b""[..], |entry| entry.path(file));
        let above = first.get(..folder.depth).unwrap_or_default();
        self.gone.extend(committed.into_iter().map(|(name, (kind, _))| {
            let end: &[u8] = if kind == GitKind::Tree { b"/" } else { b"" };
            [above, name, end].concat()
        }));
    }

    fn mark(&mut self, at: usize, is_changed: bool) {
        if let Some(entry) = self.entries.get_mut(at) {
            *entry = is_changed;
        }
    }

    fn add(&mut self, range: Range<usize>) {
        self.entries.get_mut(range).unwrap_or_default().fill(true);
    }

    /// Whether an entry was added or changed.
    pub(super) fn is_changed(&self, at: usize) -> bool {
        self.entries.get(at).copied().unwrap_or_default()
    }

    /// The places of what was added or changed in the index, ascending.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        self.entries.iter().enumerate().filter(|(_, is_changed)| **is_changed).map(|(at, _)| at)
    }

    /// What is gone, ascending. A folder's path ends in `/`, and all below it is gone.
    pub(super) fn gone(&self) -> &[Vec<u8>] {
        &self.gone
    }

    /// Whether something changes at a path, or anywhere below it where it ends in `/`; an empty one
    /// is that of the whole.
    pub(super) fn touch(&self, file: &File, path: &[u8]) -> bool {
        let is_folder = path.is_empty() || path.ends_with(b"/");
        let is_there =
            |range: Range<usize>| self.entries.get(range).unwrap_or_default().contains(&true);
        let changed = match is_folder {
            true => file.prefixed_entries_range(path.as_bstr()).is_some_and(is_there),
            false => file.entry_index_by_path(path.as_bstr()).is_ok_and(|at| self.is_changed(at)),
        };
        let is_gone = |gone: &Vec<u8>| {
            gone == path
                || is_folder && gone.starts_with(path)
                || gone.ends_with(b"/") && path.starts_with(gone)
        };
        changed || self.gone.iter().any(is_gone)
    }
}

fn is_same(entry: &Entry, (kind, id): (GitKind, ObjectId)) -> bool {
    let mode = entry.mode.to_tree_entry_mode();
    entry.stage() == Stage::Unconflicted
        && entry.id == id
        && mode.is_some_and(|mode| mode.kind() == kind)
}

/// Where the entries end that lie in a folder, of which the first one does.
fn end_of_folder(file: &File, range: Range<usize>, folder: &[u8]) -> usize {
    let entries = file.entries().get(range.clone()).unwrap_or_default();
    range.start + entries.partition_point(|entry| entry.path(file).starts_with(folder)).max(1)
}
