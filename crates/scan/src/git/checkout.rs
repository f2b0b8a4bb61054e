//! Sizes that the index has itself: those of the files in the work tree.
//!
//! Git notes for each entry how large its file was when it last held what the object holds, to see
//! later whether it was touched. That takes no look at the object, and for a Git LFS pointer it is
//! the size of what the pointer stands for. But it is not always the object's size:
//!
//! - zero is no size: nothing is known of what was never checked out, of an entry that git means to
//!   look at again, and of one that is only intended to be added;
//! - it is only the rest of a division by 2³²;
//! - line ends, encodings and filters change a file on its way, by settings and attributes that
//!   were in force then and need not be now;
//! - a file that changed at the very moment at which the index was written may have been noted
//!   wrongly, and of one that git was told not to look at it is not known what was noted when;
//! - a pointer that was not replaced by its data has the size of its text.
//!
//! So it is taken for frames only, where nothing is set that changes them on their way, and where
//! some of their neighbours, looked up as all others are, have the sizes that the index has. The
//! object must be there, too.
//!
//! It can still be fooled: by an attribute that changed single frames and is gone, or by a frame of
//! more than 4 GiB among small ones. That makes the sum of sizes wrong, and no answer: a frame is
//! empty where its object is, which is known by its name, or where the index has no size.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use gix::index::entry::{Flags, Mode, Stage};
use gix::index::{Entry, File};
use gix::{Repository, oid};
use rayon::prelude::*;
use sensortree_core::names::{Media, Suffix};
use sensortree_probe::LfsPointer;

use super::blobs::Blobs;
use super::index::split;

/// Frames are compared with their neighbours within so many entries, counted from the index's
/// first, so that no number of threads changes which they are.
pub(super) const BLOCK: usize = 4_096;

/// A smaller group of frames is looked up as it is.
const SMALLEST_GROUP: usize = 16;

/// So many frames of a group are looked up: the first, as what was there before the others may
/// differ from them, and the last, as what was added to them may.
const SAMPLES: usize = 2;

/// A frame of this many bytes and more is looked up, and with it all of its group. Of sizes beyond
/// 4 GiB few come out smaller.
const LARGE: u32 = 256 << 20;

/// A longer file of attributes is not read.
const MOST_ATTRIBUTES: u64 = 1 << 20;

/// More files of attributes than these are not read.
const MOST_FILES: usize = 1_000;

/// The attributes by which git changes files on their way.
const CHANGING: [&[u8]; 6] =
    [b"text", b"crlf", b"eol", b"ident", b"filter", b"working-tree-encoding"];

/// The work tree as an index knows it.
pub(super) struct Checkout {
    /// When the index was written: seconds, and nanoseconds.
    written: (i64, u32),
}

/// Frames of one block that are alike.
struct Group<'g> {
    /// The folder above theirs: most often the sensor's.
    above: &'g [u8],
    suffix: Suffix,
    /// Whether that is one of frames.
    holds_frames: bool,
    /// The places of those whose sizes the index has.
    frames: Vec<usize>,
    /// Whether one of them is large.
    has_large: bool,
}

impl Checkout {
    /// `None` where something is set that changes frames on their way, or may be.
    pub(super) fn of(
        repository: &Repository,
        file: &File,
        pool: &rayon::ThreadPool,
    ) -> Option<Self> {
        let is_changed = is_changed_by_settings(repository)
            || attribute_files(repository).iter().any(|path| is_changed_by_file(path))
            || is_changed_by_tracked_files(repository, file, pool);
        let written = file.timestamp();
        let written = (written.unix_seconds(), written.nanoseconds());
        (!is_changed).then_some(Checkout { written })
    }

    /// The sizes of frames among the entries of a part of the index; `None` for those that are to
    /// be looked up, and for all that are not wanted. The part has to begin and end where blocks
    /// do, or where the folder does that is listed.
    pub(super) fn sizes(
        &self,
        file: &File,
        part: Range<usize>,
        is_wanted: impl Fn(usize) -> bool,
        blobs: &mut Blobs,
    ) -> Vec<Option<u64>> {
        let mut sizes = vec![None; part.len()];
        let mut groups = Vec::new();
        let mut start = part.start;
        while start < part.end {
            let end = part.end.min((start / BLOCK + 1) * BLOCK);
            groups.extend(self.groups(file, start..end, &is_wanted));
            start = end;
        }
        let sampled: Vec<usize> = groups.iter().flat_map(|group| samples(group)).collect();
        let ids = |places: &[usize]| -> Vec<&oid> {
            places.iter().map(|at| &*file.entry(*at).id).collect()
        };
        let mut looked_up = blobs.sizes(&ids(&sampled)).into_iter();
        groups.retain(|group| {
            let sizes: Vec<_> = looked_up.by_ref().take(SAMPLES).collect();
            samples(group).zip(sizes).all(|(at, size)| {
                let entry = file.entry(at);
                let size = size.or_else(|| blobs.size(&entry.id).ok());
                size.is_some() && size == self.size(entry)
            })
        });
        let known: Vec<usize> = groups.into_iter().flatten().collect();
        let are_there = blobs.are_there(&ids(&known));
        for (at, is_there) in known.into_iter().zip(are_there) {
            if let Some(size) = sizes.get_mut(at - part.start).filter(|_| is_there) {
                *size = self.size(file.entry(at));
            }
        }
        sizes
    }

