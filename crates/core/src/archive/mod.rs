//! A zip as it is listed: what the archive itself tells, beside the tree in it.
//!
//! A source reads the central directory twice, from its first entry to its last, and hands on each
//! entry as a [`Member`]. The first time a [`FirstPass`] finds out where in the archive the dataset
//! begins, and what has to be looked at more closely. The second time a [`SecondPass`] builds the
//! tree, without the top folder that a zip has and a folder has not, and the [`ArchiveFacts`],
//! which the rules of family Z judge. No list of entries is kept, but the names of those that
//! something is wrong with: memory is eight bytes an entry, and beyond that follows folders.
//!
//! Paths in the tree are relative to the top folder, as for a dataset that was never zipped. Names
//! in the facts, and so in the findings of family Z, stand as they do in the archive, top folder
//! included: they are about the archive.

mod entry_names;
mod first_pass;
mod member;
mod second_pass;

use std::collections::BTreeMap;

use sensortree_probe::ActualFormat;

pub use entry_names::EntryNames;
pub use first_pass::{FirstPass, FirstPassSummary};
pub use member::{Member, NameFault, NameReading};
pub use second_pass::{SecondPass, Wanted};

/// The size from which on an upload is refused, in bytes, if a megabyte is 1,000,000 of
/// them (fact T12).
pub const LIMIT_DECIMAL: u64 = 100 * 1_000 * 1_000;

/// The same if a megabyte is 1,048,576 bytes.
pub const LIMIT_BINARY: u64 = 100 << 20;

/// A name in the archive, exactly the bytes that stand there.
pub type Name = Box<[u8]>;

/// What an archive tells about itself.
#[derive(Clone, Debug)]
pub struct ArchiveFacts {
    /// The archive's file name without `.zip`: what its top folder is to be named (fact T11).
    pub stem: String,
    /// The size of the archive file in bytes.
    pub bytes: u64,
    /// How far it could be read.
    pub state: State,
    /// Where in it the dataset begins.
    pub root: Root,
    /// What stands at the archive's own root, junk aside. A folder's name ends in `/`.
    pub tops: EntryNames,
    /// What stands beside the top folder that is the root, junk aside, and so is in no tree.
    pub beside: EntryNames,
    /// The number of entries that are no folders.
    pub files: u64,
    /// What the entries take in the archive, in bytes, as declared.
    pub packed: u64,
    /// What they unpack to, in bytes, as declared.
    pub unpacked: u64,
    /// Names that an extractor refuses or changes.
    pub name_faults: BTreeMap<NameFault, EntryNames>,
    /// Names that are not ASCII and do not say how they are encoded, by the encoding that they seem
    /// to be in.
    pub undeclared: BTreeMap<NameReading, EntryNames>,
    /// Encrypted entries.
    pub encrypted: EntryNames,
    /// Entries by compression method, other than stored (0) and deflate (8).
    pub methods: BTreeMap<u16, EntryNames>,
    /// Files that unpack to one path more than once, told by 128 bits of hash, by the name that
    /// stands there later. Repeated folders are harmless.
    pub repeated: EntryNames,
    /// The number of entries that begin within another.
    pub overlapping: u64,
    /// Entries that claim to unpack to more than their method can give.
    pub inflated: EntryNames,
    /// What is broken in an archive that can be read.
    pub damage: BTreeMap<Damage, EntryNames>,
    /// About how many bytes of the archive each scene takes, over all sensors; only where the
    /// archive is so large that it has to be split.
    pub scene_bytes: BTreeMap<Name, u64>,
}

/// How far an archive could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// To the end of its directory.
    Whole,
    /// It has no bytes.
    Empty,
    /// It is something else.
    NotAZip(ActualFormat),
    /// It begins as a zip does and has no directory: the end is missing.
    CutOff,
    /// Its directory cannot be read to the end.
    Broken {
        /// The entries read before it broke.
        read: u64,
        /// The entries that it is to have.
        declared: u64,
    },
    /// It was not read to the end of its directory, which says nothing about it.
    Unread,
}

/// Where in an archive the dataset begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// At the archive's own root.
    Bare,
    /// In this top folder; its name has no `/`.
    Top(Name),
}

