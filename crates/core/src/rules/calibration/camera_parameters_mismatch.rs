use super::{Fault, emit_faults, entries};
use crate::document::calibration::{Camera, CameraModel, Parameters};
use crate::document::json::Span;
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Sink};
use crate::platform::{Basis, Effect};
use crate::rules::metadata::quoted;
use crate::text;

declare_rule! {
    /// A camera's `intrinsic`, `radial`, `tangential` or `projection` does not fit its `type`.
    ///
    /// `PinHole` and `Fisheye` have the intrinsics `fx fy cx cy`; `OmniDirectional` has
    /// `fx fy c d e cx cy` and a `projection` of `p0 p1 …`. The SDK reads these values by the order
    /// of their keys, so one too many or too few shifts the others. Its projection of a pinhole
    /// image takes exactly `p1 p2` and at most `k1` to `k6`, in that row and without a gap; what
    /// goes beyond that is known of the SDK alone, and rests on advice. A `projection` beside the
    /// other two types does nothing.
    ///
    /// **Repair:** write the parameters of the type that the camera has, or the type that the
    /// parameters are of.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[0].camera.intrinsic.fy absent
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
    CAMERA_PARAMETERS_MISMATCH {
        code: "C102",
        name: "camera-parameters-mismatch",
        effect: Effect::Scene,
        basis: Documented,
        facts: ["M2", "M9"],
        judges: camera_parameters,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    emit_faults(context, sink, &CAMERA_PARAMETERS_MISMATCH, entries(context).filter_map(fault));
}

fn fault(entry: &Coefficients) -> Option<Fault<'_>> {
    let camera = entry.camera.as_ref()?;
    let mismatches = mismatches(camera);
    let gravest = mismatches.iter().min_by_key(|mismatch| mismatch.weight)?;
    let words: Vec<&str> = mismatches.iter().map(|mismatch| mismatch.what.as_str()).collect();
    let (effect, basis) = match gravest.weight {
        Weight::Documented => (Effect::Scene, Basis::Documented),
        Weight::Sdk => (Effect::Scene, Basis::Advice),
        Weight::Idle => (Effect::Advice, Basis::Advice),
    };
    let model = camera.model().map(|model| format!(", which is `{}`", model.as_str()));
    let fault = Fault::new(entry, gravest.span, gravest.what.as_str(), words.join(", "))
        .tail(model.unwrap_or_default())
        .help("write the parameters that the camera's type has")
        .effect(effect, basis);
    Some(fault)
}

/// What a mismatch comes to. Gravest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// The platform's page and the SDK's camera model say so.
    Documented,
    /// Only the SDK's own code is known to trip over it.
    Sdk,
    /// It does nothing.
    Idle,
}

struct Mismatch {
    weight: Weight,
    span: Span,
    what: String,
}

fn mismatches(camera: &Camera) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let mut say = |weight: Weight, group: Option<&Parameters>, what: String| {
        let span = group.map_or(camera.span, |group| group.span);
        // Of something missing, the bracket that opens the object shows where.
        found.push(Mismatch { weight, span: Span::new(span.start, span.start + 1), what });
    };
    // Which parameters a camera of an unknown type has is not known either.
    let model = camera.model();
    if let (Some(model), Some(intrinsic)) = (model, &camera.intrinsic) {
        let known = model.intrinsics().iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        if let Some(what) = difference("intrinsic", intrinsic, &known) {
            say(Weight::Documented, Some(intrinsic), what);
        }
    }
    match (model, &camera.projection) {
        (Some(CameraModel::OmniDirectional), None) if !camera.has_projection => {
            say(Weight::Documented, None, "`projection` is missing".to_owned());
        }
        (Some(CameraModel::OmniDirectional), Some(projection)) => {
            if projection.members.is_empty() {
                say(Weight::Documented, Some(projection), "`projection` is empty".to_owned());
            } else if let Some(what) =
                difference("projection", projection, &row("p", 0, projection.members.len()))
            {
                say(Weight::Documented, Some(projection), what);
            }
        }
        (Some(_), Some(projection)) => {
            say(Weight::Idle, Some(projection), "`projection` does nothing".to_owned());
        }
        _ => {}
    }
    if let Some(radial) = &camera.radial {
        let terms = radial.members.len();
        if terms > MAX_RADIAL {
            say(
                Weight::Sdk,
                Some(radial),
                format!(
                    "`radial` has {terms} terms, more than the {MAX_RADIAL} that the SDK carries,"
                ),
            );
        } else if let Some(what) = difference("radial", radial, &row("k", 1, terms)) {
            say(Weight::Sdk, Some(radial), what);
        } else if terms == OPENCV_TERMS && model == Some(CameraModel::PinHole) && !radial.is_list {
            let what = "`radial` has 5 terms, as many as OpenCV's k1 k2 p1 p2 k3 together,";
            say(Weight::Idle, Some(radial), what.to_owned());
        }
    }
    if let (Some(CameraModel::Fisheye), Some(tangential)) = (model, &camera.tangential)
        && tangential.members.iter().any(|term| term.value.is_some_and(|value| value != 0.0))
    {
        // Its model has radial terms alone, up to k4.
        let what = "`tangential` is not zero, as in a pinhole calibration,";
        say(Weight::Idle, Some(tangential), what.to_owned());
    }
    if let (Some(CameraModel::PinHole), Some(tangential)) = (model, &camera.tangential)
        && let Some(what) = difference("tangential", tangential, &row("p", 1, 2))
    {
        say(Weight::Sdk, Some(tangential), what);
    }
    found
}

/// How many coefficients OpenCV's usual model has, tangential ones among them. No model has as many
/// radial ones alone.
const OPENCV_TERMS: usize = 5;

/// How many radial terms the SDK carries (fact M9).
const MAX_RADIAL: usize = 6;

/// How many terms are compared by their keys; no camera model has as many.
const MAX_TERMS: usize = 64;

/// `k1`, `k2` and on.
fn row(letter: &str, first: usize, count: usize) -> Vec<String> {
    (first..first + count).map(|number| format!("{letter}{number}")).collect()
}

/// What a group lacks of the keys that it should have, and has beside them.
fn difference(group: &str, parameters: &Parameters, known: &[String]) -> Option<String> {
    let terms = parameters.members.len();
    if terms > MAX_TERMS {
        return Some(format!("`{group}` has {} terms", text::number(terms as u64)));
    }
    let lacks: Vec<&str> =
        known.iter().map(String::as_str).filter(|key| parameters.member(key).is_none()).collect();
    let keys = parameters.members.iter().map(|member| member.key.value.as_str());
    let extra: Vec<&str> = keys.filter(|key| !known.iter().any(|known| known == key)).collect();
    match (lacks.is_empty(), extra.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("`{group}` lacks {}", quoted(lacks))),
        (true, false) => Some(format!("`{group}` has {} too many", quoted(extra))),
        (false, false) => {
            Some(format!("`{group}` has {} in place of {}", quoted(extra), quoted(lacks)))
        }
    }
}
