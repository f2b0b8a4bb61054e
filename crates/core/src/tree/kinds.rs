//! Which names are files and which are folders, where the listing does not say so.

use hashbrown::{HashMap, HashSet};

use super::folder::{FileClass, Folder, FolderId};
use crate::names::name_set::NameSet;
use crate::names::{self, Media, leftovers};

/// Settles in all folders which names are files and which are folders. `order` has the children of
/// a folder side by side.
pub(super) fn settle_undecided(folders: &mut [Folder], order: &[FolderId], keeps_candidates: bool) {
    let has_any = |folder: &Folder| folder.remarks.iter().any(|(remark, _)| remark.is_undecided());
    if !folders.iter().any(has_any) {
        return;
    }
    let children = |folder: &Folder| {
        let (start, end) = folder.children;
        order.get(start as usize..end as usize).unwrap_or_default().to_vec()
    };
    // The names of folders two levels down: the scenes of sensors.
    let tops = folders.first().map(children).unwrap_or_default();
    let mut scenes: HashSet<Box<[u8]>> = HashSet::new();
    for top in tops.iter().filter_map(|top| folders.get(top.index())) {
        for scene in children(top).iter().filter_map(|scene| folders.get(scene.index())) {
            scenes.insert(scene.name.clone());
        }
    }
    for at in 0..folders.len() {
        if !has_any(&folders[at]) {
            continue;
        }
        let names: HashMap<Box<[u8]>, FolderId> = children(&folders[at])
            .iter()
            .filter_map(|child| Some((folders.get(child.index())?.name.clone(), *child)))
            .collect();
        let path_length = path_length(folders, at);
        let folder = &mut folders[at];
        let is_top = folder.depth == 1;
        folder.remarks.iter_mut().for_each(|(_, names)| names.seal());
        let listed = folder.settle_undecided(
            |name| names.contains_key(name),
            |name| is_top && scenes.contains(name),
            keeps_candidates,
            path_length,
        );
        for child in listed.iter().filter_map(|name| names.get(name.as_slice())) {
            folders[child.index()].listed = true;
        }
    }
}

/// The bytes of the path that leads to the names in a folder.
fn path_length(folders: &[Folder], folder: usize) -> usize {
    let mut length = 0;
    let mut at = folder;
    while at != FolderId::ROOT.index() {
        length += folders[at].name.len() + 1;
        at = folders[at].parent.index();
    }
    length
}

/// The folders that names which are paths from here lead through.
pub(super) fn folders_above<'n>(
    remarks: impl Iterator<Item = &'n (FileClass, NameSet)>,
) -> HashSet<Vec<u8>> {
    let mut above: HashSet<Vec<u8>> = HashSet::new();
    for (remark, names) in remarks {
        names.for_each(|name| {
            let mut path = if *remark == FileClass::Undecided { split_size(name).0 } else { name };
            while let Some(at) = path.iter().rposition(|byte| *byte == b'/') {
                path = &path[..at];
                if !above.insert(path.to_vec()) {
                    break;
                }
            }
        });
    }
    above
}

/// A name of unknown kind as the name, and the size that stands before it.
pub(super) fn split_size(name: &[u8]) -> (&[u8], Option<u64>) {
    let at = name.iter().position(|byte| *byte == b'/').unwrap_or(0);
    let size = std::str::from_utf8(&name[..at]).ok().and_then(|size| size.parse().ok());
    (name.get(at + 1..).unwrap_or_default(), size)
}

/// What files in a folder of this name are, where they are not kept folder by folder.
pub(super) fn cut_at(segment: &[u8]) -> Option<FileClass> {
    if let Some(id) = leftovers::folder(segment) {
        return Some(FileClass::Leftover(id));
    }
    leftovers::is_set_apart(segment).then_some(FileClass::Hidden)
}

/// Whether a name whose kind is not known is a file's all the same, going by its suffix.
pub(super) fn is_surely_a_file(name: &[u8]) -> bool {
    names::Suffix::of(name).media() != Media::Other
}

/// Whether a name of unknown kind is a folder's all the same: one that a system gives
/// to folders alone.
pub(super) fn is_surely_a_folder(name: &[u8]) -> bool {
    !name.contains(&b'/')
        && leftovers::folder(name).is_some_and(|id| !id.row().pattern.contains(['*', '?']))
}

/// Whether an object of zero bytes may stand for a folder: its name has no known suffix.
pub(super) fn may_be_marker(name: &[u8]) -> bool {
    let text = names::without_odd_marks(name);
    names::Suffix::of(&text).if_known() == names::Suffix::default()
}
