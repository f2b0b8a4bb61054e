//! Which files are read: the one that is named or the nearest, and what it extends; and
//! which are not.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::ConfigError;
use super::files::{Files, Source};
use super::layer::{self, Layer, MAX_BYTES};
use super::merge::Merge as _;
use super::settings::Config;
use crate::cli::baseline::MAX_BYTES as MAX_BASELINE_BYTES;
use crate::cli::file_system::{folder_of, resolved};

// Which configuration file is read.
#[expect(missing_docs, reason = "a comment here would become part of the help")]
#[derive(Clone, Debug, Default, Args)]
pub struct ConfigFileArguments {
    /// Read this configuration file instead of the nearest one
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "Configuration")]
    pub config: Option<PathBuf>,

    /// Read no configuration file
    #[arg(long, conflicts_with = "config", help_heading = "Configuration")]
    pub isolated: bool,
}

/// The names that a configuration file can have, the first found winning.
const FILE_NAMES: [&str; 3] = [".sensortree.toml", "sensortree.toml", PYPROJECT];

/// The file of a Python project, which holds other tools' settings too.
pub(super) const PYPROJECT: &str = "pyproject.toml";

/// How many files can extend each other.
const MAX_LAYERS: usize = 8;

/// What is wrong with a file of the target.
const IN_TARGET: &str = "it lies in the dataset that is checked, which does not set the rules of its own check; \
                         stand in the dataset, or name the file on the command line";

/// What is wrong with a file that lies outside of the repository.
const ELSEWHERE: &str = "it lies outside of this file's repository, and has no name of sensortree's \
                         own (`sensortree*.toml`, `sensortree*.json`); name it on the command line, if it is meant";

/// What is wrong with a file that only the work tree has, where the index is checked.
const NOT_STAGED: &str =
    "it is not staged, and what would be committed names it; add it with `git add`";

/// A configuration and where it stands.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The files, the one that was found first and then what it extends, one after the other; none
    /// where the defaults hold.
    pub layers: Vec<Layer>,
    /// What they say together.
    pub config: Config,
    /// The text of the baseline, where it was read together with the files: from the
    /// index, with `--staged`.
    pub baseline_text: Option<Vec<u8>>,
    /// Files that have a configuration file's name and were not read.
    pub passed_by: Vec<PassedBy>,
}

/// A file that has a configuration file's name and was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedBy {
    /// The file.
    pub path: PathBuf,
    /// Why, in words.
    pub reason: &'static str,
}

/// The configuration of a run: of the file that is named, or else of the nearest one, unless it is
/// to be isolated. `target` is what is checked, as the user names it.
///
/// # Errors
/// When a file cannot be read, or says something that is none of our settings.
pub fn of(
    arguments: &ConfigFileArguments,
    target: Option<&OsStr>,
    files: &Files<'_>,
) -> Result<Found, ConfigError> {
    // A folder that was removed while the user stands in it has no file above it either.
    let here = env::current_dir().ok();
    let grounds = Grounds::of(here.as_deref(), target);
    let found = match &arguments.config {
        _ if arguments.isolated => Found::default(),
        // Whoever names a file trusts it with what it names in turn.
        Some(path) => {
            let source = files.source(path, true, MAX_BYTES);
            let grounds = Grounds { anywhere: true, ..grounds.clone() };
            with_bases(Layer::named(path, source)?, &grounds, files)?
        }
        None => here
            .as_deref()
            .map_or_else(|| Ok(Found::default()), |folder| find(folder, &grounds, files))?,
    };
    let passed_by = if arguments.isolated { Vec::new() } else { grounds.passed_by(&found) };
    Ok(Found { passed_by, ..found })
}

