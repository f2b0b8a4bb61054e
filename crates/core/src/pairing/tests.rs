use std::fmt::Write as _;

use super::*;
use crate::Inspection;
use crate::finding::settings::Settings;
use crate::plan::Plan;
use crate::report::paired::{Paired, pair};
use crate::sketch::Sketch;
use crate::tree::FolderId;

/// A tree of one scene: each sensor with the names of its frames.
fn inspection(sensors: &[(&str, &[String])]) -> Inspection {
    let mut tree = String::new();
    for (sensor, names) in sensors {
        let _ = writeln!(tree, "{sensor}/\n  a/");
        for name in *names {
            let _ = writeln!(tree, "    {name}");
        }
    }
    Sketch::parse(&(tree + "metadata.json\n")).unwrap().inspection()
}

fn names(stamps: impl IntoIterator<Item = i64>, suffix: &str) -> Vec<String> {
    stamps.into_iter().map(|stamp| format!("{stamp}.{suffix}")).collect()
}

fn paired(inspection: &Inspection, by: &PairBy) -> Paired {
    pair(inspection, &Settings::default(), by, None).unwrap()
}

/// The file names of a sensor once the operations are carried out.
fn after(inspection: &Inspection, report: &PairingReport, far: bool, sensor: &str) -> Vec<String> {
    let mut plan = Plan::new(&inspection.tree);
    report.operations(far).for_each(|operation| plan.add(operation).unwrap());
    assert_eq!(plan.collisions(1), Vec::<Vec<u8>>::new());
    let tree = plan.tree();
    let folder = tree.folder_at(format!("{sensor}/a").as_bytes()).unwrap();
    let mut names = Vec::new();
    tree.folder(folder)
        .for_each_entry(|name, _| names.push(String::from_utf8(name.to_vec()).unwrap()));
    assert_ne!(folder, FolderId::ROOT);
    names.sort();
    names
}

const START: i64 = 1_557_539_956_500;

/// A LiDAR at 10 Hz, and six cameras whose stamps stand 19 to 97 ms before those of their LiDAR.
const DELAYS: [i64; 6] = [19, 33, 46, 62, 81, 97];

fn delayed(delay: i64) -> Vec<i64> {
    // A jitter of a millisecond, as cameras have.
    (0..80).map(|k| START + k * 100 - delay + k * 7 % 3 - 1).collect()
}

fn car() -> Inspection {
    let lidar = names((0..80).map(|k| START + k * 100), "pcd");
    let cameras: Vec<(String, Vec<String>)> = DELAYS
        .iter()
        .map(|delay| (format!("camera-{delay}"), names(delayed(*delay), "jpg")))
        .collect();
    let mut sensors: Vec<(&str, &[String])> = vec![("lidar-top", &lidar)];
    sensors.extend(cameras.iter().map(|(name, names)| (name.as_str(), names.as_slice())));
    inspection(&sensors)
}

#[test]
fn a_clock_pairs_what_the_nearest_stamps_pair_with_a_neighbour() {
    let car = car();
    let Paired { report, layout } = paired(&car, &PairBy::Offset);
    assert_eq!((report.refused.len(), report.sensors.len()), (0, 6), "{report:#?}");
    let slots: Vec<i64> = (0..80).map(|k| START + k * 100).collect();
    for it in &report.sensors {
        let name = layout.sensor(it.sensor).label();
        assert_eq!((it.pairs, it.left(), it.far), (80, (0, 0), 0), "{name}");
        let sizes = it.sizes.unwrap();
        assert!(sizes.p95 <= 2_000_000, "{name}: {sizes:?}");
        let wrong = it.disagreement.as_ref().map_or(0, |it| it.count);
        let delay: i64 = name.strip_prefix("camera-").unwrap().parse().unwrap();
        assert_eq!(wrong > 0, delay > 50, "{name}: {wrong}");
        assert!(wrong == 0 || wrong >= 79, "{name}: {wrong}");
        assert_eq!(after(&car, &report, false, &name), names(slots.iter().copied(), "jpg"));
    }
    let nearest = paired(&car, &PairBy::Nearest).report;
    for it in nearest.sensors.iter().filter(|it| it.disagreement.is_some()) {
        // The first frame has no neighbour before it.
        assert_eq!((it.pairs, it.far), (79, 79));
        assert!(it.near_moves.is_none() && it.far_moves.is_some());
    }
}

