//! Completions for shells: the script of each, of the declarations in [`crate::cli::args`], and the
//! words that only the program knows, for which the scripts of bash, fish and zsh ask it.

pub mod arguments;
mod install;
mod words;

use std::io;

use clap::CommandFactory;
use clap_complete::Shell;
use miette::Diagnostic;

pub use install::InstallError;

use self::arguments::CompletionsArguments;
use crate::cli::args::Arguments;

/// What the scripts add that ask the program.
const BASH: &str = include_str!("words.bash");
const FISH: &str = include_str!("words.fish");
const ZSH: &str = include_str!("words.zsh");

/// Why no completions can be had.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum CompletionsError {
    /// No shell is named, and the environment names none that is known.
    #[error("which shell?")]
    #[diagnostic(help("name it: sensortree completions bash, elvish, fish, powershell or zsh"))]
    NoShell,
    /// They cannot be installed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Install(#[from] InstallError),
}

/// What `completions` prints: a script, what was installed, or the words that fit.
///
/// # Errors
/// When no shell is named, or the script cannot be installed.
pub fn run(arguments: &CompletionsArguments) -> Result<Vec<u8>, CompletionsError> {
    if let Some((at, line)) = arguments.line.split_first() {
        let at = at.to_str().and_then(|at| at.parse().ok()).unwrap_or(usize::MAX);
        return Ok(words::lines(line, at).into_bytes());
    }
    let shell = arguments.shell.or_else(Shell::from_env).ok_or(CompletionsError::NoShell)?;
    if arguments.install {
        return Ok(install::install(shell)?.into_bytes());
    }
    Ok(script(shell))
}

/// The script for a shell.
fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(
        shell,
        &mut Arguments::command(),
        "sensortree",
        &mut script as &mut dyn io::Write,
    );
    script.extend_from_slice(match shell {
        Shell::Bash => BASH.as_bytes(),
        Shell::Fish => FISH.as_bytes(),
        Shell::Zsh => ZSH.as_bytes(),
        _ => b"",
    });
    script
}
