//! Only rules that had something to judge count as passed.
#![expect(
    clippy::disallowed_methods,
    reason = "the sketches are files; the core that judges them reads none"
)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../../fixtures/sketches.rs"]
mod sketches;

use sensortree_core::finding::settings::Settings;
use sensortree_core::report::Report;
use sensortree_core::rules::{self, FAMILIES};
use sensortree_core::sketch::Sketch;

const LIDAR: &str = "\
lidar-top/
  a/
    1681532060061.pcd x20 +100
  b/
    1681532160061.pcd x20 +100
";

const CAMERA: &str = "\
camera-front/
  a/
    1681532060061.jpg x20 +100
  b/
    1681532160061.jpg x20 +100
";

const METADATA: &str = "metadata.json\n";

/// The rules that say what a tree is that is not sensor oriented.
const OTHER_LAYOUTS: [&str; 4] = ["L111", "L112", "L113", "L123"];

/// Judges what is drawn by every rule, also by those that run only where they are asked for.
fn check(text: &str) -> Report {
    let select = vec!["ALL".parse().unwrap(), "C111".parse().unwrap()];
    Sketch::parse(text).unwrap().check(&Settings { select, ..Settings::default() })
}

/// The rules that had something to judge.
fn judged(text: &str) -> Vec<&'static str> {
    check(text).rules.iter().map(|rule| rule.code).collect()
}

/// The rules of a family that had nothing to judge.
fn idle(family: &str, text: &str) -> Vec<&'static str> {
    let judged = judged(text);
    let all = rules::ALL.iter().map(|rule| rule.code);
    all.filter(|code| code.starts_with(family) && !judged.contains(code)).collect()
}

/// All rules of some families.
fn all_of(families: &str) -> Vec<&'static str> {
    let codes = rules::ALL.iter().map(|rule| rule.code);
    codes.filter(|code| code.starts_with(|letter| families.contains(letter))).collect()
}

