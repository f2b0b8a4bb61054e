//! The listing for systems without a way of their own, by what the standard library offers.
//!
//! Each folder is a task of its own, and so is each large part of a huge folder; every thread
//! builds a tree, and the trees are merged at the end.

use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::Scope;
use sensortree_core::names::{self, METADATA};
use sensortree_core::tree::{Entry, EntryKind, TreeBuilder};
use sensortree_probe::{Format, Pointer, ProbeResult};

use super::visits::{Ancestors, Visit, Visits, may_enter};
use super::{FolderContents, Walked, cannot_open, may_lead_somewhere};
use crate::content::{Content, facts_of, look_into};
use crate::error::ScanError;
use crate::links::Links;
use crate::sample;
use crate::scan_errors::ScanErrors;
use crate::source::{Contents, ListedTree, Run};
use crate::workers::Workers;

/// How many entries of one folder are asked for their sizes in one go. What a folder holds beyond
/// them can go to other threads.
const PART: usize = 1024;

/// The same where the headers of files are looked into, which takes longer.
const PROBED_PART: usize = 64;

/// The same where all of them is read: some megabytes each.
const WHOLE_PART: usize = 8;

/// What tells a folder from any other: its device and inode.
#[cfg(unix)]
type Identity = (u64, u64);

/// What tells a folder from any other: its path without links.
#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(unix)]
fn identity(folder: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(folder).map(|facts| (facts.dev(), facts.ino()))
}

#[cfg(not(unix))]
fn identity(folder: &Path) -> io::Result<Identity> {
    folder.canonicalize()
}

/// Lists the folder at `path` on so many threads.
pub(super) fn list<'r>(
    path: &'r Path,
    threads: usize,
    run: &'r Run<'r>,
) -> Result<(Walked, Box<dyn Contents + 'r>), ScanError> {
    let root = path.canonicalize().map_err(|error| cannot_open(path, error))?;
    // What is wrong with the target is an error, and what is wrong below is a gap.
    fs::read_dir(&root).map_err(|error| cannot_open(path, error))?;
    let (visits, ancestors) = Visits::where_followed(run.options().links, || {
        identity(&root).map_err(|error| cannot_open(path, error))
    })?;
    let walk = Walk {
        root: root.clone(),
        run,
        visits,
        workers: Workers::start(threads, || Worker::new(run))?,
        has_too_many_visits: AtomicBool::new(false),
        parts_waiting: AtomicUsize::new(0),
    };
    let target = Folder { path: root.clone(), inside: Vec::new(), ancestors };
    walk.workers.pool().scope(|scope| walk.read(scope, &Arc::new(target)));
    let counted = walk.workers.each().map(|mut worker| {
        let worker = std::mem::replace(&mut *worker, Worker::new(run));
        (worker.builder, worker.errors)
    });
    let has_too_many_visits = walk.has_too_many_visits.load(Ordering::Relaxed);
    let opened = open_metadata(&root, run.options().links);
    let walked = Walked::of(run, counted, has_too_many_visits, opened);
    let visit = move |listed: &mut ListedTree| walk.look_into_picked(listed);
    Ok((walked, Box::new(FolderContents { path, visit })))
}

/// A walk through a folder, and through what it found there.
pub(super) struct Walk<'w> {
    /// The target without links.
    root: PathBuf,
    run: &'w Run<'w>,
    /// The folders that were entered, where links are followed.
    visits: Option<Visits<Identity>>,
    workers: Workers<Worker>,
    has_too_many_visits: AtomicBool,
    parts_waiting: AtomicUsize,
}

/// What one thread has listed.
struct Worker {
    builder: TreeBuilder,
    errors: ScanErrors,
}

impl Worker {
    fn new(run: &Run<'_>) -> Self {
        Worker { builder: run.builder(), errors: ScanErrors::default() }
    }
}

/// A folder that is listed.
struct Folder {
    path: PathBuf,
    /// Its path below the target: empty for the target itself, and else with a `/` at its end.
    inside: Vec<u8>,
    /// The folder itself and those above it, where links are followed.
    ancestors: Option<Ancestors<Identity>>,
}

/// A folder that is to be listed.
struct Waiting {
    path: PathBuf,
    /// Its path below the target.
    below: Vec<u8>,
    /// The folders that it lies in, where links are followed.
    above: Option<Ancestors<Identity>>,
}

