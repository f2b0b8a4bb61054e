//! [`Lister`]: what each worker of a listing does.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use futures_util::future::join;
use sensortree_scan::INTERRUPTED;

use super::builder_pool::BuilderPool;
use super::page_sequence::{self, NoEnd, Order, PageSequence, largest};
use super::range::Landmarks;
use super::retry::{RequestError, RetryClient};
use super::work_queue::{Folder, Level, OfParent, RangeId, Work, WorkQueue};
use crate::pages::{Key, Keys, Page, PageRequest, Pages};

/// A page that holds keys of more subfolders than this shows that they are small: a request for
/// each would be a waste.
const FEW: usize = 4;

/// Sorts behind most names: a store that takes [`PageRequest::after`] has nothing, or little, to
/// list behind it.
const FAR: &str = "~~~~~~~~";

const VANISHED: &str = "vanished while the tree was listed";
const IN_A_CIRCLE: &str = "the store gives the same page again and again";
const NOTHING_NEW: &str = "the store's pages do not come to an end: 1,000 of them in a row brought no name behind \
                           those before";
const OUT_OF_ORDER: &str =
    "the store listed keys out of order, as when they change while they are listed";
const FOLDER_ORDER: &str = "the store does not list keys in the order of their bytes, so parts of it may be missing; \
                            list it with `--concurrency 1`";
const FOREIGN: &str = "the store listed names that do not lie where it was asked to look";
const NOT_TEXT: &str = "a folder whose name is not UTF-8 cannot be asked for";

/// What the workers of one listing share.
pub(super) struct Lister {
    pages: Arc<dyn Pages>,
    pub(super) retry_client: Arc<RetryClient>,
    pub(super) queue: WorkQueue,
    pub(super) builders: BuilderPool,
    root: String,
    /// How many folders deep the deepest key lies that was seen when it was not known yet how the
    /// tree is built.
    deepest: AtomicUsize,
    /// The folder whose first page came with the target's, so that it was taken up before
    /// its parents were.
    early: OnceLock<Arc<str>>,
}

impl Lister {
    /// Makes ready to list all below `root`, which is the first folder on the queue.
    pub(super) fn new(
        pages: Arc<dyn Pages>,
        retry_client: Arc<RetryClient>,
        builders: BuilderPool,
        root: &str,
    ) -> Lister {
        let concurrency = retry_client.concurrency();
        let queue = WorkQueue::new(concurrency, pages.takes_after() && concurrency > 1);
        queue.add_folder(Folder { prefix: root.into(), depth: 0, first: None });
        Lister {
            queue,
            pages,
            retry_client,
            builders,
            deepest: AtomicUsize::new(0),
            early: OnceLock::new(),
            root: root.to_owned(),
        }
    }

    /// Works until nothing is left to do.
    pub(super) async fn work(self: Arc<Self>) {
        while let Some(work) = self.queue.take().await {
            match work {
                Work::Folder(folder) => self.folder(folder).await,
                Work::Level(level) => {
                    let Level { folder, token, sequence } = *level;
                    self.level(folder, Some(&token), sequence, None).await;
                }
                Work::Range(range) => self.range(range, First::ToAsk).await,
            }
            self.queue.done();
        }
    }

    async fn ask(&self, request: PageRequest<'_>) -> Result<Page, RequestError> {
        self.retry_client.ask(|| self.pages.page(&request)).await
    }

