//! The folders right below one, told apart: sensors, those meant to be, and strays.

use hashbrown::{HashMap, HashSet};

use super::Sensor;
use super::contents::Contents;
use crate::names::{self, SensorKind, sensor_name};
use crate::tree::{FileClass, FolderId, Tree};

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
            let meant = names::meant(name);
            if let Some((kind, rest)) = sensor_name::split(&meant) {
                // White space is no part of a name that is meant.
                let rest = if rest.trim().is_empty() { rest } else { rest.trim() };
                let right = format!("{}{rest}", kind.prefix());
                let is_right = right.as_bytes() == name || rest.trim().is_empty();
                tops.sensors.push(Sensor {
                    folder,
                    folder_name: name.to_vec(),
                    kind,
                    name: rest.to_owned(),
                    expected_folder: (!is_right).then_some(right),
                });
            } else if !name.is_empty() && name != names::METADATA.as_bytes() {
                // An empty name is no folder's but the mark of a doubled slash, and a metadata.json
                // that is a folder is a fault of its own.
                tops.strays.push(folder);
            }
        }
        tops.give_free_names(tree, root);
        tops
    }

    /// Gives folders that need another name one that no other folder has.
    fn give_free_names(&mut self, tree: &Tree, root: FolderId) {
        if self.sensors.iter().all(|sensor| sensor.expected_folder.is_none()) {
            return;
        }
        let to_rename: HashSet<FolderId> = self
            .sensors
            .iter()
            .filter(|sensor| sensor.expected_folder.is_some())
            .map(|sensor| sensor.folder)
            .collect();
        let tops = tree.children(root).filter(|folder| !to_rename.contains(folder));
        let mut free = FreeNames::new(tops.map(|folder| tree.folder(folder).name()));
        for sensor in &mut self.sensors {
            if let Some(right) = sensor.expected_folder.take() {
                let right = free.take(right);
                right[sensor.kind.prefix().len()..].clone_into(&mut sensor.name);
                sensor.expected_folder = Some(right);
            }
        }
    }

    /// Takes for sensors the strays that hold frames as a sensor does, and finds each a
    /// name in order.
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
        // The scenes of all folders that hold frames, each with how many of them have it.
        let mut shared: HashMap<&[u8], u32> = HashMap::new();
        for folder in self.sensors.iter().map(|it| it.folder).chain(self.strays.iter().copied()) {
            let scenes = tree.children(folder).filter(|id| Contents::of(tree, *id).frames() > 0);
            scenes.for_each(|id| *shared.entry(tree.folder(id).name()).or_default() += 1);
        }
        let is_shared = |folder: FolderId| {
            let mut scenes = tree.children(folder).map(|id| tree.folder(id).name());
            scenes.any(|scene| shared.get(scene).is_some_and(|count| *count > 1))
        };
        let has_none = self.sensors.is_empty();
        let mut candidates = Vec::new();
        let mut strays = Vec::new();
        for folder in &self.strays {
            let may_be_pure = has_none || is_shared(*folder);
            match Candidate::of(tree, *folder, &scenes, may_be_pure) {
                Some(candidate) => candidates.push(candidate),
                None => strays.push(*folder),
            }
        }
        let are_sensors = !self.sensors.is_empty() || are_vouched_for(tree, &candidates);
        if candidates.is_empty() || !are_sensors {
            return self;
        }
        let sensors = self.sensors.iter().flat_map(|sensor| {
            let right = sensor.expected_folder.as_deref().map(str::as_bytes);
            std::iter::once(sensor.folder_name.as_slice()).chain(right)
        });
        let mut free =
            FreeNames::new(strays.iter().map(|folder| tree.folder(*folder).name()).chain(sensors));
        for Candidate { folder, kind, .. } in candidates {
            let folder_name = tree.folder(folder).name().to_vec();
            let expected = free.take(sensor_name::in_order(&names::meant(&folder_name), kind));
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
    /// `scenes` are the names of the scenes that the sensors beside it hold. `may_be_pure` says
    /// that a folder is a sensor's if it has nothing but frames of one kind in its scenes.
    fn of(
        tree: &Tree,
        folder: FolderId,
        scenes: &HashSet<&[u8]>,
        may_be_pure: bool,
    ) -> Option<Self> {
        let name = names::meant(tree.folder(folder).name());
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
            // A name that says nothing is a sensor's where numbered frames lie below as they
            // should, or where its scenes are those of the others.
            None => {
                let shares_scene = || {
                    tree.children(folder).any(|scene| scenes.contains(tree.folder(scene).name()))
                };
                let is_pure = || may_be_pure && holds_frames_alone(tree, folder);
                in_scenes.kind().filter(|_| in_scenes.numbered > 0 || shares_scene() || is_pure())
            }
        }?;
        Some(Candidate { folder, kind, likeness })
    }
}

/// Whether the files in a folder's inner folders are all point clouds, or all images, but for what
/// systems and tools left behind, and no file lies beside those folders.
fn holds_frames_alone(tree: &Tree, folder: FolderId) -> bool {
    let is_left = |remark: &FileClass| {
        matches!(remark, FileClass::Leftover(_) | FileClass::Hidden | FileClass::Marker)
    };
    let mut all = Contents::default();
    let mut files = 0;
    let inner = tree.children(folder);
    for id in std::iter::once(folder).chain(inner) {
        let here = tree.folder(id);
        let left = here.remarks().iter().filter(|(remark, _)| is_left(remark));
        files += here.files() - left.map(|(_, names)| names.count()).sum::<u64>().min(here.files());
        if id != folder {
            all += Contents::of(tree, id);
        }
    }
    all.frames() > 0 && all.frames() == files && (all.point_clouds == 0 || all.images == 0)
}

/// Whether there is more to say that these are sensors than numbered files two levels down, which
/// many a tree has that is no dataset of sensors.
fn are_vouched_for(tree: &Tree, candidates: &[Candidate]) -> bool {
    /// More than this many sensors, none of which says so, are something else.
    const MOST: usize = 32;
    candidates.iter().any(|candidate| candidate.likeness > 0)
        || tree.folder(FolderId::ROOT).has_landmark(names::METADATA)
        || (candidates.len() <= MOST
            && candidates.iter().any(|candidate| candidate.kind == SensorKind::Lidar))
}

/// Gives out names that no other folder has or is to get, whatever a file system holds to
/// be the same.
pub(super) struct FreeNames {
    taken: HashSet<Vec<u8>>,
    /// The number to try next behind a name that is taken.
    next: HashMap<Vec<u8>, u32>,
}

impl FreeNames {
    pub(super) fn new<'n>(taken: impl Iterator<Item = &'n [u8]>) -> Self {
        FreeNames { taken: taken.map(names::fold).collect(), next: HashMap::new() }
    }

    /// The name itself where it is free, else the name with the first number behind it that
    /// makes it so.
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
