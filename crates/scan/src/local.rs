//! Local folders, listed on all cores.
//!
//! Symbolic links inside the target are listed and not followed, unless
//! [`Links::Follow`](crate::Links) is asked for, so that a listing stays inside the target. It ends
//! in any case: see `visits`. A target that is itself a link is resolved, since the user named it.
//! Nothing but folders, metadata.json and, where they are to be looked into, frames is ever opened.

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
use std::io;
use std::path::{Path, PathBuf};

use sensortree_core::document::MetadataFile;
use sensortree_core::names::METADATA;
use sensortree_core::text;
use sensortree_core::tree::{Target, TargetKind, Tree, TreeBuilder};

use crate::document::read_metadata;
use crate::error::ScanError;
use crate::scan_errors::ScanErrors;
use crate::source::{Capabilities, Contents, ListedTree, Looks, Run, Source};

use visits::too_many_visits;

#[cfg(target_os = "linux")]
use linux::list;
#[cfg(not(target_os = "linux"))]
use portable::list;

/// A local folder.
///
/// Folders in which version control keeps its own are left out, and said to be. The result does not
/// depend on the order in which the system lists names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalFolder {
    path: PathBuf,
}

impl LocalFolder {
    /// The folder at a path. Nothing is read yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        LocalFolder { path: path.into() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Source for LocalFolder {
    fn capabilities(&self) -> Capabilities {
        Capabilities { looks: Looks::WhileListing, is_costly: false }
    }

    /// Lists the folder, sizes included.
    ///
    /// # Errors
    /// When there is no such folder, or when it cannot be opened.
    fn list<'r>(
        &'r self,
        run: &'r Run<'r>,
    ) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError> {
        let path = &self.path;
        let options = run.options();
        let remote = remote::file_system(path).filter(|_| options.jobs.is_none());
        let threads = remote.map_or(options.threads(), |_| options.threads().max(remote::JOBS));
        let (Walked { tree, errors, metadata }, contents) = list(path, threads, run)?;
        let note = remote.map(|name| {
            format!("the target lies on {name}: {threads} threads list it, --jobs sets how many")
        });
        let notes = note.into_iter().collect();
        let listed = ListedTree { errors, metadata, notes, ..ListedTree::new(target(path), tree) };
        Ok((listed, contents))
    }
}

/// What a walk found.
#[derive(Debug)]
struct Walked {
    tree: Tree,
    errors: ScanErrors,
    metadata: MetadataFile,
}

impl Walked {
    /// Joins what the threads of a walk counted. `opened` is the metadata.json of the target.
    fn of(
        run: &Run<'_>,
        counted: impl Iterator<Item = (TreeBuilder, ScanErrors)>,
        has_too_many_visits: bool,
        opened: io::Result<Option<File>>,
    ) -> Self {
        let mut builder = run.builder();
        let mut errors = ScanErrors::default();
        for (more, more_errors) in counted {
            builder.merge(more);
            errors.merge(more_errors);
        }
        if has_too_many_visits {
            errors.unread_folder_for(b"", too_many_visits());
        }
        let metadata = read_metadata_at_root(opened, &mut errors);
        Walked { tree: builder.finish(), errors, metadata }
    }
}

/// What can be read of a folder that was listed.
struct FolderContents<'r, V> {
    /// The folder, as it was named.
    path: &'r Path,
    /// Looks into the frames that were picked.
    visit: V,
}

impl<V: FnMut(&mut ListedTree)> Contents for FolderContents<'_, V> {
    fn misplaced_metadata(
        &mut self,
        _listed: &ListedTree,
        path: &[u8],
    ) -> Result<Option<MetadataFile>, ScanError> {
        Ok(read_misplaced(self.path, path))
    }

    fn visit(&mut self, listed: &mut ListedTree) -> Result<(), ScanError> {
        (self.visit)(listed);
        Ok(())
    }
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

/// Reads the metadata.json of a folder that stands under another name or in another folder.
fn read_misplaced(root: &Path, path: &[u8]) -> Option<MetadataFile> {
    let path = root.join(str::from_utf8(path).ok()?);
    let facts = path.symlink_metadata().ok()?;
    if !facts.is_file() {
        return None;
    }
    read_metadata(File::open(path).ok()?, facts.len()).ok()
}

/// Reads metadata.json from an open file; `None` where there is none to open.
fn read_metadata_at_root(
    opened: io::Result<Option<File>>,
    errors: &mut ScanErrors,
) -> MetadataFile {
    let read = |file: File| -> io::Result<MetadataFile> {
        let facts = file.metadata()?;
        if facts.is_file() { read_metadata(file, facts.len()) } else { Ok(MetadataFile::Absent) }
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
