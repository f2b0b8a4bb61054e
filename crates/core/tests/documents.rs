//! Whatever stands in metadata.json, it is judged: no panic, every place inside the text, and
//! strict JSON is the judge.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod damage;

use proptest::prelude::*;
use sensortree_core::Inspection;
use sensortree_core::document::{MAX_METADATA_BYTES, MetadataFile};
use sensortree_core::finding::settings::Settings;
use sensortree_core::report::Report;
use sensortree_core::report::verdict::Outcome;
use sensortree_core::sketch::Sketch;
use serde_json::Value;

use crate::damage::{damaged, edits};

const TREE: &str = "lidar-top/
  scene_1/
    1681532060061.pcd x2 +100
camera-front/
  scene_1/
    1681532060061.jpg x2 +100
camera-left/
  scene_1/
    1681532060061.jpg x2 +100
metadata.json
";

fn inspection(metadata: MetadataFile) -> Inspection {
    Inspection { metadata, ..Sketch::parse(TREE).unwrap().inspection() }
}

fn judge(metadata: &[u8]) -> Report {
    let settings = Settings {
        select: vec!["ALL".parse().unwrap(), "C111".parse().unwrap()],
        ..Settings::default()
    };
    sensortree_core::check(inspection(MetadataFile::Text(metadata.to_vec())), &settings)
}

fn good() -> String {
    String::from_utf8(Sketch::parse(TREE).unwrap().metadata.unwrap()).unwrap()
}

fn codes(report: &Report) -> Vec<&'static str> {
    let mut codes: Vec<_> = report.findings.iter().map(|finding| finding.rule.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// What must hold whatever the bytes.
fn hold(bytes: &[u8]) -> Report {
    let report = judge(bytes);
    let refused = serde_json::from_slice::<Value>(bytes).is_err();
    let syntax: Vec<_> =
        report.findings.iter().filter(|finding| finding.rule.code == "M101").collect();
    assert!(!refused || !syntax.is_empty(), "strict JSON refuses it, and nothing is said");
    let repeats = |message: &str| message.contains("twice") || message.contains("repeats");
    assert!(
        refused || syntax.iter().all(|finding| repeats(&finding.message)),
        "strict JSON takes it: {syntax:#?}"
    );
    for finding in &report.findings {
        assert!(finding.count > 0);
        // A key that the message quotes may hold a line break; renderers escape it.
        assert!(!finding.message.is_empty());
        let Some(location) = &finding.location else { continue };
        let document = report
            .documents
            .iter()
            .find(|document| document.name == location.document)
            .expect("its text");
        let text = &document.text;
        assert!(location.offset + location.length <= text.len(), "{location:?}");
        let before = &text[..location.offset];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        assert_eq!(location.line, before.iter().filter(|byte| **byte == b'\n').count() + 1);
        if let Ok(line) = std::str::from_utf8(&before[line_start..]) {
            let characters =
                if line_start == 0 { line.trim_start_matches('\u{FEFF}') } else { line };
            assert_eq!(location.column, characters.chars().count() + 1, "{location:?}");
        }
    }
    report
}

/// One place in a JSON value, by walking it in order.
fn nth_place<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(elements) => elements.iter_mut().find_map(|element| nth_place(element, left)),
        Value::Object(members) => members.values_mut().find_map(|member| nth_place(member, left)),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        hold(&bytes);
    }

    #[test]
    fn any_damage_is_judged(
        edits in edits(),
        marked in any::<bool>(),
        crlf in any::<bool>(),
    ) {
        let mut text = good();
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        hold(&damaged(text, marked, edits));
    }

    #[test]
    fn any_other_value_is_judged(edits in proptest::collection::vec((0_usize..80, 0_usize..14), 1..4)) {
        let odd = |pick: usize| -> Value {
            let text = [
                "null", "true", "\"\"", "\"front\"", "\"1920\"", "[]", "{}", "0", "-1", "1e308", "0.5", "[\"top\", 1]",
                "{\"x\": 1}", "[{\"name\": \"front\"}, {\"name\": \"front\"}, 3]",
            ][pick];
            serde_json::from_str(text).unwrap()
        };
        let mut value: Value = serde_json::from_str(&good()).unwrap();
        for (mut place, pick) in edits {
            if let Some(at) = nth_place(&mut value, &mut place) {
                *at = odd(pick);
            }
        }
        hold(&serde_json::to_vec_pretty(&value).unwrap());
    }

    #[test]
    fn any_missing_field_is_said_and_only_that(place in 0_usize..80) {
        let mut value: Value = serde_json::from_str(&good()).unwrap();
        let mut left = place;
        let Some(Value::Object(members)) = nth_place(&mut value, &mut left) else { return Ok(()) };
        let Some(key) = members.keys().next().cloned() else { return Ok(()) };
        members.remove(&key);
        let report = hold(&serde_json::to_vec(&value).unwrap());
        let rejected: Vec<_> = codes(&report).into_iter().filter(|code| *code != "C111").collect();
        prop_assert!(rejected == ["M102"] || rejected == ["C102"] || (rejected.is_empty() && key.starts_with('k')), "{key}: {rejected:?}");
    }
}

