//! One drive in the forms in which people have "the list of my bucket": each is read right, or
//! refused with a word on what gives a list that can be read.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use sensortree_core::tree::{FileClass, FolderId};
use sensortree_scan::listing::{Listing, inspect_from};
use sensortree_scan::{ScanError, ScanOptions};

const LOST: &str = "camera-front/s2/1728600120400.jpg";

/// Frames of two sensors and scenes with their sizes; one is missing, and one is empty.
fn entries() -> Vec<(String, u64)> {
    let mut all = vec![("metadata.json".to_owned(), 300)];
    for (sensor, suffix) in [("camera-front", "jpg"), ("lidar-top", "pcd")] {
        for scene in 1..=2 {
            for frame in 0..5 {
                let stamp = 1_728_600_000_000_u64 + scene * 60_000 + frame * 100;
                all.push((format!("{sensor}/s{scene}/{stamp}.{suffix}"), 20_000 + stamp % 7 * 11));
            }
        }
    }
    all.retain(|(path, _)| path != LOST);
    all.iter_mut().find(|(path, _)| path.ends_with("060200.jpg")).unwrap().1 = 0;
    all.sort();
    all
}

const FOLDERS: [&str; 6] = [
    "camera-front",
    "camera-front/s1",
    "camera-front/s2",
    "lidar-top",
    "lidar-top/s1",
    "lidar-top/s2",
];

fn lines(line: impl Fn(&str, u64) -> String) -> String {
    entries().iter().fold(String::new(), |mut text, (path, size)| {
        writeln!(text, "{}", line(path, *size)).unwrap();
        text
    })
}

fn json(object: impl Fn(&str, u64) -> String) -> String {
    let objects: Vec<String> = entries().iter().map(|(path, size)| object(path, *size)).collect();
    format!("[{}]", objects.join(",\n"))
}

