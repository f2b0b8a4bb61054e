//! What is complete in all sensors: where frames or scenes are left out, said with that choice,
//! which is always the last one; and once a clock is mended.

use std::collections::BTreeSet;

use super::group::Group;
use crate::align::Relation;
use crate::finding::{Context, Statement, figures, proof};
use crate::layout::{SceneId, SensorId};
use crate::text;

/// `, or leave it out of all sensors (60 frames stay complete)`, for one thing or several.
pub(in crate::rules) fn or_leave_out(context: &Context<'_>, is_one: bool) -> String {
    let what = if is_one { "it" } else { "them" };
    match proof::complete_frames(context) {
        Some(frames) if frames > 0 => {
            let stay = if frames == 1 { "stays" } else { "stay" };
            let frames = text::count(frames, "frame");
            format!(", or leave {what} out of all sensors ({frames} {stay} complete)")
        }
        _ => format!(", or leave {what} out of all sensors"),
    }
}

/// The most slots without partner that are put together.
const MOST_PUT_TOGETHER: usize = 1_000_000;

impl Group<'_> {
    /// Says how many frames are complete in all sensors now, and how many will be once the
    /// frames of the group are named by the reference's; nothing where something else keeps them
    /// from being so.
    pub(super) fn say_complete(&self, context: &Context<'_>, statement: Statement) -> Statement {
        let Some(after) = self.complete_once_mended(context) else { return statement };
        let Some(now) = proof::complete_of(context, &self.scenes) else { return statement };
        if after <= now {
            return statement;
        }
        let are = if now == 1 { "is" } else { "are" };
        statement
            .note(format!(
                "{} {are} complete in all sensors, {} will be once this is mended",
                text::count(now, "frame"),
                text::number(after)
            ))
            .figure(&figures::FRAMES_COMPLETE, now)
            .figure(&figures::FRAMES_COMPLETE_MENDED, after)
    }

    fn complete_once_mended(&self, context: &Context<'_>) -> Option<u64> {
        let meant: BTreeSet<(SceneId, SensorId)> =
            self.relations.iter().map(|relation| (relation.scene, relation.sensor)).collect();
        self.scenes.iter().map(|scene| complete_in(context, *scene, &meant)).sum()
    }
}

/// How many frames of a scene are complete once those of some sensors are named by the reference's.
fn complete_in(
    context: &Context<'_>,
    scene: SceneId,
    meant: &BTreeSet<(SceneId, SensorId)>,
) -> Option<u64> {
    let layout = context.layout;
    let cells = layout.scene_cells(scene);
    let is_readable = |folder| proof::lost(context.tree.folder(folder)).is_empty();
    if cells.len() != layout.sensors.len() || !cells.iter().all(|cell| is_readable(cell.folder)) {
        return None;
    }
    let relations = context.alignment.relations();
    let first = relations.partition_point(|relation| relation.scene < scene);
    let of_scene = relations.iter().skip(first).take_while(|it| it.scene == scene);
    let of_scene: Vec<&Relation> =
        of_scene.filter(|relation| relation.sensor != relation.reference).collect();
    let (mut slots, mut outside) = (BTreeSet::new(), 0);
    for relation in &of_scene {
        let is_meant = meant.contains(&(scene, relation.sensor));
        if relation.rate.is_some() || (relation.stands_apart() && !is_meant) {
            return None;
        }
        slots.extend(relation.missing.iter().take(MOST_PUT_TOGETHER));
        // Slots outside the time that two clocks share are counted, and not known one by one.
        outside += relation.outside.0;
        let is_lost_twice = outside > relation.outside.0;
        if is_lost_twice || slots.len() >= MOST_PUT_TOGETHER {
            return None;
        }
    }
    let frames = of_scene.first()?.reference_frames;
    let is_open =
        outside > 0 && of_scene.iter().any(|it| it.outside.0 == 0 && !it.missing.is_empty());
    (!is_open).then(|| frames.saturating_sub(slots.len() as u64 + outside))
}
