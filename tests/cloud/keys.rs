//! Keys that no file system would hold reach the rules as they are.

use sensortree_stores::{FaultServer, Keys, Moto, World, moto};

use crate::run::{GOOD, GOOD_FILES, Outcome, Run, keys, objects};

/// Below the target's prefix. A control character has no place in XML 1.0, and stands in it as a
/// reference all the same.
const ODD: &[&str] = &[
    "/lidar-top/scene_1/1681532060061.pcd",
    "camera-front//1681532060061.jpg",
    "lidar-top/../1681532060061.pcd",
    "lidar-top/./1681532060061.pcd",
    "lidar-top/scene_1/new\nline.pcd",
    "lidar-top/scene_1/tab\t.pcd",
    "lidar-top/scene_1/<&>\"'.pcd",
    "lidar-top/scene_1/%41+ #?.pcd",
    "lidar-top/scene_1/\u{1F980}\u{202E}.pcd",
    "back\\slash",
];

fn longest(prefix: &str) -> String {
    format!("{}.pcd", "l".repeat(1024 - prefix.len() - ".pcd".len()))
}

/// Every name is said in the report, and nothing is missing.
fn check_reported(outcome: &Outcome, odd: &[String]) {
    assert!(matches!(outcome.code, Some(1)), "{:?}: {}", outcome.code, outcome.said);
    assert_eq!(outcome.report["coverage"]["complete"], true);
    assert_eq!(outcome.files(), GOOD_FILES + odd.len() as u64, "{}", outcome.said);
    let paths: Vec<&str> = outcome.report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|finding| finding["examples"].as_array().unwrap())
        .filter_map(|example| example["path"].as_str())
        .collect();
    for key in odd {
        // A finding may be about the folder that is odd.
        let is_said =
            paths.iter().any(|path| key == path || (path.ends_with('/') && key.starts_with(path)));
        assert!(is_said, "{key:?} is in no finding: {paths:?}");
    }
}

#[test]
fn odd_keys_of_a_made_up_bucket_reach_the_rules() {
    let odd: Vec<String> =
        ODD.iter().map(|&key| key.to_owned()).chain([longest("drive/")]).collect();
    let keys = odd
        .iter()
        .fold(keys(GOOD, "drive/"), |keys, key| keys.object(&format!("drive/{key}"), "x"));
    let server = FaultServer::start(World::new("data", keys).page(7)).unwrap();
    let run = Run::on("s3://data/drive", &server.endpoint()).with(&["--max-examples", "100"]);
    check_reported(&run.outcome(), &odd);
}

#[test]
fn odd_keys_of_a_real_bucket_reach_the_rules() {
    let Some(store) = moto() else { return };
    // moto takes no line breaks.
    let odd: Vec<String> = ODD.iter().map(|&key| key.to_owned()).chain([longest("odd/")]).collect();
    let odd: Vec<String> = odd.into_iter().filter(|key| !key.contains('\n')).collect();
    store.put(Moto::BUCKET, objects(GOOD, "odd/")).unwrap();
    let odd_ones = odd.iter().map(|key| (format!("odd/{key}"), b"x".to_vec()));
    store.put(Moto::BUCKET, odd_ones).unwrap();
    let target = format!("s3://{}/odd", Moto::BUCKET);
    let run = Run::on(&target, store.endpoint()).with(&["--max-examples", "100"]);
    check_reported(&run.outcome(), &odd);
}

#[test]
fn a_prefix_may_be_odd_itself() {
    let check = |prefix: &str, code: i32, says: &[&str]| {
        let server =
            FaultServer::start(World::new("data", keys(GOOD, prefix).object("zz", "x"))).unwrap();
        let outcome = Run::on(&format!("s3://data/{prefix}"), &server.endpoint()).outcome();
        outcome.check(code, says);
        assert_eq!(outcome.files(), GOOD_FILES, "{prefix:?}");
    };
    for prefix in ["sp ace/", "pl+us%41/#?/", "\u{e9}/", "quo\"te/"] {
        check(prefix, 0, &[]);
    }
    // All is listed; but no address can name such an object.
    for prefix in ["a//b/", "/", "../x/", "./"] {
        check(prefix, 3, &["metadata.json: its key has an empty part, a `.` or a `..`"]);
    }
}

#[test]
fn markers_are_no_files() {
    let keys: Keys = keys(GOOD, "drive/")
        .marker("drive/")
        .marker("drive/lidar-top/")
        .marker("drive/lidar-top/scene_1/");
    let server = FaultServer::start(World::new("data", keys)).unwrap();
    let outcome = Run::on("s3://data/drive", &server.endpoint()).outcome();
    outcome.check(0, &[]);
    assert_eq!(outcome.files(), GOOD_FILES);
}
