//! From folders to a [`Layout`].

use std::collections::HashMap;
use std::collections::HashSet;

use super::contents::Contents;
use super::{Cell, Layout, Otherwise, Reading, SceneId, Sensor, SensorId, sensor_name};
use crate::report::Target;
use crate::tree::{FolderId, Tree};

impl Layout {
    /// Reads a tree as a dataset.
    #[must_use]
    pub fn read(tree: &Tree, _target: &Target) -> Self {
        let tops = Tops::of(tree, FolderId::ROOT);
        if tops.sensors.is_empty() {
            return Layout::otherwise(Otherwise::NoSensor);
        }
        let (scenes, cells) = scenes(tree, &tops.sensors);
        Layout { strays: tops.strays, ..Layout::new(Reading::SensorOriented, tops.sensors, scenes, cells) }
    }

    /// A tree that is not sensor oriented.
    fn otherwise(what: Otherwise) -> Self {
        Layout::new(Reading::Otherwise(what), Vec::new(), Vec::new(), Vec::new())
    }
}

/// The folders right below one, told apart.
#[derive(Debug, Default)]
pub(super) struct Tops {
    /// Those that are sensors' folders, or are meant to be, by name.
    pub(super) sensors: Vec<Sensor>,
    /// The others, by name.
    pub(super) strays: Vec<FolderId>,
}

impl Tops {
    pub(super) fn of(tree: &Tree, root: FolderId) -> Self {
        let mut tops = Tops::default();
        for folder in tree.children(root) {
            let name = tree.folder(folder).name();
            if let Some((kind, rest)) = std::str::from_utf8(name).ok().and_then(sensor_name::split) {
                tops.sensors.push(Sensor {
                    folder,
                    folder_name: name.to_vec(),
                    kind,
                    name: rest.to_owned(),
                    expected_folder: None,
                });
            } else if !name.is_empty() {
                tops.strays.push(folder);
            }
        }
        tops.adopt(tree);
        tops
    }

    /// Takes for sensors the strays that hold frames as a sensor does, and finds each a name in order.
    fn adopt(&mut self, tree: &Tree) {
        let scenes: HashSet<&[u8]> = self
            .sensors
            .iter()
            .flat_map(|sensor| tree.children(sensor.folder))
            .map(|scene| tree.folder(scene).name())
            .collect();
        let (adopted, strays): (Vec<_>, Vec<_>) =
            self.strays.iter().partition(|folder| is_sensor(tree, **folder, &scenes));
        if adopted.is_empty() {
            return;
        }
        let mut free = FreeNames::new(
            strays
                .iter()
                .map(|folder| tree.folder(*folder).name())
                .chain(self.sensors.iter().map(|sensor| sensor.folder_name.as_slice())),
        );
        for folder in adopted {
            let folder_name = tree.folder(folder).name();
            let text = String::from_utf8_lossy(folder_name);
            let contents = reach(tree, folder);
            let by_name = sensor_name::near(&text).map(|near| near.kind);
            let Some(kind) = contents.kind().or(by_name) else { continue };
            let expected = free.take(sensor_name::in_order(&text, kind).0);
            let name = expected[kind.prefix().len()..].to_owned();
            let folder_name = folder_name.to_vec();
            self.sensors.push(Sensor { folder, folder_name, kind, name, expected_folder: Some(expected) });
        }
        self.strays = strays;
        self.sensors.sort_by(|a, b| a.folder_name.cmp(&b.folder_name));
    }
}

/// Whether a top folder without a prefix holds frames as a sensor does. `scenes` are the names of the scenes that the
/// sensors beside it hold.
fn is_sensor(tree: &Tree, folder: FolderId, scenes: &HashSet<&[u8]>) -> bool {
    let name = String::from_utf8_lossy(tree.folder(folder).name());
    if name.starts_with('.') || sensor_name::is_of_another_kind(&name) {
        return false;
    }
    let in_scenes = Contents::of_children(tree, folder);
    if let Some(near) = sensor_name::near(&name) {
        // One level more is a fault of its own, which a sensor beside others may have.
        let contents = if scenes.is_empty() { in_scenes } else { reach(tree, folder) };
        return contents.frames() > 0 || Contents::of(tree, folder).kind() == Some(near.kind);
    }
    // A name that says nothing is a sensor's when numbered frames lie below as they should, or a scene of the others does.
    let shares_scene = || tree.children(folder).any(|scene| scenes.contains(tree.folder(scene).name()));
    in_scenes.kind().is_some() && (in_scenes.numbered > 0 || shares_scene())
}

/// The files that a sensor's folder may hold as frames: in its scenes, beside them, and one level too deep.
fn reach(tree: &Tree, folder: FolderId) -> Contents {
    let mut contents = Contents::of(tree, folder);
    for scene in tree.children(folder) {
        contents += Contents::of(tree, scene);
        contents += Contents::of_children(tree, scene);
    }
    contents
}

/// Gives out names that no other folder has or is to get, whatever a file system holds to be the same.
struct FreeNames {
    taken: HashSet<String>,
    /// The number to try next behind a name that is taken.
    next: HashMap<String, u32>,
}

impl FreeNames {
    fn new<'n>(taken: impl Iterator<Item = &'n [u8]>) -> Self {
        let taken = taken.map(|name| sensor_name::fold(&String::from_utf8_lossy(name))).collect();
        FreeNames { taken, next: HashMap::new() }
    }

    /// The name itself where it is free, else the name with the first number behind it that makes it so.
    fn take(&mut self, name: String) -> String {
        let folded = sensor_name::fold(&name);
        if self.taken.insert(folded.clone()) {
            return name;
        }
        let next = self.next.entry(folded.clone()).or_insert(2);
        loop {
            let number = *next;
            *next = next.saturating_add(1);
            if self.taken.insert(format!("{folded}-{number}")) || number == u32::MAX {
                return format!("{name}-{number}");
            }
        }
    }
}

/// The scenes of all sensors, ascending, each once, and the folders that hold them.
fn scenes(tree: &Tree, sensors: &[Sensor]) -> (Vec<Vec<u8>>, Vec<Cell>) {
    let mut ids: HashMap<&[u8], u32> = HashMap::new();
    let mut names: Vec<&[u8]> = Vec::new();
    let mut cells = Vec::new();
    for (sensor, id) in sensors.iter().zip((0..).map(SensorId)) {
        for folder in tree.children(sensor.folder) {
            let name = tree.folder(folder).name();
            let scene = *ids.entry(name).or_insert_with(|| {
                names.push(name);
                // Folders are counted in 32 bits.
                u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
            });
            cells.push(Cell { scene: SceneId(scene), sensor: id, folder });
        }
    }
    let mut order: Vec<u32> = (0..).take(names.len()).collect();
    order.sort_unstable_by_key(|scene| names[*scene as usize]);
    let mut rank = vec![SceneId(0); names.len()];
    for (scene, place) in order.iter().zip((0..).map(SceneId)) {
        rank[*scene as usize] = place;
    }
    for cell in &mut cells {
        cell.scene = rank[cell.scene.0 as usize];
    }
    (order.iter().map(|scene| names[*scene as usize].to_vec()).collect(), cells)
}
