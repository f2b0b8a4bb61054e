//! The command lines of `apply` and `undo`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::cli::cloud::CloudArguments;
use crate::cli::target_arguments::TargetArguments;

const APPLY_EXAMPLES: &str = "\
Examples:
  sensortree fix drives/0423 --plan plan.json       write a plan
  sensortree apply plan.json                        carry it out, after a question
  sensortree apply renames.csv --target drives/0423 carry out a list of renames: from,to

Exit codes:
  0  the plan is carried out
  2  it cannot be carried out, or is no plan of this target
  3  the inspection of the target is incomplete";

const UNDO_EXAMPLES: &str = "\
Examples:
  sensortree undo                       the last run on the current folder
  sensortree undo drives/0423           the last run on this dataset
  sensortree undo 20260415-121420-1     this run

Exit codes:
  0  all is as it was before the run
  2  there is no such run, or it cannot be taken back";

/// The arguments of `apply`.
#[derive(Clone, Debug, Args)]
#[command(after_help = APPLY_EXAMPLES, mut_arg("select", |arg| arg.hide(true)), mut_arg("ignore", |arg| arg.hide(true)))]
pub struct ApplyArguments {
    /// The plan
    ///
    /// `.json` as `fix --plan` writes it, or `.csv` with the columns `from,to`, where nothing in
    /// `to` takes a path out of the tree.
    #[arg(value_hint = clap::ValueHint::FilePath)]
    pub file: PathBuf,

    /// What it is carried out on [default: what a `.json` was made for]
    #[arg(long, value_name = "TARGET", value_hint = clap::ValueHint::AnyPath, help_heading = "Repairs")]
    pub target: Option<OsString>,

    /// Do not ask before the plan is carried out
    #[arg(long, short, help_heading = "Repairs")]
    pub yes: bool,

    /// Delete what is taken out, instead of keeping it
    ///
    /// Without it, it is kept in `.sensortree` beside the tree.
    #[arg(long, help_heading = "Repairs")]
    pub no_trash: bool,

    // No comment of its own: it would be put before the first flag.
    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub checking: TargetArguments,
}

/// The arguments of `undo`.
#[derive(Clone, Debug, Args)]
#[command(after_help = UNDO_EXAMPLES)]
pub struct UndoArguments {
    /// The run, by its name, or the dataset whose last run it is [default: the current folder]
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    pub run: Option<OsString>,

    /// Show no progress
    #[arg(long, help_heading = "Output")]
    pub no_progress: bool,

    // No comment of its own: it would be put before the first flag.
    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub cloud: CloudArguments,
}
