//! [`Checked`]: what a check came to, before its reports are written.

use sensortree_core::report::Report;
use sensortree_report::Timing;

use crate::cli::baseline::{BaselineError, BaselineSummary};
use crate::cli::listing_output::ListingOutputError;

/// A dataset that was checked, before its reports are written.
#[derive(Debug)]
pub struct Checked {
    /// What was found.
    pub report: Report,
    /// How long it took.
    pub timing: Timing,
    /// Whether its listing was saved, where that was wanted.
    pub(crate) saved: Result<(), ListingOutputError>,
    /// What became of its baseline, where one was to be written.
    pub(crate) written: Result<Option<BaselineSummary>, BaselineError>,
}
