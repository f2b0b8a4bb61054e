//! Keys go nowhere but to the store that they are for, and show nowhere, least of all when
//! something is wrong with them.
//!
//! [`Run`] searches all that a run says and writes; here are the ways to hand keys over, and to
//! get them wrong.

use std::fs;

use sensortree_stores::{Fault, FaultServer, Operation, Recorded, World};

use crate::run::{CANARY_ID, CANARY_SECRET, CANARY_TOKEN, GOOD, Run, keys};

fn world() -> World {
    World::new("data", keys(GOOD, "drive/"))
}

/// A run on S3 whose keys are in a file of the home folder.
fn with_file(server: &FaultServer, name: &str, content: &str) -> Run {
    let run = Run::bare("s3://data/drive").with(&["--endpoint-url", &server.endpoint()]);
    let path = run.home().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
    run.hide(CANARY_SECRET).hide(CANARY_TOKEN)
}

#[test]
fn keys_of_a_profile_sign_and_do_not_show() {
    let profile = format!(
        "[default]\naws_access_key_id = {CANARY_ID}\naws_secret_access_key = {CANARY_SECRET}\naws_session_token = {CANARY_TOKEN}\n"
    );
    let server = FaultServer::start(world()).unwrap();
    with_file(&server, ".aws/credentials", &profile).outcome().check(0, &[]);
    let requests = server.requests();
    assert!(!requests.is_empty());
    assert!(
        requests.iter().all(|request| request.holds(CANARY_ID) && !request.holds(CANARY_SECRET))
    );

    let refusing = FaultServer::start(world().fault(Fault::wrong_secret().always())).unwrap();
    with_file(&refusing, ".aws/credentials", &profile)
        .outcome()
        .check(2, &["refuses the signature"]);
}

#[test]
fn damaged_profiles_and_programs_do_not_show_what_they_hold() {
    let damaged = [
        format!("[default\naws_secret_access_key {CANARY_SECRET}\n"),
        format!("aws_secret_access_key = {CANARY_SECRET}\n"),
        format!("[default]\naws_secret_access_key = {CANARY_SECRET}\n"),
        format!(
            "[default]\ncredential_process = sh -c 'echo {CANARY_SECRET}; echo {CANARY_TOKEN} >&2; exit 3'\n"
        ),
        format!(
            "[default]\ncredential_process = echo {{\"Version\": 1, \"SecretAccessKey\": \"{CANARY_SECRET}\"}}\n"
        ),
    ];
    for content in damaged {
        for name in [".aws/credentials", ".aws/config"] {
            let server = FaultServer::start(world()).unwrap();
            let run =
                with_file(&server, name, &content).variable("AWS_EC2_METADATA_DISABLED", "true");
            let outcome =
                run.variable("PATH", &std::env::var("PATH").unwrap_or_default()).outcome();
            assert!(
                matches!(outcome.code, Some(2 | 3)),
                "{content}: {:?} {}",
                outcome.code,
                outcome.said
            );
            assert_eq!(server.requests().len(), 0, "{content}");
        }
    }
}

#[test]
fn keys_in_addresses_are_refused_and_not_repeated() {
    let addresses = [
        format!("s3://{CANARY_ID}:canarysecret@data/drive"),
        "s3://data/drive?X-Amz-Signature=canarysecret".to_owned(),
        "az://data/drive?sv=2020-08-04&sig=canarysecret".to_owned(),
        "gs://data/drive?X-Goog-Signature=canarysecret".to_owned(),
        "abfss://data:canarysecret@account.dfs.core.windows.net/drive".to_owned(),
    ];
    for address in addresses {
        Run::bare(&address)
            .hide("canarysecret")
            .hide(CANARY_ID)
            .outcome()
            .check(2, &["the address holds"]);
    }
    for endpoint in ["http://user:canarysecret@127.0.0.1:9", "http://127.0.0.1:9/?key=canarysecret"]
    {
        let run =
            Run::bare("s3://data/drive").with(&["--endpoint-url", endpoint]).hide("canarysecret");
        run.outcome().check(2, &["the endpoint holds"]);
        let run = Run::bare("s3://data/drive")
            .variable("AWS_ENDPOINT_URL", endpoint)
            .hide("canarysecret");
        run.outcome().check(2, &["the endpoint holds"]);
    }
}

