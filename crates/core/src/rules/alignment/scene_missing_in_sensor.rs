use std::collections::{BTreeMap, BTreeSet};

use super::scene_names::{self, Renames};
use super::{elsewhere, group, misplaced, outage, recut, remains, renamed};
use crate::align::scenes::Recut;
use crate::finding::proof::{self, StandInsCount};
use crate::finding::{Context, Example, Kept, Part, Sink, Statement};
use crate::layout::contents::Contents;
use crate::layout::{Cell, SceneId, SensorId};
use crate::names::name_set::NameSet;
use crate::platform::Effect;
use crate::rules::content::ending::broken_off;
use crate::rules::in_place::{Counted, InPlace, Places, is_packed_scene};
use crate::text;

declare_rule! {
    /// Some sensors have a scene that others lack.
    ///
    /// The platform builds one data entry a scene from all sensors, so every sensor holds the same
    /// scenes. A scene folder that is misspelt in one sensor is a scene missing there and one too
    /// many at once; it is said as the misspelling that it is, with the name that would be right.
    /// Names pair when they differ in letters, case or separators but not in their numbers, or when
    /// they hold the very same timestamps.
    ///
    /// A name that bears its sensor's, as exports by topic write it (`run1_lidar_top`,
    /// `run1_cam_front`), is one of them.
    ///
    /// Other causes are said as what they are, too: a recording that was cut into scenes at other
    /// places in one sensor, frames that lie in another scene's folder, a sensor that died in a
    /// scene and stayed away, a copy that broke off.
    ///
    /// **Repair:** rename folders that bear a wrong name, bring recordings to one cut, move what
    /// lies in the wrong folder, and copy what is missing. Leave a scene out of all sensors only
    /// where its frames are nowhere to be had.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_01/
    ///     1681532060061.pcd x3 +100
    ///   scene_02/
    ///     1681532070061.pcd x3 +100
    /// camera-front/
    ///   Sence_01/
    ///     1681532060061.jpg x3 +100
    ///   scene_02/
    ///     1681532070061.jpg x3 +100
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_01/
    ///     1681532060061.pcd x3 +100
    /// camera-front/
    ///   scene_01/
    ///     1681532060061.jpg x3 +100
    /// metadata.json
    /// ```
    SCENE_MISSING_IN_SENSOR {
        code: "A201",
        name: "scene-missing-in-sensor",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T4", "T10"],
        judges: shared_scenes,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    // A sensor without a single frame has a rule of its own.
    let has_frames = |folder| Contents::of_children(context.tree, folder).frames() > 0;
    let sensors = context.layout.sensors().filter(|(_, sensor)| has_frames(sensor.folder));
    // Of a sensor that was not listed to its end nothing is known to be missing.
    let (unseen, sensors): (Vec<_>, Vec<_>) =
        sensors.partition(|(_, sensor)| context.unseen.is_right_in(sensor.folder));
    let sensors: Vec<SensorId> = sensors.into_iter().map(|(id, _)| id).collect();
    let held = |scene| {
        let cells = context.layout.scene_cells(scene).iter();
        cells.filter(|cell| sensors.binary_search(&cell.sensor).is_ok()).count()
    };
    let incomplete: Vec<SceneId> =
        context.layout.scene_ids().filter(|scene| held(*scene) < sensors.len()).collect();
    let matches = &context.alignment.scenes;
    if incomplete.is_empty() && matches.is_empty() {
        return say_absent(context, sink);
    }
    let held: usize = incomplete.iter().map(|scene| held(*scene)).sum();
    let absent = (sensors.len() as u64 * incomplete.len() as u64).saturating_sub(held as u64);
    if absent > MOST_ABSENT {
        return say_by_complement(context, sink, &sensors, &incomplete);
    }
    let spellings = scene_names::spellings(context);
    let distinct: Vec<SceneId> =
        incomplete.iter().copied().filter(|scene| !spellings.contains_key(scene)).collect();
    let recut: BTreeSet<Cell> = matches.recuts.iter().flat_map(Recut::cells).collect();
    let renames = Renames::find(context, &sensors, &distinct, &spellings, &recut);
    renamed::emit(context, sink, &renames);
    recut::emit(context, sink);
    let mut absences = Absences::of(context, &sensors, &incomplete, &spellings, &renames);
    absences.without(&misplaced::emit_scenes(context, sink));
    absences.without(&outage::emit_scenes(context, sink));
    let (lone, lacking) = absences.told_apart(context, sensors.len() > 2 && unseen.is_empty());
    for (scenes, sensors) in together(lacking) {
        say_lacking(context, sink, &sensors, &scenes);
    }
    for (sensor, scenes) in lone {
        say_lone(context, sink, sensor, &scenes);
    }
    say_absent(context, sink);
}

/// Which scenes which sensors lack once every folder bears its right name.
struct Absences<'a> {
    context: &'a Context<'a>,
    sensors: &'a [SensorId],
    /// By the right name.
    scenes: BTreeMap<Vec<u8>, Held>,
}

