use crate::finding::{Context, Example, Sink};
use crate::platform::Effect;
use crate::rules::archive;
use crate::text;

declare_rule! {
    /// Several entries of the zip unpack to one file.
    ///
    /// Which of them is left depends on the reader: most take the last, some the first, some stop. It comes from adding to a
    /// zip instead of replacing it. Names count as they unpack: `a//b` and `./a/b` are `a/b`. The rest of the check goes by
    /// the first. A folder that is listed twice does no harm and is not reported.
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
    let mut finding = sink.gather(&ZIP_DUPLICATE_ENTRY);
    if archive::add_entries(&mut finding, &facts.repeated, Example::at) {
        finding.help("delete the zip and pack the tree again, instead of adding to the old one");
        let message = match finding.count() {
            1 => "1 file stands in the zip more than once".to_owned(),
            count => format!("{} files stand in the zip more than once", text::number(count)),
        };
        finding.say(message);
    }
}
