//! Pairing the frames of a tree by a way that a person chooses.

use super::Report;
use super::check::{Inspection, Read};
use crate::finding::Finding;
use crate::finding::settings::Settings;
use crate::layout::{Layout, SceneId};
use crate::pairing::{
    self, FrameTimes, OwnFault, PairBy, PairingReport, REPLACED, REPLACED_BY_TIMES, SensorPairing,
};
use crate::plan::{Incomplete, Plan};
use crate::repair::{Operation, Repair};
use crate::tree::unread::UnreadIndex;

/// What a chosen pairing comes to in a tree.
#[derive(Clone, Debug)]
pub struct Paired {
    /// The pairs, and the operations that they come to.
    pub report: PairingReport,
    /// The tree as it was read: the sensors and scenes that the report names.
    pub layout: Layout,
}

/// Pairs the frames of what was inspected, with the tolerance and the reference of the settings,
/// and by the times that are given beside the frames, where they are.
///
/// # Errors
/// When pairs or times that the user gives cannot be followed.
pub fn pair(
    inspection: &Inspection,
    settings: &Settings,
    by: &PairBy,
    times: Option<&FrameTimes>,
) -> Result<Paired, OwnFault> {
    let Inspection { target, tree, metadata, coverage, .. } = inspection;
    let mut coverage = coverage.clone();
    let Read { layout, alignment, .. } =
        Read::new(tree, target, metadata.clone(), &mut coverage, settings);
    let times = times.map(|times| (times, settings.alignment().reference));
    let report = pairing::pair(tree, &layout, &alignment, by, times)?;
    Ok(Paired { report, layout })
}

impl Paired {
    /// Has the findings mended by this pairing, and not by what their rules took for the right one:
    /// those that rest on how clocks stand ([`REPLACED`]), and where it rests on times that are
    /// given, those of stems that are no stamps ([`REPLACED_BY_TIMES`]). With `far`, also by moves
    /// of more than half a step beyond a sensor's clock; else those are a repair of their own.
    /// Gives the operations that no finding asks for: they are to be added to the plan.
    pub fn take_over(
        &self,
        findings: &mut [Finding],
        by: &PairBy,
        far: bool,
        by_times: bool,
    ) -> Vec<Operation> {
        let is_meant = |finding: &Finding| is_replaced(finding, by_times);
        for finding in findings.iter_mut().filter(|finding| is_meant(finding)) {
            finding.repairs = vec![Repair::safe(rests_on(by)), Repair::far(FAR)];
        }
        let mut others = Vec::new();
        for pairing in &self.report.sensors {
            let sensor = &self.layout.sensor(pairing.sensor).folder_name;
            let concerns = |finding: &Finding| {
                let of_sensor = finding.subject.sensor.as_ref().is_none_or(|it| it == sensor);
                let of_scene = finding.scenes.is_empty() || finding.scenes.contains(&pairing.scene);
                is_meant(finding) && of_sensor && of_scene
            };
            // One that is about this very sensor comes before one that is about several.
            let at = findings
                .iter()
                .enumerate()
                .filter(|(_, finding)| concerns(finding))
                .min_by_key(|(at, finding)| (finding.subject.sensor.is_none(), *at))
                .map(|(at, _)| at);
            let repairs = at.and_then(|at| findings.get_mut(at)).map(|it| &mut it.repairs);
            let moves = [(&pairing.near_moves, false), (&pairing.far_moves, true)];
            let moves = moves.into_iter().filter_map(|(of, is_far)| Some((of.clone()?, is_far)));
            match repairs.map(Vec::as_mut_slice) {
                Some([near, beyond]) => {
                    for (operation, is_far) in moves {
                        let repair = if is_far && !far { &mut *beyond } else { &mut *near };
                        repair.operations.push(operation);
                    }
                }
                _ => others.extend(moves.filter(|(_, is_far)| far || !is_far).map(|(it, _)| it)),
            }
        }
        for finding in findings.iter_mut().filter(|finding| is_meant(finding)) {
            finding.repairs.retain(|repair| !repair.operations.is_empty());
        }
        others
    }

