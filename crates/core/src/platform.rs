//! What is known of the platform: endpoints, response codes, effects, and how well each
//! fact is supported.

use std::fmt;
use std::str::FromStr;

/// How well a statement about the platform is supported. Stronger sorts first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// A published page says that it must be so.
    Documented,
    /// A page's only example has it so, or the platform could not build its data entry otherwise.
    #[default]
    Implied,
    /// Good practice; no source ties it to a rejection.
    Advice,
}

impl Basis {
    /// Every basis, strongest first.
    pub const ALL: [Basis; 3] = [Basis::Documented, Basis::Implied, Basis::Advice];

    /// The word used on the command line and in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Documented => "documented",
            Basis::Implied => "implied",
            Basis::Advice => "advice",
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Basis {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        word(Self::ALL, Self::as_str, text)
    }
}

/// A word that is none of those a setting takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not one of {}", .allowed.join(", "))]
pub struct UnknownWord {
    /// The word as given.
    pub found: String,
    /// The words that are taken.
    pub allowed: Vec<&'static str>,
}

/// Finds the value whose word is `text`.
pub(crate) fn word<T: Copy, const N: usize>(
    all: [T; N],
    as_str: fn(T) -> &'static str,
    text: &str,
) -> Result<T, UnknownWord> {
    all.into_iter().find(|value| as_str(*value) == text).ok_or_else(|| UnknownWord {
        found: text.to_owned(),
        allowed: all.into_iter().map(as_str).collect(),
    })
}

/// A response code of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResponseCode {
    /// 200: accepted, though single scenes may still come back in `errorDataIdList`.
    Success,
    /// 400: the request body is at fault.
    IllegalParameter,
    /// 5707: an upload without content.
    FileEmpty,
    /// 5708: an upload over the size limit.
    FileTooLarge,
    /// 5709: an upload that is not a zip.
    NotAZip,
    /// 5710: the tree is not laid out as the import expects; the platform does not say where.
    TreeMisalignment,
    /// 5838: `dataType` is neither 2D nor 3D, or not what the data are.
    WrongDataType,
}

impl ResponseCode {
    /// Every code, in numeric order.
    pub const ALL: [ResponseCode; 7] = [
        ResponseCode::Success,
        ResponseCode::IllegalParameter,
        ResponseCode::FileEmpty,
        ResponseCode::FileTooLarge,
        ResponseCode::NotAZip,
        ResponseCode::TreeMisalignment,
        ResponseCode::WrongDataType,
    ];

    /// The number in the answer's `code` field.
    #[must_use]
    pub fn code(self) -> u16 {
        match self {
            ResponseCode::Success => 200,
            ResponseCode::IllegalParameter => 400,
            ResponseCode::FileEmpty => 5707,
            ResponseCode::FileTooLarge => 5708,
            ResponseCode::NotAZip => 5709,
            ResponseCode::TreeMisalignment => 5710,
            ResponseCode::WrongDataType => 5838,
        }
    }

    /// The text in the answer's `message` field, as the platform spells it.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            ResponseCode::Success => "Success",
            ResponseCode::IllegalParameter => "Illegal Parameter",
            ResponseCode::FileEmpty => "File cannot be empty",
            ResponseCode::FileTooLarge => "File size exceeds 100MB limit",
            ResponseCode::NotAZip => "File must be in ZIP format",
            ResponseCode::TreeMisalignment => {
                "File tree misalignment, refer to API doc for correction"
            }
            ResponseCode::WrongDataType => "Wrong data type",
        }
    }

    /// What the answer means to whoever gets it, in a few sentences of Markdown.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            ResponseCode::Success => {
                "The request was accepted, and the dataset is being built. That does not mean that every scene came through: \
                 a scene whose data could not be used comes back in `errorDataIdList` of this very answer, or with fewer \
                 frames."
            }
            ResponseCode::IllegalParameter => {
                "The request's body is at fault: a field is absent, misspelt, of the wrong type or out of range."
            }
            ResponseCode::FileEmpty => "An upload whose zip has no bytes, or holds no file.",
            ResponseCode::FileTooLarge => {
                "An upload whose zip has 100 MB or more. Split it by scenes, or import from a cloud prefix."
            }
            ResponseCode::NotAZip => "An upload that is no ZIP archive, whatever its name says.",
            ResponseCode::TreeMisalignment => {
                "The tree is not laid out as the import expects: folder names, scenes, frames and metadata.json do not fit \
                 together. The request is rejected whole, and the answer does not say where the fault lies.\n\n\
                 `sensortree check` looks for the causes that are documented, or implied by the platform's own examples."
            }
            ResponseCode::WrongDataType => {
                "`dataType` is neither 2 (2D) nor 3 (3D), or it is not what the data are: 3D needs at least one LiDAR."
            }
        }
    }

    /// The code with this number, where there is one.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.code() == code)
    }

    /// The order in which the platform comes to say it when several apply: the body before the
    /// file, the file before the tree, the tree before what the data turn out to be.
    #[must_use]
    pub fn stage(self) -> u8 {
        match self {
            ResponseCode::IllegalParameter => 0,
            ResponseCode::FileEmpty => 1,
            ResponseCode::NotAZip => 2,
            ResponseCode::FileTooLarge => 3,
            ResponseCode::TreeMisalignment => 4,
            ResponseCode::WrongDataType => 5,
            ResponseCode::Success => 6,
        }
    }
}