    /// The frames of a block whose sizes the index has, those of one suffix and of folders beside
    /// one another together.
    fn groups(
        &self,
        file: &File,
        block: Range<usize>,
        is_wanted: &impl Fn(usize) -> bool,
    ) -> Vec<Vec<usize>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut places = HashMap::new();
        let mut last = 0;
        for at in block.filter(|at| is_wanted(*at)) {
            let entry = file.entry(at);
            let (folder, name) = split(entry.path(file));
            let (above, _) = split(folder.strip_suffix(b"/").unwrap_or(folder));
            let suffix = Suffix::of(name);
            // Most often it is the one of the entry before.
            if groups.get(last).is_none_or(|group| (group.above, group.suffix) != (above, suffix)) {
                last = *places.entry((above, suffix)).or_insert(groups.len());
                if last == groups.len() {
                    let holds_frames = suffix.media() != Media::Other;
                    let frames = Vec::new();
                    groups.push(Group { above, suffix, holds_frames, frames, has_large: false });
                }
            }
            if let Some(group) = groups.get_mut(last).filter(|group| group.holds_frames) {
                group.has_large |= entry.stat.size >= LARGE;
                group.frames.extend(self.size(entry).map(|_| at));
            }
        }
        groups.retain(|group| !group.has_large && group.frames.len() >= SMALLEST_GROUP);
        groups.into_iter().map(|group| group.frames).collect()
    }

    /// The size that the index has of an entry's file; `None` where it has none, or one that says
    /// nothing.
    fn size(&self, entry: &Entry) -> Option<u64> {
        let unobserved = Flags::ASSUME_VALID | Flags::SKIP_WORKTREE | Flags::INTENT_TO_ADD;
        let size = u64::from(entry.stat.size);
        let is_known = size > 0
            && !LfsPointer::BYTES.contains(&size)
            && matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE)
            && entry.stage() == Stage::Unconflicted
            && !entry.id.is_empty_blob()
            && !entry.flags.intersects(unobserved)
            && !self.is_racy(entry);
        is_known.then_some(size)
    }

    /// Whether the file was written when the index was, or later. A file system, or a program that
    /// copies files, may know no parts of a second.
    fn is_racy(&self, entry: &Entry) -> bool {
        let (seconds, nanoseconds) = self.written;
        let file = entry.stat.mtime;
        let knows_parts = nanoseconds != 0 && file.nsecs != 0;
        let at = i64::from(file.secs);
        at > seconds || at == seconds && !(knows_parts && file.nsecs < nanoseconds)
    }
}

/// Some of a group's entries, from the first to the last of them.
fn samples(group: &[usize]) -> impl Iterator<Item = usize> {
    let last = group.len().saturating_sub(1);
    (0..SAMPLES).filter_map(move |sample| group.get(sample * last / (SAMPLES - 1)).copied())
}

/// Whether a setting changes files on their way.
fn is_changed_by_settings(repository: &Repository) -> bool {
    let settings = repository.config_snapshot();
    // It is neither on nor off where it is `input`.
    let turns_line_ends = !matches!(settings.try_boolean("core.autocrlf"), Ok(None | Some(false)));
    // An extension of Git LFS changes the data before their size is taken.
    let mut of_lfs = settings.plumbing().sections_by_name("lfs").into_iter().flatten();
    let is_extension = |name: &[u8]| name.starts_with(b"extension.");
    turns_line_ends
        || of_lfs
            .any(|section| section.header().subsection_name().is_some_and(|it| is_extension(it)))
}

/// The files in which attributes stand beside those that are tracked.
fn attribute_files(repository: &Repository) -> Vec<PathBuf> {
    let settings = repository.config_snapshot();
    let of_user = match settings.trusted_path("core.attributesFile") {
        Ok(None) => gix::path::env::xdg_config("attributes", &mut |name| std::env::var_os(name)),
        Ok(path) => path,
        // One that leads nowhere.
        Err(_) => None,
    };
    let in_work_tree = repository.workdir().map(|top| top.join(ATTRIBUTES));
    let of_system = PathBuf::from("/etc/gitattributes");
    let of_repository = repository.common_dir().join("info").join("attributes");
    [Some(of_repository), of_user, in_work_tree, Some(of_system)].into_iter().flatten().collect()
}

/// The name of a file with attributes of the files beside and below it.
const ATTRIBUTES: &str = ".gitattributes";

/// Whether the attributes in a file change frames; also where it cannot be read.
fn is_changed_by_file(path: &Path) -> bool {
    let read = || -> io::Result<Vec<u8>> {
        // To open a fifo or a device can have effects.
        if !fs::metadata(path)?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut text = Vec::new();
        fs::File::open(path)?.take(MOST_ATTRIBUTES + 1).read_to_end(&mut text)?;
        Ok(text)
    };
    match read() {
        Ok(text) => text.len() as u64 > MOST_ATTRIBUTES || change_frames(&text),
        Err(error) => {
            !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
        }
    }
}

