//! [`Arranged`]: a plan read as the place of each folder and file.

use std::cell::RefCell;

use super::proposal::ChangeCounts;
use super::{FileChange, FileChanges, FolderChange, MetadataSource, Plan, Which};
use crate::names::frame_name::Naming;
use crate::names::{METADATA, name_set};
use crate::repair::{self, Coordinate, StemMap};
use crate::smallest::Smallest;
use crate::tree::{Arrangement, Destination, FolderId, Renumbered, Tree, joined, parent_and_name};

/// A change of one path, relative to the target; folders end in `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The path before.
    pub from: Vec<u8>,
    /// The path afterwards; `None` where it is taken out.
    pub to: Option<Vec<u8>>,
}

/// A change of one path, and what it is of.
pub(super) struct Changed<'n> {
    /// The folder that is changed, or that the file stands in.
    pub(super) folder: FolderId,
    /// The file; `None` for the folder itself.
    pub(super) file: Option<&'n [u8]>,
    pub(super) change: Change,
}

/// A plan with the paths of all folders afterwards.
pub(super) struct Arranged<'p> {
    plan: &'p Plan<'p>,
    /// By position in the tree; `None` where the folder is taken out.
    folders: Vec<Option<Vec<u8>>>,
    /// How far the changes of some folders were gone through, the one asked for last first.
    recent: RefCell<Vec<Recent>>,
}

/// A folder with a place among its files that change: files are asked for folder by folder or, in
/// an archive, for a frame of each sensor in turn, and mostly in the order of their numbers.
struct Recent {
    folder: FolderId,
    /// For each change of many files, among the files that it concerns and the stems that it gives.
    many: Vec<(name_set::Walk, repair::Walk)>,
    dropped: name_set::Walk,
}

/// Of how many folders the places are kept.
const MOST_RECENT: usize = 32;

impl Recent {
    /// The place in a folder, which is then the first of `known`.
    fn of<'r>(
        known: &'r mut Vec<Recent>,
        folder: FolderId,
        changes: &FileChanges,
    ) -> Option<&'r mut Recent> {
        match known.iter().position(|it| it.folder == folder) {
            Some(at) => known.swap(0, at),
            None => {
                known.truncate(MOST_RECENT - 1);
                let many = changes.many.iter().map(|_| Default::default()).collect();
                known.push(Recent { folder, many, dropped: name_set::Walk::default() });
                let last = known.len() - 1;
                known.swap(0, last);
            }
        }
        known.first_mut()
    }
}

impl<'p> Arranged<'p> {
    pub(super) fn new(plan: &'p Plan<'p>) -> Self {
        let tree = plan.tree;
        let mut folders: Vec<Option<Vec<u8>>> = Vec::with_capacity(tree.folders().len());
        // Parents come before their children.
        for (id, folder) in tree.ids().zip(tree.folders()) {
            let above = folders.get(folder.parent().index()).cloned().unwrap_or(Some(Vec::new()));
            let path = match plan.folders.get(&id) {
                Some(FolderChange::Removed) => None,
                Some(FolderChange::Path(path)) => Some(path.clone()),
                Some(FolderChange::Name(name)) => above.map(|above| joined(&above, name)),
                None if id == FolderId::ROOT => Some(Vec::new()),
                None => above.map(|above| joined(&above, folder.name())),
            };
            folders.push(path);
        }
        Arranged { plan, folders, recent: RefCell::default() }
    }

    /// The path of a folder afterwards, without a `/` at its end; `None` where it is taken out.
    pub(super) fn folder_path(&self, folder: FolderId) -> Option<&[u8]> {
        self.folders.get(folder.index())?.as_deref()
    }

    /// The path of a file afterwards.
    pub(super) fn path_of(&self, folder: FolderId, name: &[u8]) -> Option<Vec<u8>> {
        match self.file(folder, name) {
            Destination::Stays => self.folder(folder).map(|folder| joined(&folder, name)),
            Destination::Path(path) => Some(path),
            Destination::Removed => None,
        }
    }

    pub(super) fn metadata_source(&self) -> MetadataSource {
        let tree = self.plan.tree;
        let root = tree.folder(FolderId::ROOT);
        let is_metadata = |path: Option<Vec<u8>>| path.as_deref() == Some(METADATA.as_bytes());
        if root.has_landmark(METADATA)
            && is_metadata(self.path_of(FolderId::ROOT, METADATA.as_bytes()))
        {
            return MetadataSource::Kept;
        }
        for (folder, changes) in &self.plan.files {
            for name in changes.single.keys().filter(|name| tree.folder(*folder).holds(name)) {
                if is_metadata(self.path_of(*folder, name)) {
                    return MetadataSource::From(tree.path_of(*folder, name));
                }
            }
        }
        // A folder that becomes the target, or files that go there.
        for (id, folder) in tree.ids().zip(tree.folders()) {
            if folder.has_landmark(METADATA) && is_metadata(self.path_of(id, METADATA.as_bytes())) {
                return MetadataSource::From(tree.path_of(id, METADATA.as_bytes()));
            }
        }
        MetadataSource::Absent
    }

