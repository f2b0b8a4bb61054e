//! Frames that nobody would write on purpose, as real files: each is judged, the same in a folder
//! and in a zip, and none takes time or memory.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File, OpenOptions};
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use sensortree_core::Inspection;
use sensortree_core::finding::settings::Settings;
use sensortree_core::sketch::Content as Drawn;
use sensortree_core::tree::{Target, TargetKind};
use sensortree_scan::local::LocalFolder;
use sensortree_scan::zip::ZipBytes;
use sensortree_scan::zip::{Bytes, MOST_HEADERS};
use sensortree_scan::{Content, ScanOptions, inspect};
use tempfile::TempDir;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

const HEADER: &str = "# .PCD v0.7\nVERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\n";

fn options(content: Content) -> ScanOptions {
    ScanOptions { content, ..ScanOptions::default() }
}

/// The rules on what files hold that fire.
fn fired(inspection: Inspection) -> Vec<&'static str> {
    let report = sensortree_core::check(inspection, &Settings::default());
    report
        .findings
        .iter()
        .map(|finding| finding.rule.code)
        .filter(|code| code.starts_with('F'))
        .collect()
}

/// Where a frame of this suffix lies.
fn place(suffix: &str) -> String {
    let sensor = if suffix == "pcd" { "lidar-top" } else { "camera-front" };
    format!("{sensor}/scene_1/1681532060061.{suffix}")
}

/// A dataset of one frame in a folder, looked into so far.
fn in_folder(suffix: &str, content: Content, write: impl FnOnce(&Path)) -> Inspection {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(place(suffix));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    write(&path);
    inspect(&LocalFolder::new(folder.path()), &options(content), &()).unwrap()
}

fn in_zip(suffix: &str, content: Content, method: CompressionMethod, bytes: &[u8]) -> Inspection {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(method);
    writer.start_file(format!("drive/{}", place(suffix)), stored).unwrap();
    writer.write_all(bytes).unwrap();
    let archive = writer.finish().unwrap().into_inner();
    let bytes =
        Bytes { reader: &archive[..], count: archive.len() as u64, most_headers: MOST_HEADERS };
    let target = Target {
        kind: TargetKind::Zip,
        uri: "drive.zip".to_owned(),
        segments: vec!["drive".to_owned()],
    };
    inspect(&ZipBytes { bytes, target }, &options(content), &()).unwrap()
}

/// Holds what is found in the headers, and in all of a file, against what is expected, wherever
/// the file lies.
fn check(what: &str, suffix: &str, bytes: &[u8], headers: &[&str], whole: &[&str]) {
    for (content, expected) in
        [(Content::None, &[][..]), (Content::Headers, headers), (Content::Full, whole)]
    {
        let inspection = in_folder(suffix, content, |path| fs::write(path, bytes).unwrap());
        assert!(inspection.coverage.is_complete(), "{what}: {:?}", inspection.coverage);
        assert_eq!(inspection.coverage.probed, u64::from(content != Content::None), "{what}");
        assert_eq!(fired(inspection), expected, "{what}, {content}");
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let inspection = in_zip(suffix, content, method, bytes);
            assert_eq!(fired(inspection), expected, "{what}, {content}, {method} in a zip");
        }
    }
}

fn cloud(points: &str, data: &str, body: &[u8]) -> Vec<u8> {
    [format!("{HEADER}POINTS {points}\nDATA {data}\n").as_bytes(), body].concat()
}

#[test]
fn point_clouds() {
    let points = [1.0_f32, -2.0, 3.0].map(f32::to_le_bytes).concat();
    let comments = b"# nothing but words\n".repeat(1 << 19);
    check("in order", "pcd", &cloud("1", "binary", &points), &[], &[]);
    check("a header that never ends", "pcd", &comments, &["F102"], &["F102"]);
    let behind = [&comments[..], &cloud("1", "binary", &points)].concat();
    check("10 MB of comments", "pcd", &behind, &["F102"], &["F102"]);
    let returns = String::from_utf8(cloud("1", "ascii", b"1 2 3\n")).unwrap().replace('\n', "\r");
    check("lines that end in CR alone", "pcd", returns.as_bytes(), &["F102"], &["F102"]);
    check(
        "a web page",
        "pcd",
        b"<!DOCTYPE html><html><body>403 Forbidden</body></html>",
        &["F102"],
        &["F102"],
    );
    check("zeros", "pcd", &[0; 300_000], &["F110"], &["F110"]);
    check("zeros behind a header", "pcd", &cloud("20000", "binary", &[0; 240_000]), &[], &["F110"]);
    check(
        "10^18 points",
        "pcd",
        &cloud("1000000000000000000", "binary", &points),
        &["F103"],
        &["F103"],
    );
    check(
        "10^18 lines",
        "pcd",
        &cloud("1000000000000000000", "ascii", b"1 2 3\n"),
        &["F103"],
        &["F103"],
    );
    check("a line too few", "pcd", &cloud("2", "ascii", b"1.0000 2.0000 3.0000\n"), &[], &["F103"]);
    check(
        "a word that is no number",
        "pcd",
        &cloud("2", "ascii", b"1 2 3\n4 five 6\n"),
        &["F114"],
        &["F114"],
    );
    let bomb = [&[11; 1][..], &[0; 12], &b"\xE0\xFF\x00".repeat(40_000)].concat();
    let sizes = [u32::try_from(bomb.len()).unwrap(), 10_560_012].map(u32::to_le_bytes).concat();
    let bomb = cloud("880001", "binary_compressed", &[sizes, bomb].concat());
    check("zeros packed to a hundredth", "pcd", &bomb, &[], &["F110"]);
    check(
        "a pointer",
        "pcd",
        b"version https://git-lfs.github.com/spec/v1\n",
        &["F109"],
        &["F109"],
    );
}

