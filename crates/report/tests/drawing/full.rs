//! What `full` looks like.

use crate::support::{
    FRAME, MARKER, OFFSET, drawn, finding, full, good, in_document, judge, prefix_missing, with,
};
use sensortree_core::finding::settings::Severity;
use sensortree_core::finding::{Example, Finding, Subject};
use sensortree_core::layout::SceneId;
use sensortree_core::platform::{Basis, Effect};
use sensortree_core::report::Report;
use sensortree_core::report::verdict::Outcome;
use sensortree_core::tree::Unread;
use sensortree_report::{Format, Style};

/// Compares a drawing line by line; what is expected starts behind its first line break.
fn check(drawn: &str, expected: &str) {
    let expected = expected.strip_prefix('\n').unwrap_or(expected);
    assert!(drawn == expected, "drawn:\n{drawn}\nexpected:\n{expected}");
}

fn clock_offset() -> Finding {
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

fn all_kinds() -> Report {
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
✓ drive_0423 was not judged, as no rule was run: 1 LiDAR, 1 camera, 2 scenes,
  2,000 frames at 10.0 Hz
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
  because L103 (documented), M108 (implied)
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
    (implied)
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
  because L103 (documented), M108 (implied)
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
fn quiet_says_the_answer_alone() {
    let quiet =
        |report: &Report| drawn(report, Format::Full, &Style { quiet: true, ..Style::default() });
    check(&quiet(&good()), "✓ predicted answer: 200 Success (import-annotation)\n");
    check(
        &quiet(&all_kinds()),
        "✗ predicted answer: 5710 File tree misalignment, refer to API doc for correction (import-annotation)\n",
    );
    check(
        &quiet(&with(vec![clock_offset()])),
        "! predicted answer: 200 Success with 2 of 2 scenes at risk (import-annotation)\n",
    );
}

/// The closing block: what stands behind the last empty line.
fn closing(text: &str) -> &str {
    text.rsplit_once("\n\n").map_or(text, |(_, closing)| closing)
}

#[test]
fn scenes_at_risk() {
    check(
        closing(&full(&with(vec![clock_offset()]), 80)),
        r#"
! predicted answer: 200 Success with 2 of 2 scenes at risk (import-annotation)
  because A204 (implied)
  2 scenes at risk: scene_0001 and scene_0002
  1 LiDAR · 1 camera · 2 scenes · 2,000 frames at 10.0 Hz
  listed 2,001 files (9.3 MB) in 0.9 s (2,200/s), checked in 0.1 s ·
    file contents not looked into
  1 warning · sensortree explain A204
"#,
    );
}

#[test]
fn advice_leaves_it_accepted() {
    check(
        closing(&full(&with(vec![finding(&MARKER, "2 folder markers")]), 80)),
        r#"
✓ drive_0423 is aligned: 1 LiDAR, 1 camera, 2 scenes, 2,000 frames at 10.0 Hz
  predicted answer: 200 Success (import-annotation) · 1 advice · 1.0 s
  file contents not looked into
"#,
    );
}

#[test]
fn what_could_not_be_read_is_said() {
    let mut report = good();
    for scene in 1..=5 {
        let path = format!("lidar-top/scene_{scene}/").into_bytes();
        report.coverage.unread.push(Unread { path, reason: "permission denied".to_owned() });
    }
    report.coverage.skipped.push(b".git/".to_vec());
    report.idle_settings.push("the ignore for `old/**` matched nothing".to_owned());
    judge(&mut report);
    check(
        &full(&report, 80),
        r#"
? predicted answer: unknown, as not all could be read
  5 places could not be read:
    lidar-top/scene_1/: permission denied
    lidar-top/scene_2/: permission denied
    lidar-top/scene_3/: permission denied
    … 2 more
  1 LiDAR · 1 camera · 2 scenes · 2,000 frames at 10.0 Hz
  listed 2,001 files (9.3 MB) in 0.9 s (2,200/s), checked in 0.1 s ·
    file contents not looked into
  left out on purpose: .git/
  without effect: the ignore for `old/**` matched nothing
"#,
    );
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
    default_on: true,
    docs: "",
    check: |_, _| {},
};

#[test]
fn how_well_a_finding_is_supported_is_said() {
    let ground = |finding: Finding| {
        let drawn = full(&with(vec![finding]), 120);
        drawn.lines().nth(1).unwrap().trim().to_owned()
    };
    let weakly = |effect| Finding {
        effect,
        basis: Basis::Advice,
        severity: Severity::Advice,
        ..finding(&FRAME, "x")
    };
    assert_eq!(ground(finding(&MARKER, "x")), "advice");
    assert_eq!(ground(weakly(Effect::MISALIGNED)), "advice · possibly 5710 · no source says so");
    assert_eq!(
        ground(weakly(Effect::Scene)),
        "advice · scene possibly at risk · no source says so"
    );
    let implied = "every sensor holds the same scenes, and in a scene the same timestamps (T10)";
    assert_eq!(
        ground(finding(&FRAME, "x")),
        format!("warning · scene at risk · implied: {implied}")
    );
}

#[test]
fn an_empty_target_gets_no_prediction() {
    let mut report = good();
    (report.files, report.entries, report.frames) = (0, 0, 0);
    report.sensors.clear();
    report.verdict.outcome = Outcome::Unknown;
    report.verdict.code = None;
    check(&full(&report, 80), "? drive_0423 holds no file: there was nothing to check\n");
}

#[test]
fn a_target_without_a_name_is_called_by_its_folder() {
    for uri in [".", "..", "./", "a/.."] {
        let mut report = good();
        report.target.uri = uri.to_owned();
        report.target.segments = vec!["data".to_owned(), "0423".to_owned()];
        assert!(full(&report, 80).starts_with("✓ 0423 is aligned"), "{uri}");
    }
}

#[test]
fn a_place_in_a_document_that_is_not_at_hand_is_still_said() {
    let (located, _) = in_document(METADATA, "\"camera-front\"", "");
    let drawn = full(&with(vec![located]), 80);
    assert!(drawn.contains("\n  at metadata.json:4:22\n"), "{drawn}");
}

#[test]
fn more_is_said_when_asked_for() {
    let style = |verbose| Style { verbose, ..Style::default() };
    let mut report = all_kinds();
    report.scenes = (0..30).map(|scene| format!("s{scene:02}").into_bytes()).collect();
    report.findings[3].scenes = (0..30).map(SceneId).collect();
    judge(&mut report);
    let drawn = |verbose| drawn(&report, Format::Full, &style(verbose));
    assert!(drawn(0).contains("also 30 scenes at risk: s00, s01, s02 and 27 more"), "{}", drawn(0));
    assert!(drawn(1).contains("  lidar-top: 2 scenes, 1,000 frames"), "{}", drawn(1));
    assert!(drawn(1).contains("and 10 more"), "{}", drawn(1));
    assert!(drawn(2).contains("s28 and s29"), "{}", drawn(2));
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
