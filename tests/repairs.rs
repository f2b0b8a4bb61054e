//! Repairs, followed as they are named: nothing is lost, nothing collides, and what they mend is mended.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../fixtures/sketches.rs"]
mod sketches;

use std::collections::{BTreeMap, BTreeSet};

use sensortree_core::document::metadata::MetadataFile;
use sensortree_core::finding::settings::Settings;
use sensortree_core::plan::{MetadataSource, Plan};
use sensortree_core::repair::Applicability;
use sensortree_core::report::Report;
use sensortree_core::sketch::Sketch;
use sensortree_core::tree::Tree;
use sensortree_core::{Inspection, check, rules};
use sensortree_treegen::Fault;

/// How many sensors there are, and how many frames are complete: the stems that all sensors have, scene by scene.
fn complete(tree: &Tree) -> (usize, usize) {
    let mut scenes: BTreeMap<Vec<u8>, Vec<BTreeSet<String>>> = BTreeMap::new();
    let root = sensortree_core::tree::FolderId::ROOT;
    let mut sensors = 0;
    for sensor in tree.children(root) {
        let name = tree.folder(sensor).name();
        let suffixes: &[&str] = if name.starts_with(b"lidar-") {
            &["pcd"]
        } else if name.starts_with(b"camera-") {
            &["jpg", "jpeg", "png", "webp"]
        } else {
            continue;
        };
        sensors += 1;
        for scene in tree.children(sensor) {
            let folder = tree.folder(scene);
            let frames = folder.frames().iter().filter(|(naming, _)| {
                suffixes.contains(&naming.suffix().to_ascii_lowercase().as_str())
            });
            let stems =
                frames.flat_map(|(naming, set)| set.iter().map(|at| naming.render_stem(at)));
            scenes.entry(folder.name().to_vec()).or_default().push(stems.collect());
        }
    }
    let whole = scenes.into_values().filter(|cells| cells.len() == sensors);
    let complete = whole
        .map(|cells| {
            let mut cells = cells.into_iter();
            let first = cells.next().unwrap_or_default();
            cells.fold(first, |both, cell| &both & &cell).len()
        })
        .sum();
    (sensors, complete)
}

fn judged(inspection: Inspection) -> Report {
    check(inspection, &Settings { repairs: true, ..Settings::default() })
}

/// What is wrong with the repairs of a tree, followed for two rounds. Counts the findings that were mended.
fn follow(mut inspection: Inspection, metadata: Option<&[u8]>, mended: &mut usize) -> Vec<String> {
    let mut wrong = Vec::new();
    for round in 1..=3 {
        let report = judged(inspection.clone());
        let chosen = Plan::from_findings(&inspection.tree, &report.findings, Applicability::Unsafe);
        let codes: BTreeSet<&str> =
            chosen.mended.iter().map(|at| report.findings[*at].rule.code).collect();
        let plan = chosen.plan;
        if plan.is_empty() {
            break;
        }
        if round == 3 {
            wrong.push(format!("after two rounds there is still something to do: {codes:?}"));
            break;
        }
        *mended += chosen.mended.len();
        let collisions = plan.collisions(3);
        if !collisions.is_empty() {
            wrong.push(format!("{codes:?} collide at {collisions:?}"));
        }
        let mut removed = 0;
        plan.for_each_change(|change| removed += u64::from(change.to.is_none()));
        let text = match plan.metadata_source() {
            MetadataSource::From(_) => metadata.map(<[u8]>::to_vec),
            _ => None,
        };
        let after = inspection.after(&plan, text);
        let (before_files, after_files) = (inspection.tree.files(), after.tree.files());
        if after_files + removed < before_files {
            wrong.push(format!("{codes:?}: of {before_files} files {after_files} are left"));
        }
        let ((sensors, before), (sensors_now, now)) =
            (complete(&inspection.tree), complete(&after.tree));
        // A sensor that is one only by its new name may lack what the others have.
        if now < before && sensors == sensors_now {
            wrong.push(format!("{codes:?}: of {before} complete frames {now} are left"));
        }
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
        let found = follow(sketch.inspection(), metadata.as_deref(), &mut mended);
        wrong.extend(found.into_iter().map(|what| format!("{place}: {what}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(mended > 40, "{mended} findings were mended");
}

/// Numbers that look like chance and are the same in every run.
fn pick(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).unwrap_or_default() % below.max(1)
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
        let found = follow(inspection, Some(&metadata), &mut mended);
        wrong.extend(found.into_iter().map(|what| format!("{faults:?}: {what}")));
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(mended > 150, "{mended} findings were mended");
}
