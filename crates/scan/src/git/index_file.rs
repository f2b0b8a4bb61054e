//! The file of the index, whole and undamaged.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use gix::index::File;
use gix::index::decode::Options;
use gix::{ObjectId, Repository};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::error::{GitError, said};

/// How much of it is read at once to sum it up.
const STRETCH: usize = 128 * 1024;

/// Reads the index of a repository. Where there is none, nothing was added yet.
pub(super) fn read(repository: &Repository) -> Result<File, GitError> {
    decode(&repository.index_path(), repository.object_hash())
        .map_err(|error| GitError::Unreadable { what: "the index".to_owned(), said: said(&error) })
}

/// Reads an index, and holds it to its checksum at the same time.
fn decode(path: &Path, hash: gix::hash::Kind) -> Result<File, gix::Error> {
    // By its table of offsets, if it has one, several threads could decode it. But that would be
    // believed without a look; and with a look at it first, and with what they decode copied
    // together by one of them, it takes longer: of an index of 10⁶ entries on two cores, where
    // another thread is busy with the checksum, by a tenth of a second of processor time.
    let options = Options { thread_limit: Some(1), ..Options::default() };
    let open = |is_checked: bool| File::at_or_default(path, hash, !is_checked, options);
    let (file, sum) = std::thread::scope(|scope| {
        let sum = scope.spawn(|| checksum(path, hash));
        (open(false), sum.join().ok().flatten())
    });
    match file {
        // One without a checksum was meant to be written fast, and is taken as it is.
        Ok(file) if file.checksum().is_none_or(|expected| sum == Some(expected)) => Ok(file),
        // Damaged, or replaced between the two looks at it.
        _ => open(true),
    }
}

/// The checksum of what stands in a file before its checksum; `None` where it cannot be read.
///
/// It tells of accidents. Whoever can write an index can write its checksum, too, so the plain
/// algorithm will do, which processors know, in place of the one that git's objects need.
fn checksum(path: &Path, hash: gix::hash::Kind) -> Option<ObjectId> {
    let file = fs::File::open(path).ok()?;
    let length = file.metadata().ok()?.len().checked_sub(hash.len_in_bytes() as u64)?;
    let digest = match hash {
        gix::hash::Kind::Sha1 => digest::<Sha1>(file.take(length)).ok()?,
        _ => digest::<Sha256>(file.take(length)).ok()?,
    };
    ObjectId::try_from(digest.as_slice()).ok()
}

fn digest<D: Digest>(mut file: impl Read) -> io::Result<Vec<u8>> {
    let mut digest = D::new();
    let mut buffer = vec![0; STRETCH];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(digest.finalize().to_vec()),
            Ok(length) => digest.update(buffer.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
