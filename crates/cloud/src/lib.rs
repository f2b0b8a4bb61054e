//! Prefixes in object stores.
//!
//! `pages` is the seam: below it a client asks a store for one page of names, above it a listing
//! decides which pages to ask for, and asks for many at once.

mod access;
mod answer;
mod bucket;
mod client;
mod credentials;
mod endpoint;
mod frames;
mod http;
mod listing;
mod pages;
mod runtime;
mod side_channel;
mod source;
mod url;
mod web_address;
mod xml;
mod zip;

pub use access::{Addressing, CloudAccess, EnvironmentAccess, ExplicitAccess, Secret};
pub use bucket::{Bucket, BucketError, Head, Precondition};
pub use credentials::untidy_variables;
pub use source::{CloudPrefix, Level};
pub use url::{CloudUrl, Provider};
