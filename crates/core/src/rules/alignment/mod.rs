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
mod group;

#[cfg(test)]
mod tests {
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