    pub(super) fn for_each_changed(&self, mut each: impl FnMut(Changed<'_>)) {
        let tree = self.plan.tree;
        for (id, folder) in tree.ids().zip(tree.folders()) {
            self.of_folder(id).into_iter().for_each(&mut each);
            if self.sorts(id) {
                folder.for_each_entry(|name, _| {
                    self.of_file(id, name).into_iter().for_each(&mut each);
                });
            }
        }
    }

    /// The change of a folder itself.
    fn of_folder(&self, id: FolderId) -> Option<Changed<'static>> {
        if id == FolderId::ROOT || !self.plan.folders.contains_key(&id) {
            return None;
        }
        let to = self.folder(id).map(|path| [path.as_slice(), b"/"].concat());
        let from = self.plan.tree.path(id);
        let is_changed = to.as_ref() != Some(&from);
        is_changed.then_some(Changed { folder: id, file: None, change: Change { from, to } })
    }

    /// The change of a file right in a folder.
    fn of_file<'n>(&self, id: FolderId, name: &'n [u8]) -> Option<Changed<'n>> {
        let to = match self.file(id, name) {
            Destination::Stays => return None,
            Destination::Path(path) => Some(path),
            Destination::Removed => None,
        };
        let from = self.plan.tree.path_of(id, name);
        let is_changed = to.as_ref() != Some(&from);
        is_changed.then_some(Changed { folder: id, file: Some(name), change: Change { from, to } })
    }

    /// Counts all changes, and keeps the first few as examples.
    pub(super) fn sum_up(&self, most: usize) -> (ChangeCounts, Vec<Change>) {
        let tree = self.plan.tree;
        let edits = self.plan.edits.len() as u64;
        let mut counts = ChangeCounts { edits, ..ChangeCounts::default() };
        let mut examples = Vec::new();
        let mut add = |changed: Changed<'_>| {
            counts.count(&changed, self.stays_in_folder(&changed));
            if examples.len() < most {
                examples.push(changed.change);
            }
        };
        // Files that get other numbers and stay where they are, of which no example is kept.
        let mut renumbered = 0;
        let mut examples_left = most;
        for (id, folder) in tree.ids().zip(tree.folders()) {
            self.of_folder(id).into_iter().for_each(&mut add);
            if !self.sorts(id) {
                continue;
            }
            for (naming, numbers) in folder.frames() {
                let becoming = self.numbers(id, naming).filter(|_| self.stays(id));
                let Some(becoming) = becoming else {
                    for value in numbers.iter() {
                        let name = naming.render(value);
                        self.of_file(id, name.as_bytes()).into_iter().for_each(&mut add);
                    }
                    continue;
                };
                becoming.for_each(numbers, |from, to| {
                    if from == to {
                        return;
                    }
                    if examples_left == 0 {
                        renumbered += 1;
                        return;
                    }
                    examples_left -= 1;
                    let name = naming.render(from);
                    self.of_file(id, name.as_bytes()).into_iter().for_each(&mut add);
                });
            }
            folder.for_each_name(|name, _| {
                self.of_file(id, name).into_iter().for_each(&mut add);
            });
        }
        counts.renamed.files += renumbered;
        (counts, examples)
    }

    /// Whether a folder stays where it is.
    fn stays(&self, folder: FolderId) -> bool {
        let path = self.plan.tree.path(folder);
        self.folder_path(folder) == Some(path.strip_suffix(b"/").unwrap_or(&path))
    }

    /// Whether what is changed stays in the folder that it is in, wherever that folder goes.
    pub(super) fn stays_in_folder(&self, changed: &Changed<'_>) -> bool {
        let Some(to) = &changed.change.to else { return false };
        let to = to.strip_suffix(b"/").unwrap_or(to);
        let folder = match changed.file {
            Some(_) => changed.folder,
            None => self.plan.tree.folder(changed.folder).parent(),
        };
        self.folder(folder).as_deref() == Some(parent_and_name(to).0)
    }

    /// The paths in `after`, the tree as arranged, at which more stands than one file or one
    /// folder, and did not before.
    pub(super) fn collisions(&self, after: &Tree, most: usize) -> Vec<Vec<u8>> {
        let tree = self.plan.tree;
        let mut known = std::collections::BTreeSet::new();
        for (id, folder) in tree.ids().zip(tree.folders()) {
            let mut add = |name: &[u8]| known.extend(self.path_of(id, name));
            folder.repeated().for_each(&mut add);
            for child in tree.children(id).filter(|child| folder.holds(tree.folder(*child).name()))
            {
                add(tree.folder(child).name());
            }
        }
        let mut found = Smallest::new(most);
        for (id, folder) in after.ids().zip(after.folders()) {
            let mut add = |name: &[u8]| {
                let path = after.path_of(id, name);
                if !known.contains(&path) {
                    found.add(path);
                }
            };
            folder.repeated().for_each(&mut add);
            for child in
                after.children(id).filter(|child| folder.holds(after.folder(*child).name()))
            {
                add(after.folder(child).name());
            }
        }
        found.kept().to_vec()
    }
}

