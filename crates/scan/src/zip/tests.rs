mod frames;
mod hostile;

use std::fs;
use std::io::{Cursor, Write as _};

use ::zip::CompressionMethod as Method;
use ::zip::write::{SimpleFileOptions, ZipWriter};
use sensortree_core::Inspection;
use sensortree_core::document::MAX_METADATA_BYTES;
use sensortree_core::finding::settings::Settings;
use sensortree_core::report::Report;
use sensortree_core::sketch::{Content as DrawnContent, Held, fitting_metadata};
use sensortree_core::text::lossless;

use super::*;
use crate::content::Content;
use crate::error::ScanError;
use crate::inspect;
use crate::options::ScanOptions;

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(Method::Stored)
}

/// A zip of these names, each with its content.
fn packed(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        match name.strip_suffix('/') {
            Some(folder) => writer.add_directory(folder, options).unwrap(),
            None => {
                writer.start_file(*name, options).unwrap();
                writer.write_all(content).unwrap();
            }
        }
    }
    writer.finish().unwrap().into_inner()
}

fn metadata() -> String {
    fitting_metadata(&["top".to_owned()], &[])
}

/// A dataset of one LiDAR that is in order.
fn drive() -> Vec<u8> {
    let metadata = metadata();
    let files: &[(&str, &[u8])] = &[
        ("drive/", b""),
        ("drive/lidar-top/", b""),
        ("drive/lidar-top/scene_1/", b""),
        ("drive/lidar-top/scene_1/1681532060061.pcd", b"first"),
        ("drive/lidar-top/scene_1/1681532060161.pcd", b"second"),
        ("drive/metadata.json", metadata.as_bytes()),
    ];
    packed(files, options())
}

fn whole(bytes: &[u8]) -> Bytes<&[u8]> {
    Bytes { reader: bytes, count: bytes.len() as u64, most_headers: MOST_HEADERS }
}

/// What is found without looking into frames: most here hold a word.
fn inspected(bytes: &[u8]) -> Inspection {
    inspected_with(bytes, Content::None)
}

fn inspected_with(bytes: &[u8], content: Content) -> Inspection {
    let target = Target {
        kind: TargetKind::Zip,
        uri: "drive.zip".to_owned(),
        segments: vec!["drive".to_owned()],
    };
    let options = ScanOptions { content, ..ScanOptions::default() };
    inspect(&ZipBytes { bytes: whole(bytes), target }, &options, &()).unwrap()
}

fn checked(bytes: &[u8]) -> Report {
    sensortree_core::check(inspected(bytes), &Settings::default())
}

/// The codes of the findings, and of what could not be read.
fn said(bytes: &[u8]) -> Vec<String> {
    let report = checked(bytes);
    let findings = report.findings.iter().map(|finding| finding.rule.code.to_owned());
    let unread =
        report.coverage.unread.iter().map(|unread| format!("unread {}", lossless(&unread.path)));
    findings.chain(unread).collect()
}

/// Writes `to` in place of `from`, wherever it stands.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len(), "offsets must stay");
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> = bytes
        .windows(from.len())
        .enumerate()
        .filter(|(_, w)| *w == from)
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty(), "{} is not in the archive", lossless(from));
    for at in places {
        bytes[at..at + from.len()].copy_from_slice(to);
    }
    bytes
}

/// Changes one field in each header that begins with the signature.
fn with_field(bytes: &[u8], signature: &[u8; 4], field: usize, value: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, w)| w == signature).map(|(at, _)| at).collect();
    for at in places {
        bytes[at + field..at + field + value.len()].copy_from_slice(value);
    }
    bytes
}

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const END: &[u8; 4] = b"PK\x05\x06";

