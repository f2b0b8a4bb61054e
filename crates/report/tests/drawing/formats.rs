//! What programs read: `concise`, `json`, `response`; and names that mean harm,
//! through every format.

use crate::code_hosts::of_run;
use crate::support::{
    FRAME, MARKER, PREFIX, at_risk, drawn, facts, finding, good, in_document, judge,
    prefix_missing, sketched, with,
};
use proptest::prelude::*;
use sensortree_core::finding::{Example, Finding, Subject};
use sensortree_core::layout::SceneId;
use sensortree_core::platform::Endpoint;
use sensortree_core::report::Report;
use sensortree_core::tree::Unread;
use sensortree_report::{Format, RunFacts, Style, lines_schema, report_schema};
use serde_json::{Value, json};

/// The JSON report, held against its schema.
fn json(report: &Report) -> Value {
    let value: Value =
        serde_json::from_str(&drawn(report, Format::Json, &Style::default())).unwrap();
    let validator = jsonschema::validator_for(&report_schema()).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
    value
}

fn concise(report: &Report) -> String {
    drawn(report, Format::Concise, &Style::default())
}

#[test]
fn concise_is_one_line_a_finding() {
    let (located, document) = in_document("{\n  \"a\": \"camera-front\"}", "\"camera-front\"", "");
    let mut report =
        with(vec![prefix_missing(), located, at_risk(), finding(&MARKER, "2 folder markers")]);
    report.documents = vec![document];
    report
        .coverage
        .unread
        .push(Unread { path: b"lidar-top/".to_vec(), reason: "permission denied".to_owned() });
    assert_eq!(
        concise(&report),
        "\
Cam_left/: L103 sensor-prefix-missing [5710, documented] `Cam_left` holds images, and the platform reads only `lidar-…` and `camera-…`
metadata.json:2:8: M108 sequence-sensor-unknown [5710, implied] `cameraSequence` names `camera-front`; the name is `front`
camera-front/scene_0001/: A202 frame-missing-in-sensor [scene, implied] camera-front lacks 9 frames of scene_0001
.: H102 folder-marker [advice, advice] 2 folder markers
lidar-top/: H106 unreadable [incomplete] permission denied
"
    );
    assert_eq!(concise(&good()), "");
}

#[test]
fn concise_names_places_as_seen_from_the_current_folder() {
    let (located, document) = in_document("{\n  \"a\": \"camera-front\"}", "\"camera-front\"", "");
    let mut asked = located.clone();
    asked.location.as_mut().unwrap().document = "body.json".into();
    let mut report = with(vec![prefix_missing(), located, asked, finding(&MARKER, "2 markers")]);
    report.documents = vec![document];
    report.request = Some("body.json".into());
    let unread = Unread { path: b"lidar-top/".to_vec(), reason: "denied".to_owned() };
    report.coverage.unread.push(unread);
    let places = |folder: &[u8]| {
        let facts = RunFacts { folder: Some(folder.to_vec()), ..facts() };
        let text = of_run(&report, Format::Concise, &facts);
        let places: Vec<String> =
            text.lines().map(|line| line.split_once(": ").unwrap().0.to_owned()).collect();
        places.join(" ")
    };
    assert_eq!(
        places(b"drives/0423"),
        "drives/0423/Cam_left/ drives/0423/metadata.json:2:8 body.json:2:8 drives/0423 drives/0423/lidar-top/"
    );
    assert_eq!(places(b""), "Cam_left/ metadata.json:2:8 body.json:2:8 . lidar-top/");
    assert_eq!(places(b"/"), "/Cam_left/ /metadata.json:2:8 body.json:2:8 / /lidar-top/");
    assert!(places(b"a\nb").starts_with("a\\nb/Cam_left/ "));
}

