//! What is recognised, and how it maps to ours.

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
                Some("camera-FRONT/<scene>/<timestamp>.jpg"),
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
fn the_default_structure_of_a_cvat_task() {
    check(
        "data/\n  000001/\n    000001.pcd\n    context_1.png\n    context_2.jpg\n  000002/\n    000002.pcd\n    context_1.png\n",
        "a CVAT 3D task",
        &[
            ("data/000001/000001.pcd", Some("lidar-0/<scene>/<timestamp>.pcd")),
            ("data/000001/context_1.png", Some("camera-0/<scene>/<timestamp>.png")),
        ],
    );
    check(
        "task/\n  data/\n    1681532060061.pcd x3 +100\n    1681532060061.png x3 +100\n",
        "a CVAT 3D task",
        &[
            ("task/data/1681532060061.pcd", Some("lidar-0/task/1681532060061.pcd")),
            ("task/data/1681532060061.png", Some("camera-0/task/1681532060061.png")),
        ],
    );
    for other in [
        "data/\n  1681532060061.pcd\n  1681532060161.png\n",
        "drive/\n  1681532060061.pcd\n  1681532060061.png\n",
        "000001/\n  000001.pcd\n  context.png\n000002/\n  1.pcd\n  context.png\n",
    ] {
        let tree = Sketch::parse(other).expect("a sketch").tree();
        assert_eq!(recognise(&tree).map(|foreign| foreign.name), None, "{other}");
    }
}