/// What is broken in an archive whose directory can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// The directory has another number of entries than it says.
    Count {
        /// The number that it says.
        declared: u64,
        /// The number that it has.
        found: u64,
    },
    /// The record that ends the archive says that the directory has another size than it has.
    DirectorySize {
        /// The size that it says, in bytes.
        declared: u64,
        /// The size that it has.
        found: u64,
    },
    /// The record that ends the archive says that the directory begins further behind than it does:
    /// bytes before it are missing.
    DirectoryPlace {
        /// Where it says that the directory begins, as a number of bytes before it.
        declared: u64,
        /// Where it begins.
        found: u64,
    },
    /// The two records that end an archive in the zip64 form contradict each other.
    EndsDisagree,
    /// The archive says that it is one part of several.
    SeveralDisks,
    /// An entry's data lie in another part of a split archive.
    OtherDisk,
    /// An entry's data lie outside the archive.
    OutOfRange,
    /// Where an entry's data should begin, no entry begins.
    HeaderMissing,
    /// The directory and the entry itself disagree.
    HeadersDisagree,
    /// An entry that is only stored declares another size in the archive than outside.
    StoredSize,
    /// What was unpacked is not what the checksum or the size says.
    Checksum,
    /// Bytes before the first entry that are no part of the zip.
    Leading(u64),
    /// Bytes behind the end of the zip.
    Trailing(u64),
}

impl ArchiveFacts {
    /// The facts of an archive in which nothing was read.
    #[must_use]
    pub fn new(stem: &str, bytes: u64, state: State) -> Self {
        ArchiveFacts {
            stem: stem.to_owned(),
            bytes,
            state,
            root: Root::Bare,
            tops: EntryNames::default(),
            beside: EntryNames::default(),
            files: 0,
            packed: 0,
            unpacked: 0,
            name_faults: BTreeMap::new(),
            undeclared: BTreeMap::new(),
            encrypted: EntryNames::default(),
            methods: BTreeMap::new(),
            repeated: EntryNames::default(),
            overlapping: 0,
            inflated: EntryNames::default(),
            damage: BTreeMap::new(),
            scene_bytes: BTreeMap::new(),
        }
    }

    /// Says that something of an entry is broken; the name is empty where it is of the archive
    /// as a whole.
    pub fn damaged(&mut self, damage: Damage, name: &[u8]) {
        self.damage.entry(damage).or_default().insert(name);
    }

    /// Gives back what adding needs. Names are read once they are sealed.
    pub fn seal(&mut self) {
        let ArchiveFacts { name_faults, undeclared, methods, damage, .. } = self;
        let by_kind = name_faults.values_mut().chain(undeclared.values_mut());
        let by_kind = by_kind.chain(methods.values_mut()).chain(damage.values_mut());
        let alone = [
            &mut self.tops,
            &mut self.beside,
            &mut self.encrypted,
            &mut self.repeated,
            &mut self.inflated,
        ];
        by_kind.chain(alone).for_each(EntryNames::seal);
    }

    /// Where in the tree an entry stands; `None` where it stands in none.
    #[must_use]
    pub fn path_in_tree(&self, member: &Member<'_>) -> Option<Vec<u8>> {
        second_pass::path_in_tree(&self.root, member)
    }

    /// Whether there is a tree to judge: the directory was read, and names files.
    #[must_use]
    pub fn has_tree(&self) -> bool {
        self.state == State::Whole && self.files > 0
    }

    /// Whether several things stand at the archive's root, none of which is the dataset.
    #[must_use]
    pub fn has_several_tops(&self) -> bool {
        self.root == Root::Bare && self.tops.count() > 1
    }
}

/// What a zip's top folder is to be named: its file name, without `.zip`.
#[must_use]
pub fn stem(file_name: &str) -> &str {
    match file_name.len().checked_sub(4).and_then(|at| file_name.split_at_checked(at)) {
        Some((stem, suffix)) if suffix.eq_ignore_ascii_case(".zip") && !stem.is_empty() => stem,
        _ => file_name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stem_is_the_name_without_its_suffix() {
        for (name, expected) in [
            ("drive.zip", "drive"),
            ("a.b.ZIP", "a.b"),
            ("drive", "drive"),
            (".zip", ".zip"),
            ("€zip", "€zip"),
        ] {
            assert_eq!(stem(name), expected);
        }
    }
}
