use std::collections::BTreeMap;

use sensortree_probe::ImageSize;

use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{Cell, Sensor, SensorId};
use crate::names::SensorKind;
use crate::platform::Effect;
use crate::rules::calibration::image_size_mismatch::pair;
use crate::rules::calibration::{has_declared_size, sizes_of};
use crate::rules::metadata::is_projected;
use crate::rules::sentences::SHOWN;
use crate::text;
use crate::tree::SizeCount;

declare_rule! {
    /// In 2D data, a few images of a sensor are of another size than all its others.
    ///
    /// Images of 2D data may each have a size of their own, as a collection of photographs has, and
    /// then nothing is said. Where nine of ten images of a sensor or more are of one size, they
    /// come from one camera, and what is of another size was exported with other settings, is a
    /// thumbnail, or is of another camera. A box that is copied from one image to the next then
    /// stands in the wrong place. Images with width and height swapped count as of one size, as a
    /// camera can be turned. Where metadata.json gives the camera's size, the images are held
    /// against that instead, and so are the images of 3D data against each other (C104).
    ///
    /// **Repair:** export the images that differ again, as the others were.
    ///
    /// ```tree bad
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x9 +100
    ///     1681532060961.jpg =640x480
    /// metadata.json:
    /// {
    ///   "version": "1.0",
    ///   "fileTreeType": 0,
    ///   "dataType": 2,
    ///   "lidarSequence": [],
    ///   "cameraSequence": ["front"],
    ///   "cameraCoefficients": []
    /// }
    /// ```
    ///
    /// ```tree good
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x10 +100
    /// metadata.json:
    /// {
    ///   "version": "1.0",
    ///   "fileTreeType": 0,
    ///   "dataType": 2,
    ///   "lidarSequence": [],
    ///   "cameraSequence": ["front"],
    ///   "cameraCoefficients": []
    /// }
    /// ```
    IMAGE_SIZES_DIFFER {
        code: "F128",
        name: "image-sizes-differ",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Headers,
        judges: images_of_free_size,
    }
}

/// Of how many images one alone may be of another size, where a sensor's are those of one camera.
const MOST_DIFFERING: u64 = 10;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (id, sensor) in cameras_of_free_size(context) {
        let images = sizes_of(context, id);
        let Some(usual) = usual(context, id, &images) else { continue };
        let others = images
            .iter()
            .filter(|(_, images)| sides(images.size) != usual)
            .map(|(cell, images)| part(context, *cell, images));
        sink.emit(&IMAGE_SIZES_DIFFER, others, |kept| {
            let (count, verb) = (kept.counted("image"), kept.verb("is", "are"));
            let mut sizes: Vec<String> = kept.keys().map(|size| pair(*size)).collect();
            sizes.sort();
            sizes.dedup();
            let (label, sizes) = (sensor.label(), text::list(&sizes, SHOWN));
            Statement::new(format!("{count} of `{label}` {verb} {sizes} pixels, unlike the rest"))
                .about_sensor(&sensor.folder_name)
                .note(format!("the others have sides of {} and {} pixels", usual.0, usual.1))
                .help("export these images again, as the others were")
        });
    }
}

/// The cameras whose images nothing says the size of, and that are not held against each other as
/// those of 3D data are.
pub(in crate::rules) fn cameras_of_free_size<'a>(
    context: &Context<'a>,
) -> impl Iterator<Item = (SensorId, &'a Sensor)> {
    let is_free = !is_projected(context);
    context.layout.sensors().filter(move |(_, sensor)| {
        is_free && sensor.kind == SensorKind::Camera && !has_declared_size(context, sensor)
    })
}

/// The longer and the shorter side of the images of a camera, where nearly all have the same, and
/// others have others.
fn usual(
    context: &Context<'_>,
    sensor: SensorId,
    images: &[(Cell, &SizeCount)],
) -> Option<(u32, u32)> {
    let mut contents = context
        .layout
        .sensor_cells(sensor)
        .filter_map(|cell| context.tree.folder(cell.folder).content());
    // Where not every size is kept, they are many.
    if contents.any(|content| !content.has_all_sizes()) {
        return None;
    }
    let mut counts: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for (_, images) in images {
        *counts.entry(sides(images.size)).or_default() += images.images.count;
    }
    let all: u64 = counts.values().sum();
    let (usual, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    let others = all - count;
    (others > 0 && others.saturating_mul(MOST_DIFFERING) <= all).then_some(usual)
}

fn part(context: &Context<'_>, cell: Cell, images: &SizeCount) -> Part<'static, ImageSize> {
    let path = context.tree.path_of(cell.folder, &images.first);
    let example = Example::at(path).noting(pair(images.size));
    Part::group(images.images, example).in_scene(cell.scene).keyed(images.size)
}

/// The longer and the shorter side.
fn sides(size: ImageSize) -> (u32, u32) {
    (size.width.max(size.height), size.width.min(size.height))
}
