//! What `full` looks like.

use crate::support::{
    FRAME, OFFSET, drawn, facts, finding, full, good, in_document, prefix_missing, with,
};
use sensortree_core::finding::{Example, Finding, Subject};
use sensortree_core::layout::SceneId;
use sensortree_core::report::Report;
use sensortree_report::{Format, RunFacts, Style, Timing, render};

/// Compares a drawing line by line; what is expected starts behind its first line break.
pub(crate) fn check(drawn: &str, expected: &str) {
    let expected = expected.strip_prefix('\n').unwrap_or(expected);
    assert!(drawn == expected, "drawn:\n{drawn}\nexpected:\n{expected}");
}

pub(crate) fn clock_offset() -> Finding {
    let frame = |scene: &str, stamp: u64| {
        Example::at(format!("camera-front/{scene}/{stamp}.jpg"))
            .noting(format!("{} is the LiDAR frame it belongs to", stamp - 28_800_000))
    };
    Finding {
        examples: vec![
            frame("scene_0001", 1_681_560_860_061),
            frame("scene_0002", 1_681_560_960_061),
        ],
        notes: vec![
            "Eight hours is a time zone: the camera stamps are local time, the LiDAR's are UTC."
                .to_owned(),
        ],
        help: Some("rename the camera's frames to the LiDAR's stamps".to_owned()),
        count: 1_000,
        scenes: vec![SceneId(0), SceneId(1)],
        subject: Subject { sensor: Some(b"camera-front".to_vec()), scene: None },
        ..finding(
            &OFFSET,
            "camera-front runs 28,800,000 ms (8 h) ahead of lidar-top in all 2 scenes",
        )
    }
}

fn frame_missing() -> Finding {
    let scene = "camera-front/scene_0001";
    Finding {
        examples: vec![
            Example::missing(format!("{scene}/1681532060161.jpg")),
            Example::missing(format!("{scene}/1681532060261.jpg")),
        ],
        help: Some("drop the stamps in every sensor of the scene, or find the frames".to_owned()),
        count: 9,
        scenes: vec![SceneId(0)],
        subject: Subject {
            sensor: Some(b"camera-front".to_vec()),
            scene: Some(b"scene_0001".to_vec()),
        },
        ..finding(&FRAME, "camera-front lacks 9 frames of scene_0001 that lidar-top has")
    }
}

const METADATA: &str = r#"{
  "version": "1.0",
  "lidarSequence": ["top"],
  "cameraSequence": ["camera-front", "left"],
  "cameraCoefficients": []
}
"#;

pub(crate) fn all_kinds() -> Report {
    let (mut sequence, document) =
        in_document(METADATA, "\"camera-front\"", "without the prefix: \"front\"");
    sequence.help = Some("write `front`".to_owned());
    let mut report = with(vec![prefix_missing(), sequence, frame_missing(), clock_offset()]);
    report.documents = vec![document];
    report
}

#[test]
fn a_good_tree_takes_three_lines() {
    check(
        &full(&good(), 80),
        "
✓ drive_0423 is aligned: 1 LiDAR, 1 camera, 2 scenes, 2,000 frames at 10.0 Hz
  predicted answer: 200 Success (import-annotation) · 60 rules passed · 1.0 s
  file contents not looked into
",
    );
    check(
        &full(&Report { rules: Vec::new(), ..good() }, 80),
        "
✓ drive_0423 was not judged, as no selected rule has anything to judge in it: 1
  LiDAR, 1 camera, 2 scenes, 2,000 frames at 10.0 Hz
  predicted answer: 200 Success (import-annotation) · 0 rules passed · 1.0 s
  file contents not looked into
",
    );
    check(
        &drawn(&good(), Format::Full, &Style { unicode: false, ..Style::default() }),
        "
ok drive_0423 is aligned: 1 LiDAR, 1 camera, 2 scenes, 2,000 frames at 10.0 Hz
  predicted answer: 200 Success (import-annotation); 60 rules passed; 1.0 s
  file contents not looked into
",
    );
}

