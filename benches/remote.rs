//! A folder on a file system whose every answer takes a while, as over a network: how much faster
//! it is listed by the threads that the program takes by itself than by one.
//!
//! `cargo bench --bench remote`. The tree (`target/tmp/bench-remote`) is mounted through FUSE once
//! for each run, so that the system knows nothing of it, by this very process, which waits
//! `SENSORTREE_BENCH_MS` (1) milliseconds before each answer. It needs Linux, `/dev/fuse`, and the
//! right to mount or `fusermount3`; where it has none of these it says so, and fails.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and panics")]

#[cfg(target_os = "linux")]
#[path = "remote/slow.rs"]
mod slow;

#[cfg(target_os = "linux")]
fn main() {
    use std::fs;
    use std::path::Path;
    use std::process::Command;
    use std::time::{Duration, Instant};

    use sensortree_treegen::{Content, Plan};

    const ROUNDS: usize = 3;

    let milliseconds = std::env::var("SENSORTREE_BENCH_MS").map_or(1, |it| it.parse().unwrap());
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-remote");
    let (tree, mount) = (room.join("tree"), room.join("mount"));
    let _ = fs::remove_dir_all(&tree);
    fs::create_dir_all(&mount).unwrap();
    sensortree_treegen::write(&Plan::new(1, 3, 25, 40), Content::Sparse(1), &tree).unwrap();
    let run = |jobs: &[&str]| {
        let mounted =
            slow::mount(tree.clone(), &mount, Duration::from_millis(milliseconds)).unwrap();
        let began = Instant::now();
        let mut program = Command::new(env!("CARGO_BIN_EXE_sensortree"));
        let output = program.arg("check").arg(&mount).arg("--content=none").args(jobs).output();
        let output = output.unwrap();
        let seconds = began.elapsed().as_secs_f64();
        drop(mounted);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        (seconds, said)
    };
    let mut took: [Vec<f64>; 2] = Default::default();
    for _ in 0..ROUNDS {
        for (at, jobs) in [&["--jobs", "1"][..], &[]].into_iter().enumerate() {
            let (seconds, said) = run(jobs);
            took[at].push(seconds);
            // The program has to have seen by itself where the tree lies.
            assert_eq!(said.contains("the target lies on FUSE"), jobs.is_empty(), "{said}");
        }
    }
    let [one, all] = took.map(|mut took| {
        took.sort_unstable_by(f64::total_cmp);
        took[ROUNDS / 2]
    });
    println!(
        "4,000 files, {milliseconds} ms an answer: one thread {one:.2} s, by itself {all:.2} s: \
         {:.1} times",
        one / all
    );
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("only on Linux");
}
