//! What is common to the rules that look at the files right in a folder.

use crate::layout::{Layout, SceneId, Sensor, SensorId};
use crate::names::{Media, Oddity};
use crate::text;
use crate::tree::files::Files;
use crate::tree::{FileClass, Folder, FolderId, Tree};

/// The folders in which a sensor's files stand: its own, and then those of its scenes.
pub(super) fn folders_of(
    layout: &Layout,
    sensor: SensorId,
) -> impl Iterator<Item = (FolderId, Option<SceneId>)> {
    let scenes = layout.sensor_cells(sensor).map(|cell| (cell.folder, Some(cell.scene)));
    std::iter::once((layout.sensor(sensor).folder, None)).chain(scenes)
}

/// How many files stand right in a folder that are not what a system or a tool left behind.
pub(super) fn content(folder: &Folder) -> u64 {
    let others = folder.remarks().iter().filter(|(remark, _)| is_left_behind(*remark));
    folder.files().saturating_sub(others.map(|(_, names)| names.count()).sum())
}

/// Whether files with this remark are no part of a dataset, whatever they hold.
pub(super) fn is_left_behind(remark: FileClass) -> bool {
    match remark {
        FileClass::Leftover(id) => id.class().is_harmless(),
        FileClass::Hidden | FileClass::Marker => true,
        _ => false,
    }
}

/// How many files stand right in a folder that are frames, whatever their format and name: point
/// clouds and images.
pub(super) fn frames_by_suffix(folder: &Folder) -> u64 {
    Files::in_folder(folder)
        .filter(|files| files.media() != Media::Other)
        .map(|files| files.count())
        .sum()
}

/// How many files stand right in a folder that are frames by their suffix, or lie too deep to
/// be looked at.
pub(super) fn frames_or_deeper(folder: &Folder) -> u64 {
    frames_by_suffix(folder) + folder.remarked(FileClass::Deeper)
}

/// How many files stand right in a folder that are frames or could be: point clouds and images of
/// any name and format, links, unfinished transfers, conflict copies, and what lies too deep to
/// be looked at.
pub(super) fn possible_frames(folder: &Folder) -> u64 {
    let others = folder.remarks().iter().filter(|(remark, _)| is_possible_frame(*remark));
    frames_by_suffix(folder) + others.map(|(_, names)| names.count()).sum::<u64>()
}

fn is_possible_frame(remark: FileClass) -> bool {
    match remark {
        FileClass::Leftover(id) => !id.class().is_harmless(),
        FileClass::Link | FileClass::DanglingLink | FileClass::Special | FileClass::Deeper => true,
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

/// Whether a folder's name is no name at all, so that whatever lies below is the fault of
/// [`Oddity::Empty`] or [`Oddity::Dots`] and of nothing else.
pub(super) fn is_nameless(folder: &Folder) -> bool {
    matches!(crate::names::oddity(folder.name()), Some(Oddity::Empty | Oddity::Dots))
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
