//! What the records at an archive's end say of it, held against where its list of entries stands.
//!
//! Readers take different ways to the list: some go by the place that the end names, others
//! count back from the end by the size that it names. Only where both agree do all of them see
//! the same entries.

use std::io;

use rawzip::{ReaderAt, ZipArchive, ZipFileHeaderRecord};
use sensortree_core::archive::Damage;

use crate::content::read_full;

/// The record that ends every archive, without its comment (section 4.3.16 of the format's
/// specification).
const END: usize = 22;

/// The same in the zip64 form, without what may follow in it (4.3.14).
const END_64: usize = 56;
const END_64_SIGNATURE: &[u8; 4] = b"PK\x06\x06";

/// What stands between the two, and says where the zip64 form is (4.3.15).
const LOCATOR: usize = 20;
const LOCATOR_SIGNATURE: &[u8; 4] = b"PK\x06\x07";

/// A field that stands for one in the zip64 form.
const IN_ZIP64_16: u16 = u16::MAX;
const IN_ZIP64_32: u32 = u32::MAX;

/// What an archive's end says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ending {
    /// Where the first of the records at the end begins, which is where the list ends.
    begin: u64,
    /// The size of the list of entries, in bytes.
    size: u64,
    /// Where that begins.
    place: u64,
    several_disks: bool,
    disagree: bool,
}

/// What is broken in an archive's end.
///
/// # Errors
/// When the reader fails.
pub(super) fn damage<R: ReaderAt>(archive: &ZipArchive<R>) -> io::Result<Vec<Damage>> {
    let Some(ending) = Ending::read(archive.get_ref(), archive.eocd_offset())? else {
        return Ok(vec![Damage::EndsDisagree]);
    };
    let mut damage = Vec::new();
    let found = archive.directory_offset();
    let size = ending.begin.saturating_sub(found);
    if ending.size != size {
        damage.push(Damage::DirectorySize { declared: ending.size, found: size });
    }
    // Bytes before the archive are said where its first entry is known.
    if ending.place > found {
        damage.push(Damage::DirectoryPlace { declared: ending.place, found });
    }
    if ending.several_disks {
        damage.push(Damage::SeveralDisks);
    }
    if ending.disagree {
        damage.push(Damage::EndsDisagree);
    }
    Ok(damage)
}

impl Ending {
    /// Reads the records whose last begins at `at`; `None` where they do not stand there.
    fn read<R: ReaderAt>(reader: &R, at: u64) -> io::Result<Option<Self>> {
        let Some(end) = read_at::<END, _>(reader, at)? else { return Ok(None) };
        let disk = u16_at(&end, 4);
        let list_disk = u16_at(&end, 6);
        let (entries_here, entries) = (u16_at(&end, 8), u16_at(&end, 10));
        let (size, place) = (u32_at(&end, 12), u32_at(&end, 16));
        let classic = Ending {
            begin: at,
            size: size.into(),
            place: place.into(),
            several_disks: disk != 0 || list_disk != 0 || entries_here != entries,
            disagree: false,
        };
        let Some(locator_at) = at.checked_sub(LOCATOR as u64) else { return Ok(Some(classic)) };
        let locator = read_at::<LOCATOR, _>(reader, locator_at)?;
        let Some(locator) = locator.filter(|locator| locator.starts_with(LOCATOR_SIGNATURE)) else {
            return Ok(Some(classic));
        };
        let begin = u64_at(&locator, 8);
        let end_64 = read_at::<END_64, _>(reader, begin)?;
        let Some(end_64) = end_64.filter(|end| end.starts_with(END_64_SIGNATURE)) else {
            return Ok(Some(Ending { disagree: true, ..classic }));
        };
        let fits = |small: u64, stands_in: u64, large: u64| small == stands_in || small == large;
        let (disk_64, list_disk_64) = (u32_at(&end_64, 16), u32_at(&end_64, 20));
        let (entries_here_64, entries_64) = (u64_at(&end_64, 24), u64_at(&end_64, 32));
        let (size_64, place_64) = (u64_at(&end_64, 40), u64_at(&end_64, 48));
        let small = u64::from(IN_ZIP64_16);
        let large = u64::from(IN_ZIP64_32);
        let agree = [
            // The size of a record is counted from behind the field that holds it.
            begin.saturating_add(12).saturating_add(u64_at(&end_64, 4)) == locator_at,
            fits(disk.into(), small, disk_64.into()),
            fits(list_disk.into(), small, list_disk_64.into()),
            fits(entries_here.into(), small, entries_here_64),
            fits(entries.into(), small, entries_64),
            fits(size.into(), large, size_64),
            fits(place.into(), large, place_64),
        ];
        let several_disks = disk_64 != 0
            || list_disk_64 != 0
            || entries_here_64 != entries_64
            || u32_at(&locator, 4) != 0
            // The number of all disks; some writers leave it out.
            || u32_at(&locator, 16) > 1;
        Ok(Some(Ending {
            begin,
            size: size_64,
            place: place_64,
            several_disks,
            disagree: agree.contains(&false),
        }))
    }
}

