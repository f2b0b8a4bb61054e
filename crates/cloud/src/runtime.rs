//! Waiting for answers of stores, from code that is not async.

use std::thread;

use sensortree_scan::SourceError;
use tokio::runtime::{Builder, Handle, Runtime};

/// The threads that ask a store.
pub(super) struct BlockingRuntime(Option<Runtime>);

impl BlockingRuntime {
    /// Starts so many threads.
    pub(super) fn start(threads: usize) -> Result<Self, SourceError> {
        let runtime = Builder::new_multi_thread().worker_threads(threads).enable_all().build();
        let refused = |_| SourceError::new("the threads that list the target could not be started");
        Ok(BlockingRuntime(Some(runtime.map_err(refused)?)))
    }

    /// Waits for a future. Whoever calls this may run on threads of a runtime of their own, where
    /// waiting is forbidden: then another thread waits.
    pub(super) fn wait_for<F>(&self, future: F) -> Result<F::Output, SourceError>
    where
        F: Future<Output: Send> + Send,
    {
        let ended = || SourceError::new("the threads that list the target broke down");
        let runtime = self.0.as_ref().ok_or_else(ended)?;
        if Handle::try_current().is_err() {
            return Ok(runtime.block_on(future));
        }
        thread::scope(|scope| scope.spawn(|| runtime.block_on(future)).join()).map_err(|_| ended())
    }
}

impl Drop for BlockingRuntime {
    fn drop(&mut self) {
        // A host name that is still being looked up would be waited for otherwise.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
