//! Repairs, followed as they are named: nothing is lost, nothing collides, and what they
//! mend is mended.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "what was not looked at is said")]

#[path = "repairs/cases.rs"]
mod cases;
mod chance;
#[path = "../fixtures/sketches.rs"]
mod sketches;

use std::collections::{BTreeMap, BTreeSet};

use chance::pick;
use sensortree_core::document::metadata::MetadataFile;
use sensortree_core::finding::settings::Settings;
use sensortree_core::names::Media;
use sensortree_core::plan::{MetadataSource, Plan};
use sensortree_core::repair::Applicability;
use sensortree_core::report::Report;
use sensortree_core::sketch::Sketch;
use sensortree_core::tree::{FileClass, Folder, FolderId, Tree};
use sensortree_core::{Inspection, check, rules};
use sensortree_scan::local::LocalFolder;
use sensortree_scan::{ScanOptions, inspect};
use sensortree_treegen::Fault;

/// Scenes, each with the stems of its frames.
type Scenes = BTreeMap<Vec<u8>, BTreeSet<String>>;

/// What is there of each sensor: its scenes, with the stems of the frames whose suffix is its
/// kind's.
fn sensors(tree: &Tree) -> BTreeMap<Vec<u8>, Scenes> {
    let mut sensors = BTreeMap::new();
    for sensor in tree.children(FolderId::ROOT) {
        let name = tree.folder(sensor).name();
        let suffixes: &[&str] = if name.starts_with(b"lidar-") {
            &["pcd"]
        } else if name.starts_with(b"camera-") {
            &["jpg", "jpeg", "png", "webp"]
        } else {
            continue;
        };
        let scenes = tree.children(sensor).map(|scene| {
            let folder = tree.folder(scene);
            let frames = folder.frames().iter().filter(|(naming, _)| {
                suffixes.contains(&naming.suffix().to_ascii_lowercase().as_str())
            });
            let stems =
                frames.flat_map(|(naming, set)| set.iter().map(|at| naming.render_stem(at)));
            (folder.name().to_vec(), stems.collect())
        });
        sensors.insert(name.to_vec(), scenes.collect());
    }
    sensors
}

/// How many frames are complete in these sensors: the stems that all of them have, scene by scene.
fn complete(sensors: &BTreeMap<Vec<u8>, Scenes>, among: &BTreeSet<&Vec<u8>>) -> usize {
    let held: Vec<&Scenes> = among.iter().filter_map(|name| sensors.get(*name)).collect();
    let Some((first, others)) = held.split_first() else { return 0 };
    let in_all = |scene: &Vec<u8>, stem: &String| {
        others.iter().all(|other| other.get(scene).is_some_and(|stems| stems.contains(stem)))
    };
    let frames = first.iter().flat_map(|(scene, stems)| stems.iter().map(move |it| (scene, it)));
    frames.filter(|(scene, stem)| in_all(scene, stem)).count()
}

/// What passes less than before: frames of a sensor, and frames that are complete in all sensors
/// which both trees have. A sensor that is one only by its new name counts for itself.
fn lowered(before: &Tree, after: &Tree) -> Vec<String> {
    let (before, after) = (sensors(before), sensors(after));
    let both: BTreeSet<&Vec<u8>> = before.keys().filter(|it| after.contains_key(*it)).collect();
    let mut lowered = Vec::new();
    let frames = |scenes: &Scenes| -> usize { scenes.values().map(BTreeSet::len).sum() };
    for name in &both {
        let (was, is) = (frames(&before[*name]), frames(&after[*name]));
        if is < was {
            lowered.push(format!("of {was} frames of {} {is} are left", name.escape_ascii()));
        }
    }
    let (was, is) = (complete(&before, &both), complete(&after, &both));
    if is < was {
        lowered.push(format!("of {was} complete frames {is} are left"));
    }
    lowered
}

/// How many files are frames by their suffix, wherever they stand and however they are named.
fn frames(tree: &Tree) -> u64 {
    let of = |folder: &Folder| {
        let numbered = folder
            .frames()
            .iter()
            .filter(|(naming, _)| Media::of_suffix(naming.suffix()) != Media::Other);
        let texts = folder.remarks().iter().filter(|(class, _)| match class {
            FileClass::Unnumbered(suffix) => suffix.media() != Media::Other,
            _ => false,
        });
        numbered.map(|(_, set)| set.len() as u64).sum::<u64>()
            + texts.map(|(_, names)| names.count()).sum::<u64>()
    };
    tree.folders().iter().map(of).sum()
}

fn judged(inspection: Inspection) -> Report {
    check(inspection, &Settings { repairs: true, ..Settings::default() })
}

/// Reads the file at a path of the tree.
type Read<'r> = &'r dyn Fn(&[u8]) -> Option<Vec<u8>>;

