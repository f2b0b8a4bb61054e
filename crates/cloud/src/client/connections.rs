//! Connections that are opened before there are requests for them.
//!
//! A connection takes one round trip, and with TLS two or three, before a request can be sent. A
//! listing begins with few requests, and has dozens as soon as the first page is there: those
//! would wait for their connections then. So these are opened while the first page is on its way.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, pending, ready};
use tokio::time::timeout;
use tower_layer::Layer;
use tower_service::Service;

/// A connection that nothing was sent on for so long is not used any more: a store may be about to
/// close it.
const LASTS: Duration = Duration::from_secs(4);

/// What is not open by then, nobody waits for.
const OPENS: Duration = Duration::from_secs(8);

tokio::task_local! {
    /// Set where a connection is asked for that is to be opened only.
    static AHEAD: ();
}

/// Begins a request that is never sent: all that comes of it is a connection for another.
pub(super) fn ahead(request: impl Future) {
    AHEAD.sync_scope((), || {
        // The first step asks for a connection, and nothing else can come of it.
        let _ = request.now_or_never();
    });
}

/// Gives a client connections that were opened ahead. All of them have to lead to one place.
#[derive(Clone, Debug)]
pub(super) struct OpenAhead;

impl<S> Layer<S> for OpenAhead {
    type Service = Connector<S>;

    fn layer(&self, inner: S) -> Connector<S> {
        Connector { inner, open: Arc::default() }
    }
}

/// Makes connections, or has them.
#[derive(Clone, Debug)]
pub(super) struct Connector<S> {
    inner: S,
    open: Arc<Mutex<Vec<Open>>>,
}

#[derive(Debug)]
struct Open {
    /// A connection, of the type that `inner` makes.
    connection: Box<dyn Any + Send>,
    since: Instant,
}

impl<S> Connector<S> {
    fn open(&self) -> MutexGuard<'_, Vec<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that was opened ahead.
    fn take<C: 'static>(&self) -> Option<C> {
        let mut open = self.open();
        open.retain(|open| open.since.elapsed() < LASTS);
        open.pop()?.connection.downcast().ok().map(|connection| *connection)
    }
}

impl<S, R> Service<R> for Connector<S>
where
    S: Service<R> + Clone + Send + 'static,
    S::Response: Send + 'static,
    S::Error: Send + 'static,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(
        &mut self,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        if AHEAD.try_with(|()| ()).is_ok() {
            let (opening, this) = (self.inner.call(request), self.clone());
            tokio::spawn(async move {
                // Why it cannot be opened is said by the requests that need one.
                if let Ok(Ok(connection)) = timeout(OPENS, opening).await {
                    let connection = Box::new(connection);
                    this.open().push(Open { connection, since: Instant::now() });
                }
            });
            return pending().boxed();
        }
        match self.take() {
            Some(connection) => ready(Ok(connection)).boxed(),
            None => self.inner.call(request).boxed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll};

    use super::*;

    /// Numbers its connections; of the request `false`, none comes.
    #[derive(Clone, Default)]
    struct Numbered(Arc<AtomicUsize>);

    impl Service<bool> for Numbered {
        type Response = usize;
        type Error = &'static str;
        type Future = BoxFuture<'static, Result<usize, &'static str>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, works: bool) -> Self::Future {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            ready(if works { Ok(number) } else { Err("refused") }).boxed()
        }
    }

    async fn settle(connector: &Connector<Numbered>, count: usize) {
        for _ in 0..1000 {
            if connector.open().len() == count && Arc::strong_count(&connector.open) == 1 {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("{:?} are open", connector.open().len());
    }

    fn run(work: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(work);
    }

    #[test]
    fn what_was_opened_ahead_is_used_once_and_before_others_are_made() {
        run(async {
            let mut connector = OpenAhead.layer(Numbered::default());
            for works in [true, false, true] {
                ahead(async { connector.call(works).await });
            }
            settle(&connector, 2).await;
            let mut had = Vec::new();
            for _ in 0..3 {
                had.push(connector.call(true).await.unwrap());
            }
            had.sort_unstable();
            assert_eq!(had, [0, 2, 3]);
            assert_eq!(connector.call(false).await, Err("refused"));
        });
    }

    #[test]
    fn what_is_asked_for_ahead_takes_nothing_that_is_open() {
        run(async {
            let mut connector = OpenAhead.layer(Numbered::default());
            ahead(async { connector.call(true).await });
            settle(&connector, 1).await;
            ahead(async { connector.call(true).await });
            settle(&connector, 2).await;
        });
    }

    #[test]
    fn a_connection_that_was_silent_for_long_is_not_used() {
        run(async {
            let mut connector = OpenAhead.layer(Numbered::default());
            ahead(async { connector.call(true).await });
            ahead(async { connector.call(true).await });
            settle(&connector, 2).await;
            let old = Instant::now().checked_sub(LASTS).unwrap();
            connector.open().iter_mut().for_each(|open| open.since = old);
            assert_eq!(connector.call(true).await, Ok(2));
            assert_eq!(connector.open().len(), 0);
        });
    }
}
