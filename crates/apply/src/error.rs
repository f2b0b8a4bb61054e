//! [`ApplyError`]: why a plan was not carried out, or not taken back.

use std::path::PathBuf;

/// Why a plan was not carried out, or not taken back. Paths are escaped where they are shown, not
/// here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// Another process works on the same target.
    #[error("another run is at work on `{}`", target.display())]
    Locked {
        /// The target.
        target: PathBuf,
    },
    /// An earlier run on the target was interrupted.
    #[error("the run {run} on this target was interrupted")]
    Interrupted {
        /// The run.
        run: String,
    },
    /// Something is not as it was when the plan was made. Nothing was touched.
    #[error("`{path}` {what}: the tree is not the one that the plan was made for")]
    Changed {
        /// What it is, relative to the target.
        path: String,
        /// How it differs.
        what: &'static str,
    },
    /// The plan cannot be carried out here, whatever is done. Nothing was touched.
    #[error("{what}")]
    Impossible {
        /// Why.
        what: String,
    },
    /// A step failed.
    #[error("`{path}`: {source}{}", if *undone { "; everything is as it was before" } else { "" })]
    Step {
        /// What it was about, relative to the target.
        path: String,
        /// Why.
        source: std::io::Error,
        /// Whether all steps before it were taken back. Where not, the run can be resumed or
        /// taken back later.
        undone: bool,
    },
    /// A run cannot be resumed or taken back, as it is not known what it did.
    #[error("the journal `{}` cannot be used: {what}; nothing was touched", journal.display())]
    Journal {
        /// Its file.
        journal: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// There is no such run.
    #[error("{what}")]
    NoRun {
        /// Which was looked for, and where.
        what: String,
    },
    /// The folder for runs cannot be used.
    #[error("`{}` cannot be used: {source}", folder.display())]
    State {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl ApplyError {
    /// The same, with whether everything is as it was before.
    pub(crate) fn with_undone(self, is_undone: bool) -> Self {
        match self {
            ApplyError::Step { path, source, .. } => {
                ApplyError::Step { path, source, undone: is_undone }
            }
            other => other,
        }
    }
}
