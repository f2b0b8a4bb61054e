//! What of each scene has arrived, sensor by sensor, and which frames are there in some sensors and
//! not in others.
//!
//! This is computed from the tree and from what is known of the files' contents alone. Tolerances,
//! clocks and references choose which rule names a difference, and never whether there is one:
//! stems compare as bytes.

mod complete;
mod search;
mod stems;

use sensortree_probe::Fault;

pub(crate) use self::complete::{complete_by_scene, complete_frames, complete_of};
pub(crate) use self::search::{Lacked, StandInsCount, differences};
pub(crate) use self::stems::{Stems, is_number};

use crate::finding::Context;
use crate::finding::covered::Covered;
use crate::layout::{Cell, SceneId, SensorId};
use crate::multiset_hash::Occurrences;
use crate::names::frame_set::FrameSet;
use crate::names::name_set::NameSet;
use crate::names::suffix::PACKED_FILES;
use crate::names::{Media, SensorKind, split};
use crate::tree::{FileClass, Folder, FolderId};

/// Camera frames' suffixes that the platform is known to read somewhere, in any case (fact T8).
const CAMERA_SUFFIXES: &[&str] = &["jpg", "jpeg", "png", "webp"];

/// Whether a file of this suffix can be a frame of this kind of sensor (facts T7, T8).
pub(crate) fn is_frame_suffix(kind: SensorKind, suffix: &str) -> bool {
    match kind {
        SensorKind::Lidar => suffix == kind.suffix(),
        SensorKind::Camera => CAMERA_SUFFIXES.iter().any(|s| s.eq_ignore_ascii_case(suffix)),
    }
}

/// Whether a file of this name can be a frame of this kind of sensor, going by its suffix.
pub(crate) fn is_frame_name(kind: SensorKind, name: &[u8]) -> bool {
    let (_, suffix) = split(name);
    std::str::from_utf8(suffix).is_ok_and(|suffix| is_frame_suffix(kind, suffix))
}

/// What stands in the place of frames, by the rules that say so.
pub(crate) struct StandIns {
    parts: Vec<Part>,
}

/// The stems that files of one kind stand for, the folder of the files, and the rules
/// that name them.
type Part = (Stems, FolderId, &'static [&'static str]);

/// Whether a fault leaves nothing of a frame that can be read.
pub(crate) fn is_unreadable(fault: Fault) -> bool {
    unreadable_by(fault).is_some()
}

/// The rule that says a fault which leaves nothing of a frame that can be read; `None`
/// for other faults.
fn unreadable_by(fault: Fault) -> Option<&'static [&'static str]> {
    Some(match fault {
        Fault::Pointer(_) => &["F109"],
        Fault::Zeros | Fault::BlankBody => &["F110"],
        Fault::NotAPointCloud(_) | Fault::Header(_) => &["F102"],
        Fault::ShortPointCloud => &["F103"],
        Fault::Fields(_) => &["F104"],
        Fault::Data(_) => &["F114"],
        Fault::NotTheImage(_) => &["F106"],
        Fault::CutOffImage(_) => &["F107"],
        Fault::ImageHeader(_) => &["F116"],
        Fault::DamagedImage(_) => &["F117"],
        Fault::Chunks(_) => &["F118"],
        Fault::NoPoints
        | Fault::MorePoints
        | Fault::BlankTail
        | Fault::Uncommon(_)
        | Fault::LostPoints
        | Fault::PointsAtOrigin
        | Fault::PointsEqual
        | Fault::OneColour
        | Fault::Disproportion(_)
        | Fault::Exotic(_) => return None,
    })
}

/// What has arrived of a sensor in a scene.
pub(crate) fn arrived(context: &Context<'_>, cell: Cell) -> Stems {
    let kind = context.layout.sensor(cell.sensor).kind;
    let folder = context.tree.folder(cell.folder);
    let mut stems = Stems::default();
    for (naming, set) in folder.frames() {
        if is_frame_suffix(kind, naming.suffix()) {
            stems.add_set(naming.zero_padded_width(), naming.fraction_digits(), set);
        }
    }
    for (remark, names) in folder.remarks() {
        if let FileClass::Unnumbered(suffix) = remark
            && suffix.media() == kind.media()
        {
            names.for_each(|name| {
                let (stem, suffix) = split(name);
                if std::str::from_utf8(suffix).is_ok_and(|suffix| is_frame_suffix(kind, suffix)) {
                    stems.add(stem);
                }
            });
        }
    }
    stems.seal();
    stems.remove(&lost(folder));
    stems
}

/// The stems of the frames in a folder that cannot be read, which the rules on their contents say.
pub(crate) fn lost(folder: &Folder) -> Stems {
    let mut lost = Stems::default();
    add_lost(folder, |_, names| names.for_each(|name| lost.add(split(name).0)));
    lost.seal();
    lost
}

