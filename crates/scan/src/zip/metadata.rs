//! metadata.json in an archive, unpacked up to its limit.

use flate2::read::DeflateDecoder;
use rawzip::{
    CompressionMethod, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder, ZipFileHeaderRecord,
};
use sensortree_core::archive::Damage;
use sensortree_core::document::MetadataFile;

use super::member::is_encrypted;
use crate::document::read_metadata;

/// metadata.json as it lies in the archive.
pub(super) struct Packed {
    place: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
    encrypted: bool,
    /// What was already found broken in it.
    damage: Option<Damage>,
}

/// Why metadata.json could not be unpacked.
pub(super) enum Unpacking {
    Encrypted,
    Method(CompressionMethod),
    Damaged {
        /// Whether that was already found.
        said: bool,
    },
}

impl Unpacking {
    pub(super) fn reason(&self) -> String {
        match self {
            Unpacking::Encrypted => "encrypted".to_owned(),
            Unpacking::Method(method) => {
                format!("compressed by a method that is not unpacked here ({method})")
            }
            Unpacking::Damaged { .. } => "damaged in the zip".to_owned(),
        }
    }
}

impl Packed {
    pub(super) fn of(record: &ZipFileHeaderRecord<'_>, damage: Option<Damage>) -> Self {
        Packed {
            place: record.wayfinder(),
            method: record.compression_method(),
            encrypted: is_encrypted(record),
            damage,
        }
    }

    pub(super) fn unpack<R: ReaderAt>(
        &self,
        archive: &ZipArchive<R>,
    ) -> Result<MetadataFile, Unpacking> {
        if self.encrypted {
            return Err(Unpacking::Encrypted);
        }
        let damaged = || Unpacking::Damaged { said: self.damage.is_some() };
        let entry = archive.get_entry(self.place).map_err(|_| damaged())?;
        // What the archive says of the size is not relied on.
        let unpacked = match self.method {
            CompressionMethod::STORE => read_metadata(entry.verifying_reader(entry.reader()), 0),
            CompressionMethod::DEFLATE => {
                let inflated = DeflateDecoder::new(entry.reader());
                read_metadata(entry.verifying_reader(inflated), 0)
            }
            method => return Err(Unpacking::Method(method)),
        };
        match unpacked {
            Ok(MetadataFile::TooLarge { bytes }) => {
                let declared = self.place.uncompressed_size_hint();
                Ok(MetadataFile::TooLarge { bytes: declared.max(bytes) })
            }
            Ok(metadata) => Ok(metadata),
            Err(_) => Err(damaged()),
        }
    }
}
