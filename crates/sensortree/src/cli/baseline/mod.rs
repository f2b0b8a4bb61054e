//! Baselines: the file of findings that do not count, read and written.
//!
//! A file is of one dataset, wherever that lies, or has a part of its own for each of several.

mod file;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use sensortree_core::report::Report;
use sensortree_core::report::baseline::Baseline;
use sensortree_core::text::count;
use sensortree_report::escape::{visible, visible_path};

pub(crate) use self::file::Baselines;
use crate::cli::file_system::{folder_of, into_file};
use crate::cli::terminal;

/// Where a baseline goes for which no file is named.
pub const DEFAULT_FILE: &str = "sensortree-baseline.json";

/// The largest baseline, in bytes. A hundred thousand findings fit.
pub(crate) const MAX_BYTES: u64 = 64 << 20;

/// What a dataset is called in a file of several: the first of these, and on reading any. Or why
/// that is not known, in words.
pub type Names = Result<Vec<String>, &'static str>;

/// A baseline that findings are held against, and what it is called.
#[derive(Clone, Debug)]
pub struct BaselineInput {
    /// The file, as the user knows it.
    pub file: String,
    /// What it holds of the dataset, or why that is nothing, in words.
    pub baseline: Result<Baseline, String>,
}

/// A baseline that is to be written.
#[derive(Clone, Debug)]
pub struct BaselineOutput {
    path: PathBuf,
    /// Whether the dataset is one of several, which are written together.
    is_of_several: bool,
    names: Names,
}

/// What became of a baseline that was to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaselineSummary {
    /// It is written.
    Whole {
        /// How many findings it was written with.
        findings: usize,
        /// Of what they are, where the file is of several datasets.
        of: Option<String>,
    },
    /// Not all was looked at, so it was not written.
    Incomplete,
    /// There was nothing to check, so it was not written.
    OfNothing,
    /// What the dataset is called among several is not known, for this reason.
    Unnamed(&'static str),
}

/// A baseline that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// There is none.
    #[error("there is no baseline `{path}`")]
    Absent {
        /// The file.
        path: String,
    },
    /// The file cannot be read, or not be written.
    #[error("the baseline `{path}` cannot be {done}")]
    Unusable {
        /// The file.
        path: String,
        /// What was to be done with it.
        done: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The file that is to be written holds something else, or what a later version wrote.
    #[error("`{path}` is there already, and is no baseline that can be written anew: {reason}")]
    SomethingElse {
        /// The file.
        path: String,
        /// Why it is none.
        reason: String,
    },
    /// The file that findings of several datasets are to be written to is of one.
    #[error("`{path}` is the baseline of one dataset, wherever that lies")]
    OfOne {
        /// The file.
        path: String,
    },
    /// The file is of several datasets, and it is not known which of them is checked.
    #[error("`{path}` has a baseline for each of several datasets, and {reason}")]
    Unnamed {
        /// The file.
        path: String,
        /// Why it is not known, in words.
        reason: &'static str,
    },
    /// The file says something that is no baseline.
    #[error("the baseline `{path}` cannot be used{}", match .text { Some(_) => String::new(), None => format!(": line {line}: {reason}") })]
    Invalid {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// What is wrong there.
        reason: String,
        /// The text, where it can be drawn.
        text: Option<Box<NamedSource<String>>>,
        /// The place, and what is wrong with it.
        label: LabeledSpan,
    },
}

impl Diagnostic for BaselineError {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        match self {
            BaselineError::Invalid { text: Some(text), .. } => Some(text.as_ref()),
            _ => None,
        }
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        match self {
            BaselineError::Invalid { text: Some(_), label, .. } => {
                Some(Box::new(std::iter::once(label.clone())))
            }
            _ => None,
        }
    }

    fn help(&self) -> Option<Box<dyn std::fmt::Display + '_>> {
        match self {
            BaselineError::Absent { path } => {
                Some(Box::new(format!("to write it: --write-baseline {path}")))
            }
            BaselineError::SomethingElse { .. } => Some(Box::new(
                "name another file, or delete this one; nothing else is ever written over",
            )),
            BaselineError::OfOne { .. } => Some(Box::new(
                "name another file, or delete this one: the new one has a part for each dataset",
            )),
            BaselineError::Unnamed { .. } => Some(Box::new("name another file")),
            BaselineError::Invalid { .. } => {
                Some(Box::new("restore it, or delete it and write it anew"))
            }
            BaselineError::Unusable { .. } => None,
        }
    }
}

impl BaselineInput {
    /// Reads what a baseline holds of a dataset.
    ///
    /// # Errors
    /// When it is not there, cannot be read, or is no baseline of this version.
    pub fn read(path: &Path, names: &Names) -> Result<Self, BaselineError> {
        Ok(BaselineInput::of(path, read(path)?, names))
    }

