use super::entries;
use crate::archive::Root;
use crate::finding::{Context, Example, Sink, Statement};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// More than the one top folder stands at the zip's root.
    ///
    /// A zip has one top folder, and its name is the zip's. What systems leave beside it
    /// (`__MACOSX/`) is not counted here but reported as junk. What stands beside the folder that
    /// holds the sensors is not looked into any further.
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
        judges: archive_tree,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive.filter(|facts| facts.has_tree()) else { return };
    match &facts.root {
        Root::Top(top) => {
            let top = text::lossless(top);
            sink.emit(&SEVERAL_TOP_FOLDERS, entries(&facts.beside, Example::at), |kept| {
                let others = kept.counted("other");
                Statement::new(format!(
                    "beside the top folder `{top}` the zip has {others} at its root"
                ))
                .help(format!("take out all that is not in `{top}`"))
            });
        }
        // Sensors at the root lack their top folder (Z105), and another layout at the root is said
        // to be that.
        Root::Bare if context.has_several_tops() => {
            let stem = &facts.stem;
            sink.emit(&SEVERAL_TOP_FOLDERS, entries(&facts.tops, Example::at), |kept| {
                let count = text::number(kept.count());
                Statement::new(format!(
                    "{count} folders and files stand at the zip's root, where one top folder should"
                ))
                .help(format!("make one zip of each dataset, with one top folder, here `{stem}`"))
            });
        }
        Root::Bare => {}
    }
}
