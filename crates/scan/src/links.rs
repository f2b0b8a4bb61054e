//! What becomes of symbolic links in a local folder.

use std::fmt;
use std::str::FromStr;

/// What becomes of symbolic links in a local folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// Each is listed as a link.
    #[default]
    Refuse,
    /// Each is listed as what it points at, which may lie outside the folder.
    Follow,
}

impl Links {
    /// Both choices.
    pub const ALL: [Links; 2] = [Links::Refuse, Links::Follow];

    /// Returns the word in flags and configuration files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Links::Refuse => "refuse",
            Links::Follow => "follow",
        }
    }
}

impl fmt::Display for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is not one of [`Links`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected `refuse` or `follow`")]
pub struct UnknownLinks;

impl FromStr for Links {
    type Err = UnknownLinks;

    fn from_str(word: &str) -> Result<Self, UnknownLinks> {
        Self::ALL.into_iter().find(|links| links.as_str() == word).ok_or(UnknownLinks)
    }
}
