//! `check` of several datasets: each judged by itself, one report of all, and a table at the end.

pub(crate) mod end;
mod find;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread;

use sensortree_core::report::Report;
use sensortree_report::{DatasetRow, Format, Style, datasets_table};
use sensortree_scan::ScanOptions;

use self::end::{Outcome, end, named};
use crate::cli::baseline::{BaselineOutput, BaselineSummary};
use crate::cli::check_arguments::CheckArguments;
use crate::cli::config::{self, Files};
use crate::cli::exit::{Exit, Failure};
use crate::cli::interruption::Interruption;
use crate::cli::output::{self, Reports};
use crate::cli::progress::Datasets;
use crate::cli::run_config::RunConfig;
use crate::cli::run_config_error::RunConfigError;
use crate::cli::shown::Shown;
use crate::cli::terminal::Terminal;
use crate::cli::{clock, pipeline};

/// Checks all that are named, and all below what `--each` names. One that cannot be checked does
/// not keep the others from it; the exit code is that of the worst.
///
/// # Errors
/// When a flag is of one dataset, there is none below a prefix, or a report cannot be written.
pub fn check(arguments: &CheckArguments) -> Result<Exit, Failure> {
    let interruption = Interruption::watch();
    let mut targets = arguments.targets.clone();
    for prefix in &arguments.each {
        targets.extend(find::below(prefix, &arguments.inspection.cloud)?);
    }
    refuse_flags_of_one(arguments, targets.len())?;
    let run_configs: Vec<Result<RunConfig, Failure>> =
        targets.iter().map(|target| run_config(arguments, target)).collect();
    let reports = match run_configs.iter().flatten().next() {
        Some(first) => {
            output::require_stdout(first)?;
            Reports::of(first)
        }
        // Nothing is known of where reports may go.
        None => Reports::of_nothing(Vec::new(), arguments.quiet),
    };
    let mut checked = check_all(arguments, run_configs, &interruption);
    let baseline = write_baseline(&mut checked);
    let rows: Vec<DatasetRow> = targets.iter().zip(&checked).map(row).collect();
    let exit = end(&reports, targets.into_iter().zip(checked).collect())?;
    print_table(arguments, &rows)?;
    if let Some((output, summary)) = baseline.filter(|_| !arguments.quiet) {
        summary.say(&output, None);
    }
    Ok(exit)
}

/// Writes the baseline, where one is to be written, with the findings of all that were checked, and
/// says in each what became of its own. Returns what was written.
fn write_baseline(checked: &mut [Outcome]) -> Option<(BaselineOutput, BaselineSummary)> {
    let mut runs: Vec<(&BaselineOutput, &mut Report)> = checked
        .iter_mut()
        .flatten()
        .filter_map(|(run_config, it)| Some((run_config.baseline_output.as_ref()?, &mut it.report)))
        .collect();
    let (output, _) = runs.first()?;
    let output = BaselineOutput::clone(output);
    let written = BaselineOutput::finish_each(&mut runs);
    let mut each = checked.iter_mut().flatten().map(|(_, checked)| &mut checked.written);
    match written {
        Ok((summaries, all)) => {
            each.zip(summaries).for_each(|(written, summary)| *written = Ok(summary));
            Some((output, all?))
        }
        Err(error) => {
            *each.next()? = Err(error);
            None
        }
    }
}

fn refuse_flags_of_one(arguments: &CheckArguments, count: usize) -> Result<(), RunConfigError> {
    let flags = [
        ("--save-listing", arguments.save_listing.is_some()),
        ("--as-if", arguments.as_if.is_some()),
        ("--request", arguments.request.is_some()),
        ("--listing", arguments.listed.listing.is_some()),
        ("--metadata", arguments.listed.metadata.is_some()),
        ("--root", arguments.listed.root.is_some()),
    ];
    match flags.into_iter().find(|(_, is_given)| *is_given && count > 1) {
        Some((flag, _)) => Err(RunConfigError::OfOneDataset { flag, count }),
        None => Ok(()),
    }
}

fn run_config(arguments: &CheckArguments, target: &OsStr) -> Result<RunConfig, Failure> {
    let arguments = CheckArguments {
        target: Some(target.to_owned()),
        is_one_of_several: true,
        targets: Vec::new(),
        each: Vec::new(),
        ..arguments.clone()
    };
    let found = config::of(&arguments.config_file, Some(target), &Files::default())?;
    let run_config = RunConfig::new(&arguments, found, clock::today())?;
    output::warn_before(&run_config);
    Ok(run_config)
}

/// Checks as many at once as there are threads, which are shared among them.
fn check_all(
    arguments: &CheckArguments,
    run_configs: Vec<Result<RunConfig, Failure>>,
    interruption: &Interruption,
) -> Vec<Outcome> {
    let jobs = arguments.inspection.jobs.map(NonZeroUsize::get);
    let threads = ScanOptions { jobs, ..ScanOptions::default() }.threads();
    let at_once = threads.min(run_configs.len()).max(1);
    let each = NonZeroUsize::new(threads / at_once);
    let is_wanted = !arguments.inspection.no_progress && !arguments.quiet;
    let progress = Datasets::begin(is_wanted, run_configs.len() as u64);
    let waiting = Mutex::new(run_configs.into_iter().enumerate());
    let done = Mutex::new(Vec::new());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while let Some((at, run_config)) = next() {
            let outcome = run_config.and_then(|run_config| {
                let share = RunConfig { jobs: each, progress: Shown::Nowhere, ..run_config };
                let list = || pipeline::list(&share, interruption);
                let checked = pipeline::judge(&share, None, list, |_| Ok(()))?;
                Ok((share, checked))
            });
            done.lock().unwrap_or_else(PoisonError::into_inner).push((at, outcome));
            progress.finished();
        }
    };
    thread::scope(|scope| {
        for _ in 1..at_once {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

fn row((target, outcome): (&OsString, &Outcome)) -> DatasetRow {
    match outcome {
        Ok((_, checked)) => DatasetRow::new(&checked.report),
        Err(failure) => DatasetRow::unchecked(&named(target), &failure.to_string()),
    }
}

/// Prints the table: behind reports that are read by people on standard output, else beside them on
/// standard error.
fn print_table(arguments: &CheckArguments, rows: &[DatasetRow]) -> Result<(), Failure> {
    let on_stdout = arguments.format.iter().filter(|output| output.path.is_none());
    let is_read = on_stdout.clone().all(|output| output.format == Format::Full);
    let is_free = on_stdout.count() == 0 && !arguments.format.is_empty();
    if is_read || is_free {
        let Terminal { color, unicode, width, .. } = Terminal::stdout();
        let style = Style { color, unicode, width, ..Style::default() };
        let before = if is_free { "" } else { "\n" };
        return Ok(output::print(format!("{before}{}", datasets_table(rows, &style)).as_bytes())?);
    }
    if !arguments.quiet {
        let style = Style { color: false, ..Style::default() };
        // Where standard error takes nothing, the exit code is all that is left to say.
        let _ = io::stderr().write_all(datasets_table(rows, &style).as_bytes());
    }
    Ok(())
}
