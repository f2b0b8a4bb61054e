//! [`RetryClient`]: asks a store, again where that may help, and no more at once than it takes.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use sensortree_scan::SourceError;
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use super::super::pages::PageError;

/// How long a listing bears with a store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryPolicy {
    /// How long one request may take.
    pub(crate) silence: Duration,
    /// How long after the first failure something is still asked for; and how long the store may
    /// answer nothing at all.
    pub(crate) failures: Duration,
    /// The longest wait before the second attempt; it doubles with each.
    pub(crate) first_wait: Duration,
    /// The longest wait of all.
    pub(crate) longest_wait: Duration,
}

impl Default for RetryPolicy {
    /// About as patient as the AWS CLI's standard mode.
    fn default() -> Self {
        RetryPolicy {
            silence: Duration::from_secs(30),
            failures: Duration::from_secs(40),
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(8),
        }
    }
}

/// Why there is no answer, for good.
#[derive(Clone, Debug)]
pub(crate) enum RequestError {
    /// Permission is denied.
    Denied(String),
    /// It was asked for often enough; with the reason.
    GivenUp(String),
    /// Nothing of the target can be had at all.
    Fatal(SourceError),
    /// The listing was stopped.
    Stopped,
}

/// Asks a store on behalf of all workers.
pub(crate) struct RetryClient {
    policy: RetryPolicy,
    limiter: ConcurrencyLimiter,
    stopped: watch::Sender<bool>,
}

impl RetryClient {
    /// One that asks for so much at once.
    pub(crate) fn new(policy: RetryPolicy, concurrency: usize) -> RetryClient {
        RetryClient {
            policy,
            limiter: ConcurrencyLimiter::new(concurrency.max(1)),
            stopped: watch::Sender::new(false),
        }
    }

    /// How much is asked for at once, at the most.
    pub(crate) fn concurrency(&self) -> usize {
        self.limiter.most
    }

    /// Ends all that is being asked for, at once.
    pub(crate) fn stop(&self) {
        let _ = self.stopped.send(true);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    /// Whether the store answers nothing at all any more, so that nobody asks.
    pub(crate) fn has_given_up(&self) -> bool {
        self.limiter.given_up().is_some()
    }

    /// An answer, however often it has to be asked for within reason.
    pub(crate) async fn ask<T, F>(&self, request: impl Fn() -> F) -> Result<T, RequestError>
    where
        F: Future<Output = Result<T, PageError>>,
    {
        let mut failed_since = None;
        let mut attempts = 0_u32;
        loop {
            if let Some(reason) = self.limiter.given_up() {
                return Err(RequestError::GivenUp(reason));
            }
            self.or_stopped(self.limiter.enter()).await?;
            let began = Instant::now();
            let answer = self.or_stopped(timeout(self.policy.silence, request())).await;
            let (said, wait) = match answer {
                Err(stopped) => {
                    self.limiter.leave();
                    return Err(stopped);
                }
                Ok(Ok(Ok(answer))) => {
                    self.limiter.went_well();
                    return Ok(answer);
                }
                Ok(Ok(Err(PageError::Denied { said }))) => {
                    self.limiter.leave();
                    return Err(RequestError::Denied(said));
                }
                Ok(Ok(Err(PageError::Fatal(error)))) => {
                    self.limiter.leave();
                    return Err(RequestError::Fatal(error));
                }
                Ok(Ok(Err(PageError::Throttled { after, said }))) => {
                    self.limiter
                        .was_throttled(began, after.filter(|after| *after <= self.policy.failures));
                    (format!("throttled out: {said}"), after)
                }
                Ok(Ok(Err(PageError::Transient { said }))) => {
                    self.limiter.failed(began);
                    (said, None)
                }
                Ok(Err(_)) => {
                    self.limiter.failed(began);
                    (format!("the store did not answer for {}", seconds(self.policy.silence)), None)
                }
            };
            attempts += 1;
            let since: Instant = *failed_since.get_or_insert(began);
            let policy = self.policy.failures;
            // The same words for all that fail together, so that they are said once.
            let reason = match wait {
                Some(wait) if wait > policy => {
                    format!("{said}; it wants to be left alone for {}", seconds(wait))
                }
                _ => format!("{said}; it was asked again for {}", seconds(policy)),
            };
            if self.limiter.is_dead(policy) {
                self.limiter.give_up(&reason);
                return Err(RequestError::GivenUp(reason));
            }
            if since.elapsed() + wait.unwrap_or_default() > policy {
                return Err(RequestError::GivenUp(reason));
            }
            self.or_stopped(sleep(self.wait(attempts))).await?;
        }
    }

    /// A random part of a wait that doubles with each attempt, so that those who failed together do
    /// not come back together.
    fn wait(&self, attempts: u32) -> Duration {
        let longest =
            self.policy.first_wait.saturating_mul(1 << attempts.saturating_sub(1).min(16));
        longest.min(self.policy.longest_wait).mul_f64(chance())
    }

    async fn or_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, RequestError> {
        let mut stopped = self.stopped.subscribe();
        match select(pin!(work), pin!(stopped.wait_for(|stopped| *stopped))).await {
            Either::Left((done, _)) => Ok(done),
            Either::Right(_) => Err(RequestError::Stopped),
        }
    }
}

fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(10) {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} s", time.as_secs())
    }
}