impl Arrangement for Arranged<'_> {
    fn folder(&self, folder: FolderId) -> Option<Vec<u8>> {
        self.folders.get(folder.index()).cloned().flatten()
    }

    fn sorts(&self, folder: FolderId) -> bool {
        self.plan.files.contains_key(&folder)
    }

    fn file(&self, folder: FolderId, name: &[u8]) -> Destination {
        let Some(changes) = self.plan.files.get(&folder) else { return Destination::Stays };
        let mut known = self.recent.borrow_mut();
        let Some(recent) = Recent::of(&mut known, folder, changes) else {
            return Destination::Stays;
        };
        if recent.dropped.contains(&changes.dropped, name) {
            return Destination::Removed;
        }
        if let Some(destination) = changes.single.get(name) {
            return destination.clone();
        }
        self.by_coordinates(folder, name, changes, &mut recent.many)
    }

    fn numbers(&self, folder: FolderId, naming: &Naming) -> Option<Renumbered<'_>> {
        let changes = self.plan.files.get(&folder)?;
        if !changes.single.is_empty() || !changes.dropped.is_empty() {
            return None;
        }
        let [(Which::Named(names), FileChange::Coordinate(Coordinate::Stem(map)))] =
            changes.many.as_slice()
        else {
            return None;
        };
        let StemMap::InOrder(map) = map else { return None };
        let (from, to) = map.plain_numbers()?;
        // Of a suffix in two parts, the first one is taken for a part of the stem.
        let is_meant = names.numbers(naming) == Some(from) && !naming.suffix().contains('.');
        is_meant.then(|| Renumbered::new(from, to))
    }
}

impl Arranged<'_> {
    /// Where a file goes of which one or another coordinate is set.
    fn by_coordinates(
        &self,
        folder: FolderId,
        name: &[u8],
        changes: &FileChanges,
        walks: &mut [(name_set::Walk, repair::Walk)],
    ) -> Destination {
        let here = || self.folder(folder);
        let (mut to, mut stem, mut suffix) = (None, None, None);
        let dot = name.iter().rposition(|byte| *byte == b'.').filter(|at| *at > 0);
        let (old_stem, old_suffix) =
            dot.map_or((name, None), |at| (&name[..at], Some(&name[at..])));
        for ((which, change), (names, stems)) in changes.many.iter().zip(walks) {
            let is_meant = match which {
                Which::Named(meant) => names.contains(meant, name),
                Which::All | Which::Numbered(_) => which.contains(name),
            };
            if !is_meant {
                continue;
            }
            match change {
                FileChange::Removed => return Destination::Removed,
                FileChange::Coordinate(Coordinate::Sensor(sensor)) => {
                    to = to.or_else(here).map(|path| with_segment(&path, 0, sensor));
                }
                FileChange::Coordinate(Coordinate::Scene(scene)) => {
                    to = to.or_else(here).map(|path| with_segment(&path, 1, scene));
                }
                FileChange::Coordinate(Coordinate::Stem(map)) => {
                    stem = match map {
                        StemMap::InOrder(map) => stems.apply(map, old_stem),
                        map => map.apply(old_stem),
                    };
                }
                FileChange::Coordinate(Coordinate::Suffix(new)) => {
                    suffix = Some([b".", new.as_bytes()].concat());
                }
            }
        }
        if to.is_none() && stem.is_none() && suffix.is_none() {
            return Destination::Stays;
        }
        let name = [
            stem.as_deref().unwrap_or(old_stem),
            suffix.as_deref().or(old_suffix).unwrap_or_default(),
        ]
        .concat();
        match to.or_else(here) {
            Some(path) => Destination::Path(joined(&path, &name)),
            None => Destination::Removed,
        }
    }
}

/// A path with another segment at a position, where it has one there; else with that
/// segment behind it.
fn with_segment(path: &[u8], position: usize, segment: &[u8]) -> Vec<u8> {
    let mut segments: Vec<&[u8]> =
        path.split(|byte| *byte == b'/').filter(|segment| !segment.is_empty()).collect();
    match segments.get_mut(position) {
        Some(known) => *known = segment,
        None => segments.push(segment),
    }
    segments.join(&b"/"[..])
}
