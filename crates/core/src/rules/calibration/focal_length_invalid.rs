use super::{Fault, calibrated_cameras, emit_faults, wrong_numbers};
use crate::document::calibration::Camera;
use crate::document::json::Spanned;
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A camera's focal length `fx` or `fy` is zero or negative.
    ///
    /// Nothing can be projected through such a lens. The platform's own sample has a `Fisheye`
    /// camera whose four intrinsics are all zero, so such a camera is accepted; it stands for one
    /// that was not calibrated, and this rule lets exactly that be. `NaN` and numbers that are too
    /// large to be finite are not JSON, and M101 says them. Only 3D data is looked at.
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
        judges: intrinsics,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let cameras = calibrated_cameras(context).filter(|(_, camera)| !camera.is_placeholder());
    emit_faults(context, sink, &FOCAL_LENGTH_INVALID, cameras.filter_map(fault));
}

fn fault<'a>((entry, camera): (&'a Coefficients, &'a Camera)) -> Option<Fault<'a>> {
    let intrinsic = camera.intrinsic.as_ref()?;
    let lengths = ["fx", "fy"].map(|key| {
        let member = intrinsic.member(key);
        (key, member.and_then(|member| Some(Spanned { value: member.value?, span: member.span })))
    });
    let (span, what) = wrong_numbers(lengths, |length| length.value > 0.0)?;
    let fault = Fault::new(entry, span, "no focal length", what)
        .tail("; a focal length is over 0 pixels")
        .help("write the focal lengths from the camera's calibration, in pixels");
    Some(fault)
}
