//! The core alone, fed a hundred million entries on one thread, as a cloud listing would: no file
//! system takes part.
//!
//! `cargo bench --bench core`. `SENSORTREE_BENCH_FRAMES=1000` takes 1,000 frames a scene for
//! 100,000, for a quick try. Each case is a process of its own, so that its peak of memory
//! is its own.

#![expect(clippy::print_stdout, reason = "its output is its result")]

use std::error::Error;
use std::hint::black_box;
use std::io::{self, Write as _};
use std::process::Command;
use std::time::Instant;

use sensortree_core::Inspection;
use sensortree_core::document::MetadataFile;
use sensortree_core::finding::settings::Settings;
use sensortree_core::tree::{Coverage, Target, TargetKind, TreeBuilder};
use sensortree_treegen::Plan;

const LIDARS: u32 = 2;
const CAMERAS: u32 = 8;
const SCENES: u32 = 100;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().collect();
    if let [_, case, jitter] = &words[..]
        && case == "case"
    {
        return measure(jitter.parse()?);
    }
    println!(
        "{:<12} {:>13} {:>9} {:>9} {:>12} {:>9} {:>8}",
        "", "entries", "listing", "build", "entries/s", "check", "peak"
    );
    for (name, jitter_ns) in [("regular", 0), ("jittered", 3_000_000)] {
        print!("{name:<12} ");
        // What follows is printed by another process.
        io::stdout().flush()?;
        let status = Command::new(std::env::current_exe()?)
            .args(["case", &jitter_ns.to_string()])
            .status()?;
        assert!(status.success(), "{name} failed: {status}");
    }
    Ok(())
}

fn measure(jitter_ns: i64) -> Outcome<()> {
    let frames =
        std::env::var("SENSORTREE_BENCH_FRAMES").map_or(Ok(100_000), |value| value.parse())?;
    let mut plan = Plan::new(LIDARS, CAMERAS, SCENES, frames);
    for sensor in &mut plan.sensors {
        sensor.jitter_ns = jitter_ns;
    }

    // What it takes to make up the entries is no work of the core's.
    let began = Instant::now();
    let mut entries = 0_u64;
    plan.list(1_000, |entry| {
        black_box(entry);
        entries += 1;
    });
    let listing = began.elapsed().as_secs_f64();

    let settings = Settings::default();
    let began = Instant::now();
    let mut builder = TreeBuilder::new();
    plan.list(1_000, |entry| builder.add(entry));
    let tree = builder.finish();
    let build = began.elapsed().as_secs_f64();
    assert_eq!(tree.files(), entries);

    let began = Instant::now();
    let inspection = Inspection {
        target: Target {
            kind: TargetKind::Listing { of_folder: false },
            uri: "synthetic".to_owned(),
            segments: Vec::new(),
        },
        tree,
        metadata: MetadataFile::Text(plan.metadata().into_bytes()),
        coverage: Coverage { content: "none", ..Coverage::default() },
        archive: None,
    };
    let report = sensortree_core::check(inspection, &settings);
    let check = began.elapsed().as_secs_f64();
    let codes: Vec<&str> = report.findings.iter().map(|finding| finding.rule.code).collect();

    let peak = peak_bytes().map_or("-".to_owned(), |bytes| format!("{:.0} MB", bytes / 1e6));
    let rate = entries as f64 / build / 1e6;
    println!(
        "{entries:>13} {listing:>7.2} s {build:>7.2} s {rate:>8.1} M/s {check:>7.2} s {peak:>8}  {}",
        codes.join(" ")
    );
    Ok(())
}

/// The most memory that this process has held, where the system tells.
fn peak_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<f64>().ok()? * 1024.0)
}