    /// Takes a baseline's text, which comes from elsewhere than the file.
    ///
    /// # Errors
    /// When it is no baseline of this version.
    pub fn of_text(path: &Path, text: &[u8], names: &Names) -> Result<Self, BaselineError> {
        Ok(BaselineInput::of(path, file::of_text(path, text)?, names))
    }

    /// What the file holds of a dataset.
    pub(crate) fn of(path: &Path, baselines: Baselines, names: &Names) -> Self {
        let file = named(path);
        let mut datasets = match baselines {
            Baselines::One(baseline) => return BaselineInput { file, baseline: Ok(baseline) },
            Baselines::Each(datasets) => datasets,
        };
        let baseline = match names {
            Ok(names) => names.iter().find_map(|name| datasets.remove(name)).ok_or_else(|| {
                let name = names.first().map(|name| visible(name)).unwrap_or_default();
                format!("the baseline {file} has nothing of `{name}`")
            }),
            Err(reason) => {
                Err(format!("the baseline {file} has a part for each dataset, and {reason}"))
            }
        };
        BaselineInput { file, baseline }
    }

    /// Takes the findings that the baseline covers out of a report.
    pub fn apply(&self, report: &mut Report) {
        if let Ok(baseline) = &self.baseline {
            baseline.apply(&self.file, report);
        }
    }
}

impl BaselineOutput {
    /// Makes sure that a baseline can go to this file.
    ///
    /// # Errors
    /// When something else stands there, or its folder cannot be used.
    pub fn into_file(
        path: PathBuf,
        names: Names,
        is_of_several: bool,
    ) -> Result<Self, BaselineError> {
        let writing = BaselineOutput { path, is_of_several, names };
        writing.present()?;
        fs::metadata(folder_of(&writing.path))
            .map_err(|source| unusable(&writing.path, "written", source))?;
        Ok(writing)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether [`BaselineOutput::finish_each`] writes it, together with those of other datasets.
    #[must_use]
    pub fn is_of_several(&self) -> bool {
        self.is_of_several
    }

    /// What stands in the file, where that can be written over: nothing but a baseline is.
    fn present(&self) -> Result<Option<Baselines>, BaselineError> {
        let path = || named(&self.path);
        match read(&self.path) {
            Ok(Baselines::One(_)) if self.is_of_several => {
                Err(BaselineError::OfOne { path: path() })
            }
            Ok(Baselines::Each(datasets)) => match self.names {
                Err(reason) if !self.is_of_several => {
                    Err(BaselineError::Unnamed { path: path(), reason })
                }
                _ => Ok(Some(Baselines::Each(datasets))),
            },
            Ok(one) => Ok(Some(one)),
            Err(BaselineError::Absent { .. }) => Ok(None),
            Err(BaselineError::Invalid { path, reason, .. }) => {
                Err(BaselineError::SomethingElse { path, reason })
            }
            Err(error) => Err(error),
        }
    }

    /// Writes the findings of a report, whole or not at all, and takes them out of the report.
    /// Findings of an incomplete inspection are not written: what was not seen would count as new
    /// the next time. A file of several datasets keeps what it has of the others.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(&self, report: &mut Report) -> Result<BaselineSummary, BaselineError> {
        if let Some(why_not) = why_not(report) {
            return Ok(why_not);
        }
        let baseline = Baseline::of(report);
        // Something may have come to stand there since.
        let (of, baselines) = match (self.present()?, &self.names) {
            (Some(Baselines::Each(mut datasets)), Ok(names)) => {
                let name = put(&mut datasets, names, baseline.clone());
                (name.map(|name| format!("`{}`", visible(name))), Baselines::Each(datasets))
            }
            _ => (None, Baselines::One(baseline.clone())),
        };
        self.write(&baselines)?;
        baseline.apply(&named(&self.path), report);
        Ok(BaselineSummary::Whole { findings: baseline.entries.len(), of })
    }

