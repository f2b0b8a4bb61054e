use std::collections::{BTreeMap, BTreeSet};

use super::group;
use crate::align::timeline::Timeline;
use crate::align::{Relation, Runs, runs_of_extra, runs_of_missing};
use crate::digest::{Digest, Identified as _, Several};
use crate::finding::proof::{self, Lacked, StandIns, StandInsCount};
use crate::finding::{Context, Example, Gather, Sink};
use crate::layout::{Cell, SceneId, SensorId};
use crate::names::name_set::NameSet;
use crate::platform::Effect;
use crate::rules::in_place::{Counted, InPlace, Places};
use crate::text;
use crate::tree::files::Files;

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
    let mut by_sensor: BTreeMap<SensorId, Vec<&Relation>> = BTreeMap::new();
    for relation in context.alignment.relations() {
        by_sensor.entry(relation.sensor).or_default().push(relation);
    }
    for (sensor, relations) in by_sensor {
        missing(context, sink, sensor, relations.iter().copied());
        extra(context, sink, sensor, relations.into_iter());
    }
    by_stem(context, sink);
}

/// Frames that a sensor lacks by its alignment with the reference.
fn missing<'a>(
    context: &Context<'a>,
    sink: &mut Sink<'_>,
    sensor: SensorId,
    relations: impl Iterator<Item = &'a Relation>,
) {
    let mut lacking = Lacking::new(context, sink, sensor);
    for relation in relations.filter(|relation| !relation.missing.is_empty()) {
        let Some(cell) = group::cell_of(context, relation.scene, sensor) else { continue };
        let Some(reference) = group::cell_of(context, relation.scene, relation.reference) else {
            continue;
        };
        let (own, others) = (group::writings(context, cell), group::writings(context, reference));
        let Some(suffix) = own.suffix() else { continue };
        let timeline = Timeline::of(&others);
        // A frame that cannot be read in the reference is named as that. Where a third sensor has it, its stem tells.
        let unreadable = proof::lost(context.tree.folder(reference.folder));
        let is_readable = |stamp: &i128| {
            unreadable.is_empty()
                || others.name_of(*stamp).is_none_or(|name| {
                    let stem = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
                    !unreadable.contains(stem.as_bytes())
                })
        };
        let frames =
            relation.missing.iter().filter(is_readable).filter_map(|stamp| {
                Some((Some(stamp), others.name_for(stamp, &suffix)?.into_bytes()))
            });
        lacking.add(cell, relation.reference, frames.collect(), |stamps| {
            runs_of_missing(stamps, &timeline.stamps, usize::MAX)
        });
    }
    lacking.say();
}

