//! `check --request`, as a whole: exit codes, what is predicted, and that no secret is ever
//! printed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod place;

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use place::Place;
use serde_json::{Value, json};

const TREE_3D: &str = include_str!("place/good.tree");

/// A body that is in order for an import with tasks.
fn good() -> Value {
    json!({
        "resourceUrl": "gs://acme-drives/0423/", "fileTreeType": "0", "dataType": 3, "name": "drive 0423", "projectId": 26,
    })
}

/// The same with other values; `null` takes a field out.
fn with(changes: &Value) -> Value {
    let mut body = good();
    let fields = body.as_object_mut().unwrap();
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => fields.remove(key),
            value => fields.insert(key.clone(), value.clone()),
        };
    }
    body
}

/// A place whose `drive` is in order, with this as `body.json`.
fn place_with(body: impl AsRef<[u8]>) -> Place {
    let place = Place::with(TREE_3D);
    place.write("body.json", body);
    place
}

impl Place {
    fn check(&self, words: &str) -> Command {
        let mut command = self.command(&format!("check --isolated {words}"));
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &str) -> Output {
        self.check(arguments).output().unwrap()
    }

    /// The exit code and the JSON report.
    fn report(&self, arguments: &str) -> (i32, Value) {
        let output = self.run(&format!("{arguments} --format json"));
        let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code().unwrap(), report)
    }
}

