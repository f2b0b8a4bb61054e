use crate::finding::{Context, Example, Sink};
use crate::layout::Sensor;
use crate::names::SensorKind;
use crate::platform::Effect;
use crate::text;

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

/// From this many sensors of one kind, they are said together: where all are misnamed alike, a finding each is noise.
const MANY: usize = 9;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for kind in SensorKind::ALL {
        let misnamed: Vec<&Sensor> = context
            .layout
            .sensors
            .iter()
            .filter(|sensor| sensor.kind == kind && sensor.expected_folder.is_some())
            .collect();
        let together = if misnamed.len() < MANY { 1 } else { misnamed.len() };
        for sensors in misnamed.chunks(together) {
            say(context, sink, kind, sensors);
        }
    }
}

fn say(context: &Context<'_>, sink: &mut Sink<'_>, kind: SensorKind, sensors: &[&Sensor]) {
    let mut missing = sink.gather(&SENSOR_PREFIX_MISSING);
    for sensor in sensors {
        let Some(expected) = &sensor.expected_folder else { continue };
        missing
            .add(Example::at(context.tree.path(sensor.folder)).expecting(format!("{expected}/")));
    }
    let (holds, prefix) = (format!("{}s", kind.frame_noun()), kind.prefix());
    if let [sensor] = sensors {
        let label = sensor.label();
        missing.about_sensor(&sensor.folder_name);
        missing.help(format!(
            "rename `{label}` to `{}`",
            sensor.expected_folder.as_deref().unwrap_or_default()
        ));
        missing.say(format!(
            "`{label}` holds {holds}, but a {}'s folder has to start with `{prefix}`",
            kind.noun()
        ));
    } else {
        missing.help("rename each as shown");
        let count = text::number(missing.count());
        missing.say(format!(
            "{count} top folders hold {holds}, but a {}'s folder has to start with `{prefix}`",
            kind.noun()
        ));
    }
}