/// The same of all such files in the index, as they are staged and as they stand in the work tree.
fn is_changed_by_tracked_files(
    repository: &Repository,
    file: &File,
    pool: &rayon::ThreadPool,
) -> bool {
    let is_tracked = |entry: &&Entry| {
        let path: &[u8] = entry.path(file);
        path.strip_suffix(ATTRIBUTES.as_bytes())
            .is_some_and(|above| above.is_empty() || above.ends_with(b"/"))
    };
    let tracked: Vec<&Entry> =
        pool.install(|| file.entries().par_iter().filter(is_tracked).collect());
    for (count, entry) in tracked.into_iter().enumerate() {
        if count >= MOST_FILES || !matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE) {
            return true;
        }
        let is_small =
            repository.find_header(entry.id).is_ok_and(|header| header.size() <= MOST_ATTRIBUTES);
        let staged = is_small.then(|| repository.find_object(entry.id).ok()).flatten();
        if staged.is_none_or(|staged| change_frames(&staged.data)) {
            return true;
        }
        let path = gix::path::from_bstr(entry.path(file)).ok();
        if let Some(top) = repository.workdir()
            && path.is_none_or(|path| is_changed_by_file(&top.join(path)))
        {
            return true;
        }
    }
    false
}

/// Whether attributes in this text change frames on their way. `filter=lfs` is none of them, as a
/// pointer counts as the file that it stands for.
fn change_frames(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').any(|line| {
        let mut words =
            line.split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty());
        let Some(pattern) = words.next().filter(|word| !word.starts_with(b"#")) else {
            return false;
        };
        let is_changing = |word: &[u8]| {
            let name = word.split(|byte| *byte == b'=').next().unwrap_or_default();
            CHANGING.contains(&name) && word != b"filter=lfs"
        };
        !spares_frames(pattern) && words.any(is_changing)
    })
}

/// Whether a pattern is that of all files of a suffix which frames do not have.
fn spares_frames(pattern: &[u8]) -> bool {
    let name = pattern.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let suffix = Suffix::of(name);
    name.starts_with(b"*.") && !suffix.as_str().is_empty() && suffix.media() == Media::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_that_change_frames_are_known() {
        let check = |text: &str, expected: bool| {
            assert_eq!(change_frames(text.as_bytes()), expected, "{text:?}");
        };
        for spared in [
            "",
            "\n# * text=auto\n",
            "*.pcd filter=lfs diff=lfs merge=lfs -text\n*.jpg binary\n",
            "*.md text=auto\r\ndocs/*.json text eol=lf\n",
            "* -text -ident !filter -crlf",
            "*.pcd diff=text merge=union whitespace=cr-at-eol",
        ] {
            check(spared, false);
        }
        for changed in [
            "* text=auto",
            "*.pcd text",
            "*.PCD eol=crlf",
            "* crlf=input\n",
            "a/** ident",
            "*.md text\n*.jpg filter=annex",
            "*.pcd filter",
            "*.pcd filter=lfs2",
            "*.bin working-tree-encoding=UTF-16",
            "\t* \ttext\t",
            "[attr]lines text",
            "*.pcd.bin text",
            "*.[jp]* text",
            "* text\r",
            "lidar-top/*.p?d -diff text",
            "\"a b\" text",
        ] {
            check(changed, true);
        }
    }

    #[test]
    fn both_ends_of_a_group_are_looked_up() {
        let all =
            |length: usize| samples(&(100..100 + length).collect::<Vec<_>>()).collect::<Vec<_>>();
        assert_eq!(all(16), [100, 115]);
        assert_eq!(all(4_096), [100, 4_195]);
        assert_eq!(all(1), [100; SAMPLES]);
        assert!(all(0).is_empty());
    }

    #[test]
    fn a_file_of_the_moment_at_which_the_index_was_written_is_not_believed() {
        let racy = |written: (i64, u32), secs: u32, nsecs: u32| {
            let stat = gix::index::entry::Stat {
                mtime: gix::index::entry::stat::Time { secs, nsecs },
                ..Default::default()
            };
            let id = gix::ObjectId::null(gix::hash::Kind::Sha1);
            let mut state = gix::index::State::new(gix::hash::Kind::Sha1);
            state.dangerously_push_entry(stat, id, Flags::empty(), Mode::FILE, b"1.pcd".into());
            Checkout { written }.is_racy(state.entry(0))
        };
        assert!(!racy((100, 5), 99, 7));
        assert!(racy((100, 5), 100, 5));
        assert!(racy((100, 5), 100, 6));
        assert!(!racy((100, 5), 100, 4));
        assert!(racy((100, 5), 101, 0));
        // Where one of the two has no parts of a second.
        assert!(racy((100, 5), 100, 0));
        assert!(racy((100, 0), 100, 4));
    }
}
