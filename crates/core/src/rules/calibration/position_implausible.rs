use super::{Fault, emit_faults, projected_cameras};
use crate::document::calibration::Camera;
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// A camera's `position` is over 20 m from the LiDAR.
    ///
    /// `position` is in metres, and a rig that is longer than that is rare. Where a thousandth of
    /// it would be plausible, it is most likely in millimetres, as many calibration tools write it;
    /// a place in the world instead of on the rig is another cause. Only 3D data is looked at.
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
    /// metadata.json with:
    ///   cameraCoefficients[0].camera.position.x = 1500
    ///   cameraCoefficients[0].camera.position.y = 250
    ///   cameraCoefficients[0].camera.position.z = -400
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
    POSITION_IMPLAUSIBLE {
        code: "C108",
        name: "position-implausible",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["M7"],
        judges: positions,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let faults = projected_cameras(context).filter_map(fault);
    emit_faults(context, sink, &POSITION_IMPLAUSIBLE, faults);
}

fn fault<'a>((entry, camera): (&'a Coefficients, &'a Camera)) -> Option<Fault<'a>> {
    let position = camera.position.as_ref()?;
    let span = position.span;
    let distance = camera.distance().filter(|distance| *distance > FARTHEST)?;
    let (figure, scaled) = (metres(distance), distance / 1000.0);
    let label = format!("{figure} from the LiDAR");
    Some(if (NEAREST..=FARTHEST).contains(&scaled) {
        let (name, scaled) = (entry.label(), metres(scaled));
        Fault::new(entry, span, label, "`position` seems to be in millimetres")
            .tail(format!(", over {FARTHEST} m away from the LiDAR"))
            .note(format!("{name}: {figure}, or {scaled} if it is in millimetres"))
            .help("divide by 1,000: positions are in metres")
            .numbers(
                "in millimetres it is where cameras are",
                ["x", "y", "z"].into_iter().filter_map(|key| {
                    let number = position.member(key).filter(|_| !position.is_list)?;
                    Some((number, number.value? / 1_000.0))
                }),
            )
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
