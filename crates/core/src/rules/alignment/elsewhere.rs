//! Folders beside the sensors' that hold the frames of a scene which a sensor lacks.

use super::group;
use crate::align::unit::Unit;
use crate::finding::Context;
use crate::layout::{SceneId, SensorId};
use crate::text;
use crate::tree::FolderId;

/// The most folders that are looked through, and the most scenes that are looked for.
const MOST_FOLDERS: usize = 1_000;
const MOST_SCENES: usize = 8;

/// Says where frames with the stamps of the missing scenes lie, of the sensors' kind.
pub(super) fn notes(
    context: &Context<'_>,
    sensors: &[SensorId],
    scenes: &[(Vec<u8>, SceneId)],
) -> Vec<String> {
    let folders = below_strays(context);
    let mut notes = Vec::new();
    if folders.is_empty() {
        return notes;
    }
    for sensor in sensors {
        for (name, scene) in scenes.iter().take(MOST_SCENES) {
            let found = folders.iter().find(|id| holds(context, **id, *sensor, *scene));
            if let Some(found) = found {
                notes.push(format!(
                    "`{}` holds frames with the stamps of scene `{}`: look whether they are those of `{}`",
                    text::lossless(&context.tree.path(*found)),
                    text::lossless(name),
                    context.layout.sensor(*sensor).label()
                ));
            }
        }
    }
    notes
}

/// The folders in and below those that are no sensor's, in the order of their paths.
fn below_strays(context: &Context<'_>) -> Vec<FolderId> {
    let mut open: Vec<FolderId> = context.layout.strays.iter().rev().copied().collect();
    let mut found = Vec::new();
    while let Some(id) = open.pop() {
        if found.len() == MOST_FOLDERS {
            break;
        }
        found.push(id);
        let children: Vec<FolderId> = context.tree.children(id).collect();
        open.extend(children.into_iter().rev());
    }
    found
}

/// Whether a folder holds frames of the sensor's kind that have the stamps of a scene
/// in another sensor.
fn holds(context: &Context<'_>, folder: FolderId, sensor: SensorId, scene: SceneId) -> bool {
    let media = context.layout.sensor(sensor).kind.media();
    let mut sets = context.tree.folder(folder).frames_of(media);
    let Some((naming, set)) = sets.next().filter(|_| sets.next().is_none()) else { return false };
    if Unit::of_frames(&naming, set).is_none() {
        return false;
    }
    let span = (set.first(), set.last(), set.len() as u64);
    context.layout.scene_cells(scene).iter().any(|cell| {
        let own = group::writings(context, *cell).span_of_times();
        let own = own.map(|(first, last, count)| (Some(first), Some(last), count));
        let is_same = |(_, own): &(_, crate::names::frame_set::FrameSet)| own == set;
        own == Some(span) && context.tree.folder(cell.folder).frames().iter().any(is_same)
    })
}
