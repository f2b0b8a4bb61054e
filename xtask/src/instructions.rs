//! The performance gate: the instructions of the small workloads of `benches/instructions`, counted
//! by valgrind's callgrind and compared with those recorded in `benches/instructions.txt`.
//!
//! Callgrind is called directly. The benchmark frameworks that wrap it keep the figures of the last
//! run in the target folder, and need a program of their own in the version of their library; here
//! the figures are in the repository, beside the reason for each.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::available_parallelism;

use cargo_metadata::MetadataCommand;
use sensortree_core::text::number;

use crate::Outcome;

/// Where the figures are recorded, relative to the workspace.
const RECORDS: &str = "benches/instructions.txt";

/// The profile that it is built with: that of what is passed on, and so is counted.
const PROFILE: &str = "dist";

/// The program that runs one case.
const PROGRAM: &str = "sensortree-instructions";

/// The function within which is counted, as callgrind matches names.
const COUNTED: &str = "--toggle-collect=*counted_section*";

/// What a figure may grow by, as a part of the recorded one, before the check fails.
const TOLERANCE: f64 = 0.03;

/// What a figure differs by from run to run at the most. Differences within this are
/// not recorded anew.
const NOISE: f64 = 0.003;

const HEADING: &str = "\
# The instructions of each case of benches/instructions, counted by callgrind, and why the figure is what it is.
# A case that grows by more than 3 % fails CI. Written by: cargo xtask instructions --write --reason \"…\"
# CONTRIBUTING.md describes how to read it.
";

/// Counts every case and compares it with its record. Where the figures `must_hold`, a case that
/// grew too much is an error.
pub(crate) fn compare(root: &Path, must_hold: bool) -> Outcome {
    let records = parse(&fs::read_to_string(root.join(RECORDS))?)?;
    let counts = count_all(root)?;
    let (table, failures) = (table(&records, &counts), failures(&records, &counts));
    match failures.as_slice() {
        [] => Ok(table),
        failures if must_hold => Err(format!("\n{table}\n{}", failures.join("\n")).into()),
        failures => Ok(format!("{table}\n{}", failures.join("\n"))),
    }
}

/// Counts every case, and records what changed with the reason for it.
pub(crate) fn write(root: &Path, reason: &str) -> Outcome {
    let reason = reason.trim();
    if reason.is_empty() || reason.contains('\n') {
        return Err("the reason is to be one line of text".into());
    }
    let path = root.join(RECORDS);
    let records = if path.exists() { parse(&fs::read_to_string(&path)?)? } else { Vec::new() };
    let counts = count_all(root)?;
    let renewed = renew(&records, &counts, reason);
    let changed = renewed.iter().filter(|record| !records.contains(record)).count();
    fs::write(path, render(&renewed))?;
    let table = table(&records, &counts);
    Ok(format!("{table}\nrecorded {changed} of {} figures anew in {RECORDS}", renewed.len()))
}

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Record {
    case: String,
    instructions: u64,
    reason: String,
}

/// What was counted of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Count {
    case: String,
    instructions: u64,
}

impl Count {
    /// The record of this case.
    fn record<'r>(&self, records: &'r [Record]) -> Option<&'r Record> {
        records.iter().find(|record| record.case == self.case)
    }

    /// How many times the recorded figure it is.
    fn ratio(&self, record: &Record) -> f64 {
        self.instructions as f64 / record.instructions.max(1) as f64
    }
}

fn parse(text: &str) -> Result<Vec<Record>, String> {
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let parse_line = |(at, line): (usize, &str)| {
        let error = |what: &str| format!("{RECORDS}, line {}: {what}: `{line}`", at + 1);
        let (case, rest) = line.split_once(' ').ok_or_else(|| error("no figure"))?;
        let (figure, reason) =
            rest.trim_start().split_once(' ').ok_or_else(|| error("no reason"))?;
        let instructions = figure.replace(',', "").parse().map_err(|_| error("not a figure"))?;
        Ok(Record { case: case.to_owned(), instructions, reason: reason.trim().to_owned() })
    };
    lines.map(parse_line).collect()
}

