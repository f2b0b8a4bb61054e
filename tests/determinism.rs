//! The same tree gives the same report, whatever the threads and the order of the listing.

use sensortree_core::Inspection;
use sensortree_core::finding::settings::Settings;
use sensortree_core::for_each::ForEach;
use sensortree_core::report::Report;
use sensortree_core::sketch::{Drawn, Sketch};
use sensortree_core::tree::{Entry, EntryKind, Tree, TreeBuilder};
use sensortree_scan::local::LocalFolder;
use sensortree_scan::{ScanOptions, inspect};
use sensortree_treegen::{Fault, Plan, materialise};
use tempfile::TempDir;

/// A tree with something to say from most families of rules.
fn faulty() -> Sketch {
    let mut plan = Plan::new(2, 2, 4, 60);
    plan.sensors[1].offset_ns = 37_000_000_000;
    plan.sensors[2].jitter_ns = 4_000_000;
    plan.sensors[3].lost_per_million = 50_000;
    let mut sketch = plan.sketch();
    for fault in [
        Fault::StrayFile,
        Fault::JunkFile,
        Fault::SymbolicLink,
        Fault::NestedTooDeep,
        Fault::NameCollision,
    ] {
        let good = plan.sketch().entries;
        sketch
            .entries
            .extend(fault.plant(&plan).entries.into_iter().filter(|drawn| !good.contains(drawn)));
    }
    sketch
}

fn add(builder: &mut TreeBuilder, drawn: &Drawn) {
    let size = (drawn.kind == EntryKind::File).then_some(drawn.size);
    builder.add(&Entry { path: &drawn.path, kind: drawn.kind, size });
}

fn report(sketch: &Sketch, tree: Tree) -> String {
    let inspection = Inspection { tree, ..sketch.inspection() };
    shown(&sensortree_core::check(inspection, &Settings::default()))
}

fn shown(report: &Report) -> String {
    format!("{report:#?}")
}

#[test]
fn the_threads_that_compare_scenes_do_not_matter() {
    let sketch = faulty();
    let on_threads = ForEach(|count, piece| {
        std::thread::scope(|scope| {
            // The last stretch of scenes first, each on a thread of its own.
            (0..count).rev().for_each(|at| {
                scope.spawn(move || piece(at));
            });
        });
    });
    let checked = |for_each| {
        let settings = Settings { for_each, ..Settings::default() };
        shown(&sensortree_core::check(sketch.inspection(), &settings))
    };
    assert_eq!(checked(on_threads), checked(ForEach::IN_ORDER));
}

#[test]
fn the_order_of_the_listing_does_not_matter() {
    let sketch = faulty();
    let in_order = |entries: &mut dyn Iterator<Item = &Drawn>| {
        let mut builder = TreeBuilder::new();
        entries.for_each(|drawn| add(&mut builder, drawn));
        report(&sketch, builder.finish())
    };
    let expected = in_order(&mut sketch.entries.iter());
    assert!(expected.contains("findings: [\n"), "the tree gives findings");
    assert_eq!(in_order(&mut sketch.entries.iter().rev()), expected);
    // Each step visits every entry once, since it shares no factor with their number.
    let all = sketch.entries.len();
    let steps = (2..all).filter(|step| {
        (2..=*step).all(|factor| !step.is_multiple_of(factor) || !all.is_multiple_of(factor))
    });
    for step in steps.step_by(all / 5) {
        assert_eq!(
            in_order(&mut (0..all).map(|at| &sketch.entries[at * step % all])),
            expected,
            "every {step}th"
        );
    }
}

#[test]
fn how_the_listing_is_split_does_not_matter() {
    let sketch = faulty();
    let mut builder = TreeBuilder::new();
    sketch.entries.iter().for_each(|drawn| add(&mut builder, drawn));
    let expected = report(&sketch, builder.finish());
    for parts in [2, 3, 7] {
        let mut builders: Vec<TreeBuilder> = (0..parts).map(|_| TreeBuilder::new()).collect();
        for (at, drawn) in sketch.entries.iter().enumerate() {
            add(&mut builders[at % parts], drawn);
        }
        let mut whole = builders.pop().unwrap();
        builders.into_iter().for_each(|part| whole.merge(part));
        assert_eq!(report(&sketch, whole.finish()), expected, "{parts} parts");
    }
}

#[cfg(unix)]
#[test]
fn the_number_of_threads_does_not_matter() {
    let around = TempDir::new().unwrap();
    let folder = around.path().join("dataset");
    materialise(&faulty(), &folder).unwrap();
    let with = |jobs: usize| {
        let options = ScanOptions { jobs: Some(jobs), ..ScanOptions::default() };
        let inspection = inspect(&LocalFolder::new(&folder), &options, &()).unwrap();
        shown(&sensortree_core::check(inspection, &Settings::default()))
    };
    let expected = with(1);
    for jobs in [1, 2, 3, 8, 1000] {
        assert_eq!(with(jobs), expected, "{jobs} threads");
    }
}
