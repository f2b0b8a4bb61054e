use super::files::{frames_or_deeper, labels, only, sum_below};
use super::suffix;
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::SensorId;
use crate::names::name_set::NameSet;
use crate::names::sensor_name;
use crate::platform::Effect;
use crate::rules::in_place::{Counted, InPlace, Places};
use crate::text;
use crate::tree::FolderId;

declare_rule! {
    /// A sensor's folder without a single frame.
    ///
    /// Every sensor is expected to hold the same scenes as the others. One that holds nothing
    /// announces a LiDAR or camera for which the platform then finds no data in any scene. Often
    /// the sensor was not mounted on that day, or its part of the upload has not run.
    ///
    /// In a repository of DVC the frames, scenes or the whole sensor may be `.dvc` files that stand
    /// for data which were not fetched, and an empty folder may be a submodule of git: both are
    /// said here, with the command that fetches them.
    ///
    /// **Repair:** fetch or copy the sensor's frames. Where it recorded none, leave out its folder,
    /// and its name in metadata.json.
    ///
    /// ```tree bad
    /// camera-front/
    ///   scene_1/
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
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
    EMPTY_SENSOR {
        code: "L109",
        name: "empty-sensor",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T10"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let frames = sum_below(tree, frames_or_deeper);
    let (mut plain, mut replaced, mut submodules) = (Vec::new(), Vec::new(), Vec::new());
    let has_submodules = tree.folder(FolderId::ROOT).holds(b".gitmodules");
    for (id, sensor) in layout.sensors().filter(|(_, sensor)| frames[sensor.folder.index()] == 0) {
        // What could not be read is not known to be empty; that frames are packed is said with the
        // files (L114, L115).
        if context.unseen.is_within(sensor.folder) || suffix::is_packed(tree, layout, id) {
            continue;
        }
        let links = Places::of_folders(tree, sensor.folder);
        let files =
            layout.sensor_cells(id).map(|it| (it.folder, Places::of_files(tree.folder(it.folder))));
        let mut part = Part::at(Example::at(tree.path(sensor.folder)).noting("no frames"));
        let mut kinds: Vec<InPlace> = Vec::new();
        for (folder, places) in std::iter::once((sensor.folder, links)).chain(files) {
            part = places.named_by(part, folder);
            kinds.extend(places.kinds());
        }
        let is_bare = tree.folder(sensor.folder).files() == 0
            && tree.children(sensor.folder).next().is_none();
        let parts = match kinds.is_empty() {
            true if has_submodules && is_bare => &mut submodules,
            true => &mut plain,
            false => &mut replaced,
        };
        parts.push(part.names_sensor(id).keyed((id, kinds)));
    }
    for (parts, may_be_submodules) in [(plain, false), (replaced, false), (submodules, true)] {
        sink.emit(&EMPTY_SENSOR, parts, |kept| {
            let sensors: Vec<SensorId> = kept.keys().map(|(id, _)| *id).collect();
            let in_place: Counted = kept.keys().flat_map(|(_, kinds)| kinds).copied().collect();
            let (of, hold) = (labels(layout, &sensors), kept.verb("holds", "hold"));
            let statement = Statement::new(format!("{of} {hold} no frame at all"))
                .about(only(layout, &sensors))
                .help(match may_be_submodules {
                    true => "fetch the submodules with `git submodule update --init`, or copy the frames",
                    false => "copy the frames; where the sensor recorded none, leave out its folder, and its name in metadata.json",
                })
                .notes(may_be_submodules.then_some(
                    "`.gitmodules` stands at the top, and an empty folder is what a submodule is before it is fetched",
                ));
            in_place.say(statement, true)
        });
    }
    say_links(context, sink);
}

/// Says which links stand at the top in the place of sensors.
fn say_links(context: &Context<'_>, sink: &mut Sink<'_>) {
    // A folder of that name may be there, too, and not listed.
    if context.unseen.is_at_the_top() {
        return;
    }
    let places = Places::of_folders(context.tree, FolderId::ROOT);
    let is_sensor = |name: &[u8]| {
        let name = String::from_utf8_lossy(name);
        sensor_name::split(&name).is_some_and(|(_, rest)| !rest.is_empty())
    };
    let mut links = places.sorted();
    links.retain(|(_, _, meant)| is_sensor(meant));
    let names = NameSet::from_names(links.iter().map(|(_, name, _)| name));
    let named = Part::nothing().in_place(FolderId::ROOT, names).keyed(None);
    let parts = links.iter().map(|(what, name, _)| {
        Part::at(Example::at(*name).noting(what.note())).keyed(Some((*what, *name)))
    });
    sink.emit(&EMPTY_SENSOR, parts.chain([named]), |kept| {
        let links: Vec<(InPlace, &[u8])> = kept.keys().copied().flatten().collect();
        let in_place: Counted = links.iter().map(|(what, _)| *what).collect();
        let (sensors, hold) = (kept.counted("sensor"), kept.verb("holds", "hold"));
        let message = match links.as_slice() {
            [(InPlace::Dvc, name)] => format!(
                "`{}` stands for a sensor's folder that was not fetched",
                text::lossless(name)
            ),
            [(what, name)] => {
                format!("`{}` is {}, and no folder", text::lossless(name), what.note())
            }
            several if several.iter().all(|(what, _)| *what == InPlace::Dvc) => {
                format!("{sensors} {} `.dvc` files, and were not fetched", kept.verb("is", "are"))
            }
            _ => format!("what stands in the place of {sensors} is no folder, and {hold} no frame"),
        };
        let statement = in_place.say(Statement::new(message), true);
        match links.as_slice() {
            [(InPlace::Dvc, name)] => {
                statement.help(format!("fetch it with `dvc pull {}`", text::lossless(name)))
            }
            _ => statement,
        }
    });
}
