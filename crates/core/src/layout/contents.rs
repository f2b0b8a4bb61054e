//! What the files right in a folder are, counted.

use std::ops::AddAssign;

use crate::names::{Media, SensorKind, Suffix};
use crate::tree::{FileClass, FolderId, Tree};

/// The files right in one or more folders, by what they hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Point clouds, going by their suffix.
    pub point_clouds: u64,
    /// Images, going by their suffix.
    pub images: u64,
    /// Those of either that are named by a number.
    pub numbered: u64,
}

impl Contents {
    /// The files right in a folder.
    #[must_use]
    pub fn of(tree: &Tree, id: FolderId) -> Self {
        let folder = tree.folder(id);
        let mut contents = Contents::default();
        for (naming, set) in folder.frames() {
            let media = naming.media();
            let count = set.len() as u64;
            contents.count(media, count);
            contents.numbered += if media == Media::Other { 0 } else { count };
        }
        for (remark, names) in folder.remarks() {
            if let FileClass::Unnumbered(suffix) = remark {
                contents.count(Suffix::media(suffix), names.count());
            }
        }
        contents
    }

    /// The files right in the folders right below one.
    #[must_use]
    pub fn of_children(tree: &Tree, id: FolderId) -> Self {
        let mut contents = Contents::default();
        for child in tree.children(id) {
            contents += Self::of(tree, child);
        }
        contents
    }

    /// The files that a sensor's folder may hold as frames: in its scenes, beside them, and one
    /// level too deep.
    #[must_use]
    pub fn within_reach(tree: &Tree, id: FolderId) -> Self {
        let mut contents = Self::of(tree, id);
        for scene in tree.children(id) {
            contents += Self::of(tree, scene);
            contents += Self::of_children(tree, scene);
        }
        contents
    }

    fn count(&mut self, media: Media, count: u64) {
        match media {
            Media::PointCloud => self.point_clouds += count,
            Media::Image => self.images += count,
            Media::Other => {}
        }
    }

    /// How many files could be frames.
    #[must_use]
    pub fn frames(self) -> u64 {
        self.point_clouds + self.images
    }

    /// The kind of sensor that most of them come from.
    #[must_use]
    pub fn kind(self) -> Option<SensorKind> {
        match self.point_clouds.cmp(&self.images) {
            std::cmp::Ordering::Greater => Some(SensorKind::Lidar),
            std::cmp::Ordering::Less => Some(SensorKind::Camera),
            std::cmp::Ordering::Equal => None,
        }
    }
}

impl AddAssign for Contents {
    fn add_assign(&mut self, other: Self) {
        self.point_clouds += other.point_clouds;
        self.images += other.images;
        self.numbered += other.numbered;
    }
}
