//! [`WorkQueue`]: what is left to be listed, and who takes what of it.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sensortree_scan::SourceError;
use tokio::sync::Notify;

use super::page_sequence::PageSequence;
use super::range::{Landmarks, Range};
use crate::pages::{Keys, Page};

/// What is left of a range for another worker has to be so many pages, or taking it
/// would gain nothing.
const WORTH_TAKING: f64 = 0.5;

/// A prefix of which nothing is known but that it was listed as one.
#[derive(Debug)]
pub(super) struct Folder {
    /// The prefix, from the bucket's root on.
    pub(super) prefix: Arc<str>,
    /// How many folders below the target.
    pub(super) depth: usize,
    /// The first page of all below it, where that came with the listing of a folder above it.
    pub(super) first: Option<OfParent>,
}

/// A page that was asked for of a folder, and holds nothing but keys of another below it. Its token
/// is of no use there.
#[derive(Debug)]
pub(super) struct OfParent {
    pub(super) page: Page,
    /// The last key: what is left comes behind it.
    pub(super) last: String,
}

/// The pages of a folder's subfolders that are left.
#[derive(Debug)]
pub(super) struct Level {
    pub(super) folder: Folder,
    pub(super) token: String,
    pub(super) sequence: PageSequence,
}

/// What a worker is to do.
#[derive(Debug)]
pub(super) enum Work {
    Folder(Folder),
    Level(Box<Level>),
    Range(RangeId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RangeId(u64);

/// All that is left to be listed.
#[derive(Debug)]
pub(super) struct WorkQueue {
    state: Mutex<State>,
    changed: Notify,
    concurrency: usize,
    /// Whether ranges may be cut: the store begins where it is told to, and lists keys in the order
    /// of their bytes.
    splits: AtomicBool,
    /// Objects listed.
    pub(super) listed: AtomicU64,
    /// Folders and ranges that are known, and those of them that are done.
    pub(super) known: AtomicU64,
    pub(super) done: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    folders: Vec<Folder>,
    levels: Vec<Level>,
    ranges: BTreeMap<RangeId, Range>,
    next: u64,
    busy: usize,
    idle: usize,
    over: bool,
    /// Prefixes that could not be listed, each with the reason, from the bucket's root on.
    unread: BTreeSet<(Vec<u8>, String)>,
    fatal: Option<SourceError>,
}

impl WorkQueue {
    pub(super) fn new(concurrency: usize, splits: bool) -> WorkQueue {
        WorkQueue {
            state: Mutex::default(),
            changed: Notify::new(),
            concurrency,
            splits: AtomicBool::new(splits),
            listed: AtomicU64::new(0),
            known: AtomicU64::new(0),
            done: AtomicU64::new(0),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for work. `None` once all is listed, or the listing is stopped.
    pub(super) async fn take(&self) -> Option<Work> {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            {
                let mut state = self.state();
                if state.over {
                    return None;
                }
                if let Some(work) = state.pick(self.concurrency, self.may_split()) {
                    state.busy += 1;
                    self.known
                        .fetch_add(u64::from(matches!(work, Work::Range(_))), Ordering::Relaxed);
                    // What was split off may be split again.
                    let again = matches!(work, Work::Range(_)) && state.idle > 0;
                    drop(state);
                    if again {
                        self.changed.notify_one();
                    }
                    return Some(work);
                }
                if state.busy == 0 {
                    state.over = true;
                    self.changed.notify_waiters();
                    return None;
                }
                state.idle += 1;
            }
            changed.await;
            self.state().idle -= 1;
        }
    }

    /// Says that a worker is done with what it took.
    pub(super) fn done(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        let mut state = self.state();
        state.busy -= 1;
        if state.busy == 0 {
            self.changed.notify_waiters();
        }
    }

    /// Ends the listing: nobody takes anything more.
    pub(super) fn stop(&self) {
        self.state().over = true;
        self.changed.notify_waiters();
    }

    /// Ends the listing, for a reason that holds for the whole target.
    pub(super) fn fail(&self, error: SourceError) {
        self.state().fatal.get_or_insert(error);
        self.stop();
    }

    /// Whether workers are waiting.
    pub(super) fn has_idle(&self) -> bool {
        let state = self.state();
        state.busy + state.folders.len() < self.concurrency
    }

    pub(super) fn may_split(&self) -> bool {
        self.splits.load(Ordering::Relaxed)
    }

    /// Ranges are not to be cut any more: the store does not list as that needs.
    pub(super) fn forbid_splits(&self) {
        self.splits.store(false, Ordering::Relaxed);
    }

    pub(super) fn add_folder(&self, folder: Folder) {
        self.known.fetch_add(1, Ordering::Relaxed);
        self.state().folders.push(folder);
        self.changed.notify_one();
    }

    pub(super) fn add_level(&self, level: Level) {
        self.known.fetch_add(1, Ordering::Relaxed);
        self.state().levels.push(level);
        self.changed.notify_one();
    }

    /// Adds the range of all that a prefix holds, which the caller goes on to list itself.
    pub(super) fn add_range(&self, prefix: Arc<str>, landmarks: Landmarks) -> RangeId {
        self.state().insert(Range::whole(prefix, landmarks))
    }

    /// The bounds of a range as they are now.
    pub(super) fn bounds(&self, id: RangeId) -> Option<(Arc<str>, Option<String>, Option<String>)> {
        let state = self.state();
        let range = state.ranges.get(&id)?;
        Some((Arc::clone(&range.prefix), range.low.clone(), range.high.clone()))
    }

    /// Takes note of a page of a range, and gives the range's upper bound, which from now on stays
    /// behind the page: keys up to it are the caller's to count. Whether the range is only a part
    /// of its prefix is the other thing said.
    pub(super) fn advance(
        &self,
        id: RangeId,
        page: &Keys,
        last: &[u8],
    ) -> Option<(Option<String>, bool)> {
        let mut state = self.state();
        // Those who have nothing to do, shared out among those who may find them something.
        let guesses = state.idle.div_ceil(state.finders().max(1));
        let range = state.ranges.get_mut(&id)?;
        let bound = range.high.as_ref().map(String::as_bytes).filter(|high| *high < last);
        let last = bound.unwrap_or(last).to_vec();
        range.advance(page, &last, guesses);
        let bounds = (range.high.clone(), range.is_part());
        let idle = state.idle > 0;
        drop(state);
        if idle {
            self.changed.notify_one();
        }
        Some(bounds)
    }

    /// Says that a range is listed.
    pub(super) fn close(&self, id: RangeId) {
        self.state().ranges.remove(&id);
    }

    /// Says that the rest of a range cannot be listed.
    pub(super) fn give_up(&self, id: RangeId, reason: &str) {
        let mut state = self.state();
        if let Some(range) = state.ranges.remove(&id) {
            state.unread.insert((range.folder(), reason.to_owned()));
        }
    }

    /// Says that a prefix, or some of what lies in it, could not be listed.
    pub(super) fn unread(&self, prefix: &[u8], reason: &str) {
        self.state().unread.insert((prefix.to_vec(), reason.to_owned()));
    }

    /// All that could not be listed. What nobody took is said to be unread for `reason`.
    pub(super) fn finish(
        &self,
        reason: &str,
    ) -> (BTreeSet<(Vec<u8>, String)>, Option<SourceError>) {
        let mut state = self.state();
        let State { folders, levels, ranges, unread, fatal, .. } = &mut *state;
        let folders = folders.drain(..).map(|folder| folder.prefix.as_bytes().to_vec());
        let levels = levels.drain(..).map(|level| level.folder.prefix.as_bytes().to_vec());
        let ranges = std::mem::take(ranges).into_values().map(|range| range.folder());
        unread
            .extend(folders.chain(levels).chain(ranges).map(|prefix| (prefix, reason.to_owned())));
        (std::mem::take(unread), fatal.take())
    }
}

impl State {
    fn pick(&mut self, concurrency: usize, may_split: bool) -> Option<Work> {
        // Levels bring folders: enough of them, and no more than are soon needed.
        if self.folders.len() < concurrency
            && let Some(level) = self.levels.pop()
        {
            return Some(Work::Level(Box::new(level)));
        }
        if let Some(folder) = self.folders.pop() {
            return Some(Work::Folder(folder));
        }
        if may_split { self.split().map(Work::Range) } else { None }
    }

    /// How many workers list what nobody knows the extent of: folders, and ranges without an end.
    fn finders(&self) -> usize {
        let open = self.ranges.values().filter(|range| range.is_open()).count();
        self.busy.saturating_sub(self.ranges.len()) + open
    }

    /// Takes from the range that has most left.
    fn split(&mut self) -> Option<RangeId> {
        loop {
            let (spare, id) = self
                .ranges
                .iter()
                .map(|(id, range)| (range.spare_pages(), *id))
                .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?;
            if spare < WORTH_TAKING {
                return None;
            }
            // One that cannot be cut says so, and has nothing to spare from then on.
            if let Some(other) = self.ranges.get_mut(&id)?.split() {
                return Some(self.insert(other));
            }
        }
    }

    fn insert(&mut self, range: Range) -> RangeId {
        let id = RangeId(self.next);
        self.next += 1;
        self.ranges.insert(id, range);
        id
    }
}
