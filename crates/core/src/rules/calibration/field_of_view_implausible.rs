use super::{Fault, calibrated_cameras, emit_faults};
use crate::document::calibration::{Camera, CameraModel, Parameter, field_of_view, pixels};
use crate::document::json::Spanned;
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// A pinhole camera would see less than 5° or more than 170° from side to side.
    ///
    /// The angle follows from the width of the image and `fx`: 2·atan(width / 2·fx). Outside those
    /// bounds one of the two is most likely for another size of image, or `fx` is in millimetres
    /// instead of pixels. A long lens is no fault: the platform's own sample has one of 13°. Only
    /// 3D data is looked at.
    ///
    /// **Repair:** write `fx` in pixels, for images of this width.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[0].camera.intrinsic.fx = 6
    ///   cameraCoefficients[0].camera.intrinsic.fy = 6
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[0].camera.intrinsic.fx = 8333
    ///   cameraCoefficients[0].camera.intrinsic.fy = 8333
    /// ```
    FIELD_OF_VIEW_IMPLAUSIBLE {
        code: "C110",
        name: "field-of-view-implausible",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        judges: fields_of_view,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let faults = calibrated_cameras(context).filter_map(fault);
    emit_faults(context, sink, &FIELD_OF_VIEW_IMPLAUSIBLE, faults);
}

fn fault<'a>((entry, camera): (&'a Coefficients, &'a Camera)) -> Option<Fault<'a>> {
    let focal_length = camera.intrinsic.as_ref()?.member("fx")?;
    let width = pixels(entry.width.as_ref()?)?;
    let value = focal_length.value.filter(|value| *value > 0.0)?;
    if is_normalised(entry, camera) {
        let what = "`intrinsic` is normalised to 0…1";
        let fault = Fault::new(entry, focal_length.span, "a share of the width", what)
            .tail(", not in pixels")
            .help("multiply `fx` and `cx` by the width, `fy` and `cy` by the height")
            .numbers("all four are shares of the image's sides", in_pixels(entry, camera));
        return Some(fault);
    }
    let angle = field_of_view(width, value);
    if camera.model() != Some(CameraModel::PinHole) || PLAUSIBLE.contains(&angle) {
        return None;
    }
    // Rounded as people say angles, and never to a plausible one.
    let angle = if angle < 1.0 { text::decimal(angle) } else { format!("{angle:.1}") };
    let what = format!(
        "`fx` {} at a width of {} gives a field of view of {angle}°",
        text::decimal(value),
        text::decimal(width)
    );
    let fault = Fault::new(entry, focal_length.span, format!("{angle}°"), what);
    Some(fault.help("write `fx` in pixels, for images of this width"))
}

/// Normalised intrinsics, and what they are in pixels.
fn in_pixels<'a>(
    entry: &Coefficients,
    camera: &'a Camera,
) -> impl Iterator<Item = (&'a Parameter, f64)> {
    let width = entry.width.as_ref().and_then(pixels);
    let height = entry.height.as_ref().and_then(pixels);
    let sides = [("fx", width), ("cx", width), ("fy", height), ("cy", height)];
    let group = camera.intrinsic.as_ref().filter(|group| !group.is_list);
    sides.into_iter().filter_map(move |(key, side)| {
        let number = group?.member(key)?;
        Some((number, number.value? * side?))
    })
}

/// What a pinhole camera sees from side to side, in degrees.
const PLAUSIBLE: std::ops::RangeInclusive<f64> = 5.0..=170.0;

/// Whether the intrinsics are shares of the image's sides: the principal point within the image of
/// one by one, and focal lengths as lenses have them.
fn is_normalised(entry: &Coefficients, camera: &Camera) -> bool {
    let is_share = |value: f64| value > 0.0 && value <= 1.0;
    let is_large = |side: &Option<Spanned<f64>>| {
        side.as_ref().and_then(pixels).is_some_and(|side| side > 16.0)
    };
    let numbers = camera.intrinsic.as_ref().and_then(|it| it.all(["fx", "fy", "cx", "cy"]));
    numbers.is_some_and(|[fx, fy, cx, cy]| {
        is_share(cx) && is_share(cy) && fx > 0.0 && fx < 10.0 && fy > 0.0 && fy < 10.0
    }) && is_large(&entry.width)
        && is_large(&entry.height)
        && camera.model() != Some(CameraModel::OmniDirectional)
}
