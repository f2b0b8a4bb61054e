//! [`Parts`]: an object that is read at any offset, of which large parts are fetched and some
//! of them kept.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rawzip::ReaderAt;
use sensortree_scan::{INTERRUPTED, Progress, SourceError};
use tokio::time::timeout;

use crate::client::{Client, Object};
use crate::listing::{RequestError, RetryClient, RetryPolicy, TICK};
use crate::pages::PageError;
use crate::runtime::BlockingRuntime;

/// How much is fetched at once: about what comes in the time of a round trip.
pub(super) const PART: u64 = 1 << 20;

/// How many parts are fetched together where one behind the other is read.
const TOGETHER: u64 = 4;

/// How many parts are kept: the lists of all but the largest archives, which are read twice.
const KEPT: usize = 48;

/// Why an object could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("{INTERRUPTED}")]
    Interrupted,
    #[error("it changed while it was read")]
    Changed,
    #[error("it vanished while it was read")]
    Vanished,
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Fatal(SourceError),
}

/// An object, read by parts.
pub(super) struct Parts<'p> {
    runtime: Arc<BlockingRuntime>,
    client: Arc<Client>,
    retry_client: RetryClient,
    key: String,
    size: u64,
    progress: &'p dyn Progress,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The parts at hand, the one that was used last at the end.
    kept: VecDeque<(u64, Arc<[u8]>)>,
    /// The part that was fetched last.
    last: Option<u64>,
    /// What the store calls the version that is read.
    version: Option<String>,
    /// The first failure. Nothing is fetched after it.
    failure: Option<Failure>,
}

impl<'p> Parts<'p> {
    /// Asks how large an object is; `None` where there is none.
    pub(super) fn open(
        runtime: Arc<BlockingRuntime>,
        client: Arc<Client>,
        key: &str,
        progress: &'p dyn Progress,
    ) -> Result<Option<Self>, Failure> {
        let retry_client = RetryClient::new(RetryPolicy::default(), 1);
        let size = wait_for(&runtime, &retry_client, progress, || client.head(key))?;
        Ok(size.map(|size| Parts {
            runtime,
            client,
            retry_client,
            key: key.to_owned(),
            size,
            progress,
            state: Mutex::default(),
        }))
    }

    /// The object's size in bytes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The first failure, if there was any.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.state().failure.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a part lies. They are counted from the object's end, where an archive begins
    /// to be read.
    fn bounds(&self, part: u64) -> Range<u64> {
        let end = self.size.saturating_sub(part.saturating_mul(PART));
        end.saturating_sub(PART)..end
    }

    fn part(&self, part: u64) -> Result<Arc<[u8]>, Failure> {
        let mut state = self.state();
        if let Some(at) = state.kept.iter().position(|(kept, _)| *kept == part)
            && let Some((_, bytes)) = state.kept.remove(at)
        {
            state.kept.push_back((part, Arc::clone(&bytes)));
            return Ok(bytes);
        }
        if let Some(failure) = &state.failure {
            return Err(failure.clone());
        }
        let fetched = self.fetch(&mut state, part);
        if let Err(failure) = &fetched {
            state.failure = Some(failure.clone());
        }
        fetched
    }

    /// Fetches a part, and those behind it where the one before was fetched last.
    fn fetch(&self, state: &mut State, part: u64) -> Result<Arc<[u8]>, Failure> {
        let is_kept = |part: u64| state.kept.iter().any(|(kept, _)| *kept == part);
        let together = if state.last.is_some_and(|last| last == part.saturating_add(1)) {
            TOGETHER
        } else {
            1
        };
        let least = part.saturating_sub(together - 1);
        let last = (least..part).rev().take_while(|part| !is_kept(*part)).last().unwrap_or(part);
        let range = self.bounds(part).start..self.bounds(last).end;
        let object = self.ask(&range)?;
        if state.version.is_some() && object.version.is_some() && state.version != object.version {
            return Err(Failure::Changed);
        }
        state.version = object.version.or(state.version.take());
        state.last = Some(last);
        let mut wanted = Arc::from([]);
        for at in (last..=part).rev() {
            let bounds = self.bounds(at);
            let index = |offset: u64| usize::try_from(offset - range.start).unwrap_or(usize::MAX);
            let bytes =
                object.bytes.get(index(bounds.start)..index(bounds.end)).unwrap_or_default();
            let bytes: Arc<[u8]> = bytes.into();
            if at == part {
                wanted = Arc::clone(&bytes);
            }
            state.kept.push_back((at, bytes));
        }
        while state.kept.len() > KEPT {
            state.kept.pop_front();
        }
        Ok(wanted)
    }

    fn ask(&self, range: &Range<u64>) -> Result<Object, Failure> {
        let length = range.end - range.start;
        let ask = || async {
            let object = self.client.read_range(&self.key, range.clone()).await?;
            match object {
                Some(object)
                    if (object.bytes.len() as u64) < length && object.size == Some(self.size) =>
                {
                    Err(PageError::Transient { said: "the answer was cut off".to_owned() })
                }
                object => Ok(object),
            }
        };
        let object = wait_for(&self.runtime, &self.retry_client, self.progress, ask)?
            .ok_or(Failure::Vanished)?;
        let is_same =
            object.size.is_none_or(|size| size == self.size) && object.bytes.len() as u64 == length;
        if is_same { Ok(object) } else { Err(Failure::Changed) }
    }
}

impl ReaderAt for Parts<'_> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let Some(from_end) =
            self.size.checked_sub(offset).filter(|left| *left > 0 && !buffer.is_empty())
        else {
            return Ok(0);
        };
        let part = (from_end - 1) / PART;
        let bytes = self.part(part).map_err(io::Error::other)?;
        let at = usize::try_from(offset - self.bounds(part).start).unwrap_or(usize::MAX);
        let bytes = bytes.get(at..).unwrap_or_default();
        let count = bytes.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), bytes.get(..count)) {
            to.copy_from_slice(from);
        }
        Ok(count)
    }
}

/// Asks until there is an answer, no hope of one, or no wish for it.
fn wait_for<T, F>(
    runtime: &BlockingRuntime,
    retry_client: &RetryClient,
    progress: &dyn Progress,
    request: impl Fn() -> F + Send + Sync,
) -> Result<T, Failure>
where
    T: Send,
    F: Future<Output = Result<T, PageError>> + Send,
{
    let answer = runtime.wait_for(async {
        let mut answer = pin!(retry_client.ask(request));
        loop {
            match timeout(TICK, answer.as_mut()).await {
                Ok(answer) => return answer,
                Err(_) if progress.cancelled() => retry_client.stop(),
                Err(_) => {}
            }
        }
    });
    answer.map_err(Failure::Fatal)?.map_err(|error| match error {
        RequestError::Denied(said) | RequestError::GivenUp(said) => Failure::Refused(said),
        RequestError::Fatal(error) => Failure::Fatal(error),
        RequestError::Stopped => Failure::Interrupted,
    })
}
