//! One tree, many sources: whatever a tree is listed from, it gives the same report.
//!
//! Every sketch under `fixtures/` that can stand on a disk is put there and then listed by each of
//! [`SOURCES`]. A source is one row of that table: it makes of the folder what it lists (packs it,
//! uploads it, commits it) and inspects that. The reports are compared as JSON, byte for byte,
//! without what [`normalised`] takes out and says why. A source that does not look into files is
//! held to the report of the folder whose files were not looked into either.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg_attr(feature = "cloud", expect(clippy::print_stderr, reason = "it says what it skips"))]

#[cfg(feature = "cloud")]
#[path = "conformance/cloud.rs"]
mod cloud;
#[cfg(unix)]
#[path = "conformance/listings.rs"]
mod listings;
#[path = "../fixtures/sketches.rs"]
mod sketches;
#[path = "conformance/zips.rs"]
mod zips;

use std::collections::HashSet;
use std::fs;
use std::io::Write as _;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use sensortree_core::finding::settings::Settings;
use sensortree_core::names::SensorKind;
use sensortree_core::sketch::Sketch;
use sensortree_core::tree::EntryKind;
use sensortree_core::{Inspection, check};
use sensortree_probe::LfsPointer;
use sensortree_report::{Format, RunFacts, Style, Timing, render};
use sensortree_scan::{Content, ScanOptions, local, zip as archive};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};
use zips::{Packing, inspect_zip, inspect_zip_with, pack, zip_holds};

/// A way to list a tree.
struct Source {
    name: &'static str,
    /// Whether this machine has what it takes; what it has not is said.
    is_there: fn() -> bool,
    /// Whether the source can hold such a tree, and has nothing of its own to say of it; what it
    /// cannot is not compared.
    holds: fn(&Sketch) -> bool,
    /// Makes what is listed from the folder, in the spare room given, and inspects it.
    inspect: fn(&Path, &Path) -> Inspection,
}

const SOURCES: &[Source] = &[
    Source {
        name: "folder",
        is_there: || true,
        holds: |_| true,
        inspect: |folder, _| inspect_folder(folder, Content::Headers),
    },
    Source {
        name: "stored zip",
        is_there: || true,
        holds: zip_holds,
        inspect: |folder, room| inspect_zip(folder, room, Packing::STORED),
    },
    Source {
        name: "deflated zip",
        is_there: || true,
        holds: zip_holds,
        inspect: |folder, room| inspect_zip(folder, room, Packing::DEFLATED),
    },
    Source {
        name: "deflated zip, looked into to the end",
        is_there: || true,
        holds: zip_holds,
        inspect: |folder, room| inspect_zip_with(folder, room, Packing::DEFLATED, &to_the_end()),
    },
    Source {
        name: "zip in another order",
        is_there: || true,
        holds: zip_holds,
        inspect: |folder, room| {
            inspect_zip(folder, room, Packing { backwards: true, ..Packing::STORED })
        },
    },
    Source {
        name: "zip64",
        is_there: || true,
        holds: zip_holds,
        inspect: |folder, room| {
            inspect_zip(folder, room, Packing { large: true, ..Packing::STORED })
        },
    },
    #[cfg(feature = "cloud")]
    Source {
        name: "prefix on S3",
        is_there: cloud::has_seaweedfs,
        holds: cloud::holds,
        inspect: |folder, _| cloud::s3(folder, &ScanOptions::default()),
    },
    #[cfg(feature = "cloud")]
    Source {
        name: "prefix on S3, looked into to the end",
        is_there: cloud::has_seaweedfs,
        holds: cloud::holds,
        inspect: |folder, _| cloud::s3(folder, &to_the_end()),
    },
    #[cfg(feature = "cloud")]
    Source {
        name: "prefix on GCS",
        is_there: cloud::has_seaweedfs,
        holds: cloud::holds,
        inspect: |folder, _| cloud::gcs(folder, &ScanOptions::default()),
    },
    #[cfg(feature = "cloud")]
    Source {
        name: "prefix on Azure",
        is_there: cloud::has_azurite,
        holds: cloud::holds,
        inspect: |folder, _| cloud::azure(folder, &ScanOptions::default()),
    },
    #[cfg(feature = "git")]
    Source {
        name: "git revision",
        is_there: has_git,
        holds: git_holds,
        inspect: |folder, room| inspect_git(folder, room, "HEAD", &ScanOptions::default()),
    },
    #[cfg(feature = "git")]
    Source {
        name: "git index",
        is_there: has_git,
        holds: git_holds,
        inspect: |folder, room| inspect_git(folder, room, "index", &ScanOptions::default()),
    },
];

/// Less than there are; so that a fault in this suite that compares nothing is noticed.
const LEAST_COMPARED: usize = 30;

/// How many sources look into files on every machine: the folder and the zips.
const LOOK_INTO_FILES: usize = 5;

