//! What stands in the place of a frame, a scene or a sensor that is not there: links, pipes, and
//! files that were not transferred whole. It explains by identity, never by number.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::finding::{Part, Statement};
use crate::names::leftovers::{self, LeftoverClass};
use crate::names::name_set::NameSet;
use crate::names::suffix::{PACKED_FILES, PACKED_FOLDERS};
use crate::names::{self, Media, Suffix};
use crate::platform::{Basis, Effect};
use crate::text;
use crate::tree::files::Files;
use crate::tree::{FileClass, Folder, FolderId, Tree};

/// What stands in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum InPlace {
    /// A symbolic link whose target is there, or not known.
    Link,
    /// A symbolic link that leads nowhere.
    DanglingLink,
    /// A pipe, socket or device.
    Special,
    /// A file that was not transferred whole.
    Transfer,
    /// A small file in place of data that were not fetched.
    Placeholder,
    /// A `.dvc` file, where what it stands for was not fetched.
    Dvc,
    /// A copy of a file that is not there itself, going by its name.
    Copy,
}

impl InPlace {
    fn of(remark: FileClass) -> Option<Self> {
        match remark {
            FileClass::Link => Some(InPlace::Link),
            FileClass::DanglingLink => Some(InPlace::DanglingLink),
            FileClass::Special => Some(InPlace::Special),
            FileClass::Leftover(id) => match id.class() {
                LeftoverClass::BrokenTransfer => Some(InPlace::Transfer),
                LeftoverClass::Placeholder => Some(InPlace::Placeholder),
                LeftoverClass::ConflictCopy => Some(InPlace::Copy),
                LeftoverClass::Harmless { .. } => None,
            },
            _ => None,
        }
    }

    /// Whether it is a link, pipe or device, which uploads make different things of.
    fn is_no_file(self) -> bool {
        matches!(self, InPlace::Link | InPlace::DanglingLink | InPlace::Special)
    }

    /// What is said of one at its place.
    pub(super) fn note(self) -> &'static str {
        match self {
            InPlace::Link => "a symbolic link",
            InPlace::DanglingLink => "a symbolic link that leads nowhere",
            InPlace::Special => "a pipe, socket or device",
            InPlace::Transfer => "not transferred whole",
            InPlace::Placeholder => "not fetched",
            InPlace::Dvc => "a `.dvc` file in its place: not fetched",
            InPlace::Copy => "a copy of it is there, under another name",
        }
    }
}

/// The `.dvc` files right in a folder, each with the name of the file or folder that it stands for.
pub(super) fn dvc_pointers(folder: &Folder) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    for files in Files::in_folder(folder).filter(|files| is_dvc(files)) {
        files.for_each(|name| {
            if let Some(at) = name.iter().rposition(|byte| *byte == b'.').filter(|at| *at > 0) {
                found.push((name[..at].to_vec(), name.to_vec()));
            }
        });
    }
    found
}

/// The name of the folder that an archive of this name has packed in it: `s1` of
/// `s1.zip` and `s1.tar.gz`.
pub(super) fn packed_name(name: &[u8]) -> Option<&[u8]> {
    let name_text = std::str::from_utf8(name).ok()?;
    let (stem, suffix) = name_text.rsplit_once('.')?;
    let is = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(suffix));
    let stem = match is(&PACKED_FOLDERS) {
        true => stem,
        false if is(&PACKED_FILES) => {
            let (stem, inner) = stem.rsplit_once('.')?;
            inner.eq_ignore_ascii_case("tar").then_some(stem)?
        }
        false => return None,
    };
    (!stem.is_empty()).then_some(stem.as_bytes())
}

/// Whether a folder holds an archive that is named as a scene.
pub(super) fn is_packed_scene(folder: &Folder, scene: &[u8]) -> bool {
    let mut is_packed = false;
    let is_archive = |files: &Files<'_>| {
        let suffix = files.suffix();
        PACKED_FOLDERS.iter().chain(&PACKED_FILES).any(|it| it.eq_ignore_ascii_case(suffix))
    };
    for files in Files::in_folder(folder).filter(is_archive) {
        files.for_each(|name| is_packed |= packed_name(name) == Some(scene));
    }
    is_packed
}