/// What is said of the one sensor that is refused.
fn refused(report: &PairingReport) -> String {
    assert!(report.sensors.is_empty(), "{report:#?}");
    match report.refused.as_slice() {
        [one] => one.fault.to_string(),
        other => panic!("{other:?}"),
    }
}

fn slots(count: i64) -> Vec<i64> {
    (0..count).map(|k| START + k * 100).collect()
}

#[test]
fn the_order_pairs_where_stamps_are_lost_and_counts_agree() {
    let lidar = names(slots(12), "pcd");
    let numbered =
        |count: i64| -> Vec<String> { (0..count).map(|k| format!("{k:06}.jpg")).collect() };
    let tree = |camera: &[String]| inspection(&[("camera-a", camera), ("lidar-top", &lidar)]);
    let lost = tree(&numbered(12));
    let report = paired(&lost, &PairBy::Order).report;
    assert_eq!(report.sensors[0].pairs, 12);
    assert!(report.sensors[0].clock.is_none());
    assert_eq!(after(&lost, &report, false, "camera-a"), names(slots(12), "jpg"));
    assert_eq!(
        refused(&paired(&lost, &PairBy::Offset).report),
        "no clock relates its frames to the reference's"
    );
    assert_eq!(
        refused(&paired(&tree(&numbered(11)), &PairBy::Order).report),
        "it has 11 frames, and the reference 12: their order does not tell which belong together"
    );
    // Stamps that tell the same are no reason against it; others are.
    let ahead = names(slots(12).iter().map(|at| at + 28_800_000), "jpg");
    let ahead = tree(&ahead);
    let report = paired(&ahead, &PairBy::Order).report;
    assert_eq!(after(&ahead, &report, false, "camera-a"), names(slots(12), "jpg"));
    let mut shifted = slots(13);
    shifted.remove(0);
    assert_eq!(
        refused(&paired(&tree(&names(shifted, "jpg")), &PairBy::Order).report),
        "the stamps pair 11 frames, and otherwise than their order does"
    );
}

#[test]
fn of_another_rate_the_nearest_frames_are_paired_and_none_comes_to_the_stem_of_another() {
    let lidar = names(slots(30), "pcd");
    let camera = (0..60).map(|k| START + 28_800_000 + k * 50 + k % 3);
    let tree = inspection(&[("camera-a", &names(camera, "jpg")), ("lidar-top", &lidar)]);
    let report = paired(&tree, &PairBy::Offset).report;
    let [it] = report.sensors.as_slice() else { panic!("{report:#?}") };
    assert_eq!((it.pairs, it.left(), it.far), (30, (30, 0), 0));
    assert!(it.clock.as_ref().is_some_and(|clock| clock.rate.is_some()));
    let found = after(&tree, &report, false, "camera-a");
    assert_eq!(found.len(), 60);
    assert!(names(slots(30), "jpg").iter().all(|name| found.contains(name)), "{found:?}");
}

fn table(text: &str, tree: &Inspection) -> Result<PairingReport, String> {
    let pairs = OwnPairs::parse(text.as_bytes()).map_err(|fault| fault.to_string())?;
    pair(tree, &Settings::default(), &PairBy::Table(pairs), None)
        .map(|paired| paired.report)
        .map_err(|fault| fault.to_string())
}

