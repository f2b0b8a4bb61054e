//! JSON documents with the place of every key and value, however broken they are.
//!
//! Strict JSON is the judge of what is valid (`strict`); a forgiving parser over the tokens of
//! `jsonc-parser` finds the places, and reads on past the faults that people and tools make most
//! often, so that the rest of a document can still be checked. Nothing here panics, recurses
//! without bound or holds more than a small multiple of the text.

mod broken;
mod characters;
mod conflict;
mod encoding;
mod fault;
mod lines;
mod mend;
mod other;
mod parse;
mod pieces;
mod python;
mod salvage;
mod strict;

use std::borrow::Cow;

use lines::Lines;

pub(crate) use characters::within;
pub use characters::{Written, characters};
pub use fault::{Fault, FaultKind};
pub(crate) use mend::mendings;
pub use other::OtherFormat;
pub use sensortree_probe::Span;

use crate::document::location::Location;
use crate::multiset_hash::{Identified, MultisetHash};

/// The line and the column in characters, both from 1, of a place in a text.
pub(crate) fn line_and_column(text: &[u8], place: usize) -> (usize, usize) {
    Lines::of(text).locate(text, place)
}

/// How many bytes of a stretch tell it from another.
const TELLING: usize = 256;

/// What tells the stretch of a text from others, wherever it stands.
pub(crate) fn stretch(text: &[u8], offset: usize, length: usize) -> MultisetHash {
    let end = offset.saturating_add(length.min(TELLING)).min(text.len());
    text.get(offset..end).unwrap_or_default().identity()
}

/// How deep arrays and objects may lie in each other; strict readers stop there too.
pub const MAX_DEPTH: usize = 127;

/// How many keys and values are read one by one. Six thousand cameras fit. A document with
/// more is judged as strict JSON, and what it says is not looked at, so that a hostile one
/// cannot take gigabytes.
pub const MAX_VALUES: usize = 1 << 18;

/// Something that was read, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Where it stands, brackets and quotes included.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

impl Value {
    /// The text, where it is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(string) => Some(string),
            _ => None,
        }
    }
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// A string, its escapes resolved.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
    /// Something that is no JSON value, as `NaN` or a string that is not UTF-8. A [`Fault`] says so
    /// already, so whoever looks for a value here stays silent.
    Broken,
}

impl Kind {
    /// What to call it in a sentence.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "an array",
            Kind::Object(_) => "an object",
            Kind::Broken => "no JSON value",
        }
    }
}

/// An object's members, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    members: Vec<Member>,
    /// Whether the text ends before the object does.
    is_cut: bool,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The key; its span has the quotes.
    pub key: Spanned<String>,
    /// The value.
    pub value: Value,
    /// Whether a later member has the same key, so that readers do not see this one.
    pub overridden: bool,
}

impl Object {
    /// Whether the text ends before the object does, so that it may have further members.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The members that a reader sees: of two with one key, the later.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| !member.overridden)
    }

    /// The member of this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Member> {
        self.members.iter().rev().find(|member| member.key.value == key)
    }

    /// Whether several members have this key, so that it is not known which of them counts.
    #[must_use]
    pub fn repeats(&self, key: &str) -> bool {
        self.members.iter().any(|member| member.overridden && member.key.value == key)
    }
}

/// A document as far as it could be read.
#[derive(Clone, Debug)]
pub struct Document {
    name: Cow<'static, str>,
    text: Vec<u8>,
    /// How many bytes the file has.
    size: usize,
    lines: Lines,
    faults: Vec<Fault>,
    root: Option<Value>,
    is_cut: bool,
    unread: Option<String>,
}

impl Document {
    /// Reads the bytes of a document, however broken; `name` is what locations call it.
    #[must_use]
    pub fn parse(name: impl Into<Cow<'static, str>>, bytes: Vec<u8>) -> Self {
        Self::parse_redacted(name, bytes, |_| ())
    }

