//! How long the check of a revision and of an index of a million entries takes, beside the
//! programs of git that list them; and that of what is staged, beside the programs that a person
//! would look with.
//!
//! `cargo bench --bench git` makes the repositories once in cargo's folder for temporary files,
//! with `git fast-import`, then runs each program a few times, warm, in turns, and compares
//! medians. One repository has frames of 2 kB, and one has a Git LFS pointer for each frame.
//! `SENSORTREE_BENCH_FRAMES=10` takes 10 frames a scene for 1,000, for a quick try;
//! `SENSORTREE_BENCH_ROUNDS` sets how many rounds.
//!
//! An index is measured as it is when nothing was ever checked out, without a size; as a checkout
//! leaves it; and the latter once more with the table by which several threads decode it. To spare
//! a million files the sizes of a checkout are written into the index itself. The check of the
//! index of a checkout is to take at most the time of `git ls-files -s`, which does not look up
//! sizes, and that of a revision of a bare clone at most the time of `git ls-tree -r -l`, which
//! does.
//!
//! The check of what is staged, as a hook has it, is to take less time than `git status` and
//! `git ls-files -s` together, in a repository of 100,000 frames that are checked out, of which
//! one is staged.
//!
//! `SENSORTREE_BENCH_BESIDE` names another build of the program, to be run beside this one.

#![expect(clippy::print_stdout, reason = "its output is its result")]

#[path = "beside/mod.rs"]
mod beside;

use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use sensortree_core::sketch::fitting_metadata;
use sha1::{Digest as _, Sha1};
use wait4::Wait4 as _;

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

/// The timestamp of the first frame.
const FIRST: u64 = 1_681_532_060_061;

/// How far scenes are apart, and the frames of one.
const SCENE_STEP: u64 = 1_000_000;
const STEP: u64 = 100;

/// How many frames a scene has in the repository of the hook.
const FRAMES_OF_HOOK: u64 = 100;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What the frames of a repository are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Frames {
    Whole,
    Pointers,
}

impl Frames {
    fn name(self) -> &'static str {
        match self {
            Frames::Whole => "frames of 2 kB",
            Frames::Pointers => "Git LFS pointers",
        }
    }

    /// The size of a frame in the work tree, once Git LFS has fetched it.
    fn size(self, number: u64) -> u64 {
        match self {
            Frames::Whole => 2_048,
            Frames::Pointers => 100_000 + number,
        }
    }

    /// A frame's bytes, which no other frame has.
    fn write(self, number: u64, into: &mut Vec<u8>) -> std::io::Result<()> {
        into.clear();
        match self {
            Frames::Whole => {
                write!(into, "{number:016}")?;
                into.resize(usize::try_from(self.size(number)).unwrap_or_default(), 0);
                Ok(())
            }
            Frames::Pointers => {
                // Made-up, but as different from each other as checksums are.
                let mut state = number.wrapping_add(1);
                let mut word = || {
                    state = state
                        .wrapping_mul(0x5851_f42d_4c95_7f2d)
                        .wrapping_add(0x1405_7b7e_f767_814f);
                    state ^ (state >> 29)
                };
                let checksum =
                    [word(), word(), word(), word()].map(|word| format!("{word:016x}")).concat();
                let size = self.size(number);
                write!(
                    into,
                    "version https://git-lfs.github.com/spec/v1\noid sha256:{checksum}\nsize {size}\n"
                )
            }
        }
    }
}

fn main() -> Outcome<()> {
    let per_scene = variable("SENSORTREE_BENCH_FRAMES", 1_000)?;
    let rounds = variable("SENSORTREE_BENCH_ROUNDS", 7)?;
    if Command::new("git").arg("--version").output().is_err() {
        println!("skipped: no program `git`");
        return Ok(());
    }
    for frames in [Frames::Whole, Frames::Pointers] {
        let repository = repository(frames, per_scene)?;
        println!("{} entries, {}", SENSORS.len() as u64 * SCENES * per_scene + 1, frames.name());
        for state in [Index::Never, Index::CheckedOut, Index::InBlocks] {
            let index = index(&repository, frames, per_scene, state)?;
            println!(" {}", state.name());
            compare(&repository, Some(&index), "git:index", &["ls-files", "-s"], rounds)?;
        }
        println!(" a bare clone");
        let clone = bare_clone(&repository)?;
        compare(&clone, None, "git:HEAD", &["ls-tree", "-r", "-l", "HEAD"], rounds)?;
    }
    println!("check of the index of a checkout ÷ git ls-files -s: at most 1.00");
    println!("check of a revision of a bare clone ÷ git ls-tree -r -l: at most 1.00");
    compare_hook(FRAMES_OF_HOOK.min(per_scene), rounds)
}

