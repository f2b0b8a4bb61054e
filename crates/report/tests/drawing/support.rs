//! Reports for the tests: real ones of sketched trees, and ones whose findings are written out, so
//! that what is drawn does not change with the wording of a rule.

use std::borrow::Cow;
use std::sync::LazyLock;

use sensortree_core::document::{Document, Location};
use sensortree_core::finding::settings::{Settings, Severity};
use sensortree_core::finding::{ContentHash, Example, Finding, Needs, Rule, Scope, Subject};
use sensortree_core::layout::SceneId;
use sensortree_core::multiset_hash::MultisetHash;
use sensortree_core::platform::{Basis, Effect};
use sensortree_core::report::Report;
use sensortree_core::report::verdict::Verdict;
use sensortree_core::sketch::Sketch;
use sensortree_report::{Format, Places, RunFacts, Style, Timing, render};

const fn rule(
    code: &'static str,
    name: &'static str,
    effect: Effect,
    basis: Basis,
    facts: &'static [&'static str],
) -> Rule {
    let (scope, needs) = (Scope::AnyTree, Needs::Names);
    let (docs, default_on) = ("", true);
    Rule {
        code,
        name,
        effect,
        basis,
        facts,
        scope,
        needs,
        judges: |_| true,
        default_on,
        docs,
        check: |_, _| {},
    }
}

pub(crate) static PREFIX: Rule =
    rule("L103", "sensor-prefix-missing", Effect::MISALIGNED, Basis::Documented, &["T1", "T2"]);
pub(crate) static SEQUENCE: Rule =
    rule("M108", "sequence-sensor-unknown", Effect::MISALIGNED, Basis::Implied, &["M3"]);
pub(crate) static FRAME: Rule =
    rule("A202", "frame-missing-in-sensor", Effect::Scene, Basis::Implied, &["T10"]);
pub(crate) static OFFSET: Rule =
    rule("A204", "clock-offset", Effect::Scene, Basis::Implied, &["T10"]);
pub(crate) static MARKER: Rule = rule("H102", "folder-marker", Effect::Advice, Basis::Advice, &[]);

/// A finding with nothing but its message.
pub(crate) fn finding(rule: &'static Rule, message: &str) -> Finding {
    let severity = match rule.effect {
        Effect::Reject(_) => Severity::Error,
        Effect::Scene => Severity::Warning,
        Effect::Advice => Severity::Advice,
    };
    Finding {
        rule,
        effect: rule.effect,
        basis: rule.basis,
        severity,
        message: message.to_owned(),
        notes: Vec::new(),
        help: None,
        count: 1,
        subject: Subject::default(),
        examples: Vec::new(),
        location: None,
        scenes: Vec::new(),
        figures: Vec::new(),
        repairs: Vec::new(),
        content_hash: ContentHash::from_parts(&[rule.code.as_bytes(), message.as_bytes()]),
    }
}

/// The report of a drawn tree.
pub(crate) fn sketched(text: &str) -> Report {
    let mut inspection = Sketch::parse(text).unwrap().inspection();
    // As of a place whose files are not looked into.
    (inspection.coverage.content, inspection.coverage.probed) = ("none", 0);
    sensortree_core::check(inspection, &Settings::default())
}

/// A report of a tree that is right.
pub(crate) fn good() -> Report {
    static GOOD: LazyLock<Report> = LazyLock::new(|| {
        let mut report = sketched(
            "target: drive_0423\n\
             lidar-top/\n  scene_0001/\n    1681532060061.pcd x500 +100\n  scene_0002/\n    1681532160061.pcd x500 +100\n\
             camera-front/\n  scene_0001/\n    1681532060061.jpg x500 +100\n  scene_0002/\n    1681532160061.jpg x500 +100\n\
             metadata.json\n",
        );
        assert!(report.findings.is_empty(), "{:#?}", report.findings);
        report.cadence_ns = Some(100_000_000);
        report.rules = sensortree_core::rules::ALL.iter().copied().take(60).collect();
        report
    });
    GOOD.clone()
}

/// The same with these findings, and what follows from them.
pub(crate) fn with(findings: Vec<Finding>) -> Report {
    let mut report = good();
    report.findings = findings;
    judge(&mut report);
    report
}

pub(crate) fn judge(report: &mut Report) {
    report.verdict =
        Verdict::of(&report.findings, report.coverage.is_complete(), &Settings::default());
}

pub(crate) fn prefix_missing() -> Finding {
    Finding {
        examples: vec![Example::at("Cam_left/").expecting("camera-left")],
        help: Some("rename `Cam_left` to `camera-left`".to_owned()),
        ..finding(
            &PREFIX,
            "`Cam_left` holds images, and the platform reads only `lidar-…` and `camera-…`",
        )
    }
}

/// Nine frames that a camera lacks.
pub(crate) fn at_risk() -> Finding {
    Finding {
        examples: vec![Example::missing("camera-front/scene_0001/1681532060161.jpg")],
        count: 9,
        scenes: vec![SceneId(0)],
        subject: Subject {
            sensor: Some(b"camera-front".to_vec()),
            scene: Some(b"scene_0001".to_vec()),
        },
        ..finding(&FRAME, "camera-front lacks 9 frames of scene_0001")
    }
}

/// A finding in this document, at the first place where it says `what`, or at its end.
pub(crate) fn in_document(text: &str, what: &str, label: &str) -> (Finding, Document) {
    let offset = if what.is_empty() { text.len() } else { text.find(what).unwrap() };
    let before = &text[..offset];
    let location = Location {
        document: Cow::Borrowed("metadata.json"),
        offset,
        length: what.len(),
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap().chars().count() + 1,
        label: (!label.is_empty()).then(|| label.to_owned()),
        stretch: MultisetHash::from_parts(&[what.as_bytes()]),
    };
    let finding = Finding {
        location: Some(location),
        ..finding(&SEQUENCE, "`cameraSequence` names `camera-front`; the name is `front`")
    };
    (finding, Document { name: "metadata.json".to_owned(), text: text.as_bytes().to_vec() })
}

/// The report as a format writes it.
pub(crate) fn drawn(report: &Report, format: Format, style: &Style) -> String {
    let timing = Timing { list_seconds: 0.9, check_seconds: 0.13 };
    let mut out = Vec::new();
    render(report, format, style, &timing, &facts(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What is known of a run in a repository that has the dataset in `data/drive_0423`.
pub(crate) fn facts() -> RunFacts {
    RunFacts {
        tool_version: "0.1.0".to_owned(),
        date: "2026-01-02 03:04:05".to_owned(),
        places: Places { tree: Some(b"data/drive_0423".to_vec()), ..Places::default() },
        ..RunFacts::default()
    }
}

/// The report in `full`, in this many cells.
pub(crate) fn full(report: &Report, width: usize) -> String {
    drawn(report, Format::Full, &Style { width, ..Style::default() })
}
