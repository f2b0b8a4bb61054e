//! Documents: the JSON of metadata.json and of requests, with the place of every key and value.

pub mod calibration;
pub mod json;
mod location;
pub mod metadata;
pub mod request;

pub use location::{Document, Location};
pub use metadata::{MAX_METADATA_BYTES, MetadataFile};
