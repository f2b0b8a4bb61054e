//! The flags that `fix` and `apply` have of `check`.

use std::ffi::OsString;

use clap::Args;

use crate::cli::check_arguments::CheckArguments;
use crate::cli::config::{Config, ConfigFileArguments};
use crate::cli::inspection_arguments::InspectionArguments;

// How a target is checked that is to be changed.
#[expect(missing_docs, reason = "a comment here would become part of the help")]
#[derive(Clone, Debug, Args)]
#[command(
    // Settings of a report, which has findings to count and to show.
    mut_arg("fail_on", |arg| arg.hide(true)),
    mut_arg("max_examples", |arg| arg.hide(true)),
)]
pub struct TargetArguments {
    #[command(flatten)]
    pub settings: Config,

    #[command(flatten)]
    pub config_file: ConfigFileArguments,

    #[command(flatten)]
    pub inspection: InspectionArguments,
}

impl TargetArguments {
    /// How a target is checked with these flags.
    #[must_use]
    pub fn check_arguments(&self, target: Option<OsString>) -> CheckArguments {
        CheckArguments {
            target,
            settings: self.settings.clone(),
            config_file: self.config_file.clone(),
            inspection: self.inspection.clone(),
            ..CheckArguments::default()
        }
    }
}
