//! [`Folder`]: what is kept of the files of one folder.

use sensortree_probe::Format;

use super::candidates::ProbeCandidates;
use super::kinds::{cut_at, folders_above, is_surely_a_folder, split_size};
use super::tallies::ContentSummary;
use crate::names::dataset_path::MAX_PATH;
use crate::names::frame_name::{self, Naming};
use crate::names::frame_set::FrameSet;
use crate::names::leftovers::LeftoverId;
use crate::names::name_set::NameSet;
use crate::names::{self, Media, NameClass};

/// A folder of a [`Tree`](super::Tree).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderId(pub(super) u32);

impl FolderId {
    /// The target itself.
    pub const ROOT: FolderId = FolderId(0);

    /// The position in [`Tree::folders`](super::Tree::folders).
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn new(index: usize) -> Self {
        // 2^32 folders are more than any address space here holds.
        FolderId(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// What is to be said about a file beside the numbered ones. Each file has at most one of the kinds
/// up to `Deeper`; the others are in addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileClass {
    /// A file whose stem is no number, or whose suffix is none that is known: by its suffix
    /// (lower-case, empty where there is none or an unknown one).
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
    /// A file in a hidden folder, which is not kept folder by folder; the name is the
    /// path from here.
    Hidden,
    /// A file below [`MAX_DEPTH`](super::MAX_DEPTH); the name is the path from here.
    Deeper,
    /// A name of unknown kind: a file's unless others lie below it. There is none in a finished
    /// tree.
    Undecided,
    /// A file of zero bytes without a suffix, which stands for a folder where others lie below it.
    /// There is none in a finished tree.
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

impl FileClass {
    /// Whether a file has this remark in addition to another, or to being a numbered one.
    #[must_use]
    pub fn is_additional(self) -> bool {
        matches!(
            self,
            FileClass::Odd(_) | FileClass::OddFrame(_) | FileClass::Empty | FileClass::LongPath
        )
    }

    pub(super) fn is_undecided(self) -> bool {
        matches!(self, FileClass::Undecided | FileClass::UndecidedEmpty)
    }
}

/// What one folder holds.
#[derive(Clone, Debug)]
pub struct Folder {
    pub(super) parent: FolderId,
    pub(super) depth: u16,
    pub(super) name: Box<[u8]>,
    pub(super) listed: bool,
    pub(super) files: u64,
    pub(super) bytes: u64,
    landmarks: u64,
    /// Those of the landmarks that were listed more than once.
    repeated_landmarks: u64,
    pub(super) frames: Vec<(Naming, FrameSet)>,
    pub(super) remarks: Vec<(FileClass, NameSet)>,
    pub(super) content: Option<Box<ContentSummary>>,
    /// How many files right here can be looked into.
    pub(super) probeable: u64,
    /// Which, where some are to be chosen of them.
    pub(super) candidates: Option<Box<ProbeCandidates>>,
    pub(super) children: (u32, u32),
}

impl Folder {
    pub(super) fn new(parent: FolderId, depth: u16, name: &[u8]) -> Self {
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
            content: None,
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

    /// The size of all files right here, in bytes. A pointer that was looked into counts with the
    /// size that it names.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let beyond = self.content.as_ref().map_or(0, |content| content.beyond());
        let bytes = i128::from(self.bytes).saturating_add(beyond).max(0);
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }

    /// How many files right here can be looked into.
    #[must_use]
    pub fn probeable(&self) -> u64 {
        self.probeable
    }

    /// The files whose stem is a number and whose suffix is a known one or none, by the way they
    /// are written, in a fixed order.
    #[must_use]
    pub fn frames(&self) -> &[(Naming, FrameSet)] {
        &self.frames
    }

    /// As [`Folder::frames`], of those whose suffix is of this media.
    pub fn frames_of(&self, media: Media) -> impl Iterator<Item = (Naming, &FrameSet)> {
        let frames = self.frames.iter().filter(move |(naming, _)| naming.media() == media);
        frames.map(|(naming, set)| (*naming, set))
    }

    /// The names of the files of this media, by their suffix, whose stem is no number.
    pub fn texts_of(&self, media: Media) -> impl Iterator<Item = &NameSet> {
        let is_text = move |class: FileClass| matches!(class, FileClass::Unnumbered(suffix) if suffix.media() == media);
        let texts = self.remarks.iter().filter(move |(class, _)| is_text(*class));
        texts.map(|(_, names)| names)
    }

    /// What is to be said about other files right here, in a fixed order, and their names.
    #[must_use]
    pub fn remarks(&self) -> &[(FileClass, NameSet)] {
        &self.remarks
    }

    /// The names of the files with one remark.
    #[must_use]
    pub fn remark(&self, remark: FileClass) -> Option<&NameSet> {
        self.remarks.iter().find(|(kind, _)| *kind == remark).map(|(_, names)| names)
    }

    /// How many files right here have one remark.
    #[must_use]
    pub fn remarked(&self, remark: FileClass) -> u64 {
        self.remark(remark).map_or(0, NameSet::count)
    }

    /// The names right here that were listed more than once; not those of what was left behind.
    #[must_use]
    pub fn repeated(&self) -> NameSet {
        let mut repeated = NameSet::default();
        for (naming, set) in &self.frames {
            set.repeated().for_each(|value| repeated.insert(naming.render(value).as_bytes()));
        }
        let is_file = |remark: FileClass| {
            matches!(
                remark,
                FileClass::Unnumbered(_)
                    | FileClass::Link
                    | FileClass::DanglingLink
                    | FileClass::Special
            )
        };
        for (_, names) in self.remarks.iter().filter(|(remark, _)| is_file(*remark)) {
            names.repeated().for_each(|name| repeated.insert(name));
        }
        self.repeated_landmarks().for_each(|landmark| repeated.insert(landmark.as_bytes()));
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

    /// The files right here whose very name says something ([`names::LANDMARKS`]), in that table's
    /// order. They count as files, and stand in no [`FileClass::Unnumbered`].
    pub fn landmarks(&self) -> impl Iterator<Item = &'static str> {
        names::LANDMARKS
            .iter()
            .enumerate()
            .filter(|(at, _)| self.landmarks & (1 << at) != 0)
            .map(|(_, name)| *name)
    }

    /// The landmarks right here that were listed more than once.
    pub(super) fn repeated_landmarks(&self) -> impl Iterator<Item = &'static str> {
        let landmarks = names::LANDMARKS.iter().enumerate();
        landmarks.filter(|(at, _)| self.repeated_landmarks & (1 << at) != 0).map(|(_, name)| *name)
    }

    /// Whether this landmark stands right here.
    #[must_use]
    pub fn has_landmark(&self, name: &str) -> bool {
        self.landmarks().any(|landmark| landmark == name)
    }

    /// What the files right here were found to hold, where any was looked into.
    #[must_use]
    pub fn content(&self) -> Option<&ContentSummary> {
        self.content.as_deref()
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

    /// Adds a regular file. Where that is a frame that can be looked into, gives what it
    /// is to hold.
    pub(super) fn add_regular(
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
                let is_frame = is_empty && naming.media() != Media::Other;
                (is_frame, Format::of_suffix(naming.suffix()))
            }
            None => self.add_unnumbered(name)?,
        };
        if is_empty && is_frame {
            self.remark_on(FileClass::Empty, name);
        }
        let format = format.filter(|_| holds_something)?;
        self.probeable += 1;
        if keeps_candidates {
            let candidates = self.candidates.get_or_insert_default();
            candidates.add(name, number, size.unwrap_or(0));
        }
        Some(format)
    }

    /// Adds a regular file that holds something, by the number that its name is: as
    /// [`Folder::add_regular`] with its size.
    pub(super) fn add_number(&mut self, naming: &Naming, value: i128, size: Option<u64>) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(size.unwrap_or(0));
        self.frame(*naming, value);
        let can_be_probed = size.is_some() && Format::of_suffix(naming.suffix()).is_some();
        self.probeable += u64::from(can_be_probed);
    }

