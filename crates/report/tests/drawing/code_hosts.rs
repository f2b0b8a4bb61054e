//! The formats for code hosts and CI services: held against their public schemas, and against what
//! the services do with them.

use std::sync::LazyLock;

use jsonschema::Validator;
use sensortree_core::document::Location;
use sensortree_core::finding::settings::{FailOn, Severity};
use sensortree_core::finding::{Example, Finding, Subject};
use sensortree_core::report::Report;
use sensortree_core::rules;
use sensortree_core::tree::{TargetKind, Unread};
use sensortree_report::{Format, Places, RunFacts, Style, Timing, lines_schema, render};
use serde_json::{Value, json};

use crate::support::{
    FRAME, MARKER, PREFIX, at_risk, facts, finding, good, in_document, judge, prefix_missing,
    sketched, with,
};

/// The report in a format, of a run of which this is known.
pub(crate) fn of_run(report: &Report, format: Format, facts: &RunFacts) -> String {
    let mut out = Vec::new();
    render(report, format, &Style::default(), &Timing::default(), facts, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// HTML of a Markdown report without the tags that the format writes: what is left is text.
pub(crate) fn without_known_tags(html: &str) -> String {
    let known = ["<details><summary>", "</summary>", "</details>", "<code>", "</code>", "<!-- -->"];
    known.iter().fold(html.to_owned(), |html, tag| html.replace(tag, ""))
}

fn drawn(report: &Report, format: Format) -> String {
    of_run(report, format, &facts())
}

static SARIF: LazyLock<Validator> = LazyLock::new(|| {
    let mut schema: Value =
        serde_json::from_str(include_str!("../schemas/sarif-2.1.0.json")).unwrap();
    for holder in ["run", "toolComponent"] {
        // The published pattern has a bracket too many, and is of a field that is not written.
        schema["definitions"][holder]["properties"]["language"]
            .as_object_mut()
            .unwrap()
            .remove("pattern")
            .unwrap();
    }
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
});

/// The report as SARIF, which keeps to its schema.
pub(crate) fn sarif_of_run(report: &Report, facts: &RunFacts) -> Value {
    let value: Value = serde_json::from_str(&of_run(report, Format::Sarif, facts)).unwrap();
    let errors: Vec<String> = SARIF
        .iter_errors(&value)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    value
}

fn sarif(report: &Report) -> Value {
    sarif_of_run(report, &facts())
}

/// The report for GitLab, which keeps to its schema.
pub(crate) fn gitlab(report: &Report) -> Vec<Value> {
    let schema: Value =
        serde_json::from_str(include_str!("../schemas/gitlab-code-quality.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let issues: Vec<Value> = serde_json::from_str(&drawn(report, Format::Gitlab)).unwrap();
    for issue in &issues {
        assert!(validator.is_valid(issue), "{issue:#}");
        assert!(
            ["info", "minor", "major", "critical", "blocker"]
                .contains(&issue["severity"].as_str().unwrap())
        );
        assert!(
            issue["check_name"].is_string() && issue["location"]["lines"]["begin"].is_u64(),
            "{issue:#}"
        );
    }
    issues
}

/// The lines of the report, which keep to their schema.
pub(crate) fn lines(report: &Report) -> Vec<Value> {
    let validator = jsonschema::validator_for(&lines_schema()).unwrap();
    let lines: Vec<Value> = drawn(report, Format::Jsonl)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for line in &lines {
        assert!(validator.is_valid(line), "{line:#}");
    }
    lines
}

fn incomplete() -> Report {
    let mut report = good();
    report
        .coverage
        .unread
        .push(Unread { path: b"lidar-top/".to_vec(), reason: "permission denied".to_owned() });
    judge(&mut report);
    report
}

/// A place in the tree, one in a document and one that is missing.
fn three() -> Report {
    let (located, document) =
        in_document("{\n  \"a\": [\"🚗\", \"camera-front\"]\n}", "\"camera-front\"", "no prefix");
    let missing = Finding {
        examples: vec![Example::missing("camera-front/scene_0001/1681532060161.jpg")],
        subject: Subject {
            sensor: Some(b"camera-front".to_vec()),
            scene: Some(b"scene_0001".to_vec()),
        },
        ..at_risk()
    };
    let mut report = with(vec![prefix_missing(), located, missing]);
    report.documents = vec![document];
    report
}

#[test]
fn the_table_of_a_comment_says_what_to_do() {
    let mut finding = prefix_missing();
    finding.help = Some("rename `Cam_left` to `camera-left` | a\nb".to_owned());
    let text = drawn(&with(vec![finding]), Format::Markdown);
    let row = text.lines().find(|line| line.starts_with("| error | L103")).unwrap();
    let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
    assert_eq!(cells.len(), 6, "{row}");
    assert_eq!(
        cells[4],
        "rename <code>Cam&#95;left</code> to <code>camera-left</code> &#124; a&#92;nb"
    );
    let heads = text.lines().find(|line| line.contains("what is wrong")).unwrap();
    assert_eq!(heads, "| | rule | place | what is wrong | to do | times |");
}

#[test]
fn sarif_shows_each_finding_at_something_that_is_there() {
    let log = sarif(&three());
    let results = log["runs"][0]["results"].as_array().unwrap();
    let at = |index: usize| &results[index]["locations"][0]["physicalLocation"];
    let whole = json!({"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1});
    assert_eq!(
        at(0)["artifactLocation"],
        json!({"uri": "data/drive_0423/Cam_left", "uriBaseId": "%SRCROOT%"})
    );
    assert_eq!(at(0)["region"], whole);
    assert_eq!(at(1)["artifactLocation"]["uri"], "data/drive_0423/metadata.json");
    // The car before it takes two code units.
    let region = json!({"startLine": 2, "startColumn": 15, "endLine": 2, "endColumn": 29});
    assert_eq!(
        (&at(1)["region"], &log["runs"][0]["columnKind"]),
        (&region, &json!("utf16CodeUnits"))
    );
    assert_eq!(
        at(2)["artifactLocation"]["uri"],
        "data/drive_0423/camera-front/scene_0001",
        "the folder it is missing from"
    );
    let missing = "camera-front/scene_0001/1681532060161.jpg";
    assert_eq!(results[2]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], missing);
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn sarif_knows_what_is_missing_by_what_is_missing() {
    let fingerprint = |name: &str| {
        let missing = Finding { examples: vec![Example::missing(name)], ..at_risk() };
        let log = sarif(&with(vec![missing]));
        let result = &log["runs"][0]["results"][0];
        (
            result["partialFingerprints"]["primaryLocationLineHash"].clone(),
            result["locations"][0]["physicalLocation"].clone(),
        )
    };
    let (one, other) = (fingerprint("camera-front/s/1.jpg"), fingerprint("camera-front/s/2.jpg"));
    assert_eq!(one.1, other.1, "both are shown at the folder");
    assert_ne!(one.0, other.0);
    assert_eq!(one, fingerprint("camera-front/s/1.jpg"));
}

#[test]
fn sarif_has_every_rule_with_its_page_and_each_result_its_rule() {
    let log = sarif(&sketched("notes.txt\n"));
    let (rules, results) = (&log["runs"][0]["tool"]["driver"]["rules"], &log["runs"][0]["results"]);
    let rules = rules.as_array().unwrap();
    assert_eq!(rules.len(), rules::ALL.len() + 2);
    for rule in rules {
        for field in ["shortDescription", "fullDescription", "help"] {
            let text = rule[field]["text"].as_str().unwrap();
            assert!(
                !text.is_empty() && (field == "help" || text.chars().count() <= 1_024),
                "{rule:#}"
            );
        }
        assert!(!rule["help"]["markdown"].as_str().unwrap().is_empty());
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10);
        assert!(rule.get("helpUri").is_none(), "no address was given");
    }
    assert!(!results.as_array().unwrap().is_empty());
    for result in results.as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let known =
        RunFacts { repository: Some("https://host.example/sensortree".to_owned()), ..facts() };
    let log = sarif_of_run(&good(), &known);
    let rule = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["id"] == "L103")
        .unwrap();
    assert_eq!(
        rule["helpUri"],
        "https://host.example/sensortree/blob/v0.1.0/docs/rules.md#l103-sensor-prefix-missing"
    );
}

#[test]
fn what_lies_elsewhere_is_shown_at_the_file_that_stands_for_it() {
    let mut report = three();
    report.target.kind = TargetKind::S3;
    report.target.uri = "s3://acme-drives/0423".to_owned();
    let check = |places: Places, expected: &str| {
        let log = sarif_of_run(&report, &RunFacts { places, ..facts() });
        for result in log["runs"][0]["results"].as_array().unwrap() {
            assert_eq!(
                result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
                expected
            );
            let text = result["message"]["text"].as_str().unwrap();
            assert!(text.contains("\nat s3://acme-drives/0423/"), "{text}");
        }
    };
    let anchored = Places { anchor: Some(b"requests/0423.json".to_vec()), ..Places::default() };
    check(anchored, "requests/0423.json");
    check(Places::default(), "sensortree.toml");

    let metadata = Places { metadata: Some(b"0423/metadata.json".to_vec()), ..Places::default() };
    let log = sarif_of_run(&report, &RunFacts { places: metadata, ..facts() });
    let place = &log["runs"][0]["results"][1]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "0423/metadata.json", "that one is at hand");
    assert_eq!(place["region"]["startLine"], 2);
}

#[test]
fn sarif_points_into_the_request() {
    let mut report = three();
    report.request = Some("requests/0423.json".to_owned());
    report.findings[1].location = report.findings[1]
        .location
        .take()
        .map(|location| Location { document: "requests/0423.json".into(), ..location });
    report.documents[0].name = "requests/0423.json".to_owned();
    let places = Places { request: Some(b"requests/0423.json".to_vec()), ..facts().places };
    let log = sarif_of_run(&report, &RunFacts { places, ..facts() });
    let place = &log["runs"][0]["results"][1]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "requests/0423.json");
    assert_eq!(place["region"]["startColumn"], 15);
}

#[test]
fn a_target_at_the_top_is_no_file_to_show_a_finding_at() {
    let places = Places { tree: Some(Vec::new()), ..Places::default() };
    let missing = Finding { examples: vec![Example::missing("metadata.json")], ..prefix_missing() };
    let log = sarif_of_run(&with(vec![missing, prefix_missing()]), &RunFacts { places, ..facts() });
    let uri = |index: usize| {
        &log["runs"][0]["results"][index]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    };
    assert_eq!((uri(0), uri(1)), (&json!("sensortree.toml"), &json!("Cam_left")));
}

#[test]
fn an_incomplete_inspection_looks_clean_nowhere() {
    let report = incomplete();
    let log = sarif(&report);
    let run = &log["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(
        run["invocations"][0]["toolExecutionNotifications"][1]["message"]["text"],
        "lidar-top/: permission denied"
    );
    assert_eq!(
        (&run["results"][0]["ruleId"], &run["results"][0]["level"]),
        (&json!("H106"), &json!("error"))
    );
    assert!(
        drawn(&report, Format::Github)
            .starts_with("::error file=data/drive_0423/lidar-top,line=1,title=H106 unreadable::")
    );
    assert_eq!(gitlab(&report)[0]["severity"], "blocker");
    assert!(drawn(&report, Format::Junit).contains("errors=\"1\""));
    assert!(
        drawn(&report, Format::Markdown)
            .contains("the inspection is incomplete: 1 place could not be read")
    );
    assert_eq!(lines(&report).last().unwrap()["prediction"]["outcome"], "unknown");
}

#[test]
fn an_empty_target_looks_clean_only_where_it_may_be_empty() {
    let nothing = sketched("");
    assert!(drawn(&nothing, Format::Junit).contains("errors=\"1\""));
    assert_eq!(sarif(&nothing)["runs"][0]["invocations"][0]["executionSuccessful"], false);
    let allowed = RunFacts { allow_empty: true, ..facts() };
    assert!(of_run(&nothing, Format::Junit, &allowed).contains("errors=\"0\""));
    let log = sarif_of_run(&nothing, &allowed);
    assert_eq!(log["runs"][0]["results"], json!([]));
}

#[test]
fn a_clean_run_has_no_findings_and_a_case_that_passed() {
    let report = good();
    assert_eq!(sarif(&report)["runs"][0]["results"], json!([]));
    assert_eq!(gitlab(&report), [Value::Null; 0]);
    assert_eq!(
        drawn(&report, Format::Github),
        "✔ predicted answer: 200 Success (import-annotation)\n".replace('✔', "✓")
    );
    let junit = drawn(&report, Format::Junit);
    assert!(junit.contains("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\""), "{junit}");
    let lines = lines(&report);
    assert_eq!((lines.len(), &lines[0]["schema"]), (2, &json!("sensortree-lines/1")));
}

#[test]
fn lines_hold_all_that_the_object_holds() {
    let mut report = three();
    report.findings[0].examples.push(Example::at("Cam_right/"));
    let types: Vec<String> =
        lines(&report).iter().map(|line| line["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(
        types.join(" "),
        "header finding occurrence occurrence finding finding occurrence summary"
    );
    let object: Value = serde_json::from_str(&drawn(&report, Format::Json)).unwrap();
    let lines = lines(&report);
    let summary = lines.last().unwrap();
    for field in ["prediction", "tree", "idleSettings", "timing"] {
        assert_eq!(summary[field], object[field], "{field}");
    }
    let mut finding = object["findings"][0].clone();
    let examples = finding.as_object_mut().unwrap().remove("examples").unwrap();
    for (field, value) in finding.as_object().unwrap() {
        assert_eq!(&lines[1][field], value, "{field}");
    }
    assert_eq!(lines[2]["path"], examples[0]["path"]);
    assert_eq!(lines[2]["finding"], finding["fingerprint"]);
}

#[test]
fn sarif_keeps_to_what_github_takes() {
    let long = format!("lidar-top/{}/", "x".repeat(3_000));
    let of = |count: usize, path: &str| {
        let at = |number: usize| Finding {
            examples: vec![Example::at(format!("{path}{number}.txt"))],
            ..finding(&MARKER, "stray")
        };
        with((0..count).map(at).collect())
    };
    let log = sarif(&of(5_100, ""));
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 5_000);
    let said =
        run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(said.starts_with("100 results are left out"), "{said}");

    let text = drawn(&of(5_000, &long), Format::Sarif);
    assert!(text.len() < 10_000_000, "{} bytes", text.len());
    assert!(text.contains("results are left out"));
}

#[test]
fn a_place_beside_the_first_is_named_too() {
    let mut several = prefix_missing();
    several.examples = (0..30).map(|number| Example::at(format!("Cam_{number:02}/"))).collect();
    several.count = 30;
    let log = sarif(&with(vec![several]));
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["occurrenceCount"], 30);
    let related = result["relatedLocations"].as_array().unwrap();
    assert_eq!((related.len(), &related[0]["id"]), (10, &json!(1)));
    assert_eq!(related[0]["physicalLocation"]["artifactLocation"]["uri"], "data/drive_0423/Cam_01");
}

#[test]
fn github_shows_the_gravest_ten_of_a_level() {
    let mut findings: Vec<Finding> = (0..25)
        .map(|number| Finding {
            examples: vec![Example::at(format!("Cam_{number:02}/"))],
            ..finding(&PREFIX, "no prefix")
        })
        .collect();
    findings.push(finding(&MARKER, "a marker"));
    findings.extend((0..10).map(|_| finding(&FRAME, "lacks frames")));
    let text = drawn(&with(findings), Format::Github);
    let of =
        |command: &str| text.lines().filter(|line| line.starts_with(command)).collect::<Vec<_>>();
    let errors = of("::error ");
    assert_eq!((errors.len(), of("::warning ").len(), of("::notice ").len()), (10, 10, 1));
    assert!(errors[8].contains("file=data/drive_0423/Cam_08,"), "{}", errors[8]);
    assert_eq!(errors[9], "::error title=16 more of level error::L103 sensor-prefix-missing (16)");
    assert_eq!(text.lines().count(), 22);
    assert!(text.lines().last().unwrap().contains("predicted answer: 5710"));
}

#[test]
fn github_points_at_the_columns_of_a_document() {
    let text = drawn(&three(), Format::Github);
    assert!(
        text.contains(
            "::error file=data/drive_0423/metadata.json,line=2,col=15,endColumn=29,title=M108 sequence-sensor-unknown::"
        ),
        "{text}"
    );
}

#[test]
fn junit_fails_where_the_run_fails() {
    let report = with(vec![prefix_missing(), at_risk(), finding(&MARKER, "a marker")]);
    let check = |fail_on: FailOn, failures: usize| {
        let text = of_run(&report, Format::Junit, &RunFacts { fail_on, ..facts() });
        let counts = format!(
            "tests=\"4\" failures=\"{failures}\" errors=\"0\" skipped=\"{}\"",
            3 - failures
        );
        assert!(text.contains(&counts), "{counts} in {text}");
        assert_eq!(text.matches("<failure ").count(), failures);
    };
    check(FailOn::Advice, 3);
    check(FailOn::Scene, 2);
    check(FailOn::Rejection, 1);
    check(FailOn::Never, 0);
}

#[test]
fn no_two_cases_and_no_two_issues_are_taken_for_one() {
    let report = with(vec![prefix_missing(), prefix_missing(), prefix_missing()]);
    let junit = drawn(&report, Format::Junit);
    for name in ["Cam_left/", "Cam_left/ (2)", "Cam_left/ (3)"] {
        assert_eq!(
            junit.matches(&format!("<testcase name=\"{name}\"")).count(),
            1,
            "{name} in {junit}"
        );
    }
    let issues = gitlab(&report);
    let mut fingerprints: Vec<&str> =
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), 3);
}

