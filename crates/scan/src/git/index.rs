//! The listing of the index: what would be committed now.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use gix::bstr::ByteSlice as _;
use gix::index::File;
use gix::index::entry::{Flags, Mode, Stage};
use gix::objs::tree::EntryKind as GitKind;
use gix::{ObjectId, Repository, oid};
use memchr::{memchr, memrchr};
use rayon::Scope;
use sensortree_core::document::MetadataFile;
use sensortree_core::names::METADATA;
use sensortree_core::tree::EntryKind;

use super::blobs::Blobs;
use super::checkout::{BLOCK, Checkout};
use super::error::{GitError, shown};
use super::listing::{Files, Shared, Worker, add_submodule, is_version_control};
use super::packs::LEAST_OBJECTS;
use super::revision::{nearest_path, what};
use super::target::{Origin, names};
use super::trees;

/// How many entries are listed in one go, at the most: the more there are, the nearer to each other
/// they lie in a pack.
const PART: usize = 65_536;

/// So that a thread that is done early takes from those that are not.
const PARTS_A_THREAD: usize = 4;

/// The index, and the folder in it that is listed.
pub(super) struct Index {
    file: Arc<File>,
    /// The folder's path, which ends in `/`; the top's is empty.
    folder: Vec<u8>,
    /// The entries below it.
    range: Range<usize>,
}

impl Index {
    /// The folder that these names lead to.
    pub(super) fn new(file: Arc<File>, segments: &[Vec<u8>]) -> Self {
        let mut folder = segments.join(&b'/');
        if !folder.is_empty() {
            folder.push(b'/');
        }
        let range = file.prefixed_entries_range(folder.as_bstr()).unwrap_or(0..0);
        Index { file, folder, range }
    }

    /// That the folder is not there, unless it is.
    pub(super) fn must_have(&self, segments: &[Vec<u8>]) -> Result<(), GitError> {
        if !self.range.is_empty() || segments.is_empty() {
            return Ok(());
        }
        for depth in 0..segments.len() {
            let above = segments.get(..=depth).unwrap_or_default().join(&b'/');
            if let Ok(at) = self.file.entry_index_by_path(above.as_bstr()) {
                let mode = self.file.entries().get(at).map(|entry| entry.mode);
                return Err(GitError::NotAFolder {
                    path: shown(&above),
                    source_name: Origin::Index.name(),
                    kind: what(mode.and_then(kind).unwrap_or(GitKind::Blob)),
                });
            }
            let below = [&above[..], b"/"].concat();
            if self.file.prefixed_entries_range(below.as_bstr()).is_none() {
                let there = self.folders_in(segments.get(..depth).unwrap_or_default());
                return Err(GitError::NoFolder {
                    path: shown(&above),
                    source_name: Origin::Index.name(),
                    nearest: nearest_path(segments, depth, &there),
                });
            }
        }
        Ok(())
    }

    fn folders_in(&self, segments: &[Vec<u8>]) -> Vec<String> {
        let prefix: Vec<u8> = segments.iter().flat_map(|name| [name, &b"/"[..]].concat()).collect();
        let entries = self.file.prefixed_entries(prefix.as_bstr()).unwrap_or_default();
        let names: BTreeSet<&[u8]> = entries
            .iter()
            .filter_map(|entry| {
                let below = entry.path(&self.file).get(prefix.len()..)?;
                below.iter().position(|byte| *byte == b'/').and_then(|end| below.get(..end))
            })
            .collect();
        names.into_iter().map(shown).collect()
    }

    /// The tree that the index has in place of the folder's entries, and the names that lead on
    /// from it: a sparse index keeps whole folders so.
    pub(super) fn tree_above(&self, segments: &[Vec<u8>]) -> Option<(ObjectId, usize)> {
        (1..=segments.len()).find_map(|depth| {
            let folder = [&segments.get(..depth)?.join(&b'/')[..], b"/"].concat();
            let at = self.file.entry_index_by_path(folder.as_bstr()).ok()?;
            let entry = self.file.entries().get(at)?;
            entry.mode.is_sparse().then_some((entry.id, depth))
        })
    }

