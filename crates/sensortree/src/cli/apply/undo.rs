//! `undo`: takes a run back.

use std::ffi::OsStr;
use std::path::Path;

use sensortree_apply::{ApplyError, Run, RunId, RunStatus, StateFolder};
use sensortree_report::escape::visible;

use super::arguments::UndoArguments;
use crate::cli::exit::{Exit, Failure};
use crate::cli::fix::done;
use crate::cli::fix_error::FixError;
use crate::cli::interruption::Interruption;
use crate::cli::progress::Steps;
use crate::cli::run_config_error::RunConfigError;
use crate::cli::shown::Shown;
use crate::cli::target;
use crate::cli::{executors, output};
use crate::target::Target;

/// Takes a run back.
///
/// # Errors
/// When there is no such run, another one is at work on its target, or it cannot be taken back.
pub fn undo(arguments: &UndoArguments) -> Result<Exit, Failure> {
    let interruption = Interruption::watch();
    let (state, run) = find(arguments)?;
    if run.status == RunStatus::Undone {
        let what = format!("the run {} is taken back already", run.id);
        return Err(FixError::from(ApplyError::NoRun { what }).into());
    }
    let _lock = state.lock(&run.target).map_err(FixError::from)?;
    // While the lock was waited for, another process may have taken it back.
    let run = state.run(&run.id).map_err(FixError::from)?;
    let executor = executors::executor_of_run(&run, &arguments.cloud)?;
    let shown = if arguments.no_progress { Shown::Nowhere } else { Shown::Terminal };
    let progress = Steps::begin(shown, interruption);
    let applied = executor.undo(&run, &progress).map_err(FixError::from)?;
    drop(progress);
    let mut text = format!(
        "run {} on {} is taken back: {}\n",
        run.id,
        visible(&run.target),
        done(&applied.outline)
    );
    for note in &applied.notes {
        text.push_str(&format!("{}\n", visible(note)));
    }
    output::print(text.as_bytes())?;
    Ok(Exit::Clean)
}

/// The run that is meant, and the folder that keeps it.
fn find(arguments: &UndoArguments) -> Result<(StateFolder, Run), Failure> {
    let named = arguments.run.as_deref();
    if let Some(id) = named.and_then(OsStr::to_str).and_then(|text| text.parse::<RunId>().ok()) {
        return Ok(by_name(&id)?);
    }
    let target = target::named(named.unwrap_or(OsStr::new(".")), &arguments.cloud)
        .map_err(RunConfigError::from)?;
    Ok(last_on(&target)?)
}

/// The run of this name, beside the current folder or in it.
fn by_name(id: &RunId) -> Result<(StateFolder, Run), FixError> {
    let folders = [Path::new(".."), Path::new(".")].map(StateFolder::in_folder);
    for state in &folders {
        match state.run(id) {
            Err(ApplyError::NoRun { .. }) => {}
            found => return Ok((state.clone(), found?)),
        }
    }
    let what = format!(
        "there is no run {id} in `.sensortree` beside the current folder or in it; name the dataset \
         instead: `sensortree undo DATASET`"
    );
    Err(ApplyError::NoRun { what }.into())
}

/// The last run on a target that is not taken back.
fn last_on(target: &Target) -> Result<(StateFolder, Run), FixError> {
    let none = |what: &str| ApplyError::NoRun { what: what.to_owned() };
    let Some((state, name)) = executors::runs_of(target)? else {
        return Err(none("nothing was ever carried out on such a target").into());
    };
    let runs = state.runs(&name)?;
    let is_done = |run: &Run| run.status != RunStatus::Undone;
    match runs.into_iter().rev().find(is_done) {
        Some(run) => Ok((state, run)),
        None => {
            let what = format!("there is no run on `{name}` that could be taken back");
            Err(none(&what).into())
        }
    }
}
