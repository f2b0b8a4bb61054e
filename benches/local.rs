//! The whole command on a tree of a million files, beside what else reads such a tree.
//!
//! `cargo bench --bench local`. Whole processes are timed on a warm tree, in rounds that run
//! each once; the table gives medians, and their ratios to `find` and to the bare walk: a loop
//! that reads the folders and asks the size of each file, on all cores, and only counts.
//! `SENSORTREE_BENCH_FRAMES=10` takes 10 frames a scene for 1,000, for a quick try;
//! `SENSORTREE_BENCH_ROUNDS` sets how many rounds. The tree is kept under `target/tmp/` for
//! the next run. `SENSORTREE_BENCH_BESIDE` names another build of the program, to be run
//! beside this one.

#![expect(clippy::print_stdout, reason = "its output is its result")]

#[path = "beside/mod.rs"]
mod beside;
#[path = "local/walks.rs"]
mod walks;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sensortree_treegen::{Content, Plan};
use wait4::Wait4 as _;

const LIDARS: u32 = 2;
const CAMERAS: u32 = 6;
const SCENES: u32 = 125;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // The walks are processes of their own, as are the commands that they are compared with.
    match words[..] {
        [_, "walk", tree] => walks::bare(Path::new(tree)),
        [_, "rayon-walkdir", tree] => walks::rayon_walkdir(Path::new(tree)),
        [_, "generate", tree, frames] => generate(Path::new(tree), frames.parse()?),
        _ => compare(),
    }
}

fn variable(name: &str, default: u32) -> Outcome<u32> {
    Ok(std::env::var(name).map_or(Ok(default), |value| value.parse())?)
}

/// Writes the tree aside and moves it into place, so that what stands there is whole.
fn generate(tree: &Path, frames: u32) -> Outcome<()> {
    let aside = tree.with_extension("part");
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    // A byte each: enough not to be empty, and it takes no block on the disk.
    sensortree_treegen::write(
        &Plan::new(LIDARS, CAMERAS, SCENES, frames),
        Content::Sparse(1),
        &aside,
    )?;
    Ok(fs::rename(aside, tree)?)
}

struct Contender {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
    seconds: Vec<f64>,
    peak_bytes: u64,
}

fn contenders(tree: &str) -> Outcome<Vec<Contender>> {
    let this = std::env::current_exe()?;
    let new = |name, program: &Path, arguments: &[&str]| Contender {
        name,
        program: program.to_path_buf(),
        arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
        seconds: Vec::new(),
        peak_bytes: 0,
    };
    let check = ["check", "--isolated", "--content", "none", tree];
    let mut all = vec![
        new("sensortree check", Path::new(env!("CARGO_BIN_EXE_sensortree")), &check),
        new("bare walk", &this, &["walk", tree]),
        new("rayon over walkdir", &this, &["rayon-walkdir", tree]),
        new("find -type f -size 0", Path::new("find"), &[tree, "-type", "f", "-size", "0"]),
    ];
    all.extend(beside::program().map(|program| new(beside::NAME, &program, &check)));
    let is_there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    all.retain(|contender| contender.name != "find -type f -size 0" || is_there("find"));
    if is_there("ls-lint") {
        let rules = Path::new(tree).with_extension("ls-lint.yml");
        fs::write(&rules, "ls:\n  .pcd: regex:[0-9]+\n  .jpg: regex:[0-9]+\n")?;
        all.push(new(
            "ls-lint",
            Path::new("ls-lint"),
            &["--config", &rules.to_string_lossy(), "--workdir", tree],
        ));
    } else {
        println!("ls-lint: skipped, not installed");
    }
    Ok(all)
}

fn compare() -> Outcome<()> {
    let frames = variable("SENSORTREE_BENCH_FRAMES", 1_000)?;
    let rounds = variable("SENSORTREE_BENCH_ROUNDS", 7)?;
    let sensors = LIDARS + CAMERAS;
    let tree =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{sensors}x{SCENES}x{frames}"));
    let text = tree.to_string_lossy().into_owned();
    if !tree.exists() {
        println!("writing {text}");
        // In a process of its own, so that its memory is not counted to those started later.
        let status = Command::new(std::env::current_exe()?)
            .args(["generate", &text, &frames.to_string()])
            .status()?;
        assert!(status.success(), "the tree could not be written");
    }
    println!(
        "{} files: {sensors} sensors x {SCENES} scenes x {frames} frames",
        sensors * SCENES * frames + 1
    );
    let mut all = contenders(&text)?;
    for contender in &mut all {
        run(contender)?;
        contender.seconds.clear();
    }
    for _ in 0..rounds {
        for contender in &mut all {
            run(contender)?;
        }
    }
    print(&mut all);
    Ok(())
}

fn run(contender: &mut Contender) -> Outcome<()> {
    let began = Instant::now();
    let child = Command::new(&contender.program)
        .args(&contender.arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()?;
    let used = child.wait4()?;
    let took: Duration = began.elapsed();
    assert!(used.status.success(), "{} failed: {}", contender.name, used.status);
    contender.seconds.push(took.as_secs_f64());
    contender.peak_bytes = contender.peak_bytes.max(used.rusage.maxrss);
    Ok(())
}

fn median(contender: &mut Contender) -> f64 {
    contender.seconds.sort_by(f64::total_cmp);
    contender.seconds[contender.seconds.len() / 2]
}

fn print(all: &mut [Contender]) {
    let mut median_of =
        |name: &str| all.iter_mut().find(|contender| contender.name == name).map(median);
    let (walk, find) = (median_of("bare walk"), median_of("find -type f -size 0"));
    let ratio = |seconds: f64, base: Option<f64>| {
        base.map_or("-".to_owned(), |base| format!("{:.2}", seconds / base))
    };
    println!(
        "{:<24} {:>9} {:>9} {:>8} {:>8} {:>9}",
        "", "median", "least", "/ walk", "/ find", "peak"
    );
    for contender in all {
        let seconds = median(contender);
        println!(
            "{:<24} {:>7.3} s {:>7.3} s {:>8} {:>8} {:>6.1} MB",
            contender.name,
            seconds,
            contender.seconds[0],
            ratio(seconds, walk),
            ratio(seconds, find),
            contender.peak_bytes as f64 / 1e6,
        );
    }
}
