//! The command line of `completions`.

use std::ffi::OsString;

use clap::Args;
use clap_complete::Shell;

const EXAMPLES: &str = "\
Examples:
  sensortree completions --install              for the shell of SHELL
  sensortree completions fish --install        for this one
  eval \"$(sensortree completions bash)\"        in this shell only";

/// The arguments of `completions`.
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompletionsArguments {
    /// The shell [default: that of the variable SHELL]
    pub shell: Option<Shell>,

    /// Write a file of sensortree's own where the shell looks for completions, and say what is left
    /// to do
    #[arg(long)]
    pub install: bool,

    /// A position in a line and the words of the line, as the scripts ask for what fits there.
    #[arg(last = true, hide = true, conflicts_with_all = ["shell", "install"])]
    pub line: Vec<OsString>,
}
