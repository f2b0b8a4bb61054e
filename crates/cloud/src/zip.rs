//! A zip that is an object in a store, read by parts: its end first, where the list of entries
//! stands, and little else.

mod parts;

use std::io;
use std::sync::Arc;

use rawzip::ReaderAt;
use sensortree_core::archive::LIMIT_BINARY;
use sensortree_core::document::MetadataFile;
use sensortree_core::tree::Target;
use sensortree_scan::zip::{self, Bytes, MOST_HEADERS, ZipContents};
use sensortree_scan::{Content, Contents, ListedTree, Run, ScanError, ScanOptions, SourceError};

use self::parts::{Failure, PART, Parts};
use super::client::Client;
use super::runtime::BlockingRuntime;
use crate::url::CloudUrl;

/// Of so many entries the own header is looked at, beside that of metadata.json: each
/// costs a request.
const MOST_HEADERS_AFAR: u64 = 8;

const TOO_LARGE: &str = "its frames were not looked into, as the zip is larger than an upload may be; a local copy of it can be";

type Found<'r> = (ListedTree, Box<dyn Contents + 'r>);

/// Lists the zip at an address; `None` where there is no such object.
///
/// What cannot be read of it is data: then the zip counts as unread, since half a list of
/// entries tells nothing.
///
/// # Errors
/// When the store cannot be asked at all.
pub(crate) fn list<'r>(
    runtime: &Arc<BlockingRuntime>,
    client: &Arc<Client>,
    target: Target,
    url: &CloudUrl,
    run: &'r Run<'r>,
) -> Result<Option<Found<'r>>, SourceError> {
    let target = zip::target(target);
    let unread = |count, reason: String| {
        let nothing: Box<dyn Contents> = Box::new(());
        Some((zip::unread(target.clone(), count, reason), nothing))
    };
    let parts = Parts::open(Arc::clone(runtime), Arc::clone(client), url.key(), run.progress());
    let parts = match parts {
        Ok(Some(parts)) => Arc::new(parts),
        Ok(None) => return Ok(None),
        Err(Failure::Fatal(error)) => return Err(error),
        Err(failure) => return Ok(unread(0, failure.to_string())),
    };
    let count = parts.size();
    // Looking into frames fetches most of the zip: of one that is not too large to be uploaded,
    // that is little.
    let is_too_large = count >= LIMIT_BINARY && run.options().content != Content::None;
    let most_headers = if count <= PART { MOST_HEADERS } else { MOST_HEADERS_AFAR };
    let bytes = Bytes { reader: Reader(Arc::clone(&parts)), count, most_headers };
    let listed = if is_too_large {
        let by_name = ScanOptions { content: Content::None, ..run.options().clone() };
        let by_name = run.with(by_name);
        zip::list(bytes, target.clone(), &by_name).map(|(listed, _)| {
            let notes = vec![TOO_LARGE.to_owned()];
            let nothing: Box<dyn Contents + 'r> = Box::new(());
            (ListedTree { content: Some(Content::None), notes, ..listed }, nothing)
        })
    } else {
        zip::list(bytes, target.clone(), run).map(|(listed, zip)| {
            let contents: Box<dyn Contents + 'r> =
                Box::new(RemoteContents { zip, parts: Arc::clone(&parts) });
            (listed, contents)
        })
    };
    // What could not be fetched is not to be taken for damage of the zip.
    match (parts.failure(), listed) {
        (Some(Failure::Fatal(error)), _) => Err(error),
        (Some(failure), _) => Ok(unread(count, failure.to_string())),
        (None, Ok(found)) => Ok(Some(found)),
        (None, Err(error)) => Ok(unread(count, error.to_string())),
    }
}

/// What can be read of the files in a zip that is an object.
struct RemoteContents<'r> {
    zip: ZipContents<'r, Reader<'r>>,
    parts: Arc<Parts<'r>>,
}

impl Contents for RemoteContents<'_> {
    fn misplaced_metadata(
        &mut self,
        listed: &ListedTree,
        path: &[u8],
    ) -> Result<Option<MetadataFile>, ScanError> {
        let read = self.zip.misplaced_metadata(listed, path);
        match self.parts.failure() {
            Some(Failure::Fatal(error)) => Err(error.into()),
            Some(_) => Ok(None),
            None => read,
        }
    }

    fn visit(&mut self, listed: &mut ListedTree) -> Result<(), ScanError> {
        let visited = self.zip.visit(listed);
        match self.parts.failure() {
            Some(Failure::Fatal(error)) => Err(error.into()),
            Some(failure) => {
                let target = listed.target.clone();
                *listed = zip::unread(target, self.parts.size(), failure.to_string());
                Ok(())
            }
            None => visited,
        }
    }
}

/// Parts of an object, which are read by the listing and by what comes after it.
struct Reader<'p>(Arc<Parts<'p>>);

impl ReaderAt for Reader<'_> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(buffer, offset)
    }
}

#[cfg(test)]
mod tests;