/// Frames that a sensor lacks and others have, as far as no alignment tells so: those that are named by a text, or by the
/// same number with other leading zeros.
fn by_stem(context: &Context<'_>, sink: &mut Sink<'_>) {
    // What stands apart by its clock or its way of writing is named as that by the rules behind this one.
    let relations = context.alignment.relations();
    let stands_apart = |scene, sensor| {
        relations
            .binary_search_by_key(&(scene, sensor), |relation| (relation.scene, relation.sensor))
            .is_ok_and(|at| relations.get(at).is_some_and(Relation::stands_apart))
    };
    let always = StandInsCount::Always;
    let found = proof::differences(context, sink.covered(), always, &stands_apart);
    let mut lacking: BTreeMap<SensorId, Vec<Stems>> = BTreeMap::new();
    let mut surplus: BTreeMap<SensorId, Vec<Stems>> = BTreeMap::new();
    for difference in found {
        let Some(cell) = group::cell_of(context, difference.scene, difference.sensor) else {
            continue;
        };
        let own = proof::arrived(context, cell);
        let mut lost = Vec::new();
        let mut extra: BTreeMap<SensorId, Vec<Vec<u8>>> = BTreeMap::new();
        for Lacked { stem, holder, has_one_holder } in difference.lacked {
            // Among frames that are named by numbers, those that one sensor names by a text are its own.
            if has_one_holder && !own.has_texts() && !proof::is_number(&stem) {
                extra.entry(holder).or_default().push(stem);
            } else {
                lost.push((stem, holder));
            }
        }
        if let Some((_, reference)) = lost.first() {
            let reference = *reference;
            let stems = lost.into_iter().map(|(stem, _)| stem).collect();
            let lost = Stems { scene: difference.scene, other: reference, stems };
            lacking.entry(difference.sensor).or_default().push(lost);
        }
        for (holder, stems) in extra {
            let (scene, other) = (difference.scene, difference.sensor);
            surplus.entry(holder).or_default().push(Stems { scene, other, stems });
        }
    }
    let named = |sensor: SensorId, stems: &[Vec<u8>]| -> Vec<Vec<u8>> {
        let suffix = context.layout.sensor(sensor).kind.suffix();
        stems.iter().map(|stem| [stem, &b"."[..], suffix.as_bytes()].concat()).collect()
    };
    for (sensor, scenes) in lacking {
        let mut found = Lacking::new(context, sink, sensor);
        for Stems { scene, other, stems } in scenes {
            let Some(cell) = group::cell_of(context, scene, sensor) else { continue };
            let frames = named(sensor, &stems).into_iter().map(|name| (None, name)).collect();
            found.add(cell, other, frames, |_| Runs::default());
        }
        found.say();
    }
    for (sensor, scenes) in surplus {
        say_surplus(context, sink, sensor, &scenes);
    }
}

/// Stems of frames that one sensor of a scene has, or lacks, and another sensor with which it was compared.
struct Stems {
    scene: SceneId,
    other: SensorId,
    stems: Vec<Vec<u8>>,
}

/// Frames that a sensor alone names by a text.
fn say_surplus(context: &Context<'_>, sink: &mut Sink<'_>, sensor: SensorId, scenes: &[Stems]) {
    let mut found = sink.gather(&FRAME_MISSING_IN_SENSOR);
    let label = context.layout.sensor(sensor);
    found.about_sensor(&label.folder_name);
    let (mut at, mut others) = (Vec::new(), Vec::new());
    let mut said: BTreeMap<SceneId, BTreeSet<&[u8]>> = BTreeMap::new();
    for Stems { scene, other, stems } in scenes {
        said.entry(*scene).or_default().extend(stems.iter().map(Vec::as_slice));
        others.push(*other);
    }
    for (scene, stems) in said {
        let Some(cell) = group::cell_of(context, scene, sensor) else { continue };
        found.covers_extra(scene, &NameSet::from_names(&stems));
        let folder = context.tree.folder(cell.folder);
        for files in Files::in_folder(folder) {
            let files = files.filtered(|name| {
                let end = name.iter().rposition(|byte| *byte == b'.').unwrap_or(name.len());
                stems.contains(&name[..end])
            });
            if files.count() > 0
                && found.add_files(context.tree, cell.folder, files, |path, _| Example::at(path))
                    > 0
            {
                found.in_scene(scene);
                at.push(scene);
            }
        }
    }
    at.dedup();
    others.sort_unstable();
    others.dedup();
    let lacking = match others.as_slice() {
        [one] => format!("{} lacks", group::names(context, &[*one], false)),
        _ => "the others lack".to_owned(),
    };
    found.help("delete these frames, or name them by the time when they were taken, as in the other sensors");
    let scenes = group::in_scenes(context, &at, context.alignment.scenes_compared(sensor));
    let count = text::count(found.count(), "frame");
    found.say(format!("`{}` has {count} that {lacking}{scenes}", label.label()));
}

/// The finding of the frames that one sensor lacks.
struct Lacking<'c, 'a, 'g, 's> {
    context: &'c Context<'a>,
    sensor: SensorId,
    found: Gather<'g, 's>,
    scenes: Vec<SceneId>,
    references: Vec<SensorId>,
    in_place: Counted,
}

