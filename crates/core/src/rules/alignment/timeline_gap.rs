use super::group;
use crate::align::duration;
use crate::finding::{Context, Example, Part, Sink, Statement, figures};
use crate::platform::Effect;

declare_rule! {
    /// All sensors of a scene lack the same stretch of time.
    ///
    /// The frames come at a steady rate, then for a second or more, five steps at least, there is
    /// none in any sensor. The frames that are there belong together, so nothing is at risk; but
    /// whoever labels moving objects sees them jump, and often the recording was in truth two.
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
        judges: steady_frames,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let length = |length_ns: u64| duration(i128::from(length_ns), true);
    let parts = context.alignment.gaps().iter().filter_map(|gap| {
        let path = group::path_of(context, gap.scene, gap.reference, gap.between.1)?;
        let (long, usual) = (length(gap.length_ns), length(gap.step_ns));
        let note = format!("{long} behind the frame before, where {usual} are usual");
        Some(Part::at(Example::at(path).noting(note)).in_scene(gap.scene).keyed(gap.length_ns))
    });
    sink.emit(&TIMELINE_GAP, parts, |kept| {
        let longest = kept.keys().copied().max().unwrap_or_default();
        let of = context.layout.scenes.len() as u64;
        let scenes = group::in_scenes(context, &kept.scenes(), of);
        let (gaps, size) = (kept.counted("gap"), kept.verb("of", "of up to"));
        let length = length(longest);
        Statement::new(format!(
            "no sensor has a frame in {gaps} {size} {length} in an otherwise steady recording{scenes}"
        ))
        .figure(&figures::GAP_LENGTH, longest)
        .help("split the scenes at their gaps, or copy the missing stretches from the recording")
    });
}
