use super::group;
use crate::align::{Relation, Run, Runs};
use crate::contract::Effect;
use crate::finding::{Example, Sink};
use crate::layout::contents::Contents;
use crate::layout::{Cell, SensorId};
use crate::rules::Context;
use crate::text;
use crate::tree::Remark;

declare_rule! {
    /// Some sensors of a scene lack frames that others have.
    ///
    /// A frame of the platform takes one file of every sensor at one timestamp; where one is missing the frame is lost, or the
    /// scene. Only what is truly missing is listed: units, clock offsets, rates and jitter have their own rules and are set
    /// aside first. A frame that one sensor alone has is said of that sensor, not of all others; one that nearly all have is
    /// said of those that lack it.
    ///
    /// **Repair:** copy the missing frames from the recording, or delete the frames of that time in every sensor.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x10 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060361.jpg x7 +100
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x10 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x10 +100
    /// metadata.json
    /// ```
    FRAME_MISSING_IN_SENSOR {
        code: "A202",
        name: "frame-missing-in-sensor",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T10"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (sensor, _) in context.layout.sensors() {
        let own = || {
            context.alignment.relations().iter().filter(move |relation| relation.sensor == sensor)
        };
        missing(context, sink, sensor, own());
        extra(context, sink, sensor, own());
    }
}

fn missing<'a>(
    context: &Context<'a>,
    sink: &mut Sink<'_>,
    sensor: SensorId,
    relations: impl Iterator<Item = &'a Relation>,
) {
    let mut found = sink.gather(&FRAME_MISSING_IN_SENSOR);
    let label = context.layout.sensor(sensor);
    found.about_sensor(&label.folder_name);
    let mut scenes = Vec::new();
    let mut references = Vec::new();
    for relation in relations.filter(|relation| !relation.missing.is_empty()) {
        let Some(cell) = group::cell_of(context, relation.scene, sensor) else { continue };
        // What stands there under another name is missing for that reason, which its own rule says.
        if relation.missing.count <= stand_ins(context, cell) {
            continue;
        }
        let name =
            |stamp| group::name_as(context, relation.scene, (sensor, relation.reference), stamp);
        let mut examples = examples(&relation.missing, |run| {
            let path = context.tree.path_of(cell.folder, name(run.first)?.as_bytes());
            Some(noting_run(Example::missing(path), run, name(run.last)))
        });
        let Some(first) = examples.next() else { continue };
        if found.add_many(relation.missing.several(), first) {
            examples.for_each(|example| {
                found.show(example);
            });
            found.in_scene(relation.scene);
            scenes.push(relation.scene);
            references.push(relation.reference);
        }
    }
    references.sort_unstable();
    references.dedup();
    let others = match references.as_slice() {
        [one] if *one != sensor => group::names(context, &[*one], false),
        _ => "the others".to_owned(),
    };
    let verb = if others == "the others" { "have" } else { "has" };
    found.help("copy the missing frames from the recording, or delete the frames of that time in every sensor");
    let scenes = group::in_scenes(context, &scenes, context.alignment.scenes_compared(sensor));
    let count = text::count(found.count(), "frame");
    found.say(format!("`{}` lacks {count} that {others} {verb}{scenes}", label.label()));
}

fn extra<'a>(
    context: &Context<'a>,
    sink: &mut Sink<'_>,
    sensor: SensorId,
    relations: impl Iterator<Item = &'a Relation>,
) {
    let mut found = sink.gather(&FRAME_MISSING_IN_SENSOR);
    let label = context.layout.sensor(sensor);
    found.about_sensor(&label.folder_name);
    let mut scenes = Vec::new();
    let mut others = Vec::new();
    for relation in relations.filter(|relation| !relation.extra.is_empty()) {
        let cells = context.layout.scene_cells(relation.scene).iter();
        let lacking: Vec<Cell> = cells.copied().filter(|cell| cell.sensor != sensor).collect();
        if lacking.iter().any(|cell| relation.extra.count <= stand_ins(context, *cell)) {
            continue;
        }
        let path = |stamp| group::path_of(context, relation.scene, sensor, stamp);
        let last = |stamp| {
            path(stamp).map(|path| {
                text::lossless(path.rsplit(|b| *b == b'/').next().unwrap_or_default()).into_owned()
            })
        };
        let mut examples = examples(&relation.extra, |run| {
            Some(noting_run(Example::at(path(run.first)?), run, last(run.last)))
        });
        let Some(first) = examples.next() else { continue };
        if found.add_many(relation.extra.several(), first) {
            examples.for_each(|example| {
                found.show(example);
            });
            found.in_scene(relation.scene);
            scenes.push(relation.scene);
            others.push(lacking.iter().map(|cell| cell.sensor).collect::<Vec<_>>());
        }
    }
    others.sort_unstable();
    others.dedup();
    let lacking = match others.as_slice() {
        [one] if one.len() == 1 => format!("{} lacks", group::names(context, one, false)),
        _ => "the others lack".to_owned(),
    };
    found.help("delete these frames, or add the frames of that time to the other sensors");
    let scenes = group::in_scenes(context, &scenes, context.alignment.scenes_compared(sensor));
    let count = text::count(found.count(), "frame");
    found.say(format!("`{}` has {count} that {lacking}{scenes}", label.label()));
}

fn examples<'r>(
    runs: &'r Runs,
    make: impl Fn(&Run) -> Option<Example> + 'r,
) -> impl Iterator<Item = Example> + 'r {
    runs.shown.iter().filter_map(make)
}

fn noting_run(example: Example, run: &Run, last: Option<String>) -> Example {
    match last {
        Some(last) if run.count > 1 => {
            example.noting(format!("{}, to {last}", text::count(run.count, "frame")))
        }
        _ => example,
    }
}

/// How many files in a scene folder could be frames under another name: half copied, linked, of another suffix, with other
/// words around the number, or a level too deep.
fn stand_ins(context: &Context<'_>, cell: Cell) -> u64 {
    let folder = context.tree.folder(cell.folder);
    let files: u64 = folder
        .remarks()
        .iter()
        .filter(|(remark, _)| match remark {
            Remark::Leftover(id) => !id.class().is_harmless(),
            Remark::Unnumbered(_)
            | Remark::Link
            | Remark::Special
            | Remark::Odd(_)
            | Remark::OddFrame(_) => true,
            _ => false,
        })
        .map(|(_, tally)| tally.count())
        .sum();
    let numbered: u64 = folder.frames().iter().map(|(_, set)| set.len() as u64).sum();
    let of_another_kind = numbered.saturating_sub(context.layout.frames_in(context.tree, cell));
    files + of_another_kind + Contents::of_children(context.tree, cell.folder).frames()
}
