//! [`Finding`]: one fault, as plain data.

use std::collections::BTreeMap;
use std::fmt;

use super::figures::Figure;
use super::rule::Rule;
use super::settings::Severity;
use crate::document::Location;
use crate::layout::SceneId;
use crate::multiset_hash::{Identified, MultisetHash, Occurrences};
use crate::names::dataset_path;
use crate::platform::{Basis, Effect};
use crate::repair::Repair;

/// A place in the tree that a finding points at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Example {
    /// The path relative to the target, exactly the bytes listed. A folder's ends in `/`.
    pub path: Vec<u8>,
    /// False where the fault is that nothing stands there.
    pub present: bool,
    /// The path or name that would be right in its place, where one is known.
    pub expected: Option<String>,
    /// What is to be said at this place, in a few words.
    pub note: Option<String>,
}

impl Example {
    /// Something that stands in the tree.
    #[must_use]
    pub fn at(path: impl Into<Vec<u8>>) -> Self {
        Example { path: path.into(), present: true, expected: None, note: None }
    }

    /// Something that should stand in the tree and does not.
    #[must_use]
    pub fn missing(path: impl Into<Vec<u8>>) -> Self {
        Example { present: false, ..Self::at(path) }
    }

    /// Says what would be right there.
    #[must_use]
    pub fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// The path that would be right there: what was expected, or with that as its last segment.
    #[must_use]
    pub fn mended(&self) -> Option<Vec<u8>> {
        let expected = self.expected.as_ref()?.as_bytes();
        let is_name = !expected.strip_suffix(b"/").unwrap_or(expected).contains(&b'/');
        if !is_name || dataset_path::is_valid(expected) {
            return Some(expected.to_vec());
        }
        let path = self.path.strip_suffix(b"/").unwrap_or(&self.path);
        let parent =
            path.iter().rposition(|byte| *byte == b'/').map_or(&b""[..], |at| &path[..=at]);
        Some([parent, expected].concat())
    }

    /// The same with a suggestion only if that would not itself be rejected. Where the sensor's
    /// folder needs another name, too, it is suggested with that name.
    pub(super) fn with_sound_suggestion(mut self, renamed: &BTreeMap<Vec<u8>, String>) -> Self {
        let Some(path) = self.mended().filter(|path| !dataset_path::is_valid(path)) else {
            return self;
        };
        let (top, rest) =
            path.split_at(path.iter().position(|byte| *byte == b'/').unwrap_or(path.len()));
        let renamed = renamed.get(top).map(|name| [name.as_bytes(), rest].concat());
        self.expected = renamed
            .filter(|path| dataset_path::is_valid(path))
            .and_then(|path| String::from_utf8(path).ok());
        self
    }

    /// Says a few words there.
    #[must_use]
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// A place is known by its path, and by whether something stands there.
impl Identified for Example {
    fn identity(&self) -> MultisetHash {
        MultisetHash::from_parts(&[&self.path, &[u8::from(self.present)]])
    }
}

/// What a finding is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// The sensor's folder, as listed.
    pub sensor: Option<Vec<u8>>,
    /// The scene, as listed. `None` where the finding is about several.
    pub scene: Option<Vec<u8>>,
}

/// One fault, with everything that shares its cause.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// What the platform is predicted to answer.
    pub effect: Effect,
    /// How well the prediction is supported.
    pub basis: Basis,
    /// How grave it is to this user.
    pub severity: Severity,
    /// What is wrong, in one sentence. Names from the tree stand in it unescaped.
    pub message: String,
    /// What else is worth knowing: figures, the cause in a person's words.
    pub notes: Vec<String>,
    /// What would mend it, in one sentence.
    pub help: Option<String>,
    /// How often it occurs.
    pub count: u64,
    /// What it is about.
    pub subject: Subject,
    /// The first few places, by path.
    pub examples: Vec<Example>,
    /// The place in a document, for a finding in one.
    pub location: Option<Location>,
    /// The scenes that it puts at risk or concerns, ascending.
    pub scenes: Vec<SceneId>,
    /// What was measured, in the order in which it is said.
    pub figures: Vec<Figure>,
    /// The ways to mend it; where there are several, a person has to choose. None where it takes
    /// more than changes of names.
    pub repairs: Vec<Repair>,
    /// Identifies everything that it found, and nothing else that it could have found.
    pub content_hash: ContentHash,
}

/// Identifies what a finding says, of whom, and where each time: two findings have the same one if
/// and only if all their occurrences are the same. How it is worded does not matter, nor how grave
/// the user takes it to be. It is written as 32 hexadecimal digits, and baselines keep it: how it
/// is computed is part of `sensortree-baseline/1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(MultisetHash);

impl ContentHash {
    pub(super) fn new(
        rule: &Rule,
        effect: Effect,
        subject: &Subject,
        occurrences: Occurrences,
    ) -> Self {
        let named = |name: &Option<Vec<u8>>| {
            MultisetHash::from_parts(&name.iter().map(Vec::as_slice).collect::<Vec<_>>()).to_bytes()
        };
        ContentHash(MultisetHash::from_parts(&[
            rule.code.as_bytes(),
            effect.as_str().as_bytes(),
            &named(&subject.sensor),
            &named(&subject.scene),
            &occurrences.count.to_be_bytes(),
            &occurrences.hash.to_bytes(),
        ]))
    }

    /// Of a finding that was not made by a rule, for tests of what draws findings.
    #[must_use]
    pub fn from_parts(parts: &[&[u8]]) -> Self {
        ContentHash(MultisetHash::from_parts(parts))
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
