//! Where metadata.json is not of the shape that it should have.

use crate::document::json::{Span, Spanned};

/// Where metadata.json is not of the shape that it should have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Objects that lack fields.
    pub missing: Vec<Missing>,
    /// Values of a wrong type.
    pub wrong: Vec<WrongType>,
    /// Fields that nothing reads.
    pub unknown: Vec<Unknown>,
    /// Objects that are in the form of another tool.
    pub foreign: Vec<Foreign>,
    /// The keys under which all fields stand, one for each level that they are too deep.
    pub wrapped: Vec<Spanned<String>>,
}

/// An object of metadata.json.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path to it from the document's top or, in a camera's coefficients, from those:
    /// `camera.heading`. Empty for the top or the coefficients themselves.
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
    /// The fields that it lacks, each with the key that stands there in its stead, if one was
    /// likely meant for it.
    pub fields: Vec<(&'static str, Option<Spanned<String>>)>,
}

/// An object that has a calibration in the form of another tool.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreign {
    /// The object.
    pub place: Place,
    /// The tool, where the fields tell it.
    pub tool: Option<&'static str>,
    /// The fields, with where each belongs.
    pub keys: Vec<(Spanned<String>, &'static str)>,
    /// The fields that it lacks, and whose values it has in those.
    pub instead_of: Vec<&'static str>,
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
    /// What it holds all the same.
    pub form: Form,
}

impl WrongType {
    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.form == Form::Null
    }

    /// Whether it is a string that holds the number that is expected.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        self.form == Form::Quoted
    }
}

/// What a value of a wrong type holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Nothing that is known.
    Other,
    /// `null`, which many writers put for nothing.
    Null,
    /// A string that holds the number that is expected.
    Quoted,
    /// A string that holds JSON: it was encoded twice.
    Encoded,
    /// An array of nothing but the object that is expected.
    Wrapped,
    /// An object of entries, keyed by the names of their cameras.
    Keyed,
    /// One entry in place of an array of entries.
    Single,
    /// So many numbers without their keys.
    List(usize),
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
    /// Whether it holds a part of a calibration.
    pub is_calibration: bool,
}
