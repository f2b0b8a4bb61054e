use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::lacking::{Frame, Missing, lacked, part, stem};
use super::{group, misplaced, outage, remains};
use crate::align::timeline::Timeline;
use crate::align::{Relation, Runs, runs_of_extra, runs_of_missing};
use crate::finding::proof::{self, Lacked, StandIns, StandInsCount};
use crate::finding::{Context, Example, Kept, Part, Sink, Statement};
use crate::layout::{Cell, SceneId, SensorId};
use crate::multiset_hash::MultisetHash;
use crate::names::name_set::NameSet;
use crate::platform::Effect;
use crate::rules::in_place::{Counted, Places};
use crate::text;
use crate::tree::files::Files;

declare_rule! {
    /// Some sensors of a scene lack frames that others have.
    ///
    /// A frame of the platform takes one file of every sensor at one timestamp; where one is
    /// missing the frame is lost, or the scene. Only what is truly missing is listed: units, clock
    /// offsets, rates and jitter have their own rules and are set aside first. A frame that one
    /// sensor alone has is said of that sensor, not of all others; one that nearly all have is said
    /// of those that lack it.
    ///
    /// A frame that lies in another scene's folder of its sensor is said as that, and is
    /// to be moved.
    ///
    /// **Repair:** copy the missing frames from the recording. Where it does not have them, leave
    /// the frames of that time out of all sensors.
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
    let outages = outage::find(context);
    misplaced::emit_frames(context, sink);
    outage::emit_frames(context, sink, &outages);
    let mut by_sensor: BTreeMap<SensorId, Vec<&Relation>> = BTreeMap::new();
    for relation in context.alignment.relations() {
        by_sensor.entry(relation.sensor).or_default().push(relation);
    }
    let misplaced = misplaced::Stems::of(context);
    let mut lacking: BTreeMap<Cause, Vec<(SensorId, Vec<&Relation>)>> = BTreeMap::new();
    for (sensor, relations) in &by_sensor {
        let is_left = |it: &&&Relation| {
            !it.missing.is_empty() && !outages.iter().any(|outage| outage.has(it))
        };
        let relations: Vec<&Relation> = relations.iter().filter(is_left).copied().collect();
        if !relations.is_empty() {
            let cause = Cause::of(&relations);
            lacking.entry(cause).or_default().push((*sensor, relations));
        }
    }
    for sensors in lacking.values() {
        missing(context, sink, sensors, &misplaced);
    }
    for (sensor, relations) in by_sensor {
        extra(context, sink, sensor, relations.into_iter(), &misplaced);
    }
    by_stem(context, sink);
}

/// The same frames of the same scenes, by comparison with the same sensor: what several sensors
/// lack at once has one cause.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Cause(Vec<(SceneId, SensorId, usize, MultisetHash)>);

impl Cause {
    fn of(relations: &[&Relation]) -> Self {
        let cause = |it: &&Relation| {
            let mut hash = MultisetHash::default();
            it.missing.iter().for_each(|stamp| {
                hash.add(MultisetHash::from_parts(&[&stamp.to_be_bytes()]));
            });
            (it.scene, it.reference, it.missing.len(), hash)
        };
        Cause(relations.iter().map(cause).collect())
    }
}

/// Frames that sensors lack by their alignment with the reference.
fn missing(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    sensors: &[(SensorId, Vec<&Relation>)],
    misplaced: &misplaced::Stems,
) {
    let mut parts = Vec::new();
    for relation in sensors.iter().flat_map(|(_, relations)| relations) {
        let sensor = relation.sensor;
        let Some(cell) = group::cell_of(context, relation.scene, sensor) else { continue };
        let Some(reference) = group::cell_of(context, relation.scene, relation.reference) else {
            continue;
        };
        let (own, others) = (group::writings(context, cell), group::writings(context, reference));
        let Some(suffix) = own.suffix() else { continue };
        // A frame that cannot be read in the reference is named as that. Where a third sensor has
        // it, its stem tells.
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
        let frames =
            frames.filter(|(_, name)| !misplaced.is_elsewhere(relation.scene, sensor, stem(name)));
        parts.extend(lacked(context, cell, relation.reference, frames, move |stamps| {
            let timeline = Timeline::of(&group::writings(context, reference));
            runs_of_missing(stamps, &timeline.stamps, usize::MAX)
        }));
    }
    say_lacking(context, sink, parts);
}

