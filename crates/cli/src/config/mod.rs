//! The configuration file: `.sensortree.toml`, `sensortree.toml`, or
//! `[tool.sensortree]` in pyproject.toml.
//!
//! The nearest one at or above the current folder is read, and what it extends. A file in the
//! target is never read for being there: a dataset that came from elsewhere does not set the rules
//! of its own check.

mod error;
mod file;
mod files;
mod layer;
mod settings;
mod word;

#[cfg(test)]
mod tests;

pub use error::ConfigError;
pub(crate) use file::shown;
pub use file::{Found, Grounds, PassedBy, find, of};
#[cfg(feature = "git")]
pub(crate) use files::Source;
pub use files::{Files, InIndex, Index};
pub use layer::{Layer, Step};
pub use settings::{Config, PerPathIgnore, RuleIgnore, schema};
pub use word::{Day, Pattern, Reason, Word};
