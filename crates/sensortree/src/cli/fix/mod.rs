//! `fix`: a plan of the repairs that findings name, and carrying it out.

pub mod arguments;
mod carry_out;
mod pairing;
pub mod pairing_arguments;
mod plan_output;

use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use sensortree_apply::{Applied, Job, Run};

use sensortree_core::Inspection;
use sensortree_core::document::metadata::MetadataFile;
use sensortree_core::finding::Finding;
use sensortree_core::plan::{Proposal, Selection};
use sensortree_core::report::{Outlook, Report};
use sensortree_core::text::count;
use sensortree_core::tree::{self, Coverage};
use sensortree_report::escape::{visible, visible_path};
use sensortree_report::{PlanView, RunFacts, Style, render_plan, write_json_plan};

pub(crate) use carry_out::{
    Held, ask, carry_out, check_again, done, finish_interrupted, finish_last, how_to_undo,
    must_be_able_to_ask, undo_of,
};
pub(crate) use plan_output::PlanForm;

use self::arguments::{FixArguments, PlanFormat};
use self::pairing::Chosen;
use self::plan_output::PlanOutput;

use crate::cli::config::{self, Files};
use crate::cli::exit::{Exit, Failure};
use crate::cli::fix_error::FixError;
use crate::cli::interruption::Interruption;
use crate::cli::pipeline;
use crate::cli::progress::Steps;
use crate::cli::run_config::{RunConfig, refuse_outputs};
use crate::cli::run_config_error::RunConfigError;
use crate::cli::terminal::Terminal;
use crate::cli::{as_if, clock, executors, output, terminal};
use crate::target::Target;

/// Shows a plan of the repairs of a target, and carries it out where that is asked for.
///
/// # Errors
/// When the target cannot be listed whole, or the plan not made or carried out.
pub fn run(arguments: &FixArguments) -> Result<Exit, Failure> {
    if (arguments.apply || arguments.finish) && !arguments.yes {
        must_be_able_to_ask()?;
    }
    let interruption = Interruption::watch();
    let found = config::of(
        &arguments.checking.config_file,
        arguments.target.as_deref(),
        &Files::default(),
    )?;
    let checked = arguments.check_arguments();
    let mut run_config = RunConfig::new(&checked, found, clock::today())?;
    run_config.settings.repairs = true;
    run_config.settings.complete_frames = true;
    refuse_outputs(arguments.plan.iter().map(PathBuf::as_path), &checked, &run_config)?;
    let outputs: Vec<PlanOutput> =
        arguments.plan.iter().map(|path| PlanOutput::new(path)).collect::<Result<_, _>>()?;
    output::require_stdout(&run_config)?;
    output::warn_before(&run_config);
    let selection = arguments.selection();
    let held = hold(arguments, &run_config, &interruption)?;
    if let Some(held) = held.as_ref().filter(|_| arguments.finish) {
        let progress = Steps::begin(run_config.progress, interruption);
        finish_last(held, arguments.yes, &progress)?;
        return Ok(Exit::Clean);
    }

    let inspection = pipeline::list(&run_config, &interruption)?;
    if held.is_none() {
        interruption.end_at_once();
    }
    let mut judged = Judged::new(&run_config, inspection)?;
    if judged.report.is_of_nothing() {
        terminal::warn("there is no file in the target, and so nothing to fix");
        return Ok(Exit::Empty);
    }
    let chosen = arguments.pairing.take_over(&mut judged, &run_config)?;
    must_choose(&selection, &judged.report.findings)?;
    let mut proposal = selection.choose(&judged.inspection.tree, &judged.report.findings);
    arguments.pairing.add_to(&mut proposal, &chosen, &judged, &run_config);
    let outlook = judged.outlook(&run_config, &proposal, &selection, &chosen);
    let view = PlanView {
        tree: &judged.inspection.tree,
        report: &judged.report,
        metadata: judged.metadata(),
        proposal: &proposal,
        outlook: &outlook,
        pairing: chosen.view(),
    };
    let facts = output::facts(&run_config, &judged.report);
    show(&view, arguments.format, &facts)?;
    for output in &outputs {
        output.write(&view, &facts)?;
        output.lacks(&view).iter().for_each(|lacks| terminal::warn(lacks));
    }
    let Some(held) = held else {
        say_what_it_takes(arguments, &run_config, &proposal, judged.metadata())?;
        say_what_next(arguments, &proposal);
        return Ok(Exit::Clean);
    };
    if proposal.plan.is_empty() {
        terminal::note("there is nothing to carry out");
        return Ok(Exit::Clean);
    }
    if !arguments.yes && !ask("Carry this plan out?") {
        terminal::note("nothing was touched");
        return Ok(Exit::Clean);
    }
    let progress = Steps::begin(run_config.progress, interruption.clone());
    let metadata = judged.metadata();
    let applied = carry_out(&held, &proposal.plan, metadata, arguments.no_trash, &progress)?;
    drop(progress);
    say_what_is_done(arguments.format, &run_config, &applied, &interruption)?;
    Ok(Exit::Clean)
}

