//! Taking out the frames that are not complete in all sensors once a plan is carried out.

use hashbrown::{HashMap, HashSet};

use super::Plan;
use super::arranged::Arranged;
use crate::layout::{Cell, Layout, SceneId, SensorId};
use crate::names::name_set::NameSet;
use crate::names::stem;
use crate::tree::files::Files;
use crate::tree::unread::UnreadIndex;
use crate::tree::{Arrangement as _, FolderId, Tree, parent_and_name};

/// What of the scenes of a tree is not complete in all sensors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incomplete {
    /// The scenes whose frames were looked at, by name.
    pub scenes: Vec<SceneFrames>,
    /// The scenes that are left as they are, by name.
    pub spared: Vec<(Vec<u8>, Spared)>,
    /// The frames that are not in all sensors, by their folder in the tree.
    frames: HashMap<FolderId, NameSet>,
}

/// The frames of one scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneFrames {
    /// The scene's name, exactly the bytes listed.
    pub scene: Vec<u8>,
    /// How many stems all sensors have.
    pub complete: u64,
    /// How many files are taken out.
    pub dropped: u64,
}

/// Why a scene is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spared {
    /// A sensor has no frames in it, so that all of the scene would go; the sensor's folder.
    NoFrames(Vec<u8>),
    /// No stem is in all sensors, so that all of the scene would go.
    NoneComplete,
    /// Not all of its names are known; the sensor's folder.
    NotAllKnown(Vec<u8>),
}

impl Incomplete {
    /// Looks at the frames of all scenes of a tree.
    #[must_use]
    pub fn of(tree: &Tree, layout: &Layout, unseen: &UnreadIndex) -> Self {
        let mut incomplete = Incomplete::default();
        let sensors: Vec<SensorId> = layout.sensors().map(|(id, _)| id).collect();
        for scene in layout.scene_ids() {
            let looked = Scene { tree, layout, unseen, scene }.look(&sensors);
            let name = layout.scene_name(scene).to_vec();
            match looked {
                Err(spared) => incomplete.spared.push((name, spared)),
                Ok((complete, frames)) => {
                    let dropped = frames.iter().map(|(_, names)| names.count()).sum();
                    incomplete.scenes.push(SceneFrames { scene: name, complete, dropped });
                    incomplete.frames.extend(frames);
                }
            }
        }
        incomplete
    }

    /// How many files are taken out.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.scenes.iter().map(|scene| scene.dropped).sum()
    }
}

/// One scene of a tree.
struct Scene<'t> {
    tree: &'t Tree,
    layout: &'t Layout,
    unseen: &'t UnreadIndex,
    scene: SceneId,
}

impl Scene<'_> {
    /// How many stems all sensors have, and by folder the frames of other stems.
    fn look(&self, sensors: &[SensorId]) -> Result<(u64, Vec<(FolderId, NameSet)>), Spared> {
        let cells = self.layout.scene_cells(self.scene);
        let folder = |sensor: SensorId| self.layout.sensor(sensor).folder_name.clone();
        for sensor in sensors {
            let cell = cells.iter().find(|cell| cell.sensor == *sensor);
            let Some(cell) = cell.filter(|cell| self.files(**cell).any(|it| it.count() > 0)) else {
                return Err(Spared::NoFrames(folder(*sensor)));
            };
            let is_known = |files: Files<'_>| match files {
                Files::Named(_, names) => names.is_complete(),
                _ => true,
            };
            if self.unseen.is_within(cell.folder) || !self.files(*cell).all(is_known) {
                return Err(Spared::NotAllKnown(folder(*sensor)));
            }
        }
        if let Some(complete) = self.all_alike(cells) {
            return Ok((complete, Vec::new()));
        }
        let mut common: Option<HashSet<Vec<u8>>> = None;
        for cell in cells {
            let mut stems = HashSet::new();
            self.for_each_name(*cell, |name| {
                let held = common.as_ref().is_none_or(|common| common.contains(stem(name)));
                if held {
                    stems.insert(stem(name).to_vec());
                }
            });
            common = Some(stems);
        }
        let common = common.unwrap_or_default();
        if common.is_empty() {
            return Err(Spared::NoneComplete);
        }
        let mut frames = Vec::new();
        for cell in cells {
            let mut names = NameSet::default();
            self.for_each_name(*cell, |name| {
                if !common.contains(stem(name)) {
                    names.insert(name);
                }
            });
            names.seal();
            if !names.is_empty() {
                frames.push((cell.folder, names));
            }
        }
        Ok((common.len() as u64, frames))
    }

    /// The frames of a sensor, by the way they are written.
    fn files(&self, cell: Cell) -> impl Iterator<Item = Files<'_>> {
        let media = self.layout.sensor(cell.sensor).kind.media();
        Files::in_folder(self.tree.folder(cell.folder)).filter(move |it| it.media() == media)
    }

    fn for_each_name(&self, cell: Cell, mut each: impl FnMut(&[u8])) {
        self.files(cell).for_each(|files| files.for_each(&mut each));
    }

    /// How many frames each sensor has, where all have the very same stems, as compressed bytes
    /// tell.
    fn all_alike(&self, cells: &[Cell]) -> Option<u64> {
        let one = |cell: &Cell| {
            let mut files = self.files(*cell);
            match (files.next(), files.next()) {
                (Some(Files::Numbered(naming, set)), None) => {
                    Some(((naming.zero_padded_width(), naming.fraction_digits()), set))
                }
                _ => None,
            }
        };
        let first = one(cells.first()?)?;
        let is_alike = |cell: &Cell| one(cell).is_some_and(|other| other == first);
        cells.iter().all(is_alike).then_some(first.1.len() as u64)
    }
}

impl Plan<'_> {
    /// Takes out of the tree, besides, the frames of which `incomplete` of the
    /// [tree afterwards](Plan::tree) says that they are not in all sensors, whatever else was to
    /// become of them.
    pub fn drop_incomplete(&mut self, after: &Tree, incomplete: &Incomplete) {
        let by_path: HashMap<Vec<u8>, &NameSet> =
            incomplete.frames.iter().map(|(folder, names)| (after.path(*folder), names)).collect();
        if by_path.is_empty() {
            return;
        }
        let names_at = |folder: &[u8]| {
            let path = if folder.is_empty() { Vec::new() } else { [folder, b"/"].concat() };
            by_path.get(&path).copied()
        };
        let mut dropped: Vec<(FolderId, NameSet)> = Vec::new();
        let arranged = Arranged::new(self);
        for (id, folder) in self.tree.ids().zip(self.tree.folders()) {
            let mut names = NameSet::default();
            if arranged.sorts(id) {
                folder.for_each_entry(|name, _| {
                    let Some(path) = arranged.path_of(id, name) else { return };
                    let (parent, last) = parent_and_name(&path);
                    if names_at(parent).is_some_and(|names| names.contains(last)) {
                        names.insert(name);
                    }
                });
            } else if let Some(going) = arranged.folder(id).and_then(|path| names_at(&path)) {
                going.for_each(|name| {
                    if folder.holds(name) {
                        names.insert(name);
                    }
                });
            }
            names.seal();
            if !names.is_empty() {
                dropped.push((id, names));
            }
        }
        drop(arranged);
        for (folder, names) in dropped {
            self.files.entry(folder).or_default().dropped.merge(names);
        }
        self.files.values_mut().for_each(|changes| changes.dropped.seal());
        self.after.take();
    }
}
