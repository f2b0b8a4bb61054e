//! metadata.json, with the place of every key and value.

use super::reader;
pub use super::shape::{Foreign, Form, Missing, Place, Shape, Unknown, WrongType};
use crate::document::calibration::Camera;
use crate::document::json::{Document, Span, Spanned};
use crate::names::{METADATA, SensorKind};
use crate::platform::DataType;
use crate::text;

/// The largest metadata.json, in bytes, that a source reads. A thousand cameras fit in one of them
/// many times over.
pub const MAX_METADATA_BYTES: u64 = 64 << 20;

/// What a source found of the metadata.json at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataFile {
    /// None stands there.
    Absent,
    /// Its bytes.
    Text(Vec<u8>),
    /// None stands there, and the bytes of the one that stands elsewhere: only the names of sensors
    /// are taken from it.
    Misplaced(Vec<u8>),
    /// It is over [`MAX_METADATA_BYTES`] and was not read.
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
    },
    /// It could not be read; the coverage says why.
    Unreadable,
}

impl MetadataFile {
    /// The same where it was read from a file that stands elsewhere than at the top under its own
    /// name. One that could not be read is absent, as nothing of it is judged but the names of
    /// sensors.
    #[must_use]
    pub fn misplaced(self) -> Self {
        match self {
            MetadataFile::Text(text) => MetadataFile::Misplaced(text),
            _ => MetadataFile::Absent,
        }
    }
}

/// metadata.json as far as it could be read.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// The text, with what is wrong with it as JSON.
    pub document: Document,
    /// Its size in bytes, where it is too large to be read.
    pub too_large: Option<u64>,
    /// What it says, where it is an object.
    pub body: Option<Body>,
    /// Where it is not of the shape that it should have.
    pub shape: Shape,
}

/// What metadata.json says. A field is `None` where it is absent, of a wrong type or broken:
/// [`Shape`] and the document's faults tell which, and nothing that follows from it is said again.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// Where the object stands.
    pub span: Span,
    /// `version`
    pub version: Option<Spanned<String>>,
    /// `fileTreeType`
    pub file_tree_type: Option<Spanned<f64>>,
    /// `dataType`
    pub data_type: Option<Spanned<f64>>,
    /// `lidarSequence`
    pub lidar_sequence: Option<Sequence>,
    /// `cameraSequence`
    pub camera_sequence: Option<Sequence>,
    /// `cameraCoefficients`
    pub coefficients: Option<CoefficientsList>,
}

impl Body {
    /// The sequence of a kind of sensor.
    #[must_use]
    pub fn sequence(&self, kind: SensorKind) -> Option<&Sequence> {
        match kind {
            SensorKind::Lidar => self.lidar_sequence.as_ref(),
            SensorKind::Camera => self.camera_sequence.as_ref(),
        }
    }

    /// 2D or 3D, where `dataType` is one of the two.
    #[must_use]
    pub fn data_type(&self) -> Option<DataType> {
        let number = self.data_type.as_ref()?.value;
        [DataType::Image2D, DataType::PointCloud3D]
            .into_iter()
            .find(|known| f64::from(known.number()) == number)
    }
}

/// The names of the sensors of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// Where the array stands.
    pub span: Span,
    /// The names, in order.
    pub names: Vec<Spanned<String>>,
    /// Whether every element could be read as a name.
    pub complete: bool,
}

/// What every element of a sequence should be.
pub const NAMES: &str = "a name";

/// The field of metadata.json that names the sensors of a kind.
#[must_use]
pub fn sequence_field(kind: SensorKind) -> &'static str {
    match kind {
        SensorKind::Lidar => "lidarSequence",
        SensorKind::Camera => "cameraSequence",
    }
}

/// `cameraCoefficients`.
#[derive(Clone, Debug, PartialEq)]
pub struct CoefficientsList {
    /// Where the array stands.
    pub span: Span,
    /// Its objects, in order.
    pub entries: Vec<Coefficients>,
    /// Whether every element is an object whose name could be read.
    pub complete: bool,
}

/// One entry of `cameraCoefficients`.
#[derive(Clone, Debug, PartialEq)]
pub struct Coefficients {
    /// Its position in the array.
    pub index: usize,
    /// Where it stands.
    pub span: Span,
    /// The camera's name, without prefix.
    pub name: Option<Spanned<String>>,
    /// The image's width in pixels.
    pub width: Option<Spanned<f64>>,
    /// The image's height in pixels.
    pub height: Option<Spanned<f64>>,
    /// How it sees and where it is.
    pub camera: Option<Camera>,
}

impl Coefficients {
    /// The camera as a sentence names it.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => format!("camera `{}`", text::short(&name.value)),
            None => format!("entry {} of `cameraCoefficients`", self.index + 1),
        }
    }
}

impl Metadata {
    /// Reads what a source found, however broken. `None` where there is nothing to judge.
    #[must_use]
    pub fn read(file: MetadataFile) -> Option<Self> {
        match file {
            MetadataFile::Absent | MetadataFile::Misplaced(_) | MetadataFile::Unreadable => None,
            MetadataFile::TooLarge { bytes } => Some(Metadata {
                document: Document::absent(METADATA),
                too_large: Some(bytes),
                body: None,
                shape: Shape::default(),
            }),
            MetadataFile::Text(text) => Some(Self::parse(text)),
        }
    }

    /// Reads the bytes of a metadata.json, however broken.
    #[must_use]
    pub fn parse(text: Vec<u8>) -> Self {
        let document = Document::parse(METADATA, text);
        let (body, shape) = reader::read(document.root_so_far());
        Metadata { document, too_large: None, body, shape }
    }

    /// Why what it says could not be looked at, where that is no fault that the rules name.
    #[must_use]
    pub fn unread(&self) -> Option<String> {
        match self.too_large {
            Some(bytes) => Some(format!(
                "its {} are over the {} that are read",
                text::count(bytes, "byte"),
                text::number(MAX_METADATA_BYTES)
            )),
            None => self.document.unread().map(str::to_owned),
        }
    }

    /// A camera's coefficients, by position.
    #[must_use]
    pub fn coefficients(&self, index: usize) -> Option<&Coefficients> {
        let all = &self.body.as_ref()?.coefficients.as_ref()?.entries;
        // Entries that are no objects are left out, so the position is not that in the list.
        all.binary_search_by_key(&index, |entry| entry.index).ok().and_then(|at| all.get(at))
    }
}