/// Who has a scene.
struct Held {
    /// A scene of that name, or one that bears a wrong one.
    scene: SceneId,
    holders: BTreeSet<SensorId>,
}

/// A scene that a sensor lacks: its right name, and a scene of that name or with a wrong one.
type Lacked = (Vec<u8>, SceneId);

impl<'a> Absences<'a> {
    fn of(
        context: &'a Context<'a>,
        sensors: &'a [SensorId],
        incomplete: &[SceneId],
        spellings: &BTreeMap<SceneId, SceneId>,
        renames: &Renames,
    ) -> Self {
        let mut scenes: BTreeMap<Vec<u8>, Held> = BTreeMap::new();
        // Of a name that some folder bears wrongly, others may bear it rightly.
        let displaced = context.alignment.scenes.displaced.iter().map(|cell| cell.scene);
        let incomplete = incomplete.iter().chain(spellings.keys()).copied();
        let concerned: BTreeSet<SceneId> =
            incomplete.chain(renames.scenes()).chain(displaced).collect();
        let name_of = |scene: SceneId| context.layout.scene_name(scene);
        for scene in &concerned {
            for cell in context.layout.scene_cells(*scene) {
                let name = match renames.get(cell.sensor, *scene) {
                    Some(renamed) => &renamed.name,
                    None => name_of(spellings.get(scene).copied().unwrap_or(*scene)),
                };
                let held = scenes.entry(name.to_vec()).or_insert_with(|| {
                    let scene = *scene;
                    Held { scene, holders: BTreeSet::new() }
                });
                if name == name_of(*scene) {
                    held.scene = *scene;
                }
                held.holders.insert(cell.sensor);
            }
        }
        // Of a recording that is cut elsewhere, the scenes are those of the cut that most have.
        for recut in &context.alignment.scenes.recuts {
            let right: BTreeSet<SceneId> =
                recut.cuts.iter().take(1).flat_map(|cut| &cut.scenes).map(|(id, _)| *id).collect();
            for scene in recut.scenes() {
                let Some(held) = scenes.get_mut(name_of(scene)) else { continue };
                held.holders.extend(recut.sensors());
                if !right.contains(&scene) && held.holders.len() == recut.sensors().len() {
                    scenes.remove(name_of(scene));
                }
            }
        }
        Absences { context, sensors, scenes }
    }

    /// Leaves out what is said already.
    fn without(&mut self, said: &[(SceneId, SensorId)]) {
        for (scene, sensor) in said {
            if let Some(held) = self.scenes.get_mut(self.context.layout.scene_name(*scene)) {
                held.holders.insert(*sensor);
            }
        }
    }

    /// The scenes that one sensor alone has, and of the others those that each sensor lacks. With
    /// two sensors nothing tells which of them is right.
    fn told_apart(
        self,
        context: &Context<'_>,
        may_be_lone: bool,
    ) -> (BTreeMap<SensorId, Vec<SceneId>>, BTreeMap<SensorId, Vec<Lacked>>) {
        let mut lone: BTreeMap<SensorId, Vec<SceneId>> = BTreeMap::new();
        let mut lacking: BTreeMap<SensorId, Vec<Lacked>> = BTreeMap::new();
        for (name, Held { scene, holders }) in self.scenes {
            match holders.first() {
                Some(one) if holders.len() == 1 && may_be_lone => {
                    lone.entry(*one).or_default().push(scene);
                }
                _ => {
                    // A scene that is packed there is said as that (L114, L115).
                    let is_packed = |sensor: &SensorId| {
                        let folder = context.tree.folder(context.layout.sensor(*sensor).folder);
                        is_packed_scene(folder, &name)
                    };
                    let lacks = |it: &&SensorId| !holders.contains(it) && !is_packed(it);
                    for sensor in self.sensors.iter().filter(lacks) {
                        lacking.entry(*sensor).or_default().push((name.clone(), scene));
                    }
                }
            }
        }
        (lone, lacking)
    }
}

