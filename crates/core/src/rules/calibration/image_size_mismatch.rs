use std::collections::{BTreeMap, BTreeSet};

use sensortree_probe::ImageSize;

use super::{
    declared_size, entries, has_lidar, has_placeholder_size, image_sizes, is_of_size, sizes_of,
};
use crate::document::metadata::{Coefficients, Metadata};
use crate::finding::{Context, Example, Gather, Sink};
use crate::layout::{Cell, Sensor};
use crate::names::SensorKind;
use crate::platform::Effect;
use crate::rules::metadata::{camera_list, is_projected, soften};
use crate::rules::sentences::SHOWN;
use crate::text;
use crate::tree::SizeCount;

declare_rule! {
    /// A camera's images are of another size than its `width` and `height` say.
    ///
    /// The intrinsics hold for images of one size: if the images are of another, what is projected into them lies beside what
    /// they show. Most often the calibration was made at the sensor's full size and the images were scaled, or width and
    /// height are swapped. An image that Exif turns on its side may have either. Where `width` and `height` are not given, the
    /// images of one camera are held against each other: no calibration holds for images of two sizes. A size of 1 × 1 in a
    /// calibration that is a placeholder is not said here (C112).
    ///
    /// **Repair:** write the size of the images, and scale `fx`, `fy`, `cx` and `cy` with it.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100 =1080x1920
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json
    /// ```
    IMAGE_SIZE_MISMATCH {
        code: "C104",
        name: "image-size-mismatch",
        effect: Effect::Scene,
        basis: Advice,
        facts: [],
    }
}

/// A camera, and its images of another size.
struct Mismatch<'a> {
    camera: &'a Coefficients,
    images: Vec<(Cell, &'a SizeCount)>,
    /// Where its images begin to be of another size than before.
    change: Option<String>,
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if let Some(metadata) = context.metadata {
        hold_against_metadata(context, metadata, sink);
    }
    // Of images that nothing is projected into, each may have a size of its own.
    if is_projected(context) {
        hold_against_each_other(context, sink);
    }
}

fn hold_against_metadata(context: &Context<'_>, metadata: &Metadata, sink: &mut Sink<'_>) {
    let mut alike: BTreeMap<(String, String), Vec<Mismatch<'_>>> = BTreeMap::new();
    let is_said = is_projected(context) && has_lidar(context);
    for camera in entries(context).filter(|entry| !(is_said && has_placeholder_size(entry))) {
        let Some(declared) = declared_size(camera) else { continue };
        let images = image_sizes(context, camera);
        let all = images.len();
        let change = change(context, &images);
        let other: Vec<_> =
            images.into_iter().filter(|(_, images)| !is_of_size(images.size, declared)).collect();
        if let Some((_, first)) = other.first() {
            let is_one = other.iter().all(|(_, images)| images.size == first.size);
            let some = if other.len() < all { "some images are" } else { "the images are" };
            let what = format!("{some} {} pixels and not {}", sizes(&other), of_declared(declared));
            let relation = if is_one { relation(first, declared) } else { String::new() };
            alike.entry((what, relation)).or_default().push(Mismatch {
                camera,
                images: other,
                change,
            });
        }
    }
    for ((what, relation), cameras) in alike {
        let mut finding = sink.gather(&IMAGE_SIZE_MISMATCH);
        for Mismatch { camera, images, .. } in &cameras {
            add_images(context, &mut finding, images);
            let span = camera.width.as_ref().map_or(camera.span, |width| width.span);
            finding.locate_many(0, metadata.document.point(span, "not the images' own size"));
        }
        if let [Mismatch { images, .. }] = cameras.as_slice()
            && let Some((cell, _)) = images.first()
        {
            finding.about_sensor(&context.layout.sensor(cell.sensor).folder_name);
        }
        for change in cameras.iter().filter_map(|mismatch| mismatch.change.as_ref()).take(SHOWN) {
            finding.note(change);
        }
        finding.help("write the size of the images, and scale `fx`, `fy`, `cx` and `cy` with it");
        soften(context, &mut finding);
        let cameras = camera_list(cameras.iter().map(|mismatch| mismatch.camera.label()));
        finding.say(format!("{what} in {cameras}{relation}"));
    }
}

