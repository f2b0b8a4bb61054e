use super::suffix;
use crate::finding::{Context, Sink};
use crate::names::SensorKind;
use crate::platform::Effect;

declare_rule! {
    /// A file under a camera that does not end in `.jpg`.
    ///
    /// Camera frames on the platform's page of this layout are `.jpg`. Its SDK also lists
    /// `.jpeg`, `.png` and `.webp` as images, and pages about other imports show `.png`, so
    /// images of another suffix are advice, and the predicted answer stays 200: they are not
    /// documented here, and may be taken all the same. Only what is no image, or one of a format
    /// that no page shows (`.bmp`, `.tif`), is predicted to be rejected or lost. What is packed
    /// has to be unpacked first.
    ///
    /// **Repair:** rename `.JPG` and `.jpeg` to `.jpg`; convert other formats if the import refuses
    /// them; keep labels and masks outside the folder that is uploaded.
    ///
    /// ```tree bad
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
    ///     labels.json
    /// metadata.json
    /// ```
    ///
    /// ```tree bad
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.JPG x3 +100
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
    /// metadata.json
    /// ```
    CAMERA_SUFFIX {
        code: "L115",
        name: "camera-suffix",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T8"],
        judges: cameras,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    suffix::check(context, sink, &CAMERA_SUFFIX, SensorKind::Camera);
}
