//! Each fault, planted alone in a good tree, gives its rule and nothing else.

use std::collections::BTreeSet;

use sensortree_core::finding::settings::Settings;
use sensortree_core::rules;
use sensortree_treegen::{Fault, Plan};

fn found(fault: Fault, plan: &Plan) -> BTreeSet<&'static str> {
    let report = sensortree_core::check(fault.plant(plan).inspection(), &Settings::default());
    report.findings.iter().map(|finding| finding.rule.code).collect()
}

#[test]
fn each_fault_gives_its_rule_and_nothing_else() {
    let mut wrong = Vec::new();
    for plan in [Plan::new(2, 2, 3, 24), Plan { seed: 7, ..Plan::new(2, 4, 2, 150) }] {
        for fault in Fault::ALL.iter().copied() {
            let mut found = found(fault, &plan);
            let fires = found.remove(fault.code());
            if !fires || !found.is_empty() {
                let own = if fires { "" } else { " does not fire" };
                wrong.push(format!("{fault:?} ({}){own}, and beside it: {found:?}", fault.code()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_about_a_local_tree_has_its_fault() {
    // A listing of a local tree has no folder markers, is no archive and no request, and the order
    // of keys is looked at only on demand. R112 is planted with a request, in its fixtures. A210
    // names what no other rule does. F118 is about images that L115 speaks of as well, and F128
    // about 2D data, which no tree with a LiDAR is.
    let elsewhere = ["H102", "C111", "A210", "F118", "F128"];
    let planted: BTreeSet<_> = Fault::ALL.iter().map(|fault| fault.code()).collect();
    let missing: Vec<_> = rules::ALL
        .iter()
        .map(|rule| rule.code)
        .filter(|code| !code.starts_with(['R', 'Z']))
        .filter(|code| !planted.contains(code) && !elsewhere.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