/// Whether any frame of a sensor has arrived, in whatever scene.
pub(crate) fn has_arrived(context: &Context<'_>, sensor: SensorId) -> bool {
    let kind = context.layout.sensor(sensor).kind;
    context.layout.sensor_cells(sensor).any(|cell| {
        let folder = context.tree.folder(cell.folder);
        let mut lost = 0;
        add_lost(folder, |_, names| lost += names.count());
        let frames = folder.frames().iter();
        let frames = frames.filter(|(naming, _)| is_frame_suffix(kind, naming.suffix()));
        let numbered: usize = frames.map(|(_, set)| set.len()).sum();
        numbered as u64 > lost || !arrived(context, cell).is_empty()
    })
}

/// Calls for the files of a folder that cannot be read, with the rule that says so.
fn add_lost(folder: &Folder, mut add: impl FnMut(&'static [&'static str], &NameSet)) {
    if let Some(names) = folder.remark(FileClass::Empty) {
        add(&["F101"], names);
    }
    for (fault, files) in folder.content().iter().flat_map(|content| content.faults()) {
        if let Some(rule) = unreadable_by(*fault) {
            add(rule, files.names());
        }
    }
}

impl StandIns {
    /// What stands in the place of a sensor's frames in a scene: unreadable, under another suffix,
    /// under an odd name, a level too deep or one too high.
    pub(crate) fn of(context: &Context<'_>, cell: Cell) -> Self {
        let tree = context.tree;
        let sensor = context.layout.sensor(cell.sensor);
        let folder = tree.folder(cell.folder);
        let mut found = StandIns { parts: Vec::new() };
        let mut add = |names: &NameSet, at: FolderId, rules: &'static [&'static str]| {
            let mut stems = Stems::default();
            names.for_each(|name| stems.add(split(name).0));
            stems.seal();
            found.parts.push((stems, at, rules));
        };
        add_lost(folder, |rules, names| add(names, cell.folder, rules));
        for (remark, names) in folder.remarks() {
            if let FileClass::OddFrame(_) = remark {
                let mut meant = NameSet::default();
                names.for_each(|name| {
                    meant.insert(&crate::names::without_odd_marks(name));
                });
                meant.seal();
                add(&meant, cell.folder, &["L121"]);
            }
        }
        // Frames under a suffix that is no frame's, or the other kind's.
        let other = frames_where(folder, |suffix| {
            Media::of_suffix(suffix) == sensor.kind.media() && !is_frame_suffix(sensor.kind, suffix)
        });
        found.parts.push((other, cell.folder, &["L114", "L115"]));
        found.parts.push((packed(folder, sensor.kind), cell.folder, &["L114", "L115"]));
        let any = |suffix: &str| Media::of_suffix(suffix) == sensor.kind.media();
        let mut open: Vec<FolderId> = tree.children(cell.folder).collect();
        while let Some(id) = open.pop() {
            found.parts.push((frames_where(tree.folder(id), any), id, &["L108"]));
            open.extend(tree.children(id));
        }
        for apart in context.layout.parts_of(cell) {
            let frames = frames_where(tree.folder(apart.folder), any);
            found.parts.push((frames, apart.folder, &["L120"]));
        }
        found.parts.extend(Self::beside_scenes(context, cell.sensor).parts);
        found.parts.retain(|(stems, ..)| !stems.is_empty());
        found
    }

    /// The frames that stand right under a sensor, in no scene's folder.
    fn beside_scenes(context: &Context<'_>, sensor: SensorId) -> Self {
        let sensor = context.layout.sensor(sensor);
        let folder = context.tree.folder(sensor.folder);
        let any = |suffix: &str| Media::of_suffix(suffix) == sensor.kind.media();
        let parts: Vec<Part> = vec![(frames_where(folder, any), sensor.folder, &["L107"])];
        StandIns { parts }
    }

    /// Whether something stands in the place of this stem.
    pub(crate) fn contains(&self, stem: &[u8]) -> bool {
        self.parts.iter().any(|(stems, ..)| stems.contains(stem))
    }

    /// Whether something stands in the place of this stem, and a finding says so.
    fn is_named(&self, stem: &[u8], covered: &Covered) -> bool {
        self.parts
            .iter()
            .any(|(stems, at, rules)| stems.contains(stem) && covered.is_named(*at, rules))
    }
}

/// The stems of the frames of a kind of sensor that are packed one by one: `168.pcd.gz`.
fn packed(folder: &Folder, kind: SensorKind) -> Stems {
    let mut stems = Stems::default();
    for (remark, names) in folder.remarks() {
        if let FileClass::Unnumbered(suffix) = remark
            && PACKED_FILES.contains(&suffix.as_str())
        {
            names.for_each(|name| {
                let (stem, suffix) = split(split(name).0);
                if std::str::from_utf8(suffix).is_ok_and(|suffix| is_frame_suffix(kind, suffix)) {
                    stems.add(stem);
                }
            });
        }
    }
    stems.seal();
    stems
}

