//! Scene folders that bear another name than the scene has in other sensors, and the names that
//! would be right.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::group;
use crate::finding::Context;
use crate::layout::{Cell, SceneId, Sensor, SensorId};
use crate::names::{self, SensorKind, dataset_path, fold};
use crate::text;

/// How it is known which scene a folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    /// Its name less the sensor's name, which it bears, too.
    SensorName,
    /// Its stamps, and its name says nothing.
    Stamps,
    /// Its name, which differs in letters.
    Spelling,
}

/// The right name of a scene's folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Renamed {
    pub(super) name: Vec<u8>,
    pub(super) evidence: Evidence,
}

/// The scene folders that bear a wrong name.
#[derive(Debug, Default)]
pub(super) struct Renames {
    by_cell: BTreeMap<(SensorId, SceneId), Renamed>,
    /// Folders of one scene whose names bear their sensors', with what those names share.
    pub(super) by_sensor_name: Vec<(Vec<u8>, Vec<Cell>)>,
}

impl Renames {
    /// Looks for them among the scenes that some of the sensors lack, and those that stamps say
    /// to be one.
    pub(super) fn find(
        context: &Context<'_>,
        sensors: &[SensorId],
        incomplete: &[SceneId],
        spellings: &BTreeMap<SceneId, SceneId>,
        recut: &BTreeSet<Cell>,
    ) -> Self {
        let names = Names::of(context);
        let is_one_name = |cells: &[Cell]| {
            let name = |cell: &Cell| spellings.get(&cell.scene).copied().unwrap_or(cell.scene);
            cells.windows(2).all(|pair| name(&pair[0]) == name(&pair[1]))
        };
        let mut groups: Vec<(Vec<Cell>, Evidence)> = context
            .alignment
            .scenes
            .same
            .iter()
            .filter(|same| !is_one_name(&same.cells))
            .map(|same| (same.cells.clone(), Evidence::Stamps))
            .collect();
        let mut known: BTreeSet<Cell> =
            groups.iter().flat_map(|(cells, _)| cells).copied().collect();
        known.extend(recut);
        groups.extend(names.same_less_sensors(incomplete, &known));
        let mut renames = names.renames_of(groups);
        let misspelt = names.misspelt(sensors, incomplete, &known, &renames);
        renames.by_cell.extend(misspelt);
        renames
    }

    /// The right name of a folder, where it bears a wrong one.
    pub(super) fn get(&self, sensor: SensorId, scene: SceneId) -> Option<&Renamed> {
        self.by_cell.get(&(sensor, scene))
    }

    /// The scenes of which some folder bears a wrong name.
    pub(super) fn scenes(&self) -> impl Iterator<Item = SceneId> {
        self.by_cell.keys().map(|(_, scene)| *scene)
    }

    /// Those that are no sensor's name: for each sensor, the wrong names with the right ones.
    pub(super) fn others(&self) -> BTreeMap<SensorId, BTreeMap<SceneId, Renamed>> {
        let mut others: BTreeMap<SensorId, BTreeMap<SceneId, Renamed>> = BTreeMap::new();
        for ((sensor, scene), renamed) in &self.by_cell {
            if renamed.evidence != Evidence::SensorName {
                others.entry(*sensor).or_default().insert(*scene, renamed.clone());
            }
        }
        others
    }
}

