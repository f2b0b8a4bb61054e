use super::{describe, kinds, own_advice, remarked};
use crate::finding::{Context, Sink, Statement};
use crate::names::leftovers::{self, LeftoverClass, LeftoverId};
use crate::names::{self, Media, Suffix};
use crate::platform::Effect;
use crate::repair::Repair;
use crate::text;
use crate::tree::{FileClass, FolderId};

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
    /// So do second copies of a file, as browsers, file managers and synchronisers make them: `1681532060061 (1).jpg`,
    /// `1681532060061 - Copy.jpg`. A copy whose original is not there is said with the frame that is missing (A202).
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
                .filter(|(remark, _)| *remark == FileClass::Leftover(id))
                .flat_map(|(_, names)| names.smallest(MOST_NAMES))
                .all(|name| names::is_near_metadata(&text::lossless(&name)))
    };
    let is_wanted = |folder: FolderId, id: LeftoverId| match id.class() {
        LeftoverClass::Harmless { serves_repository } => !(in_repository && serves_repository),
        LeftoverClass::ConflictCopy => !is_only_metadata(folder, id),
        LeftoverClass::BrokenTransfer | LeftoverClass::Placeholder => false,
    };
    let is_left = |folder, remark| match remark {
        // Where what it stands for was not fetched, that is said there, and the file is named.
        FileClass::Unnumbered(suffix) if suffix.as_str() == names::DVC => !in_repository,
        FileClass::Leftover(id) => is_wanted(folder, id),
        remark => remark == FileClass::Hidden,
    };
    let is_copy = |remark| matches!(remark, FileClass::Leftover(id) if id.class() == LeftoverClass::ConflictCopy);
    let copies =
        remarked(context, sink, |folder, remark| is_copy(remark) && is_left(folder, remark));
    sink.emit(&JUNK_FILE, copies, |kept| {
        let (count, are) = (kept.counted("file"), kept.verb("is a copy", "are copies"));
        let kinds = kinds(kept);
        let what = describe(&kinds);
        Statement::new(format!("{count} {are} of another, by the name: {what}"))
            .help("compare each with the file without the mark, and keep the one that is whole")
            .notes(own_advice(&kinds))
    });
    let left =
        remarked(context, sink, |folder, remark| !is_copy(remark) && is_left(folder, remark));
    let frames = hidden_frames(context);
    sink.emit(&JUNK_FILE, left, |kept| {
        let kinds = kinds(kept);
        let pointers =
            kept.parts.iter().filter(|part| matches!(part.key, FileClass::Unnumbered(_)));
        let pointers: u64 = pointers.map(|part| part.count).sum();
        let of_dvc = format!("{} `*.dvc` (DVC)", text::number(pointers));
        let hidden = kept.parts.iter().filter(|part| *part.key == FileClass::Hidden);
        let hidden: u64 = hidden.map(|part| part.count).sum();
        let in_hidden = format!("{} in hidden folders", text::number(hidden));
        let known = (!kinds.is_empty()).then(|| describe(&kinds));
        let what: Vec<String> =
            known.into_iter().chain((pointers > 0).then_some(of_dvc)).collect();
        let what: Vec<String> = what.into_iter().chain((hidden > 0).then_some(in_hidden)).collect();
        let (count, verb) = (kept.counted("file"), kept.verb("is", "are"));
        let what = text::list(&what, what.len());
        let looks = if frames == 1 { "looks" } else { "look" };
        let of_frames = text::count(frames, "file");
        Statement::new(format!("{count} {verb} what a system or a tool left behind: {what}"))
            .help(match pointers {
                0 => "delete what was left behind before the upload",
                _ => "keep what serves the repository outside the folder that is uploaded, and delete the rest",
            })
            .notes(own_advice(&kinds))
            .repair(
                Repair::to_be_looked_at("systems and tools leave such files behind").with(
                    kept.all_removed().into_iter().filter(|_| hidden == 0),
                ),
            )
            .notes((frames > 0).then(|| format!(
                "{of_frames} in hidden folders {looks} like frames: no scene has them, and tools upload them all the same"
            )))
    });
}

/// Of how many names it is looked whether they are metadata.json's.
const MOST_NAMES: usize = 1_000;

/// Whether files lie in a hidden folder of which nothing more is known than that.
fn is_unknown_hidden(remark: FileClass) -> bool {
    match remark {
        FileClass::Leftover(id) => id.row().pattern == leftovers::HIDDEN_FOLDER,
        remark => remark == FileClass::Hidden,
    }
}
/// How many files in hidden folders look like frames: no scene has them, and tools upload them all the same.
fn hidden_frames(context: &Context<'_>) -> u64 {
    let mut frames = 0;
    for folder in context.tree.folders() {
        let hidden = folder.remarks().iter().filter(|(remark, _)| is_unknown_hidden(*remark));
        for (_, names) in hidden {
            names.for_each(|name| frames += u64::from(Suffix::of(name).media() != Media::Other));
        }
    }
    frames
}
