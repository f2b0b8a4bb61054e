use crate::contract::Effect;
use crate::finding::Sink;
use crate::rules::{Context, archive};
use crate::text;

declare_rule! {
    /// One file name stands in the zip more than once.
    ///
    /// Which of the two is unpacked depends on the reader: most take the last, some the first, some stop. It comes from
    /// adding to a zip instead of replacing it. The rest of the check goes by the first. A folder that is listed twice does
    /// no harm and is not reported.
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
    if archive::add_tally(&mut finding, &facts.repeated, archive::plainly) {
        finding.help("delete the zip and pack the tree again, instead of adding to the old one");
        let message = match finding.count() {
            1 => "1 entry has a name that stood in the zip before".to_owned(),
            count => {
                format!("{} entries have names that stood in the zip before", text::number(count))
            }
        };
        finding.say(message);
    }
}
