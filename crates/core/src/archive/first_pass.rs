//! The first look through an archive's directory: where the dataset begins, and what needs
//! a closer look.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use super::second_pass::is_harmless_leftover;
use super::{EntryNames, Member, Name, Root};
use crate::names::{self, SensorKind};
use crate::tree::EntryKind;

/// The first look through a directory.
#[derive(Debug, Default)]
pub struct FirstPass {
    folders: BTreeMap<Name, Top>,
    files: EntryNames,
    metadata_at_root: bool,
    members: u64,
    hashes: Vec<u64>,
    hasher: RandomState,
    /// Whether some entry begins before the one listed before it ends.
    unordered: bool,
    end: u64,
    /// The folder of the last member, which most often is that of the next too.
    here: Vec<u8>,
}

#[derive(Debug, Default)]
struct Top {
    /// Whether a sensor's folder stands right in it.
    holds_sensors: bool,
    /// Whether metadata.json stands right in it.
    holds_metadata: bool,
}

impl Top {
    fn holds_dataset(&self) -> bool {
        self.holds_sensors || self.holds_metadata
    }
}

/// What the first look found out for the second.
#[derive(Debug)]
pub struct FirstPassSummary {
    /// Where the dataset begins.
    pub(super) root: Root,
    pub(super) tops: EntryNames,
    pub(super) beside: EntryNames,
    /// Hashes of the paths that may be repeated, ascending.
    pub(super) suspects: Vec<u64>,
    pub(super) hasher: RandomState,
    /// Whether each entry begins behind the one before, so that none can overlap.
    pub(super) ordered: bool,
}

impl FirstPass {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks at one entry.
    pub fn add(&mut self, member: &Member<'_>) {
        self.members += 1;
        self.unordered |= member.offset < self.end;
        self.end = member.least_end();
        let Some(path) = member.resolve().path else { return };
        if member.kind != EntryKind::Folder {
            self.hashes.push(self.hasher.hash_one(&*path));
        }
        let parent =
            path.iter().rposition(|byte| *byte == b'/').map_or(&path[..0], |at| &path[..at]);
        if member.kind != EntryKind::Folder && !parent.is_empty() && parent == self.here.as_slice()
        {
            self.note_metadata(&path);
            return;
        }
        self.here.clear();
        self.here.extend_from_slice(parent);
        let mut segments = path.split(|byte| *byte == b'/');
        let top = segments.next().unwrap_or_default();
        let second = segments.next();
        if second.is_none() && member.kind != EntryKind::Folder {
            self.add_file(top);
        } else if !names::is_junk_folder(top) {
            let second = second.unwrap_or_default();
            let is_folder = member.kind == EntryKind::Folder || segments.next().is_some();
            let top = self.folders.entry(top.into()).or_default();
            top.holds_metadata |= second == names::METADATA.as_bytes();
            top.holds_sensors |= is_folder && is_sensor(second);
        }
    }

    /// metadata.json may stand behind other files of its folder.
    fn note_metadata(&mut self, path: &[u8]) {
        if path.ends_with(names::METADATA.as_bytes())
            && let Some((top, rest)) = split_top(path)
            && rest == names::METADATA.as_bytes()
            && let Some(top) = self.folders.get_mut(top)
        {
            top.holds_metadata = true;
        }
    }

    fn add_file(&mut self, name: &[u8]) {
        if is_harmless_leftover(name) {
            return;
        }
        self.metadata_at_root |= name == names::METADATA.as_bytes();
        self.files.insert(name);
    }

    /// The number of entries looked at.
    #[must_use]
    pub fn members(&self) -> u64 {
        self.members
    }

