//! A folder as it is, given through FUSE, each answer late.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, Generation,
    INodeNo, LockOwner, MountOption, OpenFlags, ReplyAttr, ReplyData, ReplyDirectory, ReplyEntry,
    Request,
};

/// How long the system may rely on an answer.
const VALID: Duration = Duration::from_secs(60);

/// As many requests are answered at once as a server would.
const THREADS: usize = 64;

/// Mounts `tree` at `mount` until what is returned is dropped; each answer takes `late` at least.
pub(crate) fn mount(tree: PathBuf, mount: &Path, late: Duration) -> io::Result<BackgroundSession> {
    let known = Known { numbers: HashMap::from([(tree.clone(), 1)]), paths: vec![tree] };
    let mut config = Config::default();
    config.mount_options = vec![MountOption::RO, MountOption::FSName("slow".to_owned())];
    config.n_threads = Some(THREADS);
    config.clone_fd = true;
    fuser::spawn_mount(Slow { known: Mutex::new(known), late }, mount, &config)
}

struct Slow {
    known: Mutex<Known>,
    late: Duration,
}

/// The files that were asked for, by their numbers, which count from 1.
struct Known {
    numbers: HashMap<PathBuf, u64>,
    paths: Vec<PathBuf>,
}

impl Known {
    fn number(&mut self, path: PathBuf) -> INodeNo {
        let next = self.paths.len() as u64 + 1;
        let number = *self.numbers.entry(path.clone()).or_insert(next);
        if number == next {
            self.paths.push(path);
        }
        INodeNo(number)
    }
}

impl Slow {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, number: INodeNo) -> io::Result<PathBuf> {
        let at = usize::try_from(u64::from(number) - 1).map_err(io::Error::other)?;
        self.known().paths.get(at).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn facts(&self, path: PathBuf) -> io::Result<FileAttr> {
        let facts = fs::symlink_metadata(&path)?;
        Ok(attributes(self.known().number(path), &facts))
    }
}

fn kind(facts: &Metadata) -> FileType {
    if facts.is_dir() { FileType::Directory } else { FileType::RegularFile }
}

fn attributes(number: INodeNo, facts: &Metadata) -> FileAttr {
    FileAttr {
        ino: number,
        size: facts.len(),
        blocks: facts.blocks(),
        atime: SystemTime::UNIX_EPOCH,
        mtime: SystemTime::UNIX_EPOCH,
        ctime: SystemTime::UNIX_EPOCH,
        crtime: SystemTime::UNIX_EPOCH,
        kind: kind(facts),
        perm: if facts.is_dir() { 0o755 } else { 0o644 },
        nlink: 1,
        uid: facts.uid(),
        gid: facts.gid(),
        rdev: 0,
        blksize: 4_096,
        flags: 0,
    }
}

impl Filesystem for Slow {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        thread::sleep(self.late);
        match self.path(parent).and_then(|parent| self.facts(parent.join(name))) {
            Ok(facts) => reply.entry(&VALID, &facts, Generation(0)),
            Err(error) => reply.error(Errno::from(error)),
        }
    }

    fn getattr(&self, _: &Request, number: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        thread::sleep(self.late);
        match self.path(number).and_then(|path| self.facts(path)) {
            Ok(facts) => reply.attr(&VALID, &facts),
            Err(error) => reply.error(Errno::from(error)),
        }
    }

    fn read(
        &self,
        _: &Request,
        number: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        thread::sleep(self.late);
        let read = || -> io::Result<Vec<u8>> {
            let mut bytes = vec![0; usize::try_from(size).map_err(io::Error::other)?];
            let length = File::open(self.path(number)?)?.read_at(&mut bytes, offset)?;
            bytes.truncate(length);
            Ok(bytes)
        };
        match read() {
            Ok(bytes) => reply.data(&bytes),
            Err(error) => reply.error(Errno::from(error)),
        }
    }

    fn readdir(
        &self,
        _: &Request,
        number: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        thread::sleep(self.late);
        let read = || -> io::Result<Vec<PathBuf>> {
            let entries = fs::read_dir(self.path(number)?)?;
            let mut paths: Vec<PathBuf> =
                entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
            paths.sort_unstable();
            Ok(paths)
        };
        let paths = match read() {
            Ok(paths) => paths,
            Err(error) => return reply.error(Errno::from(error)),
        };
        for (path, next) in paths.into_iter().zip(1..).skip(usize::try_from(offset).unwrap_or(0)) {
            let (Some(name), Ok(facts)) = (path.file_name(), fs::symlink_metadata(&path)) else {
                continue;
            };
            let name = name.to_owned();
            if reply.add(self.known().number(path), next, kind(&facts), name) {
                break;
            }
        }
        reply.ok();
    }
}
