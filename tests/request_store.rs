//! A request whose tree lies in a store: whose keys go where. The store is the project's own, and
//! keeps what it was sent.
#![cfg(feature = "cloud")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::process::{Command, Output};

use sensortree_core::sketch::fitting_metadata;
use sensortree_stores::{Fault, FaultServer, Keys, Operation, World};
use serde_json::{Value, json};
use tempfile::TempDir;

const KEY: &str = "KEYOFTHEREQUEST";
const SECRET: &str = "secretOfTheRequest+/";
const ENVIRONMENT: [&str; 3] =
    ["KEYOFTHEENVIRONMENT", "secretOfTheEnvironment", "tokenOfTheEnvironment"];

/// A store of a small drive, with its metadata.json.
fn world() -> World {
    let metadata = fitting_metadata(&["top".to_owned()], &[]);
    let frames = |scene: &str| format!("drive/lidar-top/{scene}/");
    let keys = Keys::new()
        .numbered(&frames("scene_1"), 1_681_532_060_061, 100, 5, ".pcd", 10)
        .numbered(&frames("scene_2"), 1_681_532_080_061, 100, 5, ".pcd", 10)
        .object("drive/metadata.json", metadata)
        .object("drive2/lidar-top/scene_1/1.txt", "x");
    World::new("data", keys).page(4)
}

struct Run {
    output: Output,
    /// All that was written, in every format.
    written: String,
    report: Value,
}

