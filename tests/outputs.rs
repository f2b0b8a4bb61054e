//! Where reports, listings and baselines go, and where they never do: into a dataset's own files, into what git keeps of a
//! repository, and two of them into one file.
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

    /// Makes a repository of it, with everything staged and committed; false, which is said, where there is no git.
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
