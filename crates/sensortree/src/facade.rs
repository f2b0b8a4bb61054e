//! From a source to a report and a plan.

use sensortree_core::document::MetadataFile;
use sensortree_core::finding::settings::Settings;
use sensortree_core::plan::{Proposal, Selection};
use sensortree_core::report::Report;
use sensortree_core::tree::Tree;
use sensortree_scan::{Progress, ScanError, ScanOptions, Source, inspect};

/// How a dataset is checked.
#[derive(Clone, Debug)]
pub struct Options {
    /// How it is listed, and how far files are looked into.
    pub scan: ScanOptions,
    /// What is judged, and how. That repairs are computed is on.
    pub settings: Settings,
}

impl Default for Options {
    fn default() -> Self {
        let settings = Settings { repairs: true, complete_frames: true, ..Settings::default() };
        Options { scan: ScanOptions::default(), settings }
    }
}

/// A dataset that was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What was found, and the answer that is predicted.
    pub report: Report,
    /// What was listed.
    pub tree: Tree,
    /// The metadata.json that was read.
    pub metadata: MetadataFile,
}

impl Checked {
    /// The repairs of the findings, as far as they are selected, put together to one plan. Nothing
    /// is carried out. What the repairs come to is empty where [`Settings::repairs`] is off.
    #[must_use]
    pub fn plan(&self, selection: &Selection) -> Proposal<'_> {
        selection.choose(&self.tree, &self.report.findings)
    }
}

/// Lists a source, and judges what is found.
///
/// # Errors
/// When there is nothing to judge. What cannot be read of a target that can is said in the report's
/// coverage, and nothing is predicted to be accepted then.
pub fn check(
    source: &dyn Source,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Checked, ScanError> {
    let inspection = inspect(source, &options.scan, progress)?;
    let (tree, metadata) = (inspection.tree.clone(), inspection.metadata.clone());
    let report = sensortree_core::check(inspection, &options.settings);
    Ok(Checked { report, tree, metadata })
}
