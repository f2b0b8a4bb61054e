use super::files::{content, labels, only, sum_below};
use crate::contract::Effect;
use crate::finding::{Example, Sink};
use crate::rules::Context;

declare_rule! {
    /// A sensor's folder without a single frame.
    ///
    /// Every sensor is expected to hold the same scenes as the others. One that holds nothing announces a LiDAR or camera for
    /// which the platform then finds no data in any scene. Often the sensor was not mounted on that day, or its part of the
    /// upload has not run.
    ///
    /// **Repair:** copy the sensor's frames, or delete its folder and its name in metadata.json.
    ///
    /// ```tree bad
    /// camera-front/
    ///   scene_1/
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
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
    EMPTY_SENSOR {
        code: "L109",
        name: "empty-sensor",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T10"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let content = sum_below(tree, content);
    let mut sensors = Vec::new();
    let mut empty = sink.gather(&EMPTY_SENSOR);
    for (id, sensor) in layout.sensors().filter(|(_, sensor)| content[sensor.folder.index()] == 0) {
        // What could not be read is not known to be empty.
        if !context.unseen.is_within(sensor.folder)
            && empty.add(Example::at(tree.path(sensor.folder)).noting("no frames"))
        {
            sensors.push(id);
        }
    }
    if let Some(sensor) = only(layout, &sensors) {
        empty.about_sensor(&sensor.folder_name);
    }
    empty.help("copy the frames, or delete the folder and its name in metadata.json");
    let verb = if sensors.len() == 1 { "holds" } else { "hold" };
    empty.say(format!("{} {verb} no frame at all", labels(layout, &sensors)));
}
