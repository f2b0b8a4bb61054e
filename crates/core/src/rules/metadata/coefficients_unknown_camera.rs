use super::pairing::{Answer, CoefficientsPairing};
use super::{body, emit_groups, is_projected, quoted};
use crate::document::json::Spanned;
use crate::finding::{Context, Sink, Statement};
use crate::platform::Effect;

declare_rule! {
    /// `cameraCoefficients` has an entry for a camera that is not in the tree.
    ///
    /// It does no harm that is known. Most often a camera was taken out of the dataset and its
    /// calibration was left, or the whole rig's calibration was copied from another drive, which is
    /// worth a look at the others.
    ///
    /// **Repair:** delete the entry, or add the camera's folder and its name in `cameraSequence`.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[1] = as cameraCoefficients[0]
    ///   cameraCoefficients[1].name = "rear"
    ///   cameraCoefficients[1].camera.position.x = -1.5
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
    COEFFICIENTS_UNKNOWN_CAMERA {
        code: "M112",
        name: "coefficients-unknown-camera",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["M5"],
        judges: coefficients,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((metadata, body)) = body(context) else { return };
    let Some(pairing) = CoefficientsPairing::of(context, body) else { return };
    // As many cameras have no entry: most likely these are theirs, as M111 says.
    if is_projected(context)
        && body.coefficients.as_ref().is_some_and(|list| list.complete)
        && pairing.by_order().is_some()
    {
        return;
    }
    // In 2D data nothing is missing for want of a name, so a misspelt one is but an unknown one.
    let is_unknown = |answer: Answer| {
        answer == Answer::Nothing || matches!(answer, Answer::Meant(..)) && !is_projected(context)
    };
    let unknown = pairing.entries.iter().filter(|(_, _, answer)| is_unknown(*answer));
    let group = unknown.map(|(_, name, _)| *name).collect();
    let place =
        |name: &&Spanned<String>| metadata.document.point(name.span, "no camera of this name");
    emit_groups(sink, &COEFFICIENTS_UNKNOWN_CAMERA, [group], place, |names| {
        let what = if names.len() == 1 {
            "an entry for a camera that is"
        } else {
            "entries for cameras that are"
        };
        let names = quoted(names.iter().map(|name| name.value.as_str()));
        Statement::new(format!("`cameraCoefficients` has {what} not in the tree: {names}"))
            .help("delete what belongs to no camera")
    });
}
