//! What `docs/ci.md` shows for CI services: its shell commands are run, as far as that needs no
//! service, and leave the reports that the rest of each file hands on. And that a release is made
//! with the tools that are tried here.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The fenced blocks of a section of the page.
fn blocks(section: &str) -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let (_, rest) = page.split_once(&format!("## {section}\n")).unwrap();
    let text = rest.split_once("\n## ").map_or(rest, |(text, _)| text);
    text.split("```").skip(1).step_by(2).map(str::to_owned).collect()
}

/// The commands of a block, each with what stands before it in its line.
fn commands(block: &str, before: &[&str]) -> Vec<String> {
    let command = |line: &str| {
        let (_, command) = before.iter().find_map(|before| line.split_once(before))?;
        // Behind a command of Jenkins stands the end of its string.
        Some(command.split("' }").next().unwrap_or_default().to_owned())
    };
    block.lines().filter_map(command).collect()
}

/// The files that a block hands on, by what stands before their names.
fn handed_on(block: &str, before: &[&str]) -> BTreeSet<String> {
    let names = before.iter().flat_map(|before| {
        block.split(before).skip(1).map(|rest| {
            let end = rest.find(['\'', '\n', ' ', '}']).unwrap_or(rest.len());
            rest.get(..end).unwrap_or_default().to_owned()
        })
    });
    names.collect()
}

/// A machine that has the example as `drives/0423`, and a `cargo` that puts the program on the
/// path and notes what it was asked.
fn machine(example: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("bin")).unwrap();
    fs::create_dir_all(at("work/drives")).unwrap();
    let copied = Command::new("cp")
        .arg("-r")
        .args([root().join("examples").join(example), at("work/drives/0423")])
        .status();
    assert!(copied.unwrap().success());
    let program = env!("CARGO_BIN_EXE_sensortree");
    let cargo = format!("#!/bin/sh\necho \"$*\" >>\"$NOTES\"\nln -s '{program}' \"$BIN\"\n");
    fs::write(at("bin/cargo"), cargo).unwrap();
    fs::set_permissions(at("bin/cargo"), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Runs commands one after the other, to the first that fails; gives its exit code.
fn run(machine: &TempDir, commands: &[String]) -> i32 {
    let at = |name: &str| machine.path().join(name);
    let path = format!("{}:{}", at("bin").display(), std::env::var("PATH").unwrap());
    for command in commands {
        let status = Command::new("sh")
            .args(["-ec", command])
            .current_dir(at("work"))
            .env("PATH", &path)
            .env("NOTES", at("notes"))
            .env("BIN", at("bin/sensortree"))
            .env("SENSORTREE_REPOSITORY", "https://forge.example/acme/sensortree")
            .env_remove("GITHUB_STEP_SUMMARY")
            .output()
            .unwrap()
            .status;
        if !status.success() {
            return status.code().unwrap();
        }
    }
    0
}

/// The one block of a section fails on a dataset with findings and passes one without, and leaves
/// the reports that it hands on in both cases.
fn check(section: &str, before_commands: &[&str], before_files: &[&str], files: &[&str]) {
    let blocks = blocks(section);
    let [block] = &blocks[..] else { unreachable!("{section} has one block") };
    let commands = commands(block, before_commands);
    assert_eq!(commands.len(), 2, "{section}: {commands:?}");
    let files: BTreeSet<String> = files.iter().map(|file| (*file).to_owned()).collect();
    assert_eq!(handed_on(block, before_files), files, "{section}");
    for (example, code) in [("drive_0423", 1), ("good", 0)] {
        let machine = machine(example);
        assert_eq!(run(&machine, &commands), code, "{section} on {example}");
        let asked = fs::read_to_string(machine.path().join("notes")).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            asked.trim(),
            format!(
                "install --locked --git https://forge.example/acme/sensortree --tag v{version} sensortree"
            )
        );
        for file in &files {
            let report = fs::read_to_string(machine.path().join("work").join(file)).unwrap();
            let begins = if file.ends_with(".xml") { "<?xml" } else { "" };
            assert!(report.starts_with(begins) && !report.is_empty(), "{section}: {file}");
            if begins.is_empty() {
                serde_json::from_str::<serde_json::Value>(&report).unwrap();
            }
        }
    }
}

#[test]
fn gitlab_runs() {
    check("GitLab", &["    - "], &["codequality: ", "junit: "], &["codequality.json", "junit.xml"]);
}

#[test]
fn jenkins_runs() {
    check("Jenkins", &["{ sh '"], &["junit '"], &["sensortree.xml"]);
}

#[test]
fn azure_runs() {
    let before_files = ["testResultsFiles: ", "publish: "];
    check("Azure Pipelines", &["- script: "], &before_files, &["junit.xml", "sensortree.sarif"]);
}

/// What the page gives to the action, and what it says of it, is what the action takes.
#[test]
fn the_inputs_and_outputs_of_the_action_are_those_that_it_has() {
    let action = fs::read_to_string(root().join("action.yml")).unwrap();
    let declared = |section: &str| -> BTreeSet<String> {
        let (_, rest) = action.split_once(&format!("\n{section}:\n")).unwrap();
        let lines = rest.lines().take_while(|line| line.is_empty() || line.starts_with("  "));
        let name = |line: &str| line.strip_prefix("  ")?.strip_suffix(':').map(str::to_owned);
        lines.filter_map(name).filter(|name| !name.starts_with(' ')).collect()
    };
    let page = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let rows: BTreeSet<String> = rows.map(|(name, _)| name.to_owned()).collect();
    assert_eq!(rows, declared("inputs"));
    let block = &blocks("GitHub")[0];
    let (_, with) = block.split_once("with:\n").unwrap();
    for line in with.lines().filter(|line| !line.trim().is_empty()) {
        let (name, _) = line.trim().split_once(':').unwrap();
        assert!(rows.contains(name), "{name}");
    }
    for output in declared("outputs") {
        assert!(page.contains(&format!("`{output}`")), "{output}");
    }
}

/// What `.ci/run` tries is made with the tools that a release is made with.
#[test]
fn the_tools_of_a_release_have_one_version() {
    let read = |name: &str| fs::read_to_string(root().join(name)).unwrap();
    let version = |text: &str, before: &str| -> String {
        let (_, behind) = text.split_once(before).unwrap();
        behind.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect()
    };
    let (ci, release) = (read(".ci/run"), read(".github/workflows/release.yml"));
    for tool in ["cargo-deb --version ", "cargo-cyclonedx --version "] {
        let wanted = version(&ci, tool);
        assert!(!wanted.is_empty(), "{tool}");
        assert_eq!(version(&release, tool), wanted, "{tool}");
    }
    let maturin = version(&read("xtask/src/python.rs"), "\"maturin==");
    assert!(!maturin.is_empty());
    assert_eq!(version(&release, "maturin[zig]=="), maturin);
}
