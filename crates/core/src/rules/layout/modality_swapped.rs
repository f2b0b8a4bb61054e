use super::files::{labels, only};
use super::suffix::is_of_other_kind;
use crate::finding::{Context, Example, Sink};
use crate::layout::{Sensor, SensorId};
use crate::names::SensorKind;
use crate::platform::Effect;
use crate::text;
use crate::tree::files::Files;
use crate::tree::{Folder, FolderId};

declare_rule! {
    /// Images under a LiDAR, or point clouds under a camera.
    ///
    /// The prefix of a folder tells the platform how to read its frames, so frames of the other kind cannot be read at all.
    /// Where that is so of a whole LiDAR and a whole camera, their folder names are most likely swapped; single files have
    /// been copied to the wrong place.
    ///
    /// **Repair:** swap the two folder names, give the folder the other prefix, or move the files to the sensor that took them.
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
    let Context { tree, layout, .. } = context;
    let mut found = sink.gather(&MODALITY_SWAPPED);
    for (here, there) in [(a, b), (b, a)] {
        let (sensor, counterpart) = (layout.sensor(here.id), layout.sensor(there.id));
        let holds = text::count(here.files, other(sensor.kind).frame_noun());
        // It has none of its own frames in any scene.
        found.covers_sensor(here.id);
        let example = Example::at(tree.path(sensor.folder)).noting(holds);
        found.add_many(here.files, example.expecting(format!("{}/", counterpart.label())));
    }
    found.help("swap the two folder names");
    let (camera, lidar) =
        if layout.sensor(a.id).kind == SensorKind::Camera { (a, b) } else { (b, a) };
    let (camera, lidar) = (layout.sensor(camera.id).label(), layout.sensor(lidar.id).label());
    found.say(format!("`{lidar}` holds images and `{camera}` point clouds: the two are swapped"));
}

/// Sensors of one kind that hold frames of the other kind and nothing else.
fn say_whole(context: &Context<'_>, sink: &mut Sink<'_>, kind: SensorKind, swapped: &[&Swapped]) {
    let Context { tree, layout, .. } = context;
    let mut found = sink.gather(&MODALITY_SWAPPED);
    let mut any_taken = false;
    for swapped in swapped {
        // It has none of its own frames in any scene.
        found.covers_sensor(swapped.id);
        let sensor = layout.sensor(swapped.id);
        let example = Example::at(tree.path(sensor.folder));
        let example = example.noting(text::count(swapped.files, other(kind).frame_noun()));
        let renamed = format!("{}{}", other(kind).prefix(), sensor.name);
        let taken = tree.child(FolderId::ROOT, renamed.as_bytes()).is_some();
        any_taken |= taken;
        let example = if taken || sensor.name.is_empty() {
            example
        } else {
            example.expecting(format!("{renamed}/"))
        };
        found.add_many(swapped.files, example);
    }
    let ids: Vec<SensorId> = swapped.iter().map(|swapped| swapped.id).collect();
    if let Some(sensor) = only(layout, &ids) {
        found.about_sensor(&sensor.folder_name);
    }
    let (prefix, right) = (kind.prefix(), other(kind).prefix());
    let name = if any_taken { ", a name that is free" } else { "" };
    found.help(format!(
        "give the folder the prefix `{right}`{name}, and list the sensor so in metadata.json"
    ));
    let verb = if ids.len() == 1 { "holds" } else { "hold" };
    let holds = other(kind).frame_noun();
    found.say(format!(
        "{} {verb} {holds}s and nothing else, but `{prefix}` stands for a {}",
        labels(layout, &ids),
        kind.noun()
    ));
}

/// A sensor with some frames of the other kind among its own.
fn say_partial(context: &Context<'_>, sink: &mut Sink<'_>, swapped: &Swapped) {
    let Context { tree, layout, .. } = context;
    let sensor = layout.sensor(swapped.id);
    let mut found = sink.gather(&MODALITY_SWAPPED);
    found.about_sensor(&sensor.folder_name);
    for cell in layout.sensor_cells(swapped.id) {
        let folder = tree.folder(cell.folder);
        let others =
            Files::in_folder(folder).filter(|files| is_of_other_kind(sensor.kind, files.suffix()));
        for files in others {
            if found.add_files(tree, cell.folder, files, |path, _| Example::at(path)) > 0 {
                found.in_scene(cell.scene);
            }
        }
    }
    let noun = other(sensor.kind).noun();
    found.help(format!("move each to the {noun} that took it, or out of the tree"));
    let count = text::count(found.count(), other(sensor.kind).frame_noun());
    let verb = if found.count() == 1 { "stands" } else { "stand" };
    found.say(format!(
        "{count} {verb} among the {}s of `{}`",
        sensor.kind.frame_noun(),
        sensor.label()
    ));
}
