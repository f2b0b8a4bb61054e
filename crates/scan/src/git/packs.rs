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
use super::loose_names::LooseNames;
use super::unpacking::{Kept, loose_path};

/// Fewer objects than this are looked up one by one.
pub(super) const LEAST_OBJECTS: usize = 32;

/// The bytes that each Git LFS pointer holds, ascending.
const LETTERS: &[u8] = b" :dehinoprstv";

/// More room than a pointer needs, with which it is unpacked faster.
const ROOM: usize = 2048;

/// A delta begins with two sizes, each of at most so many bytes of seven bits.
const LONGEST_DELTA_HEADER: usize = 20;

/// `git repack` takes a depth of at most 4,095.
const LONGEST_CHAIN: usize = 4_096;

/// The packs of a repository and of those that it borrows objects from.
#[derive(Default)]
pub(super) struct Packs {
    packs: Vec<Bundle>,
    /// The folders of loose objects.
    folders: Vec<PathBuf>,
    loose: LooseNames,
}

/// What one thread needs to read packs.
pub(super) struct Reader {
    inflate: gix::zlib::Inflate,
    bases: Bases,
    kinds: Kinds,
    /// The places on the way from a delta to what it is made from in the end.
    chain: Vec<data::Offset>,
    buffer: Vec<u8>,
    /// The names of the objects that are looked for, one after the other, where they are long.
    names: Vec<u8>,
    wanted: Vec<Wanted>,
    found: Vec<Found>,
}

/// An object that is looked for.
struct Wanted {
    /// How its name begins, so that most names differ in a register.
    start: u64,
    /// How it goes on: all of a name of SHA-1 stands here, as the names themselves are met in any
    /// order and lie far from each other.
    middle: u64,
    end: u32,
    /// Its place among those that are looked for.
    at: u32,
}

/// How many bytes of a name stand with the object.
const AT_HAND: usize = 20;

/// Where an object was found.
struct Found {
    /// Its place in a pack's list of names.
    entry: u32,
    /// Its place among those that are looked for.
    at: u32,
}

impl Packs {
    /// Opens the packs. One that cannot be opened is left out, as are all where some objects
    /// stand for others: what is not found here is looked up by itself, and then it is said
    /// what is wrong.
    pub(super) fn open(repository: &Repository) -> Self {
        let store = repository.objects.store_ref();
        if store.replacements().next().is_some() {
            return Packs::default();
        }
        let mut folders = vec![store.path().to_path_buf()];
        folders.extend(store.alternate_db_paths().unwrap_or_default());
        let indices = folders.iter().flat_map(|folder| indices(folder));
        let packs = indices.filter_map(|path| Bundle::at(path, repository.object_hash()).ok());
        Packs { packs: packs.collect(), folders, loose: LooseNames::default() }
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
            reader.find(pack, |at| sizes.get(at as usize).is_some_and(Option::is_some));
            let found = std::mem::take(&mut reader.found);
            let place = |found: &Found| (pack.index.pack_offset_at_index(found.entry), found.at);
            let mut places: Vec<(data::Offset, u32)> = found.iter().map(place).collect();
            places.sort_unstable();
            for (offset, at) in places {
                if let Some(size) = sizes.get_mut(at as usize) {
                    *size = reader.size(pack, offset);
                }
            }
            reader.found = found;
        }
        sizes
    }

    /// For each object, whether it is in a pack, or a file of its own has its name. That it is not
    /// is not sure where objects stand for others.
    pub(super) fn are_there(&self, reader: &mut Reader, ids: &[&oid]) -> Vec<bool> {
        let mut are_there = vec![false; ids.len()];
        reader.want(ids);
        for pack in &self.packs {
            reader.find(pack, |at| are_there.get(at as usize).copied().unwrap_or(true));
            for found in &reader.found {
                if let Some(is_there) = are_there.get_mut(found.at as usize) {
                    *is_there = true;
                }
            }
        }
        for (id, is_there) in ids.iter().zip(&mut are_there).filter(|(_, is_there)| !**is_there) {
            *is_there = self.loose.hold(&self.folders, id);
        }
        are_there
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

/// The first bytes of a name as numbers, which are in the order of the names.
fn start(name: &[u8]) -> (u64, u64, u32) {
    let word = |at: usize| {
        let bytes = name.get(at..).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| u64::from_be_bytes(*bytes))
    };
    let end = name.get(16..).and_then(|rest| rest.first_chunk());
    (word(0), word(8), end.map_or(0, |bytes| u32::from_be_bytes(*bytes)))
}

impl Wanted {
    fn start(&self) -> (u64, u64, u32) {
        (self.start, self.middle, self.end)
    }
}

