//! Folders beside one another whose names differ by case, or by how accents are encoded, and that
//! are one sensor or one scene.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashSet;

use super::{Cell, Layout, LayoutKind, SceneId, Sensor, SensorId};
use crate::names::{self, SensorKind};
use crate::tree::{Folder, FolderId, Tree};

/// A folder that belongs to another one of nearly the same name beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Apart {
    /// The folder.
    pub folder: FolderId,
    /// The one that it belongs to.
    pub whole: FolderId,
    /// The sensor that both are of.
    pub sensor: SensorId,
    /// The scene that both are of; `None` where they are folders of the sensor.
    pub scene: Option<SceneId>,
}

/// A scene folder, by its name, while sensors and scenes are joined.
struct Named {
    sensor: usize,
    scene: Vec<u8>,
    folder: FolderId,
}

/// As [`Apart`], of the sensor of this position in the old order.
struct Found {
    folder: FolderId,
    whole: FolderId,
    sensor: usize,
    scene: Option<Vec<u8>>,
}

impl Layout {
    /// Joins folders beside one another whose names differ by case alone where what they hold says
    /// that they are one: two folders of a sensor that have no frame in common, and two of a scene
    /// whose frames another sensor has in one folder. `listed` are the names that metadata.json has
    /// for a kind of sensor; what is listed is a sensor of its own.
    pub fn join_alike(&mut self, tree: &Tree, listed: &dyn Fn(SensorKind) -> Vec<String>) {
        if !self.is_sensor_oriented() || !self.has_alike() {
            return;
        }
        let mut cells: Vec<Named> = self
            .cells
            .iter()
            .map(|cell| Named {
                sensor: cell.sensor.0 as usize,
                scene: self.scene_name(cell.scene).to_vec(),
                folder: cell.folder,
            })
            .collect();
        let mut found = Vec::new();
        self.join_sensors(tree, listed, &mut cells, &mut found);
        join_scenes(tree, &mut cells, &mut found);
        if found.is_empty() {
            return;
        }
        let gone: BTreeSet<FolderId> =
            found.iter().filter(|it| it.scene.is_none()).map(|it| it.folder).collect();
        let mut ids = Vec::with_capacity(self.sensors.len());
        let mut sensors: Vec<Sensor> = Vec::new();
        for sensor in std::mem::take(&mut self.sensors) {
            ids.push(SensorId(u32::try_from(sensors.len()).unwrap_or(u32::MAX)));
            if !gone.contains(&sensor.folder) {
                sensors.push(sensor);
            }
        }
        let scenes: BTreeSet<Vec<u8>> = cells.iter().map(|cell| cell.scene.clone()).collect();
        let scenes: Vec<Vec<u8>> = scenes.into_iter().collect();
        let scene = |name: &Vec<u8>| {
            let at = scenes.binary_search(name).unwrap_or_default();
            SceneId(u32::try_from(at).unwrap_or(u32::MAX))
        };
        let sensor = |at: usize| ids.get(at).copied().unwrap_or(SensorId(0));
        let cells = cells
            .iter()
            .map(|cell| Cell {
                scene: scene(&cell.scene),
                sensor: sensor(cell.sensor),
                folder: cell.folder,
            })
            .collect();
        let mut apart: Vec<Apart> = found
            .into_iter()
            .map(|it| Apart {
                folder: it.folder,
                whole: it.whole,
                sensor: sensor(it.sensor),
                scene: it.scene.as_ref().map(scene),
            })
            .collect();
        apart.sort_unstable_by_key(|apart| (apart.scene, apart.sensor, apart.folder));
        let strays = std::mem::take(&mut self.strays);
        let layout = Layout::new(LayoutKind::SensorOriented, sensors, scenes.clone(), cells);
        *self = Layout { strays, apart, ..layout };
    }

    /// Whether two sensors, or two scenes, have names that differ by case alone.
    fn has_alike(&self) -> bool {
        let mut seen = HashSet::with_capacity(self.scenes.len().max(self.sensors.len()));
        let sensors = self.sensors.iter().map(|sensor| names::fold(&sensor.folder_name));
        let mut sensors = sensors.map(|name| !seen.insert(name));
        if sensors.any(|is_alike| is_alike) {
            return true;
        }
        seen.clear();
        self.scenes.iter().any(|scene| !seen.insert(names::fold(scene)))
    }

    /// The folders that hold a part of a sensor's frames of a scene, apart from the scene's own.
    pub(crate) fn parts_of(&self, cell: Cell) -> impl Iterator<Item = &Apart> {
        let key = (Some(cell.scene), cell.sensor);
        let start = self.apart.partition_point(|apart| (apart.scene, apart.sensor) < key);
        let rest = self.apart.get(start..).unwrap_or_default().iter();
        rest.take_while(move |apart| (apart.scene, apart.sensor) == key)
    }

