//! Layouts of other tools and datasets, recognised by what only they have.

mod driving;
mod tools;
mod view;

use super::{Foreign, Mapping};
use crate::tree::{FolderId, Tree};
use view::View;

/// A known other layout.
struct Detector {
    /// What it is called, as a sentence says it.
    name: &'static str,
    /// Looks for it right in one folder.
    find: fn(View<'_>) -> Option<Found>,
}

/// What a detector found.
struct Found {
    /// Paths that tell so.
    evidence: Vec<Vec<u8>>,
    /// How the parts map to ours.
    mapping: Vec<Mapping>,
}

/// Every layout known, the more telling first.
#[rustfmt::skip]
const DETECTORS: &[Detector] = &[
    Detector { name: "nuScenes", find: driving::nuscenes },
    Detector { name: "Argoverse 2", find: driving::argoverse },
    Detector { name: "PandaSet", find: driving::pandaset },
    Detector { name: "KITTI raw", find: driving::kitti_raw },
    Detector { name: "KITTI", find: driving::kitti },
    Detector { name: "Xtreme1 (BasicAI)", find: tools::xtreme1 },
    Detector { name: "Supervisely", find: tools::supervisely },
    Detector { name: "BIDS (brain imaging)", find: tools::bids },
    Detector { name: "Pascal VOC", find: tools::pascal_voc },
    Detector { name: "COCO", find: tools::coco },
    Detector { name: "YOLO", find: tools::yolo },
    Detector { name: "Waymo Open Dataset records", find: driving::waymo },
    Detector { name: "ROS recordings", find: driving::ros },
    Detector { name: "a source repository", find: tools::source_repository },
];

/// How many folders of one level are looked into: a layout repeats, so the first few tell.
const MOST_FOLDERS: usize = 64;

/// The layout that a tree without sensors is known to be, at the target or up to two levels below.
pub(super) fn recognise(tree: &Tree) -> Option<Foreign> {
    let below = |ids: &[FolderId]| -> Vec<FolderId> {
        ids.iter().flat_map(|id| tree.children(*id)).take(MOST_FOLDERS).collect()
    };
    let first = below(&[FolderId::ROOT]);
    let second = below(&first);
    let places = std::iter::once(FolderId::ROOT).chain(first).chain(second);
    places.flat_map(|root| DETECTORS.iter().map(move |detector| (root, detector))).find_map(
        |(root, detector)| {
            let found = (detector.find)(View::new(tree, root))?;
            let beside = tree.children(tree.folder(root).parent()).take(MOST_FOLDERS);
            let alike = beside
                .filter(|id| *id != root && (detector.find)(View::new(tree, *id)).is_some())
                .count();
            Some(Foreign {
                name: detector.name,
                root,
                alike,
                evidence: found.evidence,
                mapping: found.mapping,
            })
        },
    )
}

/// A part that has no place in our tree.
fn no_place(from: Vec<u8>, note: &'static str) -> Mapping {
    Mapping { from, to: None, note }
}

/// What stands for a name that the path does not say.
const SCENE: &str = "<scene>";
const TIMESTAMP: &str = "<timestamp>";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::dataset_path;
    use crate::sketch::Sketch;

    /// The layout recognised in a drawn tree, and how its parts map to ours.
    fn check(drawn: &str, name: &str, mapping: &[(&str, Option<&str>)]) {
        let tree = Sketch::parse(drawn).expect("a sketch").tree();
        let foreign = recognise(&tree).unwrap_or_else(|| panic!("{name} was not recognised"));
        assert_eq!(foreign.name, name);
        assert!(!foreign.evidence.is_empty());
        let found: Vec<_> = foreign
            .mapping
            .iter()
            .map(|part| (String::from_utf8_lossy(&part.from).into_owned(), part.to.clone()))
            .collect();
        let expected: Vec<_> =
            mapping.iter().map(|(from, to)| ((*from).to_owned(), to.map(str::to_owned))).collect();
        assert_eq!(found, expected);
        for (_, to) in found {
            let filled = to.map(|to| to.replace(SCENE, "scene").replace(TIMESTAMP, "1"));
            assert!(
                filled.as_deref().is_none_or(|to| dataset_path::is_valid(to.as_bytes())),
                "{filled:?}"
            );
        }
    }

