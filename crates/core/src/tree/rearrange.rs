//! [`Tree::rearranged`]: the tree that is left once files and folders have other names.

use hashbrown::HashMap;

use super::builder::TreeBuilder;
use super::folder::{FileClass, Folder, FolderId};
use super::path::{joined, parent_and_name};
use super::tallies::ContentSummary;
use super::{Entry, EntryKind, Tree};
use crate::names::dataset_path::MAX_PATH;
use crate::names::frame_name::Naming;
use crate::names::frame_set::FrameSet;
use crate::names::name_set::NameSet;

/// Where a file goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// It stays in its folder under its name, wherever the folder goes.
    Stays,
    /// To this path, relative to the target.
    Path(Vec<u8>),
    /// Out of the tree.
    Removed,
}

/// Says where the folders and files of a tree go.
pub trait Arrangement {
    /// The path of a folder afterwards, without a `/` at its end; `None` where it is taken out with
    /// all that stays in it.
    fn folder(&self, folder: FolderId) -> Option<Vec<u8>>;

    /// Whether files right in this folder go anywhere by themselves. Those of other folders are
    /// not asked for.
    fn sorts(&self, folder: FolderId) -> bool;

    /// Where one file of a folder goes.
    fn file(&self, folder: FolderId, name: &[u8]) -> Destination;

    /// What becomes of the numbers of a folder's files that are written in this way, without
    /// leading zeros and without a decimal point, where nothing else becomes of those files: the
    /// numbers that become others, in the order of both. All others stay as they are. `None` where
    /// the files have to be asked for one by one, which comes to the same.
    fn numbers(&self, _folder: FolderId, _naming: &Naming) -> Option<Renumbered<'_>> {
        None
    }
}

/// Numbers that become other numbers, ascending on both sides.
#[derive(Clone, Copy, Debug)]
pub struct Renumbered<'n> {
    from: &'n FrameSet,
    to: &'n FrameSet,
}

impl<'n> Renumbered<'n> {
    /// The first of the one set becomes the first of the other, and so on.
    pub(crate) fn new(from: &'n FrameSet, to: &'n FrameSet) -> Self {
        Renumbered { from, to }
    }

    /// Calls for each of these numbers, with what becomes of it.
    pub(crate) fn for_each(&self, numbers: &FrameSet, mut each: impl FnMut(i128, i128)) {
        let mut pairs = self.from.iter().zip(self.to.iter()).peekable();
        for value in numbers.iter() {
            while pairs.next_if(|(from, _)| *from < value).is_some() {}
            let becomes = pairs.next_if(|(from, _)| *from == value);
            each(value, becomes.map_or(value, |(_, to)| to));
        }
    }
}

impl Tree {
    /// The tree as it is once everything stands where `arrangement` says.
    ///
    /// What is known of a file by its name goes with it: that it is empty, a link, what is wrong
    /// with what it holds. What is known of the files of a folder beside one another (their image
    /// sizes, say) goes to where its first file goes. Two files of one path are a name that was
    /// [listed twice](Folder::repeated). A folder that is left with nothing in it is gone, one that
    /// held nothing before is not.
    #[must_use]
    pub fn rearranged(&self, arrangement: &dyn Arrangement) -> Tree {
        let mut builder = TreeBuilder::new();
        for (id, folder) in self.ids().zip(self.folders()) {
            let path = arrangement.folder(id);
            let is_a_leaf = folder.children.0 == folder.children.1;
            match path {
                // What lies below makes it.
                Some(_) if folder.is_bare() && !is_a_leaf => {}
                Some(path) if folder.is_bare() || !arrangement.sorts(id) => {
                    builder.absorb_at(&path, folder.clone());
                }
                None if !arrangement.sorts(id) => {}
                path => Sorting { folder, path, arrangement, id }.add_to(&mut builder),
            }
        }
        for (id, _) in self.ids().zip(self.folders()).filter(|(_, folder)| folder.listed) {
            builder.list_if_there(&arrangement.folder(id).unwrap_or_default());
        }
        let mut tree = builder.finish();
        let listed = tree.folders.iter().skip(1).filter(|folder| folder.listed).count() as u64;
        tree.entries = tree.files + listed;
        tree
    }
}

/// How much longer the path of a numbered file is than its folder's, at most.
const LONGEST_NUMBER: usize = 64;

/// A folder whose files go to several places.
struct Sorting<'t> {
    id: FolderId,
    folder: &'t Folder,
    /// Where the folder itself goes.
    path: Option<Vec<u8>>,
    arrangement: &'t dyn Arrangement,
}

