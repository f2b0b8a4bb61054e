//! Where reports, listings and baselines go, and where they never do: into a dataset's own files,
//! into what git keeps of a repository, and two of them into one file. Where they cannot be written
//! that is an error, and nothing half-written stays.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

mod place;

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use place::Place;

const TREE: &str = include_str!("place/good.tree");

impl Place {
    /// The exit code, and what is said on standard error.
    fn said(&self, words: &str) -> (Option<i32>, String) {
        let run = self.command(words).stdin(Stdio::null()).output().unwrap();
        (run.status.code(), String::from_utf8_lossy(&run.stderr).into_owned())
    }

    /// Makes a repository of it, with everything staged and committed; false, which is said, where
    /// there is no git.
    fn is_repository(&self) -> bool {
        let git = |words: &str| {
            let mut git = Command::new("git");
            git.current_dir(self.path(""))
                .args(words.split_whitespace())
                .env("GIT_CONFIG_GLOBAL", "/dev/null");
            git.output().is_ok_and(|made| made.status.success())
        };
        let made = git("init -q -b main")
            && git("add -A")
            && git("-c user.name=a -c user.email=a@b commit -q -m drive");
        if !made {
            eprintln!("skipped: no program `git`");
        }
        made
    }
}

/// Whatever the source, a file of the dataset stays what it is, by whichever spelling it is named.
#[test]
fn no_output_goes_into_a_dataset_or_a_repository() {
    let place = Place::with(TREE);
    place.write("keys.txt", "lidar-top/scene_1/1681532060061.pcd\n");
    place.write("drive/lidar-top/scene_1/empty.pcd", "");
    if !place.is_repository() {
        return;
    }
    place.write("drive/lidar-top/scene_1/1681532060361.pcd", "staged later");
    assert!(
        Command::new("git")
            .current_dir(place.path(""))
            .args(["add", "-A"])
            .status()
            .unwrap()
            .success()
    );
    symlink("drive", place.path("alias")).unwrap();
    symlink("drive/metadata.json", place.path("link.json")).unwrap();
    symlink("drive/lidar-top/new.pcd", place.path("nothing.json")).unwrap();
    symlink(".git", place.path("kept")).unwrap();
    let absolute = place.path("drive/metadata.json");
    let kept = [
        "drive/metadata.json",
        ".git/index",
        ".git/HEAD",
        "drive/lidar-top/scene_1/1681532060061.pcd",
    ];
    let before: Vec<_> = kept.iter().map(|name| fs::read(place.path(name)).unwrap()).collect();
    let files = [
        "drive/metadata.json",
        "./drive/../drive/metadata.json",
        "alias/metadata.json",
        "link.json",
        "nothing.json",
        "drive/lidar-top/scene_1/1681532060061.pcd",
        "drive/lidar-top/scene_1/empty.pcd",
        ".git/index",
        ".git/HEAD",
        ".git/hooks/pre-commit",
        "kept/index",
        absolute.to_str().unwrap(),
    ];
    for source in [
        "drive",
        "git:index:drive",
        "git:HEAD:drive",
        "--listing keys.txt",
        "--staged",
        "--staged drive",
    ] {
        for file in files {
            let words = format!("check {source} --isolated --format json={file}");
            let (exit, said) = place.said(&words);
            assert_eq!(exit, Some(2), "{words}: {said}");
        }
    }
    for source in ["drive", "git:index:drive", "git:HEAD:drive", "--listing keys.txt"] {
        for file in [".git/new", "kept/new", "drive/lidar-top/scene_1/empty.pcd", "nothing.json"] {
            for flag in ["--save-listing", "--write-baseline"] {
                let words = format!("check {source} --isolated {flag} {file}");
                let (exit, said) = place.said(&words);
                assert_eq!(exit, Some(2), "{words}: {said}");
            }
        }
    }
    for (name, before) in kept.iter().zip(before) {
        assert!(fs::read(place.path(name)).unwrap() == before, "{name} has changed");
    }
    assert!(!place.path(".git/new").exists() && !place.path("drive/lidar-top/new.pcd").exists());
    // What lies elsewhere is written, and written anew; the empty frame is a finding.
    for _ in 0..2 {
        let (exit, said) = place.said("check git:HEAD:drive --isolated --format json=report.json");
        assert_eq!(exit, Some(1), "{said}");
    }
}

#[test]
fn a_bare_repository_is_git_s_own_too() {
    let place = Place::with(TREE);
    let made = Command::new("git")
        .current_dir(place.path(""))
        .args(["init", "-q", "--bare", "store"])
        .status();
    if !made.is_ok_and(|made| made.success()) {
        return eprintln!("skipped: no program `git`");
    }
    for file in ["store/config", "store/hooks/update", "store/new"] {
        let (exit, said) = place.said(&format!("check drive --isolated --format json={file}"));
        assert_eq!(exit, Some(2), "{file}: {said}");
    }
}

