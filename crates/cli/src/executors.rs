//! What carries plans out on a target, and where its runs are kept.

use std::path::Path;

#[cfg(feature = "cloud")]
use sensortree_apply::cloud::CloudExecutor;
use sensortree_apply::local::LocalExecutor;
use sensortree_apply::zip::ZipExecutor;
use sensortree_apply::{ApplyError, Executor, Job, Run, StateFolder};
#[cfg(feature = "cloud")]
use sensortree_scan::cloud::CloudUrl;

use crate::cloud::CloudArguments;
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
        let (state, name) = runs_of(target)?.ok_or_else(|| FixError::OnlyAPlan {
            what: "no runs are kept of such a target".to_owned(),
            help: "write the plan with `--plan plan.csv`".to_owned(),
        })?;
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
    match target {
        Target::Folder(path) => Ok(Box::new(LocalExecutor::new(path)?)),
        Target::Zip(path) => Ok(Box::new(ZipExecutor::new(path)?)),
        #[cfg(feature = "cloud")]
        Target::Cloud { url, access } => Ok(Box::new(CloudExecutor::new(url, access))),
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

/// What takes a run back, or carries it on. A store is asked as `cloud` says.
///
/// # Errors
/// When its target is not there, or this build does not know such runs.
pub(crate) fn executor_of_run(
    run: &Run,
    cloud: &CloudArguments,
) -> Result<Box<dyn Executor>, FixError> {
    let path = Path::new(&run.target);
    match run.kind.as_str() {
        "local" => Ok(Box::new(LocalExecutor::new(path)?)),
        "zip" => Ok(Box::new(ZipExecutor::new(path)?)),
        #[cfg(feature = "cloud")]
        "s3" | "gs" | "az" => {
            let url: CloudUrl = run.target.parse().map_err(|_| unknown(run))?;
            Ok(Box::new(CloudExecutor::new(&url, &cloud.access())))
        }
        _ => {
            let _ = cloud;
            Err(unknown(run))
        }
    }
}

/// What a plan takes where that is worth to be known before it is carried out: requests to a store.
///
/// # Errors
/// When it is known beforehand that it cannot be carried out.
pub(crate) fn takes(target: &Target, job: &Job<'_>) -> Result<Option<String>, FixError> {
    #[cfg(feature = "cloud")]
    if let Target::Cloud { url, access } = target {
        let executor = CloudExecutor::new(url, access);
        let bytes = executor.outline(job)?.bytes;
        let (apply, finish) = executor.requests(job)?;
        return Ok(Some(format!(
            "the store is asked {} times, {} of them to copy {} MB in all; and {} times more to \
             delete the originals (--finish)",
            apply.all(),
            apply.copy,
            bytes.div_ceil(1_000_000),
            finish.all(),
        )));
    }
    let _: (&Target, &Job<'_>) = (target, job);
    Ok(None)
}

fn unknown(run: &Run) -> FixError {
    let what = format!("the run {} is of a kind that this build does not know", run.id);
    ApplyError::NoRun { what }.into()
}
