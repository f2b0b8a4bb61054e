//! Entries' own headers, held against the central directory.

use rawzip::{ReaderAt, ZipArchive, ZipFileHeaderRecord};
use sensortree_core::archive::Damage;

use super::member::needs_password;

/// What any local header's name and extra fields fit in.
const LOCAL_BUFFER: usize = 2 * u16::MAX as usize;

/// Holds entries' own headers against the list.
pub(super) struct Headers {
    every: u64,
    at: u64,
    buffer: Vec<u8>,
}

impl Headers {
    pub(super) fn new(members: u64, most: u64) -> Self {
        Headers {
            every: members.div_ceil(most.max(1)).max(1),
            at: 0,
            buffer: vec![0; LOCAL_BUFFER],
        }
    }

    /// What is broken in an entry, of those whose turn it is or that are wanted.
    pub(super) fn compare<R: ReaderAt>(
        &mut self,
        archive: &ZipArchive<R>,
        record: &ZipFileHeaderRecord<'_>,
        wanted: bool,
    ) -> Option<Damage> {
        let due = wanted || self.at.is_multiple_of(self.every);
        self.at += 1;
        let data = record.local_header_offset().saturating_add(record.compressed_size_hint());
        if data > archive.directory_offset() {
            return Some(Damage::OutOfRange);
        }
        if !due || record.flags().is_masked() {
            return None;
        }
        let Ok(entry) = archive.get_entry(record.wayfinder()) else {
            return Some(Damage::HeaderMissing);
        };
        if entry.compressed_data_range().1 > archive.directory_offset() {
            return Some(Damage::OutOfRange);
        }
        let Ok(own) = entry.local_header(&mut self.buffer) else {
            return Some(Damage::HeaderMissing);
        };
        // With a data descriptor the header was written before the sizes were known.
        let sizes = own.flags().has_data_descriptor()
            || (own.compressed_size_hint() == record.compressed_size_hint()
                && own.uncompressed_size_hint() == record.uncompressed_size_hint()
                && own.crc32() == record.crc32());
        let same = sizes
            && own.file_path().as_bytes() == record.file_path().as_bytes()
            && own.compression_method() == record.compression_method()
            && needs_password(own.flags()) == needs_password(record.flags());
        (!same).then_some(Damage::HeadersDisagree)
    }
}
