//! What the page costs: the whole command on a saved listing of a million frames in a thousand
//! scenes, once for each format.
//!
//! `cargo bench --bench page`. Whole processes are timed, in rounds that run each format once; the
//! table gives medians, their ratio to that of `json` in the same rounds, and the size of what was
//! written. The same is done for a good tree and for one in which all scenes have a late, a
//! jittering and a lossy camera. `SENSORTREE_BENCH_FRAMES=10` takes 10 frames a scene for 125, for
//! a quick try; `SENSORTREE_BENCH_ROUNDS` sets how many rounds. `SENSORTREE_BENCH_BESIDE` names
//! another build of the program, which is run in the place of this one.

#![expect(clippy::print_stdout, reason = "its output is its result")]

#[path = "beside/mod.rs"]
mod beside;

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use sensortree_treegen::Plan;
use wait4::Wait4 as _;

const LIDARS: u32 = 2;
const CAMERAS: u32 = 6;
const SCENES: u32 = 1_000;

/// What is compared, the first with itself.
const FORMATS: [(&str, &[&str]); 6] = [
    ("json", &["--format=json"]),
    ("json --picture", &["--format=json", "--picture"]),
    ("concise", &["--format=concise"]),
    ("full", &["--format=full"]),
    ("markdown", &["--format=markdown"]),
    ("html", &["--format=html"]),
];

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let variable = |name: &str, default: u32| -> Outcome<u32> {
        Ok(std::env::var(name).map_or(Ok(default), |value| value.parse())?)
    };
    let frames = variable("SENSORTREE_BENCH_FRAMES", 125)?;
    let rounds = variable("SENSORTREE_BENCH_ROUNDS", 7)?;
    let program = match beside::program() {
        Some(program) => {
            println!("{} is measured", beside::NAME);
            program
        }
        None => PathBuf::from(env!("CARGO_BIN_EXE_sensortree")),
    };
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-page");
    fs::create_dir_all(&room)?;
    let good = Plan::new(LIDARS, CAMERAS, SCENES, frames);
    let bad = good.clone().with_three_bad_cameras();
    for (name, plan) in [("good", &good), ("three bad cameras", &bad)] {
        let (listing, metadata) = write(plan, &room)?;
        let sensors = LIDARS + CAMERAS;
        println!("{name}: {sensors} sensors x {SCENES} scenes x {frames} frames");
        measure(&program, [&listing, &metadata], &room.join("report"), rounds)?;
    }
    Ok(())
}

/// Writes the listing of a plan, and its metadata.json beside it.
fn write(plan: &Plan, room: &Path) -> Outcome<(PathBuf, PathBuf)> {
    let (listing, metadata) = (room.join("listing.tsv"), room.join("metadata.json"));
    fs::write(&metadata, plan.metadata())?;
    let mut out = BufWriter::new(File::create(&listing)?);
    let mut written = Ok(());
    plan.list(1_000, |entry| {
        let line = [entry.size.unwrap_or_default().to_string().as_bytes(), b" ", entry.path, b"\n"]
            .concat();
        written = std::mem::replace(&mut written, Ok(())).and_then(|()| out.write_all(&line));
    });
    written?;
    out.flush()?;
    Ok((listing, metadata))
}

fn measure(
    program: &Path,
    [listing, metadata]: [&Path; 2],
    report: &Path,
    rounds: u32,
) -> Outcome<()> {
    let mut seconds = FORMATS.map(|_| Vec::new());
    let (mut sizes, mut peaks) = ([0; FORMATS.len()], [0; FORMATS.len()]);
    for round in 0..=rounds {
        for (at, (_, flags)) in FORMATS.iter().enumerate() {
            let began = Instant::now();
            let child = Command::new(program)
                .args(["check", "--isolated", "--no-progress", "--fail-on=never", "--listing"])
                .arg(listing)
                .arg("--metadata")
                .arg(metadata)
                .args(*flags)
                .stdin(Stdio::null())
                .stdout(File::create(report)?)
                .stderr(Stdio::null())
                .spawn()?;
            let used = child.wait4()?;
            let took = began.elapsed().as_secs_f64();
            assert!(used.status.success(), "{flags:?} failed: {}", used.status);
            // The first round is there to warm up.
            if round > 0 {
                seconds[at].push(took);
            }
            sizes[at] = fs::metadata(report)?.len();
            peaks[at] = peaks[at].max(used.rusage.maxrss);
        }
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let json = median(&mut seconds[0]);
    println!(
        "{:<16} {:>9} {:>9} {:>7} {:>10} {:>9}",
        "", "median", "least", "/ json", "size", "peak"
    );
    for (at, (name, _)) in FORMATS.iter().enumerate() {
        let middle = median(&mut seconds[at]);
        println!(
            "{name:<16} {middle:>7.3} s {:>7.3} s {:>7.2} {:>7.1} kB {:>6.1} MB",
            seconds[at][0],
            middle / json,
            sizes[at] as f64 / 1e3,
            peaks[at] as f64 / 1e6,
        );
    }
    Ok(())
}