    /// The same of a folder below the one that is listed, counted from there.
    pub(super) fn tree_at(&self, below: &[Vec<u8>]) -> Option<(ObjectId, usize)> {
        let above: Vec<Vec<u8>> = names(&self.folder).collect();
        let (tree, depth) = self.tree_above(&[&above, below].concat())?;
        Some((tree, depth.checked_sub(above.len())?))
    }

    /// The object of a file, by its path from the folder.
    pub(super) fn object(&self, path: &[u8]) -> Option<ObjectId> {
        let at = self.file.entry_index_by_path([&self.folder, path].concat().as_bstr()).ok()?;
        self.file.entries().get(at).map(|entry| entry.id)
    }

    /// The metadata.json at the top of the folder, from its object; one that is in conflict is none
    /// of both sides'.
    pub(super) fn metadata(&self) -> Result<Option<ObjectId>, MetadataFile> {
        let path = [&self.folder, METADATA.as_bytes()].concat();
        let Ok(at) = self.file.entry_index_by_path(path.as_bstr()) else { return Ok(None) };
        let Some(entry) = self.file.entries().get(at) else { return Ok(None) };
        let is_file = matches!(kind(entry.mode), Some(GitKind::Blob | GitKind::BlobExecutable));
        match entry.stage() {
            Stage::Unconflicted => {
                Ok((is_file && !entry.flags.contains(Flags::INTENT_TO_ADD)).then_some(entry.id))
            }
            _ => Err(MetadataFile::Unreadable),
        }
    }

    /// Lists the folder.
    pub(super) fn list(&self, shared: &Shared<'_>, repository: &Repository) {
        let mut wanted = self.range.clone().filter(|at| shared.extent().includes(*at));
        let checkout = (wanted.nth(LEAST_OBJECTS).is_some())
            .then(|| Checkout::of(repository, &self.file, shared.pool()))
            .flatten();
        let checkout = checkout.as_ref();
        let part = self.range.len().div_ceil(shared.threads() * PARTS_A_THREAD).min(PART);
        // A block is not shared out.
        let part = part.next_multiple_of(BLOCK).max(BLOCK);
        let first = self.range.start / BLOCK * BLOCK;
        shared.pool().scope(|scope| {
            for start in (first..self.range.end).step_by(part) {
                let part = start.max(self.range.start)..self.range.end.min(start + part);
                scope.spawn(move |scope| {
                    if !shared.is_cancelled() {
                        self.list_part(shared, scope, part, checkout);
                    }
                });
            }
        });
    }

