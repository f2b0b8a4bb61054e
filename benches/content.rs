//! The look into frames' headers, beside the least that it can cost, and beside the same in Python.
//!
//! `cargo bench --bench content`. Whole processes are timed on a warm tree of 100,000 frames, in
//! rounds that run each once; the table gives medians, and their ratios to the bare loop: each file
//! opened, and its first and last 4 KiB read, on all cores. A tree of a tenth of the frames in as
//! many folders shows what memory follows. The Python programs run once; they are left out where
//! pypcd4, Pillow and imagesize are not there, and `SENSORTREE_BENCH_INSTALL=1` installs those with
//! pip below `target/`. `SENSORTREE_BENCH_FRAMES=10` takes 10 frames a scene for 1,000, for a quick
//! try; `SENSORTREE_BENCH_ROUNDS` sets how many rounds. Then 128 images of 1920 × 1080 pixels and
//! 128 compressed clouds of 64 × 1024 points are read to their end, on one thread and on all,
//! beside Pillow and pypcd4 on one; and the images once more as Pillow writes them progressively,
//! with all kinds of scans. The trees of headers are sparse, take about a gigabyte, and are kept
//! under `target/tmp/` for the next run.

#![expect(clippy::print_stdout, reason = "its output is its result")]

#[path = "content/loops.rs"]
mod loops;
#[path = "content/whole.rs"]
mod whole;

use std::error::Error;
use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use rayon::prelude::*;
use sensortree_core::names::SensorKind;
use sensortree_core::sketch::Content;
use sensortree_treegen::Plan;
use wait4::Wait4 as _;
use whole::Kind;

const LIDARS: u32 = 1;
const CAMERAS: u32 = 3;
const SCENES: u32 = 25;

/// What frames of a 64-beam LiDAR and a camera of two megapixels take, in bytes.
const CLOUD: u64 = 1_800_000;
const IMAGE: u64 = 400_000;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // What is timed is a process of its own, and so is what takes memory that would be
    // counted to it.
    match words[..] {
        [_, "loop", tree] => loops::bare(Path::new(tree)),
        [_, "generate", tree, "images", scenes] => {
            aside(Path::new(tree), |tree| whole::write(tree, Kind::Images, scenes.parse()?))
        }
        [_, "generate", tree, "clouds", scenes] => {
            aside(Path::new(tree), |tree| whole::write(tree, Kind::Clouds, scenes.parse()?))
        }
        [_, "generate", tree, frames] => generate(Path::new(tree), frames.parse()?),
        _ => compare(),
    }
}

fn variable(name: &str, default: u32) -> Outcome<u32> {
    Ok(std::env::var(name).map_or(Ok(default), |value| value.parse())?)
}

/// Writes a tree aside and moves it into place, so that what stands there is whole.
fn aside(tree: &Path, write: impl FnOnce(&Path) -> Outcome<()>) -> Outcome<()> {
    let aside = tree.with_extension("part");
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    fs::create_dir_all(&aside)?;
    write(&aside)?;
    Ok(fs::rename(aside, tree)?)
}

fn generate(tree: &Path, frames: u32) -> Outcome<()> {
    aside(tree, |aside| write_frames(aside, frames))
}

fn write_frames(aside: &Path, frames: u32) -> Outcome<()> {
    let plan = Plan::new(LIDARS, CAMERAS, SCENES, frames);
    let (cloud, image) =
        (Content::of(b"0.pcd", CLOUD, None), with_exif(Content::of(b"0.jpg", IMAGE, None)));
    let cells: Vec<(usize, u32)> = (0..plan.sensors.len())
        .flat_map(|sensor| (0..SCENES).map(move |scene| (sensor, scene)))
        .collect();
    cells.into_par_iter().try_for_each(|(sensor, scene)| -> std::io::Result<()> {
        let kind = plan.sensors[sensor].kind;
        let content = if kind == SensorKind::Lidar { &cloud } else { &image };
        let cell = aside.join(plan.folder(sensor, scene));
        fs::create_dir_all(&cell)?;
        plan.stamps(sensor, scene).try_for_each(|stamp| {
            let mut file = File::create(cell.join(format!("{stamp}.{}", kind.suffix())))?;
            file.write_all(&content.head)?;
            file.set_len(content.size)?;
            file.seek(SeekFrom::End(-i64::try_from(content.tail.len()).unwrap_or_default()))?;
            file.write_all(&content.tail)
        })
    })?;
    Ok(fs::write(aside.join("metadata.json"), plan.metadata())?)
}

