//! Why a plan is not made, or not carried out.

use miette::Diagnostic;
use sensortree_apply::ApplyError;
use sensortree_report::escape::visible;

use crate::cli::as_if::AsIfError;
use crate::cli::exit::Exit;

/// Why a plan is not made, or not carried out.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum FixError {
    /// Not all of the target could be read.
    #[error("no plan is made of `{target}`, as {what}")]
    #[diagnostic(help("`sensortree check` says what could not be read"))]
    Incomplete {
        /// The target.
        target: String,
        /// What is not known.
        what: String,
    },
    /// The target cannot be changed.
    #[error("{what}, so that the plan cannot be carried out there")]
    #[diagnostic(help("{help}"))]
    OnlyAPlan {
        /// What it is.
        what: String,
        /// What to do instead.
        help: String,
    },
    /// Nobody can be asked.
    #[error("there is no terminal to ask on, and --yes is not given")]
    #[diagnostic(help("look at the plan without --apply, then say `--apply --yes`"))]
    NobodyToAsk,
    /// An earlier run was interrupted.
    #[error("the run {run} on `{target}` was interrupted, and may have changed a part of the tree")]
    #[diagnostic(help(
        "`sensortree undo {target}` takes it back; `sensortree fix {target} --apply` finishes it first"
    ))]
    Interrupted {
        /// The run.
        run: String,
        /// The target.
        target: String,
    },
    /// A repair was chosen that no finding has.
    #[error("`--choose {code}={number}`: {what}")]
    #[diagnostic(help("the plan lists the repairs of each finding that a choice is needed for"))]
    Choice {
        /// The rule.
        code: &'static str,
        /// The number.
        number: usize,
        /// Why nothing is chosen by it.
        what: String,
    },
    /// A file of a suffix that names no form of a plan.
    #[error("`{path}` says no form of a plan by its suffix")]
    #[diagnostic(help("name a file in `.json`, `.csv` or `.sh`"))]
    PlanForm {
        /// The file.
        path: String,
    },
    /// A file that is no plan.
    #[error("`{file}` is no plan: {what}")]
    PlanFile {
        /// The file.
        file: String,
        /// Why.
        what: String,
    },
    /// A part of a plan that cannot be carried out.
    #[error("{place}`{file}`: {what}")]
    #[diagnostic(help(
        "a plan may be edited: each path is relative to the target, and each gets a place of its own"
    ))]
    PlanChange {
        /// The place in the file, with ` of ` behind it, where it is known.
        place: String,
        /// The file.
        file: String,
        /// What is wrong.
        what: String,
    },
    /// A table that is no plan.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Table(AsIfError),
    /// A plan that does not say what it is for.
    #[error("`{file}` does not say what it is to be carried out on")]
    #[diagnostic(help("name the dataset: `--target TARGET`"))]
    NoTarget {
        /// The file.
        file: String,
    },
    /// A plan for another tree.
    #[error("`{target}` is not as it was when the plan of `{file}` was made")]
    #[diagnostic(help("make a new plan: `sensortree fix {target} --plan {file}`"))]
    OtherTree {
        /// The file.
        file: String,
        /// The target.
        target: String,
    },
    /// A file that could not be read.
    #[error("`{file}` cannot be read: {what}")]
    UnreadFile {
        /// The file.
        file: String,
        /// Why.
        what: String,
    },
    /// A line of pairs or times that cannot be followed.
    #[error("`{file}`, line {line}: {what}")]
    WrongLine {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// A list of times that stands beside no frames.
    #[error("`{file}` stands in no folder of the target, so whose times it holds is not known")]
    #[diagnostic(help("name the folder: `--times camera-front/scene_1={file}`"))]
    TimesOfWhat {
        /// The file.
        file: String,
    },
    /// A script for what is no folder.
    #[error("`{path}` would be a script that moves files in a folder, and the target is none")]
    #[diagnostic(help("write the plan as `.json` or `.csv`"))]
    NoScript {
        /// The file.
        path: String,
    },
    /// It could not be carried out, or not taken back.
    #[error("{}", visible(&.0.to_string()))]
    Apply(ApplyError),
}

// Not by `#[from]`: what is wrong is said whole, and would be said a second time as the cause.
impl From<ApplyError> for FixError {
    fn from(error: ApplyError) -> Self {
        FixError::Apply(error)
    }
}

impl From<AsIfError> for FixError {
    fn from(error: AsIfError) -> Self {
        FixError::Table(error)
    }
}

impl FixError {
    /// How the run ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            FixError::Incomplete { .. } => Exit::Incomplete,
            _ => Exit::Usage,
        }
    }
}
