//! Exchange formats of annotation tools, datasets of other fields, and what is no dataset at all.

use super::view::View;
use super::{Found, no_place};
use crate::layout::contents::Contents;
use crate::names::SensorKind::{Camera, Lidar};
use crate::names::sensor_name;
use crate::tree::FolderId;

fn unknown(_: &str) -> Option<String> {
    None
}

/// The stem, where it is a number.
fn number(file: &str) -> Option<String> {
    let stem = file.split('.').next()?;
    (!stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_digit())).then(|| stem.to_owned())
}

/// `<scene>/lidar_point_cloud_0/01.pcd`, `<scene>/camera_image_0/01.jpg`, `<scene>/camera_config/01.json`.
pub(super) fn xtreme1(view: View<'_>) -> Option<Found> {
    let numbered = |name: &str, stem: &str| {
        name.strip_prefix(stem)
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let cloud = view.dirs().find(|dir| {
        let name = dir.name();
        (numbered(&name, "lidar_point_cloud_") || name == "point_cloud")
            && dir.contents().point_clouds > 0
    });
    let image = view.dirs().find(|dir| {
        let name = dir.name();
        (numbered(&name, "camera_image_") || numbered(&name, "image")) && dir.contents().images > 0
    });
    let config = view.dir("camera_config");
    if [cloud.is_some(), image.is_some(), config.is_some()].iter().filter(|part| **part).count() < 2
    {
        return None;
    }
    let scene = view.scene();
    let stamp = |file: &str| number(file).filter(|stamp| stamp.len() >= 10);
    let note = "files of one name are one frame; the name has to be its time in milliseconds";
    let mapping = [
        cloud.and_then(|dir| dir.frame(Lidar, &dir.name(), &scene, stamp, note)),
        image.and_then(|dir| dir.frame(Camera, &dir.name(), &scene, stamp, "")),
        config.map(|dir| {
            no_place(
                dir.path(),
                "goes into cameraCoefficients of metadata.json, once for the dataset",
            )
        }),
    ];
    let evidence = [cloud, image, config].into_iter().flatten().map(View::path).collect();
    Some(Found { evidence, mapping: mapping.into_iter().flatten().collect() })
}

/// `meta.json`, `key_id_map.json`, and in every `ds0/`: `pointcloud/`, `related_images/`, `ann/` or `annotation.json`.
pub(super) fn supervisely(view: View<'_>) -> Option<Found> {
    let marks = ["meta.json", "key_id_map.json"].into_iter().filter(|name| view.has(name));
    let dataset = view.dirs().find_map(|dir| {
        let cloud = dir.dir("pointcloud").filter(|cloud| cloud.contents().point_clouds > 0)?;
        let related = dir.dir("related_images");
        (related.is_some() || dir.dir("ann").is_some() || dir.unnumbered("json") > 0)
            .then_some((dir, cloud, related))
    });
    let marks: Vec<_> = marks.map(|name| view.file(name)).collect();
    let (dir, cloud, related) = dataset.filter(|_| !marks.is_empty())?;
    let scene = dir.scene();
    let stamp = |file: &str| number(file).filter(|stamp| stamp.len() >= 10);
    let image = related.and_then(|related| {
        let frame = related.dirs().find(|frame| frame.contents().images > 0)?;
        frame.frame(
            Camera,
            "camera",
            &scene,
            unknown,
            "one camera's images of a scene belong in one folder",
        )
    });
    let mapping = [
        cloud.frame(Lidar, "lidar", &scene, stamp, "named by its time in milliseconds"),
        image,
        dir.dir("ann").map(|labels| no_place(labels.path(), "labels stay outside the tree")),
    ];
    let evidence = marks.into_iter().chain([cloud.path()]).collect();
    Some(Found { evidence, mapping: mapping.into_iter().flatten().collect() })
}

/// `dataset_description.json` with `sub-01/` or `participants.tsv`.
pub(super) fn bids(view: View<'_>) -> Option<Found> {
    let description =
        view.has("dataset_description.json").then(|| view.file("dataset_description.json"))?;
    let subject = view.dirs().find(|dir| dir.name().starts_with("sub-")).map(View::path);
    let second =
        subject.or_else(|| view.has("participants.tsv").then(|| view.file("participants.tsv")))?;
    Some(Found { evidence: vec![description, second], mapping: Vec::new() })
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
    let stamp =
        |file: &str| number(file).filter(|stamp| stamp.len() >= 10 && !stamp.starts_with('0'));
    let note =
        "single images, without sensor, scene and time: what was taken in one drive makes a scene";
    let image = dir.frame(Camera, "camera", super::SCENE, stamp, note);
    let labels_mapping = no_place(labels.path(), "labels stay outside the tree");
    Some(Found {
        evidence: vec![images.path(), labels.path()],
        mapping: image.into_iter().chain([labels_mapping]).collect(),
    })
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
    (weight >= 3 && has_code).then(|| Found {
        evidence: manifests.into_iter().chain(sources).chain(program).take(3).collect(),
        mapping: Vec::new(),
    })
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
