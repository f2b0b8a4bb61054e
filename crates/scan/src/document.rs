//! Reading a metadata.json, as far as one can be large.

use std::io::{self, Read};

use sensortree_core::document::{MAX_METADATA_BYTES, MetadataFile};

/// Reads a metadata.json of `declared` bytes.
///
/// What is said of the size is not relied on: a file can grow while it is read, and an archive can
/// say anything. What is over the limit is not read further.
///
/// # Errors
/// When the reader fails within the limit.
pub fn read_metadata(reader: impl Read, declared: u64) -> io::Result<MetadataFile> {
    if declared > MAX_METADATA_BYTES {
        return Ok(MetadataFile::TooLarge { bytes: declared });
    }
    let mut text = Vec::new();
    let read = reader.take(MAX_METADATA_BYTES + 1).read_to_end(&mut text);
    match text.len() as u64 {
        bytes if bytes > MAX_METADATA_BYTES => Ok(MetadataFile::TooLarge { bytes }),
        _ => read.map(|_| MetadataFile::Text(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_one_can_be_large() {
        let endless = || io::repeat(b' ');
        let over = MAX_METADATA_BYTES + 1;
        let bytes = |read| match read {
            Ok(MetadataFile::TooLarge { bytes }) => bytes,
            other => panic!("{other:?}"),
        };
        assert_eq!(bytes(read_metadata(endless(), 10)), over, "it grew");
        assert_eq!(bytes(read_metadata(io::empty(), over)), over, "it is not read at all");
        let whole = read_metadata(endless().take(MAX_METADATA_BYTES), MAX_METADATA_BYTES);
        assert!(matches!(whole, Ok(MetadataFile::Text(text)) if text.len() as u64 == over - 1));
        assert!(
            matches!(read_metadata(io::empty(), 10), Ok(MetadataFile::Text(text)) if text.is_empty())
        );
    }
}
