//! Plans carried out on zips of faulty trees: what was foretold comes true, every entry's data are
//! there or were to be taken out, the old zip stays, and the new one can be taken back.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chance;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

use chance::pick;
use sensortree_apply::zip::ZipExecutor;
use sensortree_apply::{Executor as _, Job, MetadataEdit, Removals, StateFolder};
use sensortree_core::document::metadata::MetadataFile;
use sensortree_core::finding::settings::Settings;
use sensortree_core::plan::{MetadataSource, Selection};
use sensortree_core::report::Report;
use sensortree_core::{Inspection, check};
use sensortree_scan::zip::ZipFile;
use sensortree_scan::{ScanOptions, inspect};
use sensortree_treegen::{Fault, materialise};

/// What a folder holds, packed, with its folders or without; `None` where a name is not UTF-8.
fn packed(folder: &Path, with_folders: bool) -> Option<Vec<u8>> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = ::zip::write::SimpleFileOptions::default();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.unwrap();
        let name = entry.path().strip_prefix(folder.parent()?).unwrap().to_str()?;
        if entry.file_type().is_dir() && with_folders {
            writer.add_directory(name, options).unwrap();
        } else if entry.file_type().is_file() {
            writer.start_file(name, options).unwrap();
            writer.write_all(&fs::read(entry.path()).unwrap()).unwrap();
        }
    }
    Some(writer.finish().unwrap().into_inner())
}

/// What the files of a zip hold, but for metadata.json, by how often.
fn held(path: &Path) -> BTreeMap<Vec<u8>, usize> {
    let mut archive = ::zip::ZipArchive::new(Cursor::new(fs::read(path).unwrap())).unwrap();
    let mut held = BTreeMap::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let name = entry.name_raw().to_vec();
        if !name.ends_with(b"/") && !name.ends_with(b".json") {
            let mut text = Vec::new();
            entry.read_to_end(&mut text).unwrap();
            *held.entry(text).or_insert(0) += 1;
        }
    }
    held
}

fn inspected(path: &Path) -> Inspection {
    inspect(&ZipFile::new(path), &ScanOptions::default(), &()).unwrap()
}

fn judged(inspection: Inspection) -> Report {
    check(inspection, &Settings { repairs: true, ..Settings::default() })
}

/// How often each rule has a finding.
fn codes(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut codes = BTreeMap::new();
    for finding in &report.findings {
        *codes.entry(finding.rule.code).or_insert(0) += 1;
    }
    codes
}

/// Fixes a zip once. Returns what is wrong with that, or whether there was anything to fix.
fn follow(path: &Path) -> Result<bool, String> {
    let before = fs::read(path).unwrap();
    let executor = ZipExecutor::new(path).map_err(|error| error.to_string())?;
    let state = StateFolder::beside(path).unwrap();
    let inspection = inspected(path);
    let report = judged(inspection.clone());
    let selection = Selection { with_unsafe: true, ..Selection::default() };
    let proposal = selection.choose(&inspection.tree, &report.findings);
    let plan = &proposal.plan;
    if plan.is_empty() {
        return Ok(false);
    }
    let source = match plan.metadata_source() {
        MetadataSource::From(path) => Some(path),
        MetadataSource::Kept => Some(b"metadata.json".to_vec()),
        MetadataSource::Absent => None,
    };
    let text = match &inspection.metadata {
        MetadataFile::Text(text) | MetadataFile::Misplaced(text) => Some(text.clone()),
        _ => None,
    };
    let moved = text.clone().filter(|_| matches!(plan.metadata_source(), MetadataSource::From(_)));
    let foretold = judged(inspection.after(plan, moved));
    let edit = text.zip(source).and_then(|(before, path)| {
        let after = plan.edited(&before);
        (after != before).then_some(MetadataEdit { path, before, after })
    });
    let job = Job { plan, metadata: edit.as_ref(), removals: Removals::ToTrash };
    let applied = executor.apply(&job, &state, &()).map_err(|error| error.to_string())?;
    let result = applied.result.unwrap();
    let now = judged(inspected(&result));
    if codes(&now) != codes(&foretold) {
        return Err(format!("{:?} was foretold, and there is {:?}", codes(&foretold), codes(&now)));
    }
    if applied.outline.removed == 0 && held(path) != held(&result) {
        return Err("the files hold something else".to_owned());
    }
    let run = state.run(&applied.run).unwrap();
    executor.undo(&run, &()).map_err(|error| error.to_string())?;
    if result.exists() || fs::read(path).unwrap() != before {
        return Err("it is not as it was".to_owned());
    }
    Ok(true)
}

#[test]
fn zips_of_faulty_trees_are_fixed_as_foretold() {
    let mut seed = 20_261_130;
    let (mut wrong, mut fixed) = (Vec::new(), 0);
    for number in 0..200 {
        let plan = sensortree_treegen::Plan {
            seed: pick(&mut seed, 1_000) as u64,
            ..sensortree_treegen::Plan::new(2, 2, 2, 8)
        };
        let faults: Vec<Fault> = (0..=pick(&mut seed, 3))
            .map(|_| Fault::ALL[pick(&mut seed, Fault::ALL.len())])
            .collect();
        let sketch = Fault::plant_all(&faults, &plan);
        let room = tempfile::tempdir().unwrap();
        let folder = room.path().canonicalize().unwrap().join("drive");
        // Some trees no disk can hold.
        if materialise(&sketch, &folder).is_err() {
            continue;
        }
        let Some(bytes) = packed(&folder, number % 2 == 0) else { continue };
        let path = folder.with_file_name("drive.zip");
        fs::write(&path, bytes).unwrap();
        match follow(&path) {
            Ok(is_fixed) => fixed += usize::from(is_fixed),
            Err(what) => wrong.push(format!("{faults:?}: {what}")),
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(fixed > 40, "{fixed} zips were fixed");
}
