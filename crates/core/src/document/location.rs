//! [`Location`]: a stretch of a document that is pointed at.

use std::borrow::Cow;

use crate::multiset_hash::{Identified, MultisetHash};

/// A document that findings point into.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its name: `metadata.json`, or the request's as the user named it.
    pub name: String,
    /// Its text, in whose bytes locations count: as read, but decoded to UTF-8 where it was UTF-16.
    pub text: Vec<u8>,
}

/// A stretch of a document that a finding points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The document's name: `metadata.json`.
    pub document: Cow<'static, str>,
    /// The first byte.
    pub offset: usize,
    /// How many bytes.
    pub length: usize,
    /// The line of the first byte, from 1.
    pub line: usize,
    /// The column of the first byte in characters, from 1.
    pub column: usize,
    /// What to say at the place, in a few words.
    pub label: Option<String>,
    /// What stands there, wherever in the document that is.
    pub stretch: MultisetHash,
}

impl Identified for Location {
    fn identity(&self) -> MultisetHash {
        MultisetHash::from_parts(&[
            &self.stretch.to_bytes(),
            self.label.as_deref().unwrap_or_default().as_bytes(),
        ])
    }
}
