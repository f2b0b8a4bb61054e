//! What a run is to do: the command line joined with the configuration file.

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use miette::Diagnostic;
use sensortree_core::document::request::{Field, Request};
use sensortree_core::finding::settings::{Excuse, FailOn, Selector, Settings};
use sensortree_core::platform::Endpoint;
use sensortree_core::report::Report;
use sensortree_core::tree::Unread;
use sensortree_core::{Inspection, rules, text};
use sensortree_report::escape::visible_path;
use sensortree_report::{Format, Places};
use sensortree_scan::{Content, Links, Progress, ScanError, ScanOptions};

use crate::args::{CheckArguments, Output};
use crate::base::Location;
use crate::baseline::{self, BaselineError, Known, Writing, Written};
use crate::cloud::CloudArguments;
use crate::config::{Config, Found, Word};
use crate::exit::Failure;
use crate::places::places;
use crate::replacing::{Standing, is_one_file, is_standard_output, place_of, standing};
use crate::request::{self, RequestError};
use crate::saving::{Saving, SavingError};
use crate::target::{Target, TargetError};

/// How many days before its end it is said that an ignore ends.
const SOON: u64 = 14;

/// All that is settled before a run begins.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The tree to check.
    pub tree: Tree,
    /// The request to check, too.
    pub request: Option<Request>,
    /// What was settled in a way that the user may not expect, in words.
    pub notes: Vec<String>,
    /// Flags without effect, in words.
    pub idle_flags: Vec<String>,
    /// What the core is told.
    pub settings: Settings,
    /// The least that makes the exit code 1.
    pub fail_on: FailOn,
    /// The reports to write.
    pub outputs: Vec<Output>,
    /// How many examples a finding shows, where a report does not ask for all that are kept.
    pub examples: usize,
    /// Where in a repository what is checked lies.
    pub places: Places,
    /// How far files are looked into.
    pub content: Content,
    /// How many frames of each folder are looked into; `None` for all.
    pub sample: Option<NonZeroU64>,
    /// What becomes of symbolic links in a local folder.
    pub links: Links,
    /// How many threads list; `None` for one for each core.
    pub jobs: Option<NonZeroUsize>,
    /// The number of requests at once; `None` for the usual one.
    pub concurrency: Option<NonZeroUsize>,
    /// Whether an empty target passes.
    pub allow_empty: bool,
    /// Whether progress may be shown.
    pub progress: bool,
    /// Whether only the predicted answer is said.
    pub quiet: bool,
    /// How much more is said.
    pub verbose: u8,
    /// The configuration files that were read, each extending the next.
    pub config_paths: Vec<PathBuf>,
    /// The findings that do not count.
    pub known: Option<Known>,
    /// The baseline that is to be written.
    pub writing: Option<Writing>,
    /// The listing that is to be saved.
    pub saving: Option<Saving>,
}

/// The tree of a run.
#[derive(Clone, Debug)]
pub enum Tree {
    /// The user names it.
    Given(Target),
    /// The request names it.
    Requested(Target),
    /// None is looked at, as the user wants it or as the request names none.
    LeftOut,
    /// The request names it, and it cannot be listed, for the reason said.
    Unreachable(String),
}

impl Tree {
    /// What is listed.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        match self {
            Tree::Given(target) | Tree::Requested(target) => Some(target),
            Tree::LeftOut | Tree::Unreachable(_) => None,
        }
    }
}

