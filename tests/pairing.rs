//! Pairings of frames: by the stamps of real recordings, which are kept beside the repository and
//! not in it, and by the program.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "what was not looked at is said")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sensortree_core::Inspection;
use sensortree_core::finding::settings::Settings;
use sensortree_core::pairing::{FrameTimes, PairBy, PairingReport};
use sensortree_core::plan::Plan;
use sensortree_core::report::paired::{Paired, pair};
use sensortree_core::sketch::Sketch;

/// A folder of the samples; says so where it is not there.
fn sample(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples").join(name);
    if !folder.is_dir() {
        eprintln!("skipped: ../shared/samples/{name} is not there");
        return None;
    }
    Some(folder)
}

/// A tree of one scene: of each sensor's folder the names of its frames.
fn inspection(sensors: &BTreeMap<String, Vec<String>>) -> Inspection {
    let folder = |(sensor, names): (&String, &Vec<String>)| {
        let names: String = names.iter().map(|name| format!("    {name}\n")).collect();
        format!("{sensor}/\n  a/\n{names}")
    };
    let tree: String = sensors.iter().map(folder).collect();
    Sketch::parse(&(tree + "metadata.json\n")).unwrap().inspection()
}

/// The new name of each frame of a sensor that gets one, by its old.
fn renamed(inspection: &Inspection, report: &PairingReport, sensor: &str) -> Vec<(String, String)> {
    let mut plan = Plan::new(&inspection.tree);
    report.operations(true).for_each(|it| plan.add(it).unwrap());
    let mut found = Vec::new();
    plan.for_each_change(|change| {
        let name = |path: &[u8]| String::from_utf8(path.to_vec()).unwrap();
        let (from, to) = (name(&change.from), name(&change.to.unwrap()));
        let below = format!("{sensor}/a/");
        if let (Some(from), Some(to)) = (from.strip_prefix(&below), to.strip_prefix(&below)) {
            found.push((from.to_owned(), to.to_owned()));
        }
    });
    found
}

/// Stamps in milliseconds, continued at their own rate to so many.
fn milliseconds(path: &Path, count: usize) -> Vec<i64> {
    let text = std::fs::read_to_string(path).unwrap();
    let stamps: Vec<f64> = text
        .trim_matches(|at: char| "[] \n".contains(at))
        .split(',')
        .map(|stamp| stamp.trim().parse().unwrap())
        .collect();
    let step = stamps[1] - stamps[0];
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970")]
    let ms = |at: usize| {
        let stamp = |at: usize| stamps[0] + step * f64::from(u32::try_from(at).unwrap());
        (stamps.get(at).copied().unwrap_or_else(|| stamp(at)) * 1_000.0).floor() as i64
    };
    (0..count).map(ms).collect()
}

/// PandaSet's cameras are 50 ms and 81 ms before the sweep that they belong to, which comes every
/// 100 ms.
#[test]
fn the_cameras_of_pandaset_are_paired_by_their_clocks_and_not_with_their_neighbours() {
    let Some(folder) = sample("pandaset_sequence/002") else { return };
    let lidar = milliseconds(&folder.join("lidar/timestamps.json"), 80);
    for camera in ["front_camera", "left_camera"] {
        let stamps = milliseconds(&folder.join("camera").join(camera).join("timestamps.json"), 80);
        let names = |stamps: &[i64], suffix: &str| -> Vec<String> {
            stamps.iter().map(|stamp| format!("{stamp}.{suffix}")).collect()
        };
        let tree = inspection(&BTreeMap::from([
            ("camera-a".to_owned(), names(&stamps, "jpg")),
            ("lidar-top".to_owned(), names(&lidar, "pcd")),
        ]));
        let wrong = |by: &PairBy| -> (usize, u64) {
            let Paired { report, .. } = pair(&tree, &Settings::default(), by, None).unwrap();
            let found = renamed(&tree, &report, "camera-a");
            let right = |(from, to): &(String, String)| {
                let at = stamps.iter().position(|it| *from == format!("{it}.jpg")).unwrap();
                *to == format!("{}.jpg", lidar[at])
            };
            let [it] = report.sensors.as_slice() else { panic!("{report:#?}") };
            (found.iter().filter(|pair| !right(pair)).count(), it.pairs)
        };
        let nearest = wrong(&PairBy::Nearest);
        assert_eq!(wrong(&PairBy::Offset), (0, 80), "{camera}");
        match camera {
            "left_camera" => assert_eq!(nearest, (79, 79)),
            _ => assert_eq!(nearest, (0, 80)),
        }
    }
}

