//! KITTI, and the datasets of driving that are laid out as it is: an index of frames for a name,
//! and times apart.

use super::table::{
    Beside, CHANGING_CALIBRATION, IN_METADATA, LABELS, POSES, SceneName, SensorRow, Table,
};
use crate::layout::Pairing;

/// A frame's number, and no time of this century in milliseconds or finer units.
fn is_index(file: &str) -> bool {
    let stem = file.split('.').next().unwrap_or_default();
    stem.len() < 13 || stem.bytes().any(|byte| !byte.is_ascii_digit())
}

const LINES: &str =
    "line n of the `timestamps.txt` above a file, where there is one, is the time of file n";

/// `2018_03_06/0001/labeled/image_00/data/0000000000.png`,
/// `…/labeled/lidar_points/data/0000000000.bin`.
pub(super) static CADC: Table = Table {
    within: &["labeled/", "raw/", "processed/"],
    sensors: CADC_SENSORS,
    beside: &[
        Beside::mark("3d_ann.json").noted(LABELS).telling(),
        Beside::mark("*/novatel/").noted(POSES),
    ],
    least: 3,
    scene: SceneName::ParentAndFolder,
    times: LINES,
    pairing: Pairing::ByName,
};

/// The folder `labeled` or `raw` of one drive.
pub(super) static CADC_DRIVE: Table = Table {
    within: &[""],
    sensors: CADC_SENSORS,
    beside: &[Beside::mark("novatel/").noted(POSES)],
    least: 3,
    scene: SceneName::Unknown,
    times: LINES,
    pairing: Pairing::ByName,
};

const CADC_SENSORS: &[SensorRow] = &[
    SensorRow::camera("<image_0#>/data"),
    SensorRow::lidar("<lidar_points>/data").of_suffixes(&["bin"]).telling(),
];

/// `data_2d_raw/2013_05_28_drive_0000_sync/image_00/data_rect/0000000000.png`,
/// `data_3d_raw/…/velodyne_points/data/0000000000.bin`.
pub(super) static KITTI_360: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::camera("data_2d_raw/{*}/<image_0#>/data_rect"),
        SensorRow::camera("data_2d_raw/{*}/<image_0#>/data_rgb").noted("fisheye"),
        SensorRow::lidar("data_3d_raw/{*}/<velodyne_points>/data"),
    ],
    beside: &[
        Beside::mark("data_2d_raw/*/*/timestamps.txt"),
        Beside::mark("data_3d_raw/*/*/timestamps.txt"),
        Beside::mark("calibration/").noted(IN_METADATA),
        Beside::mark("data_poses/").noted(POSES),
        Beside::mark("data_3d_bboxes/").noted(LABELS),
    ],
    least: 2,
    scene: SceneName::Segment,
    times: LINES,
    pairing: Pairing::ByName,
};

/// The folder of one drive in `data_2d_raw/` of KITTI-360.
pub(super) static KITTI_360_DRIVE: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::camera("<image_0#>/data_rect"),
        SensorRow::camera("<image_0#>/data_rgb").noted("fisheye"),
    ],
    beside: &[Beside::mark("image_0#/timestamps.txt")],
    least: 2,
    scene: SceneName::Folder,
    times: LINES,
    pairing: Pairing::ByName,
};

/// `2011_09_26_drive_0001_sync/image_00/data/0000000000.png`,
/// `…/velodyne_points/data/0000000000.bin`, `…/oxts/data/`. CVAT takes the same with clouds as PCD
/// and upper-case names, and writes it with `tracklet_labels.xml`.
pub(super) static KITTI_RAW: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::camera("<image_0#>/data"),
        SensorRow::camera("<IMAGE_0#>/data"),
        SensorRow::lidar("<velodyne_points>/data"),
    ],
    beside: &[
        Beside::mark("oxts/data/").noted(POSES),
        Beside::mark("image_0#/timestamps.txt"),
        Beside::mark("tracklet_labels.xml").noted(LABELS),
        Beside::mark("frame_list.txt"),
    ],
    least: 2,
    scene: SceneName::Folder,
    times: LINES,
    pairing: Pairing::ByName,
};

const KITTI_SENSORS: &[SensorRow] = &[
    SensorRow::camera("<image_#>").named_like(is_index).noted("frames of one drive make a scene"),
    SensorRow::lidar("<velodyne>").of_suffixes(&["bin"]).named_like(is_index),
    SensorRow::lidar("<velodyne>").of_suffixes(&["pcd"]).named_like(is_index).common(),
];

/// `training/image_2/000000.png`, `training/velodyne/000000.bin`, `training/calib/`,
/// `training/label_2/`.
pub(super) static KITTI: Table = Table {
    within: &[""],
    sensors: KITTI_SENSORS,
    beside: &[
        Beside::mark("calib/").noted(CHANGING_CALIBRATION),
        Beside::mark("label_2/").noted(LABELS),
    ],
    least: 2,
    scene: SceneName::Unknown,
    times: "no file has any: frames are single moments of many drives",
    pairing: Pairing::ByName,
};

/// `sequences/00/image_2/000000.png`, `sequences/00/velodyne/000000.bin`, `sequences/00/calib.txt`;
/// SemanticKITTI, too.
pub(super) static KITTI_ODOMETRY: Table = Table {
    within: &[""],
    sensors: KITTI_SENSORS,
    beside: &[
        Beside::mark("calib.txt").noted(IN_METADATA),
        Beside::mark("labels/").noted(LABELS),
        Beside::mark("times.txt"),
        Beside::mark("poses.txt").noted(POSES),
    ],
    least: 2,
    scene: SceneName::Folder,
    times: "line n of `times.txt` is the time of file n, in seconds since the first",
    pairing: Pairing::ByName,
};