fn render(records: &[Record]) -> String {
    let lines = records.iter().map(|Record { case, instructions, reason }| {
        format!("{case:<16} {:>13}  {reason}\n", number(*instructions))
    });
    format!("{HEADING}{}", lines.collect::<String>())
}

/// The records of all that was counted, in that order.
fn renew(records: &[Record], counts: &[Count], reason: &str) -> Vec<Record> {
    let renew = |count: &Count| match count.record(records) {
        Some(record) if (count.ratio(record) - 1.0).abs() <= NOISE => record.clone(),
        _ => Record {
            case: count.case.clone(),
            instructions: count.instructions,
            reason: reason.to_owned(),
        },
    };
    counts.iter().map(renew).collect()
}

fn table(records: &[Record], counts: &[Count]) -> String {
    let mut lines = vec![format!("{:<16} {:>13} {:>13} {:>7}", "", "recorded", "counted", "ratio")];
    for count in counts {
        let (recorded, ratio, note) = match count.record(records) {
            Some(record) => {
                let ratio = count.ratio(record);
                let note = match ratio - 1.0 {
                    growth if growth > TOLERANCE => "  grew",
                    growth if growth < -TOLERANCE => "  fell: record it, so that it stays so",
                    _ => "",
                };
                (number(record.instructions), format!("{ratio:.4}"), note)
            }
            None => ("-".to_owned(), "-".to_owned(), "  new"),
        };
        lines.push(format!(
            "{:<16} {recorded:>13} {:>13} {ratio:>7}{note}",
            count.case,
            number(count.instructions),
        ));
    }
    lines.join("\n")
}

/// Why the figures do not hold, one sentence for each case.
fn failures(records: &[Record], counts: &[Count]) -> Vec<String> {
    let mut failures = Vec::new();
    for count in counts {
        match count.record(records) {
            None => failures.push(format!("`{}` is not recorded in {RECORDS}", count.case)),
            Some(record) if count.ratio(record) > 1.0 + TOLERANCE => failures.push(format!(
                "`{}` takes {:.1} % more instructions than recorded, and {:.0} % are tolerated",
                count.case,
                100.0 * (count.ratio(record) - 1.0),
                100.0 * TOLERANCE,
            )),
            Some(_) => {}
        }
    }
    let is_a_case = |record: &&Record| counts.iter().any(|count| count.case == record.case);
    for record in records.iter().filter(|record| !is_a_case(record)) {
        failures.push(format!("`{}` is recorded in {RECORDS} and is not a case", record.case));
    }
    if !failures.is_empty() {
        failures.push(
            "where the change is worth it: cargo xtask instructions --write --reason \"…\""
                .to_owned(),
        );
    }
    failures
}

/// Builds the program and counts each of its cases, as many at once as there are cores.
fn count_all(root: &Path) -> Result<Vec<Count>, Box<dyn Error>> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("the figures are those of Linux on x86-64".into());
    }
    // Selected together with sensortree itself, its dependencies have the features of the release
    // build: what is counted is what is released, and what was built for that is used again.
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--locked", "--profile", PROFILE]);
    build.args(["--package", "sensortree", "--package", PROGRAM, "--bin", PROGRAM]);
    if !build.current_dir(root).status()?.success() {
        return Err(format!("`{PROGRAM}` cannot be built").into());
    }
    let metadata =
        MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
    let program = metadata.target_directory.as_std_path().join(PROFILE).join(PROGRAM);
    let names = String::from_utf8(Command::new(&program).output()?.stdout)?;
    let names: Vec<&str> = names.lines().collect();
    if names.is_empty() {
        return Err(format!("`{PROGRAM}` names no case").into());
    }
    let mut counts = Vec::new();
    for names in names.chunks(available_parallelism().map_or(1, usize::from)) {
        let started: Vec<(&str, Child)> = names
            .iter()
            .map(|name| Ok((*name, start(&program, name)?)))
            .collect::<Result<_, String>>()?;
        for (name, child) in started {
            counts.push(Count { case: name.to_owned(), instructions: finish(name, child)? });
        }
    }
    Ok(counts)
}