#[test]
fn each_kind_of_finding_is_drawn_where_it_is() {
    check(
        &full(&all_kinds(), 80),
        r#"
L103 sensor-prefix-missing ─ `Cam_left` holds images, and the platform reads
  only `lidar-…` and `camera-…`

   ╭─[drive_0423]
   │ └── Cam_left/
   ·     ────┬───
   ·         ╰── expected camera-left
   ╰────
  error · 5710 · documented: a LiDAR's folder needs the prefix `lidar-` (T1); a
  camera's folder needs the prefix `camera-` (T2)
  → rename `Cam_left` to `camera-left`

M108 sequence-sensor-unknown ─ `cameraSequence` names `camera-front`; the name
  is `front`

   ╭─[metadata.json:4:22]
 3 │   "lidarSequence": ["top"],
 4 │   "cameraSequence": ["camera-front", "left"],
   ·                      ───────┬──────
   ·                             ╰── without the prefix: "front"
 5 │   "cameraCoefficients": []
   ╰────
  error · 5710 · implied: the names in the sequences are the folder names
  without their prefix (M3)
  → write `front`

A202 frame-missing-in-sensor ─ camera-front lacks 9 frames of scene_0001 that
  lidar-top has

   ╭─[drive_0423]
   │ └── camera-front/
   │     └── scene_0001/
   │         ├╌╌ 1681532060161.jpg
   ·             ────────┬────────
   ·                     ╰── missing
   │         ├╌╌ 1681532060261.jpg
   ·             ─────────────────
   │         └── … 7 more
   ╰────
  warning · scene at risk · implied: every sensor holds the same scenes, and in
  a scene the same timestamps (T10)
  → drop the stamps in every sensor of the scene, or find the frames

A204 clock-offset ─ camera-front runs 28,800,000 ms (8 h) ahead of lidar-top in
  all 2 scenes

   ╭─[drive_0423]
   │ └── camera-front/
   │     ├── scene_0001/
   │     │   └── 1681560860061.jpg
   ·             ────────┬────────
   ·                     ╰── 1681532060061 is the LiDAR frame it belongs to
   │     ├── scene_0002/
   │     │   └── 1681560960061.jpg
   ·             ────────┬────────
   ·                     ╰── 1681532160061 is the LiDAR frame it belongs to
   │     └── … 998 more
   ╰────
  Eight hours is a time zone: the camera stamps are local time, the LiDAR's are
  UTC.
  warning · scene at risk · implied: every sensor holds the same scenes, and in
  a scene the same timestamps (T10)
  → rename the camera's frames to the LiDAR's stamps

✗ predicted answer: 5710 File tree misalignment, refer to API doc for correction
  (import-annotation)
  because L103 (documented), M108 (implied). L103: `Cam_left` holds images, and
    the platform reads only `lidar-…` and `camera-…`
  also 2 scenes at risk: scene_0001 and scene_0002
  first L103 Cam_left/: rename `Cam_left` to `camera-left`
  then  M108 metadata.json:4:22: write `front`
  then  A202 camera-front/scene_0001/: drop the stamps in every sensor of the
    scene, or find the frames
  then  1 more
  1 LiDAR · 1 camera · 2 scenes · 2,000 frames at 10.0 Hz
  listed 2,001 files (9.3 MB) in 0.9 s (2,200/s), checked in 0.1 s ·
    file contents not looked into
  2 errors, 2 warnings · sensortree explain L103
"#,
    );
}