impl Sorting<'_> {
    /// The path of a file afterwards.
    fn path_of(&self, name: &[u8]) -> Option<Vec<u8>> {
        match self.arrangement.file(self.id, name) {
            Destination::Stays => self.path.as_ref().map(|folder| joined(folder, name)),
            Destination::Path(path) => Some(path),
            Destination::Removed => None,
        }
    }

    /// What becomes of numbers right here that are not empty files and were listed once each, where
    /// their names need not be written out, and the folder that they stay in.
    fn renumbered(&self, naming: &Naming, numbers: &FrameSet) -> Option<(&[u8], Renumbered<'_>)> {
        let path = self.path.as_deref()?;
        let is_plain = self.folder.remark(FileClass::Empty).is_none()
            && numbers.repeated().next().is_none()
            && path.len() + LONGEST_NUMBER <= MAX_PATH;
        let becoming = is_plain.then(|| self.arrangement.numbers(self.id, naming))??;
        Some((path, becoming))
    }

    fn add_to(&self, builder: &mut TreeBuilder) {
        let folder = self.folder;
        let empty = folder.remark(FileClass::Empty);
        let is_empty = |name: &[u8]| empty.is_some_and(|names| names.contains(name));
        // The listing told the sizes of all files together.
        let share = folder.bytes.checked_div(folder.files).unwrap_or(0);
        let can_be_probed = folder.probeable > 0;
        let mut first: Option<Vec<u8>> = None;
        let mut add = |builder: &mut TreeBuilder, name: &[u8], kind: EntryKind| {
            let Some(path) = self.path_of(name) else { return };
            let size = if is_empty(name) { Some(0) } else { can_be_probed.then_some(share.max(1)) };
            builder.add(&Entry { path: &path, kind, size });
            first.get_or_insert(path);
        };
        let mut is_home = false;
        for (naming, numbers) in folder.frames() {
            let Some((path, becoming)) = self.renumbered(naming, numbers) else {
                for value in numbers.iter() {
                    add(builder, naming.render(value).as_bytes(), EntryKind::File);
                }
                continue;
            };
            is_home = true;
            let size = can_be_probed.then_some(share.max(1));
            let mut here = builder.enter(path);
            becoming.for_each(numbers, |_, value| here.add_number(naming, value, size));
        }
        folder.for_each_name(|name, kind| add(builder, name, kind));
        folder.for_each_entry_again(|name, kind| add(builder, name, kind));
        let own = || self.path.clone().map(|path| joined(&path, b""));
        let home = if is_home { own() } else { first.or_else(own) };
        self.add_content(builder, home.as_deref());
        if let Some(path) = &self.path {
            builder.add_rest(path, folder);
        }
    }

    /// Hands on what is known of what the files hold.
    fn add_content(&self, builder: &mut TreeBuilder, home: Option<&[u8]>) {
        let Some(content) = self.folder.content() else { return };
        let mut parts: HashMap<Vec<u8>, ContentSummary> = HashMap::new();
        content.sort_faults(
            |name| {
                let path = self.path_of(name)?;
                let (folder, name) = parent_and_name(&path);
                Some((folder.to_vec(), name.to_vec()))
            },
            &mut parts,
        );
        if let Some(home) = home {
            let (folder, _) = parent_and_name(home);
            parts.entry(folder.to_vec()).or_default().merge(content.without_faults());
        }
        // The builder merges them in any order.
        for (path, content) in parts {
            builder.add_content(&path, content);
        }
    }
}

impl Folder {
    /// Calls for everything right here, once for each name that is kept, with what it is; of what
    /// is not kept folder by folder, the name is the path from here.
    pub(crate) fn for_each_entry(&self, mut each: impl FnMut(&[u8], EntryKind)) {
        for (naming, set) in self.frames() {
            set.iter().for_each(|value| each(naming.render(value).as_bytes(), EntryKind::File));
        }
        self.for_each_name(each);
    }

    /// Calls for everything right here that is kept by its name, as [`Folder::for_each_entry`].
    pub(crate) fn for_each_name(&self, mut each: impl FnMut(&[u8], EntryKind)) {
        for (kind, names) in self.kinds() {
            names.for_each(|name| each(name, kind));
        }
        self.landmarks().for_each(|name| each(name.as_bytes(), EntryKind::File));
    }

    /// Calls for everything right here that was listed more than once, as
    /// [`Folder::for_each_entry`].
    fn for_each_entry_again(&self, mut each: impl FnMut(&[u8], EntryKind)) {
        for (naming, set) in self.frames() {
            set.repeated().for_each(|value| each(naming.render(value).as_bytes(), EntryKind::File));
        }
        for (kind, names) in self.kinds() {
            names.repeated().for_each(|name| each(name, kind));
        }
        self.repeated_landmarks().for_each(|name| each(name.as_bytes(), EntryKind::File));
    }

    /// The names right here that no number stands for, by what they are. None is in two of them.
    fn kinds(&self) -> impl Iterator<Item = (EntryKind, &NameSet)> {
        self.remarks().iter().filter_map(|(class, names)| {
            let kind = match class {
                FileClass::Link => EntryKind::Link,
                FileClass::DanglingLink => EntryKind::DanglingLink,
                FileClass::Special => EntryKind::Special,
                FileClass::Marker => EntryKind::FolderMarker,
                FileClass::Unnumbered(_)
                | FileClass::Leftover(_)
                | FileClass::Hidden
                | FileClass::Deeper => EntryKind::File,
                FileClass::Undecided
                | FileClass::UndecidedEmpty
                | FileClass::Odd(_)
                | FileClass::OddFrame(_)
                | FileClass::Empty
                | FileClass::LongPath => return None,
            };
            Some((kind, names))
        })
    }
}

/// The names of a folder of which only a count and a hash are kept.
pub(super) fn rest_of(folder: &Folder) -> Vec<(FileClass, NameSet)> {
    let incomplete = folder.remarks().iter().filter(|(_, names)| !names.is_complete());
    let rest = incomplete.map(|(class, names)| {
        let mut rest = NameSet::default();
        rest.merge_rest(names.clone());
        (*class, rest)
    });
    rest.collect()
}
