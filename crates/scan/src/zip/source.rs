//! Zips as sources: in local files, and wherever else their bytes are.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rawzip::{FileReader, ReaderAt};
use sensortree_core::archive::State;
use sensortree_core::document::MetadataFile;
use sensortree_core::tree::Target;

use super::{Found, MOST_HEADERS, Zip, locate, target, without_directory};
use crate::error::ScanError;
use crate::local;
use crate::source::{Capabilities, Contents, ListedTree, Looks, Run, Source};

/// A zip in a local file.
///
/// What is no zip, or a damaged one, is no error: the core judges it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZipFile {
    path: PathBuf,
}

impl ZipFile {
    /// The zip at a path. Nothing is read yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        ZipFile { path: path.into() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Source for ZipFile {
    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    /// Lists the zip.
    ///
    /// # Errors
    /// When there is no such file, or when it cannot be read.
    fn list<'r>(
        &'r self,
        run: &'r Run<'r>,
    ) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError> {
        let path = &self.path;
        let file = File::open(path).map_err(|error| local::cannot_open(path, error))?;
        let unreadable = |error| ScanError::Unreadable { path: path.clone(), error };
        let count = file.metadata().map_err(unreadable)?.len();
        let reader = FileReader::from(file);
        let bytes = Bytes { reader, count, most_headers: MOST_HEADERS };
        let (listed, contents) =
            list(bytes, target(local::target(path)), run).map_err(unreadable)?;
        Ok((listed, Box::new(contents)))
    }
}

/// The bytes of a zip, wherever they are.
#[derive(Debug)]
pub struct Bytes<R> {
    /// What gives them, at any offset.
    pub reader: R,
    /// How many there are.
    pub count: u64,
    /// Of so many entries the own header is looked at, each of which is a read at another place.
    pub most_headers: u64,
}

/// A zip whose bytes are at hand, or come from wherever its reader takes them.
#[derive(Debug)]
pub struct ZipBytes<R> {
    /// The bytes.
    pub bytes: Bytes<R>,
    /// What reports call it. The last segment is the zip's file name less `.zip`.
    pub target: Target,
}

impl<R: ReaderAt> Source for ZipBytes<R> {
    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    /// Lists the zip.
    ///
    /// # Errors
    /// When the reader fails.
    fn list<'r>(
        &'r self,
        run: &'r Run<'r>,
    ) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError> {
        let Bytes { reader, count, most_headers } = &self.bytes;
        let bytes = Bytes { reader, count: *count, most_headers: *most_headers };
        let (listed, contents) = list(bytes, self.target.clone(), run)
            .map_err(|error| unreadable(&self.target, error))?;
        Ok((listed, Box::new(contents)))
    }
}

const CAPABILITIES: Capabilities = Capabilities { looks: Looks::WhileListing, is_costly: false };

fn unreadable(target: &Target, error: io::Error) -> ScanError {
    ScanError::Unreadable { path: PathBuf::from(&target.uri), error }
}

/// Lists a zip.
///
/// # Errors
/// When the reader fails.
pub fn list<'r, R: ReaderAt>(
    bytes: Bytes<R>,
    target: Target,
    run: &'r Run<'r>,
) -> io::Result<(ListedTree, ZipContents<'r, R>)> {
    let stem = target.segments.last().map_or("", String::as_str);
    let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let found = match locate(&bytes.reader, bytes.count, &mut buffer)? {
        Some(archive) => Zip::new(archive, &bytes, run).read(&mut buffer, stem)?,
        None => {
            let state = without_directory(&bytes.reader, bytes.count)?;
            Found::nothing(stem, bytes.count, state)
        }
    };
    let contents = ZipContents { bytes, members: found.members, run };
    Ok((found.listed(target), contents))
}

/// A zip of `count` bytes of which nothing could be read that tells anything.
#[must_use]
pub fn unread(target: Target, count: u64, reason: String) -> ListedTree {
    let stem = target.segments.last().map_or("", String::as_str);
    let mut found = Found::nothing(stem, count, State::Unread);
    found.errors.unread_folder_for(b"", reason);
    found.listed(target)
}

/// What can be read of the files in a zip.
pub struct ZipContents<'r, R> {
    bytes: Bytes<R>,
    members: u64,
    run: &'r Run<'r>,
}

impl<R: ReaderAt> ZipContents<'_, R> {
    /// Reads the list of entries once more; `None` where nothing of it can be relied on.
    fn again<T>(
        &self,
        read: impl FnOnce(&Zip<'_, &R>, &mut [u8]) -> io::Result<T>,
    ) -> io::Result<Option<T>> {
        let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let archive = locate(&self.bytes.reader, self.bytes.count, &mut buffer)?;
        archive
            .map(|archive| read(&Zip::new(archive, &self.bytes, self.run), &mut buffer))
            .transpose()
    }
}

impl<R: ReaderAt> Contents for ZipContents<'_, R> {
    fn misplaced_metadata(
        &mut self,
        listed: &ListedTree,
        path: &[u8],
    ) -> Result<Option<MetadataFile>, ScanError> {
        let Some(facts) = listed.archive.as_ref().filter(|_| listed.all_listed) else {
            return Ok(None);
        };
        let read = self.again(|zip, buffer| zip.read_misplaced(buffer, facts, path));
        Ok(read.map_err(|error| unreadable(&listed.target, error))?.flatten())
    }

    fn visit(&mut self, listed: &mut ListedTree) -> Result<(), ScanError> {
        if listed.all_listed {
            self.again(|zip, buffer| zip.look_into_sample(buffer, self.members, listed))
                .map_err(|error| unreadable(&listed.target, error))?;
        }
        Ok(())
    }
}
