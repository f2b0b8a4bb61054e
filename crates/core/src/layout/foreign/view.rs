//! A folder as a detector looks at it.

use crate::layout::Mapping;
use crate::layout::contents::Contents;
use crate::names::{Media, SensorKind, Suffix, sensor_name};
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

    /// Whether this landmark stands right here.
    pub(super) fn has(self, landmark: &str) -> bool {
        self.tree.folder(self.id).has_landmark(landmark)
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
        // Timestamps of different length are different namings, and the first name is that of the smallest.
        numbered.min().or_else(|| unnumbered.min())
    }

    /// How many files right here have this suffix and no number for a name.
    pub(super) fn unnumbered(self, suffix: &str) -> u64 {
        let remark = FileClass::Unnumbered(Suffix::new(suffix.as_bytes()));
        self.tree.folder(self.id).remarked(remark)
    }

    /// Where the frames of this kind right here belong, told by the first of them. `name` is the sensor's present name;
    /// `stamp` gives a file name's timestamp, where it says one.
    pub(super) fn frame(
        self,
        kind: SensorKind,
        name: &str,
        scene: &str,
        stamp: impl Fn(&str) -> Option<String>,
        note: &'static str,
    ) -> Option<Mapping> {
        let media = |suffix: &str| Media::of_suffix(suffix) == kind.media() || suffix == "gz";
        let file = self.first_file(media)?;
        let stamp = stamp(&file).unwrap_or_else(|| super::TIMESTAMP.to_owned());
        let to = format!("{}/{scene}/{stamp}.{}", sensor_name::in_order(name, kind), kind.suffix());
        Some(Mapping { from: self.file(&file), to: Some(to), note })
    }
}
