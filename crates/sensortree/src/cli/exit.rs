//! Exit codes, and why a run came to nothing.

use std::process::ExitCode;

use miette::Diagnostic;
use sensortree_core::report::Report;
use sensortree_report::escape::visible;
use sensortree_scan::ScanError;
use sensortree_scan::SourceError;
#[cfg(feature = "git")]
use sensortree_scan::git::GitError;

use crate::cli::baseline::BaselineError;
use crate::cli::completions::CompletionsError;
use crate::cli::config::ConfigError;
use crate::cli::explain::UnknownWord;
use crate::cli::fix_error::FixError;
use crate::cli::listing_output::ListingOutputError;
use crate::cli::manual::UnknownCommand;
use crate::cli::output::OutputError;
use crate::cli::record::RecordError;
use crate::cli::run_config::RunConfig;
use crate::cli::run_config_error::RunConfigError;

/// How a run ended. The same for every format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// Findings at or above it.
    Findings,
    /// Wrong usage or configuration, no such target, or an output that cannot be written.
    Usage,
    /// The inspection is incomplete.
    Incomplete,
    /// There was nothing to check.
    Empty,
}

impl Exit {
    /// How a run with this report ends. An incomplete inspection is never clean, and what it found
    /// is not all there is.
    #[must_use]
    pub fn of(report: &Report, run_config: &RunConfig) -> Self {
        if !report.coverage.is_complete() {
            Exit::Incomplete
        } else if report.is_of_nothing() {
            if run_config.allow_empty { Exit::Clean } else { Exit::Empty }
        } else if report
            .findings
            .iter()
            .any(|finding| run_config.fail_on.includes(finding.severity))
        {
            Exit::Findings
        } else {
            Exit::Clean
        }
    }
}

impl Exit {
    /// How two checks end together: what was left unseen matters more than what was found.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        let gravity = |exit: Exit| match exit {
            Exit::Clean => 0,
            Exit::Empty => 1,
            Exit::Findings => 2,
            Exit::Incomplete => 3,
            Exit::Usage => 4,
        };
        if gravity(other) > gravity(self) { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Incomplete => 3,
            Exit::Empty => 4,
        })
    }
}

/// Why a run came to nothing.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum Failure {
    /// The configuration cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Config(#[from] ConfigError),
    /// The flags or the target cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    RunConfig(#[from] RunConfigError),
    /// The target could not be listed at all.
    #[error("{}", visible(&.0.to_string()))]
    Scan(ScanError),
    /// The target could not be listed from its store.
    #[error("{said}")]
    Store {
        /// What is wrong.
        said: String,
        /// What to do.
        #[help]
        help: Option<String>,
        /// Whether the target may well be there, and just could not be read.
        unreadable: bool,
    },
    /// Nothing of a git repository can be judged. What is said of it holds names from it.
    #[cfg(feature = "git")]
    #[error("{}", visible(&error.to_string()))]
    Git {
        /// Why.
        error: GitError,
    },
    /// The listing could not be saved.
    #[error(transparent)]
    #[diagnostic(transparent)]
    ListingOutput(#[from] ListingOutputError),
    /// The baseline could not be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Baseline(#[from] BaselineError),
    /// A report could not be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Output(#[from] OutputError),
    /// No plan was made, or it was not carried out.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Fix(#[from] FixError),
    /// `explain` was asked for something unknown.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Word(#[from] UnknownWord),
    /// `man` was asked for something unknown.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Command(#[from] UnknownCommand),
    /// No answer is recorded, or nothing can be said of those that are.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Record(#[from] RecordError),
    /// No completions can be had.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Completions(#[from] CompletionsError),
}

impl From<ScanError> for Failure {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::Source(SourceError { said, help, unreadable }) => {
                Failure::Store { said, help, unreadable }
            }
            #[cfg(feature = "git")]
            ScanError::Git(error) => Failure::Git { error },
            error => Failure::Scan(error),
        }
    }
}

impl Failure {
    /// How a run ends that came to nothing.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            // The target is there and cannot be read: that is no wrong usage.
            Failure::Scan(ScanError::Unreadable { .. } | ScanError::Threads { .. }) => {
                Exit::Incomplete
            }
            Failure::Store { unreadable: true, .. } => Exit::Incomplete,
            #[cfg(feature = "git")]
            Failure::Git { error } if error.is_unreadable() => Exit::Incomplete,
            Failure::Fix(error) => error.exit(),
            _ => Exit::Usage,
        }
    }
}
