//! [`Chain`]: pages that follow from each other, and whether they can be believed.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::pages::{Keys, Page};

/// What came so far of a listing that goes on page by page.
#[derive(Debug, Default)]
pub(super) struct Chain {
    /// The last common prefix: a store may give it again on the next page, for what lies below it there.
    pub(super) last_prefix: Option<Vec<u8>>,
    last: Option<Vec<u8>>,
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

/// A page that has been there before: the store goes round in a circle.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SeenBefore;

impl Chain {
    /// Takes in the next page's keys, in the order listed.
    pub(super) fn follow(&mut self, page: &Page) -> Result<Order, SeenBefore> {
        let objects = self.order(&page.objects);
        let prefixes = self.order(&page.prefixes);
        let last = [&page.objects, &page.prefixes].into_iter().filter_map(largest).max();
        let goes_on = last.is_some() && last > self.last.as_deref();
        if goes_on {
            self.circle = Circle::default();
            self.last = last.map(<[u8]>::to_vec);
        }
        // The page that others are compared with is the one that the chain came to last.
        self.circle.step(fingerprint(page))?;
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

/// Finds a circle in steps that do not get ahead, of whatever length, by Brent's method: one of them is remembered, and
/// replaced after twice as many.
#[derive(Debug, Default)]
struct Circle {
    remembered: Option<u64>,
    steps: u64,
    patience: u64,
}

impl Circle {
    fn step(&mut self, fingerprint: u64) -> Result<(), SeenBefore> {
        if self.remembered == Some(fingerprint) {
            return Err(SeenBefore);
        }
        if self.steps >= self.patience {
            self.remembered = Some(fingerprint);
            self.patience = self.patience.saturating_mul(2).max(1);
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
            let mut chain = Chain::default();
            let found = pages.iter().map(|keys| chain.follow(&page(keys, "")).unwrap()).max();
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
        let goes_on = |pages: &mut dyn Iterator<Item = Page>| {
            let mut chain = Chain::default();
            pages.take(1000).all(|page| chain.follow(&page) != Err(SeenBefore))
        };
        assert!(!goes_on(&mut (0..).map(|at| page(&["a", "b"], &at.to_string()))));
        assert!(!goes_on(&mut (0..).map(|at| page(&[["a", "b", "c"][at % 3]], ""))));
        assert!(!goes_on(&mut (0..).map(|at| page(&[], &(at % 7).to_string()))));
        // Empty pages that lead on are a matter of patience, not of believing.
        assert!(goes_on(&mut (0..).map(|at| page(&[], &at.to_string()))));
        assert!(goes_on(&mut (0..).map(|at| page(&[&format!("{at:04}")], "same"))));
    }
}
