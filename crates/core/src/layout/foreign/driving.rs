//! Datasets and recordings of driving.

use super::view::View;
use super::{Found, SCENE, no_place};
use crate::names::SensorKind::{Camera, Lidar};

/// No timestamp in the file name.
fn unknown(_: &str) -> Option<String> {
    None
}

/// The number at the end of a file's stem, less its last `digits`.
fn milliseconds(file: &str, digits: usize) -> Option<String> {
    let stem = file.split('.').next()?;
    let number = stem.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    let cut = number.len().checked_sub(digits).filter(|left| *left > 0)?;
    Some(number[..cut].to_owned())
}

/// `samples/CAM_FRONT/n015-…__CAM_FRONT__1532402927612460.jpg`, `sweeps/…`, and tables in `v1.0-…/`.
pub(super) fn nuscenes(view: View<'_>) -> Option<Found> {
    let tables = view.dirs().find(|dir| {
        (dir.name().starts_with("v1.0-") || dir.name() == "annotation")
            && ["scene.json", "sample.json", "sample_data.json"].iter().any(|table| dir.has(table))
    });
    let is_channel =
        |name: &str| ["CAM_", "LIDAR_", "RADAR_"].iter().any(|start| name.starts_with(start));
    let parts =
        ["samples", "sweeps", "data"].iter().filter(|name| **name != "data" || tables.is_some());
    let samples = parts.filter_map(|name| view.dir(name)).find(|dir| {
        dir.dirs().any(|channel| is_channel(&channel.name()) && channel.contents().frames() > 0)
    })?;
    let stamp = |file: &str| milliseconds(file, 3).filter(|stamp| stamp.len() == 13);
    let channel = |kind, start: &str, note| {
        let dir = samples.dirs().find(|dir| dir.name().starts_with(start))?;
        dir.frame(kind, &dir.name(), SCENE, stamp, note)
    };
    let mut mapping: Vec<_> = [
        channel(
            Camera,
            "CAM_",
            "the scene stands in the tables; the file's microseconds become milliseconds",
        ),
        channel(Lidar, "LIDAR_", "to be converted to PCD"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut evidence = vec![samples.path()];
    if let Some(tables) = tables {
        evidence.push(tables.path());
        mapping.push(no_place(
            tables.path(),
            "calibration goes into metadata.json, labels stay outside",
        ));
    }
    Some(Found { evidence, mapping })
}

/// `<log>/sensors/cameras/ring_front_center/<ns>.jpg`, `<log>/sensors/lidar/<ns>.feather`.
pub(super) fn argoverse(view: View<'_>) -> Option<Found> {
    let cameras = view.dir("sensors/cameras");
    let lidar = view
        .dir("sensors/lidar")
        .filter(|dir| dir.first_file(|suffix| suffix == "feather").is_some());
    let marks = [
        view.unnumbered("feather") > 0,
        view.has("annotations.feather"),
        view.dir("calibration").is_some(),
    ];
    if (cameras.is_none() && lidar.is_none()) || !marks.contains(&true) {
        return None;
    }
    let stamp = |file: &str| milliseconds(file, 6);
    let scene = view.scene();
    let camera = cameras.and_then(|cameras| {
        let dir = cameras.dirs().find(|dir| dir.contents().images > 0)?;
        dir.frame(Camera, &dir.name(), &scene, stamp, "nanoseconds become milliseconds")
    });
    let lidar =
        lidar.and_then(|dir| dir.frame(Lidar, "lidar", &scene, stamp, "to be converted to PCD"));
    let calibration = view.dir("calibration").map(|dir| {
        no_place(dir.path(), "intrinsics and poses go into cameraCoefficients of metadata.json")
    });
    let evidence = view.dir("sensors").map(View::path).into_iter().collect();
    Some(Found { evidence, mapping: [camera, lidar, calibration].into_iter().flatten().collect() })
}

/// `001/camera/front_camera/00.jpg` with `intrinsics.json` beside, `001/lidar/00.pkl.gz`.
pub(super) fn pandaset(view: View<'_>) -> Option<Found> {
    let camera = view
        .dir("camera")?
        .dirs()
        .find(|dir| dir.has("intrinsics.json") && dir.contents().images > 0)?;
    let lidar =
        view.dir("lidar").filter(|dir| dir.has("poses.json") || dir.unnumbered("gz") > 0)?;
    let scene = view.scene();
    let mapping = [
        camera.frame(
            Camera,
            &camera.name(),
            &scene,
            unknown,
            "the timestamp stands in timestamps.json, at the file's index",
        ),
        lidar.frame(
            Lidar,
            "lidar",
            &scene,
            unknown,
            "to be converted to PCD, in the sensor's own frame",
        ),
        view.dir("annotations").map(|dir| no_place(dir.path(), "labels stay outside the tree")),
    ];
    Some(Found {
        evidence: vec![camera.path(), lidar.path()],
        mapping: mapping.into_iter().flatten().collect(),
    })
}

/// `2011_09_26_drive_0001_sync/image_00/data/0000000000.png`, `…/velodyne_points/data/0000000000.bin`, `…/oxts/data/`.
pub(super) fn kitti_raw(view: View<'_>) -> Option<Found> {
    let data = |name: &str| view.dir(name)?.dir("data");
    let images: Vec<_> = (0..4)
        .map(|number| format!("image_0{number}"))
        .filter_map(|name| Some((data(&name)?, name)))
        .filter(|(dir, _)| dir.contents().images > 0)
        .collect();
    let velodyne = data("velodyne_points");
    let oxts = view.dir("oxts").filter(|dir| dir.dir("data").is_some());
    if images.len() + usize::from(velodyne.is_some()) + usize::from(oxts.is_some()) < 2 {
        return None;
    }
    let scene = view.scene();
    let note = "the timestamp stands in timestamps.txt, on the file's line";
    let camera =
        images.first().and_then(|(dir, name)| dir.frame(Camera, name, &scene, unknown, note));
    let lidar = velodyne.and_then(|dir| {
        dir.frame(Lidar, "velodyne_points", &scene, unknown, "to be converted to PCD")
    });
    let poses = oxts.map(|dir| no_place(dir.path(), "poses stay outside the tree"));
    let evidence =
        images.iter().map(|(dir, _)| dir.path()).chain(velodyne.map(View::path)).collect();
    Some(Found { evidence, mapping: [camera, lidar, poses].into_iter().flatten().collect() })
}

/// `training/image_2/000000.png`, `training/velodyne/000000.bin`, `training/calib/`, `training/label_2/`; or the same names in
/// `sequences/00/`.
pub(super) fn kitti(view: View<'_>) -> Option<Found> {
    let image = ["image_2", "image_3", "image_0", "image_1"]
        .iter()
        .filter_map(|name| view.dir(name))
        .find(|dir| dir.contents().images > 0);
    let velodyne = view.dir("velodyne").filter(|dir| dir.contents().point_clouds > 0);
    let labels = view.dir("label_2").or_else(|| view.dir("labels"));
    let calibration = view.dir("calib").or_else(|| view.has("calib.txt").then_some(view));
    let frames = [image, velodyne];
    let parts = frames.iter().chain(&[labels, calibration]).flatten().count();
    if frames.iter().flatten().count() == 0 || parts < 2 {
        return None;
    }
    let scene = view.scene();
    let note = "one frame each; what belongs to one drive makes a scene";
    let mapping = [
        image.and_then(|dir| dir.frame(Camera, &dir.name(), &scene, unknown, note)),
        velodyne.and_then(|dir| {
            dir.frame(Lidar, "velodyne", &scene, unknown, "to be converted to PCD")
        }),
        calibration
            .filter(|dir| dir.id != view.id)
            .map(|dir| no_place(dir.path(), "goes into cameraCoefficients of metadata.json")),
        labels.map(|dir| no_place(dir.path(), "labels stay outside the tree")),
    ];
    let evidence = frames.iter().flatten().map(|dir| dir.path()).collect();
    Some(Found { evidence, mapping: mapping.into_iter().flatten().collect() })
}

/// `segment-….tfrecord`.
pub(super) fn waymo(view: View<'_>) -> Option<Found> {
    records(
        view,
        &["tfrecord"],
        "one file holds all sensors of a drive: its frames are to be written out, one file each",
    )
}

/// `drive.bag`, `drive.mcap`, `drive_0.db3`.
pub(super) fn ros(view: View<'_>) -> Option<Found> {
    records(
        view,
        &["bag", "mcap", "db3"],
        "one file holds all topics of a drive: its frames are to be written out, one file each",
    )
}

fn records(view: View<'_>, suffixes: &[&str], note: &'static str) -> Option<Found> {
    if view.contents().frames() > 0 {
        return None;
    }
    let file = view.first_file(|suffix| suffixes.contains(&suffix))?;
    let path = view.file(&file);
    Some(Found { evidence: vec![path.clone()], mapping: vec![no_place(path, note)] })
}