/// A way to look into some frames of a tree.
struct Sampled {
    name: &'static str,
    is_there: fn() -> bool,
    inspect: fn(&Path, &Path, &ScanOptions) -> Inspection,
}

const SAMPLED: &[Sampled] = &[
    Sampled {
        name: "stored zip",
        is_there: || true,
        inspect: |folder, room, options| inspect_zip_with(folder, room, Packing::STORED, options),
    },
    Sampled {
        name: "deflated zip",
        is_there: || true,
        inspect: |folder, room, options| inspect_zip_with(folder, room, Packing::DEFLATED, options),
    },
    #[cfg(feature = "git")]
    Sampled {
        name: "git revision",
        is_there: has_git,
        inspect: |folder, room, options| inspect_git(folder, room, "HEAD", options),
    },
    #[cfg(feature = "git")]
    Sampled {
        name: "git index",
        is_there: has_git,
        inspect: |folder, room, options| inspect_git(folder, room, "index", options),
    },
    #[cfg(feature = "cloud")]
    Sampled {
        name: "prefix on S3",
        is_there: cloud::has_seaweedfs,
        inspect: |folder, _, options| cloud::s3(folder, options),
    },
    #[cfg(feature = "cloud")]
    Sampled {
        name: "prefix on Azure",
        is_there: cloud::has_azurite,
        inspect: |folder, _, options| cloud::azure(folder, options),
    },
];

const THREADS: usize = 8;

#[test]
fn every_source_gives_one_report() {
    let looked_into = hold_to_the_folder(SOURCES, true);
    assert!(
        looked_into > LEAST_COMPARED * LOOK_INTO_FILES,
        "only {looked_into} trees were looked into"
    );
}

/// What a metadata.json says of the names of sensors counts wherever it stands, and whatever lists
/// it.
#[test]
fn every_source_reads_a_metadata_json_that_stands_elsewhere() {
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
        for source in SOURCES.iter().filter(|source| (source.is_there)()) {
            let room = tempfile::tempdir().unwrap();
            let inspection = (source.inspect)(&folder, room.path());
            if inspection.coverage.content != Content::Headers.as_str() {
                continue;
            }
            let found = normalised(inspection);
            let difference = difference(&expected, &found);
            assert!(found == expected, "{place} in a {}:\n{difference}", source.name);
        }
    }
}

#[test]
fn every_source_takes_the_same_sample() {
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
        let expected = local::inspect(&folder, &options, &()).unwrap();
        let (coverage, most) = (expected.coverage.clone(), 12.min(sample) + 12.min(sample));
        assert!(
            coverage.probed <= coverage.probeable && coverage.probed >= most,
            "{sample}: {coverage:?}"
        );
        let expected = normalised(expected);
        for Sampled { name, inspect, .. } in SAMPLED.iter().filter(|source| (source.is_there)()) {
            let room = tempfile::tempdir().unwrap();
            let found = normalised(inspect(&folder, room.path(), &options));
            assert!(
                found == expected,
                "{sample} frames of a {name}:\n{}",
                difference(&expected, &found)
            );
        }
        let is_said = expected.contains("of `camera-front` that w");
        assert_eq!(is_said, sample < 12, "{sample}: {expected}");
        told_apart.insert(expected);
    }
    assert!(told_apart.len() > 10, "only {} samples differ", told_apart.len());
}

#[cfg(unix)]
#[test]
fn every_listing_gives_one_report() {
    hold_to_the_folder(listings::WITH_SIZES, true);
}

#[cfg(unix)]
#[test]
fn every_listing_of_names_gives_one_report() {
    hold_to_the_folder(listings::OF_NAMES, false);
}

