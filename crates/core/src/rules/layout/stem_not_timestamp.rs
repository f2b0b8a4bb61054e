use std::cell::LazyCell;
use std::rc::Rc;

use hashbrown::HashMap;

use super::files::{labels, only};
use super::written_time::Reader;
use crate::align::unit::Unit;
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{Cell, SensorId};
use crate::names::frame_name::{self, Naming};
use crate::names::frame_set::FrameSet;
use crate::names::{self, Media, SensorKind};
use crate::platform::{Basis, Effect};
use crate::repair::Repair;
use crate::tree::files::Files;
use crate::tree::{Folder, Tree};

declare_rule! {
    /// A frame that is not named by a whole number, or by one that only counts.
    ///
    /// A frame's stem is the time at which it was taken, on the platform's page typically a whole number of milliseconds.
    /// Frames of different sensors are put together by it. A text or a decimal number is nothing that the page knows, and a
    /// scene's frames cannot be put in order by it for sure.
    ///
    /// Frames that are merely numbered (`000001`, `000002`, …) do have whole numbers, and they fit each other where all
    /// sensors count alike. So they are advice: what depends on real time (speed, interpolation, matching by nearest
    /// time) is lost.
    ///
    /// **Repair:** name each frame by its sampling time in whole milliseconds, the same in every sensor of the scene. Where
    /// the old name has the time in it, that is shown.
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
    Index,
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for stem in [Stem::Text, Stem::Decimal, Stem::Index] {
        say(context, sink, stem);
    }
}

fn say(context: &Context<'_>, sink: &mut Sink<'_>, stem: Stem) {
    let Context { tree, layout, .. } = context;
    let mut parts = Vec::new();
    for (id, sensor) in layout.sensors() {
        for cell in layout.sensor_cells(id) {
            let folder = tree.folder(cell.folder);
            let is_index = stem == Stem::Index && is_counted(folder, sensor.kind);
            let groups: Vec<Files<'_>> = frames(folder, sensor.kind)
                .filter(|files| match files {
                    Files::Named(..) => stem == Stem::Text,
                    Files::Numbered(naming, _) if naming.fraction_digits() > 0 => {
                        stem == Stem::Decimal
                    }
                    Files::Numbered(..) => is_index,
                    Files::Landmark(_) => false,
                })
                .map(|files| files.filtered_if(stem == Stem::Text, is_text))
                .filter(|files| files.count() > 0)
                .collect();
            if groups.is_empty() {
                continue;
            }
            // Read only where a place is shown, or its unit is of interest.
            let names = Rc::new(LazyCell::new(|| Renaming::new(folder, sensor.kind, stem)));
            let too_dense = stem == Stem::Decimal && matches!(**names, Renaming::TooDense);
            for files in groups {
                let names = Rc::clone(&names);
                let part = Part::files(tree, cell.folder, files)
                    .drawn(move |path, name| example(tree, cell, path, names.of(folder, name)));
                parts.push(part.in_scene(cell.scene).keyed((id, too_dense)));
            }
        }
    }
    let (what, help) = match stem {
        Stem::Text => (
            "named by a text and not by the time when they were taken",
            "name each frame by its sampling time in whole milliseconds",
        ),
        Stem::Decimal => (
            "named by a decimal number, where the time is typically whole milliseconds",
            "name each frame by whole milliseconds",
        ),
        Stem::Index => (
            "numbered one after the other and not named by the time when they were taken",
            "name each frame by its sampling time in milliseconds, which the recording's own log has, alike in every sensor",
        ),
    };
    sink.emit(&STEM_NOT_TIMESTAMP, parts, |kept| {
        let mut sensors: Vec<SensorId> = kept.keys().map(|(id, _)| *id).collect();
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
            .notes(kept.keys().any(|(_, too_dense)| *too_dense).then_some(
                "in whole milliseconds some of these frames would share a name, or their unit is not clear",
            ))
            .help(help);
        let statement = statement.repair_as_shown(Repair::to_be_looked_at(
            "the time is read from the name",
        ));
        match stem {
            Stem::Index => statement.effect(Effect::Advice, Basis::Documented),
            Stem::Text | Stem::Decimal => statement,
        }
    });
}

