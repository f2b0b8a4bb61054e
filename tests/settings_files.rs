//! What a configuration file may name, and that an error shows nothing of any other file.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod place;

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use place::Place;

const TREE: &str = include_str!("place/good.tree");
const CANARY: &str = "wJalrXUtnFEMIK7MDENG";

impl Place {
    /// The exit code and all that is said, in an environment that holds a secret.
    fn said(&self, words: &str) -> (Option<i32>, String) {
        let mut command = self.command(words);
        command.env("AWS_SECRET_ACCESS_KEY", CANARY).env(CANARY, "x").stdin(Stdio::null());
        let run = command.output().unwrap();
        let said = [run.stdout, run.stderr].concat();
        (run.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    fn refuses(&self, words: &str) -> String {
        let (exit, said) = self.said(words);
        assert_eq!(exit, Some(2), "{words}: {said}");
        // Lines are wrapped, and could break it.
        let joined: String = said.chars().filter(|c| c.is_alphanumeric()).collect();
        assert!(!joined.contains(CANARY), "{words}: {said}");
        said
    }
}

#[test]
fn no_setting_shows_what_is_no_configuration() {
    for in_repository in [false, true] {
        let place = Place::with(TREE);
        let top = place.path("repo");
        fs::create_dir_all(&top).unwrap();
        if in_repository {
            fs::create_dir(top.join(".git")).unwrap();
        }
        place.write("secrets.toml", format!("secret = \"{CANARY}\"\n{CANARY} = 1\n"));
        place.write("repo/.env", format!("SECRET={CANARY}\n"));
        place.write("repo/secrets.toml", format!("{CANARY} = \"{CANARY}\"\n"));
        place.write("repo/values.toml", format!("tolerance = \"{CANARY}\"\n"));
        place.write("repo/secrets.json", format!("{{\"schema\": \"{CANARY}\", {CANARY}"));
        symlink("/proc/self/environ", place.path("repo/link.toml")).unwrap();
        symlink("/proc/self/environ", place.path("repo/sensortree-link.toml")).unwrap();
        let check = |words: &str| {
            let mut command = place.command(&format!("{words} ../drive"));
            command.current_dir(&top).env("SECRET", CANARY).env(CANARY, "x").stdin(Stdio::null());
            let run = command.output().unwrap();
            let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
            assert_eq!(run.status.code(), Some(2), "{words}: {said}");
            let joined: String = said.chars().filter(|c| c.is_alphanumeric()).collect();
            assert!(!joined.contains(CANARY), "{words}: {said}");
        };
        for named in [
            "/proc/self/environ",
            "/proc/self/cmdline",
            "../secrets.toml",
            ".env",
            "secrets.toml",
            "values.toml",
            "secrets.json",
            "link.toml",
            "sensortree-link.toml",
            "/dev/zero",
        ] {
            for key in ["extend", "baseline"] {
                place.write("repo/sensortree.toml", format!("{key} = \"{named}\"\n"));
                check("check");
                check("check --config sensortree.toml");
                if key == "extend" {
                    check("config");
                }
            }
        }
        fs::remove_file(place.path("repo/sensortree.toml")).unwrap();
        for leads in ["/proc/self/environ", ".env", "secrets.toml"] {
            for name in ["sensortree.toml", ".sensortree.toml"] {
                symlink(leads, top.join(name)).unwrap();
                check("check");
                fs::remove_file(top.join(name)).unwrap();
            }
        }
    }
}

#[test]
fn what_configurations_name_by_right_is_read() {
    let place = Place::with(TREE);
    fs::create_dir_all(place.path("repo/.git")).unwrap();
    place.write("sensortree-base.toml", "fail-on = \"never\"\n");
    place.write("other.toml", "fail-on = \"never\"\n");
    place.write("repo/ci/strict.toml", "fail-on = \"advice\"\n");
    let exit = |config: &str, words: &str| {
        place.write("repo/sensortree.toml", config);
        let mut command = place.command(&format!("check ../drive {words}"));
        command.current_dir(place.path("repo")).output().unwrap().status.code()
    };
    assert_eq!(exit("extend = \"ci/strict.toml\"", ""), Some(0));
    assert_eq!(exit("extend = \"../sensortree-base.toml\"", ""), Some(0));
    assert_eq!(exit("extend = \"../other.toml\"", ""), Some(2));
    assert_eq!(exit("extend = \"../other.toml\"", "--config sensortree.toml"), Some(0));
    // A mistake is still drawn where it is a configuration.
    place.write("mine.toml", "tolerence = \"20ms\"\n");
    assert!(place.refuses("check drive --config mine.toml").contains("tolerence"));
}

#[test]
fn a_pipe_is_waited_for_by_nobody() {
    let place = Place::with(TREE);
    let made = Command::new("mkfifo").arg(place.path("pipe.toml")).status();
    assert!(made.unwrap().success());
    place.write("sensortree.toml", "extend = \"pipe.toml\"\n");
    for words in [
        "check drive --isolated --baseline pipe.toml",
        "check drive --config pipe.toml",
        "config --config pipe.toml",
        "check drive --config /dev/zero",
        "check drive",
    ] {
        let began = Instant::now();
        place.refuses(words);
        assert!(began.elapsed() < Duration::from_secs(20), "{words}");
    }
    place.refuses("check drive --config /proc/self/environ");
}
