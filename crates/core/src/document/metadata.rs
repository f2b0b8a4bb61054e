//! metadata.json, with the place of every key and value.

use crate::document::calibration::{Camera, Parameter, Parameters};
use crate::document::json::{Document, Kind, Member, Object, Span, Spanned, Value};
use crate::names::{METADATA, SensorKind};
use crate::platform::DataType;
use crate::text;

/// The largest metadata.json, in bytes, that a source reads. A thousand cameras fit in one of them many times over.
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

/// What metadata.json says. A field is `None` where it is absent, of a wrong type or broken: [`Shape`] and the document's
/// faults tell which, and nothing that follows from it is said again.
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

/// Where metadata.json is not of the shape that it should have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Objects that lack fields.
    pub missing: Vec<Missing>,
    /// Values of a wrong type.
    pub wrong: Vec<WrongType>,
    /// Fields that nothing reads.
    pub unknown: Vec<Unknown>,
}

/// An object of metadata.json.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path to it from the document's top or, in a camera's coefficients, from those: `camera.heading`. Empty for the
    /// top or the coefficients themselves.
    pub path: &'static str,
    /// Whose coefficients, by position.
    pub camera: Option<usize>,
}

/// An object that lacks fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    /// The object.
    pub place: Place,
    /// Where it stands.
    pub span: Span,
    /// The fields that it lacks, each with the key that stands there in its stead, if one was likely meant for it.
    pub fields: Vec<(&'static str, Option<Spanned<String>>)>,
}

/// A value of a wrong type.
#[derive(Clone, Debug, PartialEq)]
pub struct WrongType {
    /// The object that has it.
    pub place: Place,
    /// The field; empty for the document's own value.
    pub field: String,
    /// Where the value stands.
    pub span: Span,
    /// What it should be: `a number`.
    pub expected: &'static str,
    /// What it is: `a string`.
    pub found: &'static str,
    /// Whether it is `null`, which many writers put for nothing.
    pub is_null: bool,
    /// Whether it is a string that holds what is expected.
    pub is_quoted: bool,
}

/// A field that nothing reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// The object that has it.
    pub place: Place,
    /// The field.
    pub key: Spanned<String>,
    /// The field that was likely meant, though that stands there too.
    pub nearest: Option<&'static str>,
}

const ROOT_FIELDS: &[&str] = &[
    "version",
    "fileTreeType",
    "dataType",
    "lidarSequence",
    "cameraSequence",
    "cameraCoefficients",
];
const COEFFICIENTS_FIELDS: &[&str] = &["name", "width", "height", "camera"];
const CAMERA_FIELDS: &[&str] =
    &["type", "heading", "position", "intrinsic", "skew", "radial", "tangential"];
const PROJECTION: &str = "projection";

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
        let mut reader = Reader { shape: Shape::default(), guesses: 0 };
        let body = document.root().and_then(|root| reader.body(root));
        Metadata { document, too_large: None, body, shape: reader.shape }
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

/// How many keys are looked up among the known ones for the nearest. No hand misspells more.
const MAX_GUESSES: usize = 1000;

/// Reads values of known shape and notes where they have another.
struct Reader {
    shape: Shape,
    guesses: usize,
}

/// An object whose fields are known.
struct Fields<'v> {
    object: &'v Object,
    place: Place,
    /// Fields that are absent, with the member that was likely meant for each.
    renamed: Vec<(&'static str, &'v Member)>,
}

impl<'v> Fields<'v> {
    fn get(&self, field: &str) -> Option<&'v Member> {
        self.object.get(field).or_else(|| {
            self.renamed.iter().find(|(name, _)| *name == field).map(|(_, member)| *member)
        })
    }
}

