//! Exchange formats of annotation tools, datasets of other fields, and what is no dataset at all.

use std::collections::BTreeMap;

use super::clouds::{CloudAndImages, CloudFiles, CloudTask};
use super::moves::stem;
use super::table::{Beside, IN_METADATA, LABELS, SceneName, SensorRow, Table};
use super::view::View;
use super::{Found, no_place};
use crate::layout::Pairing;
use crate::layout::contents::Contents;
use crate::names::SensorKind::{Camera, Lidar};
use crate::names::{Media, sensor_name};
use crate::tree::FolderId;

/// The stem, where it is a number.
fn number(file: &str) -> Option<String> {
    let stem = file.split('.').next()?;
    (!stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_digit())).then(|| stem.to_owned())
}

/// The stem, where it is a time of this century in milliseconds.
fn timestamp(file: &str) -> Option<String> {
    number(file).filter(|stamp| stamp.len() == 13)
}

const ONE_CAMERA: &str =
    "images of one camera belong in one folder, each named as the cloud whose name its folder has";
const NO_TIMES: &str =
    "names alone say any: where they are no times in milliseconds, these must come from elsewhere";

/// `<scene>/lidar_point_cloud_0/01.pcd`, `<scene>/camera_image_0/01.jpg`,
/// `<scene>/camera_config/01.json`.
pub(super) static XTREME1: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::lidar("<lidar_point_cloud_#>").stamped(timestamp),
        SensorRow::lidar("<point_cloud>").stamped(timestamp),
        SensorRow::camera("<camera_image_#>").stamped(timestamp),
        SensorRow::camera("<image#>").stamped(timestamp),
    ],
    beside: &[Beside::mark("camera_config/").noted(IN_METADATA)],
    least: 2,
    scene: SceneName::Folder,
    times: NO_TIMES,
    pairing: Pairing::ByName,
};

/// `meta.json`, `key_id_map.json`, and in every `ds0/`: `pointcloud/`, `related_images/`, `ann/` or
/// `annotation.json`.
pub(super) static SUPERVISELY: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::lidar("{*}/pointcloud").called("0").stamped(timestamp),
        SensorRow::camera("{*}/related_images/*").called("0").of_one_cloud_each().noted(ONE_CAMERA),
    ],
    beside: &[
        Beside::mark("meta.json"),
        Beside::mark("key_id_map.json"),
        Beside::mark("*/ann/").noted(LABELS),
        Beside::mark("*/annotation.json").noted(LABELS),
    ],
    least: 3,
    scene: SceneName::Segment,
    times: NO_TIMES,
    pairing: Pairing::ByName,
};

/// `pointcloud/00001.pcd`, `related_images/00001_pcd/image_01.png`: what CVAT takes, and each
/// dataset of Supervisely has.
pub(super) static CVAT_TASK: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::lidar("pointcloud").called("0").stamped(timestamp),
        SensorRow::camera("related_images/*_pcd")
            .called("0")
            .of_one_cloud_each()
            .noted(ONE_CAMERA)
            .telling(),
    ],
    beside: &[Beside::other("ann/").noted(LABELS)],
    least: 3,
    scene: SceneName::Folder,
    times: NO_TIMES,
    pairing: Pairing::ByName,
};

/// The name of the folder that holds a task's data in CVAT's own examples: it is no task's.
const CVAT_DATA: &str = "data";

/// The scene of a task of CVAT: the folder that holds its data, or the one above that.
fn scene_of_cvat(view: View<'_>) -> String {
    let named = if view.name() == CVAT_DATA { view.above() } else { Some(view) };
    named.map_or_else(|| super::SCENE.to_owned(), View::scene)
}

