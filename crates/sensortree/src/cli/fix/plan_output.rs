//! `--plan FILE`: plans as files, in the form that the file's suffix says.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use sensortree_core::tree::TargetKind;
use sensortree_report::escape::visible_path;
use sensortree_report::{
    PlanView, RenderError, RunFacts, write_csv_plan, write_json_plan, write_script_plan,
};

use crate::cli::exit::Failure;
use crate::cli::file_system::into_file;
use crate::cli::fix_error::FixError;
use crate::cli::output::OutputError;

/// The form of a plan in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlanForm {
    Json,
    Csv,
    Script,
}

impl PlanForm {
    /// The form of a file, by its suffix.
    ///
    /// # Errors
    /// When it has another one.
    pub(crate) fn of(path: &Path) -> Result<Self, FixError> {
        let suffix = path.extension().and_then(|suffix| suffix.to_str()).unwrap_or_default();
        match suffix.to_ascii_lowercase().as_str() {
            "json" => Ok(PlanForm::Json),
            "csv" => Ok(PlanForm::Csv),
            "sh" => Ok(PlanForm::Script),
            _ => {
                Err(FixError::PlanForm { path: visible_path(path.as_os_str().as_encoded_bytes()) })
            }
        }
    }
}

/// A plan that is to be written.
#[derive(Clone, Debug)]
pub(super) struct PlanOutput {
    path: PathBuf,
    form: PlanForm,
}

impl PlanOutput {
    pub(super) fn new(path: &Path) -> Result<Self, FixError> {
        Ok(PlanOutput { path: path.to_owned(), form: PlanForm::of(path)? })
    }

    /// Writes the plan, whole or not at all.
    pub(super) fn write(&self, view: &PlanView<'_>, facts: &RunFacts) -> Result<(), Failure> {
        let named = visible_path(self.path.as_os_str().as_encoded_bytes());
        let kind = view.report.target.kind;
        let is_of_folders =
            matches!(kind, TargetKind::Local | TargetKind::Git | TargetKind::Listing { .. });
        if self.form == PlanForm::Script && !is_of_folders {
            return Err(FixError::NoScript { path: named }.into());
        }
        let written = into_file(&self.path, |out| {
            let mut out = BufWriter::with_capacity(64 * 1024, out);
            match self.form {
                PlanForm::Json => write_json_plan(view, facts, &mut out),
                PlanForm::Csv => write_csv_plan(view, &mut out),
                PlanForm::Script => write_script_plan(view, facts, &mut out),
            }?;
            Ok::<(), RenderError>(out.flush()?)
        });
        written.map_err(|reason| OutputError { place: named, reason }.into())
    }

    /// What of the plan the file does not hold, in words.
    pub(super) fn lacks(&self, view: &PlanView<'_>) -> Option<String> {
        let edits = view.proposal.plan.edits().len();
        (self.form == PlanForm::Csv && edits > 0).then(|| {
            format!(
                "the changes of metadata.json are not in `{}`, which holds paths alone",
                visible_path(self.path.as_os_str().as_encoded_bytes())
            )
        })
    }
}
