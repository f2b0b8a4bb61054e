use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use hashbrown::HashMap;

use super::files::{labels, only};
use crate::align::reading::{FolderReading, Reading, Zone};
use crate::align::unit::Unit;
use crate::finding::{Context, Example, Kept, Part, Sink, Statement, proof};
use crate::layout::{Cell, SensorId};
use crate::names::frame_name::{self, Naming};
use crate::names::frame_set::FrameSet;
use crate::names::name_set::NameSet;
use crate::names::{self, SensorKind};
use crate::platform::{Basis, Effect};
use crate::repair::Repair;
use crate::text::{self, zone};
use crate::tree::files::Files;
use crate::tree::{Folder, Tree};

declare_rule! {
    /// A frame that is not named by a whole number, or by one that only counts.
    ///
    /// A frame's stem is the time at which it was taken, on the platform's page typically a whole
    /// number of milliseconds. Frames of different sensors are put together by it. A text or a
    /// decimal number is nothing that the page knows, and a scene's frames cannot be put in order
    /// by it for sure.
    ///
    /// Frames that are merely numbered (`000001`, `000002`, …) do have whole numbers, and they fit
    /// each other where all sensors count alike. So they are advice: what depends on real time
    /// (speed, interpolation, matching by nearest time) is lost.
    ///
    /// **Repair:** name each frame by its sampling time in whole milliseconds, the same in every
    /// sensor of the scene. Where the old name has the time in it, that is shown.
    ///
    /// ```tree bad
    /// camera-front/
    ///   scene_1/
    ///     CAM_FRONT__1532402927612.jpg
    ///     CAM_FRONT__1532402927712.jpg
    /// metadata.json
    /// ```
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     000000.pcd
    ///     000001.pcd
    ///     000002.pcd
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// camera-front/
    ///   scene_1/
    ///     1532402927612.jpg
    ///     1532402927712.jpg
    /// metadata.json
    /// ```
    STEM_NOT_TIMESTAMP {
        code: "L117",
        name: "stem-not-timestamp",
        effect: Effect::MISALIGNED,
        basis: Documented,
        facts: ["T6"],
        judges: frames,
    }
}

/// What a frame is named by instead of a whole number of milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stem {
    Text,
    Decimal,
    Date,
    Index,
}

/// What is known of one folder.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    sensor: SensorId,
    /// Whether two frames would share a name.
    is_too_dense: bool,
    /// How its names are read: one way, several between which nothing decides, or none.
    readings: Vec<Reading>,
    /// A name as an example of that.
    shown: String,
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let has_dates = !context.alignment.readings.is_empty();
    let stems = [Stem::Text, Stem::Decimal, Stem::Date, Stem::Index];
    for stem in stems.into_iter().filter(|stem| has_dates || *stem != Stem::Date) {
        say(context, sink, stem);
    }
}

fn say(context: &Context<'_>, sink: &mut Sink<'_>, stem: Stem) {
    let Context { tree, layout, .. } = context;
    let mut parts = Vec::new();
    if stem == Stem::Text {
        let named = named_differences(context).into_iter();
        parts.extend(named.map(|(sensor, part)| {
            let (readings, shown) = (Vec::new(), String::new());
            part.keyed(Known { sensor, is_too_dense: false, readings, shown })
        }));
    }
    for (id, sensor) in layout.sensors() {
        for cell in layout.sensor_cells(id) {
            let folder = tree.folder(cell.folder);
            let reading = context.alignment.readings.get(cell.folder);
            let is_date = stem == Stem::Date
                && reading.is_some()
                && !context.alignment.is_read_otherwise(cell.scene, id);
            let is_index =
                stem == Stem::Index && reading.is_none() && is_counted(folder, sensor.kind);
            let groups: Vec<Files<'_>> = frames(folder, sensor.kind)
                .filter(|files| match files {
                    Files::Named(..) => stem == Stem::Text,
                    Files::Numbered(naming, _) if naming.fraction_digits() > 0 => {
                        stem == Stem::Decimal
                    }
                    Files::Numbered(..) => is_index || is_date,
                    Files::Landmark(_) => false,
                })
                .map(|files| files.filtered_if(stem == Stem::Text, is_text))
                .filter(|files| files.count() > 0)
                .collect();
            let Some(first) = groups.first() else { continue };
            // Read only where a place is shown, or its unit is of interest.
            let names = Rc::new(LazyCell::new(move || match (reading, stem) {
                (Some(reading), _) => Renaming::read(reading),
                (None, Stem::Decimal) => Renaming::decimals(folder, sensor.kind),
                (None, _) => Renaming::Unknown,
            }));
            let is_of_interest = stem == Stem::Decimal || reading.is_some();
            let is_too_dense = is_of_interest && matches!(**names, Renaming::TooDense);
            let readings = match reading {
                Some(reading) => vec![reading.reading],
                None => context.alignment.readings.undecided(cell.folder).to_vec(),
            };
            let shown = first.names(1).pop().unwrap_or_default();
            let shown = text::lossless(&shown).into_owned();
            let known = Known { sensor: id, is_too_dense, readings, shown };
            for files in groups {
                let names = Rc::clone(&names);
                let part = Part::files(tree, cell.folder, files)
                    .drawn(move |path, name| example(tree, cell, path, names.of(folder, name)));
                let part = match reading {
                    Some(_) => part.names_cell(cell.scene, id),
                    None => part,
                };
                parts.push(part.in_scene(cell.scene).keyed(known.clone()));
            }
        }
    }
    sink.emit(&STEM_NOT_TIMESTAMP, parts, |kept| statement(context, stem, kept));
}

