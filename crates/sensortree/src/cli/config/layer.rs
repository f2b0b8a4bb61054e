//! One configuration file, as it was read.

use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, invalid, located};
use super::file;
use super::files::Source;
use super::named_file::NamedFile;
use super::settings::Config;

/// The largest configuration file, in bytes.
pub(super) const MAX_BYTES: u64 = 1 << 20;

/// One configuration file and what it says.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The file.
    pub path: PathBuf,
    /// What it says itself, without what it extends.
    pub config: Config,
    text: String,
}

impl Layer {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, is a Python project's without a table of ours, or says something
    /// that is none of our settings.
    pub(super) fn read(path: &Path, source: Source) -> Result<Self, ConfigError> {
        let is_own = match source {
            // What a link leads to may have another name than the link.
            Source::Disk => fs::canonicalize(path).is_ok_and(|real| file::is_own_name(&real)),
            Source::Index(_) | Source::NotStaged => file::is_own_name(path),
        };
        Layer::of(path, source, is_own)
    }

    /// Reads a file that the user named, and that may be shown if it is a configuration
    /// by its ending.
    ///
    /// # Errors
    /// As [`Layer::read`].
    pub(super) fn named(path: &Path, source: Source) -> Result<Self, ConfigError> {
        let real = match source {
            Source::Disk => fs::canonicalize(path).unwrap_or_default(),
            Source::Index(_) | Source::NotStaged => path.to_owned(),
        };
        let is_toml = real.extension().is_some_and(|ending| ending == "toml");
        Layer::of(path, source, is_toml)
    }

    fn of(path: &Path, source: Source, may_show: bool) -> Result<Self, ConfigError> {
        let text = source
            .text(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let mut config =
            parse(path, &text, may_show)?.ok_or_else(|| ConfigError::NoTable(path.to_owned()))?;
        config.stand_in(path);
        Ok(Layer { path: path.to_owned(), config, text })
    }

    /// What is wrong with a path that the file names.
    pub(super) fn wrong(&self, named: &NamedFile, message: &str) -> ConfigError {
        located(&self.path, &self.text, named.span.clone(), message, None)
    }

    /// The line in which a setting stands, from 1: a key, then for one of several its position or
    /// its own key.
    #[must_use]
    pub fn line(&self, keys: &[Step]) -> Option<usize> {
        let document = DeTable::parse(&self.text).ok()?;
        let mut table = document.get_ref();
        if is_of_python_project(&self.path) {
            for key in ["tool", "sensortree"] {
                table = table.get(key)?.get_ref().as_table()?;
            }
        }
        let (Step::Key(first), rest) = keys.split_first()? else { return None };
        let (key, mut value) = table.get_key_value(first.as_str())?;
        let mut span = key.span();
        for step in rest {
            (span, value) = inner(value, step)?;
        }
        let before = self.text.get(..span.start)?;
        Some(before.matches('\n').count() + 1)
    }
}

/// A step to a setting in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The value of this key.
    Key(String),
    /// The element at this position.
    At(usize),
}

fn inner<'t, 'i>(
    value: &'t Spanned<DeValue<'i>>,
    step: &Step,
) -> Option<(Range<usize>, &'t Spanned<DeValue<'i>>)> {
    match step {
        Step::Key(key) => {
            let (key, value) = value.get_ref().as_table()?.get_key_value(key.as_str())?;
            Some((key.span(), value))
        }
        Step::At(position) => {
            let value = value.get_ref().as_array()?.get(*position)?;
            Some((value.span(), value))
        }
    }
}

/// Reads a file's text from the disk.
pub(super) fn read(path: &Path) -> io::Result<String> {
    // A pipe would be waited for, and a device may never end.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut text = String::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("it is larger than {MAX_BYTES} bytes")));
    }
    Ok(text)
}

fn is_of_python_project(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == file::PYPROJECT)
}

/// `None` for a pyproject.toml that has no table of ours.
pub(super) fn parse(
    path: &Path,
    text: &str,
    may_show: bool,
) -> Result<Option<Config>, ConfigError> {
    #[derive(Deserialize)]
    struct PyProject {
        #[serde(default)]
        tool: Tools,
    }
    #[derive(Default, Deserialize)]
    struct Tools {
        sensortree: Option<Config>,
    }
    let parsed = if is_of_python_project(path) {
        if !text.contains("sensortree") {
            // Whatever else is wrong with it is no matter of ours.
            return Ok(None);
        }
        toml::from_str(text).map(|project: PyProject| project.tool.sensortree)
    } else {
        toml::from_str(text).map(Some)
    };
    parsed.map_err(|error| invalid(path, text, &error, may_show))
}

/// Whether a path leads to a plain file; a pipe or a device is waited for by nobody.
pub(super) fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|facts| facts.is_file())
}