#[test]
fn what_cannot_be_read_is_not_accepted() {
    let report = sensortree_core::check(
        inspection(MetadataFile::TooLarge { bytes: MAX_METADATA_BYTES + 1 }),
        &Settings::default(),
    );
    assert_eq!(codes(&report), ["M101"]);
    assert_eq!(report.verdict.outcome, Outcome::Unknown);
    assert_eq!(report.coverage.unread.len(), 1);

    let many = format!("{{\"version\": \"1.0\", \"more\": [1{}]}}", ",1".repeat(300_000));
    let report = judge(many.as_bytes());
    assert_eq!(codes(&report), ["M101"]);
    assert_eq!(report.verdict.outcome, Outcome::Unknown);

    let report = sensortree_core::check(inspection(MetadataFile::Unreadable), &Settings::default());
    assert!(codes(&report).iter().all(|code| !code.starts_with('M')), "the coverage says it");
}

/// One cause, one finding: what follows from it stays silent, and the rest is still checked.
#[test]
fn a_cause_is_said_once() {
    let broken = |from: &str, to: &str| good().replacen(from, to, 1);
    let wide = |text: &str| -> Vec<u8> {
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let table: &[(Vec<u8>, &[&str])] = &[
        (good().into_bytes(), &["C111"]),
        (wide(&good()), &["C111", "M101"]),
        (wide(&broken("\"front\"", "\"frnt\"")), &["C111", "M101", "M108"]),
        (wide(&good())[..101].to_vec(), &["M101"]),
        (
            broken("\"top\"", "\"t\u{fffd}p\"").replace('\u{fffd}', "\u{1}").into_bytes(),
            &["C111", "M101", "M108"],
        ),
        (broken("\"fx\": 1200.0", "\"fx\": Infinity").into_bytes(), &["C111", "M101"]),
        (broken("\"width\": 1920", "\"width\": \"1920\"").into_bytes(), &["C111", "M103"]),
        (
            broken("\"lidarSequence\": [\"top\"]", "\"lidarSequence\": \"top\"").into_bytes(),
            &["C111", "M103"],
        ),
        (broken("\"front\"", "front").into_bytes(), &["C111", "M101"]),
        (good().replace("\"front\"", "\"camera-front\"").into_bytes(), &["C111", "M108"]),
        (good().as_bytes()[..300].to_vec(), &["M101"]),
    ];
    for (text, expected) in table {
        let report = hold(text);
        let shown = String::from_utf8_lossy(text);
        assert_eq!(codes(&report), *expected, "{shown}\n{:#?}", report.findings);
    }
}
