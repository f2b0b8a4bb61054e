use super::files::{labels, only, possible_frames};
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{Layout, SensorId};
use crate::names::{Media, frame_name};
use crate::platform::Effect;
use crate::repair::Repair;
use crate::tree::Tree;
use crate::tree::files::Files;

declare_rule! {
    /// A frame that stands right under its sensor, in no scene.
    ///
    /// Below a sensor come scenes, and a scene's folder is what becomes one data entry. A frame
    /// outside every scene belongs to no entry. A recording of one drive is often laid out so,
    /// since there was no need to tell scenes apart.
    ///
    /// **Repair:** make a folder for the scene in every sensor, of the same name, and move the
    /// frames into it.
    ///
    /// ```tree bad
    /// camera-front/
    ///   1681532060061.jpg x3 +100
    /// lidar-top/
    ///   1681532060061.pcd x3 +100
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
    FRAME_OUTSIDE_SCENE {
        code: "L107",
        name: "frame-outside-scene",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T4"],
    }
}

/// The name for a scene where the tree has none yet.
const FIRST_SCENE: &str = "scene_1";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let outside = |id: &SensorId| frames_of(tree, layout, *id).next().is_some();
    // Where a sensor has no scene at all, its scene's folder is missing; elsewhere single
    // frames went astray.
    let (flat, partly): (Vec<SensorId>, Vec<SensorId>) =
        layout.sensors().map(|(id, _)| id).filter(outside).partition(|id| {
            layout.sensor_cells(*id).all(|cell| possible_frames(tree.folder(cell.folder)) == 0)
        });
    say(context, sink, &flat, "with no scene's folder between");
    say(context, sink, &partly, "beside its scenes' folders");
}

fn frames_of<'t>(
    tree: &'t Tree,
    layout: &Layout,
    sensor: SensorId,
) -> impl Iterator<Item = Files<'t>> {
    Files::in_folder(tree.folder(layout.sensor(sensor).folder))
        .filter(|files| files.media() != Media::Other)
}

fn say(context: &Context<'_>, sink: &mut Sink<'_>, sensors: &[SensorId], how: &str) {
    let Context { tree, layout, .. } = context;
    let parts = sensors.iter().flat_map(|id| {
        frames_of(tree, layout, *id).map(|files| {
            let part = Part::files(tree, layout.sensor(*id).folder, files).keyed(*id);
            part.drawn(|path, name| {
                let expected = expected(context, *id, name);
                Example { expected, ..Example::at(path) }
            })
        })
    });
    sink.emit(&FRAME_OUTSIDE_SCENE, parts, |kept| {
        let sensors = kept.distinct_keys();
        let (frames, stand) = (kept.counted("frame"), kept.verb("stands", "stand"));
        let of = labels(layout, &sensors);
        Statement::new(format!("{frames} of {of} {stand} right under the sensor, {how}"))
            .about(only(layout, &sensors))
            .help("make a folder for the scene in every sensor, of the same name, and move the frames into it")
            .repair_as_shown(Repair::to_be_looked_at(
                "there is one scene that they can belong to, by number or by time",
            ))
    });
}

/// Where a frame right under a sensor belongs, if there is but one place for it.
fn expected(context: &Context<'_>, sensor: SensorId, name: &[u8]) -> Option<String> {
    let Context { tree, layout, .. } = context;
    let scene = match layout.scenes.as_slice() {
        [] => FIRST_SCENE.to_owned(),
        [only] => String::from_utf8(only.clone()).ok()?,
        _ => String::from_utf8(scene_around(tree, layout, name)?.to_vec()).ok()?,
    };
    let folder = layout.sensor(sensor).folder;
    let taken = tree.child(folder, scene.as_bytes()).is_some_and(|id| tree.folder(id).holds(name));
    let sensor = String::from_utf8(tree.path(folder)).ok()?;
    let name = std::str::from_utf8(name).ok()?;
    (!taken).then(|| format!("{sensor}{scene}/{name}"))
}

/// The one scene that was recorded when the frame was taken.
fn scene_around<'l>(tree: &Tree, layout: &'l Layout, name: &[u8]) -> Option<&'l [u8]> {
    let (value, naming) = frame_name::parse(name)?;
    let mut around = layout.cells().iter().filter(|cell| {
        tree.folder(cell.folder).frames().iter().any(|(known, set)| {
            known.fraction_digits() == naming.fraction_digits()
                && set.first() <= Some(value)
                && Some(value) <= set.last()
        })
    });
    let scene = around.next()?.scene;
    around.all(|cell| cell.scene == scene).then(|| layout.scene_name(scene))
}
