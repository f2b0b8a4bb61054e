//! One tree, many sources: whatever a tree is listed from, it gives the same report.
//!
//! Each of the project's fixtures that can stand on a disk is put there and then listed by each
//! [`Case`], which makes of the folder what its source lists (packs it, uploads it, commits it).
//! The reports are compared as JSON, byte for byte, with that of the folder itself; [`same_report`]
//! says what is left out. A source that is not part of sensortree is held to the same by a test of
//! its own:
//!
//! ```no_run
//! use sensortree_conformance::{Case, misplaced_metadata, same_report, same_sample};
//! use sensortree_scan::local::LocalFolder;
//! use sensortree_scan::{Content, inspect};
//!
//! /// In the place of the folder stands what the source lists, made of it in `room`.
//! const FOLDER: Case = Case {
//!     name: "folder",
//!     is_there: || true,
//!     holds: |_| true,
//!     content: Content::Headers,
//!     inspect: |folder, _room, options| {
//!         inspect(&LocalFolder::new(folder), options, &()).unwrap()
//!     },
//! };
//!
//! same_report(&[FOLDER]);
//! same_sample(&[FOLDER]);
//! misplaced_metadata(&[FOLDER]);
//! ```
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a suite fails by panicking")]

use std::collections::HashSet;
use std::fs;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use sensortree_core::finding::settings::Settings;
use sensortree_core::sketch::Sketch;
use sensortree_core::{Inspection, check};
use sensortree_probe::LfsPointer;
use sensortree_report::{Format, RunFacts, Style, Timing, render};
use sensortree_scan::local::LocalFolder;
use sensortree_scan::{Content, ScanOptions, inspect};

/// A way to list a tree.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What it is called where a report differs.
    pub name: &'static str,
    /// Whether this machine has what it takes; what it has not is said.
    pub is_there: fn() -> bool,
    /// Whether the source can hold such a tree, and has nothing of its own to say of it; what it
    /// cannot is not compared.
    pub holds: fn(&Sketch) -> bool,
    /// How far it looks into files.
    pub content: Content,
    /// Makes what is listed from the folder, in the spare room given, and inspects it.
    pub inspect: fn(&Path, &Path, &ScanOptions) -> Inspection,
}

impl Case {
    fn inspect(&self, folder: &Path, options: &ScanOptions) -> Inspection {
        let room = tempfile::tempdir().unwrap();
        (self.inspect)(folder, room.path(), options)
    }
}

/// Less than there are; so that a fault in this suite that compares nothing is noticed.
const LEAST_COMPARED: usize = 30;

const THREADS: usize = 8;

/// Holds the reports of sources to those of the folder, byte for byte.
///
/// Left out is what may differ: the target itself, also where a rule's help leads to another one,
/// the time it took, the number of entries listed, since not every source lists folders, and what
/// only a source can say of how it was taken.
pub fn same_report(cases: &[Case]) {
    hold_to_the_folder(cases, true);
}

/// The same for sources that know no sizes.
pub fn same_report_without_sizes(cases: &[Case]) {
    hold_to_the_folder(cases, false);
}

