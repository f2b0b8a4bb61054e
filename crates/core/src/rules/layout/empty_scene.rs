use std::collections::BTreeSet;

use super::files::{frames_by_suffix, frames_or_deeper, is_nameless, labels, only, sum_below};
use super::suffix;
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{SceneId, SensorId};
use crate::names::name_set::NameSet;
use crate::platform::{Basis, Effect};
use crate::rules::alignment::outage::{self, Outage};
use crate::rules::alignment::remains;
use crate::rules::in_place::{Counted, InPlace, Places};

declare_rule! {
    /// A scene's folder without a frame, in a sensor that has frames elsewhere.
    ///
    /// The tree announces the scene for that sensor and then has nothing for it, so the platform
    /// either builds the scene without the sensor or reports its data as failed. An object store
    /// cannot hold an empty folder, so there this is seen only where something else, as a log,
    /// stands in it.
    ///
    /// **Repair:** copy the scene's frames. Where there are none, leave the scene out
    /// of all sensors.
    ///
    /// ```tree bad
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    ///   scene_2/
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///   scene_2/
    ///     1681532070061.pcd
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
    EMPTY_SCENE {
        code: "L110",
        name: "empty-scene",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T10"],
        judges: scenes,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let frames = sum_below(tree, frames_or_deeper);
    // A sensor that stops in a scene and stays away is said once (A201, A202).
    let outages = outage::find(context);
    let away: BTreeSet<(SceneId, SensorId)> = outages.iter().flat_map(Outage::cells).collect();
    let (mut plain, mut replaced) = (Vec::new(), Vec::new());
    for (id, sensor) in layout.sensors() {
        // A sensor without any frame in a scene is one fault (L109, L107), not one for each
        // of its scenes.
        let has_none =
            frames[sensor.folder.index()] == frames_by_suffix(tree.folder(sensor.folder));
        if has_none && !context.unseen.is_within(sensor.folder) {
            continue;
        }
        for cell in layout.sensor_cells(id) {
            let folder = tree.folder(cell.folder);
            // What could not be read is not known to be empty.
            if frames[cell.folder.index()] > 0
                || is_nameless(folder)
                || context.unseen.is_within(cell.folder)
                || away.contains(&(cell.scene, id))
            {
                continue;
            }
            // That the frames are packed is said with the files (L114, L115).
            if suffix::is_packed_in(tree, cell.folder, sensor.kind) {
                continue;
            }
            let places = Places::of_files(folder);
            let (parts, note) = match places.is_empty() {
                true => (&mut plain, "no frames"),
                false => (&mut replaced, "no frames, but what stands in their place"),
            };
            let part = Part::at(Example::at(tree.path(cell.folder)).noting(note));
            let part = places.named_by(part, cell.folder).in_scene(cell.scene);
            let kinds: Vec<InPlace> = places.kinds().collect();
            parts.push(part.names_cell(cell.scene, id).keyed((id, kinds)));
        }
    }
    for parts in [plain, replaced] {
        sink.emit(&EMPTY_SCENE, parts, |kept| {
            let mut sensors: Vec<SensorId> = kept.keys().map(|(id, _)| *id).collect();
            sensors.dedup();
            let in_place: Counted = kept.keys().flat_map(|(_, kinds)| kinds).copied().collect();
            let (folders, hold) = (kept.counted("scene folder"), kept.verb("holds", "hold"));
            let of = labels(layout, &sensors);
            let statement = Statement::new(format!("{folders} of {of} {hold} no frame"))
                .about(only(layout, &sensors))
                .help(format!(
                    "copy {} frames from the recording{}",
                    kept.verb("the scene's", "these scenes'"),
                    remains::or_leave_out(context, kept.count() == 1)
                ));
            in_place.say(statement, true)
        });
    }
    say_not_fetched(context, sink);
}

/// Says which scenes no sensor has, as `.dvc` files stand in their place.
fn say_not_fetched(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let mut parts = Vec::new();
    for (_, sensor) in layout.sensors() {
        for (what, name, meant) in Places::of_folders(tree, sensor.folder).sorted() {
            let is_scene =
                layout.scenes.binary_search_by(|scene| scene.as_slice().cmp(meant)).is_ok();
            let has_frames = layout.scenes.is_empty() || is_scene;
            if what == InPlace::Dvc && !has_frames {
                let names = NameSet::from_names([name]);
                let example = Example::at(tree.path_of(sensor.folder, name)).noting(what.note());
                parts.push(Part::at(example).in_place(sensor.folder, names));
            }
        }
    }
    sink.emit(&EMPTY_SCENE, parts, |kept| {
        let (files, stand) = (kept.counted("`.dvc` file"), kept.verb("stands", "stand"));
        Statement::new(format!("{files} {stand} for scenes that were not fetched in any sensor"))
            .effect(Effect::Advice, Basis::Advice)
            .help("fetch them with `dvc pull`, if they are to be uploaded")
    });
}
