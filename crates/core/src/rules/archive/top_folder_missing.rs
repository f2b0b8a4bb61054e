use crate::archive::Root;
use crate::finding::{Context, Example, Sink};
use crate::platform::Effect;
use crate::rules::archive;

declare_rule! {
    /// The sensors stand at the zip's root, without a top folder around them.
    ///
    /// It comes from packing what is in the folder instead of the folder: by selecting all files and choosing "compress", or
    /// with `zip -r ../drive.zip *`. The page of July 2024 had it so; since August 2024 a zip has one top folder, named as
    /// the zip.
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive else { return };
    if facts.root != Root::Bare {
        return;
    }
    let stem = &facts.stem;
    let mut finding = sink.gather(&TOP_FOLDER_MISSING);
    let found = archive::add_entries(&mut finding, &facts.tops, |name| {
        let inside = format!("{stem}/{}", crate::text::lossless(&name));
        Example::at(name).expecting(inside)
    });
    if found {
        finding.help(format!("pack the folder from outside, as `zip -r {stem}.zip {stem}`"));
        finding
            .say(format!("the sensors stand at the zip's root and not in a top folder `{stem}`"));
    }
}
