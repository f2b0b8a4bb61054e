//! Carrying a plan out: the question before it, and what is said afterwards.

use sensortree_scan::zip::ZipFile;
use std::collections::BTreeMap;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use sensortree_apply::{
    Applied, ApplyError, Job, MetadataEdit, Outline, Removals, Run, RunStatus, TargetLock,
};
use sensortree_core::names::METADATA;
use sensortree_core::plan::Plan;
use sensortree_core::text::count;
use sensortree_report::escape::visible;
use sensortree_report::{Style, verdict_line};

use crate::cli::executors::Place;
use crate::cli::exit::Failure;
use crate::cli::fix_error::FixError;
use crate::cli::interruption::Interruption;
use crate::cli::output;
use crate::cli::pipeline;
use crate::cli::progress::Steps;
use crate::cli::run_config::RunConfig;
use crate::cli::run_tree::Tree;
use crate::cli::target::keeps_originals;
use crate::cli::terminal::{self, Terminal};
use crate::target::Target;

/// A target that nothing else works on while this lives.
pub(crate) struct Held {
    pub(crate) place: Place,
    _lock: TargetLock,
}

impl Held {
    /// Takes the lock on a target.
    ///
    /// # Errors
    /// When nothing can be changed there, or another run has it.
    pub(crate) fn new(target: &Target) -> Result<Self, FixError> {
        let place = Place::of(target)?;
        let lock = place.state.lock(&place.name)?;
        Ok(Held { place, _lock: lock })
    }

    /// The run on it that was interrupted, if there is one.
    ///
    /// # Errors
    /// When the folder of runs cannot be read.
    pub(crate) fn interrupted(&self) -> Result<Option<Run>, FixError> {
        Ok(self.place.state.interrupted(&self.place.name)?)
    }
}

/// Refuses a question that nobody could answer.
///
/// # Errors
/// When standard input or standard error is no terminal.
pub(crate) fn must_be_able_to_ask() -> Result<(), FixError> {
    match io::stdin().is_terminal() && io::stderr().is_terminal() {
        true => Ok(()),
        false => Err(FixError::NobodyToAsk),
    }
}

/// Asks on the terminal; whatever is no clear yes is a no.
pub(crate) fn ask(question: &str) -> bool {
    // Where the question cannot be seen there is no answer either.
    let _ = write!(anstream::stderr(), "{} [y/N] ", visible(question));
    let _ = io::stderr().flush();
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).is_ok()
        && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

/// The text of metadata.json before and after a plan, where the plan changes it.
pub(crate) fn metadata_edit(plan: &Plan<'_>, text: Option<&[u8]>) -> Option<MetadataEdit> {
    let text = text.filter(|_| !plan.edits().is_empty())?;
    Some(MetadataEdit {
        path: METADATA.as_bytes().to_vec(),
        before: text.to_vec(),
        after: plan.edited(text),
    })
}

/// What becomes of what a plan takes out.
pub(crate) fn removals(no_trash: bool) -> Removals {
    if no_trash { Removals::Deleted } else { Removals::ToTrash }
}

/// Carries a plan out.
///
/// # Errors
/// When something is not as the plan expects it, or a step fails.
pub(crate) fn carry_out(
    held: &Held,
    plan: &Plan<'_>,
    metadata: Option<&[u8]>,
    no_trash: bool,
    progress: &Steps,
) -> Result<Applied, FixError> {
    let metadata = metadata_edit(plan, metadata);
    let removals = removals(no_trash);
    let job = Job { plan, metadata: metadata.as_ref(), removals };
    Ok(held.place.executor.apply(&job, &held.place.state, progress)?)
}

/// Finishes a run that was interrupted, and says so.
///
/// # Errors
/// When it cannot be finished.
pub(crate) fn finish_interrupted(held: &Held, progress: &Steps) -> Result<(), FixError> {
    if let Some(run) = held.interrupted()? {
        let applied = held.place.executor.resume(&run, progress)?;
        terminal::note(&match applied.outline == Outline::default() {
            true => format!("the run {} was interrupted before it touched anything", run.id),
            false => format!(
                "the run {}, which was interrupted, is finished: {}",
                run.id,
                done(&applied.outline)
            ),
        });
        applied.notes.iter().for_each(|note| terminal::note(note));
    }
    Ok(())
}

/// `3 paths renamed or moved, 2 paths taken out`.
pub(crate) fn done(outline: &Outline) -> String {
    let Outline { renamed, removed, edits_metadata, requests, .. } = outline;
    let mut parts = vec![format!("{} renamed or moved", count(*renamed, "path"))];
    if *removed > 0 {
        parts.push(format!("{} taken out", count(*removed, "path")));
    }
    if *edits_metadata {
        parts.push("metadata.json edited".to_owned());
    }
    if *requests > 0 {
        parts.push(count(*requests, "request"));
    }
    parts.join(", ")
}