/// Flags that cannot be obeyed together.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum PlanError {
    /// Two reports into one place.
    #[error("two reports would go to {place}: {first} and {second}")]
    #[diagnostic(help("give each its own file: `--format {second}=PATH`"))]
    SamePlace {
        /// Standard output, or the file.
        place: String,
        /// The first of the two.
        first: Format,
        /// The second.
        second: Format,
    },
    /// Two outputs into one file, by whatever spelling.
    #[error("two outputs would go to one file: `{first}` and `{second}`")]
    #[diagnostic(help("give each its own file"))]
    SameFile {
        /// The first of the two, as named.
        first: String,
        /// The second.
        second: String,
    },
    /// An output into what git keeps of a repository.
    #[error("`{path}` belongs to git, which keeps the repository there")]
    #[diagnostic(help("name a file outside of the repository's own files"))]
    OverGit {
        /// The file.
        path: String,
    },
    /// A report over what the run reads.
    #[error("a report would be written over `{path}`, which this run reads")]
    #[diagnostic(help("name another file"))]
    OverInput {
        /// The file.
        path: String,
    },
    /// A report over a file of the dataset.
    #[error("`{path}` is there already, in the checked tree, and is no report")]
    #[diagnostic(help(
        "name another file, best outside the tree; there, only a report that sensortree wrote is replaced"
    ))]
    OverDataset {
        /// The file.
        path: String,
    },
    /// One report for several datasets.
    #[cfg(feature = "git")]
    #[error(
        "something is staged in {count} datasets, and each would write its report of {format} into one file"
    )]
    #[diagnostic(help("name one of them: `sensortree check --staged FOLDER`"))]
    SeveralDatasets {
        /// The format.
        format: Format,
        /// How many datasets.
        count: usize,
    },
    /// An upload without its zip.
    #[error("a request of `{endpoint}` does not say where its zip is")]
    #[diagnostic(help("name the zip as TARGET, or check the request alone with --no-list"))]
    NoZip {
        /// The call.
        endpoint: Endpoint,
    },
    /// Standard input twice.
    #[error("standard input cannot be both the request and the target")]
    #[diagnostic(help("save one of them to a file"))]
    StandardInputTwice,
    /// The request cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Request(#[from] RequestError),
    /// The target cannot be checked.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Target(#[from] TargetError),
    /// The listing cannot be saved.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Saving(#[from] SavingError),
    /// The baseline cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Baseline(#[from] BaselineError),
}

impl Plan {
    /// Joins the command line with the configuration file. The command line wins: what it sets replaces what the file
    /// says, but for `--ignore` and `--severity`, which add to it. With `--select` the file's ignores fall away too, so
    /// that what is asked for runs. Ignores that end before `today` excuse nothing.
    ///
    /// # Errors
    /// When the target cannot be checked, the request or the baseline not read, or two reports would go to one place.
    pub fn new(arguments: CheckArguments, found: Found, today: Date) -> Result<Self, PlanError> {
        let saving = arguments.save_listing.clone().map(Saving::into_file).transpose()?;
        let outputs = outputs(&arguments.format)?;
        if reads_standard_input_twice(&arguments) {
            return Err(PlanError::StandardInputTwice);
        }
        let request = arguments.request.as_deref().map(request::read).transpose()?;
        let named = match (&arguments.target, &arguments.listing, &request) {
            (None, None, Some(_)) => None,
            _ => Some(Target::of(&arguments)?),
        };
        let baseline = arguments.settings.baseline.as_ref().or(found.baseline.as_ref());
        let writing = arguments.write_baseline.as_ref().map(|named| {
            let path = named.as_ref().or(baseline).cloned();
            Writing::into_file(path.unwrap_or_else(|| PathBuf::from(baseline::DEFAULT_FILE)))
        });
        let writing = writing.transpose()?;
        let known = baseline.filter(|_| writing.is_none()).map(|path| match &found.baseline_text {
            Some(text) => Known::of_text(path, text),
            None => Known::read(path),
        });
        let known = known.transpose()?;
        let chosen =
            arguments.settings.endpoint.or(found.config.endpoint.as_ref().map(|word| word.0));
        let endpoint = chosen.unwrap_or_else(|| default_endpoint(named.as_ref(), request.as_ref()));
        let guess = request
            .as_ref()
            .filter(|_| chosen.is_none())
            .and_then(|request| guessed(request, endpoint));
        let tree = match (named, &request) {
            (Some(target), _) => Tree::Given(target),
            (None, Some(request)) if !arguments.no_list => {
                tree_of(request, endpoint, &arguments.cloud)?
            }
            _ => Tree::LeftOut,
        };
        let vendor = request
            .as_ref()
            .filter(|_| matches!(tree, Tree::Requested(_)))
            .and_then(request::note_on_vendor);
        let keys = tree.target().and_then(Target::note_on_keys);
        let notes = guess.into_iter().chain(vendor).chain(keys);
        let notes = notes.chain(ending_soon(&found.config, today)).collect();
        let mut idle_flags = idle_flags(&arguments, request.as_ref(), &tree);
        let links_in_file = found.config.links.as_ref().map(|word| word.0);
        idle_flags.extend(idle_links(arguments.settings.links, links_in_file, &tree));
        let links = arguments.settings.links.or(links_in_file).unwrap_or_default();
        let (target, config_path) =
            (tree.target(), found.layers.first().map(|layer| layer.path.as_path()));
        let read = found
            .layers
            .iter()
            .map(|layer| layer.path.as_path())
            .chain(baseline.map(PathBuf::as_path));
        let read: Vec<&Path> = read.collect();
        for path in outputs.iter().filter_map(|output| output.path.as_deref()) {
            must_not_stand(path, standing(path, &arguments, target, &read))?;
        }
        // Those two replace nothing but what they wrote themselves, or what is empty.
        let others = || {
            let saved = saving.iter().map(|saving| saving.path.as_path());
            saved.chain(writing.iter().map(Writing::path))
        };
        for path in others() {
            must_not_stand(path, place_of(path, target))?;
        }
        each_in_its_own_file(&outputs, others())?;
        let places = places(&arguments, target, config_path);
        let fail_on =
            arguments.settings.fail_on.or(found.config.fail_on.as_ref().map(|word| word.0));
        let fail_on = fail_on.unwrap_or(FailOn::Scene);
        let examples = arguments.settings.max_examples.or(found.config.max_examples);
        let kept = examples.map_or_else(|| kept_examples(&outputs), NonZeroUsize::get);
        Ok(Plan {
            fail_on,
            outputs,
            examples: examples.map_or(Settings::default().max_examples, NonZeroUsize::get),
            places,
            content: arguments.content.unwrap_or_else(|| default_content(&tree)),
            sample: arguments.sample,
            links,
            jobs: arguments.jobs,
            concurrency: arguments.concurrency,
            allow_empty: arguments.allow_empty,
            progress: !arguments.no_progress && !arguments.quiet,
            quiet: arguments.quiet,
            verbose: arguments.verbose,
            config_paths: found.layers.into_iter().map(|layer| layer.path).collect(),
            known,
            writing,
            saving,
            settings: Settings {
                max_examples: kept,
                ..settings(arguments, found.config, tree.target(), endpoint, today)
            },
            tree,
            request,
            notes,
            idle_flags,
        })
    }