impl<'c, 'a, 'g, 's> Lacking<'c, 'a, 'g, 's> {
    fn new(context: &'c Context<'a>, sink: &'g mut Sink<'s>, sensor: SensorId) -> Self {
        let mut found = sink.gather(&FRAME_MISSING_IN_SENSOR);
        found.about_sensor(&context.layout.sensor(sensor).folder_name);
        let (scenes, references) = (Vec::new(), Vec::new());
        Lacking { context, sensor, found, scenes, references, in_place: Counted::default() }
    }

    /// Adds the frames of a scene that are not there, by the stamp on the reference's clock where that is known, and by
    /// the name that they would have.
    fn add(
        &mut self,
        cell: Cell,
        reference: SensorId,
        frames: Vec<(Option<i128>, Vec<u8>)>,
        runs: impl Fn(&[i128]) -> Runs,
    ) {
        let context = self.context;
        let others = StandIns::of(context, cell);
        let places = Places::of_files(context.tree.folder(cell.folder));
        let folder = context.tree.path(cell.folder);
        let stem = |name: &[u8]| {
            let end = name.iter().rposition(|byte| *byte == b'.').unwrap_or(name.len());
            name[..end].to_vec()
        };
        let mut stems = NameSet::default();
        let mut left: Vec<(Option<i128>, Vec<u8>, Option<InPlace>)> = Vec::new();
        for (stamp, name) in frames {
            let stem = stem(&name);
            // What stands there under another name is missing for that reason, which its own rule says.
            if others.contains(&stem) {
                continue;
            }
            stems.insert(&stem);
            let place = places.get(&stem);
            if self.found.keeps(&[&folder[..], &name].concat()) {
                if let Some((what, name)) = place {
                    self.in_place.add(cell.folder, what, name);
                }
                left.push((stamp, name, place.map(|(what, _)| what)));
            } else if let Some((_, name)) = place {
                // An ignore of the frame covers what stands in its place, too.
                self.found.explains(cell.folder, NameSet::from_names([name]));
            }
        }
        stems.seal();
        self.found.covers_missing(cell.scene, self.sensor, &stems);
        if left.is_empty() {
            return;
        }
        let several = left.iter().map(|(stamp, name, _)| Several {
            count: 1,
            digest: match stamp {
                Some(stamp) => Digest::of(&[&stamp.to_be_bytes()]),
                None => name.as_slice().identity(),
            },
        });
        let several: Several = several.collect();
        let example = |name: &[u8], note: Option<String>| {
            let example = Example::missing([&folder[..], name].concat());
            Example { note, ..example }
        };
        let noted = |place: Option<InPlace>| place.map(|what| what.note().to_owned());
        let mut examples: Vec<Example> = Vec::new();
        let stamps: Vec<i128> = left.iter().filter_map(|(stamp, ..)| *stamp).collect();
        if stamps.len() == left.len() && left.iter().all(|(_, _, place)| place.is_none()) {
            let name_of = |stamp: i128| {
                let at = left.binary_search_by_key(&Some(stamp), |(stamp, ..)| *stamp).ok()?;
                left.get(at).map(|(_, name, _)| name.as_slice())
            };
            for run in runs(&stamps).shown {
                let Some(first) = name_of(run.first) else { continue };
                let last = name_of(run.last).filter(|_| run.count > 1);
                let note = last.map(|last| {
                    format!("{}, to {}", text::count(run.count, "frame"), text::lossless(last))
                });
                examples.push(example(first, note));
            }
        } else {
            examples.extend(left.iter().map(|(_, name, place)| example(name, noted(*place))));
        }
        let mut examples = examples.into_iter();
        if let Some(first) = examples.next() {
            self.found.add_counted(several, first);
        }
        examples.for_each(|example| {
            self.found.show(example);
        });
        self.found.in_scene(cell.scene);
        self.scenes.push(cell.scene);
        self.references.push(reference);
    }