/// Frames that a sensor lacks and others have, as far as no alignment tells so: those that are
/// named by a text, or by the same number with other leading zeros.
fn by_stem(context: &Context<'_>, sink: &mut Sink<'_>) {
    // What stands apart by its clock or its way of writing is named as that by the rules
    // behind this one.
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
            // Among frames that are named by numbers, those that one sensor names by a text
            // are its own.
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
        say_lacking(context, sink, parts.collect());
    }
    for (sensor, scenes) in surplus {
        say_surplus(context, sink, sensor, &scenes);
    }
}

/// Stems of frames that one sensor of a scene has, or lacks, and another sensor with which
/// it was compared.
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
    let help = "name these frames by the time when they were taken, as in the other sensors";
    say_extra(context, sink, sensor, parts, help);
}

/// Says which frames sensors lack.
fn say_lacking(context: &Context<'_>, sink: &mut Sink<'_>, parts: Vec<Part<'_, Missing>>) {
    sink.emit(&FRAME_MISSING_IN_SENSOR, parts, |kept| {
        let sensors = distinct(kept.keys().map(|missing| missing.sensor));
        let others = match distinct(kept.keys().map(|missing| missing.reference)).as_slice() {
            [one] if !sensors.contains(one) => {
                format!("{} has", group::names(context, &[*one], false))
            }
            _ => "the others have".to_owned(),
        };
        let places = kept
            .parts
            .iter()
            .flat_map(|part| part.items.iter().filter_map(|at| part.key.frames.get(*at)?.place));
        let in_place: Counted = places.collect();
        let of_one = |sensor: &SensorId| -> u64 {
            let parts = kept.parts.iter().filter(|part| part.key.sensor == *sensor);
            parts.map(|part| part.count).sum()
        };
        let count = sensors.iter().map(of_one).max().unwrap_or_default();
        let scenes = match sensors.as_slice() {
            [one, ..] => in_scenes(context, *one, kept),
            [] => String::new(),
        };
        let (lack, about) = match sensors.as_slice() {
            [one] => ("lacks", Some(context.layout.sensor(*one))),
            _ => ("lack", None),
        };
        let labels = group::names(context, &sensors, false);
        let frames = match sensors.len() {
            1 => text::count(count, "frame"),
            _ => format!("the same {}", text::count(count, "frame")),
        };
        let statement = Statement::new(format!("{labels} {lack} {frames} that {others}{scenes}"))
            .about(about)
            .help(format!(
                "copy the missing {} from the recording{}",
                if count == 1 { "frame" } else { "frames" },
                remains::or_leave_out(context, count == 1)
            ));
        in_place.say(statement, in_place.sum() == kept.count())
    });
}

fn extra<'a>(
    context: &Context<'a>,
    sink: &mut Sink<'_>,
    sensor: SensorId,
    relations: impl Iterator<Item = &'a Relation>,
    misplaced: &misplaced::Stems,
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
        let names = own.names_by_stamp();
        let name_of = |stamp: i128| {
            let at = names.binary_search_by_key(&stamp, |(stamp, _)| *stamp);
            match at.ok().and_then(|at| names.get(at)) {
                Some((_, name)) => Some(name.clone()),
                // Stamps of several units are brought to one.
                None => own.name_of(stamp).map(String::into_bytes),
            }
        };
        let arrived = proof::arrived(context, cell);
        // What has not arrived, as it is empty or of another format, is named as that. Where a link
        // or a broken transfer stands for it in another sensor, that sensor lacks it.
        let is_extra = |stem: &[u8]| {
            arrived.contains(stem)
                && !misplaced.is_extra(relation.scene, sensor, stem)
                && !elsewhere.iter().any(|others| others.contains(stem))
                && !places.iter().any(|places| places.get(stem).is_some())
        };
        let frames = relation.extra.iter().filter_map(|stamp| {
            let name = name_of(stamp)?;
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
    let help = "copy the frames of that time to the other sensors, too";
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
            .help(format!("{help}{}", remains::or_leave_out(context, kept.count() == 1)))
    });
}

fn distinct(sensors: impl Iterator<Item = SensorId>) -> Vec<SensorId> {
    sensors.collect::<BTreeSet<SensorId>>().into_iter().collect()
}

fn in_scenes<K>(context: &Context<'_>, sensor: SensorId, kept: &Kept<'_, '_, K>) -> String {
    group::in_scenes(context, &kept.scenes(), context.alignment.scenes_compared(sensor))
}
