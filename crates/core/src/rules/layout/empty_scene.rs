use super::files::{is_nameless, labels, only, possible_frames, sum_below};
use crate::contract::Effect;
use crate::finding::{Example, Sink};
use crate::rules::Context;
use crate::text;

declare_rule! {
    /// A scene's folder without a frame, in a sensor that has frames elsewhere.
    ///
    /// The tree announces the scene for that sensor and then has nothing for it, so the platform either builds the scene
    /// without the sensor or reports its data as failed. An object store cannot hold an empty folder, so there this is seen
    /// only where something else, as a log, stands in it.
    ///
    /// **Repair:** copy the scene's frames, or delete the scene in every sensor.
    ///
    /// ```tree bad
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    ///   scene_2/
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///   scene_2/
    ///     1681532070061.pcd
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    /// metadata.json
    /// ```
    EMPTY_SCENE {
        code: "L110",
        name: "empty-scene",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T10"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let frames = sum_below(tree, possible_frames);
    let mut sensors = Vec::new();
    let mut empty = sink.gather(&EMPTY_SCENE);
    for (id, sensor) in layout.sensors() {
        // A sensor without any frame in a scene is one fault (L109, L107), not one for each of its scenes.
        if frames[sensor.folder.index()] == possible_frames(tree.folder(sensor.folder)) {
            continue;
        }
        for cell in layout.sensor_cells(id) {
            if frames[cell.folder.index()] == 0
                && !is_nameless(tree.folder(cell.folder))
                // What could not be read is not known to be empty.
                && !context.unseen.is_within(cell.folder)
                && empty.add(Example::at(tree.path(cell.folder)).noting("no frames"))
            {
                empty.in_scene(cell.scene);
                if sensors.last() != Some(&id) {
                    sensors.push(id);
                }
            }
        }
    }
    if let Some(sensor) = only(layout, &sensors) {
        empty.about_sensor(&sensor.folder_name);
    }
    empty.help("copy the scene's frames, or delete the scene in every sensor");
    let count = text::count(empty.count(), "scene folder");
    let verb = if empty.count() == 1 { "holds" } else { "hold" };
    empty.say(format!("{count} of {} {verb} no frame", labels(layout, &sensors)));
}