    /// The same for a document in which `redact` redacts what nobody is to see, before anything of
    /// it is read or kept. It is given the text, in UTF-8 as far as it is any, and leaves its
    /// length as it is, so that places stay right.
    #[must_use]
    pub fn parse_redacted(
        name: impl Into<Cow<'static, str>>,
        bytes: Vec<u8>,
        redact: impl Fn(&mut [u8]),
    ) -> Self {
        let size = bytes.len();
        let decoded = encoding::decode(bytes, redact);
        let mut faults = decoded.faults.clone();
        let mut root = None;
        let mut unread = None;
        let mut is_cut = false;
        if let Some(other) = other::of_bytes(&decoded.text) {
            // That it is no text either follows from what it is.
            faults = vec![other];
        } else if let Some(text) = decoded.readable() {
            match strict::judge(text.get(decoded.start..).unwrap_or_default()) {
                // What strict JSON takes is valid, whatever the forgiving parser made of it.
                Ok(()) => {
                    let parsed = parse::parse(text, decoded.start);
                    (root, unread) = (parsed.root, parsed.unread);
                    let is_repeat = |fault: &Fault| fault.kind == FaultKind::DuplicateKey;
                    faults.extend(parsed.faults.into_iter().filter(is_repeat));
                }
                Err(error) => {
                    if let Some(other) = other::of_text(text, decoded.start) {
                        faults.push(other);
                    } else {
                        let parsed = salvage::read(text, decoded.start);
                        (root, is_cut, unread) = (parsed.root, parsed.is_cut, parsed.unread);
                        let is_named = parsed
                            .faults
                            .iter()
                            // A byte that is not UTF-8 has been said already.
                            .chain(faults.iter().filter(|it| it.kind == FaultKind::NotUtf8))
                            .any(|fault| fault.kind != FaultKind::DuplicateKey);
                        faults.extend(parsed.faults);
                        if !is_named {
                            faults.push(error.into_fault(text, decoded.start));
                        }
                    }
                }
            }
            if root.is_none() && faults.is_empty() && unread.is_none() {
                unread = Some("its values could not be placed".to_owned());
            }
        }
        faults.sort_by_key(|fault| (fault.span, fault.kind));
        let lines = Lines::of(&decoded.text);
        let (name, text) = (name.into(), decoded.text);
        Document { name, text, size, lines, faults, root, is_cut, unread }
    }

    /// A document that was not read.
    #[must_use]
    pub fn absent(name: impl Into<Cow<'static, str>>) -> Self {
        let (text, lines) = (Vec::new(), Lines::of(&[]));
        let (name, faults) = (name.into(), Vec::new());
        Document { name, text, size: 0, lines, faults, root: None, is_cut: false, unread: None }
    }

    /// What locations call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes it was read from: others than those of its text where it was no UTF-8.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// What is wrong with it as JSON, by place, one entry a kind of fault.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// What it holds. `None` where it is broken beyond reading or cut off, or too much to be looked
    /// at.
    #[must_use]
    pub fn root(&self) -> Option<&Value> {
        self.root.as_ref().filter(|_| !self.is_cut)
    }

    /// As [`Document::root`]; where the document is cut off, what stands before its end. An array
    /// then has [`Kind::Broken`] for a last element, and the object at the top [is
    /// cut](Object::is_cut).
    #[must_use]
    pub fn root_so_far(&self) -> Option<&Value> {
        self.root.as_ref()
    }

    /// Why a document without [`Document::root`] was not looked into, where that is no fault
    /// of its JSON.
    #[must_use]
    pub fn unread(&self) -> Option<&str> {
        self.unread.as_deref()
    }

    /// Its text: the bytes as read, but decoded to UTF-8 where they were UTF-16. Every [`Span`]
    /// counts in it.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The line of a place, from 1.
    #[must_use]
    pub fn line(&self, span: Span) -> usize {
        self.lines.locate(&self.text, span.start).0
    }

    /// A place as a finding points at it.
    #[must_use]
    pub fn locate(&self, span: Span) -> Location {
        let (line, column) = self.lines.locate(&self.text, span.start);
        let offset = span.start.min(self.text.len());
        let length = span.end.min(self.text.len()).saturating_sub(offset);
        let stretch = stretch(&self.text, offset, length);
        Location { document: self.name.clone(), offset, length, line, column, label: None, stretch }
    }

    /// A place as a finding points at it, with a few words to say there.
    #[must_use]
    pub fn point(&self, span: Span, label: impl Into<String>) -> Location {
        Location { label: Some(label.into()), ..self.locate(span) }
    }
}

#[cfg(test)]
mod tests;
