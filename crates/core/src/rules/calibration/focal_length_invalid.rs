use super::{Fault, calibrated_cameras, say_all};
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// A camera's focal length `fx` or `fy` is zero or negative.
    ///
    /// Nothing can be projected through such a lens. The platform's own sample has a `Fisheye` camera whose four intrinsics are
    /// all zero, so such a camera is accepted; it stands for one that was not calibrated, and this rule lets exactly that be.
    /// `NaN` and numbers that are too large to be finite are not JSON, and M101 says them. Only 3D data is looked at.
    ///
    /// **Repair:** write the focal lengths from the camera's calibration, in pixels.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[0].camera.intrinsic.fx = 0
    ///   cameraCoefficients[0].camera.intrinsic.fy = 0
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
    ///   cameraCoefficients[0].camera.intrinsic.cx = 0
    ///   cameraCoefficients[0].camera.intrinsic.cy = 0
    ///   cameraCoefficients[0].camera.intrinsic.fx = 0
    ///   cameraCoefficients[0].camera.intrinsic.fy = 0
    ///   cameraCoefficients[0].camera.type = "Fisheye"
    /// ```
    FOCAL_LENGTH_INVALID {
        code: "C105",
        name: "focal-length-invalid",
        effect: Effect::Scene,
        basis: Advice,
        facts: ["M6"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut faults = Vec::new();
    for (entry, camera) in
        calibrated_cameras(context).filter(|(_, camera)| !camera.is_placeholder())
    {
        let Some(intrinsic) = &camera.intrinsic else { continue };
        let wrong: Vec<_> = ["fx", "fy"]
            .into_iter()
            .filter_map(|key| Some((key, intrinsic.member(key)?)))
            .filter_map(|(key, member)| {
                Some((key, member.value.filter(|value| *value <= 0.0)?, member.span))
            })
            .collect();
        let Some((_, _, span)) = wrong.first() else { continue };
        let words: Vec<String> = wrong
            .iter()
            .map(|(key, value, _)| format!("`{key}` is {}", text::decimal(*value)))
            .collect();
        faults.push(Fault {
            tail: "; a focal length is over 0 pixels".to_owned(),
            help: "write the focal lengths from the camera's calibration, in pixels".to_owned(),
            ..Fault::new(entry, *span, "no focal length", text::list(&words, words.len()))
        });
    }
    say_all(context, sink, &FOCAL_LENGTH_INVALID, faults);
}