    /// Gives the scenes of folders that are of one sensor to the first of these.
    fn join_sensors(
        &self,
        tree: &Tree,
        listed: &dyn Fn(SensorKind) -> Vec<String>,
        cells: &mut Vec<Named>,
        found: &mut Vec<Found>,
    ) {
        let mut alike: BTreeMap<(SensorKind, Vec<u8>), Vec<usize>> = BTreeMap::new();
        for (at, sensor) in self.sensors.iter().enumerate() {
            let key = (sensor.kind, names::fold(&sensor.folder_name));
            alike.entry(key).or_default().push(at);
        }
        alike.retain(|_, group| (2..=MOST_PARTS).contains(&group.len()));
        if alike.is_empty() {
            return;
        }
        let mut of_sensor: Vec<Vec<usize>> = vec![Vec::new(); self.sensors.len()];
        for (at, cell) in cells.iter().enumerate() {
            of_sensor[cell.sensor].push(at);
        }
        let mut joined: BTreeSet<usize> = BTreeSet::new();
        for ((kind, _), group) in alike {
            let listed = listed(kind);
            let is_listed = |at: usize| {
                let folder = String::from_utf8_lossy(&self.sensors[at].folder_name);
                let name = folder.get(kind.prefix().len()..).unwrap_or_default();
                listed.iter().any(|listed| listed == name)
            };
            let holds = |at: usize| !of_sensor[at].is_empty();
            let is_right = |at: usize| self.sensors[at].expected_folder.is_none() && holds(at);
            let right = || group.iter().copied().filter(|at| is_right(*at));
            let Some(whole) = right().find(|at| is_listed(*at)).or_else(|| right().next()) else {
                continue;
            };
            let own = of_sensor[whole].iter().map(|at| &cells[*at]);
            let mut held: BTreeMap<Vec<u8>, FolderId> =
                own.map(|cell| (cell.scene.clone(), cell.folder)).collect();
            for at in group.iter().copied().filter(|at| *at != whole && holds(*at)) {
                let others = || of_sensor[at].iter().copied();
                let collides = |other: usize| {
                    let own = held.get(&cells[other].scene);
                    own.is_some_and(|own| {
                        shares_frame(tree.folder(*own), tree.folder(cells[other].folder))
                    })
                };
                if is_listed(at) && is_listed(whole) || others().any(collides) {
                    continue;
                }
                let (folder, whole_folder) = (self.sensors[at].folder, self.sensors[whole].folder);
                found.push(Found { folder, whole: whole_folder, sensor: whole, scene: None });
                for other in others() {
                    let Named { scene, folder, .. } = &cells[other];
                    match held.get(scene) {
                        Some(own) => {
                            let (folder, scene) = (*folder, Some(scene.clone()));
                            found.push(Found { folder, whole: *own, sensor: whole, scene });
                            joined.insert(other);
                        }
                        None => {
                            held.insert(scene.clone(), *folder);
                            cells[other].sensor = whole;
                        }
                    }
                }
            }
        }
        without(cells, &joined);
    }
}

/// More folders of nearly one name are something else.
const MOST_PARTS: usize = 16;

/// Takes out what stands at these positions.
fn without(cells: &mut Vec<Named>, positions: &BTreeSet<usize>) {
    let mut at = 0;
    cells.retain(|_| {
        at += 1;
        !positions.contains(&(at - 1))
    });
}

/// Joins the folders of a sensor whose names are spellings of one scene.
fn join_scenes(tree: &Tree, cells: &mut Vec<Named>, found: &mut Vec<Found>) {
    let mut alike: BTreeMap<Vec<u8>, BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
    for (at, cell) in cells.iter().enumerate() {
        let by_sensor = alike.entry(names::fold(&cell.scene)).or_default();
        by_sensor.entry(cell.sensor).or_default().push(at);
    }
    let mut joined: BTreeSet<usize> = BTreeSet::new();
    for by_sensor in alike.into_values().filter(|it| it.values().any(|cells| cells.len() > 1)) {
        let (split, single): (Vec<_>, Vec<_>) =
            by_sensor.into_values().partition(|cells| cells.len() > 1);
        let single: Vec<usize> = single.into_iter().flatten().collect();
        // The spelling that most of those have which have one; the first of equals.
        let mut spellings: BTreeMap<&[u8], usize> = BTreeMap::new();
        for at in &single {
            *spellings.entry(&cells[*at].scene).or_default() += 1;
        }
        let Some((meant, _)) = spellings.into_iter().rev().max_by_key(|(_, count)| *count) else {
            continue;
        };
        let folder = |at: usize| tree.folder(cells[at].folder);
        // All of a sensor's folders hold frames that another has in one, and none has a frame
        // of the others.
        let is_one = |own: &Vec<usize>| {
            if own.len() > MOST_PARTS {
                return false;
            }
            let are_apart = own.iter().enumerate().all(|(k, one)| {
                own[k + 1..].iter().all(|other| !shares_frame(folder(*one), folder(*other)))
            });
            let mut others = single.iter().take(MOST_PARTS);
            are_apart
                && others
                    .any(|other| own.iter().all(|at| shares_frame(folder(*at), folder(*other))))
        };
        if !split.iter().all(is_one) {
            continue;
        }
        for own in split {
            let Some(whole) = own.iter().copied().find(|at| cells[*at].scene == meant) else {
                continue;
            };
            for at in own.into_iter().filter(|at| *at != whole) {
                found.push(Found {
                    folder: cells[at].folder,
                    whole: cells[whole].folder,
                    sensor: cells[at].sensor,
                    scene: Some(meant.to_vec()),
                });
                joined.insert(at);
            }
        }
    }
    without(cells, &joined);
}

/// Whether both folders have a frame whose number is written alike.
fn shares_frame(one: &Folder, other: &Folder) -> bool {
    one.frames().iter().any(|(naming, set)| {
        let key = (naming.zero_padded_width(), naming.fraction_digits());
        let same = other
            .frames()
            .iter()
            .filter(|(naming, _)| (naming.zero_padded_width(), naming.fraction_digits()) == key);
        same.map(|(_, others)| others).any(|others| match set.len() <= others.len() {
            true => set.iter().any(|value| others.contains(value)),
            false => others.iter().any(|value| set.contains(value)),
        })
    })
}
