//! [`Pages`]: one page of a store's listing at a time, and what can come of asking for it.

use std::time::Duration;

use async_trait::async_trait;
use sensortree_scan::SourceError;

/// One request for a page of a listing. Keys are raw: whatever bytes the store lists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageRequest<'a> {
    /// Only keys that start with this, from the bucket's root on.
    pub(crate) prefix: &'a str,
    /// With the delimiter `/`: common prefixes instead of what lies below them.
    pub(crate) delimited: bool,
    /// Only keys behind this one, itself excluded; where the store takes it
    /// ([`Pages::takes_after`]).
    pub(crate) after: Option<&'a str>,
    /// The token that the page before ended with.
    pub(crate) token: Option<&'a str>,
    /// At most this many keys; a full page where there is none.
    pub(crate) limit: Option<usize>,
}

/// One page of a listing.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The objects, in the order listed.
    pub(crate) objects: Keys,
    /// The common prefixes, in the order listed, each with the `/` at its end. Empty unless the
    /// request was delimited.
    pub(crate) prefixes: Keys,
    /// The token that the next page is asked for with; `None` on the last page.
    pub(crate) next: Option<String>,
}

/// Why there is no page, so that it can be told whether to ask again, and when.
#[derive(Debug)]
pub(crate) enum PageError {
    /// Too many requests: 503, 429 and the like.
    Throttled {
        /// How long the store asks to wait.
        after: Option<Duration>,
        /// What it said.
        said: String,
    },
    /// What may go well another time: another 5xx, a body that was cut off, a timeout, a connection
    /// that was reset.
    Transient {
        /// What went wrong.
        said: String,
    },
    /// This prefix may not be listed. Others may.
    Denied {
        /// What the store said.
        said: String,
    },
    /// No page of this target can be had: no bucket, no credentials, the wrong region, a
    /// page of HTML.
    Fatal(SourceError),
}

/// A store that lists one bucket, page by page.
#[async_trait]
pub(crate) trait Pages: Send + Sync {
    /// Asks for one page, once: trying again is the caller's to decide.
    async fn page(&self, request: &PageRequest<'_>) -> Result<Page, PageError>;

    /// Whether the store honours [`PageRequest::after`]. S3 and GCS do; for Azure it is not proven.
    fn takes_after(&self) -> bool;
}

/// The keys of a page, in one buffer: whole raw keys, from the bucket's root on.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    bytes: Vec<u8>,
    slots: Vec<ResponseCell>,
}

#[derive(Debug)]
struct ResponseCell {
    end: usize,
    size: Option<u64>,
    folder: bool,
}

/// One key of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key<'a> {
    /// The whole raw key.
    pub(crate) key: &'a [u8],
    /// Its size in bytes; `None` for a common prefix, or where the store does not say it.
    pub(crate) size: Option<u64>,
    /// Whether the store itself says that it stands for a folder (`hdi_isfolder`).
    pub(crate) folder: bool,
}

impl Keys {
    /// Adds a key behind the others.
    pub(crate) fn push(&mut self, key: Key<'_>) {
        self.bytes.extend_from_slice(key.key);
        self.slots.push(ResponseCell { end: self.bytes.len(), size: key.size, folder: key.folder });
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// How many bytes the longest has.
    pub(crate) fn longest(&self) -> usize {
        self.iter().map(|key| key.key.len()).max().unwrap_or_default()
    }

    /// The key at a position.
    pub(crate) fn get(&self, at: usize) -> Option<Key<'_>> {
        let response = self.slots.get(at)?;
        let start = at
            .checked_sub(1)
            .and_then(|before| self.slots.get(before))
            .map_or(0, |before| before.end);
        Some(Key {
            key: self.bytes.get(start..response.end)?,
            size: response.size,
            folder: response.folder,
        })
    }

    /// All of them, in the order listed.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = Key<'_>> {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_as_they_were_pushed() {
        let all = [("data/", Some(0), true), ("", None, false), ("data//x", Some(7), false)];
        let all = all.map(|(key, size, folder)| Key { key: key.as_bytes(), size, folder });
        let mut keys = Keys::default();
        all.into_iter().for_each(|key| keys.push(key));
        assert_eq!(keys.iter().collect::<Vec<_>>(), all);
        assert_eq!((keys.len(), keys.get(3)), (3, None));
    }
}
