//! The Python package as a user gets it: built as a wheel, installed into an environment of its
//! own, and tested there.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::MetadataCommand;

use crate::Outcome;

const BUILDER: &[&str] = &["maturin==1.16.0"];
/// The package needs no pandas; its tests need one.
const TESTERS: &[&str] = &["pytest==9.2.0", "mypy==2.4.1", "pandas==2.3.3"];

/// What the tools above need; the package itself is content with less.
const CAN_MAKE_ENVIRONMENTS: &str =
    "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";

/// Builds the wheel and runs its tests. A machine without Python, or without a way to PyPI, skips
/// that, unless it is `required`.
pub(crate) fn test(root: &Path, release: bool, required: bool) -> Outcome {
    let metadata =
        MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
    let folder = metadata.target_directory.as_std_path().join("python");
    match environments(&folder) {
        Ok(environments) => {
            let wheel = environments.build(root, &folder.join("wheels"), release)?;
            environments.test(root, &folder, &wheel)
        }
        Err(reason) if required => Err(reason),
        Err(reason) => Ok(format!("skipped: the Python package was not tested: {reason}")),
    }
}

/// One environment to build in, which is kept, and a clean one for the package and its tests.
struct Environments {
    builder: Environment,
    clean: Environment,
}

fn environments(folder: &Path) -> Result<Environments, Box<dyn Error>> {
    let python = ["python3", "python"].into_iter().find(|python| {
        let mut question = Command::new(python);
        question.args(["-c", CAN_MAKE_ENVIRONMENTS]).stdout(Stdio::null()).stderr(Stdio::null());
        question.status().is_ok_and(|status| status.success())
    });
    let python = python.ok_or("there is no Python of 3.10 or later with pip and venv")?;
    let builder = Environment::new(folder.join("builder"));
    if !builder.program("python").exists() {
        run(Command::new(python).args(["-m", "venv"]).arg(&builder.folder))?;
    }
    builder.install(BUILDER)?;
    let clean = Environment::new(folder.join("clean"));
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&clean.folder))?;
    clean.install(TESTERS)?;
    Ok(Environments { builder, clean })
}

impl Environments {
    fn build(&self, root: &Path, wheels: &Path, release: bool) -> Result<PathBuf, Box<dyn Error>> {
        if wheels.exists() {
            fs::remove_dir_all(wheels)?;
        }
        let profile = if release { "dist" } else { "dev" };
        let mut maturin = Command::new(self.builder.program("maturin"));
        run(maturin
            .args(["build", "--quiet", "--locked", "--profile", profile, "--out"])
            .arg(wheels)
            .current_dir(root))?;
        let wheel = fs::read_dir(wheels)?.next().ok_or("maturin built no wheel")??;
        Ok(wheel.path())
    }

    fn test(&self, root: &Path, folder: &Path, wheel: &Path) -> Outcome {
        // Without an index: the package needs no other.
        run(self
            .clean
            .python()
            .args(["-m", "pip", "install", "--quiet", "--no-index"])
            .arg(wheel))?;
        run(self.clean.python().args(["-B", "-m", "pytest", "--quiet"]).current_dir(root))?;
        for checked in [["--package", "sensortree"], ["--", "python/tests"]] {
            let mut mypy = self.clean.python();
            mypy.args(["-m", "mypy", "--cache-dir"]).arg(folder.join("mypy"));
            run(mypy.args(checked).current_dir(root))?;
        }
        let name = wheel.file_name().unwrap_or_default().to_string_lossy();
        Ok(format!("{name} passes its tests"))
    }
}

/// A virtual environment.
struct Environment {
    folder: PathBuf,
}

impl Environment {
    fn new(folder: PathBuf) -> Self {
        Environment { folder }
    }

    fn program(&self, name: &str) -> PathBuf {
        let scripts = if cfg!(windows) { "Scripts" } else { "bin" };
        self.folder.join(scripts).join(name).with_extension(std::env::consts::EXE_EXTENSION)
    }

    fn python(&self) -> Command {
        Command::new(self.program("python"))
    }

    fn install(&self, packages: &[&str]) -> Result<(), Box<dyn Error>> {
        run(self
            .python()
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(packages))
    }
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let status =
        command.stdin(Stdio::null()).status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed: {status}").into()) }
}
