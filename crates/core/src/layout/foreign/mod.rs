//! Layouts of other tools and datasets, recognised by what only they have.

mod clouds;
mod driving;
mod kitti;
mod moves;
mod stores;
mod table;
mod tools;
mod view;

use super::contents::Contents;
use super::{Foreign, Mapping, Pairing, Transfer};
use crate::names::sensor_name;
use crate::tree::{FolderId, Tree};
use clouds::CloudTask;
use table::Table;
use view::View;

pub(crate) use moves::{Moves, PathMove, moves};

/// A known other layout.
struct Detector {
    /// What it is called, as a sentence says it.
    name: &'static str,
    /// How it is told.
    mark: Mark,
}

/// How a layout is told, from one folder.
enum Mark {
    Table(&'static Table),
    Function(fn(View<'_>) -> Option<Found>),
    /// And what gives the clouds of a folder that has the layout, with the images of each.
    Clouds(fn(View<'_>) -> Option<Found>, for<'t> fn(View<'t>) -> Option<CloudTask<'t>>),
}

impl Detector {
    const fn table(name: &'static str, table: &'static Table) -> Self {
        Detector { name, mark: Mark::Table(table) }
    }

    const fn function(name: &'static str, find: fn(View<'_>) -> Option<Found>) -> Self {
        Detector { name, mark: Mark::Function(find) }
    }

    /// Looks for the layout right in one folder.
    fn find(&self, view: View<'_>) -> Option<Found> {
        match self.mark {
            Mark::Table(table) => table.find(view),
            Mark::Function(find) | Mark::Clouds(find, _) => find(view),
        }
    }
}

/// What a detector found; see [`Foreign`].
struct Found {
    evidence: Vec<Vec<u8>>,
    mapping: Vec<Mapping>,
    times: &'static str,
    pairing: Pairing,
    help: Option<&'static str>,
}

impl Found {
    fn new(evidence: Vec<Vec<u8>>, mapping: Vec<Mapping>) -> Self {
        Found { evidence, mapping, times: "", pairing: Pairing::Unknown, help: None }
    }

    /// Whether anything that it was told by or speaks of lies in a folder.
    fn speaks_of(&self, folder: &[u8]) -> bool {
        let parts = self.mapping.iter().flat_map(|part| {
            std::iter::once(&part.from).chain(part.alike.iter().map(|(from, _)| from))
        });
        self.evidence.iter().chain(parts).any(|path| path.starts_with(folder))
    }
}

/// Every layout known, the more telling first.
static DETECTORS: &[Detector] = &[
    Detector::table("nuScenes", &driving::NUSCENES),
    Detector::table("a T4 dataset (TIER IV)", &driving::T4),
    Detector::table("nuPlan", &driving::NUPLAN),
    Detector::table("nuPlan", &driving::NUPLAN_LOG),
    Detector::table("Argoverse 2", &driving::ARGOVERSE_2),
    Detector::table("Argoverse 1", &driving::ARGOVERSE_1),
    Detector::table("PandaSet", &driving::PANDASET),
    Detector::table("A2D2", &driving::A2D2),
    Detector::table("aiMotive", &driving::AIMOTIVE),
    Detector::table("CADC", &kitti::CADC),
    Detector::table("CADC", &kitti::CADC_DRIVE),
    Detector::table("KITTI-360", &kitti::KITTI_360),
    Detector::table("KITTI-360", &kitti::KITTI_360_DRIVE),
    Detector::table("KITTI raw", &kitti::KITTI_RAW),
    Detector::table("DAIR-V2X", &driving::DAIR_V2X),
    Detector::table("OPV2V", &driving::OPV2V),
    Detector::table("RELLIS-3D", &driving::RELLIS),
    Detector::table("Oxford RobotCar", &driving::ROBOTCAR),
    Detector::table("KITTI", &kitti::KITTI),
    Detector::table("KITTI odometry", &kitti::KITTI_ODOMETRY),
    Detector::table("Xtreme1 (BasicAI)", &tools::XTREME1),
    Detector::table("Supervisely", &tools::SUPERVISELY),
    Detector::table("a CVAT 3D task or Supervisely dataset", &tools::CVAT_TASK),
    Detector {
        name: "a CVAT 3D task",
        mark: Mark::Clouds(tools::cvat_default, tools::clouds_of_cvat),
    },
    Detector::table("Datumaro (as CVAT exports 3D tasks)", &tools::DATUMARO),
    Detector::table("SUSTechPOINTS", &tools::SUSTECHPOINTS),
    Detector::function("BIDS (brain imaging)", tools::bids),
    Detector::function("Pascal VOC", tools::pascal_voc),
    Detector::function("COCO", tools::coco),
    Detector::function("YOLO", tools::yolo),
    Detector::function("Waymo Open Dataset records", stores::waymo),
    Detector::function("ROS recordings", stores::ros),
    Detector::function("a Hugging Face cache", stores::hugging_face),
    Detector::function("Parquet shards", stores::parquet),
    Detector::function("Arrow shards of a Hugging Face dataset", stores::arrow),
    Detector::function("WebDataset shards", stores::webdataset),
    Detector::function("a source repository", tools::source_repository),
];

/// How many folders of one level are looked into: a layout repeats, so the first few tell.
const MOST_FOLDERS: usize = 64;

/// The layout that a tree without sensors is known to be, at the target or up to three levels
/// below.
pub(super) fn recognise(tree: &Tree) -> Option<Foreign> {
    let below = |ids: &[FolderId]| -> Vec<FolderId> {
        ids.iter().flat_map(|id| tree.children(*id)).take(MOST_FOLDERS).collect()
    };
    let first = below(&[FolderId::ROOT]);
    let second = below(&first);
    let third = below(&second);
    let places = std::iter::once(FolderId::ROOT).chain(first).chain(second).chain(third);
    places.flat_map(|root| DETECTORS.iter().map(move |detector| (root, detector))).find_map(
        |(root, detector)| {
            let found = detector.find(View::new(tree, root))?;
            // What has no parts of its own is told from the whole tree.
            if !found.mapping.is_empty() && stands_beside_sensors(tree, root, &found) {
                return None;
            }
            let beside = tree.children(tree.folder(root).parent()).take(MOST_FOLDERS);
            let alike = beside
                .filter(|id| *id != root && detector.find(View::new(tree, *id)).is_some())
                .count();
            let Found { evidence, mapping, times, pairing, help } = found;
            let name = detector.name;
            Some(Foreign { name, root, alike, evidence, mapping, times, pairing, help })
        },
    )
}

/// Whether what was found in a folder is a part of a tree that has sensors beside it, or beside a
/// folder above, which only lack their right names.
fn stands_beside_sensors(tree: &Tree, root: FolderId, found: &Found) -> bool {
    let is_sensor = |folder: FolderId| {
        let name = crate::text::lossless(tree.folder(folder).name());
        sensor_name::near(&name).is_some_and(|near| {
            let scenes = Contents::of_children(tree, folder);
            scenes.numbered > 0 && scenes.kind() == Some(near.kind)
        })
    };
    let above = |id: &FolderId| (*id != FolderId::ROOT).then(|| tree.folder(*id).parent());
    let mut folders = std::iter::successors(Some(root), above)
        .flat_map(|id| tree.children(id).take(MOST_FOLDERS));
    folders.any(|folder| !found.speaks_of(&tree.path(folder)) && is_sensor(folder))
}

/// A part that has no place in our tree.
fn no_place(from: Vec<u8>, note: &'static str) -> Mapping {
    Mapping { from, to: None, transfer: Transfer::Leave, alike: Vec::new(), note }
}

/// What stands for a name that the path does not say.
const SCENE: &str = "<scene>";
const TIMESTAMP: &str = "<timestamp>";

#[cfg(test)]
mod tests;
