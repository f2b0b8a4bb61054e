//! [`Source`]: the zip that a new one is made of, with its list of entries as it stands there.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use rawzip::{FileReader, ReaderAt as _, ZipArchive, ZipFileHeaderRecord};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::ApplyError;
use crate::sealed::hex;

/// What a zip is known by: if this is the same, so is the zip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was last written, in nanoseconds since 1970 (UTC), as its file system says.
    pub modified: i64,
    /// SHA-256 of its list of entries and what stands behind that, in hexadecimal digits.
    pub directory: String,
}

/// An open zip.
pub(super) struct Source {
    reader: FileReader,
    bytes: u64,
    modified: i64,
    name: String,
}

/// The fixed part of an entry in the list (4.3.12).
pub(super) const CENTRAL: usize = 46;

/// An entry in the list, byte for byte.
pub(super) struct Central {
    pub(super) fixed: [u8; CENTRAL],
    pub(super) name: Vec<u8>,
    pub(super) extra: Vec<u8>,
    pub(super) comment: Vec<u8>,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self, ApplyError> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let failed = |source| ApplyError::Step { path: name.clone(), source, undone: true };
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(ApplyError::Impossible { what: format!("`{name}` is no file") });
        }
        let modified = metadata.modified().map_err(failed)?;
        // Before 1970: a negative number.
        let modified = match modified.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
            Err(until) => i64::try_from(until.duration().as_nanos()).map_or(i64::MIN, |it| -it),
        };
        Ok(Source { reader: FileReader::from(file), bytes: metadata.len(), modified, name })
    }

    /// Its size in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its name, as errors call it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn failed(&self, source: io::Error) -> ApplyError {
        ApplyError::Step { path: self.name.clone(), source, undone: true }
    }

    pub(super) fn damaged(&self, what: &str) -> ApplyError {
        let what = format!("`{}` is damaged ({what}), and is not packed anew", self.name);
        ApplyError::Impossible { what }
    }

    pub(super) fn fingerprint(&self) -> Result<Fingerprint, ApplyError> {
        let mut at = self.archive()?.directory_offset();
        let mut sum = Sha256::new();
        let mut buffer = vec![0; 64 << 10];
        while at < self.bytes {
            let length = self.reader.read_at(&mut buffer, at).map_err(|it| self.failed(it))?;
            if length == 0 {
                break;
            }
            sum.update(buffer.get(..length).unwrap_or_default());
            at += length as u64;
        }
        let directory = hex(&sum.finalize());
        Ok(Fingerprint { bytes: self.bytes, modified: self.modified, directory })
    }

    pub(super) fn archive(&self) -> Result<ZipArchive<&FileReader>, ApplyError> {
        let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let archive = sensortree_scan::zip::locate(&self.reader, self.bytes, &mut buffer);
        archive
            .map_err(|error| self.failed(error))?
            .ok_or_else(|| self.damaged("it has no list of entries"))
    }

    /// Hands on the entries in the order of the list, each with its position in it. Returns how
    /// many there are.
    pub(super) fn walk(
        &self,
        mut each: impl FnMut(u64, &ZipFileHeaderRecord<'_>) -> Result<(), ApplyError>,
    ) -> Result<u64, ApplyError> {
        let archive = self.archive()?;
        let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let mut entries = archive.entries(&mut buffer);
        let mut count = 0;
        loop {
            match entries.next_entry() {
                Ok(Some(record)) => each(count, &record)?,
                Ok(None) => return Ok(count),
                Err(_) => return Err(self.damaged("its list of entries cannot be read")),
            }
            count += 1;
        }
    }

    /// The entry as it stands in the list.
    pub(super) fn central(&self, record: &ZipFileHeaderRecord<'_>) -> Result<Central, ApplyError> {
        let at = record.central_directory_offset();
        let fixed: [u8; CENTRAL] = self.part(at)?;
        let length = |at| usize::from(u16_at(&fixed, at));
        let mut rest = vec![0; length(28) + length(30) + length(32)];
        self.fill(&mut rest, at + CENTRAL as u64)?;
        let comment = rest.split_off(length(28) + length(30));
        let extra = rest.split_off(length(28));
        Ok(Central { fixed, name: rest, extra, comment })
    }

    /// Bytes at a place of the file.
    pub(super) fn part<const N: usize>(&self, at: u64) -> Result<[u8; N], ApplyError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, at)?;
        Ok(bytes)
    }

    /// Fills a buffer from a place on.
    pub(super) fn fill(&self, room: &mut [u8], at: u64) -> Result<(), ApplyError> {
        let mut done = 0;
        while done < room.len() {
            let rest = room.get_mut(done..).unwrap_or_default();
            match self.reader.read_at(rest, at + done as u64) {
                Ok(0) => return Err(self.damaged("it ends within an entry")),
                Ok(length) => done += length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
        Ok(())
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes_at(bytes, at))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes_at(bytes, at))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes_at(bytes, at))
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or([0; N])
}