fn variable(name: &str, default: u64) -> Outcome<u64> {
    Ok(std::env::var(name).map_or(Ok(default), |value| value.parse())?)
}

struct Program {
    command: Vec<String>,
    seconds: Vec<f64>,
    peak_bytes: u64,
}

impl Program {
    fn new(program: &str, arguments: &[&str]) -> Self {
        let command = [program].iter().chain(arguments).map(|word| (*word).to_owned()).collect();
        Program { command, seconds: Vec::new(), peak_bytes: 0 }
    }

    fn run(&mut self, repository: &Path, index: Option<&Path>) -> Outcome<()> {
        let began = Instant::now();
        let child = Command::new(&self.command[0])
            .args(&self.command[1..])
            .current_dir(repository)
            .envs(index.map(|index| ("GIT_INDEX_FILE", index)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        let used = child?.wait4()?;
        self.seconds.push(began.elapsed().as_secs_f64());
        self.peak_bytes = self.peak_bytes.max(used.rusage.maxrss);
        assert!(used.status.success(), "{:?} failed: {}", self.command, used.status);
        Ok(())
    }

    fn median(&mut self) -> f64 {
        self.seconds.sort_by(f64::total_cmp);
        self.seconds[self.seconds.len() / 2]
    }
}

fn compare(
    repository: &Path,
    index: Option<&Path>,
    target: &str,
    git: &[&str],
    rounds: u64,
) -> Outcome<()> {
    let check = ["check", "--isolated", "--quiet", target];
    let mut programs =
        vec![Program::new("git", git), Program::new(env!("CARGO_BIN_EXE_sensortree"), &check)];
    let mut names = vec![format!("git {}", git.join(" ")), format!("check {target}")];
    if let Some(other) = beside::program() {
        programs.push(Program::new(&other.to_string_lossy(), &check));
        names.push(beside::NAME.to_owned());
    }
    for program in &mut programs {
        program.run(repository, index)?;
        program.seconds.clear();
    }
    for _ in 0..rounds {
        for program in &mut programs {
            program.run(repository, index)?;
        }
    }
    let base = programs[0].median();
    for (program, name) in programs.iter_mut().zip(names) {
        let median = program.median();
        let peak = program.peak_bytes as f64 / 1e6;
        println!("  {name:<26} {median:>7.3} s {:>6.2} {peak:>7.1} MB", median / base);
    }
    Ok(())
}

/// Compares the check of what is staged with looking for it by hand.
fn compare_hook(per_scene: u64, rounds: u64) -> Outcome<()> {
    let repository = repository(Frames::Whole, per_scene)?;
    let git =
        |arguments: &[&str]| Command::new("git").args(arguments).current_dir(&repository).output();
    let staged = "camera-front/scene_0000/1681532060061.jpg";
    if !repository.join(staged).exists() {
        println!("checking out {}", repository.display());
        assert!(git(&["reset", "-q", "--hard"])?.status.success());
    }
    fs::write(repository.join(staged), "not what was committed")?;
    assert!(git(&["add", staged])?.status.success());
    let mut programs = [
        Program::new(
            env!("CARGO_BIN_EXE_sensortree"),
            &["check", "--isolated", "--quiet", "--staged", "--fail-on=never"],
        ),
        Program::new("git", &["status"]),
        Program::new("git", &["ls-files", "-s"]),
    ];
    for round in 0..=rounds {
        for program in &mut programs {
            program.run(&repository, None)?;
            if round == 0 {
                program.seconds.clear();
            }
        }
    }
    let [hook, status, files] = &mut programs;
    let (hook, by_hand, peak) =
        (hook.median(), status.median() + files.median(), hook.peak_bytes as f64 / 1e6);
    println!("{} frames, one of them staged", SENSORS.len() as u64 * SCENES * per_scene);
    println!("  {:<26} {hook:>7.3} s {:>6.2} {peak:>7.1} MB", "check --staged", hook / by_hand);
    println!("  {:<26} {by_hand:>7.3} s {:>6.2}", "git status, git ls-files -s", 1.0);
    println!("check --staged ÷ git status and git ls-files -s: below 1.00");
    Ok(())
}

/// What an index knows of files in the work tree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Index {
    Never,
    CheckedOut,
    InBlocks,
}

impl Index {
    fn name(self) -> &'static str {
        match self {
            Index::Never => "an index without sizes",
            Index::CheckedOut => "the index of a checkout",
            Index::InBlocks => "the index of a checkout, with a table of offsets",
        }
    }
}

