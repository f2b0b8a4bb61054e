//! [`PageSequence`]: pages that follow from each other, and whether they can be believed.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::pages::{Keys, Page};

/// More pages in a row than these, none with a name behind the names before it, end a
/// listing. Stores do send empty pages, as where much was deleted; the limit is far beyond
/// what is seen of them.
pub(super) const MOST_STALE: u64 = 1_000;

/// What came so far of a listing that goes on page by page.
#[derive(Debug, Default)]
pub(super) struct PageSequence {
    /// The last common prefix: a store may give it again on the next page, for what lies
    /// below it there.
    pub(super) last_prefix: Option<Vec<u8>>,
    /// The largest key by its bytes.
    last: Option<Vec<u8>>,
    /// The largest key in the order of folders.
    last_by_folders: Option<Vec<u8>>,
    /// How many pages in a row had no key behind both of these.
    stale: u64,
    circle: Circle,
}

/// In which order keys came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    /// Of their bytes, as S3, GCS and Azure list.
    Bytes,
    /// Of their folders, as stores list that are file systems inside: `a/b` before `a-b`.
    Folders,
    /// None.
    None,
}

/// Why a listing that says it goes on is not followed any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoEnd {
    /// A page has been there before: the store gives the same ones again.
    SeenBefore,
    /// [`MOST_STALE`] pages brought no name behind those before.
    NothingNew,
}

impl PageSequence {
    /// Takes in the next page's keys, in the order listed.
    ///
    /// # Errors
    /// When the pages do not come to an end.
    pub(super) fn follow(&mut self, page: &Page) -> Result<Order, NoEnd> {
        let objects = self.order(&page.objects);
        let prefixes = self.order(&page.prefixes);
        let keys = || [&page.objects, &page.prefixes].into_iter();
        let last = keys().filter_map(largest).max();
        let last_by_folders = keys().filter_map(largest_by_folders).max_by(|a, b| by_folders(a, b));
        // A store gets ahead in the order that it lists in, and in the other it may go back
        // for many pages.
        let mut goes_on = false;
        if last.is_some() && last > self.last.as_deref() {
            goes_on = true;
            self.last = last.map(<[u8]>::to_vec);
        }
        if let Some(last) = last_by_folders
            && self.last_by_folders.as_deref().is_none_or(|before| by_folders(before, last).is_lt())
        {
            goes_on = true;
            self.last_by_folders = Some(last.to_vec());
        }
        if goes_on {
            self.circle = Circle::default();
            self.stale = 0;
        } else {
            self.stale += 1;
        }
        // The page that others are compared with is the one that the sequence came to last.
        self.circle.step(fingerprint(page))?;
        if self.stale >= MOST_STALE {
            return Err(NoEnd::NothingNew);
        }
        Ok(objects.max(prefixes))
    }

    fn order(&self, keys: &Keys) -> Order {
        let mut order = Order::Bytes;
        let mut before = self.last.as_deref();
        for key in keys.iter() {
            if before.is_some_and(|before| before >= key.key) {
                order =
                    order.max(before.map_or(Order::Bytes, |before| kind_of_step(before, key.key)));
            }
            before = Some(key.key);
        }
        order
    }
}

/// The order in which one key comes before another that is not above it by its bytes.
fn kind_of_step(before: &[u8], key: &[u8]) -> Order {
    let differs = before.iter().zip(key).find(|(a, b)| a != b);
    match differs {
        Some((b'/', _)) => Order::Folders,
        _ => Order::None,
    }
}

/// The largest key: the last one, in a listing in order.
pub(super) fn largest(keys: &Keys) -> Option<&[u8]> {
    keys.iter().map(|key| key.key).max()
}

/// The largest key in the order of folders.
fn largest_by_folders(keys: &Keys) -> Option<&[u8]> {
    keys.iter().map(|key| key.key).max_by(|a, b| by_folders(a, b))
}

/// The order in which a file system's folders are walked: `/` before any other byte.
fn by_folders(a: &[u8], b: &[u8]) -> Ordering {
    let differs = a.iter().zip(b).find(|(a, b)| a != b);
    match differs {
        Some((b'/', _)) => Ordering::Less,
        Some((_, b'/')) => Ordering::Greater,
        Some((a, b)) => a.cmp(b),
        None => a.len().cmp(&b.len()),
    }
}

/// Whether keys come in the order of their bytes.
pub(super) fn is_sorted(keys: &Keys) -> bool {
    keys.iter().is_sorted_by(|a, b| a.key.cmp(b.key) == Ordering::Less)
}

fn fingerprint(page: &Page) -> u64 {
    let mut hasher = DefaultHasher::new();
    for keys in [&page.objects, &page.prefixes] {
        let ends = [0, keys.len().saturating_sub(1)].map(|at| keys.get(at).map(|key| key.key));
        (keys.len(), ends).hash(&mut hasher);
    }
    // An empty page says nothing but where to go on.
    if page.objects.len() + page.prefixes.len() == 0 {
        page.next.hash(&mut hasher);
    }
    hasher.finish()
}

