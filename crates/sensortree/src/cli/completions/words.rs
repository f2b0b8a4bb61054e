//! The words that fit at a position of a command line, where they are more than its declaration
//! tells: rules, formats of reports, sensors of the dataset.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use clap::{Arg, Command, CommandFactory};
use sensortree_core::finding::settings::Severity;
use sensortree_core::names::sensor_name;
use sensortree_core::rules;
use sensortree_report::Format;

use crate::cli::args::Arguments;
use crate::cli::explain;

/// How many names of a dataset's folder are looked at for sensors.
const MOST_NAMES: usize = 10_000;

/// A word that fits, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    word: String,
    meaning: &'static str,
}

/// The words that fit at position `at` of a line, one a line, a tab and what it means behind each;
/// nothing where the shell's own script knows.
pub(super) fn lines(line: &[OsString], at: usize) -> String {
    let words: Vec<String> = line
        .iter()
        .take(at.saturating_add(1))
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let (before, current, cut) = joined(&words);
    let mut lines = String::new();
    for Candidate { word, meaning } in candidates(&before, &current) {
        // What the shell holds for the word begins behind what it cuts off.
        let Some(word) = word.get(cut..).filter(|_| word.starts_with(&current)) else { continue };
        lines.push_str(word);
        if !meaning.is_empty() {
            lines.push('\t');
            lines.push_str(meaning);
        }
        lines.push('\n');
    }
    lines
}

/// The words before the last one, that one, and how many of its bytes the shell takes for words
/// before it: bash takes `=` and `:` for words of their own.
fn joined(words: &[String]) -> (Vec<String>, String, usize) {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    let mut cut = 0;
    let mut goes_on = false;
    for word in words {
        let is_break = word == "=" || word == ":";
        match joined.last_mut().filter(|_| is_break || goes_on) {
            Some(last) => {
                cut = last.len();
                last.push_str(word);
            }
            None => {
                cut = 0;
                joined.push(word.clone());
            }
        }
        goes_on = is_break;
    }
    let current = joined.pop().unwrap_or_default();
    if goes_on {
        // All of it stands before the word that is begun.
        cut = current.len();
    }
    (joined, current, cut)
}

/// All words that can stand behind `before`, whatever is typed of them but for what they follow.
fn candidates(before: &[String], current: &str) -> Vec<Candidate> {
    let mut whole = Arguments::command();
    whole.build();
    let line = Line::read(&whole, before);
    let command = line.command.get_name();
    if let Some(flag) = line.flag {
        return values(command, flag, current, &line);
    }
    if let Some((name, value)) = current.strip_prefix("--").and_then(|flag| flag.split_once('=')) {
        let flag = line.command.get_arguments().find(|flag| flag.get_long() == Some(name));
        let of_flag = flag.map(|flag| values(command, flag, value, &line)).unwrap_or_default();
        return behind(&format!("--{name}="), of_flag);
    }
    if command == "explain" && !current.starts_with('-') {
        let others = explain::others().map(|(word, meaning)| candidate(&word, meaning));
        return rule_words(current).into_iter().chain(others).collect();
    }
    Vec::new()
}

/// What was typed so far.
struct Line<'c> {
    command: &'c Command,
    /// The flag whose value comes next.
    flag: Option<&'c Arg>,
    /// What stands there by itself: the target.
    positional: Option<String>,
}

impl<'c> Line<'c> {
    fn read(whole: &'c Command, words: &[String]) -> Self {
        let mut line = Line { command: whole, flag: None, positional: None };
        for word in words.iter().skip(1) {
            if line.flag.take().is_some() {
                continue;
            }
            if let Some(name) = word.strip_prefix("--") {
                let takes_next = |flag: &&Arg| {
                    let values = flag.get_num_args().map_or(0, |number| number.min_values());
                    flag.get_long() == Some(name) && values > 0
                };
                line.flag = line.command.get_arguments().find(takes_next);
            } else if let Some(command) =
                line.command.find_subcommand(word).filter(|_| line.positional.is_none())
            {
                line.command = command;
            } else if !word.starts_with('-') && line.positional.is_none() {
                line.positional = Some(word.clone());
            }
        }
        line
    }
}

/// The values of a flag.
fn values(command: &str, flag: &Arg, typed: &str, line: &Line<'_>) -> Vec<Candidate> {
    // Several are separated by commas: those before the last one stay.
    let list = typed.rfind(',').map_or("", |comma| &typed[..=comma]);
    let last = &typed[list.len()..];
    match (command, flag.get_id().as_str()) {
        (_, "select" | "ignore") => behind(list, selectors(last)),
        (_, "severity") => {
            let Some((rule, _)) = last.split_once('=') else {
                return behind(list, with_equals(selectors(last)));
            };
            let levels = Severity::ALL.map(|level| candidate(level.as_str(), "")).to_vec();
            behind(&format!("{list}{rule}="), levels)
        }
        (_, "choose") if !last.contains('=') => {
            let rules = rules::ALL.iter().map(|rule| candidate(rule.code, rule.name));
            behind(list, with_equals(rules.collect()))
        }
        (_, "reference") => sensors(Path::new(line.positional.as_deref().unwrap_or("."))),
        ("check", "format") => Format::ALL.map(|format| candidate(format.as_str(), "")).to_vec(),
        _ => Vec::new(),
    }
}

/// The words for some rules: all, a family or one.
fn selectors(typed: &str) -> Vec<Candidate> {
    let has_rules = |family: &str| rules::ALL.iter().any(|rule| rule.family() == family);
    let families = rules::FAMILIES.iter().filter(|(family, _)| has_rules(family));
    let families = families.map(|(family, meaning)| candidate(family, meaning));
    let all = [candidate("ALL", "all rules")].into_iter().chain(families);
    all.chain(rule_words(typed)).collect()
}

