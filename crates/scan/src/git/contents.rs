//! Looking into frames. The objects that hold them are unpacked as far as that takes: for point
//! clouds a few kilobytes, for images, whose end is looked at, all of it. An object that is kept as
//! what differs from another is made up whole.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use gix::oid;
use sensortree_probe::{Format, LfsPointer, ProbeResult};

use super::blobs::Blobs;
use super::packs::Packs;
use super::unpacking::Unpacker;
use crate::content::{Content, facts_of, look_into};
use crate::scan_errors::reason;

/// How much is unpacked of one frame at most. No camera writes an image as large.
const MOST_UNPACKED: u64 = 256 << 20;

/// How much may be unpacked beyond what packing usually saves, of all frames together.
const BUDGET: u64 = 1 << 30;

/// Where the contents of files are. Shared by all threads.
pub(super) struct Contents {
    packs: Arc<Packs>,
    /// How far files are looked into.
    content: Content,
    /// Whether a pointer to data that are not in this clone is looked into itself, which is then
    /// what is wrong.
    pointers_count: bool,
    /// Where Git LFS keeps the data of this clone.
    large_files: PathBuf,
    budget: AtomicU64,
}

/// What one thread needs to look into files, and what it came upon.
#[derive(Default)]
pub(super) struct Looker {
    unpacker: Unpacker,
    stretch: Vec<u8>,
    /// How many frames were Git LFS pointers to data that are not in this clone.
    pub(super) absent: u64,
}

impl Contents {
    pub(super) fn new(
        repository: &gix::Repository,
        packs: Arc<Packs>,
        content: Content,
        pointers_count: bool,
    ) -> Self {
        let large_files = repository.common_dir().join("lfs").join("objects");
        Contents { packs, content, pointers_count, large_files, budget: AtomicU64::new(BUDGET) }
    }

    /// What a frame holds. `None` where it is a pointer to data that are not in this clone and that
    /// does not count, or would take too long to unpack. Or why it cannot be read.
    pub(super) fn look_into(
        &self,
        blobs: &mut Blobs,
        looker: &mut Looker,
        id: &oid,
        format: Format,
    ) -> Result<Option<ProbeResult>, String> {
        // What may be a pointer is small, and read whole.
        let kept = self.packs.kept_whole(id).filter(|kept| kept.size() >= LfsPointer::BYTES.end);
        let Some(kept) = kept else { return self.look_into_whole(blobs, looker, id, format) };
        if kept.size() > MOST_UNPACKED {
            return Ok(None);
        }
        let Looker { unpacker, stretch, .. } = looker;
        let Some(probe) = self.content.probe(format, kept.size()) else { return Ok(None) };
        let mut unpacking = unpacker.begin(kept, &self.budget);
        match look_into(probe, stretch, |room, offset| unpacking.read_at(room, offset)) {
            Ok(facts) => Ok(Some(facts)),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Ok(None),
            Err(error) => Err(format!("its object cannot be read: {}", reason(&error))),
        }
    }

    fn look_into_whole(
        &self,
        blobs: &mut Blobs,
        looker: &mut Looker,
        id: &oid,
        format: Format,
    ) -> Result<Option<ProbeResult>, String> {
        let Some(blob) = blobs.whole(id, MOST_UNPACKED)? else { return Ok(None) };
        if let Some(pointer) = LfsPointer::parse(blob) {
            let facts = self.look_into_large(looker, &pointer, format);
            // It was listed with the size that it names.
            let of_itself =
                || self.pointers_count.then(|| ProbeResult { beyond: 0, ..facts_of(format, blob) });
            let facts = facts.or_else(of_itself);
            looker.absent += u64::from(facts.is_none());
            return Ok(facts);
        }
        let Some(probe) = self.content.probe(format, blob.len() as u64) else { return Ok(None) };
        let read_at = |room: &mut [u8], offset: u64| {
            let mut rest = usize::try_from(offset)
                .ok()
                .and_then(|offset| blob.get(offset..))
                .unwrap_or_default();
            rest.read(room)
        };
        look_into(probe, &mut looker.stretch, read_at).map(Some).map_err(|error| reason(&error))
    }

    /// What the data hold that a pointer stands for, where they are in this clone.
    fn look_into_large(
        &self,
        looker: &mut Looker,
        pointer: &LfsPointer,
        format: Format,
    ) -> Option<ProbeResult> {
        let mut file = self.large_file(pointer)?;
        let read_at = |room: &mut [u8], offset: u64| {
            file.seek(io::SeekFrom::Start(offset))?;
            file.read(room)
        };
        look_into(self.content.probe(format, pointer.size)?, &mut looker.stretch, read_at).ok()
    }

    /// The data that a pointer stands for, where Git LFS has put them into this clone: when they
    /// were added to the index, or fetched. What stands there must be a file of the right size; it
    /// is not held to its checksum.
    fn large_file(&self, pointer: &LfsPointer) -> Option<File> {
        let name: String = pointer.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = self.large_files.join(name.get(..2)?).join(name.get(2..4)?).join(&name);
        // To open a fifo or a device can have effects, so it is asked first what stands there.
        let facts = path.symlink_metadata().ok()?;
        (facts.is_file() && facts.len() == pointer.size).then(|| File::open(path).ok())?
    }
}