    /// Lists a folder of which nothing is known: by its subfolders, or as a range.
    async fn folder(&self, mut folder: Folder) {
        let prefix = Arc::clone(&folder.prefix);
        if let Some(page) = folder.first.take() {
            let range = self.queue.add_range(prefix, Landmarks::default());
            return self.range(range, First::OfParent(page)).await;
        }
        if self.early.get().is_some_and(|early| early.starts_with(&*prefix)) {
            // Only by its subfolders: what was taken up early would be counted twice.
            return self.level(folder, None, PageSequence::default(), None).await;
        }
        // Both at once where the folder will most likely be listed by its subfolders, and nobody
        // has better to do.
        let both = folder.depth == 0 || (self.deepest() > folder.depth && self.queue.has_idle());
        let flat = self.ask(request(&prefix));
        let (flat, level) = if both {
            let level = self.ask(PageRequest { delimited: true, ..request(&prefix) });
            let proof = async {
                if folder.depth == 0 {
                    self.prove_splits(&prefix).await;
                }
            };
            let (pages, ()) = join(join(flat, level), proof).await;
            (pages.0, Some(pages.1))
        } else {
            (flat.await, None)
        };
        let flat = match flat {
            Ok(page) if page.next.is_none() => return self.whole(&folder, &page),
            Ok(page) => Some(page),
            // Who may not list a folder may still be allowed to list what lies right in it, and
            // subfolders of it.
            Err(RequestError::Denied(_)) => None,
            Err(no_page) => return self.unread(prefix.as_bytes(), no_page),
        };
        let below = flat.as_ref().map_or(usize::MAX, |page| self.survey(&page.objects, &prefix));
        if below == 0 {
            let range = self.queue.add_range(prefix, Landmarks::default());
            return self.range(range, First::of(flat)).await;
        }
        let level = match level {
            Some(level) => level,
            None => self.ask(PageRequest { delimited: true, ..request(&prefix) }).await,
        };
        match (flat, level) {
            (Some(flat), Ok(level)) => {
                if !page_sequence::is_sorted(&level.prefixes) {
                    self.queue.forbid_splits();
                }
                if self.queue.may_split() && (below > FEW || level.next.is_some()) {
                    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
                    let landmarks = Landmarks::of(&level.prefixes, 1.0 / below as f64);
                    let range = self.queue.add_range(prefix, landmarks);
                    return self.range(range, First::Own(flat)).await;
                }
                if folder.depth == 0 {
                    self.enter_early(flat);
                }
                self.level(folder, None, PageSequence::default(), Some(level)).await;
            }
            (None, Ok(level)) => {
                self.level(folder, None, PageSequence::default(), Some(level)).await;
            }
            (Some(flat), Err(RequestError::Denied(_) | RequestError::GivenUp(_))) => {
                let range = self.queue.add_range(prefix, Landmarks::default());
                self.range(range, First::Own(flat)).await;
            }
            (_, Err(no_page)) => self.unread(prefix.as_bytes(), no_page),
        }
    }

    /// Takes up the folder that all keys of the target's first page lie right in: its next pages
    /// need not wait until the folders above it are listed.
    fn enter_early(&self, page: Page) {
        if !self.queue.may_split() || !page_sequence::is_sorted(&page.objects) {
            return;
        }
        let folder_of =
            |key: &[u8]| key.iter().rposition(|byte| *byte == b'/').map(|slash| slash + 1);
        let keys = || page.objects.iter().map(|key| key.key);
        let text = |key: &[u8]| std::str::from_utf8(key).ok().map(str::to_owned);
        let Some(last) = keys().next_back().and_then(text) else { return };
        let Some(prefix) = folder_of(last.as_bytes()).and_then(|end| last.get(..end)) else {
            return;
        };
        let is_shared = keys()
            .all(|key| key.starts_with(prefix.as_bytes()) && folder_of(key) == Some(prefix.len()));
        let below = prefix.strip_prefix(self.root.as_str()).filter(|below| !below.is_empty());
        let (true, Some(below)) = (is_shared, below) else { return };
        let (prefix, depth) = (Arc::<str>::from(prefix), below.matches('/').count());
        if self.early.set(Arc::clone(&prefix)).is_ok() {
            self.queue.add_folder(Folder { prefix, depth, first: Some(OfParent { page, last }) });
        }
    }

    /// Finds out whether the store begins where it is told to, before anything rests on it.
    async fn prove_splits(&self, prefix: &str) {
        if !self.queue.may_split() {
            return;
        }
        let far = format!("{prefix}{FAR}");
        let asked = PageRequest { after: Some(&far), limit: Some(1), ..request(prefix) };
        let honoured = match self.ask(asked).await {
            Ok(page) => page.objects.iter().all(|key| key.key > far.as_bytes()),
            // Subfolders may be listed all the same, and each page of them shows it again.
            Err(RequestError::Denied(_)) => true,
            Err(_) => false,
        };
        if !honoured {
            self.queue.forbid_splits();
        }
    }

    fn deepest(&self) -> usize {
        self.deepest.load(Ordering::Relaxed)
    }