/// The codes of rules, or their names where one is typed.
fn rule_words(typed: &str) -> Vec<Candidate> {
    let is_name = typed.starts_with(|letter: char| letter.is_ascii_lowercase());
    let rules = rules::ALL.iter();
    if is_name {
        rules.map(|rule| candidate(rule.name, rule.code)).collect()
    } else {
        rules.map(|rule| candidate(rule.code, rule.name)).collect()
    }
}

/// The sensors of a dataset in a folder, by its first level. Of names that could mean something to
/// a shell none is offered: a dataset may come from anywhere.
fn sensors(dataset: &Path) -> Vec<Candidate> {
    let is_plain = |name: &str| {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let Ok(entries) = fs::read_dir(dataset) else { return Vec::new() };
    let sensors = entries.take(MOST_NAMES).filter_map(|entry| {
        let entry = entry.ok()?;
        let name = entry.file_name().to_str()?.to_owned();
        let is_sensor = is_plain(&name) && sensor_name::split(&name).is_some();
        (is_sensor && entry.path().is_dir()).then_some(name)
    });
    let mut sensors: Vec<String> = sensors.collect();
    sensors.sort_unstable();
    sensors.iter().map(|sensor| candidate(sensor, "")).collect()
}

fn candidate(word: &str, meaning: &'static str) -> Candidate {
    Candidate { word: word.to_owned(), meaning }
}

fn with_equals(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.iter_mut().for_each(|candidate| candidate.word.push('='));
    candidates
}

/// The candidates with what stands before them in the same word.
fn behind(before: &str, mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    for candidate in &mut candidates {
        candidate.word.insert_str(0, before);
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What fits at the end of a line: words split as a shell does it.
    fn fits(line: &[&str]) -> Vec<String> {
        let words: Vec<OsString> = line.iter().map(OsString::from).collect();
        let lines = lines(&words, words.len() - 1);
        lines.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn rules_are_offered_one_by_one() {
        assert_eq!(fits(&["sensortree", "check", "--select", "L10"])[..2], ["L101", "L102"]);
        assert_eq!(fits(&["sensortree", "fix", "--ignore", "L,A20"])[0], "L,A201");
        assert_eq!(
            fits(&["sensortree", "check", "--select", "sensor-p"]),
            ["sensor-prefix-missing"]
        );
        assert_eq!(fits(&["sensortree", "check", "--select", ""])[..2], ["ALL", "R"]);
        assert_eq!(fits(&["sensortree", "check", "--select=L103"]), ["--select=L103"]);
        assert_eq!(fits(&["sensortree", "fix", "--choose", "A204"]), ["A204="]);
        assert_eq!(fits(&["sensortree", "explain", "571"]), ["5710"]);
        assert_eq!(fits(&["sensortree", "explain", "L103", "align"]), ["alignment"]);
    }

    #[test]
    fn a_severity_is_a_rule_and_a_level() {
        assert_eq!(fits(&["sensortree", "check", "--severity", "L105"]), ["L105="]);
        assert_eq!(fits(&["sensortree", "check", "--severity", "L105=a"]), ["L105=advice"]);
        assert_eq!(
            fits(&["sensortree", "check", "--severity", "L105=advice,F101=e"]),
            ["L105=advice,F101=error"]
        );
        // As bash has it.
        assert_eq!(fits(&["sensortree", "check", "--severity", "L105", "=", "a"]), ["advice"]);
        assert_eq!(fits(&["sensortree", "check", "--severity", "L105", "="]).len(), 3);
    }

    #[test]
    fn a_word_that_bash_splits_is_one() {
        assert_eq!(fits(&["sensortree", "check", "--format", "=", "js"]), ["json", "jsonl"]);
        assert_eq!(fits(&["sensortree", "check", "--format", "js"]), ["json", "jsonl"]);
        assert_eq!(fits(&["sensortree", "check", "s3", ":", "//b", "--select", "L103"]), ["L103"]);
    }

    #[test]
    fn sensors_are_those_of_the_target_and_no_name_speaks_to_a_shell() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().to_str().unwrap();
        for sensor in ["lidar-top", "camera-front", "calibration", "lidar-$(touch x)", "camera-a b"]
        {
            fs::create_dir(folder.path().join(sensor)).unwrap();
        }
        fs::write(folder.path().join("lidar-file"), "").unwrap();
        let check = |line: &[&str]| {
            assert_eq!(fits(line), ["camera-front", "lidar-top"], "{line:?}");
        };
        check(&["sensortree", "check", name, "--reference", ""]);
        check(&["sensortree", "check", "--tolerance", "5ms", name, "--reference", ""]);
        check(&["sensortree", "config", name, "--isolated", "--reference", ""]);
        assert_eq!(fits(&["sensortree", "check", name, "--reference", "l"]), ["lidar-top"]);
        assert!(fits(&["sensortree", "check", "/nowhere", "--reference", ""]).is_empty());
    }

    #[test]
    fn what_the_script_knows_is_left_to_it() {
        for line in [
            &["sensortree", ""][..],
            &["sensortree", "check", ""],
            &["sensortree", "check", "--sel"],
            &["sensortree", "check", "--fail-on", ""],
            &["sensortree", "fix", "--format", ""],
            &["sensortree", "rules", ""],
            &["sensortree"],
        ] {
            assert!(fits(line).is_empty(), "{line:?}");
        }
        assert_eq!(lines(&[], 3), "");
    }
}
