//! What a file or folder is, told from its name alone: metadata.json and what is near to
//! it, landmarks, leftovers.

use super::leftovers::{self, LeftoverClass, LeftoverId};
use super::oddity::{Oddity, oddity, without_odd_marks};
use super::suffix::{DVC, Suffix};

/// The metadata file's name at the top of the tree (fact T9).
pub const METADATA: &str = "metadata.json";

/// Files whose very name tells something about the tree they stand in: misspelt metadata files, and
/// the marks of other dataset layouts and of plain repositories. At most 64, since a folder keeps
/// one bit for each.
pub const LANDMARKS: &[&str] = &[
    METADATA,
    "Metadata.json",
    "METADATA.json",
    "METADATA.JSON",
    "metadata.JSON",
    "metadata.json.txt",
    "meta.json",
    "metadata.jsonl",
    "meta_data.json",
    "metadata",
    "metadata.yaml",
    "README.md",
    "README",
    "LICENSE",
    "Makefile",
    "Cargo.toml",
    "package.json",
    "pyproject.toml",
    "setup.py",
    "requirements.txt",
    "CMakeLists.txt",
    "go.mod",
    "pom.xml",
    "dataset_description.json",
    "participants.tsv",
    "sample.json",
    "sample_data.json",
    "scene.json",
    "ego_pose.json",
    "calibrated_sensor.json",
    "calib_cam_to_cam.txt",
    "calib_velo_to_cam.txt",
    "calib.txt",
    "timestamps.txt",
    "timestamps.json",
    "poses.json",
    "intrinsics.json",
    "annotations.feather",
    "key_id_map.json",
];

/// Whether a file name is one that metadata.json is often given by mistake.
#[must_use]
pub fn is_near_metadata(name: &str) -> bool {
    const NEAR: &[&str] = &[
        METADATA,
        "metadata.json.txt",
        "meta.json",
        "metadata.jsonl",
        "meta_data.json",
        "meta-data.json",
        "metadata",
        "metadata.txt",
        "metadata.yaml",
        "metadata.yml",
    ];
    name != METADATA
        && (NEAR.iter().any(|near| name.eq_ignore_ascii_case(near))
            || is_copy_of_metadata(name)
            || is_conflict_copy_of_metadata(name))
}

/// Whether it is what a synchroniser or a file manager calls a second metadata.json.
fn is_conflict_copy_of_metadata(name: &str) -> bool {
    let is_copy = leftovers::file(name.as_bytes())
        .is_some_and(|id| id.class() == LeftoverClass::ConflictCopy);
    is_copy
        && leftovers::stands_for(name.as_bytes())
            .is_some_and(|original| original.eq_ignore_ascii_case(METADATA.as_bytes()))
}

/// Whether it is what a browser or a file manager calls a second metadata.json:
/// `metadata (1).json`.
fn is_copy_of_metadata(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let Some(stem) = name.strip_suffix(".json") else { return false };
    let stem = stem.strip_prefix("copy of ").unwrap_or(stem);
    let Some(rest) = stem.strip_prefix("metadata") else { return false };
    let rest =
        rest.trim_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '_' | '(' | ')'));
    rest.is_empty() || rest == "copy"
}

/// What a file name that is no number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameClass {
    /// One of [`LANDMARKS`], by its position.
    Landmark(usize),
    /// A file that a system or a tool left behind, or that serves the repository and
    /// not the dataset.
    Leftover(LeftoverId),
    /// A name that not every system takes, and the suffix that it has without what is odd.
    Odd(Oddity, Suffix),
    /// Anything else, by its suffix where that is a known one.
    Other(Suffix),
}

/// Classifies a file name that is no number.
#[must_use]
pub fn classify(name: &[u8]) -> NameClass {
    if let Some(at) = LANDMARKS.iter().position(|landmark| landmark.as_bytes() == name) {
        NameClass::Landmark(at)
    } else if let Some(leftover) = leftover_file(name) {
        NameClass::Leftover(leftover)
    } else if let Some(oddity) = oddity(name) {
        NameClass::Odd(oddity, Suffix::of(&without_odd_marks(name)).if_known())
    } else {
        NameClass::Other(Suffix::of(name).if_known())
    }
}

/// The leftover that a file is, as far as no other rule speaks of its name: DVC pointers are told
/// by their suffix, and a name that is odd and merely hidden by what is odd about it.
fn leftover_file(name: &[u8]) -> Option<LeftoverId> {
    leftovers::file(name).filter(|id| {
        let is_merely_odd = id.is_hidden_file() && oddity(name).is_some();
        !is_merely_odd && Suffix::of(name).as_str() != DVC
    })
}

/// What everything in a folder of this name is, where a system or a tool left the folder behind.
#[must_use]
pub fn junk_folder(name: &[u8]) -> Option<LeftoverId> {
    // A name that is merely hidden says nothing of who gave it.
    leftovers::folder(name).filter(|id| id.row().pattern != leftovers::HIDDEN_FOLDER)
}

/// Whether everything in a folder of this name is something that a system or tool left behind.
#[must_use]
pub fn is_junk_folder(name: &[u8]) -> bool {
    junk_folder(name).is_some()
}

/// Whether version control keeps its own in a folder of this name; a local scan need not look into
/// it.
#[must_use]
pub fn is_version_control_folder(name: &[u8]) -> bool {
    matches!(name, b".git" | b".hg" | b".svn" | b".dvc")
}
