use super::ending;
use crate::finding::{Context, Example, Sink, proof};
use crate::platform::{Basis, Effect};
use crate::text;
use crate::tree::Remark;
use crate::tree::files::Files;

declare_rule! {
    /// A frame of zero bytes: nothing can be read from it.
    ///
    /// The import takes a tree by its names, so an empty frame is noticed only when its scene is built. Most often a copy
    /// was interrupted, or the disk was full while recording.
    ///
    /// **Repair:** copy the frame again from its source, or delete it together with the frames of the other sensors at the
    /// same timestamp.
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    for (id, sensor) in layout.sensors() {
        let mut empty = sink.gather(&FILE_EMPTY);
        empty.about_sensor(&sensor.folder_name);
        if !proof::has_arrived(context, id) {
            empty.effect(Effect::MISALIGNED, Basis::Implied);
        }
        for cell in layout.sensor_cells(id) {
            let Some(names) = tree.folder(cell.folder).remark(Remark::Empty) else { continue };
            let files = Files::named(names);
            let left = empty
                .add_files(tree, cell.folder, files, |path, _| Example::at(path).noting("0 bytes"));
            if left > 0 {
                empty.in_scene(cell.scene);
            }
        }
        let names = layout
            .sensor_cells(id)
            .filter_map(|cell| Some((cell, tree.folder(cell.folder).remark(Remark::Empty)?)));
        match ending::broken_off(context, id) {
            Some(broken_off) => broken_off.say(&mut empty, names),
            None => {
                empty.help("copy the frames again from their source, or delete them in every sensor of the scene");
            }
        }
        let count = text::count(empty.count(), "frame");
        let verb = if empty.count() == 1 { "is" } else { "are" };
        empty.say(format!("{count} of `{}` {verb} empty (0 bytes)", sensor.label()));
    }
}
