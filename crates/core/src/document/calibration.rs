//! Cameras: how they see and where they are.

use crate::document::json::{Span, Spanned};

/// How a camera maps the world to its image (fact M1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraModel {
    /// Straight lines stay straight, lens distortion aside.
    PinHole,
    /// A wide lens.
    Fisheye,
    /// A mirror or a lens that sees all around.
    OmniDirectional,
}

impl CameraModel {
    /// Every model.
    pub const ALL: [CameraModel; 3] =
        [CameraModel::PinHole, CameraModel::Fisheye, CameraModel::OmniDirectional];

    /// The word in `type`, whose case counts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            CameraModel::PinHole => "PinHole",
            CameraModel::Fisheye => "Fisheye",
            CameraModel::OmniDirectional => "OmniDirectional",
        }
    }

    /// The model of exactly this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.as_str() == word)
    }

    /// The model that a word was meant to be.
    #[must_use]
    pub fn nearest(word: &str) -> Option<Self> {
        Self::from_word(word).or_else(|| {
            Self::from_word(crate::text::nearest(word, Self::ALL.into_iter().map(Self::as_str))?)
        })
    }

    /// The keys of `intrinsic`, in the order in which the SDK reads them (facts M2, M8).
    #[must_use]
    pub fn intrinsics(self) -> &'static [&'static str] {
        match self {
            CameraModel::PinHole | CameraModel::Fisheye => &["fx", "fy", "cx", "cy"],
            CameraModel::OmniDirectional => &["fx", "fy", "c", "d", "e", "cx", "cy"],
        }
    }
}

/// One key of a group of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The key.
    pub key: Spanned<String>,
    /// The number. `None` where the value is of a wrong type or broken, which other rules say.
    pub value: Option<f64>,
    /// Where the value stands.
    pub span: Span,
}

/// A group of numbers by key, as `heading` or `intrinsic`, in the order of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// Where the group stands.
    pub span: Span,
    /// Its members.
    pub members: Vec<Parameter>,
    /// Whether it is a list, whose numbers have the keys that their places most likely stand for.
    pub is_list: bool,
}

impl Parameters {
    /// The member of this key.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<&Parameter> {
        self.members.iter().find(|member| member.key.value == key)
    }

    /// The number of this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<f64> {
        self.member(key)?.value
    }

    /// The numbers of these keys; `None` unless all are there.
    #[must_use]
    pub fn all<const N: usize>(&self, keys: [&str; N]) -> Option<[f64; N]> {
        let mut values = [0.0; N];
        for (value, key) in values.iter_mut().zip(keys) {
            *value = self.get(key)?;
        }
        Some(values)
    }
}

/// The `camera` object of a camera's coefficients.
#[derive(Clone, Debug, PartialEq)]
pub struct Camera {
    /// Where it stands.
    pub span: Span,
    /// The word in `type`.
    pub model: Option<Spanned<String>>,
    /// The rotation, as a quaternion w x y z.
    pub heading: Option<Parameters>,
    /// The place, x y z in metres from the LiDAR.
    pub position: Option<Parameters>,
    /// Focal lengths and principal point, in pixels.
    pub intrinsic: Option<Parameters>,
    /// Radial distortion, k1 and on.
    pub radial: Option<Parameters>,
    /// Tangential distortion, p1 and p2.
    pub tangential: Option<Parameters>,
    /// The polynomial of an omnidirectional camera, p0 and on.
    pub projection: Option<Parameters>,
    /// Whether `projection` is there at all, readable or not.
    pub has_projection: bool,
}

impl Camera {
    /// The model that `type` names, or was meant to.
    #[must_use]
    pub fn model(&self) -> Option<CameraModel> {
        CameraModel::nearest(&self.model.as_ref()?.value)
    }

    /// Whether its focal lengths and principal point are all zero under a wide lens. The platform's
    /// own sample has such a camera (fact M6): it stands for one that was never calibrated.
    #[must_use]
    pub fn is_placeholder(&self) -> bool {
        self.model() == Some(CameraModel::Fisheye)
            && self
                .intrinsic
                .as_ref()
                .and_then(|intrinsic| intrinsic.all(["fx", "fy", "cx", "cy"]))
                .is_some_and(|values| values.iter().all(|value| *value == 0.0))
    }

