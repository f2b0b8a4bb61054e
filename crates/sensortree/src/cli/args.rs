//! The command line. Each flag is declared once, with its help; `--help`, the man page and the
//! completions come of that.

use std::ffi::OsString;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

use crate::cli::apply::arguments::{ApplyArguments, UndoArguments};
use crate::cli::check_arguments::CheckArguments;
use crate::cli::completions::arguments::CompletionsArguments;
use crate::cli::config::{Config, ConfigFileArguments};
use crate::cli::fix::arguments::FixArguments;
use crate::cli::record::arguments::{AccuracyArguments, RecordArguments};

/// Checks a multi-sensor dataset before it is uploaded, and predicts the platform's answer.
///
/// A dataset is a tree of sensors, scenes and frames. When that tree is not laid out as the import
/// expects, the platform answers 5710 and does not say where. sensortree says where, why, and what
/// would mend it.
#[derive(Debug, Parser)]
#[command(name = "sensortree", version, propagate_version = true, arg_required_else_help = true, after_help = EXAMPLES)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// When to use colour
    ///
    /// `NO_COLOR`, `FORCE_COLOR` and `CLICOLOR_FORCE` are honoured.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub color: ColorChoice,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check one tree and predict the platform's answer
    Check(Box<CheckArguments>),
    /// Show how a tree is mended, and mend it
    Fix(Box<FixArguments>),
    /// Carry out a plan that stands in a file
    Apply(Box<ApplyArguments>),
    /// Take back what was carried out
    Undo(Box<UndoArguments>),
    /// Show the settings in force, and where each comes from
    Config(Box<ConfigArguments>),
    /// Explain rules and response codes
    Explain(ExplainArguments),
    /// List the rules
    Rules(RulesArguments),
    /// Keep the platform's answer beside what was predicted
    Record(Box<RecordArguments>),
    /// Show how often predictions were right
    Accuracy(AccuracyArguments),
    /// Print the completions for a shell
    Completions(CompletionsArguments),
    /// Print the manual page, of sensortree or of one command
    Man {
        /// The command whose page is printed
        command: Option<String>,
    },
}

const EXAMPLES: &str = "\
Examples:
  sensortree check drives/0423          what would the platform answer, and why
  sensortree explain 5710               what an answer means, and which rules predict it
  sensortree explain L103               why a rule exists and how to mend what it finds";

/// The arguments of `config`.
#[derive(Debug, Args)]
pub struct ConfigArguments {
    /// What would be checked [default: the current folder]
    ///
    /// A configuration file in it is not read.
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    pub target: Option<OsString>,

    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub settings: Config,

    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub config_file: ConfigFileArguments,

    /// How to show them
    #[arg(long, value_enum, default_value_t = SettingsFormat::Text, help_heading = "Output")]
    pub format: SettingsFormat,
}

/// How settings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SettingsFormat {
    /// One line a value
    Text,
    /// One object, sensortree-config/1
    Json,
}

/// The arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// A rule's code or name, a response code, or `alignment`
    ///
    /// As `L103`, `sensor-prefix-missing`, `5710`.
    #[arg(required = true, value_name = "CODE")]
    pub codes: Vec<String>,
}

/// The arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesArguments {
    /// How to list them
    #[arg(long, value_enum, default_value_t = CatalogueFormat::Text, help_heading = "Output")]
    pub format: CatalogueFormat,
}

/// How the catalogue is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CatalogueFormat {
    /// One line a rule
    Text,
    /// One object, with each rule's page
    Json,
    /// The reference page
    Markdown,
}

#[cfg(test)]
mod tests {
    use clap::{Command as Program, CommandFactory as _};

    use super::*;

    /// A line of `-h` is read at a glance: what else is to be known stands in `--help`.
    const SHORT: usize = 60;

    fn long_lines(program: &Program, long: &mut Vec<String>) {
        for argument in program.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            let first = help.split(" [").next().unwrap_or_default();
            let is_target = argument.get_id() == "target" || argument.get_id() == "targets";
            if first.chars().count() >= SHORT && !is_target {
                long.push(format!("{} {}: {first}", program.get_name(), argument.get_id()));
            }
        }
        program.get_subcommands().for_each(|command| long_lines(command, long));
    }

    #[test]
    fn the_first_line_of_a_flags_help_is_short() {
        let mut long = Vec::new();
        long_lines(&Arguments::command(), &mut long);
        assert!(long.is_empty(), "{long:#?}");
    }
}