/// The most pairs of a sensor and a scene that it lacks which are looked at one by one.
const MOST_ABSENT: u64 = 1_000_000;

/// Says how many scenes each sensor lacks, by what it has: in time that grows with what there is,
/// and not with what is missing.
fn say_by_complement(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    sensors: &[SensorId],
    incomplete: &[SceneId],
) {
    let mut parts: Vec<Part<'_>> =
        incomplete.iter().map(|scene| Part::nothing().names_absent(*scene)).collect();
    for id in sensors {
        let folder = context.layout.sensor(*id).folder;
        let mut own = context.layout.sensor_cells(*id).map(|cell| cell.scene).peekable();
        let (mut first, mut has) = (None, 0);
        // The first scene that is not its own lies among as many scenes as it has, and one more.
        for scene in incomplete {
            while own.next_if(|own| own < scene).is_some() {}
            if own.peek() != Some(scene) {
                first = Some(*scene);
                break;
            }
        }
        let Some(first) = first else { continue };
        for cell in context.layout.sensor_cells(*id) {
            has += u64::from(incomplete.binary_search(&cell.scene).is_ok());
        }
        let mut path = context.tree.path(folder);
        path.extend_from_slice(context.layout.scene_name(first));
        path.push(b'/');
        parts.push(Part::group(incomplete.len() as u64 - has, Example::missing(path)));
    }
    sink.emit(&SCENE_MISSING_IN_SENSOR, parts, |kept| {
        let lacking = text::count(kept.parts.len() as u64, "sensor");
        let (pairs, all) = (text::number(kept.count()), context.layout.scenes.len() as u64);
        let all = text::count(all, "scene");
        Statement::new(format!("{lacking} lack scenes that others have, {pairs} in all, of {all}"))
            .in_scenes(incomplete.iter().copied())
            .help("give every sensor the same scenes")
    });
}

/// Says which scenes are not there in a sensor that has its frames elsewhere, as far as nothing
/// else says so: right under the sensor lie frames, and they are not those of the scene.
fn say_absent(context: &Context<'_>, sink: &mut Sink<'_>) {
    let always = StandInsCount::Always;
    let found = proof::differences(context, sink.covered(), always, &|_, _| false);
    let mut absent: BTreeMap<SensorId, Vec<Lacked>> = BTreeMap::new();
    for difference in found {
        if group::cell_of(context, difference.scene, difference.sensor).is_none() {
            let name = context.layout.scene_name(difference.scene).to_vec();
            absent.entry(difference.sensor).or_default().push((name, difference.scene));
        }
    }
    for (scenes, sensors) in together(absent) {
        say_lacking(context, sink, &sensors, &scenes);
    }
}

/// The sensors that lack the same scenes, as one cause has it.
fn together(lacking: BTreeMap<SensorId, Vec<Lacked>>) -> BTreeMap<Vec<Lacked>, Vec<SensorId>> {
    let mut together: BTreeMap<Vec<Lacked>, Vec<SensorId>> = BTreeMap::new();
    for (sensor, scenes) in lacking {
        together.entry(scenes).or_default().push(sensor);
    }
    together
}

/// A scene that a sensor lacks, as a finding knows it, with what stands in its place.
type Missing<'s> = (SensorId, &'s Lacked, Option<InPlace>);