#[test]
fn two_outputs_never_go_to_one_file() {
    let place = Place::with(TREE);
    fs::create_dir(place.path("out")).unwrap();
    place.write("one.json", "");
    fs::hard_link(place.path("one.json"), place.path("hard.json")).unwrap();
    symlink("one.json", place.path("soft.json")).unwrap();
    symlink("absent.json", place.path("to-absent.json")).unwrap();
    symlink("out", place.path("there")).unwrap();
    for (first, second) in [
        ("a.json", "a.json"),
        ("a.json", "./a.json"),
        ("a.json", "out/../a.json"),
        ("out/a.json", "there/a.json"),
        ("one.json", "hard.json"),
        ("one.json", "soft.json"),
        ("absent.json", "to-absent.json"),
    ] {
        for (first, second) in [(first, second), (second, first)] {
            for flags in [
                format!("--format json={first} --format concise={second}"),
                format!("--format json={first} --save-listing {second}"),
                format!("--format json={first} --write-baseline {second}"),
                format!("--save-listing {first} --write-baseline {second}"),
            ] {
                let (exit, said) = place.said(&format!("check drive --isolated {flags}"));
                assert_eq!(exit, Some(2), "{flags}: {said}");
            }
        }
    }
    assert!(!place.path("a.json").exists() && !place.path("absent.json").exists());
    // Standard output is an output, too.
    let file = fs::File::create(place.path("shown.txt")).unwrap();
    let mut command = place.command("check drive --isolated --format full --format json=shown.txt");
    assert_eq!(command.stdout(file).status().unwrap().code(), Some(2));
    // A device takes several.
    symlink("/dev/null", place.path("nowhere")).unwrap();
    let flags = "--format json=/dev/null --format concise=nowhere";
    let (exit, said) = place.said(&format!("check drive --isolated {flags}"));
    assert_eq!(exit, Some(0), "{said}");
}

impl Place {
    /// The exit code, and what is said on standard error, of a line for the shell in which
    /// `sensortree` is the program.
    fn shell(&self, line: &str) -> (Option<i32>, String) {
        let program = self.command("");
        let mut shell = Command::new("sh");
        shell.current_dir(self.path("")).stdin(Stdio::null()).stdout(Stdio::null());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let function = format!("sensortree() {{ '{}' \"$@\"; }}", env!("CARGO_BIN_EXE_sensortree"));
        let run = shell.args(["-c", &format!("{function}; {line}")]).output().unwrap();
        (run.status.code(), String::from_utf8_lossy(&run.stderr).into_owned())
    }

    /// The names in the folder to stand in, in order.
    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.path("")).unwrap();
        let mut names: Vec<_> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// A report that nobody can read is not written, which is another answer than "all is well".
#[test]
fn a_closed_standard_output_is_an_error() {
    let place = Place::with(TREE);
    place.write("request.json", "{}");
    for command in [
        "check drive",
        "check drive --format json",
        "check drive --format concise --format json=report.json",
        "check --request request.json --no-list",
        "rules",
        "explain 5710",
        "config",
        "man",
        "completions bash",
        "--help",
        "check --help",
        "--version",
    ] {
        // Open for reading only, each write to it seems to succeed.
        for closed in [">&-", "1</dev/null"] {
            let (exit, said) = place.shell(&format!("sensortree {command} {closed}"));
            assert_eq!(exit, Some(2), "{command} {closed}: {said}");
            assert!(said.contains("standard output: cannot write the report"), "{command}: {said}");
        }
    }
    assert!(!place.path("report.json").exists());
    // What does not need it is as it was, and one that leads nowhere is open.
    for line in [
        "sensortree check drive --format json=report.json >&-",
        "sensortree check drive >/dev/null",
        "sensortree check drive 1<>/dev/null",
        "sensortree --version >/dev/null",
    ] {
        let (exit, said) = place.shell(line);
        assert_eq!(exit, Some(0), "{line}: {said}");
    }
    assert!(fs::read_to_string(place.path("report.json")).unwrap().contains("sensortree-report/1"));
}

/// The limit of file sizes is an error as a full disk is one, leaves no temporary file, and keeps
/// what stood there.
#[test]
fn a_limit_of_file_sizes_leaves_nothing_behind() {
    let place = Place::with(TREE);
    // Names without a pattern, so that neither a listing nor a report is small.
    for number in 0..3_000_u64 {
        let name = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        place.write(&format!("drive/camera-front/scene_1/{name:016x}{number}.jpg"), "");
    }
    let flags = [
        ("--format json=kept", "json=/dev/null"),
        ("--save-listing kept", "json=/dev/null"),
        ("--write-baseline kept", "json=/dev/null"),
    ];
    for (flag, other) in flags {
        let line = format!("sensortree check drive --max-examples 3000 {flag}");
        let (exit, said) = place.shell(&format!("{line} --format {other}"));
        assert!(matches!(exit, Some(0 | 1)), "{line}: {exit:?} {said}");
        let before = fs::read(place.path("kept")).unwrap();
        let names = place.names();
        // One block, of 512 bytes or of 1,024.
        let (exit, said) = place.shell(&format!("ulimit -f 1; {line} --format {other}"));
        assert_eq!(exit, Some(2), "{line}: {said}");
        assert!(said.contains("kept") && said.contains("File too large"), "{line}: {said}");
        assert_eq!(place.names(), names, "{line}");
        assert!(fs::read(place.path("kept")).unwrap() == before, "{line}");
        fs::remove_file(place.path("kept")).unwrap();
        let (exit, said) = place.shell(&format!("ulimit -f 1; {line} --format {other}"));
        assert_eq!(exit, Some(2), "{line}: {said}");
        assert!(!place.path("kept").exists(), "{line}");
    }
    let (exit, said) = place.shell("ulimit -f 1; sensortree check drive --format json >out");
    assert_eq!(exit, Some(2), "{said}");
    assert!(said.contains("standard output"), "{said}");
}