#[test]
fn a_comment_is_never_too_long_and_says_what_it_leaves_out() {
    let findings = |count: usize| {
        (0..count)
            .map(|number| Finding {
                examples: vec![Example::at(format!("Cam_{number}/"))],
                ..prefix_missing()
            })
            .collect()
    };
    let text = drawn(&with(findings(2_000)), Format::Markdown);
    assert!(text.len() < 65_536, "{} bytes", text.len());
    assert!(
        text.contains(" more are not in this table.")
            && text.contains("are left out; the JSON report has them.")
    );
    assert!(!drawn(&with(findings(20)), Format::Markdown).contains("left out"));
}

#[test]
fn the_levels_are_those_of_the_findings() {
    let level = |severity: Severity| {
        let report = with(vec![Finding { severity, ..prefix_missing() }]);
        let github = drawn(&report, Format::Github);
        let command = github.split([' ', ':']).nth(2).unwrap().to_owned();
        let sarif = sarif(&report)["runs"][0]["results"][0]["level"].as_str().unwrap().to_owned();
        [command, sarif, gitlab(&report)[0]["severity"].as_str().unwrap().to_owned()]
    };
    assert_eq!(level(Severity::Error), ["error", "error", "blocker"]);
    assert_eq!(level(Severity::Warning), ["warning", "warning", "major"]);
    assert_eq!(level(Severity::Advice), ["notice", "note", "info"]);
}