/// What is wrong with the repairs of a tree, followed for two rounds: once those that are
/// safe, and once all but those of which a person has to choose one. Counts the findings that were
/// mended.
fn follow(inspection: Inspection, read: Read<'_>, mended: &mut usize) -> Vec<String> {
    let safe = follow_as_far(inspection.clone(), Applicability::Safe, read, &mut 0);
    let mut wrong: Vec<String> = safe.into_iter().map(|it| format!("safe alone: {it}")).collect();
    wrong.extend(follow_as_far(inspection, Applicability::Unsafe, read, mended));
    wrong
}

/// The same with repairs that may be trusted so far.
fn follow_as_far(
    mut inspection: Inspection,
    most: Applicability,
    read: Read<'_>,
    mended: &mut usize,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for round in 1..=3 {
        let report = judged(inspection.clone());
        let chosen = Plan::from_findings(&inspection.tree, &report.findings, most);
        let codes = |of: &[usize]| -> BTreeSet<&str> {
            of.iter().map(|at| report.findings[*at].rule.code).collect()
        };
        let (done, left) = (codes(&chosen.mended), codes(&chosen.left_out));
        let plan = chosen.plan;
        if round == 3 && !(done.is_empty() && left.is_empty()) {
            wrong.push(format!("after two rounds {done:?} and {left:?} are left"));
        }
        if round == 3 || plan.is_empty() {
            if round < 3 && !left.is_empty() {
                wrong.push(format!("{left:?} cannot be mended"));
            }
            break;
        }
        *mended += chosen.mended.len();
        let collisions = plan.collisions(3);
        if !collisions.is_empty() {
            wrong.push(format!("{done:?} collide at {collisions:?}"));
        }
        let mut removed = 0;
        plan.for_each_change(|change| removed += u64::from(change.to.is_none()));
        let text = match plan.metadata_source() {
            MetadataSource::From(path) => read(&path),
            _ => None,
        };
        let after = inspection.after(&plan, text);
        let (files, files_now) = (inspection.tree.files(), after.tree.files());
        if files_now + removed < files {
            wrong.push(format!("{done:?}: of {files} files {files_now} are left"));
        }
        let (was, is) = (frames(&inspection.tree), frames(&after.tree));
        if is < was {
            wrong.push(format!("{done:?}: of {was} files that are frames {is} are left"));
        }
        let lowered = lowered(&inspection.tree, &after.tree);
        wrong.extend(lowered.into_iter().map(|what| format!("{done:?}: {what}")));
        inspection = after;
    }
    wrong
}

#[test]
fn the_repairs_of_every_sketch_mend_it() {
    let pages = rules::ALL.iter().flat_map(|rule| {
        rule.sketches().into_iter().map(|(_, text)| (format!("the page of {}", rule.code), text))
    });
    let read = |path: std::path::PathBuf| {
        (path.display().to_string(), std::fs::read_to_string(path).unwrap())
    };
    let (mut wrong, mut mended) = (Vec::new(), 0);
    for (place, text) in sketches::paths().into_iter().map(read).chain(pages) {
        let sketch = Sketch::parse(&text).unwrap();
        if sketch.entries.is_empty() || sketch.archive.is_some() {
            continue;
        }
        let metadata = sketch.metadata.clone();
        let found = follow(sketch.inspection(), &|_| metadata.clone(), &mut mended);
        wrong.extend(found.into_iter().map(|what| format!("{place}: {what}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(mended > 40, "{mended} findings were mended");
}

#[test]
fn the_repairs_of_a_thousand_faulty_trees_mend_them() {
    let mut seed = 20_261_129;
    let (mut wrong, mut mended) = (Vec::new(), 0);
    for _ in 0..1_000 {
        let plan = sensortree_treegen::Plan {
            seed: pick(&mut seed, 1_000) as u64,
            ..sensortree_treegen::Plan::new(2, 2, 2, 12)
        };
        let faults: Vec<Fault> = (0..=pick(&mut seed, 3))
            .map(|_| Fault::ALL[pick(&mut seed, Fault::ALL.len())])
            .collect();
        let sketch = Fault::plant_all(&faults, &plan);
        let inspection = sketch.inspection();
        let metadata = match &inspection.metadata {
            MetadataFile::Text(text) => text.clone(),
            _ => plan.metadata().into_bytes(),
        };
        let found = follow(inspection, &|_| Some(metadata.clone()), &mut mended);
        wrong.extend(found.into_iter().map(|what| format!("{faults:?}: {what}")));
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(mended > 150, "{mended} findings were mended");
}

/// Trees from reports of users, which are kept beside the repository and not in it.
#[test]
fn the_repairs_of_reported_cases_mend_them() {
    let (mut wrong, mut mended, mut followed) = (Vec::new(), 0, 0);
    for case in cases::all() {
        let options = ScanOptions::default();
        let inspection = inspect(&LocalFolder::new(case.folder.path()), &options, &()).unwrap();
        let read = |path: &[u8]| {
            let path = std::str::from_utf8(path).ok()?;
            std::fs::read(case.folder.path().join(path)).ok()
        };
        let found = follow(inspection, &read, &mut mended);
        wrong.extend(found.into_iter().map(|what| format!("{}: {what}", case.name)));
        followed += 1;
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(followed == 0 || (followed > 60 && mended > 20), "{followed}, {mended} mended");
}
