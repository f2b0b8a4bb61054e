use super::{Fault, calibrated_cameras, declared_size, image_sizes, is_of_size, say_all};
use crate::document::calibration::pixels;
use crate::document::json::Spanned;
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// A camera's principal point `cx`, `cy` lies outside its image.
    ///
    /// The optical axis of a camera as built meets the image near its middle. A point outside is possible in an image that was
    /// cut out of a larger one, but far more often the calibration was made for another size of image, or width and height are
    /// swapped. A `Fisheye` with all-zero intrinsics, as in the platform's sample, is let be. Only 3D data is looked at.
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut faults = Vec::new();
    for (entry, camera) in
        calibrated_cameras(context).filter(|(_, camera)| !camera.is_placeholder())
    {
        let Some(intrinsic) = &camera.intrinsic else { continue };
        let images = image_sizes(context, entry);
        let declared = declared_size(entry);
        // Against images of another size than is declared, anything may lie outside: that is C104's.
        if declared.is_some_and(|declared| {
            !images.iter().all(|(_, images)| is_of_size(images.size, declared))
        }) {
            continue;
        }
        // A size that is none is C103's; the images themselves have one.
        let real = match images.as_slice() {
            [(_, first), others @ ..]
                if others.iter().all(|(_, other)| other.size == first.size) =>
            {
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
                let words = format!(
                    "`{key}` {} lies outside 0…{}",
                    text::decimal(value),
                    text::decimal(size)
                );
                wrong.push((words, member.span));
            }
        }
        let Some((label, span)) = wrong.first() else { continue };
        let words: Vec<&str> = wrong.iter().map(|(words, _)| words.as_str()).collect();
        let swapped = match (width, height, intrinsic.all(["cx", "cy"])) {
            (Some(width), Some(height), Some([cx, cy])) => {
                (0.0..=height).contains(&cx) && (0.0..=width).contains(&cy)
            }
            _ => false,
        };
        faults.push(Fault {
            tail: if swapped {
                "; it would not with width and height swapped".to_owned()
            } else {
                String::new()
            },
            help: "write the intrinsics for images of this size".to_owned(),
            ..Fault::new(entry, *span, label.replace('`', ""), words.join(" and "))
        });
    }
    say_all(context, sink, &PRINCIPAL_POINT_OUTSIDE, faults);
}
