//! Runs of the whole program on a store, each looked through for keys that must not show.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::read::GzDecoder;
use sensortree_core::sketch::{Drawn, Sketch};
use sensortree_core::tree::EntryKind;
use sensortree_stores::Keys;
use serde_json::Value;
use tempfile::TempDir;

/// Keys that no store knows, and that are found again wherever they get to.
pub(crate) const CANARY_ID: &str = "AKIDCANARYSENSORTREE";
pub(crate) const CANARY_SECRET: &str = "canary-secret/that+must=not-show";
pub(crate) const CANARY_TOKEN: &str = "canary-session-token-that-must-not-show";

/// A run that is being prepared.
pub(crate) struct Run {
    target: String,
    arguments: Vec<String>,
    environment: Vec<(&'static str, String)>,
    /// What must show nowhere.
    secrets: Vec<String>,
    home: TempDir,
    room: TempDir,
}

/// What a run came to.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    /// Standard output and standard error.
    pub(crate) said: String,
    /// The report, if there is one.
    pub(crate) report: Value,
}

impl Run {
    /// A check of a target at an endpoint, with keys that no store knows.
    pub(crate) fn on(target: &str, endpoint: &str) -> Run {
        let run = Run::bare(target).with(&["--endpoint-url", endpoint]);
        run.keys(CANARY_ID, CANARY_SECRET).secret("AWS_SESSION_TOKEN", CANARY_TOKEN)
    }

    /// A check of a target, with nothing in its environment and its home folder.
    pub(crate) fn bare(target: &str) -> Run {
        Run {
            target: target.to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
            secrets: Vec::new(),
            home: tempfile::tempdir().unwrap(),
            room: tempfile::tempdir().unwrap(),
        }
    }

    /// Where the tools' files with keys are looked for.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// A text that must show nowhere.
    pub(crate) fn hide(mut self, secret: &str) -> Run {
        self.secrets.push(secret.to_owned());
        self
    }

    pub(crate) fn with(mut self, arguments: &[&str]) -> Run {
        self.arguments.extend(arguments.iter().map(|&argument| argument.to_owned()));
        self
    }

    /// Keys for the S3 protocol, in the place of those that no store knows.
    pub(crate) fn keys(mut self, id: &str, secret: &str) -> Run {
        self.environment.retain(|(name, _)| *name != "AWS_SESSION_TOKEN");
        // The id is no secret to the store's owner, and none of a stranger's business.
        self.secrets.push(id.to_owned());
        self.environment.push(("AWS_ACCESS_KEY_ID", id.to_owned()));
        self.secret("AWS_SECRET_ACCESS_KEY", secret)
    }

    /// A variable of the environment.
    pub(crate) fn variable(mut self, name: &'static str, value: &str) -> Run {
        self.environment.push((name, value.to_owned()));
        self
    }

    /// A variable whose value must show nowhere.
    pub(crate) fn secret(mut self, name: &'static str, value: &str) -> Run {
        self.secrets.push(value.to_owned());
        self.variable(name, value)
    }

    /// A file in the folder where it runs.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.room.path().join(name)
    }

    /// The program, told to write all that it can, in an environment that holds nothing but what
    /// the run says.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sensortree"));
        command
            .arg("check")
            .arg(&self.target)
            .args(["--isolated", "-v", "-v", "--format", "full"])
            .args(&self.arguments);
        for format in ["json", "concise"] {
            command.arg("--format").arg(format!("{format}={}", self.file(format).display()));
        }
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("LC_ALL", "C.UTF-8")
            .envs(self.environment.iter().cloned());
        command.current_dir(self.room.path()).stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub(crate) fn outcome(&self) -> Outcome {
        let output = self.command().output().unwrap();
        self.read(output.status.code(), &[output.stdout, output.stderr].concat())
    }

    /// What a run came to that has ended.
    pub(crate) fn read(&self, code: Option<i32>, said: &[u8]) -> Outcome {
        self.assert_nothing_shows(said, "what it says");
        for file in fs::read_dir(self.room.path()).unwrap() {
            let path = file.unwrap().path();
            self.assert_nothing_shows(&read_unpacked(&path), &path.display().to_string());
        }
        let report =
            fs::read(self.file("json")).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Outcome {
            code,
            said: String::from_utf8_lossy(said).into_owned(),
            report: report.unwrap_or_default(),
        }
    }

    fn assert_nothing_shows(&self, bytes: &[u8], place: &str) {
        let text = String::from_utf8_lossy(bytes);
        for secret in &self.secrets {
            let encoded = percent_encoded(secret);
            assert!(
                !text.contains(secret.as_str()) && !text.contains(&encoded),
                "`{secret}` shows in {place}:\n{text}"
            );
        }
    }
}

