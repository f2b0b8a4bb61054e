//! [`Side`]: the frames of one sensor in one scene, with their times and names.

use std::cell::OnceCell;

use crate::align::timeline::{Timeline, Writings};
use crate::names::frame_name::Naming;
use crate::names::frame_set::FrameSet;
use crate::names::stem;
use crate::tree::FolderId;

/// The frames of one folder.
pub(crate) struct Side<'t> {
    pub(crate) folder: FolderId,
    pub(crate) timeline: Timeline,
    /// The file names by stamp, ascending, once they are asked for.
    names: OnceCell<Vec<(i128, Vec<u8>)>>,
    /// How a stamp of this folder is written as a stem.
    written: Written<'t>,
}

/// How stamps become stems.
enum Written<'t> {
    /// As the folder's own are written.
    AsNamed(Writings<'t>),
    /// In whole milliseconds, of ticks of which so many make one.
    Milliseconds(i128),
}

impl<'t> Side<'t> {
    /// The frames as their names tell their times.
    pub(crate) fn as_named(folder: FolderId, writings: Writings<'t>) -> Self {
        Side {
            folder,
            timeline: Timeline::of(&writings),
            names: OnceCell::new(),
            written: Written::AsNamed(writings),
        }
    }

    /// Frames with times of their own, in nanoseconds, ascending.
    pub(crate) fn timed(folder: FolderId, names: Vec<(i128, Vec<u8>)>) -> Self {
        let timeline = Timeline::of_times(names.iter().map(|(time, _)| *time).collect());
        let written = Written::Milliseconds(1_000_000);
        Side { folder, timeline, names: OnceCell::from(names), written }
    }

    /// The file names by stamp, ascending.
    pub(crate) fn names(&self) -> &[(i128, Vec<u8>)] {
        self.names.get_or_init(|| match &self.written {
            Written::AsNamed(writings) => writings.names_by_stamp(),
            // They are given from the beginning.
            Written::Milliseconds(_) => Vec::new(),
        })
    }

    /// The frames where all names are numbers written in one way: each stamp is the number of its
    /// name, and every other stamp is written so, too.
    pub(crate) fn numbers(&self) -> Option<(&Naming, &FrameSet)> {
        match &self.written {
            Written::AsNamed(writings) => writings.only_numbers(),
            Written::Milliseconds(_) => None,
        }
    }

    /// Whether both write the same numbers with other leading zeros.
    pub(crate) fn zeros_differ(&self, other: &Side<'_>) -> bool {
        match (&self.written, &other.written) {
            (Written::AsNamed(own), Written::AsNamed(other)) => own.zeros_differ(other),
            _ => false,
        }
    }

    /// The name of the frame of this stamp.
    pub(crate) fn name_of(&self, stamp: i128) -> Option<&[u8]> {
        let names = self.names();
        let at = names.binary_search_by_key(&stamp, |(stamp, _)| *stamp).ok()?;
        names.get(at).map(|(_, name)| name.as_slice())
    }

    /// The stem of the frame of this stamp, as it is.
    pub(crate) fn stem_of(&self, stamp: i128) -> Option<&[u8]> {
        self.name_of(stamp).map(stem)
    }

    /// The stem that a frame of this stamp has, or gets, on this sensor's clock.
    pub(crate) fn stem_at(&self, stamp: i128) -> Option<Vec<u8>> {
        match &self.written {
            Written::Milliseconds(ticks) => Some(stamp.div_euclid(*ticks).to_string().into_bytes()),
            Written::AsNamed(writings) => {
                let held = self.stem_of(stamp).map(<[u8]>::to_vec);
                let name = || writings.name_for(stamp, "");
                held.or_else(|| name().map(|name| stem(name.as_bytes()).to_vec()))
            }
        }
    }

    /// Whether frames get other stems than they have by the very time that they have.
    pub(crate) fn is_renamed(&self) -> bool {
        matches!(self.written, Written::Milliseconds(_))
    }
}