    /// Looks at the tree, where there is one to look at. One that the request names and that cannot be listed is no error, since
    /// there is still the request to judge.
    ///
    /// # Errors
    /// When it cannot be listed at all.
    pub fn inspect(&self, progress: &dyn Progress) -> Result<Inspection, ScanError> {
        let unread = match &self.tree {
            Tree::Given(target) => return target.inspect(&self.scan_options(), progress),
            Tree::Requested(target) => match target.inspect(&self.scan_options(), progress) {
                Ok(inspection) => return Ok(inspection),
                Err(error) => Some(with_help(&Failure::from(error))),
            },
            Tree::Unreachable(reason) => Some(reason.clone()),
            Tree::LeftOut => None,
        };
        let mut inspection =
            Inspection::of_no_tree(self.request.as_ref().map_or("", Request::name));
        let unread = unread.map(|reason| Unread {
            path: Vec::new(),
            reason: format!("the tree of `resourceUrl`: {reason}"),
        });
        inspection.coverage.unread.extend(unread);
        Ok(inspection)
    }

    /// Judges what was found.
    #[must_use]
    pub fn judge(&self, inspection: Inspection) -> Report {
        match &self.request {
            Some(request) => sensortree_core::check_request(request, inspection, &self.settings),
            None => sensortree_core::check(inspection, &self.settings),
        }
    }

    /// Takes the findings out of the report that do not count: those of the baseline, or all that a new one is written with.
    ///
    /// # Errors
    /// When the new baseline cannot be written; the report is as it was then.
    pub fn baseline(&self, report: &mut Report) -> Result<Option<Written>, BaselineError> {
        if let Some(known) = &self.known {
            known.baseline.apply(&known.file, report);
        }
        self.writing.as_ref().map(|writing| writing.finish(report)).transpose()
    }

    /// What was set and had no effect, in words.
    #[must_use]
    pub fn idle_settings(&self) -> Vec<String> {
        [self.idle_flags.clone(), idle_settings(&self.settings)].concat()
    }

    /// How the target is to be listed.
    #[must_use]
    pub fn scan_options(&self) -> ScanOptions {
        ScanOptions {
            jobs: self.jobs.map(NonZeroUsize::get),
            concurrency: self.concurrency.map_or(ScanOptions::CONCURRENCY, NonZeroUsize::get),
            content: self.content,
            sample: self.sample,
            links: self.links,
            recording: self.saving.as_ref().map(|saving| saving.recording.clone()),
        }
    }
}

