use std::borrow::Cow;

use super::files::labels;
use crate::align::unit::Unit;
use crate::finding::{Context, Example, Sink};
use crate::layout::{Cell, Layout, SensorId};
use crate::names::frame_name::{self, Naming};
use crate::names::frame_set::FrameSet;
use crate::names::{Media, SensorKind};
use crate::platform::Effect;
use crate::text;
use crate::tree::files::Files;
use crate::tree::{Folder, Tree};

declare_rule! {
    /// Timestamps in seconds, microseconds or nanoseconds in all sensors, where milliseconds are typical.
    ///
    /// The platform's page calls whole milliseconds typical and shows nothing else, without saying that another unit is
    /// refused. Where all sensors share one, frames fit each other all the same; what shows times or speeds may be off by a
    /// factor of 1,000. The unit is told by the numbers' magnitude and by how far apart the frames then are. Units that
    /// differ between sensors or scenes are A206, and decimal numbers are L117.
    ///
    /// **Repair:** rename the frames of all sensors to milliseconds, in the same way. Where two frames of a scene would then
    /// share a name, no names are proposed.
    ///
    /// ```tree bad
    /// camera-front/
    ///   scene_1/
    ///     1681532060061000.jpg x3 +100000
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061000.pcd x3 +100000
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// metadata.json
    /// ```
    TIMESTAMP_UNIT {
        code: "L118",
        name: "timestamp-unit",
        effect: Effect::Advice,
        basis: Documented,
        facts: ["T6"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let Some(unit) = common_unit(tree, layout).filter(|unit| *unit != Unit::Milliseconds) else {
        return;
    };
    let mut sensors: Vec<SensorId> = Vec::new();
    let mut cells: Vec<(SensorId, Cell)> = Vec::new();
    for (id, _) in layout.sensors() {
        cells.extend(layout.sensor_cells(id).map(|cell| (id, cell)));
    }
    let kind = |id: SensorId| layout.sensor(id).kind;
    let collides = cells
        .iter()
        .any(|(id, cell)| share_a_millisecond(tree.folder(cell.folder), kind(*id), unit));
    let mut found = sink.gather(&TIMESTAMP_UNIT);
    for (id, cell) in cells {
        for (naming, set) in whole(tree.folder(cell.folder), kind(id)) {
            let files = Files::Numbered(*naming, Cow::Borrowed(set));
            let left = found.add_files(tree, cell.folder, files, |path, name| {
                let example = Example::at(path);
                let value =
                    frame_name::parse(name).and_then(|(value, _)| milliseconds(value, unit));
                match value.filter(|_| !collides) {
                    Some(value) => {
                        expecting(tree, cell, example, &format!("{value}.{}", naming.suffix()))
                    }
                    None => example,
                }
            });
            if left > 0 && sensors.last() != Some(&id) {
                sensors.push(id);
            }
        }
    }
    if let Some(sensor) = super::files::only(layout, &sensors) {
        found.about_sensor(&sensor.folder_name);
    }
    if collides {
        found.note("in whole milliseconds two frames of one scene would share a name");
    }
    found.help("rename the frames of all sensors to whole milliseconds, in the same way");
    let count = text::count(found.count(), "frame");
    let verb = if found.count() == 1 { "is" } else { "are" };
    let of = match sensors.len() {
        several if several > 2 => format!("all {several} sensors"),
        _ => labels(layout, &sensors),
    };
    found.say(format!(
        "{count} of {of} {verb} named in {}, where milliseconds are typical",
        unit.noun()
    ));
}

/// The frames of a kind of sensor that whole numbers name.
fn whole(folder: &Folder, kind: SensorKind) -> impl Iterator<Item = (&Naming, &FrameSet)> {
    folder
        .frames()
        .iter()
        .filter(move |(naming, _)| {
            naming.fraction_digits() == 0 && Media::of_suffix(naming.suffix()) == kind.media()
        })
        .map(|(naming, set)| (naming, set))
}

/// The one unit of the frames of all sensors, decimals included.
fn common_unit(tree: &Tree, layout: &Layout) -> Option<Unit> {
    let mut common = None;
    for (id, sensor) in layout.sensors() {
        let (mut has_frames, mut has_unit) = (false, false);
        for cell in layout.sensor_cells(id) {
            let frames = tree.folder(cell.folder).frames().iter();
            for (naming, set) in frames
                .filter(|(naming, _)| Media::of_suffix(naming.suffix()) == sensor.kind.media())
            {
                has_frames = true;
                let Some(unit) = Unit::of_frames(naming, set) else { continue };
                has_unit = true;
                if *common.get_or_insert(unit) != unit {
                    return None;
                }
            }
        }
        if has_frames && !has_unit {
            return None;
        }
    }
    common
}

/// Whether two frames of a folder have one time in whole milliseconds.
fn share_a_millisecond(folder: &Folder, kind: SensorKind, unit: Unit) -> bool {
    whole(folder, kind).any(|(_, set)| {
        let mut last = None;
        set.iter().any(|value| {
            let now = milliseconds(value, unit);
            std::mem::replace(&mut last, now) == now
        })
    })
}

fn milliseconds(value: i128, unit: Unit) -> Option<i128> {
    value.checked_mul(1_000).map(|value| value.div_euclid(unit.per_second()))
}

fn expecting(tree: &Tree, cell: Cell, example: Example, name: &str) -> Example {
    match String::from_utf8(tree.path_of(cell.folder, name.as_bytes())) {
        Ok(path) => example.expecting(path),
        Err(_) => example,
    }
}