/// Holds sources to what a metadata.json says of the names of sensors wherever it stands. A source
/// that looks into no files is left out.
pub fn misplaced_metadata(cases: &[Case]) {
    let metadata = r#"{"lidarSequence": ["top"], "cameraSequence": ["front"]}"#;
    for place in ["Metadata.JSON", "calib/meta.json", "camera_2/metadata.json"] {
        let room = tempfile::tempdir().unwrap();
        let folder = room.path().join("drive");
        for (path, text) in [
            ("LIDAR-Top/scene_1/1681532060061.pcd", ""),
            ("camera_2/scene_1/1681532060061.jpg", ""),
            (place, metadata),
        ] {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let expected = normalised(inspect_folder(&folder, Content::Headers));
        assert!(expected.contains("rename `camera_2` to `camera-front`"), "{place}: {expected}");
        for case in there(cases) {
            let inspection = case.inspect(&folder, &looking(Content::Headers));
            if inspection.coverage.content != Content::Headers.as_str() {
                continue;
            }
            let found = normalised(inspection);
            let difference = difference(&expected, &found);
            assert!(found == expected, "{place} in a {}:\n{difference}", case.name);
        }
    }
}

/// Holds sources to the sample of frames that is taken of the folder.
pub fn same_sample(cases: &[Case]) {
    let room = tempfile::tempdir().unwrap();
    let folder = room.path().join("drive");
    // Every third frame is broken, so that the findings tell which were looked into.
    let sketch = "
lidar-top/
  scene_1/
    1681532060061.pcd
    1681532060161.pcd (0 bytes)
    1681532060261.pcd =cut
    1681532060361.pcd =zeros
    1681532060461.pcd x5 +100
    1681532060961.pcd =cut
    1681532061061.pcd
    1681532061161.pcd =zeros
    frame_1.pcd =begins <html>
camera-front/
  scene_1/
    1681532060061.jpg =png
    1681532060161.jpg x9 +100
    1681532061061.jpg =cut
    1681532061161.jpg
metadata.json
";
    sensortree_treegen::materialise(&Sketch::parse(sketch).unwrap(), &folder).unwrap();
    let mut told_apart = HashSet::new();
    for sample in 1..=14 {
        let options = ScanOptions { sample: NonZeroU64::new(sample), ..ScanOptions::default() };
        let expected = inspect(&LocalFolder::new(&folder), &options, &()).unwrap();
        let (coverage, most) = (expected.coverage.clone(), 12.min(sample) + 12.min(sample));
        assert!(
            coverage.probed <= coverage.probeable && coverage.probed >= most,
            "{sample}: {coverage:?}"
        );
        let expected = normalised(expected);
        for case in there(cases) {
            let found = normalised(case.inspect(&folder, &options));
            let difference = difference(&expected, &found);
            assert!(found == expected, "{sample} frames of a {}:\n{difference}", case.name);
        }
        let is_said = expected.contains("of `camera-front` that w");
        assert_eq!(is_said, sample < 12, "{sample}: {expected}");
        told_apart.insert(expected);
    }
    assert!(told_apart.len() > 10, "only {} samples differ", told_apart.len());
}

/// The cases for which this machine has what it takes.
fn there(cases: &[Case]) -> impl Iterator<Item = &Case> {
    cases.iter().filter(|case| (case.is_there)())
}

/// Holds the reports of cases to that of the folder. The sum of all sizes is left out where a
/// source has none.
fn hold_to_the_folder(cases: &[Case], has_sizes: bool) {
    let cases: Vec<&Case> = there(cases).collect();
    // Most of the time is spent waiting for stores.
    // By threads of their own: one of rayon's would take up the next sketch while it waits for the
    // source's threads, and the next in that, until its stack is full.
    let (paths, next) = (fixtures(), AtomicUsize::new(0));
    let each_path = || paths.get(next.fetch_add(1, Ordering::Relaxed));
    let work = || {
        std::iter::from_fn(each_path)
            .map(|path| compare(path, &cases, has_sizes))
            .collect::<Vec<_>>()
    };
    let each: Vec<Compared> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let wrong: Vec<String> =
        each.iter().flat_map(|compared| compared.wrong.iter().cloned()).collect();
    let count: usize = each.iter().map(|compared| compared.count).sum();
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > LEAST_COMPARED * cases.len(), "only {count} trees were compared");
    let looked_into: usize = each.iter().map(|compared| compared.looked_into).sum();
    let looking = cases.iter().filter(|case| case.content != Content::None).count();
    assert!(looked_into >= LEAST_COMPARED * looking, "only {looked_into} trees were looked into");
}

/// What came of one sketch.
#[derive(Default)]
struct Compared {
    count: usize,
    /// In how many of them the files were looked into.
    looked_into: usize,
    wrong: Vec<String>,
}