/// Reads the nearest configuration at or above a folder, or else gives the defaults.
///
/// # Errors
/// When the nearest file cannot be read, or says something that is none of our settings.
pub fn find(folder: &Path, grounds: &Grounds, files: &Files<'_>) -> Result<Found, ConfigError> {
    for folder in folder.ancestors() {
        for path in FILE_NAMES.map(|name| folder.join(name)) {
            let source = files.source(&path, false, MAX_BYTES);
            if !source.is_file(&path) {
                continue;
            }
            if grounds.forbid(&path) {
                return Err(ConfigError::LeadsIntoTarget(shown(&path)));
            }
            if grounds.is_elsewhere(&source, &path, &path, "toml") {
                return Err(ConfigError::LeadsOut(shown(&path)));
            }
            match Layer::read(&shown(&path), source) {
                Ok(layer) => return with_bases(layer, grounds, files),
                // A Python project that does not speak of sensortree is passed by.
                Err(ConfigError::NoTable(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(Found::default())
}

/// A path as it is said: relative to the current folder where it lies below it.
pub(crate) fn shown(path: &Path) -> PathBuf {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).to_owned()
}

/// Reads what a file extends, and what that extends.
fn with_bases(first: Layer, grounds: &Grounds, files: &Files<'_>) -> Result<Found, ConfigError> {
    let mut layers = vec![first];
    while let Some(base) =
        layers.last().map(|layer| base_of(layer, &layers, grounds, files)).transpose()?.flatten()
    {
        layers.push(base);
    }
    let naming = layers.iter().find_map(|layer| Some((layer, layer.config.baseline.as_ref()?)));
    let baseline_text = naming.map(|(layer, named)| {
        let path = &named.path;
        if grounds.forbid(path) {
            Err(layer.wrong(named, IN_TARGET))
        } else {
            // It is only named here; its text is asked for by whoever reads baselines.
            let source = files.source(path, grounds.anywhere, MAX_BASELINE_BYTES);
            if grounds.is_elsewhere(&source, path, &layer.path, "json") {
                return Err(layer.wrong(named, ELSEWHERE));
            }
            match source {
                Source::NotStaged if layer::is_file(path) => Err(layer.wrong(named, NOT_STAGED)),
                Source::Index(Err(error)) => {
                    Err(layer.wrong(named, &format!("{}: {error}", path.display())))
                }
                Source::Index(Ok(text)) => Ok(Some(text)),
                Source::NotStaged | Source::Disk => Ok(None),
            }
        }
    });
    let baseline_text = baseline_text.transpose()?.flatten();
    let config =
        layers.iter().rev().fold(Config::default(), |base, layer| layer.config.clone().over(base));
    Ok(Found { baseline_text, layers, config, passed_by: Vec::new() })
}

/// The file that the last one extends.
fn base_of(
    last: &Layer,
    known: &[Layer],
    grounds: &Grounds,
    files: &Files<'_>,
) -> Result<Option<Layer>, ConfigError> {
    let Some(named) = &last.config.extend else { return Ok(None) };
    let path = &named.path;
    let wrong = |message: String| Err(last.wrong(named, &message));
    let source = files.source(path, grounds.anywhere, MAX_BYTES);
    let real = match (&source, fs::canonicalize(path)) {
        // The work tree need not have it.
        (Source::Index(_), _) => resolved(path),
        (_, Err(error)) => return wrong(format!("{}: {error}", path.display())),
        (Source::NotStaged, Ok(_)) => return wrong(NOT_STAGED.to_owned()),
        (Source::Disk, Ok(real)) => real,
    };
    if known.iter().any(|layer| resolved(&layer.path) == real) {
        return wrong("by this the file extends itself".to_owned());
    }
    if known.len() >= MAX_LAYERS {
        return wrong(format!("at most {MAX_LAYERS} files extend each other"));
    }
    if !source.is_file(&real) {
        return wrong(format!("{} is no file", path.display()));
    }
    if grounds.forbid(path) {
        return wrong(IN_TARGET.to_owned());
    }
    if grounds.is_elsewhere(&source, path, &last.path, "toml") {
        return wrong(ELSEWHERE.to_owned());
    }
    match Layer::read(path, source) {
        Err(ConfigError::Unreadable { source, .. }) => {
            wrong(format!("{}: {source}", path.display()))
        }
        Err(error @ ConfigError::NoTable(_)) => wrong(error.to_string()),
        read => read.map(Some),
    }
}

/// Where files are read that nobody names on the command line: not in the target, unless the user
/// stands in it.
#[derive(Clone, Debug, Default)]
pub struct Grounds {
    /// The folder that is checked from outside, with all links followed.
    foreign: Option<PathBuf>,
    /// The same as the user names it.
    named: PathBuf,
    /// Whether the user named the configuration file, so that it may name what lies anywhere.
    anywhere: bool,
}

impl Grounds {
    /// The grounds of a user who stands here and checks the target; without one it is the folder
    /// that he stands in.
    #[must_use]
    pub fn of(here: Option<&Path>, target: Option<&OsStr>) -> Self {
        let named = PathBuf::from(target.unwrap_or(OsStr::new(".")));
        let real = fs::canonicalize(&named).ok().filter(|path| path.is_dir());
        let here = here.and_then(|here| fs::canonicalize(here).ok());
        let foreign = real.filter(|target| here.is_none_or(|here| !here.starts_with(target)));
        Grounds { foreign, named, anywhere: false }
    }

    /// Whether a file must not be read, wherever links lead to it.
    fn forbid(&self, path: &Path) -> bool {
        // The index may have a file that is not there to be followed.
        self.foreign.as_ref().is_some_and(|target| resolved(path).starts_with(target))
    }

    /// Whether a file is nothing that a configuration file named: with all links followed it
    /// lies outside of the repository that the naming file is checked out in, and is not ours by
    /// its name. Outside of all repositories the ending is enough, as what stands there came
    /// with nobody's commit.
    fn is_elsewhere(&self, source: &Source, path: &Path, naming: &Path, ending: &str) -> bool {
        // What the index has lies in the repository.
        if self.anywhere || matches!(source, Source::Index(_)) {
            return false;
        }
        // What is not there is said elsewhere.
        let Ok(real) = fs::canonicalize(path) else { return false };
        let folder = fs::canonicalize(folder_of(naming)).unwrap_or_default();
        let top = folder.ancestors().find(|folder| folder.join(".git").exists());
        let within = top.unwrap_or(&folder);
        let has_ending = real.extension().is_some_and(|found| found == ending);
        !(real.starts_with(within) || has_ending && (top.is_none() || is_own_name(&real)))
    }

    /// The configuration files in the target that were not read.
    fn passed_by(&self, found: &Found) -> Vec<PassedBy> {
        if self.foreign.is_none() {
            return Vec::new();
        }
        let is_read = |path: &Path| {
            let real = fs::canonicalize(path).ok();
            found.layers.iter().any(|layer| fs::canonicalize(&layer.path).ok() == real)
        };
        let there = FILE_NAMES.map(|name| self.named.join(name)).into_iter();
        there
            .filter(|path| layer::is_file(path) && !is_read(path))
            .map(|path| PassedBy { path, reason: "it lies in the dataset that is checked" })
            .collect()
    }
}

/// Whether a file is sensortree's by its name.
pub(super) fn is_own_name(path: &Path) -> bool {
    let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
    FILE_NAMES.contains(&name.as_ref())
        || ["sensortree", ".sensortree"].iter().any(|own| name.starts_with(own))
}