/// The clouds of a task of CVAT in its default structure, each with its images. `None` where
/// something stands among them of which it is not certain what cloud it belongs to.
pub(super) fn clouds_of_cvat(view: View<'_>) -> Option<CloudTask<'_>> {
    let scene = scene_of_cvat(view);
    let task = |clouds| Some(CloudTask { scene, clouds });
    let here = CloudFiles::of(view)?;
    if here.clouds.is_empty() {
        if !here.images.is_empty() {
            return None;
        }
        let mut clouds = Vec::new();
        for dir in view.dirs() {
            let CloudFiles { clouds: of_dir, images } = CloudFiles::of(dir)?;
            let is_own = |cloud: &[u8]| stem(cloud) == dir.tree.folder(dir.id).name();
            match of_dir.as_slice() {
                [cloud] if is_own(cloud) && dir.dirs().next().is_none() => {
                    clouds.push(CloudAndImages { dir, cloud: cloud.clone(), images });
                }
                // Labels and notes.
                [] if images.is_empty() && !dir.holds_frames_below() => {}
                _ => return None,
            }
        }
        return task(clouds);
    }
    // All in one folder: an image is of the cloud of its name.
    if view.dirs().next().is_some() {
        return None;
    }
    let mut images: BTreeMap<Vec<u8>, Vec<Vec<u8>>> = BTreeMap::new();
    for image in here.images {
        images.entry(stem(&image).to_vec()).or_default().push(image);
    }
    let clouds = here.clouds.into_iter().map(|cloud| {
        let images = images.remove(stem(&cloud)).unwrap_or_default();
        CloudAndImages { dir: view, cloud, images }
    });
    let clouds = clouds.collect();
    if images.is_empty() { task(clouds) } else { None }
}

/// `<frame>/<frame>.pcd` with images beside it, or `data/<frame>.pcd` beside `data/<frame>.png`:
/// the default structure in which CVAT takes the data of a 3D task.
pub(super) fn cvat_default(view: View<'_>) -> Option<Found> {
    let is_image = |suffix: &str| Media::of_suffix(suffix) == Media::Image;
    let cloud_of = |dir: View<'_>| Some(format!("{}.pcd", dir.name())).filter(|name| dir.has(name));
    let mut frames = view.dirs().take(super::MOST_FOLDERS).filter_map(|dir| {
        let (cloud, image) = (cloud_of(dir)?, dir.first_file(is_image)?);
        Some((dir, cloud, image))
    });
    let (dir, cloud, image) = match (frames.next(), frames.next()) {
        (Some(first), Some(_)) => first,
        _ => {
            let cloud = view.first_file(|suffix| suffix == "pcd")?;
            let stem = cloud.strip_suffix(".pcd").filter(|_| view.name() == CVAT_DATA)?;
            let is_of_cloud =
                |name: &str| name.rsplit_once('.').is_some_and(|(other, _)| other == stem);
            let image = view.first_file_like(is_image, is_of_cloud)?;
            (view, cloud, image)
        }
    };
    let scene = scene_of_cvat(view);
    let mapped = |kind, file: &str, note| {
        let sensor = sensor_name::in_order("0", kind);
        dir.frame(kind, file, &sensor, &scene, timestamp(file), note)
    };
    let mapping = vec![mapped(Lidar, &cloud, ""), mapped(Camera, &image, ONE_CAMERA)];
    let found = Found::new(vec![dir.file(&cloud), dir.file(&image)], mapping);
    Some(Found { times: NO_TIMES, pairing: Pairing::ByName, ..found })
}

/// `point_clouds/default/0.pcd`, `related_images/default/0/image_0.png`,
/// `annotations/default.json`: CVAT writes it.
pub(super) static DATUMARO: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::lidar("point_clouds/*").called("0").stamped(timestamp),
        SensorRow::camera("related_images/*/*").called("0").of_one_cloud_each().noted(ONE_CAMERA),
    ],
    beside: &[Beside::mark("annotations/*.json").noted(LABELS)],
    least: 2,
    scene: SceneName::Folder,
    times: NO_TIMES,
    pairing: Pairing::ByName,
};

/// `<scene>/lidar/000965.pcd`, `<scene>/camera/front/000965.jpg`,
/// `<scene>/calib/camera/front.json`.
pub(super) static SUSTECHPOINTS: Table = Table {
    within: &[""],
    sensors: &[
        SensorRow::lidar("<lidar>").stamped(timestamp),
        SensorRow::camera("camera/<*>").stamped(timestamp),
    ],
    beside: &[
        Beside::mark("calib/camera/").noted(IN_METADATA).telling(),
        Beside::other("label/").noted(LABELS),
    ],
    least: 3,
    scene: SceneName::Folder,
    times: NO_TIMES,
    pairing: Pairing::ByName,
};

/// `dataset_description.json` with `sub-01/` or `participants.tsv`.
pub(super) fn bids(view: View<'_>) -> Option<Found> {
    let description =
        view.has("dataset_description.json").then(|| view.file("dataset_description.json"))?;
    let subject = view.dirs().find(|dir| dir.name().starts_with("sub-")).map(View::path);
    let second =
        subject.or_else(|| view.has("participants.tsv").then(|| view.file("participants.tsv")))?;
    Some(Found::new(vec![description, second], Vec::new()))
}

/// `JPEGImages/`, `Annotations/`, `ImageSets/`.
pub(super) fn pascal_voc(view: View<'_>) -> Option<Found> {
    let (images, labels) = (view.dir("JPEGImages")?, view.dir("Annotations")?);
    images_and_labels(images, labels)
}

