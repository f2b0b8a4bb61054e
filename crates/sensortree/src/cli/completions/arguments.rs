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

    /// Write the file that the shell reads completions from
    ///
    /// It is sensortree's own; what is left to do is said.
    #[arg(long)]
    pub install: bool,

    /// A position in a line and its words, as the scripts ask
    #[arg(last = true, hide = true, conflicts_with_all = ["shell", "install"])]
    pub line: Vec<OsString>,
}