#[test]
fn json_is_what_the_contract_says() {
    let (mut located, document) =
        in_document("{\n  \"a\": \"camera-front\"}", "\"camera-front\"", "no prefix");
    located.notes.push("a note".to_owned());
    let mut report = with(vec![prefix_missing(), located, at_risk()]);
    report.documents = vec![document];
    report.coverage.skipped.push(b".git/".to_vec());
    report.idle_settings.push("the ignore for `x` matched nothing".to_owned());
    let value = json(&report);
    assert_eq!(value["schema"], "sensortree-report/1");
    assert_eq!(value["tool"], json!({"name": "sensortree", "version": "0.1.0"}));
    assert_eq!(value["target"], json!({"kind": "local", "uri": "drive_0423"}));
    assert_eq!(value["endpoint"], "import-annotation");
    assert_eq!(
        value["prediction"],
        json!({
            "outcome": "rejected", "code": 5710,
            "message": "File tree misalignment, refer to API doc for correction",
            "basis": "documented", "because": ["L103", "M108"],
            "scenes": {"total": 2, "atRisk": ["scene_0001"]},
        })
    );
    assert_eq!(value["coverage"]["complete"], true);
    assert_eq!(value["coverage"]["skipped"], json!([{"path": ".git/"}]));
    assert_eq!(
        value["tree"],
        json!({
            "sensors": [
                {"folder": "camera-front", "kind": "camera", "name": "front", "scenes": 2, "frames": 1000},
                {"folder": "lidar-top", "kind": "lidar", "name": "top", "scenes": 2, "frames": 1000},
            ],
            "scenes": 2, "frames": 2000, "cadence": {"nanoseconds": 100_000_000, "hertz": 10.0},
        })
    );
    let found = value["findings"].as_array().unwrap();
    assert_eq!(
        found[0]["examples"],
        json!([{
            "path": "Cam_left/", "present": true, "expected": "camera-left",
            "expectedPath": "camera-left",
        }])
    );
    assert_eq!(
        found[1]["location"],
        json!({"document": "metadata.json", "offset": 9, "length": 14, "line": 2, "column": 8, "label": "no prefix"})
    );
    assert_eq!(found[1]["notes"], json!(["a note"]));
    assert_eq!(found[2]["effect"], "scene");
    assert_eq!(found[2]["subject"], json!({"sensor": "camera-front", "scene": "scene_0001"}));
    assert_eq!(found[2]["count"], 9);
    assert!(found[2].get("location").is_none());
    let last = drawn(&report, Format::Json, &Style::default());
    assert!(last.rfind("\"timing\"") > last.rfind("\"idleSettings\""), "timing stands last");
}

#[test]
fn json_of_every_outcome_keeps_to_its_schema() {
    let mut incomplete = good();
    incomplete.coverage.unread.push(Unread { path: Vec::new(), reason: "denied".to_owned() });
    judge(&mut incomplete);
    for (report, outcome) in [
        (good(), "accepted"),
        (with(vec![at_risk()]), "scenes-at-risk"),
        (with(vec![prefix_missing()]), "rejected"),
        (incomplete, "unknown"),
        (sketched("notes.txt\n"), "rejected"),
    ] {
        let value = json(&report);
        if outcome != "rejected" {
            assert_eq!(value["prediction"]["outcome"], outcome);
        }
    }
}

#[test]
fn the_schema_refuses_what_is_none() {
    let validator = jsonschema::validator_for(&report_schema()).unwrap();
    let mut value = json(&with(vec![prefix_missing()]));
    value["findings"][0]["severity"] = "fatal".into();
    assert!(!validator.is_valid(&value));
    assert!(!validator.is_valid(&json!({})));
    let mut value = json(&good());
    value["schema"] = "sensortree-report/2".into();
    assert!(!validator.is_valid(&value));
}

#[test]
fn names_that_are_no_text_can_be_had_back() {
    let mut report = with(vec![Finding {
        examples: vec![
            Example::at(b"lidar-100%/\xff.pcd".to_vec()),
            Example::at("camera-100%/a.jpg"),
        ],
        scenes: vec![SceneId(0)],
        subject: Subject { sensor: Some(b"lidar-\xfe".to_vec()), scene: None },
        ..finding(&FRAME, "odd")
    }]);
    report.scenes[0] = b"%\xff".to_vec();
    let value = json(&report);
    let found = &value["findings"][0];
    let example = json!({"path": "lidar-100%25/%FF.pcd", "pathEncoded": true, "present": true});
    assert_eq!(found["examples"][0], example);
    assert_eq!(found["examples"][1], json!({"path": "camera-100%/a.jpg", "present": true}));
    assert_eq!(found["subject"], json!({"sensor": "lidar-%FE", "sensorEncoded": true}));
    assert_eq!(value["prediction"]["scenes"]["atRisk"], json!(["%25%FF"]));
    assert_eq!(value["prediction"]["scenes"]["atRiskEncoded"], true);
}

