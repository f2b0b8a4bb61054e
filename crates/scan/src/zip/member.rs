//! What a record of the central directory says of its entry.

use rawzip::extra_fields::ExtraFieldId;
use rawzip::{EntryFlags, ZipFileHeaderRecord};
use sensortree_core::archive::Member;
use sensortree_core::tree::EntryKind;

/// Returns what the archive's rules are told of an entry.
#[must_use]
pub fn member<'m>(
    record: &ZipFileHeaderRecord<'_>,
    name: &'m [u8],
    unicode_name: Option<&'m [u8]>,
) -> Member<'m> {
    Member {
        name,
        unicode_name,
        utf8: record.flags().is_utf8(),
        kind: kind(record, name),
        encrypted: is_encrypted(record),
        method: record.compression_method().as_u16(),
        packed: record.compressed_size_hint(),
        size: record.uncompressed_size_hint(),
        offset: record.local_header_offset(),
    }
}

/// Whether an entry needs a password: by one of its flags, or by the method that stands for AES.
#[must_use]
pub fn is_encrypted(record: &ZipFileHeaderRecord<'_>) -> bool {
    const AES: u16 = 99;
    needs_password(record.flags()) || record.compression_method().as_u16() == AES
}

/// Whether one of the flags says that an entry needs a password.
pub(super) fn needs_password(flags: EntryFlags) -> bool {
    flags.is_encrypted() || flags.has_strong_encryption() || flags.is_masked()
}

fn kind(record: &ZipFileHeaderRecord<'_>, name: &[u8]) -> EntryKind {
    const TYPE: u32 = 0o170_000;
    const FOLDER: u32 = 0o040_000;
    const LINK: u32 = 0o120_000;
    const FILE: u32 = 0o100_000;
    if name.ends_with(b"/") {
        return EntryKind::Folder;
    }
    match record.mode().value() & TYPE {
        // Old .NET tools write folders as `name\`; a file is none, whatever its mode says.
        FOLDER if record.uncompressed_size_hint() == 0 => EntryKind::Folder,
        LINK => EntryKind::Link,
        0 | FILE | FOLDER => EntryKind::File,
        _ => EntryKind::Special,
    }
}

/// The name in UTF-8 that Info-ZIP keeps beside one that is in another encoding.
#[must_use]
pub fn unicode_name(record: &ZipFileHeaderRecord<'_>) -> Option<Vec<u8>> {
    let path = record.file_path();
    let name = path.as_bytes();
    if record.flags().is_utf8() || name.is_ascii() {
        return None;
    }
    let (_, field) =
        record.extra_fields().find(|(id, _)| *id == ExtraFieldId::INFO_ZIP_UNICODE_PATH)?;
    // A version, the checksum of the other name, and then the name.
    let (checksum, unicode) = field.strip_prefix(&[1])?.split_first_chunk()?;
    let fits = u32::from_le_bytes(*checksum) == rawzip::crc32(name)
        && std::str::from_utf8(unicode).is_ok();
    (fits && !unicode.is_empty()).then(|| unicode.to_vec())
}
