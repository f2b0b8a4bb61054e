//! The second look through an archive's directory: the tree, and what the archive tells beside it.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use sensortree_probe::{Format, ProbeResult};

use super::first_pass::split_top;
use super::member::{DEFLATE, STORED};
use super::{ArchiveFacts, Damage, FirstPassSummary, LIMIT_DECIMAL, Member, Root, State};
use crate::names::{self, NameClass};
use crate::tree::{Entry, EntryKind, EntryObserver, Tree, TreeBuilder};

/// Deflate codes at most 258 bytes in two bits.
const DEFLATE_MOST: u64 = 1_032;

/// What the headers of one entry take in an archive beside its name: local and central header, with
/// room for the extra fields that common tools write.
const HEADER_BYTES: u64 = 30 + 46 + 64;

/// The second look through a directory.
#[derive(Debug)]
pub struct SecondPass {
    plan: FirstPassSummary,
    builder: TreeBuilder,
    facts: ArchiveFacts,
    /// Paths that were suspected to be repeated and came once, by two independent hashes.
    seen: HashSet<(u64, u64)>,
    second_hasher: RandomState,
    /// Where entries begin and end, kept only where they do not stand in order.
    extents: Vec<(u64, u64)>,
}

/// What of an entry is to be looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing.
    Nothing,
    /// All of it: it is the dataset's metadata.json.
    Metadata,
    /// It is a frame, which is to hold this: see [`SecondPass::hold`].
    Frame(Format),
}

/// Where in the tree a member belongs.
enum Placed<'p> {
    In(&'p [u8]),
    Outside,
}

impl SecondPass {
    /// Nothing read yet of the archive that is named `stem` and has `bytes` bytes.
    #[must_use]
    pub fn new(plan: FirstPassSummary, stem: &str, bytes: u64) -> Self {
        let mut facts = ArchiveFacts::new(stem, bytes, State::Whole);
        facts.root = plan.root.clone();
        facts.tops = plan.tops.clone();
        facts.beside = plan.beside.clone();
        SecondPass {
            plan,
            builder: TreeBuilder::new(),
            facts,
            seen: HashSet::new(),
            second_hasher: RandomState::new(),
            extents: Vec::new(),
        }
    }

    /// As [`TreeBuilder::keep_candidates`], of the archive's tree.
    pub fn keep_candidates(&mut self) {
        self.builder.keep_candidates();
    }

    /// Tells `tap` of every entry of the tree from now on.
    pub fn tell(&mut self, tap: Box<dyn EntryObserver>) {
        self.builder.tell(tap);
    }

    /// Adds one entry, and says what of it is to be looked into.
    pub fn add(&mut self, member: &Member<'_>) -> Wanted {
        let resolved = member.resolve();
        if let Some(fault) = resolved.fault {
            self.facts.name_faults.entry(fault).or_default().insert(member.name);
        }
        if let Some(reading) = resolved.undeclared {
            self.facts.undeclared.entry(reading).or_default().insert(member.name);
        }
        if member.kind != EntryKind::Folder {
            self.weigh(member);
        }
        let Some(path) = resolved.path else { return Wanted::Nothing };
        if member.kind != EntryKind::Folder && self.is_repeated(&path) {
            self.facts.repeated.insert(member.name);
            return Wanted::Nothing;
        }
        match placed(&self.plan.root, &path) {
            Placed::In(path) => {
                self.count_scene(path, member);
                let size = (member.kind == EntryKind::File).then_some(member.size);
                match self.builder.take(&Entry { path, kind: member.kind, size }) {
                    Some(format) => Wanted::Frame(format),
                    None if path == names::METADATA.as_bytes()
                        && member.kind == EntryKind::File =>
                    {
                        Wanted::Metadata
                    }
                    None => Wanted::Nothing,
                }
            }
            Placed::Outside => Wanted::Nothing,
        }
    }

    /// Where in the tree an entry stands; `None` where it stands in none.
    #[must_use]
    pub fn path_in_tree(&self, member: &Member<'_>) -> Option<Vec<u8>> {
        path_in_tree(&self.plan.root, member)
    }

