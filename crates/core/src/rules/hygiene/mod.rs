//! Family H: what tools and systems leave behind.

pub(super) mod folder_marker;
pub(super) mod junk_file;
pub(super) mod partial_file;
pub(super) mod special_file;
pub(super) mod symbolic_link;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::finding::{Context, Kept, Part, Sink};
use crate::layout::SceneId;
use crate::names::leftovers::LeftoverId;
use crate::text;
use crate::tree::files::Files;
use crate::tree::{FileClass, FolderId};

/// The files of which something wanted is to be said, folder by folder, with that. What stands in
/// the place of a frame that is missing is named with the frame, and left out.
fn remarked<'t>(
    context: &Context<'t>,
    sink: &Sink<'_>,
    wanted: impl Fn(FolderId, FileClass) -> bool,
) -> Vec<Part<'t, FileClass>> {
    remarked_files(context, sink, wanted, None)
}

/// Whether a file is meant, by its folder and its name.
type Passes<'p> = &'p dyn Fn(FolderId, &[u8]) -> bool;

/// The same of those files alone that pass.
fn remarked_files<'t>(
    context: &Context<'t>,
    sink: &Sink<'_>,
    wanted: impl Fn(FolderId, FileClass) -> bool,
    passes: Option<Passes<'_>>,
) -> Vec<Part<'t, FileClass>> {
    let tree = context.tree;
    let scenes: HashMap<FolderId, SceneId> =
        context.layout.cells().iter().map(|cell| (cell.folder, cell.scene)).collect();
    let mut parts = Vec::new();
    for id in tree.ids() {
        let in_place = sink.in_place().get(&id);
        let remarks = tree.folder(id).remarks().iter();
        for (remark, names) in remarks.filter(|(remark, _)| wanted(id, *remark)) {
            let mut files = Files::named(names);
            if let Some(in_place) = in_place {
                files = files.filtered(|name| !in_place.contains(name));
            }
            if let Some(passes) = passes {
                files = files.filtered(|name| passes(id, name));
            }
            let part = Part::files(tree, id, files).keyed(*remark);
            parts.push(match scenes.get(&id) {
                Some(scene) => part.in_scene(*scene),
                None => part,
            });
        }
    }
    parts
}

/// How many leftovers of each kind there are.
fn kinds(kept: &Kept<'_, '_, FileClass>) -> BTreeMap<LeftoverId, u64> {
    let mut kinds: BTreeMap<LeftoverId, u64> = BTreeMap::new();
    for part in &kept.parts {
        if let FileClass::Leftover(id) = part.key {
            *kinds.entry(*id).or_default() += part.count;
        }
    }
    kinds
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

/// What is to be done about single kinds, where it is something of their own.
fn own_advice(kinds: &BTreeMap<LeftoverId, u64>) -> Vec<String> {
    let rows = kinds.keys().map(|id| id.row());
    let advice = rows.filter_map(|row| Some((row, row.own_advice()?)));
    advice.map(|(row, advice)| format!("`{}` of {}: {advice}", row.pattern, row.left_by)).collect()
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
