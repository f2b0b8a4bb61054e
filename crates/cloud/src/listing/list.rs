//! Begins a listing, tells how far it is, and puts together what its workers found.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sensortree_core::tree::{TreeBuilder, Unread};
use sensortree_scan::{INTERRUPTED, Progress, Run, SourceError};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::builder_pool::BuilderPool;
use super::lister::Lister;
use super::retry::RetryClient;
use super::unread;
use super::work_queue::WorkQueue;
use crate::pages::Pages;

/// How often progress is told, and asked whether to go on.
pub(crate) const TICK: Duration = Duration::from_millis(50);

const GIVEN_UP: &str = "the listing was given up before";

/// What was listed.
pub(crate) struct Listed {
    /// All entries.
    pub(crate) builder: TreeBuilder,
    /// What could not be listed.
    pub(crate) unread: Vec<Unread>,
}

/// Lists all objects whose key starts with `root`, which is empty or ends in `/`.
///
/// # Errors
/// When nothing at all can be listed. What cannot be listed of a target that can is data.
pub(crate) async fn list(
    pages: Arc<dyn Pages>,
    root: &str,
    retry_client: Arc<RetryClient>,
    run: &Run<'_>,
) -> Result<Listed, SourceError> {
    let concurrency = retry_client.concurrency();
    let builders = BuilderPool::new(run, root.len());
    let lister = Arc::new(Lister::new(pages, retry_client, builders, root));
    let mut workers = JoinSet::new();
    for _ in 0..concurrency {
        workers.spawn(Arc::clone(&lister).work());
    }
    let mut told = Told::default();
    loop {
        match timeout(TICK, workers.join_next()).await {
            Ok(None) => break,
            Ok(Some(Ok(()))) => {}
            Ok(Some(Err(_))) => {
                lister.queue.unread(root.as_bytes(), "a part of the listing broke down");
                lister.queue.stop();
            }
            Err(_) => {
                told.tell(&lister.queue, run.progress());
                if run.progress().cancelled() {
                    lister.queue.stop();
                    lister.retry_client.stop();
                }
            }
        }
    }
    told.tell(&lister.queue, run.progress());
    let (unread, fatal) =
        lister.queue.finish(if lister.retry_client.is_stopped() { INTERRUPTED } else { GIVEN_UP });
    if let Some(error) = fatal.filter(|_| lister.queue.listed.load(Ordering::Relaxed) == 0) {
        return Err(error);
    }
    let unread = unread::condense(unread, root.len());
    Ok(Listed { builder: lister.builders.finish(), unread })
}

/// What progress was told so far.
#[derive(Default)]
struct Told {
    listed: u64,
    parts: (u64, u64),
}

impl Told {
    fn tell(&mut self, queue: &WorkQueue, progress: &dyn Progress) {
        let listed = queue.listed.load(Ordering::Relaxed);
        if listed > self.listed {
            progress.listed(listed - self.listed);
            self.listed = listed;
        }
        let parts = (queue.done.load(Ordering::Relaxed), queue.known.load(Ordering::Relaxed));
        if parts != self.parts {
            progress.parts(parts.0, parts.1);
            self.parts = parts;
        }
    }
}