/// What the platform is predicted to answer when a rule fires. Graver sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The request is rejected whole with this code.
    Reject(ResponseCode),
    /// The request is accepted and the scene named is at risk: it comes back in `errorDataIdList`,
    /// or loses frames.
    Scene,
    /// Nothing is predicted; it is still worth knowing.
    Advice,
}

impl Effect {
    /// Rejected whole with 5710, the answer this tool exists for.
    pub const MISALIGNED: Effect = Effect::Reject(ResponseCode::TreeMisalignment);

    /// The word in reports: a response code's number, `scene` or `advice`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Reject(ResponseCode::Success) => "200",
            Effect::Reject(ResponseCode::IllegalParameter) => "400",
            Effect::Reject(ResponseCode::FileEmpty) => "5707",
            Effect::Reject(ResponseCode::FileTooLarge) => "5708",
            Effect::Reject(ResponseCode::NotAZip) => "5709",
            Effect::Reject(ResponseCode::TreeMisalignment) => "5710",
            Effect::Reject(ResponseCode::WrongDataType) => "5838",
            Effect::Scene => "scene",
            Effect::Advice => "advice",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The API call whose answer is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `POST /dataset/import/async`: a cloud prefix becomes a dataset.
    Import,
    /// `POST /dataset/annotation/import/async`: the same, and its scenes become tasks of a project.
    ImportAnnotation,
    /// `POST /dataset/upload/sync`: a zip becomes a dataset.
    Upload,
    /// `POST /dataset/annotation/upload/sync`: the same, and its scenes become tasks of a project.
    UploadAnnotation,
}

impl Endpoint {
    /// Every endpoint that takes a tree.
    pub const ALL: [Endpoint; 4] = [
        Endpoint::Import,
        Endpoint::ImportAnnotation,
        Endpoint::Upload,
        Endpoint::UploadAnnotation,
    ];

    /// The word used on the command line and in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Endpoint::Import => "import",
            Endpoint::ImportAnnotation => "import-annotation",
            Endpoint::Upload => "upload",
            Endpoint::UploadAnnotation => "upload-annotation",
        }
    }

    /// The path of the call.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Endpoint::Import => "/dataset/import/async",
            Endpoint::ImportAnnotation => "/dataset/annotation/import/async",
            Endpoint::Upload => "/dataset/upload/sync",
            Endpoint::UploadAnnotation => "/dataset/annotation/upload/sync",
        }
    }

    /// Whether the call takes the tree from a cloud prefix, and not from a zip that comes with it.
    #[must_use]
    pub fn lists_a_prefix(self) -> bool {
        matches!(self, Endpoint::Import | Endpoint::ImportAnnotation)
    }

    /// Whether the call makes annotation tasks, so that its answer lists them.
    #[must_use]
    pub fn makes_tasks(self) -> bool {
        matches!(self, Endpoint::ImportAnnotation | Endpoint::UploadAnnotation)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Endpoint {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        word(Self::ALL, Self::as_str, text)
    }
}

/// The `dataType` of a request or of metadata.json (fact Q3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataType {
    /// 2: camera images.
    Image2D,
    /// 3: point clouds, with or without camera images.
    PointCloud3D,
}

impl DataType {
    /// The number in the field.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            DataType::Image2D => 2,
            DataType::PointCloud3D => 3,
        }
    }

    /// The data type with this number.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        match number {
            2 => Some(DataType::Image2D),
            3 => Some(DataType::PointCloud3D),
            _ => None,
        }
    }
}