    /// Has findings that are left, once a plan with this pairing is carried out, say what the same
    /// way of pairing would do for them: the moves that wait for `far`, or nothing. What their
    /// rules take for right is what the user decided against.
    pub fn take_over_left(&self, after: &mut Report, far: bool, by_times: bool) {
        let Report { findings, scenes, .. } = after;
        for finding in findings.iter_mut().filter(|finding| is_replaced(finding, by_times)) {
            let concerns = |pairing: &&SensorPairing| {
                let sensor = &self.layout.sensor(pairing.sensor).folder_name;
                let scene = self.layout.scene_name(pairing.scene);
                let is_scene =
                    |id: &SceneId| scenes.get(id.0 as usize).is_some_and(|it| it == scene);
                finding.subject.sensor.as_ref().is_none_or(|it| it == sensor)
                    && (finding.scenes.is_empty() || finding.scenes.iter().any(is_scene))
            };
            let waiting = self.report.sensors.iter().filter(|_| !far).filter(concerns);
            let waiting: Vec<Operation> = waiting.filter_map(|it| it.far_moves.clone()).collect();
            if waiting.is_empty() {
                finding.repairs.clear();
            } else {
                // They tell of the repairs that go.
                finding.notes.clear();
                finding.repairs = vec![Repair::far(FAR).with(waiting)];
            }
        }
    }
}

/// What the moves that wait for `far` rest on.
const FAR: &str = "they move by more than half a step beyond their sensor's clock";

/// Whether a finding is mended by a chosen pairing, and not by what its rule takes for right.
fn is_replaced(finding: &Finding, by_times: bool) -> bool {
    let code = finding.rule.code;
    REPLACED.contains(&code) || (by_times && REPLACED_BY_TIMES.contains(&code))
}

/// Has findings mended also by moves of more than half a step beyond a sensor's clock, together
/// with their other moves.
pub fn admit_far(findings: &mut [Finding]) {
    for finding in findings {
        if !finding.repairs.iter().any(|repair| repair.is_far) {
            continue;
        }
        let repairs = std::mem::take(&mut finding.repairs);
        let (far, mut others): (Vec<Repair>, Vec<Repair>) =
            repairs.into_iter().partition(|repair| repair.is_far);
        let far = far.into_iter().flat_map(|repair| repair.operations);
        match others.first_mut() {
            Some(first) => first.operations.extend(far),
            None => others.push(Repair::safe("you agreed to it").with(far)),
        }
        others.retain(|repair| !repair.operations.is_empty());
        finding.repairs = others;
    }
}

fn rests_on(by: &PairBy) -> &'static str {
    match by {
        PairBy::Offset => "frames are paired by their sensors' clocks, as these were fitted",
        PairBy::Nearest => "frames are paired with the nearest stamps, as you chose",
        PairBy::Order => "frames are paired in their order, as you chose",
        PairBy::Table(_) => "frames are paired as your table has it",
    }
}

