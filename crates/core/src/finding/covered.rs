//! [`Covered`]: which differences between the sensors of a scene are named by a finding.

use hashbrown::{HashMap, HashSet};

use crate::layout::{SceneId, SensorId};
use crate::names::name_set::NameSet;
use crate::tree::FolderId;

/// What the findings that put a scene at risk, or more, name of the differences between sensors.
#[derive(Clone, Debug, Default)]
pub(crate) struct Covered {
    /// Sensors whose frames in a scene stand otherwise than the others' as a whole: another clock,
    /// no frame at all.
    cells: HashSet<(SceneId, SensorId)>,
    /// Sensors of which the same is known in every scene.
    sensors: HashSet<SensorId>,
    /// Scenes of which it is said that those sensors lack them which have no folder of theirs.
    absent: HashSet<SceneId>,
    /// The stems that a sensor lacks in a scene.
    missing: HashMap<(SceneId, SensorId), NameSet>,
    /// The stems that some sensors have in a scene and others lack.
    extra: HashMap<SceneId, NameSet>,
    /// Folders of which a rule names files.
    folders: HashSet<(FolderId, &'static str)>,
    /// Files that stand in the place of frames which a finding names.
    explained: HashMap<FolderId, NameSet>,
}

impl Covered {
    pub(crate) fn add_cell(&mut self, scene: SceneId, sensor: SensorId) {
        self.cells.insert((scene, sensor));
    }

    pub(crate) fn add_sensor(&mut self, sensor: SensorId) {
        self.sensors.insert(sensor);
    }

    pub(crate) fn add_absent(&mut self, scene: SceneId) {
        self.absent.insert(scene);
    }

    /// Whether it is said of all sensors without a folder of this scene that they lack it.
    pub(crate) fn is_absent(&self, scene: SceneId) -> bool {
        self.absent.contains(&scene)
    }

    pub(crate) fn add_missing(&mut self, scene: SceneId, sensor: SensorId, stems: &NameSet) {
        self.missing.entry((scene, sensor)).or_default().merge(stems.clone());
    }

    pub(crate) fn add_extra(&mut self, scene: SceneId, stems: &NameSet) {
        self.extra.entry(scene).or_default().merge(stems.clone());
    }

    pub(crate) fn add_folder(&mut self, folder: FolderId, rule: &'static str) {
        self.folders.insert((folder, rule));
    }

    pub(crate) fn explain(&mut self, files: Vec<(FolderId, NameSet)>) {
        for (folder, names) in files {
            let known = self.explained.entry(folder).or_default();
            known.merge(names);
            known.seal();
        }
    }

    /// The files, folder by folder, that stand in the place of frames which a finding names.
    pub(crate) fn all_explained(&self) -> &HashMap<FolderId, NameSet> {
        &self.explained
    }

    pub(crate) fn merge(&mut self, other: Covered) {
        self.cells.extend(other.cells);
        self.sensors.extend(other.sensors);
        self.absent.extend(other.absent);
        for (cell, stems) in other.missing {
            self.missing.entry(cell).or_default().merge(stems);
        }
        for (scene, stems) in other.extra {
            self.extra.entry(scene).or_default().merge(stems);
        }
        self.folders.extend(other.folders);
        self.missing.values_mut().chain(self.extra.values_mut()).for_each(NameSet::seal);
    }

    /// Whether a sensor's frames in a scene are known to stand otherwise than the others'
    /// as a whole.
    pub(crate) fn is_cell(&self, scene: SceneId, sensor: SensorId) -> bool {
        self.sensors.contains(&sensor) || self.cells.contains(&(scene, sensor))
    }

    /// Whether it is said that the sensor lacks this stem in the scene.
    pub(crate) fn is_missing(&self, scene: SceneId, sensor: SensorId, stem: &[u8]) -> bool {
        let names = |stems: Option<&NameSet>| stems.is_some_and(|stems| stems.contains(stem));
        names(self.missing.get(&(scene, sensor))) || names(self.extra.get(&scene))
    }

    /// Whether one of these rules names files of the folder.
    pub(crate) fn is_named(&self, folder: FolderId, rules: &[&'static str]) -> bool {
        rules.iter().any(|rule| self.folders.contains(&(folder, *rule)))
    }
}
