//! A store in memory, which honours what is asked or does not.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use sensortree_scan::SourceError;
use tokio::sync::watch;

use super::super::super::pages::{Key, Page, PageError, PageRequest, Pages};

/// What the store makes of [`PageRequest::after`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offsets {
    Honoured,
    /// It says that it takes it, and does not.
    Ignored,
    NotTaken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    Denied,
    /// Only listings of one level are allowed.
    DeniedFlat,
    Throttled {
        times: u64,
    },
    /// Throttled while more than this are in flight.
    Busy {
        limit: u64,
    },
    Transient {
        times: u64,
    },
    Silent {
        times: u64,
    },
    SamePage,
    EmptyPages,
    Backwards,
    /// One key that does not start with the prefix.
    Foreign,
    /// Nothing is there any more.
    Vanished,
    Fatal,
}

pub(super) struct Store {
    pub(super) keys: BTreeMap<String, u64>,
    pub(super) page: usize,
    pub(super) offsets: Offsets,
    pub(super) by_folders: bool,
    /// Whether some answers come later than others.
    pub(super) late: bool,
    pub(super) fault: Fault,
    /// The fault is met by requests whose prefix starts so.
    pub(super) below: &'static str,
    pub(super) requests: AtomicU64,
    pub(super) met: AtomicU64,
    pub(super) in_flight: AtomicU64,
    /// In lockstep, how many rounds were answered.
    pub(super) rounds: watch::Sender<u64>,
    pub(super) waiting: AtomicU64,
    pub(super) lockstep: bool,
}

impl Store {
    pub(super) fn of(keys: BTreeMap<String, u64>) -> Store {
        Store {
            keys,
            page: 10,
            offsets: Offsets::Honoured,
            by_folders: false,
            late: false,
            fault: Fault::None,
            below: "",
            requests: AtomicU64::new(0),
            met: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
            rounds: watch::Sender::new(0),
            waiting: AtomicU64::new(0),
            lockstep: false,
        }
    }

    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Answers in rounds: all requests at once, each time that no more are to be expected before.
    /// It takes a runtime of one thread to tell.
    pub(super) async fn answer_in_rounds(self: Arc<Self>) {
        loop {
            let requests = self.requests();
            for _ in 0..300 {
                tokio::task::yield_now().await;
            }
            if self.waiting.load(Ordering::Relaxed) > 0 && self.requests() == requests {
                self.waiting.store(0, Ordering::Relaxed);
                self.rounds.send_modify(|rounds| *rounds += 1);
            }
        }
    }

    pub(super) fn rounds(&self) -> u64 {
        *self.rounds.borrow()
    }

    /// What a key sorts by.
    fn rank(&self, key: &str) -> Vec<u8> {
        let rank = |byte: u8| if self.by_folders && byte == b'/' { 0 } else { byte };
        key.bytes().map(rank).collect()
    }

