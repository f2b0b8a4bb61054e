//! From a cloud address to an inspection.

use std::pin::{Pin, pin};
use std::sync::Arc;

use futures_util::future::{Either, select};
use sensortree_core::Inspection;
use sensortree_core::document::{MAX_METADATA_BYTES, MetadataFile};
use sensortree_core::layout::misplaced_metadata;
use sensortree_core::names::METADATA;
use sensortree_core::tree::{Coverage, FolderId, Target, Unread};
use tokio::runtime;
use tokio::time::timeout;

use super::client::{Client, Object};
use super::frames::Looking;
use super::listing::{self, RequestError, RetryClient, RetryPolicy, TICK};
use super::pages::Pages;
use super::zip;
use crate::cloud::access::CloudAccess;
use crate::cloud::error::CloudError;
use crate::cloud::url::CloudUrl;
use crate::content::Content;
use crate::error::ScanError;
use crate::options::ScanOptions;
use crate::progress::Progress;
use crate::scan_errors::INTERRUPTED;

/// Lists what lies below a prefix, sizes included, and reads its metadata.json. Where the address
/// is that of a zip, the zip is inspected; a prefix of such a name is listed all the same.
///
/// The result does not depend on how the listing is divided. An empty prefix is no error.
///
/// # Errors
/// When the store cannot be asked, or answers nothing that could be judged. What cannot be listed
/// of a target that can goes to the coverage instead.
pub fn inspect(
    url: &CloudUrl,
    access: &CloudAccess,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Inspection, ScanError> {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(listing::threads(options))
        .enable_all()
        .build()
        .map_err(|_| CloudError::new("the threads that list the target could not be started"))?;
    let inspection = runtime.block_on(async { Client::new(url, access) }).and_then(|client| {
        let client = Arc::new(client);
        let packed = if url.is_zip() {
            zip::inspect(&runtime, &client, url, options, progress)?
        } else {
            None
        };
        packed.map_or_else(|| runtime.block_on(inspect_by(&client, url, options, progress)), Ok)
    });
    // A host name that is still being looked up would be waited for otherwise.
    runtime.shutdown_background();
    Ok(inspection?)
}

async fn inspect_by(
    client: &Arc<Client>,
    url: &CloudUrl,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Inspection, CloudError> {
    let retry_client = Arc::new(RetryClient::new(RetryPolicy::default(), options.concurrency));
    let prefix = url.prefix();
    let key = format!("{prefix}{METADATA}");
    // Asked for along with the first pages, since it is most often there.
    let limit = usize::try_from(MAX_METADATA_BYTES).unwrap_or(usize::MAX);
    let mut metadata = pin!(retry_client.ask(|| client.get(&key, limit)));
    let pages: Arc<dyn Pages> = Arc::<Client>::clone(client);
    let listing = pin!(listing::list(pages, &prefix, Arc::clone(&retry_client), options, progress));
    let (listed, read) = match select(listing, metadata.as_mut()).await {
        Either::Left((listed, _)) => (listed, None),
        Either::Right((read, listing)) => (listing.await, Some(read)),
    };
    let listed = listed?;
    let mut tree = listed.builder.finish();
    let mut unread = listed.unread;
    let all_listed = unread.is_empty();
    let is_listed = tree.folder(FolderId::ROOT).has_landmark(METADATA);
    let may_be_there = is_listed || unread.iter().any(|unread| unread.path.is_empty());
    let metadata = if may_be_there {
        let read = match read {
            Some(read) => read,
            None => answer(&retry_client, progress, metadata.as_mut()).await,
        };
        metadata_file(read, is_listed, &mut unread)
    } else if let Some(path) = misplaced_metadata(&tree).and_then(|it| String::from_utf8(it).ok()) {
        let key = format!("{prefix}{path}");
        let asked = pin!(retry_client.ask(|| client.get(&key, limit)));
        match answer(&retry_client, progress, asked).await {
            Ok(Some(Object { bytes, cut: false, .. })) => MetadataFile::Misplaced(bytes),
            _ => MetadataFile::Absent,
        }
    } else {
        MetadataFile::Absent
    };
    let mut notes = Vec::new();
    if options.content != Content::None && !retry_client.is_stopped() {
        let looking =
            Looking { client, retry_client: &retry_client, prefix: &prefix, options, progress };
        let looked = looking.look(&tree).await;
        tree.hold(looked.found);
        unread.extend(looked.unread);
        notes.extend(looked.note);
    }
    unread.sort_unstable();
    let coverage = Coverage { unread, all_listed, notes, ..options.coverage(&tree) };
    let target = Target {
        kind: url.provider().target_kind(),
        uri: url.to_string(),
        segments: url.segments(),
    };
    Ok(Inspection { target, tree, archive: None, metadata, coverage })
}

/// Waits for what was asked for. Where the listing is to end, nothing more is asked.
async fn answer<T>(
    retry_client: &RetryClient,
    progress: &dyn Progress,
    mut asked: Pin<&mut impl Future<Output = T>>,
) -> T {
    loop {
        match timeout(TICK, asked.as_mut()).await {
            Ok(answer) => return answer,
            Err(_) if progress.cancelled() => retry_client.stop(),
            Err(_) => {}
        }
    }
}

fn metadata_file(
    read: Result<Option<Object>, RequestError>,
    is_listed: bool,
    unread: &mut Vec<Unread>,
) -> MetadataFile {
    let reason = match read {
        Ok(Some(Object { cut: true, size, .. })) => {
            return MetadataFile::TooLarge { bytes: size.unwrap_or(MAX_METADATA_BYTES + 1) };
        }
        Ok(Some(object)) => return MetadataFile::Text(object.bytes),
        Ok(None) if is_listed => "vanished while the tree was read".to_owned(),
        // Where the folder that it would lie in could not be listed, that is said already.
        Ok(None) => return MetadataFile::Absent,
        Err(_) if !is_listed => return MetadataFile::Unreadable,
        Err(RequestError::Denied(said) | RequestError::GivenUp(said)) => said,
        Err(RequestError::Fatal(error)) => error.to_string(),
        Err(RequestError::Stopped) => INTERRUPTED.to_owned(),
    };
    unread.push(Unread { path: METADATA.into(), reason });
    MetadataFile::Unreadable
}
