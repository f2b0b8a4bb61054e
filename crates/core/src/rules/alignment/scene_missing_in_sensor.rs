use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::group;
use crate::finding::proof::{self, StandInsCount};
use crate::finding::{Context, Example, Kept, Part, Sink, Statement};
use crate::layout::contents::Contents;
use crate::layout::{Cell, SceneId, SensorId};
use crate::names::name_set::NameSet;
use crate::names::{self, SensorKind, fold};
use crate::platform::Effect;
use crate::rules::in_place::{Counted, InPlace, Places, is_packed_scene};
use crate::text;

declare_rule! {
    /// Some sensors have a scene that others lack.
    ///
    /// The platform builds one data entry a scene from all sensors, so every sensor holds the same scenes. A scene folder
    /// that is misspelt in one sensor is a scene missing there and one too many at once; it is said as the misspelling that
    /// it is, with the name that would be right. Names pair when they differ in letters, case or separators but not in their
    /// numbers, or when they hold the very same timestamps.
    ///
    /// **Repair:** rename the misspelt folder; copy the missing scene, or delete it in the other sensors.
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
    if incomplete.is_empty() {
        return say_absent(context, sink);
    }
    let held: usize = incomplete.iter().map(|scene| held(*scene)).sum();
    let absent = (sensors.len() as u64 * incomplete.len() as u64).saturating_sub(held as u64);
    if absent > MOST_ABSENT {
        return say_by_complement(context, sink, &sensors, &incomplete);
    }
    let spellings = spellings(context);
    let distinct: Vec<SceneId> =
        incomplete.iter().copied().filter(|scene| !spellings.contains_key(scene)).collect();
    let misspelt = misspelt(context, &sensors, &distinct);
    for (sensor, names) in &misspelt {
        say_misspelt(context, sink, *sensor, names);
    }
    // What is left once the misspelt folders bear their right names.
    let mut holders: BTreeMap<SceneId, BTreeSet<SensorId>> = BTreeMap::new();
    for scene in incomplete.iter().chain(spellings.keys()) {
        for cell in context.layout.scene_cells(*scene) {
            let right = misspelt
                .get(&cell.sensor)
                .and_then(|names| names.get(scene))
                .or_else(|| spellings.get(scene));
            holders.entry(*right.unwrap_or(scene)).or_default().insert(cell.sensor);
        }
    }
    let mut lone: BTreeMap<SensorId, Vec<SceneId>> = BTreeMap::new();
    let mut lacking: BTreeMap<SensorId, Vec<SceneId>> = BTreeMap::new();
    for (scene, holders) in holders {
        match holders.first() {
            // With two sensors nothing tells which of them is right.
            Some(one) if holders.len() == 1 && sensors.len() > 2 && unseen.is_empty() => {
                lone.entry(*one).or_default().push(scene);
            }
            _ => {
                // A scene that is packed there is said as that (L114, L115).
                let is_packed = |sensor: &SensorId| {
                    let folder = context.tree.folder(context.layout.sensor(*sensor).folder);
                    is_packed_scene(folder, context.layout.scene_name(scene))
                };
                let lacks = |it: &&SensorId| !holders.contains(it) && !is_packed(it);
                for sensor in sensors.iter().filter(lacks) {
                    lacking.entry(*sensor).or_default().push(scene);
                }
            }
        }
    }
    for (sensor, scenes) in lacking {
        say_lacking(context, sink, sensor, &scenes);
    }
    for (sensor, scenes) in lone {
        say_lone(context, sink, sensor, &scenes);
    }
    say_absent(context, sink);
}

/// The most pairs of a sensor and a scene that it lacks which are looked at one by one.
const MOST_ABSENT: u64 = 1_000_000;

/// Says how many scenes each sensor lacks, by what it has: in time that grows with what there is, and not with what is
/// missing.
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

