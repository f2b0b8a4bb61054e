//! Lists all that lies below a prefix, with many requests at once.
//!
//! Subfolders are listed by their own prefix where they are few, as sensors and scenes are. What
//! is flat or made of many small folders is listed as ranges of keys: a worker that has nothing
//! to do takes part of what another has still before it. Where to cut is learnt from the keys
//! seen, and nothing depends on it but the time: a range ends where the next one begins,
//! whatever stands there.

mod builder_pool;
mod key_interpolator;
mod list;
mod lister;
mod markers;
mod page_sequence;
mod range;
mod retry;
#[cfg(test)]
mod tests;
mod unread;
mod work_queue;

pub(crate) use list::{TICK, list};
pub(crate) use retry::{RequestError, RetryClient, RetryPolicy};