/// Says which cameras have images of several sizes, of those for which metadata.json gives none.
fn hold_against_each_other(context: &Context<'_>, sink: &mut Sink<'_>) {
    let has_lidar = has_lidar(context);
    let is_declared = |sensor: &Sensor| {
        let is_it = |camera: &&Coefficients| {
            camera.name.as_ref().is_some_and(|name| name.value == sensor.name)
        };
        let is_size = |camera: &Coefficients| {
            declared_size(camera).is_some() && !(has_lidar && has_placeholder_size(camera))
        };
        entries(context).filter(is_it).any(is_size)
    };
    for (id, sensor) in context.layout.sensors() {
        if sensor.kind != SensorKind::Camera || is_declared(sensor) {
            continue;
        }
        let images = sizes_of(context, id);
        let Some(change) = change(context, &images) else { continue };
        let mut finding = sink.gather(&IMAGE_SIZE_MISMATCH);
        add_images(context, &mut finding, &images);
        finding.about_sensor(&sensor.folder_name);
        finding.note(change);
        finding.help("give all images of the camera one size");
        finding.say(format!(
            "the images of `{}` are of several sizes: {} pixels",
            sensor.label(),
            sizes(&images)
        ));
    }
}

fn add_images(context: &Context<'_>, finding: &mut Gather<'_, '_>, images: &[(Cell, &SizeCount)]) {
    for (cell, images) in images {
        let path = context.tree.path_of(cell.folder, &images.first);
        if finding.add_many(images.images, Example::at(path).noting(pair(images.size))) {
            finding.in_scene(cell.scene);
        }
    }
}

/// The place at which the images of a camera begin to be of another size than the first, in a sentence.
fn change(context: &Context<'_>, images: &[(Cell, &SizeCount)]) -> Option<String> {
    let mut images: Vec<_> = images.iter().collect();
    // The scenes stand in their order, and what stands in one does by size.
    images
        .sort_by(|(a, first), (b, second)| (a.scene, &first.first).cmp(&(b.scene, &second.first)));
    let ((_, first), others) = images.split_first()?;
    let (cell, other) = others.iter().find(|(_, other)| !are_alike(first.size, other.size))?;
    let path = text::lossless(&context.tree.path_of(cell.folder, &other.first)).into_owned();
    Some(format!(
        "the images are {} up to `{path}`, which is {}",
        pair(first.size),
        pair(other.size)
    ))
}

/// Whether two images are of one size: as they are stored, or as they are to be shown.
fn are_alike(one: ImageSize, other: ImageSize) -> bool {
    let (width, height) = (f64::from(one.width), f64::from(one.height));
    is_of_size(other, (width, height)) || one.turned && is_of_size(other, (height, width))
}

/// All sizes of some images: `640 × 480 and 1280 × 720`.
fn sizes(images: &[(Cell, &SizeCount)]) -> String {
    let sizes: BTreeSet<ImageSize> = images.iter().map(|(_, images)| images.size).collect();
    let mut sizes: Vec<String> = sizes.into_iter().map(pair).collect();
    sizes.dedup();
    text::list(&sizes, SHOWN)
}

fn pair(size: ImageSize) -> String {
    format!("{} × {}", size.width, size.height)
}

fn of_declared((width, height): (f64, f64)) -> String {
    format!("{} × {}", text::decimal(width), text::decimal(height))
}

/// How the two sizes come from each other, where that is plain.
fn relation(images: &SizeCount, (width, height): (f64, f64)) -> String {
    let (real_width, real_height) = (f64::from(images.size.width), f64::from(images.size.height));
    // Sides are whole pixels, so a scaled image is up to a pixel off.
    if (real_width, real_height) == (height, width) {
        "; width and height are swapped".to_owned()
    } else if (real_width * height / width - real_height).abs() <= 1.0 {
        let scale = (real_width / width * 1e4).round() / 1e4;
        format!("; they are scaled by {}", text::decimal(scale))
    } else {
        String::new()
    }
}