#[test]
fn a_good_zip_is_a_tree_without_its_top_folder() {
    for options in
        [options(), options().compression_method(Method::Deflated), options().large_file(true)]
    {
        let metadata = metadata();
        let bytes = packed(
            &[
                ("drive/metadata.json", metadata.as_bytes()),
                ("drive/lidar-top/scene_1/1681532060061.pcd", b"first"),
                ("drive/lidar-top/scene_1/1681532060161.pcd", b"second"),
            ],
            options,
        );
        let inspection = inspected(&bytes);
        assert_eq!((inspection.tree.files(), inspection.tree.folders().len()), (3, 3));
        assert_eq!(inspection.metadata, MetadataFile::Text(metadata.into_bytes()));
        assert_eq!(said(&bytes), [""; 0]);
    }
    assert_eq!(said(&drive()), [""; 0]);
}

#[test]
fn what_is_wrong_is_found_in_real_bytes() {
    let drive = drive();
    let central = with_field(&drive, CENTRAL, 0, CENTRAL);
    assert_eq!(central, drive, "the helper changes what it is told to");
    let longer = |before: &[u8], behind: &[u8]| [before, &drive, behind].concat();
    let renamed_in_list = {
        let at = drive.windows(9).rposition(|w| w == b"60161.pcd").unwrap();
        let mut bytes = drive.clone();
        bytes[at + 3] = b'7';
        bytes
    };
    let absolute = {
        let metadata = metadata();
        let files: &[(&str, &[u8])] =
            &[("Xdrive/lidar-top/s/1.pcd", b"x"), ("drive/metadata.json", metadata.as_bytes())];
        replaced(&packed(files, options()), b"Xdrive", b"/drive")
    };
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("nothing", Vec::new(), &["Z103"]),
        ("no entries", packed(&[], options()), &["Z103"]),
        (
            "folders only",
            packed(&[("drive/", b""), ("drive/lidar-top/", b"")], options()),
            &["Z103"],
        ),
        ("another kind", b"Rar!\x1a\x07\x00 and more".to_vec(), &["Z101"]),
        ("one byte", b"P".to_vec(), &["Z101"]),
        ("the end is missing", drive[..drive.len() - 30].to_vec(), &["Z109", "unread "]),
        ("the beginning alone", drive[..40].to_vec(), &["Z109", "unread "]),
        ("bytes before", longer(b"#!/bin/sh\n", b""), &["Z109"]),
        ("bytes behind", longer(b"", b"\n"), &["Z109"]),
        ("too many promised", with_field(&drive, END, 8, &[9, 0, 9, 0]), &["Z109"]),
        ("a broken list", with_field(&drive, CENTRAL, 1, b"X"), &["Z109", "unread "]),
        (
            "encrypted",
            with_field(&with_field(&drive, CENTRAL, 8, &[1]), LOCAL, 6, &[1]),
            &["Z108", "unread metadata.json"],
        ),
        (
            "LZMA",
            with_field(&with_field(&drive, CENTRAL, 10, &[14]), LOCAL, 8, &[14]),
            &["Z112", "unread metadata.json"],
        ),
        ("no own headers", with_field(&drive, LOCAL, 0, b"XX"), &["Z109", "unread metadata.json"]),
        ("another name of its own", renamed_in_list, &["Z109"]),
        (
            "a list that points behind",
            with_field(&drive, CENTRAL, 42, &[0, 0, 0, 0x7f]),
            &["Z109", "unread metadata.json"],
        ),
        (
            "another content",
            replaced(&drive, b"\"1.0\"", b"\"1.1\""),
            &["Z109", "unread metadata.json"],
        ),
        ("a name twice", replaced(&drive, b"60161.pcd", b"60061.pcd"), &["Z110"]),
        ("the wrong top", replaced(&drive, b"drive/", b"drove/"), &["Z104"]),
        (
            "backslashes",
            replaced(&drive, b"drive/lidar-top/scene_1/1", b"drive\\lidar-top\\scene_1\\1"),
            &["Z107"],
        ),
        ("an absolute path", absolute, &["Z107"]),
    ];
    for (what, bytes, expected) in cases {
        let mut said = said(&bytes);
        let mut expected: Vec<String> = expected.iter().map(|code| (*code).to_owned()).collect();
        said.sort();
        expected.sort();
        assert_eq!(
            said,
            expected,
            "{what}: {:#?}",
            checked(&bytes).findings.iter().map(|f| &f.message).collect::<Vec<_>>()
        );
    }
}

