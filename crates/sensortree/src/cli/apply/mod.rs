//! `apply`: carrying out a plan that stands in a file; and `undo`, which takes back what was
//! carried out.

pub mod arguments;
mod plan_file;
mod undo;

use std::ffi::OsString;

use sensortree_core::document::metadata::MetadataFile;
use sensortree_report::counts_line;
use sensortree_report::escape::visible;
use sensortree_scan::Content;

pub use undo::undo;

use self::arguments::ApplyArguments;
use self::plan_file::PlanFile;
use crate::cli::config::{self, Files};
use crate::cli::exit::{Exit, Failure};
use crate::cli::fix::{
    Held, ask, carry_out, check_again, must_be_able_to_ask, must_be_complete, refuse_interrupted,
};
use crate::cli::fix_error::FixError;
use crate::cli::interruption::Interruption;
use crate::cli::pipeline;
use crate::cli::progress::Steps;
use crate::cli::run_config::RunConfig;
use crate::cli::{clock, output, terminal};

/// Carries out a plan that stands in a file.
///
/// # Errors
/// When the file is no plan, its target is not as it was when it was made, or it cannot be carried
/// out.
pub fn apply(arguments: &ApplyArguments) -> Result<Exit, Failure> {
    if !arguments.yes {
        must_be_able_to_ask()?;
    }
    let interruption = Interruption::watch();
    let file = PlanFile::read(&arguments.file)?;
    let named = file.target.clone().map(OsString::from);
    let target = arguments.target.clone().or(named);
    let target = target.ok_or_else(|| FixError::NoTarget { file: file.name.clone() })?;
    let found = config::of(&arguments.checking.config_file, Some(&target), &Files::default())?;
    let run_config =
        RunConfig::new(&arguments.checking.check_arguments(Some(target)), found, clock::today())?;
    output::warn_before(&run_config);
    let Some(target) = run_config.tree.target() else { return Ok(Exit::Empty) };
    let held = Held::new(target)?;
    refuse_interrupted(held.interrupted()?)?;

    // Only names and sizes tell whether the tree is still the same.
    let listed = RunConfig { content: Content::None, ..run_config.clone() };
    let inspection = pipeline::list(&listed, &interruption)?;
    must_be_complete(&inspection.target, &inspection.coverage)?;
    if let Some(fingerprint) = &file.fingerprint
        && *fingerprint != inspection.tree.fingerprint().to_string()
    {
        let (file, target) = (file.name, inspection.target.uri);
        return Err(FixError::OtherTree { file, target }.into());
    }
    let metadata = match &inspection.metadata {
        MetadataFile::Text(text) => Some(text.as_slice()),
        _ => None,
    };
    let plan = file.plan(&inspection.tree, metadata)?;
    if plan.is_empty() {
        terminal::note("there is nothing to carry out");
        return Ok(Exit::Clean);
    }
    let uri = visible(&inspection.target.uri);
    let counts = counts_line(&plan.counts());
    if !arguments.yes && !ask(&format!("{} {counts} in {uri}. Carry it out?", file.name)) {
        terminal::note("nothing was touched");
        return Ok(Exit::Clean);
    }
    let progress = Steps::begin(run_config.progress, interruption.clone());
    let applied = carry_out(&held, &plan, metadata, arguments.no_trash, &progress)?;
    drop(progress);
    check_again(&run_config, &applied, &interruption)?;
    Ok(Exit::Clean)
}