/// The flags that change nothing for such a request and tree, in words.
fn idle_flags(arguments: &CheckArguments, request: Option<&Request>, tree: &Tree) -> Vec<String> {
    let mut idle = Vec::new();
    if arguments.data_type.is_some() && request.and_then(Request::data_type).is_some() {
        idle.push("`--data-type` changes nothing: the request says it".to_owned());
    }
    let Some(target) = tree.target() else { return idle };
    let content = arguments.content.unwrap_or_else(|| default_content(tree));
    let why_closed = target.why_closed();
    if let Some(why) =
        why_closed.filter(|_| arguments.content.is_some_and(|content| content != Content::None))
    {
        idle.push(format!("`--content` changes nothing: {why}"));
    }
    if arguments.sample.is_some() && (content == Content::None || why_closed.is_some()) {
        let way = if why_closed.is_some() { "" } else { " without `--content headers`" };
        idle.push(format!("`--sample` changes nothing: no file is looked into{way}"));
    }
    idle
}

/// Refuses an output to what must stay.
fn must_not_stand(path: &Path, standing: Option<Standing>) -> Result<(), PlanError> {
    let path = visible_path(path.as_os_str().as_encoded_bytes());
    match standing {
        None => Ok(()),
        Some(Standing::Read) => Err(PlanError::OverInput { path }),
        Some(Standing::InTree) => Err(PlanError::OverDataset { path }),
        Some(Standing::OfGit) => Err(PlanError::OverGit { path }),
    }
}

/// Refuses two outputs to one file, of which the second would take the place of the first.
fn each_in_its_own_file<'p>(
    outputs: &'p [Output],
    others: impl Iterator<Item = &'p Path>,
) -> Result<(), PlanError> {
    let named = |path: &Path| visible_path(path.as_os_str().as_encoded_bytes());
    let reports = outputs.iter().filter_map(|output| output.path.as_deref());
    let paths: Vec<&Path> = reports.chain(others).collect();
    for (at, second) in paths.iter().enumerate() {
        // What is no file, as a pipe, takes one output after the other.
        if fs::metadata(second).is_ok_and(|facts| !facts.is_file()) {
            continue;
        }
        if let Some(first) = paths.iter().take(at).find(|first| is_one_file(first, second)) {
            return Err(PlanError::SameFile { first: named(first), second: named(second) });
        }
        if outputs.iter().any(|output| output.path.is_none()) && is_standard_output(second) {
            let first = "standard output".to_owned();
            return Err(PlanError::SameFile { first, second: named(second) });
        }
    }
    Ok(())
}

/// What is to be said of links that are to be followed where none are.
fn idle_links(flag: Option<Links>, in_file: Option<Links>, tree: &Tree) -> Option<String> {
    let said = match (flag, in_file) {
        (Some(Links::Follow), _) => "`--links follow`",
        (None, Some(Links::Follow)) => "`links = \"follow\"`",
        _ => return None,
    };
    match tree.target()? {
        Target::Folder(_) => None,
        _ => Some(format!("{said} changes nothing: links are followed in local folders only")),
    }
}

/// How far files are looked into where the user does not say: each costs a request in a store, and in git is unpacked.
fn default_content(tree: &Tree) -> Content {
    if tree.target().is_some_and(Target::is_costly_to_look_into) {
        Content::None
    } else {
        Content::default()
    }
}

/// Whether both the request and the target are to come from standard input.
fn reads_standard_input_twice(arguments: &CheckArguments) -> bool {
    let is_standard_input = |name: &OsStr| name == "-";
    let listing = arguments.listing.iter().flatten().map(|path| path.as_os_str());
    arguments.request.as_deref().is_some_and(|path| is_standard_input(path.as_os_str()))
        && arguments.target.as_deref().into_iter().chain(listing).any(is_standard_input)
}

/// The call that is predicted where the user names none.
fn default_endpoint(target: Option<&Target>, request: Option<&Request>) -> Endpoint {
    let of_target = target.map(Target::endpoint).unwrap_or(Endpoint::ImportAnnotation);
    request.and_then(|request| request.endpoint(of_target == Endpoint::Upload)).unwrap_or(of_target)
}