/// The zip with one entry's field of the list changed, that of the n-th entry.
fn with_entry_field(bytes: &[u8], entry: usize, field: usize, value: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let list: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, w)| w == CENTRAL).map(|(at, _)| at).collect();
    let at = list[entry] + field;
    bytes[at..at + value.len()].copy_from_slice(value);
    bytes
}

/// The zip with the two records of the zip64 form before its end, and what they say changed by
/// `change`, which gets the record and what points to it. The end itself says that all stands
/// in the record.
fn with_zip64_end(bytes: &[u8], change: impl FnOnce(&mut [u8], &mut [u8])) -> Vec<u8> {
    let at = bytes.windows(4).rposition(|w| w == END).unwrap();
    let (before, end) = bytes.split_at(at);
    let number = |at: usize, length: usize| {
        let mut wide = [0; 8];
        wide[..length].copy_from_slice(&end[at..at + length]);
        wide
    };
    let record = [
        &b"PK\x06\x06"[..],
        &44_u64.to_le_bytes(),
        &[45, 0, 45, 0],
        &[0; 8],
        &number(8, 2),
        &number(10, 2),
        &number(12, 4),
        &number(16, 4),
    ];
    let locator = [&b"PK\x06\x07"[..], &[0; 4], &(at as u64).to_le_bytes(), &1_u32.to_le_bytes()];
    let (mut record, mut locator) = (record.concat(), locator.concat());
    change(&mut record, &mut locator);
    let mut end = end.to_vec();
    end[8..20].fill(0xFF);
    [before, &record, &locator, &end].concat()
}

#[test]
fn a_zip_that_readers_see_differently_is_damaged() {
    let drive = drive();
    let end = drive.windows(4).rposition(|w| w == END).unwrap();
    let size = u32::from_le_bytes(drive[end + 12..end + 16].try_into().unwrap());
    let place = u32::from_le_bytes(drive[end + 16..end + 20].try_into().unwrap());
    let zip64 = |change: fn(&mut [u8], &mut [u8])| with_zip64_end(&drive, change);
    assert_eq!(said(&zip64(|_, _| {})), [""; 0], "the helper makes a good zip");
    assert_eq!(said(&zip64(|_, locator| locator[16] = 0)), [""; 0], "as some writers leave it");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("an empty list", with_field(&drive, END, 12, &[0; 4])),
        ("a list of one entry less", with_field(&drive, END, 12, &(size - 58).to_le_bytes())),
        (
            "a list that begins before it does",
            with_field(&drive, END, 12, &(size + 1).to_le_bytes()),
        ),
        ("bytes cut off before", drive[1..].to_vec()),
        ("another disk", with_field(&drive, END, 4, &[1, 0])),
        ("a list on another disk", with_field(&drive, END, 6, &[1, 0])),
        ("fewer entries on this disk", with_field(&drive, END, 8, &[1, 0])),
        ("an entry on another disk", with_entry_field(&drive, 3, 34, &[2, 0])),
        ("a disk that nothing tells", with_entry_field(&drive, 3, 34, &[0xFF, 0xFF])),
        ("zip64: another disk", zip64(|record, _| record[16] = 1)),
        ("zip64: a list on another disk", zip64(|record, _| record[20] = 1)),
        ("zip64: fewer entries on this disk", zip64(|record, _| record[24] = 1)),
        ("zip64: a list of no bytes", zip64(|record, _| record[40..48].fill(0))),
        ("zip64: on another disk", zip64(|_, locator| locator[4] = 1)),
        ("zip64: several disks", zip64(|_, locator| locator[16] = 2)),
    ];
    assert!(place > 0);
    for (what, bytes) in cases {
        let said = said(&bytes);
        let damaged = said.iter().filter(|code| *code == "Z109").count();
        assert!(damaged >= 1, "{what}: {said:?}");
    }
    // Of two ends that contradict each other, no reader's is the right one.
    let torn = with_zip64_end(&drive, |record, _| record[4] = 43);
    let at = torn.windows(4).rposition(|w| w == END).unwrap();
    let whole = [&torn[..at + 8], &drive[end + 8..]].concat();
    assert_eq!(said(&whole)[0], "Z109");
}