#[test]
fn a_narrow_terminal() {
    check(
        &full(&all_kinds(), 40),
        r#"
L103 sensor-prefix-missing ─ `Cam_left`
  holds images, and the platform reads
  only `lidar-…` and `camera-…`

   ╭─[drive_0423]
   │ └── Cam_left/
   ·     ────┬───
   ·         ╰── expected camera-left
   ╰────
  error · 5710 · documented: a LiDAR's
  folder needs the prefix `lidar-` (T1);
  a camera's folder needs the prefix
  `camera-` (T2)
  → rename `Cam_left` to `camera-left`

M108 sequence-sensor-unknown ─
  `cameraSequence` names `camera-front`;
  the name is `front`

   ╭─[metadata.json:4:22]
 3 │   "lidarSequence": ["top"],
 4 │ …equence": ["camera-front", "left"…
   ·             ─┬─
   ·              ╰─┤ without the
   ·                │ prefix: "front"
 5 │   "cameraCoefficients": []
   ╰────
  error · 5710 · implied: the names in
  the sequences are the folder names
  without their prefix (M3)
  → write `front`

A202 frame-missing-in-sensor ─
  camera-front lacks 9 frames of
  scene_0001 that lidar-top has

   ╭─[drive_0423]
   │ └── camera-front/
   │     └── scene_0001/
   │         ├╌╌ 1681532060161.jpg
   ·             ────────┬────────
   ·                     ╰── missing
   │         ├╌╌ 1681532060261.jpg
   ·             ─────────────────
   │         └── … 7 more
   ╰────
  warning · scene at risk · implied:
  every sensor holds the same scenes,
  and in a scene the same
  timestamps (T10)
  → drop the stamps in every sensor of
    the scene, or find the frames

A204 clock-offset ─ camera-front runs
  28,800,000 ms (8 h) ahead of lidar-top
  in all 2 scenes

   ╭─[drive_0423]
   │ └── camera-front/
   │     ├── scene_0001/
   │     │   └── 1681560860061.jpg
   ·             ─┬─
   ·              ╰─┤ 1681532060061 is
   ·                │ the LiDAR frame it
   ·                │ belongs to
   │     ├── scene_0002/
   │     │   └── 1681560960061.jpg
   ·             ─┬─
   ·              ╰─┤ 1681532160061 is
   ·                │ the LiDAR frame it
   ·                │ belongs to
   │     └── … 998 more
   ╰────
  Eight hours is a time zone: the camera
  stamps are local time, the LiDAR's are
  UTC.
  warning · scene at risk · implied:
  every sensor holds the same scenes,
  and in a scene the same
  timestamps (T10)
  → rename the camera's frames to the
    LiDAR's stamps

✗ predicted answer: 5710 File tree
  misalignment, refer to API doc for
  correction (import-annotation)
  because L103 (documented), M108
    (implied). L103: `Cam_left` holds
    images, and the platform reads only
    `lidar-…` and `camera-…`
  also 2 scenes at risk: scene_0001 and
    scene_0002
  first L103 Cam_left/: rename
    `Cam_left` to `camera-left`
  then  M108 metadata.json:4:22: write
    `front`
  then  A202 camera-fro…ene_0001/: drop
    the stamps in every sensor of the
    scene, or find the frames
  then  1 more
  1 LiDAR · 1 camera · 2 scenes · 2,000
    frames at 10.0 Hz
  listed 2,001 files (9.3 MB) in 0.9 s
    (2,200/s), checked in 0.1 s · file
    contents not looked into
  2 errors, 2 warnings · sensortree
    explain L103
"#,
    );
}