fn statement(context: &Context<'_>, stem: Stem, kept: &Kept<'_, '_, Known>) -> Statement {
    let layout = context.layout;
    let (what, help) = match stem {
        Stem::Text => (
            "named by a text and not by the time when they were taken",
            "name each frame by its sampling time in whole milliseconds",
        ),
        Stem::Decimal => (
            "named by a decimal number, where the time is typically whole milliseconds",
            "name each frame by whole milliseconds",
        ),
        Stem::Date => (
            "named by a time that is written out as a calendar or a clock shows it, where milliseconds are typical",
            "name each frame by its sampling time in whole milliseconds, in the same way in every sensor",
        ),
        Stem::Index => (
            "numbered one after the other and not named by the time when they were taken",
            "name each frame by its sampling time in milliseconds, which the recording's own log has, alike in every sensor",
        ),
    };
    let mut sensors: Vec<SensorId> = kept.keys().map(|known| known.sensor).collect();
    sensors.dedup();
    let of = match sensors.len() {
        several if several > 2 && several == layout.sensors.len() => {
            format!("all {several} sensors")
        }
        _ => labels(layout, &sensors),
    };
    let (frames, are) = (kept.counted("frame"), kept.verb("is", "are"));
    let what = what.replace("they were", kept.verb("it was", "they were"));
    let statement = Statement::new(format!("{frames} of {of} {are} {what}"))
        .about(only(layout, &sensors))
        .notes(reading_notes(kept))
        .notes(kept.keys().any(|known| known.is_too_dense).then_some(
            "in whole milliseconds some of these frames would share a name, or their unit is not clear",
        ))
        .help(help);
    let statement =
        statement.repair_as_shown(Repair::to_be_looked_at("the time is read from the name"));
    match stem {
        Stem::Date | Stem::Index => statement.effect(Effect::Advice, Basis::Documented),
        Stem::Text | Stem::Decimal => statement,
    }
}

/// How the names are read, in words, each way once.
fn reading_notes(kept: &Kept<'_, '_, Known>) -> Vec<String> {
    let mut ways: BTreeMap<&[Reading], &str> = BTreeMap::new();
    for known in kept.keys().filter(|known| !known.readings.is_empty()) {
        ways.entry(&known.readings).or_insert(&known.shown);
    }
    let words = |(readings, shown): (&[Reading], &str)| match readings {
        [Reading::Date(Zone::Unknown)] => {
            format!("`{shown}`: a date and a time of day, taken as UTC, as nothing tells the zone")
        }
        [Reading::Date(Zone::Shown(minutes))] => format!(
            "`{shown}`: a date and a time of day, of {} by the times of the other sensors",
            zone(*minutes)
        ),
        [Reading::Date(Zone::Written)] => {
            format!("`{shown}`: a date and a time of day, with its zone")
        }
        [Reading::TimeOfDay] => {
            format!(
                "`{shown}`: a time of day, in hours, minutes and seconds; the day is not in the name"
            )
        }
        [Reading::SecondsAndCount(unit)] => format!(
            "`{shown}`: behind the seconds stand {} without leading zeros, as only so the frames come steadily or in step",
            unit.noun()
        ),
        [one] => format!("`{shown}`: {}", one.noun()),
        several => {
            let nouns: Vec<String> = several.iter().map(|reading| reading.noun()).collect();
            format!(
                "`{shown}` may be {}: nothing decides, so no name is suggested",
                nouns.join(", or ")
            )
        }
    };
    ways.into_iter().map(words).collect()
}

