//! How long a plan of a million renames takes to be made, beside the check of the same tree, and to
//! be carried out and taken back, beside a bare loop that renames the same files on all cores.
//!
//! `cargo bench --bench fix [FRAMES]` writes a LiDAR and two cameras of 100 scenes with that many
//! frames each in all (500,000), and gives all images other names. It goes forth and back in
//! turns: the plan and its undoing, the loop and its undoing. `prepare` is the part of `apply`
//! before the first rename: the order of all steps, and the journal.
//!
//! The cameras' clocks stand apart by hours. `check` and `fix`, which shows the plan that sets them
//! right, are run as whole processes in turns.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use sensortree_apply::local::LocalExecutor;
use sensortree_apply::{Executor as _, Job, Removals, StateFolder};
use sensortree_core::plan::Plan;
use sensortree_core::plan::steps::{Phase, Step};
use sensortree_core::repair::{Coordinate, FileSet, Operation, StemMap};
use sensortree_core::tree::Tree;
use sensortree_scan::local::LocalFolder;
use sensortree_scan::{Content, ScanOptions, inspect};
use wait4::Wait4 as _;

const SCENES: u64 = 100;
const ROUNDS: usize = 3;

fn main() {
    let frames = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse::<u64>().ok())
        .unwrap_or(500_000);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-fix");
    let target = folder.join("drive");
    let _ = fs::remove_dir_all(&folder);
    write(&target, frames / SCENES);

    planned(&target);

    let options = ScanOptions { content: Content::None, ..ScanOptions::default() };
    let tree = inspect(&LocalFolder::new(&target), &options, &()).unwrap().tree;
    let began = Instant::now();
    let plan = plan(&tree);
    let mut renames = 0;
    plan.for_each_change(|_| renames += 1);
    println!("{renames} renames; planned in {:.2} s", began.elapsed().as_secs_f64());

    let state = StateFolder::beside(&target).unwrap();
    let executor = LocalExecutor::new(&target).unwrap();
    let mut took: [Vec<Took>; 4] = Default::default();
    let [forth, back, loop_forth, loop_back] = &mut took;
    for _ in 0..ROUNDS {
        let job = Job { plan: &plan, metadata: None, removals: Removals::ToTrash };
        forth.push(timed(|| {
            executor.apply(&job, &state, &()).unwrap();
        }));
        let run = state.runs(&executor.target()).unwrap().pop().unwrap();
        back.push(timed(|| {
            executor.undo(&run, &()).unwrap();
        }));
        let names = names(&plan);
        loop_forth.push(timed(|| bare(&target, &names, false)));
        loop_back.push(timed(|| bare(&target, &names, true)));
    }
    let median = |times: &mut Vec<Took>, of: Part| {
        let mut times: Vec<f64> = times.iter().map(of).collect();
        times.sort_unstable_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let [forth, back, loop_forth, loop_back] = &mut took;
    for (name, ours, bare) in [("apply", forth, loop_forth), ("undo", back, loop_back)] {
        let of: [(&str, Part); 2] = [("s", |it| it.0), ("s of CPU", |it| it.1)];
        for (unit, of) in of {
            let (ours, bare) = (median(ours, of), median(bare, of));
            println!("{name:<5} {ours:.2} {unit}, loop {bare:.2} {unit}: {:.2} times", ours / bare);
        }
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// Shows how long `check` and `fix` take for a tree, and their memory at most.
fn planned(target: &Path) {
    let mut took: [Vec<Took>; 2] = Default::default();
    let mut peaks = [0; 2];
    for _ in 0..ROUNDS {
        for (at, command) in ["check", "fix"].into_iter().enumerate() {
            let (times, peak) = run(command, target);
            took[at].push(times);
            peaks[at] = peak.max(peaks[at]);
        }
    }
    let middle = |took: &[Took], of: Part| {
        let mut times: Vec<f64> = took.iter().map(of).collect();
        times.sort_unstable_by(f64::total_cmp);
        times[times.len() / 2]
    };
    for (what, of) in [("s", (|it| it.0) as Part), ("s of CPU", |it| it.1)] {
        let [check, fix] = took.each_ref().map(|took| middle(took, of));
        println!("check {check:.2} {what}, fix {fix:.2} {what}: {:.2} times", fix / check);
    }
    let [check, fix] = peaks.map(|bytes| bytes / 1_000_000);
    println!("check {check} MB, fix {fix} MB at most");
}

/// The times that a command of the program takes for a tree, and its memory at most, in bytes.
fn run(command: &str, target: &Path) -> (Took, u64) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sensortree"));
    program.arg(command).arg(target).arg("--content=none");
    program.stdout(Stdio::null()).stderr(Stdio::null());
    let began = Instant::now();
    let used = program.spawn().unwrap().wait4().unwrap();
    let seconds = began.elapsed().as_secs_f64();
    assert!(used.status.code().is_some_and(|code| code <= 1), "{command}: {}", used.status);
    let cpu = used.rusage.utime + used.rusage.stime;
    ((seconds, cpu.as_secs_f64()), used.rusage.maxrss)
}

/// Seconds that passed, and those in which a core was at work: other programs disturb them less.
type Took = (f64, f64);

/// One of the two.
type Part = fn(&Took) -> f64;

fn timed(work: impl FnOnce()) -> Took {
    let (began, cpu) = (Instant::now(), cpu());
    work();
    (began.elapsed().as_secs_f64(), self::cpu() - cpu)
}

/// The CPU time of this process so far, in its own code and in the system's, in seconds.
fn cpu() -> f64 {
    let Ok(text) = fs::read_to_string("/proc/self/stat") else { return f64::NAN };
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>();
    // Linux counts in hundredths of a second for all programs.
    ticks / 100.0
}

/// Writes the dataset; frames hold nothing, as nothing looks into them.
fn write(target: &Path, in_scene: u64) {
    const HOUR: u64 = 3_600_000;
    let sensors = [
        ("lidar-top", "pcd", 0),
        ("camera-front", "jpg", 8 * HOUR),
        ("camera-rear", "jpg", 13 * HOUR),
    ];
    let folders: Vec<(String, &str, u64)> = sensors
        .into_iter()
        .flat_map(|sensor| (0..SCENES).map(move |scene| (sensor, scene)))
        .map(|((sensor, suffix, ahead), scene)| {
            let start = 1_681_532_060_061 + ahead + scene * in_scene * 100;
            (format!("{sensor}/scene_{scene:04}"), suffix, start)
        })
        .collect();
    folders.par_iter().for_each(|(folder, suffix, start)| {
        let folder = target.join(folder);
        fs::create_dir_all(&folder).unwrap();
        for at in 0..in_scene {
            let stamp = start + at * 100;
            fs::File::create(folder.join(format!("{stamp}.{suffix}"))).unwrap();
        }
    });
}

/// All images from milliseconds to microseconds.
fn plan(tree: &Tree) -> Plan<'_> {
    let mut plan = Plan::new(tree);
    for (id, folder) in tree.ids().zip(tree.folders()) {
        if tree.path(id).starts_with(b"camera-") && folder.files() > 0 {
            let files = FileSet::Files { folder: id, names: None };
            let coordinate = Coordinate::Stem(StemMap::Multiply(1_000));
            plan.add(&Operation::Set { files, coordinate }).unwrap();
        }
    }
    plan
}