/// An index of the last commit.
fn index(repository: &Path, frames: Frames, per_scene: u64, state: Index) -> Outcome<PathBuf> {
    let path = repository.join(match state {
        Index::Never => ".git/index",
        Index::CheckedOut => ".git/index-checked-out",
        Index::InBlocks => ".git/index-in-blocks",
    });
    if path.exists() {
        return Ok(path);
    }
    let threads = if state == Index::InBlocks { "index.threads=16" } else { "index.threads=1" };
    let made = Command::new("git")
        .args(["-c", threads, "read-tree", "HEAD"])
        .current_dir(repository)
        .env("GIT_INDEX_FILE", &path)
        .status()?;
    assert!(made.success());
    let mut bytes = fs::read(&path)?;
    let count = u32::from_be_bytes(bytes[8..12].try_into()?);
    let mut at = 12;
    for _ in 0..count {
        let length = bytes[at + 62..].iter().position(|byte| *byte == 0).unwrap_or_default();
        let name = std::str::from_utf8(&bytes[at + 62..at + 62 + length])?;
        let size = number(name, per_scene).map_or(0, |number| frames.size(number));
        // It was written long ago.
        bytes[at + 8..at + 12].copy_from_slice(&1_600_000_000_u32.to_be_bytes());
        bytes[at + 36..at + 40].copy_from_slice(&u32::try_from(size)?.to_be_bytes());
        at += (62 + length + 8) & !7;
    }
    let end = bytes.len() - 20;
    let sum = Sha1::digest(&bytes[..end]);
    bytes[end..].copy_from_slice(&sum);
    fs::write(&path, bytes)?;
    Ok(path)
}

/// The number that a frame was written with; `None` for what is no frame.
fn number(path: &str, per_scene: u64) -> Option<u64> {
    let mut names = path.split('/');
    let sensor = names.next()?;
    let sensor = (0..).zip(SENSORS).find(|(_, (folder, _))| *folder == sensor)?.0;
    let scene: u64 = names.next()?.strip_prefix("scene_")?.parse().ok()?;
    let stamp: u64 = names.next()?.split('.').next()?.parse().ok()?;
    let at = (stamp - FIRST - scene * SCENE_STEP) / STEP;
    let sensor: u64 = sensor;
    Some((sensor * SCENES + scene) * per_scene + at + 1)
}

/// A bare clone, packed as git packs what it sends.
fn bare_clone(repository: &Path) -> Outcome<PathBuf> {
    let path = repository.with_extension("git");
    if !path.exists() {
        println!("writing {}", path.display());
        let mut clone = Command::new("git");
        clone.args(["clone", "-q", "--bare", "--no-local"]).arg(repository).arg(&path);
        assert!(clone.status()?.success());
    }
    Ok(path)
}

/// A repository with one commit of a million frames and an index of it, made when it is
/// not there yet.
fn repository(frames: Frames, per_scene: u64) -> Outcome<PathBuf> {
    let kind = if frames == Frames::Whole { "whole" } else { "pointers" };
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-git-{kind}-{per_scene}"));
    if path.exists() {
        return Ok(path);
    }
    println!("writing {}", path.display());
    let aside = path.with_extension("part");
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    fs::create_dir_all(&aside)?;
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(&aside);
        command
    };
    assert!(git(&["init", "-q", "-b", "main"]).status()?.success());
    let mut import = git(&["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn()?;
    if let Some(stream) = import.stdin.take() {
        write(frames, per_scene, &mut BufWriter::with_capacity(1 << 20, stream))?;
    }
    assert!(import.wait()?.success());
    assert!(git(&["read-tree", "HEAD"]).status()?.success());
    fs::rename(aside, &path)?;
    Ok(path)
}

fn write(frames: Frames, per_scene: u64, out: &mut impl Write) -> Outcome<()> {
    let mut number = 0;
    let mut frame = Vec::new();
    let mut paths = Vec::new();
    for (sensor, suffix) in SENSORS {
        for scene in 0..SCENES {
            for at in 0..per_scene {
                number += 1;
                frames.write(number, &mut frame)?;
                write!(out, "blob\nmark :{number}\ndata {}\n", frame.len())?;
                out.write_all(&frame)?;
                out.write_all(b"\n")?;
                let stamp = FIRST + scene * SCENE_STEP + at * STEP;
                paths.push(format!("{sensor}/scene_{scene:04}/{stamp}.{suffix}"));
            }
        }
    }
    let named = |prefix: &str| -> Vec<String> {
        SENSORS
            .iter()
            .filter_map(|(folder, _)| folder.strip_prefix(prefix))
            .map(str::to_owned)
            .collect()
    };
    let metadata = fitting_metadata(&named("lidar-"), &named("camera-"));
    writeln!(
        out,
        "commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx"
    )?;
    for (number, path) in (1..).zip(&paths) {
        writeln!(out, "M 100644 :{number} {path}")?;
    }
    writeln!(out, "M 100644 inline metadata.json\ndata {}\n{metadata}", metadata.len())?;
    Ok(out.flush()?)
}
