//! What carries plans out on a target, and where its runs are kept.

use std::path::Path;

use sensortree_apply::local::LocalExecutor;
use sensortree_apply::{ApplyError, Executor, Run, StateFolder};
use sensortree_report::escape::visible_path;

use crate::fix_error::FixError;
use crate::target::Target;

/// A target that plans can be carried out on.
pub(crate) struct Place {
    /// What carries them out.
    pub(crate) executor: Box<dyn Executor>,
    /// Where runs on it are kept.
    pub(crate) state: StateFolder,
    /// What it is called in runs.
    pub(crate) name: String,
}

impl Place {
    /// The place of a target.
    ///
    /// # Errors
    /// When nothing can be changed there.
    pub(crate) fn of(target: &Target) -> Result<Self, FixError> {
        let executor = executor(target)?;
        let (state, name) = runs_of(target)?.ok_or_else(|| unsupported("such a target"))?;
        Ok(Place { executor, state, name })
    }
}

/// The run on a target that was interrupted, if there is one.
///
/// # Errors
/// When the folder of runs cannot be read.
pub(crate) fn interrupted(target: &Target) -> Result<Option<Run>, FixError> {
    match runs_of(target)? {
        Some((state, name)) => Ok(state.interrupted(&name)?),
        None => Ok(None),
    }
}

/// Where the runs on a target are kept, and what it is called in them.
pub(crate) fn runs_of(target: &Target) -> Result<Option<(StateFolder, String)>, FixError> {
    match target {
        Target::Folder(path) | Target::Zip(path) => {
            Ok(Some((StateFolder::beside(path)?, name_of(path)?)))
        }
        #[cfg(feature = "cloud")]
        Target::Cloud { url, .. } => {
            Ok(Some((StateFolder::in_folder(Path::new(".")), url.to_string())))
        }
        #[cfg(feature = "git")]
        Target::Git(_) => Ok(None),
        Target::Listing(_) => Ok(None),
    }
}

/// What a local target is called in runs: its absolute path, with all links followed.
fn name_of(path: &Path) -> Result<String, FixError> {
    let real = path
        .canonicalize()
        .map_err(|source| ApplyError::State { folder: path.to_owned(), source })?;
    Ok(real.to_string_lossy().into_owned())
}

/// What carries plans out on a target.
fn executor(target: &Target) -> Result<Box<dyn Executor>, FixError> {
    let named = |path: &Path| visible_path(path.as_os_str().as_encoded_bytes());
    match target {
        Target::Folder(path) => Ok(Box::new(LocalExecutor::new(path)?)),
        Target::Zip(path) => Err(unsupported(&format!("the zip `{}`", named(path)))),
        #[cfg(feature = "cloud")]
        Target::Cloud { url, .. } => Err(unsupported(&format!("`{url}`"))),
        #[cfg(feature = "git")]
        Target::Git(_) => Err(FixError::OnlyAPlan {
            what: "a revision and the index are what git keeps".to_owned(),
            help: "fix the folder in the work tree, then `git add -A` it".to_owned(),
        }),
        Target::Listing(_) => Err(FixError::OnlyAPlan {
            what: "a saved listing is no dataset".to_owned(),
            help: "write the plan with `--plan plan.csv`, and carry it out where the dataset is: \
                   `sensortree apply plan.csv --target DATASET`"
                .to_owned(),
        }),
    }
}

/// What carries on, or takes back, a run.
///
/// # Errors
/// When this version cannot.
pub(crate) fn executor_of_run(run: &Run) -> Result<Box<dyn Executor>, FixError> {
    match run.kind.as_str() {
        "local" => Ok(Box::new(LocalExecutor::new(Path::new(&run.target))?)),
        kind => Err(unsupported(&format!("a run of the kind `{kind}`"))),
    }
}

fn unsupported(what: &str) -> FixError {
    FixError::OnlyAPlan {
        what: format!("{what} is not changed by this version"),
        help: "write the plan with `--plan plan.sh` or `--plan plan.csv`".to_owned(),
    }
}