fn compare(path: &Path, cases: &[&Case], has_sizes: bool) -> Compared {
    let sketch = Sketch::parse(&fs::read_to_string(path).unwrap()).unwrap();
    let room = tempfile::tempdir().unwrap();
    let folder = room.path().join("tree").join(folder_name(&sketch));
    let mut compared = Compared::default();
    if sketch.archive.is_some() || sensortree_treegen::materialise(&sketch, &folder).is_err() {
        return compared;
    }
    let of_folder = Content::ALL.map(|content| {
        (content, without_sizes(normalised(inspect_folder(&folder, content)), has_sizes))
    });
    for case in cases.iter().filter(|case| (case.holds)(&sketch)) {
        let inspection = case.inspect(&folder, &looking(case.content));
        let so_far = inspection.coverage.content;
        let (content, expected) =
            of_folder.iter().find(|(content, _)| content.as_str() == so_far).unwrap();
        if *content == Content::None && case.name.starts_with("git ") && has_lfs_pointers(&sketch) {
            // Git counts them with the size that they name, and a folder does so only where it
            // looks into them.
            continue;
        }
        let found = without_sizes(normalised(inspection), has_sizes);
        compared.count += 1;
        compared.looked_into += usize::from(*content != Content::None);
        if found != *expected {
            let difference = difference(expected, &found);
            compared.wrong.push(format!("{} as a {}:\n{difference}", path.display(), case.name));
        }
    }
    compared
}

fn has_lfs_pointers(sketch: &Sketch) -> bool {
    sketch.entries.iter().any(|drawn| LfsPointer::parse(&drawn.content().head).is_some())
}

/// What the folder is called that holds a sketch.
#[must_use]
pub fn folder_name(sketch: &Sketch) -> &str {
    sketch.target.rsplit(['/', ':']).next().filter(|name| !name.is_empty()).unwrap_or("dataset")
}

/// Every fixture that is a tree, in a fixed order.
fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let files = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut paths: Vec<PathBuf> = files(root)
        .filter(|path| path.is_dir())
        .flat_map(files)
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "tree"))
        .collect();
    paths.sort();
    paths
}

fn looking(content: Content) -> ScanOptions {
    ScanOptions { content, ..ScanOptions::default() }
}

fn inspect_folder(folder: &Path, content: Content) -> Inspection {
    inspect(&LocalFolder::new(folder), &looking(content), &()).unwrap()
}

/// The report as JSON, without what [`same_report`] leaves out.
fn normalised(inspection: Inspection) -> String {
    let report = check(inspection, &Settings::default());
    let facts = RunFacts::default();
    let mut bytes = Vec::new();
    render(&report, Format::Json, &Style::default(), &Timing::default(), &facts, &mut bytes)
        .unwrap();
    let mut json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    json["target"] = serde_json::Value::Null;
    for finding in json["findings"].as_array_mut().unwrap() {
        if finding["code"] == "L112" {
            finding["help"] = serde_json::Value::Null;
        }
    }
    json["coverage"]["entries"] = serde_json::Value::Null;
    if let Some(coverage) = json["coverage"].as_object_mut() {
        coverage.remove("notes");
    }
    serde_json::to_string_pretty(&json).unwrap()
}

/// A report without the one line of the files' size, where that is not known.
fn without_sizes(report: String, has_sizes: bool) -> String {
    if has_sizes {
        return report;
    }
    let is_kept = |line: &&str| !line.starts_with("    \"bytes\": ");
    report.lines().filter(is_kept).collect::<Vec<_>>().join("\n")
}

/// The lines that only one of two reports has.
fn difference(expected: &str, found: &str) -> String {
    let only = |these: &str, those: &str, mark: char| -> Vec<String> {
        these
            .lines()
            .filter(|line| !those.contains(*line))
            .map(|line| format!("  {mark} {line}"))
            .collect()
    };
    [only(expected, found, '-'), only(found, expected, '+')].concat().join("\n")
}
