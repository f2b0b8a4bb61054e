//! [`TreeBuilder`]: takes in a listing, name by name, and puts parts of one together.

use std::fmt;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use sensortree_probe::{Format, ProbeResult};

use super::entry::{Entry, EntryKind};
use super::folder::{FileClass, Folder, FolderId};
use super::kinds::{cut_at, is_surely_a_file, may_be_marker, settle_undecided};
use super::path::parent_and_name;
use super::rearrange::rest_of;
use super::tallies::ContentSummary;
use super::{MAX_DEPTH, Tree};
use crate::names::dataset_path::MAX_PATH;
use crate::names::frame_name::Naming;

/// Who is told of every entry that a [`TreeBuilder`] takes in, so that a listing can be kept beside
/// the tree that it becomes.
///
/// A tap is dropped with its builder, when that is finished or merged into another.
pub trait EntryObserver: fmt::Debug + Send {
    /// An entry whose path is `folder`, a `/` and `name`, or `name` alone where `folder` is empty.
    /// A name may hold `/`.
    fn entry(&mut self, folder: &[u8], name: &[u8], kind: EntryKind, size: Option<u64>);
}

/// Builds a [`Tree`] from entries in any order. Builders of parts of a listing merge into the
/// builder of the whole.
#[derive(Debug)]
pub struct TreeBuilder {
    folders: Vec<Folder>,
    index: HashTable<FolderId>,
    hasher: RandomState,
    entries: u64,
    /// The folder of the last entry, and its path: most entries lie where the one before did.
    here: Position,
    here_path: Vec<u8>,
    tap: Option<Box<dyn EntryObserver>>,
    keeps_candidates: bool,
}

/// Where the entries of one folder are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position {
    folder: FolderId,
    /// How many bytes of the path lead to `folder`, where what is below is not kept
    /// folder by folder.
    cut: Option<(usize, FileClass)>,
}

impl Default for TreeBuilder {
    fn default() -> Self {
        TreeBuilder::new()
    }
}

impl TreeBuilder {
    /// An empty tree.
    #[must_use]
    pub fn new() -> Self {
        TreeBuilder {
            folders: vec![Folder::new(FolderId::ROOT, 0, b"")],
            index: HashTable::new(),
            hasher: RandomState::new(),
            entries: 0,
            here: Position { folder: FolderId::ROOT, cut: None },
            here_path: Vec::new(),
            tap: None,
            keeps_candidates: false,
        }
    }

    /// Keeps from now on which frames can be looked into, so that [`Tree::picks`] can choose among
    /// them. Costs a few bytes a frame.
    pub fn keep_candidates(&mut self) {
        self.keeps_candidates = true;
    }

    /// Tells `tap` of every entry from now on.
    pub fn tell(&mut self, tap: Box<dyn EntryObserver>) {
        self.tap = Some(tap);
    }

    /// Adds one entry of the listing.
    pub fn add(&mut self, entry: &Entry<'_>) {
        self.take(entry);
    }

    /// Adds one entry of the listing. Where that is a frame that can be looked into, gives what it
    /// is to hold: whoever does look says what it holds with [`TreeBuilder::hold`].
    pub fn take(&mut self, entry: &Entry<'_>) -> Option<Format> {
        self.entries += 1;
        if let Some(tap) = &mut self.tap {
            let (folder, name) = split_last(entry.path);
            tap.entry(folder, name, entry.kind, entry.size);
        }
        match entry.kind {
            EntryKind::Folder => self.add_folder(entry.path),
            EntryKind::FolderMarker => self.add_marker(entry.path),
            EntryKind::File
            | EntryKind::Link
            | EntryKind::DanglingLink
            | EntryKind::Special
            | EntryKind::Unknown => {
                return self.add_file(entry);
            }
        }
        None
    }

    /// Says what a frame holds that was added.
    pub fn hold(&mut self, path: &[u8], facts: ProbeResult) {
        let (folder, name) = parent_and_name(path);
        let folder = match self.resolve(folder).folder {
            // As for an entry: the empty first segment of an absolute key is a folder.
            FolderId::ROOT if path.len() > name.len() => self.descend(FolderId::ROOT, b"").folder,
            folder => folder,
        };
        self.folders[folder.index()].content.get_or_insert_default().add(name, facts);
    }

