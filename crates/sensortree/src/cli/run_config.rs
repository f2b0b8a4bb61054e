//! What a run is to do: the command line joined with the configuration file.

use std::ffi::OsStr;
use std::fs;
use std::iter;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use miette::Diagnostic;
use sensortree_core::Inspection;
use sensortree_core::document::request::{Field, Request};
use sensortree_core::finding::settings::{FailOn, Settings};
use sensortree_core::platform::Endpoint;
use sensortree_core::report::Report;
use sensortree_core::report::pictures::Pictures;
use sensortree_core::tree::Unread;
use sensortree_report::escape::visible_path;
use sensortree_report::{Format, Places, SettingInForce};
use sensortree_scan::{Content, Links, Progress, ScanError, ScanOptions, inspect};

use crate::cli::as_if::{AsIf, AsIfError};
use crate::cli::base::names_beside;
use crate::cli::baseline::{self, BaselineError, BaselineInput, BaselineOutput, BaselineSummary};
use crate::cli::check_arguments::{CheckArguments, Output};
use crate::cli::cloud::CloudArguments;
use crate::cli::config::Found;
use crate::cli::exit::Failure;
use crate::cli::listing_output::ListingOutput;
use crate::cli::overwrite_guard::{Standing, is_one_file, is_standard_output, place_of, standing};
use crate::cli::places::{from_here, places};
use crate::cli::request;
use crate::cli::run_config_error::RunConfigError;
use crate::cli::run_tree::{Tree, default_content};
use crate::cli::settings::{ending_soon, kept_examples, settings};
use crate::cli::show_config;
use crate::cli::shown::Shown;
use crate::cli::target;
use crate::cli::unused_settings::{unused_flags, unused_links, unused_settings};
use crate::target::Target;

#[cfg(test)]
mod tests;

/// All that is settled before a run begins.
#[derive(Clone, Debug)]
pub struct RunConfig {
    /// The tree to check.
    pub tree: Tree,
    /// The request to check, too.
    pub request: Option<Request>,
    /// What was settled in a way that the user may not expect, in words.
    pub notes: Vec<String>,
    /// Flags without effect, in words.
    pub unused_flags: Vec<String>,
    /// Whether the JSON report holds the picture of the frames.
    pub picture: bool,
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
    /// The way from the current folder to the checked one, where that is one of the disk.
    pub folder: Option<Vec<u8>>,
    /// Whether what is checked is one of several datasets, of which one document is written.
    pub is_one_of_several: bool,
    /// How far files are looked into.
    pub content: Content,
    /// How many frames of each folder are looked into; `None` for all.
    pub sample: Option<NonZeroU64>,
    /// What becomes of symbolic links in a local folder.
    pub links: Links,
    /// How many threads list; `None` for what suits the target.
    pub jobs: Option<NonZeroUsize>,
    /// The number of requests at once; `None` for the usual one.
    pub concurrency: Option<NonZeroUsize>,
    /// Whether an empty target passes.
    pub allow_empty: bool,
    /// Where it is said how far the run is.
    pub progress: Shown,
    /// Whether only the predicted answer is said.
    pub quiet: bool,
    /// How much more is said.
    pub verbose: u8,
    /// The configuration files that were read, each extending the next.
    pub config_paths: Vec<PathBuf>,
    /// The findings that do not count.
    pub baseline_input: Option<BaselineInput>,
    /// The baseline that is to be written.
    pub baseline_output: Option<BaselineOutput>,
    /// The renames after which the tree is to be judged.
    pub as_if: Option<AsIf>,
    /// The listing that is to be saved.
    pub listing_output: Option<ListingOutput>,
    /// The settings in force, where a report tells them.
    pub settings_in_force: Vec<SettingInForce>,
}

