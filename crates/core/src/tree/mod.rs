//! [`Tree`]: what a listing holds, folder by folder. Memory follows the number of folders, not of files.
//!
//! The tree takes no view on what is right: it counts, compresses and classifies names, so that [`crate::layout`] can read
//! it as the layout that it is, or as the one that it was meant to be.

mod candidates;
mod coverage;
mod entry;
pub(crate) mod files;
mod neighbours;
mod tallies;
mod target;
pub mod unseen;

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU64;

pub use candidates::Pick;
pub use coverage::{Coverage, Unread};
pub use entry::{Entry, EntryKind};
use hashbrown::{HashMap, HashSet, HashTable};
pub use neighbours::{Alike, FieldsKind, Sparse};
pub use tallies::{Case, FaultyFiles, Holdings, SizeCount};
pub use target::{Target, TargetKind};

use self::candidates::Candidates;
use crate::names::frame_name::{self, Naming};
use crate::names::frame_set::FrameSet;
use crate::names::leftovers::{self, LeftoverId};
use crate::names::name_set::NameSet;
use crate::names::place::MAX_PATH;
use crate::names::{self, Media, NameClass};
use crate::probe::{Facts, Format};

/// The deepest folder kept as one; what lies deeper is tallied in it.
pub const MAX_DEPTH: u16 = 16;

/// A folder of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderId(u32);

impl FolderId {
    /// The target itself.
    pub const ROOT: FolderId = FolderId(0);

    /// The position in [`Tree::folders`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }

    fn new(index: usize) -> Self {
        // 2^32 folders are more than any address space here holds.
        FolderId(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// What is to be said about a file beside the numbered ones. Each file has at most one of the kinds up to `Deeper`; the
/// others are in addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remark {
    /// A file whose stem is no number, or whose suffix is none that is known: by its suffix (lower-case, empty where
    /// there is none or an unknown one).
    Unnumbered(names::Suffix),
    /// A file that a system or a tool left behind, unfinished transfers among them.
    Leftover(LeftoverId),
    /// A symbolic link whose target is there, or not known to be missing.
    Link,
    /// A symbolic link whose target is not there.
    DanglingLink,
    /// A socket, fifo or device.
    Special,
    /// A zero-byte object that stands for a folder.
    Marker,
    /// A file in a hidden folder, which is not kept folder by folder; the name is the path from here.
    Hidden,
    /// A file below [`MAX_DEPTH`]; the name is the path from here.
    Deeper,
    /// A name of unknown kind: a file's unless others lie below it. There is none in a finished tree.
    Undecided,
    /// A file of zero bytes without a suffix, which stands for a folder where others lie below it. There is none in a
    /// finished tree.
    UndecidedEmpty,
    /// A file whose stem is no number and whose name not every system takes. In addition.
    Odd(names::Oddity),
    /// The same of a frame, going by its suffix. In addition.
    OddFrame(names::Oddity),
    /// A frame of zero bytes, going by its suffix. In addition to what else is said of it.
    Empty,
    /// A path of over [`MAX_PATH`] bytes. In addition.
    LongPath,
}

impl Remark {
    /// Whether a file has this remark in addition to another, or to being a numbered one.
    #[must_use]
    pub fn is_additional(self) -> bool {
        matches!(self, Remark::Odd(_) | Remark::OddFrame(_) | Remark::Empty | Remark::LongPath)
    }

    fn is_undecided(self) -> bool {
        matches!(self, Remark::Undecided | Remark::UndecidedEmpty)
    }
}

/// What one folder holds.
#[derive(Clone, Debug)]
pub struct Folder {
    parent: FolderId,
    depth: u16,
    name: Box<[u8]>,
    listed: bool,
    files: u64,
    bytes: u64,
    landmarks: u64,
    /// Those of the landmarks that were listed more than once.
    repeated_landmarks: u64,
    frames: Vec<(Naming, FrameSet)>,
    remarks: Vec<(Remark, NameSet)>,
    holdings: Option<Box<Holdings>>,
    /// How many files right here can be looked into.
    probeable: u64,
    /// Which, where some are to be chosen of them.
    candidates: Option<Box<Candidates>>,
    children: (u32, u32),
}

impl Folder {
    fn new(parent: FolderId, depth: u16, name: &[u8]) -> Self {
        Folder {
            parent,
            depth,
            name: name.into(),
            listed: false,
            files: 0,
            bytes: 0,
            landmarks: 0,
            repeated_landmarks: 0,
            frames: Vec::new(),
            remarks: Vec::new(),
            holdings: None,
            probeable: 0,
            candidates: None,
            children: (0, 0),
        }
    }

    /// The folder above; the root's is itself.
    #[must_use]
    pub fn parent(&self) -> FolderId {
        self.parent
    }

    /// How many folders lead here; the root's depth is 0.
    #[must_use]
    pub fn depth(&self) -> u16 {
        self.depth
    }

    /// The name, exactly the bytes listed. Empty for the root, and for an empty segment (`a//b`).
    #[must_use]
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// Whether the source listed the folder itself, not only things in it.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.listed
    }

    /// The number of files right here, of any kind.
    #[must_use]
    pub fn files(&self) -> u64 {
        self.files
    }

    /// The size of all files right here, in bytes. A pointer that was looked into counts with the size that it names.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let beyond = self.holdings.as_ref().map_or(0, |holdings| holdings.beyond());
        let bytes = i128::from(self.bytes).saturating_add(beyond).max(0);
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }

