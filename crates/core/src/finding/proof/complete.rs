//! How many frames are complete in all sensors.

use super::{Stems, are_apart, arrived, incomplete};
use crate::finding::Context;
use crate::layout::SceneId;
use crate::names::frame_set::FrameSet;

/// The most stamps that are compared one by one.
const MOST_COMPARED: usize = 50_000_000;

/// How many frames all sensors have, over all scenes; `None` where that takes too long to be told.
pub(crate) fn complete_frames(context: &Context<'_>) -> Option<u64> {
    *context.complete.get_or_init(|| count(context))
}

fn count(context: &Context<'_>) -> Option<u64> {
    let mut left = MOST_COMPARED;
    let scenes = context.layout.scene_ids();
    scenes.map(|scene| complete_in(context, scene, &mut left)).sum()
}

/// How many frames all sensors have in some scenes; `None` where that takes too long to be told.
pub(crate) fn complete_of(context: &Context<'_>, scenes: &[SceneId]) -> Option<u64> {
    let mut left = MOST_COMPARED;
    scenes.iter().map(|scene| complete_in(context, *scene, &mut left)).sum()
}

/// How many frames all sensors have, scene by scene; `None` where that takes too long to be told.
pub(crate) fn complete_by_scene(context: &Context<'_>) -> Vec<Option<u64>> {
    let mut left = MOST_COMPARED;
    context.layout.scene_ids().map(|scene| complete_in(context, scene, &mut left)).collect()
}

/// The same of one scene. What is compared is taken off `left`.
fn complete_in(context: &Context<'_>, scene: SceneId, left: &mut usize) -> Option<u64> {
    let layout = context.layout;
    let is_incomplete = incomplete(context).binary_search(&scene).is_ok();
    let cells = layout.scene_cells(scene);
    let Some(first) = cells.first().filter(|_| cells.len() == layout.sensors.len()) else {
        return Some(0);
    };
    if is_incomplete && are_apart(context, cells) {
        return Some(0);
    }
    let mut all = arrived(context, *first);
    for cell in cells.iter().skip(1).filter(|_| is_incomplete) {
        let other = arrived(context, *cell);
        *left = left.checked_sub(numbers(&all).saturating_add(numbers(&other)))?;
        all = all.shared_with(&other);
    }
    Some(numbers(&all) as u64 + all.texts.count())
}

fn numbers(stems: &Stems) -> usize {
    stems.numbers.values().map(FrameSet::len).sum()
}