/// One numbered fact about the platform that a rule can rest on.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// Its number: `T1`.
    pub id: &'static str,
    /// What is so.
    pub statement: &'static str,
    /// How well that is supported.
    pub basis: Basis,
}

/// The facts that rules rest on, from the platform's API pages, its public documentation repository
/// and its published Python SDK. Nothing else about the platform is known.
pub const FACTS: &[Fact] = &[
    fact("Q1", "`resourceUrl` starts with `gs://bucket-name/`", Basis::Documented),
    fact("Q2", "`fileTreeType` 0, sensor oriented, is the only value accepted", Basis::Documented),
    fact("Q3", "`dataType` is 2 for 2D and 3 for 3D", Basis::Documented),
    fact("Q4", "a dataset's `name` has at most 60 bytes of UTF-8", Basis::Documented),
    fact("Q5", "`projectId` is the number that Create Project returned", Basis::Documented),
    fact(
        "Q6",
        "`externalStorage` gives `accessKey`, `secreteKey`, `endpoint` and `vendorType`",
        Basis::Documented,
    ),
    fact("Q7", "every field but `externalStorage` is required", Basis::Implied),
    fact("T1", "a LiDAR's folder needs the prefix `lidar-`", Basis::Documented),
    fact("T2", "a camera's folder needs the prefix `camera-`", Basis::Documented),
    fact(
        "T3",
        "what follows the prefix is the sensor's name, as metadata.json has it",
        Basis::Documented,
    ),
    fact("T4", "below a sensor come scene folders, and a scene's id is unique", Basis::Documented),
    fact("T5", "below a scene come the frames, and nothing deeper", Basis::Implied),
    fact(
        "T6",
        "a frame's stem is its sampling time, typically an integer in milliseconds",
        Basis::Documented,
    ),
    fact("T7", "LiDAR frames end in `.pcd`", Basis::Implied),
    fact(
        "T8",
        "camera frames end in `.jpg`; other image suffixes are not documented for this layout",
        Basis::Implied,
    ),
    fact("T9", "`metadata.json` stands at the top, beside the sensor folders", Basis::Implied),
    fact(
        "T10",
        "every sensor holds the same scenes, and in a scene the same timestamps",
        Basis::Implied,
    ),
    fact("T11", "in a zip, the top folder is named as the zip file", Basis::Documented),
    fact("T12", "a zip is smaller than 100 MB, is a ZIP, and is not empty", Basis::Documented),
    fact(
        "T13",
        "2D data has cameras and needs no LiDAR; 3D data needs at least one LiDAR",
        Basis::Implied,
    ),
    fact("M1", "a camera's `type` is `PinHole`, `Fisheye` or `OmniDirectional`", Basis::Documented),
    fact(
        "M2",
        "`PinHole` and `Fisheye` have 4 intrinsics, `OmniDirectional` has 7 and a `projection`",
        Basis::Documented,
    ),
    fact(
        "M3",
        "the names in the sequences are the folder names without their prefix",
        Basis::Documented,
    ),
    fact(
        "M4",
        "`fileTreeType` and `dataType` of metadata.json agree with the request",
        Basis::Implied,
    ),
    fact(
        "M5",
        "in 3D data every camera of `cameraSequence` has one entry in `cameraCoefficients`",
        Basis::Implied,
    ),
    fact(
        "M6",
        "all-zero intrinsics stand in the platform's own sample: accepted, and useless for projection",
        Basis::Advice,
    ),
    fact(
        "M7",
        "`heading` and `position` place the camera in the LiDAR's frame; `heading` has unit length",
        Basis::Advice,
    ),
    fact(
        "M8",
        "the SDK reads `heading` and `intrinsic` by the order of their keys, not by name",
        Basis::Advice,
    ),
    fact(
        "M9",
        "the SDK's pinhole projection takes exactly p1 p2 and at most k1 to k6",
        Basis::Advice,
    ),
    fact(
        "M10",
        "axes are X forward, Y left and Z up; `heading` and `position` are the camera's own pose",
        Basis::Documented,
    ),
    fact(
        "M11",
        "no value is guessed or a default: `width` and `height` are the sensor's own, or left out",
        Basis::Documented,
    ),
];

const fn fact(id: &'static str, statement: &'static str, basis: Basis) -> Fact {
    Fact { id, statement, basis }
}
