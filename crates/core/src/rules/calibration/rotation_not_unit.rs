use super::{Fault, projected_cameras, say_all};
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut faults = Vec::new();
    for (entry, camera) in projected_cameras(context) {
        let (Some(heading), Some(length)) = (&camera.heading, camera.heading_length()) else {
            continue;
        };
        if length == 0.0 {
            faults.push(Fault {
                help: "write the camera's rotation; w 1 and x y z 0 is none".to_owned(),
                effect: Some((Effect::Scene, Basis::Advice)),
                ..Fault::new(entry, heading.span, "no rotation", "`heading` is all zero")
            });
        } else if (length - 1.0).abs() > TOLERANCE {
            let figure = text::decimal(length);
            faults.push(Fault {
                help: "write the quaternion scaled to length 1".to_owned(),
                ..Fault::new(
                    entry,
                    heading.span,
                    format!("length {figure}"),
                    format!("`heading` is a quaternion of length {figure}, not 1,"),
                )
            });
        }
    }
    say_all(context, sink, &ROTATION_NOT_UNIT, faults);
}

/// How far from 1 a length may be: three digits behind the point are within it.
const TOLERANCE: f64 = 1e-3;
