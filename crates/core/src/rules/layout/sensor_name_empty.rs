use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::platform::Effect;

declare_rule! {
    /// A sensor folder that is named `lidar-` or `camera-` with nothing behind.
    ///
    /// What follows the prefix is the sensor's name, by which metadata.json lists it and by which
    /// its frames are told from those of other sensors. Without one the platform has nothing to
    /// look up. This often comes from a script whose variable for the name was empty.
    ///
    /// **Repair:** put the sensor's name behind the hyphen, as `lidarSequence` or
    /// `cameraSequence` has it.
    ///
    /// ```tree bad
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    /// lidar-/
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
    SENSOR_NAME_EMPTY {
        code: "L104",
        name: "sensor-name-empty",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T3"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    for (_, sensor) in layout.sensors().filter(|(_, sensor)| sensor.name.trim().is_empty()) {
        let place = Example::at(tree.path(sensor.folder)).noting("no name behind the prefix");
        sink.emit(&SENSOR_NAME_EMPTY, [Part::at(place)], |_| {
            let (label, noun) = (sensor.label(), sensor.kind.noun());
            Statement::new(format!("`{label}` has the prefix of a {noun} and no name behind it"))
                .about(Some(sensor))
                .help(format!("put the {noun}'s name behind the hyphen, as metadata.json has it"))
        });
    }
}