#[test]
fn ascii_alone() {
    let text = drawn(&all_kinds(), Format::Full, &Style { unicode: false, ..Style::default() });
    check(
        &text,
        r#"
L103 sensor-prefix-missing - `Cam_left` holds images, and the platform reads
  only `lidar-…` and `camera-…`

   ,-[drive_0423]
   | `-- Cam_left/
   :     ^^^^|^^^
   :         `-- expected camera-left
   `----
  error; 5710; documented: a LiDAR's folder needs the prefix `lidar-` (T1); a
  camera's folder needs the prefix `camera-` (T2)
  -> rename `Cam_left` to `camera-left`

M108 sequence-sensor-unknown - `cameraSequence` names `camera-front`; the name
  is `front`

   ,-[metadata.json:4:22]
 3 |   "lidarSequence": ["top"],
 4 |   "cameraSequence": ["camera-front", "left"],
   :                      ^^^^^^^|^^^^^^
   :                             `-- without the prefix: "front"
 5 |   "cameraCoefficients": []
   `----
  error; 5710; implied: the names in the sequences are the folder names without
  their prefix (M3)
  -> write `front`

A202 frame-missing-in-sensor - camera-front lacks 9 frames of scene_0001 that
  lidar-top has

   ,-[drive_0423]
   | `-- camera-front/
   |     `-- scene_0001/
   |         |.. 1681532060161.jpg
   :             ^^^^^^^^|^^^^^^^^
   :                     `-- missing
   |         |.. 1681532060261.jpg
   :             ^^^^^^^^^^^^^^^^^
   |         `-- ... 7 more
   `----
  warning; scene at risk; implied: every sensor holds the same scenes, and in a
  scene the same timestamps (T10)
  -> drop the stamps in every sensor of the scene, or find the frames

A204 clock-offset - camera-front runs 28,800,000 ms (8 h) ahead of lidar-top in
  all 2 scenes

   ,-[drive_0423]
   | `-- camera-front/
   |     |-- scene_0001/
   |     |   `-- 1681560860061.jpg
   :             ^^^^^^^^|^^^^^^^^
   :                     `-- 1681532060061 is the LiDAR frame it belongs to
   |     |-- scene_0002/
   |     |   `-- 1681560960061.jpg
   :             ^^^^^^^^|^^^^^^^^
   :                     `-- 1681532160061 is the LiDAR frame it belongs to
   |     `-- ... 998 more
   `----
  Eight hours is a time zone: the camera stamps are local time, the LiDAR's are
  UTC.
  warning; scene at risk; implied: every sensor holds the same scenes, and in a
  scene the same timestamps (T10)
  -> rename the camera's frames to the LiDAR's stamps

x predicted answer: 5710 File tree misalignment, refer to API doc for correction
  (import-annotation)
  because L103 (documented), M108 (implied). L103: `Cam_left` holds images, and
    the platform reads only `lidar-…` and `camera-…`
  also 2 scenes at risk: scene_0001 and scene_0002
  first L103 Cam_left/: rename `Cam_left` to `camera-left`
  then  M108 metadata.json:4:22: write `front`
  then  A202 camera-front/scene_0001/: drop the stamps in every sensor of the
    scene, or find the frames
  then  1 more
  1 LiDAR; 1 camera; 2 scenes; 2,000 frames at 10.0 Hz
  listed 2,001 files (9.3 MB) in 0.9 s (2,200/s), checked in 0.1 s;
    file contents not looked into
  2 errors, 2 warnings; sensortree explain L103
"#,
    );
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [40, 80, 200] {
        for line in full(&all_kinds(), width).lines() {
            let cells = unicode_width::UnicodeWidthStr::width(line);
            assert!(cells <= width, "{cells} cells in {width}: {line}");
        }
    }
}

#[test]
fn colours_change_nothing_else() {
    let colored = drawn(&all_kinds(), Format::Full, &Style { color: true, ..Style::default() });
    assert!(colored.contains("\u{1b}[31;1mL103"), "{colored:?}");
    let mut plain = String::new();
    let mut rest = colored.as_str();
    while let Some((before, code)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = code.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    assert_eq!(plain, full(&all_kinds(), 80));
}

#[test]
fn a_code_links_to_its_page_where_links_are_wanted() {
    let run = |links, repository: Option<&str>| {
        let style = Style { links, ..Style::default() };
        let facts = RunFacts { repository: repository.map(str::to_owned), ..facts() };
        let mut out = Vec::new();
        render(&all_kinds(), Format::Full, &style, &Timing::default(), &facts, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let host = Some("https://host.example/sensortree");
    let linked = run(true, host);
    assert!(
        linked.contains(
            "\u{1b}]8;;https://host.example/sensortree/blob/v0.1.0/docs/rules.md#l103-sensor-prefix-missing\u{1b}\\L103\u{1b}]8;;\u{1b}\\ sensor-prefix-missing"
        ),
        "{linked:?}"
    );
    // A link takes no room.
    let mut unlinked = String::new();
    let mut rest = linked.as_str();
    while let Some((before, link)) = rest.split_once("\u{1b}]8;;") {
        unlinked.push_str(before);
        rest = link.split_once("\u{1b}\\").unwrap().1;
    }
    unlinked.push_str(rest);
    assert_eq!(unlinked, run(false, host));
    assert!(!run(false, host).contains('\u{1b}'));
    assert!(!run(true, None).contains('\u{1b}'), "no address was given");
}

#[test]
fn trees_use_a_wide_terminal_and_prose_is_not_drawn_wider_than_it_reads() {
    let name = format!("camera-{}", "front-".repeat(20));
    let report = with(vec![Finding {
        examples: vec![Example::at(format!("{name}/scene_1/1.jpg"))],
        ..finding(&PREFIX_LIKE, &"word ".repeat(40))
    }]);
    assert!(full(&report, 200).contains(&name), "whole in 200 cells");
    assert!(!full(&report, 100).contains(&name), "cut in 100");
    let longest = |text: &str| {
        text.lines()
            .filter(|line| line.contains("word word"))
            .map(|line| line.chars().count())
            .max()
    };
    assert!(longest(&full(&report, 200)).is_some_and(|cells| (100..=120).contains(&cells)));
}

#[test]
fn wide_names_are_marked_at_their_cells() {
    let report = with(vec![Finding {
        examples: vec![Example::at("camera-前/場景_1/車🚗.jpg").noting("not a timestamp")],
        ..finding(&PREFIX_LIKE, "a name")
    }]);
    check(
        full(&report, 80).split("error").next().unwrap(),
        r#"
L117 stem-not-timestamp ─ a name

   ╭─[drive_0423]
   │ └── camera-前/
   │     └── 場景_1/
   │         └── 車🚗.jpg
   ·             ────┬───
   ·                 ╰── not a timestamp
   ╰────
  "#,
    );
}

static PREFIX_LIKE: sensortree_core::finding::Rule = sensortree_core::finding::Rule {
    code: "L117",
    name: "stem-not-timestamp",
    effect: sensortree_core::platform::Effect::MISALIGNED,
    basis: sensortree_core::platform::Basis::Documented,
    facts: &["T6"],
    scope: sensortree_core::finding::Scope::AnyTree,
    needs: sensortree_core::finding::Needs::Names,
    judges: |_| true,
    default_on: true,
    docs: "",
    check: |_, _| {},
};

#[test]
fn a_place_in_a_document_that_is_not_at_hand_is_still_said() {
    let (located, _) = in_document(METADATA, "\"camera-front\"", "");
    let drawn = full(&with(vec![located]), 80);
    assert!(drawn.contains("\n  at metadata.json:4:22\n"), "{drawn}");
}

#[test]
fn an_excerpt_stays_within_bounds() {
    let mut missing = frame_missing();
    missing.examples =
        (0..20_000).map(|frame| Example::missing(format!("lidar-top/s/{frame:06}.pcd"))).collect();
    missing.subject = Subject::default();
    missing.count = 30_000;
    let drawn = full(&with(vec![missing]), 80);
    assert!(drawn.contains("… 29,900 more"), "{drawn}");
    assert!(drawn.lines().count() < 300);
}

#[test]
fn a_deep_path_is_folded() {
    let deep = Finding {
        examples: vec![Example::at(format!("{}x.pcd", "folder/".repeat(50))).noting("too deep")],
        ..finding(&FRAME, "x")
    };
    check(
        full(&with(vec![deep]), 60).split("  warning").next().unwrap(),
        r#"
A202 frame-missing-in-sensor ─ x

   ╭─[drive_0423]
   │ └── folder/
   │     └── folder/folder/folder/fo…r/folder/folder/folder/
   │         └── folder/
   │             └── folder/
   │                 └── folder/
   │                     └── x.pcd
   ·                         ──┬──
   ·                           ╰── too deep
   ╰────
"#,
    );
}