type Names = Vec<(String, Vec<(String, String)>)>;

/// The renames, folder by folder.
fn names(plan: &Plan<'_>) -> Names {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut all = Names::new();
    plan.for_each_step::<()>(".tmp-", None, &mut |phase, step| {
        if let Step::Rename { from, names, .. } = step {
            assert_eq!(phase, Phase::Within);
            let names = names.iter().map(|(name, new_name)| (text(name), text(new_name)));
            all.push((text(from), names.collect()));
        }
        Ok(())
    })
    .unwrap();
    all
}

/// Renames and does nothing else, on all cores, as the plan does: nothing is replaced.
fn bare(target: &Path, names: &Names, is_back: bool) {
    names.par_iter().for_each(|(folder, names)| {
        let folder = fs::File::open(target.join(folder)).unwrap();
        for (one, other) in names {
            let (from, to) = if is_back { (other, one) } else { (one, other) };
            rename(&folder, from, to);
        }
    });
}

#[cfg(target_os = "linux")]
fn rename(folder: &fs::File, from: &str, to: &str) {
    use rustix::fs::{RenameFlags, renameat_with};
    renameat_with(folder, from, folder, to, RenameFlags::NOREPLACE).unwrap();
}

#[cfg(not(target_os = "linux"))]
fn rename(_folder: &fs::File, _from: &str, _to: &str) {
    panic!("the loop is written for Linux");
}
