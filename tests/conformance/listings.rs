//! Listings of a folder, as other tools write them and as sensortree saves them.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use sensortree_conformance::Case;
use sensortree_core::Inspection;
use sensortree_core::sketch::Sketch;
use sensortree_core::tree::EntryKind;
use sensortree_scan::listing::{Listing, Recording};
use sensortree_scan::local::LocalFolder;
use sensortree_scan::zip::ZipFile;
use sensortree_scan::{Content, ScanOptions, inspect};

use crate::{Packing, pack, zip_holds};

const fn case(
    name: &'static str,
    holds: fn(&Sketch) -> bool,
    inspect: fn(&Path, &Path, &ScanOptions) -> Inspection,
) -> Case {
    Case { name, is_there: || true, holds, content: Content::None, inspect }
}

pub(crate) const WITH_SIZES: &[Case] = &[
    case("saved listing", |_| true, saved),
    case("listing saved from a saved one", |_| true, saved_twice),
    case("listing saved from whole keys", objects_with_metadata, saved_from_keys),
    case("listing saved from a zip", zip_holds, saved_zip),
    case("find with types and sizes", zip_holds, |folder, room, _| {
        inspect_written(folder, room, &Writing::TYPED)
    }),
    case("find with sizes", objects, |folder, room, _| {
        inspect_written(folder, room, &Writing::SIZED)
    }),
    case("aws s3 ls", objects, |folder, room, _| inspect_written(folder, room, &Writing::AWS)),
    case("aws s3 ls, packed", objects, |folder, room, _| {
        inspect_written(folder, room, &Writing::AWS_PACKED)
    }),
    case("aws s3 ls, root sought", objects_with_metadata, |folder, room, _| {
        inspect_written(folder, room, &Writing::AWS_SOUGHT)
    }),
    case("aws s3api", objects, |folder, room, _| inspect_written(folder, room, &Writing::S3API)),
    case("gsutil ls -l", objects, |folder, room, _| {
        inspect_written(folder, room, &Writing::GSUTIL)
    }),
    case("s5cmd ls", objects, |folder, room, _| inspect_written(folder, room, &Writing::S5CMD)),
    case("rclone lsjson", objects, |folder, room, _| {
        inspect_written(folder, room, &Writing::RCLONE)
    }),
];

pub(crate) const OF_NAMES: &[Case] = &[
    case("paths", names, |folder, room, _| inspect_written(folder, room, &Writing::PATHS)),
    case("paths with zero bytes", names, |folder, room, _| {
        inspect_written(folder, room, &Writing::ZEROS)
    }),
    case("CRLF paths", names, |folder, room, _| inspect_written(folder, room, &Writing::RETURNS)),
    case("paths with folders", names_with_metadata, |folder, room, _| {
        inspect_written(folder, room, &Writing::FOLDERS)
    }),
    case("URLs", names, |folder, room, _| inspect_written(folder, room, &Writing::URLS)),
];

/// One entry below the folder.
struct Found {
    /// Its path from the folder on.
    path: Vec<u8>,
    kind: EntryKind,
    size: u64,
}

/// Everything below a folder, folders before what they hold.
fn found(folder: &Path) -> Vec<Found> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(here) = folders.pop() {
        let mut below: Vec<_> =
            fs::read_dir(here).unwrap().map(|entry| entry.unwrap().path()).collect();
        below.sort();
        for path in below {
            let facts = path.symlink_metadata().unwrap();
            let kind = match facts.file_type() {
                kind if kind.is_dir() => EntryKind::Folder,
                kind if kind.is_file() => EntryKind::File,
                kind if kind.is_symlink() => EntryKind::Link,
                _ => EntryKind::Special,
            };
            let relative = path.strip_prefix(folder).unwrap().as_os_str().as_bytes().to_vec();
            all.push(Found { path: relative, kind, size: facts.len() });
            if kind == EntryKind::Folder {
                folders.push(path);
            }
        }
    }
    all
}

/// What a listing of objects holds: files, and no folder that is empty.
fn objects(sketch: &Sketch) -> bool {
    zip_holds(sketch)
        && sketch.entries.iter().all(|drawn| !drawn.path.contains(&b'\n'))
        && sketch.entries.iter().all(|drawn| match drawn.kind {
            EntryKind::File => !drawn.path.ends_with(b"_$folder$"),
            EntryKind::Folder => {
                let below = [drawn.path.strip_suffix(b"/").unwrap_or(&drawn.path), b"/"].concat();
                sketch
                    .entries
                    .iter()
                    .any(|other| other.path.len() > below.len() && other.path.starts_with(&below))
            }
            _ => false,
        })
}

