//! The folders right below one, told apart: sensors, those meant to be, and strays.

use hashbrown::{HashMap, HashSet};

use super::Sensor;
use super::contents::Contents;
use crate::names::{self, SensorKind, sensor_name};
use crate::tree::{FolderId, Tree};

/// The folders right below one, told apart.
#[derive(Debug, Default)]
pub(super) struct Tops {
    /// Those that are sensors' folders, or are meant to be, by name.
    pub(super) sensors: Vec<Sensor>,
    /// The others, by name.
    pub(super) strays: Vec<FolderId>,
}

impl Tops {
    /// Sensors by their prefix alone; everything else is a stray.
    pub(super) fn by_prefix(tree: &Tree, root: FolderId) -> Self {
        let mut tops = Tops::default();
        for folder in tree.children(root) {
            let name = tree.folder(folder).name();
            if let Some((kind, rest)) = std::str::from_utf8(name).ok().and_then(sensor_name::split)
            {
                tops.sensors.push(Sensor {
                    folder,
                    folder_name: name.to_vec(),
                    kind,
                    // White space is no part of a name that is meant.
                    name: if rest.trim().is_empty() { rest } else { rest.trim() }.to_owned(),
                    expected_folder: None,
                });
            } else if !name.is_empty() && name != names::METADATA.as_bytes() {
                // An empty name is no folder's but the mark of a doubled slash, and a metadata.json that is a folder is
                // a fault of its own.
                tops.strays.push(folder);
            }
        }
        tops
    }

    /// Takes for sensors the strays that hold frames as a sensor does, and finds each a name in order.
    pub(super) fn with_near_misses(mut self, tree: &Tree) -> Self {
        if self.strays.is_empty() {
            return self;
        }
        let scenes: HashSet<&[u8]> = self
            .sensors
            .iter()
            .flat_map(|sensor| tree.children(sensor.folder))
            .map(|scene| tree.folder(scene).name())
            .collect();
        let mut candidates = Vec::new();
        let mut strays = Vec::new();
        for folder in &self.strays {
            match Candidate::of(tree, *folder, &scenes) {
                Some(candidate) => candidates.push(candidate),
                None => strays.push(*folder),
            }
        }
        let are_sensors = !self.sensors.is_empty() || are_vouched_for(tree, &candidates);
        if candidates.is_empty() || !are_sensors {
            return self;
        }
        let sensors = self.sensors.iter().map(|sensor| sensor.folder_name.as_slice());
        let mut free =
            FreeNames::new(strays.iter().map(|folder| tree.folder(*folder).name()).chain(sensors));
        for Candidate { folder, kind, .. } in candidates {
            let folder_name = tree.folder(folder).name().to_vec();
            let expected =
                free.take(sensor_name::in_order(&String::from_utf8_lossy(&folder_name), kind));
            let name = expected[kind.prefix().len()..].to_owned();
            self.sensors.push(Sensor {
                folder,
                folder_name,
                kind,
                name,
                expected_folder: Some(expected),
            });
        }
        self.strays = strays;
        self.sensors.sort_by(|a, b| a.folder_name.cmp(&b.folder_name));
        self
    }
}

/// A folder without a right prefix that holds frames as a sensor does.
struct Candidate {
    folder: FolderId,
    kind: SensorKind,
    /// See [`sensor_name::likeness`].
    likeness: u8,
}

impl Candidate {
    /// `scenes` are the names of the scenes that the sensors beside it hold.
    fn of(tree: &Tree, folder: FolderId, scenes: &HashSet<&[u8]>) -> Option<Self> {
        let name = String::from_utf8_lossy(tree.folder(folder).name());
        if name.starts_with('.') || sensor_name::is_of_another_kind(&name) {
            return None;
        }
        let likeness = sensor_name::likeness(&name);
        let in_scenes = Contents::of_children(tree, folder);
        let kind = match sensor_name::near(&name) {
            Some(near) => {
                let beside = Contents::of(tree, folder);
                let mut held = in_scenes;
                held += beside;
                // One level more is a fault of its own, which a sensor beside others may have.
                if held.frames() == 0 && !scenes.is_empty() {
                    held = Contents::within_reach(tree, folder);
                }
                let holds = held.frames() > beside.frames() || beside.kind() == Some(near.kind);
                holds.then(|| held.kind().unwrap_or(near.kind))
            }
            // A name that says nothing is a sensor's where numbered frames lie below as they should, or where its scenes
            // are those of the others.
            None => {
                let shares_scene = || {
                    tree.children(folder).any(|scene| scenes.contains(tree.folder(scene).name()))
                };
                in_scenes.kind().filter(|_| in_scenes.numbered > 0 || shares_scene())
            }
        }?;
        Some(Candidate { folder, kind, likeness })
    }
}

/// Whether there is more to say that these are sensors than numbered files two levels down, which many a tree has that is
/// no dataset of sensors.
fn are_vouched_for(tree: &Tree, candidates: &[Candidate]) -> bool {
    /// More than this many sensors, none of which says so, are something else.
    const MOST: usize = 32;
    candidates.iter().any(|candidate| candidate.likeness > 0)
        || tree.folder(FolderId::ROOT).has_landmark(names::METADATA)
        || (candidates.len() <= MOST
            && candidates.iter().any(|candidate| candidate.kind == SensorKind::Lidar))
}

/// Gives out names that no other folder has or is to get, whatever a file system holds to be the same.
pub(super) struct FreeNames {
    taken: HashSet<Vec<u8>>,
    /// The number to try next behind a name that is taken.
    next: HashMap<Vec<u8>, u32>,
}

impl FreeNames {
    pub(super) fn new<'n>(taken: impl Iterator<Item = &'n [u8]>) -> Self {
        FreeNames { taken: taken.map(names::fold).collect(), next: HashMap::new() }
    }

    /// The name itself where it is free, else the name with the first number behind it that makes it so.
    pub(super) fn take(&mut self, name: String) -> String {
        let folded = names::fold(name.as_bytes());
        if self.taken.insert(folded.clone()) {
            return name;
        }
        let next = self.next.entry(folded.clone()).or_insert(2);
        loop {
            let end = format!("-{next}");
            *next = next.saturating_add(1);
            if self.taken.insert([&folded, end.as_bytes()].concat()) || *next == u32::MAX {
                return name + &end;
            }
        }
    }
}
