//! Begins a listing, tells how far it is, and puts together what its workers found.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sensortree_core::tree::{TreeBuilder, Unread};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::board::Board;
use super::harvest::Harvest;
use super::lister::Lister;
use super::patience::Asker;
use super::unread;
use crate::cloud::error::CloudError;
use crate::cloud::pages::Pages;
use crate::coverage::INTERRUPTED;
use crate::options::ScanOptions;
use crate::progress::Progress;

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
    asker: Arc<Asker>,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Listed, CloudError> {
    let concurrency = asker.concurrency();
    let harvest = Harvest::new(options, threads(options), root.len());
    let lister = Arc::new(Lister::new(pages, asker, harvest, root));
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
                lister.board.unread(root.as_bytes(), "a part of the listing broke down");
                lister.board.stop();
            }
            Err(_) => {
                told.tell(&lister.board, progress);
                if progress.cancelled() {
                    lister.board.stop();
                    lister.asker.stop();
                }
            }
        }
    }
    told.tell(&lister.board, progress);
    let (unread, fatal) =
        lister.board.finish(if lister.asker.is_stopped() { INTERRUPTED } else { GIVEN_UP });
    if let Some(error) = fatal.filter(|_| lister.board.listed.load(Ordering::Relaxed) == 0) {
        return Err(error);
    }
    let unread = unread::condense(unread, root.len());
    Ok(Listed { builder: lister.harvest.finish(), unread })
}

/// What progress was told so far.
#[derive(Default)]
struct Told {
    listed: u64,
    parts: (u64, u64),
}

impl Told {
    fn tell(&mut self, board: &Board, progress: &dyn Progress) {
        let listed = board.listed.load(Ordering::Relaxed);
        if listed > self.listed {
            progress.listed(listed - self.listed);
            self.listed = listed;
        }
        let parts = (board.done.load(Ordering::Relaxed), board.known.load(Ordering::Relaxed));
        if parts != self.parts {
            progress.parts(parts.0, parts.1);
            self.parts = parts;
        }
    }
}

/// How many threads work on answers.
pub(crate) fn threads(options: &ScanOptions) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    options.jobs.unwrap_or_else(cores).clamp(1, ScanOptions::MAX_JOBS)
}