/// Checks a request of this storage and address, in an environment that has keys for every
/// kind of store.
fn check(url: &str, storage: &Value, flags: &[&str]) -> Run {
    let place: TempDir = tempfile::tempdir().unwrap();
    let mut body = json!({"resourceUrl": url, "fileTreeType": "0", "dataType": 3, "name": "drive", "projectId": 26, "more": "x"});
    if !storage.is_null() {
        body["externalStorage"] = storage.clone();
    }
    fs::write(place.path().join("body.json"), body.to_string()).unwrap();
    let [key, secret, token] = ENVIRONMENT;
    fs::write(
        place.path().join("profile"),
        format!(
            "[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\naws_session_token = {token}\n"
        ),
    )
    .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sensortree"))
        .current_dir(place.path())
        .args(["check", "--isolated", "--request", "body.json", "-vv", "--format", "response"])
        .args([
            "--format",
            "full=full.txt",
            "--format",
            "concise=concise.txt",
            "--format",
            "json=report.json",
        ])
        .args(flags)
        .envs([
            ("AWS_ACCESS_KEY_ID", key),
            ("AWS_SECRET_ACCESS_KEY", secret),
            ("AWS_SESSION_TOKEN", token),
        ])
        .envs([
            ("AWS_SHARED_CREDENTIALS_FILE", "profile"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ])
        .env_remove("AWS_ENDPOINT_URL")
        .output()
        .unwrap();
    let mut written =
        String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned();
    for file in ["full.txt", "concise.txt", "report.json"] {
        written += &fs::read_to_string(place.path().join(file)).unwrap_or_default();
    }
    for secret in [&ENVIRONMENT[..], &[KEY, SECRET]].concat() {
        assert!(!written.contains(secret), "{secret} in\n{written}");
    }
    let report = fs::read_to_string(place.path().join("report.json")).unwrap_or_default();
    Run { report: serde_json::from_str(&report).unwrap_or_default(), output, written }
}

fn storage(endpoint: &str) -> Value {
    json!({"accessKey": KEY, "secreteKey": SECRET, "endpoint": endpoint, "vendorType": "MinIO"})
}

fn has_keys_of_environment(server: &FaultServer) -> bool {
    server.requests().iter().any(|request| ENVIRONMENT.iter().any(|secret| request.holds(secret)))
}

#[test]
fn the_tree_is_listed_with_the_keys_of_the_request() {
    for url in ["gs://data/drive/", "s3://data/drive", "oss://data/drive/"] {
        let server = FaultServer::start(world().fault(Fault::OnlyFor(KEY).always())).unwrap();
        let run = check(url, &storage(&server.endpoint()), &[]);
        assert_eq!(run.report["coverage"]["complete"], true, "{url}: {}", run.written);
        assert_eq!(run.report["coverage"]["files"], 11, "{url}: {}", run.written);
        assert_eq!(run.report["prediction"]["code"], 200, "{url}: {}", run.written);
        assert_eq!(run.output.status.code(), Some(0), "{url}: {}", run.written);
        let requests = server.requests();
        assert!(requests.len() > 3, "{requests:?}");
        for request in &requests {
            let authorization = request.header("authorization").unwrap_or_default();
            assert!(authorization.contains(&format!("Credential={KEY}/")), "{request:?}");
            assert!(!request.holds(SECRET), "{request:?}");
        }
        assert!(!has_keys_of_environment(&server));
    }
}

#[test]
fn an_endpoint_without_keys_is_asked_without_any() {
    for half in
        [json!({}), json!({"accessKey": KEY}), json!({"accessKey": KEY, "secretKey": SECRET})]
    {
        let server = FaultServer::start(world()).unwrap();
        let mut storage = half.clone();
        storage["endpoint"] = json!(server.endpoint());
        let run = check("gs://data/drive/", &storage, &[]);
        assert_eq!(run.report["coverage"]["files"], 11, "{half}: {}", run.written);
        assert_eq!(run.report["prediction"]["because"], json!(["R111"]), "{half}: {}", run.written);
        assert!(!server.requests().is_empty());
        for request in server.requests() {
            assert_eq!(request.header("authorization"), None, "{half}: {request:?}");
            assert!(!request.holds(KEY) && !request.holds(SECRET), "{half}: {request:?}");
        }
        assert!(!has_keys_of_environment(&server));
    }
}

#[test]
fn keys_of_a_request_go_nowhere_but_to_its_endpoint() {
    let elsewhere = FaultServer::start(world()).unwrap();
    // The user's own endpoint is not the request's.
    let server = FaultServer::start(world()).unwrap();
    let run = check(
        "gs://data/drive/",
        &storage(&server.endpoint()),
        &["--endpoint-url", &elsewhere.endpoint()],
    );
    assert_eq!(run.report["coverage"]["files"], 11, "{}", run.written);
    assert!(!server.requests().is_empty());
    assert_eq!(elsewhere.requests().len(), 0);

    // Neither is one that it redirects to.
    let server =
        FaultServer::start(world().fault(Fault::Redirect(elsewhere.endpoint()).always())).unwrap();
    let run = check("gs://data/drive/", &storage(&server.endpoint()), &[]);
    assert_eq!(run.output.status.code(), Some(3), "{}", run.written);
    assert_eq!(elsewhere.requests().len(), 0);

    // And without an endpoint they are not used at all: the user's own is asked with the
    // user's own keys.
    let run = check(
        "s3://data/drive/",
        &json!({"accessKey": KEY, "secreteKey": SECRET}),
        &["--endpoint-url", &elsewhere.endpoint()],
    );
    assert_eq!(run.report["coverage"]["files"], 11, "{}", run.written);
    assert!(
        elsewhere.requests().iter().all(|request| !request.holds(KEY) && !request.holds(SECRET))
    );
}

#[test]
fn a_tree_that_cannot_be_listed_leaves_the_request_to_judge() {
    let closed = FaultServer::start(world().fault(Fault::denied().always())).unwrap();
    let missing = FaultServer::start(world().fault(Fault::no_such_bucket().always())).unwrap();
    for (url, server) in [
        ("gs://data/drive/", &closed),
        ("gs://data/drive/", &missing),
        ("https://data/drive/", &closed),
    ] {
        let run = check(url, &storage(&server.endpoint()), &[]);
        assert_eq!(run.output.status.code(), Some(3), "{}", run.written);
        assert_eq!(run.report["prediction"]["outcome"], "unknown", "{}", run.written);
        assert_eq!(run.report["coverage"]["complete"], false, "{}", run.written);
        assert!(run.written.contains("R104"), "{}", run.written);
        assert!(!has_keys_of_environment(server));
    }
    let wrong =
        FaultServer::start(world().fault(Fault::wrong_secret().always().on(Operation::List)))
            .unwrap();
    let run = check("gs://data/drive/", &storage(&wrong.endpoint()), &[]);
    assert_eq!(run.output.status.code(), Some(3), "{}", run.written);
    assert!(
        !run.report["coverage"]["unread"][0]["reason"].as_str().unwrap().is_empty(),
        "{}",
        run.written
    );
}
