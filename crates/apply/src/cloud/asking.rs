//! [`Asking`]: a store that is asked, so many requests at once, and what can go wrong.

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::path::PathBuf;

use sensortree_cloud::{BucketError, Head, Precondition};
use tokio::sync::Semaphore;

use super::store::Store;
use crate::error::ApplyError;

/// So many requests are on the way at once.
pub(super) const REQUESTS: usize = 64;

/// Why a leg stopped.
#[derive(Debug)]
pub(super) enum Fault {
    /// Something is not as it was, or as it was to be.
    Changed { key: String, what: &'static str },
    /// The store did not do what it was asked for.
    Store { key: String, what: &'static str, error: BucketError },
    /// Something on this machine failed.
    Local { path: PathBuf, error: io::Error },
    /// Somebody wants it to end.
    Cancelled,
}

impl Fault {
    /// As an error: what was done is taken back, or not.
    pub(super) fn error(self, undone: bool) -> ApplyError {
        match self {
            Fault::Changed { key, what } if undone => ApplyError::Changed { path: key, what },
            Fault::Changed { key: path, what } => {
                let source = io::Error::other(format!("{what}, which the plan did not foresee"));
                ApplyError::Step { path, source, undone }
            }
            Fault::Store { key: path, what, error } => {
                let kind = match error {
                    BucketError::Denied => io::ErrorKind::PermissionDenied,
                    BucketError::Missing => io::ErrorKind::NotFound,
                    _ => io::ErrorKind::Other,
                };
                let source = io::Error::new(kind, format!("it cannot be {what}: {error}"));
                ApplyError::Step { path, source, undone }
            }
            Fault::Local { path, error } => {
                let path = path.to_string_lossy().into_owned();
                ApplyError::Step { path, source: error, undone }
            }
            Fault::Cancelled => {
                let source = io::Error::new(io::ErrorKind::Interrupted, "the run was stopped");
                ApplyError::Step { path: String::new(), source, undone }
            }
        }
    }
}

/// A store that is asked by several legs in turn.
pub(super) struct Asking<'a, S> {
    pub(super) store: &'a S,
    permits: Semaphore,
    asked: Cell<u64>,
}

impl<'a, S: Store> Asking<'a, S> {
    pub(super) fn new(store: &'a S) -> Self {
        Asking { store, permits: Semaphore::new(REQUESTS), asked: Cell::new(0) }
    }

    /// How many requests there were. Those that were sent again count once.
    pub(super) fn asked(&self) -> u64 {
        self.asked.get()
    }

    pub(super) async fn ask<T>(
        &self,
        key: &str,
        what: &'static str,
        answer: impl Future<Output = Result<T, BucketError>>,
    ) -> Result<T, Fault> {
        // It is never closed.
        let _permit = self.permits.acquire().await;
        self.asked.set(self.asked.get() + 1);
        answer.await.map_err(|error| Fault::Store { key: key.to_owned(), what, error })
    }

    pub(super) async fn head(&self, key: &str) -> Result<Option<Head>, Fault> {
        self.ask(key, "asked for", self.store.head(key)).await
    }

    pub(super) async fn get(&self, key: &str) -> Result<(Vec<u8>, Head), Fault> {
        self.ask(key, "read", self.store.get(key)).await
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), Fault> {
        self.ask(key, "deleted", self.store.delete(key)).await
    }

    pub(super) async fn put(
        &self,
        key: &str,
        bytes: Vec<u8>,
        precondition: Precondition<'_>,
    ) -> Result<(), Fault> {
        self.ask(key, "written", self.store.put(key, bytes, precondition)).await
    }
}
