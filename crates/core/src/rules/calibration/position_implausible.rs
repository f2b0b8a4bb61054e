use super::{Fault, emit_faults, projected_cameras};
use crate::document::calibration::Camera;
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// A camera's `position` is over 20 m from the LiDAR.
    ///
    /// `position` is in metres, and a rig that is longer than that is rare. Where a thousandth of it would be plausible, it is most
    /// likely in millimetres, as many calibration tools write it; a place in the world instead of on the rig is another cause.
    /// Only 3D data is looked at.
    ///
    /// **Repair:** write the camera's place in the LiDAR's frame, in metres.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json:
    /// {
    ///   "version": "1.0",
    ///   "fileTreeType": 0,
    ///   "dataType": 3,
    ///   "lidarSequence": ["top"],
    ///   "cameraSequence": ["front"],
    ///   "cameraCoefficients": [
    ///     {
    ///       "name": "front", "width": 1920, "height": 1080,
    ///       "camera": {
    ///         "type": "PinHole",
    ///         "heading": {"w": 0.5, "x": -0.5, "y": 0.5, "z": -0.5},
    ///         "position": {"x": 1500, "y": 250, "z": -400},
    ///         "intrinsic": {"fx": 1200, "fy": 1200, "cx": 960, "cy": 540},
    ///         "skew": 0,
    ///         "radial": {"k1": 0.1, "k2": 0, "k3": 0, "k4": 0},
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
    /// metadata.json:
    /// {
    ///   "version": "1.0",
    ///   "fileTreeType": 0,
    ///   "dataType": 3,
    ///   "lidarSequence": ["top"],
    ///   "cameraSequence": ["front"],
    ///   "cameraCoefficients": [
    ///     {
    ///       "name": "front", "width": 1920, "height": 1080,
    ///       "camera": {
    ///         "type": "PinHole",
    ///         "heading": {"w": 0.5, "x": -0.5, "y": 0.5, "z": -0.5},
    ///         "position": {"x": 1.5, "y": 0.25, "z": 1.5},
    ///         "intrinsic": {"fx": 1200, "fy": 1200, "cx": 960, "cy": 540},
    ///         "skew": 0,
    ///         "radial": {"k1": 0.1, "k2": 0, "k3": 0, "k4": 0},
    ///         "tangential": {"p1": 0, "p2": 0}
    ///       }
    ///     }
    ///   ]
    /// }
    /// ```
    POSITION_IMPLAUSIBLE {
        code: "C108",
        name: "position-implausible",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["M7"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let faults = projected_cameras(context).filter_map(fault);
    emit_faults(context, sink, &POSITION_IMPLAUSIBLE, faults);
}

fn fault<'a>((entry, camera): (&'a Coefficients, &'a Camera)) -> Option<Fault<'a>> {
    let span = camera.position.as_ref()?.span;
    let distance = camera.distance().filter(|distance| *distance > FARTHEST)?;
    let (figure, scaled) = (metres(distance), distance / 1000.0);
    let label = format!("{figure} from the LiDAR");
    Some(if (NEAREST..=FARTHEST).contains(&scaled) {
        let (name, scaled) = (entry.label(), metres(scaled));
        Fault::new(entry, span, label, "`position` seems to be in millimetres")
            .tail(format!(", over {FARTHEST} m away from the LiDAR"))
            .note(format!("{name}: {figure}, or {scaled} if it is in millimetres"))
            .help("divide by 1,000: positions are in metres")
    } else {
        Fault::new(entry, span, label, format!("`position` is {figure} away from the LiDAR"))
            .help("write the camera's place in the LiDAR's frame, in metres")
    })
}

fn metres(distance: f64) -> String {
    // Centimetres matter for what is near, and not for what is far.
    let rounded =
        if distance < 100.0 { (distance * 100.0).round() / 100.0 } else { distance.round() };
    format!("{} m", text::decimal(rounded))
}

/// How far from the LiDAR a camera may be, in metres.
const FARTHEST: f64 = 20.0;

/// How far it will be at least, in metres, where another unit is guessed at.
const NEAREST: f64 = 0.05;
