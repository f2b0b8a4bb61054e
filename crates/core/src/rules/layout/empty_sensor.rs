use super::files::{frames_or_deeper, labels, only, sum_below};
use super::suffix;
use crate::finding::{Context, Example, Sink};
use crate::layout::SensorId;
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
    let frames = sum_below(tree, frames_or_deeper);
    let (mut plain, mut in_place) = (Vec::new(), Vec::new());
    let mut counted = Counted::default();
    for (id, sensor) in layout.sensors().filter(|(_, sensor)| frames[sensor.folder.index()] == 0) {
        // What could not be read is not known to be empty.
        if context.unseen.is_within(sensor.folder) {
            continue;
        }
        // That its frames are packed is said with the files (L114, L115).
        if suffix::is_packed(tree, layout, id) {
            continue;
        }
        let mut is_replaced = false;
        let mut count = |folder: FolderId, places: Places| {
            for (what, name) in places.iter() {
                is_replaced = true;
                counted.add(folder, what, name);
            }
        };
        count(sensor.folder, Places::of_folders(tree.folder(sensor.folder)));
        for cell in layout.sensor_cells(id) {
            count(cell.folder, Places::of_files(tree.folder(cell.folder)));
        }
        let place = (id, Example::at(tree.path(sensor.folder)));
        if is_replaced { in_place.push(place) } else { plain.push(place) }
    }
    say(context, sink, plain, Counted::default());
    say(context, sink, in_place, counted);
    say_links(context, sink);
}

/// Says that sensors hold no frame, and what stands in the place of their frames.
fn say(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    places: Vec<(SensorId, Example)>,
    in_place: Counted,
) {
    let layout = context.layout;
    let mut empty = sink.gather(&EMPTY_SENSOR);
    let mut sensors = Vec::new();
    for (id, example) in places {
        empty.covers_sensor(id);
        if empty.add(example.noting("no frames")) {
            sensors.push(id);
        }
    }
    if let Some(sensor) = only(layout, &sensors) {
        empty.about_sensor(&sensor.folder_name);
    }
    empty.help("copy the frames, or delete the folder and its name in metadata.json");
    in_place.say(&mut empty, true);
    let verb = if sensors.len() == 1 { "holds" } else { "hold" };
    empty.say(format!("{} {verb} no frame at all", labels(layout, &sensors)));
}

/// Says which links stand at the top in the place of sensors.
fn say_links(context: &Context<'_>, sink: &mut Sink<'_>) {
    let top = context.tree.folder(FolderId::ROOT);
    // A folder of that name may be there, too, and not listed.
    if context.unseen.is_at_the_top() {
        return;
    }
    let places = Places::of_folders(top);
    let mut links: Vec<(InPlace, &[u8])> = places
        .iter()
        .filter(|(_, name)| {
            let name = String::from_utf8_lossy(name);
            sensor_name::split(&name).is_some_and(|(_, rest)| !rest.is_empty())
        })
        .collect();
    links.sort_unstable_by_key(|(_, name)| *name);
    let mut found = sink.gather(&EMPTY_SENSOR);
    let mut counted = Counted::default();
    for (what, name) in &links {
        counted.add(FolderId::ROOT, *what, name);
        found.add(Example::at(*name).noting(what.note()));
    }
    let count = found.count();
    counted.say(&mut found, true);
    let (sensors, verb) = (text::count(count, "sensor"), if count == 1 { "holds" } else { "hold" });
    found.say(match links.as_slice() {
        [(what, name)] => format!("`{}` is {}, and no folder", text::lossless(name), what.note()),
        _ => format!("what stands in the place of {sensors} is no folder, and {verb} no frame"),
    });
}