/// Starts a case under callgrind. The environment is cleared, as its size moves the stack.
fn start(program: &Path, case: &str) -> Result<Child, String> {
    Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", COUNTED])
        .arg(program)
        .arg(case)
        .env_clear()
        .envs(env::var_os("PATH").map(|path| ("PATH", path)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`valgrind` cannot be started: {error}"))
}

/// Waits for a case, and reads its figure off what callgrind writes.
fn finish(case: &str, child: Child) -> Result<u64, String> {
    let output = child.wait_with_output().map_err(|error| format!("`{case}`: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let figure = collected(&text).filter(|_| output.status.success());
    figure.ok_or_else(|| format!("`{case}` was not counted: {}\n{text}", output.status))
}

/// The figure in a line `==123== Collected : 456`. Zero is no figure: then the counted function
/// was not found.
fn collected(text: &str) -> Option<u64> {
    let figure = text.lines().find_map(|line| line.split_once("Collected :"))?.1;
    figure.trim().parse().ok().filter(|figure| *figure > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(case: &str, instructions: u64, reason: &str) -> Record {
        Record { case: case.to_owned(), instructions, reason: reason.to_owned() }
    }

    fn count(case: &str, instructions: u64) -> Count {
        Count { case: case.to_owned(), instructions }
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let records = [record("a", 12, "first"), record("b-c", 3_456_789, "a reason of words")];
        let text = render(&records);
        assert!(text.contains("\nb-c                  3,456,789  a reason of words\n"), "{text}");
        assert_eq!(parse(&text).unwrap(), records);
        for broken in ["a", "a 12", "a twelve why"] {
            assert!(parse(broken).unwrap_err().contains("line 1"), "{broken}");
        }
    }

    #[test]
    fn what_grows_fails_and_what_falls_does_not() {
        let records = [record("a", 100_000, "first")];
        let failures = |instructions| failures(&records, &[count("a", instructions)]);
        for held in [100_000, 103_000, 90_000] {
            assert!(failures(held).is_empty(), "{held}");
        }
        assert!(failures(103_100)[0].starts_with("`a` takes 3.1 % more instructions"));
        let table = |instructions| table(&records, &[count("a", instructions)]);
        assert!(table(103_100).ends_with("1.0310  grew"));
        assert!(table(96_000).contains("0.9600  fell: record it"));
        assert!(table(99_000).ends_with("0.9900"));
    }

    #[test]
    fn file_and_program_have_the_same_cases() {
        let failures = failures(&[record("old", 1, "first")], &[count("new", 1)]);
        assert!(failures[0].starts_with("`new` is not recorded"));
        assert!(failures[1].starts_with("`old` is recorded"));
    }

    #[test]
    fn only_what_changed_is_recorded_anew() {
        let records = [record("a", 100_000, "first"), record("b", 100_000, "first")];
        let counts = [count("b", 101_000), count("a", 100_100), count("c", 7)];
        let expected =
            [record("b", 101_000, "why"), record("a", 100_000, "first"), record("c", 7, "why")];
        assert_eq!(renew(&records, &counts, "why"), expected);
    }

    #[test]
    fn a_figure_is_that_of_callgrind() {
        let text = "==1== Events    : Ir\n==1== Collected : 43202395\n==1==\n";
        assert_eq!(collected(text), Some(43_202_395));
        assert_eq!(collected("==1== Collected : 0\n"), None);
        assert_eq!(collected("valgrind: not found\n"), None);
    }
}
