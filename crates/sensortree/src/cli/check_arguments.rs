//! The flags of `check`, and those of them that other commands have, too.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use sensortree_report::Format;

use crate::cli::config::{Config, ConfigFileArguments};
use crate::cli::inspection_arguments::{InspectionArguments, ListingArguments};
use crate::cli::value_parsers::text_of;

const CHECK_EXAMPLES: &str = "\
Examples:
  sensortree check                                       the current folder
  sensortree check git:HEAD:drives/0423                  what was committed
  sensortree check --staged                              what is about to be committed
  sensortree check drives/0423 --format concise          one line per finding
  sensortree check drives/0423 --format full --format json=report.json
  sensortree check drives/0423 --select L,A --ignore A208
  sensortree check --listing keys.txt --metadata metadata.json
  sensortree check drives/0423 --save-listing 0423.listing.gz
  sensortree check drives/0423 --as-if renames.csv       what would be answered after these renames
  sensortree check drives/0423 --tolerance 20ms --fail-on rejection
  sensortree check drives/0423 --request body.json       the request that is to be sent, too
  sensortree check --request body.json --no-list         the request alone

Exit codes:
  0  nothing at or above --fail-on
  1  findings at or above --fail-on
  2  wrong usage or configuration, no such target, or an output that cannot be written
  3  the inspection is incomplete: something could not be read
  4  nothing there to check";

const STAGED: &str = "\
Check what is about to be committed to git, and report what the commit touches.

Each dataset of the repository of which something is staged is judged as a whole, as the index has it; with TARGET, only the
dataset in that folder. Frames that are staged are looked into. A finding fails the commit when it is new since the last one,
or when something is staged where it lies; others are counted in one line.

  sensortree check --staged
  sensortree check --staged data/drive_0423";

/// What a target can be, in one sentence.
const TARGET: &str = "A folder, `.zip`, s3:// gs:// az:// prefix, git:REV[:FOLDER], git:index or saved listing [default: the \
                      current folder, or what the request's `resourceUrl` names]";

/// The arguments of `check`.
#[derive(Clone, Debug, Default, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub struct CheckArguments {
    /// What to check, where that is one dataset.
    #[arg(skip)]
    pub target: Option<OsString>,

    /// Whether that is one of several that are checked together, of which there may be one.
    #[arg(skip)]
    pub is_one_of_several: bool,

    /// What to check.
    #[arg(value_name = "TARGET", value_hint = clap::ValueHint::AnyPath, help = TARGET)]
    pub targets: Vec<OsString>,

    /// Check every dataset below a folder or a cloud prefix
    ///
    /// May be given several times, and beside TARGETs.
    #[arg(long, value_name = "PREFIX", value_hint = clap::ValueHint::DirPath, conflicts_with_all = ["staged", "no_list", "listing"])]
    pub each: Vec<OsString>,

    /// How to report, and into which file [default: full]
    #[arg(long, value_name = "FORMAT[=PATH]", help_heading = "Output", help = format_words(), long_help = format_help())]
    pub format: Vec<Output>,

    /// Print only the predicted answer; no progress, no warnings
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,

    /// Draw every example, fact and name there is
    ///
    /// It is also said which configuration was read.
    #[arg(long, short, action = clap::ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,

    /// Add to `json` how the frames lie, drawn as SVG
    #[arg(long, help_heading = "Output")]
    pub picture: bool,

    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub settings: Config,

    /// Write the findings as the baseline [default: the baseline in
    /// force, or sensortree-baseline.json]
    ///
    /// From then on they do not count. Of several datasets the file has a part for each.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with_all = ["select", "ignore"], help_heading = "Configuration")]
    pub write_baseline: Option<Option<PathBuf>>,

    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub config_file: ConfigFileArguments,

    /// Let an empty target pass
    #[arg(long, help_heading = "Configuration")]
    pub allow_empty: bool,

    /// Check what is about to be committed to git: each dataset of which something is staged, or
    /// only the one in TARGET, and report what the commit touches
    #[arg(
        long,
        conflicts_with_all = ["listing", "save_listing", "request", "write_baseline"],
        help_heading = "Git",
        help = "Check what is about to be committed to git",
        long_help = STAGED
    )]
    pub staged: bool,

    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub listed: ListingArguments,

    /// Save what is listed, for a check with --listing
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "Listings")]
    pub save_listing: Option<PathBuf>,

    /// Check the tree as it would be after the renames of FILE
    ///
    /// FILE is CSV, `from,to`, with paths relative to the target.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with_all = ["staged", "no_list"], help_heading = "Repairs")]
    pub as_if: Option<PathBuf>,

    /// Also check the body of a request
    ///
    /// FILE is JSON; `-` is standard input.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "Request")]
    pub request: Option<PathBuf>,

    /// Check the body of the request alone, and list no tree
    #[arg(long, requires = "request", conflicts_with_all = ["targets", "listing", "save_listing"], help_heading = "Request")]
    pub no_list: bool,

    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub inspection: InspectionArguments,
}

impl CheckArguments {
    /// The same, with what is named taken for the one dataset where it is one.
    #[must_use]
    pub fn settled(mut self) -> Self {
        if self.targets.len() == 1 && self.each.is_empty() {
            self.target = self.targets.pop();
        }
        self
    }

    /// Whether several datasets are to be checked.
    #[must_use]
    pub fn is_of_several(&self) -> bool {
        !self.targets.is_empty() || !self.each.is_empty()
    }
}

/// `FORMAT[=PATH]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How to report.
    pub format: Format,
    /// The file that the report goes to; standard output where none is named, or `-`.
    pub path: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = match text.split_once('=') {
            Some((_, "")) => return Err("a file name must follow the `=`".to_owned()),
            Some((format, "-")) => (format, None),
            Some((format, path)) => (format, Some(PathBuf::from(path))),
            None => (text, None),
        };
        Ok(Output { format: format.parse().map_err(text_of)?, path })
    }
}

/// In short help: the words. Each is explained in the long one.
fn format_words() -> String {
    let words = Format::ALL.map(Format::as_str).join(", ");
    format!("How to report, and into which file [default: full] [possible values: {words}]")
}

fn format_help() -> String {
    let mut help =
        "How to report, and into which file; may be given several times [default: full]\n"
            .to_owned();
    for format in Format::ALL {
        help.push_str(&format!("\n- {format}: {}", format.summary()));
    }
    help
}
