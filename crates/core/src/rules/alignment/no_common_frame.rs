use super::group::{self, Group};
use crate::align::{Relation, duration};
use crate::finding::{Context, Example, Sink, Statement, figures};
use crate::multiset_hash::{MultisetHash, Occurrences};
use crate::platform::{Basis, Effect};
use crate::text;

declare_rule! {
    /// A sensor's frames have nothing to do with the reference's: no unit, offset, rate or
    /// jitter pairs them.
    ///
    /// Where a scene's sensors share not one timestamp there is no frame that the platform could
    /// build. This is said only when all else was tried: the stamps in other units, every constant
    /// offset, a drifting clock, another rate. Where some stamps are equal all the same, no more of
    /// them than chance would have it, the scene is at risk rather than the whole request.
    ///
    /// **Repair:** most often the folder holds another recording, or one sensor numbers
    /// its frames where the other stamps them; put the right frames there, or name them by
    /// the reference's stamps.
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
        let parts = group.parts(|relation| {
            let unrelated = relation.unrelated?;
            let (_, path) = group::first_frame(context, relation.scene, relation.sensor)?;
            let note = unrelated.apart.map(|apart| {
                let apart = duration(apart, relation.timed);
                format!("{apart} from the first of the reference")
            });
            let figures = [
                relation.reference_frames.into(),
                unrelated.common.into(),
                unrelated.first.0,
                unrelated.first.1,
            ];
            let several =
                Occurrences { count: relation.frames, hash: MultisetHash::from_ints(figures) };
            Some((several, Example { note, ..Example::at(path) }))
        });
        sink.emit(&NO_COMMON_FRAME, parts, |kept| statement(context, &group.kept(kept)));
    }
}

fn statement(context: &Context<'_>, group: &Group<'_>) -> Statement {
    let common = group.sum(|it| it.unrelated.map_or(0, |unrelated| unrelated.common));
    let frames = group.sum(|it| it.frames);
    let numbered =
        group.relations.iter().any(|it| it.unrelated.is_some_and(|it| it.apart.is_none()));
    let (sensors, reference) = (group.names(context), group.reference(context));
    let (subject, object) =
        if group.all_others { (reference, sensors) } else { (sensors, reference) };
    let verb = if group.all_others { "shares" } else { group.verb("shares", "share") };
    let what = if common > 0 { "hardly a frame" } else { "not one frame" };
    let scenes = group.in_scenes(context);
    let statement = Statement::new(format!("{subject} {verb} {what} with {object}{scenes}"))
        .about(group.subject(context))
        .figure(&figures::FRAMES_COMPARED, frames)
        .figure(&figures::STAMPS_IN_COMMON, common)
        .note(match numbered {
            true => "one numbers its frames, the other stamps them: nothing tells which belong together but their order",
            false => "no unit, constant offset, drift or rate pairs more frames than chance would",
        })
        .help(match numbered {
            true => format!("name the frames of {subject} by the stamps of {object}, if they were recorded in step"),
            false => format!("look whether {subject} holds the recording that {object} holds"),
        });
    if common == 0 {
        return statement;
    }
    let (common, frames) = (text::number(common), text::count(frames, "frame"));
    statement
        .note(format!("{common} of {frames} have a stamp that the reference has, too"))
        .effect(Effect::Scene, Basis::Implied)
}
