//! How long the check of a zip of a million entries takes, beside programs that only
//! list its names.
//!
//! `cargo bench --bench zip` writes the zip once into cargo's folder for temporary files, then runs
//! each program a few times on it, warm, in turns, and compares the fastest runs. The check is to
//! take at most twice the time of the faster lister. A lister that is not there is left out with a
//! word. `SENSORTREE_BENCH_BESIDE` names another build of the program, to be run beside this one.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and fails by panicking"
)]

#[path = "beside/mod.rs"]
mod beside;

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sensortree_core::sketch::fitting_metadata;
use wait4::Wait4 as _;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

const SENSORS: [(&str, &str); 8] = [
    ("lidar-top", "pcd"),
    ("lidar-rear", "pcd"),
    ("camera-front", "jpg"),
    ("camera-front-left", "jpg"),
    ("camera-front-right", "jpg"),
    ("camera-rear", "jpg"),
    ("camera-left", "jpg"),
    ("camera-right", "jpg"),
];
const SCENES: u64 = 125;
const FRAMES: u64 = 1_000;
const ROUNDS: usize = 5;
const MOST_RATIO: f64 = 2.0;

struct Program {
    name: &'static str,
    command: Vec<String>,
    peak_bytes: u64,
}

fn main() {
    let path = archive();
    let text = path.to_str().unwrap().to_owned();
    let check = |name, program: &str| Program {
        name,
        command: [program, "check", &text, "--quiet", "--content=none"].map(str::to_owned).to_vec(),
        peak_bytes: 0,
    };
    let ours = check("sensortree check", env!("CARGO_BIN_EXE_sensortree"));
    let other = beside::program().map(|program| check(beside::NAME, program.to_str().unwrap()));
    let unzip = Program {
        name: "unzip -Z1",
        command: vec!["unzip".to_owned(), "-Z1".to_owned(), text.clone()],
        peak_bytes: 0,
    };
    let script = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).namelist()".to_owned();
    let python = Program {
        name: "python zipfile",
        command: vec!["python3".to_owned(), "-c".to_owned(), script, text.clone()],
        peak_bytes: 0,
    };
    let mut programs: Vec<Program> = [ours, unzip, python].into_iter().filter(is_there).collect();
    let listers = programs.len();
    programs.extend(other);
    let mut fastest = vec![Duration::MAX; programs.len()];
    for _ in 0..ROUNDS {
        for (program, fastest) in programs.iter_mut().zip(&mut fastest) {
            *fastest = (*fastest).min(run(program));
        }
    }
    println!(
        "{} entries, {} bytes",
        SENSORS.len() as u64 * SCENES * FRAMES + 1,
        fs::metadata(&path).unwrap().len()
    );
    for (program, fastest) in programs.iter().zip(&fastest) {
        let peak = program.peak_bytes as f64 / 1e6;
        println!("{:<18} {:>8.3} s {peak:>7.1} MB", program.name, fastest.as_secs_f64());
    }
    let Some(lister) = fastest.iter().take(listers).skip(1).min() else {
        return println!("no lister is there to compare with");
    };
    let ratio = fastest[0].as_secs_f64() / lister.as_secs_f64();
    let verdict = if ratio <= MOST_RATIO { "reached" } else { "MISSED" };
    println!("check ÷ fastest lister: {ratio:.2}, at most {MOST_RATIO:.2}: {verdict}");
}

fn is_there(program: &Program) -> bool {
    let there = start(program).is_ok();
    if !there {
        println!("{} is not there, and left out", program.name);
    }
    there
}

fn start(program: &Program) -> std::io::Result<wait4::ResUse> {
    let mut command = Command::new(&program.command[0]);
    command.args(&program.command[1..]).stdout(Stdio::null()).spawn()?.wait4()
}

fn run(program: &mut Program) -> Duration {
    let began = Instant::now();
    let used = start(program).unwrap();
    let took = began.elapsed();
    let status = used.status;
    program.peak_bytes = program.peak_bytes.max(used.rusage.maxrss);
    // A zip of this size is too large for the platform, and that is a finding.
    assert!(status.code().is_some_and(|code| code <= 1), "{} ended with {status}", program.name);
    took
}

/// A zip of a million frames in order, written when it is not there yet.
fn archive() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-zip");
    let path = folder.join("million.zip");
    if path.exists() {
        return path;
    }
    fs::create_dir_all(&folder).unwrap();
    let draft = folder.join("million.draft");
    let mut writer = ZipWriter::new(BufWriter::new(File::create(&draft).unwrap()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (sensor, suffix) in SENSORS {
        for scene in 0..SCENES {
            for frame in 0..FRAMES {
                let stamp = 1_681_532_060_061 + scene * 1_000_000 + frame * 100;
                writer
                    .start_file(
                        format!("million/{sensor}/scene_{scene:04}/{stamp}.{suffix}"),
                        options,
                    )
                    .unwrap();
                std::io::Write::write_all(&mut writer, b"frame").unwrap();
            }
        }
    }
    let names = |prefix: &str| -> Vec<String> {
        SENSORS
            .iter()
            .filter_map(|(folder, _)| folder.strip_prefix(prefix))
            .map(str::to_owned)
            .collect()
    };
    writer.start_file("million/metadata.json", options).unwrap();
    std::io::Write::write_all(
        &mut writer,
        fitting_metadata(&names("lidar-"), &names("camera-")).as_bytes(),
    )
    .unwrap();
    writer.finish().unwrap();
    fs::rename(draft, &path).unwrap();
    path
}