/// What shows where a dataset begins in a listing of whole keys.
fn objects_with_metadata(sketch: &Sketch) -> bool {
    objects(sketch) && sketch.entries.iter().any(|drawn| drawn.path == b"metadata.json")
}

/// What a listing of names holds.
fn names(sketch: &Sketch) -> bool {
    objects(sketch)
        && sketch.entries.iter().all(|drawn| drawn.kind != EntryKind::File || drawn.size > 0)
}

fn names_with_metadata(sketch: &Sketch) -> bool {
    names(sketch) && objects_with_metadata(sketch)
}

/// A way to write a listing.
struct Writing {
    /// What stands before the paths; `{}` is the folder's own name.
    prefix: &'static str,
    /// Whether it is said where the dataset begins.
    told: bool,
    packed: bool,
    write: fn(&str, &Found, &mut Vec<u8>),
    begin: &'static str,
    end: &'static str,
}

impl Writing {
    const PLAIN: Writing =
        Writing { prefix: "", told: false, packed: false, write: path, begin: "", end: "" };
    const PATHS: Writing = Writing { prefix: "./", ..Writing::PLAIN };
    const ZEROS: Writing =
        Writing { write: |prefix, found, out| ended(prefix, found, b"\0", out), ..Writing::PATHS };
    const RETURNS: Writing = Writing {
        write: |prefix, found, out| ended(prefix, found, b"\r\n", out),
        ..Writing::PATHS
    };
    const FOLDERS: Writing =
        Writing { prefix: "drives/{}/", write: path_or_folder, ..Writing::PLAIN };
    const TYPED: Writing = Writing { prefix: "./", write: typed, ..Writing::PLAIN };
    const SIZED: Writing = Writing { prefix: "./", write: sized, ..Writing::PLAIN };
    const AWS: Writing = Writing { prefix: "data/{}/", told: true, write: aws, ..Writing::PLAIN };
    const AWS_SOUGHT: Writing = Writing { told: false, ..Writing::AWS };
    const AWS_PACKED: Writing = Writing { packed: true, ..Writing::AWS };
    const S3API: Writing = Writing {
        write: s3api,
        begin: "{\"Contents\": [",
        end: "null], \"RequestCharged\": null}",
        ..Writing::AWS
    };
    const RCLONE: Writing =
        Writing { prefix: "", write: rclone, begin: "[\n", end: "null]\n", ..Writing::PLAIN };
    const GSUTIL: Writing =
        Writing { prefix: "gs://acme/{}/", told: true, write: gsutil, ..Writing::PLAIN };
    const URLS: Writing = Writing { prefix: "gs://acme/{}/", told: true, ..Writing::PLAIN };
    const S5CMD: Writing = Writing { prefix: "{}/", told: true, write: s5cmd, ..Writing::PLAIN };
}

fn line(text: &str, prefix: &str, found: &Found, end: &[u8], out: &mut Vec<u8>) {
    out.extend([text.as_bytes(), prefix.as_bytes(), &found.path, end].concat());
}

fn is_object(found: &Found) -> bool {
    found.kind == EntryKind::File
}

fn ended(prefix: &str, found: &Found, end: &[u8], out: &mut Vec<u8>) {
    if is_object(found) {
        line("", prefix, found, end, out);
    }
}

fn path(prefix: &str, found: &Found, out: &mut Vec<u8>) {
    ended(prefix, found, b"\n", out);
}

/// As `find` without `-type f`.
fn path_or_folder(prefix: &str, found: &Found, out: &mut Vec<u8>) {
    line("", prefix, found, b"\n", out);
}

fn typed(prefix: &str, found: &Found, out: &mut Vec<u8>) {
    let letter = match found.kind {
        EntryKind::File | EntryKind::Unknown => 'f',
        EntryKind::Link | EntryKind::DanglingLink => 'l',
        EntryKind::Folder | EntryKind::FolderMarker => 'd',
        EntryKind::Special => 'p',
    };
    line(&format!("{letter} {} ", found.size), prefix, found, b"\0", out);
}

fn sized(prefix: &str, found: &Found, out: &mut Vec<u8>) {
    line(&format!("{} ", found.size), prefix, found, b"\n", out);
}

fn aws(prefix: &str, found: &Found, out: &mut Vec<u8>) {
    if is_object(found) {
        line(&format!("2026-11-23 16:55:29 {:10} ", found.size), prefix, found, b"\n", out);
    }
}

fn gsutil(prefix: &str, found: &Found, out: &mut Vec<u8>) {
    if is_object(found) {
        line(&format!("{:10}  2026-11-23T16:55:29Z  ", found.size), prefix, found, b"\n", out);
    }
}

