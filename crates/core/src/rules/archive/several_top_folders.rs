use crate::archive::Root;
use crate::finding::{Context, Example, Sink};
use crate::platform::Effect;
use crate::rules::archive;
use crate::text;

declare_rule! {
    /// More than the one top folder stands at the zip's root.
    ///
    /// A zip has one top folder, and its name is the zip's. What systems leave beside it (`__MACOSX/`) is not counted here
    /// but reported as junk. What stands beside the folder that holds the sensors is not looked into any further.
    ///
    /// **Repair:** take out what does not belong to the dataset, or make one zip of each dataset.
    ///
    /// ```tree bad
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd
    ///   metadata.json
    /// notes.txt
    /// ```
    ///
    /// ```tree good
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd
    ///   metadata.json
    /// ```
    SEVERAL_TOP_FOLDERS {
        code: "Z106",
        name: "several-top-folders",
        effect: Effect::MISALIGNED,
        basis: Documented,
        facts: ["T11"],
        scope: Archive,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive else { return };
    if !facts.has_tree() {
        return;
    }
    match &facts.root {
        Root::Top(top) => {
            let top = text::lossless(top);
            let mut finding = sink.gather(&SEVERAL_TOP_FOLDERS);
            if archive::add_entries(&mut finding, &facts.beside, Example::at) {
                finding.help(format!("take out all that is not in `{top}`"));
                let others = text::count(finding.count(), "other");
                finding
                    .say(format!("beside the top folder `{top}` the zip has {others} at its root"));
            }
        }
        // Sensors at the root lack their top folder (Z105), and another layout at the root is said to be that.
        Root::Bare if context.has_several_tops() => {
            let stem = &facts.stem;
            let mut finding = sink.gather(&SEVERAL_TOP_FOLDERS);
            if archive::add_entries(&mut finding, &facts.tops, Example::at) {
                finding.help(format!(
                    "make one zip of each dataset, with one top folder, here `{stem}`"
                ));
                let count = text::number(finding.count());
                finding.say(format!(
                    "{count} folders and files stand at the zip's root, where one top folder should"
                ));
            }
        }
        Root::Bare => {}
    }
}
