use crate::contract::Effect;
use crate::finding::{Example, Sink};
use crate::layout::SensorKind;
use crate::rules::Context;

declare_rule! {
    /// A top folder holds a sensor's frames, but its name does not start with `lidar-` or `camera-`.
    ///
    /// The import tells sensors from anything else by these two prefixes alone, in lower case and with the hyphen; its
    /// documentation calls each of them necessary. `Lidar-top`, `lidar_top`, `cam-front` and `image_00` are therefore no
    /// sensors to it. Whether such a folder is a LiDAR's or a camera's is told here by what it holds, and failing that by
    /// its name; the name suggested is one that no other folder has.
    ///
    /// **Repair:** rename the folder as suggested, and let metadata.json name the sensor by what follows the prefix.
    ///
    /// ```tree bad
    /// Cam_left/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// camera-left/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// metadata.json
    /// ```
    SENSOR_PREFIX_MISSING {
        code: "L103",
        name: "sensor-prefix-missing",
        effect: Effect::MISALIGNED,
        basis: Documented,
        facts: ["T1", "T2"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    for sensor in &layout.sensors {
        let Some(expected) = &sensor.expected_folder else { continue };
        let label = sensor.label();
        let prefix = sensor.kind.prefix();
        let mut missing = sink.gather(&SENSOR_PREFIX_MISSING);
        missing.about_sensor(&sensor.folder_name);
        missing.add(Example::at(tree.path(sensor.folder)).expecting(format!("{expected}/")));
        missing.help(format!("rename the folder `{label}` to `{expected}`"));
        let holds = match sensor.kind {
            SensorKind::Lidar => "point clouds",
            SensorKind::Camera => "images",
        };
        missing.say(format!(
            "`{label}` holds {holds}, but the platform takes only a folder that starts with `{prefix}` for a {}'s",
            sensor.kind.noun()
        ));
    }
}
