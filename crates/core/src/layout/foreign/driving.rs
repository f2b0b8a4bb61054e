//! Datasets of driving, each a table.

use super::table::{
    Beside, CHANGING_CALIBRATION, IN_METADATA, LABELS, POSES, SceneName, SensorRow, Table,
};
use crate::layout::Pairing;

/// The number at the end of a file's stem, less its last `digits`.
fn milliseconds(file: &str, digits: usize) -> Option<String> {
    let stem = file.split('.').next()?;
    let number = stem.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    let cut = number.len().checked_sub(digits).filter(|left| *left > 0)?;
    Some(number[..cut].to_owned())
}

/// Microseconds of this century at the end of a stem, as milliseconds.
fn microseconds(file: &str) -> Option<String> {
    milliseconds(file, 3).filter(|stamp| stamp.len() == 13)
}

/// Nanoseconds at the end of a stem, as milliseconds.
fn nanoseconds(file: &str) -> Option<String> {
    milliseconds(file, 6).filter(|stamp| stamp.len() >= 12)
}

/// `frame000104-1581624663_149.jpg`: seconds and three digits of milliseconds.
fn seconds_and_milliseconds(file: &str) -> Option<String> {
    let (seconds, millis) = file.split('.').next()?.rsplit_once('-')?.1.split_once('_')?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (seconds.len() == 10 && millis.len() == 3 && is_number(seconds) && is_number(millis))
        .then(|| format!("{seconds}{millis}"))
}

/// A random token of 16 hexadecimal digits in place of a time.
fn is_token(file: &str) -> bool {
    let stem = file.split('.').next().unwrap_or_default();
    stem.len() == 16
        && stem.bytes().all(|byte| byte.is_ascii_hexdigit())
        && stem.bytes().any(|byte| byte.is_ascii_alphabetic())
}

const VEHICLE_FRAME: &str = "its points are in the vehicle's frame, and not the sensor's";
const CONCATENATED: &str = "`LIDAR_CONCAT` joins all LiDARs, in the vehicle's frame";
const BAYER: &str = "raw images are Bayer patterns, to be made colour images first";

/// `samples/CAM_FRONT/n015-…__CAM_FRONT__1532402927612460.jpg`, `sweeps/…`, and tables in
/// `v1.0-…/`.
pub(super) static NUSCENES: Table = Table {
    within: &["samples/", "sweeps/"],
    sensors: &[
        SensorRow::camera("<CAM_*>")
            .named_like(|file| file.contains("__"))
            .stamped(microseconds)
            .noted("its scene stands in the tables"),
        SensorRow::lidar("<LIDAR_*>").named_like(|file| file.contains("__")).stamped(microseconds),
    ],
    beside: &[
        Beside::mark("v1.0-*/").noted("calibration goes into metadata.json, labels stay outside")
    ],
    least: 1,
    scene: SceneName::Unknown,
    times: "the 16 digits at the end of a name are microseconds; without the last 3 they are \
         milliseconds",
    pairing: Pairing::ByTime,
};

/// `data/CAM_FRONT/00000.jpg`, `data/LIDAR_CONCAT/00000.pcd.bin`, and the tables of nuScenes in
/// `annotation/`.
pub(super) static T4: Table = Table {
    within: &["data/"],
    sensors: &[SensorRow::camera("<CAM_*>"), SensorRow::lidar("<LIDAR_*>").noted(CONCATENATED)],
    beside: &[
        Beside::mark("annotation/")
            .noted("calibration goes into metadata.json, labels stay outside"),
        Beside::mark("annotation/sample_data.json").telling(),
        Beside::mark("input_bag/").noted("the recording stays outside the tree"),
        Beside::mark("map/").noted("maps stay outside the tree"),
        Beside::mark("status.json"),
    ],
    least: 4,
    scene: SceneName::ParentAndFolder,
    times: "`annotation/sample_data.json` gives each file's `timestamp`, in microseconds",
    pairing: Pairing::ByTime,
};

const NUPLAN_TIMES: &str = "the tables `image` and `lidar_pc` of the log's `.db` give each \
     file's `timestamp`, in microseconds";

/// `nuplan-v1.1/sensor_blobs/<log>/CAM_F0/c082c104b7ac5a71.jpg`,
/// `…/MergedPointCloud/03fafcf2c0865668.pcd`.
pub(super) static NUPLAN: Table = Table {
    within: &["sensor_blobs/"],
    sensors: &[
        SensorRow::camera("{*}/<CAM_*>").named_like(is_token),
        SensorRow::lidar("{*}/<MergedPointCloud>"),
    ],
    beside: &[Beside::other("splits/").noted("the logs' tables stay outside the tree")],
    least: 1,
    scene: SceneName::Segment,
    times: NUPLAN_TIMES,
    pairing: Pairing::ByTime,
};

