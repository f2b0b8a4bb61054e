//! What lies in one open folder: the sizes of its files, where its links lead, and what
//! its frames hold.

use std::ffi::CStr;
use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, SeekFrom, Stat, fstat, openat, readlinkat, seek, statat,
};
use rustix::io::{Errno, pread};
use sensortree_core::tree::{EntryKind, FolderWriter};
use sensortree_probe::{Format, HEAD, Pointer, ProbeResult};

use super::linux_names::Names;
use super::may_lead_somewhere;
use super::visits::may_enter;
use crate::content::{Content, facts_of, look_into, look_on};
use crate::links::Links;
use crate::scan_errors::ScanErrors;
use crate::source::Run;

/// How a file is opened to be read.
pub(super) const UNBLOCKED: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// How what lies in a folder is opened.
pub(super) fn opening(links: Links, flags: OFlags) -> OFlags {
    match links {
        Links::Refuse => flags.union(OFlags::NOFOLLOW),
        Links::Follow => flags,
    }
}

/// A folder whose files are looked at.
pub(super) struct Here<'h> {
    pub(super) folder: &'h OwnedFd,
    pub(super) path: &'h [u8],
    pub(super) run: &'h Run<'h>,
}

impl Here<'_> {
    fn links(&self) -> Links {
        self.run.options().links
    }

    /// How far files are looked into, while they are listed or later.
    fn content(&self) -> Content {
        self.run.options().content
    }

    /// Adds a link: as what it points at where links are followed, and else as a link. One that
    /// git-annex put in the place of a frame that was not fetched counts as that frame.
    fn look_at_link(
        &self,
        name: &CStr,
        inside: &mut FolderWriter<'_>,
        errors: &mut ScanErrors,
        folders: &mut Names,
        stretch: &mut Vec<u8>,
    ) {
        let bytes = name.to_bytes();
        match (statat(self.folder, name, AtFlags::empty()), self.links()) {
            (Ok(stat), Links::Follow) => match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => self.look_at_file(name, &stat, inside, errors, stretch),
                FileType::Directory if may_enter(self.path) => folders.push(name),
                FileType::Directory => inside.add(bytes, EntryKind::Link, None),
                _ => inside.add(bytes, EntryKind::Special, None),
            },
            (Ok(_), Links::Refuse) => inside.add(bytes, EntryKind::Link, None),
            (Err(errno), links) => {
                let error = io::Error::from(errno);
                if !may_lead_somewhere(error.kind()) {
                    return self.add_dangling_link(name, inside);
                }
                inside.add(bytes, EntryKind::Link, None);
                if links == Links::Follow {
                    errors.unread_file(self.path, bytes, &error);
                }
            }
        }
    }

    fn add_dangling_link(&self, name: &CStr, inside: &mut FolderWriter<'_>) {
        let bytes = name.to_bytes();
        let is_frame = self.content() != Content::None && Format::of_name(bytes).is_some();
        let Some(target) = is_frame.then(|| self.annexed(name)).flatten() else {
            return inside.add(bytes, EntryKind::DanglingLink, None);
        };
        let format = inside.take(bytes, EntryKind::File, Some(target.len() as u64));
        if let Some(format) = format.filter(|_| self.run.looks_while_listing()) {
            inside.hold(bytes, facts_of(format, &target));
        }
    }

    /// What a link says that leads to what git-annex has not fetched.
    fn annexed(&self, name: &CStr) -> Option<Vec<u8>> {
        let target = readlinkat(self.folder, name, Vec::new()).ok()?.into_bytes();
        let is_broken = || statat(self.folder, name, AtFlags::empty()).err() == Some(Errno::NOENT);
        (Pointer::of(&target) == Some(Pointer::GitAnnex) && is_broken()).then_some(target)
    }

    /// Looks at files: their size, what they hold where that is wanted, and whether they are files
    /// at all where the listing did not say.
    pub(super) fn look(
        &self,
        files: &Names,
        inside: &mut FolderWriter<'_>,
        errors: &mut ScanErrors,
        folders: &mut Names,
        stretch: &mut Vec<u8>,
    ) {
        for (name, is_regular) in files.each() {
            let bytes = name.to_bytes();
            if is_regular
                && self.run.looks_while_listing()
                && self.look_at_frame(name, inside, errors, stretch)
            {
                continue;
            }
            match statat(self.folder, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => match FileType::from_raw_mode(stat.st_mode) {
                    FileType::RegularFile => {
                        self.look_at_file(name, &stat, inside, errors, stretch);
                    }
                    FileType::Directory => folders.push(name),
                    FileType::Symlink => self.look_at_link(name, inside, errors, folders, stretch),
                    _ => inside.add(bytes, EntryKind::Special, None),
                },
                Err(errno) => {
                    if errno != Errno::NOENT {
                        inside.add(bytes, EntryKind::File, None);
                    }
                    errors.unread_file(self.path, bytes, &io::Error::from(errno));
                }
            }
        }
    }

    /// Looks at what the listing says is a file, and into it, where its name is a frame's: opened
    /// and read first, it has to be asked for its size alone. Gives whether that was possible.
    fn look_at_frame(
        &self,
        name: &CStr,
        inside: &mut FolderWriter<'_>,
        errors: &mut ScanErrors,
        stretch: &mut Vec<u8>,
    ) -> bool {
        let bytes = name.to_bytes();
        if Format::of_name(bytes).is_none() {
            return false;
        }
        stretch.resize(stretch.len().max(HEAD), 0);
        let opened = openat(self.folder, name, opening(self.links(), UNBLOCKED), Mode::empty());
        // A folder or a fifo that came in the file's place cannot be read at an offset, and to ask
        // for the end alone costs half as much as to ask for all that a file is.
        let read = opened.and_then(|file| {
            let length = pread(&file, stretch.get_mut(..HEAD).unwrap_or_default(), 0)?;
            Ok((seek(&file, SeekFrom::End(0))?, length, file))
        });
        let Ok((size, length, file)) = read else { return false };
        if let Some(format) = inside.take(bytes, EntryKind::File, Some(size)) {
            let Some(probe) = self.content().probe(format, size) else { return true };
            match look_on(probe, stretch, length, |room, offset| Ok(pread(&file, room, offset)?)) {
                Ok(facts) => inside.hold(bytes, facts),
                Err(error) => errors.unread_file(self.path, bytes, &error),
            }
        }
        true
    }

    fn look_at_file(
        &self,
        name: &CStr,
        stat: &Stat,
        inside: &mut FolderWriter<'_>,
        errors: &mut ScanErrors,
        stretch: &mut Vec<u8>,
    ) {
        let bytes = name.to_bytes();
        let format = inside.take(bytes, EntryKind::File, u64::try_from(stat.st_size).ok());
        let Some(format) = format.filter(|_| self.run.looks_while_listing()) else { return };
        match self.look_into(name, format, stretch) {
            Ok(facts) => inside.hold(bytes, facts),
            Err(error) => errors.unread_file(self.path, bytes, &error),
        }
    }

    /// Looks into a file. What stands there may have changed since it was asked: a link that came
    /// in its place is only followed where links are, and a fifo neither blocks nor is read.
    pub(super) fn look_into(
        &self,
        name: &CStr,
        format: Format,
        stretch: &mut Vec<u8>,
    ) -> io::Result<ProbeResult> {
        let flags = opening(self.links(), UNBLOCKED);
        let opened = openat(self.folder, name, flags, Mode::empty());
        if let Err(Errno::LOOP | Errno::NOENT) = opened
            && let Some(target) = self.annexed(name)
        {
            return Ok(facts_of(format, &target));
        }
        let file = opened?;
        let stat = fstat(&file)?;
        let Some(size) = u64::try_from(stat.st_size).ok().filter(|_| is_file(&stat)) else {
            return Err(io::ErrorKind::NotADirectory.into());
        };
        self.probe(&file, format, size, stretch)
    }

    fn probe(
        &self,
        file: &OwnedFd,
        format: Format,
        size: u64,
        stretch: &mut Vec<u8>,
    ) -> io::Result<ProbeResult> {
        let Some(probe) = self.content().probe(format, size) else {
            return Ok(ProbeResult::default());
        };
        look_into(probe, stretch, |room, offset| Ok(pread(file, room, offset)?))
    }
}

pub(super) fn is_file(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
}