fn hash(path: &str, length: usize) -> String {
    let sum: u64 = path.bytes().fold(7, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    format!("{sum:016x}").repeat(8)[..length].to_owned()
}

/// How many files there are in each folder, and which are empty, as the program reads a text; or
/// why it is refused.
fn read(text: &str) -> Result<Vec<String>, String> {
    let listing = Listing { path: None, root: None, metadata: Some(b"{}".to_vec()) };
    let found = match inspect_from(text.as_bytes(), &listing, &ScanOptions::default(), &()) {
        Ok(found) => found,
        Err(ScanError::NotAListing { what, .. }) => return Err(what),
        Err(other) => panic!("{other}"),
    };
    assert!(found.coverage.is_complete(), "{:?}\n{text:.300}", found.coverage.unread);
    let tree = found.tree;
    let shown = |id: FolderId| {
        let folder = tree.folder(id);
        let empty = folder.remark(FileClass::Empty).map(|names| names.smallest(9));
        let empty = empty.unwrap_or_default().concat();
        let path = String::from_utf8(tree.path(id)).unwrap();
        format!("{path} {} {}", folder.files(), String::from_utf8(empty).unwrap())
    };
    let mut folders: Vec<String> =
        tree.ids().map(shown).map(|line| line.trim().to_owned()).collect();
    folders.sort();
    Ok(folders)
}

fn drive(empty: &str) -> Vec<String> {
    let first = format!("camera-front/s1/ 5 {empty}");
    let mut folders = vec![
        "1",
        "camera-front/ 0",
        first.trim(),
        "camera-front/s2/ 4",
        "lidar-top/ 0",
        "lidar-top/s1/ 5",
        "lidar-top/s2/ 5",
    ];
    folders.sort_unstable();
    folders.into_iter().map(str::to_owned).collect()
}

fn all_are_read(forms: &[(&str, String)], empty: &str) {
    for (name, text) in forms {
        assert_eq!(read(text), Ok(drive(empty)), "{name}");
    }
}

const EMPTY: &str = "1728600060200.jpg";

#[test]
fn lists_by_the_tools_of_stores() {
    let iso = "2024-10-10T22:40:00Z";
    all_are_read(
        &[
            (
                "s3cmd",
                lines(|path, size| format!("2024-10-10 22:40 {size:12}  s3://acme/d/{path}")),
            ),
            (
                "ossutil",
                format!(
                    "LastModifiedTime   Size(B)  StorageClass   ETAG   ObjectName\n{}Object Number is: 20\n\n0.05(s) elapsed\n",
                    lines(|path, size| {
                        let etag = hash(path, 32).to_uppercase();
                        format!(
                            "2024-10-11 06:40:00 +0800 CST {size:9}  Standard  {etag}  oss://acme/d/{path}"
                        )
                    })
                ),
            ),
            (
                "s3api text",
                lines(|path, size| {
                    format!(
                        "CONTENTS\t\"{}\"\td/{path}\t{iso}\t{size}\tSTANDARD",
                        hash(path, 32)
                    )
                }),
            ),
            ("s3api rows", json(|path, size| format!("[\"d/{path}\", {size}]"))),
            ("s3api", json(|path, size| format!("{{\"Key\":\"d/{path}\",\"Size\":{size}}}"))),
            (
                "azcopy",
                format!(
                    "{}\nFile count: 20\nTotal file size: 1.20 MiB\n",
                    lines(|path, size| format!("d/{path}; Content Length: {size}.00 B"))
                ),
            ),
            (
                "mc",
                lines(|path, size| {
                    let size = format!("{size}B");
                    format!("[2024-10-10 22:40:00 UTC] {size:>7} STANDARD {path}")
                }),
            ),
            (
                "mc json",
                lines(|path, size| {
                    format!(
                        "{{\"status\":\"success\",\"type\":\"file\",\"size\":{size},\"key\":\"{path}\",\"url\":\"http://minio:9000/acme/d/\"}}"
                    )
                }),
            ),
            (
                "gsutil du",
                lines(|path, size| format!("{size:<12} gs://acme/d/{path}"))
                    + "500000       gs://acme/d/\n",
            ),
            (
                "snapshots and deleted blobs",
                json(|path, size| {
                    format!(
                        "{{\"name\":\"d/{path}\",\"deleted\":null,\"snapshot\":null,\"properties\":{{\"contentLength\":{size}}}}}"
                    )
                })
                .replace(
                    ']',
                    &format!(
                        ",{{\"name\":\"d/{LOST}\",\"snapshot\":\"{iso}\",\"properties\":{{\"contentLength\":7}}}},\
                          {{\"name\":\"d/{LOST}\",\"deleted\":true,\"properties\":{{\"contentLength\":7}}}}]"
                    ),
                ),
            ),
        ],
        EMPTY,
    );
}

#[test]
fn lists_by_the_tools_of_folders_and_archives() {
    let found_folders = FOLDERS
        .map(|folder| format!("  12345  4 drwxr-xr-x  2 ann ann 4096 Oct 10 22:40 ./{folder}\n"));
    all_are_read(
        &[
            (
                "find -ls",
                found_folders.concat()
                    + &lines(|path, size| {
                        format!("  12345 24 -rw-r--r--  1 ann ann {size:9} Oct 10 22:40 ./{path}")
                    }),
            ),
            (
                "tar",
                lines(|path, size| {
                    format!("-rw-r--r-- ann/ann {size:9} 2024-10-10 22:40 d/{path}")
                }),
            ),
            (
                "unzip",
                format!(
                    "Archive:  d.zip\n  Length      Date    Time    Name\n---------  ---------- -----   ----\n{}---------                     -------\n  1234567                     20 files\n",
                    lines(|path, size| format!("{size:9}  2024-10-10 22:40   d/{path}"))
                ),
            ),
            (
                "git ls-tree -l",
                lines(|path, size| format!("100644 blob {} {size:7}\t{path}", hash(path, 40))),
            ),
            (
                "the hub",
                json(|path, size| {
                    let oid = hash(path, 40);
                    format!(
                        "{{\"type\":\"file\",\"oid\":\"{oid}\",\"size\":{size},\"path\":\"{path}\"}}"
                    )
                }),
            ),
            ("wc", lines(|path, size| format!("{size:8} ./{path}")) + "  123456 total\n"),
        ],
        EMPTY,
    );
}

#[test]
fn tables() {
    all_are_read(
        &[
            ("tsv", lines(|path, size| format!("d/{path}\t{size}"))),
            ("sizes first", lines(|path, size| format!("{size}\t./{path}"))),
            ("lsf sp", lines(|path, size| format!("{size};{path}"))),
            ("lsf pst", lines(|path, size| format!("{path};{size};2024-10-10 22:40:00"))),
            ("lsf csv", lines(|path, size| format!("{path},{size}"))),
            (
                "csv",
                format!(
                    "bucket,name,size\n{}",
                    lines(|path, size| format!("acme,d/{path},{size}"))
                ),
            ),
            (
                "inventory",
                lines(|path, size| {
                    let key = path.replace('.', "%2E");
                    format!("\"acme\",\"d/{key}\",\"{size}\",\"2024-10-10T22:40:00Z\"")
                }),
            ),
            (
                "Export-Csv",
                format!(
                    "\"FullName\",\"Length\"\n{}",
                    lines(|path, size| format!(
                        "\"D:\\d\\{}\",\"{size}\"",
                        path.replace('/', "\\")
                    ))
                )
                .replace('\n', "\r\n"),
            ),
        ],
        EMPTY,
    );
}

#[test]
fn lists_of_names() {
    let numbered: String =
        (1..).zip(entries()).map(|(number, (path, _))| format!("{number:6}\t{path}\n")).collect();
    all_are_read(
        &[
            ("paths", lines(|path, _| path.to_owned())),
            ("keys in JSON", json(|path, _| format!("\"d/{path}\""))),
            // What has no size is not empty.
            ("keys in objects", json(|path, _| format!("{{\"Key\": \"d/{path}\"}}"))),
            ("keys that jq quotes", lines(|path, _| format!("\"d/{path}\""))),
            ("git ls-files -s", lines(|path, _| format!("100644 {} 0\t{path}", hash(path, 40)))),
            ("sha256sum", lines(|path, _| format!("{}  ./{path}", hash(path, 64)))),
            ("md5", lines(|path, _| format!("MD5 ({path}) = {}", hash(path, 32)))),
            (
                "DVC",
                json(|path, _| {
                    format!("{{\"md5\": \"{}\", \"relpath\": \"{path}\"}}", hash(path, 32))
                }),
            ),
            ("numbered lines", numbered),
            (
                "Windows",
                lines(|path, _| format!("D:\\d\\{}", path.replace('/', "\\")))
                    .replace('\n', "\r\n"),
            ),
        ],
        "",
    );
}

#[test]
fn what_is_refused_says_what_it_is_and_what_helps() {
    let forms: [(String, &str); 18] = [
        ("\nAn error occurred (AccessDenied) when calling\n".to_owned(), "an error message of `aws`"),
        ("CommandException: No URLs matched\n".to_owned(), "a text whose lines are no paths"),
        ("bash: aws: command not found\n".to_owned(), "a text whose lines are no paths"),
        (
            "               PRE camera-front/\n2024-10-10 22:40:00    300 metadata.json\n".to_owned(),
            "one level of folders",
        ),
        (
            lines(|path, size| {
                format!("{size:10}  2024-10-10T22:40:00Z  gs://acme/{path}#1728600000000001  metageneration=1")
            }),
            "`gsutil ls -lr`",
        ),
        (lines(|path, _| format!("gs://acme/{path}#1728600000000001")), "`gsutil ls -lr`"),
        (
            lines(|path, size| {
                format!("gs://acme/{path}:\n    Creation time:  Thu\n    Content-Length:   {size}")
            }),
            "`gsutil ls -lr`",
        ),
        (
            format!("NAME  SIZE\n{}", lines(|path, size| format!("{path}  {size}"))),
            "`--format=json`",
        ),
        (
            format!("Contents:\n{}", lines(|path, size| format!("- Key: {path}\n  Size: {size}"))),
            "`--output json`",
        ),
        (
            format!(
                "FullName    Length\n--------    ------\n{}",
                lines(|path, size| format!("D:\\{path:60} {size}"))
            ),
            "Export-Csv",
        ),
        (
            " Volume in drive D is DATA\n\n Directory of D:\\d\n\n10/10/2024  10:40 PM  20,000 1.jpg\n"
                .to_owned(),
            "`dir /s /b`",
        ),
        (lines(|path, size| format!("{} {size} ./{path}", size + 9)), "no paths"),
        (
            lines(|path, size| format!("{size} 2024-10-10 22:40:00 image/jpeg {path}")),
            "no paths",
        ),
        (lines(|path, _| format!("2024-10-10 22:40:00 INFO uploaded {path}")), "no paths"),
        (lines(|path, _| format!("https://acme.example.com/{path}?sig=abc")), "web addresses"),
        (format!("[{}]", lines(|path, _| format!("'{path}',"))), "a list as Python prints it"),
        (
            "[{\"type\":\"directory\",\"name\":\".\",\"contents\":[]}]".to_owned(),
            "a tree by `tree -J`",
        ),
        ("{\"message\": \"denied\"}".to_owned(), "JSON that lists no objects"),
    ];
    for (text, expected) in forms {
        let said = read(&text).expect_err(&text);
        assert!(said.contains(expected), "{text:.200}\n{said}");
        assert!(!said.contains('\n'), "{said}");
    }
}
