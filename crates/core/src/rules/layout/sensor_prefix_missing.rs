use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::Sensor;
use crate::names::{SensorKind, look_alikes};
use crate::platform::Effect;
use crate::repair::{Coordinate, FileSet, Operation, Repair};

declare_rule! {
    /// A top folder holds a sensor's frames, but its name does not start with `lidar-` or
    /// `camera-`.
    ///
    /// The import tells sensors from anything else by these two prefixes alone, in lower case and
    /// with the hyphen; its documentation calls each of them necessary. `Lidar-top`, `lidar_top`,
    /// `cam-front` and `image_00` are therefore no sensors to it. Whether such a folder is a
    /// LiDAR's or a camera's is told here by what it holds, and failing that by its name; the name
    /// suggested is one that no other folder has.
    ///
    /// **Repair:** rename the folder as suggested, and let metadata.json name the sensor by what
    /// follows the prefix.
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

/// From this many sensors of one kind, they are said together: where all are misnamed alike, a
/// finding each is noise.
const MANY: usize = 9;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for kind in SensorKind::ALL {
        let sensors = context.layout.sensors.iter().filter(|sensor| {
            // That single characters are others is said as that (L121).
            sensor.kind == kind && !sensor.is_misspelt_by_characters()
        });
        let misnamed: Vec<(&Sensor, &str)> =
            sensors.filter_map(|it| Some((it, it.expected_folder.as_deref()?))).collect();
        let together = if misnamed.len() < MANY { 1 } else { misnamed.len() };
        for sensors in misnamed.chunks(together) {
            say(context, sink, kind, sensors);
        }
    }
}

fn say(context: &Context<'_>, sink: &mut Sink<'_>, kind: SensorKind, sensors: &[(&Sensor, &str)]) {
    let parts = sensors.iter().map(|(sensor, expected)| {
        let example = Example::at(context.tree.path(sensor.folder));
        Part::at(example.expecting(format!("{expected}/"))).keyed((*sensor, *expected))
    });
    sink.emit(&SENSOR_PREFIX_MISSING, parts, |kept| {
        let but = format!("but a {}'s folder has to start with `{}`", kind.noun(), kind.prefix());
        let holds = format!("{}s", kind.frame_noun());
        let renames = kept.keys().map(|(sensor, expected)| Operation::Set {
            files: FileSet::Folder(sensor.folder),
            coordinate: Coordinate::Sensor(expected.as_bytes().to_vec()),
        });
        let repair = Repair::safe(format!("it holds {holds} and nothing else")).with(renames);
        let statement = match kept.keys().collect::<Vec<_>>().as_slice() {
            [(sensor, expected)] => {
                let label = sensor.label();
                let odd = look_alikes::odd_characters(&sensor.folder_name);
                let characters = (!odd.is_empty()).then(|| {
                    let visible = look_alikes::visible(&sensor.folder_name);
                    format!("the name has {}: `{visible}`", look_alikes::list(&odd))
                });
                Statement::new(format!("`{label}` holds {holds}, {but}"))
                    .about(Some(sensor))
                    .notes(characters)
                    .help(format!("rename `{label}` to `{expected}`"))
            }
            _ => {
                let folders = kept.counted("top folder");
                Statement::new(format!("{folders} hold {holds}, {but}"))
                    .help("rename each as shown")
            }
        };
        statement.repair(repair)
    });
}