    /// How many subfolders a page shows keys of.
    fn survey(&self, page: &Keys, prefix: &str) -> usize {
        let mut below = 0;
        let mut last: &[u8] = b"";
        let mut deepest = 0;
        for key in page.iter() {
            let Some(path) = key.key.strip_prefix(prefix.as_bytes()) else { continue };
            let mut slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
            if let Some((at, _)) = slashes.next() {
                deepest = deepest.max(1 + slashes.count());
                let folder = path.get(..at).unwrap_or_default();
                below += usize::from(below == 0 || folder != last);
                last = folder;
            }
        }
        let above = prefix.bytes().skip(self.root.len()).filter(|byte| *byte == b'/').count();
        self.deepest.fetch_max(above + deepest, Ordering::Relaxed);
        below
    }

    /// Counts a folder that fits into one page.
    fn whole(&self, folder: &Folder, page: &Page) {
        let mut sequence = PageSequence::default();
        if page.objects.len() == 0 && folder.depth > 0 {
            self.queue.unread(folder.prefix.as_bytes(), VANISHED);
        }
        if sequence.follow(page) == Ok(Order::None) {
            self.queue.unread(folder.prefix.as_bytes(), OUT_OF_ORDER);
        }
        self.count(page.objects.iter(), &folder.prefix, |keys| self.builders.add(keys));
    }

    /// Counts keys, by `add`. Those that do not lie in the folder asked for are not
    /// counted, and said.
    fn count<'k>(
        &self,
        keys: impl Iterator<Item = Key<'k>>,
        prefix: &str,
        add: impl FnOnce(&mut dyn Iterator<Item = Key<'k>>) -> u64,
    ) {
        let mut foreign = false;
        let mut own = keys.filter(|key| {
            let is_own = key.key.starts_with(prefix.as_bytes());
            foreign |= !is_own;
            is_own
        });
        let count = add(&mut own);
        self.queue.listed.fetch_add(count, Ordering::Relaxed);
        if foreign {
            self.queue.unread(prefix.as_bytes(), FOREIGN);
        }
    }

    /// Lists what lies right in a folder, and hands its subfolders to whoever is free: one page of
    /// it, after which the rest is taken up again.
    async fn level(
        &self,
        folder: Folder,
        token: Option<&str>,
        mut sequence: PageSequence,
        first: Option<Page>,
    ) {
        let prefix = Arc::clone(&folder.prefix);
        let page = match first {
            Some(page) => Ok(page),
            None => self.ask(PageRequest { delimited: true, token, ..request(&prefix) }).await,
        };
        let page = match page {
            Ok(page) => page,
            Err(no_page) => {
                return self.unread(prefix.as_bytes(), no_page);
            }
        };
        let last = sequence.last_prefix.take();
        match sequence.follow(&page) {
            Ok(Order::None) => self.queue.unread(prefix.as_bytes(), OUT_OF_ORDER),
            Ok(_) => {}
            Err(no_end) => return self.queue.unread(prefix.as_bytes(), no_end.reason()),
        }
        self.count(page.objects.iter(), &prefix, |keys| self.builders.add(keys));
        for below in page.prefixes.iter().filter(|below| last.as_deref() != Some(below.key)) {
            self.enter(&folder, below.key);
        }
        sequence.last_prefix = largest(&page.prefixes).map(<[u8]>::to_vec);
        if let Some(token) = page.next {
            self.queue.add_level(Level { folder, token, sequence });
        }
    }

    /// Takes note of a subfolder, if it is one.
    fn enter(&self, folder: &Folder, below: &[u8]) {
        let name =
            below.strip_prefix(folder.prefix.as_bytes()).and_then(|name| name.strip_suffix(b"/"));
        if name.is_none_or(|name| name.contains(&b'/')) {
            return self.queue.unread(folder.prefix.as_bytes(), FOREIGN);
        }
        match std::str::from_utf8(below) {
            Ok(prefix) if self.early.get().is_some_and(|early| **early == *prefix) => {}
            Ok(prefix) => self.queue.add_folder(Folder {
                prefix: prefix.into(),
                depth: folder.depth + 1,
                first: None,
            }),
            Err(_) => self.queue.unread(below, NOT_TEXT),
        }
    }