/// Says which scenes are not there in a sensor that has its frames elsewhere, as far as nothing else says so: right under
/// the sensor lie frames, and they are not those of the scene.
fn say_absent(context: &Context<'_>, sink: &mut Sink<'_>) {
    let always = StandInsCount::Always;
    let found = proof::differences(context, sink.covered(), always, &|_, _| false);
    let mut absent: BTreeMap<SensorId, Vec<SceneId>> = BTreeMap::new();
    for difference in found {
        if group::cell_of(context, difference.scene, difference.sensor).is_none() {
            absent.entry(difference.sensor).or_default().push(difference.scene);
        }
    }
    for (sensor, scenes) in absent {
        say_lacking(context, sink, sensor, &scenes);
    }
}

fn say_misspelt(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    sensor: SensorId,
    names: &BTreeMap<SceneId, SceneId>,
) {
    let name = |scene: SceneId| text::lossless(context.layout.scene_name(scene));
    let parts = names.iter().map(|(wrong, right)| {
        let part = match group::cell_of(context, *wrong, sensor) {
            Some(cell) => {
                let example = Example::at(context.tree.path(cell.folder));
                Part::at(example.expecting(name(*right))).in_scene(*wrong)
            }
            None => Part::nothing(),
        };
        part.names_cell(*right, sensor).names_absent(*wrong).keyed((*wrong, *right))
    });
    let sensor = context.layout.sensor(sensor);
    let label = sensor.label();
    sink.emit(&SCENE_MISSING_IN_SENSOR, parts, |kept| {
        let (message, help) = match kept.distinct_keys().as_slice() {
            [(wrong, right)] => {
                let (wrong, right) = (name(*wrong), name(*right));
                (
                    format!("`{label}` calls scene `{right}` by another name, `{wrong}`"),
                    format!("rename the scene's folder to `{right}`"),
                )
            }
            _ => (
                format!("`{label}` names {} otherwise than the others do", kept.counted("scene")),
                "rename the scenes' folders as the other sensors have them".to_owned(),
            ),
        };
        Statement::new(message)
            .about(Some(sensor))
            .in_scenes(kept.keys().map(|(_, right)| *right))
            .help(help)
    });
}

/// Says which scenes a sensor lacks; apart those in whose place something else stands.
fn say_lacking(context: &Context<'_>, sink: &mut Sink<'_>, sensor: SensorId, scenes: &[SceneId]) {
    let folder = context.layout.sensor(sensor).folder;
    let places = Places::of_folders(context.tree, folder);
    let place_of = |scene: SceneId| places.get(context.layout.scene_name(scene));
    let (replaced, plain): (Vec<SceneId>, Vec<SceneId>) =
        scenes.iter().partition(|scene| place_of(**scene).is_some());
    for scenes in [plain, replaced] {
        let mut parts: Vec<Part<'_, _>> = Vec::new();
        for scene in &scenes {
            let place = place_of(*scene).map(|(what, _)| what);
            let mut path = context.tree.path(folder);
            path.extend_from_slice(context.layout.scene_name(*scene));
            path.push(b'/');
            let note = place.map(|what| what.note().to_owned());
            let part = Part::at(Example { note, ..Example::missing(path) });
            parts.push(part.in_scene(*scene).names_cell(*scene, sensor).keyed((*scene, place)));
        }
        let names = scenes.iter().filter_map(|scene| Some(place_of(*scene)?.1));
        // Once for all of them, as it is one folder.
        if let Some(last) = parts.pop() {
            parts.push(last.in_place(folder, NameSet::from_names(names)));
        }
        sink.emit(&SCENE_MISSING_IN_SENSOR, parts, |kept| {
            let of = text::count(context.layout.scenes.len() as u64, "scene");
            let several = format!("{} of {of}", text::number(kept.count()));
            let helps = [
                "copy the missing scene, or delete it in the other sensors",
                "copy the missing scenes, or delete them in the other sensors",
            ];
            let in_place: Counted = kept.keys().filter_map(|(_, place)| *place).collect();
            in_place.say(statement(context, sensor, kept, "lacks", &several, helps), true)
        });
    }
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
        part.names_absent(*scene).keyed((*scene, None))
    });
    sink.emit(&SCENE_MISSING_IN_SENSOR, parts, |kept| {
        let helps = [
            "delete the scene, or copy it to the other sensors",
            "delete these scenes, or copy them to the other sensors",
        ];
        statement(context, sensor, kept, "alone has", &kept.counted("scene"), helps)
    });
}

