//! Frames that are not there, or are too many, as parts of a finding: stretches of neighbours are
//! shown as one place each.

use std::rc::Rc;

use crate::align::{Run, Runs};
use crate::finding::proof::StandIns;
use crate::finding::{Context, Example, Part};
use crate::layout::{Cell, SensorId};
use crate::multiset_hash::{Identified as _, MultisetHash};
use crate::names::name_set::NameSet;
pub(super) use crate::names::stem;
use crate::rules::in_place::{InPlace, Places};
use crate::text;

/// A frame that is not there, or is one too many.
pub(super) struct Frame {
    /// The stamp, where it is known by that.
    pub(super) stamp: Option<i128>,
    pub(super) name: Vec<u8>,
    /// What stands in its place.
    pub(super) place: Option<InPlace>,
}

/// Frames of one folder, by stamp, each of them an occurrence. Stretches of neighbours, as `runs`
/// finds them, are shown as one place each, unless something stands in the place of a frame.
pub(super) fn part<'t>(
    folder: Vec<u8>,
    frames: Rc<[Frame]>,
    example: fn(Vec<u8>) -> Example,
    runs: impl Fn(&[i128]) -> Runs + 't,
) -> Part<'t> {
    let digest = |frame: &Frame| match frame.stamp {
        Some(stamp) => MultisetHash::from_parts(&[&stamp.to_be_bytes()]),
        None => frame.name.as_slice().identity(),
    };
    let all = Rc::clone(&frames);
    let item = move |at: usize| {
        all.get(at).map(|frame| (frame.name.clone(), digest(frame))).unwrap_or_default()
    };
    Part::items(folder.clone(), frames.len(), item, move |kept| {
        let left: Vec<&Frame> = kept.iter().filter_map(|at| frames.get(*at)).collect();
        let shown = |frame: &Frame, note: Option<String>| {
            let example = example([&folder[..], &frame.name].concat());
            Example { note, ..example }
        };
        let stamps: Vec<i128> = left.iter().filter_map(|frame| frame.stamp).collect();
        if stamps.len() < left.len() || left.iter().any(|frame| frame.place.is_some()) {
            let note = |frame: &Frame| frame.place.map(|what| what.note().to_owned());
            return left.iter().map(|frame| shown(frame, note(frame))).collect();
        }
        let frame_of = |stamp: i128| {
            let at = left.binary_search_by_key(&Some(stamp), |frame| frame.stamp).ok()?;
            left.get(at)
        };
        let shown_run = |run: &Run| {
            let last = frame_of(run.last).filter(|_| run.count > 1);
            let count = text::count(run.count, "frame");
            let note = last.map(|last| format!("{count}, to {}", text::lossless(&last.name)));
            Some(shown(frame_of(run.first)?, note))
        };
        runs(&stamps).shown.iter().filter_map(shown_run).collect()
    })
}

/// The frames that a sensor lacks of one scene, by comparison with another one.
pub(super) struct Missing {
    pub(super) sensor: SensorId,
    pub(super) reference: SensorId,
    pub(super) frames: Rc<[Frame]>,
}

/// The frames of a scene that are not there, by the stamp on the reference's clock where that is
/// known, and by the name that they would have.
pub(super) fn lacked<'t>(
    context: &Context<'_>,
    cell: Cell,
    reference: SensorId,
    frames: impl Iterator<Item = (Option<i128>, Vec<u8>)>,
    runs: impl Fn(&[i128]) -> Runs + 't,
) -> Option<Part<'t, Missing>> {
    let others = StandIns::of(context, cell);
    let places = Places::of_files(context.tree.folder(cell.folder));
    // What stands there under another name is missing for that reason, which its own rule says.
    let frames = frames.filter(|(_, name)| !others.contains(stem(name)));
    let frame = |(stamp, name): (Option<i128>, Vec<u8>)| {
        let place = places.get(stem(&name)).map(|(what, _)| what);
        Frame { stamp, name, place }
    };
    let frames: Rc<[Frame]> = frames.map(frame).collect();
    if frames.is_empty() {
        return None;
    }
    let stems = || frames.iter().map(|frame| stem(&frame.name));
    let in_place: Vec<&[u8]> =
        stems().filter_map(|stem| places.get(stem)).map(|(_, name)| name).collect();
    let missing = NameSet::from_names(stems());
    let folder = context.tree.path(cell.folder);
    let mut part = part(folder, Rc::clone(&frames), Example::missing, runs)
        .names_missing(cell.scene, cell.sensor, missing)
        .in_scene(cell.scene);
    if !in_place.is_empty() {
        part = part.in_place(cell.folder, NameSet::from_names(in_place));
    }
    Some(part.keyed(Missing { sensor: cell.sensor, reference, frames }))
}
