//! Prefixes in object stores.
//!
//! `pages` is the seam: below it a client asks a store for one page of names, above it a listing decides which pages to
//! ask for, and asks for many at once.

mod error;
#[expect(dead_code, reason = "the seam waits for both its sides")]
mod pages;

pub use error::CloudError;
