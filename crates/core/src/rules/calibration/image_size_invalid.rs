use super::{Fault, emit_faults, entries, wrong_numbers};
use crate::document::calibration::pixels;
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A camera's `width` or `height` is not a positive whole number.
    ///
    /// They are the size of its images in pixels, from which the platform places what it projects.
    /// Zero, a negative number or a fraction is no size. `1920.0` is a whole number.
    ///
    /// **Repair:** write the size of the camera's images.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[0].width = 0
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
    IMAGE_SIZE_INVALID {
        code: "C103",
        name: "image-size-invalid",
        effect: Effect::Scene,
        basis: Implied,
        facts: [],
        judges: declared_sizes,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    emit_faults(context, sink, &IMAGE_SIZE_INVALID, entries(context).filter_map(fault));
}

fn fault(entry: &Coefficients) -> Option<Fault<'_>> {
    let sizes = [("width", entry.width.clone()), ("height", entry.height.clone())];
    let (span, what) = wrong_numbers(sizes, |size| pixels(size).is_some())?;
    let fault = Fault::new(entry, span, "no size in pixels", what)
        .tail("; a size is a positive whole number of pixels")
        .help("write the size of the camera's images in pixels");
    Some(fault)
}
