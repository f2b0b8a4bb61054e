//! Family H: what tools and systems leave behind.

pub(super) mod folder_marker;
pub(super) mod junk_file;
pub(super) mod partial_file;
pub(super) mod special_file;
pub(super) mod symbolic_link;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::finding::{Context, Example, Gather};
use crate::names::leftovers::LeftoverId;
use crate::text;
use crate::tree::files::Files;
use crate::tree::{FolderId, Remark};

/// Adds every file of the tree that is remarked so in its folder, and the scenes whose folders hold one. Calls `counted` with the number
/// of files of each remark that the user did not excuse.
fn gather_remarked(
    context: &Context<'_>,
    gather: &mut Gather<'_, '_>,
    wanted: impl Fn(FolderId, Remark) -> bool,
    mut counted: impl FnMut(Remark, u64),
) {
    let tree = context.tree;
    let explained = gather.explained();
    let mut held: Vec<FolderId> = Vec::new();
    for id in tree.ids() {
        for (remark, names) in
            tree.folder(id).remarks().iter().filter(|(remark, _)| wanted(id, *remark))
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

/// `1,200 in `__MACOSX/` (macOS), 3 `Thumbs.db` (Windows)`, the most frequent first.
fn describe(kinds: &BTreeMap<LeftoverId, u64>) -> String {
    let mut kinds: Vec<(LeftoverId, u64)> = kinds.iter().map(|(id, count)| (*id, *count)).collect();
    kinds.sort_by_key(|(id, count)| (Reverse(*count), *id));
    let parts: Vec<String> = kinds
        .into_iter()
        .map(|(id, count)| {
            let row = id.row();
            let preposition = if row.is_folder() { "in " } else { "" };
            let count = text::number(count);
            format!("{count} {preposition}`{}` ({})", row.pattern, row.left_by)
        })
        .collect();
    text::list(&parts, 6)
}

/// Adds what to do about the kinds that need something else than the finding's help.
fn note_own_advice<'k>(
    gather: &mut Gather<'_, '_>,
    kinds: impl IntoIterator<Item = &'k LeftoverId>,
) {
    let rows = kinds.into_iter().map(|id| id.row());
    for (row, advice) in rows.filter_map(|row| Some((row, row.own_advice()?))) {
        gather.note(format!("`{}` of {}: {advice}", row.pattern, row.left_by));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::leftovers;

    #[test]
    fn kinds_are_counted_the_most_frequent_first() {
        let kinds = BTreeMap::from([
            (leftovers::file(b".DS_Store").unwrap(), 3),
            (leftovers::folder(b"__MACOSX").unwrap(), 1_200),
            (leftovers::file(b"Thumbs.db").unwrap(), 3),
        ]);
        assert_eq!(
            describe(&kinds),
            "1,200 in `__MACOSX/` (macOS), 3 `.DS_Store` (macOS) and 3 `Thumbs.db` (Windows)"
        );
    }
}