/// A number from 0 to 1.
fn chance() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

/// Lets as many requests through as the store takes: half as many when it complains, and
/// slowly more again.
struct ConcurrencyLimiter {
    state: Mutex<State>,
    freed: Notify,
    most: usize,
}

struct State {
    limit: usize,
    in_flight: usize,
    /// Requests that went well since the limit last changed.
    well: usize,
    /// When the limit was last lowered: what was sent before says nothing new.
    lowered: Option<Instant>,
    /// Nobody asks before.
    pause: Option<Instant>,
    /// Since when nothing has gone well.
    failing_since: Option<Instant>,
    given_up: Option<String>,
}

impl ConcurrencyLimiter {
    fn new(most: usize) -> ConcurrencyLimiter {
        let state = State {
            limit: most,
            in_flight: 0,
            well: 0,
            lowered: None,
            pause: None,
            failing_since: None,
            given_up: None,
        };
        ConcurrencyLimiter { state: Mutex::new(state), freed: Notify::new(), most }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn enter(&self) {
        loop {
            let freed = self.freed.notified();
            let pause = {
                let mut state = self.state();
                let pause =
                    state.pause.map(|until| until.saturating_duration_since(Instant::now()));
                let pause = pause.filter(|pause| !pause.is_zero());
                if pause.is_none() && state.in_flight < state.limit {
                    state.in_flight += 1;
                    return;
                }
                pause
            };
            match pause {
                Some(pause) => sleep(pause).await,
                None => freed.await,
            }
        }
    }

    fn leave(&self) {
        let mut state = self.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        let free = state.limit.saturating_sub(state.in_flight);
        drop(state);
        // More than one may have become free, when the limit rose; each that enters finds
        // out for itself.
        (0..free.min(2)).for_each(|_| self.freed.notify_one());
    }

    fn went_well(&self) {
        let mut state = self.state();
        state.failing_since = None;
        if state.limit < self.most {
            state.well += 1;
            if state.well >= state.limit {
                state.limit += 1;
                state.well = 0;
            }
        }
        drop(state);
        self.leave();
    }

    fn failed(&self, began: Instant) {
        self.state().failing_since.get_or_insert(began);
        self.leave();
    }

    fn was_throttled(&self, began: Instant, after: Option<Duration>) {
        let mut state = self.state();
        if state.lowered.is_none_or(|lowered| began > lowered) {
            state.limit = (state.limit / 2).max(1);
            state.well = 0;
            state.lowered = Some(Instant::now());
        }
        if let Some(until) = after.and_then(|after| Instant::now().checked_add(after)) {
            state.pause = state.pause.max(Some(until));
        }
        drop(state);
        self.failed(began);
    }

    /// Whether nothing has gone well for so long.
    fn is_dead(&self, policy: Duration) -> bool {
        self.state().failing_since.is_some_and(|since| since.elapsed() > policy)
    }

    /// From now on nobody asks.
    fn give_up(&self, reason: &str) {
        self.state().given_up.get_or_insert_with(|| reason.to_owned());
    }

    fn given_up(&self) -> Option<String> {
        self.state().given_up.clone()
    }
}
