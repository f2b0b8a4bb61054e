use super::files::{frames_by_suffix, frames_or_deeper, is_nameless, labels, only, sum_below};
use crate::finding::{Context, Example, Gather, Sink};
use crate::layout::{Cell, SensorId};
use crate::platform::Effect;
use crate::rules::in_place::{Counted, Places};
use crate::text;

declare_rule! {
    /// A scene's folder without a frame, in a sensor that has frames elsewhere.
    ///
    /// The tree announces the scene for that sensor and then has nothing for it, so the platform either builds the scene
    /// without the sensor or reports its data as failed. An object store cannot hold an empty folder, so there this is seen
    /// only where something else, as a log, stands in it.
    ///
    /// **Repair:** copy the scene's frames, or delete the scene in every sensor.
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let frames = sum_below(tree, frames_or_deeper);
    let mut plain = Empty::new(sink.gather(&EMPTY_SCENE));
    let mut in_place: Vec<(SensorId, Cell, Places)> = Vec::new();
    for (id, sensor) in layout.sensors() {
        // A sensor without any frame in a scene is one fault (L109, L107), not one for each of its scenes.
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
            {
                continue;
            }
            let places = Places::of_files(folder);
            match places.is_empty() {
                true => plain.add(context, id, cell, "no frames"),
                false => in_place.push((id, cell, places)),
            }
        }
    }
    plain.say(context, Counted::default());
    let mut replaced = Empty::new(sink.gather(&EMPTY_SCENE));
    let mut counted = Counted::default();
    for (id, cell, places) in in_place {
        for (what, name) in places.iter() {
            counted.add(cell.folder, what, name);
        }
        replaced.add(context, id, cell, "no frames, but what stands in their place");
    }
    replaced.say(context, counted);
}

/// Scene folders of one kind that hold no frame.
struct Empty<'g, 's> {
    found: Gather<'g, 's>,
    sensors: Vec<SensorId>,
}

impl<'g, 's> Empty<'g, 's> {
    fn new(found: Gather<'g, 's>) -> Self {
        Empty { found, sensors: Vec::new() }
    }

    fn add(&mut self, context: &Context<'_>, sensor: SensorId, cell: Cell, note: &'static str) {
        self.found.covers_cell(cell.scene, sensor);
        if self.found.add(Example::at(context.tree.path(cell.folder)).noting(note)) {
            self.found.in_scene(cell.scene);
            if self.sensors.last() != Some(&sensor) {
                self.sensors.push(sensor);
            }
        }
    }

    fn say(self, context: &Context<'_>, in_place: Counted) {
        let Empty { found: mut empty, sensors } = self;
        if let Some(sensor) = only(context.layout, &sensors) {
            empty.about_sensor(&sensor.folder_name);
        }
        empty.help("copy the scene's frames, or delete the scene in every sensor");
        in_place.say(&mut empty, true);
        let count = text::count(empty.count(), "scene folder");
        let verb = if empty.count() == 1 { "holds" } else { "hold" };
        empty.say(format!("{count} of {} {verb} no frame", labels(context.layout, &sensors)));
    }
}
