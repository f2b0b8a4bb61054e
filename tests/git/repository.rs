//! A repository in a folder of its own, made by the program `git` with nothing of the user's
//! configuration.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use sensortree_core::sketch::Content;
use serde_json::Value;
use tempfile::TempDir;

/// The frames of the drive that is written.
pub(crate) const GOOD: usize = 6;

const METADATA: &str = include_str!("../../examples/drive_0423/metadata.json");

/// The text of a Git LFS pointer to a file of this size.
pub(crate) fn pointer(size: u64) -> String {
    format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {size}\n",
        "4d7a2146".repeat(8)
    )
}

/// The size of a frame, so that it is neither read nor packed in one piece.
pub(crate) const FRAME_BYTES: usize = 5_000;

fn padded(content: Content) -> Vec<u8> {
    let Content { head, tail, .. } = content;
    [head.clone(), vec![0; FRAME_BYTES - head.len() - tail.len()], tail].concat()
}

/// Where `git` and `sensortree` are run, and with what environment.
#[derive(Clone)]
pub(crate) struct Place {
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

pub(crate) struct Repository {
    root: TempDir,
    place: Place,
}

impl std::ops::Deref for Repository {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.place
    }
}

impl Repository {
    /// A new one; `None`, which is said, where there is no `git` or it does not know these
    /// arguments.
    pub(crate) fn new(init: &[&str]) -> Option<Self> {
        let repository = Self::nowhere();
        let made = repository.command("git").args(init).output();
        if !made.as_ref().is_ok_and(|made| made.status.success()) {
            eprintln!("skipped: no program `git` that can do {init:?}");
            return None;
        }
        Some(repository)
    }

    /// A folder that is in no repository.
    pub(crate) fn nowhere() -> Self {
        let root = tempfile::tempdir().unwrap();
        let place = Place { folder: root.path().canonicalize().unwrap(), variables: Vec::new() };
        Repository { root, place }
    }

    /// One with a good drive at its top, not committed yet.
    pub(crate) fn with_a_drive() -> Option<Self> {
        let repository = Self::new(&["init", "-q", "-b", "main"])?;
        repository.write_drive("");
        Some(repository)
    }

    pub(crate) fn path(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn write_drive(&self, prefix: &str) {
        for (sensor, suffix) in [("lidar-top", "pcd"), ("camera-front", "jpg")] {
            for frame in 0..GOOD / 2 {
                let stamp = 1_681_532_060_061 + 100 * frame;
                self.write(
                    &format!("{prefix}{sensor}/scene_1/{stamp}.{suffix}"),
                    &format!("{sensor} {frame}"),
                );
            }
        }
        let mut metadata: Value = serde_json::from_str(METADATA).unwrap();
        metadata["lidarSequence"] = serde_json::json!(["top"]);
        metadata["cameraSequence"] = serde_json::json!(["front"]);
        metadata["cameraCoefficients"].as_array_mut().unwrap().truncate(1);
        self.write(&format!("{prefix}metadata.json"), &format!("{metadata:#}\n"));
    }

    /// Puts frames that are what their names say in place of the drive's texts.
    pub(crate) fn write_frames(&self, prefix: &str) {
        for frame in 0..GOOD / 2 {
            let stamp = 1_681_532_060_061 + 100 * frame;
            self.write_bytes(
                &format!("{prefix}lidar-top/scene_1/{stamp}.pcd"),
                &Self::point_cloud(),
            );
            self.write_bytes(&format!("{prefix}camera-front/scene_1/{stamp}.jpg"), &Self::image());
        }
    }

    /// A point cloud of [`FRAME_BYTES`].
    pub(crate) fn point_cloud() -> Vec<u8> {
        padded(Content::of(b"1.pcd", FRAME_BYTES as u64, None))
    }

    /// An image of [`FRAME_BYTES`], as large as the drive's metadata.json says.
    pub(crate) fn image() -> Vec<u8> {
        padded(Content::image(320, 180))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        self.write_bytes(path, text.as_bytes());
    }

    pub(crate) fn write_bytes(&self, path: &str, bytes: &[u8]) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Commits all that is there.
    pub(crate) fn commit(&mut self) {
        self.git(&["add", "-A", "-f", "."]);
        self.git(&["commit", "-q", "-m", "a commit"]);
    }

    pub(crate) fn stand_in(&mut self, folder: &str) {
        self.place.folder = self.place.folder.join(folder);
    }

    /// Sets a configuration without `git`, which could obey it.
    pub(crate) fn write_config(&self, key: &str, value: &str) {
        let (section, name) = key.rsplit_once('.').unwrap();
        let section = match section.split_once('.') {
            Some((section, sub)) => format!("{section} \"{sub}\""),
            None => section.to_owned(),
        };
        let path = self.root.path().join(".git/config");
        let mut file = fs::File::options().append(true).open(path).unwrap();
        writeln!(file, "[{section}]\n\t{name} = {value}").unwrap();
    }

    pub(crate) fn read_ref(&self, name: &str) -> String {
        fs::read_to_string(self.root.path().join(".git").join(name)).unwrap().trim().to_owned()
    }
}

impl Place {
    pub(crate) fn at(&self, folder: &Path) -> Self {
        Place { folder: folder.canonicalize().unwrap(), ..self.clone() }
    }

