use std::collections::BTreeMap;

use super::{describe, gather_remarked, note_own_advice};
use crate::finding::{Context, Gather, Sink};
use crate::names::leftovers::{self, LeftoverClass, LeftoverId};
use crate::names::{self, Media, Suffix};
use crate::platform::Effect;
use crate::text;
use crate::tree::{FolderId, Remark};

declare_rule! {
    /// A file that an operating system, a desktop or a tool left behind: `.DS_Store`, `Thumbs.db`, anything in `__MACOSX/`.
    ///
    /// Such files travel along unseen when a folder is zipped or synchronised, and then stand where a reader of the tree
    /// expects sensors, scenes and frames and nothing else. No published page says how the platform takes them, so this
    /// decides no verdict by default; a reader that takes every file of a scene for a frame stumbles over them.
    ///
    /// What serves a repository that the dataset is kept in (`.git/`, `.gitattributes`, `sensortree.toml`) is passed over in a
    /// local folder or a git revision, where it belongs, and counted anywhere else.
    ///
    /// Hidden files, and what editors keep beside a file that is open, count among them: `.env`, `metadata.json~`, `….swp`.
    /// So do second copies of a file, as browsers and synchronisers make them: `1681532060061 (1).jpg`.
    ///
    /// **Repair:** delete them; nothing in a dataset needs them. Compare a copy with its original first: it may be the one
    /// that is whole.
    ///
    /// ```tree bad
    /// .DS_Store
    /// lidar-top/
    ///   .DS_Store
    ///   scene_1/
    ///     ._1681532060061.pcd
    ///     1681532060061.pcd x2 +100
    /// __MACOSX/
    ///   lidar-top/
    ///     scene_1/
    ///       ._1681532060061.pcd
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// .gitattributes
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// sensortree.toml
    /// ```
    JUNK_FILE {
        code: "H101",
        name: "junk-file",
        effect: Effect::MISALIGNED,
        basis: Advice,
        facts: ["T5", "T9"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let top = context.tree.folder(FolderId::ROOT);
    let in_repository = context.target.kind.may_be_in_repository();
    // Where metadata.json is not there, a copy of it is taken for it (L102).
    let is_only_metadata = |folder: FolderId, id: LeftoverId| {
        folder == FolderId::ROOT
            && !top.has_landmark(names::METADATA)
            && id.class() == LeftoverClass::ConflictCopy
            && top
                .remarks()
                .iter()
                .filter(|(remark, _)| *remark == Remark::Leftover(id))
                .flat_map(|(_, names)| names.smallest(MOST_NAMES))
                .all(|name| names::is_near_metadata(&text::lossless(&name)))
    };
    let is_wanted = |folder: FolderId, id: LeftoverId| match id.class() {
        LeftoverClass::Harmless { serves_repository } => !(in_repository && serves_repository),
        LeftoverClass::ConflictCopy => !is_only_metadata(folder, id),
        LeftoverClass::BrokenTransfer | LeftoverClass::Placeholder => false,
    };
    let mut kinds: BTreeMap<LeftoverId, u64> = BTreeMap::new();
    let mut hidden = 0;
    let mut left = sink.gather(&JUNK_FILE);
    gather_remarked(
        context,
        &mut left,
        |folder, remark| match remark {
            Remark::Leftover(id) => is_wanted(folder, id),
            remark => remark == Remark::Hidden,
        },
        |remark, count| match remark {
            Remark::Leftover(id) => *kinds.entry(id).or_default() += count,
            _ => hidden += count,
        },
    );
    let has_copies = kinds.keys().any(|id| id.class() == LeftoverClass::ConflictCopy);
    left.help(if has_copies {
        "delete what was left behind before the upload, copies after a look at the original"
    } else {
        "delete what was left behind before the upload"
    });
    note_own_advice(&mut left, kinds.keys());
    let count = text::count(left.count(), "file");
    let verb = if left.count() == 1 { "is" } else { "are" };
    let mut parts: Vec<String> = Vec::new();
    if !kinds.is_empty() {
        parts.push(describe(&kinds));
    }
    if hidden > 0 {
        parts.push(format!("{} in hidden folders", text::number(hidden)));
    }
    note_hidden(context, &mut left);
    let parts = text::list(&parts, parts.len());
    left.say(format!("{count} {verb} what a system or a tool left behind: {parts}"));
}

/// Of how many names it is looked whether they are metadata.json's.
const MOST_NAMES: usize = 1_000;

/// Whether files lie in a hidden folder of which nothing more is known than that.
fn is_unknown_hidden(remark: Remark) -> bool {
    match remark {
        Remark::Leftover(id) => id.row().pattern == leftovers::HIDDEN_FOLDER,
        remark => remark == Remark::Hidden,
    }
}

/// Says how many frames lie in hidden folders, which are scenes or sensors to no one, and which tools upload all the same.
fn note_hidden(context: &Context<'_>, left: &mut Gather<'_, '_>) {
    let mut frames = 0_u64;
    for folder in context.tree.folders() {
        let hidden = folder.remarks().iter().filter(|(remark, _)| is_unknown_hidden(*remark));
        for (_, names) in hidden {
            names.for_each(|name| frames += u64::from(Suffix::of(name).media() != Media::Other));
        }
    }
    if frames > 0 {
        let (count, verb) =
            (text::count(frames, "file"), if frames == 1 { "looks" } else { "look" });
        left.note(format!(
            "{count} in hidden folders {verb} like frames: no scene has them, and tools upload them all the same"
        ));
    }
}