    fn list_part<'s>(
        &'s self,
        shared: &'s Shared<'_>,
        scope: &Scope<'s>,
        part: Range<usize>,
        checkout: Option<&Checkout>,
    ) {
        let mut worker = shared.worker();
        shared.listed(part.len() as u64);
        let sizes = self.sizes(shared, &mut worker.blobs, part.clone(), checkout);
        let mut rest = part;
        while let Some(folder) =
            self.path(rest.start).filter(|_| !rest.is_empty()).map(|path| split(path).0)
        {
            let others = |at: &usize| {
                let name = self.path(*at).and_then(|path| path.strip_prefix(folder));
                name.is_none_or(|name| memchr(b'/', name).is_some())
            };
            let end = rest.clone().find(others).unwrap_or(rest.end);
            match version_control_above(folder) {
                Some(above) => worker.errors.skip(above.to_vec()),
                None => {
                    self.list_folder(shared, scope, &mut worker, folder, rest.start..end, &sizes);
                }
            }
            rest.start = end;
        }
    }

    /// The sizes of entries, as far as they are known together.
    fn sizes(
        &self,
        shared: &Shared<'_>,
        blobs: &mut Blobs,
        part: Range<usize>,
        checkout: Option<&Checkout>,
    ) -> Sizes {
        let is_wanted = |at: usize| shared.extent().includes(at);
        let first = part.start;
        let wanted = part.clone().filter(|at| is_wanted(*at)).take(LEAST_OBJECTS + 1).count();
        if wanted <= LEAST_OBJECTS {
            return Sizes { first, sizes: Vec::new() };
        }
        let mut sizes = match checkout {
            Some(checkout) => checkout.sizes(&self.file, part.clone(), is_wanted, blobs),
            None => vec![None; part.len()],
        };
        let is_open = |at: &usize| is_wanted(*at) && sizes.get(*at - first) == Some(&None);
        let open: Vec<usize> = part.filter(is_open).collect();
        let ids: Vec<&oid> = open.iter().map(|at| &*self.file.entry(*at).id).collect();
        for (at, size) in open.iter().zip(blobs.sizes(&ids)) {
            if let Some(open) = sizes.get_mut(at - first) {
                *open = size;
            }
        }
        Sizes { first, sizes }
    }

    /// Lists entries of one folder.
    fn list_folder<'s>(
        &'s self,
        shared: &'s Shared<'_>,
        scope: &Scope<'s>,
        worker: &mut Worker,
        folder: &[u8],
        range: Range<usize>,
        sizes: &Sizes,
    ) {
        let Worker { builder, errors, blobs, looker, .. } = worker;
        let mut submodules = Vec::new();
        let inside = builder.enter(folder.strip_suffix(b"/").unwrap_or(folder));
        let mut files = Files {
            inside,
            errors,
            blobs,
            looker,
            contents: shared.contents_while_listing(),
            folder,
        };
        for at in range {
            let (Some(entry), Some(path)) = (self.file.entries().get(at), self.path(at)) else {
                continue;
            };
            let name = split(path).1;
            if is_version_control(name) || entry.flags.contains(Flags::INTENT_TO_ADD) {
                files.errors.skip(path.to_vec());
                continue;
            }
            if entry.stage() != Stage::Unconflicted {
                // Both sides of the conflict, and what they come from, each have an entry.
                if at == self.range.start || self.path(at - 1) != Some(path) {
                    files.add_unread(name, "in conflict: its merge is not finished".to_owned());
                }
                continue;
            }
            match kind(entry.mode) {
                Some(GitKind::Commit) => submodules.push([path, b"/"].concat()),
                Some(GitKind::Tree) => {
                    let (path, tree) = (path.to_vec(), entry.id);
                    scope.spawn(move |scope| trees::list(shared, scope, path, tree));
                }
                Some(kind) if !shared.extent().includes(at) => files.add_name(name, kind),
                Some(kind) => files.add(name, kind, &entry.id, sizes.of(at)),
                None => files.inside.add(name, EntryKind::Special, None),
            }
        }
        for path in submodules {
            add_submodule(builder, errors, &path);
        }
    }

    /// An entry's path below the folder that is listed.
    fn path(&self, at: usize) -> Option<&[u8]> {
        self.file.entries().get(at)?.path(&self.file).get(self.folder.len()..)
    }
}

/// The sizes of some entries.
struct Sizes {
    /// The first of them.
    first: usize,
    sizes: Vec<Option<u64>>,
}

impl Sizes {
    fn of(&self, at: usize) -> Option<u64> {
        self.sizes.get(at.checked_sub(self.first)?).copied().flatten()
    }
}

/// The folder, with the `/` at its end, and the name in it.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    path.split_at(memrchr(b'/', path).map_or(0, |at| at + 1))
}

/// The outermost folder on a path in which version control keeps its own.
fn version_control_above(folder: &[u8]) -> Option<&[u8]> {
    let mut start = 0;
    for name in folder.split_inclusive(|byte| *byte == b'/') {
        start += name.len();
        if is_version_control(name.strip_suffix(b"/").unwrap_or(name)) {
            return folder.get(..start);
        }
    }
    None
}

fn kind(mode: Mode) -> Option<GitKind> {
    mode.to_tree_entry_mode().map(|mode| mode.kind())
}
