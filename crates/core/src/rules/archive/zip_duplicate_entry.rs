use super::entries;
use crate::finding::{Context, Example, Sink, Statement};
use crate::platform::Effect;

declare_rule! {
    /// Several entries of the zip unpack to one file.
    ///
    /// Which of them is left depends on the reader: most take the last, some the first, some stop.
    /// It comes from adding to a zip instead of replacing it. Names count as they unpack: `a//b`
    /// and `./a/b` are `a/b`. The rest of the check goes by the first. A folder that is listed
    /// twice does no harm and is not reported.
    ///
    /// **Repair:** delete the zip and pack the tree again, instead of adding to the old one.
    ///
    /// ```tree bad
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd
    ///       1681532060161.pcd
    ///       1681532060061.pcd
    ///   metadata.json
    /// ```
    ///
    /// ```tree good
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd
    ///       1681532060161.pcd
    ///   metadata.json
    /// ```
    ZIP_DUPLICATE_ENTRY {
        code: "Z110",
        name: "zip-duplicate-entry",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T4"],
        scope: Archive,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive else { return };
    sink.emit(&ZIP_DUPLICATE_ENTRY, entries(&facts.repeated, Example::at), |kept| {
        let (files, verb) = (kept.counted("file"), kept.verb("stands", "stand"));
        Statement::new(format!("{files} {verb} in the zip more than once"))
            .help("delete the zip and pack the tree again, instead of adding to the old one")
    });
}
