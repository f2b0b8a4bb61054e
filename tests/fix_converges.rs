//! Plans carried out on real folders: what was foretold comes true, nothing is lost, nothing is
//! left to do after two rounds, and all of it can be taken back.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "what was not looked at is said")]

#[path = "repairs/cases.rs"]
mod cases;
mod chance;
#[path = "../fixtures/sketches.rs"]
mod sketches;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use chance::pick;
use sensortree_apply::local::LocalExecutor;
use sensortree_apply::{Executor as _, Job, MetadataEdit, Removals, StateFolder};
use sensortree_core::document::metadata::MetadataFile;
use sensortree_core::finding::settings::Settings;
use sensortree_core::plan::{MetadataSource, Selection};
use sensortree_core::report::Report;
use sensortree_core::sketch::Sketch;
use sensortree_core::{Inspection, check, rules};
use sensortree_scan::local::LocalFolder;
use sensortree_scan::{ScanOptions, inspect};
use sensortree_treegen::{Fault, materialise};

/// Everything below a folder: what files hold, where links lead, and when it was changed.
fn held(folder: &Path) -> BTreeMap<PathBuf, (SystemTime, Vec<u8>)> {
    let mut all = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let facts = fs::symlink_metadata(&path).unwrap();
        let text = if facts.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            Vec::new()
        } else if facts.is_symlink() {
            fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
        } else if facts.is_file() {
            fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        let relative = path.strip_prefix(folder).unwrap().to_owned();
        all.insert(relative, (facts.modified().unwrap(), text));
    }
    all
}

/// How often each rule has a finding.
fn codes(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut codes = BTreeMap::new();
    for finding in &report.findings {
        *codes.entry(finding.rule.code).or_insert(0) += 1;
    }
    codes
}

fn judged(inspection: Inspection) -> Report {
    check(inspection, &Settings { repairs: true, ..Settings::default() })
}

/// What is wrong with fixing a dataset, and how many findings were mended.
fn follow(name: &str, folder: &Path) -> (Vec<String>, usize) {
    let (mut wrong, mut mended) = (Vec::new(), 0);
    let mut complain = |what: String| wrong.push(format!("{name}: {what}"));
    let before = held(folder);
    let executor = LocalExecutor::new(folder).unwrap();
    let state = StateFolder::beside(folder).unwrap();
    let inspect = || inspect(&LocalFolder::new(folder), &ScanOptions::default(), &()).unwrap();
    let selection = Selection { with_unsafe: true, with_removals: true, ..Selection::default() };
    for round in 1..=3 {
        let inspection = inspect();
        let report = judged(inspection.clone());
        let proposal = selection.choose(&inspection.tree, &report.findings);
        if proposal.plan.is_empty() {
            break;
        }
        if round == 3 {
            complain(format!("after two rounds there is still a plan for {:?}", codes(&report)));
            break;
        }
        mended += proposal.causes.len();
        let plan = &proposal.plan;
        let source = match plan.metadata_source() {
            MetadataSource::From(path) => Some(path),
            MetadataSource::Kept => Some(b"metadata.json".to_vec()),
            MetadataSource::Absent => None,
        };
        let text = source
            .as_ref()
            .and_then(|path| fs::read(folder.join(std::str::from_utf8(path).ok()?)).ok());
        let moved = match plan.metadata_source() {
            MetadataSource::From(_) => text.clone(),
            _ => None,
        };
        let foretold = judged(inspection.after(plan, moved));
        let edit = text.zip(source).and_then(|(before, path)| {
            let after = plan.edited(&before);
            (after != before).then_some(MetadataEdit { path, before, after })
        });
        let job = Job { plan, metadata: edit.as_ref(), removals: Removals::ToTrash };
        if let Err(error) = executor.apply(&job, &state, &()) {
            complain(format!("round {round}: {error}"));
            break;
        }
        let mut now = judged(inspect());
        if name.contains("full-width") {
            // What only now is a frame by its name was never looked into, and was drawn empty.
            now.findings.retain(|finding| finding.rule.code != "F110");
            now.verdict = foretold.verdict.clone();
        }
        if codes(&now) != codes(&foretold) {
            complain(format!(
                "round {round}: {:?} was foretold, and there is {:?}",
                codes(&foretold),
                codes(&now)
            ));
        }
        if now.verdict.outcome != foretold.verdict.outcome {
            let outcomes = (foretold.verdict.outcome, now.verdict.outcome);
            complain(format!("round {round}: of {outcomes:?} the first was foretold"));
        }
    }
    let runs = state.runs(&executor.target()).unwrap();
    for run in runs.iter().rev() {
        if let Err(error) = executor.undo(run, &()) {
            complain(format!("run {} is not taken back: {error}", run.id));
        }
    }
    let after = held(folder);
    if after != before {
        let differs: Vec<_> = before
            .keys()
            .chain(after.keys())
            .filter(|path| before.get(*path) != after.get(*path))
            .take(3)
            .collect();
        complain(format!("{differs:?} are not as they were"));
    }
    (wrong, mended)
}

