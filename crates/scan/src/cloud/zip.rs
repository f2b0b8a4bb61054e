//! A zip that is an object in a store, read by parts: its end first, where the list of entries
//! stands, and little else.

mod parts;

use sensortree_core::Inspection;
use sensortree_core::archive::LIMIT_BINARY;
use sensortree_core::tree::{Target, TargetKind};
use tokio::runtime::Runtime;

use self::parts::{Failure, PART, Parts};
use super::client::Client;
use crate::cloud::error::CloudError;
use crate::cloud::url::CloudUrl;
use crate::content::Content;
use crate::options::ScanOptions;
use crate::progress::Progress;
use crate::zip::{self, Bytes, MOST_HEADERS};

/// Of so many entries the own header is looked at, beside that of metadata.json: each
/// costs a request.
const MOST_HEADERS_AFAR: u64 = 8;

const TOO_LARGE: &str = "its frames were not looked into, as the zip is larger than an upload may be; a local copy of it can be";

/// Lists the zip at an address; `None` where there is no such object.
///
/// What cannot be read of it is data: then the zip counts as unread, since half a list of
/// entries tells nothing.
///
/// # Errors
/// When the store cannot be asked at all.
pub(crate) fn inspect(
    runtime: &Runtime,
    client: &Client,
    url: &CloudUrl,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Option<Inspection>, CloudError> {
    let target = zip::target(Target {
        kind: TargetKind::Zip,
        uri: url.to_string(),
        segments: url.segments(),
    });
    let parts = match Parts::of(runtime, client, url.key(), progress) {
        Ok(Some(parts)) => parts,
        Ok(None) => return Ok(None),
        Err(Failure::Fatal(error)) => return Err(error),
        Err(failure) => return Ok(Some(zip::unread(target, 0, failure.to_string(), options))),
    };
    let count = parts.size();
    // Looking into frames fetches most of the zip: of one that is not too large to be uploaded,
    // that is little.
    let is_too_large = count >= LIMIT_BINARY && options.content != Content::None;
    let by_name = ScanOptions { content: Content::None, ..options.clone() };
    let options = if is_too_large { &by_name } else { options };
    let most_headers = if count <= PART { MOST_HEADERS } else { MOST_HEADERS_AFAR };
    let inspected = zip::inspect_at(
        Bytes { reader: &parts, count, most_headers },
        target.clone(),
        options,
        progress,
    );
    // What could not be fetched is not to be taken for damage of the zip.
    match (parts.failure(), inspected) {
        (Some(Failure::Fatal(error)), _) => Err(error),
        (Some(failure), _) => Ok(Some(zip::unread(target, count, failure.to_string(), options))),
        (None, Ok(mut inspection)) => {
            inspection.coverage.notes.extend(is_too_large.then(|| TOO_LARGE.to_owned()));
            Ok(Some(inspection))
        }
        (None, Err(error)) => Ok(Some(zip::unread(target, count, error.to_string(), options))),
    }
}

#[cfg(test)]
mod tests;
