//! [`Folder`]: one opened folder, in which names are looked at and renamed. A link on the way to it
//! is not followed, and another file system is not entered.

#[cfg(target_os = "linux")]
pub(super) use self::linux::Folder;
#[cfg(not(target_os = "linux"))]
pub(super) use self::portable::Folder;

/// What is known of a folder itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FolderFacts {
    pub(super) device: u64,
    pub(super) mode: u32,
    pub(super) seconds: i64,
    pub(super) nanoseconds: i64,
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, Read as _, Write as _};
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::fs::{
        Access, AtFlags, FileType, Mode, OFlags, RenameFlags, ResolveFlags, Timespec, Timestamps,
        accessat, fstat, mkdirat, openat, openat2, readlinkat, renameat_with, statat, syncfs,
        unlinkat, utimensat,
    };
    use rustix::io::Errno;

    use super::FolderFacts;

    const OPEN: OFlags =
        OFlags::DIRECTORY.union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW).union(OFlags::RDONLY);

    pub(in super::super) struct Folder {
        fd: OwnedFd,
    }

    impl Folder {
        /// The folder at a path of the system, which may lead through links.
        pub(in super::super) fn root(path: &Path) -> io::Result<Self> {
            let flags = OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::RDONLY;
            Ok(Folder { fd: rustix::fs::open(path, flags, Mode::empty())? })
        }

        /// The folder at a path below this one.
        pub(in super::super) fn open(&self, path: &[u8]) -> io::Result<Self> {
            let path: &[u8] = if path.is_empty() { b"." } else { path };
            let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
            match openat2(&self.fd, path, OPEN, Mode::empty(), resolve) {
                Ok(fd) => Ok(Folder { fd }),
                // Kernels before 5.6, and sandboxes that know no newer call.
                Err(Errno::NOSYS | Errno::PERM) => self.walk(path),
                Err(Errno::LOOP) => Err(io::Error::other("it is a link, which is not followed")),
                Err(Errno::XDEV) => Err(io::Error::other("it is on another file system")),
                Err(error) => Err(error.into()),
            }
        }

        fn walk(&self, path: &[u8]) -> io::Result<Self> {
            let device = fstat(&self.fd)?.st_dev;
            let mut fd = openat(&self.fd, ".", OPEN, Mode::empty())?;
            for name in path.split(|byte| *byte == b'/').filter(|name| *name != b".") {
                if name == b".." {
                    return Err(io::ErrorKind::InvalidInput.into());
                }
                fd = openat(&fd, name, OPEN, Mode::empty())?;
            }
            if fstat(&fd)?.st_dev != device {
                return Err(io::ErrorKind::CrossesDevices.into());
            }
            Ok(Folder { fd })
        }

        /// Gives `name` here the name `new_name` in `to`, where nothing may be.
        pub(in super::super) fn rename(
            &self,
            name: &[u8],
            to: &Folder,
            new_name: &[u8],
        ) -> io::Result<()> {
            match renameat_with(&self.fd, name, &to.fd, new_name, RenameFlags::NOREPLACE) {
                Ok(()) => Ok(()),
                // File systems that cannot refuse to replace: looked at before. Nothing else
                // works on the target, as far as locks can say.
                Err(Errno::INVAL | Errno::NOSYS) => {
                    if to.holds(new_name)? {
                        return Err(io::ErrorKind::AlreadyExists.into());
                    }
                    Ok(rustix::fs::renameat(&self.fd, name, &to.fd, new_name)?)
                }
                // On file systems that take upper and lower case for the same, the name is there
                // already, and is this one.
                Err(Errno::EXIST) if self.is_one(name, to, new_name) => {
                    let aside = [name, b".sensortree-case"].concat();
                    renameat_with(&self.fd, name, &to.fd, &*aside, RenameFlags::NOREPLACE)?;
                    renameat_with(&to.fd, &*aside, &to.fd, new_name, RenameFlags::NOREPLACE)
                        .inspect_err(|_| {
                            let back = RenameFlags::NOREPLACE;
                            let _ = renameat_with(&to.fd, &*aside, &self.fd, name, back);
                        })?;
                    Ok(())
                }
                Err(error) => Err(error.into()),
            }
        }

        /// Whether two names differ in case or form alone and lead to one file.
        fn is_one(&self, name: &[u8], to: &Folder, new_name: &[u8]) -> bool {
            let text = |name: &[u8]| String::from_utf8_lossy(name).to_lowercase();
            let facts = |folder: &Folder, name: &[u8]| {
                statat(&folder.fd, name, AtFlags::SYMLINK_NOFOLLOW)
                    .ok()
                    .map(|stat| (stat.st_dev, stat.st_ino, stat.st_nlink))
            };
            // Two hard links are two files here.
            text(name) == text(new_name)
                && facts(self, name).is_some_and(|one| {
                    Some(one) == facts(to, new_name)
                        && (one.2 == 1 || self.is_folder(name).unwrap_or(false))
                })
        }

        /// Whether something of this name is here, also a link that leads nowhere.
        pub(in super::super) fn holds(&self, name: &[u8]) -> io::Result<bool> {
            match statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(_) => Ok(true),
                Err(Errno::NOENT | Errno::NOTDIR) => Ok(false),
                Err(error) => Err(error.into()),
            }
        }

        pub(in super::super) fn is_folder(&self, name: &[u8]) -> io::Result<bool> {
            let stat = statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)?;
            Ok(FileType::from_raw_mode(stat.st_mode) == FileType::Directory)
        }

        /// Where a link of this name leads; `None` for what is no link.
        pub(in super::super) fn link(&self, name: &[u8]) -> io::Result<Option<Vec<u8>>> {
            match readlinkat(&self.fd, name, Vec::new()) {
                Ok(to) => Ok(Some(to.into_bytes())),
                Err(Errno::INVAL) => Ok(None),
                Err(error) => Err(error.into()),
            }
        }

        pub(in super::super) fn make(&self, path: &[u8]) -> io::Result<()> {
            Ok(mkdirat(&self.fd, path, Mode::from_raw_mode(0o777))?)
        }

        /// Removes a folder that nothing is in.
        pub(in super::super) fn remove_folder(&self, path: &[u8]) -> io::Result<()> {
            Ok(unlinkat(&self.fd, path, AtFlags::REMOVEDIR)?)
        }

        pub(in super::super) fn remove_file(&self, path: &[u8]) -> io::Result<()> {
            Ok(unlinkat(&self.fd, path, AtFlags::empty())?)
        }

        /// What a file holds; `None` for what is no file.
        pub(in super::super) fn read(&self, path: &[u8]) -> io::Result<Option<Vec<u8>>> {
            let stat = statat(&self.fd, path, AtFlags::SYMLINK_NOFOLLOW)?;
            if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
                return Ok(None);
            }
            let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
            let mut text = Vec::new();
            std::fs::File::from(openat(&self.fd, path, flags, Mode::empty())?)
                .read_to_end(&mut text)?;
            Ok(Some(text))
        }

        /// Writes a file whole, whatever was there, and waits until it is on the disk.
        pub(in super::super) fn write(
            &self,
            path: &[u8],
            text: &[u8],
            permissions: std::fs::Permissions,
        ) -> io::Result<()> {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC;
            let fd = openat(&self.fd, path, flags | OFlags::NOFOLLOW, Mode::from_raw_mode(0o666))?;
            let mut file = std::fs::File::from(fd);
            file.write_all(text)?;
            file.set_permissions(permissions)?;
            file.sync_all()
        }

        pub(in super::super) fn facts(&self) -> io::Result<FolderFacts> {
            let stat = fstat(&self.fd)?;
            Ok(FolderFacts {
                device: stat.st_dev,
                mode: stat.st_mode & 0o7777,
                seconds: stat.st_mtime,
                nanoseconds: i64::try_from(stat.st_mtime_nsec).unwrap_or(0),
            })
        }

        /// Fails unless names can be given and taken here.
        pub(in super::super) fn require_writable(&self) -> io::Result<()> {
            Ok(accessat(&self.fd, ".", Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?)
        }

        /// Gives the folder at a path back its mode and the time of its last change.
        pub(in super::super) fn restore(&self, path: &[u8], facts: FolderFacts) -> io::Result<()> {
            let folder = self.open(path)?;
            if folder.facts()?.mode != facts.mode {
                rustix::fs::fchmod(&folder.fd, Mode::from_raw_mode(facts.mode))?;
            }
            let omitted = Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_OMIT };
            let changed = Timespec { tv_sec: facts.seconds, tv_nsec: facts.nanoseconds };
            let times = Timestamps { last_access: omitted, last_modification: changed };
            Ok(utimensat(&folder.fd, ".", &times, AtFlags::empty())?)
        }

        /// Waits until everything that was renamed is on the disk.
        pub(in super::super) fn sync(&self) -> io::Result<()> {
            Ok(syncfs(&self.fd)?)
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod portable {
    use std::fs;
    use std::io;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use super::FolderFacts;

    pub(in super::super) struct Folder {
        path: PathBuf,
    }

    impl Folder {
        pub(in super::super) fn root(path: &Path) -> io::Result<Self> {
            let folder = Folder { path: path.canonicalize()? };
            if folder.path.is_dir() { Ok(folder) } else { Err(io::ErrorKind::NotADirectory.into()) }
        }

        pub(in super::super) fn open(&self, path: &[u8]) -> io::Result<Self> {
            let mut at = self.path.clone();
            for name in path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
                at.push(one_name(name)?);
                let facts = fs::symlink_metadata(&at)?;
                if !facts.is_dir() {
                    return Err(io::ErrorKind::NotADirectory.into());
                }
            }
            let folder = Folder { path: at };
            if folder.facts()?.device != self.facts()?.device {
                return Err(io::ErrorKind::CrossesDevices.into());
            }
            Ok(folder)
        }

        fn at(&self, path: &[u8]) -> io::Result<PathBuf> {
            path.split(|byte| *byte == b'/')
                .filter(|name| !name.is_empty())
                .try_fold(self.path.clone(), |at, name| Ok(at.join(one_name(name)?)))
        }

        pub(in super::super) fn rename(
            &self,
            name: &[u8],
            to: &Folder,
            new_name: &[u8],
        ) -> io::Result<()> {
            let (from, goal) = (self.at(name)?, to.at(new_name)?);
            let lower = |name: &[u8]| String::from_utf8_lossy(name).to_lowercase();
            // Where case does not matter, the name may be there already, and be this one.
            let is_one = self.path == to.path && lower(name) == lower(new_name);
            if !is_one && to.holds(new_name)? {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(from, goal)
        }

        pub(in super::super) fn holds(&self, name: &[u8]) -> io::Result<bool> {
            match fs::symlink_metadata(self.at(name)?) {
                Ok(_) => Ok(true),
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                    ) =>
                {
                    Ok(false)
                }
                Err(error) => Err(error),
            }
        }

        pub(in super::super) fn is_folder(&self, name: &[u8]) -> io::Result<bool> {
            Ok(fs::symlink_metadata(self.at(name)?)?.is_dir())
        }

        pub(in super::super) fn link(&self, name: &[u8]) -> io::Result<Option<Vec<u8>>> {
            let path = self.at(name)?;
            if !fs::symlink_metadata(&path)?.is_symlink() {
                return Ok(None);
            }
            Ok(Some(fs::read_link(path)?.as_os_str().as_encoded_bytes().to_vec()))
        }

        pub(in super::super) fn make(&self, path: &[u8]) -> io::Result<()> {
            fs::create_dir(self.at(path)?)
        }

        pub(in super::super) fn remove_folder(&self, path: &[u8]) -> io::Result<()> {
            fs::remove_dir(self.at(path)?)
        }

        pub(in super::super) fn remove_file(&self, path: &[u8]) -> io::Result<()> {
            fs::remove_file(self.at(path)?)
        }

        pub(in super::super) fn read(&self, path: &[u8]) -> io::Result<Option<Vec<u8>>> {
            let path = self.at(path)?;
            let is_file = fs::symlink_metadata(&path)?.is_file();
            is_file.then(|| fs::read(path)).transpose()
        }

        pub(in super::super) fn write(
            &self,
            path: &[u8],
            text: &[u8],
            permissions: fs::Permissions,
        ) -> io::Result<()> {
            let path = self.at(path)?;
            fs::write(&path, text)?;
            fs::File::options().write(true).open(&path)?.sync_all()?;
            fs::set_permissions(path, permissions)
        }

        pub(in super::super) fn facts(&self) -> io::Result<FolderFacts> {
            let facts = fs::metadata(&self.path)?;
            let changed = facts.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            #[cfg(unix)]
            let (device, mode) = {
                use std::os::unix::fs::MetadataExt as _;
                (facts.dev(), facts.mode() & 0o7777)
            };
            #[cfg(not(unix))]
            let (device, mode) = (0, 0);
            Ok(FolderFacts {
                device,
                mode,
                seconds: i64::try_from(changed.as_secs()).unwrap_or(0),
                nanoseconds: i64::from(changed.subsec_nanos()),
            })
        }

        pub(in super::super) fn require_writable(&self) -> io::Result<()> {
            let read_only = fs::metadata(&self.path)?.permissions().readonly() && cfg!(unix);
            if read_only { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(()) }
        }

        pub(in super::super) fn restore(&self, path: &[u8], facts: FolderFacts) -> io::Result<()> {
            let path = self.at(path)?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                fs::set_permissions(&path, fs::Permissions::from_mode(facts.mode))?;
            }
            let seconds = u64::try_from(facts.seconds).unwrap_or(0);
            let nanoseconds = u32::try_from(facts.nanoseconds).unwrap_or(0);
            let changed: SystemTime = UNIX_EPOCH + Duration::new(seconds, nanoseconds);
            // Other systems than Unix open no folders as files.
            if cfg!(unix) { fs::File::open(&path)?.set_modified(changed) } else { Ok(()) }
        }

        /// Nothing to be done: what other systems offer is for single files.
        pub(in super::super) fn sync(&self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A name of the tree as one of this system.
    fn one_name(name: &[u8]) -> io::Result<&Path> {
        let name = std::str::from_utf8(name).map_err(|_| io::ErrorKind::InvalidFilename)?;
        let path = Path::new(name);
        match path.components().next() {
            Some(std::path::Component::Normal(_)) if path.components().count() == 1 => Ok(path),
            _ => Err(io::ErrorKind::InvalidFilename.into()),
        }
    }
}
