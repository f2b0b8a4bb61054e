use std::collections::{BTreeMap, BTreeSet};

use super::{declared_size, entries, image_sizes, is_of_size};
use crate::contract::Effect;
use crate::finding::{Example, Sink};
use crate::layout::Cell;
use crate::metadata::Coefficients;
use crate::probe::{ImageSize, SizeCount};
use crate::rules::Context;
use crate::rules::SHOWN;
use crate::rules::metadata::{camera_list, soften};
use crate::text;

declare_rule! {
    /// A camera's images are of another size than its `width` and `height` say.
    ///
    /// The intrinsics hold for images of one size: if the images are of another, what is projected into them lies beside what
    /// they show. Most often the calibration was made at the sensor's full size and the images were scaled, or width and
    /// height are swapped. An image that Exif turns on its side may have either.
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
    /// metadata.json:
    /// {
    ///   "version": "1.0",
    ///   "fileTreeType": 0,
    ///   "dataType": 3,
    ///   "lidarSequence": ["top"],
    ///   "cameraSequence": ["front"],
    ///   "cameraCoefficients": [
    ///     {
    ///       "name": "front", "width": 1920, "height": 1080,
    ///       "camera": {
    ///         "type": "PinHole",
    ///         "heading": {"w": 0.5, "x": -0.5, "y": 0.5, "z": -0.5},
    ///         "position": {"x": 1.5, "y": 0.25, "z": 1.5},
    ///         "intrinsic": {"fx": 1200, "fy": 1200, "cx": 960, "cy": 540},
    ///         "skew": 0,
    ///         "radial": {"k1": 0.1, "k2": 0, "k3": 0, "k4": 0},
    ///         "tangential": {"p1": 0, "p2": 0}
    ///       }
    ///     }
    ///   ]
    /// }
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json:
    /// {
    ///   "version": "1.0",
    ///   "fileTreeType": 0,
    ///   "dataType": 3,
    ///   "lidarSequence": ["top"],
    ///   "cameraSequence": ["front"],
    ///   "cameraCoefficients": [
    ///     {
    ///       "name": "front", "width": 1920, "height": 1080,
    ///       "camera": {
    ///         "type": "PinHole",
    ///         "heading": {"w": 0.5, "x": -0.5, "y": 0.5, "z": -0.5},
    ///         "position": {"x": 1.5, "y": 0.25, "z": 1.5},
    ///         "intrinsic": {"fx": 1200, "fy": 1200, "cx": 960, "cy": 540},
    ///         "skew": 0,
    ///         "radial": {"k1": 0.1, "k2": 0, "k3": 0, "k4": 0},
    ///         "tangential": {"p1": 0, "p2": 0}
    ///       }
    ///     }
    ///   ]
    /// }
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
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(metadata) = context.metadata else { return };
    let mut alike: BTreeMap<(String, &'static str), Vec<Mismatch<'_>>> = BTreeMap::new();
    for camera in entries(context) {
        let Some(declared) = declared_size(camera) else { continue };
        let images = image_sizes(context, camera);
        let all = images.len();
        let other: Vec<_> = images.into_iter().filter(|(_, images)| !is_of_size(images.size, declared)).collect();
        if let Some((_, first)) = other.first() {
            let is_one = other.iter().all(|(_, images)| images.size == first.size);
            let sizes: BTreeSet<ImageSize> = other.iter().map(|(_, images)| images.size).collect();
            let sizes: Vec<String> = sizes.into_iter().map(pair).collect();
            let sizes = text::list(&sizes, SHOWN);
            let some = if other.len() < all { "some images are" } else { "the images are" };
            let what = format!("{some} {sizes} pixels and not {}", of_declared(declared));
            let relation = if is_one { relation(first, declared) } else { "" };
            alike.entry((what, relation)).or_default().push(Mismatch { camera, images: other });
        }
    }
    for ((what, relation), cameras) in alike {
        let mut finding = sink.gather(&IMAGE_SIZE_MISMATCH);
        for Mismatch { camera, images } in &cameras {
            for (cell, images) in images {
                let path = context.tree.path_of(cell.folder, &images.first);
                if finding.add_many(images.images, Example::at(path).noting(pair(images.size))) {
                    finding.in_scene(cell.scene);
                }
            }
            let span = camera.width.as_ref().map_or(camera.span, |width| width.span);
            finding.locate_many(0, metadata.document.point(span, "not the images' own size"));
        }
        if let [Mismatch { images, .. }] = cameras.as_slice()
            && let Some((cell, _)) = images.first()
        {
            finding.about_sensor(&context.layout.sensor(cell.sensor).folder_name);
        }
        finding.help("write the size of the images, and scale `fx`, `fy`, `cx` and `cy` with it");
        soften(context, &mut finding);
        let cameras = camera_list(cameras.iter().map(|mismatch| mismatch.camera.label()));
        finding.say(format!("{what} in {cameras}{relation}"));
    }
}

fn pair(size: ImageSize) -> String {
    format!("{} × {}", size.width, size.height)
}

fn of_declared((width, height): (f64, f64)) -> String {
    format!("{} × {}", text::decimal(width), text::decimal(height))
}

/// How the two sizes come from each other, where that is plain.
fn relation(images: &SizeCount, (width, height): (f64, f64)) -> &'static str {
    let (real_width, real_height) = (f64::from(images.size.width), f64::from(images.size.height));
    // Sides are whole pixels, so a scaled image is up to a pixel off.
    if (real_width, real_height) == (height, width) {
        "; width and height are swapped"
    } else if (real_width * height / width - real_height).abs() <= 1.0 {
        "; they are scaled"
    } else {
        ""
    }
}
