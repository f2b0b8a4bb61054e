//! The manual pages, of the declarations in [`crate::cli::args`].

use clap::CommandFactory;
use miette::Diagnostic;
use sensortree_core::text;

use crate::cli::args::Arguments;

/// A command that there is no page of.
#[derive(Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
#[error("there is no command `{command}`")]
pub struct UnknownCommand {
    command: String,
    #[help]
    help: Option<String>,
}

/// The manual page of sensortree, or of one of its commands, in roff.
///
/// # Errors
/// When there is no such command.
pub fn page(command: Option<&str>) -> Result<Vec<u8>, UnknownCommand> {
    let mut whole = Arguments::command();
    whole.build();
    let command = match command {
        None => whole,
        Some(name) => find(&whole, name)?,
    };
    let mut page = Vec::new();
    // Writing to memory cannot fail.
    let _ = clap_mangen::Man::new(command).render(&mut page);
    Ok(page)
}

fn find(whole: &clap::Command, name: &str) -> Result<clap::Command, UnknownCommand> {
    whole.find_subcommand(name).cloned().ok_or_else(|| {
        let nearest = text::nearest(name, whole.get_subcommands().map(clap::Command::get_name));
        UnknownCommand {
            command: name.to_owned(),
            help: nearest.map(|nearest| format!("did you mean `{nearest}`?")),
        }
    })
}