#[test]
fn damaged_keys_of_other_clouds_do_not_show() {
    let server = FaultServer::start(world()).unwrap();
    let on = |target: &str| Run::bare(target).with(&["--endpoint-url", &server.endpoint()]);
    let check = |run: Run| {
        let outcome = run.outcome();
        assert!(matches!(outcome.code, Some(2 | 3)), "{:?}: {}", outcome.code, outcome.said);
    };
    let account = |run: Run| run.variable("AZURE_STORAGE_ACCOUNT", "account");
    check(
        account(on("az://data/drive")).secret("AZURE_STORAGE_KEY", "no base64 but a canary secret"),
    );
    check(
        account(on("az://data/drive")).secret("AZURE_STORAGE_SAS_TOKEN", "canary secret, no token"),
    );
    let connection = "AccountName=account;AccountKey=canarysecret;EndpointSuffix";
    check(
        on("az://data/drive")
            .variable("AZURE_STORAGE_CONNECTION_STRING", connection)
            .hide("canarysecret"),
    );

    let google = |content: &str| {
        let run = on("gs://data/drive").hide("canarysecret");
        let path = run.home().join("key.json");
        fs::write(&path, content).unwrap();
        let path = path.display().to_string();
        run.variable("GOOGLE_APPLICATION_CREDENTIALS", &path)
    };
    check(google("{\"type\": \"service_account\", \"private_key\": \"canarysecret"));
    check(google("{\"type\": \"canarysecret\"}"));
    let key = "-----BEGIN PRIVATE KEY-----\\ncanarysecret\\n-----END PRIVATE KEY-----";
    check(google(&format!(
        "{{\"type\": \"service_account\", \"client_email\": \"a@example.com\", \"private_key_id\": \"1\", \"private_key\": \"{key}\"}}"
    )));
    assert!(!server.requests().iter().any(|request| request.holds("canary")));
}

fn holds_any(request: &Recorded) -> bool {
    [CANARY_ID, CANARY_SECRET, CANARY_TOKEN].iter().any(|secret| request.holds(secret))
}

#[test]
fn keys_do_not_follow_to_another_host() {
    for operation in [Operation::List, Operation::Get] {
        let other = FaultServer::start(world()).unwrap();
        let rule = Fault::Redirect(other.endpoint()).always().on(operation);
        let server = FaultServer::start(world().fault(rule)).unwrap();
        let outcome = Run::on("s3://data/drive", &server.endpoint()).outcome();
        assert!(matches!(outcome.code, Some(2 | 3)), "{:?}\n{}", outcome.code, outcome.said);
        outcome.check(outcome.code.unwrap_or_default(), &["not followed"]);
        assert_eq!(other.requests().len(), 0, "{:?}", other.requests());
    }
}

#[test]
fn keys_are_sent_to_the_endpoint_and_only_as_a_signature() {
    let server = FaultServer::start(world()).unwrap();
    Run::on("s3://data/drive", &server.endpoint()).outcome().check(0, &[]);
    let requests = server.requests();
    assert!(requests.iter().all(|request| !request.holds(CANARY_SECRET)));
    assert!(requests.iter().all(|request| request.header("authorization").is_some()));

    let server = FaultServer::start(world()).unwrap();
    Run::on("s3://data/drive", &server.endpoint())
        .with(&["--no-sign-request"])
        .outcome()
        .check(0, &[]);
    assert!(
        !server.requests().is_empty() && !server.requests().iter().any(holds_any),
        "{:?}",
        server.requests()
    );
}