impl Reader {
    fn body(&mut self, root: &Value) -> Option<Body> {
        let place = Place { path: "", camera: None };
        let fields = self.fields(root, "", place, ROOT_FIELDS, &[])?;
        let sequence = |reader: &mut Self, field| {
            let (values, span) = reader.array(&fields, field)?;
            Some(reader.sequence(values, span, place, field))
        };
        Some(Body {
            span: root.span,
            version: self.string(&fields, "version"),
            file_tree_type: self.number(&fields, "fileTreeType"),
            data_type: self.number(&fields, "dataType"),
            lidar_sequence: sequence(self, "lidarSequence"),
            camera_sequence: sequence(self, "cameraSequence"),
            coefficients: self.array(&fields, "cameraCoefficients").map(|(values, span)| {
                let entries: Vec<Coefficients> = values
                    .iter()
                    .enumerate()
                    .filter_map(|(index, value)| self.coefficients(index, value))
                    .collect();
                let complete = entries.len() == values.len()
                    && entries.iter().all(|entry| entry.name.is_some());
                CoefficientsList { span, entries, complete }
            }),
        })
    }

    fn sequence(&mut self, values: &[Value], span: Span, place: Place, field: &str) -> Sequence {
        let mut names = Vec::with_capacity(values.len());
        for value in values {
            if let Kind::String(name) = &value.kind {
                names.push(Spanned { value: name.clone(), span: value.span });
            } else {
                self.wrong(place, field, value, NAMES);
            }
        }
        let complete = names.len() == values.len();
        Sequence { span, names, complete }
    }

    fn coefficients(&mut self, index: usize, value: &Value) -> Option<Coefficients> {
        let place = Place { path: "", camera: Some(index) };
        let fields = self.fields(value, "", place, COEFFICIENTS_FIELDS, &[])?;
        Some(Coefficients {
            index,
            span: value.span,
            name: self.string(&fields, "name"),
            width: self.number(&fields, "width"),
            height: self.number(&fields, "height"),
            camera: fields.get("camera").and_then(|member| self.camera(index, member)),
        })
    }

    fn camera(&mut self, index: usize, member: &Member) -> Option<Camera> {
        let place = Place { path: "camera", camera: Some(index) };
        let outer = Place { path: "", ..place };
        if !matches!(member.value.kind, Kind::Object(_)) {
            self.wrong(outer, "camera", &member.value, "an object");
            return None;
        }
        // What the polynomial belongs to is for the calibration rules; here it is neither wanted nor strange.
        let fields = self.fields(&member.value, "camera", place, CAMERA_FIELDS, &[PROJECTION])?;
        let model = self.string(&fields, "type");
        self.number(&fields, "skew");
        Some(Camera {
            span: member.value.span,
            model,
            heading: self.vector(&fields, "heading", "camera.heading", &["w", "x", "y", "z"]),
            position: self.vector(&fields, "position", "camera.position", &["x", "y", "z"]),
            intrinsic: self.parameters(&fields, "intrinsic", "camera.intrinsic"),
            radial: self.parameters(&fields, "radial", "camera.radial"),
            tangential: self.parameters(&fields, "tangential", "camera.tangential"),
            projection: self.parameters(&fields, PROJECTION, "camera.projection"),
            has_projection: fields.get(PROJECTION).is_some(),
        })
    }