/// `annotations/instances_train2017.json`, `train2017/000000000009.jpg`.
pub(super) fn coco(view: View<'_>) -> Option<Found> {
    let labels = view.dir("annotations")?;
    labels.first_file(|suffix| suffix == "json").filter(|name| {
        ["instances", "captions", "panoptic", "person_keypoints"]
            .iter()
            .any(|start| name.starts_with(start))
    })?;
    images_and_labels(
        view.dirs().find(|dir| dir.contents().images > 0).or_else(|| view.dir("images"))?,
        labels,
    )
}

/// `images/train/000.jpg`, `labels/train/000.txt`, or `train/images/`, `train/labels/`.
pub(super) fn yolo(view: View<'_>) -> Option<Found> {
    let (images, labels) = (view.dir("images")?, view.dir("labels")?);
    let has_text = |dir: View<'_>| dir.first_file(|suffix| suffix == "txt").is_some();
    if !has_text(labels) && !labels.dirs().any(has_text) {
        return None;
    }
    images_and_labels(images, labels)
}

fn images_and_labels(images: View<'_>, labels: View<'_>) -> Option<Found> {
    let dir = std::iter::once(images).chain(images.dirs()).find(|dir| dir.contents().images > 0)?;
    let file = dir.first_file(|suffix| Media::of_suffix(suffix) == Media::Image)?;
    let note =
        "single images, without sensor, scene and time: what was taken in one drive makes a scene";
    let sensor = sensor_name::in_order("camera", Camera);
    let image = dir.frame(Camera, &file, &sensor, super::SCENE, timestamp(&file), note);
    let labels_mapping = no_place(labels.path(), LABELS);
    Some(Found::new(vec![images.path(), labels.path()], vec![image, labels_mapping]))
}

/// The files by which build tools know a package.
const MANIFESTS: &[&str] = &[
    "Cargo.toml",
    "package.json",
    "pyproject.toml",
    "setup.py",
    "CMakeLists.txt",
    "go.mod",
    "pom.xml",
    "Makefile",
    "requirements.txt",
];

/// Folders that repositories keep their sources in.
const SOURCE_FOLDERS: &[&str] = &[
    "src",
    "lib",
    "tests",
    "test",
    "scripts",
    "crates",
    "packages",
    "cmd",
    "pkg",
    "internal",
    "include",
    "app",
    ".github",
    "node_modules",
    "examples",
    "docs",
    "doc",
];

/// Suffixes of programs.
const SOURCE_SUFFIXES: &[&str] = &[
    "py", "ipynb", "rs", "js", "mjs", "jsx", "ts", "tsx", "vue", "go", "java", "kt", "swift", "c",
    "h", "cc", "cpp", "hpp", "cs", "rb", "php", "lua", "sh",
];

/// A package's manifest beside programs; a metadata.json may well stand there, too.
pub(super) fn source_repository(view: View<'_>) -> Option<Found> {
    let programs = |dir: View<'_>| {
        let file = dir.first_file(|suffix| SOURCE_SUFFIXES.contains(&suffix))?;
        Some(dir.file(&file))
    };
    // Programs beside sensors, however these are named, are strays of a dataset.
    let is_sensor = |dir: &View<'_>| {
        let named = sensor_name::likeness(&dir.name()) > 1 && programs(*dir).is_none();
        named && Contents::within_reach(dir.tree, dir.id).numbered > 0
    };
    if view.id != FolderId::ROOT || view.dirs().any(|dir| is_sensor(&dir)) {
        return None;
    }
    let manifests: Vec<_> =
        MANIFESTS.iter().filter(|name| view.has(name)).map(|name| view.file(name)).collect();
    let sources: Vec<_> =
        SOURCE_FOLDERS.iter().filter_map(|name| Some(view.dir(name)?.path())).collect();
    let program =
        programs(view).or_else(|| view.dirs().take(super::MOST_FOLDERS).find_map(programs));
    let texts = ["README.md", "README", "LICENSE"].iter().filter(|name| view.has(name)).count();
    let weight = 2 * usize::from(!manifests.is_empty())
        + usize::from(!sources.is_empty())
        + usize::from(program.is_some())
        + usize::from(texts > 0);
    let has_code = program.is_some() || (!manifests.is_empty() && !sources.is_empty());
    let evidence = || manifests.into_iter().chain(sources).chain(program).take(3).collect();
    (weight >= 3 && has_code).then(|| Found::new(evidence(), Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_stems() {
        assert_eq!(number("0012.pcd").as_deref(), Some("0012"));
        assert_eq!(number("a.pcd"), None);
    }
}
