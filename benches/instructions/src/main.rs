//! Small workloads whose instructions are counted.
//!
//! `cargo xtask instructions` builds this program, runs each case in a process of its own
//! under valgrind's callgrind, and compares the counts with `benches/instructions.txt`.
//! Without an argument the program prints the names of its cases, one per line; with a name it
//! runs that case once.
//!
//! A case is single-threaded and always does the same work. Only what runs inside
//! [`counted_section`] is counted, so making up the input adds nothing to the figure.

#![expect(clippy::print_stdout, reason = "the names of the cases are its output")]

use std::error::Error;
use std::hint::black_box;
use std::io;

use rawzip::ZipArchiveWriter;
use sensortree_core::Inspection;
use sensortree_core::document::MetadataFile;
use sensortree_core::finding::settings::Settings;
use sensortree_core::names::SensorKind;
use sensortree_core::report::Report;
use sensortree_core::report::pictures::Pictures;
use sensortree_core::sketch::Content as Drawn;
use sensortree_core::tree::{Coverage, Entry, Target, TargetKind, Tree, TreeBuilder};
use sensortree_probe::Format;
use sensortree_report::{RunFacts, Style, Timing};
use sensortree_scan::listing::{self, Listing};
use sensortree_scan::zip::ZipBytes;
use sensortree_scan::zip::{self, Bytes};
use sensortree_scan::{Content, ScanOptions, inspect, look_into};
use sensortree_treegen::Plan;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What a case runs.
type Case = fn() -> Outcome<()>;

/// Every case by its name.
const CASES: &[(&str, Case)] = &[
    ("list-regular", list_regular),
    ("list-jittered", list_jittered),
    ("list-numbered", list_numbered),
    ("list-hashed", list_hashed),
    ("check-clean", check_clean),
    ("check-faulty", check_faulty),
    ("parse-aws", parse_aws),
    ("zip-directory", zip_directory),
    ("header-pcd", header_pcd),
    ("header-jpeg", header_jpeg),
    ("content-pcd", content_pcd),
    ("content-jpeg", content_jpeg),
    ("render-json", render_json),
    ("render-html", render_html),
];

/// The size of every frame, in bytes, where none is read.
const FRAME_BYTES: u64 = 1_000;

fn main() -> Outcome<()> {
    let Some(name) = std::env::args().nth(1) else {
        CASES.iter().for_each(|(name, _)| println!("{name}"));
        return Ok(());
    };
    let case = CASES.iter().find(|(known, _)| *known == name);
    let (_, run) = case.ok_or_else(|| format!("`{name}` is not a case"))?;
    run()
}

/// Runs the work that is counted. Callgrind starts and stops counting by this function's name, so
/// it is never inlined, does not end in a jump to `work`, and is not called twice in one case.
#[inline(never)]
fn counted_section<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}

/// 2 LiDARs and 8 cameras with 10 scenes of so many frames each.
fn plan(frames: u32) -> Plan {
    Plan::new(2, 8, 10, frames)
}

/// The same with what real recordings have: clocks that differ, jitter, lost frames
/// and another rate.
fn faulty_plan() -> Plan {
    let mut plan = plan(200);
    for (at, camera) in plan.sensors_mut(SensorKind::Camera).enumerate() {
        match at {
            0 => camera.offset_ns = 3_600_000_000_000,
            1 => camera.rate = 3,
            2 | 3 => camera.lost_per_million = 20_000,
            4 | 5 => camera.jitter_ns = 3_000_000,
            _ => {}
        }
    }
    plan
}

/// The paths of a plan, in the order in which a store lists them.
fn paths(plan: &Plan) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    plan.list(FRAME_BYTES, |entry| paths.push(entry.path.to_vec()));
    paths
}