/// Adds to a plan that the frames which are then not in all sensors of their scene are taken out.
/// `metadata` is the text of the file that becomes metadata.json, as for [`Inspection::after`].
/// Says what is taken out, and which scenes are left as they are since nothing of them would stay.
pub fn drop_incomplete(
    inspection: &Inspection,
    plan: &mut Plan<'_>,
    metadata: Option<Vec<u8>>,
) -> Incomplete {
    let Inspection { target, tree, metadata, mut coverage, .. } = inspection.after(plan, metadata);
    let (layout, _) = Read::layout(&tree, &target, metadata, &mut coverage);
    let incomplete = Incomplete::of(&tree, &layout, &UnreadIndex::of(&tree, &coverage));
    plan.drop_incomplete(&tree, &incomplete);
    incomplete
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Spared;
    use crate::sketch::Sketch;
    use crate::tree::Tree;

    fn paths(tree: &Tree) -> Vec<String> {
        let mut paths = Vec::new();
        for (id, folder) in tree.ids().zip(tree.folders()) {
            let path = String::from_utf8(tree.path(id)).unwrap();
            folder.for_each_entry(|name, _| {
                paths.push(format!("{path}{}", String::from_utf8_lossy(name)));
            });
        }
        paths.sort();
        paths
    }

    const TREE: &str = "\
lidar-top/
  a/
    1681532060061.pcd x6 +100
  b/
    1681532070061.pcd x3 +100
  c/
    1681532080061.pcd x3 +100
camera-a/
  a/
    1681560860161.jpg x5 +100
    notes.txt
  b/
    1681532070061.jpg x3 +100
  d/
    1681532090061.jpg x2 +100
camera-b/
  a/
    1681532060061.jpg x5 +100
  b/
    1681532070561.jpg x2 +100
metadata.json
";

    #[test]
    fn frames_that_are_not_complete_afterwards_are_taken_out_in_the_same_plan() {
        let inspection = Sketch::parse(TREE).unwrap().inspection();
        let mut plan = Plan::new(&inspection.tree);
        let pairing = pair(&inspection, &Settings::default(), &PairBy::Offset, None).unwrap();
        pairing.report.operations(false).for_each(|it| plan.add(it).unwrap());
        // A folder that goes elsewhere as a whole.
        let to = b"camera-c/".to_vec();
        plan.add(&Operation::Move { from: b"camera-b/".to_vec(), to }).unwrap();
        let renamed = plan.tree();
        let dropped = drop_incomplete(&inspection, &mut plan, None);
        let found = paths(&plan.tree());
        let frames = |sensor: &str, suffix: &str| -> Vec<String> {
            (1..5)
                .map(|k| format!("{sensor}/a/{}.{suffix}", 1_681_532_060_061_i64 + k * 100))
                .collect()
        };
        let in_a = |path: &&String| path.contains("/a/");
        let mut expected = frames("camera-a", "jpg");
        expected.push("camera-a/a/notes.txt".to_owned());
        expected.extend(frames("camera-c", "jpg"));
        expected.extend(frames("lidar-top", "pcd"));
        assert_eq!(found.iter().filter(in_a).cloned().collect::<Vec<_>>(), expected);
        // Nothing of the scenes that would go as a whole.
        let others = |tree: &Tree| -> Vec<String> {
            paths(tree).into_iter().filter(|path| !path.contains("/a/")).collect()
        };
        assert_eq!(others(&plan.tree()), others(&renamed));
        let spared: Vec<(&str, &Spared)> = dropped
            .spared
            .iter()
            .map(|(scene, why)| (std::str::from_utf8(scene).unwrap(), why))
            .collect();
        assert_eq!(
            spared,
            [
                ("b", &Spared::NoneComplete),
                ("c", &Spared::NoFrames(b"camera-a".to_vec())),
                ("d", &Spared::NoFrames(b"camera-c".to_vec())),
            ]
        );
        assert_eq!((dropped.scenes.len(), dropped.scenes[0].complete), (1, 4));
        assert_eq!(dropped.dropped(), 1 + 2 + 1);
        let mut removed = Vec::new();
        plan.for_each_change(|change| {
            if change.to.is_none() {
                removed.push(String::from_utf8(change.from).unwrap());
            }
        });
        removed.sort();
        // By the paths from before the plan.
        assert_eq!(
            removed,
            [
                "camera-a/a/1681560860561.jpg",
                "camera-b/a/1681532060061.jpg",
                "lidar-top/a/1681532060061.pcd",
                "lidar-top/a/1681532060561.pcd",
            ]
        );
    }

    #[test]
    fn a_chosen_pairing_mends_what_the_rules_found_of_clocks() {
        let tree = "\
lidar-top/
  a/
    1681532060061.pcd x40 +100
camera-a/
  a/
    1681532059980.jpg x40 +100
camera-B/
  a/
    1681560860061.jpg x40 +100
metadata.json
";
        let inspection = Sketch::parse(tree).unwrap().inspection();
        let settings = Settings { repairs: true, ..Settings::default() };
        let judged = || crate::check(inspection.clone(), &settings).findings;
        let codes = |findings: &[Finding]| -> Vec<(&str, Vec<(bool, usize)>)> {
            let repairs = |it: &Finding| {
                it.repairs.iter().map(|it| (it.is_far, it.operations.len())).collect()
            };
            let replaced = findings.iter().filter(|it| REPLACED.contains(&it.rule.code));
            replaced.map(|it| (it.rule.code, repairs(it))).collect()
        };
        let nearest = |far: bool| {
            let mut findings = judged();
            let paired = pair(&inspection, &settings, &PairBy::Nearest, None).unwrap();
            let others = paired.take_over(&mut findings, &PairBy::Nearest, far, false);
            assert_eq!(others, Vec::new());
            codes(&findings)
        };
        assert_eq!(codes(&judged()).len(), 2);
        // Of the camera that is 8 h ahead nothing lies near anything.
        assert_eq!(nearest(false), [("A204", Vec::new()), ("A204", vec![(true, 1)])]);
        assert_eq!(nearest(true), [("A204", Vec::new()), ("A204", vec![(false, 1)])]);
        let mut none = Vec::new();
        let paired = pair(&inspection, &settings, &PairBy::Offset, None).unwrap();
        let others = paired.take_over(&mut none, &PairBy::Offset, false, false);
        assert_eq!(others.len(), 2, "without findings all operations are to be added");
    }

    #[test]
    fn what_is_left_waits_for_the_moves_of_the_chosen_way_and_not_for_others() {
        // The cameras of PandaSet: one 81 ms of 100 ms behind, one 19 ms.
        let tree = "\
lidar-top/
  a/
    1681532060081.pcd x40 +100
camera-left/
  a/
    1681532060000.jpg x40 +100
camera-right/
  a/
    1681532060062.jpg x40 +100
metadata.json
";
        let inspection = Sketch::parse(tree).unwrap().inspection();
        let settings = Settings { repairs: true, ..Settings::default() };
        let left = |by: &PairBy, far: bool| -> Vec<(Option<Vec<u8>>, usize, Vec<bool>)> {
            let mut before = crate::check(inspection.clone(), &settings);
            let paired = pair(&inspection, &settings, by, None).unwrap();
            let others = paired.take_over(&mut before.findings, by, far, false);
            assert_eq!(others, Vec::new());
            let mut plan = Plan::new(&inspection.tree);
            let near = before.findings.iter().flat_map(|it| &it.repairs).filter(|it| !it.is_far);
            near.flat_map(|it| &it.operations).for_each(|it| plan.add(it).unwrap());
            let mut after = crate::check(inspection.after(&plan, None), &settings);
            let of_rule: usize = after
                .findings
                .iter()
                .filter(|it| is_replaced(it, false))
                .map(|it| it.repairs.len())
                .sum();
            paired.take_over_left(&mut after, far, false);
            let findings = after.findings.iter().filter(|it| is_replaced(it, false));
            findings
                .map(|it| {
                    let are_far = it.repairs.iter().map(|it| it.is_far).collect();
                    (it.subject.sensor.clone(), of_rule, are_far)
                })
                .collect()
        };
        // Its rule would offer the pairing by the clock, which is not what was chosen.
        let camera = Some(b"camera-left".to_vec());
        assert_eq!(left(&PairBy::Nearest, false), [(camera, 2, vec![true])]);
        assert_eq!(left(&PairBy::Nearest, true), []);
        assert_eq!(left(&PairBy::Offset, false), []);
    }

    #[test]
    fn far_moves_go_with_the_others_once_they_are_admitted() {
        let tree = "\
lidar-top/
  a/
    1681532060061.pcd x12 +100
camera-a/
  a/
    1681532060063.jpg x11 +100
    1681532061231.jpg
metadata.json
";
        let inspection = Sketch::parse(tree).unwrap().inspection();
        let settings =
            Settings { repairs: true, tolerance_ns: Some(90_000_000), ..Settings::default() };
        let mut findings = crate::check(inspection, &settings).findings;
        findings.retain(|it| it.rule.code == "A203" || it.rule.code == "A204");
        let repairs = |findings: &[Finding]| -> Vec<(bool, usize)> {
            let of = findings.iter().flat_map(|it| &it.repairs);
            of.map(|it| (it.is_far, it.operations.len())).collect()
        };
        assert_eq!(repairs(&findings), [(false, 1), (true, 1)]);
        admit_far(&mut findings);
        assert_eq!(repairs(&findings), [(false, 2)]);
        admit_far(&mut findings);
        assert_eq!(repairs(&findings), [(false, 2)]);
    }
}