impl RunConfig {
    /// Joins the command line with the configuration file. The command line wins: what it sets
    /// replaces what the file says, but for `--ignore` and `--severity`, which add to it. With
    /// `--select` the file's ignores fall away too, so that what is asked for runs. Ignores that
    /// end before `today` hide nothing.
    ///
    /// # Errors
    /// When the target cannot be checked, the request or the baseline not read, or two reports
    /// would go to one place.
    pub fn new(
        arguments: &CheckArguments,
        found: Found,
        today: Date,
    ) -> Result<Self, RunConfigError> {
        let listing_output =
            arguments.save_listing.clone().map(ListingOutput::into_file).transpose()?;
        let outputs = outputs(&arguments.format)?;
        let as_if = arguments.as_if.as_deref().map(AsIf::read).transpose()?;
        if reads_standard_input_twice(arguments) {
            return Err(RunConfigError::StandardInputTwice);
        }
        let request = arguments.request.as_deref().map(request::read).transpose()?;
        let named = match (&arguments.target, &arguments.listed.listing, &request) {
            (None, None, Some(_)) => None,
            _ => Some(target::of(arguments)?),
        };
        let links_in_file = found.config.links.map(|word| word.0);
        let is_pictured = outputs.iter().any(|output| output.format == Format::Html);
        let settings_in_force = match is_pictured {
            true => show_config::in_force(&arguments.settings, &found, named.as_ref(), today)?,
            false => Vec::new(),
        };
        let config = arguments.settings.clone().over_files(found.config);
        let baseline = config.baseline.as_ref().map(|file| &file.path);
        let chosen = config.endpoint.map(|word| word.0);
        let endpoint = chosen.unwrap_or_else(|| default_endpoint(named.as_ref(), request.as_ref()));
        let guess = request
            .as_ref()
            .filter(|_| chosen.is_none())
            .and_then(|request| guessed(request, endpoint));
        let tree = match (named, &request) {
            (Some(target), _) => Tree::Given(target),
            (None, Some(request)) if !arguments.no_list => {
                tree_of(request, endpoint, &arguments.inspection.cloud)?
            }
            _ => Tree::LeftOut,
        };
        let baseline_output = arguments.write_baseline.as_ref().map(|named| {
            let path = named.as_ref().or(baseline).cloned();
            let path = path.unwrap_or_else(|| PathBuf::from(baseline::DEFAULT_FILE));
            let names = names_beside(&path, tree.target());
            BaselineOutput::into_file(path, names, arguments.is_one_of_several)
        });
        let baseline_output = baseline_output.transpose()?;
        let baseline_input = baseline.filter(|_| baseline_output.is_none()).map(|path| {
            let names = names_beside(path, tree.target());
            match &found.baseline_text {
                Some(text) => BaselineInput::of_text(path, text, &names),
                None => BaselineInput::read(path, &names),
            }
        });
        let baseline_input = baseline_input.transpose()?;
        let vendor = request
            .as_ref()
            .filter(|_| matches!(tree, Tree::Requested(_)))
            .and_then(request::note_on_vendor);
        let keys = tree.target().and_then(target::note_on_keys);
        let without_baseline = baseline_input.iter().filter_map(|it| it.baseline.clone().err());
        let notes = guess.into_iter().chain(vendor).chain(keys).chain(without_baseline);
        let notes = notes.chain(ending_soon(&config, today)).collect();
        let mut unused_flags = unused_flags(arguments, request.as_ref(), &tree);
        let links_of_flag = arguments.settings.links.map(|word| word.0);
        unused_flags.extend(unused_links(links_of_flag, links_in_file, &tree));
        let (target, config_path) =
            (tree.target(), found.layers.first().map(|layer| layer.path.as_path()));
        let read = found
            .layers
            .iter()
            .map(|layer| layer.path.as_path())
            .chain(baseline.map(PathBuf::as_path));
        let read: Vec<&Path> = read.collect();
        guard(&outputs, arguments, target, &read)?;
        // Those two replace nothing but what they wrote themselves, or what is empty.
        let others = || {
            let saved = listing_output.iter().map(|listing_output| listing_output.path.as_path());
            saved.chain(baseline_output.iter().map(BaselineOutput::path))
        };
        for path in others() {
            must_not_stand(path, place_of(path, target))?;
        }
        each_in_its_own_file(&outputs, others())?;
        let places = places(arguments, target, config_path);
        let examples = config.max_examples;
        let kept = examples.map_or_else(|| kept_examples(&outputs), NonZeroUsize::get);
        Ok(RunConfig {
            fail_on: config.fail_on.map(|word| word.0).unwrap_or_default(),
            outputs,
            examples: examples.map_or(Settings::default().max_examples, NonZeroUsize::get),
            places,
            folder: target.and_then(|target| from_here(target, arguments.staged)),
            is_one_of_several: arguments.is_one_of_several,
            content: arguments.inspection.content.unwrap_or_else(|| default_content(&tree)),
            sample: arguments.inspection.sample,
            links: config.links.map(|word| word.0).unwrap_or_default(),
            jobs: arguments.inspection.jobs,
            concurrency: arguments.inspection.concurrency,
            allow_empty: arguments.allow_empty,
            progress: shown(arguments),
            quiet: arguments.quiet,
            verbose: arguments.verbose,
            config_paths: found.layers.into_iter().map(|layer| layer.path).collect(),
            baseline_input,
            baseline_output,
            as_if,
            listing_output,
            settings: Settings {
                max_examples: kept,
                repairs: is_pictured,
                ..settings(config, arguments.inspection.data_type, tree.target(), endpoint, today)
            },
            tree,
            request,
            notes,
            unused_flags,
            picture: arguments.picture,
            settings_in_force,
        })
    }

