use super::group;
use crate::align::{Relation, duration};
use crate::digest::{Digest, Several};
use crate::finding::{Context, Example, Sink};
use crate::platform::{Basis, Effect};
use crate::text;

declare_rule! {
    /// A sensor's frames have nothing to do with the reference's: no unit, offset, rate or jitter pairs them.
    ///
    /// Where a scene's sensors share not one timestamp there is no frame that the platform could build. This is said only
    /// when all else was tried: the stamps in other units, every constant offset, a drifting clock, another rate. Where some
    /// stamps are equal all the same, no more of them than chance would have it, the scene is at risk rather than the whole
    /// request.
    ///
    /// **Repair:** most often the folder holds another recording, or one sensor numbers its frames where the other stamps
    /// them; put the right frames there, or name them by the reference's stamps.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x10 +100
    /// camera-front/
    ///   scene_1/
    ///     1681618460017.jpg
    ///     1681618460342.jpg
    ///     1681618460391.jpg
    ///     1681618461004.jpg
    ///     1681618462377.jpg
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x5 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x5 +100
    /// metadata.json
    /// ```
    NO_COMMON_FRAME {
        code: "A207",
        name: "no-common-frame",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T10"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let relations =
        context.alignment.relations().iter().filter(|relation| relation.unrelated.is_some());
    let key = |relation: &Relation| {
        relation.unrelated.map(|unrelated| (unrelated.common > 0, unrelated.apart.is_none()))
    };
    for group in group::groups(context, relations, key) {
        let Some(unrelated) = group.relations.first().and_then(|relation| relation.unrelated)
        else {
            continue;
        };
        let mut found = sink.gather(&NO_COMMON_FRAME);
        if unrelated.common > 0 {
            found.effect(Effect::Scene, Basis::Implied);
        }
        if let Some(sensor) = group.subject() {
            found.about_sensor(&context.layout.sensor(sensor).folder_name);
        }
        let mut common = 0;
        let mut frames = 0;
        for relation in &group.relations {
            found.covers_cell(relation.scene, relation.sensor);
            let Some((path, unrelated)) = first_path(context, relation).zip(relation.unrelated)
            else {
                continue;
            };
            let note = unrelated.apart.map(|apart| {
                format!(
                    "{} from the first of the reference",
                    duration(i128::from(apart), relation.timed)
                )
            });
            let example = Example { note, ..Example::at(path) };
            let figures = [
                relation.reference_frames.into(),
                unrelated.common.into(),
                unrelated.first.0,
                unrelated.first.1,
            ];
            let several = Several { count: relation.frames, digest: Digest::of_figures(figures) };
            if found.add_many(several, example) {
                found.in_scene(relation.scene);
                common += unrelated.common;
                frames += relation.frames;
            }
        }
        let (sensors, reference) =
            (group.names(context), group::names(context, &[group.reference], false));
        let scenes = group.in_scenes(context);
        let numbered = unrelated.apart.is_none();
        if numbered {
            found.note(
                "one numbers its frames, the other stamps them: nothing tells which belong together but their order",
            );
        } else {
            found.note(
                "no unit, constant offset, drift or rate pairs more frames than chance would",
            );
        }
        if common > 0 {
            let (common, frames) = (text::number(common), text::count(frames, "frame"));
            found.note(format!("{common} of {frames} have a stamp that the reference has, too"));
        }
        let (subject, object) =
            if group.all_others { (reference, sensors) } else { (sensors, reference) };
        found.help(match numbered {
            true => format!("name the frames of {subject} by the stamps of {object}, if they were recorded in step"),
            false => format!("look whether {subject} holds the recording that {object} holds"),
        });
        let verb = if group.all_others { "shares" } else { group.verb("shares", "share") };
        let what = if common > 0 { "hardly a frame" } else { "not one frame" };
        found.say(format!("{subject} {verb} {what} with {object}{scenes}"));
    }
}

fn first_path(context: &Context<'_>, relation: &Relation) -> Option<Vec<u8>> {
    group::first_frame(context, relation.scene, relation.sensor).map(|(_, path)| path)
}
