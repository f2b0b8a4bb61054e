use super::*;
use EntryKind::{File, Folder, FolderMarker, Link};

fn check(format: Format, cases: &[(&str, Line<'_>)]) {
    for (line, expected) in cases {
        assert_eq!(format.read(line.as_bytes()), *expected, "{format:?}: {line:?}");
    }
}

fn entry(path: &str, kind: impl Into<Option<EntryKind>>, size: impl Into<Option<u64>>) -> Line<'_> {
    Line::Entry { path: path.as_bytes(), kind: kind.into(), size: size.into() }
}

#[test]
fn paths() {
    check(
        Format::Path,
        &[
            ("lidar-top/scene_1/1.pcd", entry("lidar-top/scene_1/1.pcd", None, None)),
            ("camera-front/", entry("camera-front/", Folder, None)),
            (" leading and trailing ", entry(" leading and trailing ", None, None)),
            ("2026-11-23 notes.txt", entry("2026-11-23 notes.txt", None, None)),
            ("", Line::Nothing),
            (".", Line::Nothing),
            ("2026-11-23 16:55:29          2 data/1.jpg", Line::Foreign),
            ("s3://acme/data/1.jpg", Line::Foreign),
            ("a:b://c", entry("a:b://c", None, None)),
        ],
    );
    check(
        Format::Url,
        &[
            ("s3://acme/data/1.jpg", entry("acme/data/1.jpg", File, None)),
            ("gs://acme/data/", entry("acme/data/", FolderMarker, None)),
            ("gs://acme/data/:", Line::Nothing),
            ("", Line::Nothing),
            ("data/1.jpg", Line::Foreign),
            ("S3://acme/1.jpg", Line::Foreign),
        ],
    );
}

#[test]
fn sizes_and_paths() {
    check(
        Format::Sized,
        &[
            ("1200 ./lidar-top/1.pcd", entry("./lidar-top/1.pcd", None, 1_200)),
            ("     1200 lidar-top/ 1.pcd ", entry("lidar-top/ 1.pcd ", None, 1_200)),
            ("1200\tlidar-top/1.pcd", entry("lidar-top/1.pcd", None, 1_200)),
            ("0  a", entry(" a", None, 0)),
            ("12", Line::Foreign),
            ("12 ", Line::Foreign),
            ("99999999999999999999 a", Line::Foreign),
            ("a 12", Line::Foreign),
            ("", Line::Foreign),
        ],
    );
    check(
        Format::Typed,
        &[
            ("f 12 a/b c", entry("a/b c", File, 12)),
            ("d 4096 a", entry("a", Folder, None)),
            ("l 3 a/link", entry("a/link", Link, None)),
            ("x 3 a", Line::Foreign),
        ],
    );
    check(
        Format::SizedDated,
        &[
            (
                "        2 2026-11-23 16:55:29.000000000 a/with space .txt",
                entry("a/with space .txt", File, 2),
            ),
            ("        2 a/b", Line::Foreign),
        ],
    );
}

#[test]
fn aws() {
    let plain = Format::Aws { rounded: false };
    check(
        plain,
        &[
            (
                "2026-11-23 16:55:29          2 data/with space .txt",
                entry("data/with space .txt", File, 2),
            ),
            (
                "2026-11-23 16:55:29 123456789012  data/1.jpg",
                entry(" data/1.jpg", File, 123_456_789_012),
            ),
            ("2026-11-23 16:55:29          0 data/", entry("data/", FolderMarker, 0)),
            ("2026-11-23 16:55:29          7 data/", entry("data/", File, 7)),
            (
                "2026-11-23 16:55:29          0 data_$folder$",
                entry("data_$folder$", FolderMarker, 0),
            ),
            ("                           PRE lidar-top/", Line::Unlisted(b"lidar-top/")),
            ("", Line::Nothing),
            ("Total Objects: 10", Line::Total(10)),
            ("   Total Size: 3620", Line::Nothing),
            ("data/1.jpg", Line::Foreign),
            ("2026-11-23 16:55:29          2", Line::Foreign),
        ],
    );
    check(
        Format::Aws { rounded: true },
        &[
            ("2026-11-23 16:55:28    0 Bytes data/empty.txt", entry("data/empty.txt", File, 0)),
            ("2026-11-23 16:55:28    1 Byte data/1.pcd", entry("data/1.pcd", File, 1)),
            ("2026-11-23 16:55:28    1.5 KiB data/1.pcd", entry("data/1.pcd", File, 1_536)),
            ("2026-11-23 16:55:29          2 data/1.jpg", Line::Foreign),
            ("   Total Size: 3.5 KiB", Line::Nothing),
        ],
    );
}

#[test]
fn gsutil() {
    check(
        Format::Gsutil,
        &[
            (
                "      1200  2026-11-23T16:55:28Z  gs://acme/data/1.pcd",
                entry("acme/data/1.pcd", File, 1_200),
            ),
            (
                "   1.5 KiB  2026-11-23T16:55:28Z  gs://acme/data/1.pcd",
                entry("acme/data/1.pcd", File, 1_536),
            ),
            (
                "         0  2026-11-23T16:55:28Z  gs://acme/data/",
                entry("acme/data/", FolderMarker, 0),
            ),
            (
                "                                 gs://acme/data/lidar-top/",
                Line::Unlisted(b"acme/data/lidar-top/"),
            ),
            ("gs://acme/data/:", Line::Nothing),
            ("", Line::Nothing),
            ("TOTAL: 10 objects, 3620 bytes (3.54 KiB)", Line::Total(10)),
            ("  5  2026-11-23T16:55:28Z  gs://acme/a#160  metageneration=1", Line::Foreign),
            ("gs://acme/data/1.pcd", Line::Foreign),
        ],
    );
}

#[test]
fn s5cmd() {
    check(
        Format::S5cmd,
        &[
            (
                "2026/11/23 16:55:29                 2  camera-front/with space .txt",
                entry("camera-front/with space .txt", File, 2),
            ),
            (
                "2026/11/23 16:55:28 STANDARD 2469eb0cfbbde207c79346c2055532dc               1.2K  a/1.pcd",
                entry("a/1.pcd", File, 1_229),
            ),
            (
                "2026/11/23 16:55:28 STANDARD 24691000000020777793460200555320                  2  a/1.pcd",
                entry("a/1.pcd", File, 2),
            ),
            (
                "2026/11/23 16:55:29                 0  lidar-top/",
                entry("lidar-top/", FolderMarker, 0),
            ),
            (
                "                                  DIR  camera-front/",
                Line::Unlisted(b"camera-front/"),
            ),
            ("2026/11/23 16:55:29                 2  ", Line::Foreign),
            ("a/b", Line::Foreign),
        ],
    );
}