    /// The known fields of an object. Notes the ones that it lacks, and the keys that are none of them.
    fn fields<'v>(
        &mut self,
        value: &'v Value,
        name: &str,
        place: Place,
        known: &'static [&'static str],
        tolerated: &[&str],
    ) -> Option<Fields<'v>> {
        let Kind::Object(object) = &value.kind else {
            self.wrong(place, name, value, "an object");
            return None;
        };
        let mut absent: Vec<&'static str> =
            known.iter().copied().filter(|field| object.get(field).is_none()).collect();
        let mut renamed = Vec::new();
        for member in object.members() {
            let key = member.key.value.as_str();
            if known.contains(&key) || tolerated.contains(&key) {
                continue;
            }
            // A key that is nearly an absent field is that field misspelt, and not a further mistake.
            self.guesses += 1;
            let nearest = |fields: &[&'static str]| {
                if self.guesses > MAX_GUESSES {
                    None
                } else {
                    text::nearest(key, fields.iter().copied())
                }
            };
            if let Some(meant) = nearest(&absent) {
                absent.retain(|field| *field != meant);
                renamed.push((meant, member));
            } else {
                let nearest = nearest(known);
                self.shape.unknown.push(Unknown { place, key: member.key.clone(), nearest });
            }
        }
        let fields: Vec<_> = known
            .iter()
            .filter_map(|field| match renamed.iter().find(|(meant, _)| meant == field) {
                Some((_, member)) => Some((*field, Some(member.key.clone()))),
                None => absent.contains(field).then_some((*field, None)),
            })
            .collect();
        if !fields.is_empty() {
            self.shape.missing.push(Missing { place, span: value.span, fields });
        }
        Some(Fields { object, place, renamed })
    }

    /// A group of numbers whose keys are always the same.
    fn vector(
        &mut self,
        fields: &Fields<'_>,
        field: &'static str,
        path: &'static str,
        known: &'static [&'static str],
    ) -> Option<Parameters> {
        let member = fields.get(field)?;
        if matches!(member.value.kind, Kind::Object(_)) {
            let place = Place { path, ..fields.place };
            self.fields(&member.value, field, place, known, &[]);
        }
        self.parameters(fields, field, path)
    }

    /// A group of numbers whose keys depend on the camera's model.
    fn parameters(
        &mut self,
        fields: &Fields<'_>,
        field: &'static str,
        path: &'static str,
    ) -> Option<Parameters> {
        let member = fields.get(field)?;
        let Kind::Object(object) = &member.value.kind else {
            self.wrong(fields.place, field, &member.value, "an object of numbers");
            return None;
        };
        let place = Place { path, ..fields.place };
        let mut members = Vec::new();
        for member in object.members() {
            let value = match member.value.kind {
                Kind::Number(value) => Some(value),
                _ => {
                    self.wrong(place, &member.key.value, &member.value, "a number");
                    None
                }
            };
            members.push(Parameter { key: member.key.clone(), value, span: member.value.span });
        }
        Some(Parameters { span: member.value.span, members })
    }

    fn string(&mut self, fields: &Fields<'_>, field: &'static str) -> Option<Spanned<String>> {
        let value = &fields.get(field)?.value;
        match &value.kind {
            Kind::String(string) => Some(Spanned { value: string.clone(), span: value.span }),
            _ => {
                self.wrong(fields.place, field, value, "a string");
                None
            }
        }
    }

    fn number(&mut self, fields: &Fields<'_>, field: &'static str) -> Option<Spanned<f64>> {
        let value = &fields.get(field)?.value;
        match value.kind {
            // What is given twice is said to be so (M101); what it is meant to be is not known.
            Kind::Number(_) if fields.object.repeats(field) => None,
            Kind::Number(number) => Some(Spanned { value: number, span: value.span }),
            _ => {
                self.wrong(fields.place, field, value, "a number");
                None
            }
        }
    }

    fn array<'v>(
        &mut self,
        fields: &Fields<'v>,
        field: &'static str,
    ) -> Option<(&'v [Value], Span)> {
        let value = &fields.get(field)?.value;
        match &value.kind {
            Kind::Array(values) => Some((values, value.span)),
            _ => {
                self.wrong(fields.place, field, value, "an array");
                None
            }
        }
    }

    fn wrong(&mut self, place: Place, field: &str, value: &Value, expected: &'static str) {
        let is_quoted = match &value.kind {
            // The document's faults have said it.
            Kind::Broken => return,
            Kind::String(string) => expected == "a number" && string.trim().parse::<f64>().is_ok(),
            _ => false,
        };
        self.shape.wrong.push(WrongType {
            place,
            field: field.to_owned(),
            span: value.span,
            expected,
            found: value.kind.noun(),
            is_null: value.kind == Kind::Null,
            is_quoted,
        });
    }
}