fn codes(report: &Value) -> Vec<&str> {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

#[test]
fn a_body_alone_is_judged_and_never_accepted() {
    let check = |body: &Value, flags: &str, exit: i32, code: Value, expected: &[&str]| {
        let (found_exit, report) =
            place_with(body.to_string()).report(&format!("--request body.json --no-list {flags}"));
        assert_eq!(codes(&report), expected, "{body} {flags}");
        assert_eq!((found_exit, &report["prediction"]["code"]), (exit, &code), "{body} {flags}");
        assert_eq!(report["target"], json!({"kind": "request", "uri": "body.json"}));
        assert_eq!(report["request"], "body.json");
        assert_eq!(
            report["prediction"]["outcome"],
            if code.is_null() { "unknown" } else { "rejected" }
        );
        for finding in report["findings"].as_array().unwrap() {
            assert_eq!(finding["location"]["document"], "body.json", "{finding}");
        }
    };
    check(&good(), "", 0, Value::Null, &[]);
    check(&good(), "--endpoint import", 0, Value::Null, &["R104"]);
    check(&good(), "--endpoint import --fail-on advice", 1, Value::Null, &["R104"]);
    check(&with(&json!({"projectId": null})), "", 0, Value::Null, &[]);
    check(
        &with(&json!({"projectId": null})),
        "--endpoint import-annotation",
        1,
        json!(400),
        &["R102"],
    );
    check(
        &with(&json!({"projectId": 0, "fileTreeType": "1", "dataType": 7})),
        "",
        1,
        json!(400),
        &["R106", "R107", "R110"],
    );
    check(
        &with(&json!({"fileTreeType": "1", "dataType": 7})),
        "",
        1,
        json!(5710),
        &["R106", "R107"],
    );
    check(&with(&json!({"dataType": 7})), "", 1, json!(5838), &["R107"]);
    check(&with(&json!({"name": "n".repeat(61)})), "", 1, json!(400), &["R108"]);
    check(&json!([good()]), "", 1, json!(400), &["R103"]);
    let upload =
        json!({"fileTreeType": 0, "dataType": 3, "name": "drive", "uploadFile": "drive.zip"});
    check(&upload, "", 0, Value::Null, &[]);
    check(&upload, "--endpoint upload-annotation", 1, json!(400), &["R102"]);
}

#[test]
fn a_body_is_judged_together_with_its_tree() {
    let check = |body: &Value, exit: i32, code: u64, because: &[&str]| {
        let (found_exit, report) = place_with(body.to_string()).report("drive --request body.json");
        assert_eq!(report["prediction"]["code"], code, "{body}: {}", report["findings"]);
        assert_eq!(report["prediction"]["because"], json!(because), "{body}");
        assert_eq!(found_exit, exit, "{body}");
    };
    check(&good(), 0, 200, &[]);
    check(&with(&json!({"dataType": 2})), 1, 5838, &["R112"]);
    check(&with(&json!({"dataType": 2, "name": ""})), 1, 400, &["R109", "R112"]);
    check(&with(&json!({"projectId": null})), 0, 200, &[]);

    let place = place_with(good().to_string());
    let answer = |flags: &str| -> Value {
        serde_json::from_slice(
            &place.run(&format!("drive --request body.json --format response {flags}")).stdout,
        )
        .unwrap()
    };
    let data =
        |flags| answer(flags)["data"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(data(""), ["datasetId", "errorDataIdList", "status", "successTaskList"]);
    assert_eq!(data("--endpoint import"), ["datasetId", "status"]);
    assert_eq!(answer("")["data"]["datasetId"], Value::Null, "an id is never invented");
    let limited = answer("--select A");
    assert!(
        limited["predicted"]["note"].as_str().unwrap().contains("only 10 rules ran"),
        "{limited}"
    );

    place.write("body.json", with(&json!({"name": ""})).to_string());
    let refused = answer("");
    assert_eq!(
        (&refused["code"], &refused["data"], &refused["success"]),
        (&json!(400), &Value::Null, &json!(false))
    );
    place.write("body.json", good().to_string());
    let alone: Value = serde_json::from_slice(
        &place.run("--request body.json --no-list --format response").stdout,
    )
    .unwrap();
    assert_eq!((&alone["code"], &alone["success"]), (&Value::Null, &Value::Null));
    assert!(
        alone["predicted"]["note"].as_str().unwrap().contains("only the request's body"),
        "{alone}"
    );
}

#[test]
fn a_fault_is_the_same_wherever_the_request_lies() {
    let place = place_with(with(&json!({"name": ""})).to_string());
    fs::create_dir(place.path("elsewhere")).unwrap();
    fs::copy(place.path("body.json"), place.path("elsewhere/other.json")).unwrap();
    let fingerprint = |file: &str| {
        let (_, report) = place.report(&format!("--request {file} --no-list"));
        report["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
    };
    assert_eq!(fingerprint("body.json"), fingerprint("elsewhere/other.json"));
}

#[test]
fn a_request_named_as_the_metadata_is_told_from_it() {
    let place = place_with("");
    place.write("metadata.json", with(&json!({"name": "", "dataType": 2})).to_string());
    let text =
        fs::read_to_string(place.path("drive/metadata.json")).unwrap().replace("\"1.0\"", "1.0");
    place.write("drive/metadata.json", text);
    let (_, report) = place.report("drive --request metadata.json");
    let places: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["location"]["document"])
        .collect();
    assert!(
        places.contains(&&json!("./metadata.json")) && places.contains(&&json!("metadata.json")),
        "{report}"
    );
    assert_eq!(place.run("drive --request metadata.json").status.code(), Some(1));
}

#[cfg(unix)]
#[test]
fn a_name_that_would_play_with_the_terminal_does_not() {
    let place = place_with("");
    let name = "\u{1b}[31m\nbody\u{202e}.json";
    place.write(name, with(&json!({"name": ""})).to_string());
    for format in ["full", "concise", "json", "response"] {
        for name in [name, "\u{1b}[31mmissing"] {
            let output = place
                .check(&format!("--no-list --format {format}"))
                .args(["--request", name])
                .output()
                .unwrap();
            let all = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert!(!all.contains(['\u{1b}', '\u{202e}']), "{format}: {all}");
        }
    }
}

#[test]
fn a_request_from_standard_input() {
    let place = place_with("");
    let mut child = place
        .check("--request - --no-list --format concise")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(with(&json!({"name": " "})).to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("standard input:1:") && text.contains("R109"), "{text}");
    assert_eq!(place.run("- --request -").status.code(), Some(2));
}

#[test]
fn what_is_no_request_is_said_in_words() {
    let place = place_with(good().to_string());
    let check = |arguments: &str, exit: i32, expected: &str| {
        let output = place.run(arguments);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(exit), "{arguments}: {text}");
        assert!(text.contains(expected), "{arguments}: {text}");
        assert!(text.len() < 20_000, "{arguments}: {} bytes are too much to read", text.len());
    };
    check("--no-list", 2, "--request");
    check("drive --request body.json --no-list", 2, "--no-list");
    check("--request missing.json", 2, "the request `missing.json` cannot be read");
    check("--request drive", 2, "the request `drive` cannot be read");
    fs::File::create(place.path("huge.json")).unwrap().set_len(100_000_000).unwrap();
    check("--request huge.json --no-list", 2, "too large for a request");
    place.write("deep.json", "[".repeat(100_000));
    check("--request deep.json --no-list", 1, "nested too deep");
    place.write("many.json", format!("[1{}]", ",1".repeat(130_000)));
    check("--request many.json --no-list", 1, "the request is an array");
    place.write("keys.json", format!("{{{}\"a\": 1}}", "\"a\": 1,".repeat(30_000)));
    check("--request keys.json --no-list", 1, "R101");
    place.write(
        "upload.json",
        r#"{"fileTreeType": 0, "dataType": 3, "name": "a", "uploadFile": "a.zip"}"#,
    );
    check("--request upload.json", 2, "does not say where its zip is");
    place.write("local.json", with(&json!({"resourceUrl": "/etc"})).to_string());
    check("--request local.json", 3, "R105");
    place.write("nowhere.json", with(&json!({"resourceUrl": null})).to_string());
    check("--request nowhere.json", 1, "R102");
    check("drive --request body.json --data-type 2", 0, "`--data-type` changes nothing");
    place.write("import.json", with(&json!({"projectId": null})).to_string());
    check("drive --request import.json", 0, "say --endpoint import-annotation");
}

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// Bodies of every kind with secrets in them.
fn secretive() -> Vec<Vec<u8>> {
    let storage = json!({"accessKey": KEY, "secreteKey": SECRET, "endpoint": "http://127.0.0.1:9", "vendorType": "S3"});
    let whole = with(&json!({"externalStorage": storage, "name": "", "priority": 1})).to_string();
    let misspelt = whole.replace("secreteKey", "secretKey").replace("accessKey", "AccessKeyId");
    let signed = with(
        &json!({"resourceUrl": format!("https://{KEY}:{SECRET}@host/a?X-Amz-Signature={SECRET}&b=1")}),
    );
    let elsewhere = with(&json!({"password": SECRET, "note": KEY, "token": [{"name": SECRET}]}));
    let escaped = whole.replace("wJ", "\\u0077J");
    let wide: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bodies: Vec<Vec<u8>> = [
        whole.clone(),
        misspelt,
        signed.to_string(),
        elsewhere.to_string(),
        escaped,
        whole.replace(',', ",\n").replace("\"secreteKey\":", "\"secreteKey\""),
        whole.replace("\"secreteKey\":\"", "\"secreteKey\":"),
        whole.replace("\"secreteKey\":\"", "\"secreteKey: \""),
        whole.replace('"', "'"),
        whole.replace("{\"accessKey", "{// accessKey"),
        whole.replace(SECRET, &format!("{SECRET}\\q")),
        format!("{{}} {whole}"),
        format!("\u{feff}{whole}"),
        format!("[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"),
        format!("curl -F accessKey={KEY} -F 'secreteKey={SECRET}'"),
    ]
    .into_iter()
    .map(String::into_bytes)
    .collect();
    bodies.extend((1..8).map(|part| whole.as_bytes()[..whole.len() * part / 8].to_vec()));
    bodies.push(wide[..wide.len() - 1].to_vec());
    bodies.push(wide);
    bodies.push([whole.as_bytes(), b"\xff"].concat());
    bodies
}

#[test]
fn no_secret_is_ever_printed() {
    for body in secretive() {
        let place = place_with(&body);
        let shown = String::from_utf8_lossy(&body).into_owned();
        let formats = "--format full=full.txt --format concise=concise.txt --format json=report.json --format response";
        for tree in ["--no-list", "", "drive"] {
            let output = place.run(&format!("--request body.json {tree} -vv {formats}"));
            let mut all = [output.stdout, output.stderr].concat();
            for file in ["full.txt", "concise.txt", "report.json"] {
                all.extend(fs::read(place.path(file)).unwrap_or_default());
            }
            // What UTF-16 leaves between the letters is taken out, so that it hides nothing.
            let all = String::from_utf8_lossy(&all).replace("\\0", "").replace("\\u0000", "");
            assert!(all.contains("R1") || output.status.code() == Some(2), "{shown}\n{all}");
            for secret in [KEY, SECRET, "FODNN7", "UtnFEMI", "K7MDENG", "bPxRfi"] {
                assert!(!all.contains(secret), "{shown}\n{all}");
            }
        }
    }
}

#[test]
fn a_secret_that_git_tracks_is_said() {
    let storage = json!({"accessKey": KEY, "secreteKey": SECRET, "endpoint": "http://127.0.0.1:9", "vendorType": "S3"});
    let place = place_with(with(&json!({"externalStorage": storage})).to_string());
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command
            .args(arguments)
            .current_dir(place.path(""))
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE");
        command.output().is_ok_and(|output| output.status.success())
    };
    if !git(&["init"]) {
        println!("skipped: there is no git program to make a repository with");
        return;
    }
    assert_eq!(codes(&place.report("--request body.json --no-list").1), [""; 0]);
    assert!(git(&["add", "body.json"]));
    let expected: &[&str] = if cfg!(feature = "git") { &["R113"] } else { &[] };
    assert_eq!(codes(&place.report("--request body.json --no-list").1), expected);
}

