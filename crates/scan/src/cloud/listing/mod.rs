//! Lists all that lies below a prefix, with many requests at once.
//!
//! Subfolders are listed by their own prefix where they are few, as sensors and scenes are. What is flat or made of many
//! small folders is listed as ranges of keys: a worker that has nothing to do takes part of what another has still before
//! it. Where to cut is learnt from the keys seen, and nothing depends on it but the time: a range ends where the next one
//! begins, whatever stands there.

mod board;
mod chain;
mod harvest;
mod list;
mod lister;
mod markers;
mod patience;
mod range;
mod ruler;
#[cfg(test)]
mod tests;
mod unread;

pub(crate) use list::{TICK, list, threads};
pub(crate) use patience::{Asker, NoAnswer, Patience};