#[test]
fn frames_of_kitti_are_named_by_its_lists_of_times() {
    let Some(folder) = sample("kitti_raw/2011_09_26/2011_09_26_drive_0048_sync") else { return };
    let sensors = [
        ("camera-left", "image_02", "png"),
        ("camera-right", "image_03", "png"),
        ("lidar-top", "velodyne_points", "pcd"),
    ];
    let numbered =
        |suffix: &str| -> Vec<String> { (0..3).map(|at| format!("{at:010}.{suffix}")).collect() };
    let tree = sensors.iter().map(|(sensor, _, suffix)| ((*sensor).to_owned(), numbered(suffix)));
    let tree = inspection(&tree.collect());
    let mut times = FrameTimes::default();
    for (sensor, from, _) in sensors {
        let text = std::fs::read(folder.join(from).join("timestamps.txt")).unwrap();
        times.add_list(format!("{sensor}/a").as_bytes(), &text).unwrap();
    }
    let settings = Settings { reference: Some("lidar-top".to_owned()), ..Settings::default() };
    let Paired { report, .. } = pair(&tree, &settings, &PairBy::Offset, Some(&times)).unwrap();
    assert!(report.refused.is_empty(), "{report:#?}");
    let stems = |sensor: &str| -> Vec<String> {
        let found = renamed(&tree, &report, sensor);
        found.into_iter().map(|(_, to)| to.split_once('.').unwrap().0.to_owned()).collect()
    };
    let lidar = stems("lidar-top");
    assert_eq!(lidar.len(), 3);
    assert_eq!((stems("camera-left"), stems("camera-right")), (lidar.clone(), lidar));
}

/// A folder of two sensors of one scene.
struct Dataset(tempfile::TempDir);

impl Dataset {
    fn new(sensors: &[(&str, &[&str])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (sensor, names) in sensors {
            let scene = folder.path().join("set").join(sensor).join("a");
            fs::create_dir_all(&scene).unwrap();
            names.iter().for_each(|name| fs::write(scene.join(name), name).unwrap());
        }
        Dataset(folder)
    }

    /// Runs `fix` with these flags: whether it made a plan, what it says on standard error, and the
    /// changes of the plan.
    fn fix(&self, flags: &[&str]) -> (bool, String, Vec<(String, String)>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sensortree"));
        command.current_dir(self.0.path()).args(["fix", "set", "--plan", "plan.csv"]).args(flags);
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let plan = fs::read_to_string(self.0.path().join("plan.csv")).unwrap_or_default();
        let change = |line: &str| {
            let mut fields = line.split(',');
            let mut next = || fields.next().unwrap_or_default().to_owned();
            (next(), next())
        };
        let mut changes: Vec<(String, String)> = plan.lines().skip(1).map(change).collect();
        changes.sort();
        (output.status.code() == Some(0), said, changes)
    }
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(name, held)| ((*name).to_owned(), (*held).to_owned())).collect()
}

/// A camera whose stamps lag behind the LiDAR's by 81 of 100 ms, as PandaSet's do.
fn lagging() -> Dataset {
    let names = |from: i64, suffix: &str| -> Vec<String> {
        (0..12).map(|at| format!("{}.{suffix}", from + 100 * at)).collect()
    };
    let (lidar, camera) = (names(1_681_532_060_081, "pcd"), names(1_681_532_060_000, "jpg"));
    let lidar: Vec<&str> = lidar.iter().map(String::as_str).collect();
    let camera: Vec<&str> = camera.iter().map(String::as_str).collect();
    Dataset::new(&[("lidar-top", &lidar), ("camera-a", &camera)])
}

