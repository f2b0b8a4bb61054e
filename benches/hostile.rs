//! How long the check of a small zip takes that is made to take for ever, beside Python
//! reading its names.
//!
//! `cargo bench --bench hostile` writes zips of 100,000 entries whose sensors and scenes make pairs
//! without end: as many sensors as entries, all in one scene each; sensors in scenes that no other
//! sensor has; frames that no other sensor has, by number and by text. Each check is to take at
//! most 5 s and 500 MB.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

const ENTRIES: u64 = 100_000;
const MOST_TIME: Duration = Duration::from_secs(5);
const MOST_BYTES: u64 = 500_000_000;

/// A way to name entries, by their number.
type Shape = (&'static str, fn(u64) -> String);

const SHAPES: [Shape; 6] = [
    ("a sensor and a scene each", |at| format!("lidar-{at}/s{at}/1681532060061.pcd")),
    ("a sensor each, one scene", |at| format!("camera-{at}/s/1681532060061.jpg")),
    ("a scene each, one sensor", |at| format!("lidar-top/s{at}/1681532060061.pcd")),
    ("316 sensors x 316 scenes", |at| {
        format!("camera-{}/s{}/1681532060061.jpg", at % 316, at / 316)
    }),
    ("300 sensors, all numbers differ", |at| {
        format!("camera-{}/s{}/{}.jpg", at % 300, at / 300, 1_681_532_060_061 + 7 * at)
    }),
    ("300 sensors, all texts differ", |at| format!("camera-{}/s{}/a{at}.jpg", at % 300, at / 300)),
];

fn main() {
    println!("{:<34} {:>16} {:>24}", "", "check", "python zipfile");
    for (shape, (name, entry)) in SHAPES.into_iter().enumerate() {
        let path = archive(shape, entry);
        let text = path.to_str().unwrap();
        let (took, peak) =
            run(env!("CARGO_BIN_EXE_sensortree"), &["check", text, "--quiet", "--content=none"]);
        let script = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).namelist()";
        let (python, _) = run("python3", &["-c", script, text]);
        let verdict = if took <= MOST_TIME && peak <= MOST_BYTES { "reached" } else { "MISSED" };
        println!(
            "{name:<34} {:>6.2} s {:>5.0} MB {:>8.2} s, {:>6.2} times  {verdict}",
            took.as_secs_f64(),
            peak as f64 / 1e6,
            python.as_secs_f64(),
            took.as_secs_f64() / python.as_secs_f64()
        );
    }
}

/// The time that a program took, and its memory at most, in bytes.
fn run(program: &str, arguments: &[&str]) -> (Duration, u64) {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    let began = Instant::now();
    let used = command.spawn().unwrap().wait4().unwrap();
    let took = began.elapsed();
    assert!(used.status.code().is_some_and(|code| code <= 3), "{program}: {}", used.status);
    (took, used.rusage.maxrss)
}

/// The zip of a shape, written when it is not there yet.
fn archive(shape: usize, entry: fn(u64) -> String) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-hostile");
    let path = folder.join(format!("drive-{shape}.zip"));
    if path.exists() {
        return path;
    }
    fs::create_dir_all(&folder).unwrap();
    let draft = folder.join("draft");
    let mut writer = ZipWriter::new(BufWriter::new(File::create(&draft).unwrap()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for at in 0..ENTRIES {
        writer.start_file(format!("drive-{shape}/{}", entry(at)), options).unwrap();
        std::io::Write::write_all(&mut writer, b"frame").unwrap();
    }
    writer.finish().unwrap();
    fs::rename(draft, &path).unwrap();
    path
}