/// What `undo` is to be given for a run: the target, which is found from anywhere, where it has a
/// name that can be typed.
pub(crate) fn undo_of(run_config: &RunConfig, applied: &Applied) -> String {
    let name = match run_config.tree.target() {
        #[cfg(feature = "cloud")]
        Some(Target::Cloud(prefix)) => Some(prefix.url().to_string()),
        target => target.and_then(Target::path).and_then(Path::to_str).map(str::to_owned),
    };
    let name = name.filter(|name| typed(name).is_some());
    name.unwrap_or_else(|| applied.run.to_string())
}

/// A name as it is, where it can be typed in any shell without quotes.
fn typed(name: &str) -> Option<&str> {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-:@+=,".contains(c);
    (!name.starts_with('-') && name.chars().all(is_plain)).then_some(name)
}

/// Checks the target again once a plan is carried out, and says what is left and how to take it
/// back.
///
/// # Errors
/// When the target cannot be listed any more.
pub(crate) fn check_again(
    run_config: &RunConfig,
    applied: &Applied,
    interruption: &Interruption,
) -> Result<(), Failure> {
    let undo = undo_of(run_config, applied);
    if run_config.tree.target().is_some_and(keeps_originals) {
        // What is there in between is neither as it was nor as it is to be.
        let mut text = summary(applied, &undo);
        text.push_str(
            "the originals are still there; `sensortree fix --finish` with the same target deletes them\n",
        );
        return Ok(output::print(text.as_bytes())?);
    }
    let mut run_config = run_config.clone();
    (run_config.settings.repairs, run_config.settings.complete_frames) = (false, false);
    if let Some(result) = &applied.result {
        run_config.tree = Tree::Given(Target::Zip(ZipFile::new(result)));
    }
    let inspection = pipeline::list(&run_config, interruption)?;
    interruption.end_at_once();
    let mut report = run_config.judge(inspection);
    if let Some(input) = &run_config.baseline_input {
        input.apply(&mut report);
    }
    let Terminal { color, unicode, width, .. } = Terminal::stdout();
    let style = Style { color, unicode, width, ..Style::default() };
    let mut codes: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in &report.findings {
        *codes.entry(finding.rule.code).or_default() += 1;
    }
    let codes: Vec<String> = codes
        .iter()
        .map(|(code, times)| match times {
            1 => (*code).to_owned(),
            times => format!("{times} {code}"),
        })
        .collect();
    let left = match codes.as_slice() {
        [] => "no finding is left".to_owned(),
        codes => {
            format!(
                "left: {} ({})",
                count(report.findings.len() as u64, "finding"),
                codes.join(", ")
            )
        }
    };
    let text = format!("{}{}\n{left}\n", summary(applied, &undo), verdict_line(&report, &style));
    Ok(output::print(text.as_bytes())?)
}

/// What was done, where the result is, and how it is taken back; a line each.
fn summary(applied: &Applied, undo: &str) -> String {
    let Applied { run, outline, result, notes, .. } = applied;
    let mut text = format!("run {run}: {}\n", done(outline));
    if let Some(result) = result {
        let result = result.display().to_string();
        text.push_str(&format!("the result is {}\n", visible(&result)));
    }
    for note in notes {
        text.push_str(&format!("{}\n", visible(note)));
    }
    text.push_str(&format!("{}\n", how_to_undo(applied, undo)));
    text
}

/// How a run is taken back, or that it cannot be.
pub(crate) fn how_to_undo(applied: &Applied, undo: &str) -> String {
    match applied.can_be_undone {
        true => format!("to take it back: sensortree undo {undo}"),
        false => "what was taken out is deleted: this run cannot be taken back".to_owned(),
    }
}

/// Makes final what the last run on a target left open: in a store, the originals are deleted.
///
/// # Errors
/// When there is nothing to be made final, or it fails.
pub(crate) fn finish_last(held: &Held, is_sure: bool, progress: &Steps) -> Result<(), Failure> {
    let place = &held.place;
    let runs = place.state.runs(&place.name).map_err(FixError::from)?;
    let is_done = |run: &Run| run.status == RunStatus::Finished;
    let Some(run) = runs.into_iter().rev().find(is_done) else {
        let what = "there is no run on this target that could be finished".to_owned();
        return Err(FixError::from(ApplyError::NoRun { what }).into());
    };
    if !is_sure && !ask(&format!("Delete the originals that the run {} left?", run.id)) {
        terminal::note("nothing was touched");
        return Ok(());
    }
    let applied = place.executor.finish(&run, progress).map_err(FixError::from)?;
    let undo = typed(&place.name).unwrap_or(applied.run.as_str());
    Ok(output::print(summary(&applied, undo).as_bytes())?)
}
