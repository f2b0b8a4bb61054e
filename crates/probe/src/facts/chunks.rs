//! What can be wrong with an image of chunks, a PNG or a WebP.

/// What is wrong with the chunks of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChunkFault {
    /// The file ends before the image does.
    CutOff,
    /// A chunk's data are not those of its checksum.
    Checksum,
    /// The rows cannot be unpacked, or are written in no way that there is.
    Packing,
    /// There are fewer rows than the image has.
    MissingRows,
    /// A chunk is of no kind, or longer than it can be.
    Malformed,
    /// There is no chunk with the image.
    NoImage,
}