#[test]
fn the_envelope_invents_no_id() {
    let response = |report: &Report| -> Value {
        serde_json::from_str(&drawn(report, Format::Response, &Style::default())).unwrap()
    };
    let rejected = response(&with(vec![prefix_missing()]));
    assert_eq!(rejected["code"], 5710);
    assert_eq!(rejected["success"], false);
    assert_eq!(rejected["data"], Value::Null);
    assert_eq!(rejected["requestId"], Value::Null);
    assert_eq!(rejected["date"], "2026-01-02 03:04:05");
    assert_eq!(rejected["predicted"]["because"], json!(["L103"]));

    let accepted = response(&good());
    assert_eq!(accepted["code"], 200);
    assert_eq!(accepted["success"], true);
    let data =
        json!({"datasetId": null, "status": 1, "successTaskList": null, "errorDataIdList": []});
    assert_eq!(accepted["data"], data);
    assert_eq!(accepted["predicted"]["scenes"], 2);

    let risky = response(&with(vec![at_risk()]));
    assert_eq!(risky["code"], 200);
    assert_eq!(risky["data"]["errorDataIdList"], Value::Null);
    assert_eq!(risky["predicted"]["scenesAtRisk"], json!(["scene_0001"]));

    let mut plain = good();
    plain.endpoint = Endpoint::Upload;
    assert_eq!(response(&plain)["data"], json!({"datasetId": null, "status": null}));

    let mut incomplete = good();
    incomplete.coverage.unread.push(Unread { path: Vec::new(), reason: "denied".to_owned() });
    judge(&mut incomplete);
    let unknown = response(&incomplete);
    assert_eq!([&unknown["code"], &unknown["message"], &unknown["success"]], [&Value::Null; 3]);
}

const HOSTILE: &str = "\u{1b}[2J\u{9b}31m\nL999 forged\r\n::error::x\u{202e}gpj.\u{2028}</script>\u{200b}🚗\u{e0041}`|\t\u{0}";

/// Those that do not hold every rule, which takes a while to write.
fn quick_formats() -> impl Iterator<Item = Format> {
    Format::ALL.into_iter().filter(|format| *format != Format::Sarif)
}

/// A report in which every text that can come from outside is this one.
fn outside(text: &str) -> Report {
    let (mut located, mut document) =
        in_document("{\n  \"a\": \"camera-front\"}", "\"camera-front\"", text);
    located.message = text.to_owned();
    document.text = format!("{text}{text}\n{text}").into_bytes();
    let mut named = finding(&PREFIX, text);
    named.examples = vec![
        Example::at(text).expecting(text).noting(text),
        Example::missing(format!("lidar-top/{text}/{text}/")).noting(text),
    ];
    named.notes = vec![text.to_owned()];
    named.help = Some(text.to_owned());
    named.count = 7;
    let mut scene = at_risk();
    scene.subject =
        Subject { sensor: Some(text.as_bytes().to_vec()), scene: Some(text.as_bytes().to_vec()) };
    scene.help = Some(format!("{text}{text}"));
    let mut report = with(vec![named, located, scene]);
    report.documents = vec![document];
    report.target.uri = text.to_owned();
    report.scenes[0] = text.as_bytes().to_vec();
    report.sensors[0].folder = text.as_bytes().to_vec();
    report.coverage.unread.push(Unread { path: text.as_bytes().to_vec(), reason: text.to_owned() });
    report.coverage.skipped.push(text.as_bytes().to_vec());
    report.idle_settings.push(text.to_owned());
    report
}

fn unseen(c: char) -> bool {
    c != '\n' && (c.is_control() || ['\u{202e}', '\u{2028}', '\u{200b}', '\u{e0041}'].contains(&c))
}