    #[test]
    fn nuscenes_maps_to_sensors_and_milliseconds() {
        check(
            "samples/\n  CAM_FRONT/\n    n015-2018-07-24-11-22-45+0800__CAM_FRONT__1532402927612460.jpg\n  LIDAR_TOP/\n    n015-2018-07-24-11-22-45+0800__LIDAR_TOP__1532402927647951.pcd.bin\nv1.0-mini/\n  scene.json\n",
            "nuScenes",
            &[
                (
                    "samples/CAM_FRONT/n015-2018-07-24-11-22-45+0800__CAM_FRONT__1532402927612460.jpg",
                    Some("camera-FRONT/<scene>/1532402927612.jpg"),
                ),
                (
                    "samples/LIDAR_TOP/n015-2018-07-24-11-22-45+0800__LIDAR_TOP__1532402927647951.pcd.bin",
                    Some("lidar-TOP/<scene>/1532402927647.pcd"),
                ),
                ("v1.0-mini/", None),
            ],
        );
    }

    #[test]
    fn kitti_raw_two_levels_down() {
        check(
            "2011_09_26/\n  2011_09_26_drive_0001_sync/\n    image_02/\n      timestamps.txt\n      data/\n        0000000000.png\n    oxts/\n      data/\n        0000000000.txt\n    velodyne_points/\n      data/\n        0000000000.bin\n  calib_cam_to_cam.txt\n",
            "KITTI raw",
            &[
                (
                    "2011_09_26/2011_09_26_drive_0001_sync/image_02/data/0000000000.png",
                    Some("camera-image_02/2011_09_26_drive_0001_sync/<timestamp>.jpg"),
                ),
                (
                    "2011_09_26/2011_09_26_drive_0001_sync/velodyne_points/data/0000000000.bin",
                    Some("lidar-velodyne_points/2011_09_26_drive_0001_sync/<timestamp>.pcd"),
                ),
                ("2011_09_26/2011_09_26_drive_0001_sync/oxts/", None),
            ],
        );
    }

    #[test]
    fn argoverse_2_cuts_nanoseconds() {
        check(
            "train/\n  02678d04-cc9f-3148-9f95-1ba66347dff9/\n    annotations.feather\n    city_SE3_egovehicle.feather\n    calibration/\n      intrinsics.feather\n    sensors/\n      cameras/\n        ring_front_center/\n          315969904949927217.jpg\n      lidar/\n        315969904359876000.feather\n",
            "Argoverse 2",
            &[
                (
                    "train/02678d04-cc9f-3148-9f95-1ba66347dff9/sensors/cameras/ring_front_center/315969904949927217.jpg",
                    Some(
                        "camera-ring_front_center/02678d04-cc9f-3148-9f95-1ba66347dff9/315969904949.jpg",
                    ),
                ),
                (
                    "train/02678d04-cc9f-3148-9f95-1ba66347dff9/sensors/lidar/315969904359876000.feather",
                    Some("lidar-0/02678d04-cc9f-3148-9f95-1ba66347dff9/315969904359.pcd"),
                ),
                ("train/02678d04-cc9f-3148-9f95-1ba66347dff9/calibration/", None),
            ],
        );
    }

    #[test]
    fn a_sensor_tree_is_none_of_them() {
        for drawn in [
            "README.md\nMakefile\nlidar_top/\n  a/\n    1.pcd\ncam_front/\n  a/\n    1.jpg\nscripts/\n  convert.py\nsetup.py\n",
            "camera/\n  front/\n    a/\n      1.jpg\nlidar/\n  top/\n    a/\n      1.pcd\n",
            "images/\n  a/\n    1.jpg\n",
            "metadata.json\n",
        ] {
            let tree = Sketch::parse(drawn).expect("a sketch").tree();
            assert_eq!(recognise(&tree), None, "{drawn}");
        }
    }
}