#[test]
fn images() {
    let image = Drawn::image(320, 240).head;
    check("in order", "jpg", &image, &[], &[]);
    let mut large = image.clone();
    let frame = large.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    large[frame + 5..frame + 9].fill(0xFF);
    check("65535 by 65535", "jpg", &large, &["F116"], &["F116"]);
    let segment = [&b"\xFF\xE5\xFF\xFF"[..], &[7; 65_533]].concat();
    let long = [&image[..2], &segment.repeat(160), &image[2..]].concat();
    check("10 MB of application segments", "jpg", &long, &[], &[]);
    let length = u16::try_from(image.len() + 2).unwrap().to_be_bytes();
    let nested = [&image[..2], b"\xFF\xE1", &length, &image, &image[2..]].concat();
    check("a thumbnail before the frame header", "jpg", &nested, &[], &[]);
    check("a thumbnail and nothing else", "jpg", &nested[..image.len() + 6], &["F107"], &["F107"]);
    check("cut off", "jpg", &image[..image.len() - 2], &["F107"], &["F107"]);
    let (half, end) = (image.len() / 2, image.len() - 2);
    let damaged = [&image[..half], &[0xC0; 9], &image[half + 9..]].concat();
    check("no codes in the middle", "jpg", &damaged, &[], &["F117"]);
    let early = [&image[..half], &image[end..]].concat();
    check("half, and an end", "jpg", &early, &["F116"], &["F116"]);
    check(
        "a web page",
        "jpg",
        b"<!DOCTYPE html><html><body>403 Forbidden</body></html>",
        &["F106"],
        &["F106"],
    );
    check("zeros", "jpg", &[0; 300_000], &["F110"], &["F110"]);
}

#[test]
fn what_is_no_file_is_not_opened() {
    for content in Content::ALL {
        for suffix in ["pcd", "jpg"] {
            let folder = in_folder(suffix, content, |path| fs::create_dir(path).unwrap());
            assert!(folder.coverage.is_complete() && folder.coverage.probed == 0);
            // To open it would wait for ever.
            let fifo = in_folder(suffix, content, |path| {
                mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
            });
            assert!(fifo.coverage.is_complete() && fifo.coverage.probed == 0);
        }
    }
}

#[test]
fn sparse_files_are_judged_by_what_is_written_in_them() {
    let header = cloud("5000000", "binary", b"");
    let sparse = |start: &[u8], size: u64| {
        let start = start.to_vec();
        move |path: &Path| {
            fs::write(path, start).unwrap();
            OpenOptions::new().write(true).open(path).unwrap().set_len(size).unwrap();
        }
    };
    for (content, expected) in [(Content::Headers, &[][..]), (Content::Full, &["F110"])] {
        let size = header.len() as u64 + 60_000_000;
        assert_eq!(fired(in_folder("pcd", content, sparse(&header, size))), expected);
        // Of terabytes no more is read than is promised, and nothing of what has no header.
        assert_eq!(fired(in_folder("pcd", content, sparse(&header, 1 << 42))), expected);
        assert_eq!(fired(in_folder("pcd", content, sparse(b"", 1 << 42))), ["F110"]);
    }
}

#[test]
fn a_frame_that_may_not_be_read_leaves_the_inspection_incomplete() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut may_read = false;
    let inspection = in_folder("pcd", Content::Full, |path| {
        fs::write(path, cloud("1", "ascii", b"1 2 3\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
        may_read = File::open(path).is_ok();
    });
    if may_read {
        println!("skipped: this user may read everything");
    } else {
        assert!(!inspection.coverage.is_complete() && inspection.coverage.probed == 0);
    }
}

/// Whenever it happens, the file is judged as it is by then, or is said to be gone; nothing fails.
#[test]
fn files_that_shrink_while_they_are_read() {
    let folder = TempDir::new().unwrap();
    let scene = folder.path().join("lidar-top/scene_1");
    fs::create_dir_all(&scene).unwrap();
    let whole = cloud(
        "100000",
        "binary",
        &[1.0_f32, -2.0, 3.0].map(f32::to_le_bytes).concat().repeat(100_000),
    );
    let paths: Vec<_> =
        (0..4).map(|frame| scene.join(format!("{}.pcd", 1_681_532_060_061_u64 + frame))).collect();
    paths.iter().for_each(|path| fs::write(path, &whole).unwrap());
    let is_over = AtomicBool::new(false);
    let found: Vec<Vec<&str>> = std::thread::scope(|scope| {
        scope.spawn(|| {
            let files: Vec<_> = paths
                .iter()
                .map(|path| OpenOptions::new().write(true).open(path).unwrap())
                .collect();
            for turn in 0.. {
                let file = &files[turn % files.len()];
                file.set_len([0, 70, 5_000, 600_000][turn / 4 % 4]).unwrap();
                file.set_len(whole.len() as u64).unwrap();
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        let found = (0..40).map(|_| {
            let inspection =
                inspect(&LocalFolder::new(folder.path()), &options(Content::Full), &()).unwrap();
            assert!(inspection.coverage.is_complete(), "{:?}", inspection.coverage);
            fired(inspection)
        });
        let found = found.collect();
        is_over.store(true, Ordering::Relaxed);
        found
    });
    // Two that were whole when they were read are the same.
    let known = ["F101", "F102", "F103", "F110", "F112", "F123"];
    assert!(found.iter().flatten().all(|code| known.contains(code)), "{found:?}");
}