/// A call of the newer API names scenes and imports no tree: whatever tree is given, nothing is
/// predicted of it, and no field of the other calls is missed.
#[test]
fn a_request_that_names_scenes_is_known_and_never_accepted() {
    let scenes = json!({"sceneIdMap": {"a": "gs://b/a.yaml"}, "name": "x", "projectId": 3});
    let place = place_with(scenes.to_string());
    for arguments in ["drive --request body.json", "--request body.json --no-list"] {
        let (code, report) = place.report(arguments);
        assert_eq!((code, &report["prediction"]["outcome"]), (3, &json!("unknown")), "{arguments}");
        assert_eq!(report["findings"], json!([]), "{arguments}");
        let said = report["coverage"]["unread"][0]["reason"].as_str().unwrap();
        assert!(said.contains("/annotation-request"), "{said}");
    }
    // A tree is judged all the same.
    place.write("drive/camera-front/scene_1/notes.txt", "x");
    let (code, report) = place.report("drive --request body.json");
    assert_eq!((code, &report["findings"][0]["code"]), (3, &json!("L115")));
    // With a tree of its own it is of the calls that are predicted.
    place.write("body.json", with(&json!({"sceneIdMap": {}})).to_string());
    let (code, report) = place.report("drive --request body.json");
    assert_eq!((code, &report["findings"][0]["code"]), (1, &json!("L115")));
    assert!(report["findings"].as_array().unwrap().iter().any(|one| one["code"] == "R104"));
}
