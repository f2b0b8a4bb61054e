//! Suffixes that are not those of a sensor's kind: the common part of L114 and L115.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{folders_of, labels, only};
use crate::finding::{Context, Example, Kept, Part, Rule, Sink, Statement, proof};
use crate::layout::{Layout, SensorId};
use crate::names::suffix::{PACKED_FILES, PACKED_FOLDERS};
use crate::names::{self, Media, SensorKind, leftovers};
use crate::platform::{Basis, Effect};
use crate::repair::Repair;
use crate::rules::in_place::{self, is_dvc};
use crate::text;
use crate::tree::files::Files;
use crate::tree::{FolderId, Tree};

/// How a suffix departs from the one that the kind of sensor has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Departure {
    /// The right format, spelt otherwise: `.PCD`, `.JPG`, `.jpeg`.
    Spelling,
    /// Another format of the same kind of data: `.bin` of a LiDAR, `.png` of a camera.
    Format,
    /// Frames that are packed: `.pcd.gz`, or a scene as `.zip`.
    Packed,
    /// A second copy of a frame, by a number behind its suffix: `.pcd_001`.
    Copy,
    /// No frame at all.
    NoFrame,
}

impl Departure {
    /// What is wrong with a suffix, or with none, under a sensor of this kind. `None` also for
    /// frames of the other kind of sensor, which are a fault of their own (L116).
    fn of(kind: SensorKind, suffix: &str) -> Option<Self> {
        let is = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(suffix));
        if suffix == kind.suffix() {
            return None;
        }
        let media = Media::of_suffix(suffix);
        match kind {
            SensorKind::Lidar if is(&["pcd"]) => Some(Departure::Spelling),
            SensorKind::Camera if is(&["jpg", "jpeg", "jpe", "jfif"]) => Some(Departure::Spelling),
            _ if media == kind.media() => Some(Departure::Format),
            _ if is_of_other_kind(kind, suffix) => None,
            _ if is(&PACKED_FILES) || is(&PACKED_FOLDERS) => Some(Departure::Packed),
            _ => Some(Departure::NoFrame),
        }
    }
}

/// Whether files of this suffix are surely frames of the other kind of sensor. Arrays and tables
/// may hold anything.
pub(super) fn is_of_other_kind(kind: SensorKind, suffix: &str) -> bool {
    const POINT_CLOUDS: [&str; 7] = ["pcd", "las", "laz", "ply", "e57", "xyz", "pts"];
    match kind {
        SensorKind::Lidar => Media::of_suffix(suffix) == Media::Image,
        SensorKind::Camera => POINT_CLOUDS.iter().any(|known| known.eq_ignore_ascii_case(suffix)),
    }
}

/// Whether a folder of a sensor of this kind has files in which its frames may be packed.
pub(super) fn is_packed_in(tree: &Tree, folder: FolderId, kind: SensorKind) -> bool {
    departing(tree, folder, kind).any(|(departure, _)| departure == Departure::Packed)
}

/// Whether a sensor has files in which its frames may be packed.
pub(super) fn is_packed(tree: &Tree, layout: &Layout, sensor: SensorId) -> bool {
    let kind = layout.sensor(sensor).kind;
    folders_of(layout, sensor).any(|(folder, _)| is_packed_in(tree, folder, kind))
}

/// Says of all sensors of a kind which suffixes depart from it: once for those that depart in
/// the same way.
pub(super) fn check(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    rule: &'static Rule,
    kind: SensorKind,
) {
    let Context { tree, layout, .. } = context;
    let mut alike: BTreeMap<(Departure, BTreeSet<String>), Vec<SensorId>> = BTreeMap::new();
    for (id, _) in layout.sensors().filter(|(_, sensor)| sensor.kind == kind) {
        let mut departures: BTreeMap<Departure, BTreeSet<String>> = BTreeMap::new();
        for (folder, _) in folders_of(layout, id) {
            for (departure, files) in departing(tree, folder, kind) {
                departures.entry(departure).or_default().insert(files.suffix().to_owned());
            }
        }
        for departure in departures {
            alike.entry(departure).or_default().push(id);
        }
    }
    for ((departure, _), sensors) in alike {
        say(context, sink, rule, kind, departure, &sensors);
    }
}

fn departing(
    tree: &Tree,
    folder: FolderId,
    kind: SensorKind,
) -> impl Iterator<Item = (Departure, Files<'_>)> {
    // Where the top has no metadata.json, one that stands here is that one, misplaced (L102).
    let is_stray = tree.folder(FolderId::ROOT).has_landmark(names::METADATA);
    Files::in_folder(tree.folder(folder))
        // What is not fetched yet is said with what is missing (L109, L110, A201, A202).
        .filter(|files| !is_dvc(files))
        .filter(move |files| is_stray || !matches!(files, Files::Landmark(names::METADATA)))
        .filter_map(move |files| Some((Departure::of(kind, files.suffix())?, files)))
        .flat_map(|(departure, files)| {
            let is_copy = |name: &[u8]| leftovers::numbered_copy_of(name).is_some();
            let may_be = departure == Departure::NoFrame && files.suffix().is_empty();
            let copies = may_be.then(|| files.clone().filtered(is_copy));
            match copies.filter(|copies| copies.count() > 0) {
                Some(copies) => {
                    let rest = files.filtered(|name| !is_copy(name));
                    vec![(Departure::Copy, copies), (departure, rest)]
                }
                None => vec![(departure, files)],
            }
        })
        .filter(|(_, files)| files.count() > 0)
}

