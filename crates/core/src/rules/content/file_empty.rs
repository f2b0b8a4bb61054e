use super::ending;
use crate::finding::{Context, Example, Part, Sink, Statement, proof};
use crate::platform::{Basis, Effect};
use crate::tree::FileClass;
use crate::tree::files::Files;

declare_rule! {
    /// A frame of zero bytes: nothing can be read from it.
    ///
    /// The import takes a tree by its names, so an empty frame is noticed only when its scene is
    /// built. Most often a copy was interrupted, or the disk was full while recording.
    ///
    /// **Repair:** copy the frame again from its source, or delete it together with the frames of
    /// the other sensors at the same timestamp.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd (0 bytes)
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    FILE_EMPTY {
        code: "F101",
        name: "file-empty",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T5"],
        judges: scene_files,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    for (id, sensor) in layout.sensors() {
        let empty = || {
            layout
                .sensor_cells(id)
                .filter_map(|cell| Some((cell, tree.folder(cell.folder).remark(FileClass::Empty)?)))
        };
        if let Some(broken_off) = ending::broken_off(context, id) {
            if broken_off.is_among(empty()) {
                broken_off.emit(context, sink, &FILE_EMPTY, id);
            }
            continue;
        }
        let parts = empty().map(|(cell, names)| {
            Part::files(tree, cell.folder, Files::named(names))
                .in_scene(cell.scene)
                .drawn(|path, _| Example::at(path).noting("0 bytes"))
        });
        sink.emit(&FILE_EMPTY, parts, |kept| {
            let (count, verb) = (kept.counted("frame"), kept.verb("is", "are"));
            let label = sensor.label();
            let statement = Statement::new(format!("{count} of `{label}` {verb} empty (0 bytes)"))
                .about_sensor(&sensor.folder_name);
            let statement = match proof::has_arrived(context, id) {
                true => statement,
                false => statement.effect(Effect::MISALIGNED, Basis::Implied),
            };
            statement.help(
                "copy the frames again from their source, or delete them in every sensor of the scene",
            )
        });
    }
}