    fn add_folder(&mut self, path: &[u8]) {
        let path = path.strip_suffix(b"/").unwrap_or(path);
        let place = self.resolve(path);
        if place.cut.is_none() {
            self.folders[place.folder.index()].listed = true;
        }
    }

    fn add_marker(&mut self, path: &[u8]) {
        let folder =
            path.strip_suffix(b"/").or_else(|| path.strip_suffix(b"_$folder$")).unwrap_or(path);
        self.add_folder(folder);
        let (parent, name) = match folder.iter().rposition(|byte| *byte == b'/') {
            Some(at) => (&folder[..at], &path[at + 1..]),
            None => (&folder[..0], path),
        };
        let place = self.resolve(parent);
        let (here, name) = match (place.folder, place.cut) {
            // What lies below a folder that is not descended into keeps its path from there on.
            (here, Some((start, _))) => (here, &path[start..]),
            // The empty first segment of an absolute key is a folder, too.
            (FolderId::ROOT, None) if folder.first() == Some(&b'/') => {
                (self.descend(FolderId::ROOT, b"").folder, name)
            }
            (here, None) => (here, name),
        };
        self.folders[here.index()].remark_on(FileClass::Marker, name);
    }

    fn add_file(&mut self, entry: &Entry<'_>) -> Option<Format> {
        let path = entry.path;
        let (parent, name) = parent_and_name(path);
        // An absolute key (`/a`) has an empty first segment, which the empty path of the root must
        // not stand for.
        let rooted = path.len() > name.len() && parent.is_empty();
        if rooted
            || parent != self.here_path.as_slice()
            || (parent.is_empty() && self.here.folder != FolderId::ROOT)
        {
            self.go_to(parent);
            if rooted {
                self.here = self.descend(FolderId::ROOT, b"");
            }
        }
        self.add_here(name, entry.kind, entry.size)
    }

