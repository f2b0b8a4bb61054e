use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::{describe, kinds, own_advice, remarked, remarked_files};
use crate::finding::{Context, Kept, KeptPart, Sink, Statement, proof};
use crate::names::leftovers::{self, LeftoverClass, LeftoverId};
use crate::names::name_set::NameSet;
use crate::names::{self, Media, SensorKind, Suffix};
use crate::platform::{Basis, Effect};
use crate::repair::{FileSet, Operation, Repair};
use crate::text;
use crate::tree::{FileClass, FolderId};

declare_rule! {
    /// A file that an operating system, a desktop or a tool left behind: `.DS_Store`, `Thumbs.db`,
    /// anything in `__MACOSX/`.
    ///
    /// Such files travel along unseen when a folder is zipped or synchronised, and then stand where
    /// a reader of the tree expects sensors, scenes and frames and nothing else. No published page
    /// says how the platform takes them, so this decides no verdict by default; a reader that takes
    /// every file of a scene for a frame stumbles over them.
    ///
    /// What serves a repository that the dataset is kept in (`.git/`, `.gitattributes`,
    /// `sensortree.toml`) is passed over in a local folder or a git revision, where it belongs, and
    /// counted anywhere else.
    ///
    /// Hidden files, and what editors keep beside a file that is open, count among them: `.env`,
    /// `metadata.json~`, `….swp`. So do second copies of a file, as browsers, file managers and
    /// synchronisers make them: `1681532060061 (1).jpg`, `1681532060061 - Copy.jpg`. A copy whose
    /// original is not there is said with the frame that is missing (A202). One that stands in a
    /// scene's folder and ends as the frames there is a frame to whoever reads the tree, of a name
    /// that is no time (L117) and that no other sensor has: it is weighed as that.
    ///
    /// **Repair:** delete them; nothing in a dataset needs them. Compare a copy with its original
    /// first: it may be the one that is whole.
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
        facts: ["T5", "T6", "T9"],
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
    let sensors: HashMap<FolderId, SensorKind> = context
        .layout
        .cells()
        .iter()
        .map(|cell| (cell.folder, context.layout.sensor(cell.sensor).kind))
        .collect();
    let is_frame = |folder: FolderId, name: &[u8]| {
        sensors.get(&folder).is_some_and(|kind| proof::is_frame_name(*kind, name))
    };
    for of_frames in [true, false] {
        let passes = |folder: FolderId, name: &[u8]| is_frame(folder, name) == of_frames;
        let wanted = |folder, remark| is_copy(remark) && is_left(folder, remark);
        let copies = remarked_files(context, sink, wanted, Some(&passes));
        sink.emit(&JUNK_FILE, copies, |kept| {
            let (count, are) = (kept.counted("file"), kept.verb("is a copy", "are copies"));
            let kinds = kinds(kept);
            let what = describe(&kinds);
            let [originals, copies] = ways(context, kept);
            let statement =
                Statement::new(format!("{count} {are} of another, by the name: {what}"))
                    .help("compare each with the file without the mark, and keep the one that is whole")
                    .repair(originals)
                    .repair(copies)
                    .notes(own_advice(&kinds));
            match of_frames {
                true => statement
                    .note("each ends as a frame does and stands among them, where its name is taken for a time")
                    .effect(Effect::MISALIGNED, Basis::Documented),
                false => statement,
            }
        });
    }
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

/// The two ways to keep one of a file and its copy, as far as both are there: the file, or the copy
/// in its place.
fn ways(context: &Context<'_>, kept: &Kept<'_, '_, FileClass>) -> [Repair; 2] {
    let mut originals = Repair::choice("the files without the mark are whole");
    let mut copies = Repair::choice("the copies are whole, and the files without the mark are not");
    // Of two copies of one file it is not known which is to stand for it.
    let mut taken = BTreeSet::new();
    for files in kept.parts.iter().filter_map(KeptPart::file_set) {
        let FileSet::Files { folder, names: Some(names) } = files else { continue };
        let (mut surplus, mut replaced) = (NameSet::default(), NameSet::default());
        let mut moves = Vec::new();
        names.for_each(|name| {
            let original = leftovers::stands_for(name);
            let Some(original) = original.filter(|it| context.tree.folder(folder).holds(it)) else {
                return;
            };
            surplus.insert(name);
            let to = context.tree.path_of(folder, &original);
            if taken.insert(to.clone()) {
                replaced.insert(&original);
                moves.push(Operation::Move { from: context.tree.path_of(folder, name), to });
            }
        });
        if surplus.is_empty() {
            continue;
        }
        surplus.seal();
        originals = originals.with([Operation::Remove { files: FileSet::named(folder, surplus) }]);
        if !moves.is_empty() {
            replaced.seal();
            copies = copies
                .with([Operation::Remove { files: FileSet::named(folder, replaced) }])
                .with(moves);
        }
    }
    [originals, copies]
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
/// How many files in hidden folders look like frames: no scene has them, and tools upload them
/// all the same.
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

#[cfg(test)]
mod tests {
    use crate::finding::settings::Settings;
    use crate::platform::Effect;
    use crate::repair::{Applicability, Operation};
    use crate::sketch::Sketch;

    /// How the findings of copies are weighed, and how many operations their repairs have.
    fn check(files: &str, expected: &[(Effect, &[usize])]) {
        let tree = format!(
            "camera-front/\n  scene_1/\n    1681532060061.jpg x3 +100\n{files}lidar-top/\n  scene_1/\n    \
             1681532060061.pcd x3 +100\nmetadata.json\n"
        );
        let report = Sketch::parse(&tree).unwrap().check(&Settings::default());
        let copies = report.findings.iter().filter(|finding| finding.rule.code == "H101");
        let found: Vec<(Effect, Vec<usize>)> = copies
            .map(|finding| {
                assert!(finding.repairs.iter().all(|it| it.applicability == Applicability::Choice));
                let operations = finding.repairs.iter().map(|it| it.operations.len());
                (finding.effect, operations.collect())
            })
            .collect();
        let expected: Vec<(Effect, Vec<usize>)> =
            expected.iter().map(|(effect, ways)| (*effect, ways.to_vec())).collect();
        assert_eq!(found, expected, "{tree}");
    }

    #[test]
    fn a_copy_of_a_frame_is_weighed_as_a_frame_of_that_name() {
        let frame = Effect::MISALIGNED;
        for name in ["1681532060061 - 副本", "1681532060061 (1)", "Kopie von 1681532060061"] {
            check(&format!("    {name}.jpg\n"), &[(frame, &[1, 2])]);
        }
        // One of two copies can stand for the file.
        let two = "    1681532060061 (1).jpg\n    1681532060061 - Copy.jpg\n";
        check(two, &[(frame, &[2, 2])]);
    }

    #[test]
    fn a_copy_in_the_place_of_its_original_is_a_move_and_no_loss() {
        let tree = "camera-front/\n  scene_1/\n    1681532060061.jpg x3 +100\n    1681532060061 (1).jpg\n\
                    metadata.json\n";
        let report = Sketch::parse(tree).unwrap().check(&Settings::default());
        let finding = report.findings.iter().find(|it| it.rule.code == "H101").unwrap();
        let [_, copies] = finding.repairs.as_slice() else { panic!("{:?}", finding.repairs) };
        let moves = copies.operations.iter().filter_map(|operation| match operation {
            Operation::Move { from, to } => Some((from.as_slice(), to.as_slice())),
            _ => None,
        });
        let (from, to) = ("scene_1/1681532060061 (1).jpg", "scene_1/1681532060061.jpg");
        let path = |name: &str| format!("camera-front/{name}").into_bytes();
        assert_eq!(moves.collect::<Vec<_>>(), [(&path(from)[..], &path(to)[..])]);
    }
}
