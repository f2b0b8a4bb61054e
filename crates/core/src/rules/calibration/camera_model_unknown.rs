use super::{Fault, emit_faults, entries};
use crate::document::calibration::CameraModel;
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::rules::metadata::edits::{replace, string};
use crate::rules::metadata::quoted;
use crate::text;

declare_rule! {
    /// A camera's `type` is not `PinHole`, `Fisheye` or `OmniDirectional`.
    ///
    /// The platform's page names the first two, its SDK the third; the case counts. Lens models
    /// that other tools know, as `plumb_bob` or `equidistant`, are not taken by those names: the
    /// first is a `PinHole` with distortion, the second a `Fisheye`. In 2D data, which projects
    /// nothing, it is advice.
    ///
    /// **Repair:** write one of the three words exactly.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[0].camera.type = "pinhole"
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
    CAMERA_MODEL_UNKNOWN {
        code: "C101",
        name: "camera-model-unknown",
        effect: Effect::MISALIGNED,
        basis: Documented,
        facts: ["M1"],
        judges: camera_models,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    emit_faults(context, sink, &CAMERA_MODEL_UNKNOWN, entries(context).filter_map(fault));
}

fn fault(entry: &Coefficients) -> Option<Fault<'_>> {
    let word = entry.camera.as_ref()?.model.as_ref()?;
    if CameraModel::from_word(&word.value).is_some() {
        return None;
    }
    let words = quoted(CameraModel::ALL.into_iter().map(CameraModel::as_str));
    let nearest = CameraModel::nearest(&word.value).map(CameraModel::as_str);
    let (label, tail) = match nearest {
        Some(model) => (format!("expected \"{model}\""), format!("; the word is `{model}`")),
        None => ("no camera model".to_owned(), format!("; the models are {words}")),
    };
    let fault = Fault::new(entry, word.span, label, format!("`type` is {}", named(&word.value)));
    let fault = fault.tail(tail).help(format!("write one of {words}; the case counts"));
    Some(match nearest {
        Some(model) => {
            fault.edits("no other model is called so", vec![replace(word.span, string(model))])
        }
        None => fault,
    })
}

fn named(word: &str) -> String {
    if word.trim().is_empty() { "empty".to_owned() } else { format!("`{}`", text::short(word)) }
}