fn say(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    rule: &'static Rule,
    kind: SensorKind,
    departure: Departure,
    sensors: &[SensorId],
) {
    let Context { tree, layout, .. } = context;
    let mut parts = Vec::new();
    for id in sensors {
        // What is packed is all that is to be said of a sensor that has nothing else (L109).
        if departure == Departure::Packed && have_no_frame(tree, layout, &[*id]) {
            parts.push(Part::nothing().names_sensor(*id).keyed(*id));
        }
        // A scene that is packed as a whole is there, and in no folder of its own.
        if departure == Departure::Packed {
            let folder = tree.folder(layout.sensor(*id).folder);
            let packed = layout
                .scene_ids()
                .filter(|scene| in_place::is_packed_scene(folder, layout.scene_name(*scene)));
            parts.extend(packed.map(|scene| Part::nothing().names_cell(scene, *id).keyed(*id)));
        }
        for (folder, scene) in folders_of(layout, *id) {
            for (_, files) in departing(tree, folder, kind).filter(|(of, _)| *of == departure) {
                let part = Part::files(tree, folder, files).drawn(move |path, name| {
                    let original = leftovers::numbered_copy_of(name);
                    if let Some(original) = original.filter(|_| departure == Departure::Copy) {
                        let original = text::lossless(original);
                        return Example::at(path).noting(format!("a copy of `{original}`"));
                    }
                    let is_spelling = departure == Departure::Spelling;
                    let expected = is_spelling.then(|| renamed(tree, folder, name, kind));
                    Example { expected: expected.flatten(), ..Example::at(path) }
                });
                parts.push(scene.into_iter().fold(part, Part::in_scene).keyed(*id));
            }
        }
    }
    sink.emit(rule, parts, |kept| {
        let repair = Repair::to_be_looked_at("it is the same suffix, spelt as it should be");
        statement(context, kind, departure, kept).repair_as_shown(repair)
    });
}

fn statement(
    context: &Context<'_>,
    kind: SensorKind,
    departure: Departure,
    kept: &Kept<'_, '_, SensorId>,
) -> Statement {
    let Context { tree, layout, .. } = context;
    let sensors = &kept.distinct_keys()[..];
    let files = kept.parts.iter().filter_map(|part| part.files.as_ref());
    let suffixes: BTreeSet<String> = files.map(|files| files.suffix().to_owned()).collect();
    let of = labels(layout, sensors);
    let (noun, suffix, frame) = (kind.noun(), kind.suffix(), kind.frame_noun());
    let (frames, files) = (kept.counted("frame"), kept.counted("file"));
    let (is, formats) = (kept.verb("is", "are"), formats(&suffixes));
    let whole = |how: &str| match (have_no_frame(tree, layout, sensors), sensors.len()) {
        (false, _) => String::new(),
        (true, 1) => format!(", and it holds no {frame} {how}"),
        (true, _) => format!(", and they hold no {frame} {how}"),
    };
    let statement = Statement::new(match departure {
        Departure::Spelling => {
            let (end, dotted) = (kept.verb("ends", "end"), dotted(&suffixes));
            format!("{frames} of {of} {end} in {dotted}, where a {noun}'s end in `.{suffix}`")
        }
        Departure::Format => format!(
            "{frames} of {of} {is} in another format ({formats}), where a {noun}'s are `.{suffix}`"
        ),
        Departure::Packed => format!("{files} of {of} {is} packed ({formats}){}", whole("beside")),
        Departure::Copy => {
            let (is, copies) = (kept.verb("is", "are"), kept.verb("a copy", "copies"));
            let other = kept.verb("another", "others");
            format!("{files} of {of} {is} {copies} of {other}, by a number behind the suffix")
        }
        Departure::NoFrame => {
            let are_not = match kept.count() {
                1 => format!("is not {} {frame}", article(kind)),
                _ => format!("are not {frame}s"),
            };
            format!("{files} of {of} {are_not} ({formats}){}", whole("at all"))
        }
    })
    .about(only(layout, sensors))
    .help(help(kind, departure, &suffixes, holds_folders(kept)));
    // Other images than `.jpg` are not documented for this layout, which is not to say that they
    // are refused (fact T8).
    let is_frame = !matches!(departure, Departure::NoFrame | Departure::Copy | Departure::Packed);
    if kind != SensorKind::Camera || !is_frame {
        return statement;
    }
    // What is no image that any page of the platform shows is not known to arrive.
    let arrives = suffixes.iter().all(|suffix| proof::is_frame_suffix(kind, suffix));
    let is_lost = |id: &SensorId| !proof::has_arrived(context, *id);
    let (effect, basis) = match arrives {
        true => (Effect::Advice, Basis::Advice),
        false if sensors.iter().any(is_lost) => (Effect::MISALIGNED, Basis::Implied),
        false => (Effect::Scene, Basis::Implied),
    };
    statement.effect(effect, basis)
}

