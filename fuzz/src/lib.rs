//! What the fuzz targets do with any bytes, and the replay of their corpus with what is kept there.

use sensortree_core::entry::Entry;
use sensortree_core::report::{Coverage, Target, TargetKind};
use sensortree_core::settings::Settings;
use sensortree_core::tree::TreeBuilder;
use sensortree_core::{Inspection, MetadataFile, check};
use sensortree_report::{Format, RunFacts, Style, Timing, render};
use sensortree_scan::ScanOptions;
use sensortree_scan::zip::{Bytes, inspect_at};

/// Judges any bytes as a zip.
pub fn zip(bytes: &[u8]) {
    let archive = Bytes { reader: bytes, count: bytes.len() as u64, most_headers: 64 };
    // Bytes at hand can always be read.
    if let Ok(inspection) = inspect_at(archive, target(TargetKind::Zip), &ScanOptions::default(), &()) {
        judge(inspection);
    }
}

/// Judges any bytes as the metadata.json of a small drive.
pub fn metadata(bytes: &[u8]) {
    let mut builder = TreeBuilder::new(3);
    for path in
        ["lidar-top/a/1681532060061.pcd", "camera-front/a/1681532060061.jpg", "cam_left/a/1.jpg", "metadata.json"]
    {
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

fn target(kind: TargetKind) -> Target {
    Target { kind, uri: "drive".to_owned(), segments: vec!["drive".to_owned()] }
}

/// Runs every rule, and draws what they find in every format.
fn judge(inspection: Inspection) {
    let report = check(inspection, &Settings::default());
    let facts = RunFacts { tool_version: String::new(), date: String::new() };
    for format in Format::ALL {
        let drawn = render(&report, format, &Style::default(), &Timing::default(), &facts, &mut std::io::sink());
        assert!(drawn.is_ok(), "{format} is not drawn");
    }
}
