use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::group;
use crate::align::timeline::Timeline;
use crate::align::{Relation, Run, Runs, runs_of_extra, runs_of_missing};
use crate::finding::proof::{self, Lacked, StandIns, StandInsCount};
use crate::finding::{Context, Example, Kept, Part, Sink, Statement};
use crate::layout::{Cell, SceneId, SensorId};
use crate::multiset_hash::{Identified as _, MultisetHash};
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
        judges: common_scenes,
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
    let mut parts = Vec::new();
    for relation in relations.filter(|relation| !relation.missing.is_empty()) {
        let Some(cell) = group::cell_of(context, relation.scene, sensor) else { continue };
        let Some(reference) = group::cell_of(context, relation.scene, relation.reference) else {
            continue;
        };
        let (own, others) = (group::writings(context, cell), group::writings(context, reference));
        let Some(suffix) = own.suffix() else { continue };
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
        parts.extend(lacked(context, cell, relation.reference, frames, move |stamps| {
            let timeline = Timeline::of(&group::writings(context, reference));
            runs_of_missing(stamps, &timeline.stamps, usize::MAX)
        }));
    }
    say_lacking(context, sink, sensor, parts);
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
        let parts = scenes.into_iter().filter_map(|Stems { scene, other, stems }| {
            let cell = group::cell_of(context, scene, sensor)?;
            let frames = named(sensor, &stems).into_iter().map(|name| (None, name));
            lacked(context, cell, other, frames, |_| Runs::default())
        });
        say_lacking(context, sink, sensor, parts.collect());
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
    let mut said: BTreeMap<SceneId, (BTreeSet<&[u8]>, Vec<SensorId>)> = BTreeMap::new();
    for Stems { scene, other, stems } in scenes {
        let (all, others) = said.entry(*scene).or_default();
        all.extend(stems.iter().map(Vec::as_slice));
        others.push(*other);
    }
    let mut parts = Vec::new();
    for (scene, (stems, others)) in &said {
        let Some(cell) = group::cell_of(context, *scene, sensor) else { continue };
        let named = Part::nothing().names_extra(*scene, NameSet::from_names(stems));
        parts.push(named.keyed(others.clone()));
        for files in Files::in_folder(context.tree.folder(cell.folder)) {
            let files = files.filtered(|name| stems.contains(stem(name)));
            if files.count() > 0 {
                let part = Part::files(context.tree, cell.folder, files).in_scene(*scene);
                parts.push(part.keyed(others.clone()));
            }
        }
    }
    let help = "delete these frames, or name them by the time when they were taken, as in the other sensors";
    say_extra(context, sink, sensor, parts, help);
}

/// A frame that is not there, or is one too many.
struct Frame {
    /// The stamp, where it is known by that.
    stamp: Option<i128>,
    name: Vec<u8>,
    /// What stands in its place.
    place: Option<InPlace>,
}

/// The name without its suffix.
fn stem(name: &[u8]) -> &[u8] {
    &name[..name.iter().rposition(|byte| *byte == b'.').unwrap_or(name.len())]
}

/// Frames of one folder, by stamp, each of them an occurrence. Stretches of neighbours, as `runs` finds them, are shown as
/// one place each, unless something stands in the place of a frame.
fn part<'t>(
    folder: Vec<u8>,
    frames: Rc<[Frame]>,
    example: fn(Vec<u8>) -> Example,
    runs: impl Fn(&[i128]) -> Runs + 't,
) -> Part<'t> {
    let digest = |frame: &Frame| match frame.stamp {
        Some(stamp) => MultisetHash::from_parts(&[&stamp.to_be_bytes()]),
        None => frame.name.as_slice().identity(),
    };
    let all = Rc::clone(&frames);
    let item = move |at: usize| {
        all.get(at).map(|frame| (frame.name.clone(), digest(frame))).unwrap_or_default()
    };
    Part::items(folder.clone(), frames.len(), item, move |kept| {
        let left: Vec<&Frame> = kept.iter().filter_map(|at| frames.get(*at)).collect();
        let shown = |frame: &Frame, note: Option<String>| {
            let example = example([&folder[..], &frame.name].concat());
            Example { note, ..example }
        };
        let stamps: Vec<i128> = left.iter().filter_map(|frame| frame.stamp).collect();
        if stamps.len() < left.len() || left.iter().any(|frame| frame.place.is_some()) {
            let note = |frame: &Frame| frame.place.map(|what| what.note().to_owned());
            return left.iter().map(|frame| shown(frame, note(frame))).collect();
        }
        let frame_of = |stamp: i128| {
            let at = left.binary_search_by_key(&Some(stamp), |frame| frame.stamp).ok()?;
            left.get(at)
        };
        let shown_run = |run: &Run| {
            let last = frame_of(run.last).filter(|_| run.count > 1);
            let count = text::count(run.count, "frame");
            let note = last.map(|last| format!("{count}, to {}", text::lossless(&last.name)));
            Some(shown(frame_of(run.first)?, note))
        };
        runs(&stamps).shown.iter().filter_map(shown_run).collect()
    })
}

/// The frames that a sensor lacks by comparison with another one.
struct Missing {
    reference: SensorId,
    frames: Rc<[Frame]>,
}