/// As a camera writes it: with a segment of Exif of a kilobyte behind the first marker.
fn with_exif(mut image: Content) -> Content {
    let exif = [&b"\xFF\xE1\x04\x02Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"[..], &[0; 1_004]].concat();
    image.head.splice(2..2, exif);
    image
}

struct Contender {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
    rounds: u32,
    seconds: Vec<f64>,
    peak_bytes: u64,
}

impl Contender {
    fn new(name: &'static str, program: &Path, arguments: &[&str], rounds: u32) -> Self {
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Contender {
            name,
            program: program.to_path_buf(),
            arguments,
            rounds,
            seconds: Vec::new(),
            peak_bytes: 0,
        }
    }

    fn run(&mut self) -> Outcome<()> {
        let began = Instant::now();
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        let used = child.wait4()?;
        self.seconds.push(began.elapsed().as_secs_f64());
        assert!(used.status.success(), "{} failed: {}", self.name, used.status);
        self.peak_bytes = self.peak_bytes.max(used.rusage.maxrss);
        Ok(())
    }

    fn median(&mut self) -> f64 {
        self.seconds.sort_by(f64::total_cmp);
        self.seconds[self.seconds.len() / 2]
    }
}

fn check(name: &'static str, content: &str, tree: &str, rounds: u32) -> Contender {
    let arguments = ["check", "--isolated", "--content", content, tree];
    Contender::new(name, Path::new(env!("CARGO_BIN_EXE_sensortree")), &arguments, rounds)
}

fn compare() -> Outcome<()> {
    let frames = variable("SENSORTREE_BENCH_FRAMES", 1_000)?;
    let rounds = variable("SENSORTREE_BENCH_ROUNDS", 7)?.max(1);
    let (tree, tenth) = (tree(frames)?, tree(frames.div_ceil(10))?);
    println!(
        "{} frames in {} folders",
        (LIDARS + CAMERAS) * SCENES * frames,
        (LIDARS + CAMERAS) * SCENES
    );
    let this = std::env::current_exe()?;
    let mut all = vec![
        Contender::new("bare loop", &this, &["loop", &tree], rounds),
        check("sensortree, headers", "headers", &tree, rounds),
        check("sensortree, names", "none", &tree, rounds),
        check("sensortree, a tenth of it", "headers", &tenth, rounds),
    ];
    let python = python()?;
    if let Some(python) = &python {
        let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/content/peer.py");
        for (name, way) in [("pypcd4 and imagesize", "imagesize"), ("pypcd4 and Pillow", "pillow")]
        {
            all.push(Contender::new(name, python, &[&peer.to_string_lossy(), way, &tree], 1));
        }
    }
    // Once to warm what is kept in memory of the files.
    all[0].run()?;
    all[0].seconds.clear();
    for round in 0..rounds {
        all.iter_mut().filter(|contender| round < contender.rounds).try_for_each(Contender::run)?;
    }
    print(&mut all, "loop");
    for kind in ["images", "clouds", "progressive images"] {
        compare_whole(kind, python.as_deref(), rounds)?;
    }
    Ok(())
}