    /// Looks at the tree, where there is one to look at. One that the request names and that cannot
    /// be listed is no error, since there is still the request to judge.
    ///
    /// # Errors
    /// When it cannot be listed at all.
    pub fn inspect(&self, progress: &dyn Progress) -> Result<Inspection, ScanError> {
        let unread = match &self.tree {
            Tree::Given(target) => {
                return inspect(target, &self.scan_options(), progress);
            }
            Tree::Requested(target) => match inspect(target, &self.scan_options(), progress) {
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

    /// What was found, or what would be after the renames that the user named.
    ///
    /// # Errors
    /// When these cannot be carried out.
    pub fn rearranged(&self, inspection: Inspection) -> Result<Inspection, AsIfError> {
        match &self.as_if {
            Some(as_if) => {
                let folder = self.tree.target().and_then(Target::path);
                as_if.apply(&inspection, folder.filter(|path| path.is_dir()))
            }
            None => Ok(inspection),
        }
    }

    /// Judges what was found.
    #[must_use]
    pub fn judge(&self, inspection: Inspection) -> Report {
        match &self.request {
            Some(request) => sensortree_core::check_request(request, inspection, &self.settings),
            None => sensortree_core::check(inspection, &self.settings),
        }
    }

    /// What was inspected, once more, where a report of the run has pictures of it.
    #[must_use]
    pub fn to_be_pictured(&self, inspection: &Inspection) -> Option<Inspection> {
        let is_pictured = self.outputs.iter().any(|output| match output.format {
            Format::Html | Format::Markdown | Format::Github => true,
            Format::Json => self.picture,
            _ => false,
        });
        is_pictured.then(|| inspection.clone())
    }

    /// Adds the pictures of what was inspected to its report, from which a baseline was taken.
    pub fn picture(&self, inspection: Option<&Inspection>, report: &mut Report) {
        // The other formats that have a picture show no repairs, which take as long again.
        let has_repairs = self.outputs.iter().any(|output| output.format == Format::Html);
        report.pictures = inspection.map(|inspection| match has_repairs {
            true => Pictures::of(inspection, report, &self.settings),
            false => Pictures::as_they_are(inspection, &self.settings),
        });
    }

    /// Takes the findings out of the report that do not count: those of the baseline, or all that a
    /// new one is written with. One that is of several datasets is written when all are checked.
    ///
    /// # Errors
    /// When the new baseline cannot be written; the report is as it was then.
    pub fn baseline(&self, report: &mut Report) -> Result<Option<BaselineSummary>, BaselineError> {
        if let Some(baseline_input) = &self.baseline_input {
            baseline_input.apply(report);
        }
        self.baseline_output
            .as_ref()
            .filter(|baseline_output| !baseline_output.is_of_several())
            .map(|baseline_output| baseline_output.finish(report))
            .transpose()
    }

    /// What was set and had no effect, in words.
    #[must_use]
    pub fn unused_settings(&self) -> Vec<String> {
        [self.unused_flags.clone(), unused_settings(&self.settings)].concat()
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
            recording: self
                .listing_output
                .as_ref()
                .map(|listing_output| listing_output.recording.clone()),
        }
    }
}

/// The reports to write where there is no dataset to report of.
///
/// # Errors
/// As [`RunConfig::new`], for what is wrong with them.
pub fn outputs_of_nothing(
    arguments: &CheckArguments,
    found: &Found,
) -> Result<Vec<Output>, RunConfigError> {
    let outputs = outputs(&arguments.format)?;
    let read: Vec<&Path> = found.layers.iter().map(|layer| layer.path.as_path()).collect();
    guard(&outputs, arguments, None, &read)?;
    each_in_its_own_file(&outputs, iter::empty())?;
    Ok(outputs)
}

/// Refuses reports to what must stay.
fn guard(
    outputs: &[Output],
    arguments: &CheckArguments,
    target: Option<&Target>,
    read: &[&Path],
) -> Result<(), RunConfigError> {
    for path in outputs.iter().filter_map(|output| output.path.as_deref()) {
        must_not_stand(path, standing(path, arguments, target, read))?;
    }
    Ok(())
}

/// Refuses further outputs than those of [`RunConfig::new`] to what must stay, and two to one file.
pub(crate) fn refuse_outputs<'p>(
    paths: impl Iterator<Item = &'p Path> + Clone,
    arguments: &CheckArguments,
    run_config: &RunConfig,
) -> Result<(), RunConfigError> {
    let baseline = run_config.baseline_input.iter().map(|input| Path::new(input.file.as_str()));
    let read: Vec<&Path> =
        run_config.config_paths.iter().map(PathBuf::as_path).chain(baseline).collect();
    for path in paths.clone() {
        let target = run_config.tree.target();
        must_not_stand(path, standing(path, arguments, target, &read))?;
    }
    each_in_its_own_file(&[], paths)
}

/// Refuses an output to what must stay.
fn must_not_stand(path: &Path, standing: Option<Standing>) -> Result<(), RunConfigError> {
    let path = visible_path(path.as_os_str().as_encoded_bytes());
    match standing {
        None => Ok(()),
        Some(Standing::Read) => Err(RunConfigError::OverInput { path }),
        Some(Standing::InTree) => Err(RunConfigError::OverDataset { path }),
        Some(Standing::OfGit) => Err(RunConfigError::OverGit { path }),
    }
}

/// Refuses two outputs to one file, of which the second would take the place of the first.
fn each_in_its_own_file<'p>(
    outputs: &'p [Output],
    others: impl Iterator<Item = &'p Path>,
) -> Result<(), RunConfigError> {
    let named = |path: &Path| visible_path(path.as_os_str().as_encoded_bytes());
    let reports = outputs.iter().filter_map(|output| output.path.as_deref());
    let paths: Vec<&Path> = reports.chain(others).collect();
    for (at, second) in paths.iter().enumerate() {
        // What is no file, as a pipe, takes one output after the other.
        if fs::metadata(second).is_ok_and(|facts| !facts.is_file()) {
            continue;
        }
        if let Some(first) = paths.iter().take(at).find(|first| is_one_file(first, second)) {
            return Err(RunConfigError::SameFile { first: named(first), second: named(second) });
        }
        if outputs.iter().any(|output| output.path.is_none()) && is_standard_output(second) {
            let first = "standard output".to_owned();
            return Err(RunConfigError::SameFile { first, second: named(second) });
        }
    }
    Ok(())
}

