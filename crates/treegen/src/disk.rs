//! Trees on disk. Nothing that is there already is ever written over.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sensortree_core::names::{METADATA, SensorKind};
use sensortree_core::sketch::{Content as Held, FRAME_BYTES, Sketch};
use sensortree_core::tree::EntryKind;

use crate::Plan;

/// What is in the frames' files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The smallest real point clouds and images, of the size that metadata.json says.
    Real,
    /// This many zero bytes, which take no room on most file systems.
    Sparse(u64),
}

/// Why a tree was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Something is there already.
    #[error("`{}` is not empty, and nothing is written over", path.display())]
    NotEmpty {
        /// The destination.
        path: PathBuf,
    },
    /// A drawn name that can stand in a listing but not on a disk: `a//b`, `..`.
    #[error("`{name}` cannot stand on a disk")]
    NotOnDisk {
        /// The path as drawn.
        name: String,
    },
    /// The system refused.
    #[error("`{}` cannot be written", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> WriteError + '_ {
    move |source| WriteError::Io { path: path.to_path_buf(), source }
}

/// Writes the tree of a plan into a new or empty folder.
///
/// # Errors
/// When something is there already, or the system refuses.
pub fn write(plan: &Plan, content: Content, folder: &Path) -> Result<(), WriteError> {
    claim(folder)?;
    let (cloud, image) = (Held::of(b"0.pcd", FRAME_BYTES, None), Held::image(1920, 1080));
    let cells: Vec<(usize, u32)> = (0..plan.sensors.len())
        .flat_map(|sensor| (0..plan.scenes).map(move |scene| (sensor, scene)))
        .collect();
    cells.into_par_iter().try_for_each(|(sensor, scene)| {
        let kind = plan.sensors[sensor].kind;
        let held = if kind == SensorKind::Lidar { &cloud } else { &image };
        let cell = folder.join(plan.folder(sensor, scene));
        fs::create_dir_all(&cell).map_err(at(&cell))?;
        plan.stamps(sensor, scene).try_for_each(|stamp| {
            let path = cell.join(format!("{stamp}.{}", kind.suffix()));
            match content {
                Content::Real => create_held(&path, held),
                Content::Sparse(bytes) => create_sparse(&path, bytes),
            }
        })
    })?;
    create(&folder.join(METADATA), plan.metadata().as_bytes())
}

/// Writes a drawn tree into a new or empty folder. Files hold what is drawn, as metadata.json does.
///
/// # Errors
/// When something is there already, the system refuses, or a name is drawn that no disk can hold.
pub fn materialise(sketch: &Sketch, folder: &Path) -> Result<(), WriteError> {
    claim(folder)?;
    for drawn in &sketch.entries {
        let path = folder.join(on_disk(&drawn.path)?);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(at(parent))?;
        }
        match drawn.kind {
            EntryKind::Folder => fs::create_dir_all(&path).map_err(at(&path))?,
            EntryKind::File if drawn.path == METADATA.as_bytes() && sketch.metadata.is_some() => {
                create(&path, sketch.metadata.as_deref().unwrap_or_default())?;
            }
            EntryKind::File => create_held(&path, &drawn.content())?,
            // The folder that a link lies in is a target that is always there.
            EntryKind::Link => link(".", &path).map_err(at(&path))?,
            EntryKind::DanglingLink => link("elsewhere", &path).map_err(at(&path))?,
            EntryKind::Special => fifo(&path).map_err(at(&path))?,
            EntryKind::FolderMarker | EntryKind::Unknown => {
                return Err(not_on_disk(&drawn.path));
            }
        }
    }
    Ok(())
}

/// Makes sure that the folder is there and empty.
fn claim(folder: &Path) -> Result<(), WriteError> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    match fs::read_dir(folder).map_err(at(folder))?.next() {
        None => Ok(()),
        Some(_) => Err(WriteError::NotEmpty { path: folder.to_path_buf() }),
    }
}

fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

fn create(path: &Path, text: &[u8]) -> Result<(), WriteError> {
    new_file(path).and_then(|mut file| file.write_all(text)).map_err(at(path))
}

/// What is zero between a file's beginning and its end takes no room on most file systems.
fn create_held(path: &Path, held: &Held) -> Result<(), WriteError> {
    let write = |mut file: File| {
        file.write_all(&held.head)?;
        file.set_len(held.size)?;
        file.seek(SeekFrom::Start(held.size.saturating_sub(held.tail.len() as u64)))?;
        file.write_all(&held.tail)
    };
    new_file(path).and_then(write).map_err(at(path))
}

fn create_sparse(path: &Path, bytes: u64) -> Result<(), WriteError> {
    new_file(path).and_then(|file| file.set_len(bytes)).map_err(at(path))
}

fn not_on_disk(path: &[u8]) -> WriteError {
    WriteError::NotOnDisk { name: sensortree_core::text::lossless(path).into_owned() }
}

fn on_disk(path: &[u8]) -> Result<PathBuf, WriteError> {
    let refused = |segment: &[u8]| {
        matches!(segment, b"" | b"." | b"..") || segment.len() > 255 || segment.contains(&0)
    };
    if path.split(|byte| *byte == b'/').any(refused) {
        return Err(not_on_disk(path));
    }
    native(path).ok_or_else(|| not_on_disk(path))
}

#[cfg(unix)]
fn native(path: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(path)))
}

#[cfg(not(unix))]
fn native(path: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(path).ok().map(PathBuf::from)
}

#[cfg(unix)]
fn link(target: &str, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(unix)]
fn fifo(path: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    Ok(mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?)
}

#[cfg(not(unix))]
fn link(_target: &str, _path: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
fn fifo(_path: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn nothing_is_written_over() {
        let folder = TempDir::new().unwrap();
        let plan = Plan::new(1, 1, 1, 2);
        write(&plan, Content::Real, folder.path()).unwrap();
        assert!(matches!(
            write(&plan, Content::Real, folder.path()),
            Err(WriteError::NotEmpty { .. })
        ));
        assert!(matches!(
            materialise(&plan.sketch(), folder.path()),
            Err(WriteError::NotEmpty { .. })
        ));
    }

    #[test]
    fn names_stay_below_the_folder() {
        for path in [&b"../x"[..], b"/x", b"a//b", b"a/./b", b"a/", &[b'x'; 256], b"a\0b"] {
            assert!(on_disk(path).is_err(), "{path:?}");
        }
        assert!(on_disk(b"a\xff/b\n").is_ok());
    }

    #[test]
    fn real_content_is_what_its_suffix_says() {
        let folder = TempDir::new().unwrap();
        write(&Plan::new(1, 1, 1, 1), Content::Real, folder.path()).unwrap();
        let read = |path: &str| fs::read(folder.path().join(path)).unwrap();
        assert!(read("lidar-l0/scene_0000/1681532060061.pcd").starts_with(b"# .PCD v0.7"));
        let image = read("camera-c0/scene_0000/1681532060061.jpg");
        assert!(image.starts_with(&[0xFF, 0xD8]) && image.ends_with(&[0xFF, 0xD9]));
        assert!(read(METADATA).starts_with(b"{"));
    }
}