#[test]
fn pairs_of_ones_own_are_followed_or_refused_with_their_line() {
    let lidar = names([1000, 2000, 3000], "pcd");
    let camera: Vec<String> = ["7.jpg", "8.jpg", "9.jpg"].map(str::to_owned).to_vec();
    let tree = inspection(&[("camera-a", &camera), ("lidar-top", &lidar)]);
    let text = "sensor,scene,name,partner\ncamera-a,a,7.jpg,1000.pcd\na,a,9.jpg,3000\n";
    let report = table(text, &tree).unwrap();
    assert_eq!(after(&tree, &report, false, "camera-a"), ["1000.jpg", "3000.jpg", "8.jpg"]);
    // A partner that gets another stem itself.
    let text = "lidar-top,a,1000.pcd,1500\ncamera-a,a,7.jpg,1000.pcd";
    let report = table(text, &tree).unwrap();
    assert_eq!(after(&tree, &report, false, "camera-a")[0], "1500.jpg");
    let check = |text: &str, expected: &str| {
        assert_eq!(table(text, &tree).unwrap_err(), expected, "{text}");
    };
    check("camera-b,a,7.jpg,1", "line 1: `camera-b` is no sensor");
    check("camera-a,b,7.jpg,1", "line 1: `camera-a` has no scene `b`");
    check("camera-a,a,6.jpg,1", "line 1: there is no frame `6.jpg`");
    check("camera-a,a,7.jpg,1\ncamera-a,a,7.jpg,2", "line 2: line 1 pairs `7.jpg` too");
    check("camera-a,a,7.jpg,1\ncamera-a,a,8.jpg,1", "line 2: line 1 gives `1` to another frame");
    check("camera-a,a,7.jpg,8", "line 1: `8.jpg` has that stem, and is not paired itself");
    check(
        "camera-a,a,7.jpg,2000\ncamera-a,a,8.jpg,1000",
        "line 2: `8` comes behind `7`, and would come before it",
    );
    let none = "is no frame of another sensor of the scene, and no stem";
    for to in ["1001.pcd", "a/b", "", "x.jpg"] {
        check(&format!("camera-a,a,7.jpg,{to}"), &format!("line 1: `{to}` {none}"));
    }
    check(
        "camera-a,a,7.jpg,1000.pcd\nlidar-top,a,1000.pcd,8.jpg",
        "line 1: its partner `1000.pcd` gets its stem from a partner itself, in line 2",
    );
}

fn timed(tree: &Inspection, times: &FrameTimes) -> Result<PairingReport, String> {
    pair(tree, &Settings::default(), &PairBy::Offset, Some(times))
        .map(|paired| paired.report)
        .map_err(|fault| fault.to_string())
}

fn lines(ms: impl IntoIterator<Item = i64>) -> String {
    let line = |ms: i64| format!("{}.{:03}\n", ms / 1_000, ms % 1_000);
    ms.into_iter().map(line).collect()
}

#[test]
fn frames_are_named_by_the_times_beside_them() {
    let numbered = |count: i64, suffix: &str| -> Vec<String> {
        (0..count).map(|k| format!("{k:06}.{suffix}")).collect()
    };
    let tree = inspection(&[
        ("camera-a", &numbered(11, "jpg")),
        ("camera-b", &numbered(12, "jpg")),
        ("lidar-top", &numbered(12, "pcd")),
    ]);
    // The first camera began a frame later and 30 ms behind; the other has the very same times.
    let behind = lines(slots(12).into_iter().skip(1).map(|at| at + 30));
    let mut times = FrameTimes::default();
    times.add_list(b"camera-a/a", behind.as_bytes()).unwrap();
    times.add_list(b"camera-b/a/", lines(slots(12)).as_bytes()).unwrap();
    // A folder of one scene is meant by the one above it, too.
    times.add_list(b"lidar-top", lines(slots(12)).as_bytes()).unwrap();
    let report = timed(&tree, &times).unwrap();
    assert!(report.refused.is_empty(), "{report:#?}");
    assert_eq!(after(&tree, &report, false, "lidar-top"), names(slots(12), "pcd"));
    assert_eq!(after(&tree, &report, false, "camera-b"), names(slots(12), "jpg"));
    assert_eq!(
        after(&tree, &report, false, "camera-a"),
        names(slots(12).into_iter().skip(1), "jpg")
    );
    // By a table, beside names that are times themselves.
    let stamped =
        inspection(&[("camera-a", &numbered(12, "jpg")), ("lidar-top", &names(slots(12), "pcd"))]);
    let rows: String = slots(12)
        .iter()
        .enumerate()
        .map(|(k, at)| format!("camera-a,a,{k:06}.jpg,{}\n", at + 3_600_000))
        .collect();
    let mut times = FrameTimes::default();
    times.add_table(format!("sensor,scene,name,time\n{rows}").as_bytes()).unwrap();
    let report = timed(&stamped, &times).unwrap();
    assert_eq!(after(&stamped, &report, false, "camera-a"), names(slots(12), "jpg"));
}