/// Whether both the request and the target are to come from standard input.
fn reads_standard_input_twice(arguments: &CheckArguments) -> bool {
    let is_standard_input = |name: &OsStr| name == "-";
    let listing = arguments.listed.listing.iter().flatten().map(|path| path.as_os_str());
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
) -> Result<Tree, RunConfigError> {
    if !endpoint.lists_a_prefix() {
        return Err(RunConfigError::NoZip { endpoint });
    }
    // What it says instead of an address is a finding.
    let Some(url) = request.resource_url() else { return Ok(Tree::LeftOut) };
    Ok(match target::requested(request, url, cloud) {
        Ok(target) => Tree::Requested(target),
        Err(error) => Tree::Unreachable(with_help(&error)),
    })
}

/// The reports to write; the drawn one on standard output where none is named.
fn outputs(given: &[Output]) -> Result<Vec<Output>, RunConfigError> {
    let mut outputs: Vec<Output> = Vec::with_capacity(given.len().max(1));
    for output in given {
        if outputs.contains(output) {
            continue;
        }
        if let Some(first) = outputs.iter().find(|other| other.path == output.path) {
            let place = output.path.as_ref().map_or("standard output".to_owned(), |path| {
                visible_path(path.as_os_str().as_encoded_bytes())
            });
            return Err(RunConfigError::SamePlace {
                place,
                first: first.format,
                second: output.format,
            });
        }
        outputs.push(output.clone());
    }
    if outputs.is_empty() {
        outputs.push(Output { format: Format::Full, path: None });
    }
    Ok(outputs)
}

fn shown(arguments: &CheckArguments) -> Shown {
    if arguments.inspection.progress_lines {
        Shown::Lines
    } else if arguments.inspection.no_progress || arguments.quiet {
        Shown::Nowhere
    } else {
        Shown::Terminal
    }
}
