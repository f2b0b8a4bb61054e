//! A file that a setting names.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser, ValueParser, ValueParserFactory};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::cli::file_system::folder_of;

/// A file that a setting names: counted from where the user stands, or, in a configuration file,
/// from the folder of that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedFile {
    /// The file, counted from where the user stands.
    pub path: PathBuf,
    /// Where in the configuration file its name stands.
    pub(super) span: Range<usize>,
}

impl NamedFile {
    /// Counts the path from the folder of the file that it stands in.
    pub(super) fn stand_in(&mut self, file: &Path) {
        match folder_of(file) {
            here if here == Path::new(".") && file.is_relative() => {}
            folder => self.path = folder.join(&self.path),
        }
    }
}

impl From<PathBuf> for NamedFile {
    fn from(path: PathBuf) -> Self {
        NamedFile { path, span: 0..0 }
    }
}

impl<'de> Deserialize<'de> for NamedFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let named = Spanned::<String>::deserialize(deserializer)?;
        Ok(NamedFile { span: named.span(), path: PathBuf::from(named.into_inner()) })
    }
}

impl JsonSchema for NamedFile {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "File".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl ValueParserFactory for NamedFile {
    type Parser = ValueParser;

    fn value_parser() -> ValueParser {
        PathBufValueParser::new().map(NamedFile::from).into()
    }
}