/// Whether any of the files has a folder packed in it, going by its name: `s1.tar.gz`.
fn holds_folders(kept: &Kept<'_, '_, SensorId>) -> bool {
    let mut holds = false;
    for files in kept.parts.iter().filter_map(|part| part.files.as_ref()) {
        files.for_each(|name| holds |= in_place::packed_name(name).is_some());
    }
    holds
}

fn help(
    kind: SensorKind,
    departure: Departure,
    suffixes: &BTreeSet<String>,
    holds_folders: bool,
) -> &'static str {
    match (kind, departure) {
        (_, Departure::Packed) => {
            let is_file = |suffix: &String| {
                PACKED_FILES.iter().any(|known| known.eq_ignore_ascii_case(suffix))
            };
            match suffixes.iter().all(is_file) && !holds_folders {
                true if suffixes.iter().all(|suffix| suffix.eq_ignore_ascii_case("gz")) => {
                    "unpack each where it stands (`gunzip -r`): the platform takes single frames"
                }
                true => "unpack each where it stands: the platform takes single frames",
                false => {
                    "unpack each where it stands, so that the frames lie in a folder for each scene"
                }
            }
        }
        (SensorKind::Lidar, Departure::Spelling) => "rename each to end in `.pcd`",
        (SensorKind::Camera, Departure::Spelling) => "rename each to end in `.jpg`",
        (SensorKind::Lidar, Departure::Format) => {
            "convert to PCD; another suffix alone does not do it"
        }
        (SensorKind::Camera, Departure::Format) => {
            "convert to JPEG to be sure; another suffix alone does not do it"
        }
        (_, Departure::Copy) => {
            "compare each with the file without the number, and keep the one that is whole under that name"
        }
        (_, Departure::NoFrame) => {
            "keep what is no part of the dataset outside the folder that is uploaded"
        }
    }
}

/// The path with the kind's own suffix, where nothing stands there yet.
fn renamed(tree: &Tree, folder: FolderId, name: &[u8], kind: SensorKind) -> Option<String> {
    let (stem, _) = std::str::from_utf8(name).ok()?.rsplit_once('.')?;
    let name = format!("{stem}.{}", kind.suffix());
    let taken = tree.folder(folder).holds(name.as_bytes());
    (!taken).then(|| String::from_utf8(tree.path_of(folder, name.as_bytes())).ok()).flatten()
}

/// Whether none of the sensors has a frame of its kind in any scene.
fn have_no_frame(tree: &Tree, layout: &Layout, sensors: &[SensorId]) -> bool {
    sensors.iter().all(|id| layout.sensor_cells(*id).all(|cell| layout.frames_in(tree, cell) == 0))
}

/// `` raw binary point cloud `.bin` and LAS point cloud `.las` ``.
fn formats(suffixes: &BTreeSet<String>) -> String {
    let parts: Vec<String> = suffixes
        .iter()
        .map(|suffix| match (suffix.is_empty(), names::format_name(suffix)) {
            (true, _) => "no known suffix".to_owned(),
            (false, Some(format)) => format!("{format} `.{suffix}`"),
            (false, None) => format!("`.{suffix}`"),
        })
        .collect();
    text::list(&parts, 3)
}

fn article(kind: SensorKind) -> &'static str {
    match kind {
        SensorKind::Lidar => "a",
        SensorKind::Camera => "an",
    }
}

fn dotted(suffixes: &BTreeSet<String>) -> String {
    let parts: Vec<String> = suffixes.iter().map(|suffix| format!("`.{suffix}`")).collect();
    text::list(&parts, 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_suffix_is_under_each_kind_of_sensor() {
        use Departure::{Format, NoFrame, Packed, Spelling};
        let table = [
            ("pcd", None, None),
            ("PCD", Some(Spelling), None),
            ("jpg", None, None),
            ("JPG", None, Some(Spelling)),
            ("jpeg", None, Some(Spelling)),
            ("png", None, Some(Format)),
            ("bin", Some(Format), Some(NoFrame)),
            ("npy", Some(Format), Some(NoFrame)),
            ("las", Some(Format), None),
            ("txt", Some(NoFrame), Some(NoFrame)),
            ("", Some(NoFrame), Some(NoFrame)),
            ("gz", Some(Packed), Some(Packed)),
            ("zip", Some(Packed), Some(Packed)),
        ];
        for (suffix, lidar, camera) in table {
            assert_eq!(Departure::of(SensorKind::Lidar, suffix), lidar, "LiDAR .{suffix}");
            assert_eq!(Departure::of(SensorKind::Camera, suffix), camera, "camera .{suffix}");
        }
    }
}