    /// Goes to a folder, given by its path without a `/` at the end, so that what lies in it is
    /// added by name alone.
    pub fn enter(&mut self, folder: &[u8]) -> FolderWriter<'_> {
        self.go_to(folder);
        FolderWriter { builder: self }
    }

    fn go_to(&mut self, folder: &[u8]) {
        self.leave();
        self.here = self.resolve(folder);
        self.here_path.clear();
        self.here_path.extend_from_slice(folder);
    }

    fn add_here(&mut self, name: &[u8], kind: EntryKind, size: Option<u64>) -> Option<Format> {
        let here = self.here;
        let keeps_candidates = self.keeps_candidates;
        let folder = &mut self.folders[here.folder.index()];
        folder.files += 1;
        // Declared sizes can be anything: a damaged archive claims more than there are bytes
        // in the world.
        folder.bytes = folder.bytes.saturating_add(size.unwrap_or(0));
        let separator = usize::from(!self.here_path.is_empty() || here.folder != FolderId::ROOT);
        // Of a name of unknown kind it is told once it is known to be a file's.
        let is_known = kind != EntryKind::Unknown || (here.cut.is_none() && is_surely_a_file(name));
        let is_long = is_known && self.here_path.len() + separator + name.len() > MAX_PATH;
        if let Some((cut, remark)) = here.cut {
            let path = [&self.here_path[cut..], b"/", name].concat();
            if is_long {
                folder.remark_on(FileClass::LongPath, &path);
            }
            match kind {
                EntryKind::Unknown => folder.add_undecided(&path, size),
                _ => folder.remark_on(remark, &path),
            }
            return None;
        }
        if is_long {
            folder.remark_on(FileClass::LongPath, name);
        }
        match kind {
            EntryKind::Link => folder.remark_on(FileClass::Link, name),
            EntryKind::DanglingLink => folder.remark_on(FileClass::DanglingLink, name),
            EntryKind::Special => folder.remark_on(FileClass::Special, name),
            EntryKind::Unknown if !is_surely_a_file(name) => {
                folder.add_undecided(name, size);
            }
            _ if size == Some(0) && may_be_marker(name) => {
                folder.remark_on(FileClass::UndecidedEmpty, name);
            }
            _ => return folder.add_regular(name, size, keeps_candidates),
        }
        None
    }

    /// Settles what the folder left behind has waiting.
    fn leave(&mut self) {
        let folder = &mut self.folders[self.here.folder.index()];
        folder.frames.iter_mut().for_each(|(_, set)| set.settle());
        folder.remarks.iter_mut().for_each(|(_, names)| names.settle());
        folder.candidates.iter_mut().for_each(|candidates| candidates.settle());
    }

    /// The folder at a path, made where it is not there yet.
    fn resolve(&mut self, path: &[u8]) -> Position {
        let mut folder = FolderId::ROOT;
        if path.is_empty() {
            return Position { folder, cut: None };
        }
        let mut start = 0;
        for segment in path.split(|byte| *byte == b'/') {
            if let Some(remark) = cut_at(segment) {
                return Position { folder, cut: Some((start, remark)) };
            }
            if self.folders[folder.index()].depth >= MAX_DEPTH {
                return Position { folder, cut: Some((start, FileClass::Deeper)) };
            }
            folder = self.descend(folder, segment).folder;
            start += segment.len() + 1;
        }
        Position { folder, cut: None }
    }

    fn find(&self, parent: FolderId, name: &[u8]) -> Option<FolderId> {
        let same = |id: &FolderId| {
            let folder = &self.folders[id.index()];
            folder.parent == parent && *folder.name == *name
        };
        self.index.find(self.hasher.hash_one((parent, name)), same).copied()
    }

    fn descend(&mut self, parent: FolderId, name: &[u8]) -> Position {
        if let Some(folder) = self.find(parent, name) {
            return Position { folder, cut: None };
        }
        let hash = self.hasher.hash_one((parent, name));
        let (folders, hasher) = (&self.folders, &self.hasher);
        let id = FolderId::new(folders.len());
        self.index.insert_unique(hash, id, |id| {
            let folder = &folders[id.index()];
            hasher.hash_one((folder.parent, &*folder.name))
        });
        let depth = folders[parent.index()].depth + 1;
        self.folders.push(Folder::new(parent, depth, name));
        Position { folder: id, cut: None }
    }

    /// Adds everything that another builder holds.
    pub fn merge(&mut self, other: TreeBuilder) {
        self.leave();
        self.entries += other.entries;
        let mut here = vec![FolderId::ROOT; other.folders.len()];
        // Parents come before their children, so each folder's new parent is known when
        // it is reached.
        for (at, folder) in other.folders.into_iter().enumerate() {
            let id = match at {
                0 => FolderId::ROOT,
                _ => self.descend(here[folder.parent.index()], &folder.name).folder,
            };
            here[at] = id;
            self.folders[id.index()].absorb(folder);
        }
    }

    /// Adds all that a folder of another tree holds, right in the folder of this path.
    pub(super) fn absorb_at(&mut self, path: &[u8], folder: Folder) {
        let place = self.resolve(path);
        if place.cut.is_none() {
            self.folders[place.folder.index()].absorb(folder);
        }
    }

    /// Says that the folder of this path was listed itself, if there is one.
    pub(super) fn list_if_there(&mut self, path: &[u8]) {
        let mut segments = path.split(|byte| *byte == b'/').filter(|_| !path.is_empty());
        let found = segments.try_fold(FolderId::ROOT, |folder, name| self.find(folder, name));
        if let Some(found) = found.filter(|found| *found != FolderId::ROOT) {
            self.folders[found.index()].listed = true;
        }
    }

    /// Adds what is known of files in the folder of this path.
    pub(super) fn add_content(&mut self, path: &[u8], content: ContentSummary) {
        let place = self.resolve(path);
        self.folders[place.folder.index()].content.get_or_insert_default().merge(content);
    }

    /// Adds the names of a folder of another tree of which only a count and a hash are kept.
    pub(super) fn add_rest(&mut self, path: &[u8], folder: &Folder) {
        for (class, rest) in rest_of(folder) {
            let place = self.resolve(path);
            let here = &mut self.folders[place.folder.index()];
            here.files += rest.count();
            match here.remarks.iter_mut().find(|(known, _)| *known == class) {
                Some((_, names)) => names.merge(rest),
                None => here.remarks.push((class, rest)),
            }
        }
    }

    /// The finished tree, whose folders stand in an order that does not depend on that
    /// of the entries.
    #[must_use]
    pub fn finish(self) -> Tree {
        let TreeBuilder { mut folders, entries, index, keeps_candidates, .. } = self;
        drop(index);
        // By level, then by parent, then by name: so the children of a folder stand side by side.
        let mut order: Vec<FolderId> = vec![FolderId::ROOT];
        let mut children: Vec<Vec<FolderId>> = Vec::new();
        children.resize_with(folders.len(), Vec::new);
        for (at, folder) in folders.iter().enumerate().skip(1) {
            children[folder.parent.index()].push(FolderId::new(at));
        }
        let mut at = 0;
        while let Some(&id) = order.get(at) {
            let mut below = std::mem::take(&mut children[id.index()]);
            below.sort_unstable_by(|a, b| folders[a.index()].name.cmp(&folders[b.index()].name));
            let start = FolderId::new(order.len()).0;
            order.extend(below);
            folders[id.index()].children = (start, FolderId::new(order.len()).0);
            at += 1;
        }
        settle_undecided(&mut folders, &order, keeps_candidates);
        let mut renamed = vec![FolderId::ROOT; folders.len()];
        for (new, old) in order.iter().enumerate() {
            renamed[old.index()] = FolderId::new(new);
        }
        let mut slots: Vec<Option<Folder>> = folders.into_iter().map(Some).collect();
        let folders: Vec<Folder> = order
            .iter()
            .filter_map(|old| {
                let mut folder = slots[old.index()].take()?;
                folder.parent = renamed[folder.parent.index()];
                folder.frames.iter_mut().for_each(|(_, set)| set.seal());
                folder.remarks.iter_mut().for_each(|(_, names)| names.seal());
                folder.content.iter_mut().for_each(|content| content.seal());
                folder.candidates.iter_mut().for_each(|candidates| candidates.seal());
                folder.frames.sort_unstable_by_key(|(naming, _)| *naming);
                folder.remarks.sort_unstable_by_key(|(remark, _)| *remark);
                Some(folder)
            })
            .collect();
        let files = folders.iter().map(Folder::files).sum();
        let bytes = bytes_of(&folders);
        Tree { folders, entries, files, bytes }
    }
}