#[test]
fn a_plan_says_how_frames_are_paired_to_people_and_to_programs() {
    let set = lagging();
    let fix = |flags: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sensortree"));
        command.current_dir(set.0.path()).args(["fix", "set"]).args(flags);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (shown, said) = fix(&["--pair", "nearest"]);
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "paired by `--pair nearest`:",
        "`camera-a`: 11 of 12 frames pair with those of `lidar-top`; clock 81 ms behind",
        "without partner: 1 of its own and 1 of the other's",
        "11 would move by more than half a step beyond its clock (--far)",
        "the nearest stamps pair 12 otherwise",
        "needs --far: they move by more than half a step beyond their sensor's clock",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!said.contains("frames pair"), "it is part of the plan: {said}");

    let (plan, _) = fix(&["--pair", "nearest", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    let schema = jsonschema::validator_for(&sensortree_report::plan_schema()).unwrap();
    let faults: Vec<String> = schema.iter_errors(&plan).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let expected = serde_json::json!({
        "by": "nearest",
        "movesFar": false,
        "sensors": [{
            "sensor": "camera-a",
            "reference": "lidar-top",
            "scenes": 1,
            "frames": 12,
            "pairs": 11,
            "withoutPartner": 1,
            "referenceWithoutPartner": 1,
            "far": 11,
            "unit": "ns",
            "offset": -81_000_000,
            "residualMedian": 19_000_000,
            "residualP95": 19_000_000,
            "disagreement": {
                "frames": 12,
                "scene": "a",
                "frame": "1681532060000.jpg",
                "byOffset": "1681532060081.pcd",
                "byNearest": null,
            },
        }],
        "refused": [],
    });
    assert_eq!(plan["pairing"], expected, "{:#}", plan["pairing"]);
    // What is left waits for the moves of this way, and offers no other one by the clock.
    let of_clocks = |plan: &serde_json::Value| -> Vec<serde_json::Value> {
        let left = plan["outlook"]["left"].as_array().unwrap();
        left.iter().filter(|it| it["code"] == "A204").cloned().collect()
    };
    let [left] = &*of_clocks(&plan) else { panic!("{:#}", plan["outlook"]["left"]) };
    assert_eq!(left["why"], "choice");
    assert_eq!(
        left["repairs"],
        serde_json::json!([{
            "applicability": "choice",
            "restsOn": "they move by more than half a step beyond their sensor's clock",
        }])
    );
    let (shown, _) = fix(&["--pair", "nearest", "--far"]);
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("11 move by more than half a step"), "{shown}");
    let (plan, _) = fix(&["--pair", "nearest", "--far", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    assert_eq!((of_clocks(&plan), &plan["pairing"]["movesFar"]), (Vec::new(), &true.into()));
    let (plan, _) = fix(&["--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(plan.get("pairing"), None, "no way was chosen");
}

const LIDAR: (&str, &[&str]) = ("lidar-top", &["1681532060061.pcd", "1681532060161.pcd"]);

#[test]
fn the_program_follows_pairs_of_ones_own_and_says_which_line_it_cannot() {
    let set = Dataset::new(&[LIDAR, ("camera-a", &["7.jpg", "8.jpg"])]);
    let table = set.0.path().join("pairs.csv");
    fs::write(&table, "sensor,scene,name,to\ncamera-a,a,9.jpg,1681532060061").unwrap();
    let (is_made, said, _) = set.fix(&["--pair", "table=pairs.csv"]);
    assert!(!is_made && said.contains("`pairs.csv`, line 2: there is no frame `9.jpg`"), "{said}");
    fs::write(&table, "camera-a,a,7.jpg,1681532060161.pcd\n").unwrap();
    let (is_made, said, changes) = set.fix(&["--pair", "table=pairs.csv"]);
    assert!(is_made, "{said}");
    assert_eq!(changes, pairs(&[("camera-a/a/7.jpg", "camera-a/a/1681532060161.jpg")]));
}

#[test]
fn the_program_takes_times_from_beside_the_frames_and_drops_what_is_not_complete() {
    let set = Dataset::new(&[
        ("lidar-top", &["000000.pcd", "000001.pcd", "000002.pcd"]),
        ("camera-a", &["000000.jpg", "000001.jpg"]),
    ]);
    let list = |sensor: &str, times: &str| {
        fs::write(set.0.path().join(format!("set/{sensor}/a/times.txt")), times).unwrap();
    };
    list("lidar-top", "1681532060.061\n1681532060.161\n1681532060.261\n");
    list("camera-a", "1681532060.1612\n1681532060.2612\n");
    let (is_made, said, changes) = set.fix(&[
        "--times",
        "set/lidar-top/a/times.txt",
        "--times",
        "camera-a/a=set/camera-a/a/times.txt",
        "--drop-incomplete",
    ]);
    assert!(is_made, "{said}");
    assert_eq!(
        changes,
        pairs(&[
            ("camera-a/a/000000.jpg", "camera-a/a/1681532060161.jpg"),
            ("camera-a/a/000001.jpg", "camera-a/a/1681532060261.jpg"),
            ("lidar-top/a/000000.pcd", ""),
            ("lidar-top/a/000001.pcd", "lidar-top/a/1681532060161.pcd"),
            ("lidar-top/a/000002.pcd", "lidar-top/a/1681532060261.pcd"),
        ])
    );
    assert!(
        said.contains("1 file of 1 scene that not all sensors have: to be taken out"),
        "{said}"
    );
    fs::write(set.0.path().join("times.txt"), "1681532060.061\n").unwrap();
    let (is_made, said, _) = set.fix(&["--times", "times.txt"]);
    assert!(!is_made && said.contains("stands in no folder of the target"), "{said}");
}