#[test]
fn a_disk_in_the_zip64_form_is_read_behind_what_stands_before_it() {
    let files: &[(&str, &[u8])] = &[
        ("drive/lidar-top/scene_1/1681532060061.pcd", b"first"),
        ("drive/metadata.json", &metadata().into_bytes()),
    ];
    let bytes = packed(files, options());
    // The first entry leaves its disk, and its size, to a field of its own.
    let field = |disk: u8| [&[1, 0, 12, 0][..], &5_u64.to_le_bytes(), &[disk, 0, 0, 0]].concat();
    let list = bytes.windows(4).position(|w| w == CENTRAL).unwrap();
    let name = usize::from(u16::from_le_bytes([bytes[list + 28], bytes[list + 29]]));
    let extra = usize::from(u16::from_le_bytes([bytes[list + 30], bytes[list + 31]]));
    assert_eq!(extra, 0);
    let made = |disk: u8| {
        let field = field(disk);
        let behind = list + 46 + name;
        let mut bytes = [&bytes[..behind], &field, &bytes[behind..]].concat();
        bytes[list + 24..list + 28].fill(0xFF);
        bytes[list + 30] = u8::try_from(field.len()).unwrap();
        bytes[list + 34..list + 36].fill(0xFF);
        let end = bytes.windows(4).rposition(|w| w == END).unwrap();
        let size = u32::try_from(end - list).unwrap();
        bytes[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
        bytes
    };
    assert_eq!(said(&made(0)), [""; 0]);
    assert_eq!(said(&made(1)), ["Z109"]);
}

#[test]
fn each_way_to_say_encrypted_is_heard() {
    let drive = drive();
    for bit in [0, 6, 13] {
        let flags = (1_u16 << bit).to_le_bytes();
        let bytes = with_field(&with_field(&drive, CENTRAL, 8, &flags), LOCAL, 6, &flags);
        assert_eq!(said(&bytes), ["Z108", "unread metadata.json"], "bit {bit}");
        // Where the list says nothing and the entry does, they disagree.
        let own = with_field(&drive, LOCAL, 6, &flags);
        assert_eq!(said(&own), ["Z109"], "bit {bit}");
    }
}

#[test]
fn names_are_judged_as_they_unpack() {
    let metadata = metadata();
    let drive = |more: &[(&str, &str)], from: &[u8], to: &[u8]| {
        let mut files: Vec<(&str, &[u8])> = vec![
            ("drive/lidar-top/scene_1/1681532060061.pcd", b"first"),
            ("drive/metadata.json", metadata.as_bytes()),
        ];
        files.extend(more.iter().map(|(name, content)| (*name, content.as_bytes())));
        replaced(&packed(&files, options()), from, to)
    };
    let scene = "drive/lidar-top/scene_1";
    let cases = [
        (drive(&[("drive/@metadata.json", "{}")], b"@", b"/"), vec!["Z107", "Z110"]),
        (drive(&[("drive/metadata.json@", "{}")], b"@", b"\0"), vec!["Z107", "Z110"]),
        (
            drive(&[("drive@lidar-top/scene_1/1681532060061.pcd", "x")], b"@", b"\\"),
            vec!["Z107", "Z110"],
        ),
        (drive(&[(&format!("{scene}/@1681532060161.pcd"), "x")], b"@", b"/"), vec!["Z107"]),
        (drive(&[(&format!("{scene}/1681532060161.pcd@x"), "x")], b"@", b"\0"), vec!["Z107"]),
    ];
    for (bytes, expected) in cases {
        assert_eq!(said(&bytes), expected);
    }
}

#[test]
fn a_comment_that_looks_like_an_end_is_passed_over() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("drive/metadata.json", options()).unwrap();
    writer.set_raw_comment(b"PK\x05\x06 is how a zip ends".to_vec().into_boxed_slice()).unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    assert_eq!(inspected(&bytes).archive.unwrap().state, State::Whole);
}

