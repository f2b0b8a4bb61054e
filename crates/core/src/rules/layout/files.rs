//! The files right in a folder, in groups of one suffix: what the rules about suffixes and stems look at.

use crate::digest::{Digest, Identified, Several};
use crate::frame_name::{self, Naming};
use crate::frames::FrameSet;
use crate::layout::names::{Media, Oddity};
use crate::layout::{Layout, SceneId, Sensor, SensorId};
use crate::tally::Tally;
use crate::text;
use crate::tree::{Folder, FolderId, Remark, Tree};

/// Files of one folder that share a suffix and a way of naming.
#[derive(Clone, Copy, Debug)]
pub(super) enum Group<'t> {
    /// Files whose stem is a number.
    Numbered(&'t Naming, &'t FrameSet),
    /// Other files, by their suffix in lower case.
    Unnumbered(&'t str, &'t Tally<Box<[u8]>>),
    /// One file whose very name says something.
    Landmark(&'static str),
}

impl<'t> Group<'t> {
    /// The groups of a folder, in a fixed order. Files of odd names, leftovers and links are in none.
    pub(super) fn of(folder: &'t Folder) -> impl Iterator<Item = Group<'t>> {
        let numbered = folder.frames().iter().map(|(naming, set)| Group::Numbered(naming, set));
        let unnumbered = folder.remarks().iter().filter_map(|(remark, tally)| match remark {
            Remark::Unnumbered(suffix) => Some(Group::Unnumbered(suffix.as_str(), tally)),
            _ => None,
        });
        numbered.chain(unnumbered).chain(folder.landmarks().map(Group::Landmark))
    }

    /// The suffix, without its dot; empty where there is none or an unknown one.
    pub(super) fn suffix(self) -> &'t str {
        match self {
            Group::Numbered(naming, _) => naming.suffix(),
            Group::Unnumbered(suffix, ..) => suffix,
            Group::Landmark(name) => name.rsplit_once('.').map_or("", |(_, suffix)| suffix),
        }
    }

    /// What its files hold, going by their suffix.
    pub(super) fn media(self) -> Media {
        Media::of_suffix(self.suffix())
    }

    /// How many files it has.
    pub(super) fn count(self) -> u64 {
        match self {
            Group::Numbered(_, set) => set.len() as u64,
            Group::Unnumbered(_, tally) => tally.count(),
            Group::Landmark(_) => 1,
        }
    }

    /// How many files it has, and what tells them from any others.
    pub(super) fn several(self) -> Several {
        let digest = match self {
            Group::Numbered(naming, set) => {
                let first = set.first().map(|value| naming.render(value)).unwrap_or_default();
                Digest::of(&[first.as_bytes(), &Digest::of_frames(set).to_bytes()])
            }
            Group::Unnumbered(_, tally) => tally.several().digest,
            Group::Landmark(name) => name.as_bytes().identity(),
        };
        Several { count: self.count(), digest }
    }

    /// The names of the first few files.
    pub(super) fn names(self, most: usize) -> Vec<Vec<u8>> {
        match self {
            Group::Numbered(naming, set) => {
                set.iter().take(most).map(|value| naming.render(value).into_bytes()).collect()
            }
            Group::Unnumbered(_, tally) => {
                tally.examples().iter().take(most).map(|name| name.to_vec()).collect()
            }
            Group::Landmark(name) => vec![name.as_bytes().to_vec()],
        }
    }
}

/// The folders in which a sensor's files stand: its own, and then those of its scenes.
pub(super) fn folders_of(
    layout: &Layout,
    sensor: SensorId,
) -> impl Iterator<Item = (FolderId, Option<SceneId>)> {
    let scenes = layout.sensor_cells(sensor).map(|cell| (cell.folder, Some(cell.scene)));
    std::iter::once((layout.sensor(sensor).folder, None)).chain(scenes)
}

/// Whether a file of this name is known to stand in the folder. Of files that are no numbered frames only the first few
/// are known by name.
pub(super) fn holds(folder: &Folder, name: &[u8]) -> bool {
    if let Some((value, naming)) = frame_name::parse(name)
        && let Some((_, set)) = folder.frames().iter().find(|(known, _)| *known == naming)
    {
        return set.first() <= Some(value)
            && Some(value) <= set.last()
            && set.iter().any(|known| known == value);
    }
    Group::of(folder).any(|group| match group {
        Group::Numbered(..) => false,
        Group::Unnumbered(_, tally) => tally.examples().iter().any(|known| **known == *name),
        Group::Landmark(known) => known.as_bytes() == name,
    })
}

/// How many files stand right in a folder that are not what a system or a tool left behind.
pub(super) fn content(folder: &Folder) -> u64 {
    let junk = folder
        .remarks()
        .iter()
        .filter(|(remark, _)| matches!(remark, Remark::Leftover(id) if id.class().is_harmless()));
    folder.files().saturating_sub(junk.map(|(_, tally)| tally.count()).sum())
}

/// How many files stand right in a folder that are frames or could be: point clouds and images of any name and format,
/// links, unfinished transfers, conflict copies, and what lies too deep to be looked at.
pub(super) fn possible_frames(folder: &Folder) -> u64 {
    let media = Group::of(folder).filter(|group| group.media() != Media::Other).map(Group::count);
    let others = folder.remarks().iter().filter(|(remark, _)| is_possible_frame(*remark));
    media.sum::<u64>() + others.map(|(_, tally)| tally.count()).sum::<u64>()
}

fn is_possible_frame(remark: Remark) -> bool {
    match remark {
        Remark::Leftover(id) => !id.class().is_harmless(),
        Remark::Odd(_) | Remark::OddFrame(_) | Remark::Link | Remark::Special | Remark::Deeper => {
            true
        }
        _ => false,
    }
}

/// For each folder of the tree, the sum over it and all folders below.
pub(super) fn sum_below(tree: &Tree, of: impl Fn(&Folder) -> u64) -> Vec<u64> {
    let mut sums: Vec<u64> = tree.folders().iter().map(of).collect();
    // Folders stand level by level, so from the end each comes after all below it.
    for id in tree.ids().rev().filter(|id| *id != FolderId::ROOT) {
        sums[tree.folder(id).parent().index()] += sums[id.index()];
    }
    sums
}

/// Whether a folder's name is no name at all, so that whatever lies below is the fault of [`Oddity::Empty`] or
/// [`Oddity::Dots`] and of nothing else.
pub(super) fn is_nameless(folder: &Folder) -> bool {
    matches!(crate::layout::names::oddity(folder.name()), Some(Oddity::Empty | Oddity::Dots))
}

/// The names of the first few files right in a folder that are not what a system or a tool left behind.
pub(super) fn first_names(folder: &Folder, most: usize) -> Vec<Vec<u8>> {
    let others = folder.remarks().iter().filter(|(remark, _)| is_possible_frame(*remark));
    let others = others.flat_map(|(_, tally)| tally.examples().iter().map(|name| name.to_vec()));
    Group::of(folder).flat_map(|group| group.names(most)).chain(others).take(most).collect()
}

/// Sensors as a sentence names them: `` `lidar-top` and `camera-front` ``.
pub(super) fn labels(layout: &Layout, sensors: &[SensorId]) -> String {
    let names: Vec<String> =
        sensors.iter().map(|id| format!("`{}`", layout.sensor(*id).label())).collect();
    text::list(&names, 4)
}

/// The only one of the sensors, if it is only one.
pub(super) fn only<'l>(layout: &'l Layout, sensors: &[SensorId]) -> Option<&'l Sensor> {
    match sensors {
        [only] => Some(layout.sensor(*only)),
        _ => None,
    }
}
