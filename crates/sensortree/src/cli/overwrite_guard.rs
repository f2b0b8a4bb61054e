//! Where an output must not go: over files that the run reads, into a dataset's own files, into
//! what git keeps of a repository, and into one file with another output.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::Read as _;
use std::path::Path;

use sensortree_core::names::METADATA;
use sensortree_core::rules;

use crate::cli::check_arguments::CheckArguments;
use crate::cli::file_system::resolved;
use crate::target::Target;

/// How much of a file tells whether it is a report.
const BEGINNING: u64 = 4_096;

/// How many folders above a file are looked at for a metadata.json: those of a scene, a sensor and
/// the dataset, and one more for datasets in a zip's or a batch's folder.
const DATASET_DEPTH: usize = 4;

/// The endings of frames; what has one belongs to a dataset wherever it lies in one, also when
/// it is empty.
const FRAMES: [&str; 5] = ["pcd", "jpg", "jpeg", "png", "webp"];

/// What a file is that an output would go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The run reads it.
    Read,
    /// It lies in the checked tree, and is no report.
    InTree,
    /// It lies in what git keeps of a repository.
    OfGit,
}

/// Whether two paths lead to one file, by whatever links and spelling.
#[must_use]
pub fn is_one_file(one: &Path, other: &Path) -> bool {
    resolved(one) == resolved(other)
        || fs::metadata(one)
            .ok()
            .zip(fs::metadata(other).ok())
            .is_some_and(|(one, other)| is_same(&one, &other))
}

/// Whether standard output leads to this file, which writing the file would take away from it.
#[must_use]
pub fn is_standard_output(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        let standard_output = std::io::stdout().as_fd().try_clone_to_owned().map(File::from);
        let facts = standard_output.and_then(|file| file.metadata()).ok();
        facts
            .zip(fs::metadata(path).ok())
            .is_some_and(|(one, other)| one.is_file() && is_same(&one, &other))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Whether two names are those of one file, as hard links are.
#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_one: &Metadata, _other: &Metadata) -> bool {
    false
}

/// What stands at the path and must stay. `others` are read, too: configuration and baseline.
#[must_use]
pub fn standing(
    path: &Path,
    arguments: &CheckArguments,
    target: Option<&Target>,
    others: &[&Path],
) -> Option<Standing> {
    if let Some(place) = place_of(path, target) {
        return Some(place);
    }
    // A pipe or a device is written to and holds nothing.
    if !fs::metadata(path).is_ok_and(|facts| facts.is_file()) {
        return None;
    }
    let read = [
        arguments.request.as_deref(),
        arguments.listed.metadata.as_deref(),
        arguments.as_if.as_deref(),
        target.and_then(Target::file),
        target.and_then(Target::path),
    ];
    let mut read = read.into_iter().flatten().chain(others.iter().copied());
    if read.any(|read| is_one_file(read, path)) {
        return Some(Standing::Read);
    }
    let path = fs::canonicalize(path).ok()?;
    (is_in_dataset(&path, target) && !is_report(&path)).then_some(Standing::InTree)
}

/// What no output goes to, whatever its kind and whether there is such a file yet: git's own files,
/// and names in a dataset that the platform takes for its frames and metadata.
#[must_use]
pub fn place_of(path: &Path, target: Option<&Target>) -> Option<Standing> {
    // A pipe or a device is written to and holds nothing.
    if fs::metadata(path).is_ok_and(|facts| !facts.is_file() && !facts.is_dir()) {
        return None;
    }
    let path = resolved(path);
    if is_of_git(&path) {
        return Some(Standing::OfGit);
    }
    let name = path.file_name().unwrap_or_default();
    let is_of_dataset = name.eq_ignore_ascii_case(METADATA)
        || path
            .extension()
            .is_some_and(|ending| FRAMES.iter().any(|frame| ending.eq_ignore_ascii_case(frame)));
    (is_of_dataset && is_in_dataset(&path, target)).then_some(Standing::InTree)
}

/// Whether a file lies in the tree that is checked, as far as that is one on the disk, or in
/// another that has a metadata.json.
fn is_in_dataset(path: &Path, target: Option<&Target>) -> bool {
    let tree = target
        .and_then(|target| target.on_disk().ok())
        .and_then(|tree| fs::canonicalize(tree).ok());
    tree.is_some_and(|tree| path.starts_with(tree))
        || path
            .ancestors()
            .skip(1)
            .take(DATASET_DEPTH)
            .any(|folder| fs::metadata(folder.join(METADATA)).is_ok_and(|facts| facts.is_file()))
}

/// Whether a file lies in a `.git`, or in a folder that has what such a one has, as a bare
/// repository and one that `GIT_DIR` names.
fn is_of_git(path: &Path) -> bool {
    let is_git = |name: &OsStr| name.eq_ignore_ascii_case(".git");
    let is_repository = |folder: &Path| {
        folder.join("HEAD").is_file()
            && (folder.join("commondir").is_file()
                || (folder.join("objects").is_dir() && folder.join("refs").is_dir()))
    };
    path.iter().any(is_git) || path.ancestors().skip(1).any(is_repository)
}

/// Whether a file holds nothing, or what sensortree wrote.
fn is_report(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BEGINNING).read_to_end(&mut beginning));
    let Ok(text) = std::str::from_utf8(&beginning).or_else(|error| {
        // The last character may be cut off.
        std::str::from_utf8(beginning.get(..error.valid_up_to()).unwrap_or_default())
    }) else {
        return false;
    };
    let first = text.lines().next().unwrap_or_default();
    let names_rule =
        || rules::ALL.iter().any(|rule| first.contains(&format!("{} {}", rule.code, rule.name)));
    let marks = ["sensortree", "predicted answer", "\"predicted\"", "H106 unreadable"];
    read.is_ok()
        && (matches!(text.trim(), "" | "[]")
            || marks.iter().any(|mark| text.contains(mark))
            || names_rule())
}
