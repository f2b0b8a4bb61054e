//! Calibrations in the form of another tool: what each field is called there, and where it goes.

use crate::document::calibration::{Parameter, Parameters};
use crate::document::json::{Kind, Object, Span, Spanned, Value};

/// A field of another tool that holds a part of a calibration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    /// The fields of metadata.json that its values belong in.
    pub(super) covers: &'static [&'static str],
    /// Where they belong and how, in a few words.
    pub(super) to: &'static str,
}

/// A tool whose form is told from the fields of an object.
const TOOLS: [(&str, &[&str]); 5] = [
    ("Xtreme1 / BasicAI", &["camerainternal"]),
    ("Xtreme1 / BasicAI", &["cameraexternal"]),
    ("ROS `camera_info`", &["k", "d", "p"]),
    ("ROS `camera_info`", &["cameramatrix", "distortioncoefficients", "projectionmatrix"]),
    ("nuScenes", &["translation", "rotation", "cameraintrinsic"]),
];

/// Names the tool in whose form an object's fields are.
pub(super) fn tool(object: &Object) -> Option<&'static str> {
    let keys: Vec<String> = object.members().map(|member| fold(&member.key.value)).collect();
    TOOLS
        .iter()
        .find(|(_, telling)| telling.iter().all(|key| keys.iter().any(|found| found == key)))
        .map(|(name, _)| *name)
}

const INVERSE: &str = "LiDAR to camera: `heading` and `position` are of its inverse";
const DIRECT: &str = "camera to LiDAR: `heading` and `position`";
const EITHER: &str = "`heading` and `position`; of its inverse where it takes LiDAR points to the \
                      camera, as is usual";
const DISTORTION: &str = "k1 k2 p1 p2 k3 in this order: k1, k2, k3 in `radial`, p1, p2 in \
                          `tangential`";
const ANGLES: &str = "angles: convert them to a quaternion `w` `x` `y` `z`";
const UNUSED: &str = "not needed";

const POSE: &[&str] = &["heading", "position", "camera"];
const INTRINSIC: &[&str] = &["intrinsic", "camera"];
const LENS: &[&str] = &["radial", "tangential", "camera"];
const QUATERNION: &[&str] = &["w", "x", "y", "z"];

/// What a key means in an object: in a camera's coefficients (`""`), or an object in them.
pub(super) fn meaning(path: &str, key: &str, value: &Value) -> Option<Meaning> {
    let folded = fold(key);
    let key = folded.as_str();
    let of = |covers, to| Some(Meaning { covers, to });
    if path == "camera.heading" {
        let is_angle = matches!(key, "roll" | "pitch" | "yaw" | "rx" | "ry" | "rz");
        return if is_angle || key.starts_with("euler") { of(QUATERNION, ANGLES) } else { None };
    }
    if !matches!(path, "" | "camera") {
        return None;
    }
    let numbers = numbers(value).len();
    match key {
        "camerainternal" | "cameraintrinsic" | "cameraintrinsics" | "intrinsicmatrix"
        | "cameramatrix" | "camk" => of(INTRINSIC, "`intrinsic`: fx, fy, cx, cy"),
        "intrinsics" | "k" | "intrinsic" if numbers == 9 || numbers == 4 && path.is_empty() => {
            of(INTRINSIC, "`intrinsic`: fx, fy, cx, cy")
        }
        "fx" | "fy" | "cx" | "cy" if numbers == 1 => of(INTRINSIC, "`intrinsic`"),
        "cameraexternal" | "lidar2cam" | "lidar2camera" | "lidartocam" | "lidartocamera"
        | "tcamlidar" | "velotocam" => of(POSE, INVERSE),
        "cam2lidar" | "camera2lidar" | "camtolidar" | "cameratolidar" | "tlidarcam" => {
            of(POSE, DIRECT)
        }
        "extrinsic"
        | "extrinsics"
        | "extrinsicmatrix"
        | "rt"
        | "t"
        | "transform"
        | "transformation"
        | "transformationmatrix"
        | "matrix"
        | "pose"
            if matches!(numbers, 12 | 16) =>
        {
            of(POSE, EITHER)
        }
        "distortion"
        | "dist"
        | "distcoeffs"
        | "distcoeff"
        | "d"
        | "distortioncoefficients"
        | "distortioncoeffs"
        | "distortionparameters"
            if numbers > 0 =>
        {
            of(LENS, if numbers == 4 { "the lens: `radial` and `tangential`" } else { DISTORTION })
        }
        "distortionk" => of(&["radial", "camera"], "`radial`: k1, k2, k3"),
        "distortionp" => of(&["tangential", "camera"], "`tangential`: p1, p2"),
        "rotation" | "quaternion" | "orientation" | "rotationmatrix" | "rvec"
            if matches!(numbers, 3 | 4 | 9) =>
        {
            of(&["heading", "camera"], "`heading`, as a quaternion `w` `x` `y` `z`")
        }
        "translation" | "tvec" | "t" if numbers == 3 => of(&["position", "camera"], "`position`"),
        "roll" | "pitch" | "yaw" if numbers == 1 => {
            of(&["heading", "camera"], "`heading`, as a quaternion `w` `x` `y` `z`")
        }
        "distortionmodel" | "cameramodel" => {
            of(&["type", "camera"], "`type`: `PinHole`, or `Fisheye` for `equidistant`")
        }
        "imagewidth" => of(&["width"], "`width`"),
        "imageheight" => of(&["height"], "`height`"),
        "imagesize" | "resolution" if numbers == 2 => of(&["width", "height"], "`width`, `height`"),
        "rowmajor"
        | "r"
        | "p"
        | "projectionmatrix"
        | "rectificationmatrix"
        | "binningx"
        | "binningy"
        | "roi" => of(&[], UNUSED),
        _ => None,
    }
}

