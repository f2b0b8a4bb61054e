//! A check, from the listing to the exit code.

use std::time::Instant;

use sensortree_core::Inspection;
use sensortree_core::report::Report;
use sensortree_core::tree::TargetKind;
use sensortree_report::Timing;
use sensortree_scan::ScanError;

use crate::cli::checked::Checked;
use crate::cli::exit::{Exit, Failure};
use crate::cli::interruption::Interruption;
use crate::cli::output::{self, Reports, Told};
use crate::cli::progress::Listing;
use crate::cli::run_config::RunConfig;
use crate::cli::run_config_error::RunConfigError;

/// Lists the tree of a run, and shows how far that is.
///
/// # Errors
/// When it cannot be listed at all.
pub fn list(run_config: &RunConfig, interruption: &Interruption) -> Result<Inspection, ScanError> {
    run_config.inspect(&Listing::begin(run_config, interruption.clone()))
}

/// Judges what `list` finds. `review` sees the report before its reports are drawn. Where nothing
/// more is listed afterwards, an `interruption` ends the program at once from then on.
///
/// # Errors
/// When there is nothing to judge.
pub fn judge(
    run_config: &RunConfig,
    interruption: Option<&Interruption>,
    list: impl FnOnce() -> Result<Inspection, ScanError>,
    review: impl FnOnce(&mut Report) -> Result<(), Failure>,
) -> Result<Checked, Failure> {
    let began = Instant::now();
    let inspection = list()?;
    // What a long listing found is reported even when it cannot be saved.
    let listing_output = run_config
        .listing_output
        .as_ref()
        .filter(|_| inspection.target.kind != TargetKind::Request);
    let saved = listing_output.map_or(Ok(()), |listing_output| listing_output.finish(&inspection));
    if let Some(interruption) = interruption {
        interruption.end_at_once();
    }
    let listed = Instant::now();
    let inspection = run_config.rearranged(inspection).map_err(RunConfigError::from)?;
    let pictured = run_config.to_be_pictured(&inspection);
    let mut report = run_config.judge(inspection);
    report.idle_settings.extend(run_config.unused_settings());
    let written = run_config.baseline(&mut report);
    review(&mut report)?;
    run_config.picture(pictured.as_ref(), &mut report);
    let timing = Timing {
        list_seconds: (listed - began).as_secs_f64(),
        check_seconds: listed.elapsed().as_secs_f64(),
    };
    Ok(Checked { report, timing, saved, written })
}

/// Says how a run ends whose reports are written.
///
/// # Errors
/// When its listing or its baseline could not be written.
pub fn finish(run_config: &RunConfig, checked: Checked) -> Result<Exit, Failure> {
    let Checked { report, saved, written, .. } = checked;
    saved?;
    let written = written?;
    let exit = Exit::of(&report, run_config);
    output::warn_after(&report, run_config, exit, written);
    Ok(exit)
}

/// Checks the one dataset of a run, and writes its reports.
///
/// # Errors
/// When there is nothing to judge, or a report, a listing or a baseline cannot be written.
pub fn check(run_config: &RunConfig, interruption: &Interruption) -> Result<Exit, Failure> {
    output::require_stdout(run_config)?;
    output::warn_before(run_config);
    let list = || list(run_config, interruption);
    let checked = judge(run_config, Some(interruption), list, |_| Ok(()))?;
    Reports::of(run_config).write(&[Told::Checked(run_config, &checked)])?;
    output::say_answer(&checked.report, run_config);
    finish(run_config, checked)
}