/// The frames of a kind of sensor, whatever their format and name.
fn frames(folder: &Folder, kind: SensorKind) -> impl Iterator<Item = Files<'_>> {
    Files::in_folder(folder).filter(move |files| files.media() == kind.media())
}

/// An index is smaller than any time since an epoch: in seconds this was in 1973.
const LARGEST_INDEX: i128 = 99_999_999;

/// Whether the whole numbers in a folder only count: they are small, and follow each other or
/// have leading zeros.
fn is_counted(folder: &Folder, kind: SensorKind) -> bool {
    let frames = folder.frames_of(kind.media());
    let whole: Vec<(Naming, &FrameSet)> =
        frames.filter(|(naming, _)| naming.fraction_digits() == 0).collect();
    let first = whole.iter().filter_map(|(_, set)| set.first()).min();
    let last = whole.iter().filter_map(|(_, set)| set.last()).max();
    let (Some(first), Some(last)) = (first, last) else { return false };
    if first < 0 || last > LARGEST_INDEX {
        return false;
    }
    let count: usize = whole.iter().map(|(_, set)| set.len()).sum();
    let is_dense = count > 1 && i128::try_from(count).is_ok_and(|count| last - first < 2 * count);
    is_dense || whole.iter().any(|(naming, _)| naming.zero_padded_width() > 0)
}

/// Whether a name says nothing but that it is a text: where only odd marks keep it from being a
/// number, L121 says so.
fn is_text(name: &[u8]) -> bool {
    names::oddity(name).is_none() || frame_name::parse(&names::without_odd_marks(name)).is_none()
}

/// How many frames of scenes in which some are named by texts are compared by their names.
const MOST_COMPARED: u64 = 1_000_000;

/// The differences between sensors that follow from names alone, where no other sensor has a frame
/// of such a name: all of a sensor in a scene, where most of its frames are named so, as which of
/// them are missing shows once they are named by their times; else that these frames are its own.
fn named_differences<'t>(context: &Context<'_>) -> Vec<(SensorId, Part<'t>)> {
    let Context { tree, layout, .. } = context;
    let mut parts = Vec::new();
    let mut left = MOST_COMPARED;
    for scene in layout.scene_ids() {
        let cells = layout.scene_cells(scene);
        if cells.iter().all(|cell| tree.folder(cell.folder).remarks().is_empty()) {
            continue;
        }
        let files = |cell: &Cell| {
            frames(tree.folder(cell.folder), layout.sensor(cell.sensor).kind).collect::<Vec<_>>()
        };
        let (mut has_texts, mut are_known, mut count) = (false, true, 0);
        for files in cells.iter().flat_map(files) {
            count += files.count();
            if let Files::Named(_, names) = &files {
                has_texts = true;
                are_known &= names.is_complete();
            }
        }
        if cells.len() < 2 || !has_texts || !are_known {
            continue;
        }
        let Some(rest) = left.checked_sub(count) else { break };
        left = rest;
        let held: Vec<proof::Stems> =
            cells.iter().map(|cell| proof::arrived(context, *cell)).collect();
        let mut holders: HashMap<Vec<u8>, u32> = HashMap::new();
        for stems in &held {
            let mut add = |stem: &[u8]| *holders.entry(stem.to_vec()).or_default() += 1;
            stems.for_each_text(&mut add);
            stems.for_each_number(&mut add);
        }
        let is_shared = |stem: &[u8]| holders.get(stem).is_some_and(|count| *count > 1);
        for (cell, own) in cells.iter().zip(&held) {
            let (mut texts, mut numbers) = (0_u64, 0_u64);
            let (mut shares_texts, mut shares_numbers) = (false, false);
            let mut stems = NameSet::default();
            own.for_each_text(|stem| {
                texts += 1;
                shares_texts |= is_shared(stem);
                stems.insert(stem);
            });
            own.for_each_number(|stem| {
                numbers += 1;
                shares_numbers |= is_shared(stem);
            });
            // Names that are read as times are compared as these.
            let is_read = context.alignment.readings.get(cell.folder).is_some();
            if texts == 0 || shares_texts || is_read {
                continue;
            }
            stems.seal();
            let part = match texts > numbers && !shares_numbers {
                true => Part::nothing().names_cell(scene, cell.sensor),
                false => Part::nothing().names_extra(scene, stems),
            };
            parts.push((cell.sensor, part));
        }
    }
    parts
}