/// Who found something had something to judge: this holds what rules say they judge against what
/// they do.
#[test]
fn what_finds_something_had_something_to_judge() {
    let read = |path: std::path::PathBuf| {
        (path.display().to_string(), std::fs::read_to_string(&path).unwrap())
    };
    let pages = rules::ALL.iter().flat_map(|rule| {
        rule.sketches().into_iter().map(|(_, text)| (format!("the page of {}", rule.code), text))
    });
    let mut wrong = Vec::new();
    for (place, text) in sketches::paths().into_iter().map(read).chain(pages) {
        let report = check(&text);
        let is_judged = |code: &str| report.rules.iter().any(|rule| rule.code == code);
        let found = report.findings.iter().filter(|finding| !is_judged(finding.rule.code));
        wrong.extend(found.map(|finding| format!("{place}: {}", finding.rule.code)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_full_tree_is_judged_by_all_rules_but_those_of_archives_and_requests() {
    let text = format!("content: full\n{LIDAR}{CAMERA}{METADATA}");
    assert_eq!(idle("R", &text), all_of("R"));
    assert_eq!(idle("Z", &text), all_of("Z"));
    // Poses are compared where there are several, and these images are JPEGs.
    for (family, nothing) in [
        ("L", &[][..]),
        ("A", &[]),
        ("M", &[]),
        ("C", &["C109"]),
        ("F", &["F118", "F128"]),
        ("H", &[]),
    ] {
        assert_eq!(idle(family, &text), nothing, "{text}");
    }
    assert!(FAMILIES.iter().all(|(letter, _)| "RZLAMCFH".contains(letter)), "a family is not held");

    let two = text.replace(METADATA, &(CAMERA.replace("front", "left") + METADATA));
    assert_eq!(idle("C", &two), [""; 0]);
    assert_eq!(idle("F", &text.replace(".jpg", ".png")), ["F107", "F108", "F116", "F117", "F128"]);
}

#[test]
fn without_a_lidar_no_rule_about_lidars_passed() {
    let other = CAMERA.replace("front", "left");
    let text = format!("content: full\n{other}{CAMERA}{METADATA}");
    assert_eq!(idle("L", &text), ["L114"]);
    assert_eq!(idle("A", &text), [""; 0], "cameras are compared with one another");
    assert_eq!(
        idle("F", &text),
        [
            "F102", "F103", "F104", "F105", "F111", "F112", "F113", "F114", "F115", "F118", "F120",
            "F121", "F124", "F125", "F126", "F128"
        ]
    );
    // Nothing is projected into point clouds that are not there, so no pose is judged.
    assert_eq!(idle("M", &text), ["M111"]);
    assert_eq!(idle("C", &text), ["C105", "C106", "C107", "C108", "C109", "C110", "C111", "C112"]);
}

#[test]
fn without_a_camera_no_rule_about_cameras_passed() {
    let text = format!("content: full\n{LIDAR}{METADATA}");
    assert_eq!(idle("L", &text), ["L115"]);
    let of_images = ["F106", "F107", "F108", "F116", "F117", "F118", "F127", "F128"];
    assert_eq!(idle("F", &text), of_images);
    assert_eq!(idle("C", &text), all_of("C"));
    assert_eq!(idle("M", &text), ["M110", "M111", "M112"], "one name repeats no other");
}

#[test]
fn one_sensor_is_compared_with_no_other() {
    for (sensor, metadata) in [(LIDAR, METADATA), (CAMERA, METADATA), (LIDAR, "")] {
        let text = format!("{sensor}{metadata}");
        // Gaps and the order of names show in one sensor, too.
        let between_sensors = ["A201", "A202", "A203", "A204", "A205", "A206", "A207", "A210"];
        assert_eq!(idle("A", &text), between_sensors, "{text}");
    }
    let two = format!("{LIDAR}{}{METADATA}", CAMERA.replace("a/", "c/").replace("b/", "d/"));
    let judged = judged(&two);
    assert!(judged.contains(&"A201"), "{judged:?}");
    assert!(!judged.contains(&"A203"), "no scene is there twice: {judged:?}");
}

#[test]
fn without_scenes_nothing_in_them_passed() {
    let text = format!("lidar-top/\ncamera-front/\n{METADATA}");
    assert_eq!(idle("A", &text), all_of("A"));
    assert_eq!(idle("F", &text), all_of("F"));
    let in_scenes = ["L108", "L110", "L116", "L117", "L118", "L119"];
    assert_eq!(idle("L", &text), in_scenes);
}

#[test]
fn without_metadata_no_rule_about_it_passed_but_the_one_that_says_so() {
    let text = format!("content: full\n{LIDAR}{CAMERA}");
    assert_eq!(idle("M", &text), all_of("M"));
    // The images are still held against one another.
    let of_calibrations: Vec<_> = all_of("C").into_iter().filter(|code| *code != "C104").collect();
    assert_eq!(idle("C", &text), of_calibrations);
    assert_eq!(idle("L", &text), [""; 0]);
    let report = check(&text);
    let found: Vec<_> = report.findings.iter().map(|finding| finding.rule.code).collect();
    assert_eq!(found, ["L101"]);
    assert!(report.rules.iter().any(|rule| rule.code == "L101"));
}

#[test]
fn without_a_calibration_in_metadata_no_rule_about_it_passed() {
    let with = "metadata.json with:\n  cameraCoefficients = []\n";
    let text = format!("{LIDAR}{CAMERA}{with}");
    let of_calibrations: Vec<_> = all_of("C").into_iter().filter(|code| *code != "C104").collect();
    assert_eq!(idle("C", &text), of_calibrations);
    assert_eq!(idle("M", &text), ["M112"]);

    // Of text that is no JSON nothing is known but that.
    let broken = format!("{LIDAR}{CAMERA}metadata.json:\n");
    assert_eq!(idle("M", &broken), all_of("M")[1..]);
    assert_eq!(idle("C", &broken), of_calibrations);
}

#[test]
fn what_frames_hold_is_judged_as_far_as_they_were_looked_into() {
    let headers = format!("{LIDAR}{CAMERA}{METADATA}");
    // In 3D data the sizes of images are the calibration's matter.
    let others = ["F111", "F112", "F113", "F117", "F118", "F121", "F123", "F126", "F127", "F128"];
    assert_eq!(idle("F", &headers), others);
    let flat = format!("{CAMERA}metadata.json:\n{{\"dataType\": 2}}\n");
    assert!(!idle("F", &flat).contains(&"F128"), "{:?}", idle("F", &flat));

    let mut inspection = Sketch::parse(&headers).unwrap().inspection();
    (inspection.coverage.content, inspection.coverage.probed) = ("none", 0);
    let report = sensortree_core::check(inspection, &Settings::default());
    assert!(!report.rules.iter().any(|rule| rule.code == "F102"), "{:?}", report.rules);
}

#[test]
fn another_layout_is_judged_as_that_alone() {
    let foreign = include_str!("../../../fixtures/L123-foreign-layout/bad-nuscenes-sweeps.tree");
    let wrong_root = format!("drive/\n  {}", format!("{LIDAR}{CAMERA}").replace('\n', "\n  "));
    let scene_first = "a/\n  lidar-top/\n    1681532060061.pcd x2 +100\n\
                       b/\n  lidar-top/\n    1681532060061.pcd x2 +100\n";
    for (text, rule) in [
        (foreign, "L123"),
        (wrong_root.trim_end(), "L112"),
        (scene_first, "L111"),
        ("notes/\n  a.txt\n", "L113"),
    ] {
        let report = check(text);
        let found: Vec<_> = report.findings.iter().map(|finding| finding.rule.code).collect();
        assert_eq!(found, [rule], "{text}");
        assert_eq!(judged(text), OTHER_LAYOUTS, "{text}");
    }
    let nothing = Sketch::parse("").map(|sketch| sketch.check(&Settings::default()).rules.len());
    assert_eq!(nothing.ok(), Some(0), "of nothing no rule has anything to judge");
}

#[test]
fn a_request_is_judged_by_the_fields_that_it_has() {
    let request = "request:\n{\"name\": \"drive\", \"dataType\": 3}\n";
    assert_eq!(judged(request), ["R101", "R102", "R103", "R104", "R107", "R108", "R109", "R113"]);
    let with_tree = format!("{LIDAR}{METADATA}{request}");
    let missing = ["R105", "R106", "R110", "R111"];
    assert_eq!(idle("R", &with_tree), missing, "R112 holds it against the tree");
}

#[test]
fn an_archive_is_judged_as_far_as_it_could_be_read() {
    let of = |rest: &str| idle("Z", &format!("target: drive.zip\n{rest}"));
    let tree = format!("{LIDAR}{METADATA}").replace('\n', "\n  ");
    assert_eq!(of(&format!("drive/\n  {}\n", tree.trim_end())), [""; 0]);
    assert_eq!(of(&format!("{LIDAR}{METADATA}")), ["Z104"], "there is no top folder to be named");
    let of_entries = ["Z104", "Z105", "Z106", "Z107", "Z108", "Z110", "Z111", "Z112", "Z113"];
    assert_eq!(of("archive: empty\n"), of_entries);
}
