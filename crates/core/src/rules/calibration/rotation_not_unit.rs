use super::{Fault, emit_faults, projected_cameras};
use crate::document::calibration::Camera;
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Sink};
use crate::platform::{Basis, Effect};
use crate::text;

declare_rule! {
    /// A camera's `heading` is not a quaternion of length 1.
    ///
    /// `heading` is the rotation of the camera in the LiDAR's frame, w x y z. A length that is off by more than 0.001 means that
    /// digits were cut off or that the numbers are something else, as Euler angles or one row of a matrix; most readers scale it
    /// back without a word. All zeros are no rotation at all, and put the camera's scenes at risk. Only 3D data is looked at.
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
    let length = Some(length).filter(|length| (length - 1.0).abs() > TOLERANCE)?;
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