/// A place with the name that would be right, where that is known.
fn example(tree: &Tree, cell: Cell, path: Vec<u8>, renamed: Option<String>) -> Example {
    let example = Example::at(path);
    let Some(renamed) = renamed else { return example };
    match String::from_utf8(tree.path_of(cell.folder, renamed.as_bytes())) {
        Ok(path) => example.expecting(path),
        Err(_) => example,
    }
}

/// What the frames of one folder are to be called.
enum Renaming<'t> {
    /// Nothing is known.
    Unknown,
    /// By the time that is read in each name.
    Read(&'t FolderReading),
    /// In whole milliseconds.
    Decimals,
    /// Two frames would share a name in whole milliseconds.
    TooDense,
}

impl<'t> Renaming<'t> {
    fn read(reading: &'t FolderReading) -> Self {
        match reading.has_distinct_stems() {
            None => Renaming::Unknown,
            Some(true) => Renaming::Read(reading),
            Some(false) => Renaming::TooDense,
        }
    }

    fn decimals(folder: &Folder, kind: SensorKind) -> Self {
        if in_milliseconds(folder, kind) { Renaming::Decimals } else { Renaming::TooDense }
    }

    /// The name that a file would get, where no other file has it.
    fn of(&self, folder: &Folder, name: &[u8]) -> Option<String> {
        match self {
            Renaming::Unknown | Renaming::TooDense => None,
            Renaming::Read(reading) => {
                let (_, suffix) = std::str::from_utf8(name).ok()?.rsplit_once('.')?;
                let renamed = format!("{}.{suffix}", reading.plain_stem_of(name)?);
                (!folder.holds(renamed.as_bytes())).then_some(renamed)
            }
            Renaming::Decimals => {
                let (value, naming) = frame_name::parse(name)?;
                let milliseconds = milliseconds(value, naming.fraction_digits())?;
                Some(format!("{milliseconds}.{}", naming.suffix()))
            }
        }
    }
}

/// Whether all frames of a folder have names in whole milliseconds, no two the same.
fn in_milliseconds(folder: &Folder, kind: SensorKind) -> bool {
    let mut all: Vec<i128> = Vec::new();
    for files in frames(folder, kind) {
        let Files::Numbered(naming, set) = files else { continue };
        for value in set.iter() {
            match milliseconds(value, naming.fraction_digits()) {
                Some(milliseconds) => all.push(milliseconds),
                None => return false,
            }
        }
    }
    all.sort_unstable();
    all.windows(2).all(|pair| pair[0] != pair[1])
}

/// A stamp with this many digits behind the decimal point, in whole milliseconds; a whole number
/// stays as it is.
fn milliseconds(value: i128, fraction: u8) -> Option<i128> {
    if fraction == 0 {
        return Some(value);
    }
    let scale = 10_i128.checked_pow(u32::from(fraction))?;
    let whole = value / scale;
    // Small decimals are seconds since some start.
    let unit = match Unit::of_stamp(whole) {
        None if whole.abs() <= LARGEST_INDEX => Unit::Seconds,
        unit => unit?,
    };
    Some(value.checked_mul(1_000)?.div_euclid(scale.checked_mul(unit.per_second())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_in_milliseconds() {
        assert_eq!(milliseconds(1_532_402_927_647_951, 6), Some(1_532_402_927_647));
        assert_eq!(milliseconds(1_532_402_927_647_951, 3), Some(1_532_402_927_647));
        assert_eq!(milliseconds(125, 1), Some(12_500));
        assert_eq!(milliseconds(-1, 6), Some(-1));
        assert_eq!(milliseconds(1_532_402_927_647, 0), Some(1_532_402_927_647));
        assert_eq!(milliseconds(10_i128.pow(35), 36), Some(100));
        assert_eq!(milliseconds(10_i128.pow(36) - 1, 36), None);
        assert_eq!(milliseconds(10_i128.pow(34), 9), None);
    }
}
