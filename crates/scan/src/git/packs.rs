//! The sizes of many files at once, from the packs that most of a repository's objects are in.
//!
//! One look-up after the other searches each pack's list of names from the start, which misses the
//! processor's cache at every step. Here the names are sorted first, so that they are found in one
//! go through the list, and the packs are then read in their own order.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use gix::objs::Kind;
use gix::odb::pack::cache::DecodeEntry;
use gix::odb::pack::data::decode::entry::ResolvedBase;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{Bundle, data};
use gix::{Repository, oid};
use sensortree_probe::LfsPointer;

use super::literals::lacks_any;
use super::unpacking::{Kept, loose_path};

/// Fewer objects than this are looked up one by one.
pub(super) const LEAST_OBJECTS: usize = 32;

/// The bytes that each Git LFS pointer holds, ascending.
const LETTERS: &[u8] = b" :dehinoprstv";

/// More room than a pointer needs, with which it is unpacked faster.
const ROOM: usize = 2048;

/// The packs of a repository and of those that it borrows objects from.
pub(super) struct Packs {
    packs: Vec<Bundle>,
    /// The folders of loose objects.
    folders: Vec<PathBuf>,
}

/// What one thread needs to read packs.
pub(super) struct Reader {
    inflate: gix::zlib::Inflate,
    bases: Bases,
    buffer: Vec<u8>,
    /// The names of the objects that are looked for, one after the other: close together, as they
    /// are met in any order.
    names: Vec<u8>,
    wanted: Vec<Wanted>,
    found: Vec<Found>,
}

/// An object that is looked for.
struct Wanted {
    /// How its name begins, so that most names differ in a register.
    start: u64,
    /// Its place among those that are looked for.
    at: u32,
}

/// Where an object was found.
struct Found {
    offset: data::Offset,
    at: u32,
}

impl Packs {
    /// Opens the packs. One that cannot be opened is left out, as are all where some objects
    /// stand for others: what is not found here is looked up by itself, and then it is said
    /// what is wrong.
    pub(super) fn open(repository: &Repository) -> Self {
        let store = repository.objects.store_ref();
        if store.replacements().next().is_some() {
            return Packs { packs: Vec::new(), folders: Vec::new() };
        }
        let mut folders = vec![store.path().to_path_buf()];
        folders.extend(store.alternate_db_paths().unwrap_or_default());
        let indices = folders.iter().flat_map(|folder| indices(folder));
        let packs = indices.filter_map(|path| Bundle::at(path, repository.object_hash()).ok());
        Packs { packs: packs.collect(), folders }
    }

    /// A file's object, where it is kept whole: in a pack or by itself.
    pub(super) fn kept_whole(&self, id: &oid) -> Option<Kept<'_>> {
        let in_pack = |pack| {
            let entry = place_of(pack, id).filter(|entry| entry.header == Header::Blob)?;
            Some(Kept::Packed { bytes: packed(pack, &entry)?, size: entry.decompressed_size })
        };
        let loose = || self.folders.iter().find_map(|folder| Kept::loose(loose_path(folder, id)));
        self.packs.iter().find_map(in_pack).or_else(loose)
    }

    /// Gives the size of each file whose object is in a pack and in order: a Git LFS pointer's is
    /// the one that it names.
    pub(super) fn sizes(&self, reader: &mut Reader, ids: &[&oid]) -> Vec<Option<u64>> {
        let mut sizes = vec![None; ids.len()];
        if ids.len() < LEAST_OBJECTS || self.packs.is_empty() {
            return sizes;
        }
        reader.want(ids);
        for pack in &self.packs {
            reader.find(pack, &sizes);
            let found = std::mem::take(&mut reader.found);
            for Found { offset, at } in &found {
                if let Some(size) = sizes.get_mut(*at as usize) {
                    *size = reader.size(pack, *offset);
                }
            }
            reader.found = found;
        }
        sizes
    }
}

/// The lists of names of the packs in an object database, in a fixed order.
fn indices(objects: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(objects.join("pack")).into_iter().flatten().flatten();
    let is_index = |path: &PathBuf| path.extension().is_some_and(|suffix| suffix == "idx");
    let mut paths: Vec<PathBuf> = files.map(|file| file.path()).filter(is_index).collect();
    paths.sort();
    paths
}

/// The whole name of an object that is looked for, all of them being of one length.
fn name<'n>(names: &'n [u8], length: usize, wanted: &Wanted) -> &'n [u8] {
    let start = wanted.at as usize * length;
    names.get(start..start + length).unwrap_or_default()
}

