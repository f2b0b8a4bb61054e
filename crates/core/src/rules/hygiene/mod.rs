//! Family H: what tools and systems leave behind.

pub(super) mod folder_marker;
pub(super) mod junk_file;
pub(super) mod partial_file;
pub(super) mod special_file;
pub(super) mod symbolic_link;

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
    let mut held: Vec<FolderId> = Vec::new();
    for id in tree.ids() {
        for (remark, tally) in
            tree.folder(id).remarks().iter().filter(|(remark, _)| wanted(*remark))
        {
            let Some((first, others)) = tally.examples().split_first() else { continue };
            if !gather.add_many(tally.several(), Example::at(tree.path_of(id, first))) {
                continue;
            }
            for name in others {
                gather.show(Example::at(tree.path_of(id, name)));
            }
            counted(*remark, tally.count());
            held.push(id);
        }
    }
    // Ids ascend, so what is held is sorted.
    for cell in context.layout.cells() {
        if held.binary_search(&cell.folder).is_ok() {
            gather.in_scene(cell.scene);
        }
    }
}