    /// What was found out. The archive is named `stem`.
    #[must_use]
    pub fn finish(self, stem: &str) -> FirstPassSummary {
        let root = self.root(stem);
        let FirstPass { folders, files, mut hashes, hasher, unordered, .. } = self;
        let mut tops = files;
        let mut beside = tops.clone();
        for folder in folders.keys() {
            let name = [folder, &b"/"[..]].concat();
            if !matches!(&root, Root::Top(top) if top == folder) {
                beside.insert(&name);
            }
            tops.insert(&name);
        }
        if root == Root::Bare {
            beside = EntryNames::default();
        }
        hashes.sort_unstable();
        let mut suspects: Vec<u64> =
            hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        suspects.dedup();
        FirstPassSummary { root, tops, beside, suspects, hasher, ordered: !unordered }
    }

    fn root(&self, stem: &str) -> Root {
        let bare = self.metadata_at_root
            || self.folders.iter().any(|(name, top)| is_sensor(name) && !top.holds_dataset());
        if bare {
            return Root::Bare;
        }
        let only = |holds: fn(&Top) -> bool| {
            let mut holding =
                self.folders.iter().filter(|(_, top)| holds(top)).map(|(name, _)| name);
            (holding.next(), holding.next().is_some())
        };
        let named = self.folders.get_key_value(stem.as_bytes()).map(|(name, _)| name);
        // Sensors tell more than a metadata.json, and that more than a name.
        for candidates in
            [only(|top| top.holds_sensors), only(|top| top.holds_metadata), only(|_| true)]
        {
            match candidates {
                (Some(top), false) => return Root::Top(top.clone()),
                (Some(_), true) => {}
                (None, _) => continue,
            }
            if self.folders.values().any(Top::holds_dataset) {
                return Root::Bare;
            }
        }
        named.map_or(Root::Bare, |top| Root::Top(top.clone()))
    }
}

impl FirstPassSummary {
    /// Where the dataset begins.
    #[must_use]
    pub fn root(&self) -> &Root {
        &self.root
    }
}

/// Splits a path at its first `/`.
pub(super) fn split_top(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = path.iter().position(|byte| *byte == b'/')?;
    Some((&path[..at], &path[at + 1..]))
}

fn is_sensor(name: &[u8]) -> bool {
    SensorKind::ALL.into_iter().any(|kind| name.starts_with(kind.prefix().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(stem: &str, names: &[&str]) -> String {
        let mut survey = FirstPass::new();
        for name in names {
            survey.add(&Member::plain(name.as_bytes(), 1));
        }
        match survey.finish(stem).root {
            Root::Bare => "/".to_owned(),
            Root::Top(top) => crate::text::lossless(&top).into_owned(),
        }
    }

    #[test]
    fn the_dataset_is_found_in_the_archive() {
        let cases: &[(&[&str], &str)] = &[
            (&["drive/lidar-top/s/1.pcd", "drive/metadata.json"], "drive"),
            (&["other/lidar-top/s/1.pcd", "other/metadata.json"], "other"),
            (&["lidar-top/s/1.pcd", "metadata.json"], "/"),
            (&["lidar-top/s/1.pcd"], "/"),
            (&["lidar-top/lidar-top/s/1.pcd"], "lidar-top"),
            (&["__MACOSX/drive/._x", ".DS_Store", "a/lidar-top/s/1.pcd"], "a"),
            (&["a/lidar-top/s/1.pcd", "b/notes.txt", "read.me"], "a"),
            (&["a/s/1.pcd", "a/metadata.json", "b/notes.txt"], "a"),
            (&["a/x.txt", "a/metadata.json", "b/notes.txt"], "a"),
            (&["a/lidar-top/s/1.pcd", "b/metadata.json"], "a"),
            (&["a/lidar-top/s/1.pcd", "b/lidar-top/s/1.pcd"], "/"),
            (&["drive/lidar-top/s/1.pcd", "b/lidar-top/s/1.pcd"], "/"),
            (&["images/1.jpg", "labels/1.txt"], "/"),
            (&["images/1.jpg"], "images"),
            (&["drive/1.jpg", "labels/1.txt"], "drive"),
            (&["lidar-notes.txt"], "/"),
            (&[], "/"),
        ];
        for (names, expected) in cases {
            assert_eq!(root("drive", names), *expected, "{names:?}");
        }
    }
}
