//! Documents: the JSON of metadata.json and of requests, with the place of every key and value.

pub mod calibration;
mod foreign;
pub mod json;
mod location;
pub mod metadata;
mod reader;
pub mod request;
mod shape;

pub use location::{Document, Location};
pub use metadata::{MAX_METADATA_BYTES, MetadataFile};
