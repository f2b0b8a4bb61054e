//! Whatever stands in a request, it is judged: no panic, every place inside the text, one finding
//! for one mistake, and no secret in what comes of it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod damage;

use proptest::prelude::*;
use sensortree_core::document::request::Request;
use sensortree_core::finding::settings::Settings;
use sensortree_core::platform::Endpoint;
use sensortree_core::report::Report;
use sensortree_core::report::verdict::Outcome;
use sensortree_core::{Inspection, check_request};
use serde_json::{Value, json};

use crate::damage::{damaged, edits};

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMIbPxRfiCY";

fn good() -> Value {
    json!({
        "resourceUrl": "gs://acme-drives/0423/", "fileTreeType": "0", "dataType": 3, "name": "drive", "projectId": 26,
        "externalStorage": {
            "accessKey": KEY, "secreteKey": SECRET, "endpoint": "https://oss.example.org", "vendorType": "OSS",
        },
    })
}

fn judge(bytes: &[u8], endpoint: Endpoint) -> Report {
    let request = Request::parse("body.json", bytes).tracked(true);
    let debug = format!("{request:?}");
    assert!(!debug.contains(KEY) && !debug.contains(SECRET), "{debug}");
    check_request(
        &request,
        Inspection::of_no_tree("body.json"),
        &Settings { endpoint, ..Settings::default() },
    )
}

/// What must hold whatever the bytes.
fn hold(bytes: &[u8], endpoint: Endpoint) -> Report {
    let report = judge(bytes, endpoint);
    let refused = serde_json::from_slice::<Value>(bytes).is_err();
    let syntax = report.findings.iter().filter(|finding| finding.rule.code == "R101").count();
    assert!(
        !refused || syntax > 0,
        "strict JSON refuses it, and nothing is said: {}",
        String::from_utf8_lossy(bytes)
    );
    assert!(
        matches!(report.verdict.outcome, Outcome::Unknown | Outcome::Rejected),
        "no tree was seen"
    );
    for finding in &report.findings {
        let location = finding.location.as_ref().unwrap();
        let document =
            report.documents.iter().find(|document| document.name == location.document).unwrap();
        assert!(location.offset + location.length <= document.text.len(), "{finding:?}");
    }
    report
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.rule.code).filter(|code| *code != "R113").collect()
}

/// Values of every kind that a field may hold by mistake.
fn odd_values() -> Vec<Value> {
    let mut odd = vec![
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!([3]),
        json!(-1),
        json!(0),
        json!(1),
        json!(2.5),
        json!(""),
        json!(" "),
        json!("\u{3000}\u{200b}"),
        json!("3"),
        json!("0"),
        json!("three"),
        json!("n".repeat(61)),
        json!("é".repeat(31)),
        json!("x\u{0}y\u{202e}"),
        json!("../../etc"),
        json!(u64::MAX),
        json!(i64::MIN),
        json!("9".repeat(400)),
    ];
    // Spellings that a JSON value of Rust would not keep.
    let written = ["3.0", "3e0", "1e3", "-0", "0.0", "99999999999999999999999", "1e300", "-1e-300"];
    odd.extend(written.map(|text| json!({"written": text})));
    odd
}

fn written(body: &Value) -> String {
    let mut text = body.to_string();
    for (before, behind) in [("{\"written\":\"", "\"}")] {
        while let Some(start) = text.find(before) {
            let end = start + text[start..].find(behind).unwrap();
            let number = text[start + before.len()..end].to_owned();
            text.replace_range(start..end + behind.len(), &number);
        }
    }
    text
}

/// A mistake in one field is one finding, in that field; and nothing that is a mistake to one rule
/// is passed by all.
#[test]
fn each_field_wrong_in_every_way_is_one_finding() {
    for endpoint in Endpoint::ALL {
        let mut usual = codes(&hold(good().to_string().as_bytes(), endpoint));
        usual.sort_unstable();
        for field in
            ["resourceUrl", "fileTreeType", "dataType", "name", "projectId", "externalStorage"]
        {
            for value in odd_values() {
                let mut body = good();
                body[field] = value.clone();
                let text = written(&body);
                let report = hold(text.as_bytes(), endpoint);
                let mut found = codes(&report);
                for code in &usual {
                    // What is said of the field itself, as a field of another call, stays.
                    if let Some(at) = found.iter().position(|one| one == code) {
                        found.remove(at);
                    }
                }
                assert!(found.len() <= 1, "{endpoint} {text}: {found:?}");
            }
        }
    }
}

#[test]
fn each_field_of_the_storage_wrong_in_every_way_is_one_finding() {
    for field in ["accessKey", "secreteKey", "endpoint", "vendorType"] {
        for value in odd_values() {
            let mut body = good();
            body["externalStorage"][field] = value.clone();
            let found = codes(&hold(written(&body).as_bytes(), Endpoint::Import));
            let own: Vec<_> = found.iter().filter(|code| **code != "R104").collect();
            assert!(own.len() <= 1, "{field} {value}: {found:?}");
            let is_text = value
                .as_str()
                .is_some_and(|text| !sensortree_core::document::request::is_blank(text));
            assert_eq!(own.is_empty(), is_text, "{field} {value}: {found:?}");
        }
    }
}

#[test]
fn the_keys_come_out_as_they_went_in() {
    let keys = |text: &str| {
        let request = Request::parse("body.json", text.as_bytes());
        let keys = request.storage()?.keys?;
        Some((keys.access_key.to_string(), keys.secrete_key.to_string()))
    };
    assert_eq!(keys(&good().to_string()), Some((KEY.to_owned(), SECRET.to_owned())));
    let escaped = good().to_string().replace("wJ", "\\u0077J");
    assert_eq!(keys(&escaped), Some((KEY.to_owned(), SECRET.to_owned())));
    assert_eq!(
        keys(&good().to_string().replace("secreteKey", "secretKey")),
        None,
        "the platform does not read it"
    );
    assert_eq!(keys(&format!("{}x", good())), None, "the platform does not read it");
    assert_eq!(keys(&format!("\u{feff}{}", good())), None, "the platform does not read it");
}

#[test]
fn an_address_with_a_secret_is_no_place_to_list() {
    let place = |url: &str| {
        let request =
            Request::parse("body.json", json!({"resourceUrl": url}).to_string().as_bytes());
        request.resource_url().map(str::to_owned)
    };
    assert_eq!(place("gs://acme-drives/0423/").as_deref(), Some("gs://acme-drives/0423/"));
    assert_eq!(place("gs://acme-drives/a\"b\\c/").as_deref(), Some("gs://acme-drives/a\"b\\c/"));
    assert_eq!(place("s3://me:hunter2@acme-drives/0423/"), None);
    assert_eq!(place("https://acme.example.org/0423/?sig=hunter2"), None);
    assert_eq!(place(" "), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        hold(&bytes, Endpoint::ImportAnnotation);
    }

    #[test]
    fn any_damage_is_judged_and_shows_no_secret(
        edits in edits(),
        marked in any::<bool>(),
    ) {
        let bytes = damaged(serde_json::to_string_pretty(&good()).unwrap(), marked, edits);
        let report = hold(&bytes, Endpoint::ImportAnnotation);
        let shown = format!("{report:?}");
        for part in ["OSFODNN7", "XUtnFEMI", "bPxRfi"] {
            prop_assert!(!shown.contains(part), "{}\n{shown}", String::from_utf8_lossy(&bytes));
            for document in &report.documents {
                prop_assert!(!String::from_utf8_lossy(&document.text).contains(part), "{}", String::from_utf8_lossy(&bytes));
            }
        }
    }
}
