use super::files::{is_nameless, sum_below};
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::contents::Contents;
use crate::layout::misplaced::deeper;
use crate::names::METADATA;
use crate::platform::Effect;
use crate::text;
use crate::tree::{Folder, FolderId};

declare_rule! {
    /// A top folder that is no sensor's: labels, calibration, documents.
    ///
    /// Each top folder is one LiDAR or one camera on the platform's page, and nothing tells it what
    /// else a folder could be. A folder that holds frames and lacks the prefix is L103 instead.
    ///
    /// **Repair:** keep such folders outside the one that is uploaded. What calibration they hold
    /// belongs into metadata.json.
    ///
    /// ```tree bad
    /// labels/
    ///   scene_1/
    ///     boxes.json
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    /// metadata.json
    /// ```
    STRAY_FOLDER {
        code: "L106",
        name: "stray-folder",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T1", "T2", "T9"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let strays = layout.strays.iter().copied().filter(|id| !is_nameless(tree.folder(*id)));
    // What could not be read may hold frames.
    let strays: Vec<_> = strays.filter(|id| !context.unseen.is_within(*id)).collect();
    if strays.is_empty() {
        return;
    }
    let files = sum_below(tree, Folder::files);
    // A folder that holds nothing but the metadata.json that is wanting at the top goes
    // with it (L102).
    let for_metadata = deeper(tree);
    let is_for_metadata = |id: FolderId| {
        files[id.index()] == 1
            && for_metadata.iter().any(|path| path.starts_with(&tree.path(id)))
            && !tree.folder(FolderId::ROOT).has_landmark(METADATA)
    };
    let parts = strays.into_iter().filter(|id| !is_for_metadata(*id)).map(|id| {
        let note = match files[id.index()] {
            0 => "empty".to_owned(),
            count => match Contents::within_reach(tree, id) {
                held if held.frames() == 0 => {
                    format!("{}, no frames", text::count(count, "file"))
                }
                held if held.images == 0 => text::count(held.point_clouds, "point cloud"),
                held if held.point_clouds == 0 => text::count(held.images, "image"),
                held => format!(
                    "{} and {}",
                    text::count(held.point_clouds, "point cloud"),
                    text::count(held.images, "image")
                ),
            },
        };
        Part::at(Example::at(tree.path(id)).noting(note)).keyed(id)
    });
    sink.emit(&STRAY_FOLDER, parts, |kept| {
        let name = |id: &FolderId| format!("`{}`", text::lossless(tree.folder(*id).name()));
        let list = text::list(&kept.keys().map(name).collect::<Vec<_>>(), 4);
        let verb = kept.verb("stands", "stand");
        let nouns = kept.verb("is no sensor", "are no sensors");
        Statement::new(format!(
            "{list} {verb} where the platform takes each folder for a sensor, and {nouns}"
        ))
        .help("keep what is no part of the dataset outside the folder that is uploaded")
    });
}