/// The frames of a scene that are not there, by the stamp on the reference's clock where that is known, and by the name
/// that they would have.
fn lacked<'t>(
    context: &Context<'_>,
    cell: Cell,
    reference: SensorId,
    frames: impl Iterator<Item = (Option<i128>, Vec<u8>)>,
    runs: impl Fn(&[i128]) -> Runs + 't,
) -> Option<Part<'t, Missing>> {
    let others = StandIns::of(context, cell);
    let places = Places::of_files(context.tree.folder(cell.folder));
    // What stands there under another name is missing for that reason, which its own rule says.
    let frames = frames.filter(|(_, name)| !others.contains(stem(name)));
    let frame = |(stamp, name): (Option<i128>, Vec<u8>)| {
        let place = places.get(stem(&name)).map(|(what, _)| what);
        Frame { stamp, name, place }
    };
    let frames: Rc<[Frame]> = frames.map(frame).collect();
    if frames.is_empty() {
        return None;
    }
    let stems = || frames.iter().map(|frame| stem(&frame.name));
    let in_place: Vec<&[u8]> =
        stems().filter_map(|stem| places.get(stem)).map(|(_, name)| name).collect();
    let missing = NameSet::from_names(stems());
    let folder = context.tree.path(cell.folder);
    let mut part = part(folder, Rc::clone(&frames), Example::missing, runs)
        .names_missing(cell.scene, cell.sensor, missing)
        .in_scene(cell.scene);
    if !in_place.is_empty() {
        part = part.in_place(cell.folder, NameSet::from_names(in_place));
    }
    Some(part.keyed(Missing { reference, frames }))
}

/// Says which frames a sensor lacks.
fn say_lacking(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    sensor: SensorId,
    parts: Vec<Part<'_, Missing>>,
) {
    sink.emit(&FRAME_MISSING_IN_SENSOR, parts, |kept| {
        let others = match distinct(kept.keys().map(|missing| missing.reference)).as_slice() {
            [one] if *one != sensor => format!("{} has", group::names(context, &[*one], false)),
            _ => "the others have".to_owned(),
        };
        let places = kept.parts.iter().flat_map(|part| {
            part.items.iter().filter_map(|at| part.key.frames.get(*at)?.place)
        });
        let in_place: Counted = places.collect();
        let (frames, scenes) = (kept.counted("frame"), in_scenes(context, sensor, kept));
        let of = context.layout.sensor(sensor);
        let statement =
            Statement::new(format!("`{}` lacks {frames} that {others}{scenes}", of.label()))
                .about(Some(of))
                .help("copy the missing frames from the recording, or delete the frames of that time in every sensor");
        in_place.say(statement, in_place.sum() == kept.count())
    });
}

fn extra<'a>(
    context: &Context<'a>,
    sink: &mut Sink<'_>,
    sensor: SensorId,
    relations: impl Iterator<Item = &'a Relation>,
) {
    let mut parts = Vec::new();
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
                // SequenceHasher of several units are brought to one.
                None => own.name_of(stamp),
            }
        };
        let arrived = proof::arrived(context, cell);
        // What has not arrived, as it is empty or of another format, is named as that. Where a link or a broken transfer
        // stands for it in another sensor, that sensor lacks it.
        let is_extra = |stem: &[u8]| {
            arrived.contains(stem)
                && !elsewhere.iter().any(|others| others.contains(stem))
                && !places.iter().any(|places| places.get(stem).is_some())
        };
        let frames = relation.extra.iter().filter_map(|stamp| {
            let name = name_of(stamp)?.into_bytes();
            is_extra(stem(&name)).then_some(Frame { stamp: Some(stamp), name, place: None })
        });
        let frames: Rc<[Frame]> = frames.collect();
        let stems = NameSet::from_names(frames.iter().map(|frame| stem(&frame.name)));
        let part = part(context.tree.path(cell.folder), frames, Example::at, move |stamps| {
            let timeline = Timeline::of(&group::writings(context, cell));
            let position = |stamp: &i128| timeline.stamps.partition_point(|held| held < stamp);
            let positions: Vec<(usize, i128)> =
                stamps.iter().map(|stamp| (position(stamp), *stamp)).collect();
            runs_of_extra(&positions, usize::MAX)
        });
        let part = part.names_extra(relation.scene, stems).in_scene(relation.scene);
        parts.push(part.keyed(lacking.iter().map(|cell| cell.sensor).collect()));
    }
    let help = "delete these frames, or add the frames of that time to the other sensors";
    say_extra(context, sink, sensor, parts, help);
}

/// Says which frames a sensor has and others lack. Of each part those others are known.
fn say_extra(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    sensor: SensorId,
    parts: Vec<Part<'_, Vec<SensorId>>>,
    help: &str,
) {
    sink.emit(&FRAME_MISSING_IN_SENSOR, parts, |kept| {
        let lacking = match distinct(kept.keys().flatten().copied()).as_slice() {
            [one] => format!("{} lacks", group::names(context, &[*one], false)),
            _ => "the others lack".to_owned(),
        };
        let (frames, scenes) = (kept.counted("frame"), in_scenes(context, sensor, kept));
        let of = context.layout.sensor(sensor);
        Statement::new(format!("`{}` has {frames} that {lacking}{scenes}", of.label()))
            .about(Some(of))
            .help(help)
    });
}

fn distinct(sensors: impl Iterator<Item = SensorId>) -> Vec<SensorId> {
    sensors.collect::<BTreeSet<SensorId>>().into_iter().collect()
}

fn in_scenes<K>(context: &Context<'_>, sensor: SensorId, kept: &Kept<'_, '_, K>) -> String {
    group::in_scenes(context, &kept.scenes(), context.alignment.scenes_compared(sensor))
}