/// The folder of one log of nuPlan.
pub(super) static NUPLAN_LOG: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::camera("<CAM_*>").named_like(is_token).telling(),
        SensorRow::lidar("<MergedPointCloud>").named_like(is_token).telling(),
    ],
    beside: &[],
    least: 2,
    scene: SceneName::Folder,
    times: NUPLAN_TIMES,
    pairing: Pairing::ByTime,
};

/// `<log>/sensors/cameras/ring_front_center/<ns>.jpg`, `<log>/sensors/lidar/<ns>.feather`.
pub(super) static ARGOVERSE_2: Table = Table {
    within: &["sensors/"],
    sensors: &[
        SensorRow::camera("cameras/<*>").stamped(nanoseconds),
        SensorRow::lidar("<lidar>")
            .of_suffixes(&["feather"])
            .stamped(nanoseconds)
            .noted(VEHICLE_FRAME),
    ],
    beside: &[
        Beside::mark("calibration/")
            .noted("intrinsics and poses go into cameraCoefficients of metadata.json"),
        Beside::mark("annotations.feather"),
        Beside::mark("*.feather"),
    ],
    least: 2,
    scene: SceneName::Folder,
    times: "the names are nanoseconds; without the last 6 digits they are milliseconds",
    pairing: Pairing::ByTime,
};

/// `<log>/ring_front_center/ring_front_center_<ns>.jpg`, `<log>/lidar/PC_<ns>.ply`.
pub(super) static ARGOVERSE_1: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::camera("<ring_*>")
            .named_like(|file| file.starts_with("ring_"))
            .stamped(nanoseconds),
        SensorRow::camera("<stereo_front_*>")
            .named_like(|file| file.starts_with("stereo_front_"))
            .stamped(nanoseconds)
            .noted("has fewer images than the others"),
        SensorRow::lidar("<lidar>")
            .named_like(|file| file.starts_with("PC_"))
            .stamped(nanoseconds)
            .noted(VEHICLE_FRAME)
            .telling(),
    ],
    beside: &[
        Beside::mark("vehicle_calibration_info.json").noted(IN_METADATA).telling(),
        Beside::mark("per_sweep_annotations_amodal/").noted(LABELS).telling(),
        Beside::mark("poses/").noted(POSES),
        Beside::mark("city_info.json"),
    ],
    least: 3,
    scene: SceneName::Folder,
    times: "the number in each name is nanoseconds; without the last 6 digits it is milliseconds",
    pairing: Pairing::ByTime,
};

/// `001/camera/front_camera/00.jpg` with `intrinsics.json` beside, `001/lidar/00.pkl.gz`.
pub(super) static PANDASET: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::camera("camera/<*>"),
        SensorRow::lidar("<lidar>").of_suffixes(&["gz", "pkl"]).noted(
            "its points are of two LiDARs, in the world's frame: they belong in the sensor's",
        ),
    ],
    beside: &[
        Beside::mark("camera/*/intrinsics.json").telling(),
        Beside::mark("lidar/poses.json"),
        Beside::mark("annotations/").noted(LABELS),
    ],
    least: 4,
    scene: SceneName::Folder,
    times: "entry n of `timestamps.json` beside the files is the time of file n, in seconds",
    pairing: Pairing::ByName,
};

/// `20180807_145028/camera/cam_front_center/…_camera_frontcenter_000001617.png`,
/// `…/lidar/cam_front_center/….npz`.
pub(super) static A2D2: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::camera("camera/<cam_*>"),
        SensorRow::lidar("lidar/<cam_*>")
            .called("0")
            .noted("each cloud holds what one camera sees: those of one moment make one")
            .telling(),
    ],
    beside: &[Beside::mark("label/").noted(LABELS), Beside::mark("label3D/").noted(LABELS)],
    least: 3,
    scene: SceneName::Folder,
    times: "`cam_tstamp` in the `.json` beside each image, in microseconds",
    pairing: Pairing::ByTime,
};

/// `<scene>/sensor/camera/F_MIDLONGRANGECAM_CL/…_0033643.jpg`,
/// `<scene>/dynamic/raw-revolutions/frame_0033643.laz`.
pub(super) static AIMOTIVE: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::camera("sensor/camera/<*>"),
        SensorRow::lidar("dynamic/raw-revolutions").called("0").noted(VEHICLE_FRAME).telling(),
    ],
    beside: &[
        Beside::mark("sensor/calibration/").noted(IN_METADATA),
        Beside::mark("sensor/gnssins/").noted(POSES),
        Beside::mark("dynamic/box/").noted(LABELS),
        Beside::mark("sensor/radar/")
            .noted("radars are no sensors here, and stay outside the tree"),
    ],
    least: 3,
    scene: SceneName::Folder,
    times: "the names are numbers of frames; the points of each `.laz` have their GPS time",
    pairing: Pairing::ByName,
};

