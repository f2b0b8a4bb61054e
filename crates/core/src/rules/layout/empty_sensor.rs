use super::files::{frames_or_deeper, labels, only, sum_below};
use super::suffix;
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::SensorId;
use crate::names::name_set::NameSet;
use crate::names::sensor_name;
use crate::platform::Effect;
use crate::rules::in_place::{Counted, InPlace, Places};
use crate::text;
use crate::tree::FolderId;

declare_rule! {
    /// A sensor's folder without a single frame.
    ///
    /// Every sensor is expected to hold the same scenes as the others. One that holds nothing announces a LiDAR or camera for
    /// which the platform then finds no data in any scene. Often the sensor was not mounted on that day, or its part of the
    /// upload has not run.
    ///
    /// **Repair:** copy the sensor's frames. Where it recorded none, leave out its folder, and its name in metadata.json.
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
    let frames = sum_below(tree, frames_or_deeper);
    let (mut plain, mut replaced) = (Vec::new(), Vec::new());
    for (id, sensor) in layout.sensors().filter(|(_, sensor)| frames[sensor.folder.index()] == 0) {
        // What could not be read is not known to be empty; that frames are packed is said with the files (L114, L115).
        if context.unseen.is_within(sensor.folder) || suffix::is_packed(tree, layout, id) {
            continue;
        }
        let links = Places::of_folders(tree.folder(sensor.folder));
        let files =
            layout.sensor_cells(id).map(|it| (it.folder, Places::of_files(tree.folder(it.folder))));
        let mut part = Part::at(Example::at(tree.path(sensor.folder)).noting("no frames"));
        let mut kinds: Vec<InPlace> = Vec::new();
        for (folder, places) in std::iter::once((sensor.folder, links)).chain(files) {
            part = places.named_by(part, folder);
            kinds.extend(places.kinds());
        }
        let parts = if kinds.is_empty() { &mut plain } else { &mut replaced };
        parts.push(part.names_sensor(id).keyed((id, kinds)));
    }
    for parts in [plain, replaced] {
        sink.emit(&EMPTY_SENSOR, parts, |kept| {
            let sensors: Vec<SensorId> = kept.keys().map(|(id, _)| *id).collect();
            let in_place: Counted = kept.keys().flat_map(|(_, kinds)| kinds).copied().collect();
            let (of, hold) = (labels(layout, &sensors), kept.verb("holds", "hold"));
            let statement = Statement::new(format!("{of} {hold} no frame at all"))
                .about(only(layout, &sensors))
                .help("copy the frames; where the sensor recorded none, leave out its folder, and its name in metadata.json");
            in_place.say(statement, true)
        });
    }
    say_links(context, sink);
}

/// Says which links stand at the top in the place of sensors.
fn say_links(context: &Context<'_>, sink: &mut Sink<'_>) {
    // A folder of that name may be there, too, and not listed.
    if context.unseen.is_at_the_top() {
        return;
    }
    let places = Places::of_folders(context.tree.folder(FolderId::ROOT));
    let is_sensor = |name: &[u8]| {
        let name = String::from_utf8_lossy(name);
        sensor_name::split(&name).is_some_and(|(_, rest)| !rest.is_empty())
    };
    let mut links = places.sorted();
    links.retain(|(_, name)| is_sensor(name));
    let names = NameSet::from_names(links.iter().map(|(_, name)| name));
    let named = Part::nothing().in_place(FolderId::ROOT, names).keyed(None);
    let parts = links.iter().map(|(what, name)| {
        Part::at(Example::at(*name).noting(what.note())).keyed(Some((*what, *name)))
    });
    sink.emit(&EMPTY_SENSOR, parts.chain([named]), |kept| {
        let links: Vec<(InPlace, &[u8])> = kept.keys().copied().flatten().collect();
        let in_place: Counted = links.iter().map(|(what, _)| *what).collect();
        let (sensors, hold) = (kept.counted("sensor"), kept.verb("holds", "hold"));
        let message = match links.as_slice() {
            [(what, name)] => {
                format!("`{}` is {}, and no folder", text::lossless(name), what.note())
            }
            _ => format!("what stands in the place of {sensors} is no folder, and {hold} no frame"),
        };
        in_place.say(Statement::new(message), true)
    });
}