#[test]
fn links_are_links() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("drive/latest", "scene_1", options()).unwrap();
    let inspection = inspected(&writer.finish().unwrap().into_inner());
    let root = sensortree_core::tree::FolderId::ROOT;
    assert_eq!(
        inspection
            .tree
            .folder(root)
            .remark(sensortree_core::tree::FileClass::Link)
            .map(|tally| tally.count()),
        Some(1)
    );
}

#[test]
fn a_metadata_file_is_unpacked_up_to_its_limit_and_no_further() {
    let zeros = vec![b' '; usize::try_from(MAX_METADATA_BYTES).unwrap() + 10];
    let bytes =
        packed(&[("drive/metadata.json", &zeros)], options().compression_method(Method::Deflated));
    assert!(bytes.len() < 200_000, "it packs well");
    // Whatever the archive says of the size.
    for lie in [10_u32, u32::MAX - 1] {
        let lying = with_field(&bytes, CENTRAL, 24, &lie.to_le_bytes());
        match inspected(&lying).metadata {
            MetadataFile::TooLarge { bytes } => assert!(bytes > MAX_METADATA_BYTES),
            MetadataFile::Unreadable => {
                assert_eq!(lie, 10, "the size is checked against the lie first");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn entries_that_share_their_data_are_counted() {
    let mut bytes = drive();
    let list: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, w)| w == CENTRAL).map(|(at, _)| at).collect();
    // The second frame begins one byte into the first one's header.
    let first = u32::from_le_bytes(bytes[list[3] + 42..list[3] + 46].try_into().unwrap());
    bytes[list[4] + 42..list[4] + 46].copy_from_slice(&(first + 1).to_le_bytes());
    assert_eq!(inspected(&bytes).archive.unwrap().overlapping, 1);
    assert!(said(&bytes).contains(&"Z113".to_owned()));
}

#[test]
fn entries_in_another_order_do_not_overlap() {
    let drive = drive();
    let begin = drive.windows(4).position(|w| w == CENTRAL).unwrap();
    let end = drive.windows(4).rposition(|w| w == END).unwrap();
    let starts: Vec<usize> = drive[..end]
        .windows(4)
        .enumerate()
        .filter(|(at, w)| *at >= begin && w == CENTRAL)
        .map(|(at, _)| at)
        .collect();
    let mut records: Vec<&[u8]> = starts
        .iter()
        .zip(starts.iter().skip(1).chain([&end]))
        .map(|(from, to)| &drive[*from..*to])
        .collect();
    records.reverse();
    let turned = [&drive[..begin], &records.concat(), &drive[end..]].concat();
    assert_ne!(turned, drive);
    assert_eq!(said(&turned), [""; 0]);
}

#[test]
fn undeclared_names_are_read_as_they_seem_to_be() {
    let mut bytes = packed(
        &[("drive/lidar-top/AABB/1.pcd", b"x"), ("drive/metadata.json", metadata().as_bytes())],
        options(),
    );
    bytes = replaced(&bytes, b"AABB", b"\xb3\xa1\xbe\xb0");
    let inspection = inspected(&bytes);
    let names: Vec<_> = inspection
        .tree
        .folders()
        .iter()
        .map(|folder| lossless(folder.name()).into_owned())
        .collect();
    assert!(names.contains(&"场景".to_owned()), "{names:?}");
    assert_eq!(said(&bytes), ["Z111"]);
}

#[test]
fn the_name_and_the_place_come_from_the_path() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("drive.zip");
    fs::write(&path, drive()).unwrap();
    let inspection = inspect(&ZipFile::new(&path), &ScanOptions::default(), &()).unwrap();
    assert_eq!(inspection.target.segments.last().map(String::as_str), Some("drive"));
    assert_eq!(inspection.archive.unwrap().stem, "drive");
    let missing =
        inspect(&ZipFile::new(root.path().join("none.zip")), &ScanOptions::default(), &());
    assert!(matches!(missing, Err(ScanError::Missing { .. })));
}
