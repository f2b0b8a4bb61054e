use super::files::{labels, only};
use super::suffix::is_of_other_kind;
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{Sensor, SensorId};
use crate::names::SensorKind;
use crate::platform::Effect;
use crate::repair::Repair;
use crate::text;
use crate::tree::files::Files;
use crate::tree::{Folder, FolderId};

declare_rule! {
    /// Images under a LiDAR, or point clouds under a camera.
    ///
    /// The prefix of a folder tells the platform how to read its frames, so frames of the other
    /// kind cannot be read at all. Where that is so of a whole LiDAR and a whole camera, their
    /// folder names are most likely swapped; single files have been copied to the wrong place.
    ///
    /// **Repair:** swap the two folder names, give the folder the other prefix, or move the files
    /// to the sensor that took them.
    ///
    /// ```tree bad
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
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
    MODALITY_SWAPPED {
        code: "L116",
        name: "modality-swapped",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T1", "T2", "T7", "T8"],
        judges: scene_files,
    }
}

/// A sensor with frames of the other kind.
struct Swapped {
    id: SensorId,
    files: u64,
    /// Whether it has none of its own kind.
    wholly: bool,
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let mut swapped = Vec::new();
    for (id, sensor) in layout.sensors() {
        let files = layout
            .sensor_cells(id)
            .map(|cell| of_other_kind(tree.folder(cell.folder), sensor))
            .sum();
        let wholly =
            layout.sensor_cells(id).all(|cell| !has_own_kind(tree.folder(cell.folder), sensor));
        if files > 0 {
            swapped.push(Swapped { id, files, wholly });
        }
    }
    let (whole, partial): (Vec<Swapped>, Vec<Swapped>) =
        swapped.into_iter().partition(|swapped| swapped.wholly);
    let kind_of = |swapped: &Swapped| layout.sensor(swapped.id).kind;
    match whole.as_slice() {
        [a, b] if kind_of(a) != kind_of(b) => say_pair(context, sink, a, b),
        _ => {
            for kind in SensorKind::ALL {
                let of_kind: Vec<&Swapped> =
                    whole.iter().filter(|swapped| kind_of(swapped) == kind).collect();
                say_whole(context, sink, kind, &of_kind);
            }
        }
    }
    for swapped in partial {
        say_partial(context, sink, &swapped);
    }
}

fn other(kind: SensorKind) -> SensorKind {
    match kind {
        SensorKind::Lidar => SensorKind::Camera,
        SensorKind::Camera => SensorKind::Lidar,
    }
}

fn of_other_kind(folder: &Folder, sensor: &Sensor) -> u64 {
    Files::in_folder(folder)
        .filter(|files| is_of_other_kind(sensor.kind, files.suffix()))
        .map(|files| files.count())
        .sum()
}

fn has_own_kind(folder: &Folder, sensor: &Sensor) -> bool {
    Files::in_folder(folder).any(|files| files.media() == sensor.kind.media())
}

/// One LiDAR and one camera, each with the other's frames.
fn say_pair(context: &Context<'_>, sink: &mut Sink<'_>, a: &Swapped, b: &Swapped) {
    let layout = context.layout;
    let parts = [(a, b), (b, a)].map(|(here, there)| {
        let counterpart = layout.sensor(there.id).label();
        whole(context, here, Some(format!("{counterpart}/")))
    });
    sink.emit(&MODALITY_SWAPPED, parts, |_| {
        let is_camera = layout.sensor(a.id).kind == SensorKind::Camera;
        let (camera, lidar) = if is_camera { (a, b) } else { (b, a) };
        let (camera, lidar) = (layout.sensor(camera.id).label(), layout.sensor(lidar.id).label());
        Statement::new(format!(
            "`{lidar}` holds images and `{camera}` point clouds: the two are swapped"
        ))
        .help("swap the two folder names")
        .repair_as_shown(Repair::to_be_looked_at("each holds what the other's name says"))
    });
}

/// A sensor with frames of the other kind and none of its own, in any scene.
fn whole<'t>(context: &Context<'_>, here: &Swapped, expected: Option<String>) -> Part<'t> {
    let sensor = context.layout.sensor(here.id);
    let note = Some(text::count(here.files, other(sensor.kind).frame_noun()));
    let example = Example { note, expected, ..Example::at(context.tree.path(sensor.folder)) };
    Part::group(here.files, example).names_sensor(here.id)
}

/// Sensors of one kind that hold frames of the other kind and nothing else.
fn say_whole(context: &Context<'_>, sink: &mut Sink<'_>, kind: SensorKind, swapped: &[&Swapped]) {
    let Context { tree, layout, .. } = context;
    let (noun, prefix, right) = (kind.noun(), kind.prefix(), other(kind).prefix());
    let renamed = |id: SensorId| format!("{right}{}", layout.sensor(id).name);
    let is_taken = |id| tree.child(FolderId::ROOT, renamed(id).as_bytes()).is_some();
    let parts = swapped.iter().map(|swapped| {
        let id = swapped.id;
        let has_name = !is_taken(id) && !layout.sensor(id).name.is_empty();
        whole(context, swapped, has_name.then(|| format!("{}/", renamed(id)))).keyed(id)
    });
    sink.emit(&MODALITY_SWAPPED, parts, |kept| {
        let sensors = kept.distinct_keys();
        let verb = if sensors.len() == 1 { "holds" } else { "hold" };
        let (of, holds) = (labels(layout, &sensors), other(kind).frame_noun());
        let free = if kept.keys().any(|id| is_taken(*id)) { ", a name that is free" } else { "" };
        Statement::new(format!(
            "{of} {verb} {holds}s and nothing else, but `{prefix}` stands for a {noun}"
        ))
        .about(only(layout, &sensors))
        .help(format!(
            "give the folder the prefix `{right}`{free}, and list the sensor so in metadata.json"
        ))
        .repair_as_shown(Repair::to_be_looked_at(format!("it holds {holds}s and nothing else")))
    });
}

/// A sensor with some frames of the other kind among its own.
fn say_partial(context: &Context<'_>, sink: &mut Sink<'_>, swapped: &Swapped) {
    let Context { tree, layout, .. } = context;
    let sensor = layout.sensor(swapped.id);
    let is_other = |files: &Files<'_>| is_of_other_kind(sensor.kind, files.suffix());
    let parts = layout.sensor_cells(swapped.id).flat_map(|cell| {
        let files = Files::in_folder(tree.folder(cell.folder)).filter(is_other);
        files.map(move |files| Part::files(tree, cell.folder, files).in_scene(cell.scene))
    });
    sink.emit(&MODALITY_SWAPPED, parts, |kept| {
        let (frames, own) = (other(sensor.kind).frame_noun(), sensor.kind.frame_noun());
        let (count, stand) = (kept.counted(frames), kept.verb("stands", "stand"));
        let (label, noun) = (sensor.label(), other(sensor.kind).noun());
        Statement::new(format!("{count} {stand} among the {own}s of `{label}`"))
            .about(Some(sensor))
            .help(format!("move each to the {noun} that took it, or out of the tree"))
    });
}
