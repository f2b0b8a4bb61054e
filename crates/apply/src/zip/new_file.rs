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

/// Moves a file to a place of a run's own, which may be on another file system.
pub(super) fn move_away(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => copy_away(from, to),
        moved => moved,
    }
}

fn copy_away(from: &Path, to: &Path) -> io::Result<()> {
    let new = to.with_extension("new");
    fs::copy(from, &new)?;
    fs::File::open(&new)?.sync_all()?;
    fs::rename(&new, to)?;
    fs::remove_file(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_is_not_given_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), b"a").unwrap();
        fs::write(path("b"), b"b").unwrap();
        let error = rename_new(&path("a"), &path("b")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(path("a")).unwrap(), b"a");
        assert_eq!(fs::read(path("b")).unwrap(), b"b");
        rename_new(&path("a"), &path("c")).unwrap();
        assert!(!path("a").exists() && fs::read(path("c")).unwrap() == b"a");
    }

    #[test]
    fn what_cannot_be_renamed_is_copied_whole_and_then_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.zip"), b"a").unwrap();
        // What is left of an earlier try is no hindrance.
        fs::write(path("b.new"), b"half").unwrap();
        copy_away(&path("a.zip"), &path("b.zip")).unwrap();
        assert_eq!(fs::read(path("b.zip")).unwrap(), b"a");
        assert!(!path("a.zip").exists() && !path("b.new").exists());
    }
}
