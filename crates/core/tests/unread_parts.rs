//! What could not be read is never said to be missing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use sensortree_core::check;
use sensortree_core::finding::settings::Settings;
use sensortree_core::sketch::Sketch;
use sensortree_core::tree::Unread;

/// The codes of the findings on a tree of which some paths could not be read.
fn codes(sketch: &str, unread: &[&str]) -> Vec<&'static str> {
    let mut inspection = Sketch::parse(sketch).unwrap().inspection();
    let unread = unread.iter().map(|path| Unread {
        path: path.as_bytes().to_vec(),
        reason: "permission denied".to_owned(),
    });
    inspection.coverage.unread = unread.collect();
    check(inspection, &Settings::default())
        .findings
        .iter()
        .map(|finding| finding.rule.code)
        .collect()
}

#[test]
fn what_could_not_be_read_is_not_said_to_be_missing() {
    let lidar = "lidar-top/\n  scene_1/\n    1681532060061.pcd\n  scene_2/\n    1681532070061.pcd\nmetadata.json\n";
    let scene = "camera-front/\n  scene_1/\n    1681532060061.jpg\n  scene_2/\n";
    let empty = "camera-front/\n  scene_1/\n  scene_2/\n";
    let table: &[(&str, &[&str], &[&str])] = &[
        (scene, &[], &["L110"]),
        (scene, &["camera-front/scene_2/"], &[]),
        (scene, &["camera-front/scene_1/"], &["L110"]),
        (empty, &[], &["L109"]),
        (empty, &["camera-front/scene_2/"], &["L110"]),
        ("camera-front/\n", &["camera-front/"], &[]),
    ];
    for (camera, unread, expected) in table {
        assert_eq!(codes(&format!("{camera}{lidar}"), unread), *expected, "{camera}{unread:?}");
    }
    let stray = format!("private/\n{lidar}");
    assert_eq!(codes(&stray, &[]), ["L106"]);
    assert_eq!(codes(&stray, &["private/"]), [""; 0]);
    let misspelt =
        "camera-front/\n  scene_1/\n    1681532060061.jpg\n  Sence_2/\n    1681532070061.jpg\n";
    assert_eq!(codes(&format!("{misspelt}{lidar}"), &[]), ["A201"]);
    assert_eq!(codes(&format!("{misspelt}{lidar}"), &["camera-front/", "lidar-top/"]), [""; 0]);
    let lacking = "camera-front/\n  scene_1/\n    1681532060061.jpg\n";
    assert_eq!(codes(&format!("{lacking}{lidar}"), &["camera-front/scene_1/"]), ["A201"]);
    assert_eq!(codes(&format!("{lacking}{lidar}"), &["camera-front/scene_2/"]), [""; 0]);
    assert_eq!(
        codes(&format!("{lacking}{lidar}"), &["lidar-top/"]),
        ["A201"],
        "what was listed is lacking elsewhere"
    );
    let gap = "lidar-top/\n  scene_1/\n    1681532060061.pcd x9 +100\n    1681532085961.pcd x9 +100\nmetadata.json\n";
    assert_eq!(codes(gap, &[]), ["A208"]);
    assert_eq!(codes(gap, &["lidar-top/scene_1/"]), [""; 0]);
    let elsewhere = "data/\nnotes.txt\n";
    assert_eq!(codes(elsewhere, &[]), ["L113"]);
    assert_eq!(codes(elsewhere, &["data/"]), [""; 0]);
    assert_eq!(codes(elsewhere, &["lost+found/"]), ["L113"], "no part of a dataset");
}