/// Says which scenes sensors lack; apart those in whose place something else stands.
fn say_lacking(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    sensors: &[SensorId],
    scenes: &[Lacked],
) {
    let (mut plain, mut replaced) = (Vec::new(), Vec::new());
    for sensor in sensors {
        let folder = context.layout.sensor(*sensor).folder;
        let places = Places::of_folders(context.tree, folder);
        let mut names = Vec::new();
        for lacked in scenes {
            let (name, scene) = lacked;
            let place = places.get(name);
            let what = place.map(|(what, _)| what);
            names.extend(place.map(|(_, name)| name));
            let mut path = context.tree.path(folder);
            path.extend_from_slice(name);
            path.push(b'/');
            let note = what.map(|what| what.note().to_owned());
            let part = Part::at(Example { note, ..Example::missing(path) });
            let part = part.in_scene(*scene).names_cell(*scene, *sensor);
            let parts = if what.is_some() { &mut replaced } else { &mut plain };
            parts.push(part.keyed((*sensor, lacked, what)));
        }
        // Once for all of them, as it is one folder.
        if !names.is_empty()
            && let Some(last) = replaced.pop()
        {
            replaced.push(last.in_place(folder, NameSet::from_names(names)));
        }
    }
    let broken_off = match sensors {
        [one] => broken_off(context, *one),
        _ => None,
    };
    let notes = elsewhere::notes(context, sensors, scenes);
    for parts in [plain, replaced] {
        sink.emit(&SCENE_MISSING_IN_SENSOR, parts, |kept: &Kept<'_, '_, Missing<'_>>| {
            let in_place: Counted = kept.keys().filter_map(|(_, _, place)| *place).collect();
            let mut lacking: Vec<SensorId> = kept.keys().map(|(sensor, ..)| *sensor).collect();
            lacking.dedup();
            let names: BTreeSet<&[u8]> = kept.keys().map(|(_, (name, _), _)| &name[..]).collect();
            let names: Vec<&[u8]> = names.into_iter().collect();
            let (subject, verb) = subject(context, &lacking, ["lacks", "lack"]);
            let of = text::count(context.layout.scenes.len() as u64, "scene");
            let what = match names.as_slice() {
                [one] => format!("scene `{}`", text::lossless(one)),
                _ => format!("{} of {of}", text::number(names.len() as u64)),
            };
            let message = format!("{subject} {verb} {what}");
            let about = lacking.first().filter(|_| lacking.len() == 1);
            let statement = Statement::new(message.clone())
                .about(about.map(|sensor| context.layout.sensor(*sensor)))
                .help(format!(
                    "copy the missing {} from the recording{}",
                    if names.len() == 1 { "scene" } else { "scenes" },
                    remains::or_leave_out(context, names.len() == 1)
                ));
            let statement = match &broken_off {
                Some(broken_off) => broken_off.say_of_scenes(statement, &message),
                None => statement,
            };
            in_place.say(statement.notes(notes.clone()), true)
        });
    }
}

/// Sensors as the subject of a sentence, with its verb.
fn subject<'v>(
    context: &Context<'_>,
    sensors: &[SensorId],
    [one, several]: [&'v str; 2],
) -> (String, &'v str) {
    let verb = if sensors.len() == 1 { one } else { several };
    (group::names(context, sensors, false), verb)
}

fn say_lone(context: &Context<'_>, sink: &mut Sink<'_>, sensor: SensorId, scenes: &[SceneId]) {
    let parts = scenes.iter().map(|scene| {
        let part = match group::cell_of(context, *scene, sensor) {
            Some(cell) => {
                let example = Example::at(context.tree.path(cell.folder));
                Part::at(example.noting("in no other sensor")).in_scene(*scene)
            }
            None => Part::nothing(),
        };
        part.names_absent(*scene)
    });
    sink.emit(&SCENE_MISSING_IN_SENSOR, parts, |kept| {
        let of = context.layout.sensor(sensor);
        let what = match kept.scenes().as_slice() {
            [one] => format!("scene `{}`", text::lossless(context.layout.scene_name(*one))),
            _ => kept.counted("scene"),
        };
        let help = format!(
            "copy {} to the other sensors, too{}",
            kept.verb("the scene", "these scenes"),
            remains::or_leave_out(context, kept.count() == 1)
        );
        Statement::new(format!("`{}` alone has {what}", of.label())).about(Some(of)).help(help)
    });
}
