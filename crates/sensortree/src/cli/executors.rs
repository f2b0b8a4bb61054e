//! What carries plans out on a target, and where its runs are kept.

use std::path::Path;

#[cfg(feature = "cloud")]
use sensortree_apply::cloud::{CloudExecutor, Requests};
use sensortree_apply::local::LocalExecutor;
use sensortree_apply::zip::ZipExecutor;
use sensortree_apply::{ApplyError, Executor, Job, Run, StateFolder};
#[cfg(feature = "cloud")]
use sensortree_cloud::CloudUrl;
#[cfg(feature = "cloud")]
use sensortree_core::text::{count, number};

use crate::cli::cloud::CloudArguments;
use crate::cli::fix_error::FixError;
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
    #[cfg(feature = "cloud")]
    if let Target::Cloud(prefix) = target {
        return Ok(Some((StateFolder::in_folder(Path::new(".")), prefix.url().to_string())));
    }
    let Some(path) = target.path() else { return Ok(None) };
    Ok(Some((StateFolder::beside(path)?, name_of(path)?)))
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
        Target::Folder(folder) => Ok(Box::new(LocalExecutor::new(folder.path())?)),
        Target::Zip(zip) => Ok(Box::new(ZipExecutor::new(zip.path())?)),
        #[cfg(feature = "cloud")]
        Target::Cloud(prefix) => Ok(Box::new(CloudExecutor::new(prefix.url(), prefix.access()))),
        #[cfg(feature = "git")]
        Target::Git(_) => Err(FixError::OnlyAPlan {
            what: "a revision and the index are what git keeps".to_owned(),
            help: "fix the folder in the work tree, then `git add -A` it".to_owned(),
        }),
        _ => Err(FixError::OnlyAPlan {
            what: "a listing is not the dataset itself".to_owned(),
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
    if let Target::Cloud(prefix) = target {
        let executor = CloudExecutor::new(prefix.url(), prefix.access());
        let bytes = executor.outline(job)?.bytes;
        let (apply, finish) = executor.requests(job)?;
        return Ok(Some(of_store(&apply, bytes, &finish)));
    }
    let _: (&Target, &Job<'_>) = (target, job);
    Ok(None)
}

/// What a store is asked, in the classes that stores bill.
#[cfg(feature = "cloud")]
fn of_store(apply: &Requests, bytes: u64, finish: &Requests) -> String {
    let megabytes = number(bytes.div_ceil(1_000_000));
    let (writes, reads) = (count(apply.writes(), "write"), count(apply.reads(), "read"));
    let finishing = [
        count(finish.writes(), "write"),
        count(finish.reads(), "read"),
        count(finish.delete, "delete"),
    ];
    let [more_writes, more_reads, deletes] = finishing;
    format!(
        "the store is asked {}: {writes} (they copy {} of {megabytes} MB in all) and {reads}; \
         --finish asks it {} more: {more_writes}, {more_reads} and {deletes}",
        count(apply.all(), "time"),
        count(apply.copy, "object"),
        count(finish.all(), "time"),
    )
}

fn unknown(run: &Run) -> FixError {
    let what = format!("the run {} is of a kind that this build does not know", run.id);
    ApplyError::NoRun { what }.into()
}

#[cfg(all(test, feature = "cloud"))]
mod tests {
    use super::*;

    #[test]
    fn what_a_store_is_asked_is_said_in_the_classes_that_are_billed() {
        let apply = Requests { head: 3_000, copy: 1_000, put: 1, get: 2, delete: 0 };
        let finish = Requests { head: 3_000, copy: 2, put: 0, get: 1, delete: 1_001 };
        assert_eq!(
            of_store(&apply, 1_000_000_001, &finish),
            "the store is asked 4,003 times: 1,001 writes (they copy 1,000 objects of 1,001 MB in \
             all) and 3,002 reads; --finish asks it 4,004 times more: 2 writes, 3,001 reads and \
             1,001 deletes"
        );
        assert_eq!((apply.all(), finish.all()), (4_003, 4_004));
    }
}