    /// Writes the findings of several datasets into one file, and takes them out of the reports.
    /// Of a dataset that was not looked at whole the file keeps what it has. Returns what became of
    /// each, and, where anything was written, of all.
    ///
    /// # Errors
    /// When the file cannot be written; the reports are as they were then.
    pub fn finish_each(
        runs: &mut [(&BaselineOutput, &mut Report)],
    ) -> Result<(Vec<Option<BaselineSummary>>, Option<BaselineSummary>), BaselineError> {
        let Some((first, _)) = runs.first() else { return Ok((Vec::new(), None)) };
        let first = *first;
        let mut datasets = match first.present()? {
            Some(Baselines::Each(datasets)) => datasets,
            _ => BTreeMap::new(),
        };
        let mut written: BTreeMap<String, Baseline> = BTreeMap::new();
        let mut names_of_each = Vec::with_capacity(runs.len());
        let mut summaries = Vec::with_capacity(runs.len());
        for (output, report) in &*runs {
            let (name, why_not) = match (why_not(report), &output.names) {
                (Some(why_not), _) => (None, Some(why_not)),
                (None, Err(reason)) => (None, Some(BaselineSummary::Unnamed(reason))),
                (None, Ok(names)) => (names.first(), None),
            };
            // A dataset that is named twice has one part: that of the first time.
            if let (Some(name), Ok(names)) = (name, &output.names)
                && !written.contains_key(name)
            {
                let baseline = Baseline::of(report);
                put(&mut datasets, names, baseline.clone());
                written.insert(name.clone(), baseline);
            }
            names_of_each.push(name);
            summaries.push(why_not);
        }
        if written.is_empty() {
            return Ok((summaries, None));
        }
        let path = named(&first.path);
        first.write(&Baselines::Each(datasets))?;
        for ((_, report), name) in runs.iter_mut().zip(names_of_each) {
            if let Some(baseline) = name.and_then(|name| written.get(name)) {
                baseline.apply(&path, report);
            }
        }
        let findings = written.values().map(|baseline| baseline.entries.len()).sum();
        let of = Some(count(written.len() as u64, "dataset"));
        Ok((summaries, Some(BaselineSummary::Whole { findings, of })))
    }

    fn write(&self, baselines: &Baselines) -> Result<(), BaselineError> {
        let text = baselines.drawn();
        text.and_then(|text| into_file(&self.path, |out| out.write_all(text.as_bytes())))
            .map_err(|source| unusable(&self.path, "written", source))
    }
}

/// Why the findings of a report are not written, where they are not.
fn why_not(report: &Report) -> Option<BaselineSummary> {
    if !report.coverage.is_complete() {
        return Some(BaselineSummary::Incomplete);
    }
    report.is_of_nothing().then_some(BaselineSummary::OfNothing)
}

/// Puts a dataset's findings in the place of those that it has, by whichever of its names, and
/// returns the name that it has from then on.
fn put<'n>(
    datasets: &mut BTreeMap<String, Baseline>,
    names: &'n [String],
    baseline: Baseline,
) -> Option<&'n String> {
    for name in names {
        datasets.remove(name);
    }
    let name = names.first()?;
    datasets.insert(name.clone(), baseline);
    Some(name)
}

impl BaselineSummary {
    /// Says on standard error what became of the baseline of a dataset: `of`, where it is one of
    /// several.
    pub fn say(&self, writing: &BaselineOutput, of: Option<&str>) {
        let path = named(&writing.path);
        let of = of.map(|dataset| format!(" for {dataset}")).unwrap_or_default();
        let not_written = format!("the baseline {path} is not written{of}");
        match self {
            BaselineSummary::Whole { findings, of } => {
                let findings = count(*findings as u64, "finding");
                let of = of.as_ref().map(|of| format!(" of {of}")).unwrap_or_default();
                terminal::note(&format!(
                    "the baseline {path} is written with {findings}{of}; --baseline {path} or `baseline` in \
                     sensortree.toml leaves them out from now on"
                ));
            }
            BaselineSummary::Incomplete => terminal::warn(&format!(
                "{not_written}: not all could be read, and what was not seen would count as new"
            )),
            BaselineSummary::OfNothing => {
                terminal::warn(&format!("{not_written}: there was nothing to check"));
            }
            BaselineSummary::Unnamed(reason) => terminal::warn(&format!("{not_written}: {reason}")),
        }
    }
}

/// Reads a baseline's file.
///
/// # Errors
/// When it is not there, cannot be read, or is no baseline of this version.
pub(crate) fn read(path: &Path) -> Result<Baselines, BaselineError> {
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => BaselineError::Absent { path: named(path) },
        _ => unusable(path, "read", source),
    };
    // A pipe would be waited for, and a device may never end.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(unusable(path, "used", io::Error::other("it is no file")));
    }
    let mut bytes = Vec::new();
    let taken = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    taken.map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        let limit = count(MAX_BYTES, "byte");
        return Err(unusable(path, "used", io::Error::other(format!("it is larger than {limit}"))));
    }
    file::of_text(path, &bytes)
}

fn named(path: &Path) -> String {
    visible_path(path.as_os_str().as_encoded_bytes())
}

pub(crate) fn unusable(path: &Path, done: &'static str, source: io::Error) -> BaselineError {
    BaselineError::Unusable { path: named(path), done, source }
}
