//! The listing for systems without a way of their own: one thread, and whatever the
//! standard library offers.

use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use sensortree_core::names::{self, METADATA};
use sensortree_core::tree::{Entry, EntryKind, Found, SelectedFile, Tree, TreeBuilder};
use sensortree_probe::{Format, Pointer, ProbeResult};

use super::visits::{Ancestors, Visit, Visits, may_enter, too_many_visits};
use super::{Links, Listing, cannot_open, may_lead_somewhere, read_metadata};
use crate::content::{Content, facts_of, look_into};
use crate::error::ScanError;
use crate::options::ScanOptions;
use crate::progress::Progress;
use crate::scan_errors::ScanErrors;

/// How many entries are listed between two looks at the progress.
const PART: u64 = 1024;

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

pub(super) fn list(
    path: &Path,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Listing, ScanError> {
    let root = path.canonicalize().map_err(|error| cannot_open(path, error))?;
    // What is wrong with the target is an error, and what is wrong below is a gap.
    fs::read_dir(&root).map_err(|error| cannot_open(path, error))?;
    let (visits, ancestors) = match options.links {
        Links::Refuse => (None, None),
        Links::Follow => {
            let target = identity(&root).map_err(|error| cannot_open(path, error))?;
            let (visits, ancestors) = Visits::new(target);
            (Some(visits), Some(ancestors))
        }
    };
    let mut walk = Walk {
        links: options.links,
        visits,
        looking: match options.content {
            Content::None => Looking::Never,
            _ if options.is_sampled() => Looking::Later,
            content => Looking::Now(content),
        },
        builder: options.builder(),
        errors: ScanErrors::default(),
        waiting: vec![Waiting { path: root.clone(), below: Vec::new(), above: None }],
        listed: 0,
    };
    walk.run(ancestors.as_ref(), progress);
    let Walk { builder, mut errors, .. } = walk;
    let mut tree = builder.finish();
    if options.is_sampled() && !progress.cancelled() {
        look_into_sample(&root, &mut tree, &mut errors, options, progress);
    }
    let metadata = read_metadata(open_metadata(&root, options.links), &mut errors);
    Ok(Listing { tree, errors, metadata })
}

struct Walk {
    links: Links,
    /// The folders that were entered, where links are followed.
    visits: Option<Visits<Identity>>,
    looking: Looking,
    builder: TreeBuilder,
    errors: ScanErrors,
    /// The folders that are still to be listed, the next one last.
    waiting: Vec<Waiting>,
    listed: u64,
}

/// A folder that is to be listed.
struct Waiting {
    path: PathBuf,
    /// Its path below the target, empty for the target itself.
    below: Vec<u8>,
    /// The folders that it lies in, where links are followed; `None` for the target.
    above: Option<Ancestors<Identity>>,
}

impl Walk {
    /// Lists the folders that wait, and those in them. Where links are followed, `target` is where
    /// the walk begins.
    fn run(&mut self, target: Option<&Ancestors<Identity>>, progress: &dyn Progress) {
        while let Some(folder) = self.waiting.pop() {
            let ancestors = match self.enter(&folder, target) {
                Entered::Yes(ancestors) => ancestors,
                Entered::No => continue,
                Entered::TooMany => {
                    self.errors.unread_folder_for(b"", too_many_visits());
                    break;
                }
            };
            if self.list_folder(&folder, ancestors.as_ref(), progress).is_err()
                || (!self.waiting.is_empty() && progress.cancelled())
            {
                self.errors.interrupted();
                break;
            }
        }
        progress.listed(self.listed % PART);
    }

    /// Adds a folder, and says whether it is to be listed.
    fn enter(&mut self, folder: &Waiting, target: Option<&Ancestors<Identity>>) -> Entered {
        let Waiting { path, below, above } = folder;
        if below.is_empty() {
            return Entered::Yes(target.cloned());
        }
        let visit = match self.visits.as_ref().zip(above.as_ref()) {
            None => None,
            Some((visits, above)) => match identity(path) {
                Ok(identity) => Some(visits.visit(identity, above)),
                // Listing it says what is wrong with it.
                Err(_) => None,
            },
        };
        match visit {
            Some(Visit::Cycle) => {
                self.builder.add(&Entry { path: below, kind: EntryKind::Link, size: None });
                Entered::No
            }
            Some(Visit::TooMany) => Entered::TooMany,
            Some(Visit::Enter(ancestors)) => Entered::Yes(Some(ancestors)),
            None => Entered::Yes(None),
        }
    }

    /// Lists one folder. Fails when `progress` ends the listing.
    fn list_folder(
        &mut self,
        folder: &Waiting,
        ancestors: Option<&Ancestors<Identity>>,
        progress: &dyn Progress,
    ) -> Result<(), Cancelled> {
        let inside: Vec<u8> = match folder.below.as_slice() {
            [] => Vec::new(),
            below => [below, b"/"].concat(),
        };
        let opened = fs::read_dir(&folder.path);
        let is_gone = opened.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        if !inside.is_empty() && !is_gone {
            self.builder.add(&Entry::folder(&folder.below));
        }
        let entries = match opened {
            Ok(entries) => entries,
            Err(error) => {
                self.errors.unread_folder(&inside, &error);
                return Ok(());
            }
        };
        for entry in entries {
            match entry {
                Ok(entry) => self.add(&entry, &inside, ancestors),
                Err(error) => {
                    self.errors.unread_folder(&inside, &error);
                    return Ok(());
                }
            }
            self.listed += 1;
            if self.listed.is_multiple_of(PART) {
                progress.listed(PART);
                if progress.cancelled() {
                    return Err(Cancelled);
                }
            }
        }
        Ok(())
    }

    /// Adds what lies in the folder `inside`, whose path ends in `/` or is empty.
    fn add(&mut self, entry: &DirEntry, inside: &[u8], ancestors: Option<&Ancestors<Identity>>) {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let path = [inside, name].concat();
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => return self.errors.unread_file(inside, name, &error),
        };
        if names::is_version_control_folder(name) {
            let end: &[u8] = if kind.is_dir() { b"/" } else { b"" };
            self.errors.skip([&*path, end].concat());
        } else if kind.is_dir() {
            self.wait_for(entry, path, ancestors);
        } else if kind.is_file() {
            self.add_file(entry, inside, name, entry.metadata());
        } else if kind.is_symlink() {
            self.add_link(entry, inside, name, ancestors);
        } else {
            self.builder.add(&Entry { path: &path, kind: EntryKind::Special, size: None });
        }
    }

    fn wait_for(
        &mut self,
        entry: &DirEntry,
        below: Vec<u8>,
        ancestors: Option<&Ancestors<Identity>>,
    ) {
        self.waiting.push(Waiting { path: entry.path(), below, above: ancestors.cloned() });
    }

    fn add_file(
        &mut self,
        entry: &DirEntry,
        inside: &[u8],
        name: &[u8],
        facts: io::Result<Metadata>,
    ) {
        let path = [inside, name].concat();
        let size = match facts {
            Ok(facts) => Some(facts.len()),
            Err(error) => {
                self.errors.unread_file(inside, name, &error);
                if error.kind() == io::ErrorKind::NotFound {
                    return;
                }
                None
            }
        };
        let format = self.builder.take(&Entry { path: &path, kind: EntryKind::File, size });
        if let (Some(format), Looking::Now(content)) = (format, self.looking) {
            match look_into_file(&entry.path(), format, content) {
                Ok(facts) => self.builder.hold(&path, facts),
                Err(error) => self.errors.unread_file(inside, name, &error),
            }
        }
    }

    /// Adds a link: as what it points at where links are followed, and else as a link. One that
    /// git-annex put in the place of a frame that was not fetched counts as that frame.
    fn add_link(
        &mut self,
        entry: &DirEntry,
        inside: &[u8],
        name: &[u8],
        ancestors: Option<&Ancestors<Identity>>,
    ) {
        let path = [inside, name].concat();
        let kind = match (fs::metadata(entry.path()), self.links) {
            (Ok(facts), Links::Follow) if facts.is_file() => {
                return self.add_file(entry, inside, name, Ok(facts));
            }
            (Ok(facts), Links::Follow) if facts.is_dir() => {
                if may_enter(inside) {
                    return self.wait_for(entry, path, ancestors);
                }
                EntryKind::Link
            }
            (Ok(_), Links::Follow) => EntryKind::Special,
            (Ok(_), Links::Refuse) => EntryKind::Link,
            (Err(error), links) if may_lead_somewhere(error.kind()) => {
                if links == Links::Follow {
                    self.errors.unread_file(inside, name, &error);
                }
                EntryKind::Link
            }
            (Err(_), _) => return self.add_dangling_link(entry, &path, name),
        };
        self.builder.add(&Entry { path: &path, kind, size: None });
    }

    fn add_dangling_link(&mut self, entry: &DirEntry, path: &[u8], name: &[u8]) {
        let is_frame = self.looking != Looking::Never && Format::of_name(name).is_some();
        let Some(target) = is_frame.then(|| annexed(&entry.path())).flatten() else {
            return self.builder.add(&Entry { path, kind: EntryKind::DanglingLink, size: None });
        };
        let format = self.builder.take(&Entry::file(path, target.len() as u64));
        if let (Some(format), Looking::Now(_)) = (format, self.looking) {
            self.builder.hold(path, facts_of(format, &target));
        }
    }
}

/// Whether a folder is to be listed.
enum Entered {
    /// It is; where links are followed, with it and the folders above it.
    Yes(Option<Ancestors<Identity>>),
    /// It lies in itself.
    No,
    /// The walk ends: too many folders were entered again.
    TooMany,
}

/// The user ended the listing.
struct Cancelled;

/// Looks into the frames that are chosen among all.
fn look_into_sample(
    root: &Path,
    tree: &mut Tree,
    errors: &mut ScanErrors,
    options: &ScanOptions,
    progress: &dyn Progress,
) {
    let mut found = Found::default();
    let picks: Vec<SelectedFile> = tree.picks(options.sample).collect();
    for (pick, looked) in picks.iter().zip(1..) {
        if progress.cancelled() {
            errors.interrupted();
            break;
        }
        let folder = tree.path(pick.folder);
        match look_into_file(
            &absolute(root, &[&*folder, &pick.name].concat()),
            pick.format,
            options.content,
        ) {
            Ok(facts) => found.add(pick, facts),
            Err(error) => errors.unread_file(&folder, &pick.name, &error),
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
