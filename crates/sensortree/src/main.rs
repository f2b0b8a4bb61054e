//! The command `sensortree`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use sensortree::Target;
use sensortree::cli::args::{Arguments, CatalogueFormat, Command};
use sensortree::cli::check_arguments::CheckArguments;
use sensortree::cli::config::Files;
use sensortree::cli::exit::{Exit, Failure};
use sensortree::cli::interruption::Interruption;
use sensortree::cli::run_config::RunConfig;
#[cfg(not(feature = "git"))]
use sensortree::cli::run_config_error::RunConfigError;
use sensortree::cli::terminal::{self, Terminal};
use sensortree::cli::{
    catalogue, clock, completions, config, explain, manual, output, pipeline, record, several,
    show_config,
};
use sensortree_core::document::request::without_secrets;
use sensortree_report::escape::{visible, visible_path};

// musl's own has one lock, for which the threads that list a tree wait.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    output::survive_file_size_limit();
    let exit = match Arguments::try_parse() {
        Ok(arguments) => {
            terminal::choose_color(arguments.color);
            run(arguments.command)
        }
        Err(error) if error.use_stderr() => refuse(&error),
        // The help and the version, which are asked for as any other text.
        Err(error) => output::print(error.render().ansi().to_string().as_bytes())
            .map(|()| Exit::Clean)
            .map_err(Failure::from),
    };
    let exit = exit.unwrap_or_else(|failure| {
        terminal::complain(&failure);
        failure.exit()
    });
    exit.into()
}

/// Says what is wrong with the command line, and ends. What it repeats of the line drives no
/// terminal and gives no key away: the line is read once more with what cannot be seen written out,
/// and `*` for what may be a secret in an address.
fn refuse(error: &clap::Error) -> ! {
    let written: Vec<String> =
        std::env::args_os().map(|argument| shown(argument.as_encoded_bytes())).collect();
    match Arguments::try_parse_from(written) {
        Err(mut error) => {
            if let Some(target) = taken_for_command(&error) {
                let meant = StyledStr::from(format!("to check it: sensortree check {target}"));
                error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![meant]));
            }
            error.exit()
        }
        // What was wrong is gone with what is not shown.
        Ok(_) => {
            let said = error.to_string();
            let said: Vec<_> = said.lines().map(|line| without_secrets(&visible(line))).collect();
            // Where standard error takes nothing, the exit code is all that is left to say.
            let _ = writeln!(std::io::stderr(), "{}", said.join("\n"));
            std::process::exit(error.exit_code())
        }
    }
}

/// An argument as it is repeated.
fn shown(argument: &[u8]) -> String {
    let argument = visible_path(argument);
    let (flag, value) = match argument.split_once('=') {
        Some((flag, value)) if flag.starts_with("--") => (format!("{flag}="), value),
        _ => (String::new(), argument.as_str()),
    };
    // `F101=fatal` is neither an address nor a connection string, and says nothing without its end.
    let may_hold_key = value.contains("//") || value.contains(['@', ';']);
    if may_hold_key { flag + &without_secrets(value) } else { argument }
}

/// What stands where a command is named, and names something that can be checked.
fn taken_for_command(error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    // What cannot be shown as it is cannot be typed as it is shown.
    let word = std::env::args_os().skip(1).find(|argument| argument == word.as_str())?;
    let word = word.into_string().ok()?;
    let is_plain = |c: char| c.is_alphanumeric() || "._-/:@\\".contains(c);
    (word.chars().all(is_plain) && Target::named(&word).is_ok()).then_some(word)
}

fn run(command: Command) -> Result<Exit, Failure> {
    let Terminal { width, is_terminal, .. } = Terminal::stdout();
    let text = match command {
        Command::Check(arguments) => return check(&arguments.settled()),
        Command::Fix(arguments) => return sensortree::cli::fix::run(&arguments),
        Command::Apply(arguments) => return sensortree::cli::apply::apply(&arguments),
        Command::Undo(arguments) => return sensortree::cli::apply::undo(&arguments),
        Command::Config(arguments) => {
            let found =
                config::of(&arguments.config_file, arguments.target.as_deref(), &Files::default())?;
            show_config::show(&arguments, &found, clock::today())?.into_bytes()
        }
        Command::Explain(arguments) => explain::pages(&arguments.codes, width)?.into_bytes(),
        Command::Rules(arguments) => match arguments.format {
            CatalogueFormat::Text => catalogue::text(is_terminal.then_some(width)).into_bytes(),
            CatalogueFormat::Json => catalogue::json().into_bytes(),
            CatalogueFormat::Markdown => catalogue::markdown().into_bytes(),
        },
        Command::Record(arguments) => record::record(&arguments)?.into_bytes(),
        Command::Accuracy(arguments) => record::accuracy(&arguments)?.into_bytes(),
        Command::Completions(arguments) => completions::run(&arguments)?,
        Command::Man { command } => manual::page(command.as_deref())?,
    };
    output::print(&text)?;
    Ok(Exit::Clean)
}

fn check(arguments: &CheckArguments) -> Result<Exit, Failure> {
    if arguments.staged {
        #[cfg(feature = "git")]
        return sensortree::cli::staged::check(arguments);
        #[cfg(not(feature = "git"))]
        return Err(
            RunConfigError::from(sensortree::cli::target::NoTarget::of_git("--staged")).into()
        );
    }
    if arguments.is_of_several() {
        return several::check(arguments);
    }
    let interruption = Interruption::watch();
    let config =
        config::of(&arguments.config_file, arguments.target.as_deref(), &Files::default())?;
    let run_config = RunConfig::new(arguments, config, clock::today())?;
    pipeline::check(&run_config, &interruption)
}
