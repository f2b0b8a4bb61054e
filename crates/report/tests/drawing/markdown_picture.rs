//! The picture of the frames in `markdown`.

use pulldown_cmark::{Event, Parser};
use sensortree_core::Inspection;
use sensortree_core::document::MetadataFile;
use sensortree_core::finding::settings::Settings;
use sensortree_core::report::pictures::Pictures;
use sensortree_core::tree::{Coverage, Entry, Target, TargetKind, TreeBuilder};
use sensortree_report::Format;

use crate::code_hosts::{of_run, without_known_tags};
use crate::support::facts;

/// A tree of these files.
fn inspection(paths: impl Iterator<Item = String>) -> Inspection {
    let mut builder = TreeBuilder::new();
    for path in paths {
        builder.add(&Entry::file(path.as_bytes(), 1_000));
    }
    Inspection {
        target: Target {
            kind: TargetKind::Local,
            uri: "drive".to_owned(),
            segments: vec!["drive".to_owned()],
        },
        tree: builder.finish(),
        archive: None,
        metadata: MetadataFile::Absent,
        coverage: Coverage { content: "none", ..Coverage::default() },
    }
}

/// The report in Markdown, with its picture.
fn drawn(inspection: &Inspection) -> String {
    let settings = Settings::default();
    let mut report = sensortree_core::check(inspection.clone(), &settings);
    report.pictures = Some(Pictures::as_they_are(inspection, &settings));
    of_run(&report, Format::Markdown, &facts())
}

/// The frames of a sensor in a scene, ten a second, of which some are left out, so many
/// milliseconds ahead.
fn frames(
    sensor: &str,
    scene: &str,
    count: u64,
    ahead: u64,
    without: &[u64],
) -> impl Iterator<Item = String> {
    let suffix = if sensor.starts_with("lidar") { "pcd" } else { "jpg" };
    let folder = format!("{sensor}/{scene}");
    let kept = (0..count).filter(|frame| !without.contains(frame)).collect::<Vec<_>>();
    let stamp = move |frame: u64| 1_681_532_060_000 + frame * 100 + ahead;
    kept.into_iter().map(move |frame| format!("{folder}/{}.{suffix}", stamp(frame)))
}

/// The lines of the drawings, as a reader sees them.
fn lines(markdown: &str) -> Vec<String> {
    let mut lines = String::new();
    for event in Parser::new(markdown) {
        if let Event::Html(html) = event {
            lines.push_str(&html);
        }
    }
    let mut seen = Vec::new();
    for part in lines.split("<pre>\n").skip(1) {
        let (drawing, _) = part.split_once("</pre>").unwrap();
        seen.extend(drawing.lines().map(unreferenced));
    }
    seen
}

/// A line without its character references and comments.
fn unreferenced(line: &str) -> String {
    let line = line.replace("<!-- -->", "");
    let mut parts = line.split("&#");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (number, rest) = part.split_once(';').unwrap();
        out.push(char::from_u32(number.parse().unwrap()).unwrap());
        out.push_str(rest);
    }
    out
}

#[test]
fn one_frame_of_a_thousand_shows_and_a_late_camera_is_told_from_one_that_lost_frames() {
    let paths = frames("lidar-top", "s", 1_000, 0, &[])
        .chain(frames("camera-a", "s", 1_000, 0, &[500]))
        .chain(frames("camera-b", "s", 1_000, 30, &[]));
    let text = drawn(&inspection(paths));
    let full = "█".repeat(40);
    let expected = [
        format!("lidar-top  {full}  complete, on time"),
        format!("camera-a   {}▄{}  1 of 1,000 missing", "█".repeat(20), "█".repeat(19)),
        format!("camera-b   {}  30 ms ahead", "▒".repeat(40)),
    ];
    assert_eq!(lines(&text), expected, "{text}");
    assert!(text.contains(
        "█ as the reference, ▒ ahead, behind, jittering: the clock stands apart, ▄ some frames missing\n"
    ));
}

