//! A process that is killed while it packs a zip anew: whatever it had done, the next one finishes
//! it or takes it back.
//!
//! In a file of its own, as a child that is being started holds the locks of all threads of its
//! parent for a moment.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use sensortree_apply::zip::ZipExecutor;
use sensortree_apply::{
    Executor as _, Faults, Job, MetadataEdit, Removals, RunStatus, StateFolder,
};
use sensortree_core::plan::{Plan, Rename};
use sensortree_scan::ScanOptions;
use sensortree_scan::inspect;
use sensortree_scan::zip::ZipFile;
use zip::write::{SimpleFileOptions, ZipWriter};

/// The step at which the child process ends, and the folder that it works in.
const CHILD: &str = "SENSORTREE_TEST_ZIP_CHILD";

fn drive() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("drive/Lidar_top/scene_1/1681532060061.pcd", &[3; 50_000][..]),
        ("drive/Lidar_top/scene_1/1681532060161.pcd", b"second"),
        ("drive/metadata.json", b"{}"),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Carries a plan out. Returns how many steps that took.
fn apply(path: &Path, faults: Faults) -> u64 {
    let tree = inspect(&ZipFile::new(path), &ScanOptions::default(), &()).unwrap().tree;
    let renames = [Rename { from: b"Lidar_top".to_vec(), to: b"lidar-top".to_vec() }];
    let plan = Plan::from_renames(&tree, &renames).unwrap();
    let edit = MetadataEdit {
        path: b"metadata.json".to_vec(),
        before: b"{}".to_vec(),
        after: b"{ }".to_vec(),
    };
    let job = Job { plan: &plan, metadata: Some(&edit), removals: Removals::ToTrash };
    let executor = ZipExecutor::new(path).unwrap().failing(faults);
    executor.apply(&job, &StateFolder::beside(path).unwrap(), &()).unwrap();
    executor.steps()
}

#[test]
#[ignore = "is run by the other test, in a process of its own"]
fn child() {
    let work = std::env::var(CHILD).unwrap();
    let (step, folder) = work.split_once(' ').unwrap();
    apply(&PathBuf::from(folder).join("drive.zip"), Faults::abort_at(step.parse().unwrap()));
}

#[test]
fn what_a_killed_process_leaves_is_undone_or_finished() {
    let whole = tempfile::tempdir().unwrap();
    let path = whole.path().join("drive.zip");
    fs::write(&path, drive()).unwrap();
    let steps = apply(&path, Faults::default());
    let planned = fs::read(whole.path().join("drive.fixed.zip")).unwrap();
    assert!(steps > 8, "{steps}");
    for step in 0..steps {
        for is_undone in [true, false] {
            let case = format!("step {step}, undone: {is_undone}");
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("drive.zip");
            fs::write(&path, drive()).unwrap();
            let child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "--ignored", "child"])
                .env(CHILD, format!("{step} {}", folder.path().display()))
                .output()
                .unwrap();
            // Ended by a signal.
            assert_eq!(child.status.code(), None, "{case}");
            let executor = ZipExecutor::new(&path).unwrap();
            let state = StateFolder::beside(&path).unwrap();
            let run = state.interrupted(&executor.target().unwrap()).unwrap().unwrap();
            let mended =
                if is_undone { executor.undo(&run, &()) } else { executor.resume(&run, &()) };
            mended.unwrap_or_else(|error| panic!("{case}: {error}"));
            assert_eq!(fs::read(&path).unwrap(), drive(), "{case}");
            let mut names: Vec<String> = fs::read_dir(folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            if state.run(&run.id).unwrap().status == RunStatus::Finished {
                assert_eq!(names, [".sensortree", "drive.fixed.zip", "drive.zip"], "{case}");
                let result = fs::read(executor.result()).unwrap();
                assert!(!is_undone && result == planned, "{case}");
            } else {
                assert_eq!(names, [".sensortree", "drive.zip"], "{case}");
                // Before it was written down what is to be done, there is nothing to finish.
                assert!(is_undone || step <= 1, "{case}");
            }
        }
    }
}
