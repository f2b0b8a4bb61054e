//! Where reports go: standard output, and the files that the user named.

use std::borrow::Cow;
use std::env;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use miette::Diagnostic;
use sensortree_core::report::Report;
use sensortree_report::escape::visible_path;
use sensortree_report::{Check, Dataset, Format, RenderError, RunFacts, Style, render, render_all};

use crate::cli::baseline::{BaselineOutput, BaselineSummary};
use crate::cli::check_arguments::Output;
use crate::cli::checked::Checked;
use crate::cli::clock;
use crate::cli::exit::Exit;
use crate::cli::file_system::{folder_of, into_file, resolved};
use crate::cli::run_config::RunConfig;
use crate::cli::terminal::{self, Terminal};

/// A report that could not be written.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{place}: {reason}")]
pub struct OutputError {
    /// Standard output, or the file.
    pub place: String,
    /// Why.
    pub reason: RenderError,
}

/// Lets a write beyond the limit of file sizes (`ulimit -f`) fail as any other, so that it is
/// reported and no temporary file stays. Without this, the system ends the program by SIGXFSZ.
pub fn survive_file_size_limit() {
    #[cfg(unix)]
    {
        use signal_hook::consts::SIGXFSZ;
        // Nobody asks whether it was raised: the write returns an error as soon as the signal is
        // handled at all.
        let raised = std::sync::Arc::default();
        // Without the handler such a write ends the program, as it does any other.
        let _ = signal_hook::flag::register(SIGXFSZ, raised);
    }
}

/// Makes sure that standard output can be written to, where a report of the run goes there: before
/// a target is listed that may take hours.
///
/// # Errors
/// When it is closed, or open for reading only.
pub fn require_stdout(run_config: &RunConfig) -> Result<(), OutputError> {
    if run_config.outputs.iter().any(|output| output.path.is_none()) {
        open_stdout()
    } else {
        Ok(())
    }
}

/// Returns an error where nothing that is written to standard output arrives.
fn open_stdout() -> Result<(), OutputError> {
    if sensortree_stdout::is_writable() {
        return Ok(());
    }
    let reason = io::Error::other("it is closed, or not open for writing");
    Err(OutputError { place: STDOUT.to_owned(), reason: reason.into() })
}

/// A dataset of a run, as its reports tell it.
#[derive(Debug)]
pub enum Told<'r> {
    /// It was checked.
    Checked(&'r RunConfig, &'r Checked),
    /// It could not be checked.
    Unchecked {
        /// What was to be checked.
        target: String,
        /// Why it could not.
        reason: String,
    },
}

/// How reports are written, whatever they are of.
#[derive(Clone, Debug)]
pub struct Reports {
    /// What is to be written, and where.
    outputs: Vec<Output>,
    quiet: bool,
    verbose: u8,
    /// Whether they are of several datasets, however many these turn out to be.
    are_of_several: bool,
}

impl Reports {
    /// Those of a run.
    #[must_use]
    pub fn of(run_config: &RunConfig) -> Self {
        let RunConfig { outputs, quiet, verbose, is_one_of_several, .. } = run_config;
        Reports {
            outputs: outputs.clone(),
            quiet: *quiet,
            verbose: *verbose,
            are_of_several: *is_one_of_several,
        }
    }

    /// Those of several datasets, of which there is none.
    #[must_use]
    pub fn of_nothing(outputs: Vec<Output>, quiet: bool) -> Self {
        Reports { outputs, quiet, verbose: 0, are_of_several: true }
    }

    /// Writes every report of the datasets that were checked with the same flags, each as one.
    ///
    /// A reader that goes away early, as `head` does, has seen what it wanted: that is no error.
    ///
    /// # Errors
    /// When a report cannot be written.
    pub fn write(&self, datasets: &[Told<'_>]) -> Result<(), OutputError> {
        let drafts: Vec<Draft<'_>> = datasets.iter().map(Draft::of).collect();
        let told = |shows_more: bool| -> Vec<Dataset<'_>> {
            drafts.iter().map(|draft| draft.dataset(shows_more)).collect()
        };
        for Output { format, path } in &self.outputs {
            let told = told(matches!(format, Format::Jsonl | Format::Html));
            let draw = |terminal, out: &mut dyn Write| self.draw(&told, *format, terminal, out);
            let (place, drawn) = match path {
                None => (STDOUT.to_owned(), draw(Terminal::stdout(), &mut io::stdout().lock())),
                Some(path) => (named(path), into_file(path, |file| draw(Terminal::file(), file))),
            };
            match drawn {
                Err(error) if !error.is_broken_pipe() => {
                    return Err(OutputError { place, reason: error });
                }
                _ => {}
            }
        }
        if self.outputs.iter().any(|output| output.format == Format::Github) {
            let told = told(false);
            add_to_summary(|out| self.draw(&told, Format::Markdown, Terminal::file(), out));
        }
        Ok(())
    }