/// Holds the reports of sources to that of the folder, and gives how many of them looked into
/// files. The sum of all sizes is left out where a source has none.
fn hold_to_the_folder(sources: &[Source], has_sizes: bool) -> usize {
    let sources: Vec<&Source> = sources.iter().filter(|source| (source.is_there)()).collect();
    // Most of the time is spent waiting for stores.
    // By threads of their own: one of rayon's would take up the next sketch while it waits for the
    // source's threads, and the next in that, until its stack is full.
    let (paths, next) = (sketches::paths(), AtomicUsize::new(0));
    let each_path = || paths.get(next.fetch_add(1, Ordering::Relaxed));
    let work = || {
        std::iter::from_fn(each_path)
            .map(|path| compare(path, &sources, has_sizes))
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
    assert!(count > LEAST_COMPARED * sources.len(), "only {count} trees were compared");
    each.iter().map(|compared| compared.looked_into).sum()
}

/// What came of one sketch.
#[derive(Default)]
struct Compared {
    count: usize,
    /// In how many of them the files were looked into.
    looked_into: usize,
    wrong: Vec<String>,
}

fn compare(path: &Path, sources: &[&Source], has_sizes: bool) -> Compared {
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
    for source in sources.iter().filter(|source| (source.holds)(&sketch)) {
        let room = tempfile::tempdir().unwrap();
        let inspection = (source.inspect)(&folder, room.path());
        let so_far = inspection.coverage.content;
        let (content, expected) =
            of_folder.iter().find(|(content, _)| content.as_str() == so_far).unwrap();
        if *content == Content::None && source.name.starts_with("git ") && has_lfs_pointers(&sketch)
        {
            // Git counts them with the size that they name, and a folder does so only where it
            // looks into them.
            continue;
        }
        let found = without_sizes(normalised(inspection), has_sizes);
        compared.count += 1;
        compared.looked_into += usize::from(*content != Content::None);
        if found != *expected {
            let difference = difference(expected, &found);
            compared.wrong.push(format!("{} as a {}:\n{difference}", path.display(), source.name));
        }
    }
    compared
}

fn has_lfs_pointers(sketch: &Sketch) -> bool {
    sketch.entries.iter().any(|drawn| LfsPointer::parse(&drawn.content().head).is_some())
}

fn folder_name(sketch: &Sketch) -> &str {
    sketch.target.rsplit(['/', ':']).next().filter(|name| !name.is_empty()).unwrap_or("dataset")
}

/// What a repository keeps beside the data is in order in a folder and junk in a zip.
fn is_kept_by_repositories(name: &str) -> bool {
    [".git", ".gitattributes", ".gitignore", ".gitmodules", "sensortree.toml"].contains(&name)
        || name.ends_with(".dvc")
}

fn to_the_end() -> ScanOptions {
    ScanOptions { content: Content::Full, ..ScanOptions::default() }
}

fn inspect_folder(folder: &Path, content: Content) -> Inspection {
    local::inspect(folder, &ScanOptions { content, ..ScanOptions::default() }, &()).unwrap()
}

/// The report as JSON, without what may differ: the target itself, also where a rule's help leads
/// to another one, the time it took, the number of entries listed, since not every source lists
/// folders, and what only a source can say of how it was taken.
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

/// Whether this machine has the program that makes repositories; that it has not is said.
#[cfg(feature = "git")]
fn has_git() -> bool {
    let is_there = std::process::Command::new("git").arg("--version").output().is_ok();
    if !is_there {
        eprintln!("skipped: git, which is not on this machine");
    }
    is_there
}

/// Git has no folders but those of files, and no file called `.git`. What stands for a large file
/// counts as that.
#[cfg(feature = "git")]
fn git_holds(sketch: &Sketch) -> bool {
    let is_pointer = |text: &Vec<u8>| text.starts_with(b"version https://git-lfs");
    if sketch.metadata.as_ref().is_some_and(is_pointer) {
        return false;
    }
    let is_file = |kind| matches!(kind, EntryKind::File | EntryKind::Link);
    let is_of_git = |path: &[u8]| {
        path.split(|byte| *byte == b'/').any(|name| name.eq_ignore_ascii_case(b".git"))
    };
    let fits = |drawn: &sensortree_core::sketch::Drawn| {
        let folder = [drawn.path.strip_suffix(b"/").unwrap_or(&drawn.path), b"/"].concat();
        let holds_a_file = || {
            sketch.entries.iter().any(|file| is_file(file.kind) && file.path.starts_with(&folder))
        };
        !is_of_git(&drawn.path)
            && (is_file(drawn.kind) || (drawn.kind == EntryKind::Folder && holds_a_file()))
    };
    sketch.entries.iter().any(|drawn| is_file(drawn.kind)) && sketch.entries.iter().all(fits)
}

/// Commits the folder, in a repository beside others, and checks it as `git:SOURCE:FOLDER`.
#[cfg(feature = "git")]
fn inspect_git(folder: &Path, room: &Path, source: &str, options: &ScanOptions) -> Inspection {
    use sensortree_scan::git;

    let name = folder.file_name().unwrap().to_str().unwrap();
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.args([
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.com",
            "-c",
            "core.autocrlf=false",
        ]);
        command.args(["-c", "core.fsync=none", "-c", "gc.auto=0", "-c", "core.looseCompression=0"]);
        command
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .current_dir(room);
        command
            .arg("--work-tree")
            .arg(folder.parent().unwrap())
            .arg("--git-dir=repository/.git")
            .args(arguments);
        let output = command.output().unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    fs::create_dir(room.join("repository")).unwrap();
    git(&["init", "-q", "--template="]);
    git(&["add", "-f", "-A", name]);
    if source == "HEAD" {
        git(&["commit", "-q", "-m", "a tree"]);
    }
    let target = git::GitTarget::named(format!("git:{source}:{name}").as_bytes()).unwrap().unwrap();
    git::inspect(&target, &room.join("repository"), options, &()).unwrap()
}