/// `vehicle-side/image/000010.jpg`, `vehicle-side/velodyne/000010.pcd`,
/// `vehicle-side/data_info.json`, `infrastructure-side/…`.
pub(super) static DAIR_V2X: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::camera("<image>"),
        SensorRow::lidar("<velodyne>").noted("each side makes a dataset of its own"),
    ],
    beside: &[
        Beside::mark("data_info.json").telling(),
        Beside::mark("calib/camera_intrinsic/").telling(),
        Beside::other("calib/").noted(CHANGING_CALIBRATION),
        Beside::other("label/").noted(LABELS),
    ],
    least: 4,
    scene: SceneName::Unknown,
    times: "`data_info.json` gives each file's time in microseconds, and its `sequence_id` is \
         the scene, where it has these",
    pairing: Pairing::ByName,
};

/// `2021_08_22_21_41_24/1732/000068.pcd`, `…/000068_camera0.png`, `…/000068.yaml`.
pub(super) static OPV2V: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::camera("{*}")
            .named_like(|file| file.contains("_camera"))
            .called("camera0")
            .noted("each of its cameras makes a sensor, and each vehicle a scene")
            .telling(),
        SensorRow::lidar("{*}").of_suffixes(&["pcd"]).called("0"),
    ],
    beside: &[
        Beside::mark("*/*.yaml").noted("calibration goes into metadata.json, labels stay outside"),
        Beside::mark("data_protocol.yaml").telling(),
    ],
    least: 4,
    scene: SceneName::FolderAndSegment,
    times: "the names count simulated steps, whose length `data_protocol.yaml` gives; no other \
         time is recorded",
    pairing: Pairing::ByName,
};

/// `00000/pylon_camera_node/frame000000-1581624652_750.jpg`,
/// `00000/os1_cloud_node_kitti_bin/000000.bin`.
pub(super) static RELLIS: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::camera("<pylon_camera_node>").stamped(seconds_and_milliseconds).telling(),
        SensorRow::lidar("os1_cloud_node_kitti_bin").called("os1").telling(),
        SensorRow::lidar("os1_cloud_node_color_ply").called("os1").telling(),
        SensorRow::lidar("vel_cloud_node_kitti_bin").called("velodyne").telling(),
        SensorRow::lidar("vel_cloud_node_color_ply").called("velodyne").telling(),
    ],
    beside: &[
        Beside::mark("pylon_camera_node_label_id/").noted(LABELS),
        Beside::mark("pylon_camera_node_label_color/").noted(LABELS),
        Beside::mark("calib.txt").noted(IN_METADATA),
        Beside::mark("camera_info.txt").noted(IN_METADATA),
        Beside::mark("poses.txt").noted(POSES),
    ],
    least: 3,
    scene: SceneName::Folder,
    times: "behind the `-` in an image's name: seconds, `_` and milliseconds",
    pairing: Pairing::ByName,
};

/// `2014-05-06-12-54-54/stereo/centre/1399381445767267.png`, `…/velodyne_left/….bin`,
/// `…/stereo.timestamps`.
pub(super) static ROBOTCAR: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::camera("<stereo>/<*>").stamped(microseconds).noted(BAYER),
        SensorRow::camera("<mono_*>").stamped(microseconds).noted(BAYER),
        SensorRow::lidar("<velodyne_*>")
            .of_suffixes(&["bin", "png"])
            .stamped(microseconds)
            .noted("a `.png` of a LiDAR holds its raw ranges"),
        SensorRow::lidar("<ldmrs>").of_suffixes(&["bin"]).stamped(microseconds),
    ],
    beside: &[
        Beside::mark("stereo.timestamps").telling(),
        Beside::mark("mono_left.timestamps").telling(),
        Beside::mark("mono_rear.timestamps").telling(),
        Beside::mark("mono_right.timestamps").telling(),
        Beside::mark("velodyne_left.timestamps").telling(),
        Beside::mark("velodyne_right.timestamps").telling(),
        Beside::mark("ldmrs.timestamps").telling(),
        Beside::mark("lms_front/").noted("a LiDAR of one line gives no clouds by itself"),
        Beside::mark("gps/").noted(POSES),
        Beside::mark("vo/").noted(POSES),
    ],
    least: 3,
    scene: SceneName::Folder,
    times: "the names are microseconds; without the last 3 digits they are milliseconds",
    pairing: Pairing::ByTime,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_names() {
        assert_eq!(
            microseconds("n015__CAM_FRONT__1532402927612460.jpg").as_deref(),
            Some("1532402927612")
        );
        assert_eq!(microseconds("000000.jpg"), None);
        assert_eq!(nanoseconds("PC_315967376899927209.ply").as_deref(), Some("315967376899"));
        let check =
            |file, expected| assert_eq!(seconds_and_milliseconds(file).as_deref(), expected);
        check("frame000104-1581624663_149.jpg", Some("1581624663149"));
        check("frame000104-1581624663_49.jpg", None);
        check("frame000104.jpg", None);
    }

    #[test]
    fn tokens_are_no_numbers() {
        assert!(is_token("c082c104b7ac5a71.jpg"));
        assert!(!is_token("1532402927612460.jpg") && !is_token("c082.jpg"));
    }
}