/// Frames read to their end, on one thread and on all, beside a decoder on one.
fn compare_whole(kind: &str, python: Option<&Path>, rounds: u32) -> Outcome<()> {
    let trees = (whole_tree(kind, 1, python)?, whole_tree(kind, 16, python)?);
    let (Some(one), Some(many)) = trees else { return Ok(()) };
    println!("\n128 {kind}, whole");
    let full = |name, tree: &str, jobs: &[&str]| {
        let arguments = [&["check", "--isolated", "--content", "full", tree], jobs].concat();
        Contender::new(name, Path::new(env!("CARGO_BIN_EXE_sensortree")), &arguments, rounds)
    };
    let mut all = vec![
        full("one thread", &one, &["--jobs", "1"]),
        full("all threads, one folder", &one, &[]),
        full("all threads, 16 folders", &many, &[]),
    ];
    if let Some(python) = python {
        let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/content/whole.py");
        let name = if kind == "clouds" { "pypcd4" } else { "Pillow" };
        all.push(Contender::new(name, python, &[&peer.to_string_lossy(), kind, &one], rounds));
    }
    all.iter_mut().try_for_each(Contender::run)?;
    all.iter_mut().for_each(|contender| contender.seconds.clear());
    for _ in 0..rounds {
        all.iter_mut().try_for_each(Contender::run)?;
    }
    print(&mut all, "one");
    Ok(())
}

/// The tree of such frames, written where it is not there yet; `None` where it takes a Python that
/// is not there.
fn whole_tree(kind: &str, scenes: u32, python: Option<&Path>) -> Outcome<Option<String>> {
    let name = format!("bench-whole-{}-{scenes}", kind.replace(' ', "-"));
    let tree = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let text = tree.to_string_lossy().into_owned();
    if !tree.exists() {
        // No encoder in Rust refines values bit by bit, as nearly all progressive images do.
        let (program, arguments) = match (kind, python) {
            ("progressive images", None) => return Ok(None),
            ("progressive images", Some(python)) => {
                let Some(images) = whole_tree("images", scenes, Some(python))? else {
                    return Ok(None);
                };
                let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/content/whole.py");
                let script = script.to_string_lossy().into_owned();
                (python.to_path_buf(), vec![script, "rewrite".to_owned(), images, text.clone()])
            }
            _ => {
                let words = ["generate", &text, kind, &scenes.to_string()];
                (std::env::current_exe()?, words.map(str::to_owned).to_vec())
            }
        };
        let status = Command::new(program).args(arguments).status()?;
        assert!(status.success(), "the tree could not be written");
    }
    Ok(Some(text))
}

/// The tree of so many frames a scene, written where it is not there yet.
fn tree(frames: u32) -> Outcome<String> {
    let name = format!("bench-content-{}x{SCENES}x{frames}", LIDARS + CAMERAS);
    let tree = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let text = tree.to_string_lossy().into_owned();
    if !tree.exists() {
        println!("writing {text}");
        let status = Command::new(std::env::current_exe()?)
            .args(["generate", &text, &frames.to_string()])
            .status()?;
        assert!(status.success(), "the tree could not be written");
    }
    Ok(text)
}

/// A Python with the libraries, where there is one.
fn python() -> Outcome<Option<PathBuf>> {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-content-peers");
    let installed = room.join("bin/python");
    if std::env::var_os("SENSORTREE_BENCH_INSTALL").is_some() && !installed.exists() {
        let made = Command::new("python3").args(["-m", "venv"]).arg(&room).status()?;
        let packages = ["-m", "pip", "install", "--quiet", "pypcd4", "pillow", "imagesize"];
        assert!(
            made.success() && Command::new(&installed).args(packages).status()?.success(),
            "pip failed"
        );
    }
    let python = if installed.exists() { installed } else { PathBuf::from("python3") };
    let has_all = Command::new(&python)
        .args(["-c", "import pypcd4, PIL, imagesize"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_all {
        println!("pypcd4, Pillow and imagesize: left out, not installed");
    }
    Ok(has_all.then_some(python))
}

fn print(all: &mut [Contender], first: &str) {
    let bare = all[0].median();
    println!("{:<26} {:>9} {:>9} {:>8} {:>9}", "", "median", "least", format!("/ {first}"), "peak");
    for contender in all {
        let seconds = contender.median();
        println!(
            "{:<26} {:>7.3} s {:>7.3} s {:>8.2} {:>6.1} MB",
            contender.name,
            seconds,
            contender.seconds[0],
            seconds / bare,
            contender.peak_bytes as f64 / 1e6,
        );
    }
}