/// Reads which part of a split archive each entry is said to lie in, in the order of the list.
pub(super) struct Disks {
    buffer: Vec<u8>,
    /// Where in the archive the buffer begins.
    at: u64,
    length: usize,
}

impl Disks {
    /// The fixed part of an entry in the list (4.3.12).
    const HEADER: usize = 46;

    /// What is read at once.
    const STRETCH: usize = 64 << 10;

    pub(super) fn new() -> Self {
        Disks { buffer: vec![0; Self::STRETCH], at: 0, length: 0 }
    }

    /// Whether the entry lies in another part than the first.
    ///
    /// # Errors
    /// When the reader fails.
    pub(super) fn is_other<R: ReaderAt>(
        &mut self,
        archive: &ZipArchive<R>,
        record: &ZipFileHeaderRecord<'_>,
    ) -> io::Result<bool> {
        let Some(header) = self.header(archive, record.central_directory_offset())? else {
            return Ok(false);
        };
        let disk = u16_at(header, 34);
        if disk != IN_ZIP64_16 {
            return Ok(disk != 0);
        }
        // The field of the zip64 form holds, in this order, only what the fixed part leaves to it.
        let before = [20, 24, 42].map(|field| u32_at(header, field) == IN_ZIP64_32);
        let skipped = 8 * before.iter().filter(|is_there| **is_there).count();
        let zip64 =
            record.extra_fields().find(|(id, _)| *id == rawzip::extra_fields::ExtraFieldId::ZIP64);
        let disk = zip64.and_then(|(_, field)| field.get(skipped..skipped + 4));
        Ok(disk.is_none_or(|disk| u32_at(disk, 0) != 0))
    }

    fn header<R: ReaderAt>(
        &mut self,
        archive: &ZipArchive<R>,
        at: u64,
    ) -> io::Result<Option<&[u8]>> {
        let is_held = |disks: &Self| {
            at >= disks.at && at + Self::HEADER as u64 <= disks.at + disks.length as u64
        };
        if !is_held(self) {
            self.at = at;
            let reader = archive.get_ref();
            self.length =
                read_full(&mut self.buffer, at, |room, offset| reader.read_at(room, offset))?;
        }
        if !is_held(self) {
            return Ok(None);
        }
        let start = usize::try_from(at - self.at).unwrap_or(usize::MAX);
        Ok(self.buffer.get(start..start.saturating_add(Self::HEADER)))
    }
}

fn read_at<const N: usize, R: ReaderAt>(reader: &R, at: u64) -> io::Result<Option<[u8; N]>> {
    let mut bytes = [0; N];
    let length = read_full(&mut bytes, at, |room, offset| reader.read_at(room, offset))?;
    Ok((length == N).then_some(bytes))
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or([0; N])
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes_at(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes_at(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes_at(bytes, at))
}
