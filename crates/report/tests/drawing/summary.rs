//! What `full` says at its end.

use crate::full::{all_kinds, check, clock_offset};
use crate::support::{FRAME, MARKER, drawn, finding, full, good, judge, with};
use sensortree_core::finding::Finding;
use sensortree_core::finding::settings::Severity;
use sensortree_core::layout::SceneId;
use sensortree_core::platform::{Basis, Effect};
use sensortree_core::report::Report;
use sensortree_core::report::verdict::Outcome;
use sensortree_core::tree::Unread;
use sensortree_report::{Format, Style};

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

/// The summary: what stands behind the last empty line.
fn summary(text: &str) -> &str {
    text.rsplit_once("\n\n").map_or(text, |(_, summary)| summary)
}

#[test]
fn scenes_at_risk() {
    check(
        summary(&full(&with(vec![clock_offset()]), 80)),
        r#"
! predicted answer: 200 Success with 2 of 2 scenes at risk (import-annotation)
  because A204 (implied): camera-front runs 28,800,000 ms (8 h) ahead of
    lidar-top in all 2 scenes
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
        summary(&full(&with(vec![finding(&MARKER, "2 folder markers")]), 80)),
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
