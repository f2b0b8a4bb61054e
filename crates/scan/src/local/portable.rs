//! The listing for systems without a way of their own: one thread, and whatever the standard library offers.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use sensortree_core::Pick;
use sensortree_core::entry::{Entry, EntryKind};
use sensortree_core::layout::names::{self, METADATA};
use sensortree_core::probe::{Facts, Format, Pointer};
use sensortree_core::tree::{Found, Tree, TreeBuilder};
use walkdir::{DirEntry, WalkDir};

use super::{Listing, cannot_open, read_metadata};
use crate::content::{facts_of, look_into};
use crate::coverage::Gaps;
use crate::{Content, Progress, ScanError, ScanOptions};

/// How many entries are listed between two looks at the progress.
const PART: u64 = 1024;

pub(super) fn list(
    path: &Path,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Listing, ScanError> {
    let root = path.canonicalize().map_err(|error| cannot_open(path, error))?;
    // Walkdir takes a file for a tree of one; reading it as a folder says what is wrong with it.
    std::fs::read_dir(&root).map_err(|error| cannot_open(path, error))?;
    let looking = match options.content {
        Content::None => Looking::Never,
        _ if options.is_sampled() => Looking::Later,
        content => Looking::Now(content),
    };
    let mut builder = options.builder();
    let mut gaps = Gaps::default();
    let mut listed = 0;
    let mut walk = WalkDir::new(&root).min_depth(1).into_iter();
    while let Some(found) = walk.next() {
        let entry = match found {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().map_or_else(Vec::new, |path| relative(&root, path));
                gaps.unread_folder(&[&*path, b"/"].concat(), &io::Error::from(error));
                continue;
            }
        };
        let path = relative(&root, entry.path());
        let kind = entry.file_type();
        if names::is_version_control_folder(entry.file_name().as_encoded_bytes()) {
            let end: &[u8] = if kind.is_dir() { b"/" } else { b"" };
            gaps.skip([&*path, end].concat());
            if kind.is_dir() {
                walk.skip_current_dir();
            }
            continue;
        }
        add(&entry, &path, looking, &mut builder, &mut gaps);
        listed += 1;
        if listed % PART == 0 {
            progress.listed(PART);
            if progress.cancelled() {
                gaps.interrupted();
                break;
            }
        }
    }
    progress.listed(listed % PART);
    let mut tree = builder.finish();
    if options.is_sampled() && !progress.cancelled() {
        look_into_sample(&root, &mut tree, &mut gaps, options, progress);
    }
    let metadata = read_metadata(open_metadata(&root), &mut gaps);
    Ok(Listing { tree, gaps, metadata })
}

/// Looks into the frames that are chosen among all.
fn look_into_sample(
    root: &Path,
    tree: &mut Tree,
    gaps: &mut Gaps,
    options: &ScanOptions,
    progress: &dyn Progress,
) {
    let mut found = Found::default();
    let picks: Vec<Pick> = tree.picks(options.sample).collect();
    for (pick, looked) in picks.iter().zip(1..) {
        if progress.cancelled() {
            gaps.interrupted();
            break;
        }
        let folder = tree.path(pick.folder);
        match look_into_file(
            &absolute(root, &[&*folder, &pick.name].concat()),
            pick.format,
            options.content,
        ) {
            Ok(facts) => found.add(pick, facts),
            Err(error) => gaps.unread_file(&folder, &pick.name, &error),
        }
        progress.looked(looked, picks.len() as u64);
    }
    tree.hold(found);
}

/// What [`relative`] made a path of. A name that is no text is nobody's.
fn absolute(root: &Path, path: &[u8]) -> PathBuf {
    let names = path.split(|byte| *byte == b'/');
    root.join(names.map(String::from_utf8_lossy).map(|name| name.into_owned()).collect::<PathBuf>())
}

/// When files are looked into.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looking {
    Never,
    /// As they are listed.
    Now(Content),
    /// Once all are known of which some are chosen.
    Later,
}

fn add(
    entry: &DirEntry,
    path: &[u8],
    looking: Looking,
    builder: &mut TreeBuilder,
    gaps: &mut Gaps,
) {
    let kind = entry.file_type();
    if kind.is_dir() {
        builder.add(&Entry::folder(path));
    } else if kind.is_file() {
        let (folder, name) =
            path.split_at(path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1));
        let size = match entry.metadata() {
            Ok(facts) => Some(facts.len()),
            Err(error) => {
                let error = io::Error::from(error);
                gaps.unread_file(folder, name, &error);
                if error.kind() == io::ErrorKind::NotFound {
                    return;
                }
                None
            }
        };
        let format = builder.take(&Entry { path, kind: EntryKind::File, size });
        if let (Some(format), Looking::Now(content)) = (format, looking) {
            match look_into_file(entry.path(), format, content) {
                Ok(facts) => builder.hold(path, facts),
                Err(error) => gaps.unread_file(folder, name, &error),
            }
        }
    } else if kind.is_symlink() {
        add_link(entry, path, looking, builder);
    } else {
        builder.add(&Entry { path, kind: EntryKind::Special, size: None });
    }
}

/// Adds a link, which is named and not followed. One that git-annex put in the place of a frame that was not fetched counts
/// as that frame.
fn add_link(entry: &DirEntry, path: &[u8], looking: Looking, builder: &mut TreeBuilder) {
    let is_frame = looking != Looking::Never
        && Format::of_name(entry.file_name().as_encoded_bytes()).is_some();
    let Some(target) = is_frame.then(|| annexed(entry.path())).flatten() else {
        return builder.add(&Entry { path, kind: EntryKind::Link, size: None });
    };
    let format = builder.take(&Entry::file(path, target.len() as u64));
    if let (Some(format), Looking::Now(_)) = (format, looking) {
        builder.hold(path, facts_of(format, &target));
    }
}

/// What a link says that leads to what git-annex has not fetched.
fn annexed(path: &Path) -> Option<Vec<u8>> {
    let target = path.read_link().ok()?.into_os_string().into_encoded_bytes();
    (Pointer::of(&target) == Some(Pointer::GitAnnex) && !path.exists()).then_some(target)
}

/// Looks into a file. Whoever puts a fifo in the place of one between being asked and being read can block this.
fn look_into_file(path: &Path, format: Format, content: Content) -> io::Result<Facts> {
    if let Some(target) = annexed(path) {
        return Ok(facts_of(format, &target));
    }
    let mut file = File::open(path)?;
    let Some(probe) = content.probe(format, file.metadata()?.len()) else {
        return Ok(Facts::default());
    };
    look_into(probe, &mut Vec::new(), |room, offset| {
        file.seek(SeekFrom::Start(offset))?;
        file.read(room)
    })
}

/// The path below the target, with `/` between its names.
fn relative(root: &Path, path: &Path) -> Vec<u8> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let names: Vec<&[u8]> = below.iter().map(|name| name.as_encoded_bytes()).collect();
    names.join(&b'/')
}

fn open_metadata(root: &Path) -> io::Result<Option<File>> {
    let path = root.join(METADATA);
    match path.symlink_metadata() {
        Ok(facts) if facts.is_file() => File::open(path).map(Some),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