    pub(crate) fn with(&self, variable: &str, value: &str) -> Self {
        let mut place = self.clone();
        place.variables.push((variable.to_owned(), value.to_owned()));
        place
    }

    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let of_git =
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_"));
        for (name, _) in of_git {
            command.env_remove(name);
        }
        command
            .current_dir(&self.folder)
            .env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" })
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("COLUMNS", "1000")
            .env("LC_ALL", "C.UTF-8")
            .env("GIT_ALLOW_PROTOCOL", "file:ext")
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::null());
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "A")
                .env(format!("GIT_{who}_EMAIL"), "a@example.com");
        }
        command.envs(self.variables.iter().cloned());
        command
    }

    /// Runs `git`, and gives what it prints.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = self.command("git").args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Runs `git`, which may fail.
    pub(crate) fn try_git(&self, arguments: &[&str]) {
        self.command("git").args(arguments).output().unwrap();
    }

    /// Runs `git` on an input, and gives what it prints.
    pub(crate) fn git_with(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut git = self.command("git");
        git.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = git.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {arguments:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn run(&self, target: &str, flags: &[&str]) -> (i32, Output) {
        let mut command = self.command(env!("CARGO_BIN_EXE_sensortree"));
        let output = command.args(["check", "--isolated", target]).args(flags).output().unwrap();
        let exit = output.status.code();
        (exit.unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr))), output)
    }

    /// The exit code and the report of a check.
    pub(crate) fn check(&self, target: &str) -> (i32, Value) {
        self.check_with(target, &[])
    }

    pub(crate) fn check_with(&self, target: &str, flags: &[&str]) -> (i32, Value) {
        let (exit, output) = self.run(target, &[&["--format", "json"], flags].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (
            exit,
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{target}: {said}")),
        )
    }

    pub(crate) fn exit(&self, target: &str) -> i32 {
        self.run(target, &["--quiet"]).0
    }

    /// The exit code of a check of what is staged, and all that it says.
    pub(crate) fn staged(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = self.command(env!("CARGO_BIN_EXE_sensortree"));
        let output = command
            .args(["check", "--isolated", "--staged", "--format=concise"])
            .args(arguments)
            .output()
            .unwrap();
        let said =
            [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
        (output.status.code().unwrap_or_else(|| panic!("{said}")), said)
    }

    /// The exit code and what is said where there is nothing to report.
    pub(crate) fn fail(&self, target: &str) -> (i32, String) {
        let (exit, output) = self.run(target, &["--quiet"]);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{target}");
        (exit, String::from_utf8(output.stderr).unwrap())
    }
}
