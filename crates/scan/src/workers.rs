//! Threads that each count on their own.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::ScanError;
use crate::options::ScanOptions;

/// A thread pool with something of its own for each thread.
pub(crate) struct Workers<W> {
    pool: rayon::ThreadPool,
    /// One for each thread, so that no lock is ever waited for.
    workers: Vec<Mutex<W>>,
}

impl<W> Workers<W> {
    /// Starts the threads.
    pub(crate) fn start(threads: usize, worker: impl Fn() -> W) -> Result<Self, ScanError> {
        let threads = threads.clamp(1, ScanOptions::MAX_JOBS);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|at| format!("scan-{at}"))
            .build()
            .map_err(|source| ScanError::Threads { source })?;
        Ok(Workers { pool, workers: (0..threads).map(|_| Mutex::new(worker())).collect() })
    }

    /// The threads.
    pub(crate) fn pool(&self) -> &rayon::ThreadPool {
        &self.pool
    }

    /// How many threads there are.
    pub(crate) fn count(&self) -> usize {
        self.workers.len()
    }

    /// What belongs to this thread.
    pub(crate) fn current(&self) -> MutexGuard<'_, W> {
        let at = rayon::current_thread_index().unwrap_or_default();
        lock(&self.workers[at % self.workers.len()])
    }

    /// What belongs to each thread, once none works any more.
    pub(crate) fn each(&self) -> impl Iterator<Item = MutexGuard<'_, W>> {
        self.workers.iter().map(lock)
    }
}

fn lock<W>(worker: &Mutex<W>) -> MutexGuard<'_, W> {
    worker.lock().unwrap_or_else(PoisonError::into_inner)
}
