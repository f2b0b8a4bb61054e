//! How many frames are complete in all sensors.

use super::{Stems, arrived, incomplete};
use crate::finding::Context;
use crate::names::frame_set::FrameSet;

/// The most stamps that are compared one by one.
const MOST_COMPARED: usize = 50_000_000;

/// How many frames all sensors have, over all scenes; `None` where that takes too long to be told.
pub(crate) fn complete_frames(context: &Context<'_>) -> Option<u64> {
    *context.complete.get_or_init(|| count(context))
}

fn count(context: &Context<'_>) -> Option<u64> {
    let layout = context.layout;
    let incomplete = incomplete(context);
    let (mut frames, mut left) = (0, MOST_COMPARED);
    for scene in layout.scene_ids() {
        let cells = layout.scene_cells(scene);
        let Some(first) = cells.first().filter(|_| cells.len() == layout.sensors.len()) else {
            continue;
        };
        let mut all = arrived(context, *first);
        for cell in cells.iter().skip(1).filter(|_| incomplete.binary_search(&scene).is_ok()) {
            let other = arrived(context, *cell);
            left = left.checked_sub(numbers(&all).saturating_add(numbers(&other)))?;
            all = all.shared_with(&other);
        }
        frames += numbers(&all) as u64 + all.texts.count();
    }
    Some(frames)
}

fn numbers(stems: &Stems) -> usize {
    stems.numbers.values().map(FrameSet::len).sum()
}