    /// Lists a range to its end, which may come nearer while it does; beginning with its first page
    /// where that is there.
    async fn range(&self, id: RangeId, mut first: First) {
        let Some((prefix, low, _)) = self.queue.bounds(id) else { return };
        let mut sequence = PageSequence::default();
        let mut token: Option<String> = None;
        let mut begins_after = low.clone();
        loop {
            let mut goes_on_by_key = None;
            let page = match std::mem::take(&mut first) {
                First::Own(page) => Ok(page),
                First::OfParent(OfParent { page, last }) => {
                    goes_on_by_key = Some(last);
                    Ok(page)
                }
                First::ToAsk => {
                    let after = begins_after.as_deref().filter(|_| token.is_none());
                    self.ask(PageRequest { after, token: token.as_deref(), ..request(&prefix) })
                        .await
                }
            };
            let page = match page {
                Ok(page) => page,
                Err(no_page) => {
                    return self.range_unread(id, no_page);
                }
            };
            match self.range_page(id, &prefix, low.as_deref(), &page, &mut sequence) {
                Ends::Not if goes_on_by_key.is_some() => begins_after = goes_on_by_key,
                Ends::Not => token = page.next,
                Ends::Here => {
                    return self.queue.close(id);
                }
                Ends::Never(no_end) => {
                    return self.queue.give_up(id, no_end.reason());
                }
            }
        }
    }

    /// Counts what a page holds of a range, and says whether the range ends with it.
    fn range_page(
        &self,
        id: RangeId,
        prefix: &str,
        low: Option<&str>,
        page: &Page,
        sequence: &mut PageSequence,
    ) -> Ends {
        let order = match sequence.follow(page) {
            Ok(order) => order,
            Err(no_end) => return Ends::Never(no_end),
        };
        let low = low.unwrap_or_default().as_bytes();
        let mut ends = if page.next.is_none() { Ends::Here } else { Ends::Not };
        let Some(last) = largest(&page.objects) else { return ends };
        let Some((high, is_part)) = self.queue.advance(id, &page.objects, last) else {
            return ends;
        };
        if let Some(high) = &high {
            // What came out of order behind the bound may have others before the bound behind it.
            let is_behind =
                page.objects.iter().next_back().is_some_and(|last| last.key > high.as_bytes());
            ends = if is_behind || page.next.is_none() { Ends::Here } else { Ends::Not };
        }
        let begins_before = page.objects.iter().any(|key| key.key <= low) && !low.is_empty();
        if order != Order::Bytes || begins_before {
            self.queue.forbid_splits();
        }
        match order {
            Order::None => self.queue.unread(prefix.as_bytes(), OUT_OF_ORDER),
            Order::Folders if is_part => self.queue.unread(prefix.as_bytes(), FOLDER_ORDER),
            Order::Folders | Order::Bytes => {}
        }
        let high = high.as_ref().map(String::as_bytes);
        let inside = page.objects.iter().filter(|key| key.key > low || low.is_empty());
        let inside = inside.filter(|key| high.is_none_or(|high| key.key <= high));
        self.count(inside, prefix, |keys| self.builders.add(keys));
        ends
    }

    fn range_unread(&self, id: RangeId, no_page: RequestError) {
        match no_page {
            RequestError::Denied(said) | RequestError::GivenUp(said) => {
                self.queue.give_up(id, &said);
            }
            RequestError::Stopped => self.queue.give_up(id, INTERRUPTED),
            RequestError::Fatal(error) => {
                self.queue.give_up(id, &error.to_string());
                self.queue.fail(error);
            }
        }
    }

    fn unread(&self, prefix: &[u8], no_page: RequestError) {
        match no_page {
            RequestError::Denied(said) | RequestError::GivenUp(said) => {
                self.queue.unread(prefix, &said);
            }
            RequestError::Stopped => self.queue.unread(prefix, INTERRUPTED),
            RequestError::Fatal(error) => {
                self.queue.unread(prefix, &error.to_string());
                self.queue.fail(error);
            }
        }
    }
}

/// Where the first page of a range is.
#[derive(Default)]
enum First {
    #[default]
    ToAsk,
    Own(Page),
    OfParent(OfParent),
}

impl First {
    fn of(page: Option<Page>) -> First {
        page.map_or(First::ToAsk, First::Own)
    }
}

/// Whether a range goes on behind a page.
enum Ends {
    Not,
    /// It ends.
    Here,
    /// It goes on for ever.
    Never(NoEnd),
}

impl NoEnd {
    fn reason(self) -> &'static str {
        match self {
            NoEnd::SeenBefore => IN_A_CIRCLE,
            NoEnd::NothingNew => NOTHING_NEW,
        }
    }
}

fn request(prefix: &str) -> PageRequest<'_> {
    PageRequest { prefix, delimited: false, after: None, token: None, limit: None }
}
