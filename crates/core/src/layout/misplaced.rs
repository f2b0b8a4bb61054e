//! Where a metadata.json stands that is not at the top under its own name.

use crate::names::leftovers::LeftoverClass;
use crate::names::{self, METADATA, sensor_name};
use crate::text;
use crate::tree::{FileClass, Folder, FolderId, Tree};

/// Of how many files of a folder it is looked whether they were meant to be metadata.json.
const MOST_NAMES: usize = 1_000;

/// Returns the path of the only file that was most likely meant to be the metadata.json at the top,
/// where none is there.
#[must_use]
pub fn misplaced_metadata(tree: &Tree) -> Option<Vec<u8>> {
    if tree.folder(FolderId::ROOT).has_landmark(METADATA) {
        return None;
    }
    match (misnamed(tree).as_slice(), deeper(tree).as_slice()) {
        ([only], _) => Some(only.clone().into_bytes()),
        ([], [only]) => Some(only.clone()),
        _ => None,
    }
}

/// Returns the files at the top that were meant to be metadata.json.
pub(crate) fn misnamed(tree: &Tree) -> Vec<String> {
    near_names(tree.folder(FolderId::ROOT))
}

/// Returns the files below the top that were meant to be metadata.json: those of that name, and
/// where there are none, those of nearly that name in folders at the top that are no sensor's.
pub(crate) fn deeper(tree: &Tree) -> Vec<Vec<u8>> {
    let below = || tree.ids().skip(1);
    let exact = below().filter(|id| tree.folder(*id).has_landmark(METADATA));
    let exact: Vec<Vec<u8>> = exact.map(|id| tree.path_of(id, METADATA.as_bytes())).collect();
    if !exact.is_empty() {
        return exact;
    }
    let is_sensor =
        |id: FolderId| sensor_name::split(&names::meant(tree.folder(id).name())).is_some();
    let tops = tree.children(FolderId::ROOT).filter(|id| !is_sensor(*id));
    tops.flat_map(|id| {
        near_names(tree.folder(id)).into_iter().map(move |name| tree.path_of(id, name.as_bytes()))
    })
    .collect()
}

/// The files right in a folder that are named nearly as metadata.json is.
fn near_names(folder: &Folder) -> Vec<String> {
    let other = folder.remarks().iter().filter(|(remark, _)| match remark {
        FileClass::Unnumbered(_) => true,
        FileClass::Leftover(id) => id.class() == LeftoverClass::ConflictCopy,
        _ => false,
    });
    let other = other
        .flat_map(|(_, names)| names.smallest(MOST_NAMES))
        .map(|name| text::lossless(&name).into_owned());
    folder
        .landmarks()
        .map(str::to_owned)
        .chain(other)
        .filter(|name| names::is_near_metadata(name))
        .collect()
}
