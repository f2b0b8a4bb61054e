//! `--pair`, `--times`, `--far` and `--drop-incomplete`: frames paired by choice.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use sensortree_core::pairing::{FrameTimes, OwnFault, OwnPairs, PairBy, SensorSum};
use sensortree_core::plan::Proposal;
use sensortree_core::repair::Operation;
use sensortree_core::report::Report;
use sensortree_core::report::paired::{self, Paired};
use sensortree_report::escape::visible_path;
use sensortree_report::{PairingView, incomplete_lines};

use super::Judged;
use super::pairing_arguments::{PairingArguments, Way};
use crate::cli::as_if;
use crate::cli::fix_error::FixError;
use crate::cli::run_config::RunConfig;
use crate::cli::terminal;
use crate::target::Target;

/// What was paired as it was asked for.
#[derive(Default)]
pub(super) struct Chosen {
    /// The way, and what it comes to; `None` where none was asked for.
    pairing: Option<(PairBy, Paired, Vec<SensorSum>)>,
    /// The operations that no finding asks for.
    others: Vec<Operation>,
    /// Whether far moves are made.
    far: bool,
    /// Whether it rests on times that were given.
    by_times: bool,
}

impl Chosen {
    /// What a plan says of it.
    pub(super) fn view(&self) -> Option<PairingView<'_>> {
        let (by, paired, sums) = self.pairing.as_ref()?;
        Some(PairingView { by, sums, paired, far: self.far })
    }

    /// Has the findings that will be left say what this way of pairing would do for them.
    pub(super) fn take_over_left(&self, after: &mut Report) {
        if let Some((_, paired, _)) = &self.pairing {
            paired.take_over_left(after, self.far, self.by_times);
        }
    }
}

impl PairingArguments {
    /// Has the findings mended by the pairing that was asked for, if one was.
    pub(super) fn take_over(
        &self,
        judged: &mut Judged,
        run_config: &RunConfig,
    ) -> Result<Chosen, FixError> {
        if self.pair.is_none() && self.times.is_empty() {
            if self.far {
                paired::admit_far(&mut judged.report.findings);
            }
            return Ok(Chosen::default());
        }
        let folder = run_config.tree.target().and_then(Target::path);
        let by = self.way()?;
        let times = self.frame_times(folder)?;
        let (inspection, settings) = (&judged.inspection, &run_config.settings);
        let paired = paired::pair(inspection, settings, &by, times.as_ref()).map_err(|fault| {
            let file = match (&self.pair, self.times.as_slice()) {
                (Some(Way::Table(file)), _) => named(file),
                (_, [one]) => named(Path::new(one)),
                _ => "--times".to_owned(),
            };
            wrong_line(file, &fault)
        })?;
        let findings = &mut judged.report.findings;
        let others = paired.take_over(findings, &by, self.far, times.is_some());
        let sums = paired.report.by_sensor();
        let (far, by_times) = (self.far, times.is_some());
        Ok(Chosen { pairing: Some((by, paired, sums)), others, far, by_times })
    }

    /// Adds to a plan what no finding asks for, and takes out what is not complete, where that is
    /// wanted.
    pub(super) fn add_to(
        &self,
        proposal: &mut Proposal<'_>,
        chosen: &Chosen,
        judged: &Judged,
        run_config: &RunConfig,
    ) {
        let others = &chosen.others;
        let before = proposal.plan.clone();
        let are_added = others.iter().all(|operation| proposal.plan.add(operation).is_ok());
        if !are_added || (!others.is_empty() && !proposal.plan.collisions(1).is_empty()) {
            proposal.plan = before;
            terminal::warn(
                "other repairs give frames other places than the pairing does: they come first, and then the pairing",
            );
        }
        if self.drop_incomplete {
            let folder = run_config.tree.target().and_then(Target::path);
            let metadata = as_if::metadata_of(&proposal.plan, folder.filter(|path| path.is_dir()));
            let dropped = paired::drop_incomplete(&judged.inspection, &mut proposal.plan, metadata);
            incomplete_lines(&dropped).iter().for_each(|line| terminal::note(line));
        }
    }

    fn way(&self) -> Result<PairBy, FixError> {
        Ok(match &self.pair {
            None | Some(Way::Offset) => PairBy::Offset,
            Some(Way::Nearest) => PairBy::Nearest,
            Some(Way::Order) => PairBy::Order,
            Some(Way::Table(file)) => {
                let pairs = OwnPairs::parse(&read(file)?);
                PairBy::Table(pairs.map_err(|fault| wrong_line(named(file), &fault))?)
            }
        })
    }

    fn frame_times(&self, target: Option<&Path>) -> Result<Option<FrameTimes>, FixError> {
        let mut times = FrameTimes::default();
        for given in &self.times {
            let (folder, file) = folder_and_file(given);
            let text = read(&file)?;
            let suffix = file.extension().and_then(OsStr::to_str).unwrap_or_default();
            let added = match folder {
                None if suffix.eq_ignore_ascii_case("csv") => times.add_table(&text),
                None => times.add_list(&beside(&file, target)?, &text),
                Some(folder) => times.add_list(&folder, &text),
            };
            added.map_err(|fault| wrong_line(named(&file), &fault))?;
        }
        Ok((!times.is_empty()).then_some(times))
    }
}

/// `[FOLDER=]FILE`, where no file of that very name is there.
fn folder_and_file(given: &OsStr) -> (Option<Vec<u8>>, PathBuf) {
    let whole = PathBuf::from(given);
    match given.to_str().and_then(|text| text.split_once('=')) {
        Some((folder, file)) if !whole.exists() => {
            (Some(folder.as_bytes().to_vec()), PathBuf::from(file))
        }
        _ => (None, whole),
    }
}

/// The folder that a file stands in, relative to the target.
fn beside(file: &Path, target: Option<&Path>) -> Result<Vec<u8>, FixError> {
    let full = |path: &Path| path.canonicalize().ok();
    let parent = full(file).and_then(|file| file.parent().map(Path::to_path_buf));
    let below = parent.zip(target.and_then(full)).and_then(|(parent, target)| {
        let path = parent.strip_prefix(&target).ok()?;
        let names = path.iter().map(|name| name.as_encoded_bytes().to_vec());
        Some(names.collect::<Vec<Vec<u8>>>().join(&b'/'))
    });
    below.ok_or_else(|| FixError::TimesOfWhat { file: named(file) })
}

fn named(path: &Path) -> String {
    visible_path(path.as_os_str().as_encoded_bytes())
}

fn read(file: &Path) -> Result<Vec<u8>, FixError> {
    std::fs::read(file)
        .map_err(|error| FixError::UnreadFile { file: named(file), what: error.to_string() })
}

fn wrong_line(file: String, fault: &OwnFault) -> FixError {
    FixError::WrongLine { file, line: fault.line, what: fault.reason.clone() }
}
