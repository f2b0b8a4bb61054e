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
    /// metadata.json:
    /// {
    ///   "version": "1.0",
    ///   "fileTreeType": 0,
    ///   "dataType": 3,
    ///   "lidarSequence": ["top"],
    ///   "cameraSequence": ["front", "left"],
    ///   "cameraCoefficients": [
    ///     {
    ///       "name": "front", "width": 1, "height": 1,
    ///       "camera": {
    ///         "type": "PinHole",
    ///         "heading": {"w": 1, "x": 0, "y": 0, "z": 0},
    ///         "position": {"x": 0, "y": 0, "z": 0},
    ///         "intrinsic": {"fx": 1, "fy": 1, "cx": 0, "cy": 0},
    ///         "skew": 0,
    ///         "radial": {"k1": 0, "k2": 0, "k3": 0, "k4": 0},
    ///         "tangential": {"p1": 0, "p2": 0}
    ///       }
    ///     },
    ///     {
    ///       "name": "left", "width": 1, "height": 1,
    ///       "camera": {
    ///         "type": "PinHole",
    ///         "heading": {"w": 1, "x": 0, "y": 0, "z": 0},
    ///         "position": {"x": 0, "y": 0, "z": 0},
    ///         "intrinsic": {"fx": 1, "fy": 1, "cx": 0, "cy": 0},
    ///         "skew": 0,
    ///         "radial": {"k1": 0, "k2": 0, "k3": 0, "k4": 0},
    ///         "tangential": {"p1": 0, "p2": 0}
    ///       }
    ///     }
    ///   ]
    /// }
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
    /// metadata.json:
    /// {
    ///   "version": "1.0",
    ///   "fileTreeType": 0,
    ///   "dataType": 3,
    ///   "lidarSequence": ["top"],
    ///   "cameraSequence": ["front", "left"],
    ///   "cameraCoefficients": [
    ///     {
    ///       "name": "front", "width": 1920, "height": 1080,
    ///       "camera": {
    ///         "type": "PinHole",
    ///         "heading": {"w": 0.5, "x": -0.5, "y": 0.5, "z": -0.5},
    ///         "position": {"x": 1.5, "y": 0.25, "z": 1.5},
    ///         "intrinsic": {"fx": 1200, "fy": 1200, "cx": 960, "cy": 540},
    ///         "skew": 0,
    ///         "radial": {"k1": 0, "k2": 0, "k3": 0, "k4": 0},
    ///         "tangential": {"p1": 0, "p2": 0}
    ///       }
    ///     },
    ///     {
    ///       "name": "left", "width": 1920, "height": 1080,
    ///       "camera": {
    ///         "type": "PinHole",
    ///         "heading": {"w": 0.5, "x": -0.5, "y": 0.5, "z": -0.5},
    ///         "position": {"x": 0, "y": 1, "z": 1.5},
    ///         "intrinsic": {"fx": 1200, "fy": 1200, "cx": 960, "cy": 540},
    ///         "skew": 0,
    ///         "radial": {"k1": 0, "k2": 0, "k3": 0, "k4": 0},
    ///         "tangential": {"p1": 0, "p2": 0}
    ///       }
    ///     }
    ///   ]
    /// }
    /// ```
    CALIBRATION_PLACEHOLDER {
        code: "C112",
        name: "calibration-placeholder",
        effect: Effect::Scene,
        basis: Advice,
        facts: ["M11", "M10", "M6"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if !has_lidar(context) {
        return;
    }
    let (mut blank, mut unplaced) = (Vec::new(), Vec::new());
    // The platform's own sample has a wide lens without intrinsics: those alone put nothing at risk.
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