    /// Adds a name of unknown kind. Its size stands before it, so that it is known when
    /// the kind is.
    pub(super) fn add_undecided(&mut self, name: &[u8], size: Option<u64>) {
        let size = size.map(|size| size.to_string()).unwrap_or_default();
        self.remark_on(FileClass::Undecided, &[size.as_bytes(), b"/", name].concat());
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
                self.remark_on(FileClass::Leftover(id), name);
                return None;
            }
            NameClass::Odd(oddity, suffix) => {
                let is_frame = suffix.media() != Media::Other;
                let odd =
                    if is_frame { FileClass::OddFrame(oddity) } else { FileClass::Odd(oddity) };
                self.remark_on(odd, name);
                self.remark_on(FileClass::Unnumbered(suffix), name);
            }
            NameClass::Other(suffix) => self.remark_on(FileClass::Unnumbered(suffix), name),
        }
        Some((names::Suffix::of(name).media() != Media::Other, Format::of_name(name)))
    }

    /// Settles the names of which only the whole tree tells whether files or folders bear them.
    /// `is_scene` says whether a folder of this name lies in another sensor's folder. Returns those
    /// that folders bear.
    pub(super) fn settle_undecided(
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
                    FileClass::Undecided => split_size(name),
                    _ => (name, Some(0)),
                };
                let is_folder = has_child(name) || above.contains(name);
                let is_marker = size == Some(0) && (is_folder || is_scene(name));
                if is_marker {
                    self.remark_on(FileClass::Marker, name);
                }
                if is_marker
                    || is_folder
                    || (remark == FileClass::Undecided && is_surely_a_folder(name))
                {
                    self.files = self.files.saturating_sub(1);
                    self.bytes = self.bytes.saturating_sub(size.unwrap_or(0));
                    folders.push(name.to_vec());
                    return;
                }
                if remark == FileClass::Undecided && path_length + name.len() > MAX_PATH {
                    self.remark_on(FileClass::LongPath, name);
                }
                if name.contains(&b'/') {
                    let first = name.split(|byte| *byte == b'/').next().unwrap_or_default();
                    self.remark_on(cut_at(first).unwrap_or(FileClass::Deeper), name);
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
                self.remarks.push((FileClass::Unnumbered(names::Suffix::default()), rest));
            }
        }
        folders
    }

    pub(super) fn remark_on(&mut self, remark: FileClass, name: &[u8]) {
        let at = match self.remarks.iter().position(|(known, _)| *known == remark) {
            Some(at) => at,
            None => {
                self.remarks.push((remark, NameSet::default()));
                self.remarks.len() - 1
            }
        };
        self.remarks[at].1.insert(name);
    }

    /// Whether nothing is known of anything right here, so that the folder is only a part of the
    /// path of others.
    pub(super) fn is_bare(&self) -> bool {
        self.files == 0 && self.remarks.is_empty() && self.content.is_none()
    }

    pub(super) fn absorb(&mut self, other: Folder) {
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
        if let Some(content) = other.content {
            self.content.get_or_insert_default().merge(*content);
        }
        self.probeable += other.probeable;
        if let Some(candidates) = other.candidates {
            self.candidates.get_or_insert_default().merge(*candidates);
        }
    }
}