fn s5cmd(prefix: &str, found: &Found, out: &mut Vec<u8>) {
    if is_object(found) {
        line(&format!("2026/11/23 16:55:29 {:>17}  ", found.size), prefix, found, b"\n", out);
    }
}

fn quoted(prefix: &str, found: &Found) -> String {
    serde_json::to_string(&format!("{prefix}{}", std::str::from_utf8(&found.path).unwrap()))
        .unwrap()
}

fn s3api(prefix: &str, found: &Found, out: &mut Vec<u8>) {
    if is_object(found) {
        let key = quoted(prefix, found);
        writeln!(out, "{{\"Key\": {key}, \"ETag\": \"\\\"0\\\"\", \"Size\": {}}},", found.size)
            .unwrap();
    }
}

fn rclone(prefix: &str, found: &Found, out: &mut Vec<u8>) {
    let is_folder = found.kind == EntryKind::Folder;
    let size = if is_folder { "-1".to_owned() } else { found.size.to_string() };
    let path = quoted(prefix, found);
    writeln!(out, "{{\"Path\":{path},\"Name\":\"\",\"Size\":{size},\"IsDir\":{is_folder}}},")
        .unwrap();
}

/// Writes a listing of a folder, and inspects that.
fn inspect_written(folder: &Path, room: &Path, writing: &Writing) -> Inspection {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let prefix = writing.prefix.replace("{}", name);
    let mut text = writing.begin.as_bytes().to_vec();
    for found in found(folder) {
        (writing.write)(&prefix, &found, &mut text);
    }
    text.extend_from_slice(writing.end.as_bytes());
    if writing.packed {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(&text).unwrap();
        text = packer.finish().unwrap();
    }
    let path = room.join("listing");
    fs::write(&path, text).unwrap();
    let metadata = folder.join("metadata.json");
    let is_file = metadata.symlink_metadata().is_ok_and(|facts| facts.is_file());
    let listing = Listing {
        path: Some(path),
        root: writing.told.then_some(prefix),
        metadata: is_file.then(|| fs::read(metadata).unwrap()),
    };
    let mut inspection = inspect(&listing, &ScanOptions::default(), &()).unwrap();
    // A listing of relative paths does not say what the folder is called, which is a part
    // of the target.
    if inspection.target.segments.is_empty() {
        inspection.target.segments.push(name.to_owned());
    }
    inspection
}

/// Saves what a source lists, and inspects that.
fn resaved(room: &Path, name: &str, inspect: impl FnOnce(&ScanOptions) -> Inspection) -> Listing {
    let options = ScanOptions {
        recording: Some(Recording::begin(tempfile::tempfile().unwrap())),
        ..ScanOptions::default()
    };
    let inspection = inspect(&options);
    let mut out = Vec::new();
    options.recording.unwrap().finish(&inspection, &mut out).unwrap();
    let mut path = String::new();
    write!(path, "{name}.listing.gz").unwrap();
    let path = room.join(path);
    fs::write(&path, out).unwrap();
    Listing { path: Some(path), root: None, metadata: None }
}

fn saved(folder: &Path, room: &Path, _: &ScanOptions) -> Inspection {
    let saved =
        resaved(room, "first", |options| inspect(&LocalFolder::new(folder), options, &()).unwrap());
    inspect(&saved, &ScanOptions::default(), &()).unwrap()
}

fn saved_twice(folder: &Path, room: &Path, _: &ScanOptions) -> Inspection {
    let first =
        resaved(room, "first", |options| inspect(&LocalFolder::new(folder), options, &()).unwrap());
    let second = resaved(room, "second", |options| inspect(&first, options, &()).unwrap());
    inspect(&second, &ScanOptions::default(), &()).unwrap()
}

/// Saved from a listing whose keys begin above the dataset.
fn saved_from_keys(folder: &Path, room: &Path, _: &ScanOptions) -> Inspection {
    let first = resaved(room, "first", |options| {
        inspect_written(folder, room, &Writing::AWS_SOUGHT);
        let metadata = fs::read(folder.join("metadata.json")).unwrap();
        let listing =
            Listing { path: Some(room.join("listing")), root: None, metadata: Some(metadata) };
        inspect(&listing, options, &()).unwrap()
    });
    inspect(&first, &ScanOptions::default(), &()).unwrap()
}

fn saved_zip(folder: &Path, room: &Path, _: &ScanOptions) -> Inspection {
    let zip = pack(folder, room, Packing::STORED);
    let saved = resaved(room, "zip", |options| inspect(&ZipFile::new(&zip), options, &()).unwrap());
    inspect(&saved, &ScanOptions::default(), &()).unwrap()
}
