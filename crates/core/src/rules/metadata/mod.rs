//! Family M: metadata.json.
