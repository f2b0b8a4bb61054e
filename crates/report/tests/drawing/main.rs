//! What every format makes of a report.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod code_hosts;
mod documents;
mod formats;
mod full;
mod hostile;
mod markdown_picture;
mod summary;
mod support;