    /// Whether its pose is what it is before anything was measured: no rotation and no distance
    /// from the LiDAR.
    #[must_use]
    pub fn is_unplaced(&self) -> bool {
        let numbers = |group: &Option<Parameters>, keys| group.as_ref()?.all(keys);
        let is_identity = self
            .heading
            .as_ref()
            .and_then(|heading| heading.all(["w", "x", "y", "z"]))
            // A quaternion and its negative are one rotation.
            .is_some_and(|[w, x, y, z]| w.abs() == 1.0 && [x, y, z] == [0.0; 3]);
        is_identity && numbers(&self.position, ["x", "y", "z"]) == Some([0.0; 3])
    }

    /// Whether its focal lengths are 0 or 1 and its principal point is 0, so that they
    /// stand for none.
    #[must_use]
    pub fn has_blank_intrinsics(&self) -> bool {
        let intrinsic = self.intrinsic.as_ref();
        intrinsic.and_then(|intrinsic| intrinsic.all(["fx", "fy", "cx", "cy"])).is_some_and(
            |[fx, fy, cx, cy]| {
                [fx, fy].iter().all(|length| *length == 0.0 || *length == 1.0)
                    && [cx, cy] == [0.0; 2]
            },
        )
    }

    /// The length of the quaternion, which is 1 for a rotation.
    #[must_use]
    pub fn heading_length(&self) -> Option<f64> {
        Some(length(&self.heading.as_ref()?.all(["w", "x", "y", "z"])?))
    }

    /// How far from the LiDAR it is, in metres.
    #[must_use]
    pub fn distance(&self) -> Option<f64> {
        Some(length(&self.position.as_ref()?.all(["x", "y", "z"])?))
    }

    /// Rotation and place as numbers that compare equal for equal ones.
    #[must_use]
    pub fn extrinsics(&self) -> Option<[u64; 7]> {
        let [w, x, y, z] = self.heading.as_ref()?.all(["w", "x", "y", "z"])?;
        let [px, py, pz] = self.position.as_ref()?.all(["x", "y", "z"])?;
        // Adding zero makes -0 a plain 0.
        Some([w, x, y, z, px, py, pz].map(|value| (value + 0.0).to_bits()))
    }
}

fn length(values: &[f64]) -> f64 {
    // `hypot` holds where a square would overflow.
    values.iter().fold(0.0, |length: f64, value| length.hypot(*value))
}

/// The most that a 32-bit number holds; no image is as large.
const MAX_PIXELS: f64 = i32::MAX as f64;

/// A width or height that is one: a positive whole number of pixels.
#[must_use]
pub fn pixels(size: &Spanned<f64>) -> Option<f64> {
    Some(size.value).filter(|size| *size > 0.0 && size.fract() == 0.0 && *size <= MAX_PIXELS)
}

/// The horizontal field of view of a pinhole camera in degrees, from its image's width and its
/// focal length in pixels.
#[must_use]
pub fn field_of_view(width: f64, focal_length: f64) -> f64 {
    (2.0 * (width / (2.0 * focal_length)).atan()).to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures() {
        assert!((field_of_view(1920.0, 8333.0) - 13.15).abs() < 0.05, "the platform's own sample");
        assert!((field_of_view(2.0, 1.0) - 90.0).abs() < 1e-9);
        assert!((length(&[3.0, 0.0, -4.0]) - 5.0).abs() < 1e-12);
        assert!(length(&[1e300, 1e300]).is_finite());
    }

    #[test]
    fn models_by_word() {
        assert_eq!(CameraModel::from_word("PinHole"), Some(CameraModel::PinHole));
        assert_eq!(CameraModel::from_word("pinhole"), None);
        for (word, meant) in [
            ("pinhole", Some(CameraModel::PinHole)),
            ("pin_hole", Some(CameraModel::PinHole)),
            ("fish-eye", Some(CameraModel::Fisheye)),
            ("Omnidirectional", Some(CameraModel::OmniDirectional)),
            ("brown-conrady", None),
        ] {
            assert_eq!(CameraModel::nearest(word), meant, "{word}");
        }
    }
}
