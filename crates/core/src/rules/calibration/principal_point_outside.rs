use super::{Fault, calibrated_cameras, declared_size, emit_faults, image_sizes, is_of_size};
use crate::document::calibration::{Camera, pixels};
use crate::document::json::Spanned;
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// A camera's principal point `cx`, `cy` lies outside its image.
    ///
    /// The optical axis of a camera as built meets the image near its middle. A point outside is
    /// possible in an image that was cut out of a larger one, but far more often the calibration
    /// was made for another size of image, or width and height are swapped. A `Fisheye` with
    /// all-zero intrinsics, as in the platform's sample, is let be. Only 3D data is looked at.
    ///
    /// **Repair:** scale the intrinsics to the size of the images, or correct `width` and `height`.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[0].camera.intrinsic.cx = 2400
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
    PRINCIPAL_POINT_OUTSIDE {
        code: "C106",
        name: "principal-point-outside",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        judges: intrinsics,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let cameras = calibrated_cameras(context).filter(|(_, camera)| !camera.is_placeholder());
    let faults = cameras.filter_map(|(entry, camera)| fault(context, entry, camera));
    emit_faults(context, sink, &PRINCIPAL_POINT_OUTSIDE, faults);
}

fn fault<'a>(context: &Context<'_>, entry: &'a Coefficients, camera: &Camera) -> Option<Fault<'a>> {
    let intrinsic = camera.intrinsic.as_ref()?;
    let images = image_sizes(context, entry);
    let declared = declared_size(entry);
    // Against images of another size than is declared, anything may lie outside: that is C104's.
    if declared
        .is_some_and(|declared| !images.iter().all(|(_, images)| is_of_size(images.size, declared)))
    {
        return None;
    }
    // A size that is none is C103's; the images themselves have one.
    let real = match images.as_slice() {
        [(_, first), others @ ..] if others.iter().all(|(_, other)| other.size == first.size) => {
            Some(first.size)
        }
        _ => None,
    };
    let side = |declared: &Option<Spanned<f64>>, real: Option<u32>| {
        declared.as_ref().and_then(pixels).or(real.map(f64::from))
    };
    let width = side(&entry.width, real.map(|size| size.width));
    let height = side(&entry.height, real.map(|size| size.height));
    let mut wrong = Vec::new();
    for (key, size) in [("cx", width), ("cy", height)] {
        if let (Some(size), Some(member)) = (size, intrinsic.member(key))
            && let Some(value) = member.value.filter(|value| !(0.0..=size).contains(value))
        {
            let words =
                format!("`{key}` {} lies outside 0…{}", text::decimal(value), text::decimal(size));
            wrong.push((words, member.span));
        }
    }
    let (label, span) = wrong.first()?;
    let words: Vec<&str> = wrong.iter().map(|(words, _)| words.as_str()).collect();
    let swapped = match (width, height, intrinsic.all(["cx", "cy"])) {
        (Some(width), Some(height), Some([cx, cy])) => {
            (0.0..=height).contains(&cx) && (0.0..=width).contains(&cy)
        }
        _ => false,
    };
    let fault = Fault::new(entry, *span, label.replace('`', ""), words.join(" and "))
        .tail(if swapped { "; it would not with width and height swapped" } else { "" })
        .help("write the intrinsics for images of this size");
    Some(fault)
}
