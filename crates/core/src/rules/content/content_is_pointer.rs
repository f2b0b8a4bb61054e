use std::collections::BTreeMap;

use sensortree_probe::{Fault, Pointer};

use super::{Faulty, Looked, faults_of, figures_of, looked_into, parts};
use crate::finding::{Context, Sink, Statement, proof};
use crate::platform::{Basis, Effect};
use crate::text;
use crate::tree::FaultyFile;

declare_rule! {
    /// A frame that is a git-LFS, git-annex or DVC pointer, or a link's text: a small text that
    /// stands for data which are elsewhere.
    ///
    /// These tools keep large files apart from the repository, and put a note of a few lines where
    /// each belongs. A clone without the tool, or one that was told to skip the data, has only the
    /// notes; so has an archive that a web site made of the repository. Uploaded as they are, they
    /// are frames of no content.
    ///
    /// A symbolic link is written as a text with the path of its target where a system has no
    /// links, as git does on Windows and some archives do; such a text is said here, too.
    ///
    /// **Repair:** copy the files that links name in their place; of the others, fetch the data
    /// with `git lfs pull`, `git annex get` or `dvc pull`, and check again.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100 =begins version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    CONTENT_IS_POINTER {
        code: "F109",
        name: "content-is-pointer",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T5"],
    }
}

/// One clone has the pointers of all sensors, so each kind of pointer is said once for the tree.
fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let layout = context.layout;
    let mut kinds: BTreeMap<Pointer, (Vec<&[u8]>, Vec<Faulty<'_>>)> = BTreeMap::new();
    for (id, sensor) in layout.sensors() {
        for (fault, mut found) in faults_of(context, id) {
            if let Fault::Pointer(pointer) = fault {
                let (sensors, cells) = kinds.entry(pointer).or_default();
                sensors.push(&sensor.folder_name);
                cells.append(&mut found);
            }
        }
    }
    let (frames, which) = match looked_into(context, layout.cells().iter().copied()) {
        Looked::All(frames) => (frames, ""),
        Looked::Some(frames) => (frames, " that were looked into"),
    };
    for (pointer, (sensors, cells)) in kinds {
        let is_of = |folder: &[u8]| sensors.contains(&folder);
        let mut of_pointers = layout.sensors().filter(|(_, sensor)| is_of(&sensor.folder_name));
        let is_lost = of_pointers.any(|(id, _)| !proof::has_arrived(context, id));
        sink.emit(&CONTENT_IS_POINTER, parts(context, &cells, behind), |kept| {
            let count = kept.count();
            let whose = match sensors.as_slice() {
                _ if count == frames && count > 1 => {
                    format!("all {}{which}", kept.counted("frame"))
                }
                [sensor] => {
                    format!("{} of `{}`", kept.counted("frame"), text::lossless(sensor))
                }
                _ => format!("{} of {} frames{which}", text::number(count), text::number(frames)),
            };
            let statement = Statement::new(sentence(pointer, &whose, count)).help(pointer.repair());
            let statement = match sensors.as_slice() {
                [sensor] if count != frames || count == 1 => statement.about_sensor(sensor),
                _ => statement,
            };
            match is_lost {
                true => statement.effect(Effect::MISALIGNED, Basis::Implied),
                false => statement,
            }
        });
    }
}

/// What the pointers are, in a sentence that begins with whose they are.
fn sentence(pointer: Pointer, whose: &str, count: u64) -> String {
    let what = pointer.describe();
    match (pointer, what.strip_prefix("a ")) {
        (Pointer::Link, _) if count == 1 => format!(
            "{whose} is a text with the path of another file: a symbolic link that was written as a text"
        ),
        (Pointer::Link, _) => format!(
            "{whose} are texts with the paths of other files: symbolic links that were written as texts"
        ),
        (_, Some(what)) if count != 1 => {
            format!("{whose} are {what}s: the data themselves were not fetched")
        }
        _ => format!("{whose} is {what}: the data themselves were not fetched"),
    }
}

/// What a pointer says of its data: `stands for 206,144 bytes (sha256 725358ac24a4)`.
fn behind(case: &FaultyFile) -> Option<String> {
    match (figures_of(case), &case.hash) {
        (Some(size), Some(hash)) => Some(format!("{size} ({hash})")),
        (Some(size), None) => Some(size),
        (None, hash) => hash.as_ref().map(|hash| format!("stands for {hash}")),
    }
}