/// What a sensor lacks or has alone: one scene, by its name, or several.
fn statement(
    context: &Context<'_>,
    sensor: SensorId,
    kept: &Kept<'_, '_, (SceneId, Option<InPlace>)>,
    verb: &str,
    several: &str,
    [help_of_one, help_of_several]: [&str; 2],
) -> Statement {
    let sensor = context.layout.sensor(sensor);
    let what = match kept.scenes().as_slice() {
        [one] => format!("scene `{}`", text::lossless(context.layout.scene_name(*one))),
        _ => several.to_owned(),
    };
    Statement::new(format!("`{}` {verb} {what}", sensor.label()))
        .about(Some(sensor))
        .help(kept.verb(help_of_one, help_of_several))
}

/// Scenes whose names differ by case or the encoding of accents alone, each with the first of its like: that is another
/// rule's to say (L120), and here they are one.
fn spellings(context: &Context<'_>) -> BTreeMap<SceneId, SceneId> {
    let mut alike: BTreeMap<Vec<u8>, Vec<SceneId>> = BTreeMap::new();
    for scene in context.layout.scene_ids() {
        alike.entry(fold(&names::plain(context.layout.scene_name(scene)))).or_default().push(scene);
    }
    // Where one sensor has two of them, they are two scenes.
    let are_one = |group: &Vec<SceneId>| {
        let cells = group.iter().flat_map(|scene| context.layout.scene_cells(*scene));
        let mut sensors: Vec<SensorId> = cells.map(|cell| cell.sensor).collect();
        sensors.sort_unstable();
        sensors.windows(2).all(|pair| pair[0] != pair[1])
    };
    let groups = alike.into_values().filter(|group| group.len() > 1 && are_one(group));
    groups
        .flat_map(|group| {
            let first = group.first().copied();
            group.into_iter().filter_map(move |scene| Some((scene, first?)))
        })
        .collect()
}

/// How much speaks for a scene's name against another, most first: the sensors that use it, that any system takes it, the
/// names that are built alike, and that a LiDAR uses it.
type Standing = (usize, bool, usize, Reverse<(bool, SensorId)>);

/// The names of all scenes, as far as some sensor lacks them.
struct Names<'a> {
    context: &'a Context<'a>,
    /// How many scene folders have a name of these words, whatever its numbers.
    alike: BTreeMap<String, usize>,
}

impl<'a> Names<'a> {
    fn of(context: &'a Context<'a>) -> Self {
        let mut alike = BTreeMap::new();
        for cell in context.layout.cells() {
            *alike
                .entry(words(&text::lossless(context.layout.scene_name(cell.scene))))
                .or_insert(0) += 1;
        }
        Names { context, alike }
    }