#[test]
fn a_hostile_name_is_shown_for_what_it_is() {
    let report = outside(HOSTILE);
    for format in Format::ALL {
        for unicode in [true, false] {
            let text = drawn(&report, format, &Style { unicode, verbose: 1, ..Style::default() });
            assert!(!text.contains(unseen), "{format}: {text:?}");
            let meant = |line: &str| {
                format == Format::Github && line.starts_with("::error file=data/drive_0423/")
            };
            let forged = |line: &str| {
                (line.trim_start().starts_with("::error") && !meant(line))
                    || line.starts_with("L999")
            };
            assert!(!text.lines().any(forged), "{format}: {text}");
        }
    }
    // Three findings and one place that could not be read.
    assert_eq!(concise(&report).lines().count(), 4);
    let value = json(&report);
    assert_eq!(value["findings"][0]["examples"][0]["path"], HOSTILE);
    assert_eq!(value["findings"][0]["message"], HOSTILE);
    assert_eq!(value["target"]["uri"], HOSTILE);
    assert_eq!(value["prediction"]["scenes"]["atRisk"][0], HOSTILE);
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for format in Format::ALL {
        let text = || drawn(&outside("x"), format, &Style::default());
        assert_eq!(text(), text());
    }
}

#[test]
fn format_names_are_those_there_are() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
    }
    let error = "xml".parse::<Format>().unwrap_err().to_string();
    assert_eq!(
        error,
        "`xml` is not one of full, concise, json, jsonl, sarif, github, gitlab, junit, markdown, html, response"
    );
}

#[test]
fn the_schemas_in_the_repository_are_those_of_the_code() {
    let report = include_str!("../../../../schema/sensortree-report-1.schema.json");
    let lines = include_str!("../../../../schema/sensortree-lines-1.schema.json");
    for (kept, schema) in [(report, report_schema()), (lines, lines_schema())] {
        let generated = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        assert!(kept == generated, "{} is out of date: cargo xtask generate", schema["title"]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_name_can_be_drawn(name in any::<String>(), width in 0_usize..220, unicode: bool, offset in 0_usize..400, length in 0_usize..400) {
        let mut report = outside(&name);
        let location = report.findings[1].location.as_mut().unwrap();
        (location.offset, location.length) = (offset, length);
        let style = Style { width, unicode, verbose: 1, ..Style::default() };
        for format in quick_formats() {
            let text = drawn(&report, format, &style);
            prop_assert!(!text.contains(|c: char| c != '\n' && c.is_control()));
        }
        prop_assert_eq!(concise(&report).lines().count(), 4);
        let value: Value = serde_json::from_str(&drawn(&report, Format::Json, &style)).unwrap();
        prop_assert_eq!(value["findings"][0]["message"].as_str(), Some(name.as_str()));
    }

    #[test]
    fn no_name_makes_a_line_too_wide(name in "[ -~é車🚗]{1,60}(/[ -~é車]{0,30}){0,6}", width in 40_usize..200, unicode: bool) {
        let style = Style { width, unicode, ..Style::default() };
        for line in drawn(&outside(&name), Format::Full, &style).lines() {
            let cells = unicode_width::UnicodeWidthStr::width(line);
            prop_assert!(cells <= width, "{cells} cells in {width}: {line}");
        }
    }

    #[test]
    fn any_bytes_can_be_drawn(bytes in proptest::collection::vec(any::<u8>(), 0..200), offset in 0_usize..220, length in 0_usize..220, width in 20_usize..200) {
        let (mut located, mut document) = in_document("\"camera-front\"", "\"camera-front\"", "here");
        let location = located.location.as_mut().unwrap();
        (location.offset, location.length) = (offset, length);
        document.text = bytes.clone();
        located.subject.sensor = Some(bytes.clone());
        let named = Finding { examples: vec![Example::at(bytes)], ..finding(&PREFIX, "x") };
        let mut report = with(vec![located, named]);
        report.documents = vec![document];
        for format in quick_formats() {
            drawn(&report, format, &Style { width, ..Style::default() });
        }
    }
}