/// Whether files are what DVC keeps in a repository in place of data.
pub(super) fn is_dvc(files: &Files<'_>) -> bool {
    files.suffix().eq_ignore_ascii_case(names::DVC)
}

/// What stands in one folder in the place of something else, by the stem of what it stands for.
#[derive(Debug, Default)]
pub(super) struct Places {
    by_stem: HashMap<Vec<u8>, (InPlace, Vec<u8>)>,
}

impl Places {
    /// Of the files in a folder.
    pub(super) fn of_files(folder: &Folder) -> Self {
        let mut by_stem = HashMap::new();
        for (remark, names) in folder.remarks() {
            let Some(what) = InPlace::of(*remark) else { continue };
            names.for_each(|name| {
                let meant = match what {
                    InPlace::Transfer | InPlace::Placeholder => leftovers::stands_for(name),
                    // Beside the original a copy stands for nothing.
                    InPlace::Copy => leftovers::stands_for(name).filter(|it| !folder.holds(it)),
                    _ => Some(name.to_vec()),
                };
                let Some(meant) = meant else { return };
                let stem = match meant.iter().rposition(|byte| *byte == b'.') {
                    Some(at) if at > 0 => &meant[..at],
                    _ => &meant[..],
                };
                by_stem.entry(stem.to_vec()).or_insert_with(|| (what, name.to_vec()));
            });
        }
        for (meant, name) in dvc_pointers(folder) {
            if Suffix::of(&meant).media() != Media::Other && !folder.holds(&meant) {
                let end = meant.iter().rposition(|byte| *byte == b'.').unwrap_or(meant.len());
                by_stem.entry(meant[..end].to_vec()).or_insert((InPlace::Dvc, name));
            }
        }
        Places { by_stem }
    }

    /// Of the links in a folder that bear a folder's name, and of the pointers to folders that
    /// were not fetched.
    pub(super) fn of_folders(tree: &Tree, id: FolderId) -> Self {
        let folder = tree.folder(id);
        let mut by_stem = HashMap::new();
        for (remark, names) in folder.remarks() {
            let Some(what) = InPlace::of(*remark).filter(|what| what.is_no_file()) else {
                continue;
            };
            names.for_each(|name| {
                by_stem.insert(name.to_vec(), (what, name.to_vec()));
            });
        }
        for (meant, name) in dvc_pointers(folder) {
            let is_folder = Suffix::of(&meant).media() == Media::Other;
            if is_folder && tree.child(id, &meant).is_none() {
                by_stem.entry(meant).or_insert((InPlace::Dvc, name));
            }
        }
        Places { by_stem }
    }

    /// What stands in the place of this stem, and its name.
    pub(super) fn get(&self, stem: &[u8]) -> Option<(InPlace, &[u8])> {
        self.by_stem.get(stem).map(|(what, name)| (*what, name.as_slice()))
    }

    /// Whether nothing stands in a place.
    pub(super) fn is_empty(&self) -> bool {
        self.by_stem.is_empty()
    }

    /// What it is, one by one.
    pub(super) fn kinds(&self) -> impl Iterator<Item = InPlace> {
        self.by_stem.values().map(|(what, _)| *what)
    }

    /// All of it with its name, and the name of what it stands for, by name.
    pub(super) fn sorted(&self) -> Vec<(InPlace, &[u8], &[u8])> {
        let all = self.by_stem.iter();
        let mut all: Vec<(InPlace, &[u8], &[u8])> =
            all.map(|(meant, (what, name))| (*what, name.as_slice(), meant.as_slice())).collect();
        all.sort_unstable_by_key(|(_, name, _)| *name);
        all
    }

