//! Ctrl-C: the run ends with what was found, and says that it is not all.
//!
//! The runs here wait for their configuration, which a named pipe holds back, until all signals
//! have arrived: so nothing depends on how fast a listing is.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat, openat};
use sensortree_core::sketch::Sketch;
use serde_json::Value;
use tempfile::TempDir;

/// Sensors that hold other scenes: more than enough to find, if all was listed.
const DRIVE: &str = "
lidar-top/
  scene_1/
    1681532060061.pcd x3 +100
camera-front/
  scene_2/
    1681532060061.jpg x2 +100
";

/// A request without a fault, in which the answer is that of the tree.
const REQUEST: &str = r#"{"resourceUrl": "gs://acme/drive/", "fileTreeType": 0, "dataType": 3, "name": "d", "projectId": 26}"#;

/// A run that waits for its request.
struct Waiting {
    folder: TempDir,
    child: Child,
}

impl Waiting {
    fn begin(flags: &[&str]) -> Self {
        // Whoever runs these tests may have the signals ignored, which a child inherits.
        Self::with("--default-signal=INT,TERM,HUP", flags)
    }

    fn with(signals: &str, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let drive = folder.path().join("drive");
        fs::create_dir(&drive).unwrap();
        sensortree_treegen::materialise(&Sketch::parse(DRIVE).unwrap(), &drive).unwrap();
        mknodat(CWD, folder.path().join("pipe.json"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)
            .unwrap();
        let child = Command::new("env")
            .arg(signals)
            .arg(env!("CARGO_BIN_EXE_sensortree"))
            .args(["check", "drive", "--isolated", "--request", "pipe.json", "--format", "json"])
            .args(flags)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Waiting { folder, child }
    }

    /// Sends a signal, and waits until the run has taken it.
    fn signal(&mut self, signal: &str) {
        let before = self.times_woken();
        self.send(signal);
        while self.child.try_wait().unwrap().is_none() && self.times_woken() == before {
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn send(&self, signal: &str) {
        let sent =
            Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// How often the thread that waits for signals went to sleep; waits until it has for
    /// the first time.
    fn times_woken(&mut self) -> u64 {
        loop {
            if self.child.try_wait().unwrap().is_some() {
                return 0;
            }
            if let Some(times) = times_asleep(self.child.id()) {
                return times;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until the program runs, and no longer the one that starts it.
    fn until_it_runs(&mut self) {
        let name = format!("/proc/{}/comm", self.child.id());
        while self.child.try_wait().unwrap().is_none()
            && fs::read_to_string(&name).unwrap().trim() != "sensortree"
        {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Gives the run its request, if it is still there to read it.
    fn end(mut self) -> Output {
        let pipe = self.folder.path().join("pipe.json");
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        while self.child.try_wait().unwrap().is_none() {
            if let Ok(file) = openat(CWD, &pipe, flags, Mode::empty()) {
                // It may have ended since.
                let _ = fs::File::from(file).write_all(REQUEST.as_bytes());
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        self.child.wait_with_output().unwrap()
    }
}

/// How often the thread `ctrl-c` of a process went to sleep, once it has and is asleep now.
fn times_asleep(process: u32) -> Option<u64> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).ok()?;
    let read = |task: &Path, name: &str| fs::read_to_string(task.join(name)).unwrap_or_default();
    let mut tasks = tasks.filter_map(|task| Some(task.ok()?.path()));
    let task = tasks.find(|task| read(task, "comm").trim() == "ctrl-c")?;
    let status = read(&task, "status");
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    field("State:").filter(|state| state.starts_with('S'))?;
    field("voluntary_ctxt_switches:")?.parse().ok().filter(|times| *times > 0)
}

#[test]
fn an_interrupted_run_reports_what_it_found_and_is_incomplete() {
    for signal in ["-INT", "-TERM"] {
        for flags in [&[][..], &["--no-progress"], &["-q"], &["--jobs", "1"]] {
            let mut run = Waiting::begin(flags);
            run.signal(signal);
            let output = run.end();
            let error = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(3), "{signal} {flags:?}: {error}");
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(report["coverage"]["complete"], false);
            assert_eq!(report["coverage"]["unread"][0]["reason"], "the listing was interrupted");
            assert_eq!(
                report["prediction"]["outcome"], "unknown",
                "what was not seen is not missing"
            );
        }
    }
}

#[test]
fn a_second_interruption_ends_at_once() {
    let mut run = Waiting::begin(&[]);
    run.signal("-INT");
    run.signal("-INT");
    assert_eq!(run.child.wait().unwrap().code(), Some(130));
}

#[test]
fn what_is_ignored_stays_ignored() {
    let mut run = Waiting::with("--ignore-signal=HUP", &[]);
    run.until_it_runs();
    run.send("-HUP");
    assert_eq!(run.end().status.code(), Some(1));
}