    /// Says what a frame holds that was added.
    pub fn hold(&mut self, member: &Member<'_>, facts: ProbeResult) {
        if let Some(path) = self.path_in_tree(member) {
            self.builder.hold(&path, facts);
        }
    }

    /// What an entry declares of its data.
    fn weigh(&mut self, member: &Member<'_>) {
        let facts = &mut self.facts;
        facts.files += 1;
        facts.packed = facts.packed.saturating_add(member.packed);
        facts.unpacked = facts.unpacked.saturating_add(member.size);
        if member.encrypted {
            facts.encrypted.insert(member.name);
        }
        match member.method {
            STORED if !member.encrypted && member.size != member.packed => {
                self.damaged(Damage::StoredSize, member.name);
            }
            DEFLATE
                if member.size > member.packed.saturating_add(1).saturating_mul(DEFLATE_MOST) =>
            {
                facts.inflated.insert(member.name);
            }
            STORED | DEFLATE => {}
            method => facts.methods.entry(method).or_default().insert(member.name),
        }
        // What lies outside the archive lies in no entry of it.
        if !self.plan.ordered && member.least_end() <= self.facts.bytes {
            self.extents.push((member.offset, member.least_end()));
        }
    }

    fn is_repeated(&mut self, path: &[u8]) -> bool {
        if self.plan.suspects.is_empty() {
            return false;
        }
        let hash = self.plan.hasher.hash_one(path);
        self.plan.suspects.binary_search(&hash).is_ok()
            && !self.seen.insert((hash, self.second_hasher.hash_one(path)))
    }

    /// Counts what a scene takes, where the archive will have to be split by scene.
    fn count_scene(&mut self, path: &[u8], member: &Member<'_>) {
        if self.facts.bytes < LIMIT_DECIMAL {
            return;
        }
        let mut segments = path.split(|byte| *byte == b'/');
        if let (Some(_), Some(scene), Some(_)) = (segments.next(), segments.next(), segments.next())
        {
            let bytes = member.packed.saturating_add(HEADER_BYTES + 2 * member.name.len() as u64);
            match self.facts.scene_bytes.get_mut(scene) {
                Some(sum) => *sum = sum.saturating_add(bytes),
                None => {
                    self.facts.scene_bytes.insert(scene.into(), bytes);
                }
            }
        }
    }

    /// Says that something of an entry is broken; the name is empty where it is of the archive
    /// as a whole.
    pub fn damaged(&mut self, damage: Damage, name: &[u8]) {
        self.facts.damaged(damage, name);
    }

    /// The tree below the dataset's top, and the facts.
    #[must_use]
    pub fn finish(mut self) -> (Tree, ArchiveFacts) {
        self.facts.overlapping = overlaps(self.extents);
        self.facts.seal();
        (self.builder.finish(), self.facts)
    }
}

/// Where in the tree an entry stands.
pub(super) fn path_in_tree(root: &Root, member: &Member<'_>) -> Option<Vec<u8>> {
    match placed(root, &member.resolve().path?) {
        Placed::In(path) => Some(path.to_vec()),
        Placed::Outside => None,
    }
}

fn placed<'p>(root: &Root, path: &'p [u8]) -> Placed<'p> {
    let Root::Top(top) = root else { return Placed::In(path) };
    match split_top(path) {
        Some((first, rest)) if first == &**top => Placed::In(rest),
        // What systems leave beside the top folder is for the rule about junk.
        Some((first, _)) if names::is_junk_folder(first) => Placed::In(path),
        None if is_harmless_leftover(path) => Placed::In(path),
        _ => Placed::Outside,
    }
}

/// Whether a file of this name is for the rule about junk, wherever it stands.
pub(super) fn is_harmless_leftover(name: &[u8]) -> bool {
    matches!(names::classify(name), NameClass::Leftover(id) if id.class().is_harmless())
}

/// How many entries begin within another.
fn overlaps(mut extents: Vec<(u64, u64)>) -> u64 {
    extents.sort_unstable();
    let mut end = 0;
    let mut count = 0;
    for (start, stop) in extents {
        count += u64::from(start < end);
        end = end.max(stop);
    }
    count
}
