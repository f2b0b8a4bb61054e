use std::collections::BTreeSet;

use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{LayoutKind, LevelOrder, Move, OtherLayout, Transposed};
use crate::names::dataset_path;
use crate::platform::Effect;
use crate::repair::Repair;
use crate::text;
use crate::tree::{FolderId, Target, Tree};

declare_rule! {
    /// The folders stand in another order than sensor, scene, frame: most often each scene
    /// holds its sensors.
    ///
    /// The import takes one layout, `fileTreeType` 0: sensors at the top, below them the
    /// scenes, below those the frames. A tree of scenes that hold sensors (the type 1 of
    /// older drafts) is documented as not accepted, and a tree that first parts LiDARs from
    /// cameras (`lidar/top/scene_1/`) has a level too many. As all else in such a tree would
    /// be found at fault for the same reason, only this is said, with the place where each
    /// folder of frames belongs.
    ///
    /// **Repair:** move every folder of frames to `<sensor>/<scene>/`, as shown.
    ///
    /// ```tree bad
    /// scene_1/
    ///   camera-front/
    ///     1681532060061.jpg x3 +100
    ///   lidar-top/
    ///     1681532060061.pcd x3 +100
    /// scene_2/
    ///   camera-front/
    ///     1681532070061.jpg x3 +100
    ///   lidar-top/
    ///     1681532070061.pcd x3 +100
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
    ///   scene_2/
    ///     1681532070061.jpg x3 +100
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    ///   scene_2/
    ///     1681532070061.pcd x3 +100
    /// metadata.json
    /// ```
    SCENE_ORIENTED_TREE {
        code: "L111",
        name: "scene-oriented-tree",
        effect: Effect::MISALIGNED,
        basis: Documented,
        facts: ["Q2"],
        scope: AnyTree,
        judges: listing,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, target, .. } = context;
    let LayoutKind::Other(OtherLayout::Transposed(transposed)) = &layout.reading else { return };
    let parts = transposed.moves.iter().map(|found| {
        let example = Example::at(tree.path(found.folder));
        let to = destination(tree, target, transposed, found);
        Part::at(Example { expected: to.clone(), ..example }).keyed((found, to))
    });
    sink.emit(&SCENE_ORIENTED_TREE, parts, |kept| {
        let scenes: BTreeSet<FolderId> = kept.keys().map(|(found, _)| found.scene).collect();
        let sensors: BTreeSet<_> = kept.keys().map(|(found, _)| found.sensor).collect();
        let scenes = scenes.len() as u64;
        let sensors = text::count(sensors.len() as u64, "sensor");
        let is_unnamed = kept.keys().any(|(found, _)| found.scene == FolderId::ROOT);
        let statement = Statement::new(match transposed.order {
            LevelOrder::SceneFirst => format!(
                "the tree is scene oriented: {} {} the folders of {sensors}, where each sensor has to hold its scenes",
                text::count(scenes, "scene"),
                if scenes == 1 { "holds" } else { "hold" },
            ),
            LevelOrder::KindFirst => format!(
                "LiDARs and cameras have a folder each, but {sensors} have to stand at the top, as `lidar-…` and `camera-…`"
            ),
        })
        .notes(is_unnamed.then_some(
            "no folder is named for a scene, so the target's own name stands for it",
        ));
        let statement = statement.repair_as_shown(Repair::to_be_looked_at(
            "the folders' names say which are sensors and which are scenes",
        ));
        match kept.keys().find_map(|(found, to)| Some((found, to.as_ref()?))) {
            Some((found, to)) => statement.help(format!(
                "move every folder of frames to `<sensor>/<scene>/`: `{}` becomes `{to}`",
                text::lossless(&tree.path(found.folder))
            )),
            None => statement,
        }
    });
}

/// Where a folder of frames belongs; none where its scene's name cannot stay.
fn destination(
    tree: &Tree,
    target: &Target,
    transposed: &Transposed,
    found: &Move,
) -> Option<String> {
    let sensor = transposed.sensors.get(usize::try_from(found.sensor).ok()?)?;
    let scene = match (found.scene, transposed.order) {
        (FolderId::ROOT, _) => target.segments.last().cloned().unwrap_or_default(),
        // Scenes of two batches may have one name, so the batch's becomes part of it.
        (scene, LevelOrder::SceneFirst) => {
            text::lossless(&tree.path(scene)).trim_end_matches('/').replace('/', "_")
        }
        (scene, LevelOrder::KindFirst) => text::lossless(tree.folder(scene).name()).into_owned(),
    };
    let path = format!("{sensor}/{scene}/");
    dataset_path::is_valid(path.as_bytes()).then_some(path)
}