/// The stems of the files right in a folder whose suffix passes.
fn frames_where(folder: &Folder, passes: impl Fn(&str) -> bool) -> Stems {
    let mut stems = Stems::default();
    for (naming, set) in folder.frames() {
        if passes(naming.suffix()) {
            stems.add_set(naming.zero_padded_width(), naming.fraction_digits(), set);
        }
    }
    for (remark, names) in folder.remarks() {
        if let FileClass::Unnumbered(suffix) = remark
            && passes(suffix.as_str())
        {
            names.for_each(|name| stems.add(split(name).0));
        }
    }
    stems.seal();
    stems
}

/// The scenes whose sensors do not hold the same frames, whatever is said of that.
pub(crate) fn incomplete<'a>(context: &Context<'a>) -> &'a [SceneId] {
    context.incomplete.get_or_init(|| {
        let scenes = context.layout.scene_ids();
        scenes.filter(|scene| !is_whole(context, *scene)).collect()
    })
}

/// Whether every sensor has the scene, with the same frames.
fn is_whole(context: &Context<'_>, scene: SceneId) -> bool {
    let cells = context.layout.scene_cells(scene);
    if cells.len() != context.layout.sensors.len() {
        return false;
    }
    if let Some(is_whole) = is_plainly_whole(context, cells) {
        return is_whole;
    }
    if !cells.iter().all(|cell| texts_of(context, *cell).all(NameSet::is_complete)) {
        return false;
    }
    let mut stems = cells.iter().map(|cell| arrived(context, *cell));
    let Some(first) = stems.next().filter(|first| !first.is_empty()) else { return false };
    stems.all(|stems| stems == first)
}

/// Whether every sensor has the scene with the same numbered frames, as far as compressed bytes
/// tell: `None` where there is something else to be said of them.
fn is_plainly_whole(context: &Context<'_>, cells: &[Cell]) -> Option<bool> {
    let Some((first, rest)) = cells.split_first() else { return Some(true) };
    let (writing, numbers) = plain(context, *first).filter(|(_, numbers)| !numbers.is_empty())?;
    let mut is_known = true;
    for cell in rest {
        match plain(context, *cell) {
            Some(other) if other == (writing, numbers) => {}
            // The same writing of other numbers is other stems.
            Some((other, _)) if other == writing => return Some(false),
            _ => is_known = false,
        }
    }
    is_known.then_some(true)
}

/// The frames of a folder that nothing is to be said of but their numbers: how many leading zeros
/// and decimals these have, and the numbers.
fn plain<'t>(context: &Context<'t>, cell: Cell) -> Option<((u8, u8), &'t FrameSet)> {
    let folder = context.tree.folder(cell.folder);
    let kind = context.layout.sensor(cell.sensor).kind;
    let is_fault = |content: &crate::tree::ContentSummary| {
        content.faults().iter().any(|(fault, _)| unreadable_by(*fault).is_some())
    };
    let is_clean = folder.remarks().iter().all(|(remark, _)| {
        !matches!(remark, FileClass::Empty | FileClass::Unnumbered(_) | FileClass::OddFrame(_))
    }) && !folder.content().is_some_and(is_fault);
    match folder.frames() {
        [(naming, set)] if is_clean && is_frame_suffix(kind, naming.suffix()) => {
            Some(((naming.zero_padded_width(), naming.fraction_digits()), set))
        }
        _ => None,
    }
}

/// Whether the plain numbers of some folders lie so far apart that no frame can be in all of them.
fn are_apart(context: &Context<'_>, cells: &[Cell]) -> bool {
    let ranges = cells.iter().map(|cell| {
        let ((_, decimals), numbers) = plain(context, *cell)?;
        numbers.first().zip(numbers.last()).filter(|_| decimals == 0)
    });
    let ranges: Option<Vec<(i128, i128)>> = ranges.collect();
    ranges.is_some_and(|ranges| {
        let latest = ranges.iter().map(|(first, _)| *first).max();
        latest > ranges.iter().map(|(_, last)| *last).min()
    })
}

/// The names of a sensor's frames in a scene that no number names.
pub(super) fn texts_of<'a>(context: &Context<'a>, cell: Cell) -> impl Iterator<Item = &'a NameSet> {
    let media = context.layout.sensor(cell.sensor).kind.media();
    context.tree.folder(cell.folder).texts_of(media)
}

/// What tells the frames that no number names from any others, where not all of their
/// names are kept.
pub(super) fn digest_of_texts(context: &Context<'_>, cell: Cell) -> Occurrences {
    let kind = context.layout.sensor(cell.sensor).kind;
    let is_frame = |suffix: &[u8]| {
        std::str::from_utf8(suffix).is_ok_and(|suffix| is_frame_suffix(kind, suffix))
    };
    texts_of(context, cell).map(|names| names.stems_before(is_frame)).collect()
}

#[cfg(test)]
mod tests;