/// What a file holds, unpacked where it is packed.
fn read_unpacked(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap_or_default();
    let mut unpacked = Vec::new();
    let is_packed = GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked).is_ok();
    if is_packed { unpacked } else { bytes }
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

impl Outcome {
    /// Holds the exit code and what is said, each part of it, against what is expected.
    #[track_caller]
    pub(crate) fn check(&self, code: i32, says: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.said);
        let line = self.line();
        for part in says {
            assert!(line.contains(part), "no {part:?} in:\n{}", self.said);
        }
    }

    /// What is said, without line breaks: where lines are wrapped depends on how long the
    /// endpoint's port is.
    fn line(&self) -> String {
        self.said.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn files(&self) -> u64 {
        self.report["coverage"]["files"].as_u64().unwrap_or_default()
    }

    /// The paths that could not be read.
    pub(crate) fn unread(&self) -> Vec<&str> {
        self.report["coverage"]["unread"]
            .as_array()
            .unwrap()
            .iter()
            .map(|unread| unread["path"].as_str().unwrap())
            .collect()
    }

    /// The report without the target and the time it took.
    pub(crate) fn comparable(&self) -> String {
        let mut report = self.report.clone();
        for part in ["target", "timing"] {
            report[part] = Value::Null;
        }
        serde_json::to_string_pretty(&report).unwrap()
    }
}

/// A tree without fault.
pub(crate) const GOOD: &str = "
lidar-top/
  scene_1/
    1681532060061.pcd x12 +100
  scene_2/
    1681532090061.pcd x12 +100
camera-front/
  scene_1/
    1681532060061.jpg x12 +100
  scene_2/
    1681532090061.jpg x12 +100
metadata.json
";

/// How many files it has.
pub(crate) const GOOD_FILES: u64 = 49;

/// What is drawn, as objects below a prefix.
pub(crate) fn objects(sketch: &str, prefix: &str) -> Vec<(String, Vec<u8>)> {
    let sketch = Sketch::parse(sketch).unwrap();
    let metadata = sketch.metadata.clone().unwrap_or_default();
    let is_file = |kind| matches!(kind, EntryKind::File | EntryKind::FolderMarker);
    sketch
        .entries
        .iter()
        .filter(|drawn| is_file(drawn.kind))
        .map(|drawn| {
            let path = String::from_utf8(drawn.path.clone()).unwrap();
            let content = if path == "metadata.json" { metadata.clone() } else { bytes_of(drawn) };
            (format!("{prefix}{path}"), content)
        })
        .collect()
}

fn bytes_of(drawn: &Drawn) -> Vec<u8> {
    let content = drawn.content();
    let mut bytes = content.head;
    bytes.resize(usize::try_from(content.size).unwrap() - content.tail.len(), 0);
    [bytes, content.tail].concat()
}

/// The same as the keys of a made-up bucket.
pub(crate) fn keys(sketch: &str, prefix: &str) -> Keys {
    objects(sketch, prefix)
        .into_iter()
        .fold(Keys::new(), |keys, (key, content)| keys.object(&key, content))
}
