//! Listings from their text to what is found in them.

mod hostile;

use std::io::{Read, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use sensortree_core::document::MetadataFile;
use sensortree_core::names::METADATA;
use sensortree_core::{Inspection, text};

use super::{Listing, Recording, inspect_from};
use crate::error::ScanError;
use crate::options::ScanOptions;

fn listing(root: Option<&str>) -> Listing {
    Listing { path: None, root: root.map(str::to_owned), metadata: None }
}

fn read_as(text: impl AsRef<[u8]>, listing: &Listing) -> Result<Inspection, ScanError> {
    inspect_from(text.as_ref(), listing, &ScanOptions::default(), &())
}

/// The folders with their files and bytes, and what the coverage says but of metadata.json.
fn shown(inspection: &Inspection) -> String {
    let Inspection { tree, coverage, .. } = inspection;
    let mut text = String::new();
    for id in tree.ids() {
        let folder = tree.folder(id);
        let path = text::lossless(&tree.path(id)).into_owned();
        text.push_str(&format!("{path}:{}:{} ", folder.files(), folder.bytes()));
    }
    for unread in coverage.unread.iter().filter(|unread| unread.path != METADATA.as_bytes()) {
        text.push_str(&format!("!{}:{} ", text::lossless(&unread.path), unread.reason));
    }
    text.trim_end().to_owned()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    check_below(text, None, expected);
}

#[track_caller]
fn check_below(text: &str, root: Option<&str>, expected: &str) {
    assert_eq!(shown(&read_as(text, &listing(root)).unwrap()), expected, "{text}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn real_listings_of_one_drive_give_one_tree() {
    const DRIVE: &str = ":1:3 camera-front/:0:0 lidar-top/:0:0 camera-front/scene_1/:6:10 lidar-top/scene_1/:3:3609";
    const ROUNDED: &str = ":1:3 camera-front/:0:0 lidar-top/:0:0 camera-front/scene_1/:6:10 lidar-top/scene_1/:3:3687";
    const UNSIZED: &str =
        ":1:0 camera-front/:0:0 lidar-top/:0:0 camera-front/scene_1/:6:0 lidar-top/scene_1/:3:0";
    let samples = [
        (
            include_str!("samples/aws-s3-ls.txt"),
            DRIVE,
            "`aws s3 ls --recursive`; its paths are taken from `data/drive_0423/`",
        ),
        (
            include_str!("samples/aws-s3-ls-human.txt"),
            ROUNDED,
            "`aws s3 ls --recursive`, with rounded sizes; its paths",
        ),
        (include_str!("samples/aws-s3api.json"), DRIVE, "`aws s3api list-objects-v2`; its paths"),
        (include_str!("samples/s5cmd-ls.txt"), DRIVE, "`s5cmd ls`"),
        (
            include_str!("samples/s5cmd-ls-classes.txt"),
            ROUNDED,
            "`s5cmd ls`; its paths are taken from `drive_0423/`",
        ),
        (
            include_str!("samples/s5cmd-json.txt"),
            DRIVE,
            "`s5cmd --json ls`; its paths are taken from `acme/data/drive_0423/`",
        ),
        (include_str!("samples/s5cmd-fullpath.txt"), UNSIZED, "URLs, one a line; its paths"),
        (include_str!("samples/rclone-lsjson.json"), DRIVE, "`rclone lsjson`"),
        (include_str!("samples/rclone-ls.txt"), DRIVE, "sizes and paths, one a line"),
        (include_str!("samples/rclone-lsl.txt"), DRIVE, "`rclone lsl`"),
        (include_str!("samples/rclone-lsf.txt"), UNSIZED, "paths, one a line"),
        (
            include_str!("samples/gsutil-lr.txt"),
            DRIVE,
            "`gsutil ls -l` or `gcloud storage ls -l`; its paths",
        ),
        (
            include_str!("samples/gcloud-objects.json"),
            DRIVE,
            "`gcloud storage` or `az storage blob list`; its paths",
        ),
        (
            include_str!("samples/az-blobs.json"),
            DRIVE,
            "`gcloud storage` or `az storage blob list`; its paths",
        ),
    ];
    for (text, expected, name) in samples {
        for text in [text.as_bytes().to_vec(), gzip(text.as_bytes())] {
            let found = read_as(&text, &listing(None)).unwrap();
            assert_eq!(shown(&found), expected, "{name}");
            let note = found.coverage.notes[0].replace(" (gzip)", "");
            assert!(note.contains(name), "{name}: {note}");
            assert!(matches!(found.metadata, MetadataFile::Unreadable));
        }
    }
}

#[test]
fn paths_are_kept_as_they_stand() {
    check("./a b /c\td/1.pcd\n", ":0:0 a b /:0:0 a b /c\td/:1:0");
    check("./lidar-top/1.pcd\r\n./x\r/2.pcd\r\n", ":0:0 lidar-top/:1:0 x\r/:1:0");
    check("./a\nb/1.pcd\0./2.pcd\0", ":1:0 a\nb/:1:0");
    check(".\\lidar-top\\scene_1\\1.pcd\r\n", ":0:0 lidar-top/:0:0 lidar-top/scene_1/:1:0");
    check("./a//1.pcd\n./a/../2.pcd\n", ":0:0 a/:0:0 a//:1:0 a/../:1:0");
    let inspection = read_as(b"./\xff/1.pcd\n", &listing(None)).unwrap();
    assert_eq!(shown(&inspection), ":0:0 %FF/:1:0");
}

#[test]
fn a_path_is_a_folder_where_others_lie_below_it() {
    check(".\n./a\n./a/b\n./a/b/1.pcd\n./notes\n", ":1:0 a/:0:0 a/b/:1:0");
    check("4096 .\n4096 ./a.b\n7 ./a.b/1.pcd\n", ":0:0 a.b/:1:7");
    // As `sort` leaves them.
    check("./a\n./a-b\n./a-b/2.pcd\n./a/1.pcd\n", ":0:0 a/:1:0 a-b/:1:0");
    check("d 4096 ./a\nf 7 ./a/1.pcd\nd 4096 ./empty\nl 3 ./link\n", ":1:0 a/:1:7 empty/:0:0");
}

#[test]
fn the_root_can_be_told() {
    const AWS: &str = "2026-11-23 16:55:29          2 data/drive/a/1.jpg\n\
                       2026-11-23 16:55:29          0 data/drive/\n\
                       2026-11-23 16:55:29          4 data/drive2/b/2.jpg\n";
    for root in ["data/drive", "data/drive/", "s3://acme/data/drive", "gs://acme/data/drive/"] {
        check_below(AWS, Some(root), ":0:0 a/:1:2");
    }
    check_below(AWS, Some("drive"), ":0:0");
    check(AWS, ":0:0 drive/:0:0 drive2/:0:0 drive/a/:1:2 drive2/b/:1:4");
    check_below("s3://acme/data/drive/a/1.jpg\n", Some("s3://acme/data/drive"), ":0:0 a/:1:0");
    check_below(
        "s3://acme/data/drive/a/1.jpg\n",
        Some("acme/data"),
        ":0:0 drive/:0:0 drive/a/:1:0",
    );
    check_below("data/a/1.jpg\n", Some("."), ":0:0 data/:0:0 data/a/:1:0");
    check_below("./data/a/1.jpg\n", Some("./data"), ":0:0 a/:1:0");
    let notes = read_as(AWS, &listing(Some("data/drive"))).unwrap().coverage.notes;
    assert!(
        notes[0]
            .contains("left out 1 of its paths outside the root, the first `data/drive2/b/2.jpg`"),
        "{notes:?}"
    );
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_kept() {
    check(
        "12 ./a/1.pcd\nodd\n13 ./a/2.pcd\n",
        ":0:0 a/:2:25 !:line 2 of the listing is not as the others: `odd`",
    );
    check(
        "./a/1.pcd\ns3://acme/a/2.pcd\n./a/3.pcd\nelsewhere/4.pcd\n",
        ":0:0 a/:2:0 !:line 2 of the listing is not as the others: `s3://acme/a/2.pcd` \
         !:line 4 of the listing is not as the others: `elsewhere/4.pcd`",
    );
    check(
        "                           PRE b/\n2026-11-23 16:55:29          2 1.jpg\n2026-11-23 16:55:29          2 a/1.jpg\n",
        ":1:2 a/:1:2 !b/:named and not listed: list all folders below, too",
    );
    check(
        "  12  2026-11-23T16:55:28Z  gs://acme/a/1.pcd\nTOTAL: 2 objects, 24 bytes (24 B)\n",
        "a/:1:12 !:the listing's own total is 2 objects, and it names 1"
            .replacen("a/", "", 1)
            .as_str(),
    );
    let odd = "x\n".repeat(100);
    let many =
        read_as(format!("1 ./a.pcd\n{}{odd}", "2 ./b.pcd\n".repeat(200)), &listing(None)).unwrap();
    assert_eq!(many.coverage.unread.len(), 21);
    assert!(
        many.coverage.unread.iter().any(|unread| unread.reason == "80 more lines cannot be read")
    );
}

#[test]
fn json_is_read_as_far_as_it_goes() {
    let object = |key: &str| format!("{{\"Key\": \"{key}\", \"Size\": 5}}");
    let page = |keys: &[&str], more: &str| {
        let objects: Vec<String> = keys.iter().map(|key| object(key)).collect();
        format!("{{\"Contents\": [{}], \"RequestCharged\": null{more}}}", objects.join(","))
    };
    let open = ", \"NextToken\": \"abc\"";
    check(&(page(&["a/1.jpg"], open) + "\n" + &page(&["b/2.jpg"], "")), ":0:0 a/:1:5 b/:1:5");
    check(
        &format!("[{}, {}]", page(&["a/1.jpg"], open), page(&["b/2.jpg"], "")),
        ":0:0 a/:1:5 b/:1:5",
    );
    check(&format!("[{}, {}]", object("a/1.jpg"), object("b/2.jpg")), ":0:0 a/:1:5 b/:1:5");
    let last = "!:the listing ends with a page that another one follows: list all pages";
    check(&page(&["a/1.jpg", "b/2.jpg"], open), &format!(":0:0 a/:1:5 b/:1:5 {last}"));
    check(
        &page(&["a/1.jpg", "b/2.jpg"], ", \"IsTruncated\": true"),
        &format!(":0:0 a/:1:5 b/:1:5 {last}"),
    );
    check(
        &page(&["1.jpg", "b/1.jpg"], ", \"CommonPrefixes\": [{\"Prefix\": \"a/\"}]"),
        ":1:5 b/:1:5 !a/:named and not listed: list all folders below, too",
    );
    check("[\"a/1.jpg\", \"b/2.jpg\"]", ":0:0 a/:1:0 b/:1:0");
    check("[[\"a/1.jpg\", 5, \"STANDARD\"], [\"b/2.jpg\", 7, \"STANDARD\"]]", ":0:0 a/:1:5 b/:1:7");
    // What has no size is not empty.
    check("[{\"Key\": \"a/1.jpg\"}]", "a/:1:0".replacen("a/", "", 1).as_str());
    check(
        "{\"status\":\"success\",\"key\":\"a/2.jpg\",\"size\":0,\"isDeleteMarker\":true,\"versionOrdinal\":2}\n\
         {\"status\":\"success\",\"key\":\"a/2.jpg\",\"size\":5,\"versionOrdinal\":1}\n\
         {\"status\":\"success\",\"key\":\"b/1.jpg\",\"size\":6,\"versionOrdinal\":2}\n\
         {\"status\":\"success\",\"key\":\"b/1.jpg\",\"size\":0,\"versionOrdinal\":1}\n",
        "b/:1:6".replacen("b/", "", 1).as_str(),
    );
    check(
        "[{\"name\":\"a/1.jpg\",\"snapshot\":null,\"properties\":{\"contentLength\":5}},\
          {\"name\":\"a/1.jpg\",\"snapshot\":\"2024-10-09T22:40:00Z\",\"properties\":{\"contentLength\":9}},\
          {\"name\":\"a/2.jpg\",\"deleted\":true,\"properties\":{\"contentLength\":9}}]",
        "a/:1:5".replacen("a/", "", 1).as_str(),
    );
    check(&page(&[], ""), ":0:0");
    check("[]", ":0:0");
    check(
        "{\"Versions\": [{\"Key\": \"a/1.jpg\", \"Size\": 5, \"IsLatest\": true}, {\"Key\": \"a/1.jpg\", \"Size\": 9, \"IsLatest\": false}, {\"Key\": \"b/1.jpg\", \"Size\": 1, \"IsLatest\": true}]}",
        ":0:0 a/:1:5 b/:1:1",
    );
    let cut = page(&["a/1.jpg", "b/2.jpg"], "");
    let found = read_as(&cut[..cut.len() - 60], &listing(None)).unwrap();
    assert!(shown(&found).contains("the JSON cannot be read beyond line 1"), "{}", shown(&found));
    assert!(shown(&found).contains("it is cut off"), "{}", shown(&found));
    let found = read_as(page(&["a/1.jpg"], "").replace("null", "nil"), &listing(None)).unwrap();
    assert!(shown(&found).contains("(1 entries): expected ident"), "{}", shown(&found));
}

#[test]
fn a_listing_by_folders_is_put_together() {
    check(
        ".:\ntotal 4\ndrwxr-xr-x 2 me me 4096 Nov 23 16:55 a\n\n./a:\ntotal 8\n\
         -rw-r--r-- 1 me me 20 Nov 23 16:55 1 2.pcd\n-rw-r--r-- 1 me me 0 Nov 23  2025 3.pcd\n",
        ":0:0 a/:2:20",
    );
    check(
        "drive:\ntotal 4\n-rw-r--r-- 1 me me 9 Nov 23 16:55 x.txt\ndrwxr-xr-x 2 me me 4096 Nov 23 16:55 a\n\
         drwxr-xr-x 2 me me 4096 Nov 23 16:55 b\n\ndrive/a:\n-rw-r--r-- 1 me me 20 Nov 23 16:55 1.pcd\n",
        ":1:9 a/:1:20 b/:0:0 !b/:named and not listed: list all folders below, too",
    );
}

#[test]
fn what_is_no_listing_is_an_error() {
    let check = |text: &str, expected: &str| {
        let error = read_as(text, &listing(None)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(
        "<html><body>Please sign in</body></html>",
        "`standard input` is no listing, but a web page",
    );
    check("{\"answer\": 42}", "JSON that lists no objects");
    for shallow in [
        "                           PRE a/\n2026-11-23 16:55:29          2 1.jpg\n",
        "gs://acme/d/a/\ngs://acme/d/b/\n",
        "lidar-top/\ncamera-front/\nmetadata.json\n",
        "[{\"Path\":\"lidar-top\",\"IsDir\":true},{\"Path\":\"metadata.json\",\"IsDir\":false,\"Size\":5}]",
    ] {
        check(shallow, "one level of folders without what is below");
    }
    check(
        "{\"format\":\"sensortree-listing/9\",\"tool\":\"9\",\"source\":{\"kind\":\"s3\",\"ofFolder\":false,\"uri\":\"\",\"segments\":[]},\"complete\":true,\"root\":\"\",\"metadata\":\"absent\"}\n",
        "one in the format sensortree-listing/9; this version of sensortree reads sensortree-listing/1",
    );
    check("{\"format\":\"sensortree-listing/1\"\n", "whose first line is damaged");
    check(
        "{\"sourceBucket\":\"a\",\"fileFormat\":\"CSV\",\"fileSchema\":\"Bucket, Key\",\"files\":[]}",
        "whose parts lie beside it",
    );
}

#[test]
fn metadata_is_read_where_it_is_given() {
    let with = |text: &str| {
        Listing { metadata: Some(b"{}".to_vec()), ..listing(None) }
            .pipe(|listing| read_as(text, &listing).unwrap())
    };
    let found = with("./lidar-top/s/1.pcd\n./metadata.json\n");
    assert_eq!(found.metadata, MetadataFile::Text(b"{}".to_vec()));
    assert!(found.coverage.is_complete());
    let found = with("./lidar-top/s/1.pcd\n");
    assert_eq!(found.metadata, MetadataFile::Absent);
    assert!(found.coverage.notes[1].starts_with("--metadata has no effect"));
    let found = read_as("./lidar-top/s/1.pcd\n./metadata.json\n", &listing(None)).unwrap();
    assert_eq!(found.metadata, MetadataFile::Unreadable);
    assert!(found.coverage.unread[0].reason.contains("--metadata FILE"));
}

/// Reads as a method, so that a value is built and used in one line.
trait Pipe: Sized {
    fn pipe<T>(self, with: impl FnOnce(Self) -> T) -> T {
        with(self)
    }
}

impl Pipe for Listing {}

/// A listing saved from some entries.
fn saved(text: &str, metadata: Option<&[u8]>) -> Vec<u8> {
    let options = ScanOptions {
        recording: Some(Recording::begin(tempfile::tempfile().unwrap())),
        ..ScanOptions::default()
    };
    let listing = Listing { metadata: metadata.map(<[u8]>::to_vec), ..listing(None) };
    let inspection = inspect_from(text.as_bytes(), &listing, &options, &()).unwrap();
    let mut out = Vec::new();
    options.recording.unwrap().finish(&inspection, &mut out).unwrap();
    out
}

const KEYS: &str = "f 7 data/drive/lidar-top/s 1/1%.pcd\0f 0 data/drive/metadata.json\0f 3 data/drive/lidar-top/a\nb\0l 1 data/drive/x\0";

#[test]
fn a_saved_listing_needs_nothing_else() {
    let metadata = b"\xff{}%\n\0".repeat(40_000);
    let packed = saved(KEYS, Some(&metadata));
    let found = read_as(&packed, &listing(None)).unwrap();
    assert_eq!(shown(&found), ":2:0 lidar-top/:1:3 lidar-top/s 1/:1:7");
    assert_eq!(found.metadata, MetadataFile::Text(metadata));
    assert_eq!(found.target.segments, ["data", "drive"]);
    assert!(found.coverage.is_complete());
    let again = read_as(&packed, &listing(Some("data"))).unwrap();
    assert_eq!(shown(&again), ":0:0 drive/:2:0 drive/lidar-top/:1:3 drive/lidar-top/s 1/:1:7");
}

#[test]
fn what_was_unread_stays_unread() {
    let packed = saved("./a b/1.pcd\ns3://x\n./metadata.json\n", None);
    let found = read_as(&packed, &listing(None)).unwrap();
    assert_eq!(found.metadata, MetadataFile::Unreadable);
    let reasons: Vec<&str> =
        found.coverage.unread.iter().map(|unread| unread.reason.as_str()).collect();
    assert_eq!(reasons.len(), 2);
    assert!(
        reasons[0].starts_with("line 2 of the listing") && reasons[1].contains("--metadata FILE"),
        "{reasons:?}"
    );
    // And can be given later.
    let given = Listing { metadata: Some(b"{}".to_vec()), ..listing(None) };
    assert_eq!(read_as(&packed, &given).unwrap().metadata, MetadataFile::Text(b"{}".to_vec()));
}

#[test]
fn a_saved_listing_that_lacks_anything_is_incomplete() {
    let packed = saved(&"./lidar-top/s/1.pcd\n".repeat(90_000), None);
    for end in [packed.len() - 1, packed.len() - 30, packed.len() / 2, 300] {
        let found = read_as(&packed[..end], &listing(None)).unwrap();
        assert!(!found.coverage.is_complete(), "{end}");
    }
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(packed.as_slice()).read_to_end(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let check = |lines: &[&str], expected: &str| {
        let found = read_as(lines.join("\n"), &listing(None)).unwrap();
        assert!(shown(&found).contains(expected), "{expected}: {}", shown(&found));
    };
    let (header, rest) = lines.split_first().unwrap();
    let (end, entries) = rest.split_last().unwrap();
    check(&[&[*header], entries].concat(), "its end is missing, behind 90,000 entries");
    check(
        &[&[*header], &entries[..7], &[*end]].concat(),
        "the saved listing has 6 of its 90,000 entries",
    );
    check(&[&lines[..], &["f1 x"]].concat(), "stands behind the end");
    check(
        &[&[*header, "?", "f", "fx y", ""], entries, &[*end]].concat(),
        "line 2 of the saved listing is no entry",
    );
}

#[test]
fn an_inventory_is_read_with_its_parts() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    let rows = "\"acme\",\"data/a/1+x%2B.jpg\",\"v1\",\"true\",\"false\",\"5\"\n\
                \"acme\",\"data/a/1+x%2B.jpg\",\"v0\",\"false\",\"false\",\"9\"\n\
                \"acme\",\"data/a/2.jpg\",\"v0\",\"true\",\"true\",\"\"\n\
                \"acme\",\"data/b/\",\"v0\",\"true\",\"false\",\"0\"\n";
    let first = gzip(rows.as_bytes());
    let second = gzip(b"\"acme\",\"data/c/3.jpg\",\"\",\"true\",\"false\",\"2\"\n");
    write(
        "2026-11-23T00-00Z/manifest.json",
        manifest(&[
            ("acme/all/data/one.csv.gz", first.len()),
            ("acme/all/data/two.csv.gz", second.len()),
        ])
        .as_bytes(),
    );
    write("data/one.csv.gz", &first);
    let inspect = || {
        let path = Some(folder.path().join("2026-11-23T00-00Z/manifest.json"));
        crate::inspect(&Listing { path, ..listing(None) }, &ScanOptions::default(), &()).unwrap()
    };
    let found = shown(&inspect());
    assert!(
        found.starts_with(
            ":0:0 a/:1:5 b/:0:0 !:the inventory's part `two.csv.gz`: is not beside the manifest"
        ),
        "{found}"
    );
    for place in [
        "2026-11-23T00-00Z/two.csv.gz",
        "2026-11-23T00-00Z/data/two.csv.gz",
        "acme/all/data/two.csv.gz",
        "data/two.csv.gz",
    ] {
        write(place, &second);
        let found = inspect();
        assert_eq!(shown(&found), ":0:0 a/:1:5 b/:0:0 c/:1:2", "{place}");
        assert!(
            found.coverage.notes[0].contains(
                "the S3 Inventory of acme (CSV, 2 parts); its paths are taken from `data/`"
            )
        );
        std::fs::remove_file(folder.path().join(place)).unwrap();
    }
    write("data/two.csv.gz", &second[..second.len() - 9]);
    assert!(shown(&inspect()).contains("bytes and not the "));
    write(
        "2026-11-23T00-00Z/manifest.json",
        manifest(&[("../../etc/passwd", 1), ("data/one.csv.gz", first.len())]).as_bytes(),
    );
    assert!(shown(&inspect()).contains("`passwd`: its name leads out of its folder"));
}

fn manifest(parts: &[(&str, usize)]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|(key, size)| {
            format!("{{\"key\": \"{key}\", \"size\": {size}, \"MD5checksum\": \"0\"}}")
        })
        .collect();
    format!(
        "{{\"sourceBucket\": \"acme\", \"destinationBucket\": \"arn:aws:s3:::lists\", \"version\": \"2016-11-30\", \
         \"creationTimestamp\": \"1763856000000\", \"fileFormat\": \"CSV\", \
         \"fileSchema\": \"Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size\", \"files\": [{}]}}",
        parts.join(", ")
    )
}
