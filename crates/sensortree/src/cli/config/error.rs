//! Why a configuration file cannot be used, drawn where the mistake stands.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use sensortree_core::text;
use sensortree_report::escape;

use crate::cli::terminal;

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}", named(.path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file says something that is none of our settings.
    #[error("the configuration file {} cannot be used", .text.name())]
    Invalid {
        /// The file's content.
        text: Box<NamedSource<String>>,
        /// The place, and what is wrong with it.
        label: LabeledSpan,
        /// What was most likely meant.
        help: Option<String>,
    },
    /// The file says something that is none of our settings, and may be something else whose
    /// text is not to be shown: it is a configuration file neither by its name nor because the
    /// user says so.
    #[error("{} cannot be used as a configuration file: line {line} is no setting of sensortree", named(.path))]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What was most likely meant.
        help: Option<String>,
    },
    /// The file is a link to one outside of the repository.
    #[error("{} leads out of its repository, to a file that is no configuration by its name", named(.0))]
    LeadsOut(PathBuf),
    /// The file is a link to one in the dataset that is checked.
    #[error("{} leads into the dataset that is checked, which does not set the rules of its own check", named(.0))]
    LeadsIntoTarget(PathBuf),
    /// The file named is a Python project's and has no settings of ours.
    #[error("{} has no [tool.sensortree] table", named(.0))]
    NoTable(PathBuf),
}

impl Diagnostic for ConfigError {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        match self {
            ConfigError::Invalid { text, .. } => Some(text.as_ref()),
            _ => None,
        }
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        match self {
            ConfigError::Invalid { label, .. } => Some(Box::new(std::iter::once(label.clone()))),
            _ => None,
        }
    }

    fn help(&self) -> Option<Box<dyn std::fmt::Display + '_>> {
        match self {
            ConfigError::Invalid { help: Some(help), .. } => Some(Box::new(help)),
            ConfigError::Foreign { help: Some(help), .. } => Some(Box::new(help)),
            ConfigError::Foreign { .. } => Some(Box::new(
                "the line is shown where the file is called `sensortree….toml`, or named with --config",
            )),
            ConfigError::LeadsIntoTarget(_) | ConfigError::LeadsOut(_) => {
                Some(Box::new("name it with --config, if it is meant"))
            }
            _ => None,
        }
    }
}

/// The span; at the very end of the file, behind which nothing can be pointed at, that of
/// the last character.
fn visible(text: &str, span: Range<usize>) -> Range<usize> {
    if span.start < text.len() {
        return span;
    }
    let last = text.trim_end().char_indices().next_back();
    last.map_or(span, |(start, last)| start..start + last.len_utf8())
}

/// What is wrong with a text; `may_show` it only where it is known to be a configuration.
pub(super) fn invalid(
    path: &Path,
    text: &str,
    error: &toml::de::Error,
    may_show: bool,
) -> ConfigError {
    let span = visible(text, error.span().unwrap_or(0..0));
    let message = error.message();
    let found = text.get(span.clone()).unwrap_or_default();
    let unknown = message.starts_with("unknown field");
    let nearest = if unknown { nearest_key(found) } else { None };
    let help = match nearest {
        _ if unknown && found == "path" => {
            Some("an ignore at some paths stands under `[[per-path-ignores]]`".to_owned())
        }
        nearest => nearest.map(|key| format!("did you mean `{key}`?")),
    };
    if !may_show {
        let line = text.get(..span.start).unwrap_or_default().matches('\n').count() + 1;
        return ConfigError::Foreign { path: path.to_owned(), line, help };
    }
    // The list of all keys is of use only where no one of them is near.
    let message =
        if help.is_some() { format!("unknown field `{found}`") } else { message.to_owned() };
    located(path, text, span, &message, help)
}

/// A mistake at a place in a file.
pub(super) fn located(
    path: &Path,
    text: &str,
    span: Range<usize>,
    message: &str,
    help: Option<String>,
) -> ConfigError {
    ConfigError::Invalid {
        text: Box::new(
            NamedSource::new(named(path), terminal::harmless(text)).with_language("TOML"),
        ),
        label: LabeledSpan::new_primary_with_span(
            Some(escape::visible(message).into_owned()),
            span,
        ),
        help,
    }
}

fn named(path: &Path) -> String {
    escape::visible_path(path.as_os_str().as_encoded_bytes())
}

/// The key, of those in the schema, that was most likely meant.
fn nearest_key(found: &str) -> Option<String> {
    let schema = super::settings::schema();
    let ignore = ["$defs", "PerPathIgnore", "properties"]
        .iter()
        .try_fold(&schema, |value, key| value.get(key));
    let keys = [schema.get("properties"), ignore]
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_object);
    let keys: Vec<&str> = keys.flat_map(serde_json::Map::keys).map(String::as_str).collect();
    text::nearest(found, keys.iter().copied()).map(str::to_owned)
}
