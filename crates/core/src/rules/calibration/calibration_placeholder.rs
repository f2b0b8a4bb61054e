use super::{Fault, emit_faults, has_lidar, has_placeholder_size, projected_cameras};
use crate::document::calibration::Camera;
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Sink};
use crate::platform::{Basis, Effect};

declare_rule! {
    /// A camera's calibration is a placeholder: nobody measured where the camera is, or how it
    /// sees.
    ///
    /// `heading` is w 1 and x y z 0, `position` is 0 0 0: the camera would stand in the LiDAR and
    /// look along the LiDAR's own Z axis, straight up. Where `fx` and `fy` are 0 or 1 and `cx` and
    /// `cy` are 0, too, there is no calibration at all, and the camera's scenes are possibly at
    /// risk; otherwise it is advice. No value is to be a guess or a default. What other rules would
    /// say of the same numbers (C104 of a size of 1 × 1, C105, C106, C109, C110) is not said again.
    /// Only 3D data with a LiDAR is looked at.
    ///
    /// **Repair:** write each camera's own calibration, or leave the camera out until it has one.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// camera-left/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[0].camera.heading.w = 1
    ///   cameraCoefficients[0].camera.heading.x = 0
    ///   cameraCoefficients[0].camera.heading.y = 0
    ///   cameraCoefficients[0].camera.heading.z = 0
    ///   cameraCoefficients[0].camera.intrinsic.cx = 0
    ///   cameraCoefficients[0].camera.intrinsic.cy = 0
    ///   cameraCoefficients[0].camera.intrinsic.fx = 1
    ///   cameraCoefficients[0].camera.intrinsic.fy = 1
    ///   cameraCoefficients[0].camera.position.x = 0
    ///   cameraCoefficients[0].camera.position.y = 0
    ///   cameraCoefficients[0].camera.position.z = 0
    ///   cameraCoefficients[0].height = 1
    ///   cameraCoefficients[0].width = 1
    ///   cameraCoefficients[1].camera.heading.w = 1
    ///   cameraCoefficients[1].camera.heading.x = 0
    ///   cameraCoefficients[1].camera.heading.y = 0
    ///   cameraCoefficients[1].camera.heading.z = 0
    ///   cameraCoefficients[1].camera.intrinsic.cx = 0
    ///   cameraCoefficients[1].camera.intrinsic.cy = 0
    ///   cameraCoefficients[1].camera.intrinsic.fx = 1
    ///   cameraCoefficients[1].camera.intrinsic.fy = 1
    ///   cameraCoefficients[1].camera.position.x = 0
    ///   cameraCoefficients[1].camera.position.y = 0
    ///   cameraCoefficients[1].camera.position.z = 0
    ///   cameraCoefficients[1].height = 1
    ///   cameraCoefficients[1].width = 1
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// camera-left/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[1].camera.position.x = 0
    ///   cameraCoefficients[1].camera.position.y = 1
    /// ```
    CALIBRATION_PLACEHOLDER {
        code: "C112",
        name: "calibration-placeholder",
        effect: Effect::Scene,
        basis: Advice,
        facts: ["M11", "M10", "M6"],
        judges: poses_beside_a_lidar,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if !has_lidar(context) {
        return;
    }
    let (mut blank, mut unplaced) = (Vec::new(), Vec::new());
    // The platform's own sample has a wide lens without intrinsics: those alone put
    // nothing at risk.
    let mut is_at_risk = false;
    for (entry, camera) in projected_cameras(context).filter(|(_, camera)| camera.is_unplaced()) {
        if camera.has_blank_intrinsics() {
            is_at_risk |= !camera.is_placeholder() || has_placeholder_size(entry);
            blank.push(fault(entry, camera, "no calibration but a placeholder", BLANK));
        } else {
            let fault = fault(entry, camera, "no pose but a placeholder", UNPLACED);
            unplaced.push(fault.effect(Effect::Advice, Basis::Advice));
        }
    }
    if !is_at_risk {
        for fault in &mut blank {
            fault.effect = Some((Effect::Advice, Basis::Advice));
        }
    }
    emit_faults(context, sink, &CALIBRATION_PLACEHOLDER, blank.into_iter().chain(unplaced));
}

const BLANK: &str = ": `heading` is the identity, `position` is 0 0 0, `fx` and `fy` are 0 or 1, \
                     `cx` and `cy` are 0";

const UNPLACED: &str = ": `heading` is the identity and `position` is 0 0 0, so that the camera \
                        would stand in the LiDAR and look along its Z axis, straight up";

fn fault<'a>(entry: &'a Coefficients, camera: &Camera, what: &str, tail: &str) -> Fault<'a> {
    let span = camera.heading.as_ref().map_or(camera.span, |heading| heading.span);
    Fault::new(entry, span, "not measured", what)
        .tail(tail)
        .help("write each camera's own calibration, or leave the camera out until it has one")
}
