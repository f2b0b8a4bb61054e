use super::gather_remarked;
use crate::contract::Effect;
use crate::finding::Sink;
use crate::rules::Context;
use crate::text;
use crate::tree::Remark;

declare_rule! {
    /// What an interrupted transfer or an open editor left: `1681532060061.pcd.part`, `….tmp`, `….crdownload`, `…~`, `….swp`.
    ///
    /// A download or copy writes under such a name and renames the file when it is whole, so one that is still there says
    /// that a frame is missing or half there. Nothing is published about how the platform takes such a file; the scene
    /// that holds it is most likely not complete.
    ///
    /// **Repair:** run the transfer again until none is left, or delete the leftovers where the whole file stands beside
    /// them.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    ///     1681532060161.pcd.part
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    PARTIAL_FILE {
        code: "H103",
        name: "partial-file",
        effect: Effect::Scene,
        basis: Advice,
        facts: ["T5"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut partial = sink.gather(&PARTIAL_FILE);
    gather_remarked(context, &mut partial, |remark| remark == Remark::Partial, |_, _| {});
    partial.help(
        "run the transfer again until none is left, or delete what stands beside the whole file",
    );
    let count = text::count(partial.count(), "file");
    let verb = if partial.count() == 1 { "is" } else { "are" };
    partial.say(format!("{count} {verb} what an interrupted transfer or an open editor left"));
}
