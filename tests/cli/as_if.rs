//! A tree as it would be after the renames of a list.

use serde_json::Value;

use super::{Place, text};

const WRONG: &str = "\
lidar-top/
  scene_1/
    1681532060061.pcd x3 +100
cam_front/
  scene_1/
    1681532060061.jpg x3 +100
meta/
  metadata.json
";

#[test]
fn a_tree_is_judged_as_it_would_be_after_renames() {
    let place = Place::with(WRONG);
    let before = place.run("check drive --format json");
    assert_eq!(before.status.code(), Some(1));
    let sound = r#"{"version":"1.0","fileTreeType":0,"dataType":3,"lidarSequence":["top"],"cameraSequence":["front"]}"#;
    place.write("drive/meta/metadata.json", sound);
    place.write(
        "renames.csv",
        "from,to\ncam_front,camera-front\nmeta/metadata.json,metadata.json\n",
    );
    let after = place.run("check drive --as-if renames.csv --ignore M102,M111 --format json");
    let report: Value = serde_json::from_slice(&after.stdout).unwrap();
    assert_eq!(after.status.code(), Some(0), "{report:#}");
    assert_eq!(report["prediction"]["outcome"], "accepted", "{report:#}");
    let notes = report["coverage"]["notes"].to_string();
    assert!(notes.contains("as if the 2 renames of renames.csv were made"), "{notes}");
    // Nothing was touched.
    assert!(place.path("drive/cam_front").is_dir() && place.path("drive/meta").is_dir());
}

#[test]
fn a_list_that_cannot_be_carried_out_is_refused_with_its_line() {
    let place = Place::with(WRONG);
    let check = |list: &str, expected: &str| {
        place.write("renames.csv", list);
        let run = place.run("check drive --as-if renames.csv");
        assert_eq!(run.status.code(), Some(2), "{list}");
        let said = text(&run.stderr);
        assert!(said.contains(expected), "{list}: {said}");
    };
    check("from,to\ncam_front,camera-front\nnone,x\n", "line 3 of `renames.csv`: `none` is not in");
    check("cam_front,../camera-front\n", "line 1 of `renames.csv`: `../camera-front` cannot be");
    check("cam_front,lidar-top/scene_1/1681532060061.pcd\n", "two files would stand at");
    check("cam_front\n", "line 1 of `renames.csv`: two paths are wanted, and one is missing");
    let run = place.run("check drive --as-if absent.csv");
    assert_eq!(run.status.code(), Some(2));
    // What it reads is written over by no output.
    let run = place.run("check drive --as-if renames.csv --format json=renames.csv");
    assert_eq!(run.status.code(), Some(2));
}