/// What is to be said of a call that was guessed from the request.
fn guessed(request: &Request, endpoint: Endpoint) -> Option<String> {
    let has_project = request.body.as_ref()?.field(Field::ProjectId).is_some();
    let with_tasks = if endpoint == Endpoint::Upload {
        Endpoint::UploadAnnotation
    } else {
        Endpoint::ImportAnnotation
    };
    (!has_project).then(|| {
        format!("without `projectId` the request is taken for one of `{endpoint}`; if it is not, say --endpoint {with_tasks}")
    })
}

/// What is wrong and what to do, in one line.
fn with_help(error: &dyn Diagnostic) -> String {
    match error.help() {
        Some(help) => format!("{error}; {help}"),
        None => error.to_string(),
    }
}

/// The tree that a request names.
fn tree_of(
    request: &Request,
    endpoint: Endpoint,
    cloud: &CloudArguments,
) -> Result<Tree, PlanError> {
    if !endpoint.lists_a_prefix() {
        return Err(PlanError::NoZip { endpoint });
    }
    // What it says instead of an address is a finding.
    let Some(url) = request.resource_url() else { return Ok(Tree::LeftOut) };
    Ok(match Target::requested(request, url, cloud) {
        Ok(target) => Tree::Requested(target),
        Err(error) => Tree::Unreachable(with_help(&error)),
    })
}

/// What is to be said of ignores that end within [`SOON`].
fn ending_soon(config: &Config, today: Date) -> Vec<String> {
    let excuses = config.ignores.iter().map(|ignore| (ignore.on(today), ignore.expires));
    let at_paths = config.per_path_ignores.iter().map(|ignore| (ignore.on(today), ignore.expires));
    excuses
        .chain(at_paths)
        .filter_map(|(excuse, expires)| {
            let days = expires?.days_from(today).filter(|days| *days <= SOON)?;
            Some(format!(
                "{} ends on {}, {}",
                excuse.label(&excuse.rules),
                expires?.0,
                in_days(days)
            ))
        })
        .collect()
}

/// `today`, or `in 3 days`.
pub(crate) fn in_days(days: u64) -> String {
    if days == 0 { "today".to_owned() } else { format!("in {}", text::count(days, "day")) }
}

fn settings(
    arguments: CheckArguments,
    config: Config,
    target: Option<&Target>,
    endpoint: Endpoint,
    today: Date,
) -> Settings {
    let CheckArguments { settings: arguments, data_type, .. } = arguments;
    let defaults = Settings::default();
    let everywhere = config.ignores.iter().map(|ignore| ignore.on(today));
    let excuses = everywhere.chain(per_path_excuses(&config, target, today)).collect();
    let words = |words: Vec<Word<Selector>>| words.into_iter().map(|word| word.0).collect();
    let (select, mut ignore): (_, Vec<_>) = if arguments.select.is_empty() {
        (words(config.select.unwrap_or_default()), words(config.ignore))
    } else {
        (arguments.select, Vec::new())
    };
    ignore.extend(arguments.ignore);
    let (select, ignore) = (each_once(select), each_once(ignore));
    let mut severity: BTreeMap<_, _> =
        config.severity.into_iter().map(|(selector, severity)| (selector.0, severity.0)).collect();
    severity
        .extend(arguments.severity.into_iter().map(|choice| (choice.selector, choice.severity)));
    Settings {
        endpoint,
        data_type,
        basis: arguments.basis.or(config.basis.map(|word| word.0)).unwrap_or(defaults.basis),
        select,
        ignore,
        severity,
        excuses,
        tolerance_ns: arguments
            .tolerance
            .or(config.tolerance.map(|word| word.0))
            .map(|tolerance| tolerance.nanoseconds),
        reference: config.reference,
        max_examples: arguments
            .max_examples
            .or(config.max_examples)
            .map_or(defaults.max_examples, NonZeroUsize::get),
    }
}

/// The ignores at some paths. Where the dataset lies is asked only if one of them depends on it.
fn per_path_excuses(config: &Config, target: Option<&Target>, today: Date) -> Vec<Excuse> {
    let location = LazyCell::new(|| Location::of(target));
    let excuses = config.per_path_ignores.iter().map(|ignore| (ignore.on(today), &ignore.file));
    excuses
        .map(|(excuse, file)| {
            if excuse.is_anchored() {
                excuse.with_base(location.relative_to_folder_of(file))
            } else {
                excuse
            }
        })
        .collect()
}