/// Finds a circle in steps that do not get ahead, of whatever length, by Brent's method: one of
/// them is remembered, and replaced after twice as many.
#[derive(Debug, Default)]
struct Circle {
    remembered: Option<u64>,
    steps: u64,
    policy: u64,
}

impl Circle {
    fn step(&mut self, fingerprint: u64) -> Result<(), NoEnd> {
        if self.remembered == Some(fingerprint) {
            return Err(NoEnd::SeenBefore);
        }
        if self.steps >= self.policy {
            self.remembered = Some(fingerprint);
            self.policy = self.policy.saturating_mul(2).max(1);
            self.steps = 0;
        }
        self.steps += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::pages::Key;
    use super::*;

    fn page(keys: &[&str], next: &str) -> Page {
        let mut page = Page { next: Some(next.to_owned()), ..Page::default() };
        keys.iter().for_each(|key| {
            page.objects.push(Key { key: key.as_bytes(), size: Some(1), folder: false });
        });
        page
    }

    #[test]
    fn the_order_of_keys_is_noticed_within_pages_and_across_them() {
        let check = |pages: &[&[&str]], expected: Order| {
            let mut sequence = PageSequence::default();
            let found = pages.iter().map(|keys| sequence.follow(&page(keys, "")).unwrap()).max();
            assert_eq!(found, Some(expected), "{pages:?}");
        };
        check(&[&["a", "b"], &["c"]], Order::Bytes);
        check(&[&["a/x", "a-b/x"], &["c"]], Order::Folders);
        check(&[&["a/x"], &["a-b/x", "c"]], Order::Folders);
        check(&[&["b"], &["a", "c"]], Order::None);
        check(&[&["b", "b"]], Order::None);
        check(&[&["c", "b", "a"]], Order::None);
    }

    #[test]
    fn circles_of_any_length_end() {
        let ends = |pages: &mut dyn Iterator<Item = Page>| ends(pages, 100);
        assert!(ends(&mut (0..).map(|at| page(&["a", "b"], &at.to_string()))).is_some());
        assert!(ends(&mut (0..).map(|at| page(&[["a", "b", "c"][at % 3]], ""))).is_some());
        assert!(ends(&mut (0..).map(|at| page(&[], &(at % 7).to_string()))).is_some());
        assert_eq!(ends(&mut (0..).map(|at| page(&[], &at.to_string()))), None);
        assert_eq!(ends(&mut (0..).map(|at| page(&[&format!("{at:04}")], "same"))), None);
    }

    /// Why the pages are not followed to their end, and at which page, of so many.
    fn ends(pages: &mut dyn Iterator<Item = Page>, most: usize) -> Option<(NoEnd, u64)> {
        let mut sequence = PageSequence::default();
        let mut at = 0;
        pages.take(most).find_map(|page| {
            at += 1;
            sequence.follow(&page).err().map(|why| (why, at))
        })
    }

    #[test]
    fn pages_that_bring_nothing_new_end() {
        let after = |pages: u64| Some((NoEnd::NothingNew, MOST_STALE + pages));
        assert_eq!(ends(&mut (0..).map(|at| page(&[], &at.to_string())), 2_000), after(0));
        // Other keys on each page, none of them behind the first page's.
        let earlier = (0..9_999).map(|at| match at {
            0 => page(&["data/z"], ""),
            at => page(&[&format!("data/a{}", 9_999 - at)], ""),
        });
        assert_eq!(ends(&mut earlier.into_iter(), 2_000), after(1));
        // One name in so many pages is enough.
        let rare = |at: u64| if at.is_multiple_of(MOST_STALE - 1) { vec![at] } else { vec![] };
        let rare = (0..).map(|at| {
            let keys: Vec<String> = rare(at).iter().map(|key| format!("{key:09}")).collect();
            page(&keys.iter().map(String::as_str).collect::<Vec<_>>(), &at.to_string())
        });
        assert_eq!(ends(&mut rare.into_iter(), 5_000), None);
    }

    /// A store in the order of folders goes back, by bytes, for as many pages as the
    /// next folder has.
    #[test]
    fn an_order_by_folders_gets_ahead() {
        let folder = |name: &'static str| {
            (0..2_000).map(move |at| page(&[&format!("{name}/{at:04}")], &format!("{name}{at}")))
        };
        assert_eq!(ends(&mut folder("a").chain(folder("a-b")).chain(folder("b")), 9_999), None);
        // And by its folders, where it lists by bytes.
        assert_eq!(ends(&mut folder("a-b").chain(folder("a")).chain(folder("b")), 9_999), None);
    }
}
