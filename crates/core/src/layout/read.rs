//! From folders to a [`Layout`].

use super::{Cell, Layout, Reading, SceneId, Sensor, SensorId, SensorKind};
use crate::report::Target;
use crate::tree::{FolderId, Tree};
use std::collections::BTreeSet;

impl Layout {
    /// Reads a tree as a dataset.
    #[must_use]
    pub fn read(tree: &Tree, _target: &Target) -> Self {
        let sensors: Vec<Sensor> = tree
            .children(FolderId::ROOT)
            .filter_map(|folder| {
                let folder_name = tree.folder(folder).name();
                let text = crate::text::lossless(folder_name);
                let kind = SensorKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))?;
                Some(Sensor {
                    folder,
                    folder_name: folder_name.to_vec(),
                    kind,
                    name: text[kind.prefix().len()..].to_owned(),
                    expected_folder: None,
                })
            })
            .collect();
        let names: BTreeSet<&[u8]> = sensors
            .iter()
            .flat_map(|sensor| tree.children(sensor.folder))
            .map(|scene| tree.folder(scene).name())
            .collect();
        let scenes: Vec<Vec<u8>> = names.into_iter().map(<[u8]>::to_vec).collect();
        let mut cells = Vec::new();
        for (sensor, id) in sensors.iter().zip((0..).map(SensorId)) {
            for folder in tree.children(sensor.folder) {
                let name = tree.folder(folder).name();
                if let Ok(scene) = scenes.binary_search_by(|scene| scene.as_slice().cmp(name))
                    && let Ok(scene) = u32::try_from(scene)
                {
                    cells.push(Cell { scene: SceneId(scene), sensor: id, folder });
                }
            }
        }
        Layout::new(Reading::SensorOriented, sensors, scenes, cells)
    }
}
