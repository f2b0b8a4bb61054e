//! Files by the names that the user gave: where they lie, and how they are written.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

/// How many links are followed one after the other, as Linux does.
const MAX_LINKS: usize = 40;

/// Returns the folder of a file, which is `.` where the path names none.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Where an output would go, with all links followed, also those that lead to nothing yet.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        if let Ok(real) = fs::canonicalize(&path) {
            return real;
        }
        match fs::read_link(&path) {
            Ok(next) => path = folder_of(&path).join(next),
            Err(_) => break,
        }
    }
    match (fs::canonicalize(folder_of(&path)), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

/// Writes a file whole or not at all: what stood there stays until the new one is complete.
pub(crate) fn into_file<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    // A pipe or a device, as `/dev/stderr`, is written to and not replaced.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return write(&mut File::options().write(true).open(path)?);
    }
    // A link stays one: the file that it leads to is replaced.
    let path = resolved(path);
    // The error names the file beside, which is nothing to the user: what is wrong is wrong
    // with the folder.
    let beside = open_permissions(&mut Builder::new()).tempfile_in(folder_of(&path));
    let mut file = beside.map_err(|error| io::Error::from(error.kind()))?;
    write(&mut file)?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// Lets the user's umask decide who may read the file, as it does for any other.
#[cfg(unix)]
fn open_permissions<'b, 'p, 's>(builder: &'b mut Builder<'p, 's>) -> &'b mut Builder<'p, 's> {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn open_permissions<'b, 'p, 's>(builder: &'b mut Builder<'p, 's>) -> &'b mut Builder<'p, 's> {
    builder
}