    fn draw(
        &self,
        datasets: &[Dataset<'_>],
        format: Format,
        terminal: Terminal,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        let style = Style {
            color: terminal.color,
            links: terminal.links,
            unicode: terminal.unicode,
            width: terminal.width,
            quiet: self.quiet,
            verbose: self.verbose,
        };
        let mut out = BufWriter::with_capacity(64 * 1024, out);
        match datasets {
            [Dataset::Checked(Check { report, timing, facts })] if !self.are_of_several => {
                render(report, format, &style, timing, facts, &mut out)?;
            }
            datasets => render_all(datasets, format, &style, &mut out)?,
        }
        Ok(out.flush()?)
    }
}

/// What the reports tell of a dataset.
enum Draft<'r> {
    Checked(Box<CheckedDraft<'r>>),
    Unchecked { target: &'r str, reason: &'r str },
}

struct CheckedDraft<'r> {
    checked: &'r Checked,
    shortened: Cow<'r, Report>,
    facts: RunFacts,
}

impl<'r> Draft<'r> {
    fn of(told: &'r Told<'r>) -> Self {
        match told {
            Told::Checked(run_config, checked) => Draft::Checked(Box::new(CheckedDraft {
                checked,
                shortened: shortened(&checked.report, run_config),
                facts: facts(run_config, &checked.report),
            })),
            Told::Unchecked { target, reason } => Draft::Unchecked { target, reason },
        }
    }

    /// The dataset with all places that were kept, or with as many as are shown.
    fn dataset(&self, shows_more: bool) -> Dataset<'_> {
        match self {
            Draft::Checked(draft) => {
                let CheckedDraft { checked, shortened, facts } = &**draft;
                let report = if shows_more { &checked.report } else { &**shortened };
                Dataset::Checked(Check { report, timing: &checked.timing, facts })
            }
            Draft::Unchecked { target, reason } => Dataset::Unchecked { target, reason },
        }
    }
}

/// What is known of a run beside its report.
pub(crate) fn facts(run_config: &RunConfig, report: &Report) -> RunFacts {
    // Of several datasets each place says which it is of.
    let address = || run_config.is_one_of_several.then(|| report.target.uri.clone().into_bytes());
    RunFacts {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        date: clock::now(),
        fail_on: run_config.fail_on,
        allow_empty: run_config.allow_empty,
        repository: Some(env!("CARGO_PKG_REPOSITORY"))
            .filter(|address| !address.is_empty())
            .map(str::to_owned),
        folder: run_config.folder.clone().or_else(address),
        places: run_config.places.clone(),
        settings: run_config.settings_in_force.clone(),
        picture: run_config.picture,
    }
}

/// The report with as many examples as are shown, where one of the formats asked for more.
fn shortened<'r>(report: &'r Report, run_config: &RunConfig) -> Cow<'r, Report> {
    let mut report = Cow::Borrowed(report);
    if run_config.settings.max_examples > run_config.examples {
        for finding in &mut report.to_mut().findings {
            finding.examples.truncate(run_config.examples);
        }
    }
    report
}

/// Adds to the summary of the job that a GitHub workflow runs, where this is one. What cannot be
/// added is only said: the report is written all the same.
fn add_to_summary(draw: impl FnOnce(&mut dyn Write) -> Result<(), RenderError>) {
    let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return;
    };
    let file = File::options().append(true).create(true).open(path);
    if let Err(error) = file.map_err(RenderError::from).and_then(|mut file| draw(&mut file)) {
        terminal::warn(&format!("the job's summary cannot be written: {error}"));
    }
}