pub(super) fn bytes_of(folders: &[Folder]) -> u64 {
    folders.iter().map(Folder::bytes).fold(0, u64::saturating_add)
}

/// A path as the folder that it lies in and the name there. What has no folder but the root, or one
/// without a name, is left whole.
fn split_last(path: &[u8]) -> (&[u8], &[u8]) {
    let within = path.strip_suffix(b"/").unwrap_or(path);
    match within.iter().rposition(|byte| *byte == b'/') {
        Some(at) if at > 0 => (&path[..at], &path[at + 1..]),
        _ => (&path[..0], path),
    }
}

/// A folder of a [`TreeBuilder`] that a source has gone to: see [`TreeBuilder::enter`].
#[derive(Debug)]
pub struct FolderWriter<'b> {
    builder: &'b mut TreeBuilder,
}

impl FolderWriter<'_> {
    /// Adds a file, link or special file that lies right in the folder.
    pub fn add(&mut self, name: &[u8], kind: EntryKind, size: Option<u64>) {
        self.take(name, kind, size);
    }

    /// Adds a file, link or special file that lies right in the folder. Where that is a frame
    /// that can be looked into, gives what it is to hold: whoever does look says what it
    /// holds with [`FolderWriter::hold`].
    pub fn take(&mut self, name: &[u8], kind: EntryKind, size: Option<u64>) -> Option<Format> {
        let builder = &mut *self.builder;
        builder.entries += 1;
        if let Some(tap) = &mut builder.tap {
            tap.entry(&builder.here_path, name, kind, size);
        }
        builder.add_here(name, kind, size)
    }

    /// Adds a file by the number that its name is.
    pub(super) fn add_number(&mut self, naming: &Naming, value: i128, size: Option<u64>) {
        let builder = &mut *self.builder;
        let needs_name =
            builder.here.cut.is_some() || builder.tap.is_some() || builder.keeps_candidates;
        if needs_name {
            return self.add(naming.render(value).as_bytes(), EntryKind::File, size);
        }
        builder.entries += 1;
        builder.folders[builder.here.folder.index()].add_number(naming, value, size);
    }

    /// Says what a frame holds that was added.
    pub fn hold(&mut self, name: &[u8], facts: ProbeResult) {
        let builder = &mut *self.builder;
        let folder = &mut builder.folders[builder.here.folder.index()];
        folder.content.get_or_insert_default().add(name, facts);
    }
}
