use super::entries;
use crate::archive::Root;
use crate::finding::{Context, Example, Sink, Statement};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// The sensors stand at the zip's root, without a top folder around them.
    ///
    /// It comes from packing what is in the folder instead of the folder: by selecting all files
    /// and choosing "compress", or with `zip -r ../drive.zip *`. The page of July 2024 had it so;
    /// since August 2024 a zip has one top folder, named as the zip.
    ///
    /// **Repair:** pack the folder from outside: `zip -r drive.zip drive`.
    ///
    /// ```tree bad
    /// target: drive.zip
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    /// metadata.json
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
    TOP_FOLDER_MISSING {
        code: "Z105",
        name: "top-folder-missing",
        effect: Effect::MISALIGNED,
        basis: Documented,
        facts: ["T11"],
        judges: archive_tree,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive.filter(|facts| facts.root == Root::Bare) else { return };
    let stem = &facts.stem;
    let draw = |name: Vec<u8>| {
        let inside = format!("{stem}/{}", text::lossless(&name));
        Example::at(name).expecting(inside)
    };
    sink.emit(&TOP_FOLDER_MISSING, entries(&facts.tops, draw), |_| {
        let root = format!("the sensors stand at the zip's root and not in a top folder `{stem}`");
        Statement::new(root)
            .help(format!("pack the folder from outside, as `zip -r {stem}.zip {stem}`"))
    });
}
