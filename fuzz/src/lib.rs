//! What the fuzz targets do with any bytes, and the replay of their corpus with what is kept there.

use sensortree_core::document::MetadataFile;
use sensortree_core::document::request::{Request, without_secrets};
use sensortree_core::finding::settings::Settings;
use sensortree_core::report::Report;
use sensortree_core::tree::{Coverage, Entry, Target, TargetKind, TreeBuilder};
use sensortree_core::{Inspection, check, check_request};
use sensortree_probe::{self as probe, MOST_READS, PIECE, ProbeResult};
use sensortree_report::{Format, RunFacts, Style, Timing, render};

#[cfg(feature = "git")]
use sensortree_scan::git::{GitFolder, GitTarget};
use sensortree_scan::listing::{self, Listing};
use sensortree_scan::zip::{Bytes, ZipBytes};
use sensortree_scan::{Content, ScanOptions, inspect, look_into};

/// Judges any bytes as a zip.
pub fn zip(bytes: &[u8]) {
    let archive = Bytes { reader: bytes, count: bytes.len() as u64, most_headers: 64 };
    // Bytes at hand can always be read.
    if let Ok(inspection) = inspect(
        &ZipBytes { bytes: archive, target: target(TargetKind::Zip) },
        &ScanOptions::default(),
        &(),
    ) {
        judge(inspection);
    }
}

/// Judges any bytes as the directory of a zip whose end says that it is one. Most changes to a
/// whole zip only break its end.
pub fn zip_directory(bytes: &[u8]) {
    const RECORD: &[u8] = b"PK\x01\x02";
    const FILE: &[u8] = b"lidar-top/a/1681532060061.pcd";
    // One file without bytes, which records with the offset 0 stand for.
    let mut zip = b"PK\x03\x04\x0a\0\0\0\0\0\0\0\x21\0".to_vec();
    zip.extend([0; 12]);
    zip.extend([29, 0, 0, 0]);
    zip.extend(FILE);
    let place = [bytes.len(), zip.len()].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
    let count = bytes.windows(RECORD.len()).filter(|window| *window == RECORD).count();
    let count = u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes();
    zip.extend(bytes);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend([count, count].concat());
    zip.extend(place.map(u32::to_le_bytes).concat());
    zip.extend([0, 0]);
    self::zip(&zip);
}

/// No part of it stands in what is shown of a request.
const SECRET: &str = "Q7zXv9KpW2";

/// Judges any bytes as what stands around a secret in a request. The first byte says as what the
/// secret stands there and in which format the report is drawn, the second where in the rest.
pub fn request(bytes: &[u8]) {
    // An address on the command line.
    let _ = without_secrets(&String::from_utf8_lossy(bytes));
    let [place, at, rest @ ..] = bytes else { return };
    let parts = || SECRET.as_bytes().windows(4);
    if rest.windows(4).any(|window| parts().any(|part| part == window)) {
        return;
    }
    let member = match place % 5 {
        0 => format!("\"accessKey\": \"{SECRET}\""),
        1 => format!("\"secreteKey\": \"{SECRET}\""),
        2 => format!("\"resourceUrl\": \"s3://user:{SECRET}@bucket/a/\""),
        3 => format!("\"resourceUrl\": \"gs://bucket/a/?sig={SECRET}\""),
        _ => format!("\"note\": \"{SECRET}\""),
    };
    let (before, after) = rest.split_at(rest.len() * usize::from(*at) / 256);
    let body = [before, member.as_bytes(), after].concat();
    let request = Request::parse("body.json", &body);
    let mut said = request.document.text().to_vec();
    let inspection = Inspection::of_no_tree(request.name());
    let report = check_request(&request, inspection, &Settings::default());
    let formats = Format::ALL.into_iter().cycle().skip(usize::from(place / 5));
    draw(&report, formats.take(1), &mut said);
    let leaks = |part: &[u8]| memchr::memmem::find(&said, part).is_some();
    assert!(!parts().any(leaks), "a part of the secret is shown");
}

