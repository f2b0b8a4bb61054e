//! metadata.json, with the place of every key and value.

/// metadata.json as far as it could be read.
#[derive(Clone, Debug)]
pub struct Metadata {}

impl Metadata {
    /// Reads the bytes of a metadata.json, however broken.
    #[must_use]
    pub fn parse(_text: &[u8]) -> Self {
        Metadata {}
    }
}
