//! Family A: whether the sensors of a scene have the same scenes and frames.

pub(super) mod clock_offset;
pub(super) mod frame_missing_in_sensor;
pub(super) mod frame_order;
pub(super) mod frame_rate_mismatch;
pub(super) mod frames_differ;
pub(super) mod no_common_frame;
pub(super) mod scene_missing_in_sensor;
pub(super) mod timeline_gap;
pub(super) mod timestamp_unit_mismatch;
pub(super) mod timestamps_jittered;

mod clock_steps;
mod clock_words;
mod elsewhere;
mod group;
mod lacking;
mod mending;
mod misplaced;
pub(super) mod outage;
mod recut;
pub(super) mod remains;
mod renamed;
mod scene_names;

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::finding::settings::{Settings, Suppression};
    use crate::sketch::Sketch;

    /// What is said of a tree: of each finding its code, message and count.
    fn check(tree: &str, expected: &[&str]) {
        let report = crate::check(Sketch::parse(tree).unwrap().inspection(), &Settings::default());
        let said: Vec<String> = report
            .findings
            .iter()
            .map(|finding| format!("{} {} ({})", finding.rule.code, finding.message, finding.count))
            .collect();
        assert_eq!(
            said,
            expected,
            "{tree}\n{:#?}",
            report.findings.iter().map(|it| &it.notes).collect::<Vec<_>>()
        );
    }

    /// A scene, its first stamp, and how many frames it has.
    type Frames<'a> = (&'a str, u64, u64);

    /// Sensors with their scenes, each of a first stamp and so many frames at 10 Hz.
    fn tree(sensors: &[(&str, &[Frames<'_>])]) -> String {
        let mut tree = String::new();
        for (sensor, scenes) in sensors {
            let suffix = if sensor.starts_with("lidar") { "pcd" } else { "jpg" };
            let _ = writeln!(tree, "{sensor}/");
            for (scene, first, frames) in *scenes {
                let _ = writeln!(tree, "  {scene}/");
                if *frames > 0 {
                    let _ = writeln!(tree, "    {first}.{suffix} x{frames} +100");
                }
            }
        }
        tree + "metadata.json\n"
    }

    const START: u64 = 1_681_532_060_000;

    #[test]
    fn scenes_are_told_by_their_stamps() {
        let (a, b) = (START, START + 60_000);
        // Exchanged names.
        check(
            &tree(&[
                ("lidar-top", &[("a", a, 9), ("b", b, 9)]),
                ("camera-front", &[("a", b, 9), ("b", a, 9)]),
            ]),
            &["A201 `camera-front` names 2 scenes otherwise than the others do (2)"],
        );
        // A count that starts elsewhere.
        check(
            &tree(&[
                ("lidar-top", &[("s1", a, 9), ("s2", b, 9)]),
                ("camera-front", &[("s0", a, 9), ("s1", b, 9)]),
            ]),
            &["A201 `camera-front` names 2 scenes otherwise than the others do (2)"],
        );
        // One of two cameras lacks a scene besides.
        check(
            &tree(&[
                ("lidar-top", &[("r1_lidar", a, 9), ("r2_lidar", b, 9)]),
                ("camera-front", &[("r1_cam", a, 9), ("r2_cam", b, 9)]),
                ("camera-rear", &[("r1_rear", a, 9)]),
            ]),
            &[
                "A201 the folders of 2 scenes bear their sensors' names: `r1_cam`, `r1_rear` and \
                 `r1_lidar` are one scene (5)",
                "A201 `camera-rear` lacks scene `r2` (1)",
            ],
        );
        // The same stamps in all scenes prove nothing.
        check(
            &tree(&[
                ("lidar-top", &[("a", a, 9), ("b", a, 9), ("tunnel", a, 9)]),
                ("camera-front", &[("a", a, 9), ("b", a, 9), ("harbour", a, 9)]),
            ]),
            &[
                "A201 `camera-front` lacks scene `tunnel` (1)",
                "A201 `lidar-top` lacks scene `harbour` (1)",
            ],
        );
    }

    /// Scenes of a second each, of which a camera has the last ones less `without`, with its clock
    /// so many milliseconds ahead.
    fn ahead(scenes: u64, without: u64, ahead: u64) -> String {
        let names: Vec<String> = (0..scenes).map(|scene| format!("s{scene:02}")).collect();
        let of = |count: u64, ahead: u64| -> Vec<(&str, u64, u64)> {
            let firsts = (0..count).map(|scene| START + ahead + scene * 1_000);
            names.iter().zip(firsts).map(|(name, first)| (name.as_str(), first, 10)).collect()
        };
        tree(&[("lidar-top", &of(scenes, 0)), ("camera-front", &of(scenes - without, ahead))])
    }

    #[test]
    fn a_clock_that_explains_all_scenes_is_no_other_name_or_cut() {
        // Later scenes of the one have the stamps of earlier ones of the other.
        check(
            &ahead(40, 0, 18_000),
            &["A204 `camera-front` runs 18,000 ms (18 s) ahead of `lidar-top` in all 40 scenes \
               (400)"],
        );
        // Known for nothing, and all the same it explains twice as many.
        check(
            &ahead(40, 0, 20_000),
            &["A204 `camera-front` runs 20,000 ms (20 s) ahead of `lidar-top` in all 40 scenes \
               (400)"],
        );
        // What two cameras meet in each other says nothing of either and the LiDAR.
        let of = |sensor: &str, ahead: u64| {
            let drawn = self::ahead(40, 0, ahead);
            let at = drawn.find("camera-front").unwrap();
            drawn[at..].replace("camera-front", sensor).replace("metadata.json\n", "")
        };
        let three = ahead(40, 0, 18_000).replace("metadata.json\n", "");
        check(
            &(three + &of("camera-rear", 29_000) + "metadata.json\n"),
            &[
                "A204 `camera-front` runs 18,000 ms (18 s) ahead of `lidar-top` in all 40 scenes \
                 (400)",
                "A204 `camera-rear` runs 29,000 ms (29 s) ahead of `lidar-top` in all 40 scenes \
                 (400)",
            ],
        );
        // A scene that no other has, at the end of a count that starts elsewhere.
        check(
            &ahead(40, 0, 1_000),
            &[
                "A201 `camera-front` lacks scene `s00` (1)",
                "A201 `camera-front` names 39 scenes otherwise than the others do (39)",
            ],
        );
        // A few scenes that are left out and a count that goes on without them say as much.
        check(
            &ahead(40, 2, 2_000),
            &[
                "A201 `camera-front` lacks 2 of 40 scenes (2)",
                "A201 `camera-front` names 38 scenes otherwise than the others do (38)",
            ],
        );
        check(
            &ahead(40, 18, 18_000),
            &[
                "A201 `camera-front` lacks 18 of 40 scenes (18)",
                "A201 `camera-front` names 22 scenes otherwise than the others do (22)",
            ],
        );
    }

    #[test]
    fn a_recording_that_is_cut_elsewhere_lacks_nothing() {
        let cut = START + 3_500;
        check(
            &tree(&[
                ("lidar-top", &[("d0", START, 35), ("d1", cut, 25)]),
                ("camera-front", &[("d", START, 60)]),
                ("camera-rear", &[("d", START, 60)]),
            ]),
            &["A201 scenes `d0` and `d1` of `lidar-top` are together what scene `d` is in \
               `camera-front` and `camera-rear`: the recording was cut elsewhere (2)"],
        );
        // Parts that do not make it up are missing.
        check(
            &tree(&[
                ("lidar-top", &[("d0", START, 20), ("d1", cut, 25)]),
                ("camera-front", &[("d", START, 60)]),
            ]),
            &[
                "A201 `camera-front` lacks 2 of 3 scenes (2)",
                "A201 `lidar-top` lacks scene `d` (1)",
            ],
        );
    }

    #[test]
    fn a_sensor_that_stays_away_is_one_event() {
        let first = |scene: u64| START + scene * 60_000;
        let whole = |names: &[&'static str]| -> Vec<(&'static str, u64, u64)> {
            (0..).zip(names).map(|(at, name)| (*name, first(at), 10)).collect()
        };
        let all = whole(&["a", "b", "c", "d"]);
        let with = |scenes: &[(&str, u64, u64)], expected: &[&str]| {
            check(&tree(&[("lidar-top", &all), ("camera-front", scenes)]), expected);
        };
        with(
            &[("a", first(0), 10), ("b", first(1), 4), ("d", first(3), 10)],
            &[
                "A201 `camera-front` stops at 1681532120300 in scene `b` and is missing until the end of \
               scene `c`: 6 frames and 1 scene (7)",
            ],
        );
        with(
            &[("a", first(0), 10), ("b", first(1), 4)],
            &[
                "A201 `camera-front` stops at 1681532120300 in scene `b` and is missing from there on: 6 \
               frames and 2 scenes (8)",
            ],
        );
        with(
            &[("c", first(2) + 300, 7), ("d", first(3), 10)],
            &[
                "A201 `camera-front` is missing from the start until 1681532180300 in scene `c`: 3 frames \
               and 2 scenes (5)",
            ],
        );
        with(
            &[("a", first(0), 10), ("b", first(1), 4), ("c", 0, 0), ("d", first(3), 10)],
            &[
                "A202 `camera-front` stops at 1681532120300 in scene `b` and is missing until the end of \
               scene `c`: 6 frames and 1 scene (7)",
            ],
        );
        // A scene that is missing by itself.
        with(
            &[("a", first(0), 10), ("b", first(1), 10), ("d", first(3), 10)],
            &["A201 `camera-front` lacks scene `c` (1)"],
        );
    }

    #[test]
    fn a_frame_in_the_wrong_folder_is_moved() {
        let first = |scene: u64| START + scene * 60_000;
        let lidar: Vec<(&str, u64, u64)> =
            (0..).zip(["a", "b", "c", "d"]).map(|(at, name)| (name, first(at), 1)).collect();
        let moved = tree(&[("lidar-top", &lidar), ("camera-front", &lidar)]);
        let frame = format!("  b/\n    {}.jpg x1 +100\n", first(1));
        assert!(moved.contains(&frame), "{moved}");
        let moved = moved.replace(&frame, "").replace(
            &format!("    {}.jpg x1 +100\n", first(2)),
            &format!("    {}.jpg\n    {}.jpg\n", first(1), first(2)),
        );
        check(
            &moved,
            &["A201 `camera-front` keeps 1 frame of scene `b` in the folder of scene `c` (1)"],
        );
    }

    #[test]
    fn what_is_measured_is_a_figure_of_the_finding() {
        let check = |camera: &str, expected: &[(&str, i128)]| {
            let tree = format!(
                "lidar-top/\n  a/\n    1681532060061.pcd x20 +100\ncamera-front/\n  a/\n    {camera}\nmetadata.json\n"
            );
            let inspection = Sketch::parse(&tree).unwrap().inspection();
            let report = crate::check(inspection, &Settings::default());
            let figures = report.findings.iter().flat_map(|finding| &finding.figures);
            let figures: Vec<_> = figures.map(|it| (it.quantity.name, it.value)).collect();
            assert_eq!(figures, expected, "{camera}");
        };
        let offset = [
            ("offset", 18_000_000_000),
            ("drift", 0),
            ("residual_median", 0),
            ("residual_largest", 0),
            ("reference_frames_compared", 20),
            ("frames_paired", 20),
            ("frames_complete", 0),
            ("frames_complete_mended", 20),
        ];
        check("1681532078061.jpg x20 +100", &offset);
        let rate = [
            ("cadence", 50_000_000),
            ("reference_cadence", 100_000_000),
            ("frames_compared", 40),
            ("reference_frames_compared", 20),
            ("frames_paired", 20),
        ];
        check("1681532060061.jpg x40 +50", &rate);
    }

    #[test]
    fn the_order_of_the_scenes_decides_nothing() {
        let hour = 3_600_000;
        // Each scene its own fault of the camera: a zone, lost frames, jitter, none.
        let stamps = |scene: usize| -> Vec<u64> {
            let first = START + scene as u64 * 1_000_000;
            let steady = (0..30).map(|at| first + at * 100);
            match scene {
                0 => steady.map(|stamp| stamp + 8 * hour).collect(),
                1 => steady.filter(|stamp| stamp % 700 != 0).collect(),
                2 => steady.enumerate().map(|(at, stamp)| stamp + at as u64 * 7 % 5).collect(),
                _ => steady.collect(),
            }
        };
        let said = |names: [&str; 4]| -> Vec<(String, u64, String)> {
            let mut tree = "lidar-top/\n".to_owned();
            for (scene, name) in names.iter().enumerate() {
                let first = START + scene as u64 * 1_000_000;
                let _ = writeln!(tree, "  {name}/\n    {first}.pcd x30 +100");
            }
            tree += "camera-front/\n";
            for (scene, name) in names.iter().enumerate() {
                let _ = writeln!(tree, "  {name}/");
                for stamp in stamps(scene) {
                    let _ = writeln!(tree, "    {stamp}.jpg");
                }
            }
            let sketch = Sketch::parse(&(tree + "metadata.json\n")).unwrap();
            let report = crate::check(sketch.inspection(), &Settings::default());
            let plain = |message: &str| {
                names.iter().enumerate().fold(message.to_owned(), |message, (scene, name)| {
                    message.replace(&format!("`{name}`"), &format!("scene {scene}"))
                })
            };
            let finding = |finding: &crate::finding::Finding| {
                (finding.rule.code.to_owned(), finding.count, plain(&finding.message))
            };
            let mut said: Vec<_> = report.findings.iter().map(finding).collect();
            said.sort();
            said
        };
        let expected = said(["aa", "bb", "cc", "dd"]);
        assert_eq!(expected.len(), 3, "{expected:#?}");
        for names in [["dd", "cc", "bb", "aa"], ["bb", "dd", "aa", "cc"], ["cc", "aa", "dd", "bb"]]
        {
            assert_eq!(said(names), expected, "{names:?}");
        }
    }

    #[test]
    fn a_finding_is_said_of_what_ignores_left() {
        let frames = |suffix: &str, scenes: &[&str]| -> String {
            scenes.iter().map(|scene| format!("  {scene}/\n    1000.{suffix}\n")).collect()
        };
        let (all, some) = (frames("pcd", &["a", "b", "c"]), frames("jpg", &["a"]));
        let tree = format!("lidar-top/\n{all}camera-front/\n{some}metadata.json\n");
        let check = |path: &str, expected: &str| {
            let rules = vec!["A201".parse().unwrap()];
            let suppressions = vec![Suppression::at(path, rules, "known".into()).unwrap()];
            let settings = Settings { suppressions, ..Settings::default() };
            let report = crate::check(Sketch::parse(&tree).unwrap().inspection(), &settings);
            let findings = report.findings.iter().filter(|finding| finding.rule.code == "A201");
            let said: Vec<&str> = findings.map(|finding| finding.message.as_str()).collect();
            assert_eq!(said, [expected], "without {path}");
        };
        check("elsewhere/**", "`camera-front` lacks 2 of 3 scenes");
        check("camera-front/b/", "`camera-front` lacks scene `c`");
    }

    #[test]
    fn findings_read_as_a_person_would_say_them() {
        let lidar = "lidar-top/\n  a/\n    1681532060061.pcd x20 +100\n";
        let end = "metadata.json\n";
        let camera = |name: &str, frames: &str| format!("camera-{name}/\n  a/\n    {frames}\n");
        check(
            &format!("{lidar}{}{end}", camera("front", "1681560860061.jpg x20 +100")),
            &["A204 `camera-front` runs 28,800,000 ms (8 h) ahead of `lidar-top` (20)"],
        );
        let three = ["front", "left", "right"]
            .map(|name| camera(name, "1681532042061.jpg x20 +100"))
            .concat();
        check(
            &format!("{lidar}{three}{end}"),
            &["A204 `lidar-top` runs 18,000 ms (18 s) ahead of all 3 cameras (20)"],
        );
        check(
            &format!("{lidar}{}{end}", camera("front", "1681532060461.jpg x16 +100")),
            &["A202 `camera-front` lacks 4 frames that `lidar-top` has (4)"],
        );
        check(
            &format!(
                "{lidar}{}{}{end}",
                camera("front", "1681532060061.jpg x21 +100"),
                camera("left", "1681532060061.jpg x20 +100")
            ),
            &["A202 `camera-front` has 1 frame that the others lack (1)"],
        );
        check(
            &format!("{lidar}{}{end}", camera("front", "1681532060061000.jpg x20 +100000")),
            &[
                "A206 `camera-front` writes its stamps in microseconds, `lidar-top` in milliseconds (20)",
            ],
        );
        check(
            &format!("{lidar}{}{end}", camera("front", "1681532060061.jpg x40 +50")),
            &["A205 `camera-front` records at 20 Hz, `lidar-top` at 10 Hz (20)"],
        );
        check(
            &format!(
                "{lidar}  b/\n    1681532090061.pcd x20 +100\n{}{end}",
                camera("front", "1681532060061.jpg x20 +100")
            ),
            &["A201 `camera-front` lacks scene `b` (1)"],
        );
    }
}
