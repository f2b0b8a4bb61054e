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
mod merge;
mod named_file;
mod settings;
mod values;
mod word;

#[cfg(test)]
mod tests;

pub use error::ConfigError;
pub(crate) use file::shown;
pub use file::{ConfigFileArguments, Found, Grounds, PassedBy, find, of};
#[cfg(feature = "git")]
pub(crate) use files::Source;
pub use files::{Files, InIndex, Index};
pub use layer::{Layer, Step};
pub use named_file::NamedFile;
pub(crate) use settings::default_in_words;
pub use settings::{Config, PerPathIgnore, RuleIgnore, SeverityChoice, schema};
pub(crate) use values::Shown;
pub(crate) use word::in_days;
pub use word::{Day, Pattern, Reason, Word};