    /// How many files right here can be looked into.
    #[must_use]
    pub fn probeable(&self) -> u64 {
        self.probeable
    }

    /// The files whose stem is a number and whose suffix is a known one or none, by the way they are written, in a fixed
    /// order.
    #[must_use]
    pub fn frames(&self) -> &[(Naming, FrameSet)] {
        &self.frames
    }

    /// What is to be said about other files right here, in a fixed order, and their names.
    #[must_use]
    pub fn remarks(&self) -> &[(Remark, NameSet)] {
        &self.remarks
    }

    /// The names of the files with one remark.
    #[must_use]
    pub fn remark(&self, remark: Remark) -> Option<&NameSet> {
        self.remarks.iter().find(|(kind, _)| *kind == remark).map(|(_, names)| names)
    }

    /// How many files right here have one remark.
    #[must_use]
    pub fn remarked(&self, remark: Remark) -> u64 {
        self.remark(remark).map_or(0, NameSet::count)
    }

    /// The names right here that were listed more than once; not those of what was left behind.
    #[must_use]
    pub fn repeated(&self) -> NameSet {
        let mut repeated = NameSet::default();
        for (naming, set) in &self.frames {
            set.repeated().for_each(|value| repeated.insert(naming.render(value).as_bytes()));
        }
        let is_file = |remark: Remark| {
            matches!(
                remark,
                Remark::Unnumbered(_) | Remark::Link | Remark::DanglingLink | Remark::Special
            )
        };
        for (_, names) in self.remarks.iter().filter(|(remark, _)| is_file(*remark)) {
            names.repeated().for_each(|name| repeated.insert(name));
        }
        for (at, landmark) in names::LANDMARKS.iter().enumerate() {
            if self.repeated_landmarks & (1 << at) != 0 {
                repeated.insert(landmark.as_bytes());
            }
        }
        repeated.seal();
        repeated
    }

    /// Whether a file of this name is known to stand right here, whatever it is.
    #[must_use]
    pub fn holds(&self, name: &[u8]) -> bool {
        if let Some((value, naming)) = frame_name::parse(name)
            && let Some((_, set)) = self.frames.iter().find(|(known, _)| *known == naming)
            && set.contains(value)
        {
            return true;
        }
        self.remarks.iter().any(|(_, names)| names.contains(name))
            || std::str::from_utf8(name).is_ok_and(|name| self.has_landmark(name))
    }

