//! Family H: what tools and systems leave behind.

pub(super) mod folder_marker;
pub(super) mod junk_file;
pub(super) mod partial_file;
pub(super) mod special_file;
pub(super) mod symbolic_link;

use crate::files::Files;
use crate::finding::{Example, Gather};
use crate::rules::Context;
use crate::tree::{FolderId, Remark};

/// Adds every file of the tree that is remarked so, and the scenes whose folders hold one. Calls `counted` with the number
/// of files of each remark that the user did not excuse.
fn gather_remarked(
    context: &Context<'_>,
    gather: &mut Gather<'_, '_>,
    wanted: impl Fn(Remark) -> bool,
    mut counted: impl FnMut(Remark, u64),
) {
    let tree = context.tree;
    let explained = gather.explained();
    let mut held: Vec<FolderId> = Vec::new();
    for id in tree.ids() {
        for (remark, names) in
            tree.folder(id).remarks().iter().filter(|(remark, _)| wanted(*remark))
        {
            // What stands in the place of a frame that is missing is named with that.
            let mut files = Files::named(names);
            if let Some(explained) = explained.get(&id) {
                files = files.filtered(|name| !explained.contains(name));
            }
            let left = gather.add_files(tree, id, files, |path, _| Example::at(path));
            if left > 0 {
                counted(*remark, left);
                held.push(id);
            }
        }
    }
    // Ids ascend, so what is held is sorted.
    for cell in context.layout.cells() {
        if held.binary_search(&cell.folder).is_ok() {
            gather.in_scene(cell.scene);
        }
    }
}