fn start(id: &oid) -> u64 {
    id.as_bytes().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

impl Reader {
    pub(super) fn new() -> Self {
        Reader {
            inflate: gix::zlib::Inflate::default(),
            bases: Bases::default(),
            buffer: Vec::new(),
            names: Vec::new(),
            wanted: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Sorts what is looked for by name.
    fn want(&mut self, ids: &[&oid]) {
        let Reader { names, wanted, .. } = self;
        names.clear();
        names.extend(ids.iter().flat_map(|id| id.as_bytes()));
        wanted.clear();
        wanted.extend((0_u32..).zip(ids).map(|(at, id)| Wanted { start: start(id), at }));
        let length = ids.first().map_or(0, |id| id.as_bytes().len());
        wanted.sort_unstable_by(|a, b| {
            a.start.cmp(&b.start).then_with(|| name(names, length, a).cmp(name(names, length, b)))
        });
    }

    /// Goes through the names in a pack and those that are looked for side by side, both being
    /// sorted. What is found is put into the pack's order.
    fn find(&mut self, pack: &Bundle, sizes: &[Option<u64>]) {
        self.found.clear();
        let index = &pack.index;
        let objects = index.num_objects();
        let length = pack.pack.object_hash().len_in_bytes();
        let mut here = 0;
        for wanted in &self.wanted {
            if sizes.get(wanted.at as usize).is_some_and(Option::is_some) {
                continue;
            }
            let id = name(&self.names, length, wanted);
            let order = |at: u32| {
                let there = index.oid_at_index(at);
                start(there).cmp(&wanted.start).then_with(|| there.as_bytes().cmp(id))
            };
            // In steps that double, and then back by halves: most often the next name is near.
            let (mut low, mut step) = (here, 1);
            while low + step <= objects && order(low + step - 1) == Ordering::Less {
                low += step;
                step = step.saturating_mul(2).min(objects);
            }
            let mut high = objects.min(low.saturating_add(step));
            while low < high {
                let middle = low + (high - low) / 2;
                if order(middle) == Ordering::Less {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            here = low;
            if here < objects && order(here) == Ordering::Equal {
                self.found.push(Found { offset: index.pack_offset_at_index(here), at: wanted.at });
            }
        }
        self.found.sort_unstable_by_key(|found| found.offset);
    }

    /// The size of the file at a place of a pack; `None` where it is no file, or damaged.
    fn size(&mut self, pack: &Bundle, offset: data::Offset) -> Option<u64> {
        let entry = pack.pack.entry(offset).ok()?;
        let size = match entry.header {
            Header::Blob => entry.decompressed_size,
            Header::OfsDelta { .. } | Header::RefDelta { .. } => {
                self.size_of_delta(pack, entry.clone())?
            }
            _ => return None,
        };
        if !LfsPointer::BYTES.contains(&size) {
            return Some(size);
        }
        if entry.header == Header::Blob {
            return self.size_of_whole(packed(pack, &entry)?, size);
        }
        let in_pack = |id: &oid, _: &mut Vec<u8>| Ok(place_of(pack, id).map(ResolvedBase::InPack));
        let Reader { inflate, bases, buffer, .. } = self;
        let decoded = pack.pack.decode_entry(entry, buffer, inflate, &in_pack, bases).ok()?;
        (decoded.kind == Kind::Blob)
            .then(|| LfsPointer::parse(buffer).map_or(size, |pointer| pointer.size))
    }

    /// The size of a small file that is kept whole, where `packed` begins.
    fn size_of_whole(&mut self, packed: &[u8], size: u64) -> Option<u64> {
        if lacks_any(packed, LETTERS) {
            return Some(size);
        }
        self.buffer.resize(ROOM, 0);
        self.inflate.reset();
        let (_, _, length) = self.inflate.once(packed, &mut self.buffer).ok()?;
        let text = self.buffer.get(..length).filter(|text| text.len() as u64 == size)?;
        Some(LfsPointer::parse(text).map_or(size, |pointer| pointer.size))
    }

    fn size_of_delta(&mut self, pack: &Bundle, entry: data::Entry) -> Option<u64> {
        let in_pack =
            |id: &oid| Ok(place_of(pack, id).map(data::decode::header::ResolvedBase::InPack));
        let header = pack.pack.decode_header(entry, &mut self.inflate, &in_pack).ok()?;
        (header.kind == Kind::Blob).then_some(header.object_size)
    }
}

/// The bytes of a pack from where an entry's packed data begin.
fn packed<'p>(pack: &'p Bundle, entry: &data::Entry) -> Option<&'p [u8]> {
    pack.pack.entry_slice(entry.data_offset..pack.pack.pack_end() as u64)
}

fn place_of(pack: &Bundle, id: &oid) -> Option<data::Entry> {
    pack.pack.entry(pack.index.pack_offset_at_index(pack.index.lookup(id)?)).ok()
}

/// Small objects that were decoded not long ago: in a pack, an object is most often kept as what
/// differs from one nearby.
#[derive(Default)]
struct Bases {
    slots: Vec<Base>,
}

#[derive(Clone, Default)]
struct Base {
    place: Option<(u32, u64, Kind, usize)>,
    data: Vec<u8>,
}

impl Bases {
    const SLOTS: usize = 1024;
    const MOST_BYTES: usize = 2_048;

    fn slot(offset: u64) -> usize {
        // Objects nearby are some dozens of bytes apart.
        (offset.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54) as usize
    }
}

impl DecodeEntry for Bases {
    fn put(&mut self, pack: u32, offset: u64, data: &[u8], kind: Kind, compressed: usize) {
        if data.len() > Self::MOST_BYTES {
            return;
        }
        self.slots.resize(Self::SLOTS, Base::default());
        if let Some(slot) = self.slots.get_mut(Self::slot(offset)) {
            slot.place = Some((pack, offset, kind, compressed));
            slot.data.clear();
            slot.data.extend_from_slice(data);
        }
    }

    fn get(&mut self, pack: u32, offset: u64, out: &mut Vec<u8>) -> Option<(Kind, usize)> {
        let slot = self.slots.get(Self::slot(offset))?;
        let (_, _, kind, compressed) =
            slot.place.filter(|place| (place.0, place.1) == (pack, offset))?;
        out.clear();
        out.extend_from_slice(&slot.data);
        Some((kind, compressed))
    }
}
