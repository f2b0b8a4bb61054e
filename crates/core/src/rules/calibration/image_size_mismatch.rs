use std::collections::{BTreeMap, BTreeSet};

use sensortree_probe::ImageSize;

use super::{entries, has_declared_size, image_sizes, is_of_size, meant_size, sizes_of};
use crate::document::metadata::{Coefficients, Metadata};
use crate::finding::figures::{HEIGHT, HEIGHT_DECLARED, WIDTH, WIDTH_DECLARED};
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::Cell;
use crate::names::SensorKind;
use crate::platform::Effect;
use crate::repair::{Edit, Repair};
use crate::rules::metadata::edits::{edit, replace};
use crate::rules::metadata::{camera_list, is_projected, softened};
use crate::rules::sentences::SHOWN;
use crate::text;
use crate::tree::SizeCount;

declare_rule! {
    /// A camera's images are of another size than its `width` and `height` say.
    ///
    /// The intrinsics hold for images of one size: if the images are of another, what is projected
    /// into them lies beside what they show. Most often the calibration was made at the sensor's
    /// full size and the images were scaled, or width and height are swapped. An image that Exif
    /// turns on its side may have either. Where `width` and `height` are not given, the images of
    /// one camera are held against each other, as no calibration holds for images of two sizes;
    /// for 2D data F128 does that. A size of 1 × 1 in a calibration that is a placeholder is not
    /// said here (C112).
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
        judges: measured_images,
    }
}

/// Images of one folder that are of one size.
type Images<'a> = (Cell, &'a SizeCount);

/// A camera with images of another size than is declared.
struct Mismatch<'a> {
    camera: &'a Coefficients,
    declared: (f64, f64),
    /// In how many places all its images are.
    all: usize,
    other: Vec<Images<'a>>,
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
    for camera in entries(context) {
        let Some(declared) = meant_size(context, camera) else { continue };
        let images = image_sizes(context, camera);
        let (all, change) = (images.len(), change(context, &images));
        let is_other = |(_, images): &Images<'_>| !is_of_size(images.size, declared);
        let other: Vec<_> = images.into_iter().filter(is_other).collect();
        if !other.is_empty() {
            let key = describe(other.len() == all, &other, declared);
            let mismatch = Mismatch { camera, declared, all, other, change };
            alike.entry(key).or_default().push(mismatch);
        }
    }
    for cameras in alike.into_values() {
        let parts = cameras.iter().flat_map(|mismatch| {
            let other = mismatch.other.iter();
            other.map(move |images| part(context, *images).keyed((mismatch, *images)))
        });
        sink.emit(&IMAGE_SIZE_MISMATCH, parts, |kept| {
            let images: Vec<Images<'_>> = kept.keys().map(|(_, images)| *images).collect();
            let mut cameras: Vec<&Mismatch<'_>> = kept.keys().map(|(camera, _)| *camera).collect();
            cameras.dedup_by_key(|mismatch| mismatch.camera.span);
            let (Some(Mismatch { declared, .. }), Some((cell, first))) =
                (cameras.first(), images.first())
            else {
                return Statement::default();
            };
            let is_all = cameras.iter().map(|camera| camera.all).sum::<usize>() == images.len();
            let (what, relation) = describe(is_all, &images, *declared);
            let labels = camera_list(cameras.iter().map(|mismatch| mismatch.camera.label()));
            let mut statement = Statement::new(format!("{what} in {labels}{relation}"))
                .pointing_at(cameras.iter().map(|Mismatch { camera, .. }| {
                    let span = camera.width.as_ref().map_or(camera.span, |width| width.span);
                    metadata.document.point(span, "not the images' own size")
                }))
                .notes(cameras.iter().filter_map(|camera| camera.change.as_ref()).take(SHOWN))
                .help("write the size of the images, and scale `fx`, `fy`, `cx` and `cy` with it");
            let scaled = cameras.iter().flat_map(|mismatch| scaled(mismatch));
            statement = statement.repair(
                Repair::to_be_looked_at("all images are of one size, with the same proportions")
                    .with(edit(metadata, scaled)),
            );
            if cameras.len() == 1 {
                statement = statement.about_sensor(&context.layout.sensor(cell.sensor).folder_name);
            }
            if is_one_size(&images) {
                statement = statement
                    .figure(&HEIGHT, first.size.height)
                    .figure(&HEIGHT_DECLARED, whole(declared.1))
                    .figure(&WIDTH, first.size.width)
                    .figure(&WIDTH_DECLARED, whole(declared.0));
            }
            softened(context, statement)
        });
    }
}

