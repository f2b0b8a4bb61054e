//! One tree, many sources: whatever a tree is listed from, it gives the same report. Each way to
//! list one is a row of [`CASES`], which the suite of `sensortree_conformance` holds to the folder.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg_attr(feature = "cloud", expect(clippy::print_stderr, reason = "it says what it skips"))]

#[cfg(feature = "cloud")]
#[path = "conformance/cloud.rs"]
mod cloud;
#[cfg(unix)]
#[path = "conformance/listings.rs"]
mod listings;
#[path = "conformance/zips.rs"]
mod zips;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sensortree_conformance::{
    Case, folder_name, misplaced_metadata, same_report, same_report_without_sizes, same_sample,
};
use sensortree_core::Inspection;
use sensortree_core::names::SensorKind;
use sensortree_core::sketch::Sketch;
use sensortree_core::tree::EntryKind;
#[cfg(feature = "git")]
use sensortree_scan::git::GitFolder;
use sensortree_scan::local::LocalFolder;
use sensortree_scan::{Content, ScanOptions, inspect};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};
use zips::{Packing, inspect_zip, pack, zip_holds};

const CASES: &[Case] = &[
    Case {
        name: "folder",
        is_there: || true,
        holds: |_| true,
        content: Content::Headers,
        inspect: |folder, _, options| inspect(&LocalFolder::new(folder), options, &()).unwrap(),
    },
    Case {
        name: "stored zip",
        is_there: || true,
        holds: zip_holds,
        content: Content::Headers,
        inspect: |folder, room, options| inspect_zip(folder, room, Packing::STORED, options),
    },
    Case {
        name: "deflated zip",
        is_there: || true,
        holds: zip_holds,
        content: Content::Headers,
        inspect: |folder, room, options| inspect_zip(folder, room, Packing::DEFLATED, options),
    },
    Case {
        name: "deflated zip, looked into to the end",
        is_there: || true,
        holds: zip_holds,
        content: Content::Full,
        inspect: |folder, room, options| inspect_zip(folder, room, Packing::DEFLATED, options),
    },
    Case {
        name: "zip in another order",
        is_there: || true,
        holds: zip_holds,
        content: Content::Headers,
        inspect: |folder, room, options| {
            inspect_zip(folder, room, Packing { backwards: true, ..Packing::STORED }, options)
        },
    },
    Case {
        name: "zip64",
        is_there: || true,
        holds: zip_holds,
        content: Content::Headers,
        inspect: |folder, room, options| {
            inspect_zip(folder, room, Packing { large: true, ..Packing::STORED }, options)
        },
    },
    #[cfg(feature = "cloud")]
    Case {
        name: "prefix on S3",
        is_there: cloud::has_seaweedfs,
        holds: cloud::holds,
        content: Content::Headers,
        inspect: |folder, _, options| cloud::s3(folder, options),
    },
    #[cfg(feature = "cloud")]
    Case {
        name: "prefix on S3, looked into to the end",
        is_there: cloud::has_seaweedfs,
        holds: cloud::holds,
        content: Content::Full,
        inspect: |folder, _, options| cloud::s3(folder, options),
    },
    #[cfg(feature = "cloud")]
    Case {
        name: "prefix on GCS",
        is_there: cloud::has_seaweedfs,
        holds: cloud::holds,
        content: Content::Headers,
        inspect: |folder, _, options| cloud::gcs(folder, options),
    },
    #[cfg(feature = "cloud")]
    Case {
        name: "prefix on Azure",
        is_there: cloud::has_azurite,
        holds: cloud::holds,
        content: Content::Headers,
        inspect: |folder, _, options| cloud::azure(folder, options),
    },
    #[cfg(feature = "git")]
    Case {
        name: "git revision",
        is_there: has_git,
        holds: git_holds,
        content: Content::Headers,
        inspect: |folder, room, options| inspect_git(folder, room, "HEAD", options),
    },
    #[cfg(feature = "git")]
    Case {
        name: "git index",
        is_there: has_git,
        holds: git_holds,
        content: Content::Headers,
        inspect: |folder, room, options| inspect_git(folder, room, "index", options),
    },
];

#[test]
fn every_source_gives_one_report() {
    same_report(CASES);
}

#[test]
fn every_source_reads_a_metadata_json_that_stands_elsewhere() {
    misplaced_metadata(CASES);
}

#[test]
fn every_source_takes_the_same_sample() {
    same_sample(CASES);
}

#[cfg(unix)]
#[test]
fn every_listing_gives_one_report() {
    same_report(listings::WITH_SIZES);
}

#[cfg(unix)]
#[test]
fn every_listing_of_names_gives_one_report() {
    same_report_without_sizes(listings::OF_NAMES);
}

/// What a repository keeps beside the data is in order in a folder and junk in a zip.
fn is_kept_by_repositories(name: &str) -> bool {
    [".git", ".gitattributes", ".gitignore", ".gitmodules", "sensortree.toml"].contains(&name)
        || name.ends_with(".dvc")
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
    inspect(&GitFolder::new(target, room.join("repository")), options, &()).unwrap()
}