/// Scenes whose names differ by case or the encoding of accents alone, each with the first of its
/// like: that is another rule's to say (L120), and here they are one.
pub(super) fn spellings(context: &Context<'_>) -> BTreeMap<SceneId, SceneId> {
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

/// How much speaks for a scene's name against another, most first: the sensors that use it, that
/// any system takes it, the names that are built alike, and that a LiDAR uses it.
type Standing = (usize, bool, usize, Reverse<(bool, SensorId)>);

/// The names of all scenes.
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

    /// What a folder's name is without the name of its sensor.
    fn less_sensor(&self, cell: Cell) -> Option<String> {
        let name = std::str::from_utf8(self.context.layout.scene_name(cell.scene)).ok()?;
        without_sensor(name, self.context.layout.sensor(cell.sensor))
    }

    /// Folders whose names are the same but for their sensors' names. A name that is the rest by
    /// itself belongs to them.
    fn same_less_sensors(
        &self,
        incomplete: &[SceneId],
        known: &BTreeSet<Cell>,
    ) -> Vec<(Vec<Cell>, Evidence)> {
        let mut by_rest: BTreeMap<String, (Vec<Cell>, bool)> = BTreeMap::new();
        let cells = incomplete.iter().flat_map(|scene| self.context.layout.scene_cells(*scene));
        for cell in cells.filter(|cell| !known.contains(cell)) {
            let rest = self.less_sensor(*cell);
            let bears_one = rest.is_some();
            let rest = rest.unwrap_or_else(|| self.name(cell.scene).into_owned());
            let (cells, any) = by_rest.entry(rest).or_default();
            cells.push(*cell);
            *any |= bears_one;
        }
        let is_one = |cells: &[Cell]| {
            let sensors: BTreeSet<SensorId> = cells.iter().map(|cell| cell.sensor).collect();
            let scenes: BTreeSet<SceneId> = cells.iter().map(|cell| cell.scene).collect();
            sensors.len() == cells.len() && scenes.len() > 1
        };
        let groups = by_rest.into_values().filter(|(cells, any)| *any && is_one(cells));
        groups.map(|(cells, _)| (cells, Evidence::SensorName)).collect()
    }

    /// The right names in groups of folders that are one scene each. Where a name would stand for
    /// two folders of a sensor, the group is left alone.
    fn renames_of(&self, mut groups: Vec<(Vec<Cell>, Evidence)>) -> Renames {
        let mut is_allowed = vec![true; groups.len()];
        let displaced = &self.context.alignment.scenes.displaced;
        for _ in 0..MOST_ROUNDS {
            let chosen: Vec<Option<Renamed>> = groups
                .iter()
                .zip(&is_allowed)
                .map(|((cells, evidence), allowed)| self.right_name(cells, *evidence, *allowed))
                .collect();
            let cells = || {
                let groups = groups.iter().zip(&chosen).enumerate();
                groups.flat_map(|(at, ((cells, _), chosen))| {
                    let chosen = chosen.as_ref();
                    cells.iter().filter_map(move |cell| Some((at, *cell, chosen?)))
                })
            };
            let moved: BTreeSet<Cell> = cells().map(|(_, cell, _)| cell).collect();
            let mut taken: BTreeMap<(SensorId, &[u8]), usize> = BTreeMap::new();
            let mut refused: BTreeSet<usize> = BTreeSet::new();
            for (at, cell, renamed) in cells() {
                let holder = self.cell_named(&renamed.name, cell.sensor);
                let is_free = holder
                    .is_none_or(|holder| moved.contains(&holder) || displaced.contains(&holder));
                let is_first = taken.insert((cell.sensor, &renamed.name), at).is_none();
                if !is_free || !is_first {
                    refused.insert(at);
                }
            }
            if refused.is_empty() {
                return self.collect(&groups, chosen);
            }
            // A name that the folders share may be taken where one of their own is not.
            let mut at = 0;
            let mut keeps = Vec::new();
            groups.retain(|_| {
                let was_allowed = is_allowed.get(at).copied().unwrap_or_default();
                let is_kept = !refused.contains(&at) || was_allowed;
                if is_kept {
                    keeps.push(was_allowed && !refused.contains(&at));
                }
                at += 1;
                is_kept
            });
            is_allowed = keeps;
        }
        Renames::default()
    }

    fn collect(&self, groups: &[(Vec<Cell>, Evidence)], chosen: Vec<Option<Renamed>>) -> Renames {
        let mut renames = Renames::default();
        for ((cells, _), renamed) in groups.iter().zip(chosen) {
            let Some(renamed) = renamed else { continue };
            if renamed.evidence == Evidence::SensorName {
                renames.by_sensor_name.push((renamed.name.clone(), cells.clone()));
            }
            for cell in cells {
                if self.context.layout.scene_name(cell.scene) != renamed.name {
                    renames.by_cell.insert((cell.sensor, cell.scene), renamed.clone());
                }
            }
        }
        renames
    }

    fn cell_named(&self, name: &[u8], sensor: SensorId) -> Option<Cell> {
        let scenes = &self.context.layout.scenes;
        let at = scenes.binary_search_by(|scene| scene.as_slice().cmp(name)).ok()?;
        group::cell_of(self.context, SceneId(u32::try_from(at).ok()?), sensor)
    }

    /// The right name of folders that are one scene: what is left of each without its sensor's
    /// name, if that is one; else the name that most speaks for.
    fn right_name(&self, cells: &[Cell], evidence: Evidence, may_share: bool) -> Option<Renamed> {
        let rest = |cell: &Cell| {
            self.less_sensor(*cell).unwrap_or_else(|| self.name(cell.scene).into_owned())
        };
        let first = cells.first().map(rest)?;
        let is_shared = cells.iter().any(|cell| self.less_sensor(*cell).is_some())
            && cells.iter().all(|cell| rest(cell) == first)
            && dataset_path::is_valid(format!("lidar-a/{first}/").as_bytes());
        if is_shared && may_share {
            return Some(Renamed { name: first.into_bytes(), evidence: Evidence::SensorName });
        }
        if evidence == Evidence::SensorName {
            return None;
        }
        // What counts is who of them bears the name: in other folders it may be another scene's.
        let bearers = |scene| cells.iter().filter(|cell| cell.scene == scene).count();
        let layout = self.context.layout;
        let standing = |cell: &&Cell| {
            let (_, in_order, alike, _) = self.standing(cell.scene);
            let is_camera = layout.sensor(cell.sensor).kind == SensorKind::Camera;
            (bearers(cell.scene), in_order, alike, Reverse((is_camera, cell.sensor)))
        };
        let best = cells.iter().max_by_key(standing)?.scene;
        Some(Renamed { name: self.context.layout.scene_name(best).to_vec(), evidence })
    }

    /// Scene folders that are misspelt in a sensor, with the names of the scenes that they are.
    fn misspelt(
        &self,
        sensors: &[SensorId],
        incomplete: &[SceneId],
        known: &BTreeSet<Cell>,
        renames: &Renames,
    ) -> BTreeMap<(SensorId, SceneId), Renamed> {
        let mut found = BTreeMap::new();
        for sensor in sensors {
            let (mut own, mut lacked) = (Vec::new(), Vec::new());
            let own_cells = self.context.layout.sensor_cells(*sensor);
            let given: BTreeSet<&[u8]> = own_cells
                .filter_map(|cell| renames.get(*sensor, cell.scene))
                .map(|renamed| renamed.name.as_slice())
                .collect();
            for scene in incomplete {
                match group::cell_of(self.context, *scene, *sensor) {
                    Some(cell) if known.contains(&cell) => {}
                    Some(_) => own.push(*scene),
                    None if given.contains(self.context.layout.scene_name(*scene)) => {}
                    None => lacked.push(*scene),
                }
            }
            // A name that no sensor keeps is none to be given.
            lacked.retain(|scene| {
                let cells = self.context.layout.scene_cells(*scene);
                cells.iter().any(|cell| renames.get(cell.sensor, *scene).is_none())
            });
            let mut taken: BTreeSet<SceneId> = BTreeSet::new();
            for (wrong, right) in self.same_words(&own, &lacked) {
                let is_wrong = self.standing(wrong) < self.standing(right);
                let is_new = !found.contains_key(&(*sensor, wrong));
                if is_wrong && is_new && taken.insert(right) {
                    let name = self.context.layout.scene_name(right).to_vec();
                    let renamed = Renamed { name, evidence: Evidence::Spelling };
                    found.insert((*sensor, wrong), renamed);
                }
            }
        }
        found
    }

    /// Scenes of one number each, whose names are nearest to each other.
    fn same_words(&self, own: &[SceneId], lacked: &[SceneId]) -> Vec<(SceneId, SceneId)> {
        // Names that differ in a number are different scenes, however near; so only those of equal
        // numbers are compared.
        let mut by_numbers: BTreeMap<Vec<String>, (Vec<SceneId>, Vec<SceneId>)> = BTreeMap::new();
        for scene in own {
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

/// How often names are chosen anew where some stand for two folders of a sensor, before all are
/// left as they are.
const MOST_ROUNDS: usize = 16;

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

/// Words that exports put into names for a kind of sensor, whatever the sensor is called.
fn words_of(kind: SensorKind) -> &'static [&'static str] {
    match kind {
        SensorKind::Camera => {
            &["camera", "image", "images", "img", "raw", "rect", "color", "compressed", "rgb"]
        }
        SensorKind::Lidar => {
            &["lidar", "laser", "points", "pointcloud", "pointcloud2", "cloud", "pcd"]
        }
    }
}

/// A scene's name without the words in it that name its sensor: the longest run of them, with what
/// joins it to the rest. `None` where there are none, or nothing else.
fn without_sensor(name: &str, sensor: &Sensor) -> Option<String> {
    let is_joint = |c: char| matches!(c, '_' | '-' | '.' | ' ');
    let label = sensor.label().to_lowercase();
    let own: Vec<&str> = label.split(is_joint).filter(|word| !word.is_empty()).collect();
    let names_sensor = |word: &str| {
        let word = word.to_lowercase();
        let is_own = |own: &str| own == word || word.len() >= 3 && own.starts_with(&word);
        own.iter().copied().chain(words_of(sensor.kind).iter().copied()).any(is_own)
    };
    let mut words: Vec<(usize, usize)> = Vec::new();
    for word in name.split(is_joint) {
        let start = words.last().map_or(0, |(_, end)| end + 1);
        words.push((start, start + word.len()));
    }
    let word = |(start, end): &(usize, usize)| name.get(*start..*end).unwrap_or_default();
    let mut longest: Option<(usize, usize)> = None;
    let mut at = 0;
    while at < words.len() {
        let run = words.iter().skip(at).take_while(|it| names_sensor(word(it))).count();
        if run > 0 && longest.is_none_or(|(_, length)| run >= length) {
            longest = Some((at, run));
        }
        at += run.max(1);
    }
    let (first, length) = longest.filter(|(_, length)| *length < words.len())?;
    let (start, end) = (words.get(first)?.0, words.get(first + length - 1)?.1);
    let (before, after) = (name.get(..start)?, name.get(end..)?);
    Some(match first {
        0 => after.get(1..)?.to_owned(),
        _ => format!("{}{after}", before.get(..before.len() - 1)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::FolderId;

    #[test]
    fn a_sensors_name_is_taken_out_of_a_scenes() {
        let sensor = |folder: &str, kind| Sensor {
            folder: FolderId::ROOT,
            folder_name: folder.as_bytes().to_vec(),
            name: folder.to_owned(),
            kind,
            expected_folder: None,
        };
        let lidar = sensor("lidar-top", SensorKind::Lidar);
        let camera = sensor("camera-front", SensorKind::Camera);
        let table = [
            ("run1_lidar_top", &lidar, Some("run1")),
            ("run1_cam_front", &camera, Some("run1")),
            ("camera-front-run1", &camera, Some("run1")),
            ("2021_front_05", &camera, Some("2021_05")),
            ("run1_image_raw", &camera, Some("run1")),
            ("run1", &camera, None),
            ("front", &camera, None),
            ("", &camera, None),
            ("run1_ca", &camera, None),
        ];
        for (name, sensor, expected) in table {
            assert_eq!(without_sensor(name, sensor).as_deref(), expected, "{name}");
        }
    }
}