#[test]
fn times_that_do_not_fit_the_frames_are_refused() {
    let camera = names([0, 1, 2], "jpg");
    let tree = inspection(&[("camera-a", &camera), ("lidar-top", &names(slots(3), "pcd"))]);
    let list = |folder: &str, ms: &[i64]| {
        let mut times = FrameTimes::default();
        times.add_list(folder.as_bytes(), lines(ms.iter().copied()).as_bytes()).unwrap();
        timed(&tree, &times)
    };
    assert_eq!(
        list("camera-a/a", &[START, START + 100]).unwrap_err(),
        "line 2: there are 2 times for 3 frames of `camera-a/a`"
    );
    assert_eq!(
        list("camera-b/a", &[START]).unwrap_err(),
        "line 1: `camera-b/a` is no folder of frames"
    );
    let rows = |rows: &str| {
        let mut times = FrameTimes::default();
        times.add_table(rows.as_bytes()).unwrap();
        timed(&tree, &times)
    };
    assert_eq!(
        rows("camera-a,a,0.jpg,1681532060061").unwrap_err(),
        "line 1: `1.jpg` beside it has no time"
    );
    assert_eq!(
        rows("camera-a,a,5.jpg,1681532060061").unwrap_err(),
        "line 1: there is no frame `5.jpg`"
    );
    // Two frames of one millisecond.
    let mut times = FrameTimes::default();
    let close: String = (0..3).map(|k| format!("{}.500{k}\n", START / 1_000)).collect();
    times.add_list(b"lidar-top/a", close.as_bytes()).unwrap();
    let report = timed(&tree, &times).unwrap();
    assert!(report.sensors.is_empty());
    assert_eq!(report.refused.len(), 2, "{report:#?}");
}

/// Numbers that look like chance and are the same in every run.
fn pick(seed: &mut u64, below: u64) -> i64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    i64::try_from((*seed >> 33) % below).unwrap()
}

#[test]
fn no_two_frames_come_to_one_stem_and_none_is_lost() {
    let mut seed = 7;
    let mut moved = 0;
    for round in 0..300 {
        let count = 2 + pick(&mut seed, 40);
        let drawn = |seed: &mut u64, delay: i64, step: i64| -> Vec<i64> {
            let mut stamps = Vec::new();
            for k in 0..count * 100 / step {
                let stamp = START + delay + k * step + pick(seed, 5) - 2;
                if pick(seed, 12) > 0 {
                    stamps.push(stamp);
                }
            }
            stamps
        };
        let lidar = drawn(&mut seed, 0, 100);
        let delay = [0, 30, -49, 51, 100, -250, 28_800_000][usize::try_from(round % 7).unwrap()];
        let camera =
            drawn(&mut seed, delay, [100, 100, 50, 200][usize::try_from(round % 4).unwrap()]);
        if lidar.is_empty() || camera.is_empty() {
            continue;
        }
        let camera = names(camera, "jpg");
        let tree = inspection(&[("camera-a", &camera), ("lidar-top", &names(lidar, "pcd"))]);
        for by in [PairBy::Offset, PairBy::Nearest, PairBy::Order] {
            let report = paired(&tree, &by).report;
            for far in [false, true] {
                // This holds that nothing collides.
                let found = after(&tree, &report, far, "camera-a");
                assert_eq!(found.len(), camera.len(), "round {round}, {by:?}");
                moved += usize::from(found != camera);
            }
        }
    }
    assert!(moved > 300, "{moved}");
}
