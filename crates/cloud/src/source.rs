//! From a cloud address to an inspection.

use std::pin::{Pin, pin};
use std::sync::Arc;

use futures_util::future::{Either, select};
use sensortree_core::document::{MAX_METADATA_BYTES, MetadataFile};
use sensortree_core::names::METADATA;
use sensortree_core::tree::{FolderId, Target, Unread};
use sensortree_scan::{
    Capabilities, Contents, INTERRUPTED, ListedTree, Looks, Progress, Run, ScanError, ScanErrors,
    Source, SourceError,
};
use tokio::time::timeout;

use super::client::{Client, Object};
use super::frames::Looking;
use super::listing::{self, RequestError, RetryClient, RetryPolicy, TICK};
use super::pages::{PageRequest, Pages};
use super::runtime::BlockingRuntime;
use super::zip;
use crate::access::CloudAccess;
use crate::url::CloudUrl;

/// How many requests a listing begins with, which open connections themselves: for metadata.json,
/// for the first page, for the folders of the target, and for what lies behind all.
const FIRST_REQUESTS: usize = 4;

/// A prefix in a store; or a zip, where the address is that of one. A prefix of such a name is
/// listed all the same.
///
/// The result does not depend on how the listing is divided. An empty prefix is no error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudPrefix {
    url: CloudUrl,
    access: CloudAccess,
}

impl CloudPrefix {
    /// The prefix at an address of a store that is asked in this way. Nothing is asked yet.
    #[must_use]
    pub fn new(url: CloudUrl, access: CloudAccess) -> Self {
        CloudPrefix { url, access }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &CloudUrl {
        &self.url
    }

    /// How its store is asked.
    #[must_use]
    pub fn access(&self) -> &CloudAccess {
        &self.access
    }

    /// What lies right in a folder below the prefix, whose path is empty or ends in `/`: one level,
    /// and of a level of many thousand objects the first.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub fn level(&self, below: &str) -> Result<Level, SourceError> {
        let CloudPrefix { url, access } = self;
        let runtime = BlockingRuntime::start(1)?;
        runtime.wait_for(async {
            let client = Client::new(url, access)?;
            let retry_client = RetryClient::new(RetryPolicy::default(), 1);
            level(&client, &retry_client, &format!("{}{below}", url.prefix())).await
        })?
    }

    fn target(&self) -> Target {
        let CloudPrefix { url, .. } = self;
        let kind = url.provider().target_kind();
        Target { kind, uri: url.to_string(), segments: url.segments() }
    }
}

impl Source for CloudPrefix {
    fn capabilities(&self) -> Capabilities {
        let looks = if self.url.is_zip() { Looks::WhileListing } else { Looks::Afterwards };
        Capabilities { looks, is_costly: true }
    }

    /// Lists the prefix.
    ///
    /// # Errors
    /// When the store cannot be asked, or answers nothing that could be judged. What cannot be
    /// listed of a target that can is data.
    fn list<'r>(
        &'r self,
        run: &'r Run<'r>,
    ) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError> {
        let CloudPrefix { url, access } = self;
        let runtime = Arc::new(BlockingRuntime::start(run.options().threads())?);
        let client = Arc::new(runtime.wait_for(async { Client::new(url, access) })??);
        if url.is_zip()
            && let Some(found) = zip::list(&runtime, &client, self.target(), url, run)?
        {
            return Ok(found);
        }
        let mut contents = PrefixContents {
            runtime,
            client,
            retry_client: Arc::new(RetryClient::new(
                RetryPolicy::default(),
                run.options().concurrency,
            )),
            prefix: url.prefix(),
            run,
        };
        let mut listed = contents.runtime.wait_for(contents.list(self.target()))??;
        // A prefix that is called as a zip is: nobody comes back for its frames.
        if run.looks_while_listing() {
            contents.visit(&mut listed)?;
        }
        Ok((listed, Box::new(contents)))
    }
}

/// What lies right in a folder of a store. A name that is not UTF-8 is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// The names of the folders.
    pub folders: Vec<String>,
    /// The names of the objects.
    pub objects: Vec<String>,
}

/// How many pages of one level are asked for.
const PAGES_OF_A_LEVEL: usize = 10;

async fn level(
    client: &Client,
    retry_client: &RetryClient,
    prefix: &str,
) -> Result<Level, SourceError> {
    let mut level = Level::default();
    let mut token: Option<String> = None;
    for _ in 0..PAGES_OF_A_LEVEL {
        let request = PageRequest {
            prefix,
            delimited: true,
            after: None,
            token: token.as_deref(),
            limit: None,
        };
        let page =
            retry_client.ask(|| client.page(&request)).await.map_err(|error| match error {
                RequestError::Denied(said) | RequestError::GivenUp(said) => {
                    SourceError::new(said).unreadable()
                }
                RequestError::Fatal(error) => error,
                RequestError::Stopped => SourceError::new(INTERRUPTED),
            })?;
        let name = |key: &[u8]| {
            let path = str::from_utf8(key).ok()?.strip_prefix(prefix)?;
            let name = path.strip_suffix('/').unwrap_or(path);
            (!name.is_empty()).then(|| name.to_owned())
        };
        level.folders.extend(page.prefixes.iter().filter_map(|key| name(key.key)));
        level.objects.extend(page.objects.iter().filter_map(|key| name(key.key)));
        token = page.next;
        if token.is_none() {
            break;
        }
    }
    Ok(level)
}

