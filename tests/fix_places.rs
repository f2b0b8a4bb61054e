//! Plans on file systems that refuse them: the dataset stays as it was, and it is said why.
//!
//! Mounts are made in a namespace of the test's own (`unshare`), where the system allows it.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "what was not looked at is said")]

#[expect(dead_code, reason = "other tests write files and start the program themselves")]
mod place;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use place::Place;

const TREE: &str = "\
lidar-top/
  scene_1/
    1681532060061.pcd x3 +100
Cam_left/
  scene_1/
    1681532060061.jpg x3 +100
camera-front/
  scene_1/
    1681532060061.JPG x3 +100
metadata.json
";

/// Runs a script in namespaces of its own, with `$S` for the program; `None`, and it is said why,
/// where the system allows none.
fn script(place: &Place, namespaces: &str, text: &str) -> Option<Output> {
    let is_allowed = Command::new("unshare").args([namespaces, "true"]).output();
    if !is_allowed.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: `unshare {namespaces}` is not allowed here");
        return None;
    }
    let output = Command::new("unshare")
        .args([namespaces, "bash", "-euc", text])
        .current_dir(place.path(""))
        .env("S", env!("CARGO_BIN_EXE_sensortree"))
        .output()
        .unwrap();
    Some(output)
}

/// All paths below a folder, with what files hold.
fn held(folder: &Path) -> Vec<(String, Option<Vec<u8>>)> {
    let mut all: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| {
            let entry = entry.unwrap();
            let path = entry.path().strip_prefix(folder).unwrap().display().to_string();
            (path, entry.file_type().is_file().then(|| fs::read(entry.path()).unwrap()))
        })
        .collect();
    all.sort();
    all
}

/// Runs a script that is to fail with exit code 2, leave the dataset as it was, and say why.
fn check(namespaces: &str, text: &str, expected: &str) {
    let place = Place::with(TREE);
    let before = held(&place.path("drive"));
    let Some(output) = script(&place, namespaces, text) else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}: {said}");
    assert!(said.contains(expected), "{text}: {said}");
    assert_eq!(held(&place.path("drive")), before, "{text}");
}

const FIX: &str = "$S fix drive --unsafe --apply --yes --no-progress >/dev/null";

#[test]
fn a_mount_point_inside_is_not_renamed_into() {
    let mount = "cp -r drive/camera-front copy; mount -t tmpfs tmpfs drive/camera-front; \
                 cp -r copy/* drive/camera-front; rm -r copy; ";
    check("-Urm", &format!("{mount}{FIX}"), "it is on another file system");
}

#[test]
fn a_read_only_file_system_is_not_touched() {
    let mount = "mount --bind drive drive; mount -o remount,ro,bind drive; ";
    check("-Urm", &format!("{mount}{FIX}"), "Read-only file system");
}

#[test]
fn a_full_file_system_is_not_touched() {
    let mount = "mkdir small; mount -t tmpfs -o size=256k tmpfs small; cp -r drive small/; \
                 head -c 1M /dev/zero > small/rest || true; cd small; cp -r drive ../before; ";
    let compare = "; code=$?; diff -r drive ../before >&2 || exit 9; rm -r ../before; exit $code";
    let text = format!("{mount}set +e; {FIX}{compare}");
    check("-Urm", &text, "No space left on device");
}

#[test]
fn a_folder_that_is_read_only_is_not_touched() {
    // Without the rights that root has.
    let text = format!(
        "chmod 555 drive/camera-front/scene_1; trap 'chmod 755 drive/camera-front/scene_1' EXIT; {FIX}"
    );
    check("-U", &text, "Permission denied");
}

#[test]
fn a_name_that_is_too_long_is_refused_by_the_file_system_and_all_is_taken_back() {
    let long = "x".repeat(252);
    let text = format!(
        "printf 'from,to\\nCam_left/,camera-left/\\nlidar-top/scene_1/1681532060061.pcd,lidar-top/scene_1/{long}.pcd\\n' > p.csv; \
         $S apply p.csv --target drive --yes --no-progress >/dev/null"
    );
    check("-U", &text, "File name too long");
}