/// How many examples of a finding are kept where the user does not say: in lines, one each, as many as memory bears in any case.
fn kept_examples(outputs: &[Output]) -> usize {
    const IN_LINES: usize = 1_000;
    let in_lines = outputs.iter().any(|output| output.format == Format::Jsonl);
    if in_lines { IN_LINES } else { Settings::default().max_examples }
}

fn each_once(selectors: Vec<Selector>) -> Vec<Selector> {
    let mut once: Vec<Selector> = Vec::with_capacity(selectors.len());
    for selector in selectors {
        if !once.contains(&selector) {
            once.push(selector);
        }
    }
    once
}

/// The reports to write; the drawn one on standard output where none is named.
fn outputs(given: &[Output]) -> Result<Vec<Output>, PlanError> {
    let mut outputs: Vec<Output> = Vec::with_capacity(given.len().max(1));
    for output in given {
        if outputs.contains(output) {
            continue;
        }
        if let Some(first) = outputs.iter().find(|other| other.path == output.path) {
            let place = output.path.as_ref().map_or("standard output".to_owned(), |path| {
                visible_path(path.as_os_str().as_encoded_bytes())
            });
            return Err(PlanError::SamePlace { place, first: first.format, second: output.format });
        }
        outputs.push(output.clone());
    }
    if outputs.is_empty() {
        outputs.push(Output { format: Format::Full, path: None });
    }
    Ok(outputs)
}