/// The same paths with other file names, which `rename` makes of a frame's number.
fn renamed(plan: &Plan, rename: impl Fn(u64) -> String) -> Vec<Vec<u8>> {
    let mut number = 0;
    let mut paths = paths(plan);
    for path in &mut paths {
        let Some(at) = path.iter().rposition(|byte| *byte == b'/') else { continue };
        let suffix = path.iter().rposition(|byte| *byte == b'.').unwrap_or(path.len());
        number += 1;
        path.splice(at + 1..suffix, rename(number).bytes());
    }
    paths
}

fn build(paths: &[Vec<u8>]) -> Tree {
    let mut builder = TreeBuilder::new();
    for path in paths {
        builder.add(&Entry::file(path, FRAME_BYTES));
    }
    builder.finish()
}

fn list(paths: &[Vec<u8>]) -> Outcome<()> {
    let tree = counted_section(|| build(paths));
    expect(tree.files() == paths.len() as u64, "every path is a file of the tree")
}

fn list_regular() -> Outcome<()> {
    list(&paths(&plan(500)))
}

fn list_jittered() -> Outcome<()> {
    let mut plan = plan(500);
    plan.sensors.iter_mut().for_each(|sensor| sensor.jitter_ns = 3_000_000);
    list(&paths(&plan))
}

/// Names that number the frames, as `frame_000123.jpg`.
fn list_numbered() -> Outcome<()> {
    list(&renamed(&plan(100), |number| format!("frame_{number:06}")))
}

/// Names of 64 hexadecimal digits, as content-addressed stores give them.
fn list_hashed() -> Outcome<()> {
    // Any spread of bits will do: the multiplier is that of Knuth's MMIX.
    let digits = |number: u64| number.wrapping_mul(6_364_136_223_846_793_005);
    list(&renamed(&plan(100), |number| {
        (0..4).map(|part| format!("{:016x}", digits(4 * number + part))).collect()
    }))
}

fn inspection(plan: &Plan) -> Inspection {
    Inspection {
        target: target(TargetKind::Listing { of_folder: false }),
        tree: build(&paths(plan)),
        metadata: MetadataFile::Text(plan.metadata().into_bytes()),
        coverage: Coverage { content: "none", ..Coverage::default() },
        archive: None,
    }
}

fn target(kind: TargetKind) -> Target {
    Target { kind, uri: "drive".to_owned(), segments: vec!["drive".to_owned()] }
}

fn check(plan: &Plan) -> Report {
    let (inspection, settings) = (inspection(plan), Settings::default());
    counted_section(|| sensortree_core::check(inspection, &settings))
}

fn check_clean() -> Outcome<()> {
    // Steady timestamps are kept as runs, so that it takes many scenes to come to a figure.
    let report = check(&Plan::new(2, 8, 200, 20));
    expect(report.findings.is_empty(), "a clean tree has no findings")
}

fn check_faulty() -> Outcome<()> {
    let report = check(&faulty_plan());
    expect(!report.findings.is_empty(), "a faulty tree has findings")
}

/// `aws s3 ls --recursive`, saved.
fn parse_aws() -> Outcome<()> {
    let paths = paths(&plan(500));
    let mut text = Vec::new();
    for path in &paths {
        text.extend_from_slice(b"2024-05-01 12:00:00       1000 drive/");
        text.extend_from_slice(path);
        text.push(b'\n');
    }
    let saved = Listing { path: None, root: None, metadata: None };
    let options = ScanOptions::default();
    let inspection =
        counted_section(|| listing::inspect_from(text.as_slice(), &saved, &options, &()))?;
    expect(inspection.tree.files() == paths.len() as u64, "every line is a file of the tree")
}

/// The list of a zip's entries, and the headers in front of some of them.
fn zip_directory() -> Outcome<()> {
    let paths = paths(&plan(200));
    let mut writer = ZipArchiveWriter::new(Vec::new());
    for path in &paths {
        let name = format!("drive/{}", std::str::from_utf8(path)?);
        let (mut entry, config) = writer.new_file(&name).start()?;
        let mut data = config.wrap(&mut entry);
        io::Write::write_all(&mut data, b"frame")?;
        let (_, descriptor) = data.finish()?;
        entry.finish(descriptor)?;
    }
    let bytes = writer.finish()?;
    let archive = Bytes {
        reader: bytes.as_slice(),
        count: bytes.len() as u64,
        most_headers: zip::MOST_HEADERS,
    };
    let options = ScanOptions { content: Content::None, ..ScanOptions::default() };
    let inspection = counted_section(|| {
        inspect(&ZipBytes { bytes: archive, target: target(TargetKind::Zip) }, &options, &())
    })?;
    expect(inspection.tree.files() == paths.len() as u64, "every entry is a file of the tree")
}

