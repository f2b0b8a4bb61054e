//! `fix --finish`: making final what the last run on a target left open.

use sensortree_apply::{ApplyError, Run, RunStatus};
use sensortree_report::escape::visible;

use super::carry_out::{Held, ask, check_again, must_be_able_to_ask};
use super::finish_interrupted;
use crate::exit::{Exit, Failure};
use crate::fix_error::FixError;
use crate::interruption::Interruption;
use crate::progress::Steps;
use crate::run_config::RunConfig;
use crate::terminal;

/// Makes the last run on the target final, after a question.
///
/// # Errors
/// When there is no such run, or it left nothing open.
pub(super) fn finish(
    run_config: &RunConfig,
    is_sure: bool,
    interruption: &Interruption,
) -> Result<Exit, Failure> {
    if !is_sure {
        must_be_able_to_ask()?;
    }
    let Some(target) = run_config.tree.target() else { return Ok(Exit::Empty) };
    let held = Held::new(target)?;
    let progress = Steps::begin(run_config.progress, interruption.clone());
    finish_interrupted(&held, &progress)?;
    drop(progress);
    let runs = held.place.state.runs(&held.place.name).map_err(FixError::from)?;
    let last = runs.into_iter().rev().find(|run| run.status == RunStatus::Finished);
    let run: Run = last.ok_or_else(|| {
        let what = format!("there is no run on `{}` to be finished", held.place.name);
        FixError::from(ApplyError::NoRun { what })
    })?;
    let question =
        format!("Delete the originals that run {} left, after a look at each copy?", run.id);
    if !is_sure && !ask(&question) {
        terminal::note("nothing was touched");
        return Ok(Exit::Clean);
    }
    let progress = Steps::begin(run_config.progress, interruption.clone());
    let applied = held.place.executor.finish(&run, &progress).map_err(FixError::from)?;
    drop(progress);
    terminal::note(&visible(&format!("run {} is final: its originals are deleted", run.id)));
    check_again(run_config, &applied, interruption)?;
    Ok(Exit::Clean)
}
