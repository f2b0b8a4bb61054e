use super::{Fault, emit_faults, projected_cameras};
use crate::document::calibration::Camera;
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Sink};
use crate::platform::{Basis, Effect};
use crate::text;

declare_rule! {
    /// A camera's `heading` is not a quaternion of length 1.
    ///
    /// `heading` is the rotation of the camera in the LiDAR's frame, w x y z. A length that is off
    /// by more than 0.001 means that digits were cut off or that the numbers are something else, as
    /// Euler angles or one row of a matrix; most readers scale it back without a word. All zeros
    /// are no rotation at all, and put the camera's scenes at risk. Only 3D data is looked at.
    ///
    /// Libraries write a quaternion w first or w last. Values that stand under each other's keys
    /// for that reason still have length 1: it is said where a camera looks steeply up as they
    /// stand, and level in the other order.
    ///
    /// **Repair:** write the quaternion with six digits or more, scaled to length 1.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[0].camera.heading.z = 0.0
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
    ROTATION_NOT_UNIT {
        code: "C107",
        name: "rotation-not-unit",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["M7"],
        judges: headings,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let faults = projected_cameras(context).filter_map(fault);
    emit_faults(context, sink, &ROTATION_NOT_UNIT, faults);
}

fn fault<'a>((entry, camera): (&'a Coefficients, &'a Camera)) -> Option<Fault<'a>> {
    let (span, length) = (camera.heading.as_ref()?.span, camera.heading_length()?);
    if length == 0.0 {
        let fault = Fault::new(entry, span, "no rotation", "`heading` is all zero")
            .help("write the camera's rotation; w 1 and x y z 0 is none")
            .effect(Effect::Scene, Basis::Advice);
        return Some(fault);
    }
    if (length - 1.0).abs() <= TOLERANCE {
        let meant = other_order(camera)?;
        let what = format!(
            "`heading` looks steeply up, and level if its values are {meant} under the keys w, x, y and z,"
        );
        let fault = Fault::new(entry, span, "looks up", what);
        let heading = camera.heading.as_ref()?;
        let fault = fault.help("write each value of the quaternion under its own key");
        // The letters stand in the order of the keys w, x, y and z.
        let meant = meant.split([',', ' ']).filter(|word| word.len() == 1);
        let moved = ["w", "x", "y", "z"]
            .into_iter()
            .zip(meant)
            .filter_map(|(from, to)| Some((heading.member(to)?, heading.get(from)?)));
        return Some(fault.numbers("so the camera is level", moved));
    }
    if let Some(unit) = angles(camera) {
        let what = format!("`heading` seems to hold angles in {unit}, not a quaternion,");
        let fault = Fault::new(entry, span, format!("angles in {unit}"), what);
        return Some(fault.help("convert the angles to a quaternion w x y z of length 1"));
    }
    let length = text::decimal(length);
    let what = format!("`heading` is a quaternion of length {length}, not 1,");
    let fault = Fault::new(entry, span, format!("length {length}"), what);
    Some(fault.help("write the quaternion scaled to length 1"))
}

/// What the values under the keys w, x, y and z of a heading were most likely meant to be, where
/// that is not what their keys say: a camera that looks steeply up, and is level with w last in
/// place of first, or the other way round. Cameras that look down, or are mounted on their side,
/// are many.
fn other_order(camera: &Camera) -> Option<&'static str> {
    let heading = camera.heading.as_ref().filter(|heading| !heading.is_list)?;
    let [w, x, y, z] = heading.all(["w", "x", "y", "z"])?;
    if View::of([w, x, y, z]).forward <= STEEP {
        return None;
    }
    let orders = [("x, y, z and w", [z, w, x, y]), ("z, w, x and y", [x, y, z, w])];
    // Both may be level, with another direction; w last is what ROS, SciPy and the SDK write.
    let (meant, _) = orders.into_iter().find(|(_, order)| View::of(*order).is_level())?;
    Some(meant)
}

/// Where a camera looks whose rotation is a unit quaternion, in a frame whose third axis points up
/// (fact M10): along its own third axis, with the second one down.
struct View {
    /// How far up the direction points in which it looks, from -1 to 1.
    forward: f64,
    /// How far up the top of its image points.
    up: f64,
}

impl View {
    /// Of a quaternion w, x, y, z.
    fn of([w, x, y, z]: [f64; 4]) -> Self {
        View { forward: 1.0 - 2.0 * (x * x + y * y), up: -2.0 * (y * z + w * x) }
    }

    fn is_level(&self) -> bool {
        self.forward.abs() < LEVEL && self.up > UPRIGHT
    }
}

/// More than 30 degrees up or down.
const STEEP: f64 = 0.5;

/// Less than 10 degrees up or down.
const LEVEL: f64 = 0.17;

/// Within 25 degrees of upright.
const UPRIGHT: f64 = 0.9;

/// The unit of the angles that a heading seems to hold: three numbers beside a `w` that is 0.
fn angles(camera: &Camera) -> Option<&'static str> {
    let heading = camera.heading.as_ref().filter(|heading| !heading.is_list)?;
    let [w, x, y, z] = heading.all(["w", "x", "y", "z"])?;
    let largest = [x, y, z].into_iter().map(f64::abs).fold(0.0, f64::max);
    match largest {
        _ if w != 0.0 => None,
        largest if largest > std::f64::consts::TAU && largest <= 360.0 => Some("degrees"),
        largest if largest > 1.0 && largest <= std::f64::consts::PI + 1e-3 => Some("radians"),
        _ => None,
    }
}

/// How far from 1 a length may be: three digits behind the point are within it.
const TOLERANCE: f64 = 1e-3;