impl Walk<'_> {
    fn is_cancelled(&self) -> bool {
        self.run.is_cancelled() || self.has_too_many_visits.load(Ordering::Relaxed)
    }

    /// Lists a folder, in parts.
    fn read<'s>(&'s self, scope: &Scope<'s>, folder: &Arc<Folder>) {
        let opened = fs::read_dir(&folder.path);
        let is_gone = opened.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        if let Some(below) = folder.inside.strip_suffix(b"/").filter(|_| !is_gone) {
            self.workers.current().builder.add(&Entry::folder(below));
        }
        let entries = match opened {
            Ok(entries) => entries,
            Err(error) => {
                return self.workers.current().errors.unread_folder(&folder.inside, &error);
            }
        };
        let most = match self.run.content_while_listing() {
            Content::None => PART,
            Content::Headers => PROBED_PART,
            Content::Full => WHOLE_PART,
        };
        let mut part = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => part.push(entry),
                Err(error) => {
                    self.workers.current().errors.unread_folder(&folder.inside, &error);
                    break;
                }
            }
            if part.len() == most {
                let entries = std::mem::take(&mut part);
                self.share_or_add(scope, folder, entries);
                if self.is_cancelled() {
                    return;
                }
            }
        }
        self.add_all(scope, folder, part);
    }

    /// Leaves a part of a large folder to another thread, unless enough parts wait already.
    fn share_or_add<'s>(&'s self, scope: &Scope<'s>, folder: &Arc<Folder>, entries: Vec<DirEntry>) {
        let most = self.workers.count() - 1;
        if self.parts_waiting.fetch_add(1, Ordering::Relaxed) >= most {
            self.parts_waiting.fetch_sub(1, Ordering::Relaxed);
            return self.add_all(scope, folder, entries);
        }
        let folder = Arc::clone(folder);
        scope.spawn(move |scope| {
            self.parts_waiting.fetch_sub(1, Ordering::Relaxed);
            self.add_all(scope, &folder, entries);
        });
    }

    /// Adds what lies in a folder, and sets the folders among it to be listed.
    fn add_all<'s>(&'s self, scope: &Scope<'s>, folder: &Folder, entries: Vec<DirEntry>) {
        let listed = entries.len() as u64;
        let mut folders = Vec::new();
        {
            let mut worker = self.workers.current();
            for entry in &entries {
                self.add(entry, folder, &mut worker, &mut folders);
            }
        }
        drop(entries);
        self.run.progress().listed(listed);
        if !folders.is_empty() {
            scope.spawn(move |scope| self.enter_all(scope, folders));
        }
    }

    /// Lists the first of some folders, and offers the others in halves to whoever has nothing to
    /// do.
    fn enter_all<'s>(&'s self, scope: &Scope<'s>, mut folders: Vec<Waiting>) {
        if self.is_cancelled() {
            return;
        }
        while folders.len() > 1 {
            let others = folders.split_off(folders.len() / 2);
            scope.spawn(move |scope| self.enter_all(scope, others));
        }
        let Some(Waiting { path, below, above }) = folders.pop() else { return };
        let visit = match self.visits.as_ref().zip(above.as_ref()) {
            None => None,
            Some((visits, above)) => match identity(&path) {
                Ok(identity) => Some(visits.visit(identity, above)),
                // Listing it says what is wrong with it.
                Err(_) => None,
            },
        };
        let ancestors = match visit {
            Some(Visit::Cycle) => {
                let entry = Entry { path: &below, kind: EntryKind::Link, size: None };
                return self.workers.current().builder.add(&entry);
            }
            Some(Visit::TooMany) => return self.has_too_many_visits.store(true, Ordering::Relaxed),
            Some(Visit::Enter(ancestors)) => Some(ancestors),
            None => None,
        };
        let folder = Folder { path, inside: [&*below, b"/"].concat(), ancestors };
        self.read(scope, &Arc::new(folder));
    }

    /// Adds what lies in a folder: a folder to those that are to be listed, anything else to the
    /// tree.
    fn add(
        &self,
        entry: &DirEntry,
        folder: &Folder,
        worker: &mut Worker,
        folders: &mut Vec<Waiting>,
    ) {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let path = [&folder.inside, name].concat();
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => return worker.errors.unread_file(&folder.inside, name, &error),
        };
        let wait = |below| {
            let above = folder.ancestors.clone();
            Waiting { path: entry.path(), below, above }
        };
        if names::is_version_control_folder(name) {
            let end: &[u8] = if kind.is_dir() { b"/" } else { b"" };
            worker.errors.skip([&*path, end].concat());
        } else if kind.is_dir() {
            folders.push(wait(path));
        } else if kind.is_file() {
            self.add_file(entry, &folder.inside, name, entry.metadata(), worker);
        } else if kind.is_symlink() {
            if self.add_link(entry, &folder.inside, name, worker) == Link::ToAFolder {
                folders.push(wait(path));
            }
        } else {
            worker.builder.add(&Entry { path: &path, kind: EntryKind::Special, size: None });
        }
    }

    fn add_file(
        &self,
        entry: &DirEntry,
        inside: &[u8],
        name: &[u8],
        facts: io::Result<Metadata>,
        worker: &mut Worker,
    ) {
        let path = [inside, name].concat();
        let size = match facts {
            Ok(facts) => Some(facts.len()),
            Err(error) => {
                worker.errors.unread_file(inside, name, &error);
                if error.kind() == io::ErrorKind::NotFound {
                    return;
                }
                None
            }
        };
        let format = worker.builder.take(&Entry { path: &path, kind: EntryKind::File, size });
        if let Some(format) = format.filter(|_| self.run.looks_while_listing()) {
            match look_into_file(&entry.path(), format, self.run.options().content) {
                Ok(facts) => worker.builder.hold(&path, facts),
                Err(error) => worker.errors.unread_file(inside, name, &error),
            }
        }
    }

    /// Adds a link: as what it points at where links are followed, and else as a link. One that
    /// git-annex put in the place of a frame that was not fetched counts as that frame.
    fn add_link(&self, entry: &DirEntry, inside: &[u8], name: &[u8], worker: &mut Worker) -> Link {
        let path = [inside, name].concat();
        let kind = match (fs::metadata(entry.path()), self.run.options().links) {
            (Ok(facts), Links::Follow) if facts.is_file() => {
                self.add_file(entry, inside, name, Ok(facts), worker);
                return Link::Added;
            }
            (Ok(facts), Links::Follow) if facts.is_dir() => {
                if may_enter(inside) {
                    return Link::ToAFolder;
                }
                EntryKind::Link
            }
            (Ok(_), Links::Follow) => EntryKind::Special,
            (Ok(_), Links::Refuse) => EntryKind::Link,
            (Err(error), links) if may_lead_somewhere(error.kind()) => {
                if links == Links::Follow {
                    worker.errors.unread_file(inside, name, &error);
                }
                EntryKind::Link
            }
            (Err(_), _) => {
                self.add_dangling_link(entry, &path, name, worker);
                return Link::Added;
            }
        };
        worker.builder.add(&Entry { path: &path, kind, size: None });
        Link::Added
    }

    fn add_dangling_link(&self, entry: &DirEntry, path: &[u8], name: &[u8], worker: &mut Worker) {
        let is_frame =
            self.run.options().content != Content::None && Format::of_name(name).is_some();
        let Some(target) = is_frame.then(|| annexed(&entry.path())).flatten() else {
            let entry = Entry { path, kind: EntryKind::DanglingLink, size: None };
            return worker.builder.add(&entry);
        };
        let format = worker.builder.take(&Entry::file(path, target.len() as u64));
        if let Some(format) = format.filter(|_| self.run.looks_while_listing()) {
            worker.builder.hold(path, facts_of(format, &target));
        }
    }
}

