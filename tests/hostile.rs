//! Trees and targets that nobody would make on purpose: each has an answer, and none
//! harms the terminal.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use sensortree_core::Inspection;
use sensortree_core::finding::settings::Settings;
use sensortree_core::report::verdict::Outcome;
use sensortree_core::sketch::Sketch;
use sensortree_core::tree::{Entry, TreeBuilder};
use sensortree_scan::local::LocalFolder;
use sensortree_scan::{Progress, ScanOptions, inspect};
use sensortree_treegen::{Content, Plan, materialise, write};
use tempfile::TempDir;

/// Runs `sensortree check` in every format; gives its exit code, and all that it wrote in them.
fn check(target: &Path) -> (i32, Vec<u8>) {
    let mut all = Vec::new();
    let mut codes = Vec::new();
    for format in sensortree_report::Format::ALL.map(sensortree_report::Format::as_str) {
        let output = Command::new(env!("CARGO_BIN_EXE_sensortree"))
            .args(["check", "--isolated", "--color", "never", "--format", format])
            .arg(target)
            .env_remove("GITHUB_STEP_SUMMARY")
            .output()
            .unwrap();
        codes
            .push(output.status.code().unwrap_or_else(|| panic!("{format} was ended by a signal")));
        all.extend(output.stdout);
        all.extend(output.stderr);
    }
    assert!(
        codes.windows(2).all(|pair| pair[0] == pair[1]),
        "the exit code depends on the format: {codes:?}"
    );
    (codes[0], all)
}

/// A small good tree.
fn good() -> TempDir {
    let around = TempDir::new().unwrap();
    write(&Plan::new(1, 1, 2, 5), Content::Real, &around.path().join("dataset")).unwrap();
    around
}

fn is_harmless(output: &[u8]) -> bool {
    let text = std::str::from_utf8(output).unwrap();
    let harmful = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2028}' | '\u{2029}')
    };
    !text.chars().any(harmful)
}

#[test]
fn names_that_would_play_with_the_terminal() {
    let names: &[&[u8]] = &[
        b"line\nbreak",
        b"\x1b[31mred\x1b[0m",
        b"\x1b]0;title\x07",
        "\u{202e}gpj.1".as_bytes(),
        "\u{2028}line".as_bytes(),
        b"\xff\xfe\x80",
        b"tab\there",
        b"back\x08space",
        b"\r",
        b" ",
        b"--help",
        b"<b>&amp;|`$(x)`",
        &[b'n'; 255],
    ];
    for name in names {
        let shown = String::from_utf8_lossy(name).into_owned();
        // As a file and as a folder, at every level.
        let around = good();
        let root = around.path().join("dataset");
        for level in ["", "lidar-l0", "lidar-l0/scene_0000"] {
            let folder = root.join(level);
            fs::write(
                folder.join(OsStr::from_bytes(&[&name[..name.len().min(250)], b".txt"].concat())),
                "x",
            )
            .unwrap();
            fs::create_dir(folder.join(OsStr::from_bytes(name))).unwrap();
            fs::write(folder.join(OsStr::from_bytes(name)).join("1.pcd"), "x").unwrap();
        }
        let (code, output) = check(&root);
        assert_eq!(code, 1, "{shown:?}");
        assert!(is_harmless(&output), "{shown:?}:\n{}", String::from_utf8_lossy(&output));
    }
}

#[test]
fn targets_that_are_none() {
    let around = good();
    let path = |name: &str| around.path().join(name);
    fs::write(path("file"), "x").unwrap();
    fs::create_dir(path("empty")).unwrap();
    symlink("nowhere", path("dangling")).unwrap();
    symlink("dataset", path("link")).unwrap();
    let long = "x".repeat(300);
    for (target, expected) in [
        ("missing", 2),
        ("\x1b[31mmissing\n", 2),
        (&long, 2),
        ("file", 2),
        ("dangling", 2),
        ("empty", 4),
        ("link", 0),
    ] {
        let (code, output) = check(&path(target));
        assert_eq!(code, expected, "{target:?}: {}", String::from_utf8_lossy(&output));
        assert!(is_harmless(&output), "{target:?}: {}", String::from_utf8_lossy(&output));
    }
}

