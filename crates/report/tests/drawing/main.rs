//! What every format makes of a report.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod documents;
mod formats;
mod full;
mod support;