    /// The files right here whose very name says something ([`names::LANDMARKS`]), in that table's order. They count as
    /// files, and stand in no [`Remark::Unnumbered`].
    pub fn landmarks(&self) -> impl Iterator<Item = &'static str> {
        names::LANDMARKS
            .iter()
            .enumerate()
            .filter(|(at, _)| self.landmarks & (1 << at) != 0)
            .map(|(_, name)| *name)
    }

    /// Whether this landmark stands right here.
    #[must_use]
    pub fn has_landmark(&self, name: &str) -> bool {
        self.landmarks().any(|landmark| landmark == name)
    }

    /// What the files right here were found to hold, where any was looked into.
    #[must_use]
    pub fn holdings(&self) -> Option<&Holdings> {
        self.holdings.as_deref()
    }

    /// Takes a file as numbered; false when its suffix is none that a numbered file is known by.
    fn frame(&mut self, naming: Naming, value: i128) -> bool {
        let at = match self.frames.iter().position(|(known, _)| *known == naming) {
            Some(at) => at,
            None if naming.suffix().is_empty() || names::format_name(naming.suffix()).is_some() => {
                self.frames.push((naming, FrameSet::default()));
                self.frames.len() - 1
            }
            None => return false,
        };
        self.frames[at].1.insert(value);
        true
    }

    /// Adds a regular file. Where that is a frame that can be looked into, gives what it is to hold.
    fn add_regular(
        &mut self,
        name: &[u8],
        size: Option<u64>,
        keeps_candidates: bool,
    ) -> Option<Format> {
        let is_empty = size == Some(0);
        let holds_something = size.is_some() && !is_empty;
        // The one hot path: almost every file of a real tree ends here.
        let number = frame_name::parse(name).filter(|(value, naming)| self.frame(*naming, *value));
        let (is_frame, format) = match number {
            Some((_, naming)) => {
                let is_frame = is_empty && Media::of_suffix(naming.suffix()) != Media::Other;
                (is_frame, Format::of_suffix(naming.suffix()))
            }
            None => self.add_unnumbered(name)?,
        };
        if is_empty && is_frame {
            self.remark_on(Remark::Empty, name);
        }
        let format = format.filter(|_| holds_something)?;
        self.probeable += 1;
        if keeps_candidates {
            let candidates = self.candidates.get_or_insert_default();
            candidates.add(name, number, size.unwrap_or(0));
        }
        Some(format)
    }

    /// Adds a name of unknown kind. Its size stands before it, so that it is known when the kind is.
    fn add_undecided(&mut self, name: &[u8], size: Option<u64>) {
        let size = size.map(|size| size.to_string()).unwrap_or_default();
        self.remark_on(Remark::Undecided, &[size.as_bytes(), b"/", name].concat());
    }

    /// Adds a file whose name is no number. Where it is one that counts, gives whether it may be a
    /// frame, and its format, by its suffix.
    fn add_unnumbered(&mut self, name: &[u8]) -> Option<(bool, Option<Format>)> {
        match names::classify(name) {
            NameClass::Landmark(at) => {
                self.repeated_landmarks |= self.landmarks & (1 << at);
                self.landmarks |= 1 << at;
                return None;
            }
            NameClass::Leftover(id) => {
                self.remark_on(Remark::Leftover(id), name);
                return None;
            }
            NameClass::Odd(oddity, suffix) => {
                let is_frame = suffix.media() != Media::Other;
                let odd = if is_frame { Remark::OddFrame(oddity) } else { Remark::Odd(oddity) };
                self.remark_on(odd, name);
                self.remark_on(Remark::Unnumbered(suffix), name);
            }
            NameClass::Other(suffix) => self.remark_on(Remark::Unnumbered(suffix), name),
        }
        Some((names::Suffix::of(name).media() != Media::Other, Format::of_name(name)))
    }

    /// Settles the names of which only the whole tree tells whether files or folders bear them. `is_scene` says whether
    /// a folder of this name lies in another sensor's folder. Returns those that folders bear.
    fn settle_undecided(
        &mut self,
        has_child: impl Fn(&[u8]) -> bool,
        is_scene: impl Fn(&[u8]) -> bool,
        keeps_candidates: bool,
        path_length: usize,
    ) -> Vec<Vec<u8>> {
        let (undecided, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.remarks).into_iter().partition(|(r, _)| r.is_undecided());
        self.remarks = rest;
        let above = folders_above(self.remarks.iter().chain(&undecided));
        let mut folders = Vec::new();
        for (remark, names) in undecided {
            let repeated = names.repeated();
            let mut settle = |name: &[u8]| {
                let (name, size) = match remark {
                    Remark::Undecided => split_size(name),
                    _ => (name, Some(0)),
                };
                let is_folder = has_child(name) || above.contains(name);
                let is_marker = size == Some(0) && (is_folder || is_scene(name));
                if is_marker {
                    self.remark_on(Remark::Marker, name);
                }
                if is_marker
                    || is_folder
                    || (remark == Remark::Undecided && is_surely_a_folder(name))
                {
                    self.files = self.files.saturating_sub(1);
                    self.bytes = self.bytes.saturating_sub(size.unwrap_or(0));
                    folders.push(name.to_vec());
                    return;
                }
                if remark == Remark::Undecided && path_length + name.len() > MAX_PATH {
                    self.remark_on(Remark::LongPath, name);
                }
                if name.contains(&b'/') {
                    let first = name.split(|byte| *byte == b'/').next().unwrap_or_default();
                    self.remark_on(cut_at(first).unwrap_or(Remark::Deeper), name);
                } else {
                    self.add_regular(name, size, keeps_candidates);
                }
            };
            names.for_each(&mut settle);
            repeated.for_each(&mut settle);
            // What is beyond the names that are kept is taken for files.
            if !names.is_complete() {
                let mut rest = NameSet::default();
                rest.merge_rest(names);
                self.remarks.push((Remark::Unnumbered(names::Suffix::default()), rest));
            }
        }
        folders
    }

    fn remark_on(&mut self, remark: Remark, name: &[u8]) {
        let at = match self.remarks.iter().position(|(known, _)| *known == remark) {
            Some(at) => at,
            None => {
                self.remarks.push((remark, NameSet::default()));
                self.remarks.len() - 1
            }
        };
        self.remarks[at].1.insert(name);
    }

    fn absorb(&mut self, other: Folder) {
        self.listed |= other.listed;
        self.files += other.files;
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.repeated_landmarks |= other.repeated_landmarks | (self.landmarks & other.landmarks);
        self.landmarks |= other.landmarks;
        for (naming, set) in other.frames {
            match self.frames.iter_mut().find(|(known, _)| *known == naming) {
                Some((_, mine)) => mine.merge(set),
                None => self.frames.push((naming, set)),
            }
        }
        for (remark, names) in other.remarks {
            match self.remarks.iter_mut().find(|(known, _)| *known == remark) {
                Some((_, mine)) => mine.merge(names),
                None => self.remarks.push((remark, names)),
            }
        }
        if let Some(holdings) = other.holdings {
            self.holdings.get_or_insert_default().merge(*holdings);
        }
        self.probeable += other.probeable;
        if let Some(candidates) = other.candidates {
            self.candidates.get_or_insert_default().merge(*candidates);
        }
    }
}