    fn say(self) {
        let Lacking { context, sensor, mut found, mut scenes, mut references, in_place } = self;
        references.sort_unstable();
        references.dedup();
        scenes.dedup();
        let others = match references.as_slice() {
            [one] if *one != sensor => group::names(context, &[*one], false),
            _ => "the others".to_owned(),
        };
        let verb = if others == "the others" { "have" } else { "has" };
        found.help(
            "copy the missing frames from the recording, or delete the frames of that time in every sensor",
        );
        let is_all = in_place.sum() == found.count();
        in_place.say(&mut found, is_all);
        let scenes = group::in_scenes(context, &scenes, context.alignment.scenes_compared(sensor));
        let count = text::count(found.count(), "frame");
        let label = context.layout.sensor(sensor).label();
        found.say(format!("`{label}` lacks {count} that {others} {verb}{scenes}"));
    }
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
        let Some(cell) = group::cell_of(context, relation.scene, sensor) else { continue };
        let cells = context.layout.scene_cells(relation.scene).iter();
        let lacking: Vec<Cell> = cells.copied().filter(|cell| cell.sensor != sensor).collect();
        let elsewhere: Vec<StandIns> =
            lacking.iter().map(|cell| StandIns::of(context, *cell)).collect();
        let places: Vec<Places> =
            lacking.iter().map(|cell| Places::of_files(context.tree.folder(cell.folder))).collect();
        let own = group::writings(context, cell);
        let by_stamp = own.by_stamp();
        let name_of = |stamp: i128| {
            let at = by_stamp.binary_search_by_key(&stamp, |(stamp, ..)| *stamp);
            let known = at.ok().and_then(|at| by_stamp.get(at));
            match known {
                Some((_, naming, value)) => Some(naming.render(*value)),
                // Stamps of several units are brought to one.
                None => own.name_of(stamp),
            }
        };
        let folder = context.tree.path(cell.folder);
        let arrived = proof::arrived(context, cell);
        let mut stems = NameSet::default();
        let mut left: Vec<i128> = Vec::new();
        for stamp in relation.extra.iter() {
            let Some(name) = name_of(stamp) else { continue };
            let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).as_bytes();
            // What has not arrived, as it is empty or of another format, is named as that.
            if !arrived.contains(stem) || elsewhere.iter().any(|others| others.contains(stem)) {
                continue;
            }
            // Where a link or a broken transfer stands for it in another sensor, that sensor lacks it.
            let is_in_place = |places: &Places| places.get(stem).is_some();
            if places.iter().any(is_in_place) {
                continue;
            }
            stems.insert(stem);
            if found.keeps(&[&folder[..], name.as_bytes()].concat()) {
                left.push(stamp);
            }
        }
        stems.seal();
        found.covers_extra(relation.scene, &stems);
        let timeline = Timeline::of(&own);
        let positions: Vec<(usize, i128)> = left
            .iter()
            .map(|stamp| (timeline.stamps.partition_point(|held| held < stamp), *stamp))
            .collect();
        let runs = runs_of_extra(&positions, usize::MAX);
        let path = |stamp| Some([&folder[..], name_of(stamp)?.as_bytes()].concat());
        let mut examples = runs.shown.iter().filter_map(|run| {
            let example = Example::at(path(run.first)?);
            let last = name_of(run.last).filter(|_| run.count > 1);
            Some(Example {
                note: last.map(|last| format!("{}, to {last}", text::count(run.count, "frame"))),
                ..example
            })
        });
        let Some(first) = examples.next() else { continue };
        found.add_counted(runs.several(), first);
        examples.for_each(|example| {
            found.show(example);
        });
        found.in_scene(relation.scene);
        scenes.push(relation.scene);
        others.push(lacking.iter().map(|cell| cell.sensor).collect::<Vec<_>>());
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
