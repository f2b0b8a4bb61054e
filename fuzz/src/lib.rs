//! What the fuzz targets do with any bytes, and the replay of their corpus with what is kept there.

use sensortree_core::entry::Entry;
use sensortree_core::probe::{self, Facts, MOST_READS, PIECE};
use sensortree_core::report::{Coverage, Target, TargetKind};
use sensortree_core::settings::Settings;
use sensortree_core::tree::TreeBuilder;
use sensortree_core::{Inspection, MetadataFile, check};
use sensortree_report::{Format, RunFacts, Style, Timing, render};
use sensortree_scan::listing::{self, Listing};
use sensortree_scan::zip::{Bytes, inspect_at};
use sensortree_scan::{Content, ScanOptions, look_into};

/// Judges any bytes as a zip.
pub fn zip(bytes: &[u8]) {
    let archive = Bytes { reader: bytes, count: bytes.len() as u64, most_headers: 64 };
    // Bytes at hand can always be read.
    if let Ok(inspection) =
        inspect_at(archive, target(TargetKind::Zip), &ScanOptions::default(), &())
    {
        judge(inspection);
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
fn held(content: Content, format: probe::Format, bytes: &[u8], at_once: usize) -> Facts {
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
    // Segments are stepped over, and the rest is read once; only a header of text that is longer than it seemed is read again.
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

/// Runs every rule, and draws what they find in every format but SARIF, which would take most of the time to write the rules' pages.
fn judge(inspection: Inspection) {
    let report = check(inspection, &Settings::default());
    let facts = RunFacts::default();
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Sarif) {
        let drawn = render(
            &report,
            format,
            &Style::default(),
            &Timing::default(),
            &facts,
            &mut std::io::sink(),
        );
        assert!(drawn.is_ok(), "{format} is not drawn");
    }
}
