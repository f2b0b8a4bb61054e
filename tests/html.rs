//! The page that `--format html` writes: what it holds, how large it is, and that nothing of a
//! tree becomes a part of it.
//!
//! The pages are left in `target/tmp/html`, where `.ci/browser` opens them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sensortree_core::Inspection;
use sensortree_core::document::MetadataFile;
use sensortree_core::finding::settings::Settings;
use sensortree_core::names::SensorKind;
use sensortree_core::report::Report;
use sensortree_core::report::pictures::Pictures;
use sensortree_core::sketch::Sketch;
use sensortree_core::tree::{Coverage, Entry, Target, TargetKind, TreeBuilder, Unread};
use sensortree_report::{
    Check, Dataset, Format, RunFacts, SettingInForce, Style, Timing, render, render_all,
};
use sensortree_treegen::Plan;
use serde_json::Value;

/// Where the pages are left.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("html");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn judged(inspection: &Inspection) -> Report {
    let settings = Settings { repairs: true, max_examples: 100, ..Settings::default() };
    let mut report = sensortree_core::check(inspection.clone(), &settings);
    report.pictures = Some(Pictures::of(inspection, &report, &settings));
    report
}

fn drawn(report: &Report, facts: &RunFacts) -> String {
    let mut out = Vec::new();
    render(report, Format::Html, &Style::default(), &TIMING, facts, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const TIMING: Timing = Timing { list_seconds: 1.1, check_seconds: 0.2 };

/// Draws the page of several datasets.
fn drawn_all(datasets: &[Dataset<'_>]) -> String {
    let mut out = Vec::new();
    render_all(datasets, Format::Html, &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn checked<'d>(report: &'d Report, facts: &'d RunFacts) -> Dataset<'d> {
    Dataset::Checked(Check { report, timing: &TIMING, facts })
}

/// Leaves a page for the browser.
fn leave(name: &str, page: &str) {
    fs::write(folder().join(format!("{name}.html")), page).unwrap();
}

/// Draws a page, and leaves it for the browser.
fn page(name: &str, report: &Report, facts: &RunFacts) -> String {
    let page = drawn(report, facts);
    leave(name, &page);
    page
}

/// The JSON report that a page holds.
fn embedded(page: &str) -> Value {
    let (_, rest) = page.split_once(r#"<script type="application/json" id="report">"#).unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

/// Ten faults, each of them what a page is to show at once.
const FAULTS: [(&str, &str); 10] = [
    ("late", "A204-clock-offset/bad-every-camera"),
    ("half-a-step", "A204-clock-offset/bad-half-a-step"),
    ("clock-set", "A204-clock-offset/bad-set-while-recording"),
    ("counter", "A204-clock-offset/bad-counter-starts-anew"),
    ("missing-frames", "A202-frame-missing-in-sensor/bad-two-cameras-at-once"),
    ("missing-scenes", "A201-scene-missing-in-sensor/bad-half-of-the-scenes"),
    ("jitter", "A203-timestamps-jittered/bad-every-camera"),
    ("rate", "A205-frame-rate-mismatch/bad-thirty-beside-ten"),
    ("unit", "A206-timestamp-unit-mismatch/bad-microseconds"),
    ("numbered", "A207-no-common-frame/bad-numbered-beside-stamped"),
];

#[test]
fn each_of_ten_faults_has_its_page() {
    for (name, fixture) in FAULTS {
        let path = root().join("fixtures").join(format!("{fixture}.tree"));
        let sketch = Sketch::parse(&fs::read_to_string(path).unwrap()).unwrap();
        let report = judged(&sketch.inspection());
        let page = page(name, &report, &RunFacts::default());
        let codes = embedded(&page)["findings"].as_array().unwrap().len();
        assert_eq!(codes, report.findings.len(), "{name}");
        assert!(page.contains("<svg class=\"lanes\""), "{name} has no picture");
        assert!(page.contains("Sensors at a glance"), "{name}");
    }
}

#[test]
fn the_program_writes_the_page_of_its_examples() {
    for (name, example, code) in [("example", "drive_0423", 1), ("good", "good", 0)] {
        let file = folder().join(format!("{name}.html"));
        let format = format!("--format=html={}", file.display());
        let output = Command::new(env!("CARGO_BIN_EXE_sensortree"))
            .current_dir(root())
            .args(["check", &format!("examples/{example}"), "--isolated", &format])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        let page = fs::read_to_string(&file).unwrap();
        let json = embedded(&page);
        assert_eq!(json["schema"], "sensortree-report/1");
        assert_eq!(json["target"]["uri"], format!("examples/{example}"));
        // The settings in force, with where each is from.
        assert!(page.contains("half the cadence, at most 100 ms"));
    }
    let page = fs::read_to_string(folder().join("example.html")).unwrap();
    for said in [
        "2 of 20 frames missing in 1 of 2 scenes",
        "8 h ahead",
        "sensortree fix examples/drive_0423 --select L103",
        "<del><code>Cam_left/</code></del>",
        "<ins><code>camera-left/</code></ins>",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

/// All ids of a page.
fn ids(page: &str) -> Vec<&str> {
    page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Every id is there once, and whatever refers to one finds it.
fn ids_are_right(page: &str) {
    let all = ids(page);
    let set: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(all.len(), set.len(), "an id is there twice");
    for attribute in ["href=\"#", "aria-labelledby=\"", "data-list=\"", "data-filter=\""] {
        for rest in page.split(attribute).skip(1) {
            let id = rest.split('"').next().unwrap();
            assert!(set.contains(id), "{attribute}{id}");
        }
    }
}

#[test]
fn ids_of_one_dataset_are_plain_and_those_of_several_apart() {
    let sketch = |fixture: &str| {
        let path = root().join("fixtures").join(format!("{fixture}.tree"));
        judged(&Sketch::parse(&fs::read_to_string(path).unwrap()).unwrap().inspection())
    };
    let reports = [sketch(FAULTS[0].1), sketch(FAULTS[4].1)];
    let facts = RunFacts::default();
    let one = drawn(&reports[0], &facts);
    ids_are_right(&one);
    for id in ["first", "sensors", "pictures", "scenes", "scene-1", "findings", "finding-1", "run"]
    {
        assert!(ids(&one).contains(&id), "{id}");
    }
    let several = drawn_all(&reports.each_ref().map(|report| checked(report, &facts)));
    ids_are_right(&several);
    for id in ["report", "main", "datasets", "dataset-1", "dataset-2-findings", "dataset-2-scene-1"]
    {
        assert!(ids(&several).contains(&id), "{id}");
    }
}

#[test]
fn the_program_writes_one_page_of_several_datasets() {
    let file = folder().join("several.html");
    let format = format!("--format=html={}", file.display());
    let run = |format: &str| {
        Command::new(env!("CARGO_BIN_EXE_sensortree"))
            .current_dir(root())
            .args(["check", "examples/drive_0423", "examples/good", "examples/nowhere"])
            .args(["--isolated", format])
            .output()
            .unwrap()
    };
    let output = run(&format);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let page = fs::read_to_string(&file).unwrap();
    ids_are_right(&page);
    // What could not be checked is named, and no dataset of the document.
    let (_, table) = page.split_once("1 of 3 datasets would be accepted").unwrap();
    let (table, _) = table.split_once("</table>").unwrap();
    for said in ["#dataset-1", "5710", "L103 rename", "#dataset-2", "200", "not checked"] {
        assert!(table.contains(said), "{said}: {table}");
    }
    assert!(table.contains("there is no folder") && !table.contains("#dataset-3"), "{table}");
    let json: Value = embedded(&page);
    let written: Value = serde_json::from_slice(&run("--format=json").stdout).unwrap();
    let shape = |list: &Value| -> Vec<(Value, usize)> {
        let reports = list.as_array().unwrap().iter();
        reports.map(|it| (it["target"].clone(), it["findings"].as_array().unwrap().len())).collect()
    };
    assert_eq!(shape(&json), shape(&written));
    assert_eq!(json.as_array().unwrap().len(), 2);
}

/// A drive of a few scenes, of which a part has a camera whose clock is ahead and one that lost
/// frames.
fn drive(number: u64) -> Inspection {
    let mut plan = Plan::new(1, 4, 20, 100);
    if !number.is_multiple_of(3) {
        for (at, sensor) in plan.sensors_mut(SensorKind::Camera).enumerate() {
            match at {
                1 => sensor.offset_ns = 30_000_000,
                2 => sensor.lost_per_million = 20_000,
                _ => {}
            }
        }
    }
    listed(&plan, &format!("drives/{number:04}"))
}

#[test]
fn a_hundred_datasets_have_one_page_that_stays_small() {
    let reports: Vec<Report> = (0..100).map(|number| judged(&drive(number))).collect();
    let facts = RunFacts::default();
    let datasets: Vec<Dataset<'_>> = reports.iter().map(|report| checked(report, &facts)).collect();
    let page = drawn_all(&datasets);
    leave("hundred", &page);
    ids_are_right(&page);
    assert!(page.len() < 6_000_000, "{} bytes", page.len());
    // As the platform answers 200 for what is at risk, too, that is said beside it.
    assert_eq!(page.matches("</span>200, at risk</span></td>").count(), 66);
    // Each that has something to show shows a scene.
    for at in (0..100).filter(|at: &usize| !at.is_multiple_of(3)) {
        assert!(page.contains(&format!("id=\"dataset-{}-scene-", at + 1)), "{at}");
    }
    assert_eq!(embedded(&page).as_array().unwrap().len(), 100);
}

/// What would run, fetch, or end what it stands in.
const MARKUP: [&str; 8] = [
    "<script>window.ran=1<∕script>",
    "<img src=x onerror=window.ran=2>",
    "\" onmouseover=window.ran=3 x=\"",
    "' onfocus='window.ran=4' autofocus '",
    "<svg onload=window.ran=5>",
    "<iframe src=javascript:parent.ran=6>",
    "<!--<script>window.ran=7",
    "<style>*{background:url(http:⁄⁄evil.example)}",
];

/// A report of a tree in which every name that a person can choose is markup.
fn hostile() -> (Report, RunFacts) {
    let mut builder = TreeBuilder::new();
    let metadata = format!(
        "{{\"version\": {0}, \"lidarSequence\": [{0}], \"cameraSequence\": [{0}, 1], {0}: {0}}}",
        Value::from(format!("</script><script>window.ran=8</script>{}", MARKUP.join("")))
    );
    builder.add(&Entry::file(b"metadata.json", metadata.len() as u64));
    for (at, markup) in MARKUP.iter().enumerate() {
        for (kind, suffix) in [("lidar", "pcd"), ("camera", "jpg")] {
            for frame in 0..20 {
                // Late, and with some frames missing.
                let ahead = if kind == "camera" { 30 } else { 0 };
                if at == 1 && kind == "camera" && (5..9).contains(&frame) {
                    continue;
                }
                let stamp = 1_681_532_060_000_i64 + i64::try_from(at).unwrap() * 60_000;
                let path = format!(
                    "{kind}-{markup}/scene {markup}/{}.{suffix}",
                    stamp + frame * 100 + ahead
                );
                builder.add(&Entry::file(path.as_bytes(), 1_000));
            }
            let path = format!("{kind}-{markup}/{markup}.txt");
            builder.add(&Entry::file(path.as_bytes(), 1));
            let path = format!("{kind}-same/scene {markup}/{markup}.{suffix}");
            builder.add(&Entry::file(path.as_bytes(), 1));
        }
        // A sensor of a folder that lacks its prefix, and a stray file at the top.
        let path = format!("{markup}/scene {markup}/1681532060000.jpg");
        builder.add(&Entry::file(path.as_bytes(), 1_000));
        builder.add(&Entry::file(format!("{markup}</script>.zip").as_bytes(), 1));
    }
    // What is no name of a file may hold slashes, too.
    let all = format!("</title></script><script>window.ran=9</script>{}", MARKUP.join(""));
    let inspection = Inspection {
        target: Target {
            kind: TargetKind::Local,
            uri: format!("drives/{all}"),
            segments: vec![all.clone()],
        },
        tree: builder.finish(),
        archive: None,
        metadata: MetadataFile::Text(metadata.into_bytes()),
        coverage: Coverage {
            content: "headers",
            notes: vec![all.clone()],
            skipped: vec![all.clone().into_bytes()],
            ..Coverage::default()
        },
    };
    let mut report = judged(&inspection);
    report.coverage.unread.push(Unread { path: all.clone().into(), reason: all.clone() });
    report.idle_settings.push(all.clone());
    report.request = Some(all.clone());
    let facts = RunFacts {
        tool_version: all.clone(),
        date: all.clone(),
        settings: vec![SettingInForce { name: all.clone(), value: all.clone(), origin: all }],
        ..RunFacts::default()
    };
    (report, facts)
}

#[test]
fn markup_in_names_stays_text() {
    let (report, facts) = hostile();
    assert!(report.findings.len() > 5, "the tree gives findings");
    let page = page("hostile", &report, &facts);
    // The two scripts are the JSON report and the page's own; there is one style.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(page.matches("<style").count(), 1);
    for begun in ["<img", "<iframe", "<!--", "<svg onload", "<∕script"] {
        assert!(!page.contains(begun), "{begun}");
    }
    // In text and in attributes, a quote and a `<` are written as references.
    let (markup, rest) = page.split_once("<script type=\"application/json\"").unwrap();
    assert!(!markup.contains("\" onmouseover=") && !rest.contains("<img"));
    let json = embedded(&page);
    let uri = json["target"]["uri"].as_str().unwrap();
    assert!(uri.ends_with(&MARKUP.join("")), "it comes back");
}

#[test]
fn markup_in_names_stays_text_on_a_page_of_several_datasets() {
    let (report, facts) = hostile();
    let all = format!("</script><script>window.ran=10</script>{}", MARKUP.join(""));
    let unchecked = Dataset::Unchecked { target: &all, reason: &all };
    let page = drawn_all(&[checked(&report, &facts), unchecked, checked(&report, &facts)]);
    leave("hostile-several", &page);
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(page.matches("<style").count(), 1);
    for begun in ["<img", "<iframe", "<!--", "<svg onload", "<∕script"] {
        assert!(!page.contains(begun), "{begun}");
    }
    ids_are_right(&page);
    let (markup, _) = page.split_once("<script type=\"application/json\"").unwrap();
    assert!(!markup.contains("\" onmouseover="));
    assert!(markup.contains("0 of 3 datasets would be accepted"));
    assert_eq!(embedded(&page).as_array().unwrap().len(), 2);
}

#[test]
fn the_policy_admits_what_the_tool_wrote_and_nothing_else() {
    let (report, facts) = hostile();
    let page = drawn(&report, &facts);
    let (_, rest) = page.split_once("http-equiv=\"Content-Security-Policy\" content=\"").unwrap();
    let (policy, rest) = rest.split_once('"').unwrap();
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    for word in ["unsafe", "http", "data:", "*"] {
        assert!(!policy.contains(word), "{policy}");
    }
    // It comes before anything that it is to keep from running.
    let before = page.len() - rest.len();
    assert!(page.find("<style").unwrap() > before && page.find("<script").unwrap() > before);
    // Nothing is set in a way that the policy would refuse.
    assert!(!page.contains(" style=\""));
    assert!(!page.contains("src=\""));
}

/// A dataset of a million frames in a thousand scenes, in which one camera is ahead, one jitters
/// and one has lost frames.
fn large() -> Inspection {
    listed(&Plan::new(2, 6, 1_000, 125).with_three_bad_cameras(), "drives/large")
}

/// The tree of a plan.
fn listed(plan: &Plan, uri: &str) -> Inspection {
    let mut builder = TreeBuilder::new();
    plan.list(1_000, |entry| builder.add(entry));
    Inspection {
        target: Target {
            kind: TargetKind::Local,
            uri: uri.to_owned(),
            segments: vec![uri.rsplit('/').next().unwrap().to_owned()],
        },
        tree: builder.finish(),
        archive: None,
        metadata: MetadataFile::Text(plan.metadata().into_bytes()),
        coverage: Coverage { content: "none", ..Coverage::default() },
    }
}

#[test]
fn a_million_frames_take_less_than_a_megabyte() {
    let report = judged(&large());
    assert!(report.frames > 990_000 && report.scenes.len() == 1_000);
    let page = page("large", &report, &RunFacts::default());
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    assert!(page.contains("30 ms ahead"));
}

/// A dataset with dozens of large findings: 60 cameras, each with its own fault in every scene, and
/// each with files that belong nowhere.
fn many_findings() -> Inspection {
    let scenes = 60;
    let mut plan = Plan::new(2, 60, scenes, 40);
    for (at, sensor) in plan.sensors_mut(SensorKind::Camera).enumerate() {
        match at % 4 {
            0 => sensor.offset_ns = 20_000_000 + i64::try_from(at).unwrap() * 500_000,
            1 => sensor.jitter_ns = 4_000_000,
            2 => sensor.lost_per_million = 50_000,
            _ => {}
        }
    }
    let mut builder = TreeBuilder::new();
    plan.list(1_000, |entry| builder.add(entry));
    for camera in 0..60 {
        for scene in 0..scenes {
            for name in ["a note that somebody left here.txt", "a frame without a number.jpg"] {
                let path = format!("camera-c{camera}/scene_{scene:04}/{name}");
                builder.add(&Entry::file(path.as_bytes(), 10));
            }
        }
    }
    Inspection { tree: builder.finish(), ..listed(&plan, "drives/many") }
}

#[test]
fn dozens_of_large_findings_take_less_than_two_megabytes() {
    let report = judged(&many_findings());
    assert!(report.findings.len() >= 48, "{}", report.findings.len());
    let page = page("many-findings", &report, &RunFacts::default());
    ids_are_right(&page);
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    // All of them are there, at least in short.
    for at in 1..=report.findings.len() {
        assert!(page.contains(&format!("id=\"finding-{at}\"")), "{at}");
    }
    assert_eq!(embedded(&page)["findings"].as_array().unwrap().len(), report.findings.len());
}

#[test]
fn the_same_report_gives_the_same_page() {
    let (report, facts) = hostile();
    let (again, _) = hostile();
    assert_eq!(drawn(&report, &facts), drawn(&again, &facts));
}
