//! The library without the program: what it depends on, and what a caller gets.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::process::Command;

use sensortree::{Content, Options, Selection, Target, TargetError, check};

/// What only the program needs.
const OF_THE_PROGRAM: [&str; 10] = [
    "clap",
    "miette",
    "indicatif",
    "pulldown-cmark",
    "clap_mangen",
    "toml",
    "schemars",
    "ctrlc",
    "terminal_size",
    "anstream",
];

/// The crates that the library needs with these features.
fn needed(features: &str) -> BTreeSet<String> {
    let arguments = ["tree", "--offline", "--locked", "--package", "sensortree"];
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--no-default-features", "--features", features])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let name = |line: &str| line.split(' ').next().unwrap().to_owned();
    String::from_utf8(output.stdout).unwrap().lines().map(name).collect()
}

#[test]
fn a_library_needs_nothing_of_the_program() {
    let alone = needed("");
    assert!(alone.contains("sensortree-core") && alone.contains("sensortree-scan"));
    for (features, brings) in
        [("", ""), ("cloud", "object_store"), ("git", "gix"), ("parquet", "parquet")]
    {
        let needed = needed(features);
        let of_the_program: Vec<&str> =
            OF_THE_PROGRAM.into_iter().filter(|name| needed.contains(*name)).collect();
        assert!(of_the_program.is_empty(), "{features}: {of_the_program:?}");
        assert!(brings.is_empty() || needed.contains(brings), "{features}");
        assert!(brings.is_empty() || !alone.contains(brings), "{features}");
    }
    let program = needed("cli");
    assert!(program.contains("clap") && program.contains("miette"), "the names are right");
    assert!(alone.len() < 90, "{} crates", alone.len());
}

#[test]
fn a_target_becomes_a_report_and_a_plan() {
    let target = Target::named("examples/drive_0423").unwrap();
    let mut options = Options::default();
    let checked = check(&target, &options, &()).unwrap();
    assert!(checked.report.coverage.probed > 0);
    let plan = checked.plan(&Selection::default()).plan;
    assert!(!plan.is_empty());
    options.scan.content = Content::None;
    let by_name = check(&target, &options, &()).unwrap();
    assert_eq!((by_name.report.coverage.probed, by_name.tree.files()), (0, checked.tree.files()));
    let good = Target::named("examples/good").unwrap();
    assert!(check(&good, &options, &()).unwrap().report.findings.is_empty());
}

#[test]
fn what_is_no_target_is_an_error_of_its_kind() {
    let nearest = Some("examples/drive_0423".into());
    let missing = TargetError::Missing { target: "examples/drive_0432".to_owned(), nearest };
    assert_eq!(Target::named("examples/drive_0432").unwrap_err(), missing);
    let file = TargetError::NotAFolder { target: "Cargo.toml".to_owned() };
    assert_eq!(Target::named("Cargo.toml").unwrap_err(), file);
}