#[test]
fn links_fifos_and_loops_are_said_and_not_followed() {
    let around = good();
    let root = around.path().join("dataset");
    symlink("..", root.join("lidar-l0/scene_0000/loop")).unwrap();
    symlink("/", root.join("camera-c0/everything")).unwrap();
    let sketch = Sketch::parse("pipe (fifo)\n").unwrap();
    materialise(&sketch, &root.join("lidar-l0/scene_0001/deeper")).unwrap();
    let inspection = inspect(&LocalFolder::new(&root), &ScanOptions::default(), &()).unwrap();
    assert!(inspection.coverage.is_complete());
    assert_eq!(inspection.tree.files(), 2 * 2 * 5 + 1 + 3);
    assert_eq!(check(&root).0, 1);
}

#[test]
fn a_tree_of_500_levels() {
    let around = good();
    let root = around.path().join("dataset");
    let mut deep = root.join("lidar-l0/scene_0000");
    for _ in 0..500 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("1.pcd"), "x").unwrap();
    let (code, output) = check(&root);
    assert_eq!(code, 1);
    // Every rule's page is in SARIF.
    assert!(output.len() < 500_000, "{} bytes are too much to read", output.len());
}

#[test]
fn what_may_not_be_read_is_never_accepted() {
    let around = good();
    let root = around.path().join("dataset");
    let refused = root.join("camera-c0/scene_0001");
    fs::set_permissions(&refused, fs::Permissions::from_mode(0o000)).unwrap();
    let is_refused = fs::read_dir(&refused).is_err();
    let (code, _) = check(&root);
    fs::set_permissions(&refused, fs::Permissions::from_mode(0o755)).unwrap();
    if is_refused {
        assert_eq!(code, 3);
    } else {
        println!("skipped: this user may read everything");
    }
}

#[test]
fn a_tree_that_changes_while_it_is_read_is_never_accepted() {
    struct Deleting<'p>(&'p Path, AtomicBool);
    impl Progress for Deleting<'_> {
        fn listed(&self, _entries: u64) {
            if !self.1.swap(true, Ordering::Relaxed) {
                fs::remove_dir_all(self.0).unwrap();
            }
        }
    }
    let around = good();
    let root = around.path().join("dataset");
    let inspection = inspect(
        &LocalFolder::new(&root),
        &ScanOptions::default(),
        &Deleting(&root.join("camera-c0"), AtomicBool::new(false)),
    )
    .unwrap();
    let gaps: Vec<_> =
        inspection.coverage.unread.iter().map(|gap| (&*gap.path, &*gap.reason)).collect();
    assert_eq!(gaps, [(&b"camera-c0/"[..], "vanished while the tree was read")]);
    let report = sensortree_core::check(inspection, &Settings::default());
    assert!(
        matches!(report.verdict.outcome, Outcome::Unknown | Outcome::Rejected),
        "{:?}",
        report.verdict
    );
}

/// Judges a listing that is made up on the way.
fn judge(list: impl FnOnce(&mut dyn FnMut(&[u8]))) -> sensortree_core::report::Report {
    let mut builder = TreeBuilder::new();
    list(&mut |path| builder.add(&Entry::file(path, 1_000)));
    let inspection = Inspection {
        tree: builder.finish(),
        ..Sketch::parse("metadata.json\n").unwrap().inspection()
    };
    sensortree_core::check(inspection, &Settings::default())
}

#[test]
fn many_strays_are_one_finding() {
    let report = judge(|add| {
        for stray in 0..200_000 {
            add(format!("stray_{stray}.txt").as_bytes());
        }
    });
    assert!(report.findings.len() <= 3, "{} findings", report.findings.len());
}

#[test]
fn many_scenes_of_one_frame() {
    let report = judge(|add| {
        for sensor in ["lidar-l0/", "camera-c0/"] {
            let suffix = if sensor.starts_with('l') { "pcd" } else { "jpg" };
            for scene in 0..50_000 {
                add(format!("{sensor}scene_{scene}/1681532060061.{suffix}").as_bytes());
            }
        }
    });
    assert_eq!(report.scenes.len(), 50_000);
    assert_eq!(report.frames, 100_000);
    assert!(report.findings.len() <= 5, "{} findings", report.findings.len());
}
