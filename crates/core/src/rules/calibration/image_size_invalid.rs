use super::{Fault, entries, say_all};
use crate::document::calibration::pixels;
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// A camera's `width` or `height` is not a positive whole number.
    ///
    /// They are the size of its images in pixels, from which the platform places what it projects. Zero, a negative number or a
    /// fraction is no size. `1920.0` is a whole number.
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut faults = Vec::new();
    for entry in entries(context) {
        let sizes = [("width", &entry.width), ("height", &entry.height)];
        let wrong: Vec<_> = sizes
            .into_iter()
            .filter_map(|(field, size)| Some((field, size.as_ref()?)))
            .filter(|(_, size)| pixels(size).is_none())
            .collect();
        let Some((_, first)) = wrong.first() else { continue };
        let words: Vec<String> = wrong
            .iter()
            .map(|(field, size)| format!("`{field}` is {}", text::decimal(size.value)))
            .collect();
        faults.push(Fault {
            tail: "; a size is a positive whole number of pixels".to_owned(),
            help: "write the size of the camera's images in pixels".to_owned(),
            ..Fault::new(entry, first.span, "no size in pixels", text::list(&words, words.len()))
        });
    }
    say_all(context, sink, &IMAGE_SIZE_INVALID, faults);
}