#[test]
fn a_clock_that_was_set_is_late_from_there_on() {
    let set = |frame: u64| if frame < 50 { 0 } else { 5_000 };
    let late = (0..100)
        .map(|frame| format!("camera-a/s/{}.jpg", 1_681_532_060_000 + frame * 100 + set(frame)));
    let others = frames("lidar-top", "s", 100, 0, &[]).chain(frames("camera-b", "s", 100, 0, &[]));
    let text = drawn(&inspection(others.chain(late)));
    let set = format!("camera-a   {}{}  clock jumps by 5 s", "█".repeat(20), "▒".repeat(20));
    assert!(lines(&text).contains(&set), "{text}");
}

#[test]
fn many_scenes_and_sensors_are_counted_and_those_with_trouble_kept() {
    let scenes: Vec<String> = (0..100).map(|scene| format!("scene_{scene:03}")).collect();
    let sensors: Vec<String> = (0..30).map(|sensor| format!("camera-{sensor:02}")).collect();
    let paths = scenes.iter().flat_map(|scene| {
        sensors
            .iter()
            .filter(move |sensor| (sensor.as_str(), scene.as_str()) != ("camera-29", "scene_050"))
            .flat_map(move |sensor| frames(sensor, scene, 20, 0, &[]))
    });
    let text = drawn(&inspection(paths));
    assert!(text.contains("Sensors in 100 scenes, up to 3 scenes a column, the worst shown:"));
    assert!(text.contains("The gravest, <code>scene&#95;050</code>, on its time axis, 2 s:"));
    let lines = lines(&text);
    let of_last: Vec<&String> = lines.iter().filter(|line| line.starts_with("camera-29")).collect();
    assert_eq!(of_last.len(), 2, "{text}");
    assert!(of_last[0].contains("█·█") && of_last[1].contains("········"), "{text}");
    assert_eq!(lines.iter().filter(|line| *line == "and 14 more sensors").count(), 2);
    assert!(text.len() < 20_000, "{} bytes", text.len());
}

#[test]
fn whole_scenes_are_one_sentence() {
    let paths = |scenes: &'static [&'static str]| {
        let scenes = scenes.iter();
        inspection(scenes.flat_map(|scene| {
            frames("lidar-top", scene, 10, 0, &[]).chain(frames("camera-a", scene, 10, 0, &[]))
        }))
    };
    let one = drawn(&paths(&["a"]));
    assert!(one.contains("\n█ The scene is whole: all sensors have the same frames.\n"), "{one}");
    let two = drawn(&paths(&["a", "b"]));
    assert!(two.contains("\n█ All scenes are whole: in each, all sensors"), "{two}");
    assert!(!two.contains("<pre>"));
    // A tree without a sensor has no picture.
    assert!(!drawn(&inspection(std::iter::empty())).contains('█'));
}

#[test]
fn names_are_text_within_the_drawing() {
    let names = [
        "camera-<script>",
        "camera-```",
        "camera-@team #1 ![x](y)",
        "camera-<!--",
        "camera-\u{202e}x\u{1b}[31m",
    ];
    let sensors = names.iter().flat_map(|name| frames(name, "<⁄pre><b>", 20, 30, &[]));
    let lidar = frames("lidar-top", "<⁄pre><b>", 20, 0, &[]);
    let text = drawn(&inspection(lidar.chain(sensors)));
    assert!(!text.contains(['\u{202e}', '\u{1b}']));
    let lines = lines(&text);
    assert_eq!(lines.len(), 6, "{text}");
    for told in ["camera-<script>", "camera-```", "camera-@team #1 ![x](y)", "camera-<!--"] {
        assert!(lines.iter().any(|line| line.starts_with(told)), "{told}: {lines:?}");
    }
    for event in Parser::new(&text) {
        let Event::Html(html) = event else { continue };
        let left = without_known_tags(&html).replace("<pre>", "").replace("</pre>", "");
        assert!(!left.contains(['<', '>']), "{left}");
    }
}
