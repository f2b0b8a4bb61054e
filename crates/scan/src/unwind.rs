//! Panics of libraries, as one more way in which what they read is damaged.

use std::panic::{self, AssertUnwindSafe};

/// Runs what a library does with what may be damaged; `None` where it panics. The panic
/// is not shown.
pub(crate) fn catch<T>(read: impl FnOnce() -> T) -> Option<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let read = panic::catch_unwind(AssertUnwindSafe(read));
    panic::set_hook(hook);
    read.ok()
}