/// The frames of a kind of sensor, whatever their format and name.
fn frames(folder: &Folder, kind: SensorKind) -> impl Iterator<Item = Files<'_>> {
    Files::in_folder(folder).filter(move |files| files.media() == kind.media())
}

/// An index is smaller than any time since an epoch: in seconds this was in 1973.
const LARGEST_INDEX: i128 = 99_999_999;

/// Whether the whole numbers in a folder only count: they are small, and follow each other or have leading zeros.
fn is_counted(folder: &Folder, kind: SensorKind) -> bool {
    let whole: Vec<&(Naming, FrameSet)> = folder
        .frames()
        .iter()
        .filter(|(naming, _)| {
            naming.fraction_digits() == 0 && Media::of_suffix(naming.suffix()) == kind.media()
        })
        .collect();
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

/// Whether a name says nothing but that it is a text: where only odd marks keep it from being a number, L121 says so.
fn is_text(name: &[u8]) -> bool {
    names::oddity(name).is_none() || frame_name::parse(&names::without_odd_marks(name)).is_none()
}

/// A place with the name that would be right, where that is known.
fn example(
    tree: &Tree,
    cell: Cell,
    path: Vec<u8>,
    renamed: Option<(String, &'static str)>,
) -> Example {
    let example = Example::at(path);
    let Some((renamed, note)) = renamed else { return example };
    let example = if note.is_empty() { example } else { example.noting(note) };
    match String::from_utf8(tree.path_of(cell.folder, renamed.as_bytes())) {
        Ok(path) => example.expecting(path),
        Err(_) => example,
    }
}

/// What the frames of one folder are to be called.
enum Renaming {
    /// Nothing is known.
    Unknown,
    /// By the time in each name. Those that several names would get are no one's.
    Texts(Reader, HashMap<String, u32>),
    /// In whole milliseconds.
    Decimals,
    /// Two frames would share a name in whole milliseconds.
    TooDense,
}

impl Renaming {
    fn new(folder: &Folder, kind: SensorKind, stem: Stem) -> Self {
        match stem {
            Stem::Index => Renaming::Unknown,
            Stem::Text => {
                let mut given: HashMap<String, u32> = HashMap::new();
                let mut reader = Reader::default();
                for files in frames(folder, kind) {
                    let Files::Named(_, names) = files else { continue };
                    if !names.is_complete() {
                        return Renaming::Unknown;
                    }
                    names.for_each(|name| {
                        if let Some((stem, _)) = stem_and_suffix(name) {
                            reader.add(stem);
                        }
                    });
                }
                for files in frames(folder, kind) {
                    let Files::Named(_, names) = files else { continue };
                    names.for_each(|name| {
                        if let Some((name, _)) = renamed_text(reader, name) {
                            *given.entry(name).or_default() += 1;
                        }
                    });
                }
                Renaming::Texts(reader, given)
            }
            Stem::Decimal if in_milliseconds(folder, kind) => Renaming::Decimals,
            Stem::Decimal => Renaming::TooDense,
        }
    }

    /// The name that a file would get, where no other file has it or gets it.
    fn of(&self, folder: &Folder, name: &[u8]) -> Option<(String, &'static str)> {
        match self {
            Renaming::Unknown | Renaming::TooDense => None,
            Renaming::Texts(reader, given) => renamed_text(*reader, name).filter(|(renamed, _)| {
                given.get(renamed) == Some(&1) && !folder.holds(renamed.as_bytes())
            }),
            Renaming::Decimals => {
                let (value, naming) = frame_name::parse(name)?;
                let milliseconds = milliseconds(value, naming.fraction_digits())?;
                Some((format!("{milliseconds}.{}", naming.suffix()), ""))
            }
        }
    }
}

fn stem_and_suffix(name: &[u8]) -> Option<(&str, &str)> {
    std::str::from_utf8(name).ok()?.rsplit_once('.')
}

/// The name that the time in a name gives.
fn renamed_text(reader: Reader, name: &[u8]) -> Option<(String, &'static str)> {
    let (stem, suffix) = stem_and_suffix(name)?;
    let written = reader.read(stem)?;
    Some((format!("{}.{suffix}", written.stem), written.note))
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

/// A stamp with this many digits behind the decimal point, in whole milliseconds; a whole number stays as it is.
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