/// Judges a tree of git, and the index, of a repository with any objects in it.
///
/// Objects are parted by lines of `=`. The first byte says what each is: `t`, `c` and `g` a tree, a
/// commit and a tag, `i` the index, anything else a file. What names an object is its number among
/// those before: in a tree the byte behind a zero byte, in a commit, a tag and the index the digit
/// behind a `#`.
#[cfg(feature = "git")]
pub fn git(bytes: &[u8]) {
    // What unfolds to more folders than that is bounded elsewhere, and takes long.
    const MOST_PATHS: u64 = 5_000;
    let Ok(folder) = tempfile::tempdir() else { return };
    let repository = git::Repository::new(folder.path());
    let mut objects: Vec<git::Object> = Vec::new();
    for object in git::parted(bytes).take(24) {
        let Some((kind, body)) = object.split_first() else { continue };
        let (name, body, paths) = match kind {
            b't' => git::tree(body, &objects),
            b'c' => git::text("commit", body, &objects),
            b'g' => git::text("tag", body, &objects),
            b'i' => {
                repository.write_index(&git::index(body, &objects));
                continue;
            }
            _ => ("blob", body.to_vec(), 1),
        };
        if paths > MOST_PATHS {
            return;
        }
        objects.push(repository.write_object(name, &body, paths));
    }
    let last = objects.last().map(|object| format!("git:{}", git::hex(&object.id)));
    for named in last.into_iter().chain(["git:index".to_owned()]) {
        let Some(Ok(target)) = GitTarget::named(named.as_bytes()) else { continue };
        let content = Content::Headers;
        let options = ScanOptions { jobs: Some(1), content, ..ScanOptions::default() };
        if let Ok(inspection) = inspect(&GitFolder::new(target, folder.path()), &options, &()) {
            // The formats are another target's matter.
            let report = check(inspection, &Settings::default());
            draw(&report, [Format::Json], &mut std::io::sink());
        }
    }
}

#[cfg(feature = "git")]
mod git {
    use std::fs;
    use std::io::Write as _;
    use std::path::{Path, PathBuf};

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use sha1::{Digest as _, Sha1};

    /// An object that was written.
    pub(super) struct Object {
        pub(super) id: [u8; 20],
        /// How many paths lead through it, itself counted.
        paths: u64,
    }

    pub(super) struct Repository(PathBuf);

    impl Repository {
        /// An empty one in a folder. What cannot be written is lacking then, which is read to an
        /// end as well.
        pub(super) fn new(folder: &Path) -> Self {
            let top = folder.join(".git");
            let _ = fs::create_dir_all(top.join("objects"));
            let _ = fs::create_dir_all(top.join("refs/heads"));
            let _ = fs::write(top.join("HEAD"), "ref: refs/heads/main\n");
            let _ = fs::write(top.join("config"), "[core]\n\trepositoryformatversion = 0\n");
            Repository(top)
        }

        pub(super) fn write_object(&self, kind: &str, body: &[u8], paths: u64) -> Object {
            let whole = [format!("{kind} {}\0", body.len()).as_bytes(), body].concat();
            let id: [u8; 20] = Sha1::digest(&whole).into();
            let name = hex(&id);
            let path = self.0.join("objects").join(&name[..2]).join(&name[2..]);
            let mut packed = ZlibEncoder::new(Vec::new(), Compression::none());
            let _ = packed.write_all(&whole);
            let _ = path.parent().map(fs::create_dir_all);
            let _ = fs::write(path, packed.finish().unwrap_or_default());
            Object { id, paths }
        }

        /// Writes the index, with the checksum that it has to end in.
        pub(super) fn write_index(&self, body: &[u8]) {
            let sum: [u8; 20] = Sha1::digest(body).into();
            let _ = fs::write(self.0.join("index"), [body, &sum].concat());
        }
    }

    /// The objects in an input.
    pub(super) fn parted(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
        const BETWEEN: &[u8] = b"\n=\n";
        std::iter::from_fn(move || {
            if bytes.is_empty() {
                return None;
            }
            let end = memchr::memmem::find(bytes, BETWEEN);
            let (object, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            bytes = rest.get(BETWEEN.len()..).unwrap_or_default();
            Some(object)
        })
    }

    /// A tree, with the names of objects in the place of their numbers.
    pub(super) fn tree(body: &[u8], objects: &[Object]) -> (&'static str, Vec<u8>, u64) {
        let mut tree = Vec::new();
        let (mut paths, mut rest) = (1_u64, body);
        while let Some((byte, after)) = rest.split_first() {
            tree.push(*byte);
            rest = after;
            if *byte == 0
                && let Some((number, after)) = rest.split_first()
                && let Some(object) = objects.get(usize::from(*number))
            {
                tree.extend(object.id);
                paths = paths.saturating_add(object.paths);
                rest = after;
            }
        }
        ("tree", tree, paths)
    }

    /// A commit or a tag, likewise.
    pub(super) fn text(
        kind: &'static str,
        body: &[u8],
        objects: &[Object],
    ) -> (&'static str, Vec<u8>, u64) {
        let mut paths = 1_u64;
        let text = named(body, objects, |object, text| {
            paths = paths.saturating_add(object.paths);
            text.extend(hex(&object.id).bytes());
        });
        (kind, text, paths)
    }

    /// The index, likewise.
    pub(super) fn index(body: &[u8], objects: &[Object]) -> Vec<u8> {
        named(body, objects, |object, index| index.extend(object.id))
    }

    /// Puts the names of objects in the place of their numbers behind a `#`.
    fn named(
        body: &[u8],
        objects: &[Object],
        mut name: impl FnMut(&Object, &mut Vec<u8>),
    ) -> Vec<u8> {
        let mut out = Vec::new();
        let mut rest = body;
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            let number = after.first().and_then(|digit| digit.checked_sub(b'0'));
            let object = number.and_then(|number| objects.get(usize::from(number)));
            match object.filter(|_| *byte == b'#') {
                Some(object) => {
                    name(object, &mut out);
                    rest = after.get(1..).unwrap_or_default();
                }
                None => out.push(*byte),
            }
        }
        out
    }

