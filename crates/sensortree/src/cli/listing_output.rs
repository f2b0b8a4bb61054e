//! `--save-listing`: what is listed, kept for a later check.

use std::fs;
use std::io;
use std::path::PathBuf;

use miette::Diagnostic;
use sensortree_core::Inspection;
use sensortree_report::escape::visible_path;
use sensortree_scan::listing::{self, Recording};

use crate::cli::file_system::{folder_of, into_file};

/// A listing that is to be saved.
#[derive(Clone, Debug)]
pub struct ListingOutput {
    /// The file that it goes to.
    pub path: PathBuf,
    /// What takes the entries down.
    pub recording: Recording,
}

/// A listing that cannot be saved.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum ListingOutputError {
    /// The file holds something else.
    #[error("`{path}` is there already, and is no saved listing")]
    #[diagnostic(help("name another file; only a listing that sensortree saved is replaced"))]
    SomethingElse {
        /// The file.
        path: String,
    },
    /// The file or a temporary one cannot be used.
    #[error("the listing cannot be saved in `{path}`")]
    Unwritable {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
}

impl ListingOutput {
    /// Begins to save into a file. Until [`ListingOutput::finish`] nothing is written there, nor
    /// beside it, where it could lie in the tree that is listed.
    ///
    /// # Errors
    /// When the file is there and holds anything but a saved listing, or no temporary file
    /// can be made.
    pub fn into_file(path: PathBuf) -> Result<Self, ListingOutputError> {
        // A pipe or a device is written to and holds nothing.
        if fs::metadata(&path).is_ok_and(|facts| facts.is_file())
            && !listing::may_be_replaced(&path).map_err(|source| unwritable(&path, source))?
        {
            return Err(ListingOutputError::SomethingElse { path: named(&path) });
        }
        let folder = folder_of(&path);
        fs::metadata(folder).map_err(|source| unwritable(&path, source))?;
        let spare = tempfile::tempfile().map_err(|source| unwritable(&path, source))?;
        Ok(ListingOutput { path, recording: Recording::begin(spare) })
    }

    /// Writes the listing, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(&self, inspection: &Inspection) -> Result<(), ListingOutputError> {
        let written = into_file(&self.path, |out| self.recording.finish(inspection, out));
        written.map_err(|source| unwritable(&self.path, source))
    }
}

fn named(path: &std::path::Path) -> String {
    visible_path(path.as_os_str().as_encoded_bytes())
}

fn unwritable(path: &std::path::Path, source: io::Error) -> ListingOutputError {
    ListingOutputError::Unwritable { path: named(path), source }
}
