//! `check --staged`: the datasets that a commit is about to change, each judged as a whole, and of
//! what is found in them that which the commit has to do with.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use sensortree_core::finding::{ContentHash, Finding};
use sensortree_core::names::METADATA;
use sensortree_core::report::Report;
use sensortree_core::text::count;
use sensortree_report::escape::visible_path;
use sensortree_scan::git::{Staged, StagedDataset, StagedFile};
use sensortree_scan::{Content, inspect};

use crate::cli::check_arguments::CheckArguments;
use crate::cli::checked::Checked;
use crate::cli::config::{self, Files, Found, InIndex, NamedFile, Source};
use crate::cli::exit::{Exit, Failure};
use crate::cli::inspection_arguments::InspectionArguments;
use crate::cli::interruption::Interruption;
use crate::cli::output::{self, Reports};
use crate::cli::progress::Listing;
use crate::cli::run_config::{RunConfig, outputs_of_nothing};
use crate::cli::several::end::{Outcome, end};
use crate::cli::{baseline, clock, pipeline, terminal};

/// Checks what is about to be committed.
///
/// # Errors
/// When there is no repository, its index or last commit cannot be read, or the flags or the
/// configuration cannot be used.
pub fn check(arguments: &CheckArguments) -> Result<Exit, Failure> {
    let interruption = Interruption::watch();
    let here = Path::new(".");
    let staged = Staged::read(here)?;
    let config = settings(arguments, &staged)?;
    let named: Vec<_> = arguments.target.iter().chain(&arguments.targets).collect();
    let datasets = if named.is_empty() {
        staged.datasets()
    } else {
        let dataset = |target: &OsString| staged.dataset(Path::new(target), here);
        named.into_iter().map(dataset).collect::<Result<_, _>>()?
    };
    let datasets: Vec<Vec<u8>> =
        datasets.into_iter().filter(|dataset| staged.touches(dataset, b"")).collect();
    if datasets.is_empty() && !arguments.quiet {
        terminal::note("nothing is staged in a dataset");
    }
    let mut outcomes: Vec<(OsString, Outcome)> = Vec::with_capacity(datasets.len());
    for dataset in &datasets {
        let checked = check_dataset(&staged, dataset, arguments, &config, &interruption)?;
        outcomes.push((staged.target(dataset), Ok(checked)));
    }
    let reports = match outcomes.first() {
        Some((_, Ok((run_config, _)))) => Reports::of(run_config),
        _ => Reports::of_nothing(outputs_of_nothing(arguments, &config)?, arguments.quiet),
    };
    end(&reports, outcomes)
}

/// The settings that would be committed. Where they are not those of the work tree, that is said.
fn settings(arguments: &CheckArguments, staged: &Staged) -> Result<Found, Failure> {
    let index = |path: &Path, most_bytes: u64| match staged.file(path, most_bytes) {
        StagedFile::Outside => InIndex::Outside,
        StagedFile::Absent => InIndex::Not("is not staged"),
        StagedFile::InConflict => InIndex::Not("is in conflict"),
        StagedFile::NotAFile(kind) => {
            InIndex::Staged(Err(io::Error::other(format!("it is staged as {kind}"))))
        }
        StagedFile::Bytes(bytes) => InIndex::Staged(Ok(bytes)),
        StagedFile::Unreadable(reason) => InIndex::Staged(Err(io::Error::other(reason))),
    };
    let files = Files::staged(&index);
    let mut found = config::of(&arguments.config_file, arguments.target.as_deref(), &files)?;
    if let Some(NamedFile { path, .. }) = &arguments.settings.baseline {
        found.baseline_text = match files.source(path, true, baseline::MAX_BYTES) {
            Source::Index(text) => {
                let unreadable = |source| baseline::unusable(path, "read", source);
                Some(text.map_err(unreadable)?)
            }
            Source::Disk | Source::NotStaged => None,
        };
    }
    if !arguments.quiet {
        files.into_notes().iter().for_each(|note| terminal::note(note));
    }
    Ok(found)
}

fn check_dataset(
    staged: &Staged,
    dataset: &[u8],
    arguments: &CheckArguments,
    config: &Found,
    interruption: &Interruption,
) -> Result<(RunConfig, Checked), Failure> {
    let arguments = CheckArguments {
        target: Some(staged.target(dataset)),
        is_one_of_several: true,
        targets: Vec::new(),
        inspection: InspectionArguments {
            content: arguments.inspection.content.or(Some(Content::Headers)),
            ..arguments.inspection.clone()
        },
        ..arguments.clone()
    };
    let run_config = RunConfig::new(&arguments, config.clone(), clock::today())?;
    let options = run_config.scan_options();
    let list = |source: &StagedDataset<'_>| {
        inspect(source, &options, &Listing::begin(&run_config, interruption.clone()))
    };
    output::require_stdout(&run_config)?;
    output::warn_before(&run_config);
    let checked = pipeline::judge(
        &run_config,
        None,
        || list(&staged.after(dataset)),
        |report| {
            // Only a part of the dataset is looked at, so that a setting may well have no effect.
            report.idle_settings.clear();
            if let (false, Some(before)) = (report.findings.is_empty(), staged.before(dataset)) {
                let before = run_config.judge(list(&before)?);
                leave_out_known(report, &before, |path| staged.touches(dataset, path));
            }
            Ok(())
        },
    )?;
    Ok((run_config, checked))
}

/// Leaves out what the commit has nothing to do with: what was found just so in the commit before,
/// and lies where nothing is staged. What is new is kept wherever it lies: a frame that is gone
/// from one sensor shows in another.
fn leave_out_known(report: &mut Report, before: &Report, touches: impl Fn(&[u8]) -> bool) {
    let known: HashSet<ContentHash> =
        before.findings.iter().map(|finding| finding.content_hash).collect();
    let sensors: Vec<Vec<u8>> = report.sensors.iter().map(|sensor| sensor.folder.clone()).collect();
    let found = report.findings.len();
    report.findings.retain(|finding| {
        !known.contains(&finding.content_hash) || is_touched(finding, &sensors, &touches)
    });
    let left_out = (found - report.findings.len()) as u64;
    if left_out > 0 {
        let target = visible_path(report.target.uri.as_bytes());
        report.coverage.notes.push(format!(
            "{} of before, where nothing is staged: not shown (sensortree check {target})",
            count(left_out, "finding")
        ));
    }
}

/// Whether something is staged where a finding lies.
fn is_touched(finding: &Finding, sensors: &[Vec<u8>], touches: impl Fn(&[u8]) -> bool) -> bool {
    if finding.location.is_some() {
        return touches(METADATA.as_bytes());
    }
    // Where all places are known, they tell; else all that it is about has to.
    if !finding.examples.is_empty() && finding.examples.len() as u64 >= finding.count {
        return finding.examples.iter().any(|example| touches(&example.path));
    }
    let folder = |names: &[&[u8]]| [names.join(&b'/'), b"/".to_vec()].concat();
    match (&finding.subject.sensor, &finding.subject.scene) {
        (Some(sensor), Some(scene)) => touches(&folder(&[sensor, scene])),
        (Some(sensor), None) => touches(&folder(&[sensor])),
        (None, Some(scene)) => sensors.iter().any(|sensor| touches(&folder(&[sensor, scene]))),
        (None, None) => touches(b""),
    }
}
