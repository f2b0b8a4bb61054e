//! Pairings of frames by the stamps of real recordings, which are kept beside the repository and
//! not in it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "what was not looked at is said")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