    /// Says that the part of a finding names what stands here, in this folder.
    pub(super) fn named_by<'t, K>(&self, part: Part<'t, K>, folder: FolderId) -> Part<'t, K> {
        let names = self.by_stem.values().map(|(_, name)| name);
        if self.is_empty() { part } else { part.in_place(folder, NameSet::from_names(names)) }
    }
}

/// How many things stand in a place, by what they are.
#[derive(Debug, Default)]
pub(super) struct Counted(BTreeMap<InPlace, u64>);

impl FromIterator<InPlace> for Counted {
    fn from_iter<I: IntoIterator<Item = InPlace>>(all: I) -> Self {
        let mut counted = Counted::default();
        for what in all {
            *counted.0.entry(what).or_default() += 1;
        }
        counted
    }
}

impl Counted {
    /// How many there are.
    pub(super) fn sum(&self) -> u64 {
        self.0.values().sum()
    }

    /// Says what stands in the places that a finding names, and what to do about it. A link, pipe
    /// or device in the place of something is never a rejection by itself: where nothing else is
    /// wrong, `alone`, the effect is on scenes.
    pub(super) fn say(&self, statement: Statement, alone: bool) -> Statement {
        let statement = statement.notes(self.0.iter().map(|(what, count)| note(*what, *count)));
        let most = self.0.iter().max_by_key(|(_, count)| **count);
        let Some((most, _)) = most.filter(|_| alone) else { return statement };
        let statement = statement.help(help(*most));
        match self.0.keys().any(|what| what.is_no_file()) {
            true => statement.effect(Effect::Scene, Basis::Implied),
            false => statement,
        }
    }
}

fn note(what: InPlace, count: u64) -> String {
    let one = count == 1;
    match what {
        InPlace::Link => format!(
            "{} {} in their place and {} not followed: rclone and gsutil leave links out, `aws s3` and `zip -r` copy \
             what they point to; `--links follow` checks that",
            text::count(count, "symbolic link"),
            if one { "stands" } else { "stand" },
            if one { "is" } else { "are" },
        ),
        InPlace::DanglingLink => format!(
            "{} in their place {} nowhere: what they point to is not there",
            text::count(count, "symbolic link"),
            if one { "leads" } else { "lead" },
        ),
        InPlace::Special => {
            let noun = if one {
                "pipe, socket or device stands"
            } else {
                "pipes, sockets or devices stand"
            };
            format!("{} {noun} in their place, and hold no data", text::number(count))
        }
        InPlace::Transfer => {
            let (files, verb) = (text::count(count, "file"), if one { "was" } else { "were" });
            format!("in their place {files} {verb} left by a transfer that broke off")
        }
        InPlace::Placeholder => {
            let stand = if one { "stands" } else { "stand" };
            let files = text::count(count, "small file");
            format!("in their place {files} {stand} for data that were not fetched")
        }
        InPlace::Copy => {
            let (copies, verb) =
                (if one { "copy" } else { "copies" }, if one { "stands" } else { "stand" });
            format!(
                "in their place {} {copies} {verb} under other names, and no original",
                text::number(count)
            )
        }
        InPlace::Dvc => {
            let stand = if one { "stands" } else { "stand" };
            let files = text::count(count, "`.dvc` file");
            format!("in their place {files} {stand} for data that were not fetched")
        }
    }
}

fn help(what: InPlace) -> &'static str {
    match what {
        InPlace::Link => {
            "put the files themselves in place of the links (`cp -rL`, `rsync -L`), or upload with a tool that follows \
             them and check with `--links follow`"
        }
        InPlace::DanglingLink => {
            "make what the links point to available (mount the disk, `git annex get`), or copy the frames from the recording"
        }
        InPlace::Special => "delete what is no file, and copy the frames from the recording",
        InPlace::Transfer => "run the transfer again until it is complete",
        InPlace::Placeholder => "fetch the data that the small files stand for, and check again",
        InPlace::Copy => "take the mark of a copy out of the names, as the originals are not there",
        InPlace::Dvc => "fetch the data with `dvc pull`, and check again",
    }
}
