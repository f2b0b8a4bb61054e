//! Reads values of known shape, and notes where they have another.

use super::foreign;
use super::metadata::{Body, Coefficients, CoefficientsList, NAMES, Sequence};
use super::shape::{Foreign, Form, Missing, Place, Shape, Unknown, WrongType};
use crate::document::calibration::{Camera, Parameter, Parameters};
use crate::document::json::{Kind, Member, Object, Span, Spanned, Value};
use crate::text;

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

/// How many keys are looked up among the known ones for the nearest. No hand misspells more.
const MAX_GUESSES: usize = 1000;

/// Reads what metadata.json says, and where its shape is another than it should be.
pub(super) fn read(root: Option<&Value>) -> (Option<Body>, Shape) {
    let mut reader = Reader { shape: Shape::default(), guesses: 0 };
    let body = root.and_then(|root| reader.body(root));
    (body, reader.shape)
}

/// How many levels too deep the fields are looked for.
const MAX_WRAPPINGS: usize = 4;

/// So many of the fields of an object tell that it is that object.
const TELLING_FIELDS: usize = 3;

/// Whether a value is an object with enough of these fields to be known by them.
fn has_fields(value: &Value, fields: &[&str], enough: usize) -> bool {
    matches!(&value.kind, Kind::Object(object)
        if fields.iter().filter(|field| object.get(field).is_some()).count() >= enough)
}

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
    /// The object that has the fields, where they stand a level or more too deep.
    fn unwrapped<'v>(&mut self, root: &'v Value) -> &'v Value {
        let place = Place { path: "", camera: None };
        let mut found = root;
        for _ in 0..MAX_WRAPPINGS {
            let is_it = |value: &Value| has_fields(value, ROOT_FIELDS, TELLING_FIELDS);
            match &found.kind {
                Kind::Array(elements) => match elements.as_slice() {
                    [element] if is_it(element) => {
                        self.wrong_form(place, "", found, "an object", Form::Wrapped);
                        found = element;
                    }
                    _ => break,
                },
                Kind::Object(object) if !has_fields(found, ROOT_FIELDS, 1) => {
                    let is_wrapping = |member: &&Member| match &member.value.kind {
                        Kind::Object(inside) => {
                            is_it(&member.value)
                                || inside.members().any(|inner| is_it(&inner.value))
                        }
                        _ => false,
                    };
                    let mut wrappings = object.members().filter(is_wrapping);
                    let (Some(member), None) = (wrappings.next(), wrappings.next()) else { break };
                    for other in object.members().filter(|other| other.key != member.key) {
                        self.unknown(place, &other.key, None, false);
                    }
                    self.shape.wrapped.push(member.key.clone());
                    found = &member.value;
                }
                _ => break,
            }
        }
        found
    }

    fn body(&mut self, root: &Value) -> Option<Body> {
        let place = Place { path: "", camera: None };
        let root = self.unwrapped(root);
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
            coefficients: self.coefficients_list(&fields),
        })
    }

    fn coefficients_list(&mut self, fields: &Fields<'_>) -> Option<CoefficientsList> {
        let value = &fields.get("cameraCoefficients")?.value;
        let mut entries: Vec<Coefficients> = Vec::new();
        let wrong = |reader: &mut Self, form| {
            reader.wrong_form(fields.place, "cameraCoefficients", value, "an array", form);
        };
        let values = match &value.kind {
            Kind::Array(values) => {
                let read = |(index, value)| self.coefficients(index, value, None);
                entries.extend(values.iter().enumerate().filter_map(read));
                values.len()
            }
            Kind::Object(_) if has_fields(value, COEFFICIENTS_FIELDS, 2) => {
                wrong(self, Form::Single);
                entries.extend(self.coefficients(0, value, None));
                1
            }
            Kind::Object(object)
                if object.members().next().is_some()
                    && object
                        .members()
                        .all(|member| matches!(member.value.kind, Kind::Object(_))) =>
            {
                wrong(self, Form::Keyed);
                let members = object.members().enumerate();
                entries.extend(members.filter_map(|(index, member)| {
                    self.coefficients(index, &member.value, Some(&member.key))
                }));
                object.members().count()
            }
            _ => {
                wrong(self, Form::Other);
                return None;
            }
        };
        let complete = entries.len() == values && entries.iter().all(|entry| entry.name.is_some());
        Some(CoefficientsList { span: value.span, entries, complete })
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

    /// One entry, which an object of entries has under `key`.
    fn coefficients(
        &mut self,
        index: usize,
        value: &Value,
        key: Option<&Spanned<String>>,
    ) -> Option<Coefficients> {
        let place = Place { path: "", camera: Some(index) };
        let fields = match key {
            None => self.fields(value, "", place, COEFFICIENTS_FIELDS, &[])?,
            // The key is the name.
            Some(_) => self.fields(value, "", place, COEFFICIENTS_FIELDS.get(1..)?, &["name"])?,
        };
        // A number counts the entries, or names a frame.
        let key = key.filter(|key| key.value.parse::<f64>().is_err());
        Some(Coefficients {
            index,
            span: value.span,
            name: self.string(&fields, "name").or_else(|| key.cloned()),
            width: self.number(&fields, "width"),
            height: self.number(&fields, "height"),
            camera: match fields.get("camera") {
                Some(member) => self.camera(index, member),
                None => foreign_intrinsic(fields.object, "").map(|intrinsic| Camera {
                    span: value.span,
                    model: None,
                    heading: None,
                    position: None,
                    intrinsic: Some(intrinsic),
                    radial: None,
                    tangential: None,
                    projection: None,
                    has_projection: false,
                }),
            },
        })
    }

    fn camera(&mut self, index: usize, member: &Member) -> Option<Camera> {
        let place = Place { path: "camera", camera: Some(index) };
        let outer = Place { path: "", ..place };
        if !matches!(member.value.kind, Kind::Object(_)) {
            self.wrong(outer, "camera", &member.value, "an object");
            return None;
        }
        // What the polynomial belongs to is for the calibration rules; here it is neither
        // wanted nor strange.
        let fields = self.fields(&member.value, "camera", place, CAMERA_FIELDS, &[PROJECTION])?;
        let model = self.string(&fields, "type");
        self.number(&fields, "skew");
        Some(Camera {
            span: member.value.span,
            model,
            heading: self.vector(&fields, "heading", "camera.heading", &["w", "x", "y", "z"]),
            position: self.vector(&fields, "position", "camera.position", &["x", "y", "z"]),
            intrinsic: self
                .parameters(&fields, "intrinsic", "camera.intrinsic")
                .or_else(|| foreign_intrinsic(fields.object, "camera")),
            radial: self.parameters(&fields, "radial", "camera.radial"),
            tangential: self.parameters(&fields, "tangential", "camera.tangential"),
            projection: self.parameters(&fields, PROJECTION, "camera.projection"),
            has_projection: fields.get(PROJECTION).is_some(),
        })
    }

    /// The known fields of an object. Notes the ones that it lacks, and the keys that are
    /// none of them.
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
        let foreign = self.foreign(object, place, known, &mut absent);
        for member in object.members() {
            let key = member.key.value.as_str();
            if known.contains(&key)
                || tolerated.contains(&key)
                || foreign.contains(&member.key.span)
            {
                continue;
            }
            if place.camera.is_some()
                && foreign::meaning(place.path, key, &member.value).is_some()
                && text::nearest(key, absent.iter().copied()).is_none()
            {
                self.unknown(place, &member.key, text::nearest(key, known.iter().copied()), true);
                continue;
            }
            // A key that is nearly an absent field is that field misspelt, and not a further
            // mistake.
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
                self.unknown(place, &member.key, nearest, false);
            }
        }
        let fields: Vec<_> = known
            .iter()
            .filter_map(|field| match renamed.iter().find(|(meant, _)| meant == field) {
                Some((_, member)) => Some((*field, Some(member.key.clone()))),
                // It may have stood behind the end.
                None if object.is_cut() => None,
                None => absent.contains(field).then_some((*field, None)),
            })
            .collect();
        if !fields.is_empty() {
            self.shape.missing.push(Missing { place, span: value.span, fields });
        }
        Some(Fields { object, place, renamed })
    }

    /// Notes the fields in which another tool keeps what is absent, takes that out of `absent`, and
    /// returns their places.
    fn foreign(
        &mut self,
        object: &Object,
        place: Place,
        known: &[&'static str],
        absent: &mut Vec<&'static str>,
    ) -> Vec<Span> {
        if place.camera.is_none() || absent.is_empty() {
            return Vec::new();
        }
        let mut keys = Vec::new();
        let mut instead_of: Vec<&'static str> = Vec::new();
        for member in object.members() {
            let key = member.key.value.as_str();
            if known.contains(&key) {
                continue;
            }
            let Some(meaning) = foreign::meaning(place.path, key, &member.value) else { continue };
            let covered = meaning.covers.iter().filter(|field| absent.contains(field));
            let before = instead_of.len();
            instead_of.extend(covered);
            if meaning.covers.is_empty() || instead_of.len() > before {
                keys.push((member.key.clone(), meaning.to));
            }
        }
        if instead_of.is_empty() {
            return Vec::new();
        }
        // Tools that do without a camera's name go by the order of the cameras.
        if place.path.is_empty() {
            instead_of.push("name");
        }
        let is_covered = |field: &&'static str| instead_of.contains(field);
        let instead_of: Vec<&'static str> = absent.iter().copied().filter(is_covered).collect();
        absent.retain(|field| !instead_of.contains(field));
        let spans = keys.iter().map(|(key, _)| key.span).collect();
        let tool = foreign::tool(object);
        self.shape.foreign.push(Foreign { place, tool, keys, instead_of });
        spans
    }

    fn unknown(
        &mut self,
        place: Place,
        key: &Spanned<String>,
        nearest: Option<&'static str>,
        is_calibration: bool,
    ) {
        self.shape.unknown.push(Unknown { place, key: key.clone(), nearest, is_calibration });
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
            let list = foreign::from_list(field, &member.value);
            let form = list.as_ref().map_or(Form::Other, |list| Form::List(list.members.len()));
            self.wrong_form(fields.place, field, &member.value, "an object of numbers", form);
            return list;
        };
        let place = Place { path, ..fields.place };
        let mut members = Vec::new();
        for member in object.members() {
            let value = match &member.value.kind {
                Kind::Number(value) => Some(*value),
                kind => {
                    self.wrong(place, &member.key.value, &member.value, "a number");
                    quoted(kind)
                }
            };
            members.push(Parameter { key: member.key.clone(), value, span: member.value.span });
        }
        Some(Parameters { span: member.value.span, members, is_list: false })
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
                quoted(&value.kind).map(|number| Spanned { value: number, span: value.span })
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
        let form = match &value.kind {
            Kind::Null => Form::Null,
            kind if expected == "a number" && quoted(kind).is_some() => Form::Quoted,
            Kind::String(string)
                if matches!(expected, "an object" | "an array")
                    && string.trim_start().starts_with(['{', '[']) =>
            {
                Form::Encoded
            }
            _ => Form::Other,
        };
        self.wrong_form(place, field, value, expected, form);
    }

    fn wrong_form(
        &mut self,
        place: Place,
        field: &str,
        value: &Value,
        expected: &'static str,
        form: Form,
    ) {
        // The document's faults have said it.
        if value.kind == Kind::Broken {
            return;
        }
        let (field, span, found) = (field.to_owned(), value.span, value.kind.noun());
        let form = if value.kind == Kind::Null { Form::Null } else { form };
        self.shape.wrong.push(WrongType { place, field, span, expected, found, form });
    }
}

/// The number that stands in quotes.
fn quoted(kind: &Kind) -> Option<f64> {
    match kind {
        Kind::String(string) => {
            string.trim().parse().ok().filter(|number: &f64| number.is_finite())
        }
        _ => None,
    }
}

/// The intrinsics that an object has in the form of another tool.
fn foreign_intrinsic(object: &Object, path: &str) -> Option<Parameters> {
    object.members().find_map(|member| {
        let meaning = foreign::meaning(path, &member.key.value, &member.value)?;
        meaning.covers.contains(&"intrinsic").then(|| foreign::intrinsic(&member.value))?
    })
}