impl Walk<'_> {
    /// Looks into the frames that were picked from what was listed.
    fn look_into_picked(&self, listed: &mut ListedTree) {
        let content = self.run.options().content;
        sample::look_into(self.run, self.workers.pool(), listed, |picks, found, errors| {
            let folder = absolute(&self.root, picks.path);
            for pick in picks.files {
                let path = folder.join(String::from_utf8_lossy(&pick.name).as_ref());
                match look_into_file(&path, pick.format, content) {
                    Ok(facts) => found.add(pick, facts),
                    Err(error) => errors.unread_file(picks.path, &pick.name, &error),
                }
            }
        });
    }
}

/// What became of a symbolic link.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    /// It was added as what it is or leads to.
    Added,
    /// It leads to a folder that is to be listed.
    ToAFolder,
}

/// Where a path below the target lies. A name that is no text is nobody's.
fn absolute(root: &Path, path: &[u8]) -> PathBuf {
    let names = path.split(|byte| *byte == b'/');
    root.join(names.map(String::from_utf8_lossy).map(|name| name.into_owned()).collect::<PathBuf>())
}

/// What a link says that leads to what git-annex has not fetched.
fn annexed(path: &Path) -> Option<Vec<u8>> {
    let target = path.read_link().ok()?.into_os_string().into_encoded_bytes();
    (Pointer::of(&target) == Some(Pointer::GitAnnex) && !path.exists()).then_some(target)
}

/// Looks into a file. Whoever puts a fifo in the place of one between being asked and being read
/// can block this.
fn look_into_file(path: &Path, format: Format, content: Content) -> io::Result<ProbeResult> {
    if let Some(target) = annexed(path) {
        return Ok(facts_of(format, &target));
    }
    let mut file = File::open(path)?;
    let Some(probe) = content.probe(format, file.metadata()?.len()) else {
        return Ok(ProbeResult::default());
    };
    look_into(probe, &mut Vec::new(), |room, offset| {
        file.seek(SeekFrom::Start(offset))?;
        file.read(room)
    })
}

fn open_metadata(root: &Path, links: Links) -> io::Result<Option<File>> {
    let path = root.join(METADATA);
    let facts = match links {
        Links::Refuse => path.symlink_metadata(),
        Links::Follow => path.metadata(),
    };
    match facts {
        Ok(facts) if facts.is_file() => File::open(path).map(Some),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        // A link that leads nowhere was listed as one.
        Err(error) if path.is_symlink() && !may_lead_somewhere(error.kind()) => Ok(None),
        Err(error) => Err(error),
    }
}
