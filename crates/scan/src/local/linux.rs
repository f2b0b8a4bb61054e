//! The listing as Linux gives it fastest: `getdents` into one large buffer, and one `fstatat` for
//! each file, relative to its folder.
//!
//! Each folder is a task of its own, and so is each large part of a huge folder; every thread
//! builds a tree, and the trees are merged at the end. Tasks wait newest first, so a thread goes
//! down before it goes on, and what waits stays small.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::Scope;
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir, fstat, openat, statat};
use rustix::io::Errno;
use sensortree_core::names::{self, METADATA};
use sensortree_core::tree::{Entry, EntryKind, Found, TreeBuilder};

use super::linux_folder::{Here, UNBLOCKED, is_file, opening};
use super::linux_names::Names;
use super::visits::{Ancestors, Visit, Visits};
use super::{FolderContents, Walked, cannot_open, may_lead_somewhere};
use crate::content::Content;
use crate::error::ScanError;
use crate::links::Links;
use crate::sample::{self, Picks};
use crate::scan_errors::ScanErrors;
use crate::source::{Contents, ListedTree, Run};
use crate::workers::Workers;

/// Room for some thousand names a system call.
const BUFFER: usize = 128 * 1024;

/// How many files of one folder are looked at in one go. What a folder holds beyond them can go
/// to other threads.
const PART: usize = 4096;

/// The same where their headers are looked into, which takes longer.
const PROBED_PART: usize = 256;

/// The same where all of them is read: some megabytes each.
const WHOLE_PART: usize = 8;

/// How many folders are kept open for the folders in them. Beyond, a folder is opened by its whole
/// path: slower, but no tree can use up the files a process may have open (256 on some systems).
const KEPT_OPEN: usize = 64;

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// The device and the inode of a folder.
type Identity = (u64, u64);

fn identity(folder: &OwnedFd) -> rustix::io::Result<Identity> {
    let stat = fstat(folder)?;
    Ok((stat.st_dev, stat.st_ino))
}

/// Lists the folder at `path` on so many threads.
pub(super) fn list<'r>(
    path: &'r Path,
    threads: usize,
    run: &'r Run<'r>,
) -> Result<(Walked, Box<dyn Contents + 'r>), ScanError> {
    let root = openat(CWD, path, FOLDER, Mode::empty())
        .map_err(|errno| cannot_open(path, errno.into()))?;
    let root = Arc::new(root);
    let (visits, ancestors) = Visits::where_followed(run.options().links, || {
        identity(&root).map_err(|errno| cannot_open(path, errno.into()))
    })?;
    let walk = Walk {
        root: Arc::clone(&root),
        run,
        visits,
        has_too_many_visits: AtomicBool::new(false),
        workers: Workers::start(threads, || Worker::new(run))?,
        kept_open: AtomicUsize::new(0),
        parts_waiting: AtomicUsize::new(0),
    };
    walk.workers.pool().scope(|scope| walk.read(scope, Vec::new(), root, ancestors));
    let counted = walk.workers.each().map(|mut worker| {
        let worker = std::mem::replace(&mut *worker, Worker::new(run));
        (worker.builder, worker.errors)
    });
    let has_too_many_visits = walk.has_too_many_visits.load(Ordering::Relaxed);
    let opened = open_metadata(&walk.root, run.options().links);
    let walked = Walked::of(run, counted, has_too_many_visits, opened);
    let visit = move |listed: &mut ListedTree| walk.look_into_picked(listed);
    Ok((walked, Box::new(FolderContents { path, visit })))
}

fn open_metadata(root: &OwnedFd, links: Links) -> io::Result<Option<File>> {
    let flags = match links {
        Links::Refuse => AtFlags::SYMLINK_NOFOLLOW,
        Links::Follow => AtFlags::empty(),
    };
    // To open a fifo or a device can have effects, so it is asked first what stands there.
    match statat(root, METADATA, flags) {
        Ok(stat) if is_file(&stat) => {
            let flags = opening(links, UNBLOCKED);
            Ok(Some(openat(root, METADATA, flags, Mode::empty())?.into()))
        }
        Ok(_) | Err(Errno::NOENT) => Ok(None),
        // A link that leads nowhere was listed as one.
        Err(errno) if is_link(root, METADATA) && !may_lead_somewhere(errno.kind()) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

fn is_link(folder: &OwnedFd, name: &str) -> bool {
    let stat = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW);
    stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink)
}

/// A walk through a folder, and through what it found there.
pub(super) struct Walk<'w> {
    root: Arc<OwnedFd>,
    run: &'w Run<'w>,
    /// The folders that were entered, where links are followed.
    visits: Option<Visits<Identity>>,
    has_too_many_visits: AtomicBool,
    workers: Workers<Worker>,
    kept_open: AtomicUsize,
    parts_waiting: AtomicUsize,
}

/// What one thread has listed, and its buffers.
struct Worker {
    builder: TreeBuilder,
    errors: ScanErrors,
    buffer: Vec<u8>,
    files: Names,
    /// What is read of a file that is looked into.
    stretch: Vec<u8>,
}

