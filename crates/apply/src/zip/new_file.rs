//! Gives a file a name that nothing has yet.

use std::fs;
use std::io;
use std::path::Path;

/// Renames a file, unless the new name is taken: then nothing happens.
pub(super) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // Not all file systems, nor all kernels, have it.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            renamed => return Ok(renamed?),
        }
    }
    // A link fails where the name is taken, too.
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Where there are no links, the name is looked for and then taken; who takes it in
        // between loses what is there.
        Err(_) if fs::symlink_metadata(to).is_ok() => {
            Err(io::Error::from(io::ErrorKind::AlreadyExists))
        }
        Err(_) => fs::rename(from, to),
    }
}

/// Moves a file to a place that may be on another file system, where nothing is in its way.
pub(super) fn move_new(from: &Path, to: &Path) -> io::Result<()> {
    match rename_new(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let mut old = fs::File::open(from)?;
            let mut new = fs::File::options().write(true).create_new(true).open(to)?;
            io::copy(&mut old, &mut new)?;
            new.sync_all()?;
            fs::remove_file(from)
        }
        moved => moved,
    }
}