#[test]
fn kitti_raw_two_levels_down() {
    check(
        "2011_09_26/\n  2011_09_26_drive_0001_sync/\n    image_02/\n      timestamps.txt\n      data/\n        0000000000.png\n    oxts/\n      data/\n        0000000000.txt\n    velodyne_points/\n      data/\n        0000000000.bin\n  calib_cam_to_cam.txt\n",
        "KITTI raw",
        &[
            (
                "2011_09_26/2011_09_26_drive_0001_sync/image_02/data/0000000000.png",
                Some("camera-image_02/2011_09_26_drive_0001_sync/<timestamp>.png"),
            ),
            (
                "2011_09_26/2011_09_26_drive_0001_sync/velodyne_points/data/0000000000.bin",
                Some("lidar-velodyne_points/2011_09_26_drive_0001_sync/<timestamp>.pcd"),
            ),
            ("2011_09_26/2011_09_26_drive_0001_sync/oxts/data/", None),
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
                    "camera-ring_front_center/02678d04-cc9f-3148-9f95-1ba66347dff9/<timestamp>.jpg",
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

#[test]
fn what_is_nearly_a_layout_is_none() {
    let check = |name: &str, drawn: &str| {
        let tree = Sketch::parse(drawn).expect("a sketch").tree();
        assert_eq!(recognise(&tree).map(|found| found.name), None, "{name}");
    };
    check("nuScenes", "samples/\n  CAM_FRONT/\n    1532402927612.jpg\n");
    check(
        "T4",
        "annotation/\n  notes.json\ndata/\n  CAM_FRONT/\n    1.jpg\n  LIDAR_TOP/\n    1.pcd\n",
    );
    check(
        "nuPlan",
        "log/\n  CAM_F0/\n    1532402927612460.jpg\n  CAM_B0/\n    1532402927612460.jpg\n",
    );
    check("Argoverse 1", "lidar/\n  1.ply\nring_front_center/\n  1.jpg\nposes/\n  1.json\n");
    check(
        "A2D2",
        "s/\n  camera/\n    cam_front/\n      1.png\n  lidar/\n    lidar_top/\n      1.npz\n",
    );
    check(
        "aiMotive",
        "s/\n  sensor/\n    camera/\n      front/\n        1.jpg\n  calibration/\n    1.json\n",
    );
    check("CADC", "d/\n  labeled/\n    image_00/\n      data/\n        1.png\n");
    check("KITTI-360", "data_2d_raw/\n  drive/\n    image_00/\n      1.png\n  timestamps.txt\n");
    check("KITTI raw", "image_00/\n  data/\n    1.png\n");
    check("DAIR-V2X", "image/\n  1.jpg\nvelodyne/\n  1.pcd\ncalib/\n  1.json\nlabel/\n  1.json\n");
    check("OPV2V", "s/\n  7/\n    000069.pcd\n    000069.yaml\n");
    check("RELLIS-3D", "00000/\n  pylon_camera_node/\n    1581624652750.jpg\n");
    check(
        "Oxford RobotCar",
        "mono_left/\n  1399381445767267.png\nvelodyne_left/\n  1399381445767267.bin\n",
    );
    check(
        "KITTI",
        "image_2/\n  1681532060061.jpg\nvelodyne/\n  1681532060061.pcd\ncalib/\n  a.txt\n",
    );
    check("Xtreme1", "camera_image_0/\n  1.jpg\ncamera_image_1/\n  1.jpg\n");
    check("CVAT", "pointcloud/\n  1.pcd\nrelated_images/\n  a/\n    1.jpg\n");
    check("Datumaro", "point_clouds/\n  default/\n    1.pcd\n");
    check(
        "SUSTechPOINTS",
        "s/\n  camera/\n    front/\n      1.jpg\n  lidar/\n    1.pcd\n  calib/\n    a.json\n",
    );
    check("a Hugging Face cache", "blobs/\n  0a4d55a8\nsnapshots/\n  monday/\n    a.jpg\n");
    check("a Hugging Face cache", "datasets--acme--drives/\n  a.txt\n");
    check("WebDataset", "scene_1.tar\nscene_2.tar\n");
    check("WebDataset", "scene_0001.tar\n");
    check("Parquet", "objects.parquet\n");
    check("Parquet", "train-00000-of-00001.parquet\ns/\n  front/\n    1681532060061.jpg\n");
    check("ROS", "drive.bag\ns/\n  front/\n    1681532060061.jpg\n");
}

#[test]
fn part_of_a_layout_beside_sensors_is_none() {
    for drawn in [
        "cam_front/\n  a/\n    1.jpg\nlidar_top/\n  a/\n    1.pcd\nraw/\n  oxts/\n    data/\n      1.txt\n  velodyne_points/\n    data/\n      1.bin\n",
        "drive/\n  cam_front/\n    a/\n      1.jpg\n  yolo/\n    images/\n      1.jpg\n    labels/\n      1.txt\n",
    ] {
        let tree = Sketch::parse(drawn).expect("a sketch").tree();
        assert_eq!(recognise(&tree), None, "{drawn}");
    }
}

#[test]
fn moves_are_exact_where_names_are_times() {
    let drawn = "a/\n  lidar_point_cloud_0/\n    1681532060061.pcd\n  camera_image_0/\n    1681532060061.PNG\n  camera_image_1/\n    1681532060061.bmp\n";
    let tree = Sketch::parse(drawn).expect("a sketch").tree();
    let foreign = recognise(&tree).expect("Xtreme1");
    let moves: Vec<_> = foreign.mapping.iter().map(Mapping::exact_move).collect();
    let cloud = "lidar-point_cloud_0/a/1681532060061.pcd";
    let image = "camera-image_0/a/1681532060061.png";
    assert_eq!(moves, [Some(cloud), Some(image), None]);
    assert_eq!(foreign.mapping[2].transfer, Transfer::Convert("bmp".to_owned()));
}

#[test]
fn no_two_sensors_get_one_name() {
    let drawn = "s/\n  sensor/\n    camera/\n      Front/\n        a_1.jpg\n      front/\n        a_1.jpg\n  dynamic/\n    raw-revolutions/\n      frame_1.laz\n";
    let tree = Sketch::parse(drawn).expect("a sketch").tree();
    let foreign = recognise(&tree).expect("aiMotive");
    let cameras = &foreign.mapping[0];
    assert_eq!(cameras.to.as_deref(), Some("camera-Front/s/<timestamp>.jpg"));
    assert_eq!(cameras.alike, [(b"s/sensor/camera/front/".to_vec(), "camera-front-2".to_owned())]);
}
