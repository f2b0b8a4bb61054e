//! Whether the program was started with a standard output that can be written to.
//!
//! It has to be asked before `main`: where standard output is closed (`>&-`), the standard library
//! opens `/dev/null` in its place, and where it is open for reading only (`1<FILE`), its writes
//! report success although nothing is written. Either way a report would be lost without an error.

/// Returns whether standard output was open for writing when the program started.
///
/// On systems other than Unix the answer is always `true`.
#[must_use]
pub fn is_writable() -> bool {
    #[cfg(unix)]
    {
        startup::IS_WRITABLE.load(std::sync::atomic::Ordering::Relaxed)
    }
    #[cfg(not(unix))]
    {
        true
    }
}

#[cfg(unix)]
mod startup {
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustix::fs::{OFlags, fcntl_getfl};

    pub(crate) static IS_WRITABLE: AtomicBool = AtomicBool::new(true);

    ctor::declarative::ctor! {
        // What runs before `main` must not rely on the standard library's own set-up: this is one
        // system call and one store.
        #[ctor(unsafe)]
        fn record() {
            let flags = fcntl_getfl(rustix::stdio::stdout());
            let is_writable = flags.is_ok_and(|flags| flags & OFlags::ACCMODE != OFlags::RDONLY);
            IS_WRITABLE.store(is_writable, Ordering::Relaxed);
        }
    }
}