/// Takes the lock on the target where the plan is to be carried out, and finishes what was
/// interrupted there. Where the plan is only shown, there must be no such run.
fn hold(
    arguments: &FixArguments,
    run_config: &RunConfig,
    interruption: &Interruption,
) -> Result<Option<Held>, FixError> {
    let Some(target) = run_config.tree.target() else { return Ok(None) };
    if !arguments.apply && !arguments.finish {
        return refuse_interrupted(executors::interrupted(target)?).map(|()| None);
    }
    let held = Held::new(target)?;
    let progress = Steps::begin(run_config.progress, interruption.clone());
    finish_interrupted(&held, &progress)?;
    Ok(Some(held))
}

/// Refuses a target on which a run was interrupted.
pub(crate) fn refuse_interrupted(run: Option<Run>) -> Result<(), FixError> {
    match run {
        Some(run) => {
            Err(FixError::Interrupted { run: run.id.to_string(), target: run.target.clone() })
        }
        None => Ok(()),
    }
}

/// Says what was done: on standard output, unless the plan is there for a program.
fn say_what_is_done(
    format: PlanFormat,
    run_config: &RunConfig,
    applied: &Applied,
    interruption: &Interruption,
) -> Result<(), Failure> {
    match format {
        PlanFormat::Text => check_again(run_config, applied, interruption),
        PlanFormat::Json => {
            let (run, done) = (&applied.run, done(&applied.outline));
            let undo = undo_of(run_config, applied);
            terminal::note(&format!("run {run}: {done}; {}", how_to_undo(applied, &undo)));
            Ok(())
        }
    }
}

/// A target as it is, judged.
struct Judged {
    inspection: Inspection,
    report: Report,
}

impl Judged {
    /// Judges what was found. All of it must have been read.
    fn new(run_config: &RunConfig, inspection: Inspection) -> Result<Self, Failure> {
        let mut report = run_config.judge(inspection.clone());
        run_config.baseline(&mut report).map_err(RunConfigError::from)?;
        must_be_complete(&report.target, &report.coverage)?;
        Ok(Judged { inspection, report })
    }