    fn name(&self, scene: SceneId) -> Cow<'a, str> {
        text::lossless(self.context.layout.scene_name(scene))
    }

    fn standing(&self, scene: SceneId) -> Standing {
        let layout = self.context.layout;
        let cells = layout.scene_cells(scene);
        let first = cells
            .iter()
            .map(|cell| (layout.sensor(cell.sensor).kind == SensorKind::Camera, cell.sensor))
            .min();
        let in_order = names::oddity(layout.scene_name(scene)).is_none();
        let alike = self.alike.get(&words(&self.name(scene))).copied().unwrap_or_default();
        (cells.len(), in_order, alike, Reverse(first.unwrap_or((true, SensorId(u32::MAX)))))
    }

    /// Scenes of one number each, whose names are nearest to each other.
    fn same_words(&self, own: &[(SceneId, Cell)], lacked: &[SceneId]) -> Vec<(SceneId, SceneId)> {
        // Names that differ in a number are different scenes, however near; so only those of equal numbers are compared.
        let mut by_numbers: BTreeMap<Vec<String>, (Vec<SceneId>, Vec<SceneId>)> = BTreeMap::new();
        for (scene, _) in own {
            by_numbers.entry(numbers(&self.name(*scene))).or_default().0.push(*scene);
        }
        for scene in lacked {
            by_numbers.entry(numbers(&self.name(*scene))).or_default().1.push(*scene);
        }
        let few = by_numbers
            .into_values()
            .filter(|(own, lacked)| own.len().saturating_mul(lacked.len()) <= MOST_COMPARED);
        few.flat_map(|(own, mut lacked)| {
            lacked.sort_by_key(|scene| Reverse(self.standing(*scene)));
            own.into_iter()
                .filter_map(move |wrong| Some((wrong, self.nearest(wrong, &lacked)?)))
                .collect::<Vec<_>>()
        })
        .collect()
    }

    /// The nearest name of those that most sensors use. `known` by standing, highest first.
    fn nearest(&self, wrong: SceneId, known: &[SceneId]) -> Option<SceneId> {
        let share = |scene: &SceneId| self.context.layout.scene_cells(*scene).len();
        known.chunk_by(|a, b| share(a) == share(b)).find_map(|known| {
            let names: Vec<Cow<'_, str>> = known.iter().map(|scene| self.name(*scene)).collect();
            let nearest = text::nearest(&self.name(wrong), names.iter().map(AsRef::as_ref))?;
            known
                .iter()
                .zip(&names)
                .find(|(_, name)| name.as_ref() == nearest)
                .map(|(scene, _)| *scene)
        })
    }
}

/// For each sensor, the scene folders that are misspelt in it, and the scenes that they are.
fn misspelt(
    context: &Context<'_>,
    sensors: &[SensorId],
    incomplete: &[SceneId],
) -> BTreeMap<SensorId, BTreeMap<SceneId, SceneId>> {
    let mut found = BTreeMap::new();
    let all = Names::of(context);
    for sensor in sensors {
        let (mut own, mut lacked) = (Vec::new(), Vec::new());
        for scene in incomplete {
            match group::cell_of(context, *scene, *sensor) {
                Some(cell) => own.push((*scene, cell)),
                None => lacked.push(*scene),
            }
        }
        let mut names: BTreeMap<SceneId, SceneId> = BTreeMap::new();
        let mut taken: BTreeSet<SceneId> = BTreeSet::new();
        let frames = same_frames(context, &own, &lacked);
        for (wrong, right) in all.same_words(&own, &lacked).into_iter().chain(frames) {
            let is_wrong = all.standing(wrong) < all.standing(right);
            if is_wrong && !names.contains_key(&wrong) && taken.insert(right) {
                names.insert(wrong, right);
            }
        }
        if !names.is_empty() {
            found.insert(*sensor, names);
        }
    }
    found
}

/// The most pairs of names that are compared letter by letter.
const MOST_COMPARED: usize = 10_000;

/// The numbers in a name, without leading zeros.
fn numbers(name: &str) -> Vec<String> {
    let numbers = name.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    numbers.map(|digits| digits.trim_start_matches('0').to_owned()).collect()
}

/// A name without its numbers.
fn words(name: &str) -> String {
    name.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Scenes that hold the very same stamps under two names. Numbered frames do not count: they are the same in many scenes.
fn same_frames(
    context: &Context<'_>,
    own: &[(SceneId, Cell)],
    lacked: &[SceneId],
) -> Vec<(SceneId, SceneId)> {
    let mut by_span: BTreeMap<(i128, i128, u64), (SceneId, Cell)> = BTreeMap::new();
    for scene in lacked {
        for cell in context.layout.scene_cells(*scene) {
            if let Some(span) = group::writings(context, *cell).span_of_times() {
                by_span.entry(span).or_insert((*scene, *cell));
            }
        }
    }
    let mut pairs = Vec::new();
    for (wrong, cell) in own {
        let writings = group::writings(context, *cell);
        let other = writings.span_of_times().and_then(|span| by_span.get(&span));
        if let Some((right, other)) = other
            && writings.same_stems(&group::writings(context, *other))
        {
            pairs.push((*wrong, *right));
        }
    }
    pairs
}