/// Says on standard error what is about to be done that the user may not have meant.
pub fn warn_before(run_config: &RunConfig) {
    if run_config.quiet {
        return;
    }
    for path in inside_target(run_config) {
        terminal::warn(&format!(
            "`{}` will lie inside the checked tree, where the platform takes it for a part of the dataset",
            named(path)
        ));
    }
    for note in &run_config.notes {
        terminal::note(note);
    }
    if run_config.verbose > 0 {
        match run_config.config_paths.as_slice() {
            [] => terminal::note("no configuration file is read"),
            [first, bases @ ..] => {
                let bases: String = bases
                    .iter()
                    .map(|path| format!(", which extends {}", path.display()))
                    .collect();
                terminal::note(&format!("the settings are those of {}{bases}", first.display()));
            }
        }
    }
}

/// Says on standard error what the platform is predicted to answer, where the reports on standard
/// output are of the form in which only findings stand.
pub fn say_answer(report: &Report, run_config: &RunConfig) {
    let stands = |format| {
        run_config.outputs.iter().any(|output| output.format == format && output.path.is_none())
    };
    if !run_config.quiet && stands(Format::Concise) && !stands(Format::Full) {
        terminal::answer(report);
    }
}

/// Says on standard error what the reports on standard output do not say.
pub fn warn_after(
    report: &Report,
    run_config: &RunConfig,
    exit: Exit,
    written: Option<BaselineSummary>,
) {
    if run_config.quiet {
        return;
    }
    if exit == Exit::Empty {
        terminal::warn("an empty target is taken for a mistake; if it is none, say --allow-empty");
    }
    let drawn = run_config
        .outputs
        .iter()
        .any(|output| output.format == Format::Full && output.path.is_none());
    for note in report.coverage.notes.iter().filter(|_| !drawn) {
        terminal::note(note);
    }
    if !drawn && report.coverage.content == "none" && report.frames > 0 {
        terminal::note("file contents not looked into");
    }
    if let Some(listing_output) = &run_config.listing_output {
        let place = named(&listing_output.path);
        if report.coverage.is_complete() {
            terminal::note(&format!("the listing is saved: sensortree check --listing {place}"));
        } else {
            terminal::warn(&format!(
                "the listing saved in {place} is incomplete, and a check of it will say so"
            ));
        }
    }
    if let Some((baseline_output, written)) = run_config.baseline_output.as_ref().zip(written) {
        let is_of_several = baseline_output.is_of_several();
        let dataset = is_of_several.then(|| visible_path(report.target.uri.as_bytes()));
        written.say(baseline_output, dataset.as_deref());
    }
    for idle in report.idle_settings.iter().filter(|_| !drawn) {
        terminal::warn(&format!("without effect: {idle}"));
    }
}

fn inside_target(run_config: &RunConfig) -> Vec<&Path> {
    let path = run_config.tree.target().and_then(|target| target.on_disk().ok());
    let Some(target) = path.and_then(|path| fs::canonicalize(path).ok()) else { return Vec::new() };
    let inside = |path: &&Path| {
        fs::canonicalize(folder_of(&resolved(path))).is_ok_and(|folder| folder.starts_with(&target))
    };
    let reports = run_config.outputs.iter().filter_map(|output| output.path.as_deref());
    let saved =
        run_config.listing_output.as_ref().map(|listing_output| listing_output.path.as_path());
    reports
        .chain(saved)
        .chain(run_config.baseline_output.as_ref().map(BaselineOutput::path))
        .filter(inside)
        .collect()
}

/// Prints text in which colour is marked; the marks are taken off where standard output
/// shall have none.
///
/// # Errors
/// When standard output is closed or takes no more, unless its reader went away.
pub fn print(text: &[u8]) -> Result<(), OutputError> {
    open_stdout()?;
    let mut out = anstream::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(OutputError { place: STDOUT.to_owned(), reason: error.into() })
        }
        _ => Ok(()),
    }
}

/// The error where something could not be written to standard output.
pub(crate) fn of_stdout(reason: RenderError) -> OutputError {
    OutputError { place: STDOUT.to_owned(), reason }
}

const STDOUT: &str = "standard output";

/// A path as it is shown.
fn named(path: &Path) -> String {
    visible_path(path.as_os_str().as_encoded_bytes())
}
