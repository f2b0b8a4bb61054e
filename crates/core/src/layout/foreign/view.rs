//! A folder as a detector looks at it.

use crate::layout::contents::Contents;
use crate::layout::{Mapping, Transfer};
use crate::names::{self, SensorKind, Suffix, dataset_path, sensor_name};
use crate::text;
use crate::tree::{FileClass, FolderId, Tree};

/// A folder of a tree.
#[derive(Clone, Copy)]
pub(super) struct View<'t> {
    pub(super) tree: &'t Tree,
    pub(super) id: FolderId,
}

impl<'t> View<'t> {
    pub(super) fn new(tree: &'t Tree, id: FolderId) -> Self {
        View { tree, id }
    }

    /// The folder's name as text.
    pub(super) fn name(self) -> std::borrow::Cow<'t, str> {
        text::lossless(self.tree.folder(self.id).name())
    }

    /// The folder's path, with a `/` at its end.
    pub(super) fn path(self) -> Vec<u8> {
        self.tree.path(self.id)
    }

    /// The folder's name as a scene's, in order.
    pub(super) fn scene(self) -> String {
        if self.id == FolderId::ROOT {
            super::SCENE.to_owned()
        } else {
            sensor_name::sanitize(&self.name())
        }
    }

    /// The folder at a path below.
    pub(super) fn dir(self, path: &str) -> Option<Self> {
        path.split('/').try_fold(self, |view, name| {
            Some(View { id: view.tree.child(view.id, name.as_bytes())?, ..view })
        })
    }

    /// The folders right below.
    pub(super) fn dirs(self) -> impl Iterator<Item = View<'t>> {
        self.tree.children(self.id).map(move |id| View { id, ..self })
    }

    /// Whether a file of this name stands right here.
    pub(super) fn has(self, name: &str) -> bool {
        self.tree.folder(self.id).holds(name.as_bytes())
    }

    /// The path of a file right here.
    pub(super) fn file(self, name: &str) -> Vec<u8> {
        self.tree.path_of(self.id, name.as_bytes())
    }

    /// What the files right here are.
    pub(super) fn contents(self) -> Contents {
        Contents::of(self.tree, self.id)
    }

    /// The first file right here whose suffix fits, numbered ones before others: its name.
    pub(super) fn first_file(self, fits: impl Fn(&str) -> bool) -> Option<String> {
        let (numbered, unnumbered) = self.first_files(fits);
        numbered.or(unnumbered)
    }

    /// The first of the numbered files right here whose suffix fits, and the first of the others.
    fn first_files(self, fits: impl Fn(&str) -> bool) -> (Option<String>, Option<String>) {
        let folder = self.tree.folder(self.id);
        let numbered = folder.frames().iter().filter_map(|(naming, set)| {
            let first = set.first().filter(|_| fits(&naming.suffix().to_ascii_lowercase()))?;
            Some(naming.render(first))
        });
        let unnumbered = folder.remarks().iter().filter_map(|(remark, names)| match remark {
            FileClass::Unnumbered(suffix) if fits(suffix.as_str()) => {
                Some(text::lossless(names.smallest(1).first()?).into_owned())
            }
            _ => None,
        });
        // Timestamps of different length are different namings, and the first name is that of the
        // smallest.
        (numbered.min(), unnumbered.min())
    }

    /// How many files right here have this suffix.
    pub(super) fn count(self, suffix: &str) -> u64 {
        let folder = self.tree.folder(self.id);
        let numbered = folder.frames().iter().filter(|(naming, _)| naming.suffix() == suffix);
        let unnumbered = FileClass::Unnumbered(Suffix::new(suffix.as_bytes()));
        numbered.map(|(_, set)| set.len() as u64).sum::<u64>() + folder.remarked(unnumbered)
    }

    /// Whether the tree holds anything that could be a sensor's frames, in whatever folder.
    pub(super) fn tree_holds_frames(self) -> bool {
        self.tree.ids().any(|id| Contents::of(self.tree, id).numbered > 0)
    }

    /// Whether anything below this folder could be a sensor's frame.
    pub(super) fn holds_frames_below(self) -> bool {
        let mut open: Vec<View<'t>> = self.dirs().collect();
        while let Some(dir) = open.pop() {
            if dir.contents().frames() > 0 {
                return true;
            }
            open.extend(dir.dirs());
        }
        false
    }

    /// The folder above; none above the target.
    pub(super) fn above(self) -> Option<Self> {
        let parent = self.tree.folder(self.id).parent();
        (self.id != FolderId::ROOT).then_some(View { id: parent, ..self })
    }

    /// The first file right here whose suffix and name fit: by its smallest number, or else the
    /// smallest name.
    pub(super) fn first_file_like(
        self,
        fits: impl Fn(&str) -> bool,
        is_like: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let (numbered, unnumbered) = self.first_files(fits);
        numbered.filter(|name| is_like(name)).or(unnumbered.filter(|name| is_like(name)))
    }

    /// Where the frames of this kind right here belong, told by one of them.
    pub(super) fn frame(
        self,
        kind: SensorKind,
        file: &str,
        sensor: &str,
        scene: &str,
        stamp: Option<String>,
        note: &'static str,
    ) -> Mapping {
        let suffix = whole_suffix(file);
        let is_kept = match kind {
            SensorKind::Lidar => suffix == kind.suffix(),
            SensorKind::Camera => dataset_path::CAMERA_SUFFIXES.contains(&&*suffix),
        };
        let stamp = stamp.unwrap_or_else(|| super::TIMESTAMP.to_owned());
        let new_suffix = if is_kept { &*suffix } else { kind.suffix() };
        Mapping {
            from: self.file(file),
            to: Some(format!("{sensor}/{scene}/{stamp}.{new_suffix}")),
            transfer: if is_kept { Transfer::Move } else { Transfer::Convert(suffix) },
            alike: Vec::new(),
            note,
        }
    }
}

/// A file's suffix without its dot, lower-case; with the one before it where both together say what
/// the file is.
pub(super) fn whole_suffix(file: &str) -> String {
    let lower = file.to_ascii_lowercase();
    let Some((stem, last)) = lower.rsplit_once('.') else { return String::new() };
    match stem.rsplit_once('.') {
        Some((_, inner)) if matches!(last, "gz" | "bin") && names::format_name(inner).is_some() => {
            format!("{inner}.{last}")
        }
        _ => last.to_owned(),
    }
}