fn header_pcd() -> Outcome<()> {
    // The size of a frame of a LiDAR with 64 beams.
    probe(&Drawn::of(b"0.pcd", 1_800_000, None), Format::Pcd, Content::Headers, 5_000)
}

/// A JPEG as a camera writes it: a segment of Exif, of a kilobyte, stands behind the first marker.
fn header_jpeg() -> Outcome<()> {
    let mut image = Drawn::of(b"0.jpg", 400_000, None);
    let exif = [&b"\xFF\xE1\x04\x02Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"[..], &[0; 1_004]].concat();
    image.head.splice(2..2, exif);
    probe(&image, Format::Jpeg, Content::Headers, 20_000)
}

/// Every point of a cloud.
fn content_pcd() -> Outcome<()> {
    probe(&Drawn::of(b"0.pcd", 60_000, None), Format::Pcd, Content::Full, 50)
}

/// All coded data of an image.
fn content_jpeg() -> Outcome<()> {
    probe(&Drawn::image(1920, 1080), Format::Jpeg, Content::Full, 500)
}

/// Reads the same file from memory, again and again.
fn probe(drawn: &Drawn, format: Format, depth: Content, times: u32) -> Outcome<()> {
    let mut bytes = drawn.head.clone();
    bytes.resize(usize::try_from(drawn.size)? - drawn.tail.len(), 0);
    bytes.extend_from_slice(&drawn.tail);
    let read_at = |room: &mut [u8], offset: u64| {
        let rest = usize::try_from(offset).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
        let length = rest.len().min(room.len());
        room[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    };
    let problems = counted_section(|| -> io::Result<usize> {
        let (mut buffer, mut problems) = (Vec::new(), 0);
        for _ in 0..times {
            let Some(probe) = depth.probe(format, bytes.len() as u64) else { continue };
            problems += look_into(probe, &mut buffer, read_at)?.problems.len();
        }
        Ok(problems)
    })?;
    expect(problems == 0, "the file is what its name says")
}

fn render_json() -> Outcome<()> {
    let report = sensortree_core::check(inspection(&faulty_plan()), &Settings::default());
    let (style, timing, facts) = (Style::default(), Timing::default(), RunFacts::default());
    let format = sensortree_report::Format::Json;
    let mut text = Vec::new();
    counted_section(|| {
        (0..50).try_for_each(|_| {
            text.clear();
            sensortree_report::render(&report, format, &style, &timing, &facts, &mut text)
        })
    })?;
    expect(!text.is_empty(), "a report is written")
}

/// The page, with its pictures made.
fn render_html() -> Outcome<()> {
    let settings = Settings { repairs: true, ..Settings::default() };
    let inspection = inspection(&faulty_plan());
    let mut report = sensortree_core::check(inspection.clone(), &settings);
    let (style, timing, facts) = (Style::default(), Timing::default(), RunFacts::default());
    let format = sensortree_report::Format::Html;
    let mut text = Vec::new();
    counted_section(|| {
        report.pictures = Some(Pictures::of(&inspection, &report, &settings));
        sensortree_report::render(&report, format, &style, &timing, &facts, &mut text)
    })?;
    expect(text.len() < 1_000_000, "a page is written, and a small one")
}

/// Fails where a case does other work than it is meant to: its figure would mean nothing.
fn expect(holds: bool, what: &str) -> Outcome<()> {
    if holds { Ok(()) } else { Err(format!("this does not hold: {what}").into()) }
}