/// Draws a tree in a folder of its own; `None` where no disk can hold it.
fn drawn(sketch: &Sketch) -> Option<(tempfile::TempDir, PathBuf)> {
    let room = tempfile::tempdir().unwrap();
    let folder = room.path().canonicalize().unwrap().join("drive");
    materialise(sketch, &folder).ok()?;
    Some((room, folder))
}

/// Does work on each on all cores. Not rayon's: a run uses that, too, and would be nested in others
/// without end.
fn on_all_cores<T: Sync>(
    all: &[T],
    work: impl Fn(&T) -> Option<(Vec<String>, usize)> + Sync,
) -> Vec<(Vec<String>, usize)> {
    let (waiting, found) = (Mutex::new(all.iter()), Mutex::new(Vec::new()));
    let next = || waiting.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(one) = next() {
                    let result = work(one);
                    found.lock().unwrap().extend(result);
                }
            });
        }
    });
    found.into_inner().unwrap()
}

fn assert_all(found: Vec<(Vec<String>, usize)>, least: usize) {
    let mended: usize = found.iter().map(|(_, mended)| mended).sum();
    let wrong: Vec<String> = found.into_iter().flat_map(|(wrong, _)| wrong).collect();
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(mended >= least, "{mended} findings were mended");
}

#[test]
fn every_sketch_is_fixed_as_foretold() {
    let pages = rules::ALL.iter().flat_map(|rule| {
        rule.sketches().into_iter().map(|(_, text)| (format!("the page of {}", rule.code), text))
    });
    let read = |path: PathBuf| (path.display().to_string(), fs::read_to_string(path).unwrap());
    let all: Vec<(String, String)> = sketches::paths().into_iter().map(read).chain(pages).collect();
    let found = on_all_cores(&all, |(name, text)| {
        let sketch = Sketch::parse(text).unwrap();
        if sketch.entries.is_empty() || sketch.archive.is_some() {
            return None;
        }
        let (_room, folder) = drawn(&sketch)?;
        Some(follow(name, &folder))
    });
    assert_all(found, 40);
}

#[test]
fn a_thousand_faulty_trees_are_fixed_as_foretold() {
    let mut seed = 20_261_130;
    let mut trees = Vec::new();
    for _ in 0..1_000 {
        let plan = sensortree_treegen::Plan {
            seed: pick(&mut seed, 1_000) as u64,
            ..sensortree_treegen::Plan::new(2, 2, 2, 12)
        };
        let faults: Vec<Fault> = (0..=pick(&mut seed, 3))
            .map(|_| Fault::ALL[pick(&mut seed, Fault::ALL.len())])
            .collect();
        let mut sketch = Fault::plant_all(&faults, &plan);
        if sketch.metadata.is_none()
            && matches!(sketch.clone().inspection().metadata, MetadataFile::Text(_))
        {
            sketch.metadata = Some(plan.metadata().into_bytes());
        }
        trees.push((format!("{faults:?}"), sketch));
    }
    let found = on_all_cores(&trees, |(name, sketch)| {
        let (_room, folder) = drawn(sketch)?;
        Some(follow(name, &folder))
    });
    assert_all(found, 150);
}

/// Trees from reports of users, which are kept beside the repository and not in it.
#[test]
fn reported_cases_are_fixed_as_foretold() {
    let cases = cases::all();
    let found = on_all_cores(&cases, |case| {
        // The folder of runs stands beside the dataset, and is to be gone with it.
        let room = tempfile::tempdir().unwrap();
        let folder = room.path().canonicalize().unwrap().join("drive");
        fs::rename(case.folder.path(), &folder).unwrap();
        Some(follow(&case.name, &folder))
    });
    let least = if found.is_empty() { 0 } else { 20 };
    assert_all(found, least);
}
