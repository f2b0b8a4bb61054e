//! Keys, prefixes and endpoints that no request can carry end with an error that is said, before
//! anybody is asked.
#![cfg(feature = "cloud")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod place;

use std::io::Read as _;
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use place::Place;

/// A port that counts who comes, and answers that nothing is there.
fn counting_port() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4_096]);
            let answer = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = std::io::Write::write_all(&mut stream, answer.as_bytes());
        }
    });
    (address, count)
}

fn run(place: &Place, words: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = place.command("check --isolated --no-progress");
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if ["AWS_", "AZURE_", "GOOGLE_", "CLOUDSDK_"].iter().any(|prefix| name.starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
    command
        .args(words)
        .env("HOME", place.path(""))
        .envs(variables.iter().copied())
        .stdin(Stdio::null());
    let run = command.output().unwrap();
    let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
    (run.status.code(), said)
}

#[test]
fn keys_that_no_request_carries_are_refused_before_any() {
    let place = Place::with("metadata.json\n");
    let (endpoint, count) = counting_port();
    let aws: &[(&str, &str)] = &[
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("AWS_SECRET_ACCESS_KEY", "hush"),
        ("AWS_SESSION_TOKEN", "pass"),
    ];
    let azure: &[(&str, &str)] =
        &[("AZURE_STORAGE_ACCOUNT", "acme"), ("AZURE_STORAGE_TOKEN", "pass")];
    let sas: &[(&str, &str)] =
        &[("AZURE_STORAGE_ACCOUNT", "acme"), ("AZURE_STORAGE_SAS_TOKEN", "sv=1&sig=a")];
    let shared: &[(&str, &str)] =
        &[("AZURE_STORAGE_ACCOUNT", "acme"), ("AZURE_STORAGE_KEY", "aHVzaA==")];
    let google: &[(&str, &str)] = &[("GOOGLE_OAUTH_ACCESS_TOKEN", "pass")];
    for (target, variables) in [
        ("s3://bucket/a", aws),
        ("az://bucket/a", azure),
        ("az://bucket/a", sas),
        ("az://bucket/a", shared),
        ("gs://bucket/a", google),
    ] {
        for at in 0..variables.len() {
            for tail in ["\u{1}x", "\u{7f}", "\r\nx", "\ny", "\u{e9}"] {
                let mut changed = variables.to_vec();
                let value = format!("{}{tail}", variables[at].1);
                changed[at].1 = &value;
                let before = count.load(Ordering::SeqCst);
                let (exit, said) = run(&place, &[target, "--endpoint-url", &endpoint], &changed);
                assert_eq!(
                    exit,
                    Some(3).filter(|_| exit == Some(3)).or(Some(2)),
                    "{changed:?}: {said}"
                );
                assert!(said.contains(variables[at].0), "{changed:?}: {said}");
                assert_eq!(count.load(Ordering::SeqCst), before, "{changed:?}");
            }
        }
        // As a mounted file has it: it is sent without the line break, and said.
        let values: Vec<(&str, String)> =
            variables.iter().map(|(name, value)| (*name, format!(" {value}\r\n"))).collect();
        let changed: Vec<(&str, &str)> =
            values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let before = count.load(Ordering::SeqCst);
        let (exit, said) = run(&place, &[target, "--endpoint-url", &endpoint], &changed);
        assert!(matches!(exit, Some(2 | 3)), "{changed:?}: {said}");
        assert!(said.contains("white space at the ends of"), "{said}");
        assert!(count.load(Ordering::SeqCst) > before, "{changed:?}: {said}");
    }
}

#[test]
fn keys_of_a_file_or_a_request_are_refused_too() {
    let place = Place::with("metadata.json\n");
    let (endpoint, count) = counting_port();
    for bad in ["AKIA\u{1}x", "AK\u{7f}IA", "\u{e9}"] {
        place.write(
            ".aws/credentials",
            format!("[default]\naws_access_key_id = {bad}\naws_secret_access_key = hush\n"),
        );
        let (exit, said) = run(&place, &["s3://bucket/a", "--endpoint-url", &endpoint], &[]);
        assert!(matches!(exit, Some(2 | 3)), "{said}");
        assert!(said.contains("aws_access_key_id"), "{said}");
    }
    for bad in ["AKIA\\u0001x", "AK\\u007fIA", "AK\\nIA", "\u{e9}"] {
        let body = format!(
            r#"{{"resourceUrl": "s3://bucket/a", "externalStorage": {{"endpoint": "{endpoint}", "accessKey": "{bad}", "secreteKey": "hush"}}}}"#
        );
        place.write("body.json", body);
        let (exit, said) = run(&place, &["--request", "body.json"], &[]);
        assert!(matches!(exit, Some(1..=3)), "{said}");
        assert!(said.contains("access key"), "{said}");
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[test]
fn addresses_longer_than_any_are_refused() {
    let place = Place::with("metadata.json\n");
    let (endpoint, count) = counting_port();
    let long = "a".repeat(100_000);
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("AWS_SECRET_ACCESS_KEY", "hush"),
        ("AZURE_STORAGE_ACCOUNT", "acme"),
        ("AZURE_STORAGE_TOKEN", "pass"),
        ("GOOGLE_OAUTH_ACCESS_TOKEN", "pass"),
    ];
    for scheme in ["s3", "gs", "az"] {
        for prefix in
            [long.clone(), "\u{e9}".repeat(40_000), format!("{long}.zip"), "a/".repeat(50_000)]
        {
            let target = format!("{scheme}://bucket/{prefix}");
            let (exit, said) = run(&place, &[&target, "--endpoint-url", &endpoint], &keys);
            assert_eq!(exit, Some(2), "{}", said.chars().take(300).collect::<String>());
        }
    }
    for flags in [
        ["--endpoint-url", &format!("https://{long}")],
        ["--endpoint-url", &format!("{endpoint}/{long}")],
        ["--region", &long],
    ] {
        let (exit, said) = run(&place, &["s3://bucket/a", flags[0], flags[1]], &keys);
        assert!(matches!(exit, Some(2 | 3)), "{}", said.chars().take(300).collect::<String>());
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
}
