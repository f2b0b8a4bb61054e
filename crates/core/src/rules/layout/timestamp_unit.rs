use std::borrow::Cow;

use super::files::{labels, only};
use crate::align::unit::Unit;
use crate::finding::{Context, Example, Kept, Part, Sink, Statement};
use crate::layout::{Cell, Layout};
use crate::names::SensorKind;
use crate::names::frame_name::{self, Naming};
use crate::names::frame_set::FrameSet;
use crate::platform::Effect;
use crate::repair::{Coordinate, Repair, StemMap};
use crate::tree::files::Files;
use crate::tree::{Folder, Tree};

declare_rule! {
    /// Timestamps in seconds, microseconds or nanoseconds in all sensors, where
    /// milliseconds are typical.
    ///
    /// The platform's page calls whole milliseconds typical and shows nothing else, without saying
    /// that another unit is refused. Where all sensors share one, frames fit each other all the
    /// same; what shows times or speeds may be off by a factor of 1,000. The unit is told by the
    /// numbers' magnitude and by how far apart the frames then are. Units that differ between
    /// sensors or scenes are A206, and decimal numbers are L117.
    ///
    /// **Repair:** rename the frames of all sensors to milliseconds, in the same way. Where two
    /// frames of a scene would then share a name, no names are proposed.
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
        judges: numbered_frames,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    // What is no plain number counts in no unit.
    let readings = &context.alignment.readings;
    if layout.cells().iter().any(|cell| readings.get(cell.folder).is_some()) {
        return;
    }
    let Some(unit) = common_unit(tree, layout).filter(|unit| *unit != Unit::Milliseconds) else {
        return;
    };
    let kind = |cell: Cell| layout.sensor(cell.sensor).kind;
    let cells = || layout.sensors().flat_map(|(id, _)| layout.sensor_cells(id));
    let collides =
        cells().any(|cell| share_a_millisecond(tree.folder(cell.folder), kind(cell), unit));
    let parts = cells().flat_map(|cell| {
        whole(tree.folder(cell.folder), kind(cell)).map(move |(naming, set)| {
            let files = Files::Numbered(*naming, Cow::Borrowed(set));
            let part = Part::files(tree, cell.folder, files).drawn(move |path, name| {
                let value = frame_name::parse(name).filter(|_| !collides);
                let value = value.and_then(|(value, _)| milliseconds(value, unit));
                let name = value.map(|value| format!("{value}.{}", naming.suffix()));
                let path_of = |name: String| tree.path_of(cell.folder, name.as_bytes());
                let expected = name.and_then(|name| String::from_utf8(path_of(name)).ok());
                Example { expected, ..Example::at(path) }
            });
            part.keyed(cell.sensor)
        })
    });
    sink.emit(&TIMESTAMP_UNIT, parts, |kept| {
        let sensors = kept.distinct_keys();
        let (frames, are) = (kept.counted("frame"), kept.verb("is", "are"));
        let of = match sensors.len() {
            several if several > 2 => format!("all {several} sensors"),
            _ => labels(layout, &sensors),
        };
        let noun = unit.noun();
        Statement::new(format!(
            "{frames} of {of} {are} named in {noun}, where milliseconds are typical"
        ))
        .about(only(layout, &sensors))
        .notes(
            collides.then_some("in whole milliseconds two frames of one scene would share a name"),
        )
        .help("rename the frames of all sensors to whole milliseconds, in the same way")
        .repair(to_milliseconds(unit, collides, kept))
    });
}

/// All stems in whole milliseconds, where each frame keeps one of its own.
fn to_milliseconds<K>(unit: Unit, collides: bool, kept: &Kept<'_, '_, K>) -> Repair {
    let repair = Repair::to_be_looked_at("the unit is told from the size of the numbers");
    let per_second = u64::try_from(unit.per_second()).unwrap_or_default();
    let map = match per_second {
        0 => return repair,
        1..1_000 => StemMap::Multiply(1_000 / per_second),
        _ => StemMap::Divide(per_second / 1_000),
    };
    repair.with(kept.all_set(&Coordinate::Stem(map)).into_iter().filter(|_| !collides))
}

/// The frames of a kind of sensor that whole numbers name.
fn whole(folder: &Folder, kind: SensorKind) -> impl Iterator<Item = (&Naming, &FrameSet)> {
    folder
        .frames()
        .iter()
        .filter(move |(naming, _)| naming.fraction_digits() == 0 && naming.media() == kind.media())
        .map(|(naming, set)| (naming, set))
}

/// The one unit of the frames of all sensors, decimals included.
fn common_unit(tree: &Tree, layout: &Layout) -> Option<Unit> {
    let mut common = None;
    for (id, sensor) in layout.sensors() {
        let (mut has_frames, mut has_unit) = (false, false);
        for cell in layout.sensor_cells(id) {
            for (naming, set) in tree.folder(cell.folder).frames_of(sensor.kind.media()) {
                has_frames = true;
                let Some(unit) = Unit::of_frames(&naming, set) else { continue };
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

/// Whether two frames of a folder have one time in whole milliseconds, and so would have one name.
fn share_a_millisecond(folder: &Folder, kind: SensorKind, unit: Unit) -> bool {
    let sets: Vec<_> = whole(folder, kind).collect();
    let has_twins = |set: &FrameSet| {
        let mut last = None;
        set.iter().any(|value| {
            let now = milliseconds(value, unit);
            std::mem::replace(&mut last, now) == now
        })
    };
    // Numbers with and without leading zeros are two ways of naming.
    let shares = |one: &FrameSet, other: &FrameSet| {
        let mut others = other.iter().filter_map(|value| milliseconds(value, unit)).peekable();
        one.iter().filter_map(|value| milliseconds(value, unit)).any(|value| {
            while others.next_if(|other| *other < value).is_some() {}
            others.peek() == Some(&value)
        })
    };
    sets.iter().any(|(_, set)| has_twins(set))
        || sets.iter().enumerate().any(|(at, (naming, set))| {
            let others = sets[at + 1..].iter();
            let mut others = others.filter(|(other, _)| other.suffix() == naming.suffix());
            others.any(|(_, other)| shares(set, other))
        })
}

fn milliseconds(value: i128, unit: Unit) -> Option<i128> {
    value.checked_mul(1_000).map(|value| value.div_euclid(unit.per_second()))
}
