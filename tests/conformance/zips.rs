//! Folders packed as zips.

use sensortree_scan::zip::ZipFile;

use super::*;

/// A zip without files is empty; a sensor's folder at its root lacks the top folder; and a
/// backslash in it is a separator to some readers. Those are findings about the zip, which a
/// folder has not.
pub(crate) fn zip_holds(sketch: &Sketch) -> bool {
    let is_sensor =
        SensorKind::ALL.iter().any(|kind| folder_name(sketch).starts_with(kind.prefix()));
    let holds = |path: &[u8]| {
        std::str::from_utf8(path)
            .is_ok_and(|path| !path.contains('\\') && !path.split('/').any(is_kept_by_repositories))
    };
    !is_sensor
        && sketch.entries.iter().any(|drawn| drawn.kind == EntryKind::File)
        && sketch.entries.iter().all(|drawn| {
            // No archive or listing says whether the target of a link is there.
            let is_kept = !matches!(drawn.kind, EntryKind::Special | EntryKind::DanglingLink);
            is_kept && holds(&drawn.path)
        })
}

#[derive(Clone, Copy)]
pub(crate) struct Packing {
    pub(crate) method: CompressionMethod,
    pub(crate) backwards: bool,
    pub(crate) large: bool,
}

impl Packing {
    pub(crate) const STORED: Packing =
        Packing { method: CompressionMethod::Stored, backwards: false, large: false };
    pub(crate) const DEFLATED: Packing =
        Packing { method: CompressionMethod::Deflated, ..Packing::STORED };
}

pub(crate) fn inspect_zip(
    folder: &Path,
    room: &Path,
    packing: Packing,
    options: &ScanOptions,
) -> Inspection {
    inspect(&ZipFile::new(pack(folder, room, packing)), options, &()).unwrap()
}

pub(crate) fn pack(folder: &Path, room: &Path, packing: Packing) -> PathBuf {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let path = room.join(format!("{name}.zip"));
    let options =
        SimpleFileOptions::default().compression_method(packing.method).large_file(packing.large);
    let mut writer = ZipWriter::new(fs::File::create(&path).unwrap());
    let mut below = Vec::new();
    list(folder, &format!("{name}/"), &mut below);
    if packing.backwards {
        below.reverse();
    }
    for (path, name) in below {
        let kind = path.symlink_metadata().unwrap().file_type();
        if kind.is_symlink() {
            let to = fs::read_link(&path).unwrap();
            writer.add_symlink(name, to.to_string_lossy(), options).unwrap();
        } else if kind.is_dir() {
            writer.add_directory(name, options).unwrap();
        } else {
            writer.start_file(name, options).unwrap();
            writer.write_all(&fs::read(&path).unwrap()).unwrap();
        }
    }
    writer.finish().unwrap();
    path
}

/// All below a folder, with the names that it has in an archive.
pub(crate) fn list(folder: &Path, prefix: &str, into: &mut Vec<(PathBuf, String)>) {
    into.push((folder.to_path_buf(), prefix.to_owned()));
    let mut below: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    below.sort();
    for path in below {
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.symlink_metadata().unwrap().is_dir() {
            list(&path, &format!("{name}/"), into);
        } else {
            into.push((path, name));
        }
    }
}
