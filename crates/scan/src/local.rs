//! Local folders, listed on all cores.
//!
//! Symbolic links inside the target are listed and not followed, unless [`Links::Follow`] is asked
//! for, so that a listing stays inside the target. It ends in any case: see `visits`. A target
//! that is itself a link is resolved, since the user named it. Nothing but folders, metadata.json
//! and, where they are to be looked into, frames is ever opened.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod linux_folder;
#[cfg(target_os = "linux")]
mod linux_names;
#[cfg(any(test, not(target_os = "linux")))]
mod portable;
mod remote;
mod visits;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use sensortree_core::document::{MAX_METADATA_BYTES, MetadataFile};
use sensortree_core::layout::misplaced_metadata;
use sensortree_core::names::METADATA;
use sensortree_core::tree::{Coverage, Target, TargetKind, Tree};
use sensortree_core::{Inspection, text};

use crate::error::ScanError;
use crate::links::Links;
use crate::options::ScanOptions;
use crate::progress::Progress;
use crate::scan_errors::ScanErrors;

#[cfg(target_os = "linux")]
use linux::list;
#[cfg(not(target_os = "linux"))]
use portable::list;

/// What was listed of a folder.
#[derive(Debug)]
struct Listing {
    tree: Tree,
    errors: ScanErrors,
    metadata: MetadataFile,
}

/// Lists a local folder, sizes included, and reads its metadata.json.
///
/// The result does not depend on the number of threads, nor on the order in which the system lists
/// names. Folders in which version control keeps its own are left out, and said to be.
///
/// # Errors
/// When there is no such folder, or when it cannot be opened. All that cannot be read below it goes
/// to the coverage instead, and so does that `progress` ended the listing.
pub fn inspect(
    path: &Path,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Inspection, ScanError> {
    let file_system = remote::file_system(path).filter(|_| options.jobs.is_none());
    let jobs = file_system.map(|_| threads(options).max(remote::JOBS)).or(options.jobs);
    let options = &ScanOptions { jobs, ..options.clone() };
    let Listing { tree, errors, metadata } = list(path, options, progress)?;
    let metadata = match metadata {
        MetadataFile::Absent => read_misplaced(path, &tree),
        metadata => metadata,
    };
    let (unread, skipped) = errors.finish();
    let note = file_system.zip(jobs).map(|(name, jobs)| {
        format!("the target lies on {name}: {jobs} threads list it, --jobs sets how many")
    });
    let notes = note.into_iter().collect();
    let coverage = Coverage { unread, skipped, notes, ..options.coverage(&tree) };
    Ok(Inspection { target: target(path), tree, archive: None, metadata, coverage })
}

pub(crate) fn target(path: &Path) -> Target {
    let text = |path: &Path| text::lossless(path.as_os_str().as_encoded_bytes()).into_owned();
    // A folder that was just listed has an absolute path, unless it is gone by now or its path is
    // too long to ask for.
    let whole = path
        .canonicalize()
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_path_buf());
    let segments = whole
        .components()
        .filter_map(|component| match component {
            std::path::Component::Normal(name) => Some(text(Path::new(name))),
            _ => None,
        })
        .collect();
    Target { kind: TargetKind::Local, uri: text(path), segments }
}

pub(crate) fn cannot_open(path: &Path, error: io::Error) -> ScanError {
    let path = path.to_path_buf();
    match error.kind() {
        // Nothing can be called what the system takes for no name.
        io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename | io::ErrorKind::InvalidInput => {
            ScanError::Missing { path, error }
        }
        io::ErrorKind::NotADirectory if path.exists() => ScanError::NotAFolder { path },
        // A file stands where the path has a folder.
        io::ErrorKind::NotADirectory => ScanError::Missing { path, error },
        _ => ScanError::Unreadable { path, error },
    }
}

/// Whether a link that could not be resolved for this reason may lead somewhere all the same.
fn may_lead_somewhere(kind: io::ErrorKind) -> bool {
    kind == io::ErrorKind::PermissionDenied
}

pub(crate) fn threads(options: &ScanOptions) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    options.jobs.unwrap_or_else(cores).clamp(1, ScanOptions::MAX_JOBS)
}

/// The threads that list a folder.
fn pool(jobs: usize) -> Result<rayon::ThreadPool, ScanError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .thread_name(|at| format!("scan-{at}"))
        .build()
        .map_err(|source| ScanError::Threads { source })
}

/// Reads the metadata.json that stands under another name or in another folder. What cannot be read
/// is left: nothing of it is judged but the names of sensors.
fn read_misplaced(root: &Path, tree: &Tree) -> MetadataFile {
    let read = || -> Option<Vec<u8>> {
        let path = root.join(String::from_utf8(misplaced_metadata(tree)?).ok()?);
        let facts = path.symlink_metadata().ok()?;
        if !facts.is_file() || facts.len() > MAX_METADATA_BYTES {
            return None;
        }
        let mut text = Vec::new();
        File::open(path).ok()?.take(MAX_METADATA_BYTES).read_to_end(&mut text).ok()?;
        Some(text)
    };
    read().map_or(MetadataFile::Absent, MetadataFile::Misplaced)
}

/// Reads metadata.json from an open file; `None` where there is none to open.
fn read_metadata(opened: io::Result<Option<File>>, errors: &mut ScanErrors) -> MetadataFile {
    let read = |file: File| -> io::Result<MetadataFile> {
        let facts = file.metadata()?;
        if !facts.is_file() {
            return Ok(MetadataFile::Absent);
        }
        if facts.len() > MAX_METADATA_BYTES {
            return Ok(MetadataFile::TooLarge { bytes: facts.len() });
        }
        let mut text = Vec::new();
        // It can grow while it is read, so the size alone is not relied on.
        let length = file.take(MAX_METADATA_BYTES + 1).read_to_end(&mut text)? as u64;
        Ok(match length {
            bytes if bytes > MAX_METADATA_BYTES => MetadataFile::TooLarge { bytes },
            _ => MetadataFile::Text(text),
        })
    };
    match opened.and_then(|file| file.map_or(Ok(MetadataFile::Absent), read)) {
        Ok(metadata) => metadata,
        Err(error) => {
            errors.unread_file(b"", METADATA.as_bytes(), &error);
            MetadataFile::Unreadable
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