/// The selections, ignores and severities without which the run would have been the same, in words.
fn idle_settings(settings: &Settings) -> Vec<String> {
    let running =
        |settings: &Settings| rules::ALL.iter().map(|rule| settings.runs(rule)).collect::<Vec<_>>();
    let as_set = running(settings);
    let mut idle = Vec::new();
    for (at, selector) in settings.select.iter().enumerate() {
        let mut without = settings.clone();
        without.select.remove(at);
        // Without its only selection everything would run: that one is never idle.
        if !without.select.is_empty() && running(&without) == as_set {
            idle.push(format!(
                "selecting `{}` changes nothing: without it the same rules run",
                selector.as_str()
            ));
        }
    }
    for (at, selector) in settings.ignore.iter().enumerate() {
        let mut without = settings.clone();
        without.ignore.remove(at);
        if running(&without) == as_set {
            idle.push(format!(
                "ignoring `{}` changes nothing: without it the same rules run",
                selector.as_str()
            ));
        }
    }
    for selector in settings.severity.keys() {
        if !rules::ALL.iter().any(|rule| selector.matches(rule) && settings.runs(rule)) {
            idle.push(format!(
                "the severity of `{}` changes nothing: it does not run",
                selector.as_str()
            ));
        }
    }
    idle
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use jiff::civil::date;
    use sensortree_core::finding::settings::Severity;

    fn plan(flags: &[&str], config: &str) -> Result<Plan, PlanError> {
        let line = ["sensortree", "check", env!("CARGO_MANIFEST_DIR")].iter().chain(flags);
        let crate::args::Command::Check(arguments) =
            crate::args::Arguments::try_parse_from(line).unwrap().command
        else {
            panic!("not a check");
        };
        Plan::new(
            *arguments,
            Found { config: toml::from_str(config).unwrap(), ..Found::default() },
            date(2026, 7, 1),
        )
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let file = r#"
            ignore = ["F101"]
            tolerance = "20ms"
            fail-on = "never"
            links = "follow"
            max-examples = 9
            severity = { F101 = "advice" }
        "#;
        let from_file = plan(&[], file).unwrap();
        assert_eq!(from_file.settings.tolerance_ns, Some(20_000_000));
        assert_eq!(from_file.fail_on, FailOn::Never);
        assert_eq!(from_file.scan_options().links, Links::Follow);
        assert_eq!(from_file.settings.max_examples, 9);
        assert_eq!(from_file.settings.ignore.len(), 1);

        let flags = [
            "--tolerance=5ms",
            "--fail-on=advice",
            "--links=refuse",
            "--max-examples=1",
            "--severity=F101=error",
            "--select=F",
        ];
        let from_flags = plan(&flags, file).unwrap();
        assert_eq!(from_flags.settings.tolerance_ns, Some(5_000_000));
        assert_eq!(from_flags.fail_on, FailOn::Advice);
        assert_eq!(from_flags.scan_options().links, Links::Refuse);
        assert_eq!(from_flags.settings.max_examples, 1);
        assert_eq!(from_flags.settings.severity.values().collect::<Vec<_>>(), [&Severity::Error]);
        let rule = rules::find("F101").unwrap();
        assert!(!from_file.settings.runs(rule) && from_flags.settings.runs(rule));
    }

    #[test]
    fn ignores_end() {
        let check = |expires: &str, lapses: bool, said: Option<&str>| {
            let excuse = format!("rules = [\"F101\"]\nreason = \"known\"\nexpires = {expires}\n");
            let plan = plan(
                &[],
                &format!("[[ignores]]\n{excuse}[[per-path-ignores]]\npath = \"a/**\"\n{excuse}"),
            )
            .unwrap();
            assert_eq!(plan.settings.excuses.len(), 2);
            assert!(
                plan.settings.excuses.iter().all(|excuse| excuse.lapsed.is_some() == lapses),
                "{expires}"
            );
            let expected: Vec<String> = said
                .into_iter()
                .flat_map(|said| {
                    ["", " at `a/**`"]
                        .map(|at| format!("the ignore of `F101`{at} ends on {expires}, {said}"))
                })
                .collect();
            assert_eq!(plan.notes, expected);
        };
        check("2026-06-30", true, None);
        check("2026-07-01", false, Some("today"));
        check("2026-07-02", false, Some("in 1 day"));
        check("2026-07-15", false, Some("in 14 days"));
        check("2026-07-16", false, None);
        check("9999-12-31", false, None);
    }

    #[test]
    fn one_place_takes_one_report() {
        let formats = |flags: &[&str]| plan(flags, "").map(|plan| plan.outputs.len());
        assert_eq!(formats(&[]).unwrap(), 1);
        assert_eq!(formats(&["--format=full", "--format=json=a.json"]).unwrap(), 2);
        assert_eq!(formats(&["--format=json", "--format=json"]).unwrap(), 1);
        assert!(formats(&["--format=full", "--format=json"]).is_err());
        assert!(formats(&["--format=full", "--format=json=-"]).is_err());
        assert!(formats(&["--format=full=a", "--format=json=a"]).is_err());
    }

    #[test]
    fn a_look_into_files_that_are_not_opened_is_said_to_change_nothing() {
        let idle = |target: &[&str], flags: &[&str]| {
            let line = ["sensortree", "check"].iter().chain(target).chain(flags);
            let crate::args::Command::Check(arguments) =
                crate::args::Arguments::try_parse_from(line).unwrap().command
            else {
                panic!("not a check");
            };
            Plan::new(*arguments, Found::default(), date(2026, 7, 1)).unwrap().idle_flags.len()
        };
        let (folder, listing) = ([env!("CARGO_MANIFEST_DIR")], ["--listing", "names.txt"]);
        assert_eq!(idle(&folder, &["--content=headers"]), 0);
        assert_eq!(idle(&listing, &["--content=headers"]), 1);
        assert_eq!(idle(&listing, &["--content=none"]), 0);
        assert_eq!(idle(&listing, &[]), 0);
        assert_eq!(idle(&folder, &["--links=follow"]), 0);
        assert_eq!(idle(&listing, &["--links=follow"]), 1);
        assert_eq!(idle(&listing, &["--links=refuse"]), 0);
    }

    #[test]
    fn settings_without_effect_are_named() {
        let check = |flags: &[&str], expected: &[&str]| {
            let idle = idle_settings(&plan(flags, "").unwrap().settings);
            assert_eq!(idle.len(), expected.len(), "{flags:?}: {idle:?}");
            for (said, expected) in idle.iter().zip(expected) {
                assert!(said.contains(expected), "{said}");
            }
        };
        check(&[], &[]);
        check(&["--select=F"], &[]);
        check(&["--ignore=F101"], &[]);
        check(&["--select=ALL,F101"], &["selecting `F101`"]);
        check(&["--ignore=F101,F101"], &[]);
        check(&["--ignore=F101,file-empty"], &["`F101`", "`file-empty`"]);
        check(&["--ignore=F101", "--severity=F101=error"], &["severity of `F101`"]);
    }
}
