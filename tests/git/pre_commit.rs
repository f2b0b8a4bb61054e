//! The hook of this repository, run by the program pre-commit.
//!
//! It is the one that takes what is installed: to build the other takes minutes, and differs in
//! nothing else. Both stand in the same file, which pre-commit is asked to judge.

use std::path::Path;
use std::process::{Command, Output};

use crate::repository::{Place, Repository};

const HOOKS: &str = include_str!("../../.pre-commit-hooks.yaml");

/// A place where `pre-commit` can be run, and the commits of which run what it installs.
fn place(repository: &Repository, pre_commit: &Command, home: &Path) -> Place {
    let program = Path::new(env!("CARGO_BIN_EXE_sensortree")).parent().unwrap();
    let mut paths = vec![program.to_path_buf()];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let path = std::env::join_paths(paths).unwrap();
    let mut place = repository.at(repository.path());
    for (name, value) in pre_commit.get_envs() {
        place = place.with(name.to_str().unwrap(), value.unwrap().to_str().unwrap());
    }
    place.with("PATH", path.to_str().unwrap()).with("PRE_COMMIT_HOME", home.to_str().unwrap())
}

fn run(place: &Place, pre_commit: &Command, arguments: &[&str]) {
    let mut command = place.command(pre_commit.get_program().to_str().unwrap());
    let output = command.args(pre_commit.get_args()).args(arguments).output().unwrap();
    assert!(output.status.success(), "pre-commit {arguments:?}: {}", said(&output));
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

fn commit(place: &Place, arguments: &[&str]) -> (bool, String) {
    let output =
        place.command("git").args(["commit", "-m", "a commit"]).args(arguments).output().unwrap();
    (output.status.success(), said(&output))
}

#[test]
#[cfg(unix)]
fn a_bad_commit_is_refused_and_a_good_one_let_through() {
    let Some(repository) = Repository::new(&["init", "-q", "-b", "main"]) else { return };
    let Some(mut hooks) = Repository::new(&["init", "-q", "-b", "main"]) else { return };
    let Some(pre_commit) = sensortree_stores::pre_commit() else { return };
    hooks.write(".pre-commit-hooks.yaml", HOOKS);
    hooks.commit();
    let revision = hooks.git(&["rev-parse", "HEAD"]);
    let home = tempfile::tempdir().unwrap();
    let place = place(&repository, &pre_commit, home.path());
    run(
        &place,
        &pre_commit,
        &["validate-manifest", hooks.path().join(".pre-commit-hooks.yaml").to_str().unwrap()],
    );

    let frame = "drives/0423/camera-front/scene_1/1681532060161.jpg";
    repository.write_drive("drives/0423/");
    repository.write_frames("drives/0423/");
    repository.write(
        ".pre-commit-config.yaml",
        &format!(
            "repos:\n  - repo: {}\n    rev: {revision}\n    hooks: [{{id: sensortree-system}}]\n",
            hooks.path().display()
        ),
    );
    // What a user does, from an empty repository on: four commands.
    run(&place, &pre_commit, &["install"]);
    place.git(&["add", "-A"]);
    let (passed, said) = commit(&place, &[]);
    assert!(passed && said.contains("sensortree") && said.contains("Passed"), "{said}");
    std::fs::remove_file(repository.path().join(frame)).unwrap();
    let (passed, said) = commit(&place, &["-a"]);
    assert!(!passed && said.contains("A202") && said.contains("1681532060161"), "{said}");
    assert_eq!(place.git(&["rev-list", "--count", "HEAD"]), "1", "nothing was committed");

    // A part of what is staged, which is in order, while the rest is not.
    repository.write("README.md", "drives");
    place.git(&["add", "-A"]);
    let (passed, said) = commit(&place, &["README.md"]);
    assert!(passed, "{said}");
    let (passed, said) = commit(&place, &[]);
    assert!(!passed && said.contains("A202"), "{said}");
    // Mended in the work tree only, and then staged.
    repository.write_frames("drives/0423/");
    let (passed, said) = commit(&place, &[]);
    assert!(!passed && said.contains("A202"), "{said}");
    place.git(&["add", "-A"]);
    repository.write("NOTES.md", "of the drives");
    place.git(&["add", "-A"]);
    let (passed, said) = commit(&place, &[]);
    assert!(passed, "{said}");
}