/// The changes that give a camera the size of its images, and scale its intrinsics with it: none
/// unless all images are of one size that has the proportions of the declared one.
fn scaled(mismatch: &Mismatch<'_>) -> Vec<Edit> {
    let Mismatch { camera, declared: (width, height), all, other, .. } = mismatch;
    let Some((_, first)) = other.first().filter(|_| other.len() == *all && is_one_size(other))
    else {
        return Vec::new();
    };
    let (real_width, real_height) = (f64::from(first.size.width), f64::from(first.size.height));
    let is_same_shape = real_width * height == real_height * width;
    let intrinsic = camera.camera.as_ref().and_then(|camera| camera.intrinsic.as_ref());
    let Some(intrinsic) = intrinsic.filter(|group| is_same_shape && !group.is_list) else {
        return Vec::new();
    };
    let sides = [(camera.width.as_ref(), real_width), (camera.height.as_ref(), real_height)];
    let sides = sides.into_iter().filter_map(|(side, real)| Some((side?.span, real)));
    let lengths = ["fx", "fy", "cx", "cy"].into_iter().filter_map(|key| {
        let number = intrinsic.member(key)?;
        Some((number.span, number.value? * (real_width / width)))
    });
    sides.chain(lengths).map(|(span, value)| replace(span, value.to_string())).collect()
}

/// What is wrong with images, and how their size comes from the declared one.
fn describe(is_all: bool, images: &[Images<'_>], declared: (f64, f64)) -> (String, String) {
    let some = if is_all { "the images are" } else { "some images are" };
    let what = format!("{some} {} pixels and not {}", sizes(images), of_declared(declared));
    (what, relation(images, declared))
}

/// Says which cameras have images of several sizes, of those for which metadata.json gives none.
fn hold_against_each_other(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (id, sensor) in context.layout.sensors() {
        if sensor.kind != SensorKind::Camera || has_declared_size(context, sensor) {
            continue;
        }
        let images = sizes_of(context, id);
        let Some(change) = change(context, &images) else { continue };
        let parts = images.iter().map(|images| part(context, *images));
        sink.emit(&IMAGE_SIZE_MISMATCH, parts, |_| {
            let (sizes, label) = (sizes(&images), sensor.label());
            Statement::new(format!("the images of `{label}` are of several sizes: {sizes} pixels"))
                .about_sensor(&sensor.folder_name)
                .note(change.as_str())
                .help("give all images of the camera one size")
        });
    }
}

fn part(context: &Context<'_>, (cell, images): Images<'_>) -> Part<'static> {
    let path = context.tree.path_of(cell.folder, &images.first);
    let example = Example::at(path).noting(pair(images.size));
    Part::group(images.images, example).in_scene(cell.scene)
}

/// The place at which the images of a camera begin to be of another size than the first,
/// in a sentence.
fn change(context: &Context<'_>, images: &[Images<'_>]) -> Option<String> {
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
fn sizes(images: &[Images<'_>]) -> String {
    let sizes: BTreeSet<ImageSize> = images.iter().map(|(_, images)| images.size).collect();
    let mut sizes: Vec<String> = sizes.into_iter().map(pair).collect();
    sizes.dedup();
    text::list(&sizes, SHOWN)
}

/// A size in words: `640 × 480`.
pub(in crate::rules) fn pair(size: ImageSize) -> String {
    format!("{} × {}", size.width, size.height)
}

fn of_declared((width, height): (f64, f64)) -> String {
    format!("{} × {}", text::decimal(width), text::decimal(height))
}

#[expect(clippy::cast_possible_truncation, reason = "a declared size is a whole number")]
fn whole(pixels: f64) -> i128 {
    pixels as i128
}

fn is_one_size(images: &[Images<'_>]) -> bool {
    images.windows(2).all(|pair| pair[0].1.size == pair[1].1.size)
}

/// How the size of images comes from the declared one, where they have one and that is plain.
fn relation(images: &[Images<'_>], (width, height): (f64, f64)) -> String {
    let Some((_, first)) = images.first().filter(|_| is_one_size(images)) else {
        return String::new();
    };
    let (real_width, real_height) = (f64::from(first.size.width), f64::from(first.size.height));
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