/// What can be read of the objects below a prefix.
struct PrefixContents<'r> {
    runtime: Arc<BlockingRuntime>,
    client: Arc<Client>,
    retry_client: Arc<RetryClient>,
    prefix: String,
    run: &'r Run<'r>,
}

impl PrefixContents<'_> {
    async fn list(&self, target: Target) -> Result<ListedTree, SourceError> {
        let PrefixContents { client, retry_client, prefix, run, .. } = self;
        client.open_ahead(run.options().concurrency.saturating_sub(FIRST_REQUESTS));
        let key = format!("{prefix}{METADATA}");
        // Asked for along with the first pages, since it is most often there.
        let mut metadata = pin!(retry_client.ask(|| client.get(&key, most_of_metadata())));
        let pages: Arc<dyn Pages> = Arc::<Client>::clone(client);
        let listing = pin!(listing::list(pages, prefix, Arc::clone(retry_client), run));
        let (listed, read) = match select(listing, metadata.as_mut()).await {
            Either::Left((listed, _)) => (listed, None),
            Either::Right((read, listing)) => (listing.await, Some(read)),
        };
        let listed = listed?;
        let tree = listed.builder.finish();
        let all_listed = listed.unread.is_empty();
        let is_listed = tree.folder(FolderId::ROOT).has_landmark(METADATA);
        let may_be_there = is_listed || listed.unread.iter().any(|unread| unread.path.is_empty());
        let mut errors = ScanErrors::default();
        for Unread { path, reason } in listed.unread {
            errors.unread_folder_for(&path, reason);
        }
        let metadata = if may_be_there {
            let read = match read {
                Some(read) => read,
                None => answer(retry_client, run.progress(), metadata.as_mut()).await,
            };
            metadata_file(read, is_listed, &mut errors)
        } else {
            MetadataFile::Absent
        };
        Ok(ListedTree { metadata, errors, all_listed, ..ListedTree::new(target, tree) })
    }

    async fn read(&self, key: &str) -> Option<MetadataFile> {
        let PrefixContents { client, retry_client, run, .. } = self;
        let asked = pin!(retry_client.ask(|| client.get(key, most_of_metadata())));
        match answer(retry_client, run.progress(), asked).await {
            Ok(Some(Object { bytes, cut: false, .. })) => Some(MetadataFile::Text(bytes)),
            _ => None,
        }
    }
}

impl Contents for PrefixContents<'_> {
    fn misplaced_metadata(
        &mut self,
        _listed: &ListedTree,
        path: &[u8],
    ) -> Result<Option<MetadataFile>, ScanError> {
        let Ok(path) = str::from_utf8(path) else { return Ok(None) };
        let key = format!("{}{path}", self.prefix);
        Ok(self.runtime.wait_for(self.read(&key))?)
    }

    fn visit(&mut self, listed: &mut ListedTree) -> Result<(), ScanError> {
        if self.retry_client.is_stopped() {
            return Ok(());
        }
        let looking = Looking {
            client: &self.client,
            retry_client: &self.retry_client,
            prefix: &self.prefix,
            options: self.run.options(),
            progress: self.run.progress(),
        };
        let looked = self.runtime.wait_for(looking.look(&listed.tree))?;
        listed.tree.hold(looked.found);
        listed.errors.merge(looked.errors);
        listed.notes.extend(looked.note);
        Ok(())
    }
}

/// How much is read of a metadata.json.
fn most_of_metadata() -> usize {
    usize::try_from(MAX_METADATA_BYTES).unwrap_or(usize::MAX)
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
    errors: &mut ScanErrors,
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
    errors.unread_file_for(b"", METADATA.as_bytes(), reason);
    MetadataFile::Unreadable
}

#[cfg(test)]
mod tests {
    use sensortree_stores::{FaultServer, Keys, World};

    use super::*;
    use crate::access::EnvironmentAccess;

    #[test]
    fn a_level_is_what_lies_right_in_a_folder() {
        let keys = ["in/a/metadata.json", "in/a/lidar-top/s/1.pcd", "in/b/x", "in/notes.txt"];
        let keys = keys.iter().fold(Keys::new(), |keys, key| keys.object(key, vec![1]));
        let server = FaultServer::start(World::new("data", keys)).unwrap();
        let access = CloudAccess::Environment(EnvironmentAccess {
            endpoint_url: Some(server.endpoint()),
            region: Some("us-east-1".to_owned()),
            unsigned: true,
            addressing: None,
        });
        let prefix = CloudPrefix::new("s3://data/in".parse().unwrap(), access);
        let level = |below: &str| {
            let Level { folders, objects } = prefix.level(below).unwrap();
            (folders.join(" "), objects.join(" "))
        };
        let said = |folders: &str, objects: &str| (folders.to_owned(), objects.to_owned());
        assert_eq!(level(""), said("a b", "notes.txt"));
        assert_eq!(level("a/"), said("lidar-top", "metadata.json"));
        assert_eq!(level("nowhere/"), said("", ""));
    }
}