    pub(super) fn hex(id: &[u8; 20]) -> String {
        id.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Judges any bytes as the metadata.json of a small drive.
pub fn metadata(bytes: &[u8]) {
    let mut builder = TreeBuilder::new();
    for path in [
        "lidar-top/a/1681532060061.pcd",
        "camera-front/a/1681532060061.jpg",
        "cam_left/a/1.jpg",
        "metadata.json",
    ] {
        builder.add(&Entry::file(path.as_bytes(), 1));
    }
    judge(Inspection {
        target: target(TargetKind::Local),
        tree: builder.finish(),
        archive: None,
        metadata: MetadataFile::Text(bytes.to_vec()),
        coverage: Coverage { content: "none", ..Coverage::default() },
    });
}

/// Judges any bytes as a point cloud.
pub fn pcd(bytes: &[u8]) {
    frame("lidar-top/a/1681532060061.pcd", probe::Format::Pcd, bytes);
}

/// Judges any bytes as an image.
pub fn jpeg(bytes: &[u8]) {
    frame("camera-front/a/1681532060061.jpg", probe::Format::Jpeg, bytes);
    frame("camera-front/a/1681532060061.png", probe::Format::Png, bytes);
    frame("camera-front/a/1681532060061.webp", probe::Format::Webp, bytes);
}

/// Judges any bytes as a saved listing.
pub fn listing(bytes: &[u8]) {
    let place = Listing { path: None, root: None, metadata: None };
    // What is no listing is said to be none.
    if let Ok(inspection) = listing::inspect_from(bytes, &place, &ScanOptions::default(), &()) {
        judge(inspection);
    }
}

/// Looks into a frame as far as can be, and judges what it holds.
fn frame(path: &str, format: probe::Format, bytes: &[u8]) {
    for content in [Content::Headers, Content::Full] {
        let facts = held(content, format, bytes, PIECE);
        assert_eq!(facts, held(content, format, bytes, 13), "less at once is no other file");
        let mut builder = TreeBuilder::new();
        builder.add(&Entry::file(path.as_bytes(), bytes.len() as u64));
        builder.hold(path.as_bytes(), facts);
        judge(Inspection {
            target: target(TargetKind::Local),
            tree: builder.finish(),
            archive: None,
            metadata: MetadataFile::Absent,
            coverage: Coverage { content: content.as_str(), probed: 1, ..Coverage::default() },
        });
    }
}

/// What a file holds, of which so much is given at once.
fn held(content: Content, format: probe::Format, bytes: &[u8], at_once: usize) -> ProbeResult {
    let mut read = 0;
    let facts = content.probe(format, bytes.len() as u64).and_then(|probe| {
        let read_at = |room: &mut [u8], offset: u64| {
            let rest = usize::try_from(offset)
                .ok()
                .and_then(|offset| bytes.get(offset..))
                .unwrap_or_default();
            let length = rest.len().min(room.len()).min(at_once);
            room[..length].copy_from_slice(&rest[..length]);
            read += length;
            Ok(length)
        };
        look_into(probe, &mut Vec::new(), read_at).ok()
    });
    // Segments are stepped over, and the rest is read once; only a header of text that is longer
    // than it seemed is read again.
    assert!(
        read <= 2 * bytes.len() + 4096 * MOST_READS as usize,
        "{read} bytes of {}",
        bytes.len()
    );
    facts.unwrap_or_default()
}

fn target(kind: TargetKind) -> Target {
    Target { kind, uri: "drive".to_owned(), segments: vec!["drive".to_owned()] }
}

/// Runs every rule, and draws what they find in every format but SARIF, which would take most of
/// the time to write the rules' pages.
fn judge(inspection: Inspection) {
    let formats = Format::ALL.into_iter().filter(|format| *format != Format::Sarif);
    draw(&check(inspection, &Settings::default()), formats, &mut std::io::sink());
}

fn draw(report: &Report, formats: impl IntoIterator<Item = Format>, out: &mut dyn std::io::Write) {
    let facts = RunFacts::default();
    for format in formats {
        let drawn = render(report, format, &Style::default(), &Timing::default(), &facts, out);
        assert!(drawn.is_ok(), "{format} is not drawn");
    }
}