/// The name without case and separators: `cameraInternal` and `camera_internal` are one.
fn fold(key: &str) -> String {
    let letters = key.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).take(64).collect()
}

/// The most numbers that a field of a calibration has.
const MOST: usize = 32;

/// The numbers of a value: itself, a list, a matrix of rows, or an object with such `data`. Empty
/// where anything else stands there.
pub(super) fn numbers(value: &Value) -> Vec<(f64, Span)> {
    let of_rows = |values: &[Value]| {
        let mut numbers = Vec::new();
        for value in values.iter().take(MOST + 1) {
            match &value.kind {
                Kind::Number(number) => numbers.push((*number, value.span)),
                Kind::Array(row) if row.len() <= MOST => {
                    for value in row {
                        let Kind::Number(number) = value.kind else { return Vec::new() };
                        numbers.push((number, value.span));
                    }
                }
                _ => return Vec::new(),
            }
        }
        if numbers.len() > MOST { Vec::new() } else { numbers }
    };
    match &value.kind {
        Kind::Number(number) => vec![(*number, value.span)],
        Kind::Array(values) => of_rows(values),
        Kind::Object(object) => match object.get("data").map(|member| &member.value.kind) {
            Some(Kind::Array(values)) => of_rows(values),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The focal lengths and the principal point that a field of another tool holds.
pub(super) fn intrinsic(value: &Value) -> Option<Parameters> {
    const KEYS: [&str; 4] = ["fx", "fy", "cx", "cy"];
    let span = value.span;
    let parameter = |key: &str, (value, span): (f64, Span)| Parameter {
        key: Spanned { value: key.to_owned(), span },
        value: Some(value),
        span,
    };
    if let Kind::Object(object) = &value.kind {
        let number = |key: &str| match object.get(key)?.value {
            Value { kind: Kind::Number(number), span } => Some(parameter(key, (number, span))),
            _ => None,
        };
        let members: Option<Vec<_>> = KEYS.into_iter().map(number).collect();
        if let Some(members) = members {
            return Some(Parameters { span, members, is_list: false });
        }
    }
    let numbers = numbers(value);
    let places: [usize; 4] = match numbers.len() {
        9 => [0, 4, 2, 5],
        4 => [0, 1, 2, 3],
        _ => return None,
    };
    let members = KEYS
        .into_iter()
        .zip(places)
        .map(|(key, at)| Some(parameter(key, *numbers.get(at)?)))
        .collect::<Option<_>>()?;
    Some(Parameters { span, members, is_list: true })
}

/// The numbers of a list under the keys that they are most likely meant for.
pub(super) fn from_list(field: &str, value: &Value) -> Option<Parameters> {
    if field == "intrinsic" {
        return intrinsic(value);
    }
    if !matches!(value.kind, Kind::Array(_)) {
        return None;
    }
    let numbers = numbers(value);
    let keys: Vec<String> = match (field, numbers.len()) {
        ("heading", 4) => ["w", "x", "y", "z"].map(str::to_owned).into(),
        ("position", 3) => ["x", "y", "z"].map(str::to_owned).into(),
        ("radial", count @ 1..) => (1..=count).map(|number| format!("k{number}")).collect(),
        ("tangential", count @ 1..) => (1..=count).map(|number| format!("p{number}")).collect(),
        ("projection", count @ 1..) => (0..count).map(|number| format!("p{number}")).collect(),
        _ => return None,
    };
    let members = keys.into_iter().zip(numbers).map(|(key, (value, span))| Parameter {
        key: Spanned { value: key, span },
        value: Some(value),
        span,
    });
    Some(Parameters { span: value.span, members: members.collect(), is_list: true })
}