impl Reader {
    pub(super) fn new() -> Self {
        Reader {
            inflate: gix::zlib::Inflate::default(),
            bases: Bases::default(),
            kinds: Kinds::default(),
            chain: Vec::new(),
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
        let length = ids.first().map_or(0, |id| id.as_bytes().len());
        if length > AT_HAND {
            names.extend(ids.iter().flat_map(|id| id.as_bytes()));
        }
        wanted.clear();
        wanted.extend((0_u32..).zip(ids).map(|(at, id)| {
            let (start, middle, end) = start(id.as_bytes());
            Wanted { start, middle, end, at }
        }));
        wanted.sort_unstable_by(|a, b| {
            a.start()
                .cmp(&b.start())
                .then_with(|| name(names, length, a).cmp(name(names, length, b)))
        });
    }

    /// Goes through the names in a pack and those that are looked for side by side, both being
    /// sorted. What is known already is passed over.
    fn find(&mut self, pack: &Bundle, is_known: impl Fn(u32) -> bool) {
        self.found.clear();
        let index = &pack.index;
        let objects = index.num_objects();
        let length = pack.pack.object_hash().len_in_bytes();
        let mut here = 0;
        for wanted in &self.wanted {
            if is_known(wanted.at) {
                continue;
            }
            let order = |at: u32| {
                let there = index.oid_at_index(at).as_bytes();
                start(there).cmp(&wanted.start()).then_with(|| match length {
                    ..=AT_HAND => Ordering::Equal,
                    _ => there.cmp(name(&self.names, length, wanted)),
                })
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
                self.found.push(Found { entry: here, at: wanted.at });
            }
        }
    }

    /// The size of the file at a place of a pack; `None` where it is no file, or damaged.
    fn size(&mut self, pack: &Bundle, offset: data::Offset) -> Option<u64> {
        let entry = pack.pack.entry(offset).ok()?;
        let size = match entry.header {
            Header::Blob => entry.decompressed_size,
            Header::OfsDelta { .. } | Header::RefDelta { .. } => {
                self.size_of_delta(pack, &entry, offset)?
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

    /// The size of the file that a delta makes, from the delta's own beginning; `None` where it
    /// makes something else, or is damaged.
    fn size_of_delta(
        &mut self,
        pack: &Bundle,
        entry: &data::Entry,
        offset: data::Offset,
    ) -> Option<u64> {
        if self.kind_of_delta(pack, entry, offset)? != Kind::Blob {
            return None;
        }
        let mut beginning = [0; LONGEST_DELTA_HEADER];
        self.inflate.reset();
        let (status, _, length) = self.inflate.once(packed(pack, entry)?, &mut beginning).ok()?;
        let is_all = status == gix::zlib::Status::StreamEnd;
        if is_all && length as u64 != entry.decompressed_size {
            return None;
        }
        delta_size(beginning.get(..length)?)
    }

    /// What a delta makes: what is at the end of its chain. Chains run into one another, and each
    /// link of them is looked at once.
    fn kind_of_delta(
        &mut self,
        pack: &Bundle,
        entry: &data::Entry,
        offset: data::Offset,
    ) -> Option<Kind> {
        self.chain.clear();
        let (mut entry, mut offset) = (entry.clone(), offset);
        let kind = loop {
            if let Some(kind) =
                entry.header.as_kind().or_else(|| self.kinds.get(pack.pack.id, offset))
            {
                break kind;
            }
            // A chain without an end is damage.
            if self.chain.len() >= LONGEST_CHAIN {
                return None;
            }
            self.chain.push(offset);
            offset = match entry.header {
                Header::OfsDelta { base_distance } => {
                    entry.checked_base_pack_offset(base_distance)?
                }
                Header::RefDelta { base_id } => {
                    pack.index.pack_offset_at_index(pack.index.lookup(base_id)?)
                }
                _ => return None,
            };
            entry = pack.pack.entry(offset).ok()?;
        };
        for offset in &self.chain {
            self.kinds.put(pack.pack.id, *offset, kind);
        }
        Some(kind)
    }
}

/// The size of what a delta makes: its second number, behind the size of what it is made from.
fn delta_size(delta: &[u8]) -> Option<u64> {
    let mut bytes = delta.iter();
    let mut number = || {
        let mut number = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = *bytes.next()?;
            let bits = u64::from(byte & 0x7f);
            number |= bits.checked_shl(shift).filter(|it| it >> shift == bits)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    };
    number()?;
    number()
}

/// The bytes of a pack from where an entry's packed data begin.
fn packed<'p>(pack: &'p Bundle, entry: &data::Entry) -> Option<&'p [u8]> {
    pack.pack.entry_slice(entry.data_offset..pack.pack.pack_end() as u64)
}

fn place_of(pack: &Bundle, id: &oid) -> Option<data::Entry> {
    pack.pack.entry(pack.index.pack_offset_at_index(pack.index.lookup(id)?)).ok()
}

/// What deltas were found to make, by their packs and places.
#[derive(Default)]
struct Kinds {
    slots: Vec<Option<(u32, data::Offset, Kind)>>,
}

impl Kinds {
    const SLOTS: usize = 1 << 14;

    fn slot(offset: data::Offset) -> usize {
        (offset.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50) as usize
    }

    fn put(&mut self, pack: u32, offset: data::Offset, kind: Kind) {
        self.slots.resize(Self::SLOTS, None);
        if let Some(slot) = self.slots.get_mut(Self::slot(offset)) {
            *slot = Some((pack, offset, kind));
        }
    }

    fn get(&self, pack: u32, offset: data::Offset) -> Option<Kind> {
        let (known, at, kind) = (*self.slots.get(Self::slot(offset))?)?;
        ((known, at) == (pack, offset)).then_some(kind)
    }
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

#[cfg(test)]
mod tests;