    /// The text of metadata.json, where it is there and was read.
    fn metadata(&self) -> Option<&[u8]> {
        match &self.inspection.metadata {
            MetadataFile::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What the dataset will be once the plan is carried out.
    fn outlook(
        &self,
        run_config: &RunConfig,
        proposal: &Proposal<'_>,
        selection: &Selection,
        chosen: &Chosen,
    ) -> Outlook {
        if proposal.plan.is_empty() {
            return Outlook::new(&self.report, self.report.clone(), selection);
        }
        let folder = run_config.tree.target().and_then(Target::path).filter(|path| path.is_dir());
        let metadata = as_if::metadata_of(&proposal.plan, folder);
        let mut after = run_config.judge(self.inspection.after(&proposal.plan, metadata));
        if let Some(input) = &run_config.baseline_input {
            input.apply(&mut after);
        }
        chosen.take_over_left(&mut after);
        Outlook::new(&self.report, after, selection)
    }
}

/// Refuses a target of which something could not be read: a plan for a part of a tree may be wrong
/// for the whole.
///
/// # Errors
/// When something could not be read.
pub(crate) fn must_be_complete(target: &tree::Target, coverage: &Coverage) -> Result<(), FixError> {
    if coverage.is_complete() {
        return Ok(());
    }
    let place = |path: &[u8]| match path {
        b"" => "the target".to_owned(),
        path => format!("`{}`", visible_path(path)),
    };
    let what = match coverage.unread.as_slice() {
        [] => "not all of it was read".to_owned(),
        [one] => format!("{} could not be read", place(&one.path)),
        [first, others @ ..] => format!(
            "{} and {} could not be read",
            place(&first.path),
            count(others.len() as u64, "other place")
        ),
    };
    Err(FixError::Incomplete { target: visible(&target.uri).into_owned(), what })
}

/// Refuses a choice of a repair that no finding has.
fn must_choose(selection: &Selection, findings: &[Finding]) -> Result<(), FixError> {
    for (code, number) in &selection.choices {
        let number = number.get();
        let of_rule = findings.iter().filter(|finding| finding.rule.code == *code);
        let most = of_rule.map(|finding| finding.repairs.len()).max();
        let what = match most {
            None => format!("there is no finding of {code}"),
            Some(0) => format!("no finding of {code} has a repair"),
            Some(most) if most < number => {
                format!("no finding of {code} has more than {}", count(most as u64, "repair"))
            }
            Some(_) => continue,
        };
        return Err(FixError::Choice { code, number, what });
    }
    Ok(())
}

/// Shows the plan on standard output.
fn show(view: &PlanView<'_>, format: PlanFormat, facts: &RunFacts) -> Result<(), Failure> {
    let Terminal { color, unicode, width, .. } = Terminal::stdout();
    let style = Style { color, unicode, width, ..Style::default() };
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let shown = match format {
        PlanFormat::Text => render_plan(view, &style, &mut out),
        PlanFormat::Json => write_json_plan(view, facts, &mut out),
    };
    match shown.and_then(|()| Ok(out.flush()?)) {
        Err(error) if !error.is_broken_pipe() => Err(output::of_stdout(error).into()),
        _ => Ok(()),
    }
}

/// Says on standard error what carrying the plan out takes, where that is more than renames.
fn say_what_it_takes(
    arguments: &FixArguments,
    run_config: &RunConfig,
    proposal: &Proposal<'_>,
    metadata: Option<&[u8]>,
) -> Result<(), FixError> {
    let Some(target) = run_config.tree.target().filter(|_| !proposal.plan.is_empty()) else {
        return Ok(());
    };
    let metadata = carry_out::metadata_edit(&proposal.plan, metadata);
    let removals = carry_out::removals(arguments.no_trash);
    let job = Job { plan: &proposal.plan, metadata: metadata.as_ref(), removals };
    if let Some(what) = executors::takes(target, &job)? {
        terminal::note(&what);
    }
    Ok(())
}

/// Says on standard error how to go on.
fn say_what_next(arguments: &FixArguments, proposal: &Proposal<'_>) {
    if proposal.plan.is_empty() {
        return;
    }
    let target = arguments
        .target
        .as_deref()
        .map_or_else(String::new, |target| format!(" {}", visible_path(target.as_encoded_bytes())));
    let flags = arguments.flags();
    terminal::note(&format!(
        "nothing was touched; to carry the plan out: sensortree fix{target}{flags} --apply"
    ));
}