impl Worker {
    fn new(run: &Run<'_>) -> Self {
        Worker {
            builder: run.builder(),
            errors: ScanErrors::default(),
            buffer: Vec::with_capacity(BUFFER),
            files: Names::default(),
            stretch: Vec::new(),
        }
    }
}

/// The folders in one folder.
struct Children<'w> {
    /// The path of the folder that they lie in, as in [`Walk::read`].
    path: Vec<u8>,
    parent: Option<KeptOpen<'w>>,
    /// That folder and those above it, where links are followed.
    ancestors: Option<Ancestors<Identity>>,
    names: Names,
}

struct KeptOpen<'w> {
    folder: Arc<OwnedFd>,
    kept_open: &'w AtomicUsize,
}

impl Drop for KeptOpen<'_> {
    fn drop(&mut self) {
        self.kept_open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<'w> Walk<'w> {
    /// Looks into some frames of one folder.
    fn look_into_picks(&self, picks: &Picks<'_>, found: &mut Found, errors: &mut ScanErrors) {
        let folder = match picks.path.strip_suffix(b"/") {
            Some(path) => self.open_path(path),
            None => self.root.try_clone().map_err(|_| Errno::MFILE),
        };
        let folder = match folder {
            Ok(folder) => folder,
            Err(errno) => return errors.unread_folder(picks.path, &errno.into()),
        };
        let here = self.here(&folder, picks.path);
        let mut stretch = Vec::new();
        for pick in picks.files {
            let name = CString::new(pick.name.as_slice()).map_err(io::Error::from);
            match name.and_then(|name| here.look_into(&name, pick.format, &mut stretch)) {
                Ok(facts) => found.add(pick, facts),
                Err(error) => errors.unread_file(picks.path, &pick.name, &error),
            }
        }
    }

    fn here<'h>(&'h self, folder: &'h OwnedFd, path: &'h [u8]) -> Here<'h> {
        Here { folder, path, run: self.run }
    }

    fn is_cancelled(&self) -> bool {
        self.run.is_cancelled() || self.has_too_many_visits.load(Ordering::Relaxed)
    }

    /// Lists an open folder. Its path is empty for the target and else ends in `/`. Where links are
    /// followed, `ancestors` are the folder itself and those above it.
    fn read<'s>(
        &'s self,
        scope: &Scope<'s>,
        path: Vec<u8>,
        folder: Arc<OwnedFd>,
        ancestors: Option<Ancestors<Identity>>,
    ) {
        let mut worker = self.workers.current();
        let Worker { builder, errors, buffer, files, stretch } = &mut *worker;
        let here = self.here(&folder, &path);
        let mut inside = builder.enter(path.strip_suffix(b"/").unwrap_or_default());
        let mut folders = Names::default();
        let mut listed = 0;
        let part = match self.run.content_while_listing() {
            Content::None => PART,
            Content::Headers => PROBED_PART,
            Content::Full => WHOLE_PART,
        };
        let mut names = RawDir::new(&*folder, buffer.spare_capacity_mut());
        while let Some(entry) = names.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(errno) => {
                    errors.unread_folder(&path, &errno.into());
                    break;
                }
            };
            let name = entry.file_name();
            match (name.to_bytes(), entry.file_type()) {
                (b"." | b"..", _) => continue,
                (bytes @ [b'.', ..], kind) if names::is_version_control_folder(bytes) => {
                    let end: &[u8] = if kind == FileType::Directory { b"/" } else { b"" };
                    errors.skip([&path, bytes, end].concat());
                    continue;
                }
                (_, FileType::Directory) => folders.push(name),
                // Where a link leads is asked with the same care as what a file is.
                (_, kind @ (FileType::RegularFile | FileType::Symlink | FileType::Unknown)) => {
                    files.push_of(name, kind == FileType::RegularFile);
                }
                (bytes, _) => inside.add(bytes, EntryKind::Special, None),
            }
            listed += 1;
            if files.len() == part {
                if !self.share(scope, &path, &folder, &ancestors, files) {
                    here.look(files, &mut inside, errors, &mut folders, stretch);
                }
                files.clear();
                self.run.progress().listed(listed);
                listed = 0;
                if self.is_cancelled() {
                    return;
                }
            }
        }
        here.look(files, &mut inside, errors, &mut folders, stretch);
        files.clear();
        drop(worker);
        self.run.progress().listed(listed);
        self.descend(scope, path, folder, ancestors, folders);
    }

    /// Leaves a part of a huge folder to another thread, unless enough parts wait already.
    fn share<'s>(
        &'s self,
        scope: &Scope<'s>,
        path: &[u8],
        folder: &Arc<OwnedFd>,
        ancestors: &Option<Ancestors<Identity>>,
        files: &mut Names,
    ) -> bool {
        let most = self.workers.count() - 1;
        if self.parts_waiting.fetch_add(1, Ordering::Relaxed) >= most {
            self.parts_waiting.fetch_sub(1, Ordering::Relaxed);
            return false;
        }
        let (path, folder, files) = (path.to_vec(), Arc::clone(folder), std::mem::take(files));
        let ancestors = ancestors.clone();
        scope.spawn(move |scope| {
            self.parts_waiting.fetch_sub(1, Ordering::Relaxed);
            let mut folders = Names::default();
            let mut worker = self.workers.current();
            let Worker { builder, errors, stretch, .. } = &mut *worker;
            let mut inside = builder.enter(path.strip_suffix(b"/").unwrap_or_default());
            let here = self.here(&folder, &path);
            here.look(&files, &mut inside, errors, &mut folders, stretch);
            drop(worker);
            self.descend(scope, path, folder, ancestors, folders);
        });
        true
    }

    /// Sets the folders in a folder to be read.
    fn descend<'s>(
        &'s self,
        scope: &Scope<'s>,
        path: Vec<u8>,
        folder: Arc<OwnedFd>,
        ancestors: Option<Ancestors<Identity>>,
        names: Names,
    ) {
        if names.len() == 0 {
            return;
        }
        let parent = KeptOpen { folder, kept_open: &self.kept_open };
        let is_kept = self.kept_open.fetch_add(1, Ordering::Relaxed) < KEPT_OPEN;
        let all = 0..names.len();
        let parent = is_kept.then_some(parent);
        let children = Arc::new(Children { path, parent, ancestors, names });
        scope.spawn(move |scope| self.read_children(scope, children, all));
    }

    /// Reads the first of some folders, and offers the others in halves to whoever has
    /// nothing to do.
    fn read_children<'s>(
        &'s self,
        scope: &Scope<'s>,
        children: Arc<Children<'s>>,
        mut some: Range<usize>,
    ) {
        if self.is_cancelled() {
            return;
        }
        while some.len() > 1 {
            let middle = some.start + some.len() / 2;
            let (others, right) = (Arc::clone(&children), middle..some.end);
            scope.spawn(move |scope| self.read_children(scope, others, right));
            some.end = middle;
        }
        let name = children.names.get(some.start);
        let mut path = [&children.path, name.to_bytes()].concat();
        let opened = match &children.parent {
            Some(parent) => {
                let flags = opening(self.run.options().links, FOLDER);
                openat(&*parent.folder, name, flags, Mode::empty())
            }
            None => self.open_path(&path),
        };
        let above = children.ancestors.clone();
        drop(children);
        let visited = opened.and_then(|folder| Ok((self.visit(&folder, above)?, folder)));
        {
            let mut worker = self.workers.current();
            match visited {
                Ok((Some(Visit::Cycle), _)) => {
                    let entry = Entry { path: &path, kind: EntryKind::Link, size: None };
                    return worker.builder.add(&entry);
                }
                Ok((Some(Visit::TooMany), _)) => {
                    return self.has_too_many_visits.store(true, Ordering::Relaxed);
                }
                Err(Errno::NOENT) => {}
                _ => worker.builder.add(&Entry::folder(&path)),
            }
            path.push(b'/');
            if let Err(errno) = visited {
                worker.errors.unread_folder(&path, &errno.into());
            }
        }
        match visited {
            Ok((Some(Visit::Enter(ancestors)), folder)) => {
                self.read(scope, path, Arc::new(folder), Some(ancestors));
            }
            Ok((_, folder)) => self.read(scope, path, Arc::new(folder), None),
            Err(_) => {}
        }
    }

    /// What is to be done with a folder that lies in the last of `above`; `None` where no links are
    /// followed, so that each folder is entered once.
    fn visit(
        &self,
        folder: &OwnedFd,
        above: Option<Ancestors<Identity>>,
    ) -> rustix::io::Result<Option<Visit<Identity>>> {
        let Some((visits, above)) = self.visits.as_ref().zip(above) else { return Ok(None) };
        Ok(Some(visits.visit(identity(folder)?, &above)))
    }

    /// Opens a folder step by step from the target, so that a long path does not matter, nor a link
    /// that came in between where none are followed.
    fn open_path(&self, path: &[u8]) -> rustix::io::Result<OwnedFd> {
        let last = opening(self.run.options().links, FOLDER);
        let step = last.union(OFlags::PATH).difference(OFlags::RDONLY);
        let (above, name) = match path.iter().rposition(|byte| *byte == b'/') {
            Some(at) => (&path[..at], &path[at + 1..]),
            None => (&path[..0], path),
        };
        let mut folder: Option<OwnedFd> = None;
        for segment in above.split(|byte| *byte == b'/').filter(|segment| !segment.is_empty()) {
            let parent = folder.as_ref().map_or_else(|| self.root.as_fd(), OwnedFd::as_fd);
            folder = Some(openat(parent, segment, step, Mode::empty())?);
        }
        let parent = folder.as_ref().map_or_else(|| self.root.as_fd(), OwnedFd::as_fd);
        openat(parent, name, last, Mode::empty())
    }
}

impl Walk<'_> {
    /// Looks into the frames that were picked from what was listed.
    fn look_into_picked(&self, listed: &mut ListedTree) {
        sample::look_into(self.run, self.workers.pool(), listed, |picks, found, errors| {
            self.look_into_picks(picks, found, errors);
        });
    }
}
