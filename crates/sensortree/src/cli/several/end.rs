//! How a run over several datasets ends: one document of all, and what is to be said of each.

use std::ffi::{OsStr, OsString};

use sensortree_report::escape::visible_path;

use crate::cli::checked::Checked;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{Reports, Told};
use crate::cli::run_config::RunConfig;
use crate::cli::{pipeline, terminal};

/// A dataset that was checked, or why it was not.
pub(crate) type Outcome = Result<(RunConfig, Checked), Failure>;

/// Writes the reports of what was checked as one document, and says how each dataset ended. The
/// exit code is that of the worst.
///
/// # Errors
/// When a report or a listing or a baseline cannot be written.
pub(crate) fn end(reports: &Reports, outcomes: Vec<(OsString, Outcome)>) -> Result<Exit, Failure> {
    reports.write(&outcomes.iter().map(told).collect::<Vec<_>>())?;
    let mut exit = Exit::Clean;
    for (target, outcome) in outcomes {
        exit = exit.worse(match outcome {
            Ok((run_config, checked)) => pipeline::finish(&run_config, checked)?,
            Err(failure) => {
                terminal::warn(&format!("{} is not checked:", named(&target)));
                terminal::complain(&failure);
                failure.exit()
            }
        });
    }
    Ok(exit)
}

fn told((target, outcome): &(OsString, Outcome)) -> Told<'_> {
    match outcome {
        Ok((run_config, checked)) => Told::Checked(run_config, checked),
        Err(failure) => Told::Unchecked { target: named(target), reason: failure.to_string() },
    }
}

/// A target as it is shown.
pub(super) fn named(target: &OsStr) -> String {
    visible_path(target.as_encoded_bytes())
}
