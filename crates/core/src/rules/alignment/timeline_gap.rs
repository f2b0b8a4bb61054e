use super::group;
use crate::align::duration;
use crate::finding::{Context, Example, Sink};
use crate::layout::SceneId;
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// All sensors of a scene lack the same stretch of time.
    ///
    /// The frames come at a steady rate, then for a second or more, five steps at least, there is none in any sensor. The
    /// frames that are there belong together, so nothing is at risk; but whoever labels moving objects sees them jump, and
    /// often the recording was in truth two.
    ///
    /// **Repair:** split the scene at the gap, or copy the missing stretch from the recording.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x10 +100
    ///     1681532085961.pcd x10 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x10 +100
    ///     1681532085961.jpg x10 +100
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x20 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x20 +100
    /// metadata.json
    /// ```
    TIMELINE_GAP {
        code: "A208",
        name: "timeline-gap",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["T6"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut found = sink.gather(&TIMELINE_GAP);
    let mut scenes: Vec<SceneId> = Vec::new();
    let mut longest = 0;
    for gap in context.alignment.gaps() {
        let Some(path) = group::path_of(context, gap.scene, gap.reference, gap.between.1) else {
            continue;
        };
        let length = duration(i128::from(gap.length_ns), true);
        let note = format!(
            "{length} behind the frame before, where {} are usual",
            duration(i128::from(gap.step_ns), true)
        );
        if found.add(Example::at(path).noting(note)) {
            found.in_scene(gap.scene);
            scenes.push(gap.scene);
            longest = longest.max(gap.length_ns);
        }
    }
    scenes.dedup();
    found.help("split the scenes at their gaps, or copy the missing stretches from the recording");
    let gaps = text::count(found.count(), "gap");
    let scenes = group::in_scenes(context, &scenes, context.layout.scenes.len() as u64);
    let size = if found.count() == 1 { "of" } else { "of up to" };
    let length = duration(i128::from(longest), true);
    found.say(format!(
        "no sensor has a frame in {gaps} {size} {length} in an otherwise steady recording{scenes}"
    ));
}