    fn list(&self, request: &PageRequest<'_>) -> Page {
        let after = request.after.filter(|_| self.offsets == Offsets::Honoured);
        let behind = |key: &str, mark: &str| self.rank(key) > self.rank(mark);
        let token = request.token.and_then(|token| token.split_at_checked(1));
        let is_inside = |key: &str| {
            after.is_none_or(|after| behind(key, after))
                && match token {
                    Some(("p", prefix)) => behind(key, prefix) && !key.starts_with(prefix),
                    Some((_, last)) => behind(key, last),
                    None => true,
                }
        };
        // Where bytes decide, there is no need to look at what lies before.
        let marks = [Some(request.prefix), after, token.map(|(_, mark)| mark)];
        let first = marks
            .into_iter()
            .flatten()
            .max()
            .filter(|_| !self.by_folders)
            .unwrap_or(request.prefix);
        let keys =
            self.keys.range(first.to_owned()..).filter(|(key, _)| key.starts_with(request.prefix));
        let keys: Box<dyn Iterator<Item = (&String, &u64)>> = if self.by_folders {
            let mut keys: Vec<_> = keys.collect();
            keys.sort_by_key(|(key, _)| self.rank(key));
            Box::new(keys.into_iter())
        } else {
            Box::new(keys)
        };
        let keys = keys.filter(|(key, _)| is_inside(key));
        let mut page = Page::default();
        let mut last = String::new();
        for (key, size) in keys {
            let common = key[request.prefix.len()..].find('/').filter(|_| request.delimited);
            let common = common.map(|at| &key[..=request.prefix.len() + at]);
            if last.strip_prefix('p').is_some_and(|last| Some(last) == common) {
                continue;
            }
            if page.objects.len() + page.prefixes.len()
                >= request.limit.unwrap_or(usize::MAX).min(self.page)
            {
                page.next = Some(last);
                break;
            }
            match common {
                Some(prefix) => {
                    page.prefixes.push(Key { key: prefix.as_bytes(), size: None, folder: false });
                    last = format!("p{prefix}");
                }
                None => {
                    page.objects.push(Key {
                        key: key.as_bytes(),
                        size: Some(*size),
                        folder: false,
                    });
                    last = format!("k{key}");
                }
            }
        }
        page
    }

    async fn answer(&self, request: &PageRequest<'_>) -> Result<Page, PageError> {
        let meets = request.prefix.starts_with(self.below);
        let times =
            |times: u64| self.met.fetch_add(u64::from(meets), Ordering::Relaxed) < times && meets;
        let said = || "as told".to_owned();
        let denied = || Err(PageError::Denied { said: "Access Denied".to_owned() });
        match self.fault {
            Fault::Denied if meets => return denied(),
            Fault::DeniedFlat if meets && !request.delimited => return denied(),
            Fault::Throttled { times: most } if times(most) => {
                return Err(PageError::Throttled {
                    after: Some(Duration::from_millis(1)),
                    said: said(),
                });
            }
            Fault::Busy { limit } if self.in_flight.load(Ordering::Relaxed) > limit => {
                return Err(PageError::Throttled { after: None, said: said() });
            }
            Fault::Transient { times: most } if times(most) => {
                return Err(PageError::Transient { said: said() });
            }
            Fault::Silent { times: most } if times(most) => std::future::pending().await,
            Fault::Fatal => return Err(PageError::Fatal(SourceError::new(said()))),
            Fault::Vanished if meets => return Ok(Page::default()),
            Fault::EmptyPages if meets => {
                return Ok(Page { next: Some("same".to_owned()), ..Page::default() });
            }
            Fault::SamePage if meets => {
                let next = Some(format!("k{}", self.requests()));
                return Ok(Page {
                    next,
                    ..self.list(&PageRequest { token: None, after: None, ..*request })
                });
            }
            _ => {}
        }
        let mut page = self.list(request);
        if self.fault == Fault::Backwards && meets {
            let keys = std::mem::take(&mut page.objects);
            keys.iter().rev().for_each(|key| page.objects.push(key));
        }
        if self.fault == Fault::Foreign && meets && page.next.is_none() {
            page.objects.push(Key { key: b"elsewhere/x", size: Some(1), folder: false });
        }
        Ok(page)
    }
}

#[async_trait]
impl Pages for Store {
    async fn page(&self, request: &PageRequest<'_>) -> Result<Page, PageError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        if self.lockstep {
            let mut round = self.rounds.subscribe();
            self.waiting.fetch_add(1, Ordering::Relaxed);
            round.changed().await.unwrap();
        } else if self.late {
            tokio::time::sleep(Duration::from_millis(self.requests() % 3)).await;
        } else {
            tokio::task::yield_now().await;
        }
        let answer = self.answer(request).await;
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        answer
    }

    fn takes_after(&self) -> bool {
        self.offsets != Offsets::NotTaken
    }
}