/// Who is told of every entry that a [`TreeBuilder`] takes in, so that a listing can be kept beside the tree that it becomes.
///
/// A tap is dropped with its builder, when that is finished or merged into another.
pub trait Tap: fmt::Debug + Send {
    /// An entry whose path is `folder`, a `/` and `name`, or `name` alone where `folder` is empty. A name may hold `/`.
    fn entry(&mut self, folder: &[u8], name: &[u8], kind: EntryKind, size: Option<u64>);
}

/// Builds a [`Tree`] from entries in any order. Builders of parts of a listing merge into the builder of the whole.
#[derive(Debug)]
pub struct TreeBuilder {
    folders: Vec<Folder>,
    index: HashTable<FolderId>,
    hasher: RandomState,
    entries: u64,
    /// The folder of the last entry, and its path: most entries lie where the one before did.
    here: Place,
    here_path: Vec<u8>,
    tap: Option<Box<dyn Tap>>,
    keeps_candidates: bool,
}

/// Where the entries of one folder are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    folder: FolderId,
    /// How many bytes of the path lead to `folder`, where what is below is not kept folder by folder.
    cut: Option<(usize, Remark)>,
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
            here: Place { folder: FolderId::ROOT, cut: None },
            here_path: Vec::new(),
            tap: None,
            keeps_candidates: false,
        }
    }

    /// Keeps from now on which frames can be looked into, so that [`Tree::picks`] can choose among them. Costs a few bytes a
    /// frame.
    pub fn keep_candidates(&mut self) {
        self.keeps_candidates = true;
    }

    /// Tells `tap` of every entry from now on.
    pub fn tell(&mut self, tap: Box<dyn Tap>) {
        self.tap = Some(tap);
    }

    /// Adds one entry of the listing.
    pub fn add(&mut self, entry: &Entry<'_>) {
        self.take(entry);
    }

    /// Adds one entry of the listing. Where that is a frame that can be looked into, gives what it is to hold: whoever does
    /// look says what it holds with [`TreeBuilder::hold`].
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
    pub fn hold(&mut self, path: &[u8], facts: Facts) {
        let (folder, name) = match path.iter().rposition(|byte| *byte == b'/') {
            Some(at) => (&path[..at], &path[at + 1..]),
            None => (&path[..0], path),
        };
        let folder = match self.resolve(folder).folder {
            // As for an entry: the empty first segment of an absolute key is a folder.
            FolderId::ROOT if path.len() > name.len() => self.descend(FolderId::ROOT, b"").folder,
            folder => folder,
        };
        self.folders[folder.index()].holdings.get_or_insert_default().add(name, facts);
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
        self.folders[here.index()].remark_on(Remark::Marker, name);
    }

    fn add_file(&mut self, entry: &Entry<'_>) -> Option<Format> {
        let path = entry.path;
        let (parent, name) = match path.iter().rposition(|byte| *byte == b'/') {
            Some(at) => (&path[..at], &path[at + 1..]),
            None => (&path[..0], path),
        };
        // An absolute key (`/a`) has an empty first segment, which the empty path of the root must not stand for.
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

    /// Goes to a folder, given by its path without a `/` at the end, so that what lies in it is added by name alone.
    pub fn enter(&mut self, folder: &[u8]) -> Inside<'_> {
        self.go_to(folder);
        Inside { builder: self }
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
        // Declared sizes can be anything: a damaged archive claims more than there are bytes in the world.
        folder.bytes = folder.bytes.saturating_add(size.unwrap_or(0));
        let separator = usize::from(!self.here_path.is_empty() || here.folder != FolderId::ROOT);
        // Of a name of unknown kind it is told once it is known to be a file's.
        let is_known = kind != EntryKind::Unknown || (here.cut.is_none() && is_surely_a_file(name));
        let is_long = is_known && self.here_path.len() + separator + name.len() > MAX_PATH;
        if let Some((cut, remark)) = here.cut {
            let path = [&self.here_path[cut..], b"/", name].concat();
            if is_long {
                folder.remark_on(Remark::LongPath, &path);
            }
            match kind {
                EntryKind::Unknown => folder.add_undecided(&path, size),
                _ => folder.remark_on(remark, &path),
            }
            return None;
        }
        if is_long {
            folder.remark_on(Remark::LongPath, name);
        }
        match kind {
            EntryKind::Link => folder.remark_on(Remark::Link, name),
            EntryKind::DanglingLink => folder.remark_on(Remark::DanglingLink, name),
            EntryKind::Special => folder.remark_on(Remark::Special, name),
            EntryKind::Unknown if !is_surely_a_file(name) => {
                folder.add_undecided(name, size);
            }
            _ if size == Some(0) && may_be_marker(name) => {
                folder.remark_on(Remark::UndecidedEmpty, name);
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
    fn resolve(&mut self, path: &[u8]) -> Place {
        let mut folder = FolderId::ROOT;
        if path.is_empty() {
            return Place { folder, cut: None };
        }
        let mut start = 0;
        for segment in path.split(|byte| *byte == b'/') {
            if let Some(remark) = cut_at(segment) {
                return Place { folder, cut: Some((start, remark)) };
            }
            if self.folders[folder.index()].depth >= MAX_DEPTH {
                return Place { folder, cut: Some((start, Remark::Deeper)) };
            }
            folder = self.descend(folder, segment).folder;
            start += segment.len() + 1;
        }
        Place { folder, cut: None }
    }

    fn find(&self, parent: FolderId, name: &[u8]) -> Option<FolderId> {
        let same = |id: &FolderId| {
            let folder = &self.folders[id.index()];
            folder.parent == parent && *folder.name == *name
        };
        self.index.find(self.hasher.hash_one((parent, name)), same).copied()
    }

    fn descend(&mut self, parent: FolderId, name: &[u8]) -> Place {
        if let Some(folder) = self.find(parent, name) {
            return Place { folder, cut: None };
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
        Place { folder: id, cut: None }
    }

    /// Adds everything that another builder holds.
    pub fn merge(&mut self, other: TreeBuilder) {
        self.leave();
        self.entries += other.entries;
        let mut here = vec![FolderId::ROOT; other.folders.len()];
        // Parents come before their children, so each folder's new parent is known when it is reached.
        for (at, folder) in other.folders.into_iter().enumerate() {
            let id = match at {
                0 => FolderId::ROOT,
                _ => self.descend(here[folder.parent.index()], &folder.name).folder,
            };
            here[at] = id;
            self.folders[id.index()].absorb(folder);
        }
    }

    /// The finished tree, whose folders stand in an order that does not depend on that of the entries.
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
                folder.holdings.iter_mut().for_each(|holdings| holdings.seal());
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

/// Settles in all folders which names are files and which are folders. `order` has the children of a folder side by side.
fn settle_undecided(folders: &mut [Folder], order: &[FolderId], keeps_candidates: bool) {
    let has_any = |folder: &Folder| folder.remarks.iter().any(|(remark, _)| remark.is_undecided());
    if !folders.iter().any(has_any) {
        return;
    }
    let children = |folder: &Folder| {
        let (start, end) = folder.children;
        order.get(start as usize..end as usize).unwrap_or_default().to_vec()
    };
    // The names of folders two levels down: the scenes of sensors.
    let tops = folders.first().map(children).unwrap_or_default();
    let mut scenes: HashSet<Box<[u8]>> = HashSet::new();
    for top in tops.iter().filter_map(|top| folders.get(top.index())) {
        for scene in children(top).iter().filter_map(|scene| folders.get(scene.index())) {
            scenes.insert(scene.name.clone());
        }
    }
    for at in 0..folders.len() {
        if !has_any(&folders[at]) {
            continue;
        }
        let names: HashMap<Box<[u8]>, FolderId> = children(&folders[at])
            .iter()
            .filter_map(|child| Some((folders.get(child.index())?.name.clone(), *child)))
            .collect();
        let path_length = path_length(folders, at);
        let folder = &mut folders[at];
        let is_top = folder.depth == 1;
        folder.remarks.iter_mut().for_each(|(_, names)| names.seal());
        let listed = folder.settle_undecided(
            |name| names.contains_key(name),
            |name| is_top && scenes.contains(name),
            keeps_candidates,
            path_length,
        );
        for child in listed.iter().filter_map(|name| names.get(name.as_slice())) {
            folders[child.index()].listed = true;
        }
    }
}

/// The bytes of the path that leads to the names in a folder.
fn path_length(folders: &[Folder], folder: usize) -> usize {
    let mut length = 0;
    let mut at = folder;
    while at != FolderId::ROOT.index() {
        length += folders[at].name.len() + 1;
        at = folders[at].parent.index();
    }
    length
}

fn bytes_of(folders: &[Folder]) -> u64 {
    folders.iter().map(Folder::bytes).fold(0, u64::saturating_add)
}

/// The folders that names which are paths from here lead through.
fn folders_above<'n>(remarks: impl Iterator<Item = &'n (Remark, NameSet)>) -> HashSet<Vec<u8>> {
    let mut above: HashSet<Vec<u8>> = HashSet::new();
    for (remark, names) in remarks {
        names.for_each(|name| {
            let mut path = if *remark == Remark::Undecided { split_size(name).0 } else { name };
            while let Some(at) = path.iter().rposition(|byte| *byte == b'/') {
                path = &path[..at];
                if !above.insert(path.to_vec()) {
                    break;
                }
            }
        });
    }
    above
}

/// A name of unknown kind as the name, and the size that stands before it.
fn split_size(name: &[u8]) -> (&[u8], Option<u64>) {
    let at = name.iter().position(|byte| *byte == b'/').unwrap_or(0);
    let size = std::str::from_utf8(&name[..at]).ok().and_then(|size| size.parse().ok());
    (name.get(at + 1..).unwrap_or_default(), size)
}

/// What files in a folder of this name are, where they are not kept folder by folder.
fn cut_at(segment: &[u8]) -> Option<Remark> {
    if let Some(id) = leftovers::folder(segment) {
        return Some(Remark::Leftover(id));
    }
    leftovers::is_set_apart(segment).then_some(Remark::Hidden)
}

/// Whether a name whose kind is not known is a file's all the same, going by its suffix.
fn is_surely_a_file(name: &[u8]) -> bool {
    names::Suffix::of(name).media() != Media::Other
}

/// Whether a name of unknown kind is a folder's all the same: one that a system gives to folders alone.
fn is_surely_a_folder(name: &[u8]) -> bool {
    !name.contains(&b'/')
        && leftovers::folder(name).is_some_and(|id| !id.row().pattern.contains(['*', '?']))
}

/// Whether an object of zero bytes may stand for a folder: its name has no known suffix.
fn may_be_marker(name: &[u8]) -> bool {
    let text = names::without_odd_marks(name);
    names::Suffix::of(&text).if_known() == names::Suffix::default()
}

/// A path as the folder that it lies in and the name there. What has no folder but the root, or one without a name, is
/// left whole.
fn split_last(path: &[u8]) -> (&[u8], &[u8]) {
    let within = path.strip_suffix(b"/").unwrap_or(path);
    match within.iter().rposition(|byte| *byte == b'/') {
        Some(at) if at > 0 => (&path[..at], &path[at + 1..]),
        _ => (&path[..0], path),
    }
}

/// A folder of a [`TreeBuilder`] that a source has gone to: see [`TreeBuilder::enter`].
#[derive(Debug)]
pub struct Inside<'b> {
    builder: &'b mut TreeBuilder,
}

impl Inside<'_> {
    /// Adds a file, link or special file that lies right in the folder.
    pub fn add(&mut self, name: &[u8], kind: EntryKind, size: Option<u64>) {
        self.take(name, kind, size);
    }

    /// Adds a file, link or special file that lies right in the folder. Where that is a frame that can be looked into, gives
    /// what it is to hold: whoever does look says what it holds with [`Inside::hold`].
    pub fn take(&mut self, name: &[u8], kind: EntryKind, size: Option<u64>) -> Option<Format> {
        let builder = &mut *self.builder;
        builder.entries += 1;
        if let Some(tap) = &mut builder.tap {
            tap.entry(&builder.here_path, name, kind, size);
        }
        builder.add_here(name, kind, size)
    }

    /// Says what a frame holds that was added.
    pub fn hold(&mut self, name: &[u8], facts: Facts) {
        let builder = &mut *self.builder;
        let folder = &mut builder.folders[builder.here.folder.index()];
        folder.holdings.get_or_insert_default().add(name, facts);
    }
}

/// What was found in frames that were chosen by [`Tree::picks`]. What several threads found merges, in any order.
#[derive(Clone, Debug, Default)]
pub struct Found {
    folders: BTreeMap<FolderId, Holdings>,
}

impl Found {
    /// Adds what a frame holds.
    pub fn add(&mut self, pick: &Pick, facts: Facts) {
        self.folders.entry(pick.folder).or_default().add(&pick.name, facts);
    }

    /// Adds what others hold.
    pub fn merge(&mut self, other: Found) {
        for (folder, holdings) in other.folders {
            self.folders.entry(folder).or_default().merge(holdings);
        }
    }
}

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

    /// The path of a folder relative to the target, with a `/` at its end; empty for the target itself.
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
        self.folders.iter().filter_map(Folder::holdings).map(Holdings::files).sum()
    }

    /// The number of files that can be looked into: those of a known format that are not empty.
    #[must_use]
    pub fn probeable(&self) -> u64 {
        self.folders.iter().map(|folder| folder.probeable).sum()
    }

    /// Chooses the frames that are to be looked into: so many of each folder, spread evenly, the first and the last among them;
    /// all where no number is given. Always the same, however the tree was listed. There are none unless the tree's builder
    /// was told to [keep](TreeBuilder::keep_candidates) them.
    pub fn picks(&self, sample: Option<NonZeroU64>) -> impl Iterator<Item = Pick> {
        let candidates = self
            .ids()
            .zip(&self.folders)
            .filter_map(|(id, folder)| Some((id, folder.candidates.as_deref()?)));
        candidates.flat_map(move |(id, candidates)| candidates.picks(id, sample))
    }

    /// Says what was found in frames that were chosen from this tree. From now on there is nothing to choose.
    pub fn hold(&mut self, found: Found) {
        self.folders.iter_mut().for_each(|folder| folder.candidates = None);
        for (id, holdings) in found.folders {
            if let Some(folder) = self.folders.get_mut(id.index()) {
                let kept = folder.holdings.get_or_insert_default();
                kept.merge(holdings);
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
